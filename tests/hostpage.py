"""Somebody else's pages, for an embedded chat to stand in: a server of their own, with the policy and the styles that a
test gives them, and a record of what browsers asked it for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOSTILE_STYLE = """
* { all: unset !important; transform: rotate(1deg) !important }
html, body, p, div, main { display: block !important }
button, iframe, dialog, [popover] { display: none !important; opacity: 0 !important; pointer-events: none !important }
html > :not(head):not(body) { visibility: hidden !important; width: 0 !important; font-size: 90px !important }
#cover { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; pointer-events: none }
"""
"""What a page's own sheet may do to every element in it, and to what is put there."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its HTML, and its content security policy where it has one."""

    html: str
    policy: str = ""
    media_type: str = "text/html; charset=utf-8"


@dataclass
class Host:
    """A server of pages by path; `asked` are the request lines and headers it got, and `tokens` gives what the page's
    own server signs for its user, None for nobody."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: Callable[[], str | None] = lambda: None
    address: str = ""

    def answer(self, path: str) -> tuple[int, Page]:
        """Status and page; every address that is not listed is the page at /, as an application of one page has it."""
        if path == "/token":
            token = self.tokens()
            return (401, Page("")) if token is None else (200, Page(token, media_type="text/plain"))
        found = self.pages.get(path) or self.pages.get("/")
        return (200, found) if found else (404, Page(""))


def line(address: str, embed: str = "wiki", more: str = "defer") -> str:
    """The one line of a page."""
    return f'<script src="{address}/embed/v1/widget.js" data-embed="{embed}" {more}></script>'


def html(script: str, *, head: str = "", body: str = "", attributes: str = 'lang="en"') -> str:
    """A page around a script."""
    return (
        f'<!doctype html><html {attributes}><head><meta charset="utf-8"><title>The wiki</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}{script}</head>'
        f'<body><main><h1>Leave of absence</h1><p>Ask your manager.</p><button id="own">Help</button>'
        f'<input id="search" aria-label="Search"></main>{body}</body></html>'
    )


@contextmanager
def hosting(port: int = 0) -> Iterator[Host]:
    """A host on a port of its own, whose pages can be given before and while it is asked for them."""
    host = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(f"{self.requestline}\n{self.headers}")
            status, page = host.answer(self.path.partition("?")[0])
            body = page.html.encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(body)))
            if page.policy:
                self.send_header("Content-Security-Policy", page.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    host.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
