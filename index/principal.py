"""Who is asking, as far as reading goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PUBLIC = "public"
"""The reader label that everybody holds."""
NOBODY = "nobody"
"""The reader label that nobody can hold: of a document that nothing says the readers of, and of one to be hidden."""
USER = "user:"
"""What the label of one person begins with, so that no group can be taken for somebody: `user:alice`."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, program or group with the reader labels they hold.

    `name` tells this principal from every other, and owns what they leave behind: `user:alice`, `key:…`, `visitor:…`,
    `local`. `collections` are the only ones they may look into, None for all. `reads_everything` is for the local mode
    only, where the one person at the machine owns every document.
    """

    name: str
    readers: frozenset[str]
    reads_everything: bool = False
    collections: frozenset[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "readers", self.readers - {NOBODY})


LOCAL = Principal("local", frozenset({PUBLIC}), reads_everything=True)
"""The person at this machine, in local mode."""


def person(name: str, groups: Iterable[str] = ()) -> Principal:
    """Somebody who has signed in as `name`: what is public, what is theirs, and what their groups read.

    A group whose name begins as a person's label does is left out.

    >>> sorted(person("alice", ["press", "user:bob"]).readers)
    ['press', 'public', 'user:alice']
    """
    label = f"{USER}{name}"
    held = (group for group in groups if not group.startswith(USER))
    return Principal(label, frozenset({PUBLIC, label, *held}))
