"""Sites for tests of what answers programs: known by API keys alone, without a library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.principal import PUBLIC, Principal
from index.records.records import Records
from rag.settings import Settings
from ui.access.identity import identify
from ui.caller import Use
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.serving import STRANGERS, Site


def keyed(**changes: object) -> Site:
    """A site that only API keys can ask; `changes` are those of the site."""
    records = Records.in_memory()
    site = replace(
        Site.alone(), records=records, identify=identify(Settings(identity="keys"), records), stranger=STRANGERS["keys"]
    )
    return replace(site, **changes)  # type: ignore[arg-type]


def key(site: Site, name: str = "reader", uses: Iterable[Use] | None = None, readers: Iterable[str] = ()) -> str:
    """The secret of a new key, which reads what is public and what these labels read."""
    reader = Principal(f"key:{name}", frozenset({PUBLIC, *readers}))
    return site.records.keys.make(name, reader, None if uses is None else frozenset(uses))[1]


def limited(*, user: str = "1000/minute", key: str = "1000/minute") -> Site:
    """The same, with these limits."""
    site = keyed()
    return replace(site, limits=Limits(Rates(site.records.counters, user=user, key=key, embeds={}), site.limits.turns))
