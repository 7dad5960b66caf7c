"""PDF: whole sentences out of the lines that pages show, and what is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.claims import NOTHING, Claims
from index.errors import Refused
from index.normalise import normalise
from index.paragraphs import paragraphs
from index.pdf import MOST_PAGES, parse
from tests.files import encrypted_pdf, pdf, raw_pdf

ENOUGH = 1_000_000
LONG = (
    "The harbour will close on Monday for six weeks of repairs, the council said, and all ferries will sail from the "
    "northern quay until the end of August, when the new crane is to arrive."
)
SHORT = "Fares stay as they are."


def joined(pages: list[str]) -> str:
    """The text of these pages."""
    return paragraphs(pages)[0]


def test_wrapped_lines_become_the_paragraphs_they_were() -> None:
    text = parse(pdf(["Harbour to close", LONG, SHORT, LONG]), ENOUGH).text
    assert normalise(text) == f"Harbour to close\n\n{LONG}\n\n{SHORT}\n\n{LONG}"


def test_a_sentence_goes_on_over_the_page() -> None:
    letters = string.ascii_lowercase
    many = [
        LONG.replace("council", f"council of {a}{b}").replace("crane", f"crane of {b}{a}")
        for a in letters[:8]
        for b in letters
    ]
    text = normalise(parse(pdf(many, running=("The Coast Paper", "Page {page} of many")), ENOUGH).text)
    assert "Coast Paper" not in text
    assert "Page 2" not in text
    for paragraph in many:
        assert paragraph in text


def test_letters_that_are_drawn_as_one_are_letters() -> None:
    # Byte 31 of the font is the ligature, by way of the table that says what its bytes mean.
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfchar <31> <FB03> endbfchar endcmap end"
    )
    data = raw_pdf(b"BT /F1 12 Tf 72 700 Td (The o1ce is open.) Tj ET", to_unicode=table)
    assert parse(data, ENOUGH).text == "The office is open."


def test_what_the_metadata_say() -> None:
    claims = parse(pdf([LONG], title="Harbour report", author="Jane Doe", language="en-GB"), ENOUGH).claims
    assert claims == Claims(title="Harbour report", author="Jane Doe", language="en-GB")


def test_the_day_the_file_was_made_is_not_taken_for_the_day_of_publication() -> None:
    data = pdf([LONG])
    assert b"/CreationDate" in data
    assert parse(data, ENOUGH).claims == NOTHING


@pytest.mark.parametrize("title", ["Microsoft Word - report.docx", "untitled", "report_final2.pdf", " "])
def test_titles_that_programs_put_there_are_none(title: str) -> None:
    assert parse(pdf([LONG], title=title), ENOUGH).claims.title is None


@pytest.mark.parametrize("data", [encrypted_pdf("owner", "user"), encrypted_pdf("owner")])
def test_an_encrypted_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="encrypted; save a copy without protection"):
        parse(data, ENOUGH)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.4\n", b"%PDF-1.7\n" + b"\xff" * 500, pdf([LONG])[:400], raw_pdf(b"BT ET", pages=b"<</Kids[2 0 R]>>")],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        parse(data, ENOUGH)


def test_a_page_tree_that_is_a_loop_is_refused() -> None:
    with pytest.raises(Refused):
        parse(raw_pdf(b"BT ET", pages=b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), ENOUGH)


def test_a_stream_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(Refused, match="unpacks to more than is allowed"):
        parse(raw_pdf(b"BT " + b" " * 200_000_000 + b" ET"), ENOUGH)


def test_a_page_without_text_is_refused_with_the_remedy() -> None:
    with pytest.raises(Refused, match="run text recognition"):
        parse(raw_pdf(b"0 0 100 100 re f"), ENOUGH)


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match="longer than the limit"):
        parse(pdf([LONG] * 10), 500)


def test_more_pages_than_anybody_reads_are_refused() -> None:
    kids = b"3 0 R " * (MOST_PAGES + 1)
    with pytest.raises(Refused, match="5,001 pages"):
        parse(raw_pdf(b"BT ET", pages=b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, MOST_PAGES + 1)), ENOUGH)


FULL = "a line that is as full as a line of a page of this width can be, more or less so"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        # broken because it was full
        (["The talks went on for five hours in the capital and will be", "continued on Monday, he said."], None),
        (["The talks went on for five hours in the capital, as the", "Kremlin said on Monday."], None),
        # broken on purpose
        (["A heading", "The talks went on for five hours in the capital, he said."], "\n\n"),
        (["The talks went on for five hours in the capital, he said.", "- a point"], "\n"),
        (["The talks went on for five hours in the capital, he said.", "2. a point"], "\n"),
        (["The end came.", "The talks went on for five hours in the capital, he said."], "\n\n"),
    ],
)
def test_how_two_lines_hang_together(lines: list[str], text: str | None) -> None:
    assert joined(["\n".join(lines)]) == (text or " ").join(lines)


def test_rows_of_a_table_stay_rows() -> None:
    assert joined(["Berlin 140\nParis 180\nRome 150"]) == "Berlin 140\nParis 180\nRome 150"
    assert joined([f"{FULL}\n{FULL}.\nBerlin 140\nParis 180"]).endswith("\n\nBerlin 140\nParis 180")


def test_a_blank_line_parts_paragraphs_but_a_new_page_does_not() -> None:
    assert joined([f"{FULL}\n\nand more"]) == f"{FULL}\n\nand more"
    assert joined([FULL, "and more"]) == f"{FULL} and more"
    assert joined([f"{FULL}.", "And more."]) == f"{FULL}.\n\nAnd more."


@pytest.mark.parametrize(
    ("end", "start", "whole"),
    [
        ("the nego-", "tiations went on.", "the negotiations went on."),
        ("the 28-", "point plan", "the 28-point plan"),
        ("the U.S.-", "Russia talks", "the U.S.-Russia talks"),
        ("the Anglo-", "American line", "the Anglo-American line"),
        ("the NATO-", "led force", "the NATO-led force"),
        ("the Nego\u00ad", "Tiations of old", "the NegoTiations of old"),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_healed(end: str, start: str, whole: str) -> None:
    assert joined([f"{FULL}\n{end}\n{start}"]).endswith(whole)


def test_the_document_itself_says_whether_a_word_has_a_hyphen() -> None:
    known = "The cease-fire held. The ceasefires of before did not."
    assert joined([f"{known}\nThey want a cease-\nfire now."]).endswith("a cease-fire now.")
    assert joined(["Ceasefire talks.\nThey want a cease-\nfire now."]).endswith("a ceasefire now.")


def test_what_every_page_repeats_is_left_out() -> None:
    pages = [f"The Coast Paper\n{FULL} {word}.\nPage {n} of 4" for n, word in enumerate("abcd", start=1)]
    text = joined(pages)
    assert text == "\n\n".join(f"{FULL} {word}." for word in "abcd")


def test_what_two_pages_share_is_not_yet_a_running_head() -> None:
    assert joined([f"{SHORT}\n{FULL}.", f"{SHORT}\n{FULL}."]).count(SHORT) == 2


@given(st.lists(st.lists(st.text(st.characters(codec="ascii"), max_size=60), max_size=8).map("\n".join), max_size=4))
def test_no_word_is_lost_within_a_page(pages: list[str]) -> None:
    pages = pages[:1]  # with one page there are no running heads
    letters = [c for c in "".join(pages) if c.isalnum()]
    assert [c for c in joined(pages) if c.isalnum()] == letters
