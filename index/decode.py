"""Bytes to text, and what bytes are really: by their first bytes, not by the file's name."""

from __future__ import annotations

import codecs
import re

from index.errors import Refused

PDF = "a PDF"
ZIP = "a zip archive or an Office file"
OLD_OFFICE = "an old or encrypted Office file"
_MAGIC = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)

_UNDEFINED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_ACCENT = re.compile(
    rb"[^\x00-\x7f\x80\x82\x84\x85\x91-\x97\xa0\xa7\xab\xb0\xbb]"
)  # above 127, but for the usual signs
# What a letter of another single-byte alphabet turns into when it is read as Western European.
_SIGN_IN_WORD = re.compile("[^\\W\\d_][¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷][^\\W\\d_]")
_MOST_ACCENTS = 0.1
"""Share of accents in Western European text; French has about .04, Russian in its own code page about .8."""


def kind_of(data: bytes) -> str | None:
    """What the first bytes say that `data` is, in words, if it is surely not plain text."""
    return next((name for magic, name in _MAGIC if data.startswith(magic)), None)


def is_web_page(data: bytes) -> bool:
    """Whether `data` opens as an HTML document does."""
    return _WEB_PAGE.match(data) is not None


def decode(data: bytes) -> str:
    """The text in `data`: UTF-8 or UTF-16 with a byte order mark, UTF-8, or else Western European (windows-1252).

    The last is only believed where no byte is undefined in it and the accents are as few and stand where they would
    in a Western European language. Raises Refused for everything else, and for bytes that are no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _strictly(data, "utf-16")
    else:
        text = _strictly(data, "utf-8-sig")
    if text is None:
        text = _western(data)
    if text is None:
        raise Refused("it is not text in UTF-8 or UTF-16; save it as UTF-8")
    if "\0" in text:
        raise Refused("it is binary, not text; leave it out or save it as text")
    return text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _western(data: bytes) -> str | None:
    if _UNDEFINED_1252.search(data) or _CONTROLS.search(data):
        return None
    accents = len(data) - len(_ACCENT.sub(b"", data))
    if accents > _MOST_ACCENTS * len(data):
        return None
    text = data.decode("windows-1252")
    return None if _SIGN_IN_WORD.search(text) else text
