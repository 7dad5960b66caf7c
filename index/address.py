"""Which web addresses may be asked for a page: http and https, of hosts on the public internet or on a list.

What counts is the address that a host has at the moment of the connection, not how its name is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx2

from index.errors import Refused
from index.uris import checked_uri

PORTS = {"http": 80, "https": 443}
"""The schemes that are fetched, with the port of each."""
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out to be reached by everybody (RFC 4291, and IANA's registry)."""
_TUNNELS = tuple(map(IPv6Network, ("2001::/32", "2002::/16")))
"""Teredo and 6to4, which lead to an IPv4 address that is written into them."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 writes them (RFC 6052); a gateway turns them back."""
_RELAYS = IPv4Address("192.88.99.0").packed[:3]
"""Where relays of 6to4 were reached (RFC 7526)."""


def web_address(text: str) -> httpx2.URL:
    """`text` as an address that can be asked: its host in lower case and in ASCII, without the part behind `#`.

    Raises Refused. The reason repeats nothing of it but its scheme, since an address can hold a password.
    """
    try:
        url = httpx2.URL(checked_uri(text))
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused("it is no web address; write it as https://www.example.org/page") from error
    if url.scheme not in PORTS:
        raise Refused(f"{(url.scheme or 'nothing')[:20]!r} is not fetched; only http and https are")
    if url.userinfo:
        raise Refused("it holds a user name or a password, which would be kept with the document; leave them out")
    if not 0 < port_of(url) < 2**16:
        raise Refused("its port is none; leave the port out")
    host = _host(url)
    return url.copy_with(host=host, fragment=None, raw_path=url.raw_path or b"/")


def port_of(url: httpx2.URL) -> int:
    """The port that is asked."""
    return url.port if url.port is not None else PORTS[url.scheme]


def host_of(url: httpx2.URL) -> str:
    """The host as it is asked, in ASCII and without brackets."""
    return url.raw_host.decode("ascii")


def is_public(address: str) -> bool:
    """Whether this IP address is on the public internet, and leads nowhere else by what is written into it.

    >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("::ffff:169.254.169.254")
    (True, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        return _is_public_v6(found)
    return _is_public_v4(found)


def all_public(addresses: Iterable[str]) -> bool:
    """Whether there is one, and all of them are public: a name that leads here and there leads nowhere."""
    found = tuple(addresses)
    return bool(found) and all(map(is_public, found))


def _is_public_v4(address: IPv4Address) -> bool:
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.packed[:3] == _RELAYS
    return address.is_global and not odd


def _is_public_v6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(IPv4Address(address.packed[-4:]))
    is_tunnel = any(address in tunnel for tunnel in _TUNNELS)
    return address in _GLOBAL_UNICAST and address.is_global and not is_tunnel and address.scope_id is None


def _host(url: httpx2.URL) -> str:
    """The host without a dot at its end. Raises Refused for what is neither a name nor a plainly written address."""
    host = host_of(url).lower()
    if ":" in host:
        try:
            if "%" in host:
                raise ValueError("a zone, which is this machine's own matter")
            return IPv6Address(host).compressed
        except ValueError as error:
            raise Refused("its host is no address that can be asked; write the host's name") from error
    host = host.removesuffix(".")
    if not _NAME.fullmatch(host):
        raise Refused("it names no host; write it as https://www.example.org/page")
    if _NUMBER.fullmatch(host.rpartition(".")[2]) and not _is_plain(host):
        raise Refused("its host is a number in an unusual form; write the host's name")
    return host


def _is_plain(host: str) -> bool:
    """Whether it is an IPv4 address in the one form that all programs read alike."""
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False
