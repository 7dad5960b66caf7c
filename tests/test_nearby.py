"""A model server on this machine is noticed, whatever else listens is not, and nobody is kept waiting."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.local import nearby as module
from rag.local.nearby import LARGEST, USUAL, Nearby, nearby, offer

OLLAMA = {"object": "list", "data": [{"id": "qwen3:4b", "object": "model", "created": 1, "owned_by": "library"}]}
LM_STUDIO = {"data": [{"id": "ministral-3-8b", "object": "model", "owned_by": "organization_owner"}], "object": "list"}
LLAMA = {"models": [], "object": "list", "data": [{"id": "m.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 8192}}]}
VLLM = {"object": "list", "data": [{"id": "Qwen/Qwen3-8B", "owned_by": "vllm", "max_model_len": 40960}]}
OURS = {"object": "list", "data": [{"id": "on-record", "object": "model", "owned_by": "onrecord"}]}


class Listener:
    """A web server that answers every path alike; `seen` holds what it was asked, with the body's length."""

    def __init__(self, body: bytes, status: int = 200, pause: float = 0.0) -> None:
        self.seen: list[tuple[str, str, str | None]] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                seen.append((self.command, self.path, self.headers["Content-Length"]))
                time.sleep(pause)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_HEAD = do_OPTIONS = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hung up on a slow answer is what a test wants."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@contextmanager
def listening(answer: object, status: int = 200, pause: float = 0.0) -> Iterator[Listener]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    listener = Listener(body, status, pause)
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def mute(greeting: bytes = b"") -> Iterator[int]:
    """Something that takes connections, says at most its greeting, and never answers."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                kept.append(connection)
                if greeting:
                    connection.sendall(greeting)

        thread = threading.Thread(target=take)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in kept:
        connection.close()


@contextmanager
def dripping() -> Iterator[int]:
    """Something that sends a header of one byte after another, without end."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not ended.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        ended.set()
        thread.join()


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("answer", "called", "model"),
    [
        (OLLAMA, "Ollama", "qwen3:4b"),
        (LM_STUDIO, "LM Studio", "ministral-3-8b"),
        (LLAMA, "llama.cpp", "m.gguf"),
        (VLLM, "vLLM", "Qwen/Qwen3-8B"),
    ],
)
def test_each_server_is_known_by_what_it_says_and_not_by_its_port(answer: object, called: str, model: str) -> None:
    with listening(answer) as there:
        [found] = nearby((("something", there.port),), seconds=5)
    assert found == Nearby(called, f"http://127.0.0.1:{there.port}/v1", (model,))


def test_a_server_that_says_nothing_of_itself_is_called_by_its_port() -> None:
    with listening({"data": [{"id": "a"}, {"id": "b"}]}) as there:
        [found] = nearby((("LM Studio", there.port),), seconds=5)
    assert (found.server, found.models) == ("LM Studio", ("a", "b"))


def test_all_that_is_sent_is_one_get() -> None:
    with listening(OLLAMA) as there:
        nearby((("Ollama", there.port),), seconds=5)
    assert there.seen == [("GET", "/v1/models", None)]


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>It works!</html>",
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'"data"',
        b'{"data": []}',
        b'{"data": null}',
        b'{"data": "abc"}',
        b'{"data": {"id": "a"}}',
        b'{"data": [1]}',
        b'{"data": [{"name": "a"}]}',
        b'{"data": [{"id": 7}]}',
        b'{"models": [{"name": "a"}]}',
        b"[" * 100_000,
        json.dumps({"data": [{"id": "a" * LARGEST}]}).encode(),
    ],
)
def test_something_else_that_listens_is_not_mistaken_for_a_model_server(answer: bytes) -> None:
    with listening(answer) as there:
        assert nearby((("llama.cpp", there.port),), seconds=5) == ()


@pytest.mark.parametrize("status", [204, 301, 401, 404, 500])
def test_only_a_plain_yes_counts(status: int) -> None:
    with listening(OLLAMA if status != 204 else b"", status) as there:
        assert nearby((("Ollama", there.port),), seconds=5) == ()


def test_what_this_program_serves_itself_is_not_offered_to_it() -> None:
    with listening(OURS) as there:
        assert nearby((("llama.cpp", there.port),), seconds=5) == ()


def test_nothing_there_is_no_error() -> None:
    assert nearby((("Ollama", unused()), ("vLLM", unused()))) == ()
    assert nearby(()) == ()


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"\x00" * 64, b"HTTP/1.1 200 OK\r\n"])
def test_what_does_not_speak_http_is_passed_over_in_time(greeting: bytes) -> None:
    with mute(greeting) as port:
        began = time.monotonic()
        assert nearby((("Ollama", port),), seconds=0.3) == ()
        assert time.monotonic() - began < 5


def test_what_drips_is_passed_over_in_time() -> None:
    with dripping() as port:
        began = time.monotonic()
        assert nearby((("Ollama", port),), seconds=0.3) == ()
        assert time.monotonic() - began < 5


def test_all_are_asked_at_once_and_a_slow_one_hides_no_quick_one() -> None:
    with ExitStack() as stack:
        slow = stack.enter_context(listening(VLLM, pause=3.0))
        quick = stack.enter_context(listening(OLLAMA))
        silent = stack.enter_context(mute())
        places = (("vLLM", slow.port), ("x", silent), ("Ollama", quick.port), ("y", unused()))
        assert [each.server for each in nearby(places, seconds=1.0)] == ["Ollama"]


def test_they_come_in_the_order_of_the_places() -> None:
    with listening(LLAMA, pause=0.2) as first, listening(OLLAMA) as second:
        found = nearby((("a", first.port), ("b", second.port)), seconds=5)
    assert [each.server for each in found] == ["llama.cpp", "Ollama"]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(OLLAMA) as there, listening(VLLM) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        [found] = nearby((("Ollama", there.port),), seconds=5)
    assert found.server == "Ollama"
    assert proxy.seen == []


def test_the_usual_ports_are_those_of_the_four() -> None:
    assert dict(USUAL) == {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}


def test_an_offer_is_one_line_that_says_how_to_choose() -> None:
    ollama = Nearby("Ollama", "http://127.0.0.1:11434/v1", ("a", "b", "c", "d"))
    vllm = Nearby("vLLM", "http://127.0.0.1:8000/v1", ("e",))
    line = offer((ollama, vllm))
    assert line == (
        "Ollama listens here (and vLLM), with a, b, c, …: `onrecord model use http://127.0.0.1:11434/v1` lets it write "
        "answers"
    )
    assert offer((vllm,)) is not None
    assert "(and" not in str(offer((vllm,)))
    assert offer(()) is None


def test_asking_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with listening(OLLAMA) as there:
        nearby((("Ollama", there.port), ("vLLM", unused())), seconds=5)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
    assert module.OURS == "onrecord"
