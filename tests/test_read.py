"""From candidates to documents: exact text, honest attribution, and refusals with their reasons."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.document import Document
from index.errors import Refused
from index.furniture import furniture
from index.normalise import normalise
from index.read import Candidate, Limits, Reader, walk
from tests.files import encrypted_pdf, laughs, pdf, with_part, word, zipped

CORPUS = Path(__file__).parent / "corpus"
NEWS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "news"
PUBLIC = ("public",)
PROSE = (
    "The harbour will close on Monday for six weeks of repairs, the council said, and ferries will sail from the north."
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def candidates(path: Path, readers: tuple[str, ...] = PUBLIC) -> list[Candidate]:
    return [item for item in walk(path, readers=readers) if isinstance(item, Candidate)]


def write(folder: Path, name: str, content: str | bytes) -> Candidate:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (candidate,) = candidates(path)
    return candidate


def read(reader: Reader, path: Path, readers: tuple[str, ...] = PUBLIC) -> Document:
    (candidate,) = candidates(path, readers)
    return reader.read(candidate)


def test_a_text_with_all_that_it_says_of_itself(reader: Reader) -> None:
    document = read(reader, CORPUS / "letter.txt")
    assert document.text == (CORPUS / "letter.txt").read_text(encoding="utf-8").rstrip()
    assert document.uri == "corpus/letter.txt"
    assert (document.title, document.publisher) == ("Harbour master asks for a new crane", "Reuters")
    assert (document.author, document.published, document.language) == ("Jane Doe", date(2024, 7, 3), None)
    assert document.readers == PUBLIC
    assert [span.of(document.text) for span in furniture(document.text)] == [
        "By Jane Doe",
        "Published 3 July 2024, 14:05",
        "(Reporting by Jane Doe; editing by Max Muster)",
        "Leave a comment",
    ]


def test_markdown_with_front_matter(reader: Reader) -> None:
    document = read(reader, CORPUS / "notes.md")
    assert document.text == (
        "# Travel rules in short\n\n"
        "Book trains first. A flight needs the written consent of your head of unit.\n\n"
        "- Hotels cost up to 120 euros a night.\n- Keep the receipt.\n\n"
        "City | Limit\nBerlin | 140"
    )
    assert (document.title, document.publisher, document.author) == ("Travel rules", "Finance", "Jane Doe, Max Muster")
    assert (document.published, document.language, document.readers) == (date(2025, 2, 1), "en", ("staff", "finance"))


def test_a_web_page(reader: Reader) -> None:
    document = read(reader, CORPUS / "article.html")
    assert document.text.startswith("Harbour to close for repairs\n\nThe harbour will close on Monday for six weeks")
    assert (document.publisher, document.published, document.uri) == (
        "The Coast Paper",
        date(2024, 7, 3),
        "corpus/article.html",
    )


def test_a_pdf_and_a_word_file(reader: Reader, tmp_path: Path) -> None:
    paper = reader.read(
        write(tmp_path, "a.pdf", pdf(["Harbour report", f"KYIV, July 3, 2024 (AP) - {PROSE}"], author="J. Doe"))
    )
    assert (paper.title, paper.publisher, paper.author) == ("Harbour report", "AP", "J. Doe")
    assert (paper.published, PROSE in paper.text) == (date(2024, 7, 3), True)
    letter = reader.read(write(tmp_path, "b.docx", word(["Harbour report", "Published: 3 July 2024", PROSE])))
    assert (letter.title, letter.published) == ("Harbour report", date(2024, 7, 3))
    assert letter.text == f"Harbour report\n\nPublished: 3 July 2024\n\n{PROSE}"


def test_a_feed_gives_a_document_a_line(reader: Reader) -> None:
    first, second, last = map(reader.read, candidates(CORPUS / "feed.jsonl", ("staff",)))
    assert (first.uri, first.title, first.publisher, first.published) == (
        "wire:1",
        "Crane arrives",
        "The Wire",
        date(2024, 8, 5),
    )
    assert (first.text, first.language, first.readers) == ("The crane arrived on Monday.", "en", PUBLIC)
    assert (second.text, second.title, second.published, second.readers) == (
        "It lifts ten tonnes.",
        None,
        None,
        ("staff",),
    )
    assert last.uri == "wire:5"


def test_the_content_hash_is_the_fingerprint(reader: Reader) -> None:
    for candidate in candidates(CORPUS):
        assert reader.read(candidate).content_hash == candidate.fingerprint


CLEAN = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1).map(normalise).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=CLEAN)
def test_text_that_is_clean_comes_out_of_files_and_feeds_as_it_went_in(
    reader: Reader, tmp_path: Path, text: str
) -> None:
    (tmp_path / "f.jsonl").write_text(json.dumps({"uri": "u", "text": text}))
    assert read(reader, tmp_path / "f.jsonl").text == text
    plain = b"\xef\xbb\xbf" + text.encode()  # with a mark, so that no first bytes are taken for another type
    assert reader.read(write(tmp_path, "a.txt", plain)).text == text


def test_what_a_person_says_goes_over_the_file_and_that_over_its_text(reader: Reader, tmp_path: Path) -> None:
    front = "---\ntitle: From the front\npublisher: Front\nreaders: [staff]\n---\n"
    (tmp_path / "a.md").write_text(f"{front}# In the text\n\nMOSCOW (Reuters) - {PROSE}")
    (tmp_path / "b.txt").write_text(f"In the text\n\nMOSCOW (Reuters) - {PROSE}")
    (tmp_path / "sources.csv").write_text(
        "file,publisher,published,readers,language\na.md,Table,2024-07-03,hr|legal,en\nb.txt,,2024-07-04,,\n"
    )
    first, second = map(reader.read, candidates(tmp_path))
    assert (first.title, first.publisher, first.published) == ("From the front", "Table", date(2024, 7, 3))
    assert (first.readers, first.language) == (("hr", "legal"), "en")
    assert (second.title, second.publisher, second.published) == ("In the text", "Reuters", date(2024, 7, 4))
    assert second.readers == PUBLIC


def test_nobody_reads_what_names_no_readers_and_has_none_by_default(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nreaders: hr\n---\nText.")
    assert read(reader, tmp_path / "a.md", ()).readers == ("hr",)
    (tmp_path / "b.txt").write_text("Text.")
    with pytest.raises(Refused, match="say so with --readers, for instance --readers public"):
        read(reader, tmp_path / "b.txt", ())


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n\t\r\n", "nothing that can be seen"),
        ("a.txt", "\ufeff\u200b\u00ad\u2060".encode(), "nothing that can be seen"),
        ("a.txt", b"text\0with\0nul", "it is binary"),
        ("a.txt", b"\x81\x8d\xff\xfe", "save it as UTF-8"),
        ("a.txt", pdf(["A page."]), "it is named .txt but is a PDF"),
        ("a.txt", zipped({"a": b"b"}), "it is named .txt but is a zip archive"),
        ("a.txt", b"<!DOCTYPE html><p>Text.</p>", "it is named .txt but is a web page"),
        ("a.txt", b"{\\rtf1 text}", "RTF"),
        ("a.md", b"\x89PNG\r\n\x1a\n", "it is named .md but is a PNG"),
        ("a.md", b"---\nreaders: []\n---\nText.", "names no reader"),
        ("a.md", b"---\ntitle: A\n---\n", "nothing that can be seen"),
        ("a.html", b"\xff\xd8\xff\xe0", "it is named .html but is a JPEG"),
        ("a.html", b"<html><body></body></html>", "no text"),
        ("a.pdf", zipped({"a": b"b"}), "it is named .pdf but is a zip archive"),
        ("a.pdf", b"Just text.", "it is named .pdf but is no PDF"),
        ("a.pdf", b"", "it is empty"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "damaged"),
        ("a.pdf", encrypted_pdf("owner", "user"), "it is encrypted"),
        ("a.docx", pdf(["A page."]), "it is named .docx but is a PDF"),
        ("a.docx", b"Just text.", "it is named .docx but is no Word file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "encrypted or in Word's old format"),
        ("a.docx", zipped({"a": b"b"}), "no Word file"),
        ("a.docx", zipped({"word/document.xml": b"0" * 30_000_000}), "would unpack to"),
        ("a.docx", with_part(word(["Text."]), "word/document.xml", laughs()), "declares entities"),
    ],
)
def test_what_is_refused_and_why(reader: Reader, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        reader.read(write(tmp_path, name, content))
    assert reason in str(refusal.value)
    assert name not in str(refusal.value)
    assert ";" in str(refusal.value)  # the fact, then the remedy


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_text_over_the_limit_is_refused(tmp_path: Path, name: str) -> None:
    candidate = write(tmp_path, name, "word " * 30)
    with Reader(Limits(characters=100)) as small, pytest.raises(Refused, match="100 is the limit"):
        small.read(candidate)


def test_a_file_that_changed_after_the_walk_is_not_taken_for_what_it_was(reader: Reader, tmp_path: Path) -> None:
    candidate = write(tmp_path, "a.txt", "A.")
    (tmp_path / "a.txt").write_text("B.")
    with pytest.raises(Refused, match="it changed while it was being read"):
        reader.read(candidate)


def test_a_file_that_is_gone_after_the_walk_is_refused(reader: Reader, tmp_path: Path) -> None:
    candidate = write(tmp_path, "a.txt", "A.")
    (tmp_path / "a.txt").unlink()
    with pytest.raises(Refused, match="it is gone"):
        reader.read(candidate)


def test_a_link_put_in_the_place_of_a_file_or_folder_after_the_walk_is_not_followed(
    reader: Reader, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("A.")
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    for path in (root / "a.txt", root / "sub" / "a.txt"):
        path.write_text("A.")
    file, below = candidates(root)
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to("../outside/a.txt")
    (root / "sub" / "a.txt").unlink()
    (root / "sub").rmdir()
    (root / "sub").symlink_to("../outside", target_is_directory=True)
    with pytest.raises(Refused, match="symbolic link"):
        reader.read(file)
    with pytest.raises(Refused, match="symbolic link"):
        reader.read(below)


def test_a_pipe_put_in_the_place_of_a_file_is_not_waited_for(reader: Reader, tmp_path: Path) -> None:
    candidate = write(tmp_path, "a.txt", "A.")
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(Refused, match="named pipe"):
        reader.read(candidate)


def test_one_bad_file_stops_nothing(reader: Reader, tmp_path: Path) -> None:
    for name, content in {
        "a.pdf": b"%PDF-",
        "b.txt": b"B.",
        "c.docx": b"PK\x03\x04",
        "d.md": b"D.",
        "e.html": b"<p>E",
    }.items():
        (tmp_path / name).write_bytes(content)
    read_well = []
    for candidate in candidates(tmp_path):
        try:
            read_well.append(reader.read(candidate).text)
        except Refused:
            continue
    assert read_well == ["B.", "D.", "E"]


@pytest.mark.skipif(not NEWS.is_dir(), reason="the five articles are not here")
def test_the_five_articles(reader: Reader) -> None:
    documents = {Path(one.name).name[:3]: reader.read(one) for one in candidates(NEWS)}
    for candidate, document in zip(candidates(NEWS), documents.values(), strict=True):
        assert document.text == candidate.path.read_text(encoding="utf-8").rstrip()
        assert document.uri == f"news/{candidate.path.name}"
    says = {number: (one.publisher, one.published) for number, one in documents.items()}
    assert says == {**dict.fromkeys(documents, (None, None)), "000": (None, date(2024, 7, 3)), "003": ("Reuters", None)}
    titles = {number: (one.title or "").split(" ")[0] for number, one in documents.items()}
    assert titles == {"000": "", "001": "Putin", "002": "Kremlin", "003": "Kremlin", "004": ""}


@pytest.mark.skipif(not NEWS.is_dir(), reason="the five articles are not here")
def test_the_furniture_of_the_five_articles_and_nothing_else(reader: Reader) -> None:
    marked = {}
    for candidate in candidates(NEWS):
        text = reader.read(candidate).text
        marked[candidate.name[:3]] = [span.of(text)[:16] for span in furniture(text)]
    assert marked == {
        "000": ["date 2024-07-03"],
        "001": ["Advertisement", "Advertisement", "Leave a comment", "Advertisement"],
        "002": [],
        "003": ["(Reporting by Dm", "tagreuters.com20"],
        "004": ["THIS LIVE FEED H", "Leave a Reply"],
    }
