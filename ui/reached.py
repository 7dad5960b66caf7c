"""Where whoever asks reaches this server, for the addresses of sources that are shown elsewhere."""

from __future__ import annotations

from starlette.requests import Request

from ui.serving import Site


def reached_at(request: Request, site: Site) -> str:
    """As it is configured, else as they asked, by a name that the guard knows; as https://ask.example.org."""
    return site.origin or f"{request.scope['scheme']}://{request.headers['host']}"
