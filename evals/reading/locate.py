"""Where expected words stand in the library; an expectation that no document can meet is a mistake in its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from evals.case import Case, Located, Place, Quoted, Span
from evals.errors import InvalidCases
from evals.reading.holdings import Holding, Holdings, holdings, in_other_case
from index.library import Library
from index.principal import PUBLIC

LONGEST_SHOWN = 80
"""Characters of a phrase that a mistake shows."""


def locate(cases: Sequence[Case], library: Library, met_before: Callable[[str], bool]) -> tuple[Located, ...]:
    """The cases with the places of what they expect. Raises InvalidCases with all expectations that cannot be met.

    Of a case whose id `met_before` knows, what is expected was found once: the documents have changed since, so it is
    asked and fails. A document's name that several have is a mistake in any case.
    """
    phrases = (quoted.text for case in cases for quoted in case.expected.quotes if quoted.text is not None)
    wrong = _Wrong()
    held = holdings(library, phrases)
    located = tuple(_Case(case, held, wrong, met_before).located() for case in cases)
    if mistakes := wrong.told(library):
        raise InvalidCases(mistakes)
    return located


@dataclass(slots=True)
class _Wrong:
    """Mistakes as they are found; what is said of a phrase that stands nowhere needs the library once more."""

    found: list[tuple[Place, str]] = field(default_factory=list)
    missing: list[tuple[Place, str]] = field(default_factory=list)

    def told(self, library: Library) -> tuple[tuple[Place, str], ...]:
        written = in_other_case(library, (phrase for _, phrase in self.missing)) if self.missing else {}
        missing = ((place, _missing(phrase, written.get(phrase))) for place, phrase in self.missing)
        return tuple(sorted((*self.found, *missing), key=lambda each: (each[0].file, each[0].line)))


@dataclass(frozen=True, slots=True)
class _Case:
    """One case at the library."""

    case: Case
    held: Holdings
    wrong: _Wrong
    met_before: Callable[[str], bool]

    def located(self) -> Located:
        without = self._without()
        sources = tuple(
            self._source(name, self.case.at(f"sources[{number}]"), without)
            for number, name in enumerate(self.case.expected.sources)
        )
        quotes = tuple(self._quote(quoted, without) for quoted in self.case.expected.quotes)
        return Located(self.case, quotes, sources, tuple(each.uri for each in without))

    def _without(self) -> tuple[Holding, ...]:
        named = enumerate(self.case.without)
        found = (self._document(name, self.case.at(f"without[{number}]")) for number, name in named)
        return tuple(each for each in found if each is not None)

    def _source(self, name: str, place: Place, without: Sequence[Holding]) -> str:
        document = self._document(name, place)
        if document is None or not self._reachable((document,), without, f"{document.uri}", place):
            return ""
        return document.uri

    def _quote(self, quoted: Quoted, without: Sequence[Holding]) -> tuple[Span, ...]:
        place = quoted.place or self.case.at("quotes")
        document = None if quoted.document is None else self._document(quoted.document, place)
        if quoted.document is not None and document is None:
            return ()
        places = self._places(quoted, document, place)
        holding = tuple(self.held.documents[uri] for uri in dict.fromkeys(each.uri for each in places))
        what = holding[0].uri if len(holding) == 1 else "any document with these words"
        reached = {each.uri for each in self._reachable(holding, without, what, place)}
        return tuple(each for each in places if each.uri in reached)

    def _places(self, quoted: Quoted, document: Holding | None, place: Place) -> tuple[Span, ...]:
        """Where the words stand, whoever may read them."""
        if quoted.text is None:
            return self._span(quoted, document, place)
        everywhere = self.held.places.get(quoted.text, ())
        places = tuple(each for each in everywhere if document is None or each.uri == document.uri)
        if everywhere and not places and document is not None:
            phrase = _shown(quoted.text)
            self._cannot(place, f"{phrase} does not stand in {document.uri}, but in {everywhere[0].uri}; correct one")
        elif not places and not self.met_before(self.case.id):
            self.wrong.missing.append((place, quoted.text))
        return places

    def _span(self, quoted: Quoted, document: Holding | None, place: Place) -> tuple[Span, ...]:
        if document is None or quoted.start is None or quoted.end is None:
            return ()
        if quoted.end > document.length:
            self._cannot(
                place,
                f"the quote ends at {quoted.end}, and {document.uri} has {document.length} characters; correct it",
            )
            return ()
        return (document.span(quoted.start, quoted.end),)

    def _document(self, name: str, place: Place) -> Holding | None:
        found = self.held.named(name)
        if len(found) == 1:
            return found[0]
        if found:
            first, second, *rest = sorted(each.uri for each in found)
            more = f" or {len(rest)} more" if rest else ""
            self.wrong.found.append((place, f"{name!r} may be {first} or {second}{more}; name more of its uri"))
        else:
            self._cannot(place, f"there is no document {name[:LONGEST_SHOWN]!r}; {_like(name, self.held.documents)}")
        return None

    def _reachable(
        self, documents: Sequence[Holding], without: Sequence[Holding], what: str, place: Place
    ) -> tuple[Holding, ...]:
        """Those of the documents that the asker can find, with a mistake noted if there are none of some."""
        there = tuple(each for each in documents if each not in without)
        read = tuple(each for each in there if self._may_read(each))
        in_time = tuple(each for each in read if self._was_published(each))
        if documents and not in_time:
            self._cannot(place, self._why_not(there, read, what))
        return in_time

    def _why_not(self, there: Sequence[Holding], read: Sequence[Holding], what: str) -> str:
        if not there:
            return f"the case is asked without {what}, where this stands; expect something else, or leave it in"
        if not read:
            who = ", ".join(sorted(self._labels()))
            ours = ", ".join(sorted(set().union(*(each.readers for each in there))))
            return f"nobody holding only {who} may read {what}; ask as one of {ours}, or expect something else"
        first = min(each.published for each in read if each.published is not None)
        return f"{what} is from {first}, and the case asks as of {self.case.as_of}; expect something older"

    def _labels(self) -> frozenset[str]:
        return frozenset((PUBLIC, *(self.case.readers or ())))

    def _may_read(self, document: Holding) -> bool:
        return self.case.readers is None or bool(document.readers & self._labels())

    def _was_published(self, document: Holding) -> bool:
        # A document without a date is found as of any day, as the search has it.
        return self.case.as_of is None or document.published is None or document.published <= self.case.as_of

    def _cannot(self, place: Place, what: str) -> None:
        """Note that an expectation cannot be met, unless it once was."""
        if not self.met_before(self.case.id):
            self.wrong.found.append((place, what))


def _missing(phrase: str, written: str | None) -> str:
    if written is None:
        return f"{_shown(phrase)} stands in no document; copy the words from one"
    return f"{_shown(phrase)} stands in no document, but {_shown(written)} does; copy the words from one"


def _shown(phrase: str) -> str:
    flat = " ".join(phrase.split())
    return repr(flat if len(flat) <= LONGEST_SHOWN else f"{flat[: LONGEST_SHOWN - 1]}…")


def _like(name: str, uris: Iterable[str]) -> str:
    """A remedy that names the uri most like `name`, whole or by its end."""
    ends: dict[str, str] = {}
    for uri in sorted(uris):
        ends.setdefault(uri.rsplit("/", 1)[-1], uri)
    close = get_close_matches(name.rsplit("/", 1)[-1], ends, n=1, cutoff=0.7)
    return f"did you mean {ends[close[0]]!r}?" if close else "name one by its uri, or by the end of it after a /"
