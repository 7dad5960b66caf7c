"""Any set in the form of BEIR: search over its corpus, nDCG@10, Recall@100 and average precision."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from evals.benchmarks.detection import Floats
from evals.benchmarks.job import Job, Result
from evals.benchmarks.retrieval import Ranking, documents, graded
from evals.benchmarks.table import Figure, Reference, Row, Table
from evals.benchmarks.weakest import Group, weakest
from evals.bookshelf import bookshelf
from evals.labelled import InvalidData, decoded, set_file, set_rows
from index.corpus import Corpus
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from index.query import Query
from index.search import POOL, search

DEPTH = 100
ANSERINI = "BM25 over title and text, Anserini's regressions for BEIR 1.0.0 (multifield)"
BM25: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "arguana": {"nDCG@10": 0.4142, "R@100": 0.9431},
        "fiqa": {"nDCG@10": 0.2361, "R@100": 0.5395},
        "nfcorpus": {"nDCG@10": 0.3254, "R@100": 0.2500},
        "scidocs": {"nDCG@10": 0.1581, "R@100": 0.3561},
        "scifact": {"nDCG@10": 0.6647, "R@100": 0.9076},
        "trec-covid": {"nDCG@10": 0.6559, "R@100": 0.1141},
        "webis-touche2020": {"nDCG@10": 0.3673, "R@100": 0.5376},
    }
)
"""What BM25 gives, the baseline that BEIR (Thakur et al., 2021) compares with."""
MEASURES = ("nDCG@10", "R@100", "AP@100")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how relevant the documents judged for it are."""

    name: str
    text: str
    relevant: Mapping[str, int]


def read_documents(data: Path, name: str) -> tuple[Document, ...]:
    """The documents of `corpus.jsonl` that have any text. Raises InvalidData."""
    rows = set_rows(set_file(data, name, "corpus.jsonl"), "_id", "text")
    made = (_document(str(row["_id"]), str(row.get("title") or ""), str(row["text"])) for row in rows)
    return tuple(document for document in made if document is not None)


def _document(name: str, title: str, text: str) -> Document | None:
    body = normalise(text).strip() or normalise(title).strip()
    if not body:
        return None
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(name, body, digest, ("public",), title=title or None)


def read_questions(data: Path, name: str) -> tuple[Asked, ...]:
    """The questions that have judgements in `qrels/test.tsv`. Raises InvalidData."""
    judged = _judgements(set_file(data, name, "qrels/test.tsv"))
    rows = set_rows(set_file(data, name, "queries.jsonl"), "_id", "text")
    return tuple(
        Asked(str(row["_id"]), str(row["text"]), judged[str(row["_id"])])
        for row in rows
        if any(grade > 0 for grade in judged.get(str(row["_id"]), {}).values())
    )


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    with decoded(path), path.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
            if not row:
                continue
            try:
                question, document, grade = row
                judged.setdefault(question, {})[document] = int(grade)
            except ValueError as error:
                if number > 1:  # the first line names the columns
                    raise InvalidData(
                        f"line {number} of {path} is no query, document and grade; put the set's own file there"
                    ) from error
    return judged


def run(job: Job) -> Result:
    """The table of the set that the job names. Raises InvalidData."""
    held = read_documents(job.data, job.part)
    questions = job.some(read_questions(job.data, job.part))
    if not held or not questions:
        raise InvalidData(f"{job.data} holds no document or no judged question; name the folder of a set of BEIR")
    with bookshelf(held, default_embedder()) as corpus:
        rankings = [_ranking(each, corpus) for each in job.each(questions, "questions")]
    values = graded(rankings, *MEASURES)
    table = Table(
        f"beir:{job.part}",
        f"{job.part}, in the form of BEIR",
        len(questions),
        "questions",
        f"{len(held)} documents as one library, each question searched for as it stands; no model",
        "Nothing was fitted on this set.",
        tuple(_rows(job, values)),
        _weakest(questions, values["nDCG@10"], job.seed),
        (
            f"Search fuses the best {POOL} passages of words and of vectors each, and a document may have several: "
            f"fewer than {DEPTH} documents are found for most questions, which R@{DEPTH} counts against it.",
        ),
    )
    return Result(table, tuple(_told(questions, rankings, values)))


def _ranking(asked: Asked, corpus: Corpus) -> Ranking:
    """What was found; a document that is the question itself is left out, as BEIR does."""
    found = documents(search(LOCAL, Query(asked.text), corpus, limit=2 * POOL))
    others = tuple(name for name in found if name != asked.name)
    return Ranking(asked.name, others[:DEPTH], {name: grade for name, grade in asked.relevant.items() if grade > 0})


def _rows(job: Job, values: Mapping[str, Floats]) -> Iterator[Row]:
    known = BM25.get(job.part, {})
    for name in MEASURES:
        references = (Reference("BM25", known[name], ANSERINI),) if name in known else ()
        yield Row("search", name, Figure.mean(values[name], seed=job.seed), "unseen", references=references)


def _weakest(questions: Sequence[Asked], values: Floats, seed: int) -> str:
    words = np.array([len(each.text.split()) for each in questions])
    right = np.array([len(each.relevant) for each in questions])
    parts = {
        "questions have up to five words": words <= 5,
        "questions have six to twelve words": (words > 5) & (words <= 12),
        "questions have more than twelve words": words > 12,
        "one document is right": right == 1,
        "two to five documents are right": (right > 1) & (right <= 5),
        "more than five documents are right": right > 5,
    }
    groups = [Group(name, Figure.mean(values[chosen], seed=seed)) for name, chosen in parts.items()]
    return weakest("nDCG@10", groups, Figure.mean(values, seed=seed), "questions")


def _told(
    questions: Sequence[Asked], rankings: Sequence[Ranking], values: Mapping[str, Floats]
) -> Iterator[dict[str, object]]:
    for place, (asked, ranking) in enumerate(zip(questions, rankings, strict=True)):
        line: dict[str, object] = {"id": asked.name, "question": asked.text, "found": ranking.found[:10]}
        yield line | {name: round(float(values[name][place]), 4) for name in MEASURES}
