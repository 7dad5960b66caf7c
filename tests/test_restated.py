"""A plain statement made again with one thing changed: a publisher's later word stands, two publishers differ."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Disagreement
from rag.conflict import compare
from tests.test_conflict import Said, evidence

MAY, JUNE, NEXT_YEAR = date(2025, 5, 1), date(2025, 6, 1), date(2026, 6, 1)
OTHERWISE = [
    ("The ferry leaves at 9 o'clock.", "The ferry leaves at 10 o'clock."),
    ("The ferry carries 200 passengers.", "The ferry carries 250 passengers."),
    ("The office closes at 5 pm.", "The office closes at 6 pm."),
    ("The meeting starts at 14:30.", "The meeting starts at 15:00."),
    ("The fee is 20 euros.", "The fee is 25 euros."),
    ("Interest is 3%.", "Interest is 4%."),
    ("The deposit is two months' rent.", "The deposit is three months' rent."),
    ("The canteen is on the second floor.", "The canteen is on the third floor."),
    ("Children under 6 travel free.", "Children under 12 travel free."),
    ("Applications close on 15 March.", "Applications close on 30 March."),
    ("The contact person is Anna Berg.", "The contact person is Olga Stein."),
    ("Visitors may bring dogs.", "Visitors may not bring dogs."),
    ("Residents can use the sauna.", "Residents can't use the sauna."),
    ("The pool is open on Sundays.", "The pool isn't open on Sundays."),
    ("The ferry stops in Faro.", "The ferry no longer stops in Faro."),
]
BOTH_HOLD = [
    ("The ferry to Porto leaves at 9 o'clock.", "The ferry to Lisbon leaves at 10 o'clock."),
    ("The office closes at 5 pm on Mondays.", "The office closes at 6 pm on Fridays."),
    ("The shop is open on Monday.", "The shop is open on Tuesday."),
    ("The ferry carried 200 passengers in 2023.", "The ferry carried 250 passengers in 2024."),
    ("In 2023 the fee is 20 euros.", "In 2024 the fee is 25 euros."),
    ("The fee is up to 20 euros.", "The fee is 15 euros."),
    ("The fee for adults is 20 euros.", "The fee for children is 10 euros."),
    ("A single ticket costs 3 euros.", "A return ticket costs 5 euros."),
    ("The ferry leaves at 9 o'clock.", "The ferry leaves at 9 o'clock and 11 o'clock."),
    ("The shop opens at 9.", "The shop opens at 9:00."),
    ("The fee is 1,000 euros.", "The fee is 1000 euros."),
    ("The pool is six metres deep.", "The pool is 6 metres deep."),
    ("The door is not locked.", "The door isn't locked."),
    ("Visitors may bring dogs.", "Visitors may not bring cats."),
    ("Room 3 is closed.", "Room 4 is closed."),
    ("Platform 3 closes at ten.", "Platform 4 closes at ten."),
    ("The office on floor 2 is open.", "The office on floor 3 is open."),
    ("The canteen on the second floor is open.", "The canteen on the third floor is open."),
    ("It costs 5 euros.", "It costs 6 euros."),
    ("The first ferry leaves at 9 o'clock.", "The last ferry leaves at 20 o'clock."),
    ("The crew closed the gate at 9.", "The crew closed the gate at 10."),
]


def told(one: Said, other: Said) -> tuple[Disagreement, ...]:
    return compare("What are the rules?", [evidence(one), evidence(other, 1)]).disagreements


def by(publisher: str, text: str, published: date, title: str | None = None) -> Said:
    return Said(text, f"{published}.txt", publisher, published, title)


@pytest.mark.parametrize(("older", "newer"), OTHERWISE)
def test_the_later_word_of_one_publisher_stands_however_late(older: str, newer: str) -> None:
    for later in (JUNE, NEXT_YEAR):
        (found,) = told(by("Harbour Office", older, MAY), by("Harbour Office", newer, later))
        assert (found.relation, found.evidence) == ("superseded", (2, 1))


@pytest.mark.parametrize(("one", "other"), OTHERWISE)
def test_two_publishers_who_say_otherwise_differ(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        (found,) = told(by("Harbour Office", first, MAY), by("City Desk", second, JUNE))
        assert found.relation == "disagreeing"


@pytest.mark.parametrize(("one", "other"), BOTH_HOLD)
def test_what_can_both_hold_is_not_marked(one: str, other: str) -> None:
    for publisher in ("Harbour Office", "City Desk"):
        assert not told(by("Harbour Office", one, MAY), by(publisher, other, JUNE))


def test_a_reader_is_shown_the_figures_and_the_denial() -> None:
    (figure,) = told(by("Desk", "The office closes at 5 pm.", MAY), by("Desk", "The office closes at 6 pm.", JUNE))
    assert figure.differences == ("6 pm", "5 pm")
    (denial,) = told(by("Desk", "Guests can use the pool.", MAY), by("Desk", "Guests can't use the pool.", JUNE))
    assert denial.differences == ("can not use", "can use")


def test_rules_under_titles_of_other_things_are_not_one() -> None:
    rules = ("The gate opens at 9 o'clock.", "The gate opens at 10 o'clock.")
    sauna, garage = by("Desk", rules[0], MAY, "rules of the sauna"), by("Desk", rules[1], JUNE, "notes on the garage")
    assert not told(sauna, garage)


@given(hour=st.integers(1, 12), other=st.integers(1, 12))
def test_a_time_differs_from_every_other_and_never_from_itself(hour: int, other: int) -> None:
    found = told(
        by("Desk", f"The ferry leaves at {hour} o'clock.", MAY),
        by("Desk", f"The ferry leaves at {other}:00 o'clock.", JUNE),
    )
    assert bool(found) == (hour != other)
