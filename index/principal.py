"""Who is asking, as far as reading goes."""

from __future__ import annotations

from dataclasses import dataclass

PUBLIC = "public"
"""The reader label that everybody holds."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or group with the reader labels they hold.

    `reads_everything` is for the local mode only, where the one person at the machine owns every document.
    """

    name: str
    readers: frozenset[str]
    reads_everything: bool = False


LOCAL = Principal("local", frozenset({PUBLIC}), reads_everything=True)
"""The person at this machine, in local mode."""
