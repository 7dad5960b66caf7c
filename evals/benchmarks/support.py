"""What the checker says of judged claims: as it ships, and as it would with the claims held out of its fitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.benchmarks.detection import Bools, Telling
from evals.benchmarks.heldout import divided
from evals.benchmarks.job import Job
from evals.fitting.support_cases import Judged, ragtruth, wice
from evals.fitting.support_fitting import Row, fit, halves, score, weigh
from evals.labelled import InvalidData
from index.embed import default_embedder
from rag.checking.support import Supporter
from rag.ground import Ground
from rag.verify import Verifier

FITTED = (
    "The coefficients that ship were fitted on all of these claims; what is held out is the mean over ten random "
    "halves of the documents, each told by a model that was fitted on the other half in the same way."
)
ALONE = "Held-out figures need the whole of both sets, WiCE and RAGTruth, in one folder: what ships is fitted on both."


@dataclass(frozen=True, slots=True)
class Checked:
    """Claims with what the checker says of them: that they are unsupported. `held` is empty where it cannot be had."""

    claims: tuple[Judged, ...]
    shipped: Telling
    held: tuple[Telling, ...]

    def only(self, source: str) -> Checked:
        """The claims of one set."""
        kept = np.array([claim.source == source for claim in self.claims], bool)
        return Checked(
            tuple(claim for claim in self.claims if claim.source == source),
            _only(self.shipped, kept),
            tuple(_only(telling, kept) for telling in self.held),
        )


def checked(job: Job, *sources: str) -> Checked:
    """The claims of these sets (wice, ragtruth-qa, ragtruth-summary). Raises InvalidData if they are not there."""
    claims = [claim for source in sources for claim in read(job, source)]
    chosen = _sampled(job, claims)
    rows = list(weigh(job.each(chosen, "claims"), Supporter()))
    held = () if job.limit is not None else _held(job, rows, sources)
    return Checked(tuple(row.judged for row in rows), _shipped(job, [row.judged for row in rows]), held)


def read(job: Job, source: str) -> tuple[Judged, ...]:
    """The claims of one set."""
    name, _, task = source.partition("-")
    return wice(job.data, only_supporting=bool(task)) if name == "wice" else ragtruth(job.data, task)


def _only(telling: Telling, kept: Bools) -> Telling:
    return Telling(telling.chances[kept], telling.flagged[kept], telling.told[kept])


def _sampled(job: Job, claims: Sequence[Judged]) -> list[Judged]:
    """A limit counts documents: the sentences of an answer stay together."""
    kept = set(job.some(tuple(dict.fromkeys(claim.group for claim in claims))))
    return [claim for claim in claims if claim.group in kept]


def _shipped(job: Job, claims: Sequence[Judged]) -> Telling:
    """What `onrecord check` says: the probability, and whatever speaks against a claim besides."""
    verifier = Verifier(default_embedder())
    verdicts = [
        verifier.verify(claim.claim, [Ground(quote) for quote in claim.quotes])
        for claim in job.each(claims, "claims checked")
    ]
    chances = np.array([1.0 - verdict.probability for verdict in verdicts])
    flagged = np.array([verdict.support != "supported" for verdict in verdicts], bool)
    return Telling(chances, flagged, np.ones(len(verdicts), bool))


def _held(job: Job, rows: Sequence[Row], sources: Sequence[str]) -> tuple[Telling, ...]:
    """What is fitted on halves of all sets, as what ships is, says of these rows; () if the others are not there."""
    every = ("wice", "wice-quotes", "ragtruth-qa", "ragtruth-summary")
    try:
        others = [claim for source in every if source not in sources for claim in read(job, source)]
    except InvalidData:
        return ()
    together = [*rows, *weigh(job.each(others, "other claims, to fit on"), Supporter())]
    tellings = []
    for fitting, held, half in divided(together, halves, rows):
        scored = score(held, fit(fitting))
        tellings.append(half.telling(1.0 - scored.chances, scored.chances < scored.threshold))
    return tuple(tellings)
