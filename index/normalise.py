"""One normal form for all text, so that every offset counted after it is exact.

What is removed is what nobody sees: control characters, zero-width characters, soft hyphens, controls of writing
direction, Unicode tags and other marks that can hide a message. What is kept is what changes the picture: the joiners
inside an emoji or between the letters of a script that joins them, one variation selector after a character that has
variants, and the tags of the three flags that are made of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

MARKS = 30
"""Combining marks kept on one letter: the bound of the Stream-Safe Text Format (UAX #15, section 13). It also bounds
the time that composing takes, which grows with the square of the run."""

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile("[\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters but for the tab and the line ends
    "\u00ad\u034f\u061c\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffc\ufffe\uffff]"
)
_UNSEEN_SUPPLEMENTARY = re.compile(
    "[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(chr(plane << 16 | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)

# Joiners, variation selectors and tags are worth keeping only beside certain neighbours.
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua840-\uabff"
_PICTURE = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_IDEOGRAPH = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_FLAGS = "|".join(
    "(?<=\U0001f3f4)" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_CONDITIONAL = re.compile("[\u180e\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
_KEPT_OR_CONDITIONAL = re.compile(
    f"({_FLAGS}"
    f"|(?<=[{_JOINING}])[\u180e\u200c\u200d](?=[{_JOINING}])"
    f"|(?:(?<=[{_PICTURE}])|(?<=[{_PICTURE}]\ufe0f))\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_PICTURE}0-9#*])[\ufe0e\ufe0f]"
    f"|(?<=[{_IDEOGRAPH}])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
    f")|{_CONDITIONAL.pattern}"
)
_SUPPLEMENTARY = re.compile("[\U00010000-\U0001efff]")
_BLANK_LINES = re.compile("\n{3,}")
_FIRM = re.compile("[^\\W\u1100-\u11ff\u3164\uffa0]|[!-/:-@\\[-`{-~]")
"""A character that nothing before it can change: no letter of Hangul that joins the one before, none that is unseen."""
_PLACE_MARKS = tuple(map(chr, range(0xE000, 0xE100)))
"""Characters for private use: one that a text does not have marks places in it."""


def normalise(text: str) -> str:
    """`text` in normal form C with plain line ends and spaces, and nothing in it that cannot be seen.

    Idempotent and linear in time. White space at line ends goes, runs of line ends become two at most; the start of
    the text, indentation and everything else stays where it is, so clean text keeps its offsets. A lone surrogate,
    which no encoding can hold, becomes U+FFFD.
    """
    text = _SPACE.sub(" ", _LINE_END.sub("\n", text))
    text = _UNSEEN.sub("", text)
    if not text.isascii():
        text = _UNSEEN_SUPPLEMENTARY.sub("", text)
        text = _composed(_SURROGATE.sub("\ufffd", text))
    text = "\n".join([line.rstrip() for line in text.split("\n")])
    return _BLANK_LINES.sub("\n\n", text).rstrip()


def normalised(text: str, at: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """`text` in normal form, and where what stood at each of `at`, rising offsets, stands in it.

    A place is kept as that of the first letter, figure or ASCII mark from it on, since what hangs on what stands before
    it may change with that; the start stays the start. () where no place can be kept at all.
    """
    plain = normalise(text)
    mark = next((sign for sign in _PLACE_MARKS if sign not in text), None)
    if mark is None:
        return plain, ()
    moved = _moved(text, at)
    inside = sorted({place for place in moved if 0 < place < len(text)})
    marked = mark.join(text[start:end] for start, end in pairwise((0, *inside, len(text))))
    parts = normalise(marked).split(mark)
    if "".join(parts) != plain:
        return plain, ()
    where = {0: 0, len(text): len(plain), **dict(zip(inside, accumulate(map(len, parts[:-1])), strict=True))}
    return plain, tuple(where[place] for place in moved)


def _moved(text: str, at: Sequence[int]) -> list[int]:
    """Each place moved on to what stands firm, to where the next one is moved to if nothing does before that."""
    moved, end = list[int](), len(text)
    for place in reversed(at):
        found = _FIRM.search(text, place, end)
        end = found.start() if found else end
        moved.append(end if place else 0)
    return moved[::-1]


def _composed(text: str) -> str:
    while True:
        before = text
        text = _bounded_marks(unicodedata.normalize("NFC", _bounded_marks(text)))
        if not _CONDITIONAL.search(text):
            return text
        text = unicodedata.normalize("NFC", _bounded_marks(_KEPT_OR_CONDITIONAL.sub(r"\1", text)))
        # What is removed brings new neighbours together, so what hangs on neighbours is looked at until it is settled.
        if text == before:
            return text


def _bounded_marks(text: str) -> str:
    runs = _long_runs_of_marks(0x1F000 if _SUPPLEMENTARY.search(text) else 0x10000)
    return runs.sub(lambda run: run.group()[:MARKS], text)


@lru_cache(maxsize=2)
def _long_runs_of_marks(end: int) -> re.Pattern[str]:
    """Runs of more than `MARKS` combining marks below code point `end`: five times faster where that is 0x10000."""
    marks = "".join(mark for mark in map(chr, range(0x300, end)) if unicodedata.combining(mark))
    one = f"[{re.escape(marks)}]"
    return re.compile(f"{one}{one}{{{MARKS},}}")
