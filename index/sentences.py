"""Text to sentences, as spans.

A sentence ends at a stop (. ! ? … and other scripts' own) unless what stands around it says otherwise: abbreviations,
initials, decimals, addresses, list numbers, and stops inside a quotation or a bracket, which is kept whole up to a
length. A blank line always ends a sentence; a single line break does too, unless the text is plainly wrapped at a
width. Closing quotes, brackets and footnote marks stay with their sentence. Text that comes already cut into words
("the U.S. . Next", "`` so '' .") is read as well. The time taken is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from index.abbreviations import CLOCK, LINKS, NUMBERED, SAID, SHORTENED, STARTERS, SUFFIXES, TITLES, ZONES
from index.document import Span
from index.lines import blocks
from index.overlong import bounded
from index.quotations import Pair, pairs

LONGEST_SENTENCE = 1_000
"""Characters; a longer run of text without a stop is cut at a clause, a word or, failing both, anywhere."""

LONGEST_QUOTATION = 250
"""Characters between quotation marks or brackets within which a stop does not end the sentence."""

_STOP = re.compile(r"[.…]+|[!?‼⁇⁈⁉؟]+|[。！？｡।॥۔።]+")
_MARK = re.compile(r"\[(?:\d{1,3}|[a-z]|note \d{1,2})\]|[¹²³⁰⁴-⁹]+|[*†‡]+(?=\s|$)")
_CLOSER = re.compile(rf"[”’»›)\]}}」』）‟]|[\"'](?!\w)|{_MARK.pattern}")
_OPENERS = re.compile(r"[\"“”„‘'`«‹(\[{¿¡–—•*·‣▪●「『（#\s-]*")
_WORD = re.compile(r"[^\W_]+")
_BEFORE = re.compile(r"[^\s\"“„‘'’«‹(\[{—–/…-]+(?=\s?$)")
_SPEAKER = re.compile(r"(?:[^\W\d_][\w'’.-]*\s+){1,3}?([a-z]+)\b")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\s?")
_LISTED = re.compile(r"[:;]\s*\(?(?:\d{1,2}|[a-z])$")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_CAPITALISED = re.compile(r"[^\W_]{2}|[AI](?=\s)")

_LOOK_BACK = 24
_BRACKETS = frozenset("([{")
_GOES_ON = frozenset(",;:)]}/&+=|<>%_.!?…")


@dataclass(frozen=True, slots=True)
class _Stop:
    """A stop from `start` to `end`; its sentence would run from `begin` to `closed`, closing marks included, and the
    next one's first word begins at `following`. There is a word on either side."""

    text: str
    begin: int
    start: int
    end: int
    closed: int
    following: int

    @property
    def mark(self) -> str:
        return self.text[self.start]

    @property
    def word(self) -> str:
        """The word before the stop; empty where there is none."""
        found = _BEFORE.search(self.text, max(self.begin, self.start - _LOOK_BACK), self.start)
        return found.group() if found else ""

    @property
    def next_character(self) -> str:
        return self.text[self.following]

    @property
    def next_word(self) -> str:
        found = _WORD.match(self.text, self.following, self.following + _LOOK_BACK)
        return found.group() if found else ""

    @property
    def spaced(self) -> bool:
        """Whether white space follows."""
        return self.text[self.closed].isspace()

    @property
    def stands_alone(self) -> bool:
        """Whether white space precedes, and no other stop before that, as in text that was cut into words."""
        return self.text[self.start - 1].isspace() and self.text[max(0, self.start - 3) : self.start - 1] != " ."

    @property
    def starter_follows(self) -> bool:
        """Whether the next word begins a sentence more often than it continues a name."""
        word = self.next_word
        initial = len(word) == 1 and self.text[self.following + 1 : self.following + 2] == "."
        return word.lower() in STARTERS and not initial

    @property
    def bracket_follows(self) -> bool:
        return not _BRACKETS.isdisjoint(self.text[self.closed : self.following])


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order: not overlapping, without white space at either end, and together they hold
    everything in the text but white space."""
    return tuple(
        span
        for start, end in blocks(text)
        for first, last in _between(_ends(text, start, end), start, end)
        for span in bounded(text, first, last, LONGEST_SENTENCE)
    )


def _between(ends: Iterator[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    for cut in ends:
        yield start, cut
        start = cut
    yield start, end


def _ends(text: str, start: int, limit: int) -> Iterator[int]:
    """Where the sentences of a block end, its last one's end left out."""
    marks = _Marks.of(text, start, limit)
    last_word = _last_word(text, start, limit)
    begin = _first_word(text, start, limit)
    for match in _STOP.finditer(text, start, last_word):
        closed = marks.after(match.end(), limit)
        if match.start() < begin or closed > last_word or marks.hold(match.start(), closed):
            continue
        stop = _Stop(text, begin, match.start(), match.end(), closed, _past(_OPENERS, text, closed, limit))
        if stop.following <= last_word and _ends_sentence(stop):
            yield closed
            begin = _first_word(text, closed, limit)


@dataclass(frozen=True, slots=True)
class _Marks:
    """The closing marks of a block, and the quotations in it that are kept whole."""

    text: str
    closing: Mapping[int, int]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int, end: int) -> _Marks:
        paired = pairs(text, start, end)
        starts, ends = [], [start]
        for pair in sorted(paired, key=attrgetter("start")):
            if pair.start >= ends[-1] and _kept_whole(text, pair):
                starts.append(pair.start)
                ends.append(pair.closing)
        return cls(text, {pair.closing: pair.end for pair in paired}, tuple(starts), tuple(ends[1:]))

    def hold(self, start: int, end: int) -> bool:
        """Whether a quotation that is kept whole goes on behind the stop from `start` to `end`."""
        number = bisect_right(self.starts, start) - 1
        return number >= 0 and end <= self.ends[number]

    def after(self, at: int, limit: int) -> int:
        """Where the closing marks and footnote marks end that belong to a stop which ends at `at`."""
        while at < limit:
            spaced = at + 1 if self.text[at] == " " else at
            past = self.closing.get(spaced) or _past(_CLOSER, self.text, at, limit)
            if past == at:
                return at
            at = past
        return at


def _kept_whole(text: str, pair: Pair) -> bool:
    cut_into_words = text[pair.start] == "'" and text[pair.closing - 1].isspace()
    return pair.closing - pair.start <= LONGEST_QUOTATION and not cut_into_words


def _ends_sentence(stop: _Stop) -> bool:
    if stop.mark in "。！？｡।॥۔።":
        return not (stop.closed > stop.end and stop.next_character in "とっ")
    if stop.next_character in _GOES_ON:
        return False
    if stop.mark == "." and stop.end - stop.start == 1:
        return _full_stop_ends(stop)
    if stop.next_character.islower():
        return False
    if not stop.spaced and not stop.closed > stop.end:
        return stop.next_character.isupper() and not _in_address(stop)
    if stop.mark in ".…":
        return stop.text[stop.start - 1] not in "[("
    return not _speaker_follows(stop)


def _speaker_follows(stop: _Stop) -> bool:
    """Whether a quotation that asks or shouts is handed to its speaker: “Will he?” Peskov asked."""
    found = _SPEAKER.match(stop.text, stop.following)
    return stop.closed > stop.end and found is not None and found[1] in SAID


def _full_stop_ends(stop: _Stop) -> bool:
    """Whether one full stop ends its sentence, a word following."""
    if not stop.spaced and stop.closed == stop.end:
        return not stop.stands_alone and _space_is_missing(stop)
    if stop.next_character.islower() and not (stop.stands_alone and stop.closed == stop.end):
        return False
    return not _is_list_number(stop) and _may_end(stop)


def _space_is_missing(stop: _Stop) -> bool:
    """Whether a stop with a letter right behind it ends a sentence all the same: "has ended.The next"."""
    before, after = stop.word, stop.next_word
    if _in_address(stop) or after.lower() in SUFFIXES or not _CAPITALISED.match(stop.text, stop.following):
        return False
    plain = len(before) > 1 and before.isalpha() and before[1:].islower()
    return stop.next_character.isupper() and before not in TITLES and (plain or after.lower() in STARTERS)


def _in_address(stop: _Stop) -> bool:
    behind = stop.text[stop.end : stop.end + _LOOK_BACK].split(maxsplit=1)
    around = stop.word + (behind[0] if behind else "")
    return stop.word.startswith("www") or any(character in around for character in "/@=\\")


def _is_list_number(stop: _Stop) -> bool:
    """Whether the stop belongs to a number or letter that counts what follows: "1. Withdraw"."""
    if stop.start - stop.begin <= 5 and _ENUMERATOR.fullmatch(stop.text, stop.begin, stop.start):
        return True
    return _LISTED.search(stop.text, max(stop.begin, stop.start - 6), stop.start) is not None


def _may_end(stop: _Stop) -> bool:
    """Whether the word before a full stop can be the last of a sentence that the next word does not continue."""
    word, small = stop.word, stop.word.lower()
    if _never_ends(stop):
        return False
    if stop.next_character.isdigit() and (small in NUMBERED or word in SHORTENED):
        return False
    if small in CLOCK:
        return stop.next_word not in ZONES and not stop.bracket_follows
    if word in SHORTENED or _ACRONYM.fullmatch(word) or (len(word) == 1 and word.isalpha() and not word.islower()):
        return stop.starter_follows and not stop.bracket_follows
    return True


def _never_ends(stop: _Stop) -> bool:
    return stop.word in TITLES or stop.word.lower() in LINKS


def _past(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Where the match of `pattern` at `start` ends: `start` itself where there is none."""
    found = pattern.match(text, start, end)
    return found.end() if found else start


def _first_word(text: str, start: int, end: int) -> int:
    """Where the first word begins; `end` if there is none."""
    found = _WORD.search(text, start, end)
    return found.start() if found else end


def _last_word(text: str, start: int, end: int) -> int:
    """Where the last character of a word stands; `start` if there is none."""
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return max(start, end - 1)
