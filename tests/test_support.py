"""The chance that quotes bear a claim out: what raises it, what lowers it, and what it must not depend on."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.embed import default_embedder
from rag.checking import support_coefficients
from rag.checking.alignment import Alignment, align, key, keys
from rag.checking.finding import Mismatch, missing, otherwise
from rag.checking.mismatch import mismatches
from rag.checking.support import MOST_SENTENCES, Supporter
from rag.checking.support_figures import SUPPORT_FIGURES, support_figures
from rag.ground import Ground
from rag.quoting.reading import Reader
from rag.quoting.relevance import LinearModel

QUOTE = "The talks in Moscow lasted five hours and ended on Monday, Yury Ushakov said."
BESIDE = (
    "The harbour of Lisbon was closed because of fog.",
    "Children under twelve travel free of charge on all ferries.",
    "The museum opens at ten and has a garden.",
)
ENCODER = default_embedder()
SUPPORTER = Supporter()


def chance(claim: str, *quotes: str, found: tuple[Mismatch, ...] | None = None) -> float:
    grounds = [Ground(quote) for quote in quotes]
    return SUPPORTER.probability(claim, grounds, mismatches(claim, grounds) if found is None else found)


def aligned(claim: str, *texts: str) -> Alignment:
    found = align(claim, texts, ENCODER, Reader(ENCODER))
    assert found is not None
    return found


def figure(name: str, claim: str, *texts: str, found: tuple[Mismatch, ...] = ()) -> float:
    return float(support_figures(aligned(claim, *texts), found)[SUPPORT_FIGURES.index(name)])


TRUE = [
    "The talks in Moscow lasted five hours.",
    "The talks ended on Monday.",
    "Ushakov said that the talks in Moscow lasted five hours.",
    QUOTE,
]
FALSE = [
    "Putin rejected the plan for a prisoner exchange.",
    "The talks in Geneva lasted five hours and were attended by Steve Witkoff.",
    "The harbour of Lisbon was closed for two weeks in March 2019.",
    "Ferries are free for children.",
]


@pytest.mark.parametrize("claim", TRUE)
def test_what_the_quotes_say_passes_both_thresholds(claim: str) -> None:
    assert chance(claim, QUOTE) >= support_coefficients.THRESHOLD
    assert chance(claim, QUOTE) >= support_coefficients.ANSWERS_THRESHOLD


@pytest.mark.parametrize("claim", FALSE)
def test_what_the_quotes_do_not_say_fails(claim: str) -> None:
    assert chance(claim, QUOTE) < support_coefficients.THRESHOLD


@pytest.mark.parametrize("claim", TRUE)
def test_quotes_about_other_things_change_little(claim: str) -> None:
    assert chance(claim, QUOTE, *BESIDE) == pytest.approx(chance(claim, QUOTE), abs=0.05)


def test_the_order_of_quotes_changes_nothing() -> None:
    claim = "Children travel free on ferries from Lisbon."
    assert chance(claim, *BESIDE) == pytest.approx(chance(claim, *reversed(BESIDE)), abs=1e-6)


def test_a_quote_twice_is_a_quote_once() -> None:
    assert chance(TRUE[0], QUOTE, QUOTE, QUOTE) == chance(TRUE[0], QUOTE)


def test_one_long_quote_is_its_sentences() -> None:
    claim = "The talks lasted five hours, and the museum has a garden."
    assert chance(claim, " ".join((QUOTE, *BESIDE)), found=()) == pytest.approx(
        chance(claim, QUOTE, *BESIDE, found=()), abs=1e-6
    )


def test_a_claim_may_rest_on_several_sentences() -> None:
    claim = "The talks in Moscow lasted five hours, and the museum opens at ten."
    assert chance(claim, QUOTE, *BESIDE) > chance(claim, QUOTE) + 0.1


def test_what_the_rules_find_lowers_the_chance() -> None:
    claim = "The talks in Moscow lasted six hours."
    found = (otherwise("figure", "six hours", "five hours"),)
    assert chance(claim, QUOTE, found=found) < chance(claim, QUOTE, found=())
    assert figure("any_mismatch", claim, QUOTE, found=found) == 1.0
    assert figure("date_mismatch", claim, QUOTE, found=found) == 0.0
    assert figure("date_mismatch", claim, QUOTE, found=(missing("date", "May"),)) == 1.0


def test_where_a_quote_comes_from_is_ground_too() -> None:
    claim = "The Morning Wire reported on 3 December 2025 that the talks in Moscow lasted five hours."
    bare = Ground(QUOTE)
    known = Ground(QUOTE, publisher="The Morning Wire", published=date(2025, 12, 3), title="Talks end", author="A. W.")
    assert SUPPORTER.probability(claim, [known], ()) > SUPPORTER.probability(claim, [bare], ()) + 0.05


@pytest.mark.parametrize(
    ("claim", "quotes"), [("", (QUOTE,)), ("...", (QUOTE,)), ("A claim.", ()), ("A claim.", (" ",))]
)
def test_without_words_there_is_no_chance(claim: str, quotes: tuple[str, ...]) -> None:
    assert chance(claim, *quotes, found=()) == 0.0


@settings(max_examples=25)
@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
@example("İstanbul'da 5 saat", ["ﬁve ½ ①", "中文。引用"])
@example("\ud800 lone", ["\udfff surrogate"])
@example("__ _ 5", ["a"])
@example("word " * 400, ["word " * 400])
def test_any_text_has_a_chance_between_none_and_certain(claim: str, quotes: list[str]) -> None:
    assert 0.0 <= chance(claim, *quotes, found=()) <= 1.0


def test_of_very_many_sentences_the_nearest_are_read() -> None:
    claim = "The talks in Moscow lasted five hours."
    many = [f"Item {number} is of another kind." for number in range(MOST_SENTENCES + 40)]
    supporter = Supporter()
    read = supporter.probability(claim, [Ground(quote) for quote in (*many, QUOTE)], ())
    assert read == pytest.approx(supporter.probability(claim, [Ground(QUOTE)], ()), abs=0.05)


def test_the_fingerprint_is_of_the_model() -> None:
    other = LinearModel(
        SUPPORT_FIGURES, *((0.0,) * len(SUPPORT_FIGURES), (1.0,) * len(SUPPORT_FIGURES)) * 1, (0.0,) * 13
    )
    assert Supporter().fingerprint == SUPPORTER.fingerprint
    assert Supporter(model=other).fingerprint != SUPPORTER.fingerprint
    assert Supporter(model=other).probability(QUOTE, [Ground(QUOTE)], ()) == 0.5


def test_the_coefficients_are_those_of_the_figures() -> None:
    model = support_coefficients.SUPPORT
    assert model.figures == SUPPORT_FIGURES
    assert all(deviation > 0 for deviation in model.deviation)
    assert 0 < support_coefficients.ANSWERS_THRESHOLD < support_coefficients.THRESHOLD < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oct", "October"),
        ("Sept", "September"),
        ("6th", "six"),
        ("second", "2nd"),
        ("1980s", "1980"),
        ("released", "releases"),
    ],
)
def test_spellings_of_one_word_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_different_numbers_and_months_do_not() -> None:
    assert len({key(word) for word in ("6", "7", "sixteen", "June", "July", "Jun", "60")}) == 6


def test_keys_are_of_words_and_not_of_marks() -> None:
    assert keys("On Oct. 6th, (2025)!") == {"on", "october", "6", "2025"}


def test_each_word_of_a_claim_is_met_by_itself() -> None:
    found = aligned(QUOTE, QUOTE)
    assert found.met.shape == found.inner.shape == found.held.shape == (len(found.words), 1)
    assert np.allclose(found.met, 1.0, atol=2e-3)
    assert found.held.all()
    assert figure("held", QUOTE, QUOTE) == figure("pairs_held", QUOTE, QUOTE) == 1.0


def test_words_have_their_kinds() -> None:
    kinds = {word.text: word.kind for word in aligned("The envoy Witkoff met five aides in May 2025", QUOTE).words}
    assert kinds["Witkoff"] == "name"
    assert kinds["five"] == kinds["2025"] == "figure"
    assert kinds["envoy"] == kinds["aides"] == "word"
    assert kinds["The"] == kinds["in"] == "common"


def test_the_sentences_chosen_are_those_that_add_most() -> None:
    found = aligned("The talks in Moscow lasted five hours, and the museum opens at ten.", *BESIDE, QUOTE)
    assert found.best[0] == 3
    assert 2 in found.best


def test_a_name_in_another_spelling_is_held() -> None:
    assert figure("names_held", "They met Volodymyr Zelensky", "He saw Volodymyr Zelenskyy there.") == 1.0
    assert figure("names_held", "They met Emmanuel Macron", "He saw Volodymyr Zelenskyy there.") == 0.0


def test_figures_that_are_not_there_are_counted() -> None:
    claim = "The museum opens at ten and has 40 rooms and 3 gardens"
    assert figure("figures_missing", claim, *BESIDE) == 2.0
    assert figure("figures_nowhere", claim, *BESIDE, "There are 40 of them elsewhere.") == 1.0
    assert figure("figures_missing", "The museum opens at 10", *BESIDE) == 0.0


def test_what_a_claim_has_none_of_is_not_counted() -> None:
    assert math.isnan(figure("names_held", "the talks went on", QUOTE))
    assert math.isnan(figure("least_name_met", "the talks went on", QUOTE))
    assert math.isnan(figure("pairs_held", "talks", QUOTE))


def test_a_claim_of_common_words_alone_is_looked_at_all_the_same() -> None:
    assert figure("held", "they had been there", "they had been there before") == 1.0
