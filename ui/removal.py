"""A document removed by hand, from everywhere: nothing of it is found, shown or left in the library's files, and no
sync brings it back.

What goes: the document with its words and vectors, its file if it was added from a page, and out of what people keep
its quotes with all that rests on them. What stays: that there was a document of this uri and who removed it, the
questions and remarks that people wrote themselves, their verdicts, and the audit log, which has no words of documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ui import kept
from ui.brief import counted

if TYPE_CHECKING:
    from datetime import datetime

    from index.library import Library
    from index.records.records import Records
    from index.shelved import Removal


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed: the documents, out of how many kept turns and verdicts they were taken, and how many added
    files went. `is_overwritten` says that nothing of it is left in the library's files."""

    documents: tuple[Removal, ...]
    turns: int
    verdicts: int
    files: int
    is_overwritten: bool

    def sentence(self) -> str:
        """What is told of it.

        >>> Removed((), 2, 1, 0, True).sentence()
        '0 documents are removed, and taken out of 2 kept answers and 1 verdict'
        """
        gone = len(self.documents)
        taken = f"{counted(self.turns, 'kept answer')} and {counted(self.verdicts, 'verdict')}"
        return f"{counted(gone, 'document')} {'is' if gone == 1 else 'are'} removed, and taken out of {taken}"


def remove(ids: Sequence[str], by: str, library: Library, records: Records | None = None) -> Removed:
    """Remove the documents of these ids for `by`, who is named to whoever asks for them later; `records` are what
    people leave, where it is kept apart from the library.

    The documents themselves go at once and together; what is removed after them is removed by running it again with the
    same ids, if it fails. Raises LibraryBusy if another process writes, and LibraryError.
    """
    from index.added import Added

    conversations = (records or library.records).conversations
    with library.writer() as writer:
        gone = writer.withdraw(ids, by)
        writer.forget_words()
    # Verdicts first: the texts, by which older ones are found, are known in this run alone, whatever fails after it.
    texts = {one.removal.document_id: one.text for one in gone}
    verdicts = library.feedback.withdraw({id: texts.get(id, "") for id in ids})
    added = Added(library.folder)
    files = sum(added.remove(one.path) for one in gone) + added.remove_documents(ids)
    turns = conversations.rewrite(ids, partial(kept.withdrawn, gone=frozenset(ids)))
    _renew_index(library)
    removals = tuple(one.removal for one in gone)
    return Removed(removals, turns, verdicts, files, library.overwrite_removed())


def sweep(since: datetime, library: Library, records: Records | None = None) -> int:
    """Take what was removed since then out of answers that were under way when it was, and were kept only afterwards;
    returns how many there were."""
    gone = frozenset(id for id, one in library.shelf.every_removal().items() if one.removed >= since)
    conversations = (records or library.records).conversations
    return conversations.rewrite(gone, partial(kept.withdrawn, gone=gone)) if gone else 0


def _renew_index(library: Library) -> None:
    """Make the vector index anew, unless a server has it, which does so itself."""
    from index.vectors import VectorIndex

    if (library.folder / "chroma").is_dir():
        with VectorIndex(library) as index:
            index.refresh()
