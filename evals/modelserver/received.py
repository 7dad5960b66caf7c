"""What a scripted model was sent: the evidence in it, how that stands to each other, and the question."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_BLOCK = re.compile(r"<(evidence-[0-9a-f]+)>\n(.*?)\n</\1>", re.DOTALL)
_NUMBER = re.compile(r"\[\d\]")
_ASKED = re.compile(r"^Question: (.*?)(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Record:
    """One piece of evidence as the prompt has it; what it does not have is empty."""

    number: int
    quote: str
    publisher: str
    date: str
    title: str
    speaker: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Numbers that disagree, or the newer word of a source and then its older ones."""

    superseded: bool
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """The whole of a request that asks for an answer; `records` is empty for any other request.

    `numbered`: the words around the evidence show how numbers are written, as [1], or nothing is said of how to write.
    """

    question: str
    records: tuple[Record, ...]
    relations: tuple[Relation, ...]
    numbered: bool = True

    def record(self, number: int) -> Record:
        """The evidence of that number."""
        return next(record for record in self.records if record.number == number)


def received(messages: Sequence[Mapping[str, object]]) -> Received:
    """Reads the messages of a chat request as the wire has them: "role", and "content" as text or as parts."""
    contents = [_content(message) for message in messages]
    lines = [
        _object(line) for content in contents for _, block in _BLOCK.findall(content) for line in block.split("\n")
    ]
    records = tuple(_record(line) for line in lines if isinstance(line.get("number"), int))
    numbers = {record.number for record in records}
    relations = (relation for line in lines if (relation := _relation(line)) is not None)
    return Received(
        question=_question(contents[-1] if contents else ""),
        records=records,
        relations=tuple(relation for relation in relations if numbers.issuperset(relation.numbers)),
        numbered=_numbered(messages, contents),
    )


def _numbered(messages: Sequence[Mapping[str, object]], contents: Sequence[str]) -> bool:
    told = any(message.get("role") == "system" for message in messages)
    return not told or any(_NUMBER.search(_BLOCK.sub("", content)) for content in contents)


def _question(last: str) -> str:
    found = _ASKED.search(last)
    return (found[1] if found else last).strip()


def _content(message: Mapping[str, object]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(_parts(content))
    return content if isinstance(content, str) else ""


def _parts(content: Sequence[object]) -> Iterator[str]:
    for part in content:
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            yield part["text"]


def _object(line: str) -> Mapping[str, object]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _record(line: Mapping[str, object]) -> Record:
    number = line["number"]
    fields = ("quote", "publisher", "date", "title", "speaker", "before", "after")
    return Record(number if isinstance(number, int) else 0, *(str(line.get(field) or "") for field in fields))


def _relation(line: Mapping[str, object]) -> Relation | None:
    if numbers := _numbers(line.get("disagreeing")):
        return Relation(False, numbers)
    older, newer = _numbers(line.get("superseded")), line.get("by")
    return Relation(True, (newer, *older)) if older and isinstance(newer, int) else None


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(each for each in value if isinstance(each, int)) if isinstance(value, list) else ()
