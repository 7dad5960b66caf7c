"""An answer as one text, for programs that show nothing else: sentences with numbers, then what the numbers stand for.

It is Markdown, as chat programs show it, that reads as well where it is not shown as such.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from index.document import Attribution, Span
from rag.answer import ABSTENTION, Answer, Citation, Disagreement, Sentence
from rag.events import Answered, Event, SentenceWritten, Writing
from ui import brief, markup, outside
from ui.compatible.escaped import escaped, hosts_only
from ui.links import canonical

SOURCES = "Sources:"
"""The line before the list of what was cited."""
_DIFFER = "Sources differ:"
_NEAREST = "These passages came nearest, and do not answer the question:"
_DROPPED = "Left out, as the quotes do not support it:"
BEHIND = (_DIFFER, _DROPPED, _NEAREST, outside.OPENING, f"{SOURCES}\n")
"""What the paragraphs begin with that stand behind the answer itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in the text a quote is cited, as characters `start` to `end`, and where it can be seen lit."""

    start: int
    end: int
    address: str
    title: str


@dataclass(slots=True)
class Telling:
    """The text of one answer as it grows; `base` is where this server is reached, as https://ask.example.org.

    `text` is what was told so far, `marks` are its citations, and `answer` is the whole once it is known.
    """

    base: str
    link_hosts: tuple[str, ...] = ()
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    answer: Answer | None = None
    _in_quotes: bool = False
    _shown: set[int] = field(default_factory=set)

    def pieces(self, events: Generator[Event, None, None]) -> Iterator[str]:
        """What each event adds to the text; nothing, while a model is waited for."""
        for event in events:
            begun = len(self.text)
            if isinstance(event, SentenceWritten):
                self._tell(event.sentence)
            elif isinstance(event, Answered):
                self.answer = event.answer
                self._end(event.answer)
            elif not isinstance(event, Writing):
                continue
            yield self.text[begun:]

    def _tell(self, sentence: Sentence) -> None:
        if sentence.support == "unsupported":
            return
        is_quote = sentence.support == "quoted" and sentence.text == sentence.citations[0].quote
        if self.text:
            self.text += "\n\n" if is_quote or self._in_quotes else " "
        self._in_quotes = is_quote
        self.text += f"“{escaped(sentence.text)}” " if is_quote else f"{self._prose(sentence)} "
        for citation in dict.fromkeys(sentence.citations):
            self._mark(citation.number, citation)
        if is_quote:
            self._shown.add(sentence.citations[0].number)

    def _prose(self, sentence: Sentence) -> str:
        """The sentence with its links, and with only the host of every other address."""
        hosts = frozenset(filter(None, map(canonical, self.link_hosts)))
        told = ""
        for href, runs in groupby(markup.shown(sentence, self.link_hosts), lambda run: run.href):
            text = "".join(run.text for run in runs)
            told += f"[{escaped(text)}]({href})" if href else _between(hosts_only(text, hosts))
        return told.strip()

    def _mark(self, number: int, cited: Citation) -> None:
        start = len(self.text)
        self.text += f"[{number}]"
        source = brief.source(cited.attribution, cited.span, cited.quote)
        self.marks.append(Mark(start, len(self.text), self.base + source.href, source.title or source.name))

    def _end(self, answer: Answer) -> None:
        if answer.status == "abstained":
            self.text += "\n".join(self._abstention(answer)) + self._outside(answer)
            return
        for disagreement in answer.disagreements:
            if disagreement.relation == "disagreeing":
                self.text += f"\n\n{_DIFFER} "
                self._differ(answer, disagreement)
        if answer.dropped:
            left_out = brief.counted(len(answer.dropped), "sentence")
            self.text += f"\n\n{_DROPPED} {left_out}."
        self.text += self._outside(answer)
        if answer.notice:
            self.text += f"\n\n{escaped(answer.notice)}"
        self.text += "\n".join((f"\n\n{SOURCES}", *self._sources(answer)))

    def _outside(self, answer: Answer) -> str:
        """What the asker's own choice left out, as a paragraph; empty where it left out nothing."""
        words = outside.told(answer.outside)
        return f"\n\n{escaped(words)}" if words else ""

    def _differ(self, answer: Answer, disagreement: Disagreement) -> None:
        words = disagreement.differences
        for place, number in enumerate(disagreement.evidence):
            piece = answer.evidence[number - 1]
            said = f" “{escaped(words[place])}”" if len(words) == len(disagreement.evidence) and words[place] else ""
            source = brief.source(piece.attribution, piece.span, piece.quote)
            self.text += f"{'; ' if place else ''}{escaped(f'{source.name}, {source.day}')}:{said} "
            self._mark(number, Citation(number, piece.attribution, piece.span, piece.quote))
        self.text += "."

    def _abstention(self, answer: Answer) -> Iterator[str]:
        yield ABSTENTION
        if answer.related:
            yield f"\n{_NEAREST}"
        for passage in answer.related:
            chunk = passage.chunk
            yield f"- {self._source(passage.attribution, chunk.span, chunk.text)}"

    def _sources(self, answer: Answer) -> Iterator[str]:
        """One line for each quote that is cited, in the order of the numbers."""
        cited = {citation.number for sentence in answer.sentences for citation in sentence.citations}
        cited.update(number for each in answer.disagreements for number in each.evidence)
        stands = {
            older: each.evidence[0]
            for each in answer.disagreements
            if each.relation == "superseded"
            for older in each.evidence[1:]
        }
        for number in sorted(cited):
            piece = answer.evidence[number - 1]
            quote = "" if number in self._shown else f" “{escaped(piece.quote)}”"
            who = f"{escaped(piece.speaker)}, " if piece.speaker else ""
            older = f" (an older statement; newer: [{stands[number]}])" if number in stands else ""
            where = self._source(piece.attribution, piece.span, piece.quote)
            yield f"- [{number}] {who}{where}{older}{f':{quote}' if quote else ''}"

    def _source(self, attribution: Attribution, span: Span, quote: str) -> str:
        source = brief.source(attribution, span, quote)
        return f"{escaped(source.label)} <{self.base}{source.href}>"


def _between(text: str) -> str:
    """Text beside a link: escaped, set off by its own spaces, and never the mark that makes an image of a link."""
    if not text.strip():
        return " "
    before, after = (" " if end.isspace() else "" for end in (text[0], text[-1]))
    shown = escaped(text)
    return f"{before}{shown[:-1]}\\!{after}" if shown.endswith("!") else f"{before}{shown}{after}"
