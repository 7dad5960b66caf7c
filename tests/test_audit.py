"""The audit log: one line each, whoever writes, chained so that a hand is found and a crash is told apart from it."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lock import FileLock
from tests.clock import NOON, Clock
from ui.audit import auditlog
from ui.audit.auditlog import AuditLog
from ui.audit.chain import START
from ui.audit.entry import LONGEST, Entry
from ui.audit.errors import AuditFailed
from ui.audit.verify import Place, Verified, verify

Lines = list[bytes]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> AuditLog:
    return AuditLog(tmp_path, clock)


def entry(name: str = "asked", **fields: object) -> Entry:
    return Entry(NOON, "user:alice", name, "allowed", **fields)  # type: ignore[arg-type]


def files(folder: Path) -> list[Path]:
    return sorted((folder / "audit").iterdir())


def told(folder: Path) -> list[dict[str, object]]:
    """What all lines say, without the log's own."""
    lines = [json.loads(line) for path in files(folder) for line in path.read_bytes().splitlines()]
    return [line for line in lines if not line["action"].startswith("audit log")]


def actions(folder: Path) -> list[object]:
    return [line["action"] for line in told(folder)]


def intact(folder: Path) -> Verified:
    verified = verify(folder)
    assert verified.mismatch is None, verified.mismatch
    return verified


def mismatch(folder: Path, head: str | None = None) -> Place:
    """Where the log is not as it was written."""
    found = verify(folder, head).mismatch
    assert found is not None, "what was done to the log is not noticed"
    return found.place


# What a line says.


def test_a_line_says_who_did_what_and_when_in_utc(log: AuditLog, tmp_path: Path) -> None:
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    log.write(
        Entry(
            in_tokyo, "user:alice", "/api/v1/ask", "allowed", by="key", method="POST", status=200, tokens=321,
            documents={"d2", "d1"}, milliseconds=45, embed="wiki", key="k1", peer="127.0.0.1", subject="it",
        )
    )  # fmt: skip
    log.write(Entry(NOON, "nobody", "/login", "refused", method="GET", status=401, question="Who?"))
    first, second = told(tmp_path)
    assert len(str(first.pop("hash"))) == len(str(second.pop("hash"))) == 64
    assert first == {
        "when": "2026-11-23T12:00:00.000000Z", "who": "user:alice", "by": "key", "action": "/api/v1/ask",
        "subject": "it", "method": "POST", "status": 200, "decision": "allowed", "documents": ["d1", "d2"], "ms": 45,
        "tokens": 321, "embed": "wiki", "key": "k1", "peer": "127.0.0.1",
    }  # fmt: skip
    assert second == {
        "when": "2026-11-23T12:00:00.000000Z", "who": "nobody", "action": "/login", "method": "GET", "status": 401,
        "decision": "refused", "question": "Who?",
    }  # fmt: skip


def test_the_files_are_their_owners_alone_and_named_by_day(log: AuditLog, tmp_path: Path, clock: Clock) -> None:
    log.write(entry())
    clock.turn_on(hours=12)
    log.write(entry())
    assert [path.name for path in files(tmp_path)] == ["2026-11-23.jsonl", "2026-11-24.jsonl"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path)} == {0o600}
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700


@given(text=st.text() | st.text(st.sampled_from('\r\n\x00\x1b\x7f\x85\u2028\u2029\ud83d"\\,{}')))
def test_no_text_makes_a_second_line_or_steers_a_terminal(shared: AuditLog, text: str) -> None:
    fields = {"by": text, "method": text, "embed": text, "key": text, "peer": text, "subject": text, "question": text}
    before = shared.folder.parent
    path = files(before)[0] if (before / "audit").is_dir() else None
    count = path.read_bytes().count(b"\n") if path else 1
    shared.write(Entry(NOON, text, text, "refused", documents=[text], **fields))  # type: ignore[arg-type]
    written = files(before)[0].read_bytes()
    assert written.count(b"\n") == count + 1
    last = written.splitlines()[-1]
    assert all(32 <= byte < 127 for byte in last)
    assert json.loads(last)["question"] == text[: 14 * LONGEST]
    assert json.loads(last)["who"] == text[:LONGEST]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> AuditLog:
    return AuditLog(tmp_path_factory.mktemp("shared"), Clock())


def test_a_log_with_nothing_in_it_is_as_it_was_written(tmp_path: Path) -> None:
    assert verify(tmp_path) == Verified(0, 0, START, (), None)


# The chain.


@pytest.fixture
def three_days(log: AuditLog, tmp_path: Path, clock: Clock) -> Path:
    """The folder of a log of three days with four lines each, the first of which is the log's own."""
    for _ in range(3):
        for number in range(3):
            log.write(entry(f"asked {number}", documents=[f"d{number}"]))
        clock.turn_on(days=1)
    verified = intact(tmp_path)
    assert (verified.files, verified.lines) == (3, 12)
    return tmp_path


def _changed(lines: Lines, at: int) -> None:
    lines[at] = lines[at].replace(b"allowed", b"refused").replace(b'"after"', b'"aftre"')


def _rehashed(lines: Lines, at: int) -> None:
    lines[at] = lines[at][:-4] + (b"0" if lines[at][-4:-3] != b"0" else b"1") + lines[at][-3:]


def _removed(lines: Lines, at: int) -> None:
    del lines[at]


def _repeated(lines: Lines, at: int) -> None:
    lines.insert(at, lines[at - 1] if at else lines[2])


def _moved(lines: Lines, at: int) -> None:
    other = at + 1 if at + 1 < len(lines) else at - 1
    lines[at], lines[other] = lines[other], lines[at]


def _broken(lines: Lines, at: int) -> None:
    lines[at] = lines[at][: len(lines[at]) // 2] + b"\n"


def _emptied(lines: Lines, at: int) -> None:
    lines.insert(at, b"\n")


HANDS = (_changed, _rehashed, _removed, _repeated, _moved, _broken, _emptied)
# The removed end is no case of these: no chain can hold it.
CASES = [
    (hand, day, at) for hand in HANDS for day in range(3) for at in range(4) if (hand, day, at) != (_removed, 2, 3)
]


@pytest.mark.parametrize(("change", "day", "at"), CASES)
def test_what_a_hand_does_to_a_line_is_found_there(
    three_days: Path, change: Callable[[Lines, int], None], day: int, at: int
) -> None:
    path = files(three_days)[day]
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines, at)
    path.write_bytes(b"".join(lines))
    if change is _removed and at == 3:
        expected = Place(files(three_days)[day + 1].name, 1)
    else:
        expected = Place(path.name, min(at, 2) + 1 if change is _moved else at + 1)
    assert mismatch(three_days) == expected


@given(data=st.data())
def test_no_byte_can_be_another(data: st.DataObject, whole: tuple[Path, bytes]) -> None:
    folder, written = whole
    at = data.draw(st.integers(0, len(written) - 2))  # the last newline alone says nothing
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[at]))
    files(folder)[0].write_bytes(written[:at] + bytes([other]) + written[at + 1 :])
    line = written[:at].count(b"\n") + 1
    assert mismatch(folder) == Place("2026-11-23.jsonl", line)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    log = AuditLog(folder, Clock())
    for number in range(4):
        log.write(entry(f"asked {number}"))
    return folder, files(folder)[0].read_bytes()


def test_a_file_that_is_taken_away_is_missed(three_days: Path) -> None:
    first, second, third = files(three_days)
    held = second.read_bytes()
    second.unlink()
    assert mismatch(three_days) == Place(third.name, 1)
    second.write_bytes(held)
    intact(three_days)
    first.unlink()
    assert mismatch(three_days) == Place(second.name, 1)


def test_an_end_that_is_cut_off_is_found_by_a_hash_that_was_noted(three_days: Path) -> None:
    noted = intact(three_days).head
    last = files(three_days)[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    assert verify(three_days, noted).mismatch is None
    last.write_bytes(b"".join(lines[:-1]))
    intact(three_days)
    assert mismatch(three_days, noted) == Place(last.name, 3)
    last.unlink()
    assert mismatch(three_days, noted) == Place(files(three_days)[-1].name, 4)


def test_a_noted_hash_is_found_when_the_log_has_gone_on(three_days: Path, clock: Clock) -> None:
    noted = intact(three_days).head
    AuditLog(three_days, clock).write(entry("later"))
    assert verify(three_days, noted).mismatch is None
    assert mismatch(three_days, "0" * 64)


def test_what_is_cut_off_behind_a_running_server_shows_when_it_goes_on(
    log: AuditLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        log.write(entry(f"asked {number}"))
    (path,) = files(tmp_path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    intact(tmp_path)
    log.write(entry("later"))
    assert mismatch(tmp_path) == Place(path.name, 3)
    assert "cut short" in caplog.text
    path.unlink()
    log.write(entry("later still"))
    assert mismatch(tmp_path) == Place(path.name, 1)


@pytest.mark.parametrize(
    "body", [b'{"cut":7}', b'{"cut":{"a":1}}', b"[]", b'{"a":' + b"[" * 9_000 + b"}", b'{"a":\xff}']
)
def test_lines_of_another_making_with_right_hashes_break_nothing(log: AuditLog, tmp_path: Path, body: bytes) -> None:
    log.write(entry())
    (path,) = files(tmp_path)
    own = hashlib.sha256(intact(tmp_path).head.encode() + body).hexdigest()
    path.write_bytes(path.read_bytes() + body[:-1] + b',"hash":"' + own.encode() + b'"}\n')
    verify(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"asked", b"other"))
    assert mismatch(tmp_path) == Place(path.name, 2)


# Crashes.


@pytest.mark.parametrize("next_day", [False, True])
def test_a_line_that_a_crash_cut_anywhere_is_no_tampering_and_the_log_goes_on(
    log: AuditLog, tmp_path: Path, clock: Clock, next_day: bool
) -> None:
    log.write(entry("first"))
    log.write(entry("second"))
    (path,) = files(tmp_path)
    written = path.read_bytes()
    last = written.rindex(b"\n", 0, -1) + 1
    for length in (last + 1, last + 40, len(written) - 30, len(written) - 2):
        for stale in files(tmp_path):
            stale.unlink()
        path.write_bytes(written[:length])
        assert intact(tmp_path).cut == (Place(path.name, 3),)
        again = AuditLog(tmp_path, Clock(clock.now + timedelta(days=next_day)))
        again.write(entry("third"))
        again.write(entry("fourth"))
        assert intact(tmp_path).cut == (Place(path.name, 3),), length
        lines = b"".join(each.read_bytes() for each in files(tmp_path))
        assert lines.count(b'"action":"third"') == 1
        what_is_left = written[last:length]
        assert what_is_left in lines, "nothing is taken out of the log"


def test_a_whole_line_without_its_newline_is_a_line(log: AuditLog, tmp_path: Path) -> None:
    log.write(entry("first"))
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    assert intact(tmp_path).lines == 2
    AuditLog(tmp_path, Clock()).write(entry("second"))
    assert intact(tmp_path) == replace(intact(tmp_path), lines=3, cut=())
    assert actions(tmp_path) == ["first", "second"]


def test_a_crash_in_the_first_line_of_a_day_and_another_after_it(log: AuditLog, tmp_path: Path, clock: Clock) -> None:
    log.write(entry("first"))
    first = files(tmp_path)[0]
    first.write_bytes(first.read_bytes() + b'{"when":"2026-1')
    clock.turn_on(days=1)
    second = tmp_path / "audit" / "2026-11-24.jsonl"
    second.write_bytes(b'{"when":"20')
    assert [place.file for place in intact(tmp_path).cut] == [first.name, second.name]
    AuditLog(tmp_path, clock).write(entry("second"))
    assert intact(tmp_path).cut == (Place(first.name, 3), Place(second.name, 1))
    clock.turn_on(days=1)
    (tmp_path / "audit" / "2026-11-25.jsonl").touch()
    AuditLog(tmp_path, clock).write(entry("third"))
    assert intact(tmp_path).lines == 6


def test_a_crash_is_not_an_excuse_for_a_hand(log: AuditLog, tmp_path: Path) -> None:
    log.write(entry("first"))
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    AuditLog(tmp_path, Clock()).write(entry("second"))
    lines = path.read_bytes().splitlines(keepends=True)
    assert json.loads(lines[2])["action"] == "audit log continued"
    intact(tmp_path)
    path.write_bytes(b"".join([lines[0], b"another remainder\n", *lines[2:]]))
    assert mismatch(tmp_path) == Place(path.name, 2)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    assert mismatch(tmp_path) == Place(path.name, 2)


def test_a_last_line_that_was_changed_stays_found_when_the_log_goes_on(log: AuditLog, tmp_path: Path) -> None:
    for number in range(3):
        log.write(entry(f"asked {number}"))
    (path,) = files(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    for last in (b"nothing at all\n", lines[-1].replace(b"allowed", b"refused")):
        path.write_bytes(b"".join([*lines[:-1], last]))
        assert mismatch(tmp_path) == Place(path.name, 4)
        AuditLog(tmp_path, Clock()).write(entry("later"))
        assert mismatch(tmp_path) == Place(path.name, 4)


WRITES_UNTIL_KILLED = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from ui.audit.auditlog import AuditLog
from ui.audit.entry import Entry
log = AuditLog(Path(sys.argv[1]))
number = 0
while True:
    log.write(Entry(datetime.now(UTC), "user:alice", f"{number}", "allowed", question="x" * 4000))
    number += 1
    if number == 20:
        print("writing", flush=True)
"""


def test_a_server_that_is_killed_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    for _ in range(2):
        running = subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stdout.readline() == b"writing\n"
        running.kill()
        assert running.wait(60) == -signal.SIGKILL
        running.stdout.close()
        intact(tmp_path)
    AuditLog(tmp_path).write(entry("after"))
    intact(tmp_path)
    assert actions(tmp_path)[-1] == "after"
    assert len(told(tmp_path)) > 40


# Many at once.


WRITES_IN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, UTC
from pathlib import Path
from ui.audit.auditlog import AuditLog
from ui.audit.entry import Entry
log = AuditLog(Path(sys.argv[1]))
def write(thread):
    for number in range(20):
        log.write(Entry(datetime.now(UTC), "user:alice", f"{sys.argv[2]}-{thread}-{number}", "allowed"))
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    list(pool.map(write, range(4)))
"""


def test_threads_and_processes_write_one_chain(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES_IN_THREADS, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        for name in "ab"
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write(b"\n")
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    intact(tmp_path)
    found = actions(tmp_path)
    assert sorted(map(str, found)) == sorted(f"{n}-{t}-{i}" for n in "ab" for t in range(4) for i in range(20))
    of_one = [each for each in found if str(each).startswith("a-0-")]
    assert of_one == [f"a-0-{number}" for number in range(20)], "each writer's lines stand in their order"


def test_processes_that_take_turns_go_over_midnight_together(tmp_path: Path, clock: Clock) -> None:
    logs = [AuditLog(tmp_path, clock) for _ in range(2)]
    for number in range(12):
        logs[number % 2].write(entry(f"{number}"))
        clock.turn_on(hours=-7 if number in (3, 4) else 5)  # the clock is also put back once, over midnight
    intact(tmp_path)
    assert actions(tmp_path) == [f"{number}" for number in range(12)]


# Where nothing can be written.


@contextmanager
def full_disk(path: Path | None = None, left: int = 0) -> Iterator[None]:
    """No file can grow beyond the size of this one and so many bytes; without one, none can be written to at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + left if path else 0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditlog, "TRIES_EVERY", 0.0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("left", [0, 50])
def test_a_full_disk_stops_requests_and_loses_nothing(
    log: AuditLog, tmp_path: Path, caplog: pytest.LogCaptureFixture, left: int
) -> None:
    log.write(entry("before"))
    (path,) = files(tmp_path)
    assert log.ready()
    with full_disk(path, left):
        log.write(entry("under way"))
        assert not log.ready()
        log.write(entry("under way too"))
        with pytest.raises(AuditFailed, match=r"cannot be written \(File too large\); see to its disk"):
            log.require()
        assert intact(tmp_path).cut == (), "what did not fit was taken back"
    assert "requests are refused until it can be" in caplog.text
    assert log.ready()
    log.require()
    intact(tmp_path)
    assert actions(tmp_path) == ["before", "under way", "under way too"]


@pytest.mark.usefixtures("at_once")
def test_a_disk_without_room_for_anything_leaves_no_lock_behind(log: AuditLog, tmp_path: Path) -> None:
    with full_disk():
        log.write(entry("first"))
        assert not log.ready()
    assert log.ready()
    intact(tmp_path)
    assert actions(tmp_path) == ["first"]


def test_a_lock_is_held_where_its_holder_cannot_be_written_down(tmp_path: Path) -> None:
    with full_disk(), FileLock(tmp_path / "lock") as lock:
        assert lock.acquire()
        assert not FileLock(tmp_path / "lock").acquire()
        assert lock.holder() == "unknown"
    with FileLock(tmp_path / "lock") as lock:
        assert lock.acquire()


@pytest.mark.usefixtures("at_once")
def test_what_no_memory_holds_either_goes_to_the_servers_log(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(auditlog, "KEPT", 3)
    log.write(entry("before"))
    with full_disk(files(tmp_path)[0]):
        for number in range(5):
            log.write(entry(f"{number}"))
    assert 'the audit log misses: {"when":"2026-11-23T12:00:00.000000Z","who":"user:alice","action":"4"' in caplog.text
    assert log.ready()
    assert actions(tmp_path) == ["before", "0", "1", "2"]
    last = json.loads(files(tmp_path)[0].read_bytes().splitlines()[-1])
    assert (last["action"], last["lines"]) == ("audit log missed", 2)
    intact(tmp_path)


def test_it_is_not_tried_at_each_request(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(auditlog, "TRIES_EVERY", 1e9)
    log.write(entry("before"))
    with full_disk(files(tmp_path)[0]):
        for number in range(5):
            log.write(entry(f"{number}"))
        assert [log.ready() for _ in range(50)] == [False] * 50
    assert caplog.text.count("cannot be written") == 1
    log.require()
    assert actions(tmp_path) == ["before", "0", "1", "2", "3", "4"]


@pytest.mark.usefixtures("at_once")
def test_a_writer_that_never_lets_go_stops_requests(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(auditlog, "WAITS", 0.02)
    with FileLock(tmp_path / "audit.lock") as lock:
        assert lock.acquire()
        log.write(entry("under way"))
        assert not log.ready()
        assert f"process {os.getpid()} does not let go" in caplog.text
    assert log.ready()
    assert actions(tmp_path) == ["under way"]


def test_what_stands_in_the_folders_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("in the way")
    log = AuditLog(tmp_path)
    log.write(entry())
    assert not log.ready()
    with pytest.raises(AuditFailed, match="cannot be written"):
        log.require()
    with pytest.raises(AuditFailed, match="cannot be read"):
        verify(tmp_path)


def test_a_library_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "gone")
    log.write(entry())
    assert not log.ready()
    assert not (tmp_path / "gone").exists()


def test_no_link_is_followed(log: AuditLog, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    (tmp_path / "elsewhere").touch()
    (tmp_path / "audit" / "2026-11-23.jsonl").symlink_to(tmp_path / "elsewhere")
    log.write(entry())
    assert not log.ready()
    assert (tmp_path / "elsewhere").read_bytes() == b""


# Old files.


def test_old_files_are_removed_whole_and_the_chain_holds(three_days: Path, clock: Clock) -> None:
    log = AuditLog(three_days, clock)
    noted = intact(three_days).head
    assert log.prune(NOON.date()) == 0
    assert len(files(three_days)) == 3
    assert log.prune((NOON + timedelta(days=2)).date()) == 2
    assert [path.name for path in files(three_days)] == ["2026-11-25.jsonl", "2026-11-26.jsonl"]
    intact(three_days)
    said = json.loads(files(three_days)[1].read_bytes().splitlines()[-1])
    assert (said["action"], said["removed"]) == ("audit log pruned", ["2026-11-23.jsonl", "2026-11-24.jsonl"])
    log.write(entry("later"))
    assert verify(three_days, noted).mismatch is None
    clock.turn_on(days=30)
    log.write(entry("much later"))
    assert log.prune(clock.now.date()) == 2
    assert intact(three_days).files == 1
    assert actions(three_days) == ["much later"]


def test_the_newest_file_stays_however_old(log: AuditLog, tmp_path: Path, clock: Clock) -> None:
    log.write(entry("first"))
    clock.turn_on(days=400)
    assert log.prune(clock.now.date()) == 0
    assert actions(tmp_path) == ["first"]


def test_where_there_is_no_log_yet_nothing_is_pruned(log: AuditLog, clock: Clock) -> None:
    assert log.prune(clock.now.date()) == 0


def test_what_retention_did_not_remove_is_missed(three_days: Path, clock: Clock) -> None:
    log = AuditLog(three_days, clock)
    log.prune((NOON + timedelta(days=1)).date())
    intact(three_days)
    files(three_days)[0].unlink()
    assert mismatch(three_days) == Place(files(three_days)[0].name, 1)


def test_another_process_that_pruned_is_no_hand(three_days: Path, clock: Clock) -> None:
    idle = AuditLog(three_days, clock)
    idle.write(entry("before"))
    clock.turn_on(days=5)
    busy = AuditLog(three_days, clock)
    busy.write(entry("meanwhile"))
    assert busy.prune(clock.now.date()) == 4
    idle.write(entry("after"))
    intact(three_days)
    assert actions(three_days)[-2:] == ["meanwhile", "after"]


def test_pruning_that_fails_says_so_and_removes_nothing_unsaid(three_days: Path, clock: Clock) -> None:
    log = AuditLog(three_days, clock)
    with full_disk(), pytest.raises(AuditFailed, match=r"cannot be pruned .*File too large"):
        log.prune(clock.now.date())
    assert len([path for path in files(three_days) if path.stat().st_size]) == 3
    intact(three_days)
