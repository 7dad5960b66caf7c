"""Settings that could not do what they say, each refused by name: what is set is meant, so it must not be passed over.

Every check takes the settings and raises ValueError: one sentence, the fact and then the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from index.principal import NOBODY, PUBLIC

if TYPE_CHECKING:
    from rag.serving import ServingSettings
    from rag.settings import Settings

LOCAL_MODEL = "local:"
"""What the name of a model on this machine begins with."""

_SEPARATORS = {"header": ",", "keys": ",;|"}
"""By identity, what separates labels where somebody's come from: none with one of these in it is ever held."""
_LINK_HOST = re.compile(r"[^\s:@%/?#*\\\[\]_.]+(?:\.[^\s:@%/?#*\\\[\]_.]+)*(?::[0-9]{1,5})?")
"""A name, in any script, and a port."""
_FETCH_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?", re.IGNORECASE)


def librarians_are_some(settings: ServingSettings) -> None:
    """Those who look after the library hold a label that somebody can hold and not everybody does."""
    for label in settings.librarians:
        if label.strip() == PUBLIC:
            raise ValueError(
                f"librarians lists {PUBLIC}, which everybody holds, so everybody would look after the library; name a "
                "label that only librarians hold, or leave it out: with identity local the person at this machine may"
            )
        if apart := next((mark for mark in _SEPARATORS.get(settings.identity, "") if mark in label), None):
            raise ValueError(
                f"librarians lists {label!r} as one label, and nobody holds one with {apart!r} in it, as identity is "
                f'{settings.identity}; list each label by itself, as ["press", "library"]'
            )
        if label != label.strip() or label in ("", NOBODY):
            raise ValueError(f"librarians lists {label!r}, which nobody can hold; name a label of readers, as library")


def embeds_can_read(settings: ServingSettings) -> None:
    """What is said of an embedded chat's readers and collections says something."""
    for name, embed in settings.embeds.items():
        if embed.audience != "public" and "readers" in embed.model_fields_set:
            raise ValueError(
                f"the embed {name} names readers and is for people who are signed in, each of whom reads what they may "
                'anywhere; set audience to "public", or leave readers out'
            )
        if embed.audience == "public" and NOBODY in map(str.strip, embed.readers):
            raise ValueError(
                f"the embed {name} is public and would read what {NOBODY} may; take {NOBODY} out of its readers"
            )
        if not all(collection.strip() for collection in embed.collections):
            raise ValueError(
                f"the embed {name} lists a collection without a name, which nothing is in; name it, or leave it out"
            )


def hosts_can_be_met(settings: ServingSettings) -> None:
    """A host that is listed is written as it is compared."""
    if host := _first_but(settings.link_hosts, _is_link_host):
        raise ValueError(
            f"the host {host} in link_hosts is no exact name, so no link would lead there; "
            "list the name alone, as wiki.example.org, without https://, path or *"
        )
    if host := _first_but(settings.fetch_hosts, _is_fetch_host):
        raise ValueError(
            f"the host {host} in fetch_hosts is no exact name, so no page could be added from there; "
            "list the name alone, as wiki.example.org, without https://, port, path or *, and in ASCII (xn--…)"
        )


def model_can_write(settings: Settings) -> None:
    """The model has room to read and time to write."""
    if settings.model_answer_tokens >= settings.model_context:
        raise ValueError(
            f"model_answer_tokens ({settings.model_answer_tokens}) leave the model nothing of model_context "
            f"({settings.model_context}) to read; set them lower, or model_context to what the model can read"
        )
    first, whole = settings.model_first_seconds, settings.model_seconds
    if first is not None and whole is not None and first > whole:
        raise ValueError(
            f"model_first_seconds ({first:g}) is more than model_seconds ({whole:g}), in which the whole answer comes; "
            "set it lower"
        )


def judge_has_a_server(settings: Settings) -> None:
    """A judge alone, or beside a model on this machine, names no server: its quotes would go to OpenAI unasked."""
    is_elsewhere = settings.model is not None and not settings.model.startswith(LOCAL_MODEL)
    if settings.judge_model is not None and settings.model_url is None and not is_elsewhere:
        raise ValueError(f"the judge_model {settings.judge_model} has no server; set model_url, or leave it out")


def _first_but(hosts: Iterable[str], is_met: Callable[[str], bool]) -> str | None:
    return next((host or "''" for host in hosts if not is_met(host)), None)


def _is_link_host(host: str) -> bool:
    try:
        return bool(_LINK_HOST.fullmatch(host)) and bool(host.partition(":")[0].encode("idna"))
    except UnicodeError:
        return False


def _is_fetch_host(host: str) -> bool:
    if ":" not in host:
        return bool(_FETCH_HOST.fullmatch(host))
    try:
        return IPv6Address(host.strip("[]")).compressed == host.strip("[]").lower()
    except ValueError:
        return False


SERVING: tuple[Callable[[ServingSettings], None], ...] = (librarians_are_some, embeds_can_read, hosts_can_be_met)
"""Those of serving, in the order in which they are told."""
ANSWERING: tuple[Callable[[Settings], None], ...] = (model_can_write, judge_has_a_server)
"""Those of what shapes an answer."""
