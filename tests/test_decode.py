"""Bytes to text: what is believed to be text, and what bytes are whatever they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decode import decode, is_web_page, kind_of
from index.errors import Refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")))
def test_unicode_is_read_back(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_the_byte_order_mark_decides(mark: str) -> None:
    assert decode("\ufeffcafé".encode(mark)) == "café"


@pytest.mark.parametrize(
    "text",
    [
        "Der Vertrag läuft über fünf Jahre – so die Behörde.",
        "Le café coûte 3 €, dit-elle : « oui ».",
        "plain ‘quoted’ text",
    ],
)
def test_western_european_text_is_believed(text: str) -> None:
    assert decode(text.encode("windows-1252")) == text


@pytest.mark.parametrize(
    "data",
    [
        "Кремль заявил, что переговоры продолжаются.".encode("windows-1251"),
        "Łódź i Kraków są większe, mówi sąsiad".encode("windows-1250"),
        "東京で会談が行われた。".encode("shift-jis"),
        b"Undefined byte \x81 in the middle of a line of text that is otherwise plain",
        b"\xff" * 100,
        b"caf\xe9 with a control \x01 character",
    ],
)
def test_other_code_pages_are_not_guessed(data: bytes) -> None:
    with pytest.raises(Refused, match="save it as UTF-8"):
        decode(data)


@pytest.mark.parametrize("data", [b"text\0with\0nul", "no mark".encode("utf-16-le"), "text".encode("utf-32")])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="binary"):
        decode(data)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\x03\x04....", "a zip archive or an Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office file"),
        (b"{\\rtf1", "a rich text (RTF) file"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\x7fELF\x02", "a program"),
        (b"Plain text about %PDF- files", None),
        (b"", None),
    ],
)
def test_kinds_are_known_by_their_first_bytes(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind


@pytest.mark.parametrize("start", [b"<!DOCTYPE html>", b"\xef\xbb\xbf<!doctype HTML PUBLIC", b"\n  <html lang='en'>"])
def test_web_pages_are_known_by_how_they_open(start: bytes) -> None:
    assert is_web_page(start)


def test_text_about_web_pages_is_none() -> None:
    assert not is_web_page(b"The <html> element opens a page.")


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        text = decode(data)
    except Refused:
        return
    assert "\0" not in text
