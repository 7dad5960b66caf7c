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
from ui import within
from ui.brief import LONGEST_EXCERPT, source_link
from ui.escaping import escaped, seen
from ui.kept import ShownTurn
from ui.remark import worded
from ui.routes.recalled import KeptAnswer, KeptEvidence, KeptPassage
from ui.routes.shown import Disagreement, Sentence
from ui.wording import ENGLISH, Wording


@dataclass(frozen=True, slots=True)
class Manner:
    """How things are written: `words` what is to be read as it is, `cited` the mark of a number, `noted` the note of a
    number, and headings, quotes, items of a list, titles and addresses, with what says where they lead."""

    words: Callable[[str], str]
    cited: Callable[[str], str]
    noted: Callable[[str, str], str]
    heading: Callable[[int, str], str]
    quote: Callable[[str], str]
    titled: Callable[[str], str]
    link: Callable[[str, str], str]


_MARKDOWN = Manner(
    words=escaped,
    cited=lambda number: f"[^{number}]",
    noted=lambda number, text: f"[^{number}]: {text}",
    heading=lambda level, text: f"{'#' * level} {text}",
    quote=lambda text: f"> {text}",
    titled=lambda title: f"*{title}*",
    link=lambda address, words: f"[{words}]({address})",
)
_PLAIN = Manner(
    words=seen,
    cited=lambda number: f" [{number}]",
    noted=lambda number, text: f"[{number}] {text}",
    heading=lambda _, text: text,
    quote=lambda text: f"    {text}",
    titled=lambda title: f"“{title}”",
    link=lambda address, _: address,
)


def markdown(turn: ShownTurn, address: str, wording: Wording = ENGLISH, *, before: str = "", level: int = 2) -> str:
    """The turn as Markdown. `address` is where this server is reached, as https://ask.example.org. `before` is put
    before each number, so that several turns can stand in one text, and `level` is that of the question's heading."""
    return _Text(_MARKDOWN, turn, address, wording, before, level).text()


def plain(turn: ShownTurn, address: str, wording: Wording = ENGLISH, *, before: str = "") -> str:
    """The turn as plain text, with its notes at the end."""
    return _Text(_PLAIN, turn, address, wording, before, 2).text()


class _Text:
    """One turn in one manner."""

    def __init__(
        self, manner: Manner, turn: ShownTurn, address: str, wording: Wording, before: str, level: int
    ) -> None:
        self._as = manner
        self._turn = turn
        self._answer: KeptAnswer = turn.answer
        self._address = address.rstrip("/")
        self._wording = wording
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
            yield self._say("copiedReadAs", question=self._as.words(answer.question))
        asked = turn.asked.astimezone(UTC)
        day = self._wording.day(asked.date())
        yield self._say("copiedAsked", day=day, time=f"{asked:%H:%M}") + self._scope()
        yield from (self._say("copiedRemoved"),) if self._turn.removed else ()
        yield from (self._say("copiedStopped"),) if answer.stopped else ()

    def _scope(self) -> str:
        """What it was asked of, and what that left out."""
        as_of, day = self._turn.turn.as_of, self._wording.day
        told = [] if as_of is None else [self._say("asOf", date=day(as_of))]
        if bounds := ", ".join(self._bounds()):
            told.append(self._say("copiedOnlyOf", bounds=bounds))
        if self._answer.outside and self._answer.outside.documents:
            told.append(self._wording.count("copiedOutside", self._answer.outside.documents))
        return "".join(f" {each}" for each in told)

    def _bounds(self) -> Iterator[str]:
        """What its reader had chosen of days, publishers and collections."""
        chosen, day = within.read(self._answer.scope)[0], self._wording.day
        if chosen.earliest:
            yield self._say("copiedSince", day=day(chosen.earliest))
        if chosen.latest:
            yield self._say("copiedUntil", day=day(chosen.latest))
        if chosen.publishers:
            yield self._say("copiedBy", names=self._publishers(chosen.publishers))
        if chosen.collections:
            yield self._say("copiedIn", names=self._one_of(map(self._as.words, sorted(chosen.collections))))

    def _publishers(self, chosen: frozenset[str]) -> str:
        """Those that were chosen, by name where something of them is shown: of others the name may be known no more."""
        shown = chosen & {each.publisher for each in (*self._answer.evidence, *self._answer.related)}
        more = [self._wording.count("copiedNotQuoted", len(chosen - shown))] if chosen - shown else []
        return self._one_of((*map(self._as.words, sorted(shown)), *more))

    def _one_of(self, names: Iterable[str]) -> str:
        return self._say("copiedOr").join(names)

    def _said(self) -> Iterator[str]:
        answer = self._answer
        if answer.status == "abstained":
            yield from self._silent()
            return
        borne_out = [each for each in answer.sentences if each.support != "unsupported"]
        yield from map(self._sentence, borne_out)
        if answer.notice:
            yield self._as.words(worded(answer.notice, self._wording))
        cited = {number for each in borne_out for number in each.citations}
        grouped = {number for group in answer.groups for number in group.evidence}
        for group in answer.groups:
            yield self._headed(self._as.words(group.label))
            yield from self._blocks(number for number in group.evidence if number not in cited)
            yield from self._pointed(number for number in group.evidence if number in cited)
        if rest := [number for number in self._quotes if number not in cited | grouped]:
            if cited or grouped:
                yield self._headed(self._say("copiedFurther"))
            yield from self._blocks(rest)

    def _silent(self) -> Iterator[str]:
        yield self._say("abstained")
        if self._answer.notice:
            yield self._as.words(worded(self._answer.notice, self._wording))
        if self._answer.related:
            yield self._say("nearest")
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
            yield self._headed(self._say("differ" if each.relation == "disagreeing" else "copiedSuperseded"))
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
            yield self._wording.count("copiedLeftOut", count)

    def _note(self, each: KeptEvidence) -> str:
        quote = "" if each.number in self._whole else f" “{self._as.words(each.quote)}”"
        changed = self._changed(each)
        return self._as.noted(self._name(each.number), f"{self._source(each)}.{quote}{changed} {self._link(each)}")

    def _passage(self, each: KeptPassage) -> str:
        text = seen(each.text)
        excerpt = text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rsplit(' ', 1)[0]} …"
        changed = self._changed(each)
        return self._as.quote(f"{self._as.words(excerpt)} ({self._source(each)}){changed} {self._link(each)}")

    def _by(self, each: KeptEvidence | KeptPassage) -> str:
        """Who said it and when."""
        speaker = each.speaker if isinstance(each, KeptEvidence) else None
        named = (speaker, each.publisher or each.author or each.title or each.uri)
        return ", ".join((*(self._as.words(name) for name in named if name), self._day(each.published)))

    def _source(self, each: KeptEvidence | KeptPassage) -> str:
        """Whose words they are, as far as the document says: the speaker, the publisher, the author, the date, the
        title and the document's own address."""
        speaker = each.speaker if isinstance(each, KeptEvidence) else None
        named = [self._as.words(name) for name in dict.fromkeys((speaker, each.publisher, each.author)) if name]
        title = [self._as.titled(self._as.words(each.title))] if each.title else []
        return ", ".join((*named, self._day(each.published), *title, self._as.words(each.uri)))

    def _link(self, each: KeptEvidence | KeptPassage) -> str:
        words = each.quote if isinstance(each, KeptEvidence) else each.text
        address = self._address + source_link(each.document, Span(each.start, each.end), words)
        return self._as.link(address, self._say("copiedSource"))

    def _headed(self, heading: str) -> str:
        return self._as.heading(self._level + 1, heading)

    def _cited(self, number: int) -> str:
        return self._as.cited(self._name(number))

    def _name(self, number: int) -> str:
        return f"{self._before}{number}"

    def _changed(self, each: KeptEvidence | KeptPassage) -> str:
        return f" ({self._say('copiedChanged')})" if each.changed else ""

    def _day(self, published: date | None) -> str:
        return self._say("undated") if published is None else self._wording.day(published)

    def _say(self, key: str, **values: object) -> str:
        return self._wording.say(key, **values)
