"""The journal of a run: what is finished survives whatever ends the process, and counts only for the same answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.case import Case, Expected, Place, Quoted
from evals.errors import InvalidRun
from evals.journal import NAME, Journal, MadeWith, asking
from evals.observed import Failed, Observed, Said
from rag.conversation import Turn

MADE: MadeWith = (("documents", "d1"), ("settings", "s1"), ("model", None))
CASE = Case("a", "Who met?", Expected(answerable=True))
OTHER = Case("b", "Where?", Expected())


def observed(text: str) -> Observed:
    sentence = Said(text, "unsupported", ())
    return Observed(
        "Who met?", "answered", "who", (sentence,), (), (), (), (), None, 0.75, 0.5, 1.5, None, False, None, None
    )


def test_the_folder_that_it_makes_is_its_owners_alone(tmp_path: Path) -> None:
    with Journal(tmp_path / "out", MADE):
        assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_what_was_added_is_there_for_the_next_run_and_each_answer_once(tmp_path: Path) -> None:
    with Journal(tmp_path / "out", MADE) as journal:
        assert (journal.left, journal.anew, journal.take(CASE)) == (0, "", None)
        for text in ("first", "second"):
            journal.add(CASE, observed(text))
        journal.add(OTHER, observed("third"))
    with Journal(tmp_path / "out", MADE) as journal:
        assert (journal.left, journal.anew) == (3, "")
        assert journal.take(CASE) == observed("first")
        assert journal.take(CASE) == observed("second")
        assert journal.take(CASE) is None
        assert journal.left == 1


def test_an_answer_that_did_not_come_is_asked_for_again(tmp_path: Path) -> None:
    with Journal(tmp_path, MADE) as journal:
        journal.add(CASE, Failed("the endpoint is away; start it"))
    with Journal(tmp_path, MADE) as journal:
        assert (journal.left, journal.take(CASE)) == (0, None)


@given(cut=st.integers(min_value=0, max_value=2_000))
def test_a_file_cut_off_anywhere_holds_what_was_whole_and_is_written_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    with Journal(folder, MADE) as journal:
        for text in ("first", "second", "third"):
            journal.add(CASE, observed(text))
    whole = (folder / NAME).read_bytes()
    kept = whole[: min(cut, len(whole))]
    (folder / NAME).write_bytes(kept)
    answers = max(0, kept.count(b"\n") - 1)
    with Journal(folder, MADE) as journal:
        assert (journal.left, journal.anew) == (answers, "")
        journal.add(CASE, observed("new"))
    with Journal(folder, MADE) as journal:
        texts = [taken.sentences[0].text for _ in range(answers + 1) if (taken := journal.take(CASE))]
    assert texts == [*["first", "second", "third"][:answers], "new"]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ((("documents", "d2"), ("settings", "s1"), ("model", None)), "they were made with other documents"),
        (
            (("documents", "d2"), ("settings", "s2"), ("model", None)),
            "they were made with other documents and settings",
        ),
        ((("documents", "d2"), ("settings", "s2"), ("model", "m")), "other documents, settings and model"),
        ((*MADE, ("code", "c1")), "they were made with other code"),
    ],
)
def test_answers_made_with_something_else_are_left_out_and_why_is_said(
    tmp_path: Path, made: MadeWith, why: str
) -> None:
    with Journal(tmp_path, MADE) as journal:
        journal.add(CASE, observed("old"))
    with Journal(tmp_path, made) as journal:
        assert why in journal.anew
        assert (journal.left, journal.take(CASE)) == (0, None)
        journal.add(CASE, observed("new"))
    with Journal(tmp_path, made) as journal:
        assert (journal.left, journal.anew) == (1, "")


def test_a_run_that_answered_nothing_leaves_nothing_to_explain(tmp_path: Path) -> None:
    with Journal(tmp_path, MADE):
        pass
    with Journal(tmp_path, (("documents", "d2"),)) as journal:
        assert journal.anew == ""
        journal.add(CASE, observed("new"))
    with Journal(tmp_path, MADE) as journal:
        assert journal.anew == "they were made with other documents and settings"


def test_fresh_begins_anew_and_another_format_is_not_read(tmp_path: Path) -> None:
    with Journal(tmp_path, MADE) as journal:
        journal.add(CASE, observed("old"))
    with Journal(tmp_path, MADE, fresh=True) as journal:
        assert (journal.left, journal.anew) == (0, "that was asked for")
        journal.add(CASE, observed("old"))
    head, *lines = (tmp_path / NAME).read_text().splitlines(keepends=True)
    (tmp_path / NAME).write_text(json.dumps(json.loads(head) | {"format": 0}) + "\n" + "".join(lines))
    with Journal(tmp_path, MADE) as journal:
        assert (journal.left, journal.anew) == (0, "another version of On Record wrote them")


def test_one_run_at_a_time_writes_to_a_folder(tmp_path: Path) -> None:
    with Journal(tmp_path, MADE) as journal:
        journal.add(CASE, observed("mine"))
        with pytest.raises(InvalidRun, match="another run is writing to"):
            Journal(tmp_path, MADE)
    with Journal(tmp_path, MADE) as journal:
        assert journal.left == 1
        journal.end()
    assert not (tmp_path / NAME).exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidRun, match="name another folder with --out"):
        Journal(tmp_path / "file", MADE)


CHANGES: tuple[Callable[[Case], Case], ...] = (
    lambda case: replace(case, question="Who did not?"),
    lambda case: replace(case, as_of=date(2024, 6, 30)),
    lambda case: replace(case, readers=()),
    lambda case: replace(case, readers=("desk",)),
    lambda case: replace(case, without=("a.md",)),
    lambda case: replace(case, history=(Turn("Where?"),)),
    lambda case: replace(case, history=(Turn("Where?", "In Oslo."),)),
)


def test_what_bears_on_an_answer_tells_cases_apart_and_what_is_expected_does_not() -> None:
    changed = [asking(change(CASE)) for change in CHANGES]
    assert len({asking(CASE), *changed}) == 1 + len(CHANGES)
    expected = Expected(quotes=(Quoted("two envoys", place=Place("a.yaml", 3)),), says=(("two",),))
    assert asking(replace(CASE, id="z", expected=expected, tags=("x",), must=True, note="n")) == asking(CASE)
    assert asking(replace(CASE, readers=("a", "b"))) == asking(replace(CASE, readers=("b", "a")))
