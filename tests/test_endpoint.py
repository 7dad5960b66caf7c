from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from index.endpoint import EndpointEmbedder, is_loopback
from index.errors import EmbedderUnavailable

KEY = "sk-secret-key-of-the-test"
Answer = tuple[int, bytes]


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up on a slow answer is what a test wants, no trace on stderr."""


class Endpoint:
    """A real server on loopback; `answer` makes the status and body for the texts of a request."""

    def __init__(self) -> None:
        self.answer: Callable[[list[str]], Answer] = plain
        self.requests: list[dict[str, object]] = []
        self.keys: list[str] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append({**request, "path": self.path})
                endpoint.keys.append(self.headers["Authorization"])
                status, body = endpoint.answer(request["input"])
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"

    def embedder(self, timeout: float = 10.0, retries: int = 0) -> EndpointEmbedder:
        return EndpointEmbedder(f"http://{self.host}/v1", "some-model", KEY, timeout=timeout, retries=retries)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    thread.join()
    endpoint.server.server_close()


def vector(text: str) -> list[float]:
    return [float(len(text)), 1.0, -2.0]


def body(items: object) -> bytes:
    return json.dumps({"object": "list", "data": items, "model": "some-model"}).encode()


def plain(texts: list[str]) -> Answer:
    return 200, body([{"index": number, "embedding": vector(text)} for number, text in enumerate(texts)])


def test_vectors_have_unit_length_and_the_order_of_the_texts(endpoint: Endpoint) -> None:
    vectors = endpoint.embedder().embed_documents(["one", "three"])

    expected = np.array([[3, 1, -2], [5, 1, -2]]) / np.sqrt([[14], [30]])
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, expected)
    assert np.allclose(endpoint.embedder().embed_query("three"), expected[1])


def test_a_request_is_what_servers_understand(endpoint: Endpoint) -> None:
    endpoint.embedder().embed_documents(["one", "", "a\ud800b"])

    assert endpoint.requests == [
        {"path": "/v1/embeddings", "model": "some-model", "encoding_format": "float", "input": ["one", " ", "a?b"]}
    ]
    assert endpoint.keys == [f"Bearer {KEY}"]


def test_an_answer_in_another_order_is_put_right(endpoint: Endpoint) -> None:
    endpoint.answer = lambda texts: (200, body(list(reversed(json.loads(plain(texts)[1])["data"]))))

    assert np.allclose(endpoint.embedder().embed_documents(["one", "three"])[1], np.array([5, 1, -2]) / np.sqrt(30))


def test_many_texts_go_in_several_requests(endpoint: Endpoint) -> None:
    vectors = endpoint.embedder().embed_documents(["x" * number for number in range(1, 151)])

    assert [len(str(request["input"]).split(",")) for request in endpoint.requests] == [64, 64, 22]
    assert np.allclose(vectors[:, 0] / vectors[:, 1], range(1, 151))


def test_dimensions_are_asked_for_once(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()

    assert endpoint.requests == []
    assert embedder.dimensions == 3
    assert embedder.dimensions == 3
    assert embedder.embed_documents([]).shape == (0, 3)
    assert len(endpoint.requests) == 1


def test_the_fingerprint_names_host_and_model_and_no_secret(endpoint: Endpoint) -> None:
    assert endpoint.embedder().fingerprint == f"endpoint:{endpoint.host}:some-model"
    assert KEY not in EndpointEmbedder(f"https://user:{KEY}@host/v1", "m").fingerprint
    assert endpoint.requests == []


def with_data(items: object) -> Callable[[list[str]], Answer]:
    return lambda texts: (200, body(items))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda texts: (500, f"boom {KEY}".encode()), "answers with the error 500; look at its log"),
        (lambda texts: (401, f"wrong key {KEY}".encode()), "refuses the key; correct it"),
        (lambda texts: (403, b"{}"), "refuses the key; correct it"),
        (lambda texts: (404, b"no such page"), "knows no model some-model or no embeddings at this address"),
        (lambda texts: (429, b"{}"), "asks to slow down or has no quota left; try again later"),
        (lambda texts: (400, b"{}"), "answers with the error 400"),
        (lambda texts: (200, b"<html>welcome</html>"), "something that is not embeddings; check its address"),
        (lambda texts: (200, b"[]"), "something that is not embeddings"),
        (lambda texts: (200, b'{"data": null}'), "something that is not embeddings"),
        (with_data(["one"]), "something that is not embeddings"),
        (with_data([{"index": 0}]), "something that is not embeddings"),
        (with_data([{"index": 0, "embedding": []}]), "something that is not embeddings"),
        (with_data([{"index": 0, "embedding": [[1.0, 2.0]]}]), "something that is not embeddings"),
        (with_data([{"index": 0, "embedding": ["1", "2"]}]), "something that is not embeddings"),
        (with_data([{"index": 0, "embedding": [1.0, None]}]), "something that is not embeddings"),
        (with_data([{"index": 7, "embedding": [1.0, 2.0]}]), "something that is not embeddings"),
        (with_data([{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]), "not embeddings"),
        (with_data([{"index": 0, "embedding": [1.0]}] * 2), "something that is not embeddings"),
        (with_data([]), "something that is not embeddings"),
        (with_data([{"index": n, "embedding": [1.0]} for n in range(2)]), "answers 1 texts with 2 vectors"),
        (with_data([{"index": 0, "embedding": [1.0, float("nan")]}]), "vectors that are not numbers or have no length"),
        (with_data([{"index": 0, "embedding": [1.0, float("inf")]}]), "vectors that are not numbers or have no length"),
        (with_data([{"index": 0, "embedding": [0.0, 0.0]}]), "vectors that are not numbers or have no length"),
    ],
)
def test_wrong_answers_are_refused_in_one_sentence_without_the_key(
    endpoint: Endpoint, answer: Callable[[list[str]], Answer], reason: str
) -> None:
    endpoint.answer = answer

    with pytest.raises(EmbedderUnavailable) as caught:
        endpoint.embedder().embed_query("one")

    assert str(caught.value).startswith(f"the embedding endpoint {endpoint.host} ")
    assert reason in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(endpoint.requests) == 1


def test_a_change_of_dimensions_is_refused(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    embedder.embed_query("one")
    endpoint.answer = with_data([{"index": 0, "embedding": [1.0, 2.0]}])

    with pytest.raises(EmbedderUnavailable, match="vectors of 2 dimensions, before 3; use one model only"):
        embedder.embed_query("two")


def test_a_passing_failure_is_retried_by_one_layer_only(endpoint: Endpoint) -> None:
    endpoint.answer = lambda texts: (503, b"{}") if len(endpoint.requests) < 2 else plain(texts)
    assert endpoint.embedder(retries=1).embed_query("one").shape == (3,)

    endpoint.requests.clear()
    endpoint.answer = lambda texts: (503, b"{}")
    with pytest.raises(EmbedderUnavailable):
        endpoint.embedder(retries=1).embed_query("one")
    assert len(endpoint.requests) == 2


def test_a_slow_endpoint_is_given_up(endpoint: Endpoint) -> None:
    def slow(texts: list[str]) -> Answer:
        time.sleep(0.6)
        return plain(texts)

    endpoint.answer = slow

    with pytest.raises(EmbedderUnavailable, match=r"does not answer within 0\.2 seconds; see what keeps it"):
        endpoint.embedder(timeout=0.2).embed_query("one")


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(EmbedderUnavailable, match=f"127.0.0.1:{port} cannot be reached; start it or correct"):
            EndpointEmbedder(f"http://127.0.0.1:{port}/v1", "m", retries=0).embed_query("one")


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert endpoint.embedder().embed_query("one").shape == (3,)


def test_this_machine_is_known_by_its_names() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.8.8.8", "::1"]))
    assert not any(map(is_loopback, ["example.org", "10.0.0.1", "localhost.example.org", "", None]))
