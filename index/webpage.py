"""Web pages: the article's text without what surrounds it, and what the page's own metadata say of it.

The text is trafilatura's choice. Its metadata are not: it and htmldate guess a date, a site and an author from
addresses and layout where the page names none, and a guess is worse than nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from trafilatura import bare_extraction, load_html
from trafilatura.settings import use_config

from index.claims import Claims, label, language
from index.content import Content
from index.dates import parse_date
from index.decode import decode
from index.errors import Refused
from index.linkeddata import linked_claims

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DOCTYPE_SUBSET = re.compile(r"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)

_BLOCKS = frozenset({"p", "head", "list", "table", "quote", "div", "body"})
_SPACE = re.compile(r"[^\S\n]+")
_LINE_SPACE = re.compile(r" *\n *")

_SHORT = 250
"""Characters of an article below which trafilatura does not trust its choice: its own default."""

_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "date",
)
_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_PUBLISHERS = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "publisher")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author")

Tree = Any  # lxml's element, which has no types


def parse(data: bytes) -> Content:
    """The article in a web page and what its metadata say; raises Refused if the page holds no text."""
    source = _DOCTYPE_SUBSET.sub("", _XML_DECLARATION.sub("", _decoded(data).lstrip("\ufeff"), count=1), count=1)
    tree = load_html(source if _HTML.search(source) else f"<html><body>{source}</body></html>")
    if tree is None:
        raise Refused("it is not a web page that can be read; open it in a browser and save it again")
    claims = _claims(tree)
    text = _article(tree)
    if not text:
        raise Refused("it holds no text; leave it out")
    return Content(text, claims)


def _article(tree: Tree) -> str:
    """The text of the page's article.

    Where trafilatura's choice is short, it would take the whole page instead, menus included and without its blocks.
    That is done only if the choice would lose more than half of it.
    """
    chosen = _extracted(tree, shortest=1)
    if len(chosen) >= _SHORT:
        return chosen
    whole = _extracted(tree, shortest=_SHORT)
    return whole if len(whole) > 2 * len(chosen) else chosen


def _extracted(tree: Tree, shortest: int) -> str:
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(shortest))
    article = bare_extraction(tree, include_comments=False, with_metadata=False, config=config)
    return "" if article is None else _LINE_SPACE.sub("\n", "".join(_pieces(article.body))).strip("\n")


def _decoded(data: bytes) -> str:
    """The page in the character set that it declares, if that is one and fits; else as any text is decoded.

    Where nothing fits, a page in its declared set may hold a few broken bytes, as many pages do and browsers forgive.
    """
    found = None if data.startswith(_MARKS) else _CHARSET.search(data, 0, 4096)
    declared = found[1].decode("ascii") if found else "utf-8"
    try:
        return data.decode(declared)
    except (LookupError, UnicodeError):
        pass
    try:
        return decode(data)
    except Refused:
        text = data.decode("utf-8" if found is None else _known(declared), "replace")
        if text.count("\ufffd") > max(3, len(text) // 1000) or "\0" in text:
            raise
        return text


def _known(encoding: str) -> str:
    """`encoding` if there is one of this name, else UTF-8."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def _pieces(parent: Tree) -> Iterator[str]:
    """The text below `parent` in order, with the line ends that its blocks, items, rows and breaks need."""
    yield _words(parent.text, parent)
    for child in parent:
        yield _opening(child, parent)
        yield from _pieces(child) if child.tag != "del" else ()
        yield "\n\n" if child.tag in _BLOCKS and parent.tag not in ("item", "cell") else ""
        yield _tail(child, parent)


def _tail(child: Tree, parent: Tree) -> str:
    """The text behind `child`; where the child is left out, one of the spaces around it is."""
    words = _words(child.tail, parent)
    before = child.getprevious()
    spaced = ((parent.text if before is None else before.tail) or "").endswith(" ")
    return words.removeprefix(" ") if child.tag == "del" and spaced else words


def _opening(child: Tree, parent: Tree) -> str:
    first = parent[0] is child and not (parent.text or "").strip()
    match child.tag:
        case "item":
            return "\n- "
        case "row":
            return "\n"
        case "cell":
            return "" if first else " | "
        case tag if tag in _BLOCKS or tag == "lb":
            if parent.tag == "cell":
                return "" if first else " "
            if parent.tag == "item" or tag == "lb":
                return "" if first or tag == "list" else "\n"
            return "\n\n"
        case _:
            return ""


def _words(text: str | None, element: Tree) -> str:
    """A text node with its spaces as a browser shows them; line ends are those that the extraction left on purpose."""
    return text or "" if element.tag == "code" else _SPACE.sub(" ", text or "")


def _claims(tree: Tree) -> Claims:
    """What the page says of itself: its JSON-LD first, since that is about the article, then its meta elements."""
    linked = linked_claims(script.text or "" for script in tree.iterfind(".//script[@type='application/ld+json']"))
    meta = _meta(tree)
    published = next(filter(None, (parse_date(meta.get(name, "")) for name in _DATES)), None)
    claims = linked.over(
        Claims(
            title=_first(meta, _TITLES),
            publisher=_first(meta, _PUBLISHERS),
            author=_first(meta, _AUTHORS) or _author(tree),
            published=published or _time(tree),
            language=language(tree.get("lang") or tree.get("xml:lang")),
        )
    )
    return claims.over(Claims(title=_heading(tree, claims.publisher)))


def _meta(tree: Tree) -> dict[str, str]:
    """The contents of the meta elements by their names in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content and not content.startswith(("http://", "https://")):
            found.setdefault(name.strip().lower(), content)
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((label(meta[name]) for name in names if name in meta), None)


def _author(tree: Tree) -> str | None:
    names = (label(element.text_content()) for element in tree.xpath(".//*[@rel='author' or @itemprop='author']"))
    return label(", ".join(dict.fromkeys(name for name in names if name)))


def _time(tree: Tree) -> date | None:
    """The day of publication in a time element: one marked as such, or else the only day that the article's have."""
    for mark in ("@itemprop='datePublished'", "@pubdate", "contains(@class, 'published')"):
        for element in tree.xpath(f".//time[{mark}][@datetime]"):
            if day := parse_date(element.get("datetime")):
                return day
    articles = tree.xpath(".//article") or tree.xpath(".//main")
    if len(articles) != 1:
        return None
    days = {parse_date(element.get("datetime")) for element in articles[0].iterfind(".//time[@datetime]")}
    return days.pop() if len(days) == 1 else None


def _heading(tree: Tree, publisher: str | None) -> str | None:
    """The page's only first-level heading, or else its title without the publisher's name behind it."""
    headings = tree.findall(".//h1")
    if len(headings) == 1 and (title := label(headings[0].text_content())):
        return title
    title = label(tree.findtext(".//head/title"))
    if title and publisher and title.endswith(publisher):
        title = title.removesuffix(publisher).rstrip(" |–—-:·•«»") or title
    return title
