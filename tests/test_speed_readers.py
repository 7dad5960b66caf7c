"""The readers of the bench: what they time is what they say, and what goes wrong is no figure."""

from __future__ import annotations

import pytest

from evals.speed.readers import asked, events, read
from evals.speed.serving import _figures, _reader
from tests.newsroom import Newsroom
from tests.served import serving
from ui.app import create_app


def test_a_reader_times_the_evidence_the_first_checked_word_and_the_end() -> None:
    with serving(lambda: create_app(Newsroom(pause=0.05), model="scripted")) as address:
        seen = read(address, "Are they still the same?")
        bare = read(address, "What is the population of Brazil?")
    assert seen.error is None
    assert seen.evidence is not None
    assert seen.first is not None
    assert seen.whole is not None
    assert 0 < seen.evidence < seen.first < seen.whole
    assert (bare.evidence, bare.first, bare.error) == (None, None, None)


def test_writing_that_has_no_word_yet_is_no_first_word() -> None:
    with serving(lambda: create_app(Newsroom(), model="scripted")) as address, asked(address, "still?") as response:
        named = [name for name, _ in events(response)]
    assert named.index("writing") < named.index("sentence")
    assert named[-1] == "answer"


@pytest.mark.parametrize(
    ("question", "said"), [("broken", "disk that is gone"), (" ", "status 400"), ("crash", "wrong")]
)
def test_a_failure_is_an_error_and_no_figure(question: str, said: str) -> None:
    with serving(lambda: create_app(Newsroom())) as address:
        seen = read(address, question)
    assert said in (seen.error or "")
    figures = {figure.name.partition(" (")[0]: figure for figure in _figures([seen])}
    assert figures["errors"].ok is False
    assert figures["first word, beyond the model's 300 ms, p95"].ok is False


def test_nobody_there_is_an_error() -> None:
    assert read("http://127.0.0.1:9", "x").error


def test_a_reader_whose_time_is_up_asks_nothing() -> None:
    assert _reader("http://127.0.0.1:9", ["x"], until=0.0, seed=1) == []
