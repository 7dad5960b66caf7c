"""Settings under which a server would be open to more people than was meant, each refused by name.

Every check takes the settings and raises ValueError: one sentence, the fact and then the remedy. None repeats a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from rag.serving import EmbedSettings, ServingSettings

SHORTEST_SECRET = 32
"""Bytes; an HMAC with SHA-256 is as strong as its key only up to that (RFC 7518, section 3.2)."""
WIDEST_NETWORK = {4: 8, 6: 16}
"""The shortest prefix of a network of proxies: two halves of the internet are the internet, too."""

_MAPPED = IPv6Network("::ffff:0:0/96")
"""All of IPv4, as a socket for both kinds shows it."""
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_OTHERWISE_USED = re.compile(
    r"host|cookie|authorization|proxy-.*|forwarded|origin|referer|connection|upgrade|te|transfer-encoding|accept.*|"
    r"content-.*|sec-.*|x-forwarded-(?:for|host|proto|port|prefix|uri|method|server)|x-real-ip",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]")
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST.pattern})(?::(?P<port>[0-9]{{1,5}}))?")
_USUAL_PORTS = {"http": "80", "https": "443"}
_EMBED = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`; a name other than localhost may resolve to anything, so no."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def networks(peers: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks that these addresses and networks are. Raises ValueError for one that is neither."""
    return tuple(map(_network, peers))


def _network(peer: str) -> IPv4Network | IPv6Network:
    """An IPv4 one also where it is written as IPv6 (RFC 4291, section 2.5.5.2), as peers are compared: by their IPv4
    address, however a socket shows it."""
    network = ip_network(peer)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((IPv4Address(network.network_address.packed[-4:]), network.prefixlen - _MAPPED.prefixlen))
    return network


def local_stays_here(settings: ServingSettings) -> None:
    """The one person at this machine reads everything, so nobody else may come that way."""
    if settings.identity != "local":
        return
    if not is_loopback(settings.host):
        raise ValueError(
            f"the host {settings.host or 'any address'} would let everybody who reaches it read every document, as "
            "identity is local; use 127.0.0.1, and an SSH tunnel from elsewhere, or another identity"
        )
    if settings.socket is not None:
        raise ValueError(
            "the socket is for a proxy, through which everybody would come, and identity is local; "
            "set identity to header or oidc, or leave the socket out"
        )
    named = [*settings.hosts, *filter(None, [urlsplit(settings.public_url or "").hostname])]
    if elsewhere := next((host for host in named if not is_loopback(host)), None):
        raise ValueError(
            f"people who come to {elsewhere} through a proxy would all read every document, as identity is local; "
            "set identity to header or oidc"
        )


def sign_in_is_whole(settings: ServingSettings) -> None:
    """People sign in at a provider that can be told from another, over connections that nobody else reads."""
    if settings.identity != "oidc":
        return
    for name in ("oidc_issuer", "oidc_client", "oidc_secret", "public_url"):
        value = getattr(settings, name)
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if not text:
            raise ValueError(f"identity is oidc and {name} is not set, so nobody could sign in; set {name}")


def provider_is_private(settings: ServingSettings) -> None:
    """What the provider says is believed, so nobody may say it in its place."""
    if settings.oidc_issuer is not None:
        _private(settings.oidc_issuer, "oidc_issuer", path=True)


def address_is_private(settings: ServingSettings) -> None:
    """Keys and sessions travel to the public address."""
    if settings.public_url is not None:
        _private(settings.public_url, "public_url", path=False)


def hosts_are_exact(settings: ServingSettings) -> None:
    """A request may name our hosts, and no others."""
    for host in settings.hosts:
        if not _HOST.fullmatch(host.lower()):
            raise ValueError(
                f"the host {host} in hosts is no exact name; list each name that people use, without port or *"
            )


def headers_come_from_proxies(settings: ServingSettings) -> None:
    """Whoever can set the header is whoever they like, so it is believed from listed proxies only."""
    if settings.identity != "header":
        return
    if not settings.trusted_peers and settings.socket is None:
        raise ValueError(
            "identity is header and no proxy is named, so anybody who reaches the port could say who they are; "
            "list the proxy's address in trusted_peers, 127.0.0.1 for one on this machine, or set socket"
        )
    for name in (settings.identity_header, settings.groups_header):
        if not _HEADER.fullmatch(name) or _OTHERWISE_USED.fullmatch(name):
            raise ValueError(
                f"the header {name} cannot say who asks; use a name of letters, digits and hyphens that has no other "
                "meaning, such as X-Forwarded-User"
            )
    if settings.identity_header.lower() == settings.groups_header.lower():
        raise ValueError("identity_header and groups_header are the same header; give the groups one of their own")


def peers_are_few(settings: ServingSettings) -> None:
    """A trusted peer is an address or a small network, and never everybody."""
    for peer in settings.trusted_peers:
        try:
            network = _network(peer)
        except ValueError:
            raise ValueError(
                f"the trusted peer {peer} is no address or network; write it as 10.0.0.5 or 10.0.0.0/24"
            ) from None
        holds_all_of_ipv4 = isinstance(network, IPv6Network) and _MAPPED.subnet_of(network)
        if network.prefixlen < WIDEST_NETWORK[network.version] or holds_all_of_ipv4:
            raise ValueError(
                f"the trusted peer {peer} is nearly everybody, who could then say who they are; "
                "name only the addresses of your proxies"
            )


def host_tokens_hold(settings: ServingSettings) -> None:
    """The embedding site's word is believed by one key, which cannot be guessed."""
    secret = settings.token_secret
    if secret is not None and settings.token_key is not None:
        raise ValueError("token_secret and token_key are both set, and tokens are signed by one key; leave one out")
    if secret is not None and len(secret.get_secret_value().encode()) < SHORTEST_SECRET:
        raise ValueError(
            f"the token_secret is shorter than {SHORTEST_SECRET} bytes and could be guessed; "
            "make one with: openssl rand -hex 32"
        )


def embeds_are_exact(settings: ServingSettings) -> None:
    """An embedded chat is on listed pages only, and for those it is meant for."""
    for name, embed in settings.embeds.items():
        if not _EMBED.fullmatch(name):
            raise ValueError(
                f"the embed {name} has a name that does not fit into an address; "
                "use up to 40 small letters, digits and hyphens"
            )
        if not embed.origins:
            raise ValueError(f"the embed {name} lists no origins, so no page could hold it; list them, or leave it out")
        for origin in embed.origins:
            _exact(name, origin)
        _audience(name, embed, settings)


def _exact(name: str, origin: str) -> None:
    """An origin as a browser sends it (RFC 6454, section 6.2), which is compared letter by letter."""
    match = _ORIGIN.fullmatch(origin)
    if not match or match["port"] == _USUAL_PORTS[match["scheme"]]:
        raise ValueError(
            f"the embed {name} lists {origin}, which is no exact origin; write it as the browser sends it, as "
            "https://wiki.example.org: small letters, no path, no *, no usual port"
        )
    if match["scheme"] == "http" and not is_loopback(match["host"]):
        raise ValueError(
            f"the embed {name} lists {origin}, a page that anybody on the way can change; serve that page over https"
        )


def _audience(name: str, embed: EmbedSettings, settings: ServingSettings) -> None:
    if embed.audience == "public":
        if not any(label.strip() for label in embed.readers):
            raise ValueError(f"the embed {name} is public and its readers are empty; name a label, as public")
        if someone := next((label for label in embed.readers if label.strip().startswith("user:")), None):
            raise ValueError(
                f"the embed {name} is public and would read what only {someone} may; take {someone} out of its readers"
            )
    elif settings.identity == "keys" and settings.token_secret is None and settings.token_key is None:
        raise ValueError(
            f"the embed {name} is for people who are signed in, and nobody can be, as identity is keys; "
            "set token_secret or token_key, or another identity"
        )


def _private(url: str, name: str, *, path: bool) -> None:
    """`url` is https, or http to this machine, and nothing but scheme, host and port, and a path where it may."""
    parts = _split(url)
    if parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError(f"the {name} is no address; write it as https://host.example.org")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"the {name} holds a user or password, which would be shown; leave it out")
    if parts.query or parts.fragment or (parts.path.strip("/") and not path):
        raise ValueError(
            f"the {name} holds more than {'an address' if path else 'scheme, host and port'}; cut it there"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"the {name} is http, so anybody on the way could read and change what it says; use https")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if not re.search(r"[\s\\*]", url) else None


CHECKS: tuple[Callable[[ServingSettings], None], ...] = (
    local_stays_here,
    address_is_private,
    hosts_are_exact,
    provider_is_private,
    sign_in_is_whole,
    peers_are_few,
    headers_come_from_proxies,
    host_tokens_hold,
    embeds_are_exact,
)
"""All of them, in the order in which they are told."""
