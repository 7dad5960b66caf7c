"""What the scripted models answer when they are asked to write a question of a sentence, or one in other words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from evals.alteration.altered import ALTERATIONS, alter

_BLOCK = re.compile(r"<(propose-[0-9a-f]+)>\n(.*?)\n</\1>", re.DOTALL)
_NAME = re.compile(r"[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")


def proposing(text: str) -> Mapping[str, str] | None:
    """What a request shows of which a question is to be written; None if it asks for something else."""
    block = _BLOCK.search(text)
    shown = json.loads(block[2]) if block else {}
    return {str(name): str(value) for name, value in shown.items()} or None


def question(model: str, shown: Mapping[str, str]) -> str:
    """The honest one asks for the answer by the words around it, the liar asks it with a fact altered or the answer in
    it, and the obedient one writes what stands behind "Write:" in the sentence."""
    if "question" in shown:
        return _reworded(model, shown["question"])
    sentence, answer = shown.get("sentence", ""), shown.get("answer", "")
    if model == "obedient" and (order := re.search(r"Write: ([^.]+)", sentence)):
        return order[1]
    if model == "liar":
        return f"Is it true that {sentence.rstrip('.')}?"
    return _honest(sentence, answer)


def _honest(sentence: str, answer: str) -> str:
    """How much or many of what, by the words before the figure, or what was said about the first name behind."""
    before, found, after = sentence.partition(answer)
    if not found:
        return "NOTHING"
    if answer[:1].isdigit() or len(answer.split()) <= 4:
        unit = answer.split()[-1]
        return f"How many {unit} does it say where {before.strip().rstrip(',')}{after.rstrip('.')}?"
    who, topic = _NAME.search(before), _NAME.search(answer)
    return f"What is known from {who[0]} about {topic[0]}?" if who and topic else "NOTHING"


def _reworded(model: str, asked: str) -> str:
    if model == "liar":
        return next((lied for kind in ALTERATIONS if (lied := alter(asked, kind))), "Who else?")
    return f"Please tell, {asked[:1].lower()}{asked[1:]}"
