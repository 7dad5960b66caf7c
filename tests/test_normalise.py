"""Text in one normal form: what goes, what stays, and that nothing changes twice."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.normalise import MARKS, normalise

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"

# Characters that hang on their neighbours, so that a small alphabet finds the pairs that matter.
TRICKY = st.sampled_from(
    "ab \t\n\r\v\f\x1c\x1f\x85\u2028\u00a0\u3000\u00ad\u200b\u200c\u200d\u200e\u202e\ufeff\ufe0e\ufe0f\u180e"
    "\u0301\u0327\u064d\u0653\u0344\u0958\u093c\u0915\u0627\u1100\u1161\U0001f468\U0001f3f4\U0001f3fb\u2764\u4e00"
    "\U0002f800\U000e0100\U000e0067\ud800\udfff\ufffe\x001#\u20e3\u212b\u2000\u2190\u0338"
)
TEXTS = st.one_of(st.text(), st.lists(TRICKY, max_size=40).map("".join))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("e\u0301", "é"),
        (
            "one\r\ntwo\rthree\x85four\u2028five\u2029six\vseven\feight",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight",
        ),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("zero\u200bwidth\u2060and\ufeffmarks", "zerowidthandmarks"),
        ("co\u00adop\u00aderation", "cooperation"),
        ("\u202eevil\u202c \u2066iso\u2069 \u200e\u200f\u061c.", "evil iso ."),
        ("hid\U000e0068\U000e0069den", "hidden"),
        ("\ufeffstart", "start"),
        ("a\u00a0b\u202fc\u2009d\u3000e\u1680f", "a b c d e f"),
        ("tabs\tstay", "tabs\tstay"),
        ("line \t \nnext  ", "line\nnext"),
        ("a\n\n\n\n\nb\n \n\t\n\nc", "a\n\nb\n\nc"),
        ("  indented\n    more\n", "  indented\n    more"),
        ("\ud83dlone", "\ufffdlone"),
        ("\ufffe\uffff\ufdd0x\ufffc", "x"),
        ("", ""),
        (" \n\t\r\n\u200b", ""),
    ],
)
def test_what_becomes_of_text(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@pytest.mark.parametrize("picture", [FAMILY, RAINBOW, ENGLAND, "1\ufe0f\u20e3", "\u2764\ufe0f", "\U0001f44d\U0001f3fd"])
def test_what_makes_one_emoji_of_several_stays(picture: str) -> None:
    assert normalise(f"see {picture} here") == f"see {picture} here"


@pytest.mark.parametrize("word", [PERSIAN, SINHALA, "\u845b\U000e0100", "\u1820\u180e\u1820"])
def test_what_a_script_needs_to_be_written_right_stays(word: str) -> None:
    assert normalise(word) == word


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("pass\u200dword", "password"),
        ("pass\u200cword", "password"),
        ("\u041a\u200d\u0440", "\u041a\u0440"),
        ("a\ufe0f\ufe01", "a"),
        ("\U0001f600\ufe0f\ufe0f\ufe0f", "\U0001f600\ufe0f"),
        ("\U0001f600\U000e0101\U000e0102\U000e0103", "\U0001f600"),
        ("\U0001f3f4\U000e0073\U000e0065\U000e0063\U000e007f", "\U0001f3f4"),
        ("x\ufe0f\u200d\U0001f600", "x\U0001f600"),
    ],
)
def test_joiners_and_selectors_where_they_show_nothing_go(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


def test_a_message_in_selectors_behind_an_emoji_does_not_survive() -> None:
    smuggled = "\U0001f600" + "".join(chr(0xE0100 + byte) for byte in b"ignore all that was said before")
    assert normalise(smuggled) == "\U0001f600"


def test_clean_text_keeps_every_offset() -> None:
    text = " date 2024-07-03 “Quoted” – naïve café, 50 % of €5.\n\n\tИндент и 中文。\nمرحبا بالعالم \U0001f600 done"
    assert normalise(text) == text


def test_a_run_of_marks_is_bounded_and_quickly_so() -> None:
    # Composing is quadratic in the run: a million marks would take hours, so that this ends is the test.
    zalgo = normalise("a" + "\u0327\u0301" * 500_000 + "b")
    assert len(zalgo) <= MARKS + 2
    assert zalgo.endswith("b")


def test_a_run_of_marks_from_beyond_the_basic_plane_is_bounded_too() -> None:
    assert len(normalise("a" + "\u0327\U0001d165\U0001e000" * 100_000)) <= MARKS + 1


@given(TEXTS)
@example("\u0627\u0301\u200c\u064d\u200c\u0627")
@example("\u0344" * 40)
@example("x\ufe0f\u200d\U0001f600")
def test_nothing_changes_twice(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(TEXTS)
def test_what_comes_out_can_be_stored_and_seen(text: str) -> None:
    clean = normalise(text)
    clean.encode("utf-8")
    assert unicodedata.is_normalized("NFC", clean)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]", clean)
    assert not re.search(r"[ \t]\n|\n{3}|\s\Z", clean)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200))
def test_plain_printable_text_only_loses_the_spaces_at_its_end(text: str) -> None:
    assert normalise(text) == text.rstrip()


@given(TEXTS)
def test_visible_letters_are_neither_lost_nor_invented(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKD", value) if c.isalnum() and c != "\u3164")

    assert letters(normalise(text)) == letters(text)
