"""What a reader's own choice of dates, publishers and collections costs in a large library: 50,000 documents of two
chunks each, with made-up words and vectors, for what is measured hangs on how many they are and not on what they say.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from evals.speed.figure import Figure
from index.corpus import Corpus
from index.document import Document, Span
from index.embed import Vectors
from index.library import Library
from index.principal import LOCAL, PUBLIC, Principal
from index.query import Query
from index.search import search
from index.snapshot import Origin
from index.within import EVERYTHING, Within
from index.writer import Entry
from rag.leftout import left_out

DOCUMENTS = 50_000
TOGETHER = 1_000
WORDS = tuple(
    f"{first}{second}{third}{fourth}"
    for first in "bdfgklmn"
    for second in "aeiou"
    for third in "rstlmnbd"
    for fourth in ("", "a", "o", "ick", "ank")
)
FIRST_DAY = date(2020, 1, 1)
DAYS = 2_000
MIDDLE = FIRST_DAY + timedelta(days=DAYS // 2)
PUBLISHERS = tuple(f"Publisher {number}" for number in range(200))
COLLECTIONS = ("press", "wiki", "minutes", "letters")
TIMES = 15
READER = Principal("reader", frozenset({PUBLIC, "staff"}))


class Noise:
    """An embedder whose vectors are drawn by lot."""

    fingerprint = "noise"
    dimensions = 384

    def __init__(self) -> None:
        self._drawn = np.random.default_rng(7)

    def embed_documents(self, texts: Iterable[str]) -> Vectors:
        return self._vectors(len(list(texts)))

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._vectors(1)[0]
        return vector

    def _vectors(self, count: int) -> Vectors:
        drawn = self._drawn.standard_normal((count, self.dimensions), dtype=np.float32)
        vectors: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return vectors


def measure() -> Iterator[Figure]:
    """Each choice against the bound on dates that stood before it, as the median of many searches by turns."""
    with TemporaryDirectory() as folder:
        _fill(Path(folder))
        with Corpus.open(Path(folder), Noise()) as corpus:
            yield from _searches(corpus)
            yield from _once(corpus)


def _fill(folder: Path) -> None:
    lot, embedder = random.Random(7), Noise()
    with Library.open(folder, create=True) as library, library.writer() as writer:
        for first in range(0, DOCUMENTS, TOGETHER):
            writer.put([_entry(number, lot, embedder) for number in range(first, first + TOGETHER)], embedder)


def _entry(number: int, lot: random.Random, embedder: Noise) -> Entry:
    parts = [" ".join(lot.choices(WORDS, k=80)) for _ in range(2)]
    document = Document(
        uri=f"made/{number}",
        text="\n\n".join(parts),
        content_hash=str(number),
        readers=(lot.choice((PUBLIC, "staff", "board")),),
        title=" ".join(lot.choices(WORDS, k=4)),
        publisher=lot.choice(PUBLISHERS),
        published=FIRST_DAY + timedelta(days=lot.randrange(DAYS)),
        collection=lot.choice(COLLECTIONS),
    )
    middle = len(parts[0])
    spans = (Span(0, middle), Span(middle + 2, len(document.text)))
    chunks = tuple(document.chunk(span, at) for at, span in enumerate(spans))
    return Entry(document, Origin("made", document.uri, document.uri, ""), chunks, embedder.embed_documents(parts))


def _searches(corpus: Corpus) -> Iterator[Figure]:
    half = frozenset(PUBLISHERS[: len(PUBLISHERS) // 2])
    choices = {
        "dates, as before": (MIDDLE, EVERYTHING),
        "publishers": (None, Within(publishers=half)),
        "collections": (None, Within(collections=frozenset(COLLECTIONS[:2]))),
        "a range of dates": (None, Within(earliest=FIRST_DAY, latest=MIDDLE)),
        "all of them": (MIDDLE, Within(FIRST_DAY, MIDDLE, half, frozenset(COLLECTIONS[:2]))),
    }
    for kept, times in (("again", TIMES), ("for the first time", TIMES // 3)):
        took = _by_turns(corpus, choices, times, forget=kept != "again")
        before = took["dates, as before"]
        yield Figure(f"search in dates {kept}", before, "ms")
        for name, milliseconds in took.items():
            if name != "dates, as before":
                yield Figure(f"search in {name} {kept}, to that", milliseconds / before, "times", at_most=1.2)


def _by_turns(
    corpus: Corpus, choices: dict[str, tuple[date | None, Within]], times: int, *, forget: bool
) -> dict[str, float]:
    """The median milliseconds of a search for each; with `forget` in a scope that nobody has searched in before."""
    lot, took = random.Random(11), {name: list[float]() for name in choices}
    for _ in range(times):
        text = " ".join(lot.choices(WORDS, k=5))
        for name, (as_of, within) in choices.items():
            if forget:
                with corpus.library.snapshot() as snapshot:
                    corpus.matrix(snapshot).masks.clear()
            took[name].append(_milliseconds(partial(search, READER, Query(text, as_of=as_of, within=within), corpus)))
    return {name: median(each) for name, each in took.items()}


def _once(corpus: Corpus) -> Iterator[Figure]:
    lot = random.Random(13)
    narrowed = [Query(" ".join(lot.choices(WORDS, k=5)), as_of=MIDDLE) for _ in range(TIMES)]
    took = [_milliseconds(partial(left_out, READER, query, (query,), corpus)) for query in narrowed]
    yield Figure("what a choice left out", median(took), "ms")
    for name, principal in (("who reads everything", LOCAL), ("who reads two thirds", READER)):
        took = [_milliseconds(partial(corpus.library.choices, principal)) for _ in range(5)]
        yield Figure(f"what can be chosen, for one {name}", median(took), "ms", at_most=300)


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000
