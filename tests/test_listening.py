"""What a server listens on: a port, or a Unix socket that is its own from the moment it is there until it is gone."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embed import default_embedder
from rag.errors import InvalidSettings
from rag.settings import Settings
from tests.modelserver import Served, serving_process
from tests.shelf import brief, shelf
from ui.listening import listening

TEXT = "The talks in Moscow lasted five hours, the Kremlin said."
QUESTION = "How long did the talks in Moscow last?"


def at(path: Path) -> Settings:
    return Settings(identity="header", socket=path)


def test_only_its_user_and_group_can_open_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "ask.sock"
    before = os.umask(0)
    try:
        with listening(at(path)) as listener:
            mode = path.stat().st_mode
            assert stat.S_ISSOCK(mode)
            assert stat.S_IMODE(mode) == 0o660
            assert (listener.address, listener.port) == (f"the socket {path}", None)
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(path))
        assert not path.exists()
    finally:
        assert os.umask(before) == 0, "what others make has the mode that it had"


def test_a_socket_that_nobody_listens_on_any_more_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ask.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    assert path.exists()
    with listening(at(path)), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))


def test_a_socket_that_somebody_listens_on_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ask.sock"
    with listening(at(path)):
        with pytest.raises(InvalidSettings, match=r"listens on the socket .* already"), listening(at(path)):
            raise AssertionError("taken")
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(path))


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_no_socket_is_never_removed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "precious"
    if kind == "file":
        path.write_text("precious")
    elif kind == "folder":
        path.mkdir()
    else:
        (tmp_path / "elsewhere").write_text("precious")
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidSettings, match="is no socket; name another path"), listening(at(path)):
        raise AssertionError("replaced")
    assert path.exists()


@pytest.mark.parametrize("path", ["missing/ask.sock", "x" * 200])
def test_a_socket_that_cannot_be_made_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidSettings, match=r"cannot be served .*name a short path"), listening(at(tmp_path / path)):
        raise AssertionError("made")


def test_a_socket_that_another_server_has_put_in_its_place_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "ask.sock"
    with listening(at(path)) as first:
        path.unlink()
        with listening(at(path)):
            first.remove()
            assert path.exists()
        assert not path.exists()


class OverSocket(http.client.HTTPConnection):
    """HTTP over a Unix socket, as a proxy on this machine speaks it."""

    def __init__(self, path: Path) -> None:
        super().__init__("ask.example.org", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(self._path))


@pytest.fixture(scope="module")
def models() -> Iterator[Served]:
    with serving_process() as served:
        yield served


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    with shelf(folder, [brief("a.txt", TEXT)], default_embedder()):
        return folder


def test_behind_a_proxy_an_answer_under_way_is_ended_before_the_server_is(
    tmp_path: Path, library: Path, models: Served
) -> None:
    path = tmp_path / "ask.sock"
    settings = {
        "ONRECORD_IDENTITY": "header",
        "ONRECORD_SOCKET": str(path),
        "ONRECORD_PUBLIC_URL": "https://ask.example.org",
        "ONRECORD_MODEL": "slow-first",
        "ONRECORD_MODEL_URL": models.url,
    }
    command = [sys.executable, "-m", "ui.cli", "serve", "--library", str(library)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | settings
    ) as process:
        assert process.stdout
        printed = process.stdout.readline()
        assert (
            printed == f"On Record answers at https://ask.example.org, listening at the socket {path}, until Ctrl-C\n"
        )
        asked = OverSocket(path)
        headers = {"X-Forwarded-User": "ann", "Content-Type": "application/json", "Accept": "text/event-stream"}
        asked.request("POST", "/api/v1/ask", json.dumps({"question": QUESTION}), headers)
        events = asked.getresponse()
        assert events.status == 200
        assert events.headers["strict-transport-security"]
        assert events.readline() == b"event: evidence\n"
        process.send_signal(signal.SIGTERM)
        rest = events.read().decode()
        events.close()
        asked.close()
        out, err = process.communicate(timeout=60)
    assert "event: sentence" in rest
    assert "event: answer" in rest
    assert (out, err, process.returncode) == ("", "", -signal.SIGTERM)
    assert not path.exists()
    written = "".join(file.read_text() for file in (library / "audit").glob("*.jsonl"))
    assert '"who":"user:ann","by":"header","action":"/api/v1/ask"' in written
    assert QUESTION not in written
