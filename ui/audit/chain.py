"""The lines of the audit log, chained: each ends with the SHA-256 of itself and of the hash of the line before.

A line is one JSON object in pure ASCII whose last field is `hash`: the hash, in hex, of the 64 digits that the line
before ends with (64 zeros before the first of all) and of the object's bytes without that field. So a line cannot be
changed, removed, inserted or moved but that the next hashes are wrong, in the next file too. Who can write the files
can compute all hashes anew, or cut the end off: that is found out with a hash that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = "audit"
"""The folder of the log, in that of the library."""
START = "0" * 64
"""What the first line of all follows."""
BEGUN = "audit log begun"
"""The action of the first line of each file: `after` is the hash that it follows."""
CONTINUED = "audit log continued"
"""The action of a line behind one that was cut off: `cut` are the SHA-256 of what is left of each such line."""
PRUNED = "audit log pruned"
"""The action of a line that says which files are removed, as old as the settings say: `removed` are their names,
`after` is the hash that the oldest that is kept follows."""

_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")
_WHOLE = re.compile(rb'(\{".+),"hash":"([0-9a-f]{64})"\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chained:
    """A line taken apart: the object's bytes without its hash, and that hash."""

    body: bytes
    hash: str

    def follows(self, before: str) -> bool:
        """Whether it is as it was written, behind a line of that hash."""
        return self.hash == _hash(before, self.body)


def chained(before: str, fields: Mapping[str, object]) -> tuple[bytes, str]:
    """The line of these fields behind one of the hash `before`, with its newline; and its own hash."""
    body = json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    own = _hash(before, body)
    return body[:-1] + f',"hash":"{own}"}}\n'.encode("ascii"), own


def taken_apart(line: bytes) -> Chained | None:
    """The parts of a line without its newline; None for what is no whole line."""
    found = _WHOLE.fullmatch(line)
    return None if found is None else Chained(found[1] + b"}", found[2].decode("ascii"))


def remainder(line: bytes) -> str:
    """What is said of a line that was cut off: the SHA-256 of what is left of it, in hex."""
    return hashlib.sha256(line).hexdigest()


def files(folder: Path) -> list[Path]:
    """The files of the log in its folder, oldest first; none if there is no folder. Raises OSError."""
    try:
        with os.scandir(folder) as found:
            return [folder / name for name in sorted(each.name for each in found) if _FILE.fullmatch(name)]
    except FileNotFoundError:
        return []


def _hash(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode("ascii") + body).hexdigest()
