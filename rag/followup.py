"""A follow-up and the turns before it become one question that stands alone.

A model may put it into words, within a few seconds, and is believed only if it names nothing new; without one, or
where it fails, the words of the earlier questions are carried over. What was answered before tells whom "he" means. It
is never evidence.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from rag.conversation import Turn
from rag.errors import ModelUnavailable
from rag.following.carry import carried
from rag.following.leaning import leaning
from rag.following.restated import restates
from rag.model import Limits, Message, Model, Text, Waiting
from rag.writing.inert import inert

TURNS = 6
"""The last turns; what was asked before them is not looked at."""
LONGEST = 500
"""Characters; a longer question stands alone, and of a longer turn only the beginning is read."""
TOKENS = 80
LIMITS = Limits(first_seconds=3.0, whole_seconds=5.0, retries=0)
"""A reader waits for this before the first evidence, so it is short: the words are there at once."""
SHOWN = 240
"""Characters of each answer that the model is shown; what it opens with tells what it speaks of."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The question as understood, and by what: as it stands, from the words of the turns before, or by the model."""

    text: str
    by: Literal["question", "words", "model"]


def resolve(question: str, history: Sequence[Turn], model: Model | None) -> Generator[Waiting, None, Resolved]:
    """What `question` asks after the turns of `history`, oldest first; a question that stands alone is returned as it
    is. Yields Waiting while the model is waited for; closing the generator ends the request. Never raises.

    At most 300 characters longer than the longer of `question` and 300.
    """
    turns = tuple(_bounded(turn) for turn in history[-TURNS:])
    lean = leaning(question, [turn.question for turn in turns]) if turns and len(question) <= LONGEST else None
    if lean is None:
        return Resolved(question, "question")
    if model is not None:
        written = yield from _written(question, turns, model)
        if written is not None:
            return Resolved(written, "model")
    text = carried(question, lean, turns)
    return Resolved(text, "question" if text == question else "words")


def fingerprint() -> str:
    """Changes with any word that the model is told."""
    return f"followup:{hashlib.sha256(_prompt().encode()).hexdigest()[:16]}"


def _bounded(turn: Turn) -> Turn:
    return Turn(turn.question[:LONGEST], turn.answer[:LONGEST])


def _written(question: str, turns: Sequence[Turn], model: Model) -> Generator[Waiting, None, str | None]:
    """The question in the model's words; None if they cannot be had or cannot be believed."""
    text = ""
    try:
        with closing(model.reply(_messages(question, turns), tokens=TOKENS, limits=LIMITS)) as pieces:
            for piece in pieces:
                if isinstance(piece, Waiting):
                    yield piece
                elif isinstance(piece, Text):
                    text += piece.text
                    if len(text) > LONGEST:
                        return None
    except ModelUnavailable:
        return None
    return restates(text, question, turns)


def _messages(question: str, turns: Sequence[Turn]) -> tuple[Message, ...]:
    tag = f"turns-{secrets.token_hex(8)}"
    lines = [f"<{tag}>", *(_line(turn) for turn in turns), f"</{tag}>", "", f"Follow-up question: {_plain(question)}"]
    return Message("system", _prompt().replace("{tag}", tag)), Message("user", "\n".join(lines))


def _line(turn: Turn) -> str:
    said = {"asked": _plain(turn.question), "answered": _plain(turn.answer[:SHOWN])}
    return json.dumps({key: text for key, text in said.items() if text}, ensure_ascii=False)


def _plain(text: str) -> str:
    """One line that holds no mark of the prompt."""
    return inert(text).replace("<", "‹").replace(">", "›")


@lru_cache(maxsize=1)
def _prompt() -> str:
    return resources.files("rag").joinpath("prompts", "followup.md").read_text(encoding="utf-8").strip()
