"""PDF: the text of its pages as paragraphs, and its title, author and language.

The dates in a PDF say when the file was made, not when the text was published, so none is taken.
"""

from __future__ import annotations

import io
import re

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import TextStringObject

from index.claims import Claims, label, language
from index.content import Content
from index.errors import Refused
from index.paragraphs import paragraphs

MOST_PAGES = 5_000

# Two or three letters in one character, as typesetters draw them: nobody searches for that.
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_NO_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint|excel) - .*|.*\.(?:docx?|pdf|indd|tex|dvi|odt|rtf|html?|qxd|pptx?)", re.I
)


def parse(data: bytes, characters: int) -> Content:
    """The text of a PDF and what its metadata say; raises Refused if it is encrypted, too long or holds no text.

    `characters` is where reading stops: nothing beyond is needed to refuse it.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Refused("it is encrypted; save a copy without protection")
        text, pages = paragraphs(_pages(reader, characters))
        return Content(text, _claims(reader), pages)
    except LimitReachedError as error:
        raise Refused("it unpacks to more than is allowed; split it or leave it out") from error
    except PyPdfError as error:
        raise Refused("it is damaged and cannot be read as PDF; open it in a viewer and save it again") from error


def _pages(reader: PdfReader, characters: int) -> list[str]:
    if len(reader.pages) > MOST_PAGES:
        raise Refused(f"it has {len(reader.pages):,} pages, and {MOST_PAGES:,} is the limit; split it")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(page.extract_text().translate(_LIGATURES))
        characters -= len(pages[-1])
        if characters < 0:
            raise Refused("its text is longer than the limit; split it")
    if not any(map(str.strip, pages)):
        raise Refused("it holds pictures of text only; run text recognition on it first")
    return pages


def _claims(reader: PdfReader) -> Claims:
    metadata = reader.metadata
    title = label(metadata.title) if metadata else None
    tag = reader.root_object.get("/Lang")
    return Claims(
        title=None if title and _NO_TITLE.fullmatch(title) else title,
        author=label(metadata.author) if metadata else None,
        language=language(tag) if isinstance(tag, TextStringObject) else None,
    )
