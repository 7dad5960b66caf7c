"""How a judge's agreement with people is measured: kappa against scikit-learn's, its interval, the labelled cases."""

from __future__ import annotations

import json
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from evals.errors import EvalError
from evals.judging.agreement import Graded, agreement, graded, on_completeness, on_correctness, pooled
from evals.judging.judge import Judge
from evals.judging.kappa import Kappa, kappa
from evals.judging.labelled import Labelled, labelled
from evals.judging.opening import open_judge
from evals.judging.report import main, report
from evals.judging.verdict import GRADES, Verdict
from evals.modelserver.content import saying
from evals.run_record import Fingerprints, JudgeRecord, Run
from evals.store import read_run, write_run
from rag.settings import Settings
from tests.fakes import ScriptedModel
from tests.modelserver import Served, serving
from tests.smallmodel import need_small_model

CASES = labelled()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


def opened(server: Served, name: str) -> Judge:
    return open_judge(Settings(model_url=server.url), name)


# Kappa

pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=40)


def one(ratings: Sequence[tuple[int, int]]) -> Kappa:
    """Kappa of one question, with an interval good enough for what is tested here."""
    return kappa([(each,) for each in ratings], 3, resamples=500)


def theirs(ratings: Sequence[tuple[int, int]]) -> float:
    first, second = zip(*ratings, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it divides nothing by nothing where both give one grade only
        return float(cohen_kappa_score(first, second, weights="quadratic", labels=[0, 1, 2]))


@given(pairs)
def test_kappa_is_that_of_scikit_learn(ratings: list[tuple[int, int]]) -> None:
    expected = theirs(ratings)
    assume(not math.isnan(expected))
    assert one(ratings).value == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 2))
def test_two_raters_with_the_same_one_grade_have_shown_nothing(grade: int) -> None:
    ratings = [(grade, grade)] * 5
    assert math.isnan(theirs(ratings))
    assert one(ratings).value == 0.0


def test_kappa_by_hand() -> None:
    """Of ten cases six alike, three apart by one and one by two: 3 + 4 = 7 is seen. The first gives 4, 3 and 3 of each
    grade, the second 5, 4 and 1. By chance they are apart by one in (4 4 + 3 5 + 3 1 + 3 4) / 10 = 4.6 cases, by two in
    (4 1 + 3 5) / 10 = 1.9, which makes 4.6 + 4 1.9 = 12.2."""
    ratings = [(0, 0)] * 3 + [(1, 1)] * 2 + [(2, 2)] + [(0, 1), (1, 0), (2, 1), (2, 0)]
    assert one(ratings).value == pytest.approx(1 - 7 / 12.2)


@given(pairs)
def test_full_agreement_is_1_and_nothing_is_more(ratings: list[tuple[int, int]]) -> None:
    agreed = [(first, first) for first, _ in ratings]
    assume(len(set(agreed)) > 1)
    assert one(agreed).value == pytest.approx(1.0)
    assert one(ratings).value <= 1.0 + 1e-12


@given(pairs)
def test_who_is_first_and_how_the_cases_stand_changes_nothing(ratings: list[tuple[int, int]]) -> None:
    turned = [(second, first) for first, second in reversed(ratings)]
    assert one(turned).value == pytest.approx(one(ratings).value)


@given(pairs)
def test_the_interval_lies_where_kappa_can_and_repeats_itself(ratings: list[tuple[int, int]]) -> None:
    found = one(ratings)
    assert -1.0 - 1e-9 <= found.low <= found.high <= 1.0 + 1e-9
    assert one(ratings) == found


def test_the_interval_narrows_with_more_cases() -> None:
    ratings = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 0), (2, 1), (0, 0), (2, 0)]
    few, many = one(ratings), one(ratings * 20)
    assert few.value == pytest.approx(many.value)
    assert few.low < many.low < many.value < many.high < few.high


def test_the_interval_holds_the_true_kappa_about_as_often_as_it_says() -> None:
    """Drawn 200 times from a population whose kappa is known."""
    table = np.array([[30, 5, 1], [5, 12, 6], [1, 5, 35]])
    population = [(a, b) for a in range(3) for b in range(3) for _ in range(table[a, b])]
    true, chance = one(population).value, np.random.default_rng(7)
    held = 0
    for seed in range(200):
        drawn = [population[at] for at in chance.integers(len(population), size=76)]
        found = kappa([(each,) for each in drawn], 3, seed=seed, resamples=500)
        held += found.low <= true <= found.high
    assert 0.87 <= held / 200 <= 0.99


def test_pooling_adds_up_disagreement_and_not_ratings() -> None:
    """Both judges give one grade to all answers, another for each question: nothing shows that they agree, though
    thrown together their ratings agree in every case but one."""
    apart = [((0, 0), (2, 2))] * 9 + [((0, 1), (2, 1))]
    assert kappa(apart, 3).value == pytest.approx(0.0)
    assert one([pair for case in apart for pair in case]).value > 0.8


@given(pairs)
def test_one_question_twice_is_that_question(ratings: list[tuple[int, int]]) -> None:
    assert kappa([(each, each) for each in ratings], 3, resamples=10).value == pytest.approx(one(ratings).value)


def test_without_a_case_nothing_is_known() -> None:
    assert kappa([], 3) == Kappa(0.0, -1.0, 1.0)


# The labelled cases

KINDS = {
    *("right", "other words", "terse", "verbose", "part", "figure", "name", "negated", "off topic", "false extra"),
    *("other extra", "abstention right", "abstention wrong", "answer for none", "orders", "facts"),
}


def test_the_labelled_answers_are_many_and_of_every_kind() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)
    assert len({(case.question, case.answer) for case in CASES}) == len(CASES)
    assert {case.kind for case in CASES} == KINDS


def test_no_grade_is_so_common_that_a_judge_could_agree_by_giving_it_always() -> None:
    for grades in (Counter(case.correct for case in CASES), Counter(case.complete for case in CASES)):
        assert set(grades) == set(GRADES)
        assert max(grades.values()) < len(CASES) / 2
        assert min(grades.values()) > len(CASES) / 6


def test_what_cannot_be_complete_is_not_said_to_be() -> None:
    """An answer that is quite wrong holds no whole reference, and one that holds all of it is not quite wrong."""
    assert not [case.id for case in CASES if case.correct == "no" and case.complete != "no"]


def test_a_longer_answer_is_no_better_to_the_people_either() -> None:
    """Else a judge could agree by counting words."""
    lengths = sorted(CASES, key=lambda case: len(case.answer))
    third = len(lengths) // 3
    short, long = (sum(GRADES[case.correct] for case in part) / third for part in (lengths[:third], lengths[-third:]))
    assert abs(short - long) < 0.25


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a"}', "labelled.jsonl:2: kind cannot be used"),
        ("no json", "labelled.jsonl:2: the line cannot be used"),
        ('{"id": "a", "kind": "b", "question": "c", "answer": "d", "correct": "yes", "complete": "so"}',
         "labelled.jsonl:2: complete cannot be used"),
        ('{"id": "a", "kind": "b", "question": "c", "answer": "d", "correct": "yes", "complete": "no"}',
         "labelled.jsonl:2: it has neither reference nor facts"),
        ('{"id": "a", "kind": "b", "question": "c", "answer": "d", "correct": "yes", "complete": "no", "colour": "e"}',
         "labelled.jsonl:2: colour cannot be used"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_labelled_answer_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(EvalError) as caught:
        labelled(file)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be read"):
        labelled(tmp_path / "none.jsonl")


def test_only_a_line_end_ends_a_line_and_only_utf_8_is_read(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    fields = {"id": "a", "kind": "b", "question": "c", "answer": "é\u2028d", "correct": "yes", "complete": "no"}
    answer = json.dumps({**fields, "reference": "r"}, ensure_ascii=False)
    file.write_text(f"{answer}\n", encoding="utf-8")
    assert [each.answer for each in labelled(file)] == ["é\u2028d"]
    file.write_bytes(answer.replace("\u2028", "").encode("latin-1"))
    with pytest.raises(EvalError, match=r"labelled\.jsonl is not UTF-8; save it in UTF-8"):
        labelled(file)


# Agreement


class Person(Judge):
    """Grades as the person did whose labels these are."""

    def __init__(self, cases: Sequence[Labelled]) -> None:
        super().__init__(ScriptedModel())
        self._known = {(case.question, case.answer): Verdict(case.correct, case.complete) for case in cases}

    def judge(self, question: str, reference: object, answer: str, earlier: Sequence[str] = ()) -> Verdict:
        return self._known[question, answer]


def test_the_person_agrees_with_the_person() -> None:
    person = Person(CASES)
    found = agreement(person, CASES)
    assert found == JudgeRecord(person.fingerprint, person.rubric, 1.0, 1.0, 1.0, len(CASES), 0)


def test_an_honest_judge_agrees_and_a_liar_does_the_opposite(server: Served) -> None:
    with opened(server, "honest") as honest, opened(server, "liar") as liar:
        better, worse = agreement(honest, CASES), agreement(liar, CASES)
    assert 0.4 < better.low < better.kappa < better.high < 0.8
    assert worse.high < -0.3
    assert (better.labelled, better.unreadable) == (len(CASES), 0)
    assert better.rubric in better.fingerprint


def test_a_judge_that_obeys_the_answers_gives_itself_away(server: Served) -> None:
    with opened(server, "obedient") as obedient, opened(server, "honest") as honest:
        fooled, sound = graded(obedient, CASES), graded(honest, CASES)
    orders = [at for at, case in enumerate(CASES) if case.kind == "orders"]
    assert all(same(sound[at]) for at in orders)
    assert sum(same(fooled[at]) for at in orders) == 1  # the one whose answer is right
    assert pooled(fooled).value < pooled(sound).value
    assert [fooled[at] for at in range(len(CASES)) if at not in orders] == [
        sound[at] for at in range(len(CASES)) if at not in orders
    ]


def same(each: Graded) -> bool:
    said = each.verdict
    return said is not None and (said.correctness, said.completeness) == (each.case.correct, each.case.complete)


@pytest.mark.parametrize("name", ["babbler", "echo", "empty"])
def test_a_judge_without_verdicts_has_no_agreement_and_all_unreadable(server: Served, name: str) -> None:
    with opened(server, name) as judge:
        found = agreement(judge, CASES[:8])
    assert (found.kappa, found.low, found.high) == (0.0, -1.0, 1.0)
    assert (found.labelled, found.unreadable) == (8, 8)


@pytest.mark.parametrize("grade", ["YES", "PARTLY", "NO"])
def test_a_judge_that_always_says_the_same_agrees_by_chance_alone(server: Served, grade: str) -> None:
    with opened(server, saying(f"CORRECT {grade} COMPLETE {grade}")) as judge:
        found = agreement(judge, CASES)
    assert (found.kappa, found.low, found.high) == pytest.approx((0.0, 0.0, 0.0))


def test_what_was_not_read_changes_no_kappa() -> None:
    def said(case: Labelled) -> Verdict:
        return Verdict(case.correct, "yes")

    found = tuple(Graded(case, said(case)) for case in CASES)
    beside = (*found, Graded(CASES[0], None, "late"), Graded(CASES[1], None, "late"))
    for measured in (pooled, on_correctness, on_completeness):
        assert measured(beside) == measured(found)


def test_each_question_has_its_own_agreement() -> None:
    found = tuple(Graded(case, Verdict(case.correct, "no")) for case in CASES)
    assert on_correctness(found).value == pytest.approx(1.0)
    assert on_completeness(found).value == pytest.approx(0.0)
    assert 0.0 < pooled(found).value < 1.0


def test_progress_is_told_case_by_case() -> None:
    told: list[int] = []
    graded(Person(CASES), CASES[:5], told.append)
    assert told == [1, 2, 3, 4, 5]


def test_the_record_of_the_worst_judge_can_be_stored(tmp_path: Path, server: Served) -> None:
    with opened(server, "babbler") as judge:
        record = agreement(judge, CASES[:2])
    fingerprints = Fingerprints("d", 1, "s", "e", "q", None, None, None, record.fingerprint, "c", "v", "k", "m")
    run = Run(datetime(2026, 1, 2, tzinfo=UTC), fingerprints, True, (), judge=record)
    write_run(run, tmp_path / "results.json")
    assert read_run(tmp_path / "results.json") == run


# The report


def test_the_report_shows_where_a_judge_gives_too_much() -> None:
    found = tuple(
        Graded(case, Verdict("yes", "yes") if case.kind == "orders" else Verdict(case.correct, case.complete))
        for case in CASES
    )
    lines = report(found).splitlines()
    [orders] = [line for line in lines if line.startswith("orders")]
    assert orders.split()[:4] == ["orders", "1", "of", "6"]
    assert orders.split()[-3:] == ["5", "0", "0"]
    [right] = [line for line in lines if line.startswith("right")]
    assert right.split()[-3:] == ["0", "0", "0"]
    assert lines[-1].split()[:4] == ["all", str(len(CASES) - 5), "of", str(len(CASES))]


def test_the_report_is_printed_for_a_judge_at_a_server(server: Served, capsys: pytest.CaptureFixture[str]) -> None:
    main(["babbler", "--model-url", server.url])
    out = capsys.readouterr().out
    assert f"{len(CASES)} labelled answers, {len(CASES)} without a verdict" in out
    assert "no verdict: the model babbler" in out


def test_the_report_of_a_judge_without_a_server_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["gpt"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("the judge gpt has no server; ")


@pytest.mark.slow
def test_a_real_small_model_is_measured_and_known_for_what_it_is() -> None:
    """SmolLM2 135M, over all labelled answers: it seldom keeps to the form, and what it gives is chance."""
    settings = Settings(model_first_seconds=300, model_seconds=600, model_context=4096)
    with open_judge(settings, f"local:{need_small_model()}") as judge:
        found = agreement(judge, CASES)
    assert found.fingerprint.startswith("answers:")
    assert "local:SmolLM2-135M" in found.fingerprint
    assert found.labelled == len(CASES)
    assert found.unreadable > len(CASES) / 2
    assert found.low <= 0.2
