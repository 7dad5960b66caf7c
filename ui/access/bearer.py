"""Whoever an API key or the session of an embedded chat stands for, sent as `Authorization: Bearer …`.

One that is presented and no good is refused, and never counts for whatever else the request could say.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, cast, get_args

from starlette.types import Scope

from ui.access.errors import NotAdmitted
from ui.access.fields import sent
from ui.caller import Caller, Use

if TYPE_CHECKING:
    from index.records.records import Records

KEY = "ork_"
"""What the secret of an API key begins with."""
SESSION = "ors_"
"""What the secret of an embedded chat's session begins with."""
EMBED_USES: frozenset[Use] = frozenset({"ask", "search", "documents", "history", "feedback"})
LONGEST = 256
"""Characters of a secret; ours are shorter."""

_USES: frozenset[str] = frozenset(get_args(Use))


class Bearer:
    """From a request to the caller whose secret it brings; None where it brings none.

    `embeds` are the names of the embedded chats that there are. `ours_only` says that a secret of somebody else's is
    refused; without it, it is passed over, since programs that ask a model on their own machine must send some key.
    `others` are further schemes of the same header that are passed over.
    """

    def __init__(
        self, records: Records, embeds: Collection[str], *, ours_only: bool = True, others: Collection[str] = ()
    ) -> None:
        self._records = records
        self._embeds = frozenset(embeds)
        self._ours_only = ours_only
        self._others = frozenset(others)

    def __call__(self, scope: Scope) -> Caller | None:
        presented = sent(scope, "authorization")
        if len(presented) > 1:
            raise NotAdmitted(400, "The request brings several Authorization headers; send one.")
        if not presented:
            return None
        scheme, _, secret = presented[0].decode("latin-1").strip().partition(" ")
        return self._admit(scheme.lower(), secret.strip())

    def _admit(self, scheme: str, secret: str) -> Caller | None:
        if scheme == "bearer" and secret.startswith(KEY):
            return self._by_key(secret)
        if scheme == "bearer" and secret.startswith(SESSION):
            return self._by_session(secret)
        if scheme == "bearer" and self._ours_only:
            raise NotAdmitted(401, "The bearer token is none of this server's; send an API key, as ork_….")
        if self._ours_only and scheme not in self._others:
            raise NotAdmitted(401, "The Authorization header is none that is read here; send Bearer and an API key.")
        return None

    def _by_key(self, secret: str) -> Caller:
        key = self._records.keys.find(secret) if len(secret) <= LONGEST else None
        if key is None:
            raise NotAdmitted(401, "The API key is unknown, has expired or was revoked; ask for a new one.")
        # A use that this version does not know is for a route that it does not have.
        uses = None if key.uses is None else cast(frozenset[Use], key.uses & _USES)
        return Caller(key.principal, by="key", uses=uses, key=key.id)

    def _by_session(self, secret: str) -> Caller:
        session = self._records.sessions.find("embed", secret) if len(secret) <= LONGEST else None
        if session is None or session.embed not in self._embeds:
            raise NotAdmitted(401, "The session of this chat has ended; open the chat again.")
        return Caller(session.principal, by="embed", uses=EMBED_USES, embed=session.embed)
