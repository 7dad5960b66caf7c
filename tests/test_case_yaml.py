"""Cases written to a file are read back as the very same cases, and the rest of the file stays as it was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.case import Case, Expected, Quoted
from evals.errors import EvalError, InvalidCases
from evals.reading.append import append_cases
from evals.reading.files import parsed, read_cases
from evals.reading.node import Mistakes
from evals.reading.phrases import Folded
from evals.reading.yaml_text import WIDTH, case_yaml
from rag.conversation import Turn
from tests.test_cases import FIRST, SECOND, WHOLE

Value = TypeVar("Value")
TRAPS = (
    *("no", "Yes", "ON", "~", "null", "2024", "5.0", "0x1F", "1_000", "10:30", ".inf", "2024-06-30", "=", "<<", "# a"),
    *("a: b", "a #b", "- a", "? a", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "[a]", "{a: b}", "a, b", "---"),
    *('"', "'", 'it\'s "so"', " a", "a ", "\ta", "a\tb", "a\n", "a\n\n", "\na", " a\nb", "a\n  \nb", "a \nb"),
    *("\x85a", "a\u2028b", "\ufeffa", "a\x00", "a\x7f", "和平\n协议", "🕊️ a", "a\u00adb", "a\u00a0b", "a\r\nb", "\\n"),
    *(f"Long enough {'and more of it ' * 9}", f"a  b{'  c' * 60}", f"{'x' * 130} y", f"# {'y ' * 80}z"),
    *("a:", "e\u0301", "...", f"{'a: ' * 50}b"),
)


def seen(text: str) -> bool:
    return bool(Folded(text).text.strip())


TEXT = st.one_of(
    st.sampled_from(TRAPS),
    st.text(max_size=30),
    st.lists(st.sampled_from((*TRAPS, "a", " ", "\n", ": ", "'")), max_size=5).map("".join),
).filter(seen)
QUESTION = TEXT.filter(lambda text: bool(text.strip()))
NAME = st.from_regex(r"[a-zé0-9][\w.-]{0,9}(/[a-z0-9][\w.-]{0,9}){0,2}", fullmatch=True)
LABEL = st.text("abcäöü 和-_:'\"#", min_size=1, max_size=9).map(str.strip).filter(bool)


def some(value: st.SearchStrategy[Value], most: int = 3) -> st.SearchStrategy[tuple[Value, ...]]:
    """Different ones, as many or none."""
    return st.lists(value, max_size=most, unique=True).map(tuple)


def quoted() -> st.SearchStrategy[Quoted]:
    spans = st.tuples(st.integers(0, 9_999), st.integers(1, 999))
    return st.one_of(
        st.builds(Quoted, TEXT, st.none() | TEXT),
        st.builds(lambda document, span: Quoted(None, document, span[0], sum(span)), TEXT, spans),
    )


def possible(expected: Expected) -> bool:
    """Whether it expects something, and nothing that it rules out."""
    said = {Folded(phrase, casefold=True).text.strip() for fact in expected.says for phrase in fact}
    ruled_out = any(Folded(phrase, casefold=True).text.strip() in said for phrase in expected.never_says)
    answering = expected.quotes or expected.says or expected.sources or expected.differs not in (None, "none")
    return expected != Expected() and not ruled_out and not (expected.answerable is False and answering)


EXPECTED = st.builds(
    Expected,
    answerable=st.sampled_from([None, True, False]),
    quotes=some(quoted()),
    says=some(st.lists(TEXT, min_size=1, max_size=3).map(tuple)),
    never_says=some(TEXT),
    sources=some(TEXT),
    differs=st.sampled_from([None, "any", "superseded", "disagreeing", "none"]),
    reference=st.none() | TEXT,
).filter(possible)
CASE = st.builds(
    Case,
    id=NAME,
    question=QUESTION,
    expected=EXPECTED,
    history=st.lists(st.builds(Turn, TEXT.filter(lambda text: bool(text.strip())), st.just("") | TEXT), max_size=3).map(
        tuple
    ),
    as_of=st.none() | st.dates(date(1000, 1, 1)),
    readers=st.none() | some(LABEL),
    without=some(TEXT),
    tags=some(NAME),
    must=st.booleans(),
    note=st.just("") | TEXT,
)
CASES = st.lists(CASE, min_size=1, max_size=3, unique_by=lambda case: case.id)


def read(text: str, ending: str = ".yaml") -> tuple[Case, ...]:
    mistakes = Mistakes("a")
    cases = parsed(text, ending, {}, mistakes)
    assert not mistakes.found
    return cases


@given(CASES, st.sampled_from([0, 2, 4]))
def test_what_is_written_is_read_back(cases: list[Case], indent: int) -> None:
    text = "cases:\n" + "".join(case_yaml(case, indent=indent) for case in cases)
    assert read(text) == tuple(cases)


@pytest.mark.parametrize("name", ["a.yaml", "b.jsonl"])
@settings(max_examples=20)
@given(first=CASES, then=CASES)
def test_what_is_appended_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, first: list[Case], then: list[Case]
) -> None:
    file = tmp_path_factory.mktemp("cases") / name
    append_cases(file, first)
    new = [case for case in then if case.id not in {each.id for each in first}]
    append_cases(file, new)
    assert read_cases([file]) == (*first, *new)


def test_a_case_is_written_as_a_person_would() -> None:
    assert (
        case_yaml(FIRST)
        == """\
  - id: putin/conditions-2024
    question: What are Putin's stated conditions?
    as_of: 2024-06-30
    as: [desk]
    history:
      - Who met in Moscow?
      - question: When?
        answer: On Friday.
    without: [briefing/2025-11-20-putin-conditions.md]
    expect:
      answer: true
      quotes:
        - pull all its troops
        - {text: 'drop its bid: NATO', document: conditions.md}
        - {document: conditions.md, start: 0, end: 12}
      says:
        - NATO
        - [four regions, Donetsk and Kherson]
      never_says:
        - has accepted
      sources: [conditions.md]
      differs: none
      reference: |
        Ukraine must leave four regions and drop its NATO bid.
    tags: [conditions]
    must: true
    note: |
      two
      lines
"""
    )


def test_long_text_stands_in_lines_of_its_own() -> None:
    long = "Ukraine must leave four regions and drop its bid to join NATO, says the Kremlin. " * 3
    text = case_yaml(Case("a", long.strip(), Expected(answerable=True), note=long.strip()))
    assert "question: >-\n" in text
    assert max(map(len, text.splitlines())) < WIDTH + len("Zaporizhzhia")
    assert read(f"cases:\n{text}")[0].question == long.strip()


BARE = Case("c", "Who?", Expected(answerable=True))
ITEM = "id: c\n{0}question: Who?\n{0}expect:\n{0}  answer: true\n"
LAYOUTS = [
    ("cases:\n- id: a\n  question: Q\n  expect: {answer: true}\n", "\n- " + ITEM.format("  ")),
    ("cases:\n    - id: a\n      question: Q\n      expect: {answer: true}", "\n\n    - " + ITEM.format("      ")),
    (
        "cases:\n  - id: a\n    question: Q\n    expect: {answer: true}\n\n  # of b\n"
        "  - {id: b, question: Q, expect: {answer: true}}\n# the end\n",
        "  - " + ITEM.format("    "),
    ),
    (
        "cases:\n  - {id: a, question: Q, expect: {answer: true}}\n  - {id: b, question: Q, expect: {answer: true}}\n",
        "  - " + ITEM.format("    "),
    ),
]


@pytest.mark.parametrize(("before", "added"), LAYOUTS)
def test_the_layout_of_the_file_is_kept(tmp_path: Path, before: str, added: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(before)
    held = read_cases([file])
    append_cases(file, [BARE])
    assert file.read_text() == before + added
    assert read_cases([file]) == (*held, BARE)


def test_what_stands_after_the_cases_stays_there(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    before = "# all\ncases:\n- id: a\n  question: Q\n  expect:\n    says:\n    - x # why\n"
    file.write_text(f"{before}\n# of the defaults\ndefaults:\n  tags: [t]\n")
    append_cases(file, [Case("b", "Q", Expected(answerable=True), note="two\nlines\n")])
    assert file.read_text().startswith(f"{before}\n- id: b\n")
    assert file.read_text().endswith("\n# of the defaults\ndefaults:\n  tags: [t]\n")
    assert [(case.id, case.tags) for case in read_cases([file])] == [("a", ("t",)), ("b", ())]


def test_an_empty_list_of_cases_becomes_one(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("# none yet\ncases: []\ndefaults: {as_of: 2024-06-30}\n")
    case = Case("a", "Q", Expected(answerable=True), as_of=date(2024, 6, 30))
    append_cases(file, [case])
    assert file.read_text().startswith("# none yet\ncases:\n  - id: a\n")
    assert read_cases([file]) == (case,)


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    before = b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()
    file.write_bytes(before)
    case = Case("c", "Q", Expected(answerable=True), note="two\nlines", tags=("t",), readers=(), as_of=date.max)
    append_cases(file, [case])
    after = file.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n") > before.count(b"\n")
    assert read_cases([file]) == (FIRST, SECOND, case)


def refused(file: Path, case: Case, kind: type[EvalError] = EvalError) -> str:
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(kind) as caught:
        append_cases(file, [case])
    assert (file.read_bytes() if file.exists() else None) == before
    assert [each.name for each in file.parent.iterdir() if each.name.endswith(".part")] == []
    return str(caught.value).replace(f"{file.parent}/", "")


def test_what_cannot_be_appended_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def made(text: str) -> Path:
        file = tmp_path / "a.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    other = "- {id: x, question: Q, expect: {answer: true}}\n"
    again = made(f"cases:\n{other}- id: c\n  question: Q\n  expect: {{answer: true}}\n")
    assert refused(again, BARE, InvalidCases) == "a.yaml:3: the id 'c' stands here already; give the new case another"
    wrong = made("cases:\n- id: x\n")
    assert refused(wrong, BARE, InvalidCases).startswith("a.yaml:2: the case has no question")
    dated = made("defaults: {as_of: 2024-06-30}\ncases: []\n")
    assert "would read the cases otherwise than they are, as its `defaults:` may have it" in refused(dated, BARE)
    flow = made("cases: [{id: a, question: Q, expect: {answer: true}}]\n")
    assert "has its cases in brackets; write them one below the other" in refused(flow, BARE)
    ended = made("cases:\n- {id: a, question: Q, expect: {answer: true}}\n...\n")
    assert refused(ended, BARE, InvalidCases)
    assert "does not end in .yaml, .yml, .jsonl" in refused(tmp_path / "a.txt", BARE)
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(EvalError, match="cannot be written"):
        append_cases(tmp_path / "folder.yaml", [BARE])


def test_two_new_cases_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidCases, match="the id 'c' stands here already"):
        append_cases(tmp_path / "a.yaml", [BARE, BARE])
    assert not (tmp_path / "a.yaml").exists()


def test_folders_are_made_links_followed_and_permissions_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "cases" / "a.yaml"
    append_cases(file, [BARE])
    file.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    append_cases(link, [SECOND])
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert read_cases([file]) == (BARE, SECOND)


def test_nothing_to_append_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(WHOLE)
    append_cases(file, [])
    assert file.read_text() == WHOLE
