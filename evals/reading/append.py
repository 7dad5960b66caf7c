"""New cases into a file of cases, whose comments and layout stay as they are."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from evals.case import Case, Place
from evals.errors import EvalError, InvalidCases
from evals.reading.case_fields import case_fields
from evals.reading.files import ENDINGS, JSONL, parsed
from evals.reading.node import Mistakes
from evals.reading.yaml_text import INDENT, case_yaml


def append_cases(path: Path, cases: Sequence[Case]) -> None:
    """Write the cases after those that the file holds; the file is made if it is not there, folders too.

    The file changes all at once, and only if it then reads back as what it held and the cases. Raises InvalidCases if
    it holds mistakes or one of the ids, EvalError if it cannot be written or has no place for the cases.
    """
    refuse_ending(path)
    try:
        data = path.read_bytes() if path.exists() else b""
        text = data.decode("utf-8")
        longer = _longer(path, text, cases)
        if longer != text:
            _write(path, longer)
    except OSError as error:
        raise EvalError(f"{path} cannot be written ({error.strerror}); name another file") from error
    except UnicodeDecodeError as error:
        raise InvalidCases(((Place(str(path), 1), "it is not UTF-8; save it in UTF-8"),)) from error


def refuse_ending(path: Path) -> None:
    """Raise EvalError if no file of cases is named so; worth knowing before any case is made."""
    if not path.name.endswith(ENDINGS):
        raise EvalError(f"{path} does not end in {', '.join(ENDINGS)}, as files of cases do; name one that does")


def _longer(path: Path, text: str, cases: Sequence[Case]) -> str:
    """The file's text with the cases in it."""
    held = _held(path, text) if text.strip() else ()
    _refuse_known(held, cases)
    longer = _with_lines(text, cases) if path.name.endswith(JSONL) else _with_items(path, text, cases)
    if _held(path, longer) != (*held, *cases):
        raise EvalError(
            f"{path} would read the cases otherwise than they are, as its `defaults:` may have it; name another file"
        )
    return longer


def _held(path: Path, text: str) -> tuple[Case, ...]:
    mistakes = Mistakes(str(path))
    cases = parsed(text.removeprefix("\ufeff"), path.suffix, {}, mistakes)
    if mistakes.found:
        raise InvalidCases(tuple(sorted(mistakes.found, key=lambda each: each[0].line)))
    return cases


def _refuse_known(held: Sequence[Case], cases: Sequence[Case]) -> None:
    seen = {case.id: case.place for case in held}
    for case in cases:
        if case.id in seen:
            place = seen[case.id] or case.place or Place(case.id, 1)
            raise InvalidCases(((place, f"the id {case.id!r} stands here already; give the new case another"),))
        seen[case.id] = case.place


def _with_lines(text: str, cases: Sequence[Case]) -> str:
    return _joined(text, "".join(f"{json.dumps(case_fields(case), ensure_ascii=False)}\n" for case in cases))


def _with_items(path: Path, text: str, cases: Sequence[Case]) -> str:
    if not text.strip():
        return _joined(text, "cases:\n" + "\n".join(case_yaml(case) for case in cases))
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    values = {key.value: value for key, value in root.value}
    listed, is_last = values["cases"], root.value[-1][0].value == "cases"
    tagged = any(key.value == "tags" for key, _ in getattr(values.get("defaults"), "value", ()))
    if listed.flow_style and listed.value:
        raise EvalError(f"{path} has its cases in brackets; write them one below the other, each after a dash")
    indent = INDENT if listed.flow_style else listed.start_mark.column
    gap = "\n" if _are_apart(listed, text) else ""
    items = gap.join(case_yaml(case, indent=indent, tagged=tagged) for case in cases)
    if listed.flow_style:
        return _joined(text[: listed.start_mark.index].rstrip(), items, text[listed.end_mark.index :].lstrip("\r\n"))
    at = len(text) if is_last else _line_after(listed, text)
    return _joined(text[:at], gap + items, text[at:])


def _joined(before: str, new: str, after: str = "") -> str:
    """The text with new lines in it, which end as the others do."""
    if before and not before.endswith("\n"):
        new = f"\n{new}"
    return before + (new.replace("\n", "\r\n") if "\r\n" in before else new) + after


def _line_after(node: yaml.Node, text: str) -> int:
    """Where the line begins after the last value within `node`."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    if text[end - 1] == "\n":
        return end
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end + 1


def _are_apart(listed: yaml.Node, text: str) -> bool:
    """Whether a blank line stands between the cases, as one shall where there is but one case.

    None after a text that ends in blank lines, of which it would be one more.
    """
    if re.search(r"[|>]\d?\+", text):
        return False
    lines = text.split("\n")
    return len(listed.value) < 2 or not lines[listed.value[-1].start_mark.line - 1].strip()


def _write(path: Path, text: str) -> None:
    """Replace the file, or what a link at `path` leads to, once all of it is written; who may read it stays."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    beside.write_bytes(text.encode("utf-8"))
    if target.exists():
        shutil.copymode(target, beside)
    beside.replace(target)
