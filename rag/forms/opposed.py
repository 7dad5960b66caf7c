"""What a question compares: the sources whose words it asks for, or the things it sets against each other.

>>> [(side.label, side.question) for side in opposed("What did Putin and Trump say about the plan?")]
[('Putin', 'What did Putin say about the plan?'), ('Trump', 'What did Trump say about the plan?')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.phrases import Name, stems_of

_NAME = r"(?:the\s+)?[A-Z][\w.’'-]*(?:\s+(?:[A-Z][\w.’'-]*|desk|ministry|government))*"
_SOURCES = re.compile(
    rf"(?P<all>(?P<most>{_NAME}(?:,\s*{_NAME})*),?\s+(?:and|or|versus|vs\.?)\s+(?:of\s+)?(?P<last>{_NAME}))"
)
_HEADS = "positions?|views?|accounts?|demands?|conditions?|statements?|reports?|terms?|stances?|proposals?|reactions?"
_STATING = re.compile(
    r"\b(?:say|said|saying|report|reported|claim|claimed|state|stated|think|thought|demanded|want|wanted|propose"
    r"|proposed|write|written|tell|told|according|respond|react|agree|disagree|differ|describe|described"
    rf"|{_HEADS})\b",
    re.IGNORECASE,
)
_A, _B = r"(?P<a>[^?,;]+?)", r"(?P<b>[^?,;]+?)"
_THINGS = tuple(
    re.compile(rf"\b{pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?:between|among)\s+{_A}\s+and\s+{_B}\s*(?:[?.!]|$)",
        rf"compar(?:e|es|ed|ing|ison of)\s+{_A}\s+(?:and|with|to|against)\s+{_B}\s*(?:[?.!]|$)",
        rf"(?:do|does|did|have|has)\s+{_A}\s+and\s+{_B}\s+(?:have in common|differ|disagree|contradict|conflict)\b",
        rf"(?:does|do|did|is|are|was|were)\s+{_A}\s+(?:differ(?:ent|s|ed)?\s+(?:\w+\s+)?from|contradict|disagree with)"
        rf"\s+{_B}\s*(?:[?.!]|$)",
        rf"{_A}\s+(?:versus|vs\.?|(?:as )?(?:compared|opposed) (?:with|to))\s+{_B}\s*(?:[?.!]|$)",
    )
)
_COMPARED_ON = re.compile(r"\s+(?:on|about|regarding|concerning|when it comes to|with respect to)\s.*$", re.IGNORECASE)
_COMPARING_WORD = re.compile(r"^\s+(?:on|about|regarding|concerning|when it comes to|with respect to)", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:(?:the|a|an|both|what|how|is|are|does|do|did)\s+)+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_OWNED = re.compile(rf"^(?P<owner>.+?)['’]s?\s+(?P<thing>(?:\w+\s+){{0,2}}?(?:{_HEADS})\b.*)$", re.IGNORECASE)
_OF_OTHER = re.compile(r"^(?:those|that|the ones?) of\s+", re.IGNORECASE)
LONGEST = 600
"""Characters of a question that are looked at."""
LONGEST_SIDE = 10
"""Words; what is longer is no name of a thing but half of a sentence."""


@dataclass(frozen=True, slots=True)
class Opposed:
    """One side of a comparison: its heading, what to search for it, and the source whose words are asked for, if it is
    the words of a source that are compared."""

    label: str
    question: str
    source: str | None = None


def opposed(question: str) -> tuple[Opposed, ...]:
    """The sides that `question` names, in its order; () unless there are two."""
    text = " ".join(question[:LONGEST].split())
    return tuple(_sources(text)) or tuple(_things(text))


def matter(question: str) -> str | None:
    """The question for what the sources speak about, whoever they are: a publisher's name seldom stands in its own
    pages. None where all sources are people, or where the matter is not said.

    >>> matter("What do RT and Reuters say about the plan?")
    'What about the plan?'
    """
    found = _COMPARED_ON.search(question[:LONGEST].rstrip(" ?!."))
    people = all(Name(side.source, 0, 0).is_person for side in opposed(question) if side.source)
    return f"What about{_COMPARING_WORD.sub('', found[0])}?" if found and not people else None


def _sources(text: str) -> Iterator[Opposed]:
    """The names joined by "and", in a question for what is said."""
    match = _SOURCES.search(text)
    if match is None or not _STATING.search(text):
        return
    parts = [*re.split(r",\s*", match["most"]), match["last"]]
    labels = [_POSSESSIVE.sub("", _ARTICLE.sub("", part)) for part in parts]
    if len(set(labels)) < len(labels):
        return
    before, after = text[: match.start("all")], text[match.end("all") :]
    for label, part in zip(labels, parts, strict=True):
        yield Opposed(label, f"{before}{part}{after}", label)


def _things(text: str) -> Iterator[Opposed]:
    """The two things that are set against each other by "between", "with", "versus" and their like."""
    for pattern in _THINGS:
        match = pattern.search(text)
        if match is None:
            continue
        one, other = _framed(match["a"]), _framed(match["b"])
        owned = _OWNED.match(one)
        other = _completed(other, owned["thing"] if owned else None)
        if one != other and all(stems_of(side) and len(side.split()) <= LONGEST_SIDE for side in (one, other)):
            for side in (one, other):
                article = "the " if re.search(rf"\bthe\s+{re.escape(side)}", text, re.IGNORECASE) else ""
                yield Opposed(side, f"What about {article}{side}?", _owner(side))
            return


def _framed(side: str) -> str:
    """The side without its article, and without what both are compared on."""
    return _ARTICLE.sub("", _COMPARED_ON.sub("", side.strip()))


def _completed(side: str, thing: str | None) -> str:
    """ "Moscow's" and "those of Moscow" beside "Kyiv's position" are "Moscow's position"."""
    owner = _OF_OTHER.sub("", side)
    is_short = owner != side or _POSSESSIVE.search(side) is not None
    return f"{_POSSESSIVE.sub('', owner)}'s {thing}" if thing and is_short else side


def _owner(side: str) -> str | None:
    """Whose words the side are: Moscow's in "Moscow's position", nobody's in "Trump's roadmap"."""
    owned = _OWNED.match(side)
    return _ARTICLE.sub("", owned["owner"]) if owned else None
