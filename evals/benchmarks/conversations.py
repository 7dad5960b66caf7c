"""The conversations of MTRAG-UN: read, divided as the rules for follow-ups were made, and understood turn by turn."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.labelled import set_file, set_rows
from rag.conversation import Turn
from rag.followup import Resolved, resolve
from rag.model import Model


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns before the last, the question that it ends in, the uris of what answers that, and what people say of
    it: whether it can be answered, and from which collection and of which kinds it is."""

    name: str
    turns: tuple[Turn, ...]
    question: str
    gold: frozenset[str]
    answerable: str = "ANSWERABLE"
    kinds: tuple[str, ...] = ()


def read_conversations(data: Path) -> tuple[Conversation, ...]:
    """All of them. Raises InvalidData."""
    fields = ("conversation_id", "input", "contexts", "answerability")
    return tuple(map(_conversation, set_rows(set_file(data, "mtrag_un", "reference.jsonl"), *fields)))


def leaning(conversations: Sequence[Conversation]) -> tuple[Conversation, ...]:
    """Those that have turns before the last question, and reference passages for it: what search is measured on."""
    return tuple(each for each in conversations if each.gold and each.turns)


def _conversation(row: Mapping[str, Any]) -> Conversation:
    said = [(part["speaker"], part["text"]) for part in row["input"]]
    texts = [
        (text, said[place + 1][1] if said[place + 1][0] != "user" else "")
        for place, (speaker, text) in enumerate(said[:-1])
        if speaker == "user"
    ]
    gold = (context for context in row["contexts"] or () if context["text"].strip())
    kinds = (row.get("Collection", ""), *row.get("Question Type", ()), *row.get("Multi-Turn", ()))
    return Conversation(
        row["conversation_id"],
        tuple(Turn(question, answer) for question, answer in texts),
        said[-1][1],
        frozenset(f"mtrag/{context['document_id']}" for context in gold),
        row["answerability"][0],
        kinds,
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
    return _resolved(conversation.question, history(conversation, model), model)


def history(conversation: Conversation, model: Model | None) -> tuple[Turn, ...]:
    """The turns before the last question, each understood in its turn."""
    turns: list[Turn] = []
    for turn in conversation.turns:
        turns.append(Turn(_resolved(turn.question, turns, model).text, turn.answer))
    return tuple(turns)


def _resolved(question: str, history: Sequence[Turn], model: Model | None) -> Resolved:
    steps = resolve(question, history, model)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            resolved: Resolved = ended.value
            return resolved
