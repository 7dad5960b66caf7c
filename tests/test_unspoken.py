"""A quote about something else bears nothing out, however much of its frame a claim shares; other words for it do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ground import Ground
from rag.verdict import Verdict
from rag.verify import Verifier

VERIFIER = Verifier()
FERRY = "Dogs are not allowed on the ferry."

OTHERS = [
    (FERRY, "Cats are not allowed on the bridge.", "bridge"),
    (FERRY, "Dogs are not allowed on the bridge.", "bridge"),
    ("Employees may work from home two days a week.", "Contractors may work from home two days a week.", "contractors"),
    ("Visitors must sign in at the reception desk.", "Drivers must sign in at the reception desk.", "drivers"),
    ("Parking in the courtyard costs 3 euros a day.", "Parking in the garage costs 3 euros a day.", "garage"),
    ("The gym closes at ten in the evening.", "The kitchen closes at ten in the evening.", "kitchen"),
    ("Laptops must be returned on the last day.", "Keys must be returned on the last day.", "keys"),
    ("Invoices are paid within thirty days.", "Salaries are paid within thirty days.", "salaries"),
    ("Passwords need at least twelve characters.", "Salaries need at least twelve characters.", "salaries"),
    ("The lift is out of service until Friday.", "The printer is out of service until Friday.", "printer"),
    ("The doctor sees patients on Tuesday.", "The dentist sees patients on Tuesday.", "dentist"),
    ("The bus to the airport leaves every hour.", "The train to the airport leaves every hour.", "train"),
    ("Drivers must be at least 21 years old.", "Pilots must be at least 21 years old.", "pilots"),
    ("Students get a discount on tickets.", "Pensioners get a discount on tickets.", "pensioners"),
    ("The nurse visits the school every Wednesday.", "The nurse visits the factory every Wednesday.", "factory"),
    ("The insurance covers theft.", "The insurance covers flooding.", "flooding"),
    ("The garage is locked at midnight.", "The garage is cleaned at midnight.", "cleaned"),
    ("The contract may be terminated by the tenant.", "The contract may be extended by the tenant.", "extended"),
]
THE_SAME = [
    (FERRY, "Dogs may not board the ferry."),
    (FERRY, "A dog is not allowed on the ferry."),
    ("Visitors must sign in at the reception desk.", "Guests have to register at the reception."),
    ("Visitors must sign in at the reception desk.", "Guests must sign in at the reception desk."),
    ("Children under six travel free of charge.", "Kids under six travel for free."),
    ("The gym closes at ten in the evening.", "The gym shuts at ten in the evening."),
    ("Overtime is paid at twice the hourly wage.", "Overtime pay is twice the hourly wage."),
    ("The swimming pool is heated to 27 degrees.", "The water of the pool is kept at 27 degrees."),
    ("New hires receive a laptop on their first day.", "New employees get a laptop on their first day."),
    ("The lift is out of service until Friday.", "The elevator is out of service until Friday."),
    ("Bicycles may be left in the basement.", "Bikes can be parked in the basement."),
    ("Complaints must be filed in writing.", "A complaint has to be submitted in writing."),
    ("The landlord must repair the heating.", "It is the owner's duty to fix the heating."),
    ("The courier collects parcels at four o'clock.", "Packages are picked up by the courier at four o'clock."),
    ("Residents may use the sauna on Sundays.", "Occupants can use the sauna on Sundays."),
    ("The fire doors must be kept shut.", "Fire doors have to stay closed."),
    ("Trainees are entitled to thirty days of leave.", "Apprentices have thirty days of holiday."),
]


def said(claim: str, *quotes: str) -> Verdict:
    return VERIFIER.verify(claim, [Ground(quote) for quote in quotes])


@pytest.mark.parametrize(("quote", "claim", "word"), OTHERS)
def test_a_quote_about_something_else_does_not_support(quote: str, claim: str, word: str) -> None:
    verdict = said(claim, quote)
    assert verdict.support == "unsupported"
    assert f"no quote speaks of “{word}”" in verdict.reasons


@pytest.mark.parametrize(("quote", "claim"), THE_SAME)
def test_other_words_for_the_same_are_supported(quote: str, claim: str) -> None:
    assert said(claim, quote).support == "supported"


def test_a_word_that_another_of_the_quotes_speaks_of_is_spoken_of() -> None:
    assert said("Dogs are not allowed on the bridge.", FERRY, "On the bridge, dogs are not allowed.").support == (
        "supported"
    )


def test_what_a_quote_only_points_back_to_is_left_to_the_probability() -> None:
    reasons = said("The draft has twelve pages.", "It has twelve pages, and they are short.").reasons
    assert not any("speaks of" in reason for reason in reasons)


FRAMES = (
    "The {} is closed on Mondays.",
    "Visitors may not enter the {}.",
    "The {} opens at nine on weekdays.",
    "Everybody pays for the {} in advance.",
)
THINGS = ("canteen", "library", "swimming pool", "archive", "laboratory", "car park", "theatre", "kindergarten", "bank")


@settings(max_examples=40, deadline=None)
@given(frame=st.sampled_from(FRAMES), things=st.permutations(THINGS))
def test_another_thing_in_its_place_never_raises_support(frame: str, things: list[str]) -> None:
    quote, other = frame.format(things[0]), frame.format(things[1])
    swapped = said(other, quote)
    assert swapped.support == "unsupported"
    assert swapped.probability <= said(quote, quote).probability
