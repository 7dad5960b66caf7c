"""The differing words of two texts."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evals.reporting.words import MOST_PAIRS, Piece, differing

WORDY = st.lists(st.sampled_from(["four", "regions", "NATO", "the", ",", ".", " ", "\n", "  ", "’", "é", "a"])).map(
    "".join
)


def side(pieces: tuple[Piece, ...], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in ("kept", kind))


@given(WORDY | st.text(), WORDY | st.text())
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = differing(before, after)
    assert side(pieces, "deleted") == before
    assert side(pieces, "inserted") == after
    assert all(piece.text for piece in pieces)


@given(WORDY | st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differing(text, text) == ((Piece("kept", text),) if text else ())


@given(WORDY, WORDY)
def test_between_two_kept_pieces_stands_one_change(before: str, after: str) -> None:
    kinds = [piece.kind for piece in differing(before, after)]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("inserted", "deleted") not in pairwise(kinds)


def test_only_the_words_that_differ_are_marked() -> None:
    assert differing("Ukraine must leave four regions.", "Ukraine must leave five whole regions.") == (
        Piece("kept", "Ukraine must leave "),
        Piece("deleted", "four "),
        Piece("inserted", "five whole "),
        Piece("kept", "regions."),
    )


def test_a_sentence_at_the_end_is_all_that_is_new() -> None:
    pieces = differing("It lasted five hours.", "It lasted five hours. Nobody smiled.")
    assert [piece.kind for piece in pieces] == ["kept", "inserted"]
    assert pieces[1].text == " Nobody smiled."


def test_a_scrap_between_two_changes_is_part_of_them() -> None:
    pieces = differing("leave Donetsk and Lugansk now", "leave Kherson and Crimea now")
    assert [piece.text for piece in pieces] == ["leave ", "Donetsk and Lugansk ", "Kherson and Crimea ", "now"]


def test_texts_of_which_too_much_is_alike_differ_as_wholes() -> None:
    many = int(MOST_PAIRS**0.5) + 10
    before, after = "x " + "no " * many + "y", "z " + "no " * (many + 5) + "w"
    pieces = differing(f"Same. {before} End.", f"Same. {after} End.")
    assert [piece.kind for piece in pieces] == ["kept", "deleted", "inserted", "kept"]
    assert side(pieces, "deleted") == f"Same. {before} End."
