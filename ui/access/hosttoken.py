"""A user as the embedding site's own server vouches for them: a token that it signs, good for some minutes and once.

Whoever can sign is believed about every user and every group, so the key is the embedding site's alone.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index.principal import Principal, person
from rag.errors import InvalidSettings
from ui.access import signed
from ui.access.errors import NotAdmitted
from ui.access.naming import group_names, only_groups, user_name

if TYPE_CHECKING:
    from index.records.records import Records
    from index.records.spent import Spent
    from rag.serving import ServingSettings

LONGEST_LIFE = 300
"""Seconds that a token may still have to live when it is shown."""
LEEWAY = 30
"""Seconds by which the clocks of the two servers may differ."""

_SAYS = "the token"


class HostTokens:
    """Checks tokens by one `key`, and keeps in `spent` which were used."""

    def __init__(self, key: signed.Key, spent: Spent, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._spent = spent
        self._clock = clock

    @classmethod
    def of(cls, settings: ServingSettings, records: Records) -> HostTokens | None:
        """As these settings have it; None where no site can sign. Raises InvalidSettings if the key cannot be used."""
        if settings.token_secret is not None:
            return cls(_secret(settings.token_secret.get_secret_value()), records.spent)
        if settings.token_key is None:
            return None
        try:
            return cls(signed.public_key(settings.token_key.read_bytes()), records.spent)
        except OSError as error:
            raise InvalidSettings(
                f"the token_key {settings.token_key} cannot be read ({error.strerror}); name a PEM file that can"
            ) from error
        except signed.BadKey as error:
            raise InvalidSettings(
                f"the token_key {settings.token_key} {error}; name the public key of the site that signs"
            ) from None

    def principal(self, token: str, audience: str) -> Principal:
        """Whom the token is about, if it is good for the embedded chat named `audience`: `sub` with `groups`.

        It is used up by this. Raises NotAdmitted (401) for one that is no good, saying what is wrong with it.
        """
        try:
            return self._checked(token, audience)
        except signed.BadToken as error:
            raise NotAdmitted(401, f"The token {error}; have the page's own server make a fresh one.") from None

    def _checked(self, token: str, audience: str) -> Principal:
        said, now = signed.claims(token, self._key), self._clock()
        ends = signed.within(said, now, LEEWAY)
        if ends > now + LONGEST_LIFE + LEEWAY:
            raise signed.BadToken(f"holds for more than {LONGEST_LIFE // 60} minutes")
        # A list is refused even if we are in it: what is good elsewhere, too, can be shown here by others.
        if said.get("aud") != audience:
            raise signed.BadToken("is for another audience than this chat")
        user = user_name(signed.text(said, "sub"), _SAYS)
        groups = only_groups(group_names(said.get("groups"), _SAYS), _SAYS)
        self._use_up(signed.text(said, "jti"), ends)
        return person(user, groups)

    def _use_up(self, id: str, ends: float) -> None:
        until = datetime.fromtimestamp(ends + LEEWAY, UTC)
        if not self._spent.spend(f"token:{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()}", until):
            raise signed.BadToken("was used before")


def _secret(secret: str) -> signed.Key:
    try:
        return signed.shared_secret(secret)
    except signed.BadKey as error:
        raise InvalidSettings(f"the token_secret {error}; set token_key instead") from None
