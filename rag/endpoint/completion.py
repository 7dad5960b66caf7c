"""OpenAI's chat completions, from the JSON of an answer or of one event of a stream to its words and its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from rag.endpoint.fault import BROKE_OFF, FILTERED, NOT_THE_PROTOCOL, NOTHING, REPORTS, TOO_LONG, WEB_PAGE, Fault

LONGEST_TEXT = 200_000
"""Characters of one answer."""

MOST_TOKENS = 1_000_000_000
"""A server that counts more of them has not counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Tokens as the server reports them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one event says, or a whole answer: more text, why it ended if it did, and the tokens it took."""

    text: str = ""
    finish: str | None = None
    counted: Counted | None = None


@dataclass(slots=True)
class Written:
    """An answer as it grows; `emit` is given each piece of its text, and `watch` is called when it begins and when it
    has ended."""

    emit: Callable[[str], None]
    watch: Callable[[], None] = lambda: None
    texts: list[str] = field(default_factory=list)
    length: int = 0
    finish: str | None = None
    counted: Counted | None = None

    @property
    def began(self) -> bool:
        return self.length > 0

    def restart(self) -> None:
        """Forget what an attempt that brought no text has said."""
        self.finish = self.counted = None

    def take(self, part: Part) -> None:
        """Add a part. Raises Fault where the answer grows without end."""
        before = (self.began, self.finish)
        self.counted = part.counted or self.counted
        self.length += len(part.text)
        if self.length > LONGEST_TEXT:
            raise Fault(TOO_LONG)
        if part.text:
            self.texts.append(part.text)
            self.emit(part.text)
        self.finish = self.finish or part.finish
        if (self.began, self.finish) != before:
            self.watch()

    def check(self, tokens: int) -> None:
        """Raise Fault unless the answer, asked for in at most `tokens`, ended as a whole one does."""
        match self.finish:
            case None:
                raise Fault(BROKE_OFF, passing=True)
            case "length" | "max_tokens":
                limit = f"reached the limit of {tokens} tokens in the middle of its answer"
                raise Fault(f"{limit}; allow it more, or ask for less", server=False)
            case "content_filter":
                raise Fault(FILTERED, server=False)
            case "error":
                raise Fault(REPORTS, passing=True)
        if not self.began or not "".join(self.texts).strip():
            raise Fault(NOTHING, server=False)


def whole(body: bytes, content_type: str) -> Part:
    """The answer that is one JSON object. Raises Fault where it is something else."""
    try:
        return part(json.loads(body), "message")
    except (ValueError, RecursionError):
        looks_like_page = "html" in content_type or body.lstrip()[:1] == b"<"
        raise Fault(WEB_PAGE if looks_like_page else NOT_THE_PROTOCOL) from None


def part(data: object, key: Literal["delta", "message"]) -> Part:
    """One event of a stream (`delta`) or a whole answer (`message`) from its JSON. Raises Fault for another shape."""
    match data:
        case {"error": error} if error:
            raise Fault(REPORTS, passing=True)
        case {"choices": []}:
            return Part(counted=_counted(data))
        case {"choices": [{} as choice, *_]}:
            finish = choice.get("finish_reason")
            if finish is None or isinstance(finish, str):
                return Part(_text(choice.get(key)), finish, _counted(data))
    raise Fault(NOT_THE_PROTOCOL)


def names(body: bytes) -> tuple[str, ...]:
    """The models a server lists, in its order. Raises Fault where the answer is no such list."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Fault(WEB_PAGE if body.lstrip()[:1] == b"<" else NOT_THE_PROTOCOL) from None
    match data:
        case {"data": [*items]}:
            found = (item.get("id") for item in items if isinstance(item, dict))
            return tuple(dict.fromkeys(name for name in found if isinstance(name, str) and name))
    raise Fault(NOT_THE_PROTOCOL)


def _text(message: object) -> str:
    match message:
        case None:
            return ""
        case {"content": str(text)}:
            # Half of a surrogate pair is no character, and nothing after this could be encoded.
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case {} if message.get("content") is None:
            return ""
    raise Fault(NOT_THE_PROTOCOL)


def _counted(data: object) -> Counted | None:
    match data:
        case {"usage": {"prompt_tokens": int(prompt), "completion_tokens": int(completion)}}:
            if 0 <= prompt <= MOST_TOKENS and 0 <= completion <= MOST_TOKENS:
                return Counted(int(prompt), int(completion))
    return None
