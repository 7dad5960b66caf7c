"""Where a phrase stands in a text: the one way in which the evals take two writings for the same words.

Runs of white space are one space, typographic quotation marks and dashes are plain ones, characters that cannot be seen
are not there, and both sides are composed (Unicode normal form C). Everything else has to be the same.

>>> occurrences("drop its bid", 'it must "drop\\n  its bid"')
((9, 23),)
>>> stands("one", "none of them"), stands("5", "15 of 5.2"), stands("5", "5, no more")
(False, False, True)
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_RUN = re.compile(r"\s{2,}|[^\S ]|…")
_PLAIN = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞", '"') | dict.fromkeys("‘’‚‛‹›′ʼ`", "'") | dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
)
_CONJOINING = range(0x1160, 0x1200)
"""Hangul vowels and finals, which compose with the letter before them without being marks."""
_UNSPACED_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese, and Korean, whose particles follow without a space."""
_UNSPACED = re.compile(f"[{_UNSPACED_SCRIPTS}]")
_WORD = re.compile(rf"[^\W{_UNSPACED_SCRIPTS}]+")
_WITHIN_FIGURES = ".,:"


def occurrences(phrase: str, text: str, *, casefold: bool = False) -> tuple[tuple[int, int], ...]:
    """The places in `text`, as start and end in its own characters, where `phrase` stands as whole words.

    Left to right, none overlapping. Whole words: no letter or digit goes on where the phrase begins or ends, and no
    figure does, so that "5" does not stand in "15", "5.2" or "5,000"; scripts without spaces know no such bounds.
    `casefold` takes upper and lower case for the same. A phrase of nothing that is seen stands nowhere.
    """
    return Folded(text, casefold=casefold).occurrences(phrase)


def stands(phrase: str, text: str, *, casefold: bool = False) -> bool:
    """Whether `phrase` stands anywhere in `text` as whole words, as `occurrences` has it."""
    return bool(occurrences(phrase, text, casefold=casefold))


class Phrases:
    """Phrases to look for in many texts: each only where all its words stand, which is where its longest does."""

    def __init__(self, phrases: Iterable[str], *, casefold: bool = False) -> None:
        self._casefold = casefold
        self._by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._wordless: list[str] = []
        for phrase in dict.fromkeys(phrases):
            words = frozenset(_WORD.findall(_phrase(phrase, casefold)))
            if words:
                longest = max(words, key=lambda word: (len(word), word))
                self._by_word.setdefault(longest, []).append((phrase, words))
            else:
                self._wordless.append(phrase)

    def occurrences(self, text: str) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
        """The phrases that stand in `text`, each with its places, as the function of that name has them."""
        folded = Folded(text, casefold=self._casefold)
        held = set(_WORD.findall(folded.text))
        near = (pair for word in held & self._by_word.keys() for pair in self._by_word[word])
        for phrase in (*self._wordless, *(phrase for phrase, words in near if words <= held)):
            if places := folded.occurrences(phrase):
                yield phrase, places


class Folded:
    """A text made ready to look for many phrases in; `text` is what phrases are compared with."""

    def __init__(self, text: str, *, casefold: bool = False) -> None:
        self._casefold = casefold
        self.text, self._steps = _folded(text, casefold)

    def occurrences(self, phrase: str) -> tuple[tuple[int, int], ...]:
        """As the function of that name."""
        found = _found(_phrase(phrase, self._casefold), self.text)
        return tuple(self._original(start, end) for start, end in found)

    def _original(self, start: int, end: int) -> tuple[int, int]:
        for step in reversed(self._steps):
            start, end = step.start(start), step.end(end)
        return start, end


@dataclass(frozen=True, slots=True)
class _Step:
    """One rewriting of a text: the parts whose length it changed, by their places before and after it, in order."""

    before: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]

    def start(self, at: int) -> int:
        """Where the character began that now begins at `at`."""
        part = self._part(at)
        return self.before[part][0] if part >= 0 and at < self.after[part][1] else at + self._shift(part)

    def end(self, at: int) -> int:
        """Where the character ended that now ends at `at`."""
        part = self._part(at - 1)
        return self.before[part][1] if part >= 0 and at <= self.after[part][1] else at + self._shift(part)

    def _part(self, at: int) -> int:
        """The last part that begins at `at` or before; -1 for none."""
        return bisect_right(self.after, at, key=lambda place: place[0]) - 1

    def _shift(self, part: int) -> int:
        return self.before[part][1] - self.after[part][1] if part >= 0 else 0


@lru_cache(maxsize=4096)
def _phrase(phrase: str, casefold: bool) -> str:
    """A phrase as it is looked for, kept since one phrase is looked for in many texts."""
    return _folded(phrase, casefold)[0].strip()


def _folded(text: str, casefold: bool) -> tuple[str, tuple[_Step, ...]]:
    steps = []
    for parts in (_unseen, _uncomposed, _spaced, *((_cased,) if casefold else ())):
        text, step = _rewritten(text, parts(text))
        steps.append(step)
    return text.translate(_PLAIN), tuple(step for step in steps if step.after)


def _rewritten(text: str, parts: Iterable[tuple[int, int, str]]) -> tuple[str, _Step]:
    """`text` with each part, from start to end, replaced."""
    written: list[str] = []
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    done = length = 0
    for start, end, new in parts:
        written += text[done:start], new
        length += start - done
        if end - start != len(new):
            before.append((start, end))
            after.append((length, length + len(new)))
        length += len(new)
        done = end
    return ("".join((*written, text[done:])) if written else text), _Step(tuple(before), tuple(after))


def _unseen(text: str) -> Iterator[tuple[int, int, str]]:
    return ((*part.span(), "") for part in _UNSEEN.finditer(text))


def _spaced(text: str) -> Iterator[tuple[int, int, str]]:
    return ((*part.span(), "..." if part.group() == "…" else " ") for part in _RUN.finditer(text))


def _cased(text: str) -> Iterator[tuple[int, int, str]]:
    return ((at, at + 1, new) for at, each in enumerate(text) if (new := each.casefold()) != each)


def _uncomposed(text: str) -> Iterator[tuple[int, int, str]]:
    """The letters that are not composed, each with all its marks: nothing composes across their bounds."""
    if unicodedata.is_normalized("NFC", text):
        return
    starts = [at for at, each in enumerate(text) if not at or not _continues(each)]
    for start, end in pairwise((*starts, len(text))):
        if (new := unicodedata.normalize("NFC", text[start:end])) != text[start:end]:
            yield start, end, new


def _continues(character: str) -> bool:
    return _is_mark(character) or ord(character) in _CONJOINING


def _is_mark(character: str) -> bool:
    """Whether it is a combining mark, which belongs to the character before it; nothing is none."""
    return character != "" and unicodedata.category(character).startswith("M")


def _found(phrase: str, text: str) -> Iterator[tuple[int, int]]:
    """The places of `phrase` in `text`, both folded, that are whole words."""
    at = text.find(phrase) if phrase else -1
    while at >= 0:
        end = at + len(phrase)
        whole = not _goes_on(text, at) and not _goes_on(text, end) and not _is_mark(text[end : end + 1])
        if whole:
            yield at, end
        at = text.find(phrase, end if whole else at + 1)


def _goes_on(text: str, at: int) -> bool:
    """Whether a word or a figure runs on across `at`."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if _of_word(left) and _of_word(right):
        return not _UNSPACED.match(left) and not _UNSPACED.match(right)
    if left in _WITHIN_FIGURES:
        return right.isdigit() and at > 1 and text[at - 2].isdigit()
    return right in _WITHIN_FIGURES and left.isdigit() and at + 1 < len(text) and text[at + 1].isdigit()


def _of_word(character: str) -> bool:
    return character.isalnum() or character == "_" or _is_mark(character)
