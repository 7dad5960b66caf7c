"""`onrecord sync` as a person sees it: lines, summary, JSON, report, exit codes, a bar on a terminal, and Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from index.lock import FileLock
from index.principal import LOCAL, person
from index.sync_report import FileResult, SyncReport
from tests.fakes import HashEmbedder
from ui import progress
from ui.cli import main
from ui.syncing import summary

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def briefs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "briefs"
    folder.mkdir()
    (folder / "talks.txt").write_text("The talks in Moscow lasted five hours, the Kremlin said.\n")
    (folder / "crane.md").write_text("# Harbour\n\nThe new crane lifts ninety tonnes.\n")
    return folder


@pytest.fixture
def run(briefs: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["sync", *arguments])
        return code, *capsys.readouterr()

    return run


def test_a_line_for_each_file_that_changed_and_a_summary(run: Run, briefs: Path) -> None:
    code, out, err = run("briefs")
    assert (code, err) == (0, "")
    *files, total = out.splitlines()
    assert files == ["added     crane.md", "added     talks.txt"]
    assert re.fullmatch(r"2 added; chunks written: 2, in \d+\.\d s", total)
    assert Path("onrecord-library").is_dir()


def test_what_is_unchanged_is_counted_and_not_listed(run: Run, briefs: Path) -> None:
    run("briefs")
    (briefs / "crane.md").write_text("The crane was sold.\n")
    code, out, _ = run("briefs")
    assert code == 0
    assert out.splitlines()[0] == "changed   crane.md"
    assert "1 changed, 1 unchanged; chunks written: 1" in out


def test_prune_removes_what_is_gone(run: Run, briefs: Path) -> None:
    run("briefs")
    (briefs / "crane.md").unlink()
    assert "removed" not in run("briefs")[1]
    assert "removed   crane.md" in run("briefs", "--prune")[1]


def test_a_refused_file_is_named_and_the_rest_goes_on(run: Run, briefs: Path) -> None:
    (briefs / "empty.txt").touch()
    code, out, _ = run("briefs")
    assert code == 1
    assert re.search(r"^refused   empty\.txt: .+; .+$", out, re.MULTILINE)
    assert "2 added, 1 refused" in out


def test_json_is_one_object_and_nothing_else(run: Run, briefs: Path) -> None:
    (briefs / "empty.txt").touch()
    code, out, err = run("briefs", "--json")
    report = json.loads(out)
    assert (code, err) == (1, "")
    assert (report["added"], report["refused"], report["chunks"], report["embedded"]) == (2, 1, 2, 2)
    assert {(file["name"], file["status"]) for file in report["files"]} == {
        ("crane.md", "added"),
        ("talks.txt", "added"),
        ("empty.txt", "refused"),
    }


def test_a_report_holds_every_file(run: Run, tmp_path: Path) -> None:
    run("briefs")
    code, out, _ = run("briefs", "--report", "report.json")
    assert (code, out.count("\n")) == (0, 1)
    report = json.loads((tmp_path / "report.json").read_text())
    assert [file["status"] for file in report["files"]] == ["unchanged", "unchanged"]


def test_a_report_without_a_folder_is_refused_before_anything_is_done(run: Run) -> None:
    code, _, err = run("briefs", "--report", "nowhere/report.json")
    assert code == 2
    assert "nowhere/report.json" in err
    assert not Path("onrecord-library").exists()


def test_a_report_that_cannot_be_written_says_that_the_sync_is_done(run: Run) -> None:
    code, _, err = run("briefs", "--report", "briefs")
    assert code == 2
    assert "the sync is done" in err


def test_readers_are_for_what_names_none_itself(run: Run, briefs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (briefs / "open.md").write_text("---\nreaders: public\n---\nThe open crane is open to everybody.\n")
    run("briefs", "--readers", "harbour,press")

    def uris(label: str) -> set[str]:
        main(["search", "crane", "--as", label, "--json"])
        return {Path(each["uri"]).name for each in json.loads(capsys.readouterr().out)["passages"]}

    assert uris("harbour") == {"crane.md", "talks.txt", "open.md"}
    assert uris("") == {"open.md"}


def test_another_embedder_needs_the_word_and_then_embeds_everything_again(
    run: Run, briefs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("briefs")
    monkeypatch.setattr("ui.syncing.embedder", lambda settings: HashEmbedder())
    code, _, err = run("briefs")
    assert code == 2
    assert "--re-embed" in err
    code, out, _ = run("--re-embed", "--json")
    report = json.loads(out)
    assert (code, report["embedded"], report["files"]) == (0, 2, [])
    assert run("briefs")[0] == 0


def test_without_a_path_nothing_is_pruned(run: Run) -> None:
    run("briefs")
    code, out, _ = run("--re-embed", "--prune")
    assert (code, out.splitlines()[0].split(";")[0]) == (0, "nothing found")
    assert "2 unchanged" in run("briefs")[1]


def test_another_writer_is_exit_code_4(run: Run) -> None:
    run("briefs")
    with FileLock(Path("onrecord-library") / "write.lock") as lock:
        assert lock.acquire()
        code, out, err = run("briefs")
    assert (code, out) == (4, "")
    assert "is writing" in err


def test_a_path_that_is_not_there_is_a_usage_error(run: Run) -> None:
    code, _, err = run("brief")
    assert code == 2
    assert "brief" in err
    assert not Path("onrecord-library").exists()


def test_a_file_name_cannot_steer_the_terminal(run: Run, briefs: Path) -> None:
    (briefs / "a\x1b[2Jb.txt").touch()
    _, out, _ = run("briefs")
    assert "\x1b" not in out


def test_the_summary_leaves_out_what_did_not_happen() -> None:
    files = (FileResult("a", "a", "added"), FileResult("b", None, "refused", "it is empty; leave it out"))
    assert summary(SyncReport(files, 1200, 1000, 3.25)) == "1 added, 1 refused; chunks written: 1,200, in 3.2 s"


def test_one_file_is_one_line() -> None:
    result = FileResult("a\nb.txt", None, "refused", "it is\x1b[31m empty")
    assert progress.line(result) == "refused   a b.txt: it is�[31m empty"


def test_a_terminal_gets_a_bar_and_the_output_only_the_summary(briefs: Path) -> None:
    (briefs / "empty.txt").touch()
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ui.cli", "sync", "briefs"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment)
    os.close(theirs)
    drawn = drain(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "/3 files" in drawn
    assert "left" in drawn
    assert "refused   empty.txt" in drawn
    assert out.count("\n") == 1
    assert out.startswith("2 added, 1 refused; ")


def drain(terminal: int) -> str:
    """Everything drawn until the other side has closed, without colours and movements."""
    drawn = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody holds the other side any more
            part = b""
        if not part:
            os.close(terminal)
            return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode("utf-8", "replace"))
        drawn += part


def test_ctrl_c_keeps_what_is_done_and_the_next_sync_goes_on(briefs: Path) -> None:
    for number in range(300):
        (briefs / f"{number:03}.txt").write_text(f"Item {number} of the list was agreed on in the talks.\n")
    command = [sys.executable, "-m", "ui.cli", "sync", "briefs"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "onrecord: stopped; what was finished is kept\n")
    told = (first + out).count("added")
    again = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    report = json.loads(again.stdout)
    assert 0 < told <= report["unchanged"] < 302
    assert report["added"] + report["unchanged"] == 302
    assert report["embedded"] == report["added"]


def test_a_collection_is_named_for_what_names_none(run: Run, briefs: Path) -> None:
    (briefs / "own.md").write_text("---\ncollection: press\n---\n# Own\n\nIt is filed with the press office.\n")
    assert run("briefs", "--collection", "  the wiki ")[0] == 0
    with Library.open(briefs.parent / "onrecord-library") as library:
        filed = {one.attribution.uri: one.collection for one in library.listing(LOCAL).documents}
    assert filed == {"briefs/crane.md": "the wiki", "briefs/own.md": "press", "briefs/talks.txt": "the wiki"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 301])
def test_a_collection_without_a_usable_name_is_refused_before_anything_is_read(run: Run, name: str) -> None:
    code, out, err = run("briefs", "--collection", name)
    assert (code, out) == (2, "")
    assert "the name of the collection is empty or too long" in err


SEVERAL = 'identity = "keys"\n'


def test_where_several_are_served_what_names_no_readers_is_for_nobody(run: Run, briefs: Path) -> None:
    assert run("briefs")[0] == 0
    (briefs.parent / "onrecord.toml").write_text(SEVERAL)
    (briefs / "own.md").write_text("---\nreaders: press\n---\n# Own\n\nIt is for the press.\n")
    code, out, _ = run("briefs")
    assert code == 0
    assert out.count("changed   ") == 2
    assert out.count(": nobody may read it; say who may in the file, in sources.csv or with --readers") == 2
    assert out.splitlines()[-1].endswith("; 2 in the library that nobody may read")
    with Library.open(briefs.parent / "onrecord-library") as library:
        assert library.listing(person("alice", ["press"])).documents[0].attribution.uri == "briefs/own.md"
        assert len(library.listing(person("alice", ["press"])).documents) == 1
    assert json.loads(run("briefs", "--json")[1])["hidden"] == 2
    code, out, _ = run("briefs", "--readers", "public")
    assert out.count("changed   ") == 3
    assert "nobody" not in out
