"""Questions in a model's words: of what the rules make none of, checked before they are tried."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Literal

from evals.proposing.answerable import Candidate
from evals.proposing.asking_counts import fact
from evals.proposing.proposal import Statement
from evals.proposing.wording import Wording, sound
from evals.proposing.writing import ByRule
from rag.errors import ModelUnavailable
from rag.following.leaning import leaning
from rag.following.restated import restates
from rag.language.entities import names
from rag.language.figures import figures
from rag.language.speaker import speaker
from rag.language.terms import content_words, stem
from rag.model import Message, Model
from rag.writing.inert import inert

TOKENS = 80
"""Of a question."""
EACH = 2
"""Statements of one document that the model is asked about."""
LONGEST, BEFORE = 600, 300
"""Characters of a sentence, and of the text before it, that the model reads."""
KNOWN = 0.6
"""The share of a question's words that must stand in what the model was shown."""
NOTHING = "NOTHING"
Task = Literal["question", "paraphrase"]


class ByModel:
    """The grammar rules, and `model` for what they leave; where it cannot be reached, the rules alone.

    `notice` is then the sentence that says so. What it writes is refused unless it asks for the given words, gives none
    of them away, and names nothing that it was not shown.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._rules = ByRule()
        self._asked: Counter[str] = Counter()
        self.notice: str | None = None

    def candidates(self, statement: Statement) -> tuple[Candidate, ...]:
        """Those of the rules, else the model's."""
        made = self._rules.candidates(statement)
        target = None if made else asked_for(statement)
        if target is None or self._asked[statement.document.id] >= EACH:
            return made
        self._asked[statement.document.id] += 1
        reply = self._reply("question", told(statement, target))
        wording = None if reply is None else believed(reply, target, statement)
        return (Candidate(statement, wording, f"model {self._model.name}"),) if wording else ()

    def reworded(self, question: str) -> tuple[str, ...]:
        """The model's words for a question, if they ask the same."""
        reply = self._reply("paraphrase", {"question": question})
        text = None if reply is None else restates(reply, question, ())
        return () if text is None else (text,)

    def _reply(self, task: Task, shown: dict[str, str]) -> str | None:
        if self.notice is not None:
            return None
        try:
            return self._model.complete(_messages(task, shown), tokens=TOKENS).strip()
        except ModelUnavailable as error:
            self.notice = f"{error}; the rest is made by rule"
            return None


def asked_for(statement: Statement) -> Wording | None:
    """What a question of the statement should ask for: its one figure, else what somebody says in it; None where it
    states neither. The question itself is still to be written."""
    found = [each for each in figures(statement.text) if each.unit]
    if len(found) == 1 and (says := fact(found[0])):
        return Wording("", found[0].text, "model", "", says)
    named = speaker(statement.text, statement.before)
    content = statement.text.partition(" that ")[2].rstrip(".")
    return Wording("", content, "model", named) if named and len(content.split()) > 4 else None


def believed(reply: str, target: Wording, statement: Statement) -> Wording | None:
    """The wording with the model's question, None where it cannot be believed to ask for the target alone."""
    if "\n" in reply or reply == NOTHING:
        return None
    wording = replace(target, question=reply)
    known = " ".join(told(statement, target).values())
    if not sound(wording) or leaning(reply, []) is not None:
        return None
    if names(reply[:1].lower() + reply[1:]) - names(known) or _figures(reply) - _figures(known):
        return None
    stems = {stem(word) for word in content_words(known)}
    asked = [stem(word) for word in content_words(reply)]
    answer = {stem(word) for word in content_words(target.answer)}
    mostly_known = sum(each in stems for each in asked) >= KNOWN * len(asked)
    return wording if mostly_known and len(answer.intersection(asked)) * 2 <= len(answer) else None


def told(statement: Statement, target: Wording) -> dict[str, str]:
    """What the model is shown of a statement; what is not known is left out."""
    document = statement.document
    shown = {
        "before": statement.before[-BEFORE:],
        "sentence": statement.text[:LONGEST],
        "answer": target.answer[:LONGEST],
        "title": document.title or "",
        "publisher": document.publisher or "",
        "date": document.published.isoformat() if document.published else "",
    }
    return {name: text for name, text in shown.items() if text.strip()}


def fingerprint() -> str:
    """Changes with any word that the model is told."""
    text = _prompt("question") + _prompt("paraphrase")
    return f"propose:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def _figures(text: str) -> set[str]:
    """Every number as written, years too, and every figure in words."""
    return {*_DIGITS.findall(text), *(each.text for each in figures(text))}


def _messages(task: Task, shown: dict[str, str]) -> tuple[Message, ...]:
    tag = f"propose-{secrets.token_hex(8)}"
    line = json.dumps({name: _plain(text) for name, text in shown.items()}, ensure_ascii=False)
    return Message("system", _prompt(task).replace("{tag}", tag)), Message("user", f"<{tag}>\n{line}\n</{tag}>")


def _plain(text: str) -> str:
    """One line that holds no mark of the prompt."""
    return inert(text).replace("<", "‹").replace(">", "›")


@lru_cache(maxsize=2)
def _prompt(task: Task) -> str:
    return resources.files("evals.proposing").joinpath("prompts", f"{task}.md").read_text(encoding="utf-8").strip()
