"""Whatever bytes come back: text and an end, or one sentence."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.endpoint import backoff
from rag.errors import ModelUnavailable
from rag.model import Ended, Limits, Message, Model, Piece, Text

assert openai.__version__  # loaded here, so that no deadline has to wait for it
LIMITS = Limits(first_seconds=2.0, whole_seconds=2.0, retries=1, failures=10**9)
ASKED = (Message("user", "How old is the bridge?"),)


class Parrot:
    """A server that answers every request with the same bytes and hangs up."""

    def __init__(self) -> None:
        self.answer = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._speak(connection)
                except OSError:
                    continue

    def _speak(self, connection: socket.socket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += connection.recv(65536) or b"\r\n\r\n"
        head, _, body = heard.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        while len(body) < length and (part := connection.recv(65536)):
            body += part
        connection.sendall(self.answer)


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    parrot = Parrot()
    yield parrot
    parrot.close()


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backoff, "BASE_SECONDS", 0.001)
        yield


KEYS = (
    "choices",
    "delta",
    "message",
    "content",
    "finish_reason",
    "usage",
    "error",
    "prompt_tokens",
    "completion_tokens",
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(("stop", "length", "word ", "\ud83d")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)
GOOD = st.sampled_from(
    (
        {"choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
        {"choices": [{"index": 0, "message": {"content": "All."}, "finish_reason": "stop"}]},
    )
)
DATA = st.one_of(GOOD, GOOD, VALUES).map(json.dumps)
LINES = st.one_of(
    DATA.map(lambda text: f"data: {text}".encode()),
    DATA.map(lambda text: f"data: {text}".encode()[:-3]),
    st.sampled_from((b"data: [DONE]", b": alive", b"event: error", b"event: thread.run", b"retry: x", b"id: 1", b"")),
    st.just(b"data: " + b"[" * 20_000),
    st.binary(max_size=30),
)
STREAMS = st.lists(LINES, max_size=8).map(lambda lines: b"\n\n".join(lines) + b"\n\n")
BODIES = st.one_of(STREAMS, DATA.map(str.encode), st.binary(max_size=60))
STATUSES = st.sampled_from((200, 200, 200, 200, 101, 204, 302, 400, 401, 404, 422, 429, 500, 503, 599))
HEADERS = st.lists(
    st.sampled_from(
        (
            b"Content-Type: text/event-stream",
            b"Content-Type: application/json",
            b"Content-Type: text/html; charset=nonsense",
            b"Content-Type: \xff",
            b"Content-Encoding: gzip",
            b"Content-Length: 5",
            b"Content-Length: 5000",
            b"Content-Length: x",
            b"Transfer-Encoding: chunked",
            b"Retry-After: soon",
            b"Retry-After: 0",
            b"Set-Cookie: ;;=;\x01",
            b"Location: http://[",
            b"Location: //elsewhere",
            b"no header at all",
        )
    ),
    max_size=3,
)
ANSWERS = st.one_of(
    st.builds(
        lambda status, headers, body: b"\r\n".join([b"HTTP/1.1 %d Said" % status, *headers, b"", body]),
        STATUSES,
        HEADERS,
        BODIES,
    ),
    st.binary(max_size=80),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS, st.booleans())
def test_any_bytes_are_an_answer_or_one_sentence(parrot: Parrot, answer: bytes, streaming: bool) -> None:
    parrot.answer = answer
    model = Model(parrot.url, "m", "sk-secret", limits=LIMITS, streaming=streaming)
    pieces: list[Piece] = []
    try:
        pieces.extend(model.reply(ASKED, tokens=100))
    except ModelUnavailable as error:
        sentence = str(error)
        assert sentence.startswith("the model m at 127.0.0.1:")
        assert "; " in sentence
        assert "sk-secret" not in sentence
    else:
        assert isinstance(pieces[-1], Ended)
        assert "".join(piece.text for piece in pieces if isinstance(piece, Text)).strip()
    finally:
        assert model.busy == 0
        model.close()


@settings(max_examples=25, deadline=None)
@given(ANSWERS)
def test_any_bytes_are_a_list_of_models_or_one_sentence(parrot: Parrot, answer: bytes) -> None:
    parrot.answer = answer
    model = Model(parrot.url, "", limits=LIMITS)
    try:
        names: tuple[str, ...] = model.names()
    except ModelUnavailable as error:
        names = (str(error),)
    finally:
        model.close()

    assert all(isinstance(name, str) for name in names)
