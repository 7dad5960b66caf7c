"""JSON on standard output: one object whole, or one a line as each is known."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ui import wire
from ui.exits import DONE, FAILURES


def show_json(value: wire.Json) -> None:
    """One object, indented."""
    sys.stdout.write(f"{wire.dumps(value, indent=2)}\n")


def show_lines(values: Iterable[wire.Json]) -> int:
    """One object a line; the exit code says whether any is an error."""
    failures = 0
    for value in values:
        failures += "error" in value
        sys.stdout.write(f"{wire.dumps(value)}\n")
        sys.stdout.flush()
    return FAILURES if failures else DONE
