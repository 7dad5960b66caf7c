"""A figure is what it counts and how exactly; a number that is a name or a date is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.figures import Figure, figures, kind_of_thing, singular


def only(sentence: str) -> Figure:
    (figure,) = figures(sentence)
    return figure


@pytest.mark.parametrize(
    ("sentence", "text", "unit", "head"),
    [
        ("The 28-point plan is out.", "28-point", "point", "plan"),
        ("A twenty-point peace proposal came.", "twenty-point", "point", "plan"),
        ("They held a five-hour meeting with him.", "five-hour", "hour", "talk"),
        ("The meeting took almost five hours.", "almost five hours", "hour", ""),
        ("He brought four more documents.", "four more documents", "document", ""),
        ("Fees rose by 12 per cent.", "12 per cent", "%", ""),
        ("Fees rose by 12%.", "12%", "%", ""),
        ("It cost $3.5 million.", "$3.5 million", "$", ""),
        ("It cost 3.5 million euros.", "3.5 million euros", "€", ""),
        ("The town had 3,559 people.", "3,559 people", "person", ""),
        ("It has a population of 10,000.", "10,000", "", ""),
        ("Some 2,000 registered voters came.", "Some 2,000 registered voters", "voter", ""),
        ("They met for one hour.", "one hour", "hour", ""),
        ("It carries 5kg of it.", "5kg", "kg", ""),
    ],
)
def test_a_figure_has_its_unit(sentence: str, text: str, unit: str, head: str) -> None:
    figure = only(sentence)
    assert (figure.text, figure.unit, figure.head) == (text, unit, head)
    assert sentence[figure.start : figure.end] == text


@pytest.mark.parametrize(
    "sentence",
    [
        "Article 5 was invoked.",
        "NATO Article 5 was invoked.",
        "An F-16 landed at 10:30.",
        "On 14 June 2024 they met.",
        "It was built in 1902.",
        "The 2024 talks failed.",
        "Since 9/11 it is so.",
        "The 45th president spoke.",
        "Three of the envoys left.",
        "One of them spoke.",
        "Nothing is counted here.",
        "",
    ],
)
def test_numbers_that_are_names_and_dates_are_no_figures(sentence: str) -> None:
    assert figures(sentence) == ()


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("five hours", "5 hours", True),
        ("almost five hours", "a five-hour meeting", True),
        ("about five hours", "5.5 hours", True),
        ("more than five hours", "six hours", True),
        ("more than five hours", "nine hours", False),
        ("at least 10 people", "400 people", True),
        ("up to 600 people", "400 people", True),
        ("fewer than 600 people", "700 people", False),
        ("five hours", "three hours", False),
        ("almost five hours", "three hours", False),
        ("10%", "12 per cent", False),
        ("10%", "ten percent", True),
        ("1.2 million people", "1,200,000 people", True),
        ("10,000 people", "10,040 people", True),
        ("10,000 people", "12,000 people", False),
        ("twenty-eight points", "28 points", True),
        ("28 points", "20 points", False),
    ],
)
def test_figures_agree_as_far_as_they_are_exact(one: str, other: str, agree: bool) -> None:
    first, second = only(f"They need {one}."), only(f"They need {other}.")
    assert first.unit == second.unit
    assert first.agrees(second) is agree
    assert second.agrees(first) is agree


def test_what_is_added_is_not_the_whole() -> None:
    assert only("They brought four more documents.").further
    assert not only("They brought four documents.").further


def test_nouns_for_one_thing_are_one() -> None:
    assert [singular(word) for word in ("countries", "boxes", "hours", "crisis", "people")] == [
        "country",
        "box",
        "hour",
        "crisis",
        "person",
    ]
    assert kind_of_thing("drafts") == kind_of_thing("proposal") == "plan"
    assert kind_of_thing("negotiations") == kind_of_thing("meeting") == "talk"
    assert kind_of_thing("envoys") == "envoy"


@given(st.text(alphabet="0123456789.,-% fivehundredandmillion$€:/Article\n", max_size=80))
def test_every_figure_stands_where_it_says(sentence: str) -> None:
    for figure in figures(sentence):
        assert sentence[figure.start : figure.end] == figure.text
        assert figure.low <= figure.high
        assert figure.agrees(figure)
