"""The scripted model of the demo runs beside the app, writes through the real client, and is gone afterwards."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.conflict import Compared
from rag.errors import ModelUnavailable
from rag.model import Ended, Model
from rag.write import Drafted, Writer
from tests.newsroom import CONDITIONS_ANSWER, EVIDENCE
from ui import demo
from ui.demo import DEMO_MODEL, demo_model

CONFLICT = Compared(CONDITIONS_ANSWER.points, CONDITIONS_ANSWER.disagreements)
QUESTION = "What are Putin's stated conditions?"


def test_it_writes_from_the_evidence_and_stops_when_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "evals").mkdir()
    monkeypatch.chdir(tmp_path)
    with demo_model() as url, closing(Model(url, DEMO_MODEL)) as model:
        assert DEMO_MODEL in model.names()
        *written, ended = Writer(model).write(QUESTION, "open", EVIDENCE, CONFLICT)
    drafts = [each for each in written if isinstance(each, Drafted)]
    assert isinstance(ended, Ended)
    assert {number for draft in drafts for number in draft.numbers} == {1, 2, 3, 4, 5}
    assert not [draft for draft in drafts if draft.fault]
    with closing(Model(url, DEMO_MODEL)) as model, pytest.raises(ModelUnavailable):
        model.names()


def test_it_is_stopped_when_the_app_fails() -> None:
    with pytest.raises(RuntimeError, match="app"), demo_model() as url:
        raise RuntimeError("the app fell over")
    with closing(Model(url, DEMO_MODEL)) as model, pytest.raises(ModelUnavailable):
        model.names()


def test_a_model_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_COMMAND", (sys.executable, "-c", "print('no')"))
    with pytest.raises(ModelUnavailable, match="did not start"), demo_model():
        pass
