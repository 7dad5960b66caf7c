"""Kept conversations looked through for words: in their titles, their questions, and what their reader may read of the
answers now.

Words of what is withheld find nothing, or finding would tell that they are there. So an answer that has a word anywhere
in it is only looked at more closely: of what ui.kept would show of it, the sentences, the quotes and whose they are
count. The work of one search is bounded; where that ends, the page goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from index.folded import folded
from index.records.conversations import Conversation, Conversations, Held, KeptTurn
from ui import kept
from ui.kept import Readable
from ui.routes.recalled import KeptAnswer

MOST_LOOKED_AT = 20_000
"""Turns that one search looks at."""
CLOSELY = 5
"""As so many turns counts one whose answer is looked at closely, which takes about as much longer."""
AT_ONCE = 25
"""Conversations that are read at once."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The conversations found, the one changed last first, and the cursor to go on from, None where that is all."""

    found: tuple[Conversation, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """One reader's search: each of `words`, folded, stands somewhere in a conversation."""

    conversations: Conversations
    owner: str
    place: str
    words: tuple[str, ...]
    readable: Readable

    def page(self, limit: int, before: str | None = None, most: int | None = None) -> Looked:
        """The first `limit` of them behind the cursor `before`; fewer where `most` turns were looked at."""
        found: list[Conversation] = []
        looked_at, readable = 0, _remembered(self.readable)
        for held in self._all(before):
            if looked_at >= (MOST_LOOKED_AT if most is None else most):
                return Looked(tuple(found), before)
            candidates = self._candidates(held)
            if candidates is not None and self._has_words(held, candidates, readable):
                if len(found) == limit:
                    return Looked(tuple(found), found[-1].cursor)
                found.append(held.conversation)
            looked_at += len(held.turns) + CLOSELY * len(candidates or ())
            before = held.conversation.cursor
        return Looked(tuple(found), None)

    def _all(self, before: str | None) -> Iterator[Held]:
        while leaf := self.conversations.leaf(self.owner, self.place, limit=AT_ONCE, before=before):
            yield from leaf
            before = leaf[-1].conversation.cursor

    def _candidates(self, held: Held) -> tuple[KeptTurn, ...] | None:
        """The turns in whose answers, as they are kept, the words stand that are not in the title or a question; None
        where one of those words is in none of them."""
        missing = _missing(_own(held), self.words)
        if not missing:
            return ()
        answers = [(turn, folded(turn.answer)) for turn in held.turns]
        parts = tuple(_letters(word) for word in missing)
        having = [{turn.id for turn, text in answers if all(each in text for each in word)} for word in parts]
        return tuple(turn for turn in held.turns if any(turn.id in ids for ids in having)) if all(having) else None

    def _has_words(self, held: Held, candidates: tuple[KeptTurn, ...], readable: Readable) -> bool:
        missing = _missing(_own(held), self.words)
        for each in kept.shown(candidates, readable) if missing else ():
            missing = _missing("\n".join(map(folded, _said(each.answer))), missing)
        return not missing


def _missing(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in text)


def _own(held: Held) -> str:
    """What its owner wrote of a conversation, folded."""
    return folded("\n".join((held.conversation.title, *(turn.question for turn in held.turns))))


def _remembered(readable: Readable) -> Readable:
    """The same, asked of each document once."""
    known: dict[str, bool] = {}

    def look(ids: frozenset[str]) -> frozenset[str]:
        if new := ids - known.keys():
            there = readable(new)
            known.update((id, id in there) for id in new)
        return frozenset(id for id in ids if known[id])

    return look


def looked_for(words: str) -> tuple[str, ...]:
    """The words of a search, folded, each once; what cannot be looked for is left out."""
    return tuple(islice(dict.fromkeys(folded(words.replace("\x00", " ")).split()), 20))


def _said(answer: KeptAnswer) -> Iterator[str]:
    """What is looked in of an answer as it is shown."""
    yield from (each.text for each in answer.sentences)
    for each in answer.evidence:
        yield each.quote
        yield from filter(None, (each.speaker, each.publisher, each.author, each.title))


def _letters(word: str) -> tuple[str, ...]:
    """The stretches of letters and digits of a word, which stand in JSON as they are; marks may stand otherwise."""
    return tuple("".join(each if each.isalnum() else " " for each in word).split())
