"""What is a regression and what is none, over runs as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.compare import compare, figure
from evals.comparison import Comparison, Difference
from evals.observed import Failed
from evals.run_record import CaseRun, Check, JudgeRecord, Run, Score, Timed, Trial, Unscored
from tests.runs import FINGERPRINTS, RUNS, asked, run_of, timed, tried

NAMES = tuple(f"case-{number:02}" for number in range(40))


def scored(values: Iterable[float], **changes: object) -> Run:
    """A run in which case after case has this `fact_recall`."""
    cases = (asked(name, tried(score=value)) for name, value in zip(NAMES, values, strict=False))
    return run_of(*cases, **changes)


def repeated(passed: int, of: int, name: str = "a", **changes: object) -> Run:
    """A run that varies, with one case of which `said` passes in so many repeats."""
    trials = [tried(failed=() if number < passed else ("said",)) for number in range(of)]
    return run_of(asked(name, *trials), **{"repeatable": False} | changes)


def difference(comparison: Comparison, name: str) -> Difference:
    (found,) = (each for each in comparison.differences if each.name == name)
    return found


def test_a_check_that_fails_now_is_a_regression_with_its_reason() -> None:
    found = compare(run_of(asked("a"), asked("b")), run_of(asked("a"), asked("b", tried(failed=("said",)))))
    assert found.regressions == ("b: `said` passed and now fails: not said: 'five hours'",)
    (flip,) = found.flips
    assert (flip.case, flip.check, flip.passes, flip.counts) == ("b", "said", False, True)


def test_a_check_that_passes_now_is_listed_with_why_it_failed_and_is_no_regression() -> None:
    found = compare(run_of(asked("a", tried(failed=("said",)))), run_of(asked("a")))
    (flip,) = found.flips
    assert found.passes
    assert (flip.passes, flip.reason) == (True, "failed before: not said: 'five hours'")


def test_what_failed_before_and_fails_now_is_no_regression() -> None:
    failing = run_of(asked("a", tried(failed=("said",))))
    found = compare(failing, failing)
    assert found.passes
    assert not found.flips


def test_a_flip_of_a_case_that_was_edited_says_so() -> None:
    edited = asked("a", tried(failed=("said",)), question="How long?")
    (flip,) = compare(run_of(asked("a")), run_of(edited)).flips
    assert flip.reason.endswith("; the case was edited since")
    tagged = asked("a", tried(failed=("said",)), tags=("new",), note="Seen by Ann.")
    (flip,) = compare(run_of(asked("a")), run_of(tagged)).flips
    assert "edited" not in flip.reason


@pytest.mark.parametrize(("before", "after", "counts"), [(4, 0, True), (4, 1, False), (3, 1, False)])
def test_where_answers_vary_only_repeats_bear_a_flip_out(before: int, after: int, counts: bool) -> None:
    found = compare(repeated(before, 4), repeated(after, 4))
    (flip,) = found.flips
    assert (flip.passes, flip.counts) == (False, counts)
    assert flip.reason == f"passes {after} of 4, before {before} of 4; not said: 'five hours'"
    assert found.passes is not counts


def test_a_check_that_still_passes_mostly_and_yet_far_less_often_has_flipped() -> None:
    (flip,) = compare(repeated(20, 20), repeated(14, 20)).flips
    assert flip.counts
    assert not flip.passes
    assert not compare(repeated(20, 20), repeated(17, 20)).flips


def wavering(random: np.random.Generator, chances: Sequence[float], broken: int | None = None) -> Run:
    """A run of 40 cases asked five times each, in which `said` passes with these chances, and never in the `broken`."""

    def trials(place: int) -> list[Trial]:
        return [
            tried(failed=() if place != broken and random.random() < chances[place] else ("said",)) for _ in range(5)
        ]

    return run_of(*(asked(name, *trials(place)) for place, name in enumerate(NAMES)), repeatable=False)


def test_many_checks_that_waver_raise_no_more_false_alarms_than_few_and_one_that_breaks_is_found() -> None:
    """At p < .05 for each case alone, a fifth of such pairs of runs would have a check that counts."""
    random = np.random.default_rng(8)
    chances = [1.0, *random.uniform(0.3, 0.95, 39)]
    alarms = [
        any(not flip.passes and flip.counts for flip in pair.flips)
        for pair in (compare(wavering(random, chances), wavering(random, chances)) for _ in range(30))
    ]
    assert sum(alarms) <= 2
    broke = compare(wavering(random, chances), wavering(random, chances, broken=0))
    assert [flip.case for flip in broke.flips if flip.counts and not flip.passes] == [NAMES[0]]


def test_one_run_that_varies_is_enough_for_a_single_flip_to_be_noise() -> None:
    before, after = repeated(1, 1, repeatable=True), repeated(0, 1, repeatable=True)
    assert not compare(before, after).passes
    assert compare(replace(before, repeatable=False), after).passes
    assert compare(before, replace(after, repeatable=False)).passes


def test_a_fatal_thing_fails_the_gate_also_where_it_was_there_before_or_the_case_is_new() -> None:
    leaking = run_of(asked("a", tried(fatal=("shown to nobody's eyes",), failed=("said",))))
    for before in (leaking, run_of(asked("b"))):
        found = compare(before, leaking)
        assert found.fatal == (("a", "shown to nobody's eyes"),)
        assert found.regressions[0] == "a: shown to nobody's eyes"


def test_an_answer_that_did_not_come_is_fatal_even_if_nothing_scored_it() -> None:
    found = compare(run_of(asked("a")), run_of(asked("a", Trial(Failed("the model is away")))))
    assert found.regressions == ("a: no answer came: the model is away",)
    assert found.changed == ("a",)


def test_the_same_fatal_thing_in_every_repeat_is_said_once() -> None:
    leak = tried(fatal=("a leak",))
    assert compare(run_of(asked("a")), run_of(asked("a", leak, leak))).fatal == (("a", "a leak"),)


def test_a_case_that_is_gone_is_a_regression_unless_only_some_were_asked() -> None:
    before, after = run_of(*map(asked, "abc")), run_of(asked("b"))
    found = compare(before, after)
    assert found.gone == ("a", "c")
    assert found.regressions == (
        "2 cases of the baseline not asked: a, c; ask them again, or accept a run without them",
    )
    assert compare(before, replace(after, only=("tag dates",))).passes
    assert compare(before, after, partial=True).passes


def test_many_cases_that_are_gone_are_named_and_counted() -> None:
    (sentence,) = compare(run_of(*map(asked, NAMES)), run_of(asked(NAMES[0]))).regressions
    assert sentence.startswith(
        "39 cases of the baseline not asked: case-01, case-02, case-03, case-04, case-05 and 34 "
    )


def test_a_new_case_that_fails_is_listed_and_no_regression() -> None:
    found = compare(run_of(asked("a")), run_of(asked("a"), asked("b", tried(failed=("said",)))))
    assert found.new == ("b",)
    assert found.passes
    assert not found.flips


def test_a_case_without_an_answer_counts_as_not_asked() -> None:
    unasked = CaseRun(asked("a").case, ())
    assert compare(run_of(asked("a"), asked("b")), run_of(unasked, asked("b"))).gone == ("a",)
    assert compare(run_of(unasked, asked("b")), run_of(asked("a"), asked("b"))).new == ("a",)


def test_a_measure_that_falls_in_many_cases_is_a_regression() -> None:
    found = compare(scored([1.0] * 40), scored([0.5] * 10 + [1.0] * 30))
    fell = difference(found, "fact_recall")
    assert fell.worse
    assert (fell.before, fell.after, fell.cases) == (1.0, 0.875, 40)
    assert found.regressions == (
        f"fact_recall fell from 1.000 to .875 [{figure(fell.low)}, {figure(fell.high)}] over 40 cases",
    )


def test_a_measure_that_falls_in_one_case_of_many_is_none() -> None:
    found = compare(scored([1.0] * 40), scored([0.5] + [1.0] * 39))
    assert found.passes
    assert difference(found, "fact_recall").high == 0.0


def test_the_rate_of_a_check_is_a_measure() -> None:
    found = compare(run_of(*map(asked, NAMES)), run_of(*(asked(name, tried(failed=("said",))) for name in NAMES)))
    assert (difference(found, "said").before, difference(found, "said").after) == (1.0, 0.0)
    assert difference(found, "said").worse
    assert difference(found, "quoted").difference == 0.0


def test_what_one_run_could_not_score_is_left_out_of_its_pair_and_is_not_zero() -> None:
    lost = replace(tried(), unscored=(Unscored("fact_recall", "the judge is away"),))
    before = scored([1.0] * 20)
    after = run_of(*(asked(name, lost if place < 10 else tried(score=1.0)) for place, name in enumerate(NAMES[:20])))
    found = difference(compare(before, after), "fact_recall")
    assert (found.cases, found.after, found.worse) == (10, 1.0, False)


def test_a_check_whose_scorer_broke_off_does_not_pass_the_gate() -> None:
    lost = Unscored("said", "the scorer broke off (KeyError); report it with this case")
    broken = replace(tried(), checks=tried().checks[:1], unscored=(lost, Unscored("fact_recall", lost.reason)))
    before, after = run_of(asked("a")), run_of(asked("a", broken))
    (sentence,) = compare(before, after).regressions
    assert sentence == f"a: `said` passed and now fails: could not be checked: {lost.reason}"
    assert compare(run_of(asked("a", tried(failed=("said",)))), after).passes
    assert compare(after, before).passes
    many = run_of(asked("a", *[broken] * 5), repeatable=False)
    assert not compare(repeated(5, 5), many).passes
    assert compare(repeated(5, 5), run_of(asked("a", broken, *[tried()] * 4), repeatable=False)).passes


def test_a_grave_check_that_could_not_be_made_is_told_once() -> None:
    safe = Trial(tried().outcome, (Check("no_leak", True),))
    told = "no_leak could not be checked: the scorer broke off"
    blind = Trial(tried().outcome, unscored=(Unscored("no_leak", "the scorer broke off"),), fatal=(told,))
    assert compare(run_of(asked("a", safe)), run_of(asked("a", blind))).regressions == (f"a: {told}",)


def test_a_measure_of_one_case_has_no_interval_and_decides_nothing() -> None:
    found = compare(scored([1.0]), scored([0.0]))
    assert not [each for each in found.differences if each.name == "fact_recall"]
    assert found.passes


def test_where_answers_vary_a_measure_of_few_cases_decides_nothing() -> None:
    before, after = [0.9] * 5, [0.2] * 5
    assert not compare(scored(before), scored(after)).passes
    assert compare(scored(before, repeatable=False), scored(after, repeatable=False)).passes
    assert not compare(scored([*before, 0.9], repeatable=False), scored([*after, 0.2], repeatable=False)).passes


def noisy(random: np.random.Generator, chance: float = 0.7) -> Run:
    """A run that varies, of ten measures over 40 cases that are noise around the same means."""
    names = tuple(f"measure-{number}" for number in range(10))

    def trial() -> Trial:
        return replace(tried(), scores=tuple(Score(name, float(random.random() < chance)) for name in names))

    return run_of(*(asked(name, trial()) for name in NAMES), repeatable=False)


def test_where_answers_vary_many_measures_raise_no_more_false_alarms_than_one() -> None:
    """Of 25 pairs of runs with nothing changed, 2.5 % may fail; of ten measures at 95 % each, one in five would."""
    random = np.random.default_rng(3)
    alarms = [not compare(noisy(random), noisy(random)).passes for _ in range(25)]
    assert sum(alarms) <= 2
    assert not compare(noisy(random), noisy(random, 0.2)).passes


def test_the_scores_of_two_judges_are_not_held_against_each_other() -> None:
    record = JudgeRecord("j", "1", 0.8, 0.7, 0.9, 100, 0)
    trials = [replace(tried(), scores=(Score("judged_correct", value),)) for value in (1.0, 0.0)]
    prints = replace(FINGERPRINTS, judge="j")
    before, after = (
        run_of(*(asked(name, trial) for name in NAMES), fingerprints=prints, judge=record) for trial in trials
    )
    assert difference(compare(before, after), "judged_correct").worse
    other = replace(after, judge=replace(record, rubric="2"))
    assert "judged_correct" not in {each.name for each in compare(before, other).differences}


@pytest.mark.parametrize(
    ("times", "machine", "worse"),
    [(1.4, "a desk, 2 cores", False), (1.6, "a desk, 2 cores", True), (1.6, "other", False), (3.2, "other", True)],
)
def test_answers_may_take_half_as_long_again_here_and_thrice_as_long_elsewhere(
    times: float, machine: str, worse: bool
) -> None:
    before = run_of(*map(asked, NAMES), timed=timed(0.1, NAMES))
    prints = replace(FINGERPRINTS, machine=machine)
    after = run_of(*map(asked, NAMES), timed=timed(0.1 * times, NAMES), fingerprints=prints)
    found = compare(before, after)
    assert found.slowness is not None
    assert found.slowness.times == pytest.approx(times)
    assert found.slowness.worse is worse
    assert found.passes is not worse
    if worse:
        assert "times as long as in the baseline, more than the" in found.regressions[-1]


def test_a_slower_machine_whose_yardstick_takes_as_much_longer_is_no_slowness() -> None:
    before = run_of(*map(asked, NAMES), timed=timed(0.1, NAMES, yardstick=0.01))
    after = run_of(*map(asked, NAMES), timed=timed(0.5, NAMES, yardstick=0.05))
    found = compare(before, after).slowness
    assert found is not None
    assert found.times == pytest.approx(1.0)


def test_one_slow_case_among_many_is_no_slowness() -> None:
    before = run_of(*map(asked, NAMES), timed=timed(0.1, NAMES))
    after = replace(before, timed=(*timed(0.1, NAMES[1:]), Timed(NAMES[0], 9.0, 0.01)))
    assert compare(before, after).passes


def test_without_times_in_both_runs_there_is_no_slowness() -> None:
    run = run_of(*map(asked, NAMES), timed=timed(0.1, NAMES))
    assert compare(run, replace(run, timed=())).slowness is None
    assert compare(run, replace(run, timed=timed(0.1, NAMES[:1]))).slowness is None


def test_an_answer_that_reads_otherwise_is_named_also_if_no_check_flipped() -> None:
    other = asked("b", tried(quote="They lasted five hours."))
    assert compare(run_of(asked("a"), asked("b")), run_of(asked("a"), other)).changed == ("b",)


def test_what_the_runs_were_made_with_is_named_where_it_differs_settings_one_by_one() -> None:
    before = run_of(asked("a"), settings=(("quotes", "6"), ("threshold", "0.5")))
    prints = replace(FINGERPRINTS, settings="other", model="llama")
    after = run_of(asked("a"), fingerprints=prints, settings=(("quotes", "6"), ("threshold", "0.2")))
    assert compare(before, after).made_with == (("threshold", "0.5", "0.2"), ("model", "none", "llama"))
    assert ("settings", "5e77", "other") in compare(before, replace(after, settings=())).made_with


def test_the_gravest_comes_first() -> None:
    before = run_of(*(asked(name, tried(score=1.0)) for name in NAMES), timed=timed(0.1, NAMES))
    worse = tried(failed=("said",), score=0.2)
    after = run_of(
        asked(NAMES[0], replace(worse, fatal=("a leak",))), *(asked(name, worse) for name in NAMES[1:-1]),
        timed=timed(0.3, NAMES),
    )  # fmt: skip
    found = compare(before, after).regressions
    kinds = ("a leak", "`said` passed", "not asked", "said fell", "fact_recall fell", "answers take")
    at = [next(place for place, sentence in enumerate(found) if kind in sentence) for kind in kinds]
    assert at == sorted(at)


def test_every_regression_is_one_line() -> None:
    found = compare(run_of(*map(asked, NAMES)), run_of(*(asked(name, tried(failed=("said",))) for name in NAMES)))
    assert all(len(sentence.splitlines()) == 1 for sentence in found.regressions)


def reversed_cases(run: Run) -> Run:
    return replace(run, cases=run.cases[::-1], timed=run.timed[::-1])


@settings(deadline=None)
@given(RUNS)
def test_any_run_passes_against_itself_unless_something_is_fatal(run: Run) -> None:
    found = compare(run, run)
    assert found.regressions == tuple(f"{case}: {sentence}" for case, sentence in found.fatal)
    assert (found.flips, found.changed, found.gone, found.new, found.made_with) == ((), (), (), (), ())
    assert all((each.difference, each.low, each.high) == (0.0, 0.0, 0.0) for each in found.differences)


@settings(deadline=None)
@given(RUNS, RUNS)
def test_any_two_runs_can_be_compared_and_the_opposite_comparison_is_the_mirror_image(before: Run, after: Run) -> None:
    forth, back = compare(before, after), compare(after, before)
    flipped = {(each.case, each.check, not each.passes, each.counts) for each in back.flips}
    assert {(each.case, each.check, each.passes, each.counts) for each in forth.flips} == flipped
    assert forth.changed == back.changed
    for there, here in zip(forth.differences, back.differences, strict=True):
        assert (there.name, there.worse, there.better) == (here.name, here.better, here.worse)
        assert (there.low, there.high) == pytest.approx((-here.high, -here.low), abs=2e-9)


@settings(deadline=None)
@given(RUNS, RUNS, st.booleans())
def test_the_order_of_cases_does_not_matter(before: Run, after: Run, partial: bool) -> None:
    found = compare(before, after, partial=partial)
    assert compare(reversed_cases(before), reversed_cases(after), partial=partial).regressions == found.regressions


@settings(deadline=None)
@given(RUNS, RUNS)
def test_the_gate_fails_exactly_for_what_it_says(before: Run, after: Run) -> None:
    found = compare(before, after)
    reasons: Sequence[object] = (
        *found.fatal,
        *(each for each in found.flips if each.counts and not each.passes),
        *found.gone[:1],
        *(each for each in found.differences if each.worse),
        *((found.slowness,) if found.slowness and found.slowness.worse else ()),
    )
    assert len(found.regressions) == len(reasons)
