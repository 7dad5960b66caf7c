"""Text of documents and models inside Markdown, so that whoever shows the Markdown shows the text and does nothing.

A chat program is not our page: no sanitiser and no content security policy of ours stands there. What it would fetch or
obey is taken apart here; what it would only set in other letters is escaped too, so that a quote reads as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from index.normalise import normalise
from ui.links import target

_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACKET = re.compile(r"\](?=[(\[:])")
_SLANT = re.compile(r"[*`]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|\$(?=\$)")
_OPENING = re.compile(r"^(?:(?=[#>+=|~-])|(\d{1,9})(?=[.)]))")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>\"]+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}'’”»*"
"""What ends a sentence or a bracket, and stands behind an address more often than it is part of one."""


def escaped(text: str) -> str:
    """`text` on one line of Markdown that shows it: no link, image, HTML, emphasis or block comes of it.

    >>> escaped("See ![x](http://evil.example/) and <img src=x>, 5*3")
    'See ![x\\\\](http://evil.example/) and &lt;img src=x>, 5\\\\*3'
    """
    line = " ".join(normalise(text).split())
    line = _BACKSLASH.sub(r"\\\\", line)
    line = _TAG.sub("&lt;", _REFERENCE.sub("&amp;", line))
    line = _SLANT.sub(lambda found: f"\\{found[0]}", _BRACKET.sub(r"\\]", line))
    return _OPENING.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", line)


def hosts_only(text: str, link_hosts: Collection[str] = ()) -> str:
    """`text` with only the host left of every address in it, so that no address can carry words away, but for those
    of `link_hosts`, in their canonical form.

    >>> hosts_only("Ask (https://evil.example/?q=secret), or https://wiki.corp/a.", {"wiki.corp"})
    'Ask (evil.example), or https://wiki.corp/a.'
    """

    def left(found: re.Match[str]) -> str:
        address = found[0].rstrip(_CLOSING)
        behind = found[0][len(address) :]
        led = target(address)
        if led is None:
            return behind
        return found[0] if led.href and led.host in link_hosts else led.host + behind

    return _ADDRESS.sub(left, text)
