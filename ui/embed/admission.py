"""How the reader of somebody else's page is let in: a ticket for the page, a session for the frame inside it.

Inside a frame a request's Origin is the frame's own, so it says nothing of the page around it. The ticket is therefore
fetched by the page itself, whose browser names its origin; it holds for a minute, once, for one chat and one person.
The frame turns it into a session, which it keeps in memory alone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from index.principal import Principal
from index.records.sessions import Session, Sessions
from ui.access.errors import NotAdmitted
from ui.caller import Caller
from ui.embed.embeds import Embed

TICKET_SECONDS = 60
SESSION_SECONDS = 30 * 60
PERSONAL = frozenset({"loopback", "header", "login"})
"""How a person can be known who is given a ticket. An API key is none, or a limited one would become an unlimited
session; nor is the session of another embedded chat."""

_VISITOR_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_BY_TOKEN = "token"
_REUSED = "The ticket is unknown, was used before or has ended; fetch another."


class HostTokens(Protocol):
    """What checks the tokens that embedding sites sign: `ui.access` has it."""

    def principal(self, token: str, audience: str) -> Principal:
        """Whom the token is about; raises NotAdmitted if it is no good for this audience, or was used before."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session begun: its secret, and for a public audience what tells its visitor from others later, else None."""

    secret: str
    visitor: str | None


@dataclass(frozen=True, slots=True)
class Admission:
    """The way in to every embedded chat; `tokens` is None where no embedding site can sign."""

    embeds: Mapping[str, Embed]
    sessions: Sessions
    tokens: HostTokens | None = None

    def ticket(self, embed: Embed, origin: str | None, caller: Caller | None, token: str | None) -> str:
        """A ticket for a page of `origin`. Raises NotAdmitted if it may not hold the chat, or if nobody is known."""
        if not embed.is_held_by(origin):
            raise NotAdmitted(
                403, "This page's origin is not one that the embedded chat lists; add it to its `origins`."
            )
        if embed.is_public:
            return self._ticket(embed, embed.visitor(secrets.token_hex(16)))
        if caller is not None and caller.by in PERSONAL:
            return self._ticket(embed, embed.guest(caller.principal))
        if token is None or self.tokens is None:
            raise NotAdmitted(401, "Nobody is known here; sign in first, or let the page give its user's signed token.")
        return self._ticket(embed, embed.guest(self.tokens.principal(token, embed.name)), _BY_TOKEN)

    def session(self, embed: Embed, ticket: str, caller: Caller | None, visitor: str | None) -> Begun:
        """The session that a ticket is good for, once. Raises NotAdmitted for any that is not for this chat and person.

        `visitor` is what the browser kept of an earlier visit. Only its hash names anybody, so a name that is seen
        in a log or an export lets nobody in.
        """
        held = self.sessions.redeem("ticket", ticket)
        if held is None or held.embed != embed.name or _somebody_else(held, caller, embed):
            raise NotAdmitted(401, _REUSED)
        if not embed.is_public:
            return Begun(self._session(embed, held.principal), None)
        kept = visitor if visitor and _VISITOR_SECRET.fullmatch(visitor) else secrets.token_urlsafe(24)
        name = hashlib.sha256(kept.encode("ascii")).hexdigest()[:32]
        return Begun(self._session(embed, embed.visitor(name)), kept)

    def _ticket(self, embed: Embed, principal: Principal, data: str = "") -> str:
        return self.sessions.begin("ticket", principal, TICKET_SECONDS, embed=embed.name, data=data)

    def _session(self, embed: Embed, principal: Principal) -> str:
        return self.sessions.begin("embed", principal, SESSION_SECONDS, embed=embed.name)


def _somebody_else(held: Session, caller: Caller | None, embed: Embed) -> bool:
    """Whether the ticket of one person who is known here is shown by another who is."""
    known = caller is not None and caller.by in PERSONAL and not embed.is_public
    return known and caller is not None and held.data != _BY_TOKEN and held.principal.name != caller.principal.name
