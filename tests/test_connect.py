"""Which model the settings connect: a named one, the only one of a server, one that veto, or none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from index.embed import default_embedder
from index.principal import LOCAL
from rag.ask import Question, ask
from rag.connect import connect
from rag.desk import open_desk
from rag.errors import InvalidSettings, ModelUnavailable
from rag.settings import Settings, load
from rag.verify import Verifier
from tests.modelserver import Served, serving
from tests.shelf import brief, shelf

HOUSE = "http://127.0.0.1:9/v1"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@contextmanager
def listing(*names: str) -> Iterator[str]:
    """A server that lists these models and does nothing else; its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Not to the terminal of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_address[1]}/v1"
        finally:
            httpd.shutdown()
            thread.join()


def test_without_a_model_nothing_is_connected() -> None:
    assert connect(load()) is None


def test_a_named_model_is_connected_without_being_asked() -> None:
    connection = connect(Settings(model="writes-well", model_url=HOUSE, model_context=4096))
    assert connection is not None
    assert (connection.model.name, connection.context, connection.server) == ("writes-well", 4096, None)
    assert connection.model.fingerprint == "model:127.0.0.1:9:writes-well"


def test_a_server_of_one_model_needs_no_name() -> None:
    with listing("the-one") as url:
        connection = connect(Settings(model_url=url))
    assert connection is not None
    assert connection.model.name == "the-one"


def test_a_server_of_several_models_is_asked_for_a_name() -> None:
    with listing("one", "two") as url, pytest.raises(InvalidSettings, match=r"offers one, two; name the one"):
        connect(Settings(model_url=url))


def test_a_server_without_models_is_refused() -> None:
    with listing() as url, pytest.raises(InvalidSettings, match="offers no model"):
        connect(Settings(model_url=url))


def test_a_server_that_is_not_there_cannot_be_asked_for_its_models() -> None:
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        connect(Settings(model_url=HOUSE))


def test_a_key_alone_connects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    settings = load()
    assert settings.model_key is None
    assert connect(settings) is None


def test_a_named_model_has_the_usual_key_and_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    settings = load(model="writes-well")
    assert settings.model_url is None
    assert settings.model_key is not None
    monkeypatch.setenv("OPENAI_BASE_URL", HOUSE)
    settings = load(model="writes-well")
    assert settings.model_url == HOUSE
    assert settings.model_key is not None
    assert settings.model_key.get_secret_value() == "a-key"


def test_the_usual_server_alone_connects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", HOUSE)
    assert load().model_url is None
    assert connect(load()) is None


def test_the_usual_key_goes_to_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    monkeypatch.setenv("OPENAI_BASE_URL", HOUSE)
    assert load(model="writes-well", model_url="http://127.0.0.1:8/v1").model_key is None
    assert load(model="local:writes-well").model_key is None
    assert load(model="local:writes-well").model_url is None


def test_a_key_of_ones_own_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-usual-key")
    key = load(model="writes-well", model_key="my-key").model_key
    assert key is not None
    assert key.get_secret_value() == "my-key"


def test_a_price_is_no_price_without_the_other() -> None:
    with pytest.raises(InvalidSettings, match="go together"):
        load(model_input_price=1.0)
    with pytest.raises(InvalidSettings, match="go together"):
        load(model_output_price=1.0)


def test_what_the_settings_connect_writes(server: Served, tmp_path: Path) -> None:
    with shelf(tmp_path / "library", [brief("a", "The bridge was built in 1902.")], default_embedder()):
        pass
    told = {"library": tmp_path / "library", "model": "honest", "model_url": server.url, "answer_threshold": 0.0}
    prices = {"model_input_price": 1.0, "model_output_price": 1.0}
    with open_desk(Settings.model_validate(told | prices)) as desk:
        assert desk.model_name == "honest"
        answer = ask(LOCAL, Question("When was the bridge built?"), desk)
    assert [sentence.support for sentence in answer.sentences] == ["supported"]
    assert answer.trace.usage is not None
    assert answer.trace.usage.cost


def test_a_reranker_is_made_from_its_settings(tmp_path: Path) -> None:
    with shelf(tmp_path / "library", [brief("a", "The bridge was built in 1902.")], default_embedder()):
        pass
    reranker = "llama_index.core.postprocessor:LongContextReorder"
    with open_desk(Settings(library=tmp_path / "library", answer_threshold=0.0, reranker=reranker)) as desk:
        answer = ask(LOCAL, Question("When was the bridge built?"), desk)
    assert answer.evidence
    assert "rerank" in {timing.stage for timing in answer.trace.timings}


def test_a_judge_has_its_say_in_what_stands(server: Served, tmp_path: Path) -> None:
    with shelf(tmp_path / "library", [brief("a", "The bridge was built in 1902.")], default_embedder()):
        pass
    told = {"library": tmp_path / "library", "model": "honest", "model_url": server.url, "answer_threshold": 0.0}
    before = server.requests("echo")
    with open_desk(Settings.model_validate(told | {"judge_model": "echo"})) as desk:
        assert desk.verifier.fingerprint != Verifier().fingerprint
        answer = ask(LOCAL, Question("When was the bridge built?"), desk)
    # What the echo says is no verdict, and such a verdict changes nothing.
    assert [sentence.support for sentence in answer.sentences] == ["supported"]
    assert server.requests("echo") == before + 1
