"""What a run takes from its order: how many at once, which cases, and what the baseline says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.case import Case, Expected, Quoted
from evals.observed import Failed
from evals.run_record import CaseRun, Check, Fingerprints, Run, Trial
from evals.session import Order, met_before, store, workers
from index.embed import default_embedder
from rag.ask import Desk
from rag.local.machine import this_machine
from rag.quote import Quoter
from rag.settings import Settings
from tests.fakes import ScriptedModel
from tests.shelf import brief, shelf

CASE = Case("a", "Who met?", Expected(quotes=(Quoted("two envoys"),)), tags=("talks", "dates"))
MADE = Fingerprints("d", 1, "s", "e", "q", None, None, "v", None, "c", "1", "cases", "machine")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with shelf(tmp_path_factory.mktemp("library"), [brief("a", "Two envoys met.")], default_embedder()) as corpus:
        yield Desk(corpus, Quoter(), 0.4)


def stored(*checks: Check, case: Case = CASE) -> Run:
    return Run(datetime.now(UTC), MADE, True, (CaseRun(case, (Trial(Failed(""), checks),)),))


def test_as_many_are_asked_at_once_as_there_are_cores_or_as_the_model_takes(desk: Desk) -> None:
    cores, writing = this_machine().cores, replace(desk, model=ScriptedModel())
    assert workers(Order(), Settings(), desk) == cores
    assert workers(Order(workers=7), Settings(), desk) == 7
    assert workers(Order(), Settings(model_at_once=5), writing) == 5
    assert workers(Order(workers=3), Settings(model_at_once=5), writing) == 3
    assert workers(Order(workers=9), Settings(model_at_once=5), writing) == 5
    assert workers(Order(scripted=True), Settings(), writing) == min(cores, Settings().model_at_once)


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (Order(), True),
        (Order(tags=("dates",)), True),
        (Order(tags=("nato", "talks")), True),
        (Order(tags=("nato",)), False),
        (Order(ids=("a",)), True),
        (Order(ids=("b",)), False),
        (Order(ids=("b",), tags=("dates",)), True),
    ],
)
def test_a_case_is_wanted_by_any_of_its_tags_or_by_its_id(order: Order, wanted: bool) -> None:
    assert order.wants(CASE) == wanted


def test_the_baseline_knows_what_it_asked_the_same_of() -> None:
    failed = stored(Check("quoted", False))
    assert met_before(failed, [CASE])("a")
    assert not met_before(None, [CASE])("a")
    assert not met_before(failed, [CASE])("b")
    edited = replace(CASE, expected=Expected(quotes=(Quoted("three envoys"),)))
    assert not met_before(failed, [edited])("a")
    assert met_before(failed, [replace(CASE, note="n", tags=())])("a")


def test_a_baseline_without_any_of_the_cases_is_none_to_be_no_worse_than(tmp_path: Path) -> None:
    run = stored(Check("quoted", False))
    store(run, run, tmp_path)
    assert "No baseline" not in (page := tmp_path / "report.html").read_text(encoding="utf-8")
    for before in (stored(case=replace(CASE, id="b")), replace(run, cases=())):
        store(replace(run, only=("id a",)), before, tmp_path)
        assert "No baseline to compare with; 1 of 1 case fails" in page.read_text(encoding="utf-8")
