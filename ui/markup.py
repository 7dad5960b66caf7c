"""A model's sentence as runs of text: its inline Markdown read, and nothing in it that a page could act on.

What stays is strong, emphasised and code text, and links to hosts that somebody has configured. An image leaves its
description; any other link leaves its text and its host, to be read and not followed. Blocks, raw HTML and references
are not read at all, so they stand as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from index.normalise import normalise
from rag.answer import Sentence
from ui.links import Target, canonical, target

if TYPE_CHECKING:
    from markdown_it.token import Token

    from ui.inline import Inline

Style = Literal["strong", "em", "code"]
STYLES: tuple[Style, ...] = ("strong", "em", "code")
"""Every style there is, in the order in which a run names them."""
LONGEST = 4_000
"""Characters of a sentence that are read as Markdown; a longer one is shown as it stands."""

_OPENED: dict[str, Style] = {"strong_open": "strong", "em_open": "em"}
_CLOSED: dict[str, Style] = {"strong_close": "strong", "em_close": "em"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; `href` is where it leads, None where it is no link."""

    text: str
    style: tuple[Style, ...] = ()
    href: str | None = None


def shown(sentence: Sentence, link_hosts: Iterable[str] = ()) -> tuple[Run, ...]:
    """The runs of a sentence of an answer; the words of a quote are no Markdown."""
    return plain(sentence.text) if sentence.support == "quoted" else runs(sentence.text, link_hosts)


def runs(text: str, link_hosts: Iterable[str] = ()) -> tuple[Run, ...]:
    """The sentence `text` as runs, in order; a link leads only to one of `link_hosts`, by exact name, over https.

    The host of every link is there to be read, unless the link's own text is its address. Characters that nobody sees
    are left out.

    >>> [run.text for run in runs("**Yes**, says [the minutes](https://evil.example/?q=1) ![x](//evil.example)")]
    ['Yes', ', says the minutes (evil.example) x']
    """
    seen = normalise(text)
    if len(seen) > LONGEST:
        return (Run(seen),)
    hosts = frozenset(name for each in link_hosts if (name := canonical(each)))
    written = _Written(hosts)
    written.take(_parser().tokens(seen))
    return tuple(_merged(written.runs))


def plain(text: str) -> tuple[Run, ...]:
    """A text that is no Markdown, such as a quote: one run, as it stands."""
    return (Run(text),)


class _Written:
    """What the tokens of a sentence come to, run by run."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.runs: list[Run] = []
        self._hosts = hosts
        self._styles: list[Style] = []
        self._links: list[tuple[Target | None, int]] = []

    def take(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "text":
                self._add(token.content)
            elif token.type == "code_inline":
                self._add(token.content, "code")
            elif token.type == "image":
                self.take(token.children or ())
            elif token.type == "link_open":
                self._links.append((target(str(token.attrs["href"])), len(self.runs)))
            elif token.type == "link_close":
                self._close(*self._links.pop())
            elif token.type in _OPENED:
                self._styles.append(_OPENED[token.type])
            elif token.type in _CLOSED:
                self._styles.remove(_CLOSED[token.type])

    def _add(self, text: str, *more: Style) -> None:
        held = (*self._styles, *more)
        leads = self._links[-1][0] if self._links else None
        href = leads.href if leads and leads.host in self._hosts else None
        if text:
            self.runs.append(Run(text, tuple(style for style in STYLES if style in held), href))

    def _close(self, led: Target | None, begun: int) -> None:
        """After a link's text its host, for the reader; what the text says of it proves nothing."""
        if led is None:
            return
        label = "".join(run.text for run in self.runs[begun:])
        if re.match(rf"https://{re.escape(led.host)}(?:/|$)", label) is None and label != led.host:
            self._add(f" ({led.host})" if label else led.host)
            self.runs[-1] = replace(self.runs[-1], href=None)


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """The same runs, neighbours of one kind joined."""
    last: Run | None = None
    for run in runs:
        if last and (last.style, last.href) == (run.style, run.href):
            last = replace(last, text=last.text + run.text)
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


@cache
def _parser() -> Inline:
    from ui.inline import Inline  # takes a while to load, and the command has no use for it before an answer

    return Inline()
