"""What a person sets about serving: addresses, who asks, embedded chats, how much and for how long.

These settings never change what an answer says, only who gets it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from rag import effect, exposure
from rag.limit import limit

Labels = Annotated[tuple[str, ...], NoDecode]
"""A list in the settings file; separated by commas in the environment."""


class EmbedSettings(BaseModel):
    """One embedded chat: a table `[embeds.NAME]` of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    origins: tuple[str, ...] = Field(description="Exact origins of the pages that may embed it.")
    audience: Literal["public", "signed-in"] = Field(
        default="signed-in", description="`public`: anybody on those pages, who reads what `readers` says."
    )
    readers: tuple[str, ...] = Field(default=("public",), description="Labels that a public audience holds.")
    collections: tuple[str, ...] = Field(default=(), description="The only collections it looks into; empty: all.")
    greeting: str = Field(default="", max_length=300, description="What the chat says before the first question.")
    limit: str = Field(default="300/minute; 10000/day", description="Questions that it answers for everybody together.")
    enabled: bool = Field(default=True, description="Whether there is such a chat at all.")

    @field_validator("limit")
    @classmethod
    def _is_a_limit(cls, value: str) -> str:
        return limit(value)


class ServingSettings(BaseSettings):
    """The settings that `serve` alone reads."""

    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port that `serve` listens on; 0 takes a free one.")
    socket: Path | None = Field(
        default=None, description="Unix socket that `serve` listens on instead, for a proxy on this machine."
    )
    public_url: str | None = Field(
        default=None,
        description="Where people reach the server, as https://ask.example.org; unset: where it listens.",
    )
    hosts: Labels = Field(default=(), description="Further host names that requests may name; never a wildcard.")
    identity: Literal["local", "header", "oidc", "keys"] = Field(
        default="local",
        description="How `serve` knows who asks: `local`, the one person at this machine, who reads everything; "
        "`header`, a proxy says it; `oidc`, people sign in; `keys`, only API keys and embedded chats.",
    )
    trusted_peers: Labels = Field(
        default=(), description="Addresses or networks of the proxies that may say who asks, for `header`."
    )
    identity_header: str = Field(default="X-Forwarded-User", description="Header with the user's name, for `header`.")
    groups_header: str = Field(default="X-Forwarded-Groups", description="Header with the user's groups, for `header`.")
    oidc_issuer: str | None = Field(default=None, description="Issuer that people sign in at, for `oidc`.")
    oidc_client: str | None = Field(default=None, description="This server's client id there.")
    oidc_secret: SecretStr | None = Field(default=None, description="Its client secret; never shown.")
    oidc_user: str = Field(default="sub", description="Claim that names the user; it must be unique and never reused.")
    oidc_groups: str = Field(default="groups", description="Claim that lists the user's groups.")
    session_hours: float = Field(default=8, gt=0, le=168, description="Hours that signing in holds, for `oidc`.")
    token_secret: SecretStr | None = Field(
        default=None, description="Secret of 32 bytes or more that the embedding site signs its users' tokens with."
    )
    token_key: Path | None = Field(
        default=None, description="Public key (PEM) instead: RSA, EC or Ed25519; then no secret is shared."
    )
    embeds: dict[str, EmbedSettings] = Field(
        default_factory=dict, description="Embedded chats by name, each a table `[embeds.NAME]`; see docs/embedding.md."
    )
    link_hosts: Labels = Field(
        default=(), description="Hosts that links in a model's prose may lead to; others are shown as text."
    )
    limit_user: str = Field(default="30/minute; 1000/day", description="Questions that one person may ask.")
    limit_key: str = Field(default="60/minute; 5000/day", description="Questions that one API key may ask.")
    answers_each: int = Field(default=2, ge=1, le=100, description="Answers that one person or key has at once.")
    answers_at_once: int = Field(default=40, ge=1, le=500, description="Answers that the server works on at once.")
    answers_waiting: int = Field(default=64, ge=0, le=10_000, description="Questions that wait for their turn.")
    librarians: Labels = Field(
        default=(),
        description="Reader labels whose holders see what the library holds and who may read it, and may add, remove "
        "and sync again; with `local`, the person at this machine may.",
    )
    fetch_hosts: Labels = Field(
        default=(), description="Hosts inside your network that pages may be added from; others must be public."
    )
    upload_mib: int = Field(default=19, ge=1, le=19, description="Size of one file that is added, in MiB, at most.")
    records_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL database for conversations, keys and sessions, as postgresql://user@host/name; unset: "
        "beside the documents. Never shown.",
    )
    conversation_days: int = Field(
        default=90, ge=1, description="Days that conversations are kept after the last turn."
    )
    feedback_days: int = Field(default=365, ge=1, description="Days that readers' verdicts are kept.")
    audit_days: int = Field(default=365, ge=1, description="Days that the audit log is kept.")
    audit_questions: bool = Field(default=False, description="Write the questions' text into the audit log too.")
    examples: Path | None = Field(
        default=None, description="File of questions, one a line, that the page offers to begin with."
    )

    @field_validator("hosts", "trusted_peers", "link_hosts", "librarians", "fetch_hosts", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("limit_user", "limit_key")
    @classmethod
    def _is_a_limit(cls, value: str) -> str:
        return limit(value)

    @field_validator("public_url")
    @classmethod
    def _as_browsers_send_it(cls, value: str | None) -> str | None:
        return value.lower().rstrip("/") if value is not None else None

    @model_validator(mode="after")
    def _is_open_to_nobody_else(self) -> Self:
        for check in exposure.CHECKS:
            check(self)
        return self

    @model_validator(mode="after")
    def _can_do_what_it_says(self) -> Self:
        for check in effect.SERVING:
            check(self)
        return self
