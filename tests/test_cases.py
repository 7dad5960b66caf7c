"""Files of cases: what is written is what is read, and of what is wrong every mistake is told at its line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.case import Case, Expected, Place, Quoted
from evals.errors import InvalidCases
from evals.reading.files import LARGEST, parsed, read_cases
from evals.reading.node import Mistakes
from rag.conversation import Turn
from rag.question import LONGEST_QUESTION

TEN = Path(__file__).parent / "cases" / "ten_mistakes.yaml"
TEN_MISTAKES = """\
3: as_of is '2024-06-31', which is no date; write it as 2024-06-30
8: there is no field 'expcet' here; did you mean 'expect'?
11: the id 'conditions' stands at FILE:6 already; give each case its own
14: says holds no, which is a truth value and not text; put it in quotes
17: question is empty; write something, or leave it out
18: as is text and not a list; write it as [public]
23: the quote ends at 12, not after its start; give start < end
25: the case has no id; give it one, which no other case has
33: answer is false, so sources can never be met; remove one of the two
34: differs cannot be 'disagree'; did you mean 'disagreeing'?
"""
WHOLE = """\
defaults:
  as_of: 2024-06-30
  as: [desk]
  tags: [conditions]
cases:
  - id: putin/conditions-2024
    question: What are Putin's stated conditions?
    history:
      - Who met in Moscow?
      - {question: "When?", answer: On Friday.}
    without: [briefing/2025-11-20-putin-conditions.md]
    expect:
      answer: yes
      quotes:
        - pull all its troops
        - {text: "drop its bid: NATO", document: conditions.md}
        - document: conditions.md
          start: 0
          end: 12
      says: [NATO, [four regions, "Donetsk and Kherson"]]
      never_says: [has accepted]
      sources: [conditions.md]
      differs: none
      reference: >
        Ukraine must leave four regions
        and drop its NATO bid.
    must: true
    note: |
      two
      lines
  - id: bare
    question: 和平?
    as_of: "2025-01-01"
    as: []
    tags: []
    expect: {answer: false}
"""
FIRST = Case(
    id="putin/conditions-2024",
    question="What are Putin's stated conditions?",
    expected=Expected(
        answerable=True,
        quotes=(
            Quoted("pull all its troops"),
            Quoted("drop its bid: NATO", "conditions.md"),
            Quoted(document="conditions.md", start=0, end=12),
        ),
        says=(("NATO",), ("four regions", "Donetsk and Kherson")),
        never_says=("has accepted",),
        sources=("conditions.md",),
        differs="none",
        reference="Ukraine must leave four regions and drop its NATO bid.\n",
    ),
    history=(Turn("Who met in Moscow?"), Turn("When?", "On Friday.")),
    as_of=date(2024, 6, 30),
    readers=("desk",),
    without=("briefing/2025-11-20-putin-conditions.md",),
    tags=("conditions",),
    must=True,
    note="two\nlines\n",
)
SECOND = Case("bare", "和平?", Expected(answerable=False), as_of=date(2025, 1, 1), readers=())


def told(*paths: Path) -> str:
    """What is said of the mistakes in these files, whose folder is left out."""
    with pytest.raises(InvalidCases) as caught:
        read_cases(paths)
    folder = paths[0].parent
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    return str(caught.value).replace(f"{shown}/", "")


def written(folder: Path, text: str, name: str = "a.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_ten_mistakes_are_ten_lines_and_nothing_is_read() -> None:
    assert told(TEN) == "".join(f"{TEN.name}:{line}\n" for line in TEN_MISTAKES.splitlines()).replace(
        "FILE", TEN.name
    ).rstrip("\n")


def test_the_marked_lines_are_the_told_ones() -> None:
    marked = [number for number, line in enumerate(TEN.read_text("utf-8").splitlines(), 1) if " # " in line]
    assert [int(line.split(":")[0]) for line in TEN_MISTAKES.splitlines()] == marked


def test_every_field_is_read(tmp_path: Path) -> None:
    assert read_cases([written(tmp_path, WHOLE)]) == (FIRST, SECOND)


def test_places_are_those_of_the_parts(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)
    first, second = read_cases([file])
    assert (first.place, second.place) == (Place(str(file), 6), Place(str(file), 31))
    assert [quoted.place and quoted.place.line for quoted in first.expected.quotes] == [15, 16, 17]
    assert (first.at("sources[0]").line, first.at("without[0]").line) == (22, 11)
    assert second.at("sources[0]") == second.place


def test_lines_of_json_are_read_as_yaml_is(tmp_path: Path) -> None:
    fields = {
        "id": "bare",
        "question": "和平?",
        "as_of": "2025-01-01",
        "as": [],
        "tags": [],
        "expect": {"answer": False},
    }
    file = written(tmp_path, f"\n{json.dumps(fields)}\r\n\n", "a.jsonl")
    assert read_cases([file]) == (SECOND,)
    assert read_cases([file])[0].place == Place(str(file), 2)


BRACE = "Expecting property name enclosed in double quotes"


def case(expect: str = "answer: true", more: str = "", id: str = "a") -> str:
    return f"cases:\n- id: {id}\n  question: Who met?\n{more}  expect:\n    {expect}\n"


WRONG_FILES = [
    ("", "1: the file is empty; begin it with `cases:`"),
    ("- a\n", "1: the file is a list and not a mapping; begin it with `cases:`"),
    ("\nhello\n", "2: the file is text and not a mapping; begin it with `cases:`"),
    ("defaults: {}\n", "1: the file has no cases; list them under `cases:`"),
    ("case: []\n", "1: there is no field 'case' here; did you mean 'cases'?"),
    ("cases: {a: b}\n", "1: cases is a mapping of fields and not a list; write it as a list"),
    ("cases: []\n", "1: there is no case here; name files or folders of cases"),
    ("cases:\n- a\n", "2: the case is text and not a mapping of fields; write id, question, as_of, as, history, "),
    ("defaults: 1\ncases: []\n", "1: defaults is a number and not a mapping of fields; write as_of, as, tags"),
    ("defaults: {question: x}\ncases: []\n", "1: there is no field 'question' here; known are as_of, as, tags"),
    ("cases:\n- id: a\n  question: Who: when?\n", "3: it is not YAML (mapping values are not allowed here); correct"),
    ("cases:\n- id: [a\n", "3: it is not YAML (expected ',' or ']', but got '<stream end>'); correct it there"),
    ("cases: []\n---\ncases: []\n", "2: it holds a second document; keep one"),
    ("a: 1\nb: \x07\n", "2: it holds the character '\\x07', which YAML does not allow; remove it"),
    ("a: !!python/object/apply:os.getcwd []\n", "1: a value has the tag '!!python/object/apply:os.getcwd', which "),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", "3: the merge key << is not used in cases; write the fields out, or use"),
    ("? [a]\n: b\n", "1: a field has a list or a mapping for its name; give it a plain name"),
    ("a: *b\n", "1: it is not YAML (found undefined alias 'b'); correct it there"),
    ('a: "\\ud83d"\n', "1: it holds half a character, an escape such as \\ud83d; write the character itself"),
    ("a: &a [*a]\n", "1: it holds lists or mappings more than 20 deep; write them out flat"),
    ("[" * 3000, "1: it holds lists or mappings more than 20 deep; write them out flat"),
]


@pytest.mark.parametrize(("text", "what"), WRONG_FILES)
def test_what_is_no_file_of_cases_says_why(tmp_path: Path, text: str, what: str) -> None:
    assert told(written(tmp_path, text)).startswith(f"a.yaml:{what}")


WRONG_CASES = [
    (case(id="2024"), "2: id holds 2024, which is a number and not text; put it in quotes"),
    (case(id="no"), "2: id holds no, which is a truth value and not text; put it in quotes"),
    (case(id="a b"), "2: id cannot be 'a b'; write letters, digits and . _ - in parts divided by /, at most 120"),
    (case(id="../a"), "2: id cannot be '../a'; write letters"),
    (case(id="a/"), "2: id cannot be 'a/'; write letters"),
    (case(id="a" * 121), f"2: id cannot be '{'a' * 60}'; write letters"),
    (case(id=""), "2: id is empty; write something, or leave it out"),
    (case(more="  id: b\n"), "4: the field 'id' stands twice, first in line 2; keep one"),
    (case(more="  as_of: 2024\n"), "4: as_of is '2024', which is no date; write it as 2024-06-30"),
    (case(more="  as_of: 2024-6-3\n"), "4: as_of is '2024-6-3', which is no date"),
    (case(more="  as_of: 2024-06-30 12:00\n"), "4: as_of is '2024-06-30 12:00', which is no date"),
    (case(more="  as_of: 2024-W10-1\n"), "4: as_of is '2024-W10-1', which is no date"),
    (case(more="  as_of: []\n"), "4: as_of is a list, which is no date"),
    (case(more="  as:\n"), "4: as is nothing and not a list; write it as a list"),
    (case(more="  as: [a, '']\n"), "4: as is empty; write something"),
    (case(more="  as: ['a, b']\n"), "4: as has 'a, b', which is no one label; write each by itself"),
    (case(more="  tags:\n  - a\n  - a\n"), "6: tags has 'a' twice; keep one"),
    (case(more="  tags: [two words]\n"), "4: a tag cannot be 'two words'; write letters"),
    (case(more="  must: 'yes'\n"), "4: must is text and not a truth value; write true or false"),
    (case(more="  note: 1\n"), "4: note holds 1, which is a number and not text; put it in quotes"),
    (case(more="  note: {a: b}\n"), "4: note holds a mapping of fields where text belongs; write it as text"),
    (case(more="  without: a.md\n"), "4: without is text and not a list; write it as [a.md]"),
    (case(more="  history: Who?\n"), "4: history is no list; give the earlier turns as a list, oldest first"),
    (case(more="  history:\n"), "4: history is no list"),
    (case(more="  history:\n  - Who?\n  - no\n"), "6: history[1] is no turn; write each as a question as text"),
    (case(more="  history:\n  - {question: Who, when: x}\n"), "5: history[0] has a field 'when' that no turn has"),
    (
        case(more="  history:\n  - Who?\n  - question: When?\n    question: Why?\n"),
        "7: the field 'question' stands twice",
    ),
    (case(more="  history:\n  - {role: assistant, content: x}\n"), "5: history[0] answers nothing"),
    (case(more="  history:\n  - question: 2024\n"), "5: history[0].question is no text; give it as text"),
    ("cases:\n- id: a\n  expect: {answer: true}\n", "2: the case has no question; write what is asked"),
    ("cases:\n- id: a\n  question: Who?\n", "2: the case has no expect; say there what its answer is held to"),
    (
        f"cases:\n- id: a\n  question: {'x' * (LONGEST_QUESTION + 1)}\n  expect: {{answer: true}}\n",
        "3: the question is 4001 characters long; ask in at most 4000",
    ),
]
WRONG_EXPECTATIONS = [
    ("{}", "5: the case expects nothing; give expect some of answer, quotes, says"),
    ("{quotes: []}", "5: the case expects nothing"),
    ("answer", "5: expect is text and not a mapping of fields; write answer, quotes"),
    ("answer: maybe", "5: answer is text and not a truth value; write true or false"),
    ("answer: 1", "5: answer is a number and not a truth value"),
    ("qoutes: [a]", "5: there is no field 'qoutes' here; did you mean 'quotes'?"),
    ("quotes: a phrase", "5: quotes is text and not a list; write it as [a phrase]"),
    ("quotes:\n    - a\n    - 5.0", "7: quotes holds 5.0, which is a number and not text; put it in quotes"),
    ("quotes: [2024-06-30]", "5: quotes holds 2024-06-30, which is a date and not text; put it in quotes"),
    ("quotes: ['\u200b']", "5: quotes is empty"),
    ("quotes: [[a]]", "5: quotes holds a list where text belongs; write it as text"),
    ("quotes: [a, {text: a}]", "5: quotes has the same words twice; keep one"),
    ("quotes: [{document: a.md}]", "5: the quote names no words; give text, or a document with start and end"),
    ("quotes: [{document: a.md, start: 1}]", "5: the quote has start and no end; give both"),
    ("quotes: [{document: a.md, end: 1}]", "5: the quote has end and no start; give both"),
    ("quotes: [{start: 1, end: 2}]", "5: the quote has a span of no document; name the document"),
    ("quotes: [{document: a.md, start: 2, end: 2}]", "5: the quote ends at 2, not after its start"),
    ("quotes: [{text: a, document: a.md, start: 1, end: 2}]", "5: the quote has both text and a span"),
    ("quotes: [{document: a.md, start: -1, end: 2}]", "5: start is no place in a text; write a whole number"),
    ("quotes: [{document: a.md, start: 1.5, end: 2}]", "5: start is no place in a text"),
    ("quotes: [{document: a.md, start: '1', end: 2}]", "5: start is no place in a text"),
    ("quotes: [{txt: a}]", "5: there is no field 'txt' here; did you mean 'text'?"),
    ("says: [no]", "5: says holds no, which is a truth value and not text; put it in quotes"),
    ("says: [null]", "5: says is empty"),
    ("says: [[a, off]]", "5: says holds off, which is a truth value"),
    ("says: [[]]", "5: says has a fact without a wording; give one, or alternatives of which one will do"),
    ("says: [a, [a]]", "5: says has 'a' twice; keep one"),
    ("says: [[a, [b]]]", "5: says holds a list where text belongs"),
    ("says: [A  b]\n    never_says: [a B]", "6: 'a B' is in says too; remove it from one of the two"),
    ("never_says: [a, a]", "5: never_says has 'a' twice; keep one"),
    ("differs: maybe", "5: differs cannot be 'maybe'; known are any, superseded, disagreeing, none"),
    ("differs: no", "5: differs cannot be 'no'; did you mean 'none'?"),
    ("differs: [any]", "5: differs cannot be 'a list'; known are"),
    ("reference: 5", "5: reference holds 5, which is a number and not text"),
    ("answer: false\n    quotes: [a]", "6: answer is false, so quotes can never be met; remove one of the two"),
    ("answer: false\n    says: [a]", "6: answer is false, so says can never be met"),
    ("answer: false\n    sources: [a]", "6: answer is false, so sources can never be met"),
    ("answer: false\n    differs: any", "6: answer is false, so differs can never be met"),
]


@pytest.mark.parametrize(
    ("text", "what"), [*WRONG_CASES, *((case(expect), what) for expect, what in WRONG_EXPECTATIONS)]
)
def test_each_mistake_is_told_once_at_its_line(tmp_path: Path, text: str, what: str) -> None:
    lines = told(written(tmp_path, text)).splitlines()
    assert lines[0].startswith(f"a.yaml:{what}")
    assert len(lines) == 1


@pytest.mark.parametrize("expect", ["differs: none", "never_says: [a]", "reference: b"])
def test_what_an_abstention_can_meet_is_no_contradiction(tmp_path: Path, expect: str) -> None:
    assert len(read_cases([written(tmp_path, case(f"answer: false\n    {expect}"))])) == 1


def test_aliases_are_read_and_a_bomb_of_them_is_refused(tmp_path: Path) -> None:
    shared = case("quotes: &all [a, b]").replace("cases:", "cases:") + case("quotes: *all", id="b").removeprefix(
        "cases:\n"
    )
    first, second = read_cases([written(tmp_path, shared)])
    assert first.expected == second.expected
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert "the file holds more than 200,000 values; part it, or write its aliases out" in told(written(tmp_path, bomb))


def test_a_line_that_is_no_json_says_why(tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "question": "Who?", "expect": {"answer": True}})
    lines = [
        good,
        "{",
        good,
        "[]",
        '{"id": "b", "id": "c", "question": "Who?", "expect": {"answer": true}}',
        '{"id": 7, "question": null, "expect": {"quotes": [{"text": "a", "start": NaN}]}}',
        '{"id": "d", "question": "\\ud800", "expect": {"answer": true}}',
        "[" * 100_000,
        '{"a": ' + "9" * 5_000 + "}",
        '{"id": "e", "question": "Who?", "expect": ' + "[" * 30 + "]" * 30 + "}",
    ]
    assert told(written(tmp_path, "\n".join(lines), "a.jsonl")).splitlines() == [
        f"a.jsonl:2: it is not JSON ({BRACE} at character 2); write one object a line",
        "a.jsonl:3: the id 'a' stands at a.jsonl:1 already; give each case its own",
        "a.jsonl:4: the case is a list and not a mapping of fields; write id, question, as_of, as, history, without, "
        "expect, tags, must, note",
        "a.jsonl:5: the field 'id' stands twice, first in line 5; keep one",
        "a.jsonl:6: id holds 7, which is a number and not text; put it in quotes",
        "a.jsonl:6: question is empty; write something, or leave it out",
        "a.jsonl:6: start is no place in a text; write a whole number, counting characters from 0",
        "a.jsonl:6: the quote has both text and a span; keep the one you mean",
        "a.jsonl:7: it holds half a character, an escape such as \\ud83d; write the character itself",
        "a.jsonl:8: it holds lists or objects more than 20 deep; write them out flat",
        "a.jsonl:9: it holds a number too long to read; shorten it",
        "a.jsonl:10: it holds lists or mappings more than 20 deep; write them out flat",
    ]


def test_a_folder_gives_its_files_of_cases_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    (folder / "more").mkdir(parents=True)
    (folder / ".drafts").mkdir()
    written(folder, case(id="b"), "b.yml")
    written(folder, case(id="a"), "a.yaml")
    written(folder / "more", json.dumps({"id": "c", "question": "Who?", "expect": {"answer": True}}), "c.jsonl")
    written(folder, "cases: nonsense", "probes.tsv")
    written(folder, "cases: nonsense", ".hidden.yaml")
    written(folder / ".drafts", "cases: nonsense", "d.yaml")
    assert [each.id for each in read_cases([folder])] == ["a", "b", "c"]
    assert [each.id for each in read_cases([folder / "b.yml", folder])] == ["b", "a", "c"]


def test_ids_are_one_set_over_all_files_and_mistakes_are_sorted(tmp_path: Path) -> None:
    written(tmp_path, case(id="a") + "  must: 1\n", "z.yaml")
    written(tmp_path, case(id="a"), "b.yaml")
    written(tmp_path, "cases: 5\n", "a.yaml")
    with pytest.raises(InvalidCases) as caught:
        read_cases([tmp_path / "z.yaml", tmp_path])
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        "a.yaml:1: cases is a number and not a list; write it as a list",
        "b.yaml:2: the id 'a' stands at z.yaml:2 already; give each case its own",
        "z.yaml:6: must is a number and not a truth value; write true or false",
    ]
    assert [place.line for place, _ in caught.value.mistakes] == [1, 2, 6]


def test_what_is_no_file_to_read_is_a_mistake_too(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(written(tmp_path, case(), "outside.yaml"))
    (tmp_path / "notes.txt").touch()
    (tmp_path / "latin.yaml").write_bytes(b"cases: []\n# caf\xe9\n")
    with (tmp_path / "large.yaml").open("wb") as large:
        large.truncate(LARGEST + 1)
    names = ("notes.txt", "gone.yaml", "nowhere", "empty", "folder", "latin.yaml", "large.yaml")
    assert told(*(tmp_path / name for name in names)).splitlines() == [
        "empty:1: no file in it ends in .yaml, .yml, .jsonl; name a folder of cases",
        "folder/link.yaml:1: it is a link out of the folder; put the file itself there",
        "gone.yaml:1: it cannot be read (No such file or directory); name a file or folder of cases",
        "large.yaml:1: it has 5,000,001 bytes, and 5,000,000 are the most; part it",
        "latin.yaml:2: it is not UTF-8; save it in UTF-8",
        "notes.txt:1: it does not end in .yaml, .yml, .jsonl, as files of cases do; name one that does",
        "nowhere:1: it cannot be read (No such file or directory); name a file or folder of cases",
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert read_cases([file]) == (FIRST, SECOND)


SCRAPS = (
    "no",
    "2024",
    "a: b",
    "*a",
    "&a x",
    "'",
    '"',
    "[",
    "{",
    "- x",
    "!t x",
    "\t",
    "",
    "id",
    "\x00",
    "? a",
    "|",
    "#",
    "%",
)


@given(
    st.lists(st.sampled_from(SCRAPS), max_size=6),
    st.sampled_from(["", "\n", " ", "\n- ", "\n  "]),
    st.sampled_from(["", "cases:\n- id: a\n  question: Who?\n  expect:\n    says: ", "cases: ", "cases:\n- history: "]),
    st.sampled_from([".yaml", ".jsonl"]),
)
def test_any_text_is_cases_or_mistakes(scraps: list[str], between: str, before: str, ending: str) -> None:
    text, mistakes = before + between.join(scraps), Mistakes("a")
    found = parsed(text, ending, {}, mistakes)
    assert mistakes.found or found or (not text.strip() and ending == ".jsonl")
    assert all(0 < place.line <= text.count("\n") + 1 and "; " in what for place, what in mistakes.found)
