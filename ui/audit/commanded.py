"""What a command at the library's own machine did, written into its audit log."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from index.records.store import present
from ui.audit.auditlog import AuditLog
from ui.audit.entry import Entry


def commanded(folder: Path, action: str, subject: str) -> None:
    """Write that the account which runs this command did that to `subject`, in the library in `folder`. Raises
    AuditFailed if it cannot be written."""
    log = AuditLog(folder)
    log.write(Entry(present(), account(), action, "allowed", by="command", subject=subject))
    log.require()


def account() -> str:
    """The account that runs this command, by the number that the system goes by; the environment can claim any name."""
    number = os.getuid()
    try:
        return f"account:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"account:{number}"
