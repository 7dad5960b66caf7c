"""Everything around the answers that a served app is made with: who asks, where it is reached, how much is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.records.records import Records
from ui.access.errors import NotAdmitted
from ui.access.hosttoken import HostTokens
from ui.access.identity import Identify, identify
from ui.access.local import local
from ui.audit.auditlog import AuditLog
from ui.embed.embeds import Embed, embeds
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.modelwatch import NO_MODEL, ModelWatch
from ui.recorded import records_of
from ui.running import Answers

if TYPE_CHECKING:
    from index.library import Library
    from rag.serving import ServingSettings
    from ui.access.login import Login
    from ui.library.keeper import LibraryKeeper

LOGIN = "/login"
"""Where people sign in, where that is done here."""
STRANGERS = {
    "local": NotAdmitted(403, "This server answers only the machine it runs on; ask from there."),
    "header": NotAdmitted(401, "Nobody said who is asking; come through the proxy that signs people in."),
    "oidc": NotAdmitted(401, f"Nobody is signed in here; sign in at {LOGIN}, or send an API key as a bearer token."),
    "keys": NotAdmitted(401, "The request brings no API key; send one as `Authorization: Bearer ork_…`."),
}
"""What somebody nobody knows is told, by how people are known here."""


@dataclass(frozen=True, slots=True)
class Site:
    """What stands around an answerer. Each field is one part; `dataclasses.replace` changes one.

    `identify` finds out who asks, and `stranger` is what they are told of whom nothing is known; `login` is the address
    where people sign in and `sign_in` what does it, None where they do not sign in here. `host_tokens` checks what
    embedding sites sign. `records` is what people leave. `limits` are how much is answered. `audit` is the audit log,
    with the text of questions if `audit_questions`. `embeds` are the embedded chats. `public_url` is where people reach
    the server, None where it listens; `hosts` are further names that requests may give it. `link_hosts` are where links
    in a model's prose may lead. If `is_discreet`, readers are told no address of model, embedder or library. `running`
    are the answers that are under way. `librarians` are the labels of those who keep the library, and `keeper` is what
    they do it with, None where there is no library or nothing is to be changed in it. `model` watches the language
    model.
    """

    identify: Identify
    records: Records
    limits: Limits
    stranger: NotAdmitted = STRANGERS["local"]
    login: str | None = None
    sign_in: Login | None = None
    host_tokens: HostTokens | None = None
    audit: AuditLog | None = None
    audit_questions: bool = False
    embeds: Mapping[str, Embed] = field(default_factory=dict)
    public_url: str | None = None
    hosts: frozenset[str] = frozenset()
    link_hosts: frozenset[str] = frozenset()
    is_discreet: bool = False
    librarians: frozenset[str] = frozenset()
    keeper: LibraryKeeper | None = None
    running: Answers = field(default_factory=Answers)
    model: ModelWatch = NO_MODEL

    @property
    def names(self) -> frozenset[str]:
        """The hosts that a request may name, beside loopback's."""
        public = urlsplit(self.public_url or "").hostname
        return self.hosts | ({f"[{public}]" if ":" in public else public} if public else set())

    @property
    def origin(self) -> str | None:
        """The origin of our own pages as browsers write it; None where people reach the server as it listens."""
        return self.public_url.rstrip("/") if self.public_url else None

    @property
    def is_https(self) -> bool:
        """Whether people reach the server over https, here or at a proxy."""
        return bool(self.public_url) and str(self.public_url).startswith("https://")

    @staticmethod
    def of(settings: ServingSettings, library: Library) -> Site:
        """The site that these settings describe around `library`. Raises LibraryError where the server of the records
        cannot be reached."""
        from ui.access.login import Login

        records = records_of(settings, library)
        return Site(
            identify=identify(settings, records),
            records=records,
            limits=_limits(settings, records),
            stranger=STRANGERS[settings.identity],
            login=LOGIN if settings.identity == "oidc" else None,
            sign_in=Login.of(settings, records),
            host_tokens=HostTokens.of(settings, records),
            audit=AuditLog(library.folder),
            audit_questions=settings.audit_questions,
            embeds=embeds(settings),
            public_url=settings.public_url,
            hosts=frozenset(host.lower() for host in settings.hosts),
            link_hosts=frozenset(settings.link_hosts),
            is_discreet=settings.identity != "local",
            librarians=frozenset(settings.librarians),
        )

    @staticmethod
    def alone() -> Site:
        """One person at this machine, and nothing that outlives the process: for an app without a library."""
        from rag.settings import Settings

        records = Records.in_memory()
        return Site(identify=local, records=records, limits=_limits(Settings(), records))


def _limits(settings: ServingSettings, records: Records) -> Limits:
    rates = Rates(
        records.counters,
        user=settings.limit_user,
        key=settings.limit_key,
        embeds={name: embed.limit for name, embed in settings.embeds.items()},
    )
    return Limits(
        rates,
        Turns(each=settings.answers_each, at_once=settings.answers_at_once, waiting=settings.answers_waiting),
    )
