"""Doubles that share the protocols of the real things, for what the real ones would only make slow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Sequence
from functools import lru_cache

import numpy as np

from index.embed import Vectors
from rag.errors import ModelUnavailable
from rag.model import Limits, Message, Model, Piece, Text

_WORD = re.compile(r"\w+")


class HashEmbedder:
    """A bag of words as a vector: each word has one of its own, drawn from its SHA-256. Texts that share words are
    near each other. `embedded` lists every text
    embedded as a document, so that a test can count them."""

    def __init__(self, dimensions: int = 64, name: str = "hash") -> None:
        self.dimensions = dimensions
        self.fingerprint = f"{name}-{dimensions}"
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return np.stack([self.embed_query(text) for text in texts]) if texts else np.empty((0, self.dimensions), "<f4")

    def embed_query(self, text: str) -> Vectors:
        words = _WORD.findall(text.casefold()) or [""]
        total = np.sum([_word_vector(word, self.dimensions) for word in words], axis=0)
        vector: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return vector


@lru_cache(maxsize=100_000)
def _word_vector(word: str, dimensions: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8], "big")
    vector: Vectors = np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
    return vector


class ScriptedModel(Model):
    """A model that answers with these pieces, whatever it is asked; a ModelUnavailable among them is raised.

    `asked` holds the messages of each request, `tokens` what each was allowed to write, and `left` how many were
    closed before they ended.
    """

    def __init__(self, *pieces: Piece | ModelUnavailable | str) -> None:
        super().__init__("http://127.0.0.1:9", "scripted")
        self.pieces = pieces
        self.asked: list[tuple[Message, ...]] = []
        self.tokens: list[int] = []
        self.left = 0

    def reply(
        self, messages: Sequence[Message], *, tokens: int, limits: Limits | None = None
    ) -> Generator[Piece, None, None]:
        self.asked.append(tuple(messages))
        self.tokens.append(tokens)
        try:
            for piece in self.pieces:
                if isinstance(piece, ModelUnavailable):
                    raise piece
                yield Text(piece) if isinstance(piece, str) else piece
        except GeneratorExit:
            self.left += 1
            raise
