"""A real file server on loopback that can do to a download what the world does: cut off, stall, refuse, lie."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.listening import listening


@dataclass
class FileServer:
    """Serves `data` at every path but those in `moved`. What it does besides is set by the test:

    `ranges`: whether it honours Range; `cuts`: after how many bytes each of the next answers breaks off; `statuses`:
    what the next requests are refused with; `stall`: seconds it is silent after the first half of an answer; `a_piece`
    and `pause`: how slowly it sends; `honest_length`: whether it says how long the answer is; `shift`: how far beside
    the asked range its answer lies. `asked` holds path and Range of each request, `sent` the bytes of bodies.
    """

    data: bytes = b""
    ranges: bool = True
    honest_length: bool = True
    shift: int = 0
    stall: float = 0.0
    a_piece: int = 65_536
    pause: float = 0.0
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    def url(self, path: str = "/model.gguf") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def asked_from(self) -> list[int]:
        """Where each request wanted the file from."""
        return [int((wanted or "bytes=0-").removeprefix("bytes=").rstrip("-")) for _, wanted in self.asked]


@contextmanager
def file_server(data: bytes = b"") -> Iterator[FileServer]:
    """A server for the length of the block."""
    held = FileServer(data)
    with listening(_handler(held)) as held.port:
        yield held


def _handler(held: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            held.asked.append((self.path, self.headers["Range"]))
            if held.statuses:
                self._refuse(held.statuses.pop(0))
            elif self.path in held.moved:
                self._send_away(held.moved[self.path])
            else:
                self._send_file()

        def _refuse(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send_away(self, to: str) -> None:
            self.send_response(302)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send_file(self) -> None:
            start = int(re.findall(r"\d+", self.headers["Range"] or "0")[0]) if held.ranges else 0
            if start >= len(held.data) and start:
                self._refuse(416)
                return
            start += held.shift
            body = held.data[start:]
            self.send_response(206 if held.ranges and self.headers["Range"] else 200)
            if held.ranges and self.headers["Range"]:
                self.send_header("Content-Range", f"bytes {start}-{len(held.data) - 1}/{len(held.data)}")
            if held.honest_length:
                self.send_header("Content-Length", str(len(body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            self._write(body[: held.cuts.pop(0)] if held.cuts else body)

        def _write(self, body: bytes) -> None:
            silent = False
            for start in range(0, len(body), held.a_piece):
                if held.stall and not silent and start >= len(body) // 2:
                    silent = True
                    time.sleep(held.stall)
                self.wfile.write(body[start : start + held.a_piece])
                self.wfile.flush()
                held.sent += min(held.a_piece, len(body) - start)
                time.sleep(held.pause)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
