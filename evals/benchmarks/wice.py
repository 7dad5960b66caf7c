"""WiCE: is a sentence of Wikipedia supported by the article that it cites?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from evals.benchmarks.detection import Measure, Telling, Truth, auc, balanced_accuracy, caught, f1, measured
from evals.benchmarks.detection import precision as of_flagged
from evals.benchmarks.detection import recall as of_positive
from evals.benchmarks.job import Job, Result
from evals.benchmarks.support import ALONE, FITTED, Checked, checked
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest

LEADERBOARD = (
    "LLM-AggreFact leaderboard, WiCE column (test split), as of September 2026; the benchmark is of Tang et al., "
    "MiniCheck: Efficient Fact-Checking of LLMs on Grounding Documents, EMNLP 2024"
)
PUBLISHED: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {
        "balanced accuracy": published(
            LEADERBOARD,
            {
                "Bespoke-MiniCheck-7B": 0.830,
                "GPT-4 Turbo": 0.804,
                "GPT-4o": 0.785,
                "HHEM-2.1-Open": 0.759,
                "FactCG-DeBERTa-L": 0.742,
                "MiniCheck-Flan-T5-L": 0.722,
                "AlignScore": 0.660,
            },
        )
    }
)
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "balanced accuracy": balanced_accuracy,
        "AUC": auc,
        "unsupported: precision": of_flagged,
        "unsupported: recall": of_positive,
        "unsupported: F1": f1,
    }
)
NAMES = MappingProxyType(
    {
        "supported": "the article supports the claim",
        "partially_supported": "the article supports only a part of the claim",
        "not_supported": "the article supports none of the claim",
    }
)


def run(job: Job) -> Result:
    """The table of WiCE, claims against whole articles. Raises InvalidData."""
    found = checked(job, "wice")
    groups = [claim.group for claim in found.claims]
    truth = Truth.of(np.array([not claim.supported for claim in found.claims], bool), groups)
    rows = tuple(
        Row(
            "claim against its article",
            name,
            measured(measure, truth, found.held, seed=job.seed) if found.held else None,
            "held out",
            measured(measure, truth, (found.shipped,), seed=job.seed),
            PUBLISHED.get(name, ()),
        )
        for name, measure in MEASURES.items()
    )
    return Result(table(found, rows, job.seed), tuple(_told(found)))


def table(found: Checked, rows: tuple[Row, ...], seed: int) -> Table:
    """The rows with what is to be said of them."""
    return Table(
        "wice",
        "WiCE: entailment of real claims by the articles they cite",
        len(found.claims),
        "claims",
        "the checker as `onrecord check` runs it, no model; partly supported counts as not supported",
        FITTED,
        rows,
        _weakest(found.held or (found.shipped,), found, seed),
        (
            "Ours is a part of the dev split; the published figures are of the test split, and the leaderboard calls "
            "its entries zero-shot, while ours is fitted on other claims of the same set.",
            "In sample is what `onrecord check --jsonl` says, which also refuses what the article contradicts; held "
            "out is the probability alone, at the threshold fitted with it.",
            *(() if found.held else (ALONE,)),
        ),
    )


def _weakest(tellings: tuple[Telling, ...], found: Checked, seed: int) -> str:
    flagged = caught(tellings)
    told = np.array(
        [1.0 - share if claim.supported else share for claim, share in zip(found.claims, flagged, strict=True)]
    )
    labels = np.array([claim.kinds[0] for claim in found.claims])
    known = ~np.isnan(told)
    groups = [Group(name, Figure.mean(told[known & (labels == label)], seed=seed)) for label, name in NAMES.items()]
    return weakest("the share told right", groups, Figure.mean(told[known], seed=seed), "claims")


def _told(found: Checked) -> list[dict[str, object]]:
    held = caught(found.held) if found.held else np.full(len(found.claims), np.nan)
    return [
        {
            "id": claim.group,
            "claim": claim.claim,
            "label": claim.kinds[0],
            "probability": round(1.0 - float(chance), 4),
            "supported": not flagged,
            "held_out_unsupported": None if np.isnan(share) else round(float(share), 2),
        }
        for claim, chance, flagged, share in zip(
            found.claims, found.shipped.chances, found.shipped.flagged, held, strict=True
        )
    ]
