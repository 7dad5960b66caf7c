"""MTRAG-UN: questions that lean on the turns before, and questions that the documents do not answer.

All passages of all conversations make one library. The last question is searched for in it as it stands, and as it is
understood after the turns before, each of which was understood in its turn, as in a real conversation. The words' rules
for understanding were made on one half of the conversations; the other half tells what they are worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from evals.benchmarks.conversations import Conversation, halves, history, leaning, read_conversations, understood
from evals.benchmarks.detection import Floats, Measure, Telling, Truth, auc, f1, measured, precision, recall
from evals.benchmarks.job import Job, Result
from evals.benchmarks.retrieval import Ranking, documents, graded
from evals.benchmarks.table import Figure, Reference, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.bookshelf import bookshelf
from evals.fitting.evidence_cases import mtrag
from evals.share import Share
from index.corpus import Corpus
from index.embed import default_embedder
from index.principal import LOCAL
from index.query import Query
from index.search import search
from rag.answer import Answer
from rag.ask import Desk, ask
from rag.followup import Resolved
from rag.model import Model
from rag.question import Question
from rag.quote import Quoter
from rag.verify import Verifier

SEARCHED = 20
"""Passages found for each question, as the product asks for."""
PAPER = (
    "Rosenthal et al., MTRAG-UN: A Benchmark for Open Challenges in Multi-Turn RAG Conversations, 2026, table 2 "
    "(468 questions, six whole corpora)"
)
SYSTEMS = ("BM25", "BGE-base 1.5", "Granite R2", "Elser")


def _table_2(*values: float) -> tuple[Reference, ...]:
    return published(PAPER, dict(zip(SYSTEMS, values, strict=True)))


LAST_TURN: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {
        "R@5": _table_2(0.29, 0.25, 0.29, 0.40),
        "R@10": _table_2(0.38, 0.32, 0.38, 0.49),
        "nDCG@5": _table_2(0.27, 0.23, 0.28, 0.36),
        "nDCG@10": _table_2(0.31, 0.26, 0.32, 0.40),
    }
)
"""Of the last question as it stands."""
REWRITTEN: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {
        "R@5": _table_2(0.36, 0.38, 0.40, 0.49),
        "R@10": _table_2(0.47, 0.49, 0.51, 0.60),
        "nDCG@5": _table_2(0.34, 0.35, 0.37, 0.45),
        "nDCG@10": _table_2(0.39, 0.40, 0.42, 0.51),
    }
)
"""Of the last question as a language model (GPT-OSS 20B) rewrote it."""


def ranking(corpus: Corpus, question: str, gold: frozenset[str]) -> Ranking:
    """The documents found for a question, against those that answer it."""
    found = documents(search(LOCAL, Query(question), corpus, limit=SEARCHED))
    return Ranking(question, found, dict.fromkeys(gold, 1))


@dataclass(frozen=True, slots=True)
class Searched:
    """A conversation's last question, understood, and what was found for it as it stands and as it was understood."""

    conversation: Conversation
    resolved: Resolved
    alone: Ranking
    after: Ranking


def searched(corpus: Corpus, conversation: Conversation, model: Model | None) -> Searched:
    """The search for a last question, twice unless it is understood as it stands."""
    resolved = understood(conversation, model)
    alone = ranking(corpus, conversation.question, conversation.gold)
    after = alone if resolved.by == "question" else ranking(corpus, resolved.text, conversation.gold)
    return Searched(conversation, resolved, alone, after)


def run(job: Job) -> Result:
    """The table of MTRAG-UN. Raises InvalidData."""
    everything = read_conversations(job.data)
    chosen = job.some(everything)
    with bookshelf(mtrag(job.data).documents, default_embedder()) as corpus:
        leaned = [searched(corpus, each, job.model) for each in job.each(leaning(chosen), "searches")]
        quoter = Quoter()
        desk = Desk(corpus, quoter, quoter.threshold, model=job.model, writer=job.writer, verifier=Verifier())
        asked = [(each, _asked(each, desk)) for each in job.each(chosen, "questions")]
    rules = {each.name for each in halves(leaning(everything))[0]}
    held = [each for each in leaned if each.conversation.name not in rules]
    seen = [each for each in leaned if each.conversation.name in rules]
    table = Table(
        "mtrag_un",
        "MTRAG-UN: unanswerable, underspecified and non-standalone questions in conversations",
        len(chosen),
        "conversations",
        f"{len(leaned)} last questions with turns before and passages are searched for, all are asked; {job.writes}",
        "The rules by which words are understood were made on one half of the conversations, in sample, and are "
        "measured on the other; how the hits of a search are fused was chosen with questions of both in view. "
        "Abstention never saw this set.",
        (*_search_rows(held, seen, job.seed), *_abstention_rows(asked, job.seed)),
        f"{_weakest(held, job.seed)} {_weakest_answers(asked)}",
        NOTES,
    )
    return Result(table, tuple(_told(each, answer) for each, answer in asked))


NOTES = (
    "Ours is a part of the set, without the collections that are not published, and only its reference passages are "
    "searched: the paper searches whole corpora, so search is far easier here and the figures of table 2 are no "
    "competitors. The gain from being understood is what compares: there it is a language model's rewriting.",
    "Unanswerable questions have no passages of their own; that those of the others answer none of them is assumed.",
    "An underspecified question is to be met with a question, which the product does not ask: to abstain is the next "
    "best. The paper gives abstention as a bar chart alone.",
)


def _asked(conversation: Conversation, desk: Desk) -> Answer:
    return ask(LOCAL, Question(conversation.question, history=history(conversation, desk.model)), desk)


def _search_rows(held: Sequence[Searched], seen: Sequence[Searched], seed: int) -> Iterator[Row]:
    alone, after = _grades(held)
    seen_alone, seen_after = _grades(seen)
    for part, ours, theirs, references in (
        ("search, last question alone", alone, seen_alone, LAST_TURN),
        ("search, as understood", after, seen_after, REWRITTEN),
    ):
        for name in LAST_TURN:
            seen_figure = Figure.mean(theirs[name], seed=seed)
            yield Row(part, name, Figure.mean(ours[name], seed=seed), "in part", seen_figure, references[name])
    for name in ("R@5", "nDCG@5"):
        gain = Figure.mean(after[name] - alone[name], seed=seed)
        rules = Figure.mean(seen_after[name] - seen_alone[name], seed=seed)
        yield Row("gain from being understood", name, gain, "held out", rules, _gains(name))


def _gains(name: str) -> tuple[Reference, ...]:
    pairs = zip(LAST_TURN[name], REWRITTEN[name], strict=True)
    return tuple(Reference(new.system, round(new.value - old.value, 3), new.source) for old, new in pairs)


def _grades(found: Sequence[Searched]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    return graded([each.alone for each in found], *LAST_TURN), graded([each.after for each in found], *LAST_TURN)


MEASURES: Mapping[str, Measure] = MappingProxyType({"precision": precision, "recall": recall, "F1": f1, "AUC": auc})


def _abstention_rows(asked: Sequence[tuple[Conversation, Answer]], seed: int) -> Iterator[Row]:
    clear = [(each, answer) for each, answer in asked if each.answerable != "UNDERSPECIFIED"]
    truth = Truth.of(
        np.array([each.answerable == "UNANSWERABLE" for each, _ in clear], bool), [each.name for each, _ in clear]
    )
    telling = Telling(
        np.array([1.0 - answer.trace.answerable for _, answer in clear]),
        np.array([answer.status == "abstained" for _, answer in clear], bool),
        np.ones(len(clear), bool),
    )
    for name, measure in MEASURES.items():
        figure = measured(measure, truth, (telling,), seed=seed)
        yield Row("abstention (unanswerable is positive)", name, figure, "unseen")
    for kind in ("ANSWERABLE", "PARTIAL", "UNDERSPECIFIED"):
        share = Share.of(answer.status == "abstained" for each, answer in asked if each.answerable == kind)
        yield Row("abstained, of the questions that are", kind.lower(), Figure.share(share), "unseen")


def _weakest(held: Sequence[Searched], seed: int) -> str:
    """By collection, kind of question and how it was understood: where the right passages are found least."""
    values = _grades(held)[1]["R@5"]
    parts = {
        f"questions are of the kind {kind!r}": kind
        for each in held
        for kind in each.conversation.kinds
        if kind not in ("", "N/A")
    }
    groups = [
        Group(name, _mean(values, [kind in each.conversation.kinds for each in held], seed))
        for name, kind in sorted(parts.items())
    ]
    groups += [
        Group(f"a question was understood by {by}", _mean(values, [each.resolved.by == by for each in held], seed))
        for by in ("question", "words", "model")
    ]
    return weakest("R@5 as understood", groups, Figure.mean(values, seed=seed), "held-out questions")


def _weakest_answers(asked: Sequence[tuple[Conversation, Answer]]) -> str:
    """By what can be answered: where questions are least met as they should be, answered or abstained from."""
    right = {"ANSWERABLE": "answered", "UNANSWERABLE": "abstained", "UNDERSPECIFIED": "abstained"}
    met = {
        kind: Share.of(answer.status == status for each, answer in asked if each.answerable == kind)
        for kind, status in right.items()
    }
    groups = [
        Group(
            f"questions are {kind.lower()} and ought to be {right[kind]}{' from' * (right[kind] == 'abstained')}",
            Figure.share(share),
        )
        for kind, share in met.items()
    ]
    whole = Share(sum(share.hits for share in met.values()), sum(share.cases for share in met.values()))
    return weakest("the share met so", groups, Figure.share(whole), "questions")


def _mean(values: Floats, chosen: Sequence[bool], seed: int) -> Figure:
    return Figure.mean(values[np.array(chosen, bool)], seed=seed)


def _told(conversation: Conversation, answer: Answer) -> dict[str, object]:
    return {
        "id": conversation.name,
        "question": conversation.question,
        "understood": answer.question,
        "answerability": conversation.answerable,
        "status": answer.status,
        "chance_of_an_answer": round(answer.trace.answerable, 4),
        "quotes": [each.quote for each in answer.evidence],
    }
