"""What a turn of the conversation shows, before any HTML: quotes grouped by the point they speak to, and their marks.

Only choices of what stands where are made here. Nothing is escaped; ui.render does that, for all of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.document import Attribution, Passage, Span
from index.within import EVERYTHING, Within
from rag.outside import Outside
from rag.why import By
from ui.markup import Run

LONGEST_EXCERPT = 300
"""Characters of a related passage that are shown."""
UNDATED = "no date given"

State = Literal["searching", "found", "writing", "answered", "abstained", "failed"]


@dataclass(frozen=True, slots=True)
class Source:
    """Whose words these are, and where they stand: `href` opens them lit in their document.

    `name` is the publisher, or what comes nearest to one; `title` is None where `name` says it already. `uri` is where
    the document came from.
    """

    href: str
    name: str
    published: date | None
    title: str | None
    language: str | None
    uri: str = ""

    @property
    def day(self) -> str:
        """The day it was published, in English."""
        return long_date(self.published) if self.published else UNDATED

    @property
    def label(self) -> str:
        """Everything that tells this source from another, on one line, in English."""
        by = f"{self.name}, {self.day}"
        return f"{self.title} ({by})" if self.title else by


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to a quote of the same answer; `words` are what sets it apart there, if that is known."""

    number: int
    source: Source
    words: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a quote was picked: the words it shares with the question, and what its passage was found by."""

    words: tuple[str, ...] = ()
    by: By = "both"


@dataclass(frozen=True, slots=True)
class Quote:
    """One numbered quote. `stands` is the newer statement that replaces it, None where it is not superseded; `changed`
    says that its document has other words at this place by now, and `why` is None where it is not known. `voice` is the
    fullest name that the turn's quotes have for the speaker of this one."""

    number: int
    text: str
    source: Source
    speaker: str | None = None
    voice: str | None = None
    stands: Reference | None = None
    why: Why | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One quote, or several that speak to the same point, newest first.

    `differing` are the groups of them in which the sources say different things.
    """

    quotes: tuple[Quote, ...]
    differing: tuple[tuple[Reference, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison: what one source says, or what was said at one time."""

    label: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A checked sentence of prose with the quotes it rests on; `leads` if it is the answer in a word.

    `text` is as it was written, `runs` as it is shown.
    """

    text: str
    runs: tuple[Run, ...]
    references: tuple[Reference, ...]
    leads: bool = False
    support: Literal["quoted", "supported"] = "supported"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that a model wrote and nobody is told as an answer, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Related:
    """A passage that came near without answering."""

    excerpt: str
    source: Source


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what has become of it. `number` counts a conversation's turns from 1.

    `id` and `conversation` are where it is kept, None where it is not. `as_of` and `within` are the reader's own
    bounds, of which some are `unnamed` here, and `outside` what they left out, None where nothing was. `scope` has all
    the bounds as a URL's query, None where nobody is to ask within them again.

    `writes` says that a model writes here, so that room is kept for its sentences; `words` are those that it has
    written of whole sentences, None until it is heard of. Links in its prose lead only to `link_hosts`. `notice` is
    what there is to say of the model. `is_stopped` says that its reader ended it, and `message` why it failed, which
    may be otherwise the next time if it `can_be_retried`.
    """

    number: int
    question: str
    state: State
    as_of: date | None = None
    understood: str | None = None
    writes: bool = False
    words: int | None = None
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()
    differing: tuple[tuple[Reference, ...], ...] = ()
    points: tuple[Point, ...] = ()
    others: tuple[Point, ...] = ()
    related: tuple[Related, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notice: str | None = None
    quotes: int = 0
    documents: int = 0
    seconds: float | None = None
    message: str = ""
    is_stopped: bool = False
    can_be_retried: bool = False
    link_hosts: tuple[str, ...] = ()
    id: str | None = None
    conversation: str | None = None
    within: Within = EVERYTHING
    unnamed: bool = False
    scope: str | None = None
    outside: Outside | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in ("answered", "abstained", "failed")

    @property
    def can_be_judged(self) -> bool:
        """Whether a reader can say of it what is wrong: it is kept, and it came to something."""
        return self.id is not None and self.state in ("answered", "abstained")

    @property
    def more(self) -> int:
        """How many quotes stand behind the others."""
        return sum(len(point.quotes) for point in self.others)

    @property
    def said(self) -> str:
        """The answer's own words, for the questions that follow it: its prose, else its quotes."""
        sides = (quote for column in self.columns for quote in column.quotes)
        quotes = (*sides, *(quote for point in self.points for quote in point.quotes))
        return " ".join(line.text for line in self.lines) or " ".join(quote.text for quote in quotes)


def related(passage: Passage) -> Related:
    """The passage as something to look at, its whole text lit when opened."""
    return Related(_excerpt(passage), source(passage.attribution, passage.chunk.span, passage.chunk.text))


def source(attribution: Attribution, span: Span, quote: str) -> Source:
    """Whose words `quote` at `span` is, as the page says it."""
    name = attribution.publisher or attribution.author or attribution.title or attribution.uri
    return Source(
        href=source_link(attribution.document_id, span, quote),
        name=name,
        published=attribution.published,
        title=attribution.title if attribution.title != name else None,
        language=attribution.language,
        uri=attribution.uri,
    )


def source_link(document_id: str, span: Span, quote: str) -> str:
    """Where `quote` can be seen lit in its document; the checksum tells a document that has changed since."""
    return f"/source/{document_id}?at={span.start}-{span.end}&sum={checksum(quote)}#quote"


def checksum(quote: str) -> str:
    """Twelve hex digits that change when the quote does."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def counted(count: int, noun: str) -> str:
    """
    >>> counted(2, "quote")
    '2 quotes'
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def long_date(day: date) -> str:
    """
    >>> long_date(date(2024, 7, 3))
    '3 July 2024'
    """
    return f"{day.day} {day:%B} {day.year}"


def _excerpt(passage: Passage) -> str:
    """The beginning of the passage on one line, without the headings it stands under, cut between words."""
    named = {passage.attribution.title, *passage.chunk.headings}
    lines = passage.chunk.text.splitlines()
    line = " ".join(" ".join(each for each in lines if each.strip(" #") not in named).split())
    if len(line) <= LONGEST_EXCERPT:
        return line
    return line[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"
