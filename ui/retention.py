"""What was kept for as long as the settings say, removed: conversations, feedback, what has ended, old audit files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ui.removal import sweep

if TYPE_CHECKING:
    from index.library import Library
    from index.records.records import Records
    from rag.serving import ServingSettings
    from ui.audit.auditlog import AuditLog

UNDER_WAY = timedelta(days=2)
"""From before the last time that this was done: no answer takes so long."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed: conversations whose last turn was as old, verdicts, sessions and used up ids and counts
    that had ended, and whole files of the audit log."""

    conversations: int
    feedback: int
    ended: int
    audit_files: int


def retain(library: Library, records: Records, audit: AuditLog, settings: ServingSettings, now: datetime) -> Removed:
    """Remove what is older than `settings` say, and what documents that were removed by hand have left in answers that
    were under way then.

    What was removed stands nowhere in the library's files afterwards, or from the next time on if others were reading
    just then. Raises LibraryError or AuditFailed if it cannot be removed; running it again goes on from there.
    """
    oldest_audit = (now - timedelta(days=settings.audit_days)).astimezone(UTC).date()
    removed = Removed(
        conversations=records.conversations.prune(now - timedelta(days=settings.conversation_days)),
        feedback=library.feedback.prune(now - timedelta(days=settings.feedback_days)),
        ended=records.sessions.prune() + records.spent.prune() + records.counters.prune(),
        audit_files=audit.prune(oldest_audit),
    )
    records.conversations.prune_reserved(now - UNDER_WAY)
    sweep(now - UNDER_WAY, library, records)
    library.overwrite_removed()
    return removed
