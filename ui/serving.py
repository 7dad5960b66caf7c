"""Everything around the answers that a served app is made with: who asks, where it is reached, how much is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.access.identity import Identify
from ui.access.local import local

if TYPE_CHECKING:
    from index.library import Library
    from rag.serving import ServingSettings


@dataclass(frozen=True, slots=True)
class Site:
    """What stands around an answerer. Each field is one part; `dataclasses.replace` changes one.

    `identify` finds out who asks. `public_url` is where people reach the server, None where it listens; `hosts` are
    further names that requests may give it. `link_hosts` are where links in a model's prose may lead.
    """

    identify: Identify
    public_url: str | None = None
    hosts: frozenset[str] = frozenset()
    link_hosts: frozenset[str] = frozenset()

    @staticmethod
    def of(settings: ServingSettings, library: Library) -> Site:
        """The site that these settings describe; what people leave is kept in `library`."""
        return Site(
            identify=local,
            public_url=settings.public_url,
            hosts=frozenset(settings.hosts),
            link_hosts=frozenset(settings.link_hosts),
        )

    @staticmethod
    def alone() -> Site:
        """One person at this machine, and nothing that outlives the process: for an app without a library."""
        return Site(identify=local)
