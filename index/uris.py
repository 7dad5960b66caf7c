"""What names a document for good: a uri, and the names of files that uris are made of."""

from __future__ import annotations

import re
import unicodedata

from index.errors import Refused

_LONGEST = 2_000
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def checked_uri(text: str) -> str:
    """`text` without white space around it; raises Refused if it is empty, too long or cannot be shown."""
    uri = text.strip()
    if not uri:
        raise Refused("its uri is empty; give it one that stays the same")
    if len(uri) > _LONGEST:
        raise Refused(f"its uri is longer than {_LONGEST:,} characters; shorten it")
    if _UNPRINTABLE.search(uri):
        raise Refused("its uri holds characters that cannot be seen; remove them")
    return uri


def name_of(path: str) -> str:
    """A file's path as reports and uris write it: composed, so that it is the same from every file system."""
    return unicodedata.normalize("NFC", path)


def is_printable(name: str) -> bool:
    """Whether a file's name holds only what can be seen, in UTF-8."""
    return _UNPRINTABLE.search(name) is None


def shown(name: str) -> str:
    """A name that may hold anything, for a report: what cannot be seen is written as an escape."""
    return _UNPRINTABLE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), name)
