"""One page or file of the web, for a person who named it: asked of the very address that was looked at, and bounded.

httpcore2 under a network backend of ours, rather than an HTTP client over it: a client asks proxies of the environment,
keeps cookies and looks the host up a second time, after it was checked. What a page asks for is never fetched.
"""

from __future__ import annotations

import codecs
import re
import ssl
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpcore2
import httpx2

from index.address import PORTS, all_public, host_of, port_of, web_address
from index.decode import is_web_page
from index.errors import Refused
from index.pinned import Deadline, OutOfTime, Pinned, Resolve, looked_up, resolved
from index.walk import KINDS

SECONDS = 60.0
"""For everything from the first lookup to the last byte."""
REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_SENT = (
    (b"User-Agent", b"onrecord"),
    (b"Accept", b"text/html, application/xhtml+xml, application/pdf, text/plain, text/markdown, */*;q=0.1"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"close"),
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    _WORD: ".docx",
}
"""The ending of a file by its media type."""
_UNSAID = ("", "application/octet-stream", "binary/octet-stream", "application/download")
"""Media types that say nothing of what a file is."""
_CHARSETS = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|ascii|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[ru]|shift_jis|euc_(?:jp|kr)|"
    r"iso2022_jp|gb2312|gbk|gb18030|big5|mac-\w+"
)
"""Character sets of texts, as Python names them; its other codecs are none, and some take very long."""
_STATUSES = {
    401: "it is shown only to those who sign in there; save it and add the file",
    403: "it is not shown to this server; save it and add the file",
    404: "there is nothing at this address; check it",
    410: "there is nothing at this address any more",
    429: "its server is asked too often; try again later",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found: its bytes, in UTF-8 where its server said how its text is written; the address that gave it after
    all redirects; its media type; and a name for the file, which ends as its kind does."""

    data: bytes
    url: str
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class _Moved:
    location: str


class Fetcher:
    """Fetches from the public internet, and from `hosts`, wherever those are; at most `limit` bytes in `seconds`.

    Safe to use from several threads. `resolve` and `context` are for tests: how hosts are looked up, and whom TLS
    trusts.
    """

    def __init__(
        self,
        hosts: Iterable[str] = (),
        *,
        limit: int,
        seconds: float = SECONDS,
        resolve: Resolve = resolved,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = frozenset(host.lower().removesuffix(".").strip("[]") for host in hosts)
        self._limit, self._seconds = limit, seconds
        self._resolve, self._given_context = resolve, context

    def fetch(self, address: str) -> Fetched:
        """What is at this web address; raises Refused with the reason."""
        url, deadline = web_address(address), Deadline(self._seconds)
        try:
            for _ in range(REDIRECTS + 1):
                found = self._ask(url, deadline)
                if isinstance(found, Fetched):
                    return found
                url = self._onward(url, found.location)
        except OutOfTime as error:
            raise Refused(f"it did not come within {self._seconds:.0f} seconds; try again, or add the file") from error
        raise Refused(f"it leads on more than {REDIRECTS} times; add the address where it ends")

    def _onward(self, url: httpx2.URL, location: str) -> httpx2.URL:
        """Where a redirect leads, looked at like any address, and with where it comes from."""
        try:
            onward = web_address(str(url.join(location)))
        except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
            raise Refused("it leads on to what is no web address; add the address where it ends") from error
        except Refused as error:
            raise Refused(f"it leads on to another address, and of that: {error}") from error
        if url.scheme == "https" and onward.scheme == "http":
            raise Refused("it leads from https to http, where anybody on the way can change it; add the address there")
        if host_of(onward) in self._hosts and host_of(url) not in self._hosts:
            raise Refused(f"it leads from outside to {host_of(onward)} inside; add that address itself")
        return onward

    def _ask(self, url: httpx2.URL, deadline: Deadline) -> Fetched | _Moved:
        host, port = host_of(url), port_of(url)
        if port not in PORTS.values() and host not in self._hosts:
            raise Refused(f"its port is {port}; only 80 and 443 are asked, except of hosts listed in fetch_hosts")
        addresses = looked_up(host, port, self._resolve, deadline)
        if host not in self._hosts and not all_public(addresses):
            raise Refused(f"{host} is not on the public internet; list it in fetch_hosts if it may be asked")
        origin = httpcore2.Origin(url.scheme.encode(), host.encode(), port)
        context = self._context if url.scheme == "https" else None
        connection = httpcore2.HTTPConnection(origin, ssl_context=context, network_backend=Pinned(addresses, deadline))
        named = (b"Host", url.netloc)
        asked = httpcore2.URL(scheme=origin.scheme, host=origin.host, port=port, target=url.raw_path)
        try:
            with closing(connection):
                response = connection.handle_request(httpcore2.Request("GET", asked, headers=[named, *_SENT]))
                with closing(response):
                    return self._answered(url, response)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError) as error:
            deadline.left()
            raise Refused(_fault(error, host)) from error

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given_context or httpcore2.default_ssl_context()

    def _answered(self, url: httpx2.URL, response: httpcore2.Response) -> Fetched | _Moved:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _MOVED and "location" in headers:
            return _Moved(headers["location"])
        if response.status != 200:
            raise Refused(_STATUSES.get(response.status, f"its server answers with {response.status}; try again later"))
        length = headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > self._limit:
            raise Refused(self._too_large())
        data = b"".join(self._bounded(_unfolded(_stream(response), headers.get("content-encoding", ""), self._limit)))
        media_type, charset = _said_type(headers.get("content-type", ""))
        ending = _ending(media_type, PurePosixPath(url.path).suffix.lower(), data)
        if ending in (".html", ".txt", ".md"):
            data = _in_utf8(data, charset)
        return Fetched(data, str(url), media_type, _name(url, ending))

    def _bounded(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        taken = 0
        for part in parts:
            taken += len(part)
            if taken > self._limit:
                raise Refused(self._too_large())
            yield part

    def _too_large(self) -> str:
        return f"it has more than {self._limit:,} bytes, which is the limit; leave it out"


def _stream(response: httpcore2.Response) -> Iterator[bytes]:
    yield from response.iter_stream()


def _unfolded(parts: Iterator[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """What was compressed, although it was asked not to be, as it comes; never much more than `limit` at a time."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from parts
        return
    if encoding not in ("gzip", "x-gzip"):
        raise Refused(f"its server sends it compressed by {encoding[:20]!r}, which it was asked not to; add the file")
    unfolding = zlib.decompressobj(wbits=31)
    try:
        for part in parts:
            yield unfolding.decompress(part, limit + 1)
    except zlib.error as error:
        raise Refused("its server sends it damaged; try again, or add the file") from error
    if not unfolding.eof or unfolding.unused_data:
        raise Refused("its server sends it damaged; try again, or add the file")


def _fault(error: Exception, host: str) -> str:
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted or is another's; see to its server"
    if isinstance(error, httpcore2.ConnectError | httpcore2.ConnectTimeout):
        return f"{host} cannot be reached; check the address, or try again later"
    return f"{host} broke off or did not answer in HTTP; try again, or add the file"


def _said_type(header: str) -> tuple[str, str | None]:
    """The media type and the character set of a Content-Type."""
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return (message.get_content_type() if "/" in header else ""), charset if isinstance(charset, str) else None


def _ending(media_type: str, suffix: str, data: bytes) -> str:
    """How the file's name ends; raises Refused for what is not read."""
    ending = _ENDINGS.get(media_type)
    if ending == ".txt" and KINDS.get(suffix) == "Markdown":
        return ".md"
    if ending is None and media_type in _UNSAID:
        ending = suffix if suffix in KINDS else ".html" if is_web_page(data) else None
    if ending is None:
        raise Refused(
            f"it is {media_type[:60] or 'of no kind that it says'}, which is not read; pages, PDF, Word and text are"
        )
    return ending


def _in_utf8(data: bytes, charset: str | None) -> bytes:
    """A text in UTF-8, marked as such, where its server says how it is written and that fits; a page's own word on it,
    or the look of its bytes, counts only where the server is silent."""
    try:
        known = codecs.lookup(charset or "").name
        known = "cp1252" if known in ("iso8859-1", "ascii") else known
        text = data.decode(known) if _CHARSETS.fullmatch(known) else None
    except (LookupError, UnicodeError, ValueError):
        return data
    return data if text is None else codecs.BOM_UTF8 + text.removeprefix("\ufeff").encode("utf-8", "replace")


def _name(url: httpx2.URL, ending: str) -> str:
    last = PurePosixPath(unquote(url.raw_path.decode("ascii").partition("?")[0])).name
    stem = last.removesuffix(PurePosixPath(last).suffix) if PurePosixPath(last).suffix.lower() in KINDS else last
    return f"{host_of(url)} {stem}".strip() + ending
