"""Copies of one text are one passage; different texts stay two."""

from __future__ import annotations

from datetime import date

import pytest

from index.copies import fold
from index.document import Document, Passage, Span

BRIEF = "The spokesman told reporters on Sunday that no date had been set for another round and that contacts went on."
OTHER = (
    "The minister told parliament on Monday that the budget would rise by four per cent and that taxes stayed as is."
)


def passage(name: str, text: str, score: float, published: date | None = None) -> Passage:
    document = Document(name, text, name, ("public",), published=published)
    return Passage(document.chunk(Span(0, len(text)), 0), document.attribution, score)


def test_a_copy_with_small_edits_is_folded() -> None:
    first, copy = passage("a", BRIEF, 0.9), passage("b", BRIEF.replace("contacts went", "contacts still went"), 0.8)
    assert fold((first, copy, passage("c", OTHER, 0.7)), 10) == (first, passage("c", OTHER, 0.7))


def test_an_excerpt_is_a_copy() -> None:
    assert len(fold((passage("a", BRIEF, 0.9), passage("b", BRIEF[:80], 0.8)), 10)) == 1


def test_of_copies_the_first_published_stands_in_the_best_place() -> None:
    late, early = passage("a", BRIEF, 0.9, date(2024, 7, 4)), passage("b", BRIEF, 0.8, date(2024, 7, 3))
    undated = passage("d", BRIEF, 0.7)
    (kept,) = fold((late, early, undated), 10)
    assert (kept.attribution.uri, kept.score) == ("b", 0.9)


def test_the_limit_counts_what_is_kept() -> None:
    passages = tuple(
        passage(str(number), f"{number} {BRIEF[number:]} {OTHER[number * 3 :]}", 0.5) for number in range(3)
    )
    texts = (passage("x", BRIEF, 0.9), passage("y", OTHER, 0.8))
    assert fold((*texts, *passages), 2)[1].attribution.uri == "y"
    assert len(fold(texts, 1)) == 1
    assert fold((), 3) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no date had been set for another round", "a date had been set for another round"),
        ("told reporters on Sunday", "told reporters on Monday"),
        ("contacts went on", "contacts went on for 3 days"),
    ],
)
def test_a_correction_is_no_copy(one: str, other: str) -> None:
    corrected = passage("b", BRIEF.replace(one, other), 0.8, date(2024, 7, 5))
    assert len(fold((passage("a", BRIEF, 0.9, date(2024, 7, 3)), corrected), 10)) == 2


NAMED = (
    "Airways International was an airline based in Miami, Florida. It was founded in 1979 and began operations around "
    "1984, when Zelenskiy of Kiev ran it. The carrier flew to the Bahamas and ceased operations in 1999."
)


@pytest.mark.parametrize(("one", "other"), [("Miami, Florida", "Anchorage, Alaska"), ("Bahamas", "Azores")])
def test_another_name_in_its_place_is_no_copy(one: str, other: str) -> None:
    assert len(fold((passage("a", NAMED, 0.9), passage("b", NAMED.replace(one, other), 0.8)), 10)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kiev", "Kyiv"), ("Zelenskiy", "Zelensky"), ("It was", "Airways was"), (" of Kiev", ""), ("Airways", "AIRWAYS")],
)
def test_another_spelling_of_a_name_or_one_left_out_is_a_copy(one: str, other: str) -> None:
    assert len(fold((passage("a", NAMED, 0.9), passage("b", NAMED.replace(one, other), 0.8)), 10)) == 1


def test_past_the_limit_an_earlier_print_of_the_same_words_still_counts() -> None:
    late, early = passage("late", BRIEF, 0.9, date(2024, 7, 4)), passage("early", BRIEF, 0.1, date(2024, 7, 1))
    (kept,) = fold((late, passage("other", OTHER, 0.5), early), 1)
    assert kept.attribution.uri == "early"
