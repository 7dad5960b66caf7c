"""Files that are sent over the wire: to the disk as they come, not larger and not slower than they may be."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.keeping import BYTES, LIBRARY, Served, kept
from tests.served import serving
from ui import bodies

KEEPS = {"x-as": "ann", "x-groups": "keepers"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with kept(tmp_path, largest=3_000_000) as found:
        yield found


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with serving(lambda: served.app) as found:
        yield found


def arriving(served: Served) -> list[int]:
    folder = served.library.folder / "added" / ".arriving"
    sizes: list[int] = []
    for path in folder.iterdir() if folder.exists() else ():
        with suppress(FileNotFoundError):  # it goes while it is looked at
            sizes.append(path.stat().st_size)
    return sizes


def until(holds: Callable[[], bool]) -> None:
    """Wait for what happens in another thread, for as long as a test may take."""
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it did not come to that")


def post(address: str, content: bytes | Iterable[bytes]) -> httpx2.Response:
    return httpx2.post(
        f"{address}{LIBRARY}/files?name=a.txt",
        content=content,
        headers=KEEPS | BYTES,
        trust_env=False,
    )


@contextmanager
def sending(address: str, path: str, *, length: int, **headers: str) -> Iterator[socket.socket]:
    """A request whose body the test sends by itself."""
    parts = urlsplit(address)
    lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in (KEEPS | BYTES | headers).items()]
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as made:
        made.sendall("\r\n".join([*lines, "", ""]).encode())
        yield made


def test_a_file_is_on_the_disk_before_it_is_all_there(served: Served, address: str) -> None:
    text = b"The harbour took in forty ships in May." + b" " * 2_000_000
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=len(text)) as sent:
        sent.sendall(text[:1_500_000])
        until(lambda: sum(arriving(served)) > 1_000_000)
        sent.sendall(text[1_500_000:])
        assert b" 202 " in sent.recv(100)
    job = served.keeper.jobs.all()[0]
    assert served.ended(job.id)["state"] == "done"
    assert (served.library.folder / "added" / "a.txt").read_bytes() == text
    assert arriving(served) == []


@pytest.mark.parametrize("said", [True, False])
def test_a_file_that_is_too_large_is_refused_and_nothing_of_it_kept(served: Served, address: str, said: bool) -> None:
    data = b"x" * 3_000_001
    told = post(address, data if said else iter([data[:2_000_000], data[2_000_000:]]))
    assert told.status_code == 413
    assert told.json()["error"] == "The file is larger than 3,000,000 bytes; add a smaller one."
    assert told.headers["connection"] == "close"
    assert arriving(served) == []
    assert served.keeper.jobs.all() == ()


def test_who_leaves_in_the_middle_leaves_nothing(served: Served, address: str) -> None:
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=2_000_000) as sent:
        sent.sendall(b"x" * 500_000)
        until(lambda: sum(arriving(served)) > 100_000)
    until(lambda: arriving(served) == [])
    assert served.keeper.jobs.all() == ()


def test_a_file_that_stops_coming_is_not_waited_for(
    served: Served, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SLOWEST_PART", 0.1)
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=2_000_000) as sent:
        sent.sendall(b"x" * 1_000)
        assert b" 408 " in sent.recv(100)
    assert arriving(served) == []
    monkeypatch.setattr(bodies, "SLOWEST_PART", 30.0)
    monkeypatch.setattr(bodies, "SLOWEST_FILE", 0.2)
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=2_000_000) as sent:
        with suppress(OSError):
            for _ in range(100):
                sent.sendall(b"x")
                time.sleep(0.01)
        assert b" 408 " in sent.recv(100)


def test_whoever_may_not_add_is_told_before_anything_is_read(served: Served, address: str) -> None:
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=2_000_000, **{"x-groups": "press"}) as sent:
        assert b" 403 " in sent.recv(100)
    with sending(address, f"{LIBRARY}/files?name=a.exe", length=2_000_000) as sent:
        assert b" 400 " in sent.recv(100)
    assert arriving(served) == []


def test_only_a_file_may_be_that_large(served: Served, address: str) -> None:
    body = '{"url": "' + "x" * bodies.LARGEST_BODY + '"}'
    for path in (f"{LIBRARY}/urls", "/api/v1/check"):
        told = httpx2.post(
            address + path, content=body, headers=KEEPS | {"content-type": "application/json"}, trust_env=False
        )
        assert told.status_code == 413


def test_many_files_at_once_are_told_to_wait(served: Served, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.library.receiving.AT_ONCE", 1)
    with sending(address, f"{LIBRARY}/files?name=a.txt", length=2_000) as sent:
        sent.sendall(b"x" * 1_000)
        until(lambda: sum(arriving(served)) > 0)
        told = post(address, b"The ferry sails at noon.")
        assert told.status_code == 503
        assert "too many files come at once" in told.json()["error"]
        assert int(told.headers["retry-after"]) > 0
        sent.sendall(b"x" * 1_000)
        assert b" 202 " in sent.recv(100)
    assert post(address, b"The ferry sails at noon.").status_code == 202
