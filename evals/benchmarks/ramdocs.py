"""RAMDocs: sources that disagree. Each question has documents that give right answers, documents that give wrong ones,
and noise.

Each question gets a small library of its own documents, which have neither titles, sources nor dates, so that nothing
but their words tells them apart. An answer is found where its words stand in a row. A wrong answer is marked where a
disagreement sets its quote against one that does not give it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from evals.benchmarks.job import Job, Result
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.bookshelf import bookshelf
from evals.labelled import InvalidData, set_file, set_rows
from evals.share import Share
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from rag.answer import Answer
from rag.ask import Desk, Question, ask
from rag.quote import Quoter
from rag.verify import Verifier

PAPER = (
    "Wang et al., Retrieval-Augmented Generation with Conflicting Evidence, 2025, table 1 (exact match, 500 questions)"
)
PUBLISHED: tuple[Reference, ...] = published(
    PAPER,
    {
        "Llama3.3-70B, documents in the prompt": 0.326,
        "Llama3.3-70B, MADAM-RAG": 0.344,
        "Qwen2.5-72B, documents in the prompt": 0.206,
        "Qwen2.5-72B, MADAM-RAG": 0.264,
        "GPT-4o-mini, documents in the prompt": 0.250,
        "GPT-4o-mini, MADAM-RAG": 0.280,
    },
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its documents, the answers that are right and those that are wrong."""

    id: str
    question: str
    documents: tuple[Document, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case. Counts are of its right and wrong answers: how many its documents hold in words that can
    be found, how many the shown quotes do, and how many of the wrong ones no disagreement marks."""

    case: Case
    answer: Answer
    right_there: int
    right_shown: int
    wrong_shown: int
    wrong_unmarked: int
    """In the quotes."""
    right_told: int
    """In prose that stands."""
    wrong_told: int
    """In prose that stands, and neither marked nor set beside another side in the same sentence."""


def read_cases(data: Path) -> tuple[Case, ...]:
    """The cases of `ramdocs.jsonl`. Raises InvalidData."""
    fields = ("id", "question", "documents", "gold_answers", "wrong_answers")
    return tuple(_case(row) for row in set_rows(set_file(data, "ramdocs", "ramdocs.jsonl"), *fields))


def _case(row: dict[str, object]) -> Case:
    documents, right, wrong = row["documents"], row["gold_answers"], row["wrong_answers"]
    if not (isinstance(documents, list) and isinstance(right, list) and isinstance(wrong, list)):
        raise InvalidData(f"{row['id']} is no case of RAMDocs; name the folder of the set's own ramdocs.jsonl")
    texts = [normalise(str(each["text"])) for each in documents]
    name = str(row["id"])
    shelf = [
        Document(f"{name}/{at}.txt", text, f"{name}-{at}", ("public",)) for at, text in enumerate(texts) if text.strip()
    ]
    return Case(name, str(row["question"]), tuple(shelf), tuple(map(str, right)), tuple(map(str, wrong)))


def contains(text: str, answer: str) -> bool:
    """Whether the words and figures of the answer stand in the text in a row, whatever stands between them."""
    wanted, words = _WORD.findall(answer.casefold()), _WORD.findall(text.casefold())
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def outcome(case: Case, answer: Answer) -> Outcome:
    """What the answer shows of the case."""
    texts = [document.text for document in case.documents]
    quotes = [evidence.quote for evidence in answer.evidence]
    shown = [wrong for wrong in case.wrong if any(contains(quote, wrong) for quote in quotes)]
    prose = [sentence for sentence in answer.sentences if sentence.support == "supported"]
    return Outcome(
        case,
        answer,
        right_there=sum(any(contains(text, right) for text in texts) for right in case.right),
        right_shown=sum(any(contains(quote, right) for quote in quotes) for right in case.right),
        wrong_shown=len(shown),
        wrong_unmarked=sum(bool(_unmarked(answer, wrong)) for wrong in shown),
        right_told=sum(any(contains(sentence.text, right) for sentence in prose) for right in case.right),
        wrong_told=sum(
            any(
                contains(sentence.text, wrong)
                and {citation.number for citation in sentence.citations} <= _unmarked(answer, wrong)
                for sentence in prose
            )
            for wrong in case.wrong
        ),
    )


def _unmarked(answer: Answer, wrong: str) -> set[int]:
    """The evidence that gives the wrong answer and that nothing which does not give it is set against."""
    giving = {number for number, each in enumerate(answer.evidence, 1) if contains(each.quote, wrong)}
    marked = {
        number for each in answer.disagreements if not giving.issuperset(each.evidence) for number in each.evidence
    }
    return giving - marked


def run(job: Job) -> Result:
    """The table of RAMDocs, in quotes and, where a model writes, in prose. Raises InvalidData."""
    outcomes = tuple(measure(job, job.some(read_cases(job.data))))
    rows = [_row("in the quotes", *each, outcomes) for each in IN_QUOTES]
    if job.model:
        rows += [_row("in the prose that stands", *each, outcomes) for each in IN_PROSE]
    table = Table(
        "ramdocs",
        "RAMDocs: conflicting evidence",
        len(outcomes),
        "questions",
        f"each asked of a library of its own documents; {job.writes}",
        "Whether quotes answer at all was fitted on one in three of these questions, asked in three ways; nothing that "
        "is shown of disagreement was fitted.",
        tuple(rows),
        _weakest(outcomes),
        NOTES,
    )
    return Result(table, tuple(map(_told, outcomes)))


def measure(job: Job, cases: Sequence[Case]) -> Iterator[Outcome]:
    """Asks each question of its own library."""
    embedder, quoter, verifier = default_embedder(), Quoter(), Verifier()
    for case in job.each(cases, "questions"):
        with bookshelf(case.documents, embedder) as corpus:
            desk = Desk(corpus, quoter, quoter.threshold, model=job.model, writer=job.writer, verifier=verifier)
            yield outcome(case, ask(LOCAL, Question(case.question), desk))


Kept = Callable[[Outcome], bool]
"""Which cases a share is of, or which of them count."""


def _all_right(each: Outcome) -> bool:
    return each.right_shown == len(each.case.right)


def _told_right(each: Outcome) -> bool:
    return each.right_told == len(each.case.right)


def _every(each: Outcome) -> bool:
    return True


def _has_wrong(each: Outcome) -> bool:
    return bool(each.case.wrong)


EXACT = "every right answer and no wrong one"
IN_QUOTES: tuple[tuple[str, Kept, Kept], ...] = (
    (EXACT, lambda each: _all_right(each) and not each.wrong_shown, _every),
    ("every right answer and no wrong one unmarked", lambda each: _all_right(each) and not each.wrong_unmarked, _every),
    ("every right answer", _all_right, _every),
    ("some right answer", lambda each: each.right_shown > 0, _every),
    ("a wrong answer (of those that have one)", lambda each: each.wrong_shown > 0, _has_wrong),
    ("a wrong answer, not marked (of those)", lambda each: each.wrong_unmarked > 0, _has_wrong),
    ("answered at all", lambda each: each.answer.status == "answered", _every),
)
"""A measure's name, what counts, and of which cases."""
IN_PROSE: tuple[tuple[str, Kept, Kept], ...] = (
    (EXACT, lambda each: _told_right(each) and not each.wrong_told, _every),
    ("every right answer", _told_right, _every),
    ("a wrong answer, told as undisputed (of those that have one)", lambda each: each.wrong_told > 0, _has_wrong),
    ("prose stands", lambda each: any(one.support == "supported" for one in each.answer.sentences), _every),
)
NOTES = (
    "Ours is a part of the set. The paper's models write a list of answers and are told to leave wrong ones out. "
    "Quotes leave nothing out that a source says: a wrong answer that is shown is to be marked as disputed, which is "
    "the second line.",
    "A few labels are noisy: a right answer may stand in none of the documents in the words of the label.",
)


def _row(part: str, name: str, counts: Kept, of: Kept, outcomes: Sequence[Outcome]) -> Row:
    share = Share.of(counts(each) for each in outcomes if of(each))
    return Row(part, name, Figure.share(share), "in part", references=PUBLISHED if name == EXACT else ())


KINDS: Mapping[str, Kept] = MappingProxyType(
    {
        "one answer is right and no document is wrong": lambda each: _answers(each) == 1 and not each.case.wrong,
        "one answer is right and others are wrong": lambda each: _answers(each) == 1 and _has_wrong(each),
        "two answers are right and no document is wrong": lambda each: _answers(each) == 2 and not each.case.wrong,
        "two answers are right and others are wrong": lambda each: _answers(each) == 2 and _has_wrong(each),
        "three or more answers are right and no document is wrong": lambda each: (
            _answers(each) == 3 and not each.case.wrong
        ),
        "three or more answers are right and others are wrong": lambda each: _answers(each) == 3 and _has_wrong(each),
    }
)


def _answers(each: Outcome) -> int:
    return min(3, len(each.case.right))


def _weakest(outcomes: Sequence[Outcome]) -> str:
    """By how many answers are right, and whether wrong ones stand beside them."""

    def good(each: Outcome) -> bool:
        return _all_right(each) and not each.wrong_unmarked

    groups = [
        Group(name, Figure.share(Share.of(good(each) for each in outcomes if kind(each))))
        for name, kind in KINDS.items()
    ]
    whole = Figure.share(Share.of(map(good, outcomes)))
    return weakest("the share with every right answer and no wrong one unmarked", groups, whole, "questions")


def _told(outcome: Outcome) -> dict[str, object]:
    """A case as something to look into."""
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "right": outcome.case.right,
        "wrong": outcome.case.wrong,
        "unmarked": outcome.wrong_unmarked,
        "told": outcome.wrong_told,
        "evidence": [each.quote for each in answer.evidence],
        "sentences": [each.text for each in answer.sentences if each.support == "supported"],
        "dropped": [[each.text, each.reason] for each in answer.dropped],
        "disagreements": [[each.relation, each.evidence, each.differences] for each in answer.disagreements],
    }
