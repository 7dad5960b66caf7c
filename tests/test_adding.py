"""`onrecord add` as a person sees it: what came in, what did not and why, who may read it, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.document import document_id
from index.library import Library
from index.principal import LOCAL, PUBLIC, Principal
from tests.fakes import HashEmbedder
from tests.webserver import WebServer, web_server
from ui.audit.verify import verify
from ui.cli import main

Run = Callable[..., tuple[int, str, str]]
SOME = "The harbour took in forty ships in May, the port authority said.\n"


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    with web_server() as served:
        yield served


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_FETCH_HOSTS", "127.0.0.1")
    monkeypatch.setattr("rag.desk.embedder", lambda settings: HashEmbedder())
    (tmp_path / "minutes.txt").write_text(SOME)
    (tmp_path / "broken.pdf").write_text("no pdf")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["add", *arguments])
        return code, *capsys.readouterr()

    return run


def test_files_and_pages_come_in_for_those_who_were_named(run: Run, site: WebServer, tmp_path: Path) -> None:
    address = site.gives("/page", "The ferry sails at noon.", "text/plain")
    code, out, err = run("minutes.txt", address, "--readers", "press,legal", "--collection", "wiki")
    assert (code, err) == (0, "")
    assert out.splitlines() == ["added     minutes.txt", f"added     {address}"]
    with Library.open(Path("onrecord-library")) as library:
        for uri in ("added/minutes.txt", address):
            found = library.document(LOCAL, document_id(uri))
            assert found
            assert (found.readers, found.collection) == (("legal", "press"), "wiki")
            assert library.document(Principal("user:ann", frozenset({PUBLIC})), found.id) is None
        assert verify(library.folder).lines >= 2
        log = next((library.folder / "audit").glob("*.jsonl")).read_text()
    assert "added added/minutes.txt" in log
    (tmp_path / "minutes.txt").unlink()
    assert Path("onrecord-library/added/minutes.txt").read_text() == SOME


def test_what_does_not_come_in_is_named_and_the_rest_does(run: Run, site: WebServer) -> None:
    Path("link.txt").symlink_to("minutes.txt")
    Path("folder.txt").mkdir()
    code, out, _ = run(
        "broken.pdf", "gone.txt", "link.txt", "folder.txt", "a.exe", "http://10.0.0.1/", "minutes.txt", "--json"
    )
    assert code == 1
    files = {each["name"]: each for each in json.loads(out)["files"]}
    assert files["minutes.txt"] | {"reason": None} == {
        "name": "minutes.txt",
        "uri": "added/minutes.txt",
        "status": "added",
        "reason": None,
    }
    told = {name: each["reason"] for name, each in files.items() if each["status"] == "refused"}
    assert "named .pdf" in told["broken.pdf"]
    assert "gone" in told["gone.txt"]
    assert "symbolic link" in told["link.txt"]
    assert "folder" in told["folder.txt"]
    assert "files of type .exe are not read" in told["a.exe"]
    assert "not on the public internet" in told["http://10.0.0.1/"]
    added = Path("onrecord-library/added")
    assert sorted(path.name for path in added.iterdir()) == [".arriving", "minutes.txt", "sources.csv"]
    assert not list((added / ".arriving").iterdir())


def test_a_link_is_not_taken_for_what_is_called_so_beside_its_target(run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in ("target.txt", "link.txt"):
        (tmp_path / "elsewhere" / name).write_text(f"What {name} of elsewhere says.")
    Path("link.txt").symlink_to("elsewhere/target.txt")
    code, out, _ = run("link.txt")
    assert code == 1
    assert "symbolic link" in out
    assert not Path("onrecord-library/added/link.txt").exists()


def test_the_same_again_changes_nothing(run: Run) -> None:
    run("minutes.txt")
    assert run("minutes.txt")[:2] == (0, "unchanged minutes.txt\n")


def test_a_label_that_cannot_be_one_is_said(run: Run) -> None:
    code, _, err = run("minutes.txt", "--readers", "press\u200b,a\u200bb")
    assert code == 2
    assert "no label of readers" in err
    assert run("minutes.txt", "--collection", " ")[0] == 2
    assert not Path("onrecord-library").exists()


def test_while_another_writes_the_command_says_so(run: Run) -> None:
    run("minutes.txt")
    Path("more.txt").write_text("The ferry sails at noon.")
    with Library.open(Path("onrecord-library")) as library, library.writer():
        code, _, err = run("more.txt")
    assert code == 4
    assert "is writing to" in err
    assert not Path("onrecord-library/added/more.txt").exists()
