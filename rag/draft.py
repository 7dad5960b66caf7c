"""Somebody's text to the statements in it: what can be true or false, sentence by sentence, and where it stands.

Plain text and Markdown alike. Marks are taken out, each character keeping its place, so that a span counts characters
of the draft as it was given. Headings, questions, code and lines that only introduce a list state nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from index.document import Span
from index.outline import heading_at
from index.sentences import sentences

Kind = Literal["paragraph", "item", "note", "heading"]

_UNREAD = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?=[\w-]+:)(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?=\r?\n|\Z)"  # front matter
    r"|<!--[\s\S]*?(?:-->|\Z)"  # a comment
)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•·‣▪–—]|(\d{1,3})[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_NOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:[ \t]*")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]+\]:[ \t]*\S+")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_CELL = re.compile(r"(?:\\.|[^|\\])+")

_INLINE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"  # its first character goes
    r"|!\[[^\]\n]{0,300}\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\]]*\])"  # a picture
    r"|(?<=\])(?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+[\"'][^\"']*[\"'])?\)|\[[^\]\n]*\])"  # where a link leads
    r"|[ \t]{0,3}\[\^[^\]\s]{1,60}\]|[ \t]{0,3}\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]"  # a footnote's or a source's number
    r"|[ \t]{0,3}~~[^~\n]+~~"  # what is struck out
    r"|</?[A-Za-z][^<>\n]*>|<https?://[^<>\s]+>"
    r"|(?<!\w)(?:\*{1,3}|_{1,3})(?=\S)|(?<=\S)(?:\*{1,3}|_{1,3})(?!\w)"
    r"|`+"
)
_LINK_WORDS = re.compile(r"\[([^\[\]\n]+)\](?=\(|\[)")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*$")
_INTRODUCES = re.compile(r"[:：]$")
_CLOSED = re.compile(r"[.!…。！][\"'”’»)\]]*$")
_POINTS_BACK = re.compile(
    r"\W*(?:he|she|it|they|his|her|its|their|this|these|those|that|both|neither)\b", re.IGNORECASE
)
_REMEMBERED = 500
"""Characters of what was said before that a sentence may lean on."""
_FRAGMENT = 5
"""Words below which an item of a list is read with what introduces the list."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of a draft: `span` counts the draft's characters, `text` is its words on one line without marks.

    `claim` is what is to be checked: the text, for an item that is no sentence of its own after the words that
    introduce its list. `before` is what is said right before it, back to a sentence that stands on its own; empty at
    the start.
    """

    span: Span
    text: str
    claim: str
    before: str


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of a draft that belong together, without what stands at their front."""

    kind: Kind
    lines: tuple[Span, ...]


def statements(draft: str) -> Iterator[Stated]:
    """The statements of `draft`, in order."""
    before = lead = ""
    draft = _UNREAD.sub(_blank, draft)
    for block, following in pairwise((*_blocks(draft), _Block("paragraph", ()))):
        plain = _Plain.of(draft, block)
        if block.kind == "heading" or _is_title(block, plain, _Plain.of(draft, following)):
            before, lead = plain.words(), ""
            continue
        if block.kind != "item":
            lead = ""
        for span in sentences(plain.text):
            text = _one_line(span.of(plain.text))
            if _states(text, block.kind):
                yield Stated(
                    plain.in_draft(span), text, _with_lead(lead, text) if block.kind == "item" else text, before
                )
            if block.kind != "item":
                lead = text.rstrip(":：") if _INTRODUCES.search(text) else ""
            before = f"{before[-_REMEMBERED:]} {text}" if leans(text) else text


def leans(text: str) -> bool:
    """Whether a sentence begins with a word for somebody or something that was named before it.

    >>> leans("He spoke in Moscow."), leans("Putin spoke in Moscow.")
    (True, False)
    """
    return _POINTS_BACK.match(text) is not None


def _states(text: str, kind: Kind) -> bool:
    """Whether a sentence can be true or false."""
    words = len(_WORD.findall(text))
    if words < 2 or _QUESTION.search(text) or _INTRODUCES.search(text):
        return False
    closed = _CLOSED.search(text) is not None
    return closed if kind == "note" or words == 2 else True


def _with_lead(lead: str, text: str) -> str:
    """An item that is no sentence of its own says what it says only after the words that introduce it."""
    fragment = text[:1].islower() or (len(text.split()) < _FRAGMENT and not _CLOSED.search(text))
    return f"{lead} {text}" if lead and fragment else text


def _is_title(block: _Block, plain: _Plain, following: _Plain) -> bool:
    """Whether a line of its own is the title of the prose that follows it."""
    if block.kind != "paragraph" or len(block.lines) > 1 or not following.text:
        return False
    both = f"{plain.text}\n\n{following.text}"
    spans = sentences(both)
    return bool(spans) and heading_at(both, spans, 0) is not None


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class _Plain:
    """The text of a block without marks, and where in the draft each of its characters stands."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, draft: str, block: _Block) -> _Plain:
        # A line that a paragraph is broken into may be a sentence of its own; what is marked as an item goes on.
        text = ("\n" if block.kind == "paragraph" else " ").join(line.of(draft) for line in block.lines)
        places = [place for line in block.lines for place in range(line.start, line.end + 1)][: len(text)]
        kept = bytearray(b"\1") * len(text)
        for match in _INLINE.finditer(text):
            end = match.start() + 1 if match["escape"] else match.end()
            kept[match.start() : end] = bytes(end - match.start())
        for match in _LINK_WORDS.finditer(text):
            kept[match.start()] = kept[match.end() - 1] = 0
        rows = [row for row in range(len(text)) if kept[row]]
        return cls("".join(text[row] for row in rows), tuple(places[row] for row in rows))

    def words(self) -> str:
        return _one_line(self.text)

    def in_draft(self, span: Span) -> Span:
        return Span(self.places[span.start], self.places[span.end - 1] + 1)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", found.group())


def _blocks(draft: str) -> Iterator[_Block]:
    """The blocks of a draft in order; code and the addresses of links are left out."""
    collector, start = _Collector(), 0
    for line in draft.splitlines(keepends=True):
        collector.take(line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"), start)
        start += len(line)
    collector.close()
    return iter(collector.blocks)


class _Collector:
    """Takes a draft line by line and puts its blocks together."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self._kind: Kind = "paragraph"
        self._lines: list[Span] = []
        self._fence = ""

    def take(self, line: str, start: int) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence):
                self._fence = ""
            return
        if fence:
            self.close()
            self._fence = fence[1]
            return
        quoted = _QUOTED.match(line)
        at = quoted.end() if quoted else 0
        self._take_inner(line[at:], start + at)

    def close(self) -> None:
        """End the block that is open."""
        if self._lines:
            self.blocks.append(_Block(self._kind, tuple(self._lines)))
        self._kind, self._lines = "paragraph", []

    def _take_inner(self, line: str, start: int) -> None:
        """A line without the marks of quoted text."""
        if not line.strip() or (_DEFINITION.match(line) and not _NOTE.match(line)):
            self.close()
        elif _UNDERLINE.match(line) and self._kind == "paragraph" and len(self._lines) == 1:
            self._kind = "heading"
            self.close()
        elif _RULE.match(line):
            self.close()
        elif _ROW.match(line):
            self._take_row(line, start)
        else:
            self._take_text(line, start)

    def _take_row(self, line: str, start: int) -> None:
        """Each cell of a table on its own: only a whole sentence in it states anything."""
        self.close()
        for cell in _CELL.finditer(line):
            self._open("note", cell.group(), start + cell.start())
            self.close()

    def _take_text(self, line: str, start: int) -> None:
        for kind, pattern in _FRONTS:
            found = pattern.match(line)
            if found and not (kind == "item" and self._goes_on(found)):
                self.close()
                self._open(kind, line[found.end() :], start + found.end())
                if kind == "heading":
                    self.close()
                return
        self._open(self._kind, line, start)

    def _goes_on(self, item: re.Match[str]) -> bool:
        """Whether what looks like an item's number only happens to open a line of a paragraph."""
        return self._kind == "paragraph" and bool(self._lines) and item[1] not in (None, "1")

    def _open(self, kind: Kind, text: str, start: int) -> None:
        """Add `text`, which begins at `start`, to the block that is open."""
        self._kind = kind
        if stripped := text.strip():
            start += len(text) - len(text.lstrip())
            self._lines.append(Span(start, start + len(stripped)))


_FRONTS: Sequence[tuple[Kind, re.Pattern[str]]] = (("heading", _HEADING), ("note", _NOTE), ("item", _ITEM))
