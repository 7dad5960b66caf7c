"""RealTime QA: multiple-choice questions on the week's news, with the articles that a search engine found for each.

Each question gets a library of its own articles. A quote, or prose where a model writes, is held against the choices:
what stands in it first is what was chosen. Where nothing is quoted, or no choice stands in what is, none was.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from evals.benchmarks.job import Job, Result
from evals.benchmarks.ramdocs import contains
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.bookshelf import bookshelf
from evals.labelled import InvalidData, set_rows
from evals.share import Share
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from rag.answer import Answer
from rag.ask import Desk, Question, ask
from rag.quote import Quoter
from rag.verify import Verifier

PAPER = "Kasai et al., RealTime QA: What's the Answer Right Now?, NeurIPS 2023, table 1 (1,470 questions, 2022 to 2023)"


def _table_1(closed: float, found: float) -> tuple[Reference, ...]:
    return published(PAPER, {"GPT-3 alone": closed, "GPT-3 with Google's articles": found})


PUBLISHED: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {"accuracy": _table_1(0.449, 0.665), "EM": _table_1(0.153, 0.346), "F1": _table_1(0.223, 0.453)}
)
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its choices, the right ones' places from 0, where it was asked, and the articles found for it."""

    name: str
    question: str
    source: str
    choices: tuple[str, ...]
    right: frozenset[int]
    articles: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: the choice taken, if any, and the sentence that an answer is read from."""

    asked: Asked
    answered: bool
    choice: int | None
    said: str
    there: bool
    """Whether a right choice stands in the articles at all."""

    @property
    def correct(self) -> bool:
        return self.choice in self.asked.right

    @property
    def scores(self) -> tuple[float, float]:
        """EM and F1 of what was said against the nearest right choice."""
        pairs = [overlap(self.said, self.asked.choices[place]) for place in self.asked.right]
        return max(exact for exact, _ in pairs), max(f1 for _, f1 in pairs)


def read_questions(data: Path) -> tuple[Asked, ...]:
    """The questions of all weeks that have both files. Raises InvalidData."""
    folder = data / "realtimeqa" if (data / "realtimeqa").is_dir() else data
    weeks = [path for path in sorted(folder.glob("*_qa.jsonl")) if _articles_of(path).is_file()]
    if not weeks:
        raise InvalidData(f"{folder} holds no *_qa.jsonl with the *_gcs.jsonl of its week; name the folder of both")
    return tuple(asked for week in weeks for asked in _week(week))


def _articles_of(week: Path) -> Path:
    return week.with_name(week.name.removesuffix("_qa.jsonl") + "_gcs.jsonl")


def _week(path: Path) -> Iterator[Asked]:
    found = {row["question_id"]: row for row in set_rows(_articles_of(path), "question_id", "search_result")}
    for row in set_rows(path, "question_id", "question_sentence", "choices", "answer"):
        name = str(row["question_id"])
        right = frozenset(int(place) for place in row["answer"])
        articles = tuple(_articles(name, found.get(row["question_id"], {}).get("search_result", ())))
        if not right or max(right) >= len(row["choices"]):
            raise InvalidData(f"{name} of {path} has no right choice; put the set's own file there")
        source = str(row.get("question_source", ""))
        yield Asked(name, row["question_sentence"], source, tuple(map(str, row["choices"])), right, articles)


def _articles(name: str, found: Sequence[Mapping[str, Any]]) -> Iterator[Document]:
    for place, row in enumerate(found):
        text = normalise(str(row.get("text") or ""))
        if text.strip():
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            title = row.get("title") or None
            day = _day(str(row.get("publish_date") or ""))
            yield Document(f"{name}/{place}", text, digest, ("public",), title=title, published=day)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:10].replace("-", "/"), "%Y/%m/%d").date()
    except ValueError:
        return None


def run(job: Job) -> Result:
    """The table of RealTime QA. Raises InvalidData."""
    outcomes = tuple(measure(job, job.some(read_questions(job.data))))
    table = Table(
        "realtimeqa",
        "RealTime QA: questions on the week's news",
        len(outcomes),
        "questions",
        f"each asked of a library of the articles found for it; {job.writes}",
        "Nothing was fitted on this set.",
        tuple(_rows(outcomes, job.seed)),
        _weakest(outcomes),
        (
            "The choices are not shown to the product: the choice taken is the one whose words stand first in what is "
            "quoted, or written; the paper's models weigh the choices themselves.",
            "EM and F1 are of the first sentence of the answer. A quote is a whole sentence and hardly ever equals a "
            "choice: without a model EM says little.",
        ),
    )
    return Result(table, tuple(map(_told, outcomes)))


def measure(job: Job, questions: Sequence[Asked]) -> Iterator[Outcome]:
    """Asks each question of its own articles; one that has none is abstained from."""
    embedder, quoter, verifier = default_embedder(), Quoter(), Verifier()
    for asked in job.each(questions, "questions"):
        if not asked.articles:
            yield Outcome(asked, False, None, "", False)
            continue
        with bookshelf(asked.articles, embedder) as corpus:
            desk = Desk(corpus, quoter, quoter.threshold, model=job.model, writer=job.writer, verifier=verifier)
            yield outcome(asked, ask(LOCAL, Question(asked.question), desk))


def outcome(asked: Asked, answer: Answer) -> Outcome:
    """What the answer says of the choices: prose first, where any stands."""
    prose = [sentence.text for sentence in answer.sentences if sentence.support == "supported"]
    said = [*prose, *(evidence.quote for evidence in answer.evidence)]
    there = any(contains(each.text, asked.choices[place]) for each in asked.articles for place in asked.right)
    first = said[0] if answer.status == "answered" and said else ""
    return Outcome(asked, answer.status == "answered", chosen(said, asked.choices), first, there)


def chosen(said: Sequence[str], choices: Sequence[str]) -> int | None:
    """The choice that stands in the first of the texts that any stands in, the longest if several do."""
    for text in said:
        held = [place for place, choice in enumerate(choices) if contains(text, choice)]
        if held:
            return max(held, key=lambda place: len(choices[place]))
    return None


def overlap(said: str, choice: str) -> tuple[float, float]:
    """Exact match and F1 over words, without articles, case and punctuation, as for SQuAD."""
    one, two = _words(said), _words(choice)
    shared = sum((Counter(one) & Counter(two)).values())
    return float(one == two), 2 * shared / (len(one) + len(two)) if shared else 0.0


def _words(text: str) -> list[str]:
    return _ARTICLE.sub(" ", text.casefold().translate(_PUNCTUATION)).split()


def _rows(outcomes: Sequence[Outcome], seed: int) -> Iterator[Row]:
    accuracy = Figure.share(Share.of(each.correct for each in outcomes))
    exact, f1 = (np.array([each.scores[column] for each in outcomes]) for column in (0, 1))
    yield Row("multiple choice", "accuracy", accuracy, "unseen", references=PUBLISHED["accuracy"])
    taken = Share.of(each.correct for each in outcomes if each.choice is not None)
    yield Row("multiple choice", "right, where a choice was taken", Figure.share(taken), "unseen")
    yield Row("generation", "EM", Figure.mean(exact, seed=seed), "unseen", references=PUBLISHED["EM"])
    yield Row("generation", "F1", Figure.mean(f1, seed=seed), "unseen", references=PUBLISHED["F1"])
    for name, there in (("the articles hold a right choice", True), ("the articles hold none", False)):
        share = Share.of(not each.answered for each in outcomes if each.there is there)
        yield Row("abstained, where", name, Figure.share(share), "unseen")


def _weakest(outcomes: Sequence[Outcome]) -> str:
    parts = {f"questions are from {each.asked.source}": each.asked.source for each in outcomes if each.asked.source}
    groups = [
        Group(name, Figure.share(Share.of(each.correct for each in outcomes if each.asked.source == source)))
        for name, source in parts.items()
    ]
    groups += [
        Group(name, Figure.share(Share.of(each.correct for each in outcomes if each.there is there)))
        for name, there in (("the articles hold a right choice", True), ("the articles hold no right choice", False))
    ]
    whole = Figure.share(Share.of(each.correct for each in outcomes))
    return weakest("accuracy", groups, whole, "questions")


def _told(outcome: Outcome) -> dict[str, object]:
    asked = outcome.asked
    return {
        "id": asked.name,
        "question": asked.question,
        "right": [asked.choices[place] for place in sorted(asked.right)],
        "chosen": None if outcome.choice is None else asked.choices[outcome.choice],
        "answered": outcome.answered,
        "said": outcome.said,
    }
