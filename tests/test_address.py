"""Which addresses are asked: however they are written, none that leads inside."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.address import all_public, host_of, is_public, port_of, web_address
from index.errors import Refused

INSIDE = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
inside = st.sampled_from(INSIDE).flatmap(lambda each: st.integers(int(each[0]), int(each[-1]))).map(IPv4Address)
anywhere = st.integers(0, 2**32 - 1).map(IPv4Address)
SPELLINGS = (
    lambda a: str(int(a)),
    lambda a: hex(int(a)),
    lambda a: "0" + oct(int(a))[2:],
    lambda a: ".".join(f"0{byte:o}" for byte in a.packed),
    lambda a: ".".join(hex(byte) for byte in a.packed),
    lambda a: f"{a.packed[0]}.{int.from_bytes(a.packed[1:])}",
    lambda a: f"{a.packed[0]}.{a.packed[1]}.{int.from_bytes(a.packed[2:])}",
    lambda a: f"{a}.",
    str,
)


@given(inside)
@example(IPv4Address("169.254.169.254"))
@example(IPv4Address("255.255.255.255"))
def test_no_address_inside_is_public_nor_one_that_holds_it(address: IPv4Address) -> None:
    held = int(address)
    assert not is_public(str(address))
    for into in ("::ffff:0:0", "64:ff9b::", "::", "fe80::", "fec0::", "fc00::"):
        assert not is_public(str(IPv6Address(int(IPv6Address(into)) + held))), into
    assert not is_public(str(IPv6Address(int(IPv6Address("2002::")) + (held << 80) + 1)))
    assert not is_public(str(IPv6Address(int(IPv6Address("2001::")) + (held ^ 0xFFFFFFFF))))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
@example(IPv6Address("::1"))
@example(IPv6Address("::"))
@example(IPv6Address("ff02::1"))
@example(IPv6Address("ff0e::1"))
@example(IPv6Address("2001:db8::1"))
@example(IPv6Address("fd00:ec2::254"))
@example(IPv6Address("64:ff9b:1::a00:1"))
def test_of_ipv6_only_what_is_given_out_is_public(address: IPv6Address) -> None:
    if is_public(str(address)):
        given_out = address in IPv6Network("2000::/3") or address in IPv6Network("64:ff9b::/96")
        assert given_out or address.ipv4_mapped
        assert not address.is_multicast
        assert not address.is_private or address.ipv4_mapped


def test_the_public_internet_is_public() -> None:
    assert all_public(["8.8.8.8", "2606:4700::6810:84e5", "::ffff:1.1.1.1", "64:ff9b::808:808"])
    assert not all_public([])
    assert not all_public(["8.8.8.8", "127.0.0.1"])
    assert not is_public("2606:4700::1%eth0")
    assert not is_public("localhost")


@given(anywhere, st.sampled_from(SPELLINGS), st.sampled_from(["http", "HTTPS"]))
def test_a_number_is_one_address_to_everybody_or_is_refused(address: IPv4Address, spelt: object, scheme: str) -> None:
    """What the resolver of the system reads is what was looked at."""
    assert callable(spelt)
    try:
        url = web_address(f"{scheme}://{spelt(address)}/page")
    except Refused:
        return
    assert host_of(url) == str(address)
    assert socket.inet_ntoa(socket.inet_aton(host_of(url))) == str(address)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "1.2.3.4.5",
        "0x",
        "1.0x7f",
    ],
)
def test_a_number_in_an_unusual_form_is_refused(host: str) -> None:
    with pytest.raises(Refused, match=r"unusual form|no web address"):
        web_address(f"http://{host}/")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("page", "only http and https"),
        ("//www.example.org/", "only http and https"),
        ("ftp://www.example.org/", "'ftp' is not fetched"),
        ("file:///etc/passwd", "'file' is not fetched"),
        ("gopher://www.example.org/", "'gopher' is not fetched"),
        ("javascript:alert(1)", "'javascript' is not fetched"),
        ("http://", "names no host"),
        ("http:///etc", "names no host"),
        ("http:/www.example.org", "names no host"),
        ("http://alice:secret@www.example.org/", "a user name or a password"),
        ("http://alice@www.example.org/", "a user name or a password"),
        ("http://www.example.org\\@evil.example/", "a user name or a password"),
        ("http://%31%32%37.0.0.1/", "names no host"),
        ("http://a b/", "names no host"),
        ("http://a..b/", "names no host"),
        ("http://www.example.org:99999999/", "its port is none"),
        ("http://[fe80::1%25eth0]/", "no address that can be asked"),
        ("http://[fe80::1%eth0]/", "no address that can be asked"),
        ("http://[::1/", "no web address"),
        ("http://www.exa\tmple.org/", "cannot be seen"),
        ("http://www.example.org/\u202egnp", "cannot be seen"),
        ("http://" + "a" * 2_000, "longer than"),
        ("http://" + "a." * 200 + "org", "names no host"),
    ],
)
def test_what_is_no_web_address_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(Refused, match=told) as caught:
        web_address(text)
    assert "secret" not in str(caught.value)


def test_an_address_is_one_however_it_is_written() -> None:
    plain = "https://www.example.org/"
    for text in (plain, "HTTPS://WWW.Example.ORG", "https://www.example.org.:443/#part", f"  {plain}  "):
        assert str(web_address(text)) == plain
    assert str(web_address("http://bücher.example/ä?q=1#x")) == "http://xn--bcher-kva.example/%C3%A4?q=1"
    assert str(web_address("http://[::FFFF:8.8.8.8]:8080/")) == "http://[::ffff:808:808]:8080/"
    assert (port_of(web_address("http://a.example")), port_of(web_address("https://a.example:80"))) == (80, 80)


@given(st.text(max_size=40))
def test_whatever_is_written_is_an_address_or_a_sentence(text: str) -> None:
    for each in (text, f"http://{text}", f"https://www.example.org{text}"):
        told = ""
        try:
            url = web_address(each)
        except Refused as error:
            told = str(error)
        assert told.isprintable()
        assert told or (url.scheme in ("http", "https") and host_of(url) and not url.userinfo)
