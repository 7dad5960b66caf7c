"""`onrecord key` as a person uses it: a key made and shown once, listed without its secret, and revoked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.library import Library
from index.principal import Principal, person
from index.records.keys import ApiKey
from ui.audit.verify import verify
from ui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty library in the folder where the command is run."""
    monkeypatch.chdir(tmp_path)
    Library.open(tmp_path / "onrecord-library", create=True).close()
    return tmp_path / "onrecord-library"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["key", *arguments])
        return code, *capsys.readouterr()

    return run


def found(folder: Path, secret: str) -> ApiKey | None:
    with Library.open(folder) as library:
        return library.records.keys.find(secret)


def told(folder: Path) -> list[tuple[str, str]]:
    """The audit log's lines of commands, as action and subject."""
    assert verify(folder).mismatch is None
    (path,) = (folder / "audit").iterdir()
    lines = [json.loads(line) for line in path.read_bytes().splitlines()][1:]
    assert {(line["by"], line["decision"]) for line in lines} == {("command", "allowed")}
    assert all(line["who"].startswith("account:") for line in lines)
    return [(line["action"], line["subject"]) for line in lines]


def test_the_secret_alone_is_on_standard_output(folder: Path, run: Run) -> None:
    code, out, err = run("make", "weekly report", "--groups", "press,legal", "--uses", "ask,search", "--days", "90")
    assert code == 0
    secret = out.removesuffix("\n")
    assert secret.startswith("ork_")
    assert not set(secret) & set(" \n")
    assert secret not in err
    key = found(folder, secret)
    assert key is not None
    assert key.principal == Principal("key:weekly report", frozenset({"public", "press", "legal"}))
    assert key.uses == frozenset({"ask", "search"})
    assert key.expires is not None
    assert abs(key.expires - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=1)
    assert f"weekly report ({key.id}) asks as key:weekly report, until {key.expires:%Y-%m-%d}; " in err
    assert "it reads legal, press, public; good for ask, search." in err
    assert told(folder) == [("key make", f"{key.id} weekly report, key:weekly report")]


def test_a_key_of_a_user_reads_what_is_theirs_in_some_collections(folder: Path, run: Run) -> None:
    _, out, err = run("make", "alice", "--user", "alice", "--groups", "press", "--collections", "wiki, mail")
    key = found(folder, out.strip())
    assert key is not None
    alice = person("alice", ["press"])
    assert key.principal == Principal(alice.name, alice.readers, collections=frozenset({"wiki", "mail"}))
    assert (key.uses, key.expires) == (None, None)
    assert "asks as user:alice, until it is revoked; it reads press, public, user:alice in mail, wiki; good for " in err
    _, whole, _ = run("make", "alice again", "--user", "user:alice")
    same = found(folder, whole.strip())
    assert same is not None
    assert same.principal == person("alice")


def test_a_made_key_as_json_is_one_object_with_the_secret(folder: Path, run: Run) -> None:
    code, out, err = run("make", "report", "--json")
    assert (code, err) == (0, "")
    made = json.loads(out)
    key = found(folder, made.pop("secret"))
    assert key is not None
    assert made.pop("made").endswith("+00:00")
    assert made == {
        "id": key.id, "name": "report", "principal": "key:report", "readers": ["public"], "collections": None,
        "uses": None, "expires": None, "used": None, "revoked": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a/b"], "'a/b' is no name for a key; use letters and digits"),
        (
            ["x", "--uses", "ask,write"],
            "search, documents, history, feedback, library, not write",
        ),
        (["x", "--uses", ","], "history, feedback, library, not nothing"),
        (["x", "--groups", "press,user:bob"], "--groups: a label that begins with user: is one person's; use --user"),
        (["x", "--collections", " , "], "--collections: name at least one collection"),
        (["x", "--user", "user:"], "--user: name somebody"),
        (["x", "--user", ""], "--user: name somebody"),
        (["x", "--days", "0"], "greater than or equal to 1"),
        (["x", "--days", "9999999"], "less than or equal to 36500"),
    ],
)
def test_what_would_be_no_key_is_refused_and_nothing_is_made(
    folder: Path, run: Run, arguments: list[str], said: str
) -> None:
    code, out, err = run("make", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert json.loads(run("list", "--json")[1]) == {"keys": []}
    assert not (folder / "audit").exists()


def test_a_name_is_used_once_until_it_is_revoked(folder: Path, run: Run) -> None:
    _, first, _ = run("make", "report")
    code, out, err = run("make", "report")
    assert (code, out) == (2, "")
    assert "there is a key named report; revoke it first" in err
    assert run("revoke", "report")[:2] == (0, "report is revoked\n")
    assert run("make", "report")[0] == 0
    assert found(folder, first.strip()) is None


def test_keys_are_listed_without_secrets_with_what_they_are_good_for(folder: Path, run: Run) -> None:
    code, out, _ = run("list")
    assert (code, out) == (0, "There are no keys; make one with `onrecord key make NAME`.\n")
    _, used, _ = run("make", "used", "--groups", "press")
    _, gone, _ = run("make", "gone")
    run("make", "short", "--days", "1")
    found(folder, used.strip())
    run("revoke", "gone")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    code, out, err = run("list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split("  ")[0] for line in lines[::2]] == ["used", "gone", "short"]
    assert lines[0].endswith("good until it is revoked")
    assert lines[1].startswith(f"    as key:used; reads press, public; good for everything; made {today}, used last ")
    assert lines[2].endswith(f"revoked {today}")
    assert lines[3].endswith("never used")
    keys = json.loads(run("list", "--json")[1])["keys"]
    assert [(key["name"], key["good"]) for key in keys] == [("used", True), ("gone", False), ("short", True)]
    for secret in (used.strip(), gone.strip()):
        assert secret not in out + json.dumps(keys)


def test_a_key_is_revoked_by_its_id_too(folder: Path, run: Run) -> None:
    _, out, _ = run("make", "report")
    key = found(folder, out.strip())
    assert key is not None
    assert run("revoke", key.id)[:2] == (0, "report is revoked\n")
    assert found(folder, out.strip()) is None
    assert told(folder)[-1] == ("key revoke", f"{key.id} report, key:report")
    for name in (key.id, "report", "nobody's\x1b[2J"):
        code, out, err = run("revoke", name)
        assert (code, out) == (2, "")
        assert "that could be revoked; `onrecord key list` lists what there is" in err
        assert "\x1b" not in err
    assert len(told(folder)) == 2


def test_a_key_that_no_log_can_tell_of_is_none(folder: Path, run: Run) -> None:
    (folder / "audit").write_text("in the way")
    code, out, err = run("make", "report")
    assert (code, out) == (2, "")
    assert "the audit log cannot be written" in err
    assert [key["good"] for key in json.loads(run("list", "--json")[1])["keys"]] == [False]


def test_without_a_library_there_are_no_keys(run: Run) -> None:
    code, out, err = run("make", "report", "--library", "elsewhere")
    assert (code, out) == (2, "")
    assert "there is no library in elsewhere; make one with `onrecord sync PATH`" in err


def test_a_secret_is_nowhere_but_in_that_one_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Everything the program prints when it is run, and everything it leaves, in whatever file."""
    command = [sys.executable, "-m", "ui.cli", "key", "make", "canary", "--user", "alice", "--library", str(folder)]
    root = Path(__file__).parent.parent
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, timeout=60)
    secret = made.stdout.removesuffix("\n")
    assert made.stdout == f"{secret}\n"
    assert len(secret) > 40
    assert found(folder, secret) is not None
    for arguments in (("key", "list"), ("key", "list", "--json"), ("user", "export", "alice"), ("audit", "verify")):
        assert main(arguments) == 0
    printed = made.stderr + "".join(capfd.readouterr())
    assert printed.count("canary") == 4
    files = [path for path in folder.rglob("*") if path.is_file()]
    left = b"".join(path.read_bytes() for path in files).decode("latin-1")
    assert left.count("canary") >= 2, "in the database and in the audit log"
    for part in (secret, secret[4:], secret[4:24], secret[-20:]):
        assert part not in printed
        assert part not in left
