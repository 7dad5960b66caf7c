"""A reader's own choice of dates, publishers and collections, as a URL's query, a program or a command says it.

The names are the same everywhere: `as_of`, `from` and `to` as 2024-06-30, and `publisher` and `collection`, each as
often as there are any. A query may say other things beside them, which are passed over.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode

from index.within import Within
from rag.errors import InvalidQuestion
from ui.days import day

NAMES = ("from", "to", "publishers", "collections")
"""What programs call the parts of a choice, in the order of Within."""
MOST_NAMES = 50
"""Publishers, or collections, of one choice."""
LONGEST_NAME = 200
"""Characters of a publisher's or a collection's name."""
_LIST = '["The Harbour Post"]'
_NAMED = re.compile(r"\S")


def read(query: str) -> tuple[Within, date | None]:
    """The choice in a URL's query, and the day to answer for. What is empty there is not chosen.

    Raises InvalidQuestion, which names what is wrong.

    >>> within, as_of = read("as_of=2025-08-31&publisher=Reuters&publisher=AP")
    >>> sorted(within.publishers), as_of.isoformat()
    (['AP', 'Reuters'], '2025-08-31')
    """
    said: dict[str, list[str]] = {}
    for key, value in parse_qsl(query.removeprefix("?")):
        if value.strip():
            said.setdefault(key, []).append(value)
    within = chosen(_day(said, "from"), _day(said, "to"), said.get("publisher"), said.get("collection"))
    return within, _day(said, "as_of")


def written(within: Within, as_of: date | None = None) -> str:
    """The same as a URL's query, empty for no choice; `read` gives it back.

    >>> written(Within(earliest=date(2025, 1, 2), publishers=frozenset({"Agence France-Presse"})))
    'from=2025-01-02&publisher=Agence+France-Presse'
    """
    days = (("as_of", as_of), ("from", within.earliest), ("to", within.latest))
    names = (("publisher", within.publishers), ("collection", within.collections))
    pairs = [(key, day.isoformat()) for key, day in days if day is not None]
    pairs += [(key, name) for key, chosen in names for name in sorted(chosen or ())]
    return urlencode(pairs, errors="replace")


def named(within: Within, as_of: date | None = None) -> dict[str, object]:
    """The same as a program is told it and says it: days as 2024-06-30, names in order, null for what is not chosen.

    >>> named(Within(latest=date(2025, 1, 2), publishers=frozenset({"Reuters", "AP"})))
    {'as_of': None, 'from': None, 'to': '2025-01-02', 'publishers': ['AP', 'Reuters'], 'collections': None}
    """
    days = (as_of, within.earliest, within.latest)
    names = (within.publishers, within.collections)
    values = (
        *(None if day is None else day.isoformat() for day in days),
        *(None if each is None else sorted(each) for each in names),
    )
    return dict(zip(("as_of", *NAMES), values, strict=True))


def chosen(earliest: date | None, latest: date | None, publishers: object, collections: object) -> Within:
    """The choice of these, publishers and collections as lists of names; None is no choice. Raises InvalidQuestion,
    which names what is wrong."""
    in_order(earliest, latest)
    return Within(
        earliest,
        latest,
        None if publishers is None else names(publishers, "publishers"),
        None if collections is None else names(collections, "collections"),
    )


def over(said: Within | None, own: Within) -> Within:
    """The choice that one question states itself, each part it is silent on taken from what was chosen for all of them.
    Raises InvalidQuestion where the two make a range of dates that ends before it begins.

    >>> over(Within(latest=date(2025, 1, 2)), Within(publishers=frozenset({"AP"}))).publishers
    frozenset({'AP'})
    """
    if said is None:
        return own
    earliest, latest = said.earliest or own.earliest, said.latest or own.latest
    in_order(earliest, latest)
    return Within(earliest, latest, said.publishers or own.publishers, said.collections or own.collections)


def in_order(earliest: date | None, latest: date | None) -> None:
    """Raise InvalidQuestion for a range of dates that ends before it begins."""
    if earliest and latest and earliest > latest:
        raise InvalidQuestion(f"from is {earliest} and to is {latest}, which is before it; exchange them")


def names(value: object, what: str) -> frozenset[str]:
    """The names in a list of them. Raises InvalidQuestion, which speaks of `what`, for anything else."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InvalidQuestion(f"{what} is no list of names; give one, as {_LIST}")
    if not value:
        raise InvalidQuestion(f"{what} is empty, which leaves nothing to answer from; name one, or leave it out")
    if len(value) > MOST_NAMES:
        raise InvalidQuestion(f"{what} holds {len(value)} names; give at most {MOST_NAMES}")
    if not all(_NAMED.search(name) for name in value):
        raise InvalidQuestion(f"{what} holds an empty name; leave it out")
    if any(len(name) > LONGEST_NAME for name in value):
        raise InvalidQuestion(f"{what} holds a name of over {LONGEST_NAME} characters; give it as it is listed")
    return frozenset(value)


def _day(said: dict[str, list[str]], key: str) -> date | None:
    values = said.get(key, [])
    if len(values) > 1:
        raise InvalidQuestion(f"{key} is given {len(values)} times; give one day")
    try:
        return day(values[0].strip()) if values else None
    except InvalidQuestion as error:
        raise InvalidQuestion(f"{key}: {error}") from error
