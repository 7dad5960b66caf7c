"""`onrecord embed`: the embedded chats that the settings name, and the line that puts one into a page."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from rag.errors import InvalidSettings
from ui.exits import DONE
from ui.options import Config
from ui.terminal import printable

if TYPE_CHECKING:
    from rag.serving import EmbedSettings
    from rag.settings import Settings


def embed(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="An embedded chat; none: list them.")] = None,
    config: Config = None,
) -> int:
    """List the embedded chats, or print the line that puts one of them into a page.

    With the line come what the page's own content security policy has to allow, and a line that pins the loader.
    """
    from rag.settings import load

    settings = load(config)
    if name is None:
        lines = [_row(each, settings.embeds[each]) for each in sorted(settings.embeds)] or [
            "There are no embedded chats; add a table [embeds.NAME] to the settings file."
        ]
    else:
        lines = _told(name, settings)
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    return DONE


def _row(name: str, embed: EmbedSettings) -> str:
    where = " ".join(embed.origins)
    return f"{name}  {embed.audience}{'' if embed.enabled else ', not enabled'}  {where}"


def _told(name: str, settings: Settings) -> list[str]:
    if name not in settings.embeds:
        named = ", ".join(sorted(settings.embeds)) or "none"
        raise InvalidSettings(f"there is no embedded chat {name!r} (there are: {named}); add a table [embeds.{name}]")
    address = _address(settings)
    return [
        _row(name, settings.embeds[name]),
        *([] if settings.embeds[name].enabled else ["It is not enabled, so nobody can open it: set enabled = true."]),
        "",
        "In the page:",
        f"  {_line(address, name)}",
        "Where the page has a content security policy, in addition to what it allows:",
        f"  script-src {address}; frame-src {address}; connect-src {address}",
        "To load no other loader than today's, which then stays as it is when the server is updated: after each update",
        "that changes it, browsers refuse it until the page has the new line.",
        f"  {_line(address, name, pinned=True)}",
    ]


def _line(address: str, name: str, *, pinned: bool = False) -> str:
    from ui.embed.assets import assets

    pin = f' integrity="{assets().loader.integrity}" crossorigin="anonymous"' if pinned else ""
    return f'<script src="{address}/embed/v1/widget.js" data-embed="{name}"{pin} defer></script>'


def _address(settings: Settings) -> str:
    """The origin that people's browsers reach the server at."""
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
