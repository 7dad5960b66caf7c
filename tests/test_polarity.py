"""What a sentence affirms, what it denies, and where it does neither."""

from __future__ import annotations

import pytest

from rag.comparing.polarity import predicates
from rag.language.entities import entity, names

SIGNS = [
    ("Putin rejected the plan.", "accept", False, "putin"),
    ("Putin did not reject the plan.", "accept", True, "putin"),
    ("Putin hasn't rejected the plan.", "accept", True, "putin"),
    ("Putin accepted the plan.", "accept", True, "putin"),
    ("The plan was rejected by Kyiv.", "accept", False, "ukraine"),
    ("Kyiv turned down the plan.", "accept", False, "ukraine"),
    ("Peskov denied that Putin had rejected the plan.", "accept", True, "putin"),
    ("Peskov said it was “not correct” to suggest that Putin dismissed the plan.", "accept", True, "putin"),
    (
        "The Kremlin pushed back against claims that Putin rejected the plan, insisting on calm.",
        "accept",
        True,
        "putin",
    ),
    ("Moscow is ready to talk.", "ready", True, "russia"),
    ("Moscow is not ready to talk.", "ready", False, "russia"),
    ("Talks were held in Geneva.", "occur", True, None),
    ("No talks were held in Geneva.", "occur", False, None),
    ("No consultations of the two sides about any kind of plan are under way.", "occur", False, None),
    ("The talks were called off.", "occur", False, None),
    ("The talks took place.", "occur", True, None),
    ("Visitors are allowed on Sundays.", "allow", True, None),
    ("Visitors are not allowed on Sundays.", "allow", False, None),
]


@pytest.mark.parametrize(("sentence", "sense", "positive", "agent"), SIGNS)
def test_signs(sentence: str, sense: str, positive: bool, agent: str | None) -> None:
    (found,) = predicates(sentence)
    assert (found.sense, found.positive, found.agent) == (sense, positive, agent)
    assert found.text in sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "If Putin rejects the plan, nothing moves.",
        "Nobody knows whether Putin accepted the plan.",
        "Putin could accept the plan.",
        "Kyiv must accept the plan.",
        "Putin was asked to accept the plan.",
        "The conditions are unfit for holding talks.",
        "Putin rejected the plan, which is untrue.",
        "Der Plan wurde abgelehnt.",
        "",
    ],
)
def test_what_is_only_possible_is_neither(sentence: str) -> None:
    assert predicates(sentence) == ()


def test_the_words_of_a_sign_hold_its_negation() -> None:
    (found,) = predicates("Putin has not yet accepted the plan.")
    assert found.text == "has not yet accepted"
    (denied,) = predicates("Peskov denied that Putin had rejected the plan.")
    assert denied.text == "denied that Putin had rejected"


def test_the_future_is_not_the_past() -> None:
    (found,) = predicates("Kyiv will reject the plan.")
    assert found.future


def test_a_sign_knows_what_it_is_about() -> None:
    (found,) = predicates("Putin rejected the latest American proposal.")
    assert {"plan", "latest"} <= found.about


def test_names_have_one_spelling() -> None:
    assert entity("Kiev") == entity("Kyiv") == entity("Ukrainian")
    assert entity("Zelenskyy") == entity("Zelensky") == entity("Zelenskiy’s")
    assert entity("Guterres") != entity("Guterman")
    assert names("Talks began. President Zelenskyy met U.S. envoys on Monday.") == {"zelensk", "us"}
    assert names("Employees may stay.") == set()
