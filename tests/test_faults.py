"""Whatever a model's server does, whoever asks gets the evidence and a sentence: over the API, whole and as events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from evals.modelserver.behaviours import BEHAVIOURS
from index.corpus import Corpus
from index.embed import default_embedder
from rag.ask import Desk
from rag.endpoint import backoff
from rag.model import Limits, Model
from rag.quote import Quoter
from rag.write import Writer
from tests.modelserver import Served, serving
from tests.shelf import brief, shelf
from ui.answerer import AtDesk
from ui.app import create_app

KEY = "sk-secret-key-of-the-test"
QUESTION = "How long did the talks in the capital last?"
QUICK = Limits(first_seconds=0.5, whole_seconds=0.8, retries=2)
TALKS = brief(
    "talks",
    "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\nThe envoys brought four papers.",
    published="2025-12-02",
    publisher="Moscow desk",
    title="Envoys meet Orlov",
)
FAILING = frozenset(
    {
        *("silent", "stalled", "drip", "cut-json", "cut-utf8", "no-finish", "length", "content-filter", "empty"),
        *("rate-limited-long", "rate-limited-bare", "no-quota", "error-500", "refused", "wrong-key", "not-found"),
        *("too-long", "error-in-stream", "wrong-schema", "html", "huge", "endless"),
    }
)
"""Behaviours after which nobody can have a whole answer; the rest may give one."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with shelf(tmp_path_factory.mktemp("library"), [TALKS], default_embedder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def quoter() -> Quoter:
    return Quoter()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "BASE_SECONDS", 0.01)


@dataclass
class AtAnyDesk:
    """One app for all of these tests: whose desk it asks is changed between them."""

    at: AtDesk | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the desk there has
        return getattr(self.at, name)


@cache
def client() -> tuple[AtAnyDesk, TestClient]:
    answerer = AtAnyDesk()
    app = create_app(answerer, model="scripted")
    return answerer, TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))


@contextmanager
def asking(corpus: Corpus, quoter: Quoter, server: Served, name: str, *, streaming: bool) -> Iterator[TestClient]:
    model = Model(server.url, name, KEY, limits=QUICK, streaming=streaming)
    answerer, asked = client()
    answerer.at = AtDesk(Desk(corpus, quoter, quoter.threshold, model=model, writer=Writer(model)))
    yield asked
    assert model.busy == 0
    model.close()


def plain(client: TestClient) -> dict[str, object]:
    response = client.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    return dict(response.json())


def by_events(client: TestClient) -> dict[str, object]:
    response = client.post("/api/v1/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"})
    assert response.status_code == 200
    frames = [frame.split("\n") for frame in response.text.split("\n\n")[:-1]]
    names = [name.removeprefix("event: ") for name, _ in frames]
    assert names[0] == "evidence"
    assert names[-1] == "answer"
    assert "error" not in names
    return dict(json.loads(frames[-1][1].removeprefix("data: ")))


Face = Callable[[TestClient], dict[str, object]]
FACES = (
    pytest.param(True, by_events, id="streaming, as events"),
    pytest.param(False, plain, id="whole, whole"),
    pytest.param(True, plain, id="streaming, whole", marks=pytest.mark.slow),
    pytest.param(False, by_events, id="whole, as events", marks=pytest.mark.slow),
)


def check(answer: dict[str, object], name: str) -> None:
    """The evidence is there; prose is checked, or else quotes stand alone and a sentence says why."""
    assert answer["status"] == "answered"
    assert "five hours" in answer["evidence"][0]["quote"]  # type: ignore[index]
    supports = {sentence["support"] for sentence in answer["sentences"]}  # type: ignore[attr-defined]
    assert supports <= {"quoted", "supported"}
    notice = answer["notice"]
    assert notice or supports == {"supported"}
    assert name not in FAILING or notice
    assert all(dropped["reason"] for dropped in answer["dropped"])  # type: ignore[attr-defined]
    if notice:
        assert re.fullmatch(r"[A-Z][^\n]{20,400}\.", str(notice)), notice
        assert not re.search(r"Traceback|Error\b|Exception|https?://|\{", str(notice)), notice
    assert KEY not in json.dumps(answer)


@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
@pytest.mark.parametrize(("streaming", "face"), FACES)
def test_evidence_and_a_sentence_whatever_the_model_does(
    corpus: Corpus, quoter: Quoter, server: Served, name: str, streaming: bool, face: Face
) -> None:
    with asking(corpus, quoter, server, name, streaming=streaming) as client:
        check(face(client), name)


def test_a_server_that_keeps_failing_is_left_alone_and_the_evidence_still_comes(
    corpus: Corpus, quoter: Quoter, server: Served
) -> None:
    with asking(corpus, quoter, server, "error-500", streaming=True) as client:
        before = server.requests("error-500")
        answers = [plain(client) for _ in range(8)]
        asked = server.requests("error-500") - before
    for answer in answers:
        check(answer, "error-500")
    assert asked <= QUICK.failures * (1 + QUICK.retries) < 8 * (1 + QUICK.retries)


def test_a_good_model_writes_what_is_checked(corpus: Corpus, quoter: Quoter, server: Served) -> None:
    with asking(corpus, quoter, server, "honest", streaming=True) as client:
        answer = by_events(client)
    assert answer["notice"] is None
    assert {sentence["support"] for sentence in answer["sentences"]} == {"supported"}  # type: ignore[attr-defined]
    assert answer["trace"]["usage"]["completion_tokens"] > 0  # type: ignore[index]


def test_a_library_of_nothing_asks_no_model(quoter: Quoter, server: Served, tmp_path: Path) -> None:
    other = brief("harvest", "The harvest of barley was the best in nine years.")
    with (
        shelf(tmp_path, [other], default_embedder()) as corpus,
        asking(corpus, quoter, server, "length", streaming=True) as client,
    ):
        before = server.requests("length")
        assert plain(client)["status"] == "abstained"
        assert server.requests("length") == before
