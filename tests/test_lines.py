"""Files of questions: every line is answered in order, and a bad one says what is wrong with it and stops nothing."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import Turn
from rag.errors import InvalidQuestion
from ui import lines
from ui.days import day
from ui.lines import Line
from ui.wire import Json


def echo(line: Line) -> Json:
    return {"id": line.id, "question": line.question, "as_of": line.as_of, "user": line.user}


def answers(*given: str | bytes) -> list[Json]:
    return list(lines.answers((line if isinstance(line, bytes) else line.encode() for line in given), echo))


def test_lines_are_answered_in_order_with_their_own_ids() -> None:
    assert answers('{"id": "b", "question": "One?"}\n', "\n", '{"id": 7, "question": "Two?"}\r\n') == [
        {"id": "b", "question": "One?", "as_of": None, "user": None},
        {"id": 7, "question": "Two?", "as_of": None, "user": None},
    ]


def test_a_line_may_say_for_when_and_for_whom() -> None:
    [answer] = answers('{"id": 1, "question": "?", "as_of": "2024-06-30", "user": "press,legal", "expected": []}')
    assert answer == {"id": 1, "question": "?", "as_of": date(2024, 6, 30), "user": "press,legal"}


def test_null_is_as_good_as_nothing() -> None:
    [answer] = answers('{"id": 1, "question": "?", "as_of": null, "user": null}')
    assert answer == {"id": 1, "question": "?", "as_of": None, "user": None}


def test_a_line_may_carry_what_was_asked_before() -> None:
    seen: list[Line] = []

    def keep(line: Line) -> Json:
        seen.append(line)
        return {"id": line.id}

    given = b'{"id": 1, "question": "And then?", "history": ["Who met?", {"question": "Where?", "answer": "In Oslo."}]}'
    assert list(lines.answers([given], keep)) == [{"id": 1}]
    assert seen[0].history == (Turn("Who met?"), Turn("Where?", "In Oslo."))


@pytest.mark.parametrize(
    ("line", "id", "said"),
    [
        ("{", None, "is not JSON"),
        ("[1]", None, "no JSON object"),
        ('"text"', None, "no JSON object"),
        ("[" * 100_000, None, "is not JSON"),
        (b"\xff\xfe", None, "is not UTF-8"),
        ('{"question": "?"}', None, "line 1 has no id"),
        ('{"id": null, "question": "?"}', None, "has no id"),
        ('{"id": true, "question": "?"}', None, "has no id"),
        ('{"id": [1], "question": "?"}', None, "has no id"),
        ('{"id": 1}', 1, "has no question"),
        ('{"id": 1, "question": 2}', 1, "has no question"),
        ('{"id": 1, "question": "?", "as_of": "yesterday"}', 1, "write it as 2024-06-30"),
        ('{"id": 1, "question": "?", "as_of": 20240630}', 1, "write the date as 2024-06-30"),
        ('{"id": 1, "question": "?", "user": ["press"]}', 1, "separated by commas"),
        ('{"id": 1, "question": "?", "history": "x"}', 1, "line 1: history is no list"),
        ('{"id": 1, "question": "?", "history": [7]}', 1, "line 1: history[0] is no turn"),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_next_is_answered(line: str | bytes, id: int | None, said: str) -> None:
    first, second = answers(line, '{"id": 2, "question": "?"}')
    assert first["id"] == id
    assert said in str(first["error"])
    assert second["id"] == 2


def test_what_cannot_be_answered_keeps_its_id() -> None:
    def refuse(line: Line) -> Json:
        raise InvalidQuestion("the question is empty; ask something")

    assert list(lines.answers([b'{"id": "x", "question": ""}'], refuse)) == [
        {"id": "x", "error": "the question is empty; ask something"}
    ]


def test_each_line_is_answered_before_the_next_is_read() -> None:
    read = []

    def source() -> object:
        for number in range(3):
            read.append(number)
            yield json.dumps({"id": number, "question": "?"}).encode()

    stream = lines.answers(source(), echo)  # type: ignore[arg-type]
    next(stream)
    assert read == [0]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": 1, "question": "?"}\n')
    with lines.opened(path) as opened:
        [answer] = lines.answers(opened, echo)
    assert answer["id"] == 1


def test_a_line_separator_of_unicode_does_not_end_a_line() -> None:
    [answer] = answers('{"id": 1, "question": "one\u2028two"}')
    assert answer["question"] == "one\u2028two"


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": 1, "question": "?"}')))
    with lines.opened(Path("-")) as opened:
        assert len(list(lines.answers(opened, echo))) == 1


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match="cannot be read"), lines.opened(tmp_path / name):
        pass


@pytest.mark.parametrize("text", ["2024-6-30", "20240630", "2024-W26-7", "30.06.2024", "2024-02-30", "", "tomorrow!!"])
def test_only_a_whole_date_is_a_date(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="2024-06-30"):
        day(text)


@given(st.dates())
def test_every_date_can_be_written(written: date) -> None:
    assert day(written.isoformat()) == written
