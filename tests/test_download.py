"""A download goes on where it was left, from whoever has the file, and counts only when its hash is right."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import LocalModelError
from rag.local.download import FRUITLESS, Patience, Wanted, below, fetch, sha256_of
from tests.fileserver import FileServer, file_server

DATA = random.Random(7).randbytes(300_000)
HASH = hashlib.sha256(DATA).hexdigest()
AT_ONCE = Patience(seconds=5.0, pause=0.0)
ROOT = Path(__file__).parent.parent


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server(DATA) as held:
        yield held


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.gguf"


def part_of(to: Path, content: bytes) -> Path:
    part = to.with_name(f"{to.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content)
    return part


def wanted(*sources: str, size: int | None = len(DATA)) -> Wanted:
    return Wanted(HASH, size, sources)


def refusal(to: Path, what: Wanted, patience: Patience = AT_ONCE) -> str:
    with pytest.raises(LocalModelError) as caught:
        fetch(what, to, patience=patience)
    assert not to.exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def left(to: Path) -> list[str]:
    return sorted(path.name for path in to.parent.iterdir())


class Told:
    """Keeps what a watcher is told, and can press Control-C when so much is there."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.events: list[tuple[str, int]] = []
        self.hosts: list[str] = []
        self.stop_at = stop_at

    def source(self, host: str, have: int, size: int | None) -> None:
        self.hosts.append(host)
        self.events.append(("source", have))

    def grown(self, have: int) -> None:
        self.events.append(("grown", have))
        if self.stop_at is not None and have >= self.stop_at:
            raise KeyboardInterrupt

    def checking(self) -> None:
        self.events.append(("checking", 0))


def test_a_file_arrives_under_its_name_and_leaves_nothing_else(server: FileServer, to: Path) -> None:
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert left(to) == ["model.gguf"]
    assert server.asked == [("/model.gguf", None)]


def test_what_is_here_already_is_not_fetched_again(server: FileServer, to: Path) -> None:
    part_of(to, DATA[:100_000])
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [100_000]
    assert server.sent == 200_000


def test_a_part_that_is_whole_is_only_checked(server: FileServer, to: Path) -> None:
    part_of(to, DATA)
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked == []


def test_a_source_that_breaks_off_is_asked_for_the_rest(server: FileServer, to: Path) -> None:
    server.cuts = [50_000, 1, 120_000]
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0, 50_000, 50_001, 170_001]
    assert server.sent == len(DATA)


def test_a_source_that_brings_nothing_three_times_is_left_for_the_next(server: FileServer, to: Path) -> None:
    with file_server(DATA) as other:
        server.cuts = [10_000, 0, 0, 0, 0, 0, 0]
        fetch(wanted(server.url(), other.url()), to, patience=AT_ONCE)
        assert to.read_bytes() == DATA
        assert len(server.asked) == 1 + FRUITLESS
        assert other.asked_from == [10_000]


def test_a_source_without_ranges_costs_nothing_of_what_is_here(server: FileServer, to: Path) -> None:
    server.ranges = False
    server.cuts = [60_000]
    part = part_of(to, DATA[:100_000])
    refused = Wanted(HASH, len(DATA), (server.url(),))
    told = Told()
    fetch(refused, to, told, AT_ONCE)
    assert to.read_bytes() == DATA
    assert not part.exists()
    assert min(have for kind, have in told.events if kind == "grown") >= 100_000


def test_a_source_without_ranges_that_breaks_off_goes_on_from_the_beginning(server: FileServer, to: Path) -> None:
    server.ranges = False
    server.cuts = [200_000, 250_000]
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.sent == 200_000 + 250_000 + len(DATA)


def test_a_wrong_file_is_thrown_away_and_its_source_named(server: FileServer, to: Path) -> None:
    server.data = DATA[:-1] + bytes([DATA[-1] ^ 1])
    message = refusal(to, wanted(server.url()))
    assert f"127.0.0.1:{server.port} has another file than the one meant" in message
    assert hashlib.sha256(server.data).hexdigest()[:12] in message
    assert left(to) == []
    assert len(server.asked) == 1


def test_the_next_source_is_tried_after_a_wrong_file(server: FileServer, to: Path) -> None:
    with file_server(bytes(len(DATA))) as liar:
        fetch(wanted(liar.url(), server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0]


def test_a_wrong_beginning_that_lay_here_is_not_blamed_on_the_source(server: FileServer, to: Path) -> None:
    part_of(to, bytes(100_000))
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [100_000, 0]


def test_a_whole_but_wrong_part_is_fetched_anew(server: FileServer, to: Path) -> None:
    part_of(to, bytes(len(DATA)))
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0]


def test_a_part_longer_than_the_file_is_of_no_use(server: FileServer, to: Path) -> None:
    part_of(to, DATA + b"more")
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_source_that_refuses_is_asked_once(server: FileServer, to: Path, status: int) -> None:
    with file_server(DATA) as other:
        server.statuses = [status] * 9
        fetch(wanted(server.url(), other.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_source_in_trouble_is_asked_again(server: FileServer, to: Path, status: int) -> None:
    server.statuses = [status, status]
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert len(server.asked) == 3


def test_what_came_is_kept_when_every_source_fails(server: FileServer, to: Path) -> None:
    server.cuts = [123_000]
    server.statuses = []
    with pytest.raises(KeyboardInterrupt):
        fetch(wanted(server.url()), to, Told(stop_at=60_000), AT_ONCE)
    kept = to.with_name("model.gguf.part").stat().st_size
    server.statuses = [404, 404]
    message = refusal(to, wanted(server.url(), server.url("/other")))
    assert "answers 404" in message
    assert "are kept" in message
    assert to.with_name("model.gguf.part").stat().st_size == kept > 0


def test_a_source_that_is_not_there_is_named(to: Path, server: FileServer) -> None:
    port = server.port
    with file_server() as gone:
        nowhere = gone.url()
    message = refusal(to, wanted(nowhere))
    assert "cannot be reached" in message
    assert "see to the connection and try again" in message
    assert left(to) == []
    assert port not in (0, None)


def test_a_redirect_keeps_the_range(server: FileServer, to: Path) -> None:
    part_of(to, DATA[:40_000])
    server.moved = {"/resolve/model.gguf": server.url("/stored/abc")}
    fetch(wanted(server.url("/resolve/model.gguf")), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked == [("/resolve/model.gguf", "bytes=40000-"), ("/stored/abc", "bytes=40000-")]


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,hello"])
def test_a_redirect_leads_nowhere_but_to_the_web(server: FileServer, to: Path, elsewhere: str) -> None:
    server.moved = {"/model.gguf": elsewhere}
    refusal(to, wanted(server.url()))
    assert left(to) == []


def test_a_ring_of_redirects_ends(server: FileServer, to: Path) -> None:
    server.moved = {"/a": server.url("/b"), "/b": server.url("/a")}
    refusal(to, wanted(server.url("/a")))
    assert len(server.asked) < 30


@pytest.mark.parametrize("source", ["file:///etc/passwd", "/etc/passwd", "ftp://127.0.0.1/x", "data:,x", ""])
def test_nothing_but_the_web_is_opened(to: Path, source: str) -> None:
    assert "begin it with https://" in refusal(to, wanted(source))


def test_a_page_that_asks_to_log_in_is_no_model(server: FileServer, to: Path) -> None:
    part_of(to, DATA[:5_000])
    server.data, server.ranges = b"<html>Please log in</html>", False
    assert f"has a file of 26 bytes, not of {len(DATA)}" in refusal(to, wanted(server.url()))
    assert to.with_name("model.gguf.part").read_bytes() == DATA[:5_000]


def test_a_shorter_file_is_another_file(server: FileServer, to: Path) -> None:
    part_of(to, DATA[:5_000])
    server.data = DATA[:4_000]
    assert "has a shorter file than the one meant" in refusal(to, wanted(server.url()))
    assert to.with_name("model.gguf.part").read_bytes() == DATA[:5_000]


def test_a_source_that_never_ends_is_stopped(server: FileServer, to: Path) -> None:
    server.data, server.honest_length = DATA * 3, False
    assert f"sends more than the {len(DATA)} bytes" in refusal(to, wanted(server.url()))


def test_an_answer_without_a_length_is_taken(server: FileServer, to: Path) -> None:
    server.honest_length = False
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA


def test_an_answer_without_a_length_that_breaks_off_is_noticed(server: FileServer, to: Path) -> None:
    server.honest_length, server.cuts = False, [1_000]
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0, 1_000]


def test_another_range_than_the_one_asked_for_is_refused(server: FileServer, to: Path) -> None:
    part_of(to, DATA[:5_000])
    server.shift = 10
    assert "another part than the one asked for" in refusal(to, wanted(server.url()))
    assert to.with_name("model.gguf.part").read_bytes() == DATA[:5_000]


def test_a_source_that_falls_silent_is_asked_again(server: FileServer, to: Path) -> None:
    server.stall = 1.0
    server.a_piece = 10_000
    began = time.monotonic()
    told = Told()

    def alive_again() -> None:
        server.stall = 0.0

    told.source = lambda host, have, size: alive_again() if have else None  # type: ignore[method-assign]
    fetch(wanted(server.url()), to, told, Patience(seconds=0.3, pause=0.0))
    assert to.read_bytes() == DATA
    assert len(server.asked) >= 2
    assert server.asked_from[1] > 0
    assert time.monotonic() - began < 60


def test_a_file_of_unknown_length_is_taken_by_its_hash(server: FileServer, to: Path) -> None:
    fetch(wanted(server.url(), size=None), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA


def test_a_whole_part_of_unknown_length_is_recognised(server: FileServer, to: Path) -> None:
    part_of(to, DATA)
    fetch(wanted(server.url(), size=None), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.sent == 0


def test_control_c_keeps_what_has_come_and_the_next_try_goes_on(server: FileServer, to: Path) -> None:
    server.a_piece = 10_000
    with pytest.raises(KeyboardInterrupt):
        fetch(wanted(server.url()), to, Told(stop_at=100_000), AT_ONCE)
    kept = to.with_name("model.gguf.part").read_bytes()
    assert len(kept) >= 100_000
    assert kept == DATA[: len(kept)]
    assert not to.exists()
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0, len(kept)]


def test_a_process_killed_in_the_middle_costs_only_what_was_on_its_way(server: FileServer, to: Path) -> None:
    server.a_piece, server.pause = 5_000, 0.02
    code = (
        "import sys; from pathlib import Path; from rag.local.download import Wanted, fetch; "
        f"fetch(Wanted({HASH!r}, {len(DATA)}, ({server.url()!r},)), Path(sys.argv[1]))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(to)], cwd=ROOT)
    part = to.with_name("model.gguf.part")
    while not part.exists() or part.stat().st_size < 50_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = part.stat().st_size
    assert part.read_bytes() == DATA[:kept]
    assert not to.exists()
    server.pause = 0.0
    fetch(wanted(server.url()), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked_from == [0, kept]


def test_two_at_once_do_not_mix_their_pieces(server: FileServer, to: Path) -> None:
    inner: list[str] = []

    class Second(Told):
        def grown(self, have: int) -> None:
            if not inner:
                with pytest.raises(LocalModelError) as caught:
                    fetch(wanted(server.url()), to, patience=AT_ONCE)
                inner.append(str(caught.value))

    fetch(wanted(server.url()), to, Second(), AT_ONCE)
    assert inner == ["another process is fetching model.gguf; wait for it to end"]
    assert to.read_bytes() == DATA
    assert len(server.asked) == 1


def test_a_full_disk_is_told_before_anything_is_sent(
    server: FileServer, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 9, 1000))
    message = refusal(to, wanted(server.url()))
    assert "make room" in message
    assert "0.3 GB are needed" in message
    assert left(to) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(LocalModelError, match="cannot be written"):
        fetch(wanted(server.url()), tmp_path / "models" / "model.gguf")
    assert server.asked == []


def test_a_watcher_hears_of_sources_growth_and_the_check_in_order(server: FileServer, to: Path) -> None:
    server.cuts = [50_000]
    told = Told()
    fetch(wanted(server.url()), to, told, AT_ONCE)
    kinds = [kind for kind, _ in told.events]
    grown = [have for kind, have in told.events if kind == "grown"]
    assert kinds[0] == "source"
    assert kinds[-1] == "checking"
    assert kinds.count("source") == 2
    assert ("source", 50_000) in told.events
    assert grown == sorted(set(grown))
    assert grown[-1] == len(DATA)
    assert set(told.hosts) == {f"127.0.0.1:{server.port}"}


def test_the_proxy_of_the_environment_is_used(server: FileServer, to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    fetch(wanted("http://models.example/model.gguf"), to, patience=AT_ONCE)
    assert to.read_bytes() == DATA
    assert server.asked == [("http://models.example/model.gguf", None)]


def test_a_password_in_an_address_is_not_shown(server: FileServer, to: Path) -> None:
    message = refusal(to, wanted(f"http://me:secret@127.0.0.1:{server.port}/model.gguf"))
    assert "leave that out" in message
    assert "secret" not in message
    assert server.asked == []


def test_a_mirror_has_the_same_files_below_its_address() -> None:
    sources = ("https://hub.example/a/b/resolve/1/f.gguf", "https://other.example/a/b/resolve/1/f.gguf")
    assert below(sources, None) == sources
    assert below(sources, "http://mirror.example/hub/") == ("http://mirror.example/hub/a/b/resolve/1/f.gguf",)


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(DATA)
    assert sha256_of(path) == HASH


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, len(DATA)),
    cuts=st.lists(st.integers(1, 150_000), max_size=4),
    ranges=st.booleans(),
    known=st.booleans(),
)
def test_however_it_is_cut_the_file_becomes_whole(
    server: FileServer, tmp_path: Path, start: int, cuts: list[int], ranges: bool, known: bool
) -> None:
    to = tmp_path / f"{len(list(tmp_path.iterdir()))}.gguf"
    part_of(to, DATA[:start])
    server.cuts, server.ranges = list(cuts), ranges
    fetch(wanted(server.url(), size=len(DATA) if known else None), to, patience=AT_ONCE)
    server.cuts = []
    assert to.read_bytes() == DATA
