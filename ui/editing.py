"""A draft in the editor of whoever completes it, kept until it has become a case."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.case import Case
from evals.errors import EvalError
from evals.reading.files import read_cases
from index.errors import OnRecordError
from ui import terminal

USUAL = "vi"
"""The editor where neither VISUAL nor EDITOR names one."""


@contextmanager
def edited(text: str, path: Path) -> Iterator[tuple[Case, ...]]:
    """The cases that somebody makes of `text` in their editor, in a file at `path`, which is gone after the block.

    A file that is there already is what was written before, and is opened as it is, which is told. Where something is
    wrong with it, here or in the block, it stays for the next time. Raises EvalError where there is no editor or
    nothing is left, and InvalidCases for what is no case.
    """
    _write(text, path)
    _open_editor(path)
    if not _content(path):
        path.unlink(missing_ok=True)
        raise EvalError("the draft was left empty; nothing was taken")
    try:
        yield read_cases((path,))
    except OnRecordError:
        terminal.complain(f"what you wrote is kept in {path}, and is opened again next time")
        raise
    path.unlink()


def _write(text: str, path: Path) -> None:
    try:
        if path.exists():
            terminal.complain(f"{path} is opened as it was left; what options say now is not in it")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{path} cannot be written ({error.strerror}); name another file with --to") from error


def _open_editor(path: Path) -> None:
    """Wait until the editor is left. Its name may hold options, as in `code --wait`."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or USUAL
    try:
        code = subprocess.run([*shlex.split(named), str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise EvalError(f"the editor {named!r} cannot be started ({error}); set VISUAL or EDITOR to yours") from error
    if code:
        raise EvalError(f"the editor ended with {code}, so nothing was taken; what you wrote is kept in {path}")


def _content(path: Path) -> str:
    """What stands in the file beside comments; nothing where the editor has left no file."""
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "".join(line for line in lines if not line.lstrip().startswith("#")).strip()
