"""Embedded chats as the settings name them: whose pages may hold one, and what may be read through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from index.principal import LOCAL, Principal

if TYPE_CHECKING:
    from index.library import Library
    from rag.serving import EmbedSettings, ServingSettings

VISITOR = "visitor:"
"""What the name of somebody begins with who is known only by the chat they opened."""


@dataclass(frozen=True, slots=True)
class Embed:
    """One embedded chat.

    `origins` are the exact origins of the pages that may hold it, as browsers write them. A `public` audience is
    anybody on those pages and holds the labels in `readers`; a `signed-in` one reads what each of them may read.
    `collections` are the only ones it looks into, None for all. `limit` is how many questions it answers for
    everybody together, as `300/minute; 10000/day`.
    """

    name: str
    origins: frozenset[str]
    audience: Literal["public", "signed-in"] = "signed-in"
    readers: frozenset[str] = frozenset()
    collections: frozenset[str] | None = None
    greeting: str = ""
    limit: str = "300/minute; 10000/day"

    @property
    def is_public(self) -> bool:
        """Whether its readers are anybody on its pages."""
        return self.audience == "public"

    def is_held_by(self, origin: str | None) -> bool:
        """Whether a page of this origin may hold the chat; one that names no origin may not."""
        return origin in self.origins

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
    """The embedded chats there are, by name; one that is not enabled is none."""
    return {name: _embed(name, each) for name, each in settings.embeds.items() if each.enabled}


def unfiled(embeds: Mapping[str, Embed], library: Library) -> tuple[str, ...]:
    """A sentence for each collection that a chat looks into and no document of `library` is in: it is misspelt, or yet
    to be synced."""
    return tuple(
        f"the embed {each.name} looks into the collection {collection!r}, which no document is in; correct its "
        "collections, or sync documents into that one"
        for each in embeds.values()
        for collection in sorted(each.collections or ())
        if not library.choices(replace(LOCAL, collections=frozenset({collection}))).documents
    )


def _embed(name: str, settings: EmbedSettings) -> Embed:
    return Embed(
        name=name,
        origins=frozenset(settings.origins),
        audience=settings.audience,
        readers=frozenset(label.strip() for label in settings.readers) - {""},
        collections=frozenset(settings.collections) or None,
        greeting=settings.greeting,
        limit=settings.limit,
    )
