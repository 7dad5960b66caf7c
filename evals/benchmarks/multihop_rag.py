"""MultiHop-RAG: questions on news whose evidence is spread over two to four articles.

A passage found is right if it holds one of the facts that the question was made from, in its very words; the measures
are those of the benchmark's own program, its average precision included, which counts a fact once and divides what is
new in a passage by the passage's rank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from evals.benchmarks.detection import Floats
from evals.benchmarks.job import Job, Result
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.bookshelf import bookshelf
from evals.labelled import InvalidData, set_file, set_list
from evals.share import Share
from index.corpus import Corpus
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from index.query import Query
from index.search import search
from rag.ask import Desk, Question, ask
from rag.quote import Quoter
from rag.verify import Verifier

DEPTH = 10
PAPER = "Tang and Yang, MultiHop-RAG: Benchmarking RAG for Multi-Hop Queries, 2024, table 5 (chunks of 256 tokens)"
SYSTEMS = (
    "text-embedding-ada-002",
    "bge-large-en-v1.5",
    "e5-base-v2",
    "voyage-02",
    "voyage-02 and bge-reranker-large",
)


def _table_5(*values: float) -> tuple[Reference, ...]:
    return published(PAPER, dict(zip(SYSTEMS, values, strict=True)))


PUBLISHED: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {
        "Hits@4": _table_5(0.5040, 0.5221, 0.2334, 0.4619, 0.6625),
        "Hits@10": _table_5(0.6381, 0.6718, 0.3556, 0.6506, 0.7467),
        "MAP@10": _table_5(0.3431, 0.3423, 0.1161, 0.3143, 0.4795),
        "MRR@10": _table_5(0.4203, 0.4298, 0.1843, 0.3934, 0.5860),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its kind, and the facts that it was made from; none where no article answers it."""

    question: str
    kind: str
    facts: tuple[str, ...]


def read_articles(data: Path) -> tuple[Document, ...]:
    """The articles of `corpus.json`, each once. Raises InvalidData."""
    rows = set_list(set_file(data, "multihop-rag", "corpus.json"), "title", "body", "url")
    return tuple({document.uri: document for document in map(_article, rows) if document.text.strip()}.values())


def _article(row: Mapping[str, Any]) -> Document:
    text = normalise(str(row["body"]))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(
        str(row["url"]),
        text,
        digest,
        ("public",),
        title=str(row["title"]),
        publisher=row.get("source"),
        author=row.get("author"),
        published=_day(row.get("published_at")),
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def read_questions(data: Path) -> tuple[Asked, ...]:
    """The questions of `MultiHopRAG.json`. Raises InvalidData."""
    rows = set_list(set_file(data, "multihop-rag", "MultiHopRAG.json"), "query", "question_type", "evidence_list")
    return tuple(
        Asked(row["query"], row["question_type"], tuple(normalise(str(part["fact"])) for part in row["evidence_list"]))
        for row in rows
    )


def grades(found: Sequence[str], facts: Sequence[str]) -> tuple[float, float, float, float]:
    """Hits@4, Hits@10, MAP@10 and MRR@10 of the texts found, as the benchmark counts them: without white space."""
    wanted, left = [_bare(fact) for fact in facts], set(map(_bare, facts))
    ranks, precision = [], 0.0
    for rank, text in enumerate(map(_bare, found[:DEPTH]), start=1):
        if any(fact in text for fact in wanted):
            new = {fact for fact in left if fact in text}
            left -= new
            precision += len(new) / rank
            ranks.append(rank)
    if not ranks:
        return 0.0, 0.0, 0.0, 0.0
    return float(ranks[0] <= 4), 1.0, precision / min(len(facts), DEPTH), 1.0 / ranks[0]


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\n", "")


def run(job: Job) -> Result:
    """The table of MultiHop-RAG. Raises InvalidData."""
    articles, questions = read_articles(job.data), job.some(read_questions(job.data))
    if not articles or not questions:
        raise InvalidData(f"{job.data} holds no article or no question of MultiHop-RAG; name the folder of its files")
    with bookshelf(articles, default_embedder()) as corpus:
        asked = [each for each in questions if each.facts]
        values = np.array([_graded(each, corpus) for each in job.each(asked, "questions")]).reshape(-1, len(PUBLISHED))
        abstained = _abstained(corpus, job.each([each for each in questions if not each.facts], "null questions"))
    table = Table(
        "multihop-rag",
        "MultiHop-RAG: evidence spread over news articles",
        len(questions),
        "questions",
        f"{len(articles)} articles as one library, each question searched for as it stands; no model",
        "Nothing was fitted on this set.",
        tuple(_rows(values, abstained, job.seed)),
        _weakest(asked, values, job.seed),
        (
            "Our passages are about 200 tokens and end with sentences; a fact that is cut in two is never found, as in "
            "the paper. Questions that no article answers are left out of the search, as in the paper, which has no "
            "figure for their abstention here.",
            *(() if job.limit is None else ("The whole library is searched, for some of the questions.",)),
        ),
    )
    return Result(table, tuple(_told(each, row) for each, row in zip(asked, values, strict=True)))


def _graded(asked: Asked, corpus: Corpus) -> tuple[float, float, float, float]:
    passages = search(LOCAL, Query(asked.question), corpus, limit=DEPTH)
    return grades([passage.chunk.text for passage in passages], asked.facts)


def _abstained(corpus: Corpus, questions: Iterator[Asked]) -> Share:
    quoter = Quoter()
    desk = Desk(corpus, quoter, quoter.threshold, verifier=Verifier())
    return Share.of(ask(LOCAL, Question(each.question), desk).status == "abstained" for each in questions)


def _rows(values: Floats, abstained: Share, seed: int) -> Iterator[Row]:
    for column, (name, references) in enumerate(PUBLISHED.items()):
        yield Row("search", name, Figure.mean(values[:, column], seed=seed), "unseen", references=references)
    yield Row("abstention", "null questions abstained", Figure.share(abstained), "unseen")


def _weakest(asked: Sequence[Asked], values: Floats, seed: int) -> str:
    hits = values[:, list(PUBLISHED).index("Hits@10")]
    groups = [
        Group(
            f"questions are of the kind {kind!r}",
            Figure.mean(hits[np.array([each.kind == kind for each in asked], bool)], seed=seed),
        )
        for kind in dict.fromkeys(each.kind for each in asked)
    ]
    groups += [
        Group(
            f"{count} facts are needed",
            Figure.mean(hits[np.array([len(each.facts) == count for each in asked], bool)], seed=seed),
        )
        for count in sorted({len(each.facts) for each in asked})
    ]
    return weakest("Hits@10", groups, Figure.mean(hits, seed=seed), "questions")


def _told(asked: Asked, row: Floats) -> dict[str, object]:
    return {"question": asked.question, "kind": asked.kind} | {
        name: round(float(value), 4) for name, value in zip(PUBLISHED, row, strict=True)
    }
