"""Markdown to text: what people read, without its marks; headings, lists and tables stay recognisable as such."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.claims import Claims, label
from index.content import Content

_HTML = re.compile(r"<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>]*>", re.DOTALL)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def parse(source: str) -> Content:
    """The text of Markdown `source`; its title is the heading that opens it, if one does.

    Lines of a paragraph that were wrapped at a width are joined, so that a sentence is whole. Text that is struck out
    is left out.
    """
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    return Content(_Text(tokens).joined(), Claims(title=_title(tokens)))


def _title(tokens: Sequence[Token]) -> str | None:
    opening = [token for token in tokens if token.type != "html_block"][:2]
    is_heading = len(opening) == 2 and opening[0].type == "heading_open"
    return label(_inline(opening[1])) if is_heading else None


class _Text:
    """The blocks of a token stream as text: a blank line between blocks, a line end between items and rows."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._parts: list[str] = []
        self._depth = 0  # how many lists we are in
        self._mark = ""  # what stands before the next block: a heading's or an item's mark
        self._near = False  # whether the next block follows the last without a blank line
        self._row: list[str] | None = None
        for token in tokens:
            self._take(token)

    def joined(self) -> str:
        return "".join(self._parts).strip("\n")

    def _take(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._depth += 1
                self._near = self._depth > 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
                self._near = self._depth > 0
            case "list_item_open":
                self._mark = f"{token.info}. " if token.info else "- "
            case "heading_open":
                self._mark += "#" * int(token.tag[1:]) + " "
            case "paragraph_open":
                self._near = self._near and token.hidden  # hidden: an item of a list without blank lines
            case "fence" | "code_block":
                self._add(token.content.rstrip("\n"))
            case "html_block":
                self._add(_HTML.sub("", _LINE_BREAK.sub("\n", token.content)).strip())
            case "inline":
                self._add_inline(token)
            case "tr_open" | "tr_close" | "table_close":
                self._add_row(token.type)

    def _add_inline(self, token: Token) -> None:
        if self._row is None:
            self._add(_inline(token))
            self._near = self._depth > 0
        else:
            self._row.append(_inline(token).replace("\n", " "))

    def _add_row(self, token_type: str) -> None:
        if token_type == "tr_open":
            self._row = []
        elif self._row is not None:
            self._add(" | ".join(self._row))
            self._row, self._near = None, True
        else:
            self._near = False

    def _add(self, text: str) -> None:
        """One block, indented as deep as its list is."""
        if text.strip():
            indent = "  " * (self._depth - 1) + ("  " if self._depth and not self._mark else "")
            self._parts += ["\n" if self._near else "\n\n", indent, self._mark, text]
            self._mark, self._near = "", False


def _inline(token: Token) -> str:
    """The text of one paragraph, heading or cell: links as their words, pictures as their descriptions."""
    struck, text = 0, ""
    for child in token.children or ():
        struck += (child.type == "s_open") - (child.type == "s_close")
        piece = "" if struck else _piece(child)
        text += piece.lstrip(" ") if text.endswith(" ") and piece.startswith(" ") else piece
    return text.strip()


def _piece(child: Token) -> str:
    match child.type:
        case "text" | "code_inline" | "image":
            return child.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if _LINE_BREAK.fullmatch(child.content) else ""
        case _:
            return ""
