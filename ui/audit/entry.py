"""What the audit log says of one request or command: who, what, whether it was let through, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from index.records.store import stamp

NOBODY = "nobody"
"""Who a request is from that brought no credential, or a bad one."""
LONGEST = 300
"""Characters of a name, an action or an address that are written; of a question, fourteen times as many."""

Field = str | int | list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log.

    `who` is the principal's name or `nobody`, `by` how they are known (ui.caller.Means, `command` for a command).
    `action` is the path of the route, what the route noted, or the command; `subject` what it was done to, where that
    is no document. `documents` are the ids of those that were shown, `milliseconds` the whole time until the response
    had left, `tokens` what a model read and wrote. `embed` and `key` name the embedded chat and the API key's id,
    `peer` the address that the connection came from. `question` is None unless the settings ask for it.
    """

    when: datetime
    who: str
    action: str
    decision: Literal["allowed", "refused"]
    by: str | None = None
    method: str | None = None
    status: int | None = None
    documents: Iterable[str] = ()
    milliseconds: int | None = None
    tokens: int = 0
    embed: str | None = None
    key: str | None = None
    peer: str | None = None
    subject: str | None = None
    question: str | None = None

    def fields(self) -> dict[str, Field]:
        """The entry as JSON, without what there is none of. Text is cut, but nothing is left out of it: the line is
        pure ASCII, in which JSON escapes whatever could end a line or steer a terminal."""
        every: dict[str, Field | None] = {
            "when": stamp(self.when),
            "who": self.who[:LONGEST],
            "by": self.by,
            "action": self.action[:LONGEST],
            "subject": self.subject and self.subject[:LONGEST],
            "method": self.method and self.method[:LONGEST],
            "status": self.status,
            "decision": self.decision,
            "documents": sorted(self.documents) or None,
            "ms": self.milliseconds,
            "tokens": self.tokens or None,
            "embed": self.embed and self.embed[:LONGEST],
            "key": self.key and self.key[:LONGEST],
            "peer": self.peer and self.peer[:LONGEST],
            "question": None if self.question is None else self.question[: 14 * LONGEST],
        }
        return {name: value for name, value in every.items() if value is not None}
