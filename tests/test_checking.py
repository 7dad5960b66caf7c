"""`onrecord check`: a draft as a person sees it, and lines of claims in a folder without a library."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Span
from index.embed import default_embedder
from rag.check import Checked
from rag.errors import InvalidQuestion
from rag.ground import Ground
from rag.verify import Verifier
from tests.newsroom import EVIDENCE
from tests.shelf import brief, shelf
from ui import checked, claim_lines, terminal
from ui.cli import main
from ui.wire import Json

HARBOUR = "The harbour master said that the new crane lifts ninety tonnes.\nIt came by ship from Gdansk in March.\n"
SECRET = "The board decided to close the office in Lisbon next year.\n"
DRAFT = (
    "# The crane\n\nThe new crane lifts ninety tonnes.\nThe new crane lifts forty tonnes.\n\n"
    "The board will close the office in Lisbon.\n"
)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("checking") / "library"
    documents = (
        brief("harbour.txt", HARBOUR, published="2025-03-09", publisher="The Post", title="Crane"),
        brief("board.txt", SECRET, readers=("board",)),
    )
    with shelf(folder, documents, default_embedder()):
        yield str(folder)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in an empty folder: exit code, standard output, standard error."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def draft(tmp_path: Path) -> str:
    path = tmp_path / "draft.md"
    path.write_text(DRAFT, encoding="utf-8")
    return str(path)


def pipe(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_a_draft_is_shown_statement_by_statement_with_its_quotes(run: Run, draft: str, library: str) -> None:
    code, out, err = run("check", draft, "--library", library)
    assert (code, err) == (1, "")
    assert [line for line in out.splitlines() if ", line " in line] == [
        "supported, line 3",
        "CONTRADICTED, line 4",
        "supported, line 6",
    ]
    assert "Crane (The Post, 9 March 2025)" in out
    assert "ninety tonnes" in out
    assert out.endswith("3 statements: 2 supported, 1 contradicted, 0 on which the library has nothing\n")
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_json_is_one_object_whose_spans_are_the_drafts(run: Run, draft: str, library: str) -> None:
    code, out, _ = run("check", draft, "--library", library, "--json", "--as", "press")
    report = json.loads(out)
    assert (code, report["supported"], report["contradicted"], report["silent"]) == (1, 1, 1, 1)
    assert [DRAFT[each["start"] : each["end"]] for each in report["statements"]] == [
        each["text"] for each in report["statements"]
    ]
    first, second, third = report["statements"]
    assert (first["support"], first["reasons"]) == ("supported", [])
    assert HARBOUR[first["evidence"][0]["start"] : first["evidence"][0]["end"]] == first["evidence"][0]["quote"]
    assert second["support"] == "contradicted"
    assert second["reasons"]
    assert (third["support"], "Lisbon" in json.dumps(third["evidence"])) == ("silent", False)


def test_a_draft_on_standard_input_that_is_all_supported_ends_well(
    run: Run, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe("\ufeffThe new crane lifts ninety tonnes.".encode(), monkeypatch)
    code, out, _ = run("check", "-", "--library", library)
    assert code == 0
    assert "1 statement: 1 supported" in out


def test_what_is_not_yet_known_is_silent(run: Run, draft: str, library: str) -> None:
    code, out, _ = run("check", draft, "--library", library, "--as-of", "2025-03-08", "--as", "")
    assert code == 1
    assert "3 on which the library has nothing" in out
    assert "harbour" not in out


@pytest.mark.parametrize(
    ("chosen", "silent"),
    [
        (("--from", "2025-03-09", "--to", "2025-03-09", "--publisher", "The Post"), False),
        (("--from", "2025-03-10"), True),
        (("--to", "2025-03-08"), True),
        (("--publisher", "The Wire", "--publisher", "Nobody"), True),
        (("--collection", "minutes"), True),
    ],
)
def test_a_draft_is_checked_against_what_is_chosen(
    run: Run, draft: str, library: str, chosen: tuple[str, ...], silent: bool
) -> None:
    _, out, err = run("check", draft, "--library", library, "--as", "", *chosen)
    assert err == ""
    assert ("3 on which the library has nothing" in out, "The Post" in out) == (silent, not silent)


def test_a_draft_without_a_statement_says_so(run: Run, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(b"# Only a heading\n\nAnd a question?\n", monkeypatch)
    code, out, _ = run("check", "-", "--library", library)
    assert (code, out) == (0, "No statement in it can be checked.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check",), "either a draft or --jsonl FILE"),
        (("check", "x.md", "--jsonl", "y.jsonl"), "either a draft or --jsonl FILE"),
        (("check", "nowhere.md"), "nowhere.md cannot be read"),
        (("check", "."), ". cannot be read"),
        (("check", "--jsonl", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_draft_that_is_no_text_and_a_library_that_is_not_there(
    run: Run, draft: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(b"\xff\xfe\x00", monkeypatch)
    code, _, err = run("check", "-")
    assert (code, "is no text in UTF-8" in err) == (2, True)
    code, _, err = run("check", draft, "--library", "nowhere")
    assert (code, "there is no library in nowhere" in err) == (2, True)


LINES: list[dict[str, Any]] = [
    {"id": "b", "claim": "The talks lasted six hours.", "quotes": ["The talks lasted five hours."]},
    {"id": 1, "claim": "The talks lasted five hours.", "quotes": ["It rained.", "The talks lasted five hours."]},
    {"id": 2, "claim": "Kyiv has refused the offer.", "quotes": ["The crane came by ship from Gdansk."]},
    {"id": 3, "claim": "The talks lasted five hours.", "quotes": []},
]


def test_claims_are_checked_in_order_and_without_a_library(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text("\n\n".join(map(json.dumps, LINES)), encoding="utf-8")
    code, out, err = run("check", "--jsonl", str(path))
    verdicts = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [(each["id"], each["support"]) for each in verdicts] == [
        ("b", "contradicted"),
        (1, "supported"),
        (2, "unsupported"),
        (3, "unsupported"),
    ]
    assert all(set(each) == {"id", "support", "probability", "reasons"} for each in verdicts)
    assert all(0.0 <= each["probability"] <= 1.0 for each in verdicts)
    assert verdicts[1]["reasons"] == []
    assert "five hours" in verdicts[0]["reasons"][0]
    assert list(Path.cwd().iterdir()) == []


def test_a_bad_line_is_a_failure_and_the_rest_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    bad: list[bytes] = [
        b'{"id": 1}',
        b'{"id": 2, "claim": "", "quotes": []}',
        b'{"id": 3, "claim": "It rains.", "quotes": "It rains."}',
        b'{"id": 4, "claim": "It rains.", "quotes": [5]}',
        b'{"id": 5, "claim": "It rains.", "quotes": [{"text": "It rains."}]}',
        b'{"id": 6, "claim": "It rains.", "quotes": [{"quote": "It rains.", "published": "May"}]}',
        b'{"id": 7, "claim": "It rains.", "quotes": [{"quote": "It rains.", "speaker": 7}]}',
        b'{"claim": "It rains.", "quotes": []}',
        b"not json",
        b'{"id": 8, "claim": "It rains.", "quotes": ["It rains."]}',
    ]
    pipe(b"\n".join(bad), monkeypatch)
    code, out, _ = run("check", "--jsonl", "-")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [each["id"] for each in answers] == [1, 2, 3, 4, 5, 6, 7, None, None, 8]
    assert all(set(each) == {"id", "error"} for each in answers[:-1])
    assert answers[-1]["support"] == "supported"


def test_where_a_quote_comes_from_is_ground_too() -> None:
    fields: Json = {
        "claim": "Peskov said in May that it rained.",
        "quotes": [
            {
                "quote": "It rained.",
                "publisher": "The Post",
                "published": "2024-05-03",
                "speaker": "Peskov",
                "title": "Rain",
                "author": "A. Berg",
                "more": 1,
            }
        ],
    }
    [ground] = claim_lines.claim(fields, 1).grounds
    assert ground == Ground("It rained.", "The Post", claim_lines._day("2024-05-03"), "Peskov", "Rain", "A. Berg")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(claim=JSON, quotes=JSON | st.lists(st.fixed_dictionaries({"quote": JSON, "published": JSON}), max_size=2))
def test_any_line_is_a_claim_or_a_sentence_on_what_is_wrong_with_it(claim: object, quotes: object) -> None:
    try:
        made = claim_lines.claim({"claim": claim, "quotes": quotes}, 3)
    except InvalidQuestion:
        return
    assert made.text == claim
    assert all(isinstance(ground.quote, str) for ground in made.grounds)


def test_verdicts_come_one_by_one() -> None:
    def coming() -> Iterable[bytes]:
        yield json.dumps(LINES[0]).encode()
        raise AssertionError("the second line was read before the first was answered")

    assert next(claim_lines.verdicts(coming(), Verifier()))["id"] == "b"


def shown(capsys: pytest.CaptureFixture[str], *given: Checked, draft: str = "") -> str:
    checked.show(draft, given, terminal.console())
    return capsys.readouterr().out


def test_a_silent_library_shows_what_is_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    silent = Checked("It rains.", Span(4, 13), "silent", 0.1, ("no quote says so",), EVIDENCE[:1])
    out = shown(capsys, silent, draft="\n\n\n\nIt rains.")
    assert "not found, line 5" in out
    assert "No quote says so." in out
    assert "Nearest to it:" in out
    assert "Dmitry Peskov, in " in out


def test_nothing_that_a_draft_holds_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, Checked("It \x1b[2J rains [bold]now[/bold].", Span(0, 3), "silent", 0.1, ("a\x1b[1m",), ()))
    assert "\x1b" not in out
    assert "[bold]now[/bold]" in out
