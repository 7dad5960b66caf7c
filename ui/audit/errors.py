"""What can go wrong with the audit log."""

from __future__ import annotations

from index.errors import OnRecordError


class AuditFailed(OnRecordError):
    """The audit log cannot be written or read."""
