"""Everything that somebody left in a library, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.brief import counted

if TYPE_CHECKING:
    from index.library import Library
    from index.records.records import Records


@dataclass(frozen=True, slots=True)
class Removed:
    """How much there was of each; `is_overwritten` says that nothing of it is left in the library's files."""

    conversations: int
    feedback: int
    sessions: int
    keys: int
    is_overwritten: bool = True

    def sentence(self) -> str:
        """What is told of it.

        >>> Removed(2, 1, 0, 0).sentence()
        '2 conversations, 1 verdict, 0 sessions and 0 keys are removed'
        """
        parts = (
            counted(self.conversations, "conversation"),
            counted(self.feedback, "verdict"),
            counted(self.sessions, "session"),
        )
        return f"{', '.join(parts)} and {counted(self.keys, 'key')} are removed"


def remove(library: Library, records: Records, principal: str) -> Removed:
    """Remove what this principal left; the links to their answers go with these. Keys and sessions go first, so that
    little can come meanwhile. Raises LibraryError if it cannot be removed; running it again goes on from there."""
    keys, sessions = records.keys.delete_all(principal), records.sessions.end_all(principal)
    conversations, feedback = records.conversations.delete_all(principal), library.feedback.delete_all(principal)
    return Removed(conversations, feedback, sessions, keys, library.overwrite_removed())
