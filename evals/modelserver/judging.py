"""What the scripted models answer when they are asked to check a sentence against quotes: one word."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BLOCK = re.compile(r"<(check-[0-9a-f]+)>\n(.*?)\n</\1>", re.DOTALL)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]{4,}")
_MOST = 0.8
"""The share of a sentence's longer words that stand in the quotes from which the honest one lets it stand."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, and all that its quotes and their sources say."""

    sentence: str
    quotes: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether every figure and most of the longer words of the sentence stand in the quotes."""
        known = set(_WORD.findall(" ".join(self.quotes).casefold()))
        words = _WORD.findall(self.sentence.casefold())
        found = sum(word in known for word in words)
        return all(word in known for word in words if word[0].isdecimal()) and found >= _MOST * len(words)


def judged(text: str) -> Judged | None:
    """What a request asks to check; None if it asks something else."""
    block = _BLOCK.search(text)
    lines = [json.loads(line) for line in block[2].split("\n")] if block else []
    if not lines or "sentence" not in lines[-1]:
        return None
    return Judged(str(lines[-1]["sentence"]), tuple(_all(lines[:-1])))


def verdict(model: str, asked: Judged) -> str:
    """The honest one says what it finds, the liar the opposite, and the obedient one what a quote tells it to."""
    if model == "obedient":
        orders = re.search(r"\b(?:SUPPORTED|CONTRADICTED|UNSUPPORTED)\b", " ".join(asked.quotes))
        if orders:
            return orders.group()
    return "SUPPORTED" if asked.supported != (model == "liar") else "UNSUPPORTED"


def _all(lines: Sequence[Mapping[str, object]]) -> list[str]:
    return [str(value) for line in lines for value in line.values()]
