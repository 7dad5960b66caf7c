"""Word files: the text that people see in order, and what is refused before it is unpacked."""

from __future__ import annotations

import io

import docx
import pytest

from index.claims import NOTHING, Claims
from index.errors import Refused
from index.normalise import normalise
from index.word import MOST_PARTS, parse
from tests.files import laughs, saved, with_part, word, word_body, zipped


def text_of(data: bytes) -> str:
    return normalise(parse(data).text)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def test_paragraphs_headings_lists_and_tables_in_order() -> None:
    data = word(
        [
            ("Travel rules", "Title"),
            ("Trains", "Heading 1"),
            "Book trains first.",
            ("Keep the ticket", "List Bullet"),
            ("Hand in the receipt", "List Number"),
            "That is all.",
        ],
        rows=[["City", "Limit"], ["Berlin", "140\neuros"]],
    )
    assert text_of(data) == (
        "Travel rules\n\nTrains\n\nBook trains first.\n\n- Keep the ticket\n- Hand in the receipt\n\nThat is all.\n\n"
        "City | Limit\nBerlin | 140 euros"
    )


def test_what_the_properties_say() -> None:
    assert parse(word(["Text."], title="Rules", author="Jane Doe")).claims == Claims(title="Rules", author="Jane Doe")


def test_a_title_on_the_page_goes_over_the_properties() -> None:
    assert parse(word([("On the page", "Title"), "Text."], title="From a template")).claims.title == "On the page"


def test_the_days_the_file_was_made_and_saved_are_not_the_day_of_publication() -> None:
    data = word(["Text."])
    assert docx.Document(io.BytesIO(data)).core_properties.created is not None
    assert parse(data).claims == NOTHING


@pytest.mark.parametrize("mark", ["<w:vanish/>", "<w:strike/>", "<w:dstrike w:val='true'/>"])
def test_what_is_hidden_or_struck_out_is_left_out(mark: str) -> None:
    assert text_of(word_body(paragraph(run("Seen"), run(" unseen", mark), run(" again.")))) == "Seen again."


def test_a_mark_that_is_switched_off_hides_nothing() -> None:
    assert text_of(word_body(paragraph(run("Seen", "<w:vanish w:val='0'/>")))) == "Seen"


def test_tracked_changes_are_read_as_accepted() -> None:
    inserted = f"<w:ins w:id='1' w:author='a'>{run(' new')}</w:ins>"
    deleted = "<w:del w:id='2' w:author='a'><w:r><w:delText> old</w:delText></w:r></w:del>"
    assert text_of(word_body(paragraph(run("The"), inserted, deleted, run(" rule.")))) == "The new rule."


def test_links_controls_breaks_and_tabs() -> None:
    link = f"<w:hyperlink w:anchor='a'>{run('the link')}</w:hyperlink>"
    inside = paragraph(run("In a control."))
    body = (
        paragraph(run("See "), link, "<w:r><w:br/></w:r>", run("Next"), "<w:r><w:tab/></w:r>", run("tab"))
        + f"<w:sdt><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    )
    assert text_of(word_body(body)) == "See the link\nNext\ttab\n\nIn a control."


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph(run('In a box.'))}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    drawn = (
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert text_of(word_body(paragraph(f"<w:r>{drawn}</w:r>", run("Beside.")))) == "In a box.Beside."


def test_entities_are_refused_in_any_encoding() -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Refused, match="declares entities"):
            parse(with_part(word(["Text."]), "word/document.xml", laughs(encoding)))


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": b"0" * 301_000_000},
        {"word/document.xml": b"0" * 25_000_000},
        {f"word/{number}.xml": b"" for number in range(MOST_PARTS + 1)},
    ],
    ids=["large", "dense", "many"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(parts: dict[str, bytes]) -> None:
    with pytest.raises(Refused, match="would unpack to"):
        parse(zipped(parts))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 and then nothing", "damaged"),
        (word(["Text."])[:-200], "damaged"),
        (zipped({"a.txt": b"text"}), "no Word file"),
        (zipped({"word/document.xml": b"<not-word/>"}), "damaged"),
        (with_part(word(["Text."]), "word/document.xml", b"<w:document"), "damaged"),
        (with_part(word(["Text."]), "[Content_Types].xml", b"<Types/>"), "damaged"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse(data)


def test_a_table_in_a_cell_is_part_of_it() -> None:
    document = docx.Document()
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "outer"
    cell.add_table(1, 1).cell(0, 0).text = "inner"
    assert text_of(saved(document)).startswith("outer inner |")
