"""The HTML of the page inside an embedded chat. It holds what anybody may know: who asks is told to it later."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ui.embed.assets import assets
from ui.embed.embeds import Embed


def frame_page(embed: Embed, link_hosts: Iterable[str], writes: bool = False) -> str:
    """The whole HTML document; `link_hosts` are the hosts that a link in an answer may lead to, and `writes`
    says that a model writes answers, so that room is kept for it.

    The template is given `embed`, `assets`, the address that its files' names are added to, `version`,
    `link_hosts` and `writes`.
    """
    version = assets().version
    return _template().render(
        embed=embed, assets=f"/embed/v1/page/{version}/", version=version, link_hosts=sorted(link_hosts), writes=writes
    )


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    found = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return found.get_template("frame.html")
