"""Embedded chats as the settings name them: whose pages may hold one, and what may be read through it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from index.principal import Principal
from rag.errors import InvalidSettings

if TYPE_CHECKING:
    from rag.serving import EmbedSettings, ServingSettings

VISITOR = "visitor:"
"""What the name of somebody begins with who is known only by the chat they opened."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::([0-9]{1,5}))?")
_USUAL_PORT = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Embed:
    """One embedded chat.

    `origins` are the exact origins of the pages that may hold it, as browsers write them. A `public` audience is
    anybody on those pages and holds the labels in `readers`; a `signed-in` one reads what each of them may read.
    `collections` are the only ones it looks into, None for all. `limit` is how many questions it answers for
    everybody together, as `300/minute; 10000/day`. The constructor refuses what is no name and no exact origin.
    """

    name: str
    origins: tuple[str, ...]
    audience: Literal["public", "signed-in"] = "signed-in"
    readers: frozenset[str] = frozenset()
    collections: frozenset[str] | None = None
    greeting: str = ""
    limit: str = "300/minute; 10000/day"

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidSettings(
                f"the embed {self.name!r} has a name that no address can hold; use small letters, digits, - and _"
            )
        if wrong := [origin for origin in self.origins if exact_origin(origin) != origin]:
            raise InvalidSettings(
                f"the embed {self.name} names {wrong[0]!r}, which is no exact origin; write it as "
                "https://wiki.example.org, without a path and without *"
            )

    @property
    def is_public(self) -> bool:
        """Whether its readers are anybody on its pages."""
        return self.audience == "public"

    def holds(self, origin: str | None) -> bool:
        """Whether a page of this origin may hold the chat; an absent origin is nobody's."""
        return origin is not None and origin in self.origins

    def visitor(self, name: str) -> Principal:
        """Somebody of a public audience, told from the others by `name` alone."""
        return Principal(f"{VISITOR}{name}", self.readers, collections=self.collections)

    def guest(self, principal: Principal) -> Principal:
        """Somebody who is known, as far as they may read through this chat: never more than they may elsewhere."""
        if self.collections is None:
            return principal
        own = principal.collections
        return replace(principal, collections=self.collections if own is None else self.collections & own)


def embeds(settings: ServingSettings) -> Mapping[str, Embed]:
    """The embedded chats there are, by name; one that is not enabled is none.

    Raises InvalidSettings for one that cannot be served as it is written, enabled or not.
    """
    made = {name: _embed(name, each) for name, each in settings.embeds.items()}
    return {name: embed for name, embed in made.items() if settings.embeds[name].enabled}


def exact_origin(text: str) -> str | None:
    """The origin as browsers write it, in small letters and without its scheme's usual port; None if it is no origin.

    >>> exact_origin("https://Wiki.example.org:443/")
    'https://wiki.example.org'
    """
    match = _ORIGIN.fullmatch(text.strip().lower().removesuffix("/"))
    if match is None:
        return None
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" if port in (None, _USUAL_PORT[scheme]) else f"{scheme}://{host}:{int(port)}"


def _embed(name: str, settings: EmbedSettings) -> Embed:
    return Embed(
        name=name,
        origins=_sorted(exact_origin(origin) or origin for origin in settings.origins),
        audience=settings.audience,
        readers=frozenset(settings.readers),
        collections=frozenset(settings.collections) or None,
        greeting=settings.greeting,
        limit=settings.limit,
    )


def _sorted(origins: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(origins)))
