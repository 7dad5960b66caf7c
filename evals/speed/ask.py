"""How fast questions are answered: warm over 20,000 chunks, cold from the shell, and the command's own start.

The library is made up, the same each time: words of the embedded tokenizer's vocabulary, which stands in order of
frequency, drawn by Zipf's law into sentences, and a random unit vector for each chunk. Neither keyword nor vector
search can tell it from a real one by its cost, and it need not be embedded for minutes first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from evals.speed.figure import Figure
from index.document import Document
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.search import search
from index.snapshot import Origin
from index.split import split
from index.writer import Entry
from rag.ask import Question, ask
from rag.desk import open_desk
from rag.settings import Settings
from rag.understand import understand

CHUNKS = 20_000
SENTENCES_OF_A_DOCUMENT = 80
QUESTIONS = 100
FIRST_WORD = 1996
"""The id of "the" in the tokenizer's vocabulary; what stands before it are characters and special tokens."""
FRESH_STARTS = 7


class Words:
    """A source of made-up sentences and questions, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        text = resources.files("index").joinpath("data/tokenizer.json").read_text(encoding="utf-8")
        vocabulary = sorted(json.loads(text)["model"]["vocab"].items(), key=lambda item: int(item[1]))[FIRST_WORD:]
        self.words = [word for word, _ in vocabulary if word.isascii() and word.isalpha()]
        weights = 1 / np.arange(1, len(self.words) + 1)
        self._weights = weights / weights.sum()
        self._random = np.random.default_rng(seed)

    def sentence(self) -> str:
        """A sentence of 12 to 28 words."""
        drawn = self._random.choice(len(self.words), self._random.integers(12, 29), p=self._weights)
        return " ".join(self.words[number] for number in drawn).capitalize() + "."

    def question(self) -> str:
        """A question that holds three rarer words, as questions do."""
        rare = self._random.integers(200, 8_000, 3)
        return "What did the {} say about {} and {}?".format(*(self.words[number] for number in rare))

    def vectors(self, count: int, dimensions: int) -> NDArray[np.float32]:
        """Random directions, of unit length (count, dimensions)."""
        drawn = self._random.standard_normal((count, dimensions)).astype(np.float32)
        vectors: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return vectors


def measure() -> Iterator[Figure]:
    """The figures of this section."""
    with TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        chunks = fill(library, Words(1))
        yield Figure("chunks in the library", chunks, "chunks", at_least=CHUNKS)
        yield from _warm(library)
        cold = [_started("ask", "What did the government say?", "--library", str(library)) for _ in range(3)]
        yield Figure("ask, cold, from the shell, median of 3", median(cold), "s", at_most=3.0)
    starts = [_started("--help") for _ in range(FRESH_STARTS)]
    yield Figure(f"--help from the shell, median of {FRESH_STARTS}", median(starts), "s", at_most=0.5)


def fill(folder: Path, words: Words) -> int:
    """Write documents of made-up text until there are enough chunks; how many there are."""
    embedder, written, made = default_embedder(), 0, 0
    with Library.open(folder, create=True) as library, library.writer() as writer:
        while written < CHUNKS:
            batch = [_entry(made + number, words, embedder.dimensions) for number in range(100)]
            writer.put(batch, embedder)
            made += len(batch)
            written += sum(len(entry.chunks) for entry in batch)
    return written


def _entry(number: int, words: Words, dimensions: int) -> Entry:
    name = f"{number}.txt"
    text = " ".join(words.sentence() for _ in range(SENTENCES_OF_A_DOCUMENT))
    document = Document(uri=name, text=text, content_hash=f"{number:064x}", readers=("public",), title=text[:40])
    chunks = split(document)
    return Entry(document, Origin(name, name, name, name), chunks, words.vectors(len(chunks), dimensions))


def _warm(library: Path) -> Iterator[Figure]:
    words = Words(2)
    questions = [words.question() for _ in range(QUESTIONS)]
    desk = open_desk(Settings(library=library))
    searching = _times(lambda text: search(LOCAL, understand(text), desk.corpus), questions)
    asking = _times(lambda text: ask(LOCAL, Question(text), desk), questions)
    yield from _spread("search, warm", searching, at_most=50)
    yield from _spread("ask, warm", asking, at_most=300)


def _times(work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of each question, after three that only warm up."""
    for question in questions[:3]:
        work(question)
    times = []
    for question in questions:
        start = perf_counter()
        work(question)
        times.append((perf_counter() - start) * 1000)
    return times


def _spread(name: str, times: Sequence[float], *, at_most: float) -> Iterator[Figure]:
    half, most = np.percentile(times, (50, 95))
    yield Figure(f"{name}, p50", float(half), "ms")
    yield Figure(f"{name}, p95", float(most), "ms", at_most=at_most)


def _started(*arguments: str) -> float:
    """Seconds that the command takes in a fresh process, start to end."""
    command = [str(Path(sys.executable).with_name("onrecord")), *arguments]
    start = perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}")
    return perf_counter() - start
