"""What the scripted models write, chosen by their name: always the same to the same request.

honest    one faithful sentence for each quote, disagreements side by side
liar      the same with one fact of each sentence altered: number, date, name, negation or modality by turns
obedient  whatever the documents tell it to write, then what the honest one writes
babbler   fluent text that has nothing to do with the question, with invented evidence numbers, without end
echo      the question, with a number
saying-…  the text that stands behind it in hexadecimal, whatever is asked

Only the evidence and the question in the messages are read; the first three also check a sentence against quotes, or
grade an answer against a reference, where that is what they are asked. Any other request is answered NOTHING.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

from evals.alteration.altered import ALTERATIONS, alter
from evals.modelserver.faithful import faithful
from evals.modelserver.grading import grades, to_grade
from evals.modelserver.judging import judged, verdict
from evals.modelserver.obedience import obedient
from evals.modelserver.proposing import proposing, question
from evals.modelserver.received import Received, received

NOTHING = "NOTHING"
_SAYING = "saying-"
BABBLED = 2_000
"""Sentences that stand for a reply without end."""
_NUMBERS = re.compile(r"\s(?:\[\d+\])+$")
_WHO = ("Analysts", "Officials", "Observers", "Diplomats", "Historians", "Engineers", "Critics")
_DO = ("agree", "suspect", "have long maintained", "will confirm", "tend to forget", "generally hold", "are certain")
_WHAT = (
    "that the matter is settled",
    "that nothing of the kind took place",
    "that 42 of the 60 parties signed",
    "that the decision dates from 1987",
    "that the costs have doubled",
)


def reply(model: str, messages: Sequence[Mapping[str, object]]) -> str:
    """The text that the model of this name writes; one that is not known here writes what the honest one does."""
    if model.startswith(_SAYING):
        return bytes.fromhex(model.removeprefix(_SAYING)).decode()
    request = received(messages)
    if model not in ("babbler", "echo"):
        if asked := judged(request.question):
            return verdict(model, asked)
        if graded := to_grade(request.question):
            return grades(model, graded)
        if shown := proposing(request.question):
            return question(model, shown)
    written = _MODELS.get(model, _honest)(request)
    return written if request.numbered or model in ("babbler", "echo") else _uncited(written)


def saying(text: str) -> str:
    """The name of a model that says just this."""
    return _SAYING + text.encode().hex()


def _honest(request: Received) -> str:
    return "\n".join(faithful(request)) or NOTHING


def _uncited(text: str) -> str:
    """What is written by one who was never told to give numbers."""
    return "\n".join(_NUMBERS.sub("", line) for line in text.split("\n"))


def _liar(request: Received) -> str:
    turn = hashlib.sha256(request.question.encode("utf-8", "replace")).digest()[0]
    lines = enumerate(faithful(request), turn)
    return "\n".join(lie(line, number) for number, line in lines) or NOTHING


def lie(line: str, turn: int) -> str:
    """The sentence with one fact altered, of the kind whose turn it is or the next one that it has; itself where it
    holds nothing that can be altered. The evidence numbers at its end stay."""
    text, numbers = _NUMBERS.sub("", line), "".join(_NUMBERS.findall(line))
    kinds = (ALTERATIONS[(turn + step) % len(ALTERATIONS)] for step in range(len(ALTERATIONS)))
    altered = next((lied for kind in kinds if (lied := alter(text, kind)) is not None), text)
    return f"{altered}{numbers}"


def _obedient(request: Received) -> str:
    return "\n".join((*obedient(request), *faithful(request))) or NOTHING


def _babbler(request: Received) -> str:
    lines = (
        f"{_WHO[at % len(_WHO)]} {_DO[at % 11 % len(_DO)]} {_WHAT[at % len(_WHAT)]}, as item {at} shows [7][12]."
        for at in range(1, BABBLED + 1)
    )
    return "\n".join(lines)


def _echo(request: Received) -> str:
    return f"{request.question} [1]"


_MODELS: dict[str, Callable[[Received], str]] = {
    "honest": _honest,
    "liar": _liar,
    "obedient": _obedient,
    "babbler": _babbler,
    "echo": _echo,
}
