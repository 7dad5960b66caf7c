"""Texts to vectors, by any endpoint that speaks OpenAI's embeddings protocol."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors
from index.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from openai import OpenAI, OpenAIError

TEXTS_A_REQUEST = 64
CONNECT_SECONDS = 5.0


class EndpointEmbedder:
    """A model behind an endpoint such as `https://host/v1`; `key` is sent to it and shown nowhere.

    Making one reaches nothing; the vectors' dimensions are found out by the first text. A request is retried `retries`
    times, by the client and by nobody else. Safe to use from several threads. Whatever goes wrong raises
    EmbedderUnavailable.
    """

    def __init__(
        self, url: str, model: str, key: str | None = None, *, timeout: float = 60.0, retries: int = 2
    ) -> None:
        self._url = url
        self._model = model
        self._key = key
        self._timeout = timeout
        self._retries = retries
        self._host = urlsplit(url).netloc.rpartition("@")[2]
        self._loading = threading.Lock()
        self._dimensions: int | None = None

    @property
    def fingerprint(self) -> str:
        """The endpoint's host and model: all that is known of what it runs."""
        return f"endpoint:{self._host}:{self._model}"

    @property
    def dimensions(self) -> int:
        """How many the endpoint's vectors have; asks it if no text has been embedded yet."""
        if self._dimensions is None:
            self.embed_query("dimensions")
        assert self._dimensions is not None  # known from any answer that was accepted
        return self._dimensions

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32 of unit length, in the order of `texts`, 64 texts a request."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        return np.concatenate(list(self._requests(texts)))

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def _requests(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), TEXTS_A_REQUEST):
            part = [_sendable(text) for text in texts[start : start + TEXTS_A_REQUEST]]
            vectors = self._accepted(self._answer(part), len(part))
            self._dimensions = vectors.shape[1]
            yield vectors

    def _answer(self, texts: Sequence[str]) -> bytes:
        from openai import OpenAIError

        try:
            raw = self._client.embeddings.with_raw_response.create(
                input=list(texts), model=self._model, encoding_format="float"
            )
        except OpenAIError as error:
            # Not chained: the error carries the endpoint's answer, which may repeat the key.
            raise self._unavailable(self._reason(error)) from None
        return raw.content

    def _accepted(self, answer: bytes, expected: int) -> Vectors:
        """The vectors of an answer, if it is one for `expected` texts: right in number, order, shape and value."""
        try:
            vectors = _vectors(answer)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            raise self._unavailable("answers with something that is not embeddings; check its address") from None
        if len(vectors) != expected:
            raise self._unavailable(f"answers {expected} texts with {len(vectors)} vectors; use another server")
        if self._dimensions not in (None, vectors.shape[1]):
            change = f"{vectors.shape[1]} dimensions, before {self._dimensions}"
            raise self._unavailable(f"answers with vectors of {change}; use one model only")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._unavailable("answers with vectors that are not numbers or have no length; use another model")
        unit: Vectors = (vectors / lengths).astype(np.float32)
        return unit

    def _reason(self, error: OpenAIError) -> str:
        import openai

        if isinstance(error, openai.APITimeoutError):
            return f"does not answer within {self._timeout:g} seconds; see what keeps it"
        if isinstance(error, openai.APIConnectionError):
            return "cannot be reached; start it or correct its address"
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return "refuses the key; correct it"
        if isinstance(error, openai.NotFoundError):
            return f"knows no model {self._model} or no embeddings at this address; correct either"
        if isinstance(error, openai.RateLimitError):
            return "asks to slow down or has no quota left; try again later"
        if isinstance(error, openai.APIStatusError):
            return f"answers with the error {error.status_code}; look at its log"
        return "does not speak OpenAI's protocol; check its address"

    def _unavailable(self, reason: str) -> EmbedderUnavailable:
        return EmbedderUnavailable(f"the embedding endpoint {self._host} {reason}")

    @property
    def _client(self) -> OpenAI:
        with self._loading:
            return self._loaded_client

    @cached_property
    def _loaded_client(self) -> OpenAI:
        import openai

        timeout = openai.Timeout(self._timeout, connect=CONNECT_SECONDS)
        return openai.OpenAI(
            base_url=self._url,
            api_key=self._key or "none",  # the client insists on one; servers without keys ignore it
            timeout=timeout,
            max_retries=self._retries,
            # A proxy from the environment would be asked for addresses of this machine, too.
            http_client=openai.DefaultHttpxClient(
                timeout=timeout, trust_env=not is_loopback(urlsplit(self._url).hostname)
            ),
        )


def _vectors(answer: bytes) -> NDArray[np.float64]:
    """(n, dimensions) in the order of the texts, of any length. Raises ValueError, TypeError, KeyError, AttributeError
    or OverflowError where the answer has another form."""
    data = json.loads(answer)["data"]
    order = [int(item.get("index", position)) for position, item in enumerate(data)]
    if sorted(order) != list(range(len(data))):
        raise ValueError("the indexes are not those of the texts")
    rows = np.array([item["embedding"] for item in data])
    if rows.ndim != 2 or rows.dtype.kind not in "fi" or not rows.size:
        raise ValueError("the embeddings are not one table of numbers")
    placed = np.empty(rows.shape, np.float64)
    placed[order] = rows
    return placed


def _sendable(text: str) -> str:
    """A text that endpoints take: they refuse an empty one, and lone surrogates cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8") or " "


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
