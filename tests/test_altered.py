"""Altered sentences: one fact differs, the same one each time, and nothing that has no such fact is altered."""

from __future__ import annotations

import re

import pytest

from evals.alteration.altered import ALTERATIONS, Alteration, alter

SENTENCE = "Peskov said on 3 July 2024 that Putin will not meet the two envoys of Trump in Vienna."
ALTERED: dict[Alteration, str] = {
    "number": r"Peskov said on 3 July 2024 that Putin will not meet the \w+ envoys of Trump in Vienna\.",
    "date": r"Peskov said on .+ that Putin will not meet the two envoys of Trump in Vienna\.",
    "name": r".+ said on 3 July 2024 that .+ will not meet the two envoys of .+ in .+\.",
    "negation": r"Peskov said on 3 July 2024 that Putin will meet the two envoys of Trump in Vienna\.",
    "modality": r"Peskov .+ on 3 July 2024 that Putin .+ the two envoys of Trump in Vienna\.",
}


@pytest.mark.parametrize("kind", ALTERATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_one_fact_of_the_kind_is_altered(kind: Alteration, seed: int) -> None:
    altered = alter(SENTENCE, kind, seed=seed)
    assert altered is not None
    assert altered != SENTENCE
    assert altered == alter(SENTENCE, kind, seed=seed)
    assert re.fullmatch(ALTERED[kind], altered)


@pytest.mark.parametrize("kind", ["number", "date", "name"])
def test_what_holds_no_such_fact_is_left_alone(kind: Alteration) -> None:
    assert alter("The talks were long.", kind) is None


def test_names_come_from_the_given_ones_or_change_places() -> None:
    altered = {alter("Putin received Trump.", "name", ("Macron",), seed) for seed in range(20)}
    assert altered == {"Macron received Trump.", "Putin received Macron.", "Trump received Putin."}


def test_names_side_by_side_do_not_change_places() -> None:
    altered = {alter("Putin and Trump met.", "name", ("Macron",), seed) for seed in range(20)}
    assert altered == {"Macron and Trump met.", "Putin and Macron met."}


@pytest.mark.parametrize(
    ("sentence", "altered"),
    [
        ("Kyiv did not reject the plan.", "Kyiv rejected the plan."),
        ("Kyiv rejected the plan.", "Kyiv did not reject the plan."),
        ("Kyiv will sign.", "Kyiv will not sign."),
        ("Kyiv never signed.", "Kyiv signed."),
        ("No talks are planned.", "Talks are planned."),
    ],
)
def test_a_negation_goes_or_comes(sentence: str, altered: str) -> None:
    assert alter(sentence, "negation") == altered


@pytest.mark.parametrize(
    ("sentence", "altered"),
    [
        ("The minister said he would resign.", "The minister said he resigned."),
        ("The council plans to close the bridge.", "The council has closed the bridge."),
        ("The bill was signed by Kyiv.", None),
    ],
)
def test_what_was_only_possible_becomes_a_fact(sentence: str, altered: str | None) -> None:
    assert alter(sentence, "modality") == altered
