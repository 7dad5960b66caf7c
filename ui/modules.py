"""The script of a page and all that it imports, so that the page can name each before it is needed: a browser else
learns of a module only from the one that imports it, and asks for them one row after another."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

from ui.pages import SHARED, STATIC

_IMPORTED = re.compile(r'(?m)^(?:import|export)\b[^;]*?"(\./[\w./-]+\.js)";')


@cache
def modules(entry: str) -> tuple[str, ...]:
    """The names under /page/ of the module `entry` and of all that it imports, directly or not, each once and sorted.

    >>> "shared/elements.js" in modules("library.js")
    True
    """
    found: set[str] = set()
    waiting = [PurePosixPath(entry)]
    while waiting:
        here = waiting.pop()
        if here.as_posix() not in found:
            found.add(here.as_posix())
            imported = _IMPORTED.findall(_file(here).read_text(encoding="utf-8"))
            waiting += [here.parent / name for name in imported]
    return tuple(sorted(found))


def _file(name: PurePosixPath) -> Path:
    return SHARED / name.name if name.parts[0] == "shared" else STATIC / name
