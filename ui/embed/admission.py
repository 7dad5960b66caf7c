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
from typing import TYPE_CHECKING

from index.principal import Principal
from index.records.sessions import Session, Sessions
from ui.access.errors import NotAdmitted
from ui.caller import Caller
from ui.embed.embeds import Embed

if TYPE_CHECKING:
    from ui.access.hosttoken import HostTokens
    from ui.limiting.rates import Rates

TICKET_SECONDS = 60
SESSION_SECONDS = 30 * 60
PERSONAL = frozenset({"loopback", "header", "login"})
"""How a person can be known who is given a ticket. An API key is none, or a limited one would become an unlimited
session; nor is the session of another embedded chat."""

_VISITOR_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_BY_CALLER = "caller"
NO_EMBED = "There is no such embedded chat; compare the name with the server's settings."


@dataclass(frozen=True, slots=True)
class Begun:
    """A session begun: its secret, and for a public audience what tells its visitor from others later, else None."""

    secret: str
    visitor: str | None


@dataclass(frozen=True, slots=True)
class Admission:
    """The way in to every embedded chat; `tokens` is None where no embedding site can sign.

    Both ways raise NotAdmitted: 404 if there is no such chat, 403 for a page that may not hold it, 401 for somebody
    nobody knows.
    """

    embeds: Mapping[str, Embed]
    sessions: Sessions
    rates: Rates
    tokens: HostTokens | None = None

    def ticket(self, name: str, origin: str | None, caller: Caller | None, token: str | None, peer: str | None) -> str:
        """A ticket for a page of `origin`, asked for from the address `peer`. Raises Exceeded, too, if this chat is
        opened too often."""
        embed = self._embed(name)
        if not embed.is_held_by(origin):
            raise NotAdmitted(
                403, "This page's origin is not one that the embedded chat lists; add it to its `origins`."
            )
        self.rates.count_ticket(name, peer)
        if embed.is_public:
            return self._ticket(embed, embed.visitor(secrets.token_hex(16)))
        if caller is not None and caller.by in PERSONAL:
            return self._ticket(embed, embed.guest(caller.principal), _BY_CALLER)
        if token is None or self.tokens is None:
            raise NotAdmitted(401, "Nobody is known here; sign in first, or let the page give its user's signed token.")
        return self._ticket(embed, embed.guest(self.tokens.principal(token, name)))

    def session(self, name: str, ticket: str, caller: Caller | None, visitor: str | None) -> Begun:
        """The session that a ticket is good for, once, in this chat and for the person it was given to.

        `visitor` is what the browser kept of an earlier visit. Only its hash names anybody, so a name that is seen
        in a log or an export lets nobody in.
        """
        embed = self._embed(name)
        held = self.sessions.redeem("ticket", ticket)
        if held is None or held.embed != name or _is_somebody_elses(held, caller):
            raise NotAdmitted(401, "The ticket is unknown, was used before or has ended; fetch another.")
        if not embed.is_public:
            return Begun(self._session(embed, held.principal), None)
        kept = visitor if visitor and _VISITOR_SECRET.fullmatch(visitor) else secrets.token_urlsafe(24)
        named = hashlib.sha256(kept.encode("ascii")).hexdigest()[:32]
        return Begun(self._session(embed, embed.visitor(named)), kept)

    def _embed(self, name: str) -> Embed:
        if name not in self.embeds:
            raise NotAdmitted(404, NO_EMBED)
        return self.embeds[name]

    def _ticket(self, embed: Embed, principal: Principal, data: str = "") -> str:
        return self.sessions.begin("ticket", principal, TICKET_SECONDS, embed=embed.name, data=data)

    def _session(self, embed: Embed, principal: Principal) -> str:
        return self.sessions.begin("embed", principal, SESSION_SECONDS, embed=embed.name)


def _is_somebody_elses(ticket: Session, caller: Caller | None) -> bool:
    """Whether a ticket that was given to somebody known here is shown by somebody else who is.

    The host's word names people of its own, and a visitor is nobody here, whoever's browser it is.
    """
    if caller is None or caller.by not in PERSONAL or ticket.data != _BY_CALLER:
        return False
    return ticket.principal.name != caller.principal.name
