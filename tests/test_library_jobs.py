"""The queue of changes to a library: in order, one at a time, bounded; a failure is a sentence, and stopping loses
nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import EmbedderUnavailable, LibraryBusy, LibraryError
from index.principal import LOCAL
from index.sync_report import FileResult
from tests.keeping import Served, kept
from ui.caller import Caller
from ui.library import jobs
from ui.library.job import FILES, Job, Standing
from ui.library.jobs import LISTED, LONGEST_QUEUE, Jobs, QueueFull

ME = Caller(LOCAL, "loopback")


@pytest.fixture
def queue() -> Iterator[Jobs]:
    made = Jobs(lambda job: None)
    yield made
    made.close()


def over(job: Job) -> Standing:
    steps = [step for step in job.steps() if isinstance(step, Standing)]
    return steps[-1]


def nothing(job: Job) -> str | None:
    return None


def test_jobs_are_done_in_their_order_by_one(queue: Jobs) -> None:
    done: list[str] = []
    threads: set[int] = set()

    def work(job: Job) -> str | None:
        done.append(job.name)
        threads.add(threading.get_ident())
        return f"{job.name} is there"

    every = [queue.add("files", str(number), ME, work) for number in range(20)]
    assert [over(job).told for job in every] == [f"{number} is there" for number in range(20)]
    assert done == [str(number) for number in range(20)]
    assert len(threads) == 1
    assert [job.name for job in queue.all()] == [str(number) for number in reversed(range(20))]


def test_what_fails_is_a_sentence_and_the_next_goes_on(queue: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    def fails(job: Job) -> str | None:
        raise LibraryError("the disk is full; make room")

    def breaks(job: Job) -> str | None:
        raise RuntimeError("a secret")

    first, second, third = (queue.add("sync", "", ME, work) for work in (fails, breaks, nothing))
    assert (over(first).state, first.failure) == ("failed", "the disk is full; make room")
    assert over(second).state == "failed"
    assert "secret" not in str(second.failure)
    assert "the server's log has it" in str(second.failure)
    assert "a secret" in caplog.text
    assert (over(third).state, third.failure) == ("done", None)


def test_the_queue_has_an_end(queue: Jobs) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def waits(job: Job) -> str | None:
        begun.set()
        go_on.wait(10)
        return None

    first = queue.add("sync", "", ME, waits)
    assert begun.wait(5)
    for _ in range(LONGEST_QUEUE):
        last = queue.add("sync", "", ME, nothing)
    for refused in (queue.require_room, lambda: queue.add("sync", "", ME, nothing)):
        with pytest.raises(QueueFull, match="too much waits"):
            refused()
    go_on.set()
    assert over(first).state == over(last).state == "done"


def test_the_last_that_are_over_are_listed(queue: Jobs) -> None:
    for number in range(LISTED + 30):
        over(queue.add("sync", str(number), ME, nothing))
    listed = queue.all()
    assert LISTED <= len(listed) <= LISTED + 1
    assert listed[0].name == str(LISTED + 29)
    assert queue.find(listed[0].id) is listed[0]
    assert queue.find("none") is None


def test_a_busy_library_is_waited_for(queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TRIES_EVERY", 0.01)
    tries: list[int] = []

    def change() -> str:
        tries.append(1)
        if len(tries) < 4:
            raise LibraryBusy("process 7 is writing; wait")
        return "it is in"

    job = queue.add("sync", "", ME, lambda job: queue.when_free(job, change))
    seen = [(step.state, step.told) for step in job.steps() if isinstance(step, Standing)]
    assert seen[-1] == ("done", "it is in")
    assert len(tries) == 4


def test_a_watcher_hears_of_every_file_and_of_the_end(queue: Jobs) -> None:
    go_on = threading.Event()

    def work(job: Job) -> str | None:
        job.found(700)
        for number in range(600):
            job.done(FileResult(f"{number}.txt", None, "added"))
        job.done(FileResult("same.txt", None, "unchanged"))
        go_on.wait(10)
        job.done(FileResult("last.txt", None, "removed"))
        return None

    job = queue.add("sync", "", ME, work)
    heard: list[object] = []
    for step in job.steps():
        heard.append(step)
        if len(heard) == 5:
            go_on.set()
    names = [step.name for step in heard if isinstance(step, FileResult)]
    assert names[-1] == "last.txt"
    assert len(names) == len(set(names))
    assert FILES <= len(names) <= 601
    last = heard[-1]
    assert isinstance(last, Standing)
    assert (last.state, last.total, last.done) == ("done", 700, 602)
    assert job.counts == {"added": 600, "unchanged": 1, "removed": 1}
    assert len(job.files) == FILES


def test_a_watcher_who_waits_is_heard_from(queue: Jobs) -> None:
    go_on = threading.Event()

    def waits(job: Job) -> str | None:
        go_on.wait(10)
        return None

    steps = queue.add("sync", "", ME, waits).steps()
    assert isinstance(next(steps), Standing)
    assert next(steps) is None
    go_on.set()
    *_, last = steps
    assert isinstance(last, Standing)
    assert last.state == "done"


def test_stopping_lets_watchers_go_and_takes_no_more(queue: Jobs) -> None:
    begun = threading.Event()

    def goes_on(job: Job) -> str | None:
        begun.set()
        while True:
            job.embedded(1)
            threading.Event().wait(0.005)

    job, next_one = queue.add("sync", "", ME, goes_on), queue.add("sync", "", ME, nothing)
    assert begun.wait(5)
    watching = next_one.steps()
    next(watching)
    queue.stop()
    list(watching)
    queue.close()
    assert job.failure == jobs.STOPPED
    assert next_one.standing.state == "waiting"
    with pytest.raises(QueueFull):
        queue.add("sync", "", ME, nothing)


def test_a_sync_that_is_stopped_keeps_what_it_did_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the server stops in the middle of a file: nothing of it is half there, and nothing before it is lost."""
    monkeypatch.setattr("index.sync.FEWEST", 1)
    monkeypatch.setattr("index.sync.MOST", 1)
    texts = {f"brief{number}": f"The crane {number} of the harbour is tall." for number in range(6)}
    with kept(tmp_path) as served:
        folder = served.synced(first="The harbour is full.")
        served.written(**texts)
        served.embedder.began.clear()
        served.embedder.may_go_on.clear()
        job = served.job(served.sent("/sync", {}))
        assert served.embedder.began.wait(5)
        served.keeper.jobs.stop()
        served.embedder.may_go_on.set()
        served.keeper.jobs.close()
        assert job.failure == jobs.STOPPED
        assert served.get()["counts"]["searchable"] < 7
        assert served.keeps.post("/api/v1/library/sync", json={}).status_code == 503
    with kept(tmp_path) as served:
        assert folder.is_dir()
        assert ended(served)["counts"]["added"] <= 6
        assert served.get()["counts"]["searchable"] == 7


def ended(served: Served) -> dict[str, dict[str, int]]:
    return served.ended(served.sent("/sync", {}))


def test_where_nothing_can_be_embedded_nothing_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept(tmp_path) as served:
        served.ended(served.file("a.txt"))
        before = served.get()["documents"]

        def fails(texts: object) -> object:
            raise EmbedderUnavailable("the embedder does not answer; see to it")

        monkeypatch.setattr(served.embedder, "embed_documents", fails)
        job = served.ended(served.file("b.txt", b"Of the ferry."))
        assert (job["state"], job["reason"]) == ("failed", "the embedder does not answer; see to it")
        assert served.get()["documents"] == before
        assert not (served.library.folder / "added" / "b.txt").exists()


def test_an_empty_folder_of_added_files_is_no_fault(tmp_path: Path) -> None:
    with kept(tmp_path) as served:
        served.ended(served.file("a.txt"))
        id = served.get()["documents"][0]["id"]
        served.ended(served.keeps.delete(f"/api/v1/library/documents/{id}").json()["job"])
        assert served.ended(served.sent("/sync", {"prune": True}))["counts"] == {}


def test_a_file_that_is_stopped_at_leaves_nothing(tmp_path: Path) -> None:
    with kept(tmp_path) as served:
        served.embedder.may_go_on.clear()
        job = served.job(served.file("a.txt"))
        assert served.embedder.began.wait(5)
        served.keeper.jobs.stop()
        served.embedder.may_go_on.set()
        served.keeper.jobs.close()
        assert job.failure == jobs.STOPPED
        assert served.get()["documents"] == []
        left = [path.name for path in (served.library.folder / "added").iterdir()]
        assert sorted(left) == [".arriving", "sources.csv"]
