"""Search by words: SQLite's FTS5, scored by BM25.

A question becomes "any of these words": every word is quoted, so nothing a person types is syntax. Words that only ask
are left out; the rest are matched by their English stems and without accents, in title, headings and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Integer, Select, column, literal_column, select, table

from index.hit import Hit
from index.schema import chunks
from index.scope import Scope
from index.visible import numbers_in, storable

TOKENS = "porter unicode61 remove_diacritics 2"
"""How texts and questions are cut into words: by their English stems and without accents. The index was made so."""
MOST_WORDS = 64
"""A question longer than this is a pasted text; its first words are taken, and FTS5's limit of 256 is never met."""

_QUESTION_WORDS = """
a about again all also am an and any anybody anyone anything are as at be been being but by can could did do does doing
done else ever for from get give had has have having he her here hers him his how i if in into is it its let like many
me might mine more most much must my no nor not of on one ones or our ours out over please say says shall she should so
some such tell than that the their theirs them then there these they this those to too under up us very was we were
what whatever when where whether which while who whom whose why will with would you your yours s t
"""
_ASKING = frozenset(_QUESTION_WORDS.split())
"""Words that questions are made of and answers are not found by."""

_WORD = re.compile(r"[^\W_]+(?:(?:\.?['’]|[.,\-&])[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"\.?['’]s$", re.IGNORECASE)

_keywords = table("keywords", column("rowid", Integer))
_this: ColumnElement[str] = literal_column("keywords")
_rank: ColumnElement[float] = literal_column("bm25(keywords, 2.0, 1.0, 1.0)").label("rank")
"""BM25 with k1 1.2 and b 0.75, the better the lower; a word of the title counts like two of headings or text."""


def find(connection: Connection, question: str, limit: int, scope: Scope) -> tuple[Hit, ...]:
    """The `limit` chunks in `scope` that match `question` best, best first; fewer only if no more match."""
    expression = match_expression(question)
    if not expression:
        return ()
    rows = connection.execute(_statement(expression, limit, scope))
    return tuple(Hit(row.rowid, -row.rank) for row in rows)


def _statement(expression: str, limit: int, scope: Scope) -> Select[tuple[int, float]]:
    matches = _this.op("MATCH")(expression)
    statement = select(_keywords.c.rowid, _rank).where(matches)
    if not scope.everything:
        # Left to itself SQLite looks up each allowed chunk in the keyword index, which takes seconds; the unary plus
        # forbids that, so that each match is looked up among the allowed.
        statement = statement.join_from(_keywords, chunks, chunks.c.id == literal_column("+keywords.rowid"))
        statement = statement.where(chunks.c.document.in_(numbers_in(scope)))
    return statement.order_by(_rank, _keywords.c.rowid).limit(limit)


def match_expression(question: str) -> str:
    """`question` as an FTS5 expression; empty if there is no word in it.

    >>> match_expression("What are the U.S. envoys' conditions?")
    '"U.S" OR "envoys" OR "conditions"'
    """
    return " OR ".join(f'"{word}"' for word in phrases(question) or _first(_words(question)))


def phrases(question: str) -> tuple[str, ...]:
    """The words of `question`, each once, that do more than ask; such as "U.S" are looked for as phrases."""
    return _first(word for word in _words(question) if _is_asked_for(word))


def _words(question: str) -> list[str]:
    return [word for found in _WORD.findall(storable(question)) for word in _terms(found)]


def _first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _terms(word: str) -> tuple[str, ...]:
    """A word as what to look for: "U.S.", "300,000", "F-16" and "don't" are phrases, "peace-talks" is two words."""
    word = _POSSESSIVE.sub("", word)
    parts = tuple(_PART.findall(word))
    return parts if "-" in word and min(map(len, parts)) > 2 else (word,)


def _is_asked_for(word: str) -> bool:
    """False for a word that only asks; "US" and "WHO" are names where "us" and "who" are not."""
    return word.casefold() not in _ASKING or (len(word) > 1 and word.isupper())
