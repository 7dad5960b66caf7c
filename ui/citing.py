"""A kept answer as text to take along: Markdown with footnotes, or plain text with numbered notes.

Each number leads to exactly one note, and each quote stands word for word; only its white space is one space each. What
comes from a document, a model or a reader stays words (ui.escaping); the only links are to this server's own pages of
the sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date

from index.document import Span
from rag.answer import ABSTENTION
from ui import within
from ui.brief import LONGEST_EXCERPT, UNDATED, counted, long_date, source_link
from ui.escaping import escaped, seen
from ui.kept import ShownTurn
from ui.routes.recalled import KeptAnswer, KeptEvidence, KeptPassage
from ui.routes.shown import Disagreement, Sentence

NEAREST = "These passages came nearest. They do not answer the question."
REMOVED = "Something is left out here: it rests on documents that may not be read by whoever reads this."
STOPPED = "The writing was stopped before this answer was whole."
CHANGED = "the document has other words at this place by now"


@dataclass(frozen=True, slots=True)
class Manner:
    """How things are written: `words` what is to be read as it is, `cited` the mark of a number, `noted` the note of a
    number, and headings, quotes, items of a list, titles and addresses."""

    words: Callable[[str], str]
    cited: Callable[[str], str]
    noted: Callable[[str, str], str]
    heading: Callable[[int, str], str]
    quote: Callable[[str], str]
    titled: Callable[[str], str]
    link: Callable[[str], str]


_MARKDOWN = Manner(
    words=escaped,
    cited=lambda number: f"[^{number}]",
    noted=lambda number, text: f"[^{number}]: {text}",
    heading=lambda level, text: f"{'#' * level} {text}",
    quote=lambda text: f"> {text}",
    titled=lambda title: f"*{title}*",
    link=lambda address: f"[In the source]({address})",
)
_PLAIN = Manner(
    words=seen,
    cited=lambda number: f" [{number}]",
    noted=lambda number, text: f"[{number}] {text}",
    heading=lambda _, text: text,
    quote=lambda text: f"    {text}",
    titled=lambda title: f"“{title}”",
    link=lambda address: address,
)


def markdown(turn: ShownTurn, address: str, *, before: str = "", level: int = 2) -> str:
    """The turn as Markdown. `address` is where this server is reached, as https://ask.example.org. `before` is put
    before each number, so that several turns can stand in one text, and `level` is that of the question's heading."""
    return _Text(_MARKDOWN, turn, address, before, level).text()


def plain(turn: ShownTurn, address: str, *, before: str = "") -> str:
    """The turn as plain text, with its notes at the end."""
    return _Text(_PLAIN, turn, address, before, 2).text()


class _Text:
    """One turn in one manner."""

    def __init__(self, manner: Manner, turn: ShownTurn, address: str, before: str, level: int) -> None:
        self._as = manner
        self._turn = turn
        self._answer: KeptAnswer = turn.answer
        self._address = address.rstrip("/")
        self._before = before
        self._level = level
        self._quotes = {each.number: each for each in self._answer.evidence}
        self._whole: set[int] = set()  # the numbers of quotes that stand in the text itself

    def text(self) -> str:
        blocks = (*self._asked(), *self._said(), *self._compared(), *self._left_out())
        notes = "\n".join(self._note(each) for each in self._quotes.values())
        return "\n\n".join((*blocks, *((notes,) if notes else ()))) + "\n"

    def _asked(self) -> Iterator[str]:
        turn, answer = self._turn.turn, self._answer
        yield self._as.heading(self._level, self._as.words(turn.question))
        if answer.question != turn.question.strip():
            yield f"Read as: {self._as.words(answer.question)}"
        asked = turn.asked.astimezone(UTC)
        yield f"Asked on {long_date(asked.date())} at {asked:%H:%M} UTC.{self._scope()}"
        yield from (REMOVED,) if self._turn.removed else ()
        yield from (STOPPED,) if answer.stopped else ()

    def _scope(self) -> str:
        """What it was asked of, and what that left out."""
        turn, chosen, words = self._turn.turn, within.read(self._answer.scope)[0], self._as.words
        told = [] if turn.as_of is None else [f"As of {long_date(turn.as_of)}: nothing published later counts."]
        bounds = (
            f"published since {long_date(chosen.earliest)}" if chosen.earliest else "",
            f"published until {long_date(chosen.latest)}" if chosen.latest else "",
            f"by {self._publishers(chosen.publishers)}" if chosen.publishers else "",
            f"in {' or '.join(map(words, sorted(chosen.collections)))}" if chosen.collections else "",
        )
        if any(bounds):
            told.append(f"Asked only of documents {', '.join(filter(None, bounds))}.")
        if self._answer.outside and self._answer.outside.documents:
            near = counted(self._answer.outside.documents, "document")
            told.append(f"{near} near the question {'lies' if near.startswith('1 ') else 'lie'} outside of that.")
        return "".join(f" {each}" for each in told)

    def _publishers(self, chosen: frozenset[str]) -> str:
        """Those that were chosen, by name where something of them is shown: of others the name may be known no more."""
        shown = chosen & {each.publisher for each in (*self._answer.evidence, *self._answer.related)}
        more = [f"{counted(len(chosen - shown), 'chosen publisher')} not quoted here"] if chosen - shown else []
        return " or ".join((*map(self._as.words, sorted(shown)), *more))

    def _said(self) -> Iterator[str]:
        answer = self._answer
        if answer.status == "abstained":
            yield from self._silent()
            return
        borne_out = [each for each in answer.sentences if each.support != "unsupported"]
        yield from map(self._sentence, borne_out)
        if answer.notice:
            yield self._as.words(answer.notice)
        cited = {number for each in borne_out for number in each.citations}
        grouped = {number for group in answer.groups for number in group.evidence}
        for group in answer.groups:
            yield self._headed(self._as.words(group.label))
            yield from self._blocks(number for number in group.evidence if number not in cited)
            yield from self._pointed(number for number in group.evidence if number in cited)
        if rest := [number for number in self._quotes if number not in cited | grouped]:
            if cited or grouped:
                yield self._headed("Further quotes")
            yield from self._blocks(rest)

    def _silent(self) -> Iterator[str]:
        yield ABSTENTION
        if self._answer.notice:
            yield self._as.words(self._answer.notice)
        if self._answer.related:
            yield NEAREST
            yield from map(self._passage, self._answer.related)

    def _sentence(self, each: Sentence) -> str:
        """A sentence with its numbers; one that is a quote word for word stands as one."""
        numbers = tuple(dict.fromkeys(number for number in each.citations if number in self._quotes))
        marks = "".join(map(self._cited, numbers))
        if each.support == "quoted" and numbers and each.text == self._quotes[numbers[0]].quote:
            self._whole.add(numbers[0])
            return self._as.quote(f"“{self._as.words(each.text)}”{marks}")
        prose = "".join(run.text for run in each.runs) or each.text
        return f"{self._as.words(prose)}{marks}"

    def _blocks(self, numbers: Iterable[int]) -> Iterator[str]:
        """These quotes, whole."""
        for number in numbers:
            if number in self._quotes and number not in self._whole:
                self._whole.add(number)
                yield self._as.quote(f"“{self._as.words(self._quotes[number].quote)}”{self._cited(number)}")

    def _pointed(self, numbers: Iterable[int]) -> Iterator[str]:
        """Where quotes are that stand above."""
        lines = [f"- {self._by(self._quotes[n])}{self._cited(n)}" for n in numbers if n in self._quotes]
        if lines:
            yield "\n".join(lines)

    def _compared(self) -> Iterator[str]:
        for each in self._answer.disagreements:
            yield self._headed("Sources differ" if each.relation == "disagreeing" else "Superseded, newest first")
            yield "\n".join(self._differing(each))

    def _differing(self, each: Disagreement) -> Iterator[str]:
        words = each.differences if len(each.differences) == len(each.evidence) else ("",) * len(each.evidence)
        for number, said in zip(each.evidence, words, strict=True):
            if number in self._quotes:
                differs = f": “{self._as.words(said)}”" if said else ""
                yield f"- {self._by(self._quotes[number])}{differs}{self._cited(number)}"

    def _left_out(self) -> Iterator[str]:
        bare = sum(each.support == "unsupported" for each in self._answer.sentences)
        if count := len(self._answer.dropped) + bare:
            them = "it" if count == 1 else "them"
            were = "was" if count == 1 else "were"
            yield f"{counted(count, 'sentence')} {were} left out, because the quotes do not support {them}."

    def _note(self, each: KeptEvidence) -> str:
        quote = "" if each.number in self._whole else f" “{self._as.words(each.quote)}”"
        changed = f" ({CHANGED})" if each.changed else ""
        return self._as.noted(self._name(each.number), f"{self._source(each)}.{quote}{changed} {self._link(each)}")

    def _passage(self, each: KeptPassage) -> str:
        text = seen(each.text)
        excerpt = text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rsplit(' ', 1)[0]} …"
        changed = f" ({CHANGED})" if each.changed else ""
        return self._as.quote(f"{self._as.words(excerpt)} ({self._source(each)}){changed} {self._link(each)}")

    def _by(self, each: KeptEvidence | KeptPassage) -> str:
        """Who said it and when."""
        speaker = each.speaker if isinstance(each, KeptEvidence) else None
        named = (speaker, each.publisher or each.author or each.title or each.uri)
        return ", ".join((*(self._as.words(name) for name in named if name), _day(each.published)))

    def _source(self, each: KeptEvidence | KeptPassage) -> str:
        """Whose words they are, as far as the document says: the speaker, the publisher, the author, the date, the
        title and the document's own address."""
        speaker = each.speaker if isinstance(each, KeptEvidence) else None
        named = [self._as.words(name) for name in dict.fromkeys((speaker, each.publisher, each.author)) if name]
        title = [self._as.titled(self._as.words(each.title))] if each.title else []
        return ", ".join((*named, _day(each.published), *title, self._as.words(each.uri)))

    def _link(self, each: KeptEvidence | KeptPassage) -> str:
        words = each.quote if isinstance(each, KeptEvidence) else each.text
        return self._as.link(self._address + source_link(each.document, Span(each.start, each.end), words))

    def _headed(self, heading: str) -> str:
        return self._as.heading(self._level + 1, heading)

    def _cited(self, number: int) -> str:
        return self._as.cited(self._name(number))

    def _name(self, number: int) -> str:
        return f"{self._before}{number}"


def _day(published: date | None) -> str:
    return UNDATED if published is None else long_date(published)
