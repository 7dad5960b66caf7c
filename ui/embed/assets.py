"""The files that browsers load for an embedded chat: read once, compressed once, told apart by what is in them."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
LOADER = "widget.js"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: its bytes, the same compressed, its media type, and its entity tag without quotes."""

    body: bytes
    gzipped: bytes
    media_type: str
    tag: str

    def response(self, request: Request) -> Response:
        """The file, compressed where the browser takes that; 304 without it where the browser has it already."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.tag}-gz"' if packed else f'"{self.tag}"'
        headers = {"etag": tag, "vary": "Accept-Encoding"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(self.gzipped if packed else self.body, headers=headers, media_type=self.media_type)

    @property
    def integrity(self) -> str:
        """What a page's `integrity` attribute says of exactly this file (Subresource Integrity)."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.body).digest()).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Assets:
    """The loader, and the frame page's files by their path; `version` changes with any of the files."""

    loader: Asset
    files: Mapping[str, Asset]
    version: str


@cache
def assets() -> Assets:
    """All the files there are to serve; nothing else of the folder, or of another, can be asked for."""
    found = {
        path.relative_to(STATIC).as_posix(): _asset(path)
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in _TYPES and path.is_file()
    }
    loader = found.pop(LOADER)
    together = "\n".join(f"{name} {asset.tag}" for name, asset in found.items())
    return Assets(loader, found, _digest(together.encode("utf-8")))


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), _TYPES[path.suffix], _digest(body))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
