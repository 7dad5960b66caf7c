"""Whoever a proxy in front of us says it is, which only the listed proxies may say.

The peer is the address of the connection itself; no header can change it. From anybody else, the header is a lie that
is told so, and a proxy that lets several of them through, or one that some servers would read as another
(`X_Forwarded_User`), does not protect what it should.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from starlette.types import Scope

from index.principal import person
from rag.exposure import networks
from ui.access.errors import NotAdmitted
from ui.access.naming import group_names, user_name
from ui.caller import Caller

if TYPE_CHECKING:
    from rag.serving import ServingSettings

_SAYS = "the proxy"


class ProxyHeader:
    """From a request to the caller whom a trusted proxy names in it; None where it names nobody.

    `user` and `groups` are the names of the two headers, the groups separated by commas. `at_socket` says that the
    server listens on a unix socket and nothing else, where a connection has no address and its file says who may.
    """

    def __init__(
        self, user: str, groups: str, peers: tuple[IPv4Network | IPv6Network, ...], *, at_socket: bool = False
    ) -> None:
        self._user = user.lower().encode("ascii")
        self._groups = groups.lower().encode("ascii")
        self._peers = peers
        self._at_socket = at_socket

    @classmethod
    def of(cls, settings: ServingSettings) -> ProxyHeader:
        """As these settings have it."""
        peers = networks(settings.trusted_peers)
        return cls(settings.identity_header, settings.groups_header, peers, at_socket=settings.socket is not None)

    def __call__(self, scope: Scope) -> Caller | None:
        found = self._sent(scope)
        if not found:
            return None
        if not self._is_trusted(scope.get("client")):
            raise NotAdmitted(401, "The request says who asks and comes from no trusted proxy; ask through the proxy.")
        user = found.get(self._user)
        if user is None:
            raise NotAdmitted(400, "The proxy names groups and no user; have it set both headers.")
        return Caller(person(_user(user), _groups(found.get(self._groups, b""))), by="header")

    def _sent(self, scope: Scope) -> dict[bytes, bytes]:
        """Our headers as they were sent, by name; each at most once, and under no name but its own."""
        found: dict[bytes, bytes] = {}
        for key, value in scope.get("headers", ()):
            name = key.lower()
            if name.replace(b"_", b"-") not in (self._user, self._groups):
                continue
            if b"_" in name:
                raise NotAdmitted(400, f"The header {_shown(name)} is written with an underscore; send hyphens.")
            if name in found:
                raise NotAdmitted(400, f"The header {_shown(name)} is there more than once; have the proxy replace it.")
            found[name] = value
        return found

    def _is_trusted(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return self._at_socket
        address = _address(client[0])
        return address is not None and any(address in network for network in self._peers)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 one also where a socket for both kinds shows it as IPv6."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _user(value: bytes) -> str:
    name = _text(value)
    if "," in name:
        raise NotAdmitted(400, "The proxy names several users; have it name one, and replace what a client sent.")
    return user_name(name, _SAYS, 400)


def _groups(value: bytes) -> tuple[str, ...]:
    return group_names(_text(value).split(","), _SAYS, 400)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8").strip(" \t")
    except UnicodeDecodeError:
        raise NotAdmitted(400, "What the proxy says of who asks is not UTF-8; have it send that.") from None


def _shown(name: bytes) -> str:
    return name.decode("latin-1").title()
