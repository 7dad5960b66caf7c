"""How well follow-ups are understood: `python -m evals.benchmarks.mtrag_un --data DIR [--model-url URL --model NAME]`.

MTRAG-UN's conversations end in a question with reference passages. All passages of all conversations make one library;
the last question is searched for in it as it stands, and as it is understood after the turns before, each of which
was understood in its turn, as in a real conversation. Recall@5 is the share of a question's reference passages among
the first five documents found. The words' rules were made on one half of the conversations, `rules`; the other half,
`held out`, tells what they are worth.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.fitting.evidence_cases import mtrag
from evals.fitting.evidence_pool import Pool, pool
from index.embed import default_embedder
from rag.conversation import Turn
from rag.followup import Resolved, resolve
from rag.model import Model

SEARCHED = 20
"""Passages found for each question, as the product asks for."""
FIRST = 5
RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns before the last, the question that it ends in, and the uris of what answers that."""

    name: str
    turns: tuple[Turn, ...]
    question: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """For each conversation: recall of the last question alone and as it was understood, and by what it was."""

    alone: NDArray[np.float64]
    understood: NDArray[np.float64]
    by: tuple[str, ...]

    def of(self, by: str) -> Measured:
        """The part that was understood by `by`: the question itself, the words before, or the model."""
        rows = [row for row, each in enumerate(self.by) if each == by]
        return Measured(self.alone[rows], self.understood[rows], tuple(self.by[row] for row in rows))


def conversations(data: Path) -> tuple[Conversation, ...]:
    """Those that have turns before the last question, and reference passages for it."""
    with (data / "mtrag_un" / "reference.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple(_conversation(row) for row in rows if row["contexts"] and len(row["input"]) > 1)


def _conversation(row: dict[str, Any]) -> Conversation:
    said = [(part["speaker"], part["text"]) for part in row["input"]]
    texts = [
        (text, said[place + 1][1] if said[place + 1][0] != "user" else "")
        for place, (speaker, text) in enumerate(said[:-1])
        if speaker == "user"
    ]
    gold = (context for context in row["contexts"] if context["text"].strip())
    return Conversation(
        row["conversation_id"],
        tuple(Turn(question, answer) for question, answer in texts),
        said[-1][1],
        frozenset(f"mtrag/{context['document_id']}" for context in gold),
    )


def halves(all_of_them: Sequence[Conversation], seed: int = 0) -> tuple[list[Conversation], list[Conversation]]:
    """The half on which the rules were made, and the half held out."""
    names = sorted(each.name for each in all_of_them)
    random.Random(seed).shuffle(names)
    rules = set(names[: len(names) // 2])
    return [each for each in all_of_them if each.name in rules], [
        each for each in all_of_them if each.name not in rules
    ]


def understood(conversation: Conversation, model: Model | None) -> Resolved:
    """The last question after the turns before, each understood in its turn."""
    history: list[Turn] = []
    for turn in conversation.turns:
        history.append(Turn(_resolved(turn.question, history, model).text, turn.answer))
    return _resolved(conversation.question, history, model)


def _resolved(question: str, history: Sequence[Turn], model: Model | None) -> Resolved:
    steps = resolve(question, history, model)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            resolved: Resolved = ended.value
            return resolved


def recall(library: Pool, question: str, gold: frozenset[str]) -> float:
    """The share of `gold` among the first documents found for `question`."""
    found = dict.fromkeys(passage.attribution.uri for passage in library.search(question, limit=SEARCHED))
    return len(gold & set(list(found)[:FIRST])) / len(gold)


def measure(library: Pool, asked: Sequence[Conversation], model: Model | None = None) -> Measured:
    """Every conversation's last question, alone and understood."""
    resolved = [understood(each, model) for each in asked]
    alone = [recall(library, each.question, each.gold) for each in asked]
    after = [
        before if what.by == "question" else recall(library, what.text, each.gold)
        for each, what, before in zip(asked, resolved, alone, strict=True)
    ]
    return Measured(np.array(alone), np.array(after), tuple(what.by for what in resolved))


def report(measured: Measured, seed: int = 0) -> str:
    """Both recalls and their difference, each with its 95 % interval; the bootstrap is paired."""
    if not measured.by:
        return "none"
    rows = np.random.default_rng(seed).integers(0, len(measured.by), (RESAMPLES, len(measured.by)))
    parts = []
    for name, values in (
        ("alone", measured.alone),
        ("understood", measured.understood),
        ("gain", measured.understood - measured.alone),
    ):
        low, high = np.percentile(values[rows].mean(axis=1), [2.5, 97.5])
        parts.append(f"{name} {values.mean():.3f} [{low:.3f}, {high:.3f}]")
    return "  ".join(parts)


def main() -> None:
    """Prints the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with mtrag_un/")
    parser.add_argument("--model-url", help="an OpenAI-compatible server; without one, the words' rules alone")
    parser.add_argument("--model", default="model", help="the model's name there")
    arguments = parser.parse_args()
    model = Model(arguments.model_url, arguments.model) if arguments.model_url else None
    rules, held = halves(conversations(arguments.data))
    with pool(mtrag(arguments.data).documents, default_embedder()) as library:
        for name, part in (("rules", rules), ("held out", held)):
            measured = measure(library, part, model)
            _say(f"{name}, {len(part)} conversations: {report(measured)}")
            for by in ("words", "model", "question"):
                chosen = measured.of(by)
                _say(f"  by {by}, {len(chosen.by)}: {report(chosen)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
