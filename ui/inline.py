"""Markdown within a line, as far as a sentence has any use for it: emphasis, code, links and images."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token


class Inline(MarkdownIt):
    """The parser. Addresses are given as they were written, as they are judged elsewhere; HTML, entities, escapes and
    blocks are not read, so they stay text."""

    def __init__(self) -> None:
        super().__init__("zero")
        self.enable(["backticks", "emphasis", "link", "image", "autolink", "balance_pairs"])
        self.inline.ruler.at("emphasis", _emphasis)

    def tokens(self, text: str) -> Sequence[Token]:
        """What `text` is made of; those of a link or an image stand between marks, or in their image."""
        return [token for block in self.parseInline(text, {}) for token in block.children or ()]

    def validateLink(self, url: str) -> bool:
        """Every one: what is not to be followed is still to be read as a link, so that its host can be shown."""
        return True

    def normalizeLink(self, url: str) -> str:
        """As it was written."""
        return url

    def normalizeLinkText(self, link: str) -> str:
        """As it was written; the library would make letters beyond ASCII of a name that hides them."""
        return link


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Markdown's emphasis, but for asterisks between letters or figures: 5*3*2 is no 532 with a slanted 3."""
    start = state.pos
    if state.src[start] == "*" and not silent:
        end = start
        while end < state.posMax and state.src[end] == "*":
            end += 1
        around = state.src[max(0, start - 1) : start] + state.src[end : end + 1]
        if len(around) == 2 and around.isascii() and around.isalnum():
            state.append_pending(state.src[start:end])
            state.pos = end
            return True
    return emphasis.tokenize(state, silent)
