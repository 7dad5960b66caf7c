"""Files and pages that are added: whole or not at all, under safe names, read by those who were named and no others."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.added import Added, safe_name, said_label, said_readers
from index.candidate import Candidate, Refusal
from index.claims import Claims
from index.document import Document, document_id
from index.errors import LibraryBusy, LibraryError, Refused
from index.fetch import Fetcher
from index.library import Library
from index.principal import LOCAL, NOBODY, Principal
from index.sync import sync
from index.sync_report import FileResult, Silence
from index.walk import KINDS, walk
from tests.fakes import HashEmbedder
from tests.webserver import PAGE, WebServer, web_server
from ui.library.taking import Taking

PRESS = Claims(readers=("press", "legal"), collection="wiki", publisher="The Harbour Post")
SOME = b"The harbour took in forty ships in May, the port authority said."


@dataclass
class Room:
    """A library and what takes files into it."""

    library: Library
    taking: Taking

    def write(self, data: bytes) -> Path:
        path = self.taking.added.arriving()
        path.write_bytes(data)
        return path

    def take(self, name: str, data: bytes = SOME, claims: Claims = PRESS) -> str:
        result = self.taking.file(self.write(data), name, claims, Silence(), lambda change: change())
        assert result.uri
        return result.uri

    def fetch(self, address: str, claims: Claims = PRESS) -> str:
        result = self.taking.page(address, claims, Silence(), lambda change: change())
        assert result.uri
        return result.uri

    def document(self, uri: str) -> Document | None:
        return self.library.document(LOCAL, document_id(uri))

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    @property
    def folder(self) -> Path:
        return self.taking.added.folder

    def state(self) -> object:
        """All that could have changed."""
        left = {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        with self.library.snapshot() as snapshot:
            return left, snapshot.held()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as found:
        yield found


@contextmanager
def opened(folder: Path) -> Iterator[Room]:
    with Library.open(folder / "library", create=True) as library:
        fetching = Fetcher(["127.0.0.1"], limit=100_000)
        yield Room(library, Taking(library, HashEmbedder(), fetching))


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    with web_server() as served:
        yield served


def test_a_file_is_read_by_those_who_were_named(room: Room) -> None:
    uri = room.take("Minutes of May.TXT")
    assert uri == "added/Minutes of May.txt"
    found = room.document(uri)
    assert found
    assert (set(found.readers), found.collection, found.publisher) == ({"press", "legal"}, "wiki", "The Harbour Post")
    assert room.library.document(Principal("user:ann", frozenset({"public"})), found.id) is None
    assert room.library.document(Principal("user:ann", frozenset({"legal"})), found.id)
    assert stat.S_IMODE(room.folder.stat().st_mode) == 0o700
    assert room.files() == ["Minutes of May.txt", "sources.csv"]
    assert not list((room.folder / ".arriving").iterdir())
    assert room.library.shelf.roots() == ()


def test_syncing_the_folder_changes_nothing(room: Room) -> None:
    room.take("a.txt")
    room.take("b.md", b"---\nreaders: [public]\nuri: https://elsewhere.example/\n---\n\nThe ferry sails at noon.\n")
    again = sync([room.folder], room.library, HashEmbedder(), readers=(NOBODY,))
    assert again.count("unchanged") == len(again.files) == 2
    assert room.document("added/b.md")
    assert room.document("added/b.md").readers == ("legal", "press")  # type: ignore[union-attr]


def test_two_files_of_one_name_are_two_and_the_same_file_is_one(room: Room) -> None:
    assert room.take("a.txt") == "added/a.txt"
    assert room.take("A.txt", b"The ferry sails at noon.") == "added/A-2.txt"
    assert room.take("a.txt", claims=Claims(readers=("public",))) == "added/a.txt"
    assert room.document("added/a.txt").readers == ("public",)  # type: ignore[union-attr]
    assert room.document("added/a.txt").collection is None  # type: ignore[union-attr]
    assert room.files() == ["A-2.txt", "a.txt", "sources.csv"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.pdf", b"PK\x03\x04 no pdf", "it is named .pdf but is"),
        ("a.txt", b"", "it is empty"),
        ("a.txt", b"\x00\x01\x02", "binary"),
        ("a.docx", b"no word", "named .docx"),
        ("a.png", b"\x89PNG\r\n", "files of type .png are not read"),
        ("feed.jsonl", b"{}", "files of type .jsonl are not read"),
        ("sources.csv", b"file,readers", "files of type .csv are not read"),
        ("", SOME, "does not say what it is"),
    ],
)
def test_what_is_refused_leaves_nothing(room: Room, name: str, data: bytes, told: str) -> None:
    room.take("first.txt")
    before = room.state()
    with pytest.raises(Refused, match=told):
        room.take(name, data)
    assert room.state() == before


def test_a_version_that_cannot_be_read_leaves_the_one_before(room: Room, site: WebServer) -> None:
    address = site.gives("/page", SOME, "text/plain")
    room.fetch(address)
    before = room.state()
    site.gives("/page", b"\x00\x01", "text/plain")
    with pytest.raises(Refused):
        room.fetch(address)
    site.gives("/page", b"PK\x03\x04 no pdf", "application/pdf")
    with pytest.raises(Refused):
        room.fetch(address)
    assert room.state() == before
    assert room.document(address).text == SOME.decode()  # type: ignore[union-attr]


def test_what_was_there_comes_back_however_old_it_is_and_whatever_else_arrives(room: Room) -> None:
    claims = replace(PRESS, uri="https://www.example.org/page")
    room.take("page.txt", claims=claims)
    placed = next(path for path in room.folder.glob("*.txt"))
    os.utime(placed, (0, 0))
    before = room.state()

    def refused(change: Callable[[], FileResult]) -> FileResult:
        room.taking.added.arriving()
        return change()

    with pytest.raises(Refused):
        room.taking.file(room.write(b"\x00\x01"), "page.txt", claims, Silence(), refused)
    assert room.state() == before


def test_a_page_is_its_address_and_replaces_itself(room: Room, site: WebServer) -> None:
    address = site.gives("/page", PAGE)
    assert room.fetch(f"{address}#part") == address
    found = room.document(address)
    assert found
    assert (found.title, found.published) == ("The harbour in May", None)
    assert room.files() == ["127.0.0.1 page.html", "sources.csv"]
    for text in ("The harbour took in fifty ships.", "The harbour took in sixty ships."):
        site.gives("/page", text, "text/plain")
        assert room.fetch(address) == address
        assert room.document(address).text == text  # type: ignore[union-attr]
        assert room.files() == ["127.0.0.1 page.txt", "sources.csv"]
    with room.library.snapshot() as snapshot:
        assert len(snapshot.held()) == 1


def test_two_pages_of_one_name_are_two(room: Room, site: WebServer) -> None:
    first, second = site.gives("/a/page", SOME, "text/plain"), site.gives("/b/page", SOME * 2, "text/plain")
    room.fetch(first)
    room.fetch(second)
    assert room.document(first).text != room.document(second).text  # type: ignore[union-attr]
    assert len(room.files()) == 3


def test_a_page_that_is_in_the_library_from_elsewhere_stays_that(room: Room, site: WebServer, tmp_path: Path) -> None:
    address = site.gives("/page", SOME, "text/plain")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_bytes(SOME)
    (tmp_path / "own" / "sources.csv").write_text(f"file,uri\na.txt,{address}\n")
    sync([tmp_path / "own"], room.library, HashEmbedder())
    with pytest.raises(Refused, match=r"is that of .*a\.txt in the library"):
        room.fetch(address)
    assert room.files() == ["sources.csv"]


def test_what_somebody_removed_is_not_added_again_unless_restored(room: Room) -> None:
    uri = room.take("a.txt")
    with room.library.writer() as writer:
        writer.withdraw([document_id(uri)], "user:ann")
    assert room.taking.added.remove(room.folder / "a.txt")
    assert room.files() == ["sources.csv"]
    with pytest.raises(Refused, match=r"removed on .* by user:ann; restore it"):
        room.take("a.txt")
    assert room.files() == ["sources.csv"]
    with room.library.writer() as writer:
        assert writer.restore(uri)
    assert room.take("a.txt") == uri


def test_only_added_files_can_be_taken_from_the_folder(room: Room, tmp_path: Path) -> None:
    room.take("a.txt")
    other = tmp_path / "other.txt"
    other.write_bytes(SOME)
    for path in (other, room.folder / "sources.csv", room.folder / "gone.txt", room.folder / ".." / "library.db"):
        assert not room.taking.added.remove(path)
    assert other.exists()
    assert room.files() == ["a.txt", "sources.csv"]


class Slow(Silence):
    """A sync that another process meets: it goes on once that one has come, and a while later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def done(self, file: FileResult) -> None:
        (self._folder / "read").touch()
        waited(self._folder / "came")
        time.sleep(0.3)


def waited(path: Path) -> None:
    until = time.monotonic() + 30
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)


def add_meanwhile(folder: Path, claims: Claims) -> None:
    """In a process of its own: add a version of the page while one that cannot be read is about to be taken back."""

    def when_free(change: Callable[[], FileResult]) -> FileResult:
        (folder / "came").touch()
        while True:
            try:
                return change()
            except LibraryBusy:
                time.sleep(0.01)

    with opened(folder) as room:
        waited(folder / "read")
        room.taking.file(room.write(b"The newest version."), "page.txt", claims, Silence(), when_free)


def test_what_another_process_adds_at_the_same_moment_is_not_taken_back(tmp_path: Path) -> None:
    claims = replace(PRESS, uri="https://www.example.org/page")
    with opened(tmp_path) as room:
        room.take("page.txt", b"The oldest version.", claims)
        other = get_context("spawn").Process(target=add_meanwhile, args=(tmp_path, claims))
        other.start()
        with pytest.raises(Refused):
            room.taking.file(room.write(b"\x00\x01"), "page.txt", claims, Slow(tmp_path), lambda change: change())
        other.join(60)
        assert other.exitcode == 0
        assert room.document(claims.uri or "").text == "The newest version."  # type: ignore[union-attr]
        assert [path.read_text() for path in room.folder.glob("*.txt")] == ["The newest version."]
        assert not list((room.folder / ".arriving").iterdir())


def test_a_file_that_waits_for_the_library_is_put_there_when_it_is_free(room: Room) -> None:
    def when_free(change: Callable[[], FileResult]) -> FileResult:
        with room.library.writer(), pytest.raises(LibraryBusy):
            change()
        assert not list(room.folder.glob("*.txt"))
        return change()

    assert room.taking.file(room.write(SOME), "a.txt", PRESS, Silence(), when_free).status == "added"
    assert room.document("added/a.txt").text == SOME.decode()  # type: ignore[union-attr]


def test_while_another_writes_nothing_is_added(room: Room) -> None:
    room.take("first.txt")
    before = room.state()
    with room.library.writer(), pytest.raises(LibraryBusy):
        room.take("a.txt")
    assert room.state() == before


def test_what_a_crash_left_without_a_row_is_read_by_nobody(room: Room) -> None:
    room.take("a.txt")
    (room.folder / "left.txt").write_bytes(b"The ferry sails at noon.")
    sync([room.folder], room.library, HashEmbedder(), readers=(NOBODY,))
    assert room.document("added/left.txt").readers == (NOBODY,)  # type: ignore[union-attr]


def test_what_a_person_wrote_into_the_table_stays(room: Room) -> None:
    room.take("a.txt")
    table = room.folder / "sources.csv"
    head, row = table.read_text().splitlines()
    table.write_text(f"{head},published\n{row},2024-07-03\n")
    room.take("b.txt", b"The ferry sails at noon.")
    sync([room.folder], room.library, HashEmbedder(), readers=(NOBODY,))
    assert str(room.document("added/a.txt").published) == "2024-07-03"  # type: ignore[union-attr]
    table.write_text('file\n"unclosed')
    with pytest.raises(LibraryError, match="cannot be read as a table"):
        room.take("c.txt")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.text(max_size=200),
    st.sampled_from([*KINDS, ".PDF", ".TxT"]),
    st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=3),
    st.text(max_size=30),
)
@example("../../../etc/passwd", ".txt", ["press"], "wiki")
@example("C:\\docs\\CON", ".pdf", ["a b"], "")
@example("~$x", ".docx", ['"quoted"', "=1+1"], "=cmd")
@example("." * 250, ".md", ["Ä"], "x")
@example("e\u0301", ".md", ["e\u0301"], "e\u0301")
@example("#x", ".md", ["#a"], "#")
def test_whatever_a_file_is_called_its_row_says_of_it_what_was_said(
    tmp_path: Path, stem: str, suffix: str, labels: list[str], collection: str
) -> None:
    """Read again as any sync does, the table holds for the file exactly what was said."""
    added = Added(tmp_path / "library")
    (tmp_path / "library").mkdir(exist_ok=True)
    arrived = added.arriving()
    arrived.write_bytes(SOME + stem.encode("utf-8", "replace"))
    try:
        claims = Claims(readers=said_readers(labels), collection=said_label(collection, "x") if collection else None)
    except Refused:
        return
    placed = added.put(arrived, f"{stem}{suffix}", claims)
    assert placed.path.parent == added.folder
    found = [each for each in walk(placed.path, readers=(NOBODY,)) if isinstance(each, Candidate | Refusal)]
    assert [type(each) for each in found] == [Candidate]
    candidate = found[0]
    assert isinstance(candidate, Candidate)
    assert (candidate.row.readers, candidate.row.collection) == (claims.readers, claims.collection)
    assert candidate.uri == placed.uri == f"added/{placed.path.name}"
    assert candidate.name in [each.name for each in walk(added.folder, readers=(NOBODY,))]


@pytest.mark.parametrize("label", ["", " ", "\n", "a;b", "a|b", "a,b", "a\u200bb", "a\x00b", "x" * 301, "\u202ea"])
def test_what_cannot_be_a_label_is_refused(label: str) -> None:
    with pytest.raises(Refused, match="no label of readers"):
        said_readers([label])


def test_somebody_must_be_named() -> None:
    with pytest.raises(Refused, match="does not say who may read it"):
        said_readers([])
    with pytest.raises(Refused, match="collection is empty"):
        said_label("\u200b", "collection")


@given(st.text(max_size=300))
def test_a_name_is_safe_or_refused(name: str) -> None:
    try:
        safe = safe_name(name)
    except Refused:
        return
    assert safe == Path(safe).name
    assert safe[0] not in ".~#$- "
    assert safe.isprintable()
    assert len(safe.encode()) < 200
    assert safe_name(safe) == safe
