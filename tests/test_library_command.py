"""`onrecord library` as a person uses it: what is there listed, documents removed from everywhere, and let in again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from index.sync import sync
from tests.fakes import HashEmbedder
from ui.audit.verify import verify
from ui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of three documents and a refused file, in the folder where the command is run."""
    monkeypatch.chdir(tmp_path)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "ferry.md").write_text(
        "---\npublisher: Harbour Wire\ndate: 2024-05-02\n---\n# The ferry\n\nIt leaves at seven."
    )
    (docs / "hidden.md").write_text("---\nreaders: nobody\n---\nNobody may see this.")
    (docs / "crane.txt").write_text("The crane was taken down.")
    (docs / "empty.txt").write_text(" ")
    with Library.open(tmp_path / "onrecord-library", create=True) as library:
        sync([docs], library, HashEmbedder(), readers=("press",), collection="port")
    return tmp_path / "onrecord-library"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["library", *arguments])
        return code, *capsys.readouterr()

    return run


def told(folder: Path) -> list[tuple[str, str]]:
    """The audit log's lines of commands, as action and what became of which uri."""
    assert verify(folder).mismatch is None
    (path,) = (folder / "audit").iterdir()
    lines = [json.loads(line) for line in path.read_bytes().splitlines()][1:]
    return [(line["action"], line["subject"].partition(" ")[2]) for line in lines]


def listed(run: Run, *arguments: str) -> list[str]:
    """The uris or names that are listed."""
    code, out, err = run("list", "--json", *arguments)
    assert (code, err) == (0, "")
    found = json.loads(out)
    rows = found.get("documents") or found.get("refusals") or found.get("removals") or []
    return [each.get("name") or each["uri"] for each in rows]


def test_what_is_there_is_listed_with_what_is_known_of_it(run: Run) -> None:
    code, out, err = run("list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "3 documents, 1 of which nobody may read; 1 file refused, 0 documents removed"
    assert lines[1::2] == ["docs/crane.txt", "docs/ferry.md", "docs/hidden.md"]
    assert "; The ferry; Harbour Wire; 2024-05-02; in port; for press; added 2" in lines[4]
    assert "nobody may read it" in lines[6]
    code, out, _ = run("list", "--state", "refused")
    assert "empty.txt in " in out
    assert "it holds nothing that can be seen" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("FERRY",), ["docs/ferry.md"]),
        (("harbour", "docs"), ["docs/ferry.md"]),
        (("--state", "hidden"), ["docs/hidden.md"]),
        (("--state", "searchable", "--newest"), ["docs/ferry.md", "docs/crane.txt"]),
        (("--collection", "port", "--limit", "1"), ["docs/crane.txt"]),
        (("--after", "docs/crane.txt"), ["docs/ferry.md", "docs/hidden.md"]),
        (("--state", "refused"), ["empty.txt"]),
        (("--state", "removed"), []),
        (("no such",), []),
    ],
)
def test_what_is_chosen_is_listed(run: Run, arguments: tuple[str, ...], expected: list[str]) -> None:
    assert listed(run, *arguments) == expected


def test_where_there_are_more_the_way_to_them_is_told(run: Run) -> None:
    assert run("list", "--limit", "2")[1].endswith("go on with --after 'docs/ferry.md'\n")
    found = json.loads(run("list", "--limit", "2", "--json")[1])
    assert (found["next"], found["counts"]["searchable"]) == ("docs/ferry.md", 2)


def test_a_document_is_removed_from_everywhere_and_comes_back_when_it_is_restored(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.syncing.embedder", lambda settings: HashEmbedder())
    code, out, err = run("remove", "docs/ferry.md", "--yes", "--by", "Kim")
    assert (code, err) == (0, "")
    assert out == "1 document is removed, and taken out of 0 kept answers and 0 verdicts\n"
    assert listed(run) == ["docs/crane.txt", "docs/hidden.md"]
    assert listed(run, "--state", "removed") == ["docs/ferry.md"]
    assert "by Kim on " in run("list", "--state", "removed")[1]
    assert main(["sync", "docs"]) == 1, "the empty file is refused, and that it is kept out is as it should be"
    (folder.parent / "docs" / "empty.txt").unlink()
    assert main(["sync", "docs", "--prune"]) == 0
    code, out, err = run("restore", "docs/ferry.md")
    assert (code, "docs/ferry.md comes back with the next sync" in out) == (0, True)
    assert "one that was added, when it is added again" in out, "its file went with it, so no sync has it"
    assert told(folder) == [("library remove", "docs/ferry.md"), ("library restore", "docs/ferry.md")]


def test_several_are_removed_by_uri_and_by_id_and_a_program_is_told_of_each(run: Run) -> None:
    [crane] = json.loads(run("list", "crane", "--json")[1])["documents"]
    code, out, _ = run("remove", crane["id"], "docs/hidden.md", "--yes", "--json")
    found = json.loads(out)
    assert code == 0
    assert [each["uri"] for each in found["documents"]] == ["docs/crane.txt", "docs/hidden.md"]
    assert (found["answers"], found["verdicts"], found["files"], found["is_overwritten"]) == (0, 0, 0, True)
    assert all(each["by"].startswith("account:") for each in found["documents"])
    again = json.loads(run("remove", "docs/hidden.md", "--yes", "--json")[1])
    assert again["documents"] == [], "it is gone already; what was left of it is looked for again"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2), ("perhaps\n", 2)])
def test_it_is_asked_before(run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    done, _, err = run("remove", "docs/ferry.md")
    assert (done, "Remove docs/ferry.md from everywhere? [y/N]" in err) == (code, True)
    assert ("docs/ferry.md" in listed(run)) == bool(code)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("remove", "docs/ferry.md", "docs/none.md", "--yes"),
            "there is no document docs/none.md; `onrecord library list`",
        ),
        (("restore", "docs/ferry.md"), "nobody removed docs/ferry.md; `onrecord library list --state removed`"),
        (("list", "--state", "lost"), "there are searchable, hidden, refused, removed, not lost"),
        (("list", "--state", "removed", "--newest"), "collection and order are of documents"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, arguments: tuple[str, ...], why: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert why in err
    assert "docs/ferry.md" in listed(run), "and nothing is done"
