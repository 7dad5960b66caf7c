"""RAGTruth: which answers, sentences and characters of models' answers do the passages not bear out?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from evals.benchmarks.detection import (
    Bools,
    Drawn,
    Measure,
    Telling,
    Truth,
    auc,
    caught,
    f1,
    measured,
    precision,
    recall,
)
from evals.benchmarks.job import Job, Result
from evals.benchmarks.support import ALONE, FITTED, Checked, checked
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.fitting.support_cases import Judged

PAPER = "Niu et al., RAGTruth, ACL 2024, table 5 (test split; responses)"
LATER = "Kovács and Recski, LettuceDetect, 2025, table of response-level results on the same split"
MEASURES: Mapping[str, Measure] = MappingProxyType({"precision": precision, "recall": recall, "F1": f1})
TASKS = MappingProxyType({"ragtruth-qa": "question answering", "ragtruth-summary": "summaries"})


def _table_5(gpt4: float, selfcheck: float, llama: float, luna: float, lettuce: float) -> tuple[Reference, ...]:
    return (
        *published(
            PAPER, {"prompted GPT-4 Turbo": gpt4, "SelfCheckGPT (GPT-3.5)": selfcheck, "fine-tuned Llama-2-13B": llama}
        ),
        *published(LATER, {"Luna": luna, "LettuceDetect large": lettuce}),
    )


PUBLISHED: Mapping[tuple[str, str], tuple[Reference, ...]] = MappingProxyType(
    {
        ("ragtruth-qa", "precision"): _table_5(0.332, 0.350, 0.616, 0.378, 0.659),
        ("ragtruth-qa", "recall"): _table_5(0.906, 0.580, 0.763, 0.800, 0.750),
        ("ragtruth-qa", "F1"): _table_5(0.456, 0.437, 0.682, 0.513, 0.702),
        ("ragtruth-summary", "precision"): _table_5(0.315, 0.311, 0.640, 0.400, 0.640),
        ("ragtruth-summary", "recall"): _table_5(0.976, 0.565, 0.549, 0.765, 0.559),
        ("ragtruth-summary", "F1"): _table_5(0.476, 0.401, 0.591, 0.525, 0.597),
    }
)


def run(job: Job) -> Result:
    """The table of RAGTruth, both tasks. Raises InvalidData."""
    both = checked(job, *TASKS)
    found = {source: both.only(source) for source in TASKS}
    rows = tuple(row for source, part in found.items() for row in _rows(source, part, job.seed))
    sentences = sum(len(part.claims) for part in found.values())
    answers = sum(len(set(_answers(part.claims))) for part in found.values())
    table = Table(
        "ragtruth",
        "RAGTruth: unsupported statements in models' answers",
        answers,
        "answers",
        f"{sentences} sentences, each checked against the passages its answer was written from; no model",
        FITTED,
        rows,
        _weakest(found, job.seed),
        _notes(found),
    )
    return Result(table, tuple(line for part in found.values() for line in _told(part)))


def _notes(found: Mapping[str, Checked]) -> tuple[str, ...]:
    flagging = ", ".join(f"{_flagging_all(part):.3f} for {TASKS[source]}" for source, part in found.items())
    return (
        "Ours is a part of the set; the published figures are of the test split. An answer counts as flagged if any of "
        "its sentences is.",
        f"Whoever flags every answer has an F1 of {flagging}: what is less says nothing.",
        "Characters are those of whole sentences, since the checker marks no shorter span.",
        *(() if all(part.held for part in found.values()) else (ALONE,)),
    )


def _flagging_all(part: Checked) -> float:
    truth, _ = answers(part, (part.shipped,))
    return f1(_everything(truth))


def _everything(truth: Truth) -> Drawn:
    return Drawn(truth.wanted, truth.size, truth.wanted, np.ones(len(truth.wanted), bool))


def _rows(source: str, part: Checked, seed: int) -> Iterator[Row]:
    task = TASKS[source]
    truth, tellings = answers(part, (part.shipped, *part.held))
    for name, measure in MEASURES.items():
        yield _row(f"{task}, answers", name, measure, truth, tellings, seed, PUBLISHED[source, name])
    groups = [claim.group for claim in part.claims]
    positive = np.array([not claim.supported for claim in part.claims], bool)
    for name, measure in {**MEASURES, "AUC": auc}.items():
        tellings = (part.shipped, *part.held)
        yield _row(f"{task}, sentences", name, measure, Truth.of(positive, groups), tellings, seed)
    for name, measure in MEASURES.items():
        yield _row(f"{task}, characters", name, measure, characters(part.claims), (part.shipped, *part.held), seed)


def _row(
    heading: str,
    name: str,
    measure: Measure,
    truth: Truth,
    tellings: Sequence[Telling],
    seed: int,
    references: tuple[Reference, ...] = (),
) -> Row:
    shipped, *held = tellings
    ours = measured(measure, truth, held, seed=seed) if held else None
    return Row(heading, name, ours, "held out", measured(measure, truth, (shipped,), seed=seed), references)


def answers(part: Checked, tellings: Sequence[Telling]) -> tuple[Truth, tuple[Telling, ...]]:
    """The same of whole answers: one is unsupported, or flagged, if any of its sentences is."""
    names = _answers(part.claims)
    order = tuple(dict.fromkeys(names))
    place = {name: number for number, name in enumerate(order)}
    of = np.array([place[name] for name in names])

    def any_of(values: Bools) -> Bools:
        return np.bincount(of, weights=values, minlength=len(order)) > 0

    truth = Truth.of(
        any_of(np.array([not claim.supported for claim in part.claims], bool)),
        [name.rpartition("/")[0] for name in order],
    )
    whole = tuple(
        Telling(
            np.array([telling.chances[of == number].max() for number in range(len(order))]),
            any_of(telling.flagged),
            any_of(telling.told),
        )
        for telling in tellings
    )
    return truth, whole


def characters(claims: Sequence[Judged]) -> Truth:
    """Sentences by their characters, and by how many of these people marked."""
    return Truth(
        np.array([float(claim.marked) for claim in claims]),
        np.array([float(len(claim.claim)) for claim in claims]),
        tuple(claim.group for claim in claims),
    )


def _answers(claims: Sequence[Judged]) -> list[str]:
    return [claim.response for claim in claims]


def _weakest(found: Mapping[str, Checked], seed: int) -> str:
    """By the kind of error that people marked: which is caught least."""
    groups, rates, documents = [], [], []
    for source, part in found.items():
        share = caught(part.held or (part.shipped,))
        for kind in sorted({kind for claim in part.claims for kind in claim.kinds}):
            chosen = [at for at, claim in enumerate(part.claims) if kind in claim.kinds and not np.isnan(share[at])]
            name = f"{TASKS[source]} have what people marked as {kind.lower()}"
            owners = [part.claims[at].group for at in chosen]
            groups.append(Group(name, Figure.mean(share[chosen], owners, seed=seed)))
        wrong = [at for at, claim in enumerate(part.claims) if not claim.supported and not np.isnan(share[at])]
        rates.append(share[wrong])
        documents += [part.claims[at].group for at in wrong]
    whole = Figure.mean(np.concatenate(rates), documents, seed=seed)
    return weakest("the share caught", groups, whole, "unsupported sentences")


def _told(part: Checked) -> Iterator[dict[str, object]]:
    share = caught(part.held) if part.held else np.full(len(part.claims), np.nan)
    for number, claim in enumerate(part.claims):
        yield {
            "id": claim.response,
            "sentence": claim.claim,
            "kinds": claim.kinds,
            "probability": round(1.0 - float(part.shipped.chances[number]), 4),
            "supported": not part.shipped.flagged[number],
            "held_out_unsupported": None if np.isnan(share[number]) else round(float(share[number]), 2),
        }
