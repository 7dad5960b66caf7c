"""Expected words are found where they stand; what no document can meet is told at the line that expects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evals.case import Located
from evals.dataset import dataset
from evals.errors import InvalidCases
from evals.reading.files import read_cases
from evals.reading.locate import locate
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.scope import Scope
from index.sync import sync
from tests.shelf import brief, shelf

BRIEFS = Path(__file__).parents[1] / "examples" / "briefing"
JUNE = "The harbour opens in May,\nsays the “harbour master”.\nThe harbour is deep."
OCTOBER = "The harbour opens in June, says the mayor."
MEMO = "The harbour will not open before July."
DOCUMENTS = [
    brief("city/2024-06.md", JUNE, published="2024-06-01"),
    brief("city/2024-10.md", OCTOBER, published="2024-10-01"),
    brief("desk/memo.txt", MEMO, published="2024-06-15", readers=("desk", "legal")),
    brief("desk/2024-10.md", "Undated, and for the desk: the mayor is ill.", readers=("desk",)),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with shelf(tmp_path_factory.mktemp("library"), DOCUMENTS) as corpus:
        yield corpus.library


def never(_: str) -> bool:
    return False


def always(_: str) -> bool:
    return True


def located(library: Library, folder: Path, expect: str, more: str = "", met: Callable[[str], bool] = never) -> Located:
    """A case with this `expect`, each of whose parts is a line from the fifth on, found in the library."""
    file = folder / "a.yaml"
    indented = "".join(f"      {line}\n" for line in expect.splitlines())
    file.write_text(f"cases:\n  - id: a\n    question: When?\n    expect:\n{indented}{more}", encoding="utf-8")
    (found,) = locate(read_cases([file]), library, met)
    return found


def told(library: Library, folder: Path, expect: str, more: str = "") -> str:
    with pytest.raises(InvalidCases) as caught:
        located(library, folder, expect, more)
    return str(caught.value).replace(f"{folder}/a.yaml:", "")


def words(found: Located) -> list[list[tuple[str, str]]]:
    """For each quote the uris and the very words of its places."""
    texts = {each.uri: each.text for each in DOCUMENTS}
    return [[(span.uri, texts[span.uri][span.start : span.end]) for span in places] for places in found.quotes]


def test_phrases_and_spans_are_found_in_their_order(library: Library, tmp_path: Path) -> None:
    expect = """\
quotes:
  - The harbour opens in
  - May, says the "harbour master"
  - {text: harbour, document: 2024-06.md}
  - {document: desk/memo.txt, start: 4, end: 11}
sources: [memo.txt, city/2024-10.md]"""
    found = located(library, tmp_path, expect)
    assert words(found) == [
        [("city/2024-06.md", "The harbour opens in"), ("city/2024-10.md", "The harbour opens in")],
        [("city/2024-06.md", "May,\nsays the “harbour master”")],
        [("city/2024-06.md", "harbour")] * 3,
        [("desk/memo.txt", "harbour")],
    ]
    assert found.quotes[0][0].document_id == DOCUMENTS[0].id
    assert found.sources == ("desk/memo.txt", "city/2024-10.md")
    assert found.without == ()


CANNOT = [
    ("quotes:\n  - The harbour\n  - the docks", "7: 'the docks' stands in no document; copy the words from one"),
    (
        "quotes:\n  - harbour\n  - the harbour opens",
        "7: 'the harbour opens' stands in no document, but 'The harbour opens' does; copy the words from one",
    ),
    ("quotes:\n  - harb", "6: 'harb' stands in no document; copy the words from one"),
    (
        "quotes:\n  - {text: mayor is ill, document: 2024-06.md}",
        "6: 'mayor is ill' does not stand in city/2024-06.md, but in desk/2024-10.md; correct one",
    ),
    (
        "sources:\n  - 2024-06.md\n  - x/memo.text",
        "7: there is no document 'x/memo.text'; did you mean 'desk/memo.txt'?",
    ),
    ("sources: [06.md]", "5: there is no document '06.md'; name one by its uri, or by the end of it after a /"),
    ("sources: [2024-10.md]", "5: '2024-10.md' may be city/2024-10.md or desk/2024-10.md; name more of its uri"),
    ("quotes:\n  - {text: mayor, document: 2024-10.md}", "6: '2024-10.md' may be city/2024-10.md or desk/2024-10.md;"),
    (
        "quotes:\n  - {document: memo.txt, start: 4, end: 39}",
        "6: the quote ends at 39, and desk/memo.txt has 38 characters; correct it",
    ),
]


@pytest.mark.parametrize(("expect", "what"), CANNOT)
def test_what_stands_nowhere_is_a_mistake_at_its_line(library: Library, tmp_path: Path, expect: str, what: str) -> None:
    mistakes = told(library, tmp_path, expect).splitlines()
    assert len(mistakes) == 1
    assert mistakes[0].startswith(what)


ONLY_PUBLIC = "    as: []\n"
AS_LEGAL = "    as: [legal]\n"
IN_JULY = "    as_of: 2024-07-01\n"
UNREACHABLE = [
    ("sources: [memo.txt]", ONLY_PUBLIC, "5: nobody holding only public may read desk/memo.txt; ask as one of desk, "),
    ("quotes: [not open before]", ONLY_PUBLIC, "5: nobody holding only public may read desk/memo.txt; ask as one of"),
    ("quotes: [mayor is ill]", AS_LEGAL, "5: nobody holding only legal, public may read desk/2024-10.md; ask as one"),
    ("quotes: [in June]", IN_JULY, "5: city/2024-10.md is from 2024-10-01, and the case asks as of 2024-07-01; expect"),
    ("sources: [city/2024-10.md]", IN_JULY, "5: city/2024-10.md is from 2024-10-01, and the case asks as of 2024-07-"),
    (
        "quotes: [deep]",
        "    without: [2024-06.md]\n",
        "5: the case is asked without city/2024-06.md, where this stands;",
    ),
    ("sources: [2024-06.md]", "    without: [2024-06.md]\n", "5: the case is asked without city/2024-06.md, where"),
    ("answer: false", "    without:\n      - memo.txt\n      - gone.md\n", "8: there is no document 'gone.md'; name"),
    ("answer: false", "    without: [2024-10.md]\n", "6: '2024-10.md' may be city/2024-10.md or desk/2024-10.md;"),
]


@pytest.mark.parametrize(("expect", "more", "what"), UNREACHABLE)
def test_what_the_asker_cannot_find_is_a_mistake(
    library: Library, tmp_path: Path, expect: str, more: str, what: str
) -> None:
    mistakes = told(library, tmp_path, expect, more).splitlines()
    assert len(mistakes) == 1
    assert mistakes[0].startswith(what)


@pytest.mark.parametrize(
    ("more", "uris"),
    [
        ("", ["city/2024-06.md", "city/2024-10.md", "desk/memo.txt"]),
        (ONLY_PUBLIC, ["city/2024-06.md", "city/2024-10.md"]),
        (AS_LEGAL, ["city/2024-06.md", "city/2024-10.md", "desk/memo.txt"]),
        (IN_JULY, ["city/2024-06.md", "desk/memo.txt"]),
        (f"{ONLY_PUBLIC}    without: [2024-06.md]\n", ["city/2024-10.md"]),
    ],
)
def test_only_places_within_reach_count(library: Library, tmp_path: Path, more: str, uris: list[str]) -> None:
    (places,) = located(library, tmp_path, "quotes: [The harbour]", more).quotes
    assert list(dict.fromkeys(each.uri for each in places)) == uris


def test_a_document_without_a_date_is_there_on_any_day(library: Library, tmp_path: Path) -> None:
    assert located(library, tmp_path, "quotes: [mayor is ill]", IN_JULY).quotes[0]


def test_facts_in_other_words_are_no_mistake(library: Library, tmp_path: Path) -> None:
    assert located(library, tmp_path, "says: [the port starts work]\nnever_says: [tomorrow]")


def test_what_was_met_before_is_asked_and_found_nowhere(library: Library, tmp_path: Path) -> None:
    expect = """\
quotes:
  - the docks
  - harbour is deep
  - {text: deep, document: gone.md}
  - {text: deep, document: memo.txt}
  - {document: memo.txt, start: 1, end: 999}
  - not open before
sources: [gone.md, memo.txt, 2024-06.md]"""
    found = located(library, tmp_path, expect, f"{ONLY_PUBLIC}    without: [away.md]\n", always)
    assert words(found) == [[], [("city/2024-06.md", "harbour is deep")], [], [], [], []]
    assert found.sources == ("", "", "city/2024-06.md")
    assert found.without == ()


def test_a_name_that_several_have_is_a_mistake_whatever_was_met_before(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InvalidCases, match=r"may be city/2024-10\.md or desk/2024-10\.md"):
        located(library, tmp_path, "sources: [2024-10.md]", met=always)


def test_a_whole_uri_means_that_document_though_another_ends_in_it(tmp_path: Path) -> None:
    documents = [brief("memo.txt", "One of them."), brief("desk/memo.txt", "Another of them.")]
    with shelf(tmp_path / "library", documents) as corpus:
        assert located(corpus.library, tmp_path, "sources: [memo.txt]").sources == ("memo.txt",)


def test_mistakes_of_all_cases_are_told_together_by_line(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "cases:\n"
        "- {id: a, question: When, expect: {quotes: [the docks], sources: [gone.md]}}\n"
        "- {id: b, question: When, expect: {quotes: [harbour]}}\n"
        "- {id: c, question: When, expect: {quotes: [\n"
        "    {document: memo.txt, start: 0, end: 99},\n"
        "    the quays]}}\n"
    )
    with pytest.raises(InvalidCases) as caught:
        locate(read_cases([file]), library, never)
    assert [place.line for place, _ in caught.value.mistakes] == [2, 2, 5, 6]
    assert {place.file for place, _ in caught.value.mistakes} == {str(file)}


def test_the_example_documents_hold_what_they_are_copied_from(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        sync([BRIEFS], library, default_embedder())
        expect = """\
quotes:
  - pull all its troops out of the Donetsk, Lugansk, Zaporizhzhia and Kherson regions
  - {text: Putin's stated conditions have not become milder, document: 2025-11-20-putin-conditions.md}
sources: [2024-06-14-putin-conditions.md]"""
        found = located(library, tmp_path, expect)
        (long,), (short,) = found.quotes
        june, november = (library.document(LOCAL, each.document_id) for each in (long, short))
    assert found.sources == (long.uri,) == ("briefing/2024-06-14-putin-conditions.md",)
    assert short.uri == "briefing/2025-11-20-putin-conditions.md"
    assert june is not None
    assert june.text[long.start : long.end].endswith("Zaporizhzhia and Kherson regions")
    assert november is not None
    assert november.text[short.start : short.end].startswith("Putin's stated conditions")


def test_documents_are_those_that_a_scope_admits_with_all_their_readers(library: Library) -> None:
    with library.snapshot() as snapshot:
        everything = list(snapshot.documents(Scope(readers=None)))
        legal = list(snapshot.documents(Scope(frozenset({"legal"}))))
        nobody = list(snapshot.documents(Scope(frozenset())))
    assert everything == sorted(DOCUMENTS, key=lambda each: each.uri)
    assert legal == [DOCUMENTS[2]]
    assert not nobody


def test_a_data_set_names_its_cases_by_their_ids(library: Library, tmp_path: Path) -> None:
    found = located(library, tmp_path, "quotes: [harbour]")
    made = dataset([found], [])
    assert [(case.name, case.inputs) for case in made.cases] == [("a", found)]
    with pytest.raises(ValueError, match="'a'"):
        dataset([found, found], [])
