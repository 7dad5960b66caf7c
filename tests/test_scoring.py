"""Each scorer on answers made by hand: what it finds, what it says to a person, and where it has nothing to say."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.case import Differs, Expected, Located, Span
from evals.observed import Differing, LeftOut, Observed, Said, Shown
from evals.scoring.abstention import Abstention
from evals.scoring.coverage import BEARS, COVERS, covered
from evals.scoring.differences import Differences
from evals.scoring.evaluators import DETERMINISTIC, NAMES, evaluators
from evals.scoring.exactness import Exactness
from evals.scoring.facts import Facts
from evals.scoring.kept import ProseKept
from evals.scoring.leaks import Leaks
from evals.scoring.quotes import Quotes
from evals.scoring.scorer import Scorer, why_unscored
from evals.scoring.sources import Sources
from tests.scored import TALKS, located, observed, shown, span

LASTED = "The talks in Moscow lasted five hours."
USEFUL = "Both sides called them useful."
AGAIN = "They meet again in Oslo on 4 March."


def values(scorer: Scorer, case: Located, answer: Observed) -> dict[str, Any]:
    return {name: found.value for name, found in scorer.score(case, answer).items()}


def reason(scorer: Scorer, name: str, case: Located, answer: Observed) -> str:
    return scorer.score(case, answer)[name].reason or ""


# Abstention


@pytest.mark.parametrize(
    ("expected", "answered", "passes"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, True)],
)
def test_an_answer_or_none_as_expected(expected: bool, answered: bool, passes: bool) -> None:
    answer = observed(shown(LASTED)) if answered else observed()
    assert values(Abstention(), located(expected=Expected(answerable=expected)), answer) == {"answered": passes}


def test_a_wrong_abstention_tells_how_near_it_was() -> None:
    told = reason(Abstention(), "answered", located(expected=Expected(answerable=True)), observed())
    assert told == "abstained, although the documents hold the answer (answerable 0.12, answers from 0.50)"


def test_a_wrong_answer_tells_how_it_begins() -> None:
    told = reason(Abstention(), "answered", located(expected=Expected(answerable=False)), observed(shown(LASTED)))
    assert told.startswith(f"answered, although the documents do not say: {LASTED!r} (")


# Quotes


def test_every_expected_quote_is_shown() -> None:
    case = located([span("lasted five hours")], [span("Oslo on 4 March")])
    assert values(Quotes(), case, observed(shown(LASTED), shown(AGAIN, 2))) == {
        "quoted": True,
        "quote_recall": 1.0,
        "quote_precision": 1.0,
    }


def test_half_of_what_is_expected_and_a_third_of_what_is_shown() -> None:
    case = located([span("lasted five hours")], [span("flew home", "copy")])
    answer = observed(shown(LASTED), shown(USEFUL, 2), shown(AGAIN, 3))
    assert values(Quotes(), case, answer) == {"quoted": False, "quote_recall": 0.5, "quote_precision": 1 / 3}
    assert reason(Quotes(), "quoted", case, answer) == "not quoted: 'flew home' (briefs/copy.txt)"
    assert reason(Quotes(), "quote_precision", case, answer) == (
        "beside what is expected: quote 2 of briefs/talks.txt; quote 3 of briefs/talks.txt"
    )


def test_a_copy_of_the_words_in_another_document_counts() -> None:
    case = located([span(LASTED), span(LASTED, "copy")])
    answer = observed(shown("Reuters: The talks in Moscow lasted five hours.", document="copy"))
    assert values(Quotes(), case, answer) == {"quoted": True, "quote_recall": 1.0, "quote_precision": 1.0}


def test_two_quotes_cover_a_span_between_them() -> None:
    case = located([span(f"{LASTED} {USEFUL}")])
    assert values(Quotes(), case, observed(shown(LASTED)))["quoted"] is False
    assert values(Quotes(), case, observed(shown(USEFUL), shown(LASTED, 2)))["quoted"] is True


def test_the_same_quote_twice_covers_no_more_than_once() -> None:
    case = located([span(f"{LASTED} {USEFUL}")])
    assert values(Quotes(), case, observed(shown(LASTED), shown(LASTED, 2)))["quote_recall"] == 0.0


@pytest.mark.parametrize(("shown_of_ten", "found"), [(10, True), (8, True), (7, False), (0, False)])
def test_four_fifths_of_the_characters_are_enough(shown_of_ten: int, found: bool) -> None:
    case = located([Span("talks", "briefs/talks.txt", 20, 30)])
    quote = shown(TALKS[20 - 3 : 20 + shown_of_ten])
    assert values(Quotes(), case, observed(quote))["quoted"] is found


@pytest.mark.parametrize(("in_common", "bears"), [(10, 1.0), (5, 1.0), (4, 0.0)])
def test_a_quote_that_only_touches_what_is_expected_does_not_bear_on_it(in_common: int, bears: float) -> None:
    case = located([Span("talks", "briefs/talks.txt", 30, 50)])
    quote = shown(TALKS[20 + in_common : 30 + in_common])
    assert values(Quotes(), case, observed(quote))["quote_precision"] == bears


def test_a_sentence_of_a_long_expected_span_bears_on_it() -> None:
    assert values(Quotes(), located([span(TALKS)]), observed(shown(USEFUL)))["quote_precision"] == 1.0


def test_words_that_are_not_the_documents_cover_nothing() -> None:
    case = located([span(LASTED)])
    found = values(Quotes(), case, observed(shown(LASTED, exact=False)))
    assert found == {"quoted": False, "quote_recall": 0.0, "quote_precision": 0.0}


def test_a_related_passage_is_not_quoted() -> None:
    answer = observed(related=(shown(LASTED, 0),))
    assert values(Quotes(), located([span(LASTED)]), answer) == {"quoted": False, "quote_recall": 0.0}


def test_words_that_the_documents_no_longer_hold_are_missed_and_leave_precision_unscored() -> None:
    case, answer = located([]), observed(shown(LASTED))
    found = values(Quotes(), case, answer)
    assert (found["quoted"], found["quote_recall"]) == (False, 0.0)
    assert reason(Quotes(), "quoted", case, answer) == "no longer in the documents: 'words that were taken out'"
    assert why_unscored(found["quote_precision"])


def test_precision_counts_the_places_that_are_left() -> None:
    found = values(Quotes(), located([], [span(LASTED)]), observed(shown(LASTED), shown(AGAIN, 2)))
    assert found == {"quoted": False, "quote_recall": 0.5, "quote_precision": 0.5}


places = st.tuples(st.integers(0, len(TALKS) - 2), st.integers(1, 40)).map(
    lambda drawn: Span("talks", "briefs/talks.txt", drawn[0], min(len(TALKS), sum(drawn)))
)
expectations = st.lists(st.lists(places, max_size=3), min_size=1, max_size=4)
evidence = st.lists(places.map(lambda place: shown(TALKS[place.start : place.end])), max_size=6)


def quote_scores(expected: list[list[Span]], shown_quotes: list[Shown]) -> dict[str, Any]:
    return values(Quotes(), located(*expected), observed(*shown_quotes))


@given(expectations, evidence)
def test_recall_and_precision_are_shares(expected: list[list[Span]], quotes: list[Shown]) -> None:
    found = quote_scores(expected, quotes)
    assert 0.0 <= found["quote_recall"] <= 1.0
    assert found["quoted"] is (found["quote_recall"] == 1.0)
    precision = found.get("quote_precision")
    assert (precision is None) is (not quotes)
    assert precision is None or isinstance(precision, str) or 0.0 <= precision <= 1.0


@given(expectations, evidence, places)
def test_another_quote_never_lowers_recall(expected: list[list[Span]], quotes: list[Shown], more: Span) -> None:
    before = quote_scores(expected, quotes)["quote_recall"]
    after = quote_scores(expected, [*quotes, shown(TALKS[more.start : more.end], len(quotes) + 1)])["quote_recall"]
    assert after >= before


@given(expectations, evidence, st.randoms(use_true_random=False))
def test_the_order_of_quotes_changes_nothing(
    expected: list[list[Span]], quotes: list[Shown], chance: random.Random
) -> None:
    mixed = quotes[:]
    chance.shuffle(mixed)
    assert quote_scores(expected, mixed) == quote_scores(expected, quotes)


@given(places, evidence)
def test_coverage_is_the_share_of_characters_counted_one_by_one(place: Span, quotes: list[Shown]) -> None:
    has = {at for each in quotes for at in range(each.start, each.end)}
    counted = sum(at in has for at in range(place.start, place.end)) / (place.end - place.start)
    assert covered(place, quotes) == pytest.approx(counted)


@given(st.lists(places, min_size=1, max_size=4))
def test_showing_just_what_is_expected_is_perfect(expected: list[Span]) -> None:
    quotes = [shown(TALKS[each.start : each.end], number) for number, each in enumerate(expected, 1)]
    # The words may stand in several places, and `shown` takes the first: so each expects all of them.
    found = quote_scores([[replace_place(quote)] for quote in quotes], quotes)
    assert (found["quote_recall"], found["quote_precision"]) == (1.0, 1.0)


def replace_place(quote: Shown) -> Span:
    return Span(quote.document_id, quote.uri, quote.start, quote.end)


def test_the_two_shares_are_what_they_are_said_to_be() -> None:
    assert (COVERS, BEARS) == (0.8, 0.5)


# Facts


def said(*texts: str, support: str = "supported", quotes: tuple[Shown, ...] = ()) -> Observed:
    sentences = tuple(Said(text, support, (1,)) for text in texts)  # type: ignore[arg-type]
    return observed(*(quotes or (shown(USEFUL),)), sentences=sentences)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It took FIVE  hours.", True),
        ("It took five\nhours.", True),
        ("It took 5 hours.", True),
        ("It took fifty-five hoursome hours.", False),
        ("It took 15 hours.", False),
    ],
)
def test_a_fact_is_said_in_one_of_its_wordings_as_whole_words(text: str, found: bool) -> None:
    case = located(expected=Expected(says=(("five hours", "5 hours"),)))
    assert values(Facts(), case, said(text)) == {"said": found, "fact_recall": float(found)}


def test_facts_may_stand_in_the_quotes_but_not_in_what_was_refused_or_is_only_related() -> None:
    case = located(expected=Expected(says=(("five hours",), ("Oslo",), ("useful",))))
    answer = observed(
        shown(LASTED),
        sentences=(Said("They called them useful.", "unsupported", ()),),
        related=(shown(AGAIN, 0),),
    )
    assert values(Facts(), case, answer) == {"said": False, "fact_recall": 1 / 3}
    assert reason(Facts(), "said", case, answer) == "not said: 'Oslo'; 'useful'"


def test_a_fact_does_not_stand_across_two_sentences() -> None:
    case = located(expected=Expected(says=(("hours both",),)))
    assert values(Facts(), case, observed(shown(LASTED), shown(USEFUL, 2)))["said"] is False


def test_what_must_not_be_said_is_looked_for_in_sentences_that_stand() -> None:
    case = located(expected=Expected(never_says=("lasted five hours", "six hours")))
    quoted_only = observed(shown(LASTED), sentences=(Said("They were useful.", "supported", (1,)),))
    refused = replace(quoted_only, sentences=(Said("They took six hours.", "unsupported", ()),))
    written = replace(quoted_only, sentences=(Said("They took Six Hours.", "supported", (1,)),))
    assert [values(Facts(), case, each)["not_said"] for each in (quoted_only, refused, written)] == [True, True, False]
    assert reason(Facts(), "not_said", case, written) == (
        "said, and must not be: 'six hours' in 'They took Six Hours.'"
    )


def test_an_abstention_says_no_fact_and_nothing_forbidden() -> None:
    case = located(expected=Expected(says=(("five hours",),), never_says=("six hours",)))
    assert values(Facts(), case, observed()) == {"said": False, "fact_recall": 0.0, "not_said": True}


# Sources


def test_a_source_is_cited_by_a_sentence_that_stands() -> None:
    case = located(
        sources=("briefs/talks.txt", "briefs/copy.txt"), expected=Expected(sources=("talks.txt", "copy.txt"))
    )
    both = observed(shown(LASTED), shown(LASTED, 2, "copy"))
    shown_only = replace(both, sentences=(Said(LASTED, "supported", (1,)),))
    unsupported = replace(both, sentences=(*both.sentences[:1], Said(LASTED, "unsupported", (2,))))
    assert values(Sources(), case, both) == {"cited": True, "source_recall": 1.0}
    for each in (shown_only, unsupported):
        assert values(Sources(), case, each) == {"cited": False, "source_recall": 0.5}
        assert reason(Sources(), "cited", case, each) == "not cited: briefs/copy.txt"


def test_a_source_that_is_gone_is_not_cited() -> None:
    case = located(sources=("",), expected=Expected(sources=("old.txt",)))
    assert values(Sources(), case, observed(shown(LASTED))) == {"cited": False, "source_recall": 0.0}
    assert reason(Sources(), "cited", case, observed(shown(LASTED))) == "no longer in the library: old.txt"


# Differences

SUPERSEDED = Differing("superseded", (2, 1), ("five", "six"))
DISAGREEING = Differing("disagreeing", (1, 3), ())


@pytest.mark.parametrize(
    ("expected", "shown_differences", "passes"),
    [
        ("none", (), True),
        ("none", (SUPERSEDED,), False),
        ("any", (), False),
        ("any", (DISAGREEING,), True),
        ("superseded", (DISAGREEING,), False),
        ("superseded", (DISAGREEING, SUPERSEDED), True),
        ("disagreeing", (SUPERSEDED,), False),
        ("disagreeing", (DISAGREEING,), True),
    ],
)
def test_differences_are_shown_as_expected(
    expected: Differs, shown_differences: tuple[Differing, ...], passes: bool
) -> None:
    answer = observed(shown(LASTED), differing=shown_differences)
    assert values(Differences(), located(expected=Expected(differs=expected)), answer) == {"differs": passes}


def test_every_kind_of_difference_can_be_expected() -> None:
    for expected in get_args(Differs):
        assert values(Differences(), located(expected=Expected(differs=expected)), observed())


def test_a_missing_difference_tells_what_is_shown_instead() -> None:
    case = located(expected=Expected(differs="disagreeing"))
    told = reason(Differences(), "differs", case, observed(shown(LASTED), differing=(SUPERSEDED,)))
    assert told == "expected 'disagreeing' to be shown, and shown is: superseded quotes 2 and 1 (five, six)"


# Exactness and leaks


def test_every_quote_is_exact_related_ones_too() -> None:
    wrong = shown(AGAIN, 0, exact=False)
    assert values(Exactness(), located(), observed(shown(LASTED), related=(shown(AGAIN, 0),))) == {"exact": True}
    for answer in (observed(related=(wrong,)), observed(shown(LASTED, exact=False))):
        assert values(Exactness(), located(), answer) == {"exact": False}
    told = reason(Exactness(), "exact", located(), observed(related=(wrong,)))
    assert told == f"not the words of the document: a related passage of briefs/talks.txt at 70 to 105: {AGAIN!r}"


def test_a_related_passage_can_leak() -> None:
    case = located(readers=("desk",))
    answer = observed(shown(LASTED, readers=("desk",)), related=(shown(AGAIN, 0, readers=("board", "legal")),))
    assert values(Leaks(), case, answer) == {"no_leak": False}
    assert reason(Leaks(), "no_leak", case, answer) == (
        "shown to somebody who may not read it: a related passage of briefs/talks.txt, for board, legal"
    )


def test_nobody_may_read_a_document_without_readers() -> None:
    assert values(Leaks(), located(readers=("desk",)), observed(shown(LASTED, readers=()))) == {"no_leak": False}


labels = st.sampled_from(["public", "desk", "legal", "board"])


@given(
    st.none() | st.lists(labels.filter(lambda label: label != "public"), unique=True),
    st.lists(st.lists(labels, unique=True), max_size=4),
    st.lists(st.lists(labels, unique=True), max_size=4),
)
def test_there_is_no_leak_just_when_a_label_of_the_asker_or_public_reads_each(
    holds: list[str] | None, quoted: list[list[str]], related: list[list[str]]
) -> None:
    answer = observed(
        *(shown(LASTED, number, readers=tuple(each)) for number, each in enumerate(quoted, 1)),
        related=tuple(shown(AGAIN, 0, readers=tuple(each)) for each in related),
    )
    found = values(Leaks(), located(readers=None if holds is None else tuple(holds)), answer)
    if holds is None:
        assert found == {}
    else:
        readable = [any(label == "public" or label in holds for label in each) for each in (*quoted, *related)]
        assert found == {"no_leak": all(readable)}


# Prose


def wrote(stood: int, refused: int, **changes: object) -> Observed:
    prose = tuple(Said(f"Sentence {number}.", "supported", (1,)) for number in range(stood))
    left_out = tuple(LeftOut(f"Claim {number}.", "no quote says so") for number in range(refused))
    quoted = observed(shown(LASTED)).sentences
    given: dict[str, object] = {"sentences": prose or quoted, "left_out": left_out, "written": True}
    return observed(shown(LASTED), **(given | changes))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (wrote(3, 1), {"prose_kept": 0.75}),
        (wrote(2, 0), {"prose_kept": 1.0}),
        (wrote(0, 2), {"prose_kept": 0.0}),
        (wrote(0, 0), {}),
        (wrote(2, 1, written=False), {}),
    ],
)
def test_the_share_of_a_models_sentences_that_stood(answer: Observed, found: dict[str, float]) -> None:
    assert values(ProseKept(), located(), answer) == found


def test_a_yes_before_the_quotes_is_not_the_models() -> None:
    yes = Said("Yes.", "supported", (1,))
    answer = wrote(0, 2, sentences=(yes, *observed(shown(LASTED)).sentences))
    assert values(ProseKept(), located(), answer) == {"prose_kept": 0.0}
    assert reason(ProseKept(), "prose_kept", located(), answer) == (
        "refused: 'Claim 0.': no quote says so; 'Claim 1.': no quote says so"
    )


# All of them


def test_what_does_not_apply_stands_nowhere() -> None:
    for scorer in evaluators():
        assert scorer.score(located(), observed()) == {}


def test_no_two_scorers_share_a_name_and_each_finds_only_its_own() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) == {
        *("answered", "quoted", "said", "not_said", "cited", "differs", "exact", "no_leak"),
        *("source_recall", "quote_recall", "quote_precision", "fact_recall", "prose_kept"),
        *("judged_correct", "judged_complete"),
    }
    case = located(
        [span(LASTED)],
        sources=("briefs/talks.txt",),
        expected=Expected(True, (), (("five",),), ("six",), ("talks.txt",), "none"),
        readers=("desk",),
    )
    answer = replace(wrote(1, 1), related=(shown(AGAIN, 0),))
    for scorer in DETERMINISTIC:
        assert set(scorer().score(case, answer)) == set(scorer.names)


@pytest.mark.parametrize("scorer", DETERMINISTIC)
def test_every_scorer_has_a_version(scorer: type[Scorer]) -> None:
    assert scorer().get_evaluator_version() == scorer.version


@given(st.text(string.printable))
def test_a_failed_check_says_why_and_a_passed_one_nothing(text: str) -> None:
    case = located(expected=Expected(answerable=True, says=(("five",),), never_says=(text,)))
    for answer in (said(text or "x"), observed(), observed(shown(LASTED))):
        for scorer in evaluators():
            for found in scorer.score(case, answer).values():
                if isinstance(found.value, bool):
                    assert bool(found.reason) is not found.value
