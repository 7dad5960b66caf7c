"""The models that can be fetched by name: what each is, where it lies, and what its file must be."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from rag.errors import LocalModelError

CATALOGUE = Path(__file__).parent / "models.toml"
_USABLE = 0.9
"""Of the memory a machine is sold with, what it reports is less: the firmware and graphics keep some."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model. `bytes` and `sha256` are its file's; `memory` is the machine it is meant for, in GB; `sources` are
    addresses of the file, the first to be tried first."""

    name: str
    title: str
    about: str
    licence: str
    quantisation: str
    memory: int
    bytes: int
    sha256: str
    sources: tuple[str, ...]

    def fits(self, memory: int) -> bool:
        """Whether it runs, beside everything else, on a machine that reports so many bytes of memory."""
        return memory >= self.memory * _USABLE * 1e9


@cache
def catalogue(path: Path = CATALOGUE) -> tuple[Entry, ...]:
    """Every model, those for small machines first."""
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    hubs = tuple(held["hubs"])
    return tuple(sorted((_entry(each, hubs) for each in held["model"]), key=lambda entry: (entry.memory, entry.bytes)))


def named(name: str) -> Entry:
    """The model of that name. Raises LocalModelError, with the nearest, if there is none."""
    entries = {entry.name: entry for entry in catalogue()}
    if name not in entries:
        nearest = get_close_matches(name.lower(), entries, n=1, cutoff=0.0)[0]
        raise LocalModelError(f"the catalogue has no model {name}; the nearest is {nearest}, see `onrecord model list`")
    return entries[name]


def _entry(held: dict[str, str | int], hubs: tuple[str, ...]) -> Entry:
    where = f"{held['repository']}/resolve/{held['revision']}/{held['file']}"
    return Entry(
        name=str(held["name"]),
        title=str(held["title"]),
        about=str(held["about"]),
        licence=str(held["licence"]),
        quantisation=str(held["quantisation"]),
        memory=int(held["memory"]),
        bytes=int(held["bytes"]),
        sha256=str(held["sha256"]),
        sources=tuple(f"{hub}/{where}" for hub in hubs),
    )
