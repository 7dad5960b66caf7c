"""Lines come when they are whole, however the text is cut, and thoughts never."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.writing.reply import Lines


def read(*pieces: str) -> tuple[list[str], str]:
    """The whole lines of a reply in these pieces, and the line that has not ended."""
    lines = Lines()
    return [line for piece in pieces for line in lines.feed(piece)], lines.unfinished


def test_a_line_comes_as_soon_as_it_is_whole() -> None:
    lines = Lines()
    assert list(lines.feed("One ")) == []
    assert list(lines.feed("line.\nAn")) == ["One line."]
    assert lines.unfinished == "An"
    assert list(lines.feed("other.\n\n")) == ["Another.", ""]
    assert lines.unfinished == ""


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>The user\nwants\n</think>\nIt ended.\nSo",),
        ("\n<thi", "nk>a\nb</th", "ink>It ended.\nSo"),
        ("<think>", "</think>", "It ended.\nSo"),
        (*"<think>a\n</thin k></think>It ended.\nSo",),
    ],
)
def test_thoughts_are_no_part_of_the_answer(pieces: tuple[str, ...]) -> None:
    whole, rest = read(*pieces)
    assert [line for line in whole if line] == ["It ended."]
    assert rest == "So"


def test_thoughts_without_an_end_are_no_answer_and_are_not_kept() -> None:
    lines = Lines()
    assert list(lines.feed("<think>")) == []
    for _ in range(100):
        assert list(lines.feed("and so on\n" * 100)) == []
    assert lines.unfinished == ""


@pytest.mark.parametrize("text", ["<thinking aloud is fine.", "<b>It ended.", "<", "He said <think> twice."])
def test_only_a_reply_that_begins_with_thoughts_has_any(text: str) -> None:
    assert read(text) == ([], text)


@given(st.text(alphabet="ab <think>/\n", max_size=60), st.sets(st.integers(0, 60)))
def test_where_a_reply_is_cut_makes_no_difference(text: str, cuts: set[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    assert read(*(text[start:end] for start, end in pairwise(edges))) == read(text)
