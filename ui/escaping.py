"""Words as Markdown that stays those words: no link, image, element, heading, list, formula or tag of its own.

Marks are escaped with a backslash, as CommonMark reads it (section 2.4). A word that looks like an address is set as
code instead, since programs that read Markdown make links of addresses by themselves, and of escaped ones too
(GitHub's extension "Autolinks"); of code they do not.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(r"[a-z]:/|(?:mailto|xmpp|tel):|www\.|@|/source/", re.IGNORECASE)
_MARKS = re.compile(
    r"[\\`*_{}\[\]<>#|~$^&]"
    r"|%(?=%)|(?<=%)%|=(?==)|(?<==)=|:(?=[\w+-]+:)"  # comments, highlights and pictures of some programs
    r"|\.(?=[^\W\d_])"  # between the parts of what could be a host's name
)
_NUMBERED = re.compile(r"(\d{1,9})([.)](?:\s|$))")
_OPENING = ("-", "+", "=", ":", "!", "%")


def seen(text: str) -> str:
    """`text` on one line, each stretch of white space one space, without what nobody sees or what turns text around.

    >>> seen(" one\\r\\n\\u202etwo ")
    'one two'
    """
    return " ".join(_UNSEEN.sub("", text).split())


def escaped(text: str) -> str:
    """`text` on one line as Markdown that shows just its words, also at the beginning of a line.

    >>> escaped("1. [Pay *here*](https://x.org/a)")
    '1\\\\. \\\\[Pay `*here*](https://x.org/a)`'
    """
    words = " ".join(_code(word) if _ADDRESS.search(word) else _escaped(word) for word in seen(text).split(" "))
    if words.startswith(_OPENING):
        return f"\\{words}"
    return _NUMBERED.sub(r"\1\\\2", words, count=1) if _NUMBERED.match(words) else words


def _escaped(word: str) -> str:
    return _MARKS.sub(lambda found: f"\\{found[0]}", word)


def _code(word: str) -> str:
    """The word between more backticks than stand together in it (CommonMark, section 6.1)."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", word)), default=0))
    space = " " if word.startswith("`") or word.endswith("`") else ""
    return f"{fence}{space}{word}{space}{fence}"
