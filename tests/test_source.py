"""The source page: the whole document with exactly the quoted characters lit, or none if they are gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Document, Span
from tests.newsroom import CONDITIONS, NOTES
from ui import brief, render, source
from ui.lit import SourcePage
from ui.wording import wording_in

QUOTE = Span(CONDITIONS.text.index("He added"), CONDITIONS.text.index(" for good.") + len(" for good."))


def document(text: str) -> Document:
    return Document("a.txt", text, "0" * 64, ("public",))


def lit(page: SourcePage) -> str:
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


# The other quotes of the same answer.

STORY = document("One is first. Two is second.\n\nThree is third.\n\nFour is last.")


def named(words: str, of: Document = STORY) -> str:
    start = of.text.index(words)
    return f"{start}-{start + len(words)}-{brief.checksum(words)}"


def opened(words: str, *also: str, of: Document = STORY) -> SourcePage:
    place, _, sum = named(words, of).rpartition("-")
    return source.page(of, place, sum, [named(each, of) for each in also])


def links(page: SourcePage) -> dict[str, str]:
    return {piece.text: piece.href for each in page.paragraphs for piece in each.pieces if piece.href}


def follow(href: str) -> SourcePage:
    query = parse_qs(urlsplit(href).query)
    return source.page(STORY, query["at"][0], query["sum"][0], query.get("also", []))


def test_the_answers_other_quotes_are_links_that_light_them_and_keep_the_rest() -> None:
    page = opened("Three is third.", "Four is last.", "One is first.")
    assert lit(page) == "Three is third."
    there = links(page)
    assert list(there) == ["One is first.", "Four is last."]
    last = follow(there["Four is last."])
    assert (lit(last), list(links(last))) == ("Four is last.", ["One is first.", "Three is third."])
    assert there["Four is last."].startswith(f"/source/{STORY.id}?at=")
    assert there["Four is last."].endswith("#quote")


def test_the_way_leads_from_quote_to_quote_in_the_order_of_the_text() -> None:
    first = opened("One is first.", "Four is last.", "Three is third.")
    assert first.way
    assert (first.way.position, first.way.count, first.way.previous) == (1, 3, None)
    second = follow(str(first.way.next))
    assert lit(second) == "Three is third."
    assert second.way
    assert (second.way.position, lit(follow(str(second.way.previous)))) == (2, "One is first.")
    third = follow(str(second.way.next))
    assert third.way
    assert (lit(third), third.way.next) == ("Four is last.", None)
    assert 'rel="next"' not in render.source_page(third)
    assert "Quote 3 of 3 here" in render.source_page(third)


def test_it_is_told_in_the_readers_language_and_the_document_keeps_its_own() -> None:
    place, _, sum = named("One is first.").rpartition("-")
    paged = replace(STORY, pages=(0, 20), language="en", published=date(2024, 6, 14), collection="briefs")
    page = source.page(paged, place, sum, [named("Four is last.")], wording=wording_in("de"))
    html = render.source_page(page)
    for said in (
        "Zurück zu den Fragen",
        "Seite 1 von 2",
        "Zitat 1 von 2 hier",
        "14. Juni 2024",
        "Sammlung: <bdi>briefs",
    ):
        assert said in html
    assert '<html lang="de" dir="ltr">' in html
    assert '<article lang="en">' in html
    assert '<html lang="ar" dir="rtl">' in render.source_page(source.missing(wording_in("ar")))


def test_one_quote_alone_has_no_way() -> None:
    assert opened("One is first.").way is None
    assert "<nav" not in render.source_page(opened("One is first."))


def test_beside_the_answer_its_other_quotes_stay_beside_it() -> None:
    page = source.page(STORY, "0-13", brief.checksum("One is first."), [named("Three is third.")], beside=True)
    assert all("&beside=#quote" in href for href in links(page).values())


@pytest.mark.parametrize(
    "also",
    [
        "0-13-000000000000",  # has changed since
        "0-99999-000000000000",
        "13-0-000000000000",
        "0-13",
        "",
        "٠-١٣-000000000000",
        "0-13-" + brief.checksum("One is first.") + "&x",
        named("s first. Two"),  # over the lit one
    ],
)
def test_a_further_quote_that_does_not_stand_there_or_is_none_is_left_out(also: str) -> None:
    place, _, sum = named("One is first.").rpartition("-")
    page = source.page(STORY, place, sum, [also])
    assert lit(page) == "One is first."
    assert not links(page)


def test_no_more_quotes_are_shown_than_an_answer_has() -> None:
    words = document(" ".join(f"Word{number:03}." for number in range(100)))
    page = source.page(words, also=[named(f"Word{number:03}.", words) for number in range(100)])
    assert len(links(page)) == source.MOST_QUOTES


# Where it can be found, and its pages.


@pytest.mark.parametrize(
    ("uri", "leads"),
    [
        ("https://example.org/story", True),
        ("http://intranet/wiki?page=3#top", True),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("javascript:alert(1)", False),
        ("https://user:word@example.org/", False),
        ("https://example.org/a b", False),
        ("https://example.org\\@evil.example/", False),
        ("https:///no-host", False),
        ("https://[::1", False),
        ("https://exаmple.org/", False),  # a Cyrillic letter, not yet written as a browser sends it
        ("briefing/a.md", False),
        ("data:text/html,x", False),
        ("//example.org/", False),
    ],
)
def test_only_a_plain_address_on_the_web_is_a_link_to_the_original(uri: str, leads: bool) -> None:
    page = source.page(replace(STORY, uri=uri))
    html = render.source_page(page)
    assert (page.original == uri) is leads
    assert ('class="original"' in html) is leads
    if leads:
        assert 'rel="noopener noreferrer nofollow"' in html
        assert page.host


PAGED = replace(STORY, pages=(0, STORY.text.index("Two"), STORY.text.index("Four")))


def test_pages_are_told_where_they_begin_and_of_the_quote_which_it_stands_on() -> None:
    page = opened("Three is third.", of=PAGED)
    assert (page.page, page.pages) == (2, 3)
    begun = {piece.page: piece.text for each in page.paragraphs for piece in each.pieces if piece.page}
    assert begun == {1: "One is first. ", 2: "Two is second.", 3: "Four is last."}
    html = render.source_page(page)
    assert "Page 2 of 3" in html
    assert html.index('id="page-2"') < html.index("Two is second.") < html.index('id="page-3"')
    assert "Page" not in render.source_page(opened("Three is third."))


def test_a_page_that_begins_in_the_blank_between_paragraphs_begins_with_the_next() -> None:
    blank = replace(STORY, pages=(0, STORY.text.index("\n\nFour")))
    begun = [piece.text for each in source.page(blank).paragraphs for piece in each.pieces if piece.page == 2]
    assert begun == ["Four is last."]


def test_lines_are_paragraphs_only_where_no_blank_line_says_otherwise() -> None:
    assert [each.of("a\nb\nc") for each in source.paragraphs("a\nb\nc")] == ["a", "b", "c"]
    assert [each.of("a\nb\n \n\nc") for each in source.paragraphs("a\nb\n \n\nc")] == ["a\nb", "c"]


def test_a_heading_looks_like_one_and_keeps_its_marks() -> None:
    page = source.page(document("# The plan\n\nText.\n\n#3 is no heading."))
    assert [paragraph.heading for paragraph in page.paragraphs] == [True, False, False]
    assert '<p dir="auto" class="heading"># The plan</p>' in render.source_page(page)


@st.composite
def documents_with_places(draw: st.DrawFn) -> tuple[Document, Span, list[Span], tuple[int, ...]]:
    text = draw(st.text(st.sampled_from("ab <&\n\u2028\U0001f600é"), min_size=2, max_size=80).filter(str.strip))

    def span() -> Span:
        start = draw(st.integers(0, len(text) - 1))
        return Span(start, draw(st.integers(start + 1, len(text))))

    pages = tuple(sorted(draw(st.lists(st.integers(0, len(text)), max_size=4))))
    return document(text), span(), [span() for _ in range(draw(st.integers(0, 3)))], pages


@given(documents_with_places())
def test_no_character_is_lost_and_none_but_the_quote_is_lit(
    case: tuple[Document, Span, list[Span], tuple[int, ...]],
) -> None:
    asked, span, others, pages = case
    also = [f"{each.start}-{each.end}-{brief.checksum(each.of(asked.text))}" for each in others]
    page = source.page(replace(asked, pages=pages), f"{span.start}-{span.end}", "", also)
    whole = "".join(piece.text for paragraph in page.paragraphs for piece in paragraph.pieces)
    assert "".join(whole.split()) == "".join(asked.text.split())
    assert "".join(lit(page).split()) == "".join(span.of(asked.text).split())
    begins = [piece for paragraph in page.paragraphs for piece in paragraph.pieces if piece.lit and piece.first]
    assert len(begins) == (1 if lit(page) else 0)
