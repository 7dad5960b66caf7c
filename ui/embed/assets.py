"""The files that browsers load for an embedded chat, all of them under one version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ui.asset import Asset, assets_below, digest

STATIC = Path(__file__).parent / "static"
LOADER = "widget.js"


@dataclass(frozen=True, slots=True)
class Assets:
    """The loader, and the frame page's files by their path; `version` changes with any of the files."""

    loader: Asset
    files: Mapping[str, Asset]
    version: str


@cache
def assets() -> Assets:
    """All the files there are to serve; nothing else of the folder, or of another, can be asked for."""
    found = assets_below(STATIC)
    loader = found.pop(LOADER)
    together = "\n".join(f"{name} {asset.tag}" for name, asset in found.items())
    return Assets(loader, found, digest(together.encode("utf-8")))
