"""Walking: what there is to read, under which name and uri, and what is refused by name with the reason."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.candidate import Candidate, Limits, Refusal
from index.read import Reader, walk

PUBLIC = ("public",)
Tree = dict[str, str | bytes]


def lay(root: Path, tree: Tree) -> Path:
    """The files of `tree` below `root`, by their paths."""
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def found(path: Path, *, readers: tuple[str, ...] = PUBLIC, limits: Limits | None = None) -> list[Candidate | Refusal]:
    return list(walk(path, readers=readers, limits=limits or Limits()))


def names(items: Iterable[Candidate | Refusal]) -> list[str]:
    return [item.name for item in items if isinstance(item, Candidate)]


def refusals(items: Iterable[Candidate | Refusal]) -> dict[str, str]:
    return {item.name: item.reason for item in items if isinstance(item, Refusal)}


def only(items: Iterable[Candidate | Refusal]) -> Candidate:
    (item,) = items
    assert isinstance(item, Candidate)
    return item


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return lay(tmp_path / "news", {"b.txt": "B.", "a.txt": "A.", "sub/deep/c.md": "C.", "sub/a.html": "<p>A</p>"})


def test_everything_is_found_in_order_and_named_by_its_path(news: Path) -> None:
    items = found(news)
    assert names(items) == ["a.txt", "b.txt", "sub/a.html", "sub/deep/c.md"]
    assert [item.uri for item in items if isinstance(item, Candidate)] == [f"news/{name}" for name in names(items)]
    assert refusals(items) == {}


def test_a_file_by_itself_has_the_uri_that_it_has_in_its_folder(news: Path) -> None:
    alone = only(found(news / "a.txt"))
    within = next(item for item in found(news) if isinstance(item, Candidate))
    assert (alone.name, alone.uri, alone.fingerprint) == (within.name, within.uri, within.fingerprint)


def test_the_folder_may_be_named_relative_to_where_we_are(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(news)
    for path in (Path(), Path("../news"), Path("sub/..")):
        assert names(found(path)) == names(found(news))
        assert {item.uri for item in found(path) if isinstance(item, Candidate)} >= {"news/a.txt"}


def test_hidden_files_leftovers_and_the_table_itself_are_passed_over(tmp_path: Path) -> None:
    silent = (
        ".hidden.txt",
        ".git/a.txt",
        "a.txt~",
        "#a.txt#",
        "~$a.docx",
        "a.tmp",
        "Thumbs.db",
        "__MACOSX/a.txt",
        "b.bak",
    )
    lay(tmp_path, {**dict.fromkeys(silent, "x"), "sources.csv": "file,title\n", "a.txt": "A."})
    assert [item.name for item in found(tmp_path)] == ["a.txt"]


def test_other_types_are_refused_by_name(tmp_path: Path) -> None:
    lay(tmp_path, {"a.xyz": "x", "README": "x", "b.TXT": "B.", "c.doc": "x"})
    items = found(tmp_path)
    assert names(items) == ["b.TXT"]
    remedy = "save it as one of .txt, .md, .markdown, .html, .htm, .pdf, .docx, .jsonl"
    assert refusals(items) == {
        "README": f"its name does not say what it is; {remedy}",
        "a.xyz": f"files of type .xyz are not read; {remedy}",
        "c.doc": f"files of type .doc are not read; {remedy}",
    }


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "it is gone" in refusals(found(tmp_path / "missing"))[str(tmp_path / "missing")]


def test_no_link_is_followed_whatever_it_points_to(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", {"secret.txt": "Secret.", "deep/x.txt": "X."})
    root = lay(tmp_path / "root", {"a.txt": "A."})
    (root / "passwd.txt").symlink_to("/etc/passwd")
    (root / "up.txt").symlink_to("../outside/secret.txt")
    (root / "same.txt").symlink_to("a.txt")
    (root / "broken.txt").symlink_to("nowhere")
    (root / "folder").symlink_to(outside, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    items = found(root)
    assert names(items) == ["a.txt"]
    assert set(refusals(items)) == {"passwd.txt", "up.txt", "same.txt", "broken.txt", "folder", "loop"}
    assert all("symbolic link" in reason for reason in refusals(items).values())


def test_a_link_given_by_itself_is_not_followed(tmp_path: Path) -> None:
    root = lay(tmp_path / "root", {"a.txt": "A."})
    for target in (root, root / "a.txt"):
        link = tmp_path / "link.txt"
        link.symlink_to(target)
        assert "symbolic link" in refusals(found(link))["link.txt"]
        link.unlink()


def test_pipes_sockets_and_devices_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        folder = os.open(tmp_path, os.O_RDONLY)
        try:  # by a short path: the names of sockets are
            server.bind(f"/proc/self/fd/{folder}/socket.txt")
        finally:
            os.close(folder)
        assert refusals(found(tmp_path)) == {
            "pipe.txt": "it is a named pipe; only files are read",
            "socket.txt": "it is a socket or a device; only files are read",
        }
    assert refusals(found(Path("/dev/null"))) == {"null": "it is a device; only files are read"}
    assert refusals(found(tmp_path / "pipe.txt")) == {"pipe.txt": "it is a named pipe; only files are read"}


def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    lay(tmp_path, {"a.txt": "A."})
    os.link(tmp_path / "a.txt", tmp_path / "b.txt")
    assert names(found(tmp_path)) == ["a.txt", "b.txt"]


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    assert names(found(lay(tmp_path, {"notes.txt/a.txt": "A."}))) == ["notes.txt/a.txt"]


def test_names_that_cannot_be_shown_are_refused_and_shown_escaped(tmp_path: Path) -> None:
    for name in (b"new\nline.txt", b"\xff\xfe.txt", "right\u202etxt.exe.txt".encode(), b"esc\x1b[31m.txt"):
        (Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))).write_text("x")  # noqa: PTH118
    shown = refusals(found(tmp_path))
    assert set(shown) == {"new\\nline.txt", "\\udcff\\udcfe.txt", "right\\u202etxt.exe.txt", "esc\\x1b[31m.txt"}
    assert all("rename it" in reason for reason in shown.values())


def test_names_are_the_same_from_every_file_system(tmp_path: Path) -> None:
    lay(tmp_path / "composed", {"caf\u00e9.txt": "A."})
    lay(tmp_path / "decomposed", {"cafe\u0301.txt": "A."})
    assert names(found(tmp_path / "composed")) == names(found(tmp_path / "decomposed")) == ["caf\u00e9.txt"]


@contextmanager
def nested(name: str, levels: int) -> Iterator[Path]:
    """A folder with folders of this name in each other and a file `a.txt` in the last. It is not pytest's to remove,
    whose way of doing that cannot go so deep."""
    root = tempfile.mkdtemp()
    folder = os.open(root, os.O_RDONLY)
    try:
        for _ in range(levels):
            os.mkdir(name, dir_fd=folder)
            below = os.open(name, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
        yield Path(root)
    finally:
        os.close(folder)
        subprocess.run(["rm", "-rf", root], check=True)


def test_folders_may_be_nested_deeper_than_calls_may() -> None:
    with nested("d", 1_200) as root:
        assert names(found(root)) == ["d/" * 1_200 + "a.txt"]


def test_a_path_that_is_too_long_to_open_is_refused() -> None:
    with nested("d" * 200, 30) as root:
        assert "its path is too long" in next(iter(refusals(found(root)).values()))


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder in which we are somebody who may not read everything, even if we are root."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        lay(path, {"a.txt": "A.", "b.txt": "B.", "closed/c.txt": "C."})
        (path / "a.txt").chmod(0)
        (path / "closed").chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield path
        finally:
            if user == 0:
                os.seteuid(0)
            (path / "closed").chmod(0o700)


def test_what_may_not_be_read_is_refused_with_the_remedy(nobody: Path) -> None:
    items = found(nobody)
    assert names(items) == ["b.txt"]
    assert refusals(items) == dict.fromkeys(
        ["a.txt", "closed"], "it may not be read by this user; change its permissions"
    )


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    lay(tmp_path, {"a.txt": "x" * 100, "b.txt": "x" * 101})
    with (tmp_path / "sparse.txt").open("wb") as file:
        file.truncate(10**12)
    items = found(tmp_path, limits=Limits(file_bytes=100))
    assert names(items) == ["a.txt"]
    assert "101 bytes or more, and 100 is the limit" in refusals(items)["b.txt"]
    assert "1,000,000,000,000 bytes" in refusals(items)["sparse.txt"]


def fingerprint(root: Path, **given: tuple[str, ...]) -> str:
    return only(found(root, **given)).fingerprint  # type: ignore[arg-type]


def test_the_fingerprint_is_over_everything_the_document_is_made_of(tmp_path: Path) -> None:
    path = lay(tmp_path, {"a.txt": "A."}) / "a.txt"
    first = fingerprint(path)
    assert fingerprint(path) == first
    assert fingerprint(path, readers=("hr",)) != first
    os.utime(path, (1, 1))
    assert fingerprint(path) == first
    path.write_text("B.")
    assert fingerprint(path) != first
    path.write_text("A.")
    (tmp_path / "sources.csv").write_text("file,title\nb.txt,B\n")
    assert fingerprint(path) == first
    (tmp_path / "sources.csv").write_text("file,title\na.txt,A\n")
    assert fingerprint(path) != first


def test_the_table_beside_the_files_overrides_the_uri(tmp_path: Path) -> None:
    lay(tmp_path / "f", {"a.txt": "A.", "b.txt": "B.", "sources.csv": "file,uri\na.txt,https://example.org/a\n"})
    assert [item.uri for item in found(tmp_path / "f") if isinstance(item, Candidate)] == [
        "https://example.org/a",
        "f/b.txt",
    ]
    assert only(found(tmp_path / "f" / "a.txt")).uri == "https://example.org/a"


def test_the_nearest_table_goes_over_the_ones_above(tmp_path: Path) -> None:
    above = "file,title,publisher\nsub/a.txt,Above,The Paper\na.txt,Top,\n"
    lay(
        tmp_path,
        {"sources.csv": above, "a.txt": "A.", "sub/a.txt": "A.", "sub/sources.csv": "file,title\na.txt,Near\n"},
    )
    rows = {item.name: item.row for item in found(tmp_path) if isinstance(item, Candidate)}
    assert (rows["a.txt"].title, rows["a.txt"].publisher) == ("Top", None)
    assert (rows["sub/a.txt"].title, rows["sub/a.txt"].publisher) == ("Near", "The Paper")


def test_mistakes_in_the_table_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    table = "file,published,colour\na.txt,2024-07-03,red\nmissing.txt,2024-07-03,red\nb.txt,03/07/2024,red\n"
    items = found(lay(tmp_path, {"sources.csv": table, "a.txt": "A.", "b.txt": "B."}))
    assert names(items) == ["a.txt", "b.txt"]
    assert list(refusals(items)) == ["sources.csv:1", "sources.csv:3", "sources.csv:4"]


def test_of_one_file_by_itself_only_its_own_row_matters(tmp_path: Path) -> None:
    lay(tmp_path, {"sources.csv": "file,title\na.txt,A\nmissing.txt,M\n", "a.txt": "A."})
    assert only(found(tmp_path / "a.txt")).row.title == "A"


def test_a_table_that_is_a_link_is_not_read_and_no_file_is_trusted_to_it(tmp_path: Path) -> None:
    lay(tmp_path, {"outside.csv": "file,readers\na.txt,public\n", "root/a.txt": "A."})
    (tmp_path / "root" / "sources.csv").symlink_to("../outside.csv")
    assert set(refusals(found(tmp_path / "root"))) == {"sources.csv", "a.txt"}


def test_the_uri_in_front_matter_is_known_before_reading(tmp_path: Path) -> None:
    lay(
        tmp_path / "f",
        {
            "a.md": "---\nuri: https://example.org/a\n---\nText.",
            "b.md": "\ufeff---\r\nURI: https://example.org/b\r\n---\r\nText.",
            "c.md": "---\nuri: [\n---\nText.",
            "d.md": "No uri here.",
        },
    )
    uris = [item.uri for item in found(tmp_path / "f") if isinstance(item, Candidate)]
    assert uris == ["https://example.org/a", "https://example.org/b", "f/c.md", "f/d.md"]


def feed(*lines: object) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


def test_a_feed_is_one_candidate_a_line_and_each_bad_line_is_named(tmp_path: Path) -> None:
    corpus = Path(__file__).parent / "corpus" / "feed.jsonl"
    items = found(corpus)
    assert names(items) == ["feed.jsonl:1", "feed.jsonl:2", "feed.jsonl:8"]
    assert [item.uri for item in items if isinstance(item, Candidate)] == ["wire:1", "wire:2", "wire:5"]
    assert refusals(items) == {
        "feed.jsonl:4": "it has the key 'txt', which is not one of a feed's; did you mean 'text'?",
        "feed.jsonl:5": "it is not JSON (Expecting value: line 1 column 1 (char 0)); write one object a line",
        "feed.jsonl:6": "its uri wire:1 is that of an earlier line; give each document its own",
        "feed.jsonl:7": "its date '03/07/2024' is not one day; write it as 2024-07-03",
    }


def test_a_feed_in_a_folder_is_named_by_its_path(tmp_path: Path) -> None:
    lay(tmp_path, {"sub/f.jsonl": feed({"uri": "u", "text": "T."}), "a.txt": "A."})
    assert names(found(tmp_path)) == ["a.txt", "sub/f.jsonl:1"]


def test_a_line_has_a_fingerprint_of_its_own(tmp_path: Path) -> None:
    lay(tmp_path, {"f.jsonl": feed({"uri": "u", "text": "T."}, {"uri": "v", "text": "T."})})
    before = [item.fingerprint for item in found(tmp_path) if isinstance(item, Candidate)]
    lay(tmp_path, {"f.jsonl": feed({"uri": "u", "text": "T."}, {"uri": "v", "text": "Changed."})})
    after = [item.fingerprint for item in found(tmp_path) if isinstance(item, Candidate)]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_feed_is_read_as_it_is_walked_and_no_further(tmp_path: Path) -> None:
    path = (
        lay(tmp_path, {"f.jsonl": feed(*({"uri": f"u:{n}", "text": "T. " * 1000} for n in range(3_000)))}) / "f.jsonl"
    )
    walking = walk(path, readers=PUBLIC)
    next(walking)
    with path.open("r+b") as file:  # what comes behind what is buffered was not looked at yet
        file.truncate(4_000_000)
    assert len(list(walking)) < 2_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n\n", "empty"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b'{\0"\0', "no text in UTF-8"),
        ('{"uri": "a", "text": "b"}'.encode("utf-16"), "no text in UTF-8"),
    ],
)
def test_what_is_no_feed_is_refused_once(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "f.jsonl").write_bytes(content)
    items = found(tmp_path / "f.jsonl")
    assert names(items) == []
    assert len(refusals(items)) == 1
    assert reason in refusals(items)["f.jsonl"]


def test_a_line_over_the_limit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    lay(tmp_path, {"f.jsonl": feed({"uri": "u", "text": "T" * 5_000_000}, {"uri": "v", "text": "T."})})
    items = found(tmp_path / "f.jsonl", limits=Limits(file_bytes=1_000))
    assert "more than 1,000 bytes" in refusals(items)["f.jsonl:1"]
    assert names(items) == ["f.jsonl:2"]


def test_a_feed_over_its_own_limit_is_refused(tmp_path: Path) -> None:
    lay(tmp_path, {"f.jsonl": feed({"uri": "u", "text": "T" * 2_000})})
    assert "limit" in refusals(found(tmp_path, limits=Limits(feed_bytes=1_000)))["f.jsonl"]


def test_a_feed_with_a_mark_and_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_bytes(b'\xef\xbb\xbf{"uri":"u","text":"T."}\r\n\r\n{"uri":"v","text":"T."}')
    assert names(found(tmp_path)) == ["f.jsonl:1", "f.jsonl:3"]


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    lay(
        tmp_path, {"a.txt": "A.", "f.jsonl": feed({"uri": "u", "text": "T."}, {"uri": "v", "text": "T."}), "x.bin": "x"}
    )
    (tmp_path / "link.txt").symlink_to("a.txt")
    before = len(list(Path("/dev/fd").iterdir()))
    with Reader() as reader:
        for item in walk(tmp_path, readers=PUBLIC):
            if isinstance(item, Candidate):
                reader.read(item)
        abandoned = walk(tmp_path / "f.jsonl", readers=PUBLIC)
        next(abandoned)
        abandoned.close()  # type: ignore[attr-defined]
    assert len(list(Path("/dev/fd").iterdir())) == before
