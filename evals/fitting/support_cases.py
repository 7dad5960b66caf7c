"""Claims that people judged against sentences, to fit and measure the checker, read from where public sets lie."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.labelled import set_file, set_rows
from index.document import Span
from index.sentences import sentences

_PASSAGE = re.compile(r"^passage \d+:")


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, what it may rest on, and whether that bears it out.

    `group` names what must not be divided between fitting and reporting; `kinds` are the kinds of error that people
    marked in it, where they did, `marked` is how many of its characters they marked, and `response` names the answer
    that it is a sentence of.
    """

    source: str
    group: str
    claim: str
    quotes: tuple[str, ...]
    supported: bool
    kinds: tuple[str, ...] = ()
    response: str = ""
    marked: int = 0


def wice(data: Path, *, only_supporting: bool = False) -> tuple[Judged, ...]:
    """WiCE: sentences of Wikipedia against the whole article that they cite. Partly supported counts as not supported.

    With `only_supporting` it is another set, wice-quotes: the same claims against the few sentences that people found
    to support them, as a checker of cited sentences is called; where there are none, against one that does not.
    """
    rows = set_rows(set_file(data, "wice", "claims_dev.jsonl"), "claim", "evidence", "label", "supporting_sentences")
    return tuple(
        Judged(
            "wice-quotes" if only_supporting else "wice",
            f"wice/{number}",
            row["claim"],
            _supporting(row) if only_supporting else _worded(row["evidence"]),
            row["label"] == "supported",
            (row["label"],),
        )
        for number, row in enumerate(rows)
    )


def ragtruth(data: Path, task: str) -> tuple[Judged, ...]:
    """RAGTruth, `task` qa or summary: sentences of models' answers against the passages they were given. A sentence is
    not supported where a span that people marked overlaps it."""
    return tuple(
        Judged(
            f"ragtruth-{task}",
            f"ragtruth-{task}/{row['source_id']}",
            span.of(response["response"]),
            quotes,
            not (kinds := _kinds(response["labels"], span)),
            kinds,
            f"ragtruth-{task}/{row['source_id']}/{number}",
            _marked(response["labels"], span),
        )
        for row in set_rows(set_file(data, "ragtruth", f"ragtruth_{task}.jsonl"), "source_id", "source", "responses")
        for quotes in (_passages(row["source"]),)
        for number, response in enumerate(row["responses"])
        for span in sentences(response["response"])
    )


def _supporting(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The first annotator's sentences, else the article's first with more than a title's words."""
    chosen: list[int] = next(iter(row["supporting_sentences"]), [])
    supporting = _worded([row["evidence"][place] for place in chosen])
    return (
        supporting or tuple(part for part in row["evidence"] if len(part.split()) > 8)[:1] or _worded(row["evidence"])
    )


def _passages(source: str | Mapping[str, str]) -> tuple[str, ...]:
    if isinstance(source, str):
        return (source,)
    return _worded([_PASSAGE.sub("", part) for part in source["passages"].split("\n\n")])


def _kinds(labels: Sequence[Mapping[str, Any]], span: Span) -> tuple[str, ...]:
    return tuple(label["label_type"] for label in labels if label["start"] < span.end and label["end"] > span.start)


def _marked(labels: Sequence[Mapping[str, Any]], span: Span) -> int:
    """Characters of the span that any label covers; labels may overlap."""
    return len({at for label in labels for at in range(max(label["start"], span.start), min(label["end"], span.end))})


def _worded(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.strip())
