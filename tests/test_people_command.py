"""`onrecord user`: everything about somebody given out, or removed and nowhere left; and `onrecord audit verify`."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.feedback import Feedback, ShownQuote
from index.library import DATABASE, Library
from index.principal import LOCAL, Principal, person
from index.records.conversations import KeptTurn
from tests.clock import NOON
from ui.audit.verify import verify
from ui.cli import main
from ui.people import whole

Run = Callable[..., tuple[int, str, str]]
ALICE = person("alice", ["press"])
WORD = "CANARYALICE"
ANSWER = json.dumps({"answer": {"sentences": [f"{WORD} said so."]}})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library where Alice has left all there is to leave, and others something beside her."""
    monkeypatch.chdir(tmp_path)
    with Library.open(tmp_path / "onrecord-library", create=True) as library:
        leave(library, ALICE, WORD)
        for name in ("bob", "alice2", "ALICE", "alic"):
            leave(library, person(name), f"other {name}")
        leave(library, LOCAL, "local", keys=False)
        leave(library, Principal("visitor:1", frozenset({"public"})), "visited", keys=False)
    return tmp_path / "onrecord-library"


def leave(library: Library, who: Principal, word: str, *, keys: bool = True) -> None:
    """Two conversations in two places, a verdict, two sessions and a key."""
    for place in ("", "wiki"):
        mine = library.records.conversations.begin(who.name, place, f"{word} title")
        turn = KeptTurn(f"{word}{place}", NOON, f"{word}?", NOON.date(), ANSWER.replace(WORD, word), frozenset({"d1"}))
        assert library.records.conversations.add(who.name, mine.id, turn)
        assert library.records.shares.link(who.name, place, turn.id)
    shown = ShownQuote(1, "d1", "minutes.md", 0, 5, f"{word} quote")
    library.feedback.give(
        Feedback(f"{word}-1", "up", who, f"{word}?", f"{word}?", "answered", comment=word, shown=(shown,)), NOON
    )
    library.records.sessions.begin("login", who, 600, data=word)
    library.records.sessions.begin("embed", who, 600, embed="wiki")
    if keys:
        library.records.keys.make(f"{who.name[5:]}.key", who, frozenset({"ask"}))


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return run


def exported(run: Run, name: str) -> dict[str, list[dict[str, object]]]:
    code, out, err = run("user", "export", name)
    assert (code, err) == (0, "")
    found: dict[str, list[dict[str, object]]] = json.loads(out)
    return found


def told(folder: Path) -> list[tuple[str, str]]:
    assert verify(folder).mismatch is None
    lines = [json.loads(line) for path in (folder / "audit").iterdir() for line in path.read_bytes().splitlines()]
    return [(line["action"], line["subject"]) for line in lines if "subject" in line]


def in_files(folder: Path, word: str) -> int:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.read_bytes().count(word.encode()) for path in files)


@pytest.mark.parametrize(
    ("name", "principal"),
    [
        ("alice", "user:alice"), ("user:alice", "user:alice"), ("key:wiki", "key:wiki"), ("visitor:9", "visitor:9"),
        ("local", "local"), ("auth0|7:x", "user:auth0|7:x"), ("ann@desk.example", "user:ann@desk.example"),
    ],
)  # fmt: skip
def test_a_name_is_a_users_unless_it_is_whole(name: str, principal: str) -> None:
    assert whole(name) == principal


def test_all_that_somebody_left_is_given_out_without_secrets(folder: Path, run: Run) -> None:
    found = exported(run, "alice")
    conversations = sorted(found["conversations"], key=lambda each: str(each["place"]))
    assert [(each["place"], each["title"]) for each in conversations] == [
        ("", f"{WORD} title"), ("wiki", f"{WORD} title"),
    ]  # fmt: skip
    assert conversations[0]["turns"] == [
        {
            "turn": WORD, "asked": "2026-11-23T12:00:00+00:00", "question": f"{WORD}?", "as_of": "2026-11-23",
            "answer": {"answer": {"sentences": [f"{WORD} said so."]}}, "documents": ["d1"],
        }
    ]  # fmt: skip
    assert [str(each["turn"]) for each in found["links"]] == [WORD, f"{WORD}wiki"]
    assert all(re.fullmatch(r"/answer/[0-9a-f]{32}", str(each["link"])) for each in found["links"])
    (verdict,) = found["feedback"]
    assert (verdict["verdict"], verdict["words"], verdict["question"]) == ("up", WORD, f"{WORD}?")
    assert f"{WORD} quote" in json.dumps(verdict["shown"])
    assert [(each["kind"], each["embed"]) for each in found["sessions"]] == [("login", None), ("embed", "wiki")]
    assert [(each["name"], each["uses"]) for each in found["keys"]] == [("alice.key", ["ask"])]
    assert "audit_days" in str(found["audit"])
    assert "other" not in json.dumps(found), "nothing of anybody else's"
    assert "hash" not in json.dumps(found)
    assert told(folder) == [("user export", "user:alice")]


def test_of_somebody_unknown_there_is_nothing(run: Run) -> None:
    found = exported(run, "carol")
    assert [found[kind] for kind in ("conversations", "feedback", "sessions", "keys")] == [[], [], [], []]


@pytest.mark.parametrize("name", ["local", "visitor:1", "user:bob"])
def test_whoever_has_a_whole_name_can_be_given_theirs(run: Run, name: str) -> None:
    found = exported(run, name)
    assert (len(found["conversations"]), len(found["feedback"]), len(found["sessions"])) == (2, 1, 2)


def test_what_is_deleted_is_nowhere_in_the_librarys_files(folder: Path, run: Run) -> None:
    others = {name: exported(run, name) for name in ("bob", "alice2", "ALICE", "alic", "local", "visitor:1")}
    assert in_files(folder, WORD) > 10
    links = [str(each["link"]).removeprefix("/answer/") for each in exported(run, "alice")["links"]]
    code, out, err = run("user", "delete", "alice", "--yes")
    assert (code, err) == (0, "")
    assert out.startswith("user:alice: 2 conversations, 1 verdict, 2 sessions and 1 key are removed\n")
    assert "The audit log keeps its lines that name them until they are as old as audit_days says." in out
    assert in_files(folder, WORD) == 0
    assert [in_files(folder, link) for link in links] == [0, 0]
    assert exported(run, "alice")["conversations"] == exported(run, "alice")["links"] == []
    assert {name: exported(run, name) for name in others} == others, "and nothing of anybody else's is gone"
    assert ("user delete", "user:alice") in told(folder)


def test_a_key_of_somebody_deleted_lets_nobody_in(folder: Path, run: Run) -> None:
    with Library.open(folder) as library:
        _, secret = library.records.keys.make("another", ALICE)
        login = library.records.sessions.begin("login", ALICE, 600)
    code, out, _ = run("user", "delete", "alice", "--yes", "--json")
    assert code == 0
    assert json.loads(out) == {
        "principal": "user:alice",
        "conversations": 2,
        "feedback": 1,
        "sessions": 3,
        "keys": 2,
        "is_overwritten": True,
    }
    with Library.open(folder) as library:
        assert library.records.keys.find(secret) is None
        assert library.records.sessions.find("login", login) is None


def test_what_others_still_read_is_said_to_stand_in_the_files(folder: Path, run: Run) -> None:
    reading = sqlite3.connect(folder / DATABASE, isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM conversations").fetchone()
    code, _, err = run("user", "delete", "alice", "--yes")
    assert code == 0
    assert "others are reading the library; what is removed stands in its files until this is run again" in err
    assert in_files(folder, WORD) > 0
    reading.rollback()
    assert run("user", "delete", "alice", "--yes")[2] == ""
    assert in_files(folder, WORD) == 0
    reading.close()


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2), ("", 2)])
def test_it_is_asked_before_anything_is_deleted(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    done, out, err = run("user", "delete", "alice")
    assert done == code
    assert "Remove everything kept of user:alice? [y/N]" in err
    if code:
        assert out == ""
        assert err.endswith("\nonrecord: nothing of user:alice is removed\n") or answer
        assert len(exported(run, "alice")["conversations"]) == 2
        assert ("user delete", "user:alice") not in told(folder)
    else:
        assert exported(run, "alice")["conversations"] == []


def test_nothing_is_given_out_that_no_log_can_tell_of(folder: Path, run: Run) -> None:
    (folder / "audit").write_text("in the way")
    code, out, err = run("user", "export", "alice")
    assert (code, out) == (2, "")
    assert "the audit log cannot be written" in err


# onrecord audit verify


def test_a_log_as_it_was_written_is_said_to_be(folder: Path, run: Run) -> None:
    assert run("audit", "verify")[:2] == (0, f"0 lines in 0 files, each as it was written\n{LAST}{'0' * 64}\n")
    exported(run, "alice")
    code, out, err = run("audit", "verify")
    head = verify(folder).head
    assert (code, out, err) == (0, f"2 lines in 1 file, each as it was written\n{LAST}{head}\n", "")
    assert run("audit", "verify", "--head", head.upper())[0] == 0
    code, out, _ = run("audit", "verify", "--json")
    assert json.loads(out) == {"files": 1, "lines": 2, "head": head, "cut": [], "mismatch": None}


LAST = "The last has the hash "


def test_a_hand_is_named_with_file_and_line(folder: Path, run: Run) -> None:
    for _ in range(3):
        exported(run, "alice")
    (path,) = (folder / "audit").iterdir()
    path.write_bytes(path.read_bytes().replace(b"alice", b"carol", 1))
    code, out, err = run("audit", "verify")
    assert (code, out) == (1, "")
    assert err.startswith(f"onrecord: {path.name}, line 2: this is not what was written")
    code, out, _ = run("audit", "verify", "--json")
    assert code == 1
    assert {**json.loads(out)["mismatch"], "what": ""} == {"file": path.name, "line": 2, "what": ""}


def test_an_end_cut_off_is_seen_with_its_hash_and_a_crash_is_said(folder: Path, run: Run) -> None:
    for _ in range(2):
        exported(run, "alice")
    head = verify(folder).head
    (path,) = (folder / "audit").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    code, out, err = run("audit", "verify")
    assert (code, err) == (0, "")
    assert out.startswith(f"{path.name}, line 3: this line was cut off as its process died, and says nothing\n2 lines")
    code, _, err = run("audit", "verify", "--head", head)
    assert code == 1
    assert "the line with that hash is not in the log" in err
