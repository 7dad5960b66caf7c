"""`sources.csv`: what a person says of the files beside it, and what is said of a person's mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.candidate import Refusal
from index.claims import NOTHING, Claims
from index.errors import Refused
from index.sources import Sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "b.txt", "sub/c.txt", "feed.jsonl"):
        (tmp_path / name).write_text("text")
    return tmp_path


def read(folder: Path, table: str) -> Sources:
    return Sources(table.encode(), "sources.csv", folder)


def test_every_column(folder: Path) -> None:
    table = (
        "file,publisher,published,title,uri,readers,author,language\n"
        'a.txt,The Paper,2024-07-03,"A title, with a comma",https://example.org/a,hr; legal|staff,Jane Doe,en\n'
    )
    sources = read(folder, table)
    assert sources.refusals == []
    assert sources.of("a.txt") == Claims(
        uri="https://example.org/a",
        title="A title, with a comma",
        publisher="The Paper",
        author="Jane Doe",
        published=date(2024, 7, 3),
        language="en",
        readers=("hr", "legal", "staff"),
    )


def test_what_it_does_not_name_it_says_nothing_of(folder: Path) -> None:
    sources = read(folder, "file,title\na.txt,A\n")
    assert sources.of("b.txt") == NOTHING
    assert sources.of("a.txt") == Claims(title="A")


def test_files_in_folders_below_and_blank_lines(folder: Path) -> None:
    sources = read(folder, "\ufeffFile , Title\r\n\r\nsub/c.txt , C \r\n,,\r\n")
    assert sources.of("sub/c.txt") == Claims(title="C")
    assert sources.refusals == []


def test_an_unknown_column_is_named_and_the_rest_holds(folder: Path) -> None:
    sources = read(folder, "file,publsher,title\na.txt,The Paper,A\n")
    assert sources.refusals == [
        Refusal("sources.csv:1", "it has the column 'publsher', which is not used; did you mean 'publisher'?")
    ]
    assert sources.of("a.txt") == Claims(title="A")


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("reader", "readers"),
        ("raeders", "readers"),
        ("Redaers", "readers"),
        ("readers?", "readers"),
        ("collections", "collection"),
        ("colection", "collection"),
    ],
)
def test_a_column_that_may_mean_who_reads_puts_every_file_in_doubt(folder: Path, column: str, meant: str) -> None:
    sources = read(folder, f"file,{column}\na.txt,hr\n")
    for file in ("a.txt", "b.txt"):
        with pytest.raises(Refused, match=f"may mean {meant}"):
            sources.of(file)


def test_a_row_of_a_folder_is_a_rule_for_all_that_is_in_it(folder: Path) -> None:
    (folder / "sub" / "deep").mkdir()
    (folder / "sub" / "deep" / "d.txt").write_text("text")
    table = "file,readers,collection,publisher\n.,all,,The Paper\nsub/,hr,forms,\nsub/deep,,,HR\nsub/c.txt,user:ann,,\n"
    sources = read(folder, table)
    assert sources.refusals == []
    assert sources.of("a.txt") == Claims(readers=("all",), publisher="The Paper")
    assert sources.of("sub/other.txt") == Claims(readers=("hr",), collection="forms", publisher="The Paper")
    assert sources.of("sub/deep/d.txt") == Claims(readers=("hr",), collection="forms", publisher="HR")
    assert sources.of("sub/c.txt") == Claims(readers=("user:ann",), collection="forms", publisher="The Paper")
    assert sources.of("sub.txt") == sources.of("a.txt")


def test_a_folder_has_neither_title_nor_date_nor_uri(folder: Path) -> None:
    sources = read(folder, "file,title,published,uri,readers\nsub,Forms,2024-07-03,u:1,hr\n")
    assert [refusal.name for refusal in sources.refusals] == ["sources.csv:2"] * 3
    assert {refusal.reason.partition(" of its own")[0] for refusal in sources.refusals} == {
        "a folder has no title",
        "a folder has no published",
        "a folder has no uri",
    }
    assert sources.of("sub/c.txt") == Claims(readers=("hr",))


@pytest.mark.parametrize("rows", ["sub,hr\nsub/,public\n", "sub,hr,public\n", "sub,;\n"])
def test_all_that_is_in_a_folder_in_doubt_is_refused(folder: Path, rows: str) -> None:
    sources = read(folder, f"file,readers\n{rows}sub/c.txt,public\na.txt,hr\n")
    with pytest.raises(Refused, match=r"in line \d of sources\.csv"):
        sources.of("sub/c.txt")
    assert sources.of("a.txt") == Claims(readers=("hr",))


@pytest.mark.parametrize("cell", ["readers,;|", f"readers,{'r' * 301}", f"collection,{'c' * 301}"])
def test_readers_and_collections_that_cannot_be_used_are_no_silence(folder: Path, cell: str) -> None:
    column, value = cell.split(",")
    sources = read(folder, f"file,{column}\na.txt,{value}\n")
    assert f"its {column} of 'a.txt' cannot be used" in sources.refusals[0].reason
    with pytest.raises(Refused, match="cannot be used"):
        sources.of("a.txt")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("missing.txt,2024-07-03", "there is no file 'missing.txt' here"),
        (",2024-07-03", "it names no file"),
        ("../up.txt,2024-07-03", "'../up.txt' is outside of the folder"),
        ("/etc/passwd,2024-07-03", "'/etc/passwd' is outside of the folder"),
        ("sub/../../up.txt,2024-07-03", "outside of the folder"),
        ("feed.jsonl,2024-07-03", "the lines of a feed carry their own data"),
        ("b.txt,03/07/2024", "the date '03/07/2024' is not one day"),
        ("b.txt,2024-07-03,more", "has 3 cells, not 2"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_rest_goes_on(folder: Path, row: str, reason: str) -> None:
    sources = read(folder, f"file,published\n\n{row}\na.txt,2024-07-04\n")
    assert [refusal.name for refusal in sources.refusals] == ["sources.csv:3"]
    assert reason in sources.refusals[0].reason
    assert sources.of("a.txt") == Claims(published=date(2024, 7, 4))


@pytest.mark.parametrize("column", ["readers", "collection"])
def test_a_feed_whose_row_says_who_may_read_it_is_not_read_without(folder: Path, column: str) -> None:
    sources = read(folder, f"file,{column}\nfeed.jsonl,hr\n")
    assert len(sources.refusals) == 1
    with pytest.raises(Refused, match=r"line 2 of sources\.csv says who may read it, and the lines of a feed"):
        sources.of("feed.jsonl")
    assert read(folder, f"file,{column},title\nfeed.jsonl,,A\n").of("feed.jsonl") == NOTHING


def test_a_bad_date_loses_the_date_only(folder: Path) -> None:
    sources = read(folder, "file,published,readers\na.txt,July,hr\n")
    assert len(sources.refusals) == 1
    assert sources.of("a.txt") == Claims(readers=("hr",))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("language", "plain English", "not a language tag"),
        ("uri", "a\x01b", "cannot be seen"),
        ("uri", "u" * 2001, "longer"),
    ],
)
def test_other_values_that_cannot_be_used_are_named(folder: Path, column: str, value: str, reason: str) -> None:
    sources = read(folder, f"file,{column},title\na.txt,{value},A\n")
    assert reason in sources.refusals[0].reason
    assert sources.of("a.txt") == Claims(title="A")


@pytest.mark.parametrize("rows", ["a.txt,hr\na.txt,public\n", "a.txt,hr,public\n"])
def test_a_file_whose_readers_are_in_doubt_is_refused(folder: Path, rows: str) -> None:
    sources = read(folder, f"file,readers\n{rows}b.txt,hr\n")
    with pytest.raises(Refused, match=r"its row in line \d of sources\.csv"):
        sources.of("a.txt")
    assert sources.of("b.txt") == Claims(readers=("hr",))


@pytest.mark.parametrize(
    "table",
    [
        "",
        "title,publisher\nA,B\n",
        "file,file\na.txt,b.txt\n",
        'file,title\n"a.txt,A\n',
        "file;title\na.txt;A\n",
        "a\0b",
    ],
)
def test_a_table_that_cannot_be_read_is_named_and_no_file_is_trusted_to_it(folder: Path, table: str) -> None:
    sources = read(folder, table)
    assert [refusal.name for refusal in sources.refusals] == ["sources.csv"]
    with pytest.raises(Refused, match="cannot be read; correct the table"):
        sources.of("a.txt")


def test_a_table_that_cannot_be_opened_is_one_that_cannot_be_read(folder: Path) -> None:
    sources = Sources(Refused("it is a symbolic link"), "sub/sources.csv", folder / "sub")
    assert sources.refusals == [Refusal("sub/sources.csv", "it is a symbolic link")]
    with pytest.raises(Refused, match=r"sub/sources\.csv"):
        sources.of("c.txt")


def test_a_decomposed_file_name_is_found(folder: Path) -> None:
    (folder / "e\u0301.txt").write_text("text")
    sources = read(folder, "file,title\n\u00e9.txt,A\n")
    assert sources.refusals == []
    assert sources.of("\u00e9.txt") == Claims(title="A")
