"""What is proposed: a case, the sentence it was made from, and whether today's answer meets it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from evals.case import Case, Expected, Located, Quoted, Span
from evals.proposing.wording import Wording
from evals.reading.phrases import occurrences
from index.document import Document

Kind = Literal["answerable", "unanswerable", "superseded", "paraphrase"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PROPOSED, FAILS = "proposed", "fails-today"
"""Tags: of every proposal, and of those that today's answer does not meet."""
_LONGEST_SLUG = 60
SHORTEST_QUOTE = 4
"""Words of an answer that is quoted by itself; of a shorter one the whole sentence is expected."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a document, in one line, and the text before it, by which its "he" is read."""

    document: Document
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`passes` says whether today's answer meets the case; `rule` is the grammar rule that made the question, or the
    model that wrote it."""

    case: Case
    kind: Kind
    rule: str
    statement: Statement
    wording: Wording
    passes: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """As whom cases are asked: `readers` are the labels held beside `public`; None reads everything."""

    readers: tuple[str, ...] | None = None


def case_id(question: str, kind: Kind, uri: str) -> str:
    """An id that a person can read and that two runs give alike.

    >>> case_id("How long did the talks last?", "answerable", "notes/talks.md")
    'how-long-did-the-talks-last-fbab'
    """
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]s\b|['’]", "", plain)))[:_LONGEST_SLUG].strip("-") or "case"
    tail = hashlib.sha256(f"{kind}\0{uri}\0{question}".encode()).hexdigest()[:4]
    return f"{slug}-{tail}"


def expected_quote(statement: Statement, wording: Wording) -> Quoted:
    """The words that must be quoted: the part that answers where it stands so in the sentence, else the sentence."""
    enough = len(wording.answer.split()) >= SHORTEST_QUOTE and wording.answer in statement.text
    return Quoted(wording.answer if enough else statement.text, statement.document.uri)


def expectation(statement: Statement, wording: Wording) -> Expected:
    """What a right answer to the question quotes, says and cites."""
    return Expected(
        answerable=True,
        quotes=(expected_quote(statement, wording),),
        says=wording.says,
        sources=(statement.document.uri,),
        reference=statement.text,
    )


def located(case: Case, documents: tuple[Document, ...]) -> Located:
    """The case with the places of its quotes in `documents`, which hold them."""
    by_uri = {each.uri: each for each in documents}
    quotes = tuple(_places(quoted, by_uri[quoted.document]) for quoted in case.expected.quotes if quoted.document)
    return Located(case, quotes, case.expected.sources)


def _places(quoted: Quoted, document: Document) -> tuple[Span, ...]:
    found = occurrences(quoted.text or "", document.text)
    return tuple(Span(document.id, document.uri, start, end) for start, end in found)
