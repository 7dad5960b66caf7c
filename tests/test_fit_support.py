"""Fitting the checker: what is read as judged claims, what is never fitted and measured at once, what figures say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.fitting import support_fitting
from evals.fitting.support import _write
from evals.fitting.support_cases import Judged, ragtruth, wice
from evals.fitting.support_fitting import Row, balanced, fit, fit_model, halves, score, weigh
from evals.fitting.support_report import (
    FIGURES,
    Scored,
    balanced_accuracy,
    calibration_error,
    found_by_kind,
    interval,
    reliability,
    report,
    summary,
    table,
)
from rag.checking.support import Supporter
from rag.checking.support_figures import SUPPORT_FIGURES

DATA = Path(__file__).parents[2] / "shared" / "data"


def lines(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def made(count: int = 400, seed: int = 3) -> list[Row]:
    """Claims of all three sets whose first figure says, with noise, whether they are supported."""
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        source = tuple(support_fitting.SET_WEIGHT)[number % 4]
        supported = bool(generator.random() < (0.8 if source.startswith("ragtruth") else 0.35))
        figures = generator.normal(size=len(SUPPORT_FIGURES))
        figures[0] += 2.0 * supported
        figures[generator.integers(4, 8)] = np.nan
        judged = Judged(
            source, f"{source.removesuffix('-quotes')}/{number // 8}", f"claim {number}", ("quote",), supported
        )
        rows.append(Row(judged, figures))
    return rows


def scored(chances: list[float], labels: list[bool], threshold: float = 0.5, answers: float = 0.2) -> Scored:
    claims = tuple(Judged("wice", str(place), "c", ("q",), label) for place, label in enumerate(labels))
    return Scored(claims, np.array(chances), threshold, answers)


def test_wice_counts_partly_supported_as_not_supported(tmp_path: Path) -> None:
    evidence = ["(meta data) TITLE: A", " ", "It opened in May with nine rooms and a wide garden.", "It is blue."]
    rows = [
        {"label": label, "claim": label, "evidence": evidence, "supporting_sentences": chosen}
        for label, chosen in (("supported", [[3], [2]]), ("partially_supported", [[2, 3]]), ("not_supported", []))
    ]
    lines(tmp_path / "wice" / "claims_dev.jsonl", *rows)
    cases = wice(tmp_path)
    assert [case.supported for case in cases] == [True, False, False]
    assert [case.kinds for case in cases] == [("supported",), ("partially_supported",), ("not_supported",)]
    assert cases[0].quotes == (evidence[0], evidence[2], evidence[3])
    assert len({case.group for case in cases}) == 3
    cited = wice(tmp_path, only_supporting=True)
    assert [(case.source, case.group) for case in cited] == [("wice-quotes", case.group) for case in cases]
    chosen = [case.quotes for case in cited]
    assert chosen == [(evidence[3],), (evidence[2], evidence[3]), (evidence[2],)]


def test_ragtruth_marks_the_sentences_that_a_span_overlaps(tmp_path: Path) -> None:
    response = "It opened in May. It has nine rooms. It is blue."
    label = {"start": 26, "end": 30, "label_type": "Evident Conflict"}
    answer = {"response": response, "model": "m", "labels": [label]}
    source = {"question": "What is it?", "passages": "passage 1:It opened in May.\n\npassage 2:It is blue.\n\n"}
    lines(tmp_path / "ragtruth" / "ragtruth_qa.jsonl", {"source_id": 7, "source": source, "responses": [answer]})
    cases = ragtruth(tmp_path, "qa")
    assert [case.claim for case in cases] == ["It opened in May.", "It has nine rooms.", "It is blue."]
    assert [case.supported for case in cases] == [True, False, True]
    assert cases[1].kinds == ("Evident Conflict",)
    assert cases[0].quotes == ("It opened in May.", "It is blue.")
    assert {case.group for case in cases} == {"ragtruth-qa/7"}


def test_ragtruth_summaries_have_one_text(tmp_path: Path) -> None:
    row = {"source_id": 1, "source": "A text.", "responses": [{"response": "Short.", "model": "m", "labels": []}]}
    lines(tmp_path / "ragtruth" / "ragtruth_summary.jsonl", row)
    assert [(case.quotes, case.supported) for case in ragtruth(tmp_path, "summary")] == [(("A text.",), True)]


def test_a_claim_is_weighed_as_the_product_weighs_it() -> None:
    cases = [
        Judged("wice", "1", "It opened in May 2019.", ("It opened in June 2019.", "It is blue."), False),
        Judged("wice", "2", "...", ("It opened in June.",), False),
    ]
    rows = list(weigh(cases, Supporter()))
    assert [row.judged.group for row in rows] == ["1"]
    assert rows[0].figures.shape == (len(SUPPORT_FIGURES),)
    assert rows[0].figures[SUPPORT_FIGURES.index("any_mismatch")] == 1.0


def test_nothing_is_fitted_and_measured_at_once() -> None:
    rows = made()
    for seed in range(3):
        fitting, held = halves(rows, seed)
        assert len(fitting) + len(held) == len(rows)
        assert {row.judged.group for row in fitting}.isdisjoint(row.judged.group for row in held)
        assert {row.judged.source for row in fitting} == {row.judged.source for row in held}
    assert [row.judged.claim for row in halves(rows, 0)[0]] != [row.judged.claim for row in halves(rows, 1)[0]]


def test_both_labels_of_a_set_weigh_the_same() -> None:
    rows = made()
    weights = balanced(rows)
    for source, weight in support_fitting.SET_WEIGHT.items():
        for supported in (True, False):
            key = (source, supported)
            chosen = [(row.judged.source, row.judged.supported) == key for row in rows]
            assert weights[chosen].sum() == pytest.approx(weight / 2)


def test_the_model_finds_what_tells_and_says_how_sure_it_is() -> None:
    rows = made(3_000)
    fitted = fit(rows)
    assert int(np.argmax(np.abs(fitted.model.weight))) == 0
    held = score(made(3_000, seed=4), fitted)
    assert FIGURES["AUC"](held) > 0.85
    assert balanced_accuracy(held.only("wice")) > 0.75
    assert calibration_error(held, even=True) < 0.05
    assert fitted.threshold == pytest.approx(0.5, abs=0.03)


def test_a_tenth_of_the_true_answers_is_dropped() -> None:
    fitted = fit(made(3_000))
    held = score(made(3_000, seed=5), fitted)
    answers = [held.only(source) for source in ("ragtruth-qa", "ragtruth-summary")]
    dropped = [FIGURES["for answers: true ones dropped"](part) for part in answers]
    assert np.mean(dropped) == pytest.approx(0.1, abs=0.03)
    assert fitted.answers < fitted.threshold


def test_a_figure_that_is_missing_says_nothing() -> None:
    model = fit_model(made())
    bare = np.full(len(SUPPORT_FIGURES), np.nan)
    means = np.array(model.mean)
    assert model.score(bare[None])[0] == pytest.approx(model.score(means[None])[0])


def test_the_same_claims_give_the_same_numbers() -> None:
    assert fit(made()) == fit(made())


def test_what_is_written_is_what_was_fitted(tmp_path: Path) -> None:
    rows = made()
    fitted, path = fit(rows), tmp_path / "coefficients.py"
    _write(fitted, rows, path)
    found: dict[str, Any] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), found)
    assert found["SUPPORT"] == fitted.model
    assert (found["THRESHOLD"], found["ANSWERS_THRESHOLD"]) == (fitted.threshold, fitted.answers)
    assert f"{sum(row.judged.source == 'wice' for row in rows)} of wice" in path.read_text(encoding="utf-8")


def test_balanced_accuracy_is_the_mean_of_both_shares() -> None:
    assert balanced_accuracy(scored([0.9, 0.8, 0.4, 0.1], [True, True, True, False])) == pytest.approx((2 / 3 + 1) / 2)


def test_precision_and_recall_are_of_the_unsupported() -> None:
    part = scored([0.9, 0.3, 0.4, 0.1, 0.6], [True, True, False, False, False])
    assert FIGURES["unsupported: precision"](part) == pytest.approx(2 / 3)
    assert FIGURES["unsupported: recall"](part) == pytest.approx(2 / 3)
    assert FIGURES["unsupported: F1"](part) == pytest.approx(2 / 3)
    assert FIGURES["for answers: recall"](part) == pytest.approx(1 / 3)
    assert FIGURES["for answers: true ones dropped"](part) == 0.0


def test_where_nothing_is_caught_there_is_no_precision() -> None:
    part = scored([0.9, 0.8], [True, False])
    assert math.isnan(FIGURES["unsupported: precision"](part))


def test_the_calibration_error_is_the_distance_from_the_share() -> None:
    assert calibration_error(scored([0.25] * 4, [True, False, False, False])) == pytest.approx(0.0)
    assert calibration_error(scored([0.95] * 4, [True, False, False, False])) == pytest.approx(0.7)
    assert calibration_error(scored([0.05, 0.95], [False, True])) == pytest.approx(0.05)


def test_an_even_calibration_error_is_of_claims_half_of_which_are_supported() -> None:
    part = scored([0.55] * 10, [True] * 9 + [False])
    assert calibration_error(part) == pytest.approx(0.35)
    assert calibration_error(part, even=True) == pytest.approx(0.05)


def test_each_bin_has_its_claims() -> None:
    part = scored([0.0, 0.05, 0.5, 1.0], [False, True, True, True])
    assert [(start, count) for start, count, _, _ in reliability(part)] == [(0.0, 2), (0.5, 1), (0.9, 1)]
    assert table(part).count("\n") == 2


def test_an_interval_holds_its_figure_and_narrows_with_more_claims() -> None:
    few, many = (score(made(count, seed=6), fit(made())) for count in (120, 1_200))
    low, high = interval(many, balanced_accuracy)
    assert low < balanced_accuracy(many) < high
    wide = interval(few, balanced_accuracy)
    assert high - low < wide[1] - wide[0]


def test_a_report_names_every_figure() -> None:
    part = score(made(), fit(made()))
    assert [line.rsplit("  ", 2)[0].strip().split("  ")[0] for line in report(part).split("\n")] == list(FIGURES)
    assert all(name in summary([part, part]) for name in FIGURES)


def test_what_is_caught_is_told_by_kind() -> None:
    claims = (
        Judged("wice", "1", "c", ("q",), False, ("conflict", "conflict")),
        Judged("wice", "2", "c", ("q",), False, ("conflict", "baseless")),
        Judged("wice", "3", "c", ("q",), True, ("fine",)),
    )
    told = found_by_kind(Scored(claims, np.array([0.1, 0.9, 0.9]), 0.5, 0.2))
    assert "conflict" in told.split("\n")[0]
    assert "2, caught 0.500" in told
    assert "fine" not in told


@pytest.mark.skipif(not (DATA / "wice").is_dir(), reason="the labelled sets are not here")
def test_the_public_sets_are_read_whole() -> None:
    cases = wice(DATA)
    assert (len(cases), sum(case.supported for case in cases)) == (349, 115)
    assert all(case.quotes for case in (*cases, *wice(DATA, only_supporting=True)))
    answers = ragtruth(DATA, "qa")
    assert 0.05 < sum(not case.supported for case in answers) / len(answers) < 0.2
