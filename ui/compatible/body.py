"""From the body of a chat completion to a question, or a sentence that says what cannot be done with it.

What steers how a model writes (temperature, seed, lengths, penalties, ...) has no bearing on quotes, and is passed over
as programs expect that send it to whatever they talk to. What would make the answer something else is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard, cast

from rag import history
from rag.conversation import Turn
from rag.errors import InvalidQuestion
from rag.question import Question
from ui.compatible.text import BEHIND
from ui.routes.asked import Bounded

MODEL = "on-record"
"""The one model there is."""
MOST_MESSAGES = 2_000
BOUNDS = tuple(field.alias or name for name, field in Bounded.model_fields.items())

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_TEXT_PARTS = frozenset({"text", "input_text", "output_text"})
_MARK = re.compile(r" ?\[\d{1,3}\]")
_BEHIND = re.compile(rf"\n\n(?:{'|'.join(map(re.escape, BEHIND))})")
_NOTHING: tuple[object, ...] = (None, False, 0, "", [], {})


class UnknownModel(InvalidQuestion):
    """The request is for a model that is not here."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What a program asks for: an answer to `question`, as it comes if `stream`, with a last chunk that counts tokens
    if `counts`."""

    question: Question
    stream: bool = False
    counts: bool = False


def chat(body: object) -> Chat:
    """The request in `body`. The last message of the user is the question, those before it and the answers to them its
    history; instructions are passed over.

    Raises UnknownModel and InvalidQuestion.
    """
    if not isinstance(body, dict):
        raise InvalidQuestion("the body is no JSON object; send one")
    fields = cast(dict[str, object], body)
    if not isinstance(fields.get("model"), str):
        raise InvalidQuestion(f"the body names no model; ask for {MODEL!r}")
    if fields["model"] != MODEL:
        raise UnknownModel(f"there is no model {_named(fields['model'])} here; ask for {MODEL!r}")
    _refuse_what_changes_the_answer(fields)
    stream = _flag(fields, "stream")
    question, before = _conversation(fields.get("messages"))
    bounds = _bounds(fields)
    return Chat(Question(question, bounds.as_of, before, bounds.within), stream, stream and _wants_counts(fields))


def _refuse_what_changes_the_answer(fields: Mapping[str, object]) -> None:
    for name in ("tools", "functions", "audio", "logprobs", "top_logprobs", "web_search_options"):
        if fields.get(name) not in _NOTHING or (name == "web_search_options" and fields.get(name) == {}):
            raise InvalidQuestion(f"{name} is not possible here, where answers come from documents alone; leave it out")
    if fields.get("n", 1) not in (1, None):
        raise InvalidQuestion("n is not 1; there is one answer to a question, so leave it out")
    form = fields.get("response_format")
    if form not in _NOTHING and form != {"type": "text"}:
        raise InvalidQuestion(
            "response_format is not text; the answer as JSON is at message.on_record, so leave it out"
        )
    if fields.get("modalities") not in (*_NOTHING, ["text"]):
        raise InvalidQuestion("modalities is not text; leave it out")


def _conversation(messages: object) -> tuple[str, tuple[Turn, ...]]:
    """The question and the turns before it."""
    if not isinstance(messages, list) or not messages:
        raise InvalidQuestion("there are no messages; send a list that ends in the user's question")
    if len(messages) > MOST_MESSAGES:
        raise InvalidQuestion(f"there are over {MOST_MESSAGES} messages; send the latest")
    roles = [_role(message, number) for number, message in enumerate(messages)]
    if "user" not in roles:
        raise InvalidQuestion("no message is the user's; send the question as one with the role 'user'")
    last = len(roles) - 1 - roles[::-1].index("user")
    return _question(messages[last], last), history.bounded(list(_turns(messages[:last])))


def _role(message: object, number: int) -> str:
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(role, str) or role not in _ROLES:
        raise InvalidQuestion(f"messages[{number}] has no role that is known; it is one of {', '.join(sorted(_ROLES))}")
    return role


def _question(message: Mapping[str, object], number: int) -> str:
    """The text of the message that asks; a picture or a sound in it would be passed over in silence, so is refused."""
    content = message.get("content")
    for part in content if isinstance(content, list) else ():
        if not _is_text(part):
            kind = part.get("type") if isinstance(part, dict) else None
            raise InvalidQuestion(
                f"messages[{number}] holds a part that is no text ({_named(kind)}); ask in text alone"
            )
    return _text(content)


def _turns(messages: Sequence[Mapping[str, object]]) -> Iterator[Turn]:
    asked: Turn | None = None
    for message in messages:
        text = _text(message.get("content")).strip()
        if message["role"] == "user" and text:
            if asked:
                yield asked
            asked = Turn(text)
        elif message["role"] == "assistant" and asked:
            asked = Turn(asked.question, "\n".join(filter(None, (asked.answer, _said(text)))))
    if asked:
        yield asked


def _said(text: str) -> str:
    """An answer of ours as it was said, without its numbers and without what stands behind it: its sources, and whoever
    the asker had not chosen."""
    return _MARK.sub("", _BEHIND.split(text, maxsplit=1)[0]).strip()


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") for part in parts if _is_text(part))
    return "\n".join(text for text in texts if isinstance(text, str))


def _is_text(part: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a part of a message says that it is text."""
    kind = part.get("type") if isinstance(part, dict) else None
    return isinstance(kind, str) and kind in _TEXT_PARTS


def _bounds(fields: Mapping[str, object]) -> Bounded:
    """What the question is to be answered from, in the fields that /api/v1 has for it."""
    return Bounded.model_validate({name: fields[name] for name in BOUNDS if name in fields})


def _wants_counts(fields: Mapping[str, object]) -> bool:
    options = fields.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _flag(fields: Mapping[str, object], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool | None):
        raise InvalidQuestion(f"{name} is neither true nor false; give one of them")
    return bool(value)


def _named(value: object) -> str:
    return repr(value[:100]) if isinstance(value, str) else "without a name"
