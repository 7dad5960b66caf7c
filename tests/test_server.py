"""The server listens where it says, on this machine only, and stops when told to."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from index.embed import Vectors, default_embedder
from index.errors import EmbedderUnavailable
from rag.errors import InvalidSettings
from rag.settings import Settings
from tests.fakes import HashEmbedder
from tests.shelf import brief, shelf
from tests.test_nearby import OLLAMA, listening
from ui import server
from ui.listening import listening as listening_on

TEXT = "The talks in Moscow lasted five hours, the Kremlin said."
QUESTION = "How long did the talks in Moscow last?"


def test_a_port_that_is_taken_is_told_before_the_library_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSettings, match=f"port {port} of 127.0.0.1 cannot be served .*--port 0"):
            server.serve(Settings(port=port, library=tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", r"http://127\.0\.0\.1:\d+"), ("[::1]", r"http://\[::1\]:\d+")]
)
def test_the_address_can_be_opened_as_it_is_printed(host: str, address: str) -> None:
    with listening_on(Settings(host=host, port=0)) as listener:
        assert re.fullmatch(address, listener.address)


def test_what_listens_here_is_offered_but_not_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(OLLAMA) as there, listening_on(Settings(port=0)) as ours:
        own = ours.port
        monkeypatch.setattr("rag.local.nearby.USUAL", (("vLLM", own), ("Ollama", there.port)))
        assert str(server._offer(ours)).startswith("Ollama listens here, with qwen3:4b: ")
        monkeypatch.setattr("rag.local.nearby.USUAL", (("vLLM", own),))
        assert server._offer(ours) is None


def test_questions_are_read_without_blank_lines_and_remarks(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("# to begin with\n\nWho said what?  \nWhen?\n", encoding="utf-8")
    assert server._questions(path) == ("Who said what?", "When?")
    assert server._questions(None) == ()


def test_questions_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"nowhere\.txt cannot be read"):
        server._questions(tmp_path / "nowhere.txt")


@pytest.fixture
def library(tmp_path: Path) -> str:
    folder = tmp_path / "library"
    with shelf(folder, [brief("a.txt", TEXT)], default_embedder()):
        return str(folder)


@pytest.fixture
def serving(library: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--library", library]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_serve_prints_its_address_answers_there_and_stops_quietly(
    serving: subprocess.Popen[str], end: signal.Signals, code: int
) -> None:
    assert serving.stdout
    printed = serving.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", printed)
    assert address, printed
    with urlopen(f"{address[0]}/healthz", timeout=60) as response:
        assert response.status == 200
        assert response.headers["server"] is None
    body = json.dumps({"id": 7, "question": QUESTION}).encode()
    asked = Request(f"{address[0]}/api/v1/ask", body, {"Content-Type": "application/json"})
    with urlopen(asked, timeout=60) as response:
        answer = json.load(response)
    assert (answer["id"], answer["status"]) == (7, "answered")
    assert answer["evidence"][0]["quote"] == TEXT
    with urlopen(f"{address[0]}/gradio_api/heartbeat/page", timeout=60) as page_left_open:
        assert page_left_open.readline() == b"data: ALIVE\n"
        serving.send_signal(end)
        out, err = serving.communicate(timeout=30)
    assert (out.strip(), err) == ("", "")
    assert serving.returncode == code


def test_a_model_that_is_not_there_is_told_and_the_quotes_are_served(library: str) -> None:
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--library", library]
    environment = os.environ | {"ONRECORD_MODEL": "writes-well", "ONRECORD_MODEL_URL": "http://127.0.0.1:9/v1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address
        assert "the model writes-well at 127.0.0.1:9 cannot be reached" in process.stderr.readline()
        body = json.dumps({"question": QUESTION}).encode()
        asked = Request(f"{address[0]}/api/v1/ask", body, {"Content-Type": "application/json"})
        with urlopen(asked, timeout=60) as response:
            answer = json.load(response)
        process.terminate()
        process.communicate()
    assert answer["evidence"]
    assert "cannot be reached" in answer["notice"]


def test_the_embedded_model_is_loaded_before_anybody_is_told_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    class Slow(HashEmbedder):
        def embed_query(self, text: str) -> Vectors:
            time.sleep(0.05)
            read.append(text)
            raise EmbedderUnavailable("its weights are not here; install it again")

    monkeypatch.setattr("index.embed.default_embedder", Slow)
    with server._model_loading():
        assert not read
    assert read, "whoever asks first waits for it"
