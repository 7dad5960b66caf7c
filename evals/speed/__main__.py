"""`make bench`: every speed and memory figure that was promised, in one run, as a table and as var/bench.json.

Each section is measured in a process of its own, so that neither memory nor warm caches of one shade the next.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.speed.figure import Figure

SECTIONS = ("embedding", "sync", "ask", "narrowing", "write", "serving", "history", "shelf")
"""Modules `evals.speed.NAME`, each with `measure() -> Iterable[Figure]`."""
REPORT = Path("var/bench.json")


def main(arguments: list[str]) -> int:
    """Without arguments all sections; `--only NAME...` some. The exit code is 1 if a bound is broken."""
    if arguments[:1] == ["--section"]:
        sys.stdout.write(json.dumps([asdict(figure) for figure in import_module(_module(arguments[1])).measure()]))
        return 0
    chosen = tuple(arguments[1:]) if arguments[:1] == ["--only"] else SECTIONS
    console = Console(highlight=False)
    sections = {name: _measured(name, console) for name in chosen}
    for name, figures in sections.items():
        console.print(table(name, figures))
    _write(sections)
    console.print(f"Written to {REPORT}")
    return int(any(figure.ok is False for figures in sections.values() for figure in figures))


def table(name: str, figures: Iterable[Figure]) -> Table:
    """A section's figures, each with its bound and whether it is kept."""
    made = Table(title=name, title_justify="left")
    for heading in ("", "value", "unit", "bound", ""):
        made.add_column(heading, justify="right" if heading == "value" else "left")
    for figure in figures:
        verdict = {None: "", True: "[green]kept[/]", False: "[red]broken[/]"}[figure.ok]
        made.add_row(figure.name, f"{figure.value:,.4g}", figure.unit, figure.bound, verdict)
    return made


def _module(section: str) -> str:
    if section not in SECTIONS:
        raise SystemExit(f"there is no section {section}; the sections are {', '.join(SECTIONS)}")
    return f"evals.speed.{section}"


def _measured(section: str, console: Console) -> tuple[Figure, ...]:
    console.print(f"measuring {section} …")
    command = [sys.executable, "-m", "evals.speed", "--section", section]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(Figure(**figure) for figure in json.loads(done.stdout))


def _write(sections: dict[str, tuple[Figure, ...]]) -> None:
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    figures = {name: [asdict(each) | {"ok": each.ok} for each in found] for name, found in sections.items()}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({"machine": machine, "sections": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
