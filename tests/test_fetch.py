"""Fetching from a real server on loopback, which is listed where it may be asked; and from where nothing may be."""

from __future__ import annotations

import codecs
import gzip
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from httpx2 import URL
from hypothesis import given
from hypothesis import strategies as st

from index.errors import Refused
from index.fetch import Fetcher, _unfolded
from tests.conftest import NetworkRefused
from tests.webserver import PAGE, WebServer, certified, web_server

HERE = "127.0.0.1"
PUBLIC = "93.184.215.14"
INSIDE = (
    *("10.1.2.3", "0.0.0.0", "127.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "fd00::1", "fe80::1%lo", "ff02::1"),
    *("::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::7f00:1"),
)


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    with web_server() as served:
        yield served


@pytest.fixture(autouse=True)
def forgetful(site: WebServer) -> None:
    site.asked.clear()


def fetcher(*hosts: str, limit: int = 100_000, **more: object) -> Fetcher:
    return Fetcher(hosts or (HERE,), limit=limit, **more)  # type: ignore[arg-type]


class Names:
    """Looks hosts up as a test says, and remembers what it was asked; the last of several answers stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.get(host, [[]])
        return found.pop(0) if len(found) > 1 else found[0]


def refusal(fetching: Fetcher, address: str) -> str:
    with pytest.raises(Refused) as caught:
        fetching.fetch(address)
    return str(caught.value)


def test_a_page_is_fetched_as_it_is_and_nothing_that_it_asks_for(site: WebServer) -> None:
    asking = PAGE.replace(
        "</head>",
        '<meta http-equiv="refresh" content="0;url=/next"><link rel="stylesheet" href="/style.css">'
        '<base href="/elsewhere/"></head>',
    ).replace("</p>", '<img src="/pixel.png"><iframe src="/frame"></iframe></p>')
    found = fetcher().fetch(site.gives("/news/harbour", asking))
    assert found.data == asking.encode()
    assert (found.url, found.media_type) == (site.url("/news/harbour"), "text/html")
    assert found.name == f"{HERE} harbour.html"
    assert [path for path, _ in site.asked] == ["/news/harbour"]


def test_the_request_tells_nothing_of_anybody(site: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    fetching = fetcher()
    site.moves("/old", "/new?a=1#part")
    site.gives("/new")
    for _ in range(2):
        assert fetching.fetch(site.url("/old")).url == site.url("/new?a=1")
    for _, headers in site.asked:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"] == "onrecord"
        assert headers["host"] == f"{HERE}:{site.port}"


def test_five_redirects_are_followed_and_no_sixth(site: WebServer) -> None:
    for step in range(6):
        site.moves(f"/step{step}", f"/step{step + 1}", (301, 302, 303, 307, 308, 302)[step])
    site.gives("/step6")
    assert fetcher().fetch(site.url("/step1")).url == site.url("/step6")
    assert "more than 5 times" in refusal(fetcher(), site.url("/step0"))


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is not on the public internet"),
        ("http://localhost:{port}/inside", "not on the public internet|only 80 and 443"),
        ("http://localhost/inside", "localhost is not on the public internet"),
        ("http://[::1]/inside", "::1 is not on the public internet"),
        ("http://[::ffff:10.0.0.1]/", "not on the public internet"),
        ("http://2130706433/inside", "unusual form"),
        ("//alice:secret@127.0.0.1:{port}/inside", "a user name or a password"),
        ("file:///etc/passwd", "'file' is not fetched"),
    ],
)
def test_a_redirect_is_looked_at_like_any_address(site: WebServer, to: str, told: str) -> None:
    site.gives("/inside")
    site.moves("/away", to.format(port=site.port))
    with pytest.raises(Refused, match=told) as caught:
        fetcher().fetch(site.url("/away"))
    assert "secret" not in str(caught.value)
    assert [path for path, _ in site.asked] == ["/away"]


@given(
    st.sampled_from(INSIDE),
    st.lists(st.just(PUBLIC), max_size=2),
    st.booleans(),
)
def test_a_host_with_one_address_inside_is_not_asked(inside: str, others: list[str], first: bool) -> None:
    addresses = [inside, *others] if first else [*others, inside]
    names = Names(www_example=[addresses])
    assert "www.example is not on the public internet" in refusal(
        fetcher("wiki.example", resolve=names), "http://www.example/"
    )


def test_what_was_looked_at_is_connected_to_and_nothing_is_looked_up_again(site: WebServer) -> None:
    """A name server that answers otherwise the second time changes nothing."""
    names = Names(wiki_example=[[HERE], ["169.254.169.254"]])
    site.gives("/page")
    found = fetcher("wiki.example", resolve=names).fetch(site.url("/page", "wiki.example"))
    assert found.name == "wiki.example page.html"
    assert names.asked == ["wiki.example"]
    assert site.asked[0][1]["host"] == f"wiki.example:{site.port}"
    rebound = Names(www_example=[[PUBLIC], [HERE]])
    # The guard of the tests' network tells where the connection would have gone.
    with pytest.raises(NetworkRefused, match=PUBLIC):
        fetcher("wiki.example", resolve=rebound).fetch("http://www.example/")
    assert rebound.asked == ["www.example"]
    assert len(site.asked) == 1


def test_the_next_address_is_tried_where_one_does_not_answer(site: WebServer) -> None:
    site.gives("/page")
    names = Names(wiki_example=[["127.0.0.2", "::1", HERE]])
    assert fetcher("Wiki.Example.", resolve=names).fetch(site.url("/page", "wiki.example")).data == PAGE.encode()


def test_a_page_outside_leads_nowhere_inside() -> None:
    """Whoever writes a public page does not choose what of the intranet is added to the library."""
    fetching = fetcher("wiki.example", resolve=Names(www_example=[[PUBLIC]]))
    with pytest.raises(Refused, match=r"leads from outside to wiki\.example inside"):
        fetching._onward(URL("http://www.example/"), "http://wiki.example/board")
    assert fetching._onward(URL("http://wiki.example/"), "/board").path == "/board"
    with pytest.raises(Refused, match="from https to http"):
        fetching._onward(URL("https://www.example/"), "http://www.example/")


@pytest.mark.parametrize("port", [22, 8080, 6379, 1])
def test_only_listed_hosts_are_asked_at_other_ports(port: int) -> None:
    names = Names(www_example=[[PUBLIC]])
    told = refusal(fetcher("wiki.example", resolve=names), f"http://www.example:{port}/")
    assert f"its port is {port}" in told
    assert names.asked == []


def test_a_host_that_is_not_there_is_said() -> None:
    assert "there is no host www.example" in refusal(fetcher(resolve=Names()), "http://www.example/")


def test_a_name_server_that_does_not_answer_is_not_waited_for() -> None:
    def hangs(host: str, port: int) -> Sequence[str]:
        time.sleep(1.0)
        return [PUBLIC]

    began = time.monotonic()
    assert "did not come within" in refusal(fetcher(resolve=hangs, seconds=0.1), "http://www.example/")
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("where", ["head", "body"])
def test_one_byte_after_the_other_is_too_slow(site: WebServer, where: str) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/plain")
            handler.end_headers()
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-More: " + b"x" * 60:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.02)

    site.answers["/slow"] = drips
    assert "did not come within" in refusal(fetcher(seconds=0.2), site.url("/slow"))


def test_no_more_is_read_than_may_be(site: WebServer) -> None:
    sent: list[int] = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.end_headers()
        for _ in range(2_000):
            handler.wfile.write(b"x" * 10_000)
            sent.append(10_000)

    site.answers["/endless"] = endless
    assert "more than 100,000 bytes" in refusal(fetcher(), site.url("/endless"))
    said = site.gives("/said", b"x", content_length="100001")
    assert "more than 100,000 bytes" in refusal(fetcher(), said)
    assert fetcher().fetch(site.gives("/just", b"x" * 100_000, "text/plain")).data == b"x" * 100_000
    assert sum(sent) < 2_000 * 10_000


def test_what_was_compressed_unasked_is_bounded_as_it_unfolds(site: WebServer) -> None:
    whole = gzip.compress(PAGE.encode())
    assert fetcher().fetch(site.gives("/small", whole, content_encoding="gzip")).data == PAGE.encode()
    bomb = site.gives("/bomb", gzip.compress(bytes(5_000_000)), content_encoding="x-gzip")
    assert "more than 100,000 bytes" in refusal(fetcher(), bomb)
    for encoding in ("br", "gzip, gzip", "deflate"):
        assert "compressed by" in refusal(fetcher(), site.gives("/odd", whole, content_encoding=encoding))
    for broken in (whole[:-5], whole + b"more", b"no gzip at all"):
        assert "damaged" in refusal(fetcher(), site.gives("/broken", broken, content_encoding="gzip"))


def test_no_more_unfolds_at_a_time_than_may_be() -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(next(_unfolded(iter([bomb]), "gzip", 1_000))) == 1_001


def test_a_body_that_breaks_off_is_not_taken_for_the_whole(site: WebServer) -> None:
    assert "broke off" in refusal(fetcher(), site.gives("/half", PAGE, content_length="5000"))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "sign in"),
        (403, "not shown"),
        (404, "nothing at this"),
        (410, "any more"),
        (429, "too often"),
        *((status, f"answers with {status}") for status in (204, 206, 304, 500, 503)),
    ],
)
def test_what_is_not_given_is_said(site: WebServer, status: int, told: str) -> None:
    assert told in refusal(fetcher(), site.gives("/status", b"", status=status))


def test_a_server_that_is_not_there_or_speaks_no_http_is_said(site: WebServer) -> None:
    assert "cannot be reached" in refusal(fetcher(), "http://127.0.0.1:9/")

    def speaks_of_mail(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")

    site.answers["/odd"] = speaks_of_mail
    assert "did not answer in HTTP" in refusal(fetcher(), site.url("/odd"))


@pytest.mark.parametrize(
    ("path", "kind", "ending"),
    [
        ("/a", "text/html; charset=utf-8", ".html"),
        ("/a", "application/xhtml+xml", ".html"),
        ("/a.php", "TEXT/HTML", ".html"),
        ("/notes", "text/plain", ".txt"),
        ("/README.md", "text/plain", ".md"),
        ("/notes", "text/markdown", ".md"),
        ("/a%20b.pdf", "application/pdf", ".pdf"),
        ("/a.pdf", "application/octet-stream", ".pdf"),
        ("/a.docx", "", ".docx"),
        ("/a", "", ".html"),
        ("/a", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ],
)
def test_a_name_ends_as_its_kind_does(site: WebServer, path: str, kind: str, ending: str) -> None:
    found = fetcher().fetch(site.gives(path, PAGE, kind))
    stem = {"/README.md": "README", "/notes": "notes", "/a%20b.pdf": "a b", "/a.php": "a.php"}.get(path, "a")
    assert found.name == f"{HERE} {stem}{ending}"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a.png", "image/png"),
        ("/a.html", "application/zip"),
        ("/a", "application/json"),
        ("/a.exe", ""),
        ("/a.exe", "x"),
    ],
)
def test_other_kinds_are_named_and_refused(site: WebServer, path: str, kind: str) -> None:
    assert "is not read" in refusal(fetcher(), site.gives(path, b"\x89PNG", kind))


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("windows-1251", "cp1251"), ("ISO-8859-1", "cp1252"), ("Shift_JIS", "shift_jis"), ("utf-8", "utf-8")],
)
def test_how_a_text_is_written_is_its_servers_word(site: WebServer, charset: str, codec: str) -> None:
    text = {"cp1251": "Гавань", "shift_jis": "港"}.get(codec, "Häfen — “quoted”")
    found = fetcher().fetch(site.gives("/text", text.encode(codec), f"text/plain; charset={charset}"))
    assert found.data == codecs.BOM_UTF8 + text.encode()


@pytest.mark.parametrize("charset", ["punycode", "idna", "hex", "zip", "utf-7", "unicode_escape", "none", ""])
def test_what_is_no_character_set_is_passed_over(site: WebServer, charset: str) -> None:
    found = fetcher().fetch(site.gives("/odd", b"caf\xe9 +AGE-", f'text/plain; charset="{charset}"'))
    assert found.data == b"caf\xe9 +AGE-"


def test_tls_is_asked_for_by_the_hosts_name_and_checked_against_it(tmp_path: Path) -> None:
    server, client = certified(tmp_path, "pages.example")
    names = Names(pages_example=[[HERE]], other_example=[[HERE]])
    with web_server(server) as secure:
        secure.gives("/page")
        secure.moves("/down", "http://pages.example/page")
        fetching = fetcher("pages.example", "other.example", resolve=names, context=client)
        assert fetching.fetch(secure.url("/page", "pages.example.", "https")).data == PAGE.encode()
        assert secure.names == ["pages.example"]
        assert "from https to http" in refusal(fetching, secure.url("/down", "pages.example", "https"))
        assert "certificate of other.example" in refusal(fetching, secure.url("/page", "other.example", "https"))
        trusting_nobody_here = fetcher("pages.example", resolve=names)
        assert "certificate of pages.example" in refusal(
            trusting_nobody_here, secure.url("/page", "pages.example", "https")
        )
        assert [path for path, _ in secure.asked] == ["/page", "/down"]
