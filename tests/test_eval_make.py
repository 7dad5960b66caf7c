"""`onrecord eval make` on the example documents: what it prints, what it writes, whom it asks for, and what it says."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from evals.modelserver.content import saying
from evals.reading.files import read_cases
from tests.modelserver import Served, serving
from ui.cli import main

BRIEFING = Path(__file__).parent.parent / "examples" / "briefing"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("make")
    secret = folder / "desk" / "memo.txt"
    secret.parent.mkdir()
    secret.write_text("The Brussels desk paid €400 for the Anchorage transcript.\n")
    assert main(["sync", str(BRIEFING), "--library", str(folder / "library")]) == 0
    assert main(["sync", str(secret.parent), "--readers", "desk", "--library", str(folder / "library")]) == 0
    return folder / "library"


@pytest.fixture
def make(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `onrecord eval make` in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_LIBRARY", str(library))
    capsys.readouterr()

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["eval", "make", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


def test_it_prints_what_a_person_judges_by(make: Command) -> None:
    code, out, _ = make("--count", "2", "--kind", "answerable")
    assert code == 0
    blocks = out.strip().split("\n\n")
    assert len(blocks) == 2
    for number, block in enumerate(blocks, 1):
        lines = [line.strip() for line in block.splitlines()]
        assert lines[0].startswith(f"{number}  ")
        assert lines[0].endswith("?")
        assert [line.split()[0] for line in lines if line.split()[0] in ("from", "quotes", "sentence")] == [
            "from", "quotes", "sentence",
        ]  # fmt: skip


def test_proposals_join_a_file_and_are_read_back(make: Command, tmp_path: Path) -> None:
    file = tmp_path / "cases" / "mine.yaml"
    code, out, err = make("--to", str(file), "--count", "4")
    assert (code, out) == (0, "")
    assert "proposed cases added" in err
    cases = read_cases([file])
    assert len(cases) == 4
    assert all("proposed" in case.tags and case.note for case in cases)


def test_a_second_run_adds_others_and_keeps_what_stands_there(make: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    own = "# ours\ncases:\n  - id: own  # by hand\n    question: Who is it?\n    expect: {answer: false}\n"
    file.write_text(own)
    for _ in range(2):
        assert make("--to", str(file), "--count", "2", "--kind", "answerable")[0] == 0
    assert file.read_text().startswith(own)
    cases = read_cases([file])
    assert len(cases) == 5
    assert len({case.question for case in cases}) == 5


def test_cases_that_were_made_can_be_run_and_pass_as_they_are_tagged(make: Command, tmp_path: Path) -> None:
    make("--to", "mine.yaml", "--count", "4")
    main(["eval", "run", "mine.yaml", "--no-timing", "--out", "out"])
    stored = json.loads(Path("out/results.json").read_text())
    for each in stored["cases"]:
        checks = [check["passed"] for trial in each["trials"] for check in trial["checks"]]
        assert all(checks) != ("fails-today" in each["case"]["tags"])


def test_the_same_command_says_the_same(make: Command) -> None:
    arguments = ("--count", "3", "--seed", "5", "--json")
    first = make(*arguments)
    assert make(*arguments) == first
    assert make("--count", "3", "--seed", "6", "--json") != first


def test_json_holds_each_case_as_a_file_writes_it(make: Command) -> None:
    _, out, _ = make("--count", "1", "--kind", "unanswerable", "--json")
    (proposal,) = json.loads(out)["proposals"]
    assert proposal["kind"] == "unanswerable"
    assert proposal["case"]["expect"] == {"answer": False}
    assert proposal["case"]["without"] == [proposal["document"]]


def test_only_what_the_asker_may_read_is_proposed_from(make: Command) -> None:
    question = "How much did the Brussels desk pay for the Anchorage transcript?"
    _, theirs, _ = make("--count", "40", "--kind", "answerable", "--as", "desk", "--json")
    _, others, _ = make("--count", "40", "--kind", "answerable", "--as", "", "--json")
    cases = [each["case"] for each in json.loads(theirs)["proposals"]]
    assert question in [case["question"] for case in cases]
    assert all(case["as"] == ["desk"] for case in cases)
    assert "transcript" not in others
    assert all(each["case"]["as"] == [] for each in json.loads(others)["proposals"])


def test_a_model_writes_what_no_rule_asks(make: Command, server: Served) -> None:
    question = "For how many months have Putin's stated conditions not become milder?"
    _, out, _ = make(
        "--count", "40", "--kind", "answerable", "--model", saying(question), "--model-url", server.url, "--json"
    )  # fmt: skip
    rules = {each["case"]["question"]: each["rule"] for each in json.loads(out)["proposals"]}
    assert rules.get(question, "").startswith("model ")


def test_a_model_that_is_away_leaves_the_rules(make: Command) -> None:
    code, out, err = make(
        "--count", "1", "--kind", "answerable", "--model", "m", "--model-url", "http://127.0.0.1:9/v1"
    )
    assert code == 0
    assert out
    assert "made by rule" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--kind", "answerabel"), "answerable"),
        (("--count", "0"), "count"),
        (("--model", "m", "--no-model"), "--no-model"),
        (("--review",), "--review"),
        # Told before it is found that there is no library: nothing is made, and nobody looks through it, for no file.
        (("--to", "kept.txt", "--library", "nowhere"), "kept.txt does not end in .yaml"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make: Command, arguments: tuple[str, ...], told: str) -> None:
    code, out, err = make(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_a_file_with_mistakes_is_told_of_before_anything_is_made(make: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("cases:\n  - id: a\n    qestion: b\n")
    code, out, err = make("--to", "mine.yaml")
    assert (code, out) == (2, "")
    assert "mine.yaml" in err
    assert (tmp_path / "mine.yaml").read_text() == "cases:\n  - id: a\n    qestion: b\n"


def test_a_library_that_gives_nothing_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes").mkdir()
    Path("notes/a.txt").write_text("It rained, and they went home.\n")
    main(["sync", "notes", "--library", "lib"])
    capsys.readouterr()
    assert main(["eval", "make", "--library", "lib"]) == 2
    assert "nothing is proposed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answers", "stopping", "code", "told", "kept"),
    [
        (("keep", "x", "strike", "quit"), None, 0, b"added to", 1),
        (("keep",), signal.SIGINT, 130, b"stopped", 1),
        (("strike", "quit"), None, 2, b"no proposed case was kept", 0),
    ],
)
def test_on_a_terminal_a_person_keeps_strikes_and_quits(
    library: Path, tmp_path: Path, answers: tuple[str, ...], stopping: int | None, code: int, told: bytes, kept: int
) -> None:
    file = tmp_path / "kept.yaml"
    command = [sys.executable, "-m", "ui.cli", "eval", "make", "--review", "--to", str(file), "--kind", "answerable"]
    terminal, side = pty.openpty()
    environment = {**os.environ, "ONRECORD_LIBRARY": str(library), "TERM": "dumb"}
    with subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment) as process:
        os.close(side)
        for answer in answers:
            _until(terminal, b"[keep]:")
            os.write(terminal, f"{answer}\n".encode())
        if stopping is not None:
            _until(terminal, b"[keep]:")
        _until(terminal, told, partial(process.send_signal, stopping) if stopping else None)
        assert process.wait(60) == code
    os.close(terminal)
    cases = yaml.safe_load(file.read_text())["cases"] if file.exists() else []
    assert [("proposed" in case["tags"]) for case in cases] == [True] * kept


def _until(
    terminal: int,
    wanted: bytes,
    press: Callable[[], object] | None = None,
    *,
    again: float = 3.0,
    seconds: float = 120.0,
) -> None:
    """Read what the command writes until the words are there.

    Where nothing comes, `press` is done again, as a person would: Ctrl-C in the instant between a prompt and the
    reading behind it is seen by Python only when that reading ends.
    """
    seen, start = b"", time.monotonic()
    is_quiet = True
    while wanted not in seen:
        assert time.monotonic() - start < seconds, seen
        if press and is_quiet:
            press()
        is_quiet = not select.select([terminal], [], [], again)[0]
        seen += b"" if is_quiet else os.read(terminal, 4096)
