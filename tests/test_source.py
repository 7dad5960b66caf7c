"""The source page: the whole document with exactly the quoted characters lit, or none if they are gone."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Document, Span
from tests.newsroom import CONDITIONS, NOTES
from ui import brief, render, source

QUOTE = Span(CONDITIONS.text.index("He added"), CONDITIONS.text.index(" for good.") + len(" for good."))


def document(text: str) -> Document:
    return Document("a.txt", text, "0" * 64, ("public",))


def lit(page: render.SourcePage) -> str:
    return "".join(piece.text for paragraph in page.paragraphs for piece in paragraph.pieces if piece.lit)


def test_exactly_the_quote_is_lit_and_can_be_jumped_to() -> None:
    page = source.page(CONDITIONS, f"{QUOTE.start}-{QUOTE.end}", brief.checksum(QUOTE.of(CONDITIONS.text)))
    assert lit(page) == "He added that Kyiv has to drop its plan to join NATO for good."
    html = render.source_page(page)
    assert f'<mark id="quote">{lit(page)}</mark>' in unescape(html)
    assert html.count("<mark") == html.count('id="quote"') == 1
    assert "has changed" not in html


def test_the_page_names_title_publisher_date_address_and_the_way_back() -> None:
    html = render.source_page(source.page(CONDITIONS))
    for part in (
        "<h1",
        CONDITIONS.title or "",
        "Briefing desk",
        "14 June 2024",
        CONDITIONS.uri,
        'href="/"',
        'lang="en"',
    ):
        assert part in html
    assert 'href="/"' not in render.source_page(source.page(CONDITIONS, beside=True))
    assert "<script" not in html


def test_a_document_that_does_not_say_when_or_by_whom_says_that() -> None:
    page = source.page(NOTES)
    assert (page.title, page.attribution) == (NOTES.uri, ("no date given",))


def test_a_quote_that_no_longer_stands_there_is_not_lit() -> None:
    at = f"{QUOTE.start}-{QUOTE.end}"
    page = source.page(CONDITIONS, at, brief.checksum("He added nothing."))
    assert not page.lit
    assert "has changed since it was quoted" in render.source_page(page)


@pytest.mark.parametrize(
    "at",
    ["5-5", "9-3", "0-999999", "-1-4", "1", "a-b", "1-2-3", "1-2; x", "٣-٤", " 1-2", "1" * 40 + "-2", "0x1-2", "1-"],
)
def test_a_place_that_is_not_in_the_document_is_not_lit(at: str) -> None:
    page = source.page(CONDITIONS, at)
    assert not page.lit
    assert page.notice


def test_without_a_place_nothing_is_lit_and_nothing_is_amiss() -> None:
    page = source.page(CONDITIONS)
    assert not page.lit
    assert not page.notice


def test_a_quote_across_paragraphs_is_lit_in_each_and_jumped_to_once() -> None:
    text = "One. Two.\n\nThree. Four."
    page = source.page(document(text), f"{text.index('Two')}-{text.index(' Four')}")
    assert [[(piece.text, piece.lit) for piece in paragraph.pieces if piece.text] for paragraph in page.paragraphs] == [
        [("One. ", False), ("Two.", True)],
        [("Three.", True), (" Four.", False)],
    ]
    assert render.source_page(page).count('id="quote"') == 1


def test_lines_are_paragraphs_only_where_no_blank_line_says_otherwise() -> None:
    assert [each.of("a\nb\nc") for each in source.paragraphs("a\nb\nc")] == ["a", "b", "c"]
    assert [each.of("a\nb\n \n\nc") for each in source.paragraphs("a\nb\n \n\nc")] == ["a\nb", "c"]


def test_a_heading_looks_like_one_and_keeps_its_marks() -> None:
    page = source.page(document("# The plan\n\nText.\n\n#3 is no heading."))
    assert [paragraph.heading for paragraph in page.paragraphs] == [True, False, False]
    assert '<p dir="auto" class="heading"># The plan</p>' in render.source_page(page)


@st.composite
def documents_with_places(draw: st.DrawFn) -> tuple[Document, Span]:
    text = draw(st.text(st.sampled_from("ab <&\n\u2028\U0001f600é"), min_size=2, max_size=80).filter(str.strip))
    start = draw(st.integers(0, len(text) - 1))
    return document(text), Span(start, draw(st.integers(start + 1, len(text))))


@given(documents_with_places())
def test_no_character_is_lost_and_none_but_the_quote_is_lit(case: tuple[Document, Span]) -> None:
    asked, span = case
    page = source.page(asked, f"{span.start}-{span.end}")
    whole = "".join(piece.text for paragraph in page.paragraphs for piece in paragraph.pieces)
    assert "".join(whole.split()) == "".join(asked.text.split())
    assert "".join(lit(page).split()) == "".join(span.of(asked.text).split())
    begins = [piece for paragraph in page.paragraphs for piece in paragraph.pieces if piece.lit and piece.first]
    assert len(begins) == (1 if lit(page) else 0)
