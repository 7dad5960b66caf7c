"""`onrecord eval draft` as a person uses it: listed, looked at, completed by options or in an editor, or dismissed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.reading.files import read_cases
from index.feedback import Feedback
from index.library import Library
from index.lock import FileLock
from index.principal import LOCAL
from tests.fakes import HashEmbedder
from tests.shelf import entry
from tests.test_drafts import FEEDBACK, NEAREST, OPENING
from ui.cli import main

Run = Callable[..., tuple[int, str, str]]
WHEN = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
ANSWERED = replace(FEEDBACK, principal=LOCAL, as_of=None, history=(), reason="wrong_source", about=1)
ABSTAINED = Feedback(
    "b", "down", LOCAL, "Who runs the archive?", "Who runs the archive?", "abstained", "Ms Hale \x1b[2Jdoes.",
    shown=NEAREST,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with two open drafts and a thumb up, in the folder where the command is run."""
    monkeypatch.chdir(tmp_path)
    embedder = HashEmbedder()
    with Library.open(tmp_path / "onrecord-library", create=True) as library:
        with library.writer() as writer:
            writer.put([entry(OPENING, embedder)], embedder)
        for feedback in (ANSWERED, ABSTAINED, replace(ABSTAINED, answer="c", verdict="up")):
            library.feedback.give(feedback, WHEN)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["eval", "draft", *arguments])
        return code, *capsys.readouterr()

    return run


def states(folder: Path) -> list[str]:
    with Library.open(folder / "onrecord-library") as library:
        found = [library.feedback.find(number) for number in (1, 2, 3)]
    return [each.state for each in found if each]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets an editor that does this to the text: a program whose `text` is what stands in the file."""

    def use(program: str) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            f"text = path.read_text()\n{program}\npath.write_text(text)\n"
        )
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script} --wait")

    return use


def test_open_drafts_are_listed_with_the_readers_words(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "2 answers that a reader found not right"
    assert lines[2:6] == [
        "1  2026-11-23 09:15 UTC",
        "When does it close?",
        "What is wrong: the source does not say so (quote 1)",
        "“It closes at six since May.”",
    ]
    assert "2  2026-11-23 09:15 UTC, not answered" in lines
    assert "“Ms Hale [2Jdoes.”" in lines, "words are kept without what steers a terminal"
    assert "`onrecord eval draft show N`" in out


def test_the_list_tells_who_asked_and_how_it_was_read(run: Run, folder: Path) -> None:
    said = replace(FEEDBACK, question="And when does it close?", comment="word " * 200, answer="d")
    with Library.open(folder / "onrecord-library") as library:
        library.feedback.give(said, WHEN)
    lines = [line.strip() for line in run()[1].splitlines()]
    at = lines.index("4  2026-11-23 09:15 UTC, ann")
    assert lines[at + 1 : at + 3] == ["And when does it close?", "Read as: When does it close?"]
    assert lines[at + 3].startswith("“word word")
    assert any(line.endswith("…”") for line in lines[at:])


def test_without_drafts_that_is_said(run: Run) -> None:
    for number in "12":
        run("dismiss", number)
    code, out, _ = run()
    assert (code, out.startswith("There are no open drafts")) == (0, True)
    assert json.loads(run("--json")[1]) == {"drafts": []}


def test_a_program_gets_all_of_it(run: Run) -> None:
    code, out, _ = run("--json")
    assert code == 0
    first, second = json.loads(out)["drafts"]
    assert (first["number"], first["when"], first["words"]) == (1, "2026-11-23T09:15:00+00:00", ANSWERED.comment)
    assert (first["reason"], first["about"]) == ("wrong_source", 1)
    assert (second["status"], second["readers"], second["user"]) == ("abstained", None, "local")
    assert first["shown"][0] == {
        "number": 1,
        "document": OPENING.id,
        "uri": OPENING.uri,
        "start": 27,
        "end": 45,
        "quote": "It closes at five.",
    }


def test_a_draft_is_shown_as_it_would_be_edited(run: Run) -> None:
    code, out, _ = run("show", "1")
    assert code == 0
    assert out.startswith("# Feedback 1, 2026-11-23 09:15 UTC, from local, who may read: everything\n# What is wrong: ")
    assert "# What is wrong: the source does not say so (quote 1)\ncases:\n" in out
    assert "the source does not say so (quote 1)" in run()[1]
    assert "      #   - {text: It closes at five., document: notices/opening.md}\n" in out
    assert "answer: true" in run("show", "2")[1]
    assert "answer: false" in run("show", "3")[1], "a thumb up on an abstention"


def test_a_draft_joins_a_file_by_options_and_is_off_the_list(run: Run, folder: Path) -> None:
    code, out, _ = run(
        "take", "1", "--to", "cases/new.yaml", "--says", "six", "--never-says", "five", "--id", "closing"
    )
    assert (code, out) == (0, "closing is in cases/new.yaml now\n")
    [case] = read_cases((folder / "cases/new.yaml",))
    assert (case.id, case.question, case.readers, case.tags) == ("closing", ANSWERED.question, None, ("feedback",))
    assert (case.expected.says, case.expected.never_says) == ((("six",),), ("five",))
    assert "It closes at six since May." in case.note
    assert states(folder) == ["taken", "open", "open"]
    assert run("take", "2", "--to", "cases/new.yaml")[0] == 0, "that there is an answer is proposed"
    assert [each.expected.answerable for each in read_cases((folder / "cases/new.yaml",))] == [None, True]
    assert run()[1].startswith("There are no open drafts")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "nothing says yet what a right answer to this is; give --answer"),
        (("--quote", "It closes at six."), "It closes at six."),
        (("--answer", "perhaps"), "write yes or no"),
        (("--answer", "no", "--source", "opening.md"), "answer is false, so sources can never be met"),
    ],
)
def test_what_is_not_a_case_yet_stays_on_the_list(run: Run, folder: Path, options: tuple[str, ...], why: str) -> None:
    code, out, err = run("take", "1", "--to", "new.yaml", *options)
    assert (code, out) == (2, "")
    assert why in err
    assert states(folder) == ["open"] * 3
    assert not (folder / "new.yaml").exists()


@pytest.mark.parametrize("words", [("show", "9"), ("take", "9", "--to", "x.yaml"), ("dismiss", "9")])
def test_a_number_that_is_none_is_told(run: Run, words: tuple[str, ...]) -> None:
    code, _, err = run(*words)
    assert (code, err) == (2, "onrecord: there is no feedback 9; `onrecord eval draft` lists what there is\n")


def test_a_dismissed_draft_is_off_the_list_and_makes_no_case(run: Run, folder: Path) -> None:
    assert run("dismiss", "1")[:2] == (0, "feedback 1 is dismissed\n")
    assert states(folder) == ["dismissed", "open", "open"]
    assert [each["number"] for each in json.loads(run("--json")[1])["drafts"]] == [2]


def test_a_draft_is_edited_before_it_joins(run: Run, folder: Path, editor: Callable[[str], None]) -> None:
    editor("text = text.replace('    tags:', '      says: [six]\\n    tags:').replace('feedback-2026', 'edited-2026')")
    code, out, _ = run("take", "1", "--to", "new.yaml", "--edit", "--source", "opening.md")
    assert (code, out) == (0, "edited-2026-11-23-1 is in new.yaml now\n")
    [case] = read_cases((folder / "new.yaml",))
    assert (case.expected.says, case.expected.sources) == ((("six",),), ("opening.md",))
    assert "Feedback 1" not in (folder / "new.yaml").read_text(), "comments of the draft are not for the set"
    assert sorted(path.name for path in folder.iterdir()) == ["editor.py", "new.yaml", "onrecord-library"]


def test_a_mistake_in_the_editor_is_told_at_its_line_and_nothing_written_is_lost(
    run: Run, folder: Path, editor: Callable[[str], None]
) -> None:
    editor("text = text.replace('    tags:', '      sayz: [six]\\n    tags:')")
    code, out, err = run("take", "1", "--to", "new.yaml", "--edit")
    assert (code, out) == (2, "")
    draft = folder / ".new.draft-1.yaml"
    line = 1 + draft.read_text().splitlines().index("      sayz: [six]")
    assert f".new.draft-1.yaml:{line}: there is no field 'sayz' here" in err
    assert "what you wrote is kept in .new.draft-1.yaml, and is opened again next time" in err
    assert states(folder) == ["open"] * 3
    editor("text = text.replace('sayz', 'says')")
    code, _, err = run("take", "1", "--to", "new.yaml", "--edit", "--says", "seven")
    assert code == 0
    assert "is opened as it was left; what options say now is not in it" in err
    assert [case.expected.says for case in read_cases((folder / "new.yaml",))] == [(("six",),)]
    assert not draft.exists()


def test_what_no_document_can_meet_is_told_at_its_line_too(
    run: Run, folder: Path, editor: Callable[[str], None]
) -> None:
    editor("text = text.replace('    tags:', '      quotes: [It closes at six.]\\n    tags:')")
    code, _, err = run("take", "1", "--to", "new.yaml", "--edit")
    assert code == 2
    assert err.startswith("onrecord: what you wrote is kept in")
    assert ".new.draft-1.yaml:" in err
    assert not (folder / "new.yaml").exists()


def test_a_draft_that_the_file_cannot_take_is_kept_and_that_is_told(
    run: Run, folder: Path, editor: Callable[[str], None]
) -> None:
    (folder / "new.yaml").write_text("cases: [{id: a, question: When, expect: {answer: true}}]\n")
    editor("text = text.replace('    tags:', '      says: [six]\\n    tags:')")
    code, _, err = run("take", "1", "--to", "new.yaml", "--edit")
    assert code == 2
    assert "what you wrote is kept in .new.draft-1.yaml" in err
    assert "has its cases in brackets" in err
    assert "says: [six]" in (folder / ".new.draft-1.yaml").read_text()


def test_a_draft_is_edited_in_a_folder_that_is_still_to_be_made(run: Run, editor: Callable[[str], None]) -> None:
    editor("text = text.replace('    tags:', '      says: [six]\\n    tags:')")
    assert run("take", "1", "--to", "cases/new.yaml", "--edit")[:2] == (
        0, "feedback-2026-11-23-1 is in cases/new.yaml now\n"
    )  # fmt: skip


@pytest.mark.parametrize("left", ["text = ''", "text = '# nothing\\n\\n'", "path.unlink(); raise SystemExit"])
def test_a_draft_that_is_left_empty_is_not_taken(
    run: Run, folder: Path, editor: Callable[[str], None], left: str
) -> None:
    editor(left)
    code, _, err = run("take", "1", "--to", "new.yaml", "--edit")
    assert (code, err) == (2, "onrecord: the draft was left empty; nothing was taken\n")
    assert not (folder / ".new.draft-1.yaml").exists()
    assert states(folder) == ["open"] * 3


@pytest.mark.parametrize(
    ("named", "why"),
    [("no-such-editor", "cannot be started"), ("false", "the editor ended with 1"), ("'open", "cannot be started")],
)
def test_an_editor_that_does_not_work_is_told(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, named: str, why: str
) -> None:
    monkeypatch.setenv("EDITOR", named)
    monkeypatch.delenv("VISUAL", raising=False)
    code, _, err = run("take", "1", "--to", "new.yaml", "--edit")
    assert code == 2
    assert why in err
    assert states(folder) == ["open"] * 3


def test_drafts_can_be_worked_on_while_the_library_is_synced(run: Run, folder: Path) -> None:
    with FileLock(folder / "onrecord-library" / "write.lock") as lock:
        assert lock.acquire()
        assert run("take", "2", "--to", "new.yaml")[0] == 0


def test_options_before_a_command_are_not_passed_over_in_silence(run: Run) -> None:
    code, _, err = run("--library", "elsewhere", "show", "1")
    assert code == 2
    assert "give options after it" in err
    assert run("show", "1", "--library", "elsewhere")[0] == 2


def test_the_command_says_what_it_is_for(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for word in ("show", "take", "dismiss", "--json"):
        assert word in out
