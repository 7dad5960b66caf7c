"""A run of cases: each asked as often as wanted and as many at once as allowed, in the order of their file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.case import Case, Expected, Located
from evals.errors import InvalidRun
from evals.fingerprints import fingerprints
from evals.journal import NAME, Journal
from evals.observed import Failed, Observed
from evals.run_record import Run, Trial
from evals.running import Plan, run
from index.corpus import Corpus
from index.document import Passage, document_id
from index.embed import default_embedder
from rag.ask import Desk
from rag.quote import Quoter
from rag.settings import Settings
from rag.write import Writer
from tests.fakes import ScriptedModel
from tests.shelf import brief, shelf

TALKS = "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\nTwo envoys brought papers."
HARVEST = "The harvest of barley was the best in nine years.\nFarmers expect lower prices for bread."
HOW_LONG = "How long did the talks in the capital last?"
HOW_GOOD = "How good was the harvest of barley?"
WRITTEN = "The talks in the capital lasted five hours. [1]\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("library")
    with shelf(made, (brief("talks", TALKS), brief("harvest", HARVEST)), default_embedder()):
        return made


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    quoter = Quoter()
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path, ()) as opened:
        yield opened


def located(id: str, question: str = HOW_LONG, *, without: tuple[str, ...] = (), must: bool = False) -> Located:
    case = Case(id, question, Expected(answerable=True), without=without, must=must)
    return Located(case, without=without)


class Told:
    """What a run tells while it goes on."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, int]] = []
        self.times: list[tuple[int, int]] = []

    def asked(self, done: int, total: int) -> None:
        self.answers.append((done, total))

    def judging(self) -> None:
        raise AssertionError("there is no judge")

    def timed(self, done: int, total: int) -> None:
        self.times.append((done, total))


def asked(desk: Desk, journal: Journal, *cases: Located, plan: Plan | None = None, told: Told | None = None) -> Run:
    made = fingerprints(Settings(), desk, [each.case for each in cases])
    return run(cases, desk, made, plan or Plan(timing=False), journal, told or Told())


def statuses(trials: tuple[Trial, ...]) -> list[str]:
    return [each.outcome.status if isinstance(each.outcome, Observed) else "failed" for each in trials]


def test_cases_keep_their_order_and_repeats_stay_with_their_case(desk: Desk, journal: Journal) -> None:
    cases = (
        located("gone", without=("talks",)),
        located("a [1/2]"),
        located("harvest", HOW_GOOD, without=("talks",)),
        located("a"),
    )
    done = asked(desk, journal, *cases, plan=Plan(workers=3, repeat=2, timing=False))
    assert [each.case.id for each in done.cases] == ["gone", "a [1/2]", "harvest", "a"]
    assert [statuses(each.trials) for each in done.cases] == [["abstained"] * 2, *[["answered"] * 2] * 3]
    first = done.cases[1].trials[0]
    assert [(check.name, check.passed) for check in first.checks if check.name == "answered"] == [("answered", True)]
    assert not all(check.passed for check in done.cases[0].trials[0].checks)


def test_every_answer_is_told_and_written_down(desk: Desk, journal: Journal, tmp_path: Path) -> None:
    told = Told()
    asked(desk, journal, located("a"), located("b", HOW_GOOD), plan=Plan(repeat=2, timing=False), told=told)
    assert told.answers == [(done, 4) for done in range(5)]
    assert told.times == []
    assert len((tmp_path / NAME).read_text().splitlines()) == 1 + 4


def test_what_is_in_the_journal_is_not_asked_again_but_scored_again(desk: Desk, tmp_path: Path) -> None:
    model = ScriptedModel(WRITTEN)
    writing = replace(desk, model=model, writer=Writer(model))
    with Journal(tmp_path, ()) as journal:
        asked(writing, journal, located("a"), plan=Plan(repeat=2, timing=False))
    assert len(model.asked) == 2
    strict = replace(located("a"), case=replace(located("a").case, expected=Expected(answerable=False), must=True))
    with Journal(tmp_path, ()) as journal:
        done = asked(writing, journal, strict, plan=Plan(repeat=3, timing=False))
    assert len(model.asked) == 3
    assert [bool(each.fatal) for each in done.cases[0].trials] == [True, True, True]


def test_an_answer_that_breaks_off_is_fatal_and_the_rest_goes_on(desk: Desk, journal: Journal, tmp_path: Path) -> None:
    def rerank(question: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        if "barley" in question:
            raise ZeroDivisionError("nothing to divide")
        return passages

    cases = (located("a", HOW_GOOD), located("b"), located("c", "  "))
    done = asked(replace(desk, rerank=rerank), journal, *cases, plan=Plan())
    broken, whole, empty = (each.trials[0] for each in done.cases)
    assert isinstance(broken.outcome, Failed)
    assert "nothing to divide" in broken.outcome.message
    assert broken.fatal == ("no answer came: nothing to divide",)
    assert (statuses((whole,)), whole.fatal) == (["answered"], ())
    assert empty.fatal == ("no answer came: the question is empty; ask something",)
    assert {each.case for each in done.timed} == {"b"}
    assert '"case":"a"' not in (tmp_path / NAME).read_text()


def test_as_many_are_asked_at_once_as_wanted_and_no_more(desk: Desk, journal: Journal) -> None:
    waiting, most = threading.Barrier(3, timeout=20), 0
    inside: set[int] = set()

    def rerank(question: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        nonlocal most
        inside.add(threading.get_ident())
        most = max(most, len(inside))
        waiting.wait()  # goes on only when three are here
        inside.discard(threading.get_ident())
        return passages

    cases = tuple(located(f"case-{number}") for number in range(6))
    done = asked(replace(desk, rerank=rerank), journal, *cases, plan=Plan(workers=3, timing=False))
    assert most == 3
    assert all(statuses(each.trials) == ["answered"] for each in done.cases)


def test_a_library_that_changes_meanwhile_makes_no_run(tmp_path: Path) -> None:
    class Changing(Told):
        def asked(self, done: int, total: int) -> None:
            if done == 1:
                with changing.corpus.library.writer() as writer:
                    writer.remove([document_id("harvest")])

    documents = (brief("talks", TALKS), brief("harvest", HARVEST))
    with shelf(tmp_path / "library", documents, default_embedder()) as corpus, Journal(tmp_path, ()) as journal:
        changing = Desk(corpus, Quoter(), 0.4)
        with pytest.raises(InvalidRun, match="the library changed while its cases were asked"):
            asked(changing, journal, located("a"), located("b", HOW_GOOD), told=Changing())


def test_answers_of_the_whole_library_are_timed(desk: Desk, journal: Journal) -> None:
    cases = (located("a"), located("b", without=("harvest",)), located("c", HOW_GOOD))
    told = Told()
    done = asked(desk, journal, *cases, plan=Plan(), told=told)
    assert [each.case for each in done.timed] == ["a", "c"]
    assert all(each.seconds > 0 and each.yardstick > 0 for each in done.timed)
    assert told.times[-1][0] == told.times[-1][1] == len(told.times)
    assert asked(desk, journal, *cases, plan=Plan(timing=False)).timed == ()


def test_what_is_timed_is_answered_in_quotes_whoever_writes(desk: Desk, journal: Journal) -> None:
    model = ScriptedModel(WRITTEN)
    writing = replace(desk, model=model, writer=Writer(model))
    done = asked(writing, journal, located("a"), plan=Plan(steady=False))
    assert [each.case for each in done.timed] == ["a"]
    assert len(model.asked) == 1


def test_a_run_is_repeatable_where_only_a_scripted_model_writes(desk: Desk, journal: Journal) -> None:
    assert asked(desk, journal, located("a")).repeatable
    assert not asked(desk, journal, located("a"), plan=Plan(steady=False, timing=False)).repeatable
