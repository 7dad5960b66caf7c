"""Where the pages of a PDF begin in its text: from the lines of a page to what programs are told."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from index.document import Document, document_id
from index.library import Library
from index.normalise import normalise, normalised
from index.paragraphs import paragraphs
from index.principal import LOCAL
from index.scope import Scope
from index.sync import sync
from tests.fakes import HashEmbedder
from tests.files import pdf
from tests.test_normalise import TEXTS, TRICKY

FULL = "The harbour will close on Monday for six weeks of repairs, as the council said"
CUT = "The harbour will close on Monday for six weeks of repairs, as the coun-"
WORDS = st.text("abcdefghij", min_size=1, max_size=9)
LINES = st.one_of(
    st.lists(WORDS, min_size=1, max_size=12).map(" ".join),
    st.sampled_from(
        ["", FULL, CUT, f"{FULL}.", "- an item", "a short row", "end.", "soft\u00ad", "\u200b", "caf\u0065\u0301"]
    ),
)
PAGES = st.lists(st.lists(LINES, max_size=8).map("\n".join), min_size=1, max_size=6)


def letters(text: str) -> str:
    """What is left of a text whatever lines and pages it is broken into."""
    return re.sub(r"[\W_]", "", normalise(text))


def cut(text: str, pages: tuple[int, ...]) -> list[str]:
    """The text page by page."""
    return [text[start:end] for start, end in pairwise((*pages, len(text)))]


@settings(max_examples=100, deadline=None)
@given(PAGES)
@example(["", "\n\n", "one", "", "two", ""])
@example([CUT, "cil said so."])
@example([FULL, "and more"])
@example([f"{FULL}.", "And more."])
def test_each_page_is_its_own_text_and_the_whole_is_joined_as_ever(pages: list[str]) -> None:
    # Heads and feet that pages share go, so the first two and the last two lines here are each page's own.
    signs = [chr(ord("k") + at) for at in range(len(pages))]
    own = [
        f"{s}{s}\n{s}{s}{s}\n{page}\n{s}{s}\n{s}" if page.strip() else page
        for s, page in zip(signs, pages, strict=True)
    ]
    joined, begins = paragraphs(own)
    text, starts = normalised(joined, begins)
    assert text == normalise(joined)
    assert len(starts) == len(own)
    assert not text or starts[0] == 0
    assert list(starts) == sorted(starts)
    assert [letters(each) for each in cut(text, starts)] == [letters(page) for page in own]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TEXTS, st.lists(TRICKY, max_size=6).map("".join)), min_size=1, max_size=5))
def test_marking_places_changes_no_text_and_keeps_them_in_order(parts: list[str]) -> None:
    text, at = "", []
    for part in parts:
        at.append(len(text))
        text += part
    found, starts = normalised(text, at)
    assert found == normalise(text)
    assert starts == () or len(starts) == len(parts)
    assert list(starts) == sorted(starts)
    assert all(0 <= start <= len(found) for start in starts)
    for start, place in zip(starts, at, strict=False):
        rest = text[place:]
        if rest[:1].isascii() and rest[:1].isalnum() and text[:place].strip():
            assert found[start] == rest[0]


@pytest.mark.parametrize(
    ("pages", "begins"),
    [
        (["One.", "Two."], ["One.\n\n", "Two."]),
        ([FULL, "and more"], [f"{FULL} ", "and more"]),
        ([CUT, "cil said so."], [CUT[:-1], "cil said so."]),
        (["", "Two.", "", "Four.", ""], ["", "Two.\n\n", "", "Four.", ""]),
        (["One.", "\u0301\u200bTwo."], ["One.\n\n\u0301", "Two."]),
    ],
)
def test_where_pages_begin(pages: list[str], begins: list[str]) -> None:
    assert cut(*normalised(*paragraphs(pages))) == begins


def test_a_text_in_which_no_place_can_be_kept_has_none() -> None:
    assert normalised("\u0301\u0301", (0, 1)) == ("\u0301\u0301", (0, 2))
    every = "".join(map(chr, range(0xE000, 0xE100)))
    assert normalised(f"a{every}b", (0, 1)) == (f"a{every}b", ())


def many() -> list[str]:
    """Paragraphs enough for several pages, each line of its own words, or it would be taken for a running head."""
    names = [f"{'abcd'[at // 26]}{chr(97 + at % 26)}" for at in range(80)]
    return [
        f"The harbour of {name} will close on Monday for six weeks of repairs, the council said, and all ferries will "
        f"sail from the northern quay until the end of August, when the crane of {name} comes."
        for name in names
    ]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A PDF of several pages with a running head, as a library gives it back after a sync."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "harbour.pdf").write_bytes(pdf(many(), running=("The Coast Paper", "Page {page}")))
    (folder / "note.txt").write_text("A note without pages.", encoding="utf-8")
    with Library.open(folder / "library", create=True) as library:
        report = sync([folder / "harbour.pdf", folder / "note.txt"], library, HashEmbedder(), readers=("public",))
        found = {each.name: library.document(LOCAL, document_id(each.uri or "")) for each in report.files}
        with library.snapshot() as snapshot:
            assert {each.uri: each.pages for each in snapshot.documents(Scope(None))} == {
                each.uri: each.pages for each in found.values() if each
            }
    note, whole = found["note.txt"], found["harbour.pdf"]
    assert note is not None
    assert whole is not None
    assert note.pages == ()
    return whole


def test_a_library_knows_the_pages_of_a_pdf(paper: Document) -> None:
    pages = PdfReader(io.BytesIO(pdf(many(), running=("The Coast Paper", "Page {page}")))).pages
    assert len(paper.pages) == len(pages) > 2
    for page, told in zip(pages, cut(paper.text, paper.pages), strict=True):
        shown = page.extract_text().replace("The Coast Paper", "")
        assert letters(told) == letters(re.sub(r"Page \d+", "", shown))
