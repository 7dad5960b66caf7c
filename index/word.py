"""Word (.docx): the text as it stands, with tables as lines, and the title and author that it names.

What is deleted, struck out or hidden is left out. The dates in a Word file say when it was saved, so none is taken.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from index.claims import Claims, label, language
from index.content import Content
from index.errors import Refused

MOST_PARTS = 5_000
MOST_BYTES = 300_000_000
"""Bytes of all parts unpacked."""
MOST_RATIO = 100
"""How many times larger the parts of a file of more than `SMALL_BYTES` may be than the file; text packs about 10."""
SMALL_BYTES = 20_000_000

_DAMAGED = "it is damaged or no Word file; open it in a word processor and save it again"
_TEMPLATE_AUTHOR = "python-docx"
_TEXTS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:p"): "\n"}
_LEFT_OUT = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:sectPr"), qn("w:tblPr"), qn("w:trPr")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_UNSEEN = (qn("w:vanish"), qn("w:strike"), qn("w:dstrike"))
_OFF = ("0", "false", "off")

Element = Any  # python-docx's element over lxml's, which has no types


def parse(data: bytes) -> Content:
    """The text of a Word file and what its properties say; raises Refused if it is damaged, a bomb or without text."""
    _examine(data)
    try:
        document = docx.Document(io.BytesIO(data))
    # XML that is broken is a SyntaxError, and XML of something else lacks attributes.
    except (OpcError, KeyError, ValueError, SyntaxError, AttributeError, zipfile.BadZipFile) as error:
        raise Refused(_DAMAGED) from error
    styles = {style.style_id: (style.name or "").lower() for style in document.styles}
    return Content(_text(document.element.body, styles), _claims(document, styles))


def _examine(data: bytes) -> None:
    """Refuse, before anything is unpacked, what would unpack to too much; and XML that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            small = size <= SMALL_BYTES or size <= MOST_RATIO * len(data)
            if len(parts) > MOST_PARTS or size > MOST_BYTES or not small:
                raise Refused(f"it would unpack to {len(parts):,} parts of {size:,} bytes; leave it out")
            if "word/document.xml" not in archive.namelist():
                raise Refused("it is a zip archive but no Word file; leave it out or unpack it")
            if any(_declares(archive.read(part)) for part in parts if part.filename.endswith((".xml", ".rels"))):
                raise Refused("its XML declares entities, which Word files never do; leave it out")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Refused(_DAMAGED) from error


def _declares(part: bytes) -> bool:
    """Whether a part of a file holds a document type, in any of the encodings that XML parsers must know."""
    return b"<!DOCTYPE" in part.replace(b"\0", b"")


def _claims(document: Document, styles: dict[str, str]) -> Claims:
    properties = document.core_properties
    author = label(properties.author)
    first = next(document.element.body.iterchildren(qn("w:p")), None)
    titled = first is not None and _style(first, styles) == "title"
    return Claims(
        title=label(_words(first)) if titled else label(properties.title),
        author=None if author == _TEMPLATE_AUTHOR else author,
        language=language(properties.language),
    )


def _text(body: Element, styles: dict[str, str]) -> str:
    """Blocks set apart by a blank line, the items of a list by a line end."""
    parts: list[str] = []
    was_item = False
    for block in _blocks(body):
        is_item = block.tag == qn("w:p") and _is_item(block, styles)
        text = _rows(block) if block.tag == qn("w:tbl") else _words(block)
        if text:
            parts.append(("\n" if is_item and was_item else "\n\n") + ("- " if is_item else "") + text)
            was_item = is_item
    return "".join(parts).strip("\n")


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, also those inside of content controls."""
    for child in parent:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _rows(table: Element) -> str:
    """One line a row, cells apart by bars; a table in a cell is a part of the cell."""
    rows = (row.iterchildren(qn("w:tc"), qn("w:sdt")) for row in table.iterchildren(qn("w:tr")))
    return "\n".join(" | ".join(" ".join(_words(cell).split()) for cell in row) for row in rows)


def _words(element: Element) -> str:
    return "".join(_pieces(element)).strip()


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _LEFT_OUT or (child.tag == qn("w:r") and _is_unseen(child)):
            continue
        else:
            yield _TEXTS.get(child.tag, "")
            yield from _pieces(child)


def _is_unseen(run: Element) -> bool:
    marks = (mark for name in _UNSEEN for mark in run.iterfind(f"{qn('w:rPr')}/{name}"))
    return any(mark.get(qn("w:val"), "1") not in _OFF for mark in marks)


def _is_item(paragraph: Element, styles: dict[str, str]) -> bool:
    numbered = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
    style = _style(paragraph, styles)
    return style.startswith("list") or (numbered and not style.startswith(("heading", "title")))


def _style(paragraph: Element, styles: dict[str, str]) -> str:
    """The style's name in lower case: built-in names are English whatever the program's language."""
    named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if named is None else styles.get(named.get(qn("w:val")), "")
