"""Files of labelled public sets, read where they lie: the set's own folder, or the folder that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evals.errors import EvalError


class InvalidData(EvalError):
    """A file of a public set that is not there, or is not the file it is named after."""


def set_file(data: Path, folder: str, name: str) -> Path:
    """The file `name` of the set that lies in `folder` within `data`, or in `data` itself.

    Raises InvalidData, naming the file expected, if it is in neither.
    """
    for path in (data / folder / name, data / name):
        if path.is_file():
            return path
    raise InvalidData(f"{data} holds neither {folder}/{name} nor {name}; name the folder of that file")


def set_rows(path: Path, *fields: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, each of which has these fields.

    Raises InvalidData, naming file, line and field, where one has not, or the file where it is not UTF-8.
    """
    with decoded(path), path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _row(line, f"line {number} of {path}", fields)


def set_list(path: Path, *fields: str) -> list[dict[str, Any]]:
    """The objects of a JSON file that holds one list of them, each of which has these fields. Raises InvalidData."""
    try:
        with decoded(path):
            held = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InvalidData(f"{path} is no JSON; put the set's own file there") from error
    if not isinstance(held, list):
        raise InvalidData(f"{path} holds no list; put the set's own file there")
    return [_checked(row, f"item {number} of {path}", fields) for number, row in enumerate(held, start=1)]


@contextmanager
def decoded(path: Path) -> Iterator[None]:
    """Raises InvalidData for what is read of `path` in the block and is not UTF-8."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise InvalidData(f"{path} is not UTF-8; save it in UTF-8") from error


def _row(line: str, where: str, fields: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InvalidData(f"{where} is no JSON; put the set's own file there") from error
    return _checked(row, where, fields)


def _checked(row: object, where: str, fields: tuple[str, ...]) -> dict[str, Any]:
    missing = fields if not isinstance(row, dict) else tuple(name for name in fields if name not in row)
    if missing or not isinstance(row, dict):
        raise InvalidData(f"{where} has no {' and no '.join(missing)}; put the set's own file there")
    return row
