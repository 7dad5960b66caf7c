"""A second opinion: a model is asked, in one word, whether quotes bear a sentence out.

It can only refuse. What the rules and the probability refuse, no model brings back; a verdict that cannot be had or
read changes nothing. So what a document asks of the judge can at most take prose away, and the quotes stand in its
place.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal

from rag.errors import ModelUnavailable
from rag.ground import Ground
from rag.model import Limits, Message, Model
from rag.writing.inert import inert

TOKENS = 16
"""Of the reply: one word, in whatever pieces."""
LIMITS = Limits(first_seconds=6.0, whole_seconds=8.0, retries=0)
"""A sentence waits for this before it is shown."""
LONGEST = 2_000
"""Characters of the sentence and of each quote that the judge reads."""

Opinion = Literal["supported", "contradicted", "unsupported"]

_REASONS: dict[Opinion, str | None] = {
    "supported": None,
    "contradicted": "the judge model finds that the quotes say otherwise",
    "unsupported": "the judge model does not find all of it in the quotes",
}
_VERDICT = re.compile(r"\W*(supported|contradicted|unsupported)(?!\w)", re.IGNORECASE)


class Judge:
    """Asks `model`, at temperature 0, once for each sentence. Safe to use from several threads."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def fingerprint(self) -> str:
        """Changes with the model and with any word it is told."""
        return f"judge:{hashlib.sha256(_prompt().encode()).hexdigest()[:16]}:{self._model.fingerprint}"

    def veto(self, claim: str, grounds: Sequence[Ground]) -> str | None:
        """Why `claim` may not stand on `grounds`, for a reader; None if the judge agrees, if it cannot be reached in
        time, or if what it says is no verdict."""
        try:
            reply = self._model.complete(_messages(claim, grounds), tokens=TOKENS, limits=LIMITS)
        except ModelUnavailable:
            return None
        opinion = verdict(reply)
        return None if opinion is None else _REASONS[opinion]

    def close(self) -> None:
        """Let go of the model."""
        self._model.close()


def verdict(reply: str) -> Opinion | None:
    """The word that a reply begins with, None where that is no verdict.

    >>> [verdict(reply) for reply in ("Supported.", "**UNSUPPORTED**", "It depends", "")]
    ['supported', 'unsupported', None, None]
    """
    found = _VERDICT.match(reply)
    if found is None:
        return None
    word = found.group(1).lower()
    return "supported" if word == "supported" else "contradicted" if word == "contradicted" else "unsupported"


def _messages(claim: str, grounds: Sequence[Ground]) -> tuple[Message, ...]:
    tag = f"check-{secrets.token_hex(8)}"
    lines = (f"<{tag}>", *(_record(_told(ground)) for ground in grounds), _record({"sentence": claim}), f"</{tag}>")
    return Message("system", _prompt().replace("{tag}", tag)), Message("user", "\n".join(lines))


def _told(ground: Ground) -> dict[str, str | None]:
    return {
        "publisher": ground.publisher,
        "speaker": ground.speaker,
        "author": ground.author,
        "title": ground.title,
        "date": ground.published.isoformat() if ground.published else None,
        "quote": ground.quote,
    }


def _record(told: dict[str, str | None]) -> str:
    return json.dumps({name: _plain(text) for name, text in told.items() if text}, ensure_ascii=False)


def _plain(text: str) -> str:
    """One line that holds no mark of the prompt, the delimiter least of all."""
    return inert(text[:LONGEST]).replace("<", "‹").replace(">", "›")


@lru_cache(maxsize=1)
def _prompt() -> str:
    return resources.files("rag").joinpath("prompts", "judge.md").read_text(encoding="utf-8").strip()
