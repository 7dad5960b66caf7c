"""A yes or no before something is done that cannot be undone."""

from __future__ import annotations

import sys

from ui import terminal


def agreed(question: str) -> bool:
    """Whether somebody answers `question` with yes; what is not said is no."""
    # Not typer's question, which leaves a space on standard output.
    sys.stderr.write(f"{terminal.printable(question)} [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip().lower() in ("y", "yes")
