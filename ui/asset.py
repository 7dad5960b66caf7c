"""A file that browsers load: read once, compressed once, told apart from its other versions by what is in it."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""The media types of the files that there are, by how their names end."""


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


def asset(path: Path) -> Asset:
    """The file at `path` as it is now; how its name ends must be one of TYPES."""
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), TYPES[path.suffix], digest(body))


def assets_below(folder: Path) -> dict[str, Asset]:
    """All such files in `folder` and below it by their paths there; nothing else of it can be asked for."""
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in TYPES and path.is_file())
    return {path.relative_to(folder).as_posix(): asset(path) for path in found}


def digest(body: bytes) -> str:
    """Sixteen hex digits that change when `body` does."""
    return hashlib.sha256(body).hexdigest()[:16]
