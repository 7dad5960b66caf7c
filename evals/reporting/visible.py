"""Any text to one that shows all of itself and moves nothing around it, for a page and for XML alike."""

from __future__ import annotations

import re

_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, those that turn the direction of what follows or are not seen, and what XML 1.0 cannot hold."""


def visible(text: str) -> str:
    """`text` with U+FFFD for each such character; its length stays, and so do its tabs and line ends."""
    return _STEERING.sub("\ufffd", text)
