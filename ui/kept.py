"""A kept turn, shown again only as far as its reader may read now.

What a reader was once shown is no reason to show it again: rights are taken back, documents removed. So of a kept
answer everything that came from a document its reader may not read is taken out, with all that rests on it or may
repeat it: each sentence that cites a quote which is gone or cites none, disagreements over it, what was dropped, the
trace. The question stands as it was asked, not as it was understood, and the sides of a comparison, which are named
after it, are left out. So are they where such a document had fed an earlier turn that the question was understood from,
since its words may be in whatever no quote bears out. Why a quote was picked is told only where nothing is missing, and
what the reader's own choice had left out, which names publishers, only while they may read all of that. Evidence keeps
its numbers. What the reader wrote is theirs, and stays.

The same is done before turns become the history of the next question, and before a verdict on one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from index.principal import Principal
from index.records.conversations import KeptTurn
from rag import conversation
from ui import markup, wire
from ui.answerer import Answerer
from ui.routes.recalled import Kept, KeptAnswer, KeptEvidence, KeptPassage
from ui.routes.shown import Run, Sentence

Readable = Callable[[frozenset[str]], frozenset[str]]
"""Those of some ids of documents that the reader may read now."""
Texts = Callable[[str], str | None]
"""The text of a document by its id; None where it may not be read."""
Here = TypeVar("Here", KeptEvidence, KeptPassage)


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with what may be shown of its answer; `removed` says that this is not all of it. `documents` are the ids
    of those that may speak from what is shown."""

    turn: KeptTurn
    answer: KeptAnswer
    removed: bool
    documents: frozenset[str]


class Reader:
    """What one principal may read of the documents that kept turns speak of, each looked up once."""

    def __init__(self, answerer: Answerer, principal: Principal, link_hosts: Iterable[str] = ()) -> None:
        self.readable = partial(answerer.readable, principal)
        self._document = partial(answerer.document, principal)
        self._link_hosts = tuple(link_hosts)
        self._texts: dict[str, str | None] = {}

    def shown(self, turns: Iterable[KeptTurn]) -> tuple[ShownTurn, ...]:
        """These turns of one conversation as they are shown now: as far as may be read, what has changed since marked,
        links only where they may lead today."""
        return tuple(replace(each, answer=self._today(each.answer)) for each in shown(turns, self.readable))

    def _today(self, answer: KeptAnswer) -> KeptAnswer:
        return linked(marked(answer, self._text), self._link_hosts)

    def _text(self, id: str) -> str | None:
        if id not in self._texts:
            found = self._document(id)
            self._texts[id] = found.text if found else None
        return self._texts[id]


def kept(answer: wire.Json, leans_on: frozenset[str], left_out: frozenset[str] = frozenset()) -> str:
    """What to keep of a turn, as JSON."""
    return wire.dumps({"answer": answer, "leans_on": sorted(leans_on), "left_out": sorted(left_out)})


def shown(turns: Iterable[KeptTurn], readable: Readable) -> tuple[ShownTurn, ...]:
    """The turns of one conversation, oldest first and from its first, as far as their reader may read; without those
    that another version kept in a form that this one cannot read."""
    read = [(turn, each) for turn in turns if (each := Kept.read(turn.answer))]
    known = readable(frozenset(one for _, each in read for one in _speaking(each) | each.left_out))
    return tuple(_shown(turn, each, known) for turn, each in read)


def withdrawn(question: str, answer: str, gone: frozenset[str]) -> str:
    """What to keep of a turn from now on, when the documents `gone` are removed from everywhere: from the question and
    what is kept of its answer, as JSON both before and after. Of what this version cannot read, nothing."""
    each = Kept.read(answer)
    if each is None:
        return "{}"
    rests_on = bool(_speaking(each) & gone)
    left = each.answer.model_copy(update={"outside": None}) if each.left_out & gone else each.answer
    if rests_on:
        left = _without(left, _speaking(each) - gone).model_copy(update={"question": question.strip()})
    update = {
        "answer": left,
        "leans_on": each.leans_on - gone,
        "left_out": each.left_out - gone,
        "withdrawn": each.withdrawn or rests_on,
    }
    told = each.model_copy(update=update).model_dump(mode="json")
    # Programs are not told it so, and it is kept all the same.
    return wire.dumps(told | {"answer": told["answer"] | {"scope": each.answer.scope}})


def earlier(turns: Iterable[ShownTurn]) -> list[conversation.Turn]:
    """The turns as the question after them is understood from: prose where there is some, else the quotes."""
    return [conversation.Turn(each.answer.question, _said(each.answer)) for each in turns]


def linked(answer: KeptAnswer, link_hosts: Iterable[str]) -> KeptAnswer:
    """The answer with its Markdown read anew: links lead where they may lead now."""
    hosts = tuple(link_hosts)
    return answer.model_copy(update={"sentences": tuple(_linked(each, hosts) for each in answer.sentences)})


def marked(answer: KeptAnswer, text: Texts) -> KeptAnswer:
    """The answer with a mark on every quote and passage whose document has other words at its place by now."""
    return answer.model_copy(
        update={
            "evidence": tuple(_marked(each, each.quote, text) for each in answer.evidence),
            "related": tuple(_marked(each, each.text, text) for each in answer.related),
        }
    )


def _speaking(each: Kept) -> frozenset[str]:
    """The ids of all documents that may speak from it."""
    return each.leans_on | fed(each.answer)


def _shown(turn: KeptTurn, each: Kept, readable: frozenset[str]) -> ShownTurn:
    if _speaking(each) <= readable:
        whole = each.answer if each.left_out <= readable else each.answer.model_copy(update={"outside": None})
        return ShownTurn(turn, whole, each.withdrawn, _speaking(each))
    answer = _without(each.answer, readable).model_copy(update={"question": turn.question.strip()})
    return ShownTurn(turn, answer, True, fed(answer))


def fed(answer: KeptAnswer) -> frozenset[str]:
    """The ids of the documents that an answer shows."""
    return frozenset(each.document for each in (*answer.evidence, *answer.related))


def _without(answer: KeptAnswer, readable: frozenset[str]) -> KeptAnswer:
    """What is left of the answer without the documents that are not among `readable`."""
    evidence = tuple(each.model_copy(update={"why": None}) for each in answer.evidence if each.document in readable)
    left = {each.number for each in evidence}
    points = (tuple(number for number in point if number in left) for point in answer.points)
    return answer.model_copy(
        update={
            "evidence": evidence,
            "related": tuple(each for each in answer.related if each.document in readable),
            "sentences": tuple(each for each in answer.sentences if each.citations and left.issuperset(each.citations)),
            "points": tuple(point for point in points if len(point) > 1),
            "disagreements": tuple(each for each in answer.disagreements if left.issuperset(each.evidence)),
            "dropped": (),
            "groups": (),
            "notice": None,
            "outside": None,
            "trace": None,
        }
    )


def _said(answer: KeptAnswer) -> str:
    return " ".join(each.text for each in answer.sentences) or " ".join(each.quote for each in answer.evidence)


def _linked(each: Sentence, hosts: tuple[str, ...]) -> Sentence:
    read = markup.plain(each.text) if each.support == "quoted" else markup.runs(each.text, hosts)
    return each.model_copy(update={"runs": tuple(Run(text=run.text, style=run.style, href=run.href) for run in read)})


def _marked(each: Here, words: str, text: Texts) -> Here:
    stands = text(each.document) or ""
    return each.model_copy(update={"changed": stands[each.start : each.end] != words})
