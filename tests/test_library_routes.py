"""The library over the API: what librarians see and change, job by job, and that nobody else does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.document import document_id
from index.principal import LOCAL, NOBODY, PUBLIC, Principal, person
from tests.keeping import BYTES, LIBRARY, SOME, Served, kept, writing
from tests.newsroom import Newsroom
from tests.people import api, client
from tests.webserver import PAGE, WebServer, web_server
from ui.caller import Caller
from ui.librarian import is_librarian
from ui.library import jobs
from ui.serving import Site

KEEPERS = frozenset({"keepers"})
ID = "0" * 32
ROUTES: tuple[tuple[str, str, object], ...] = (
    ("GET", "", None),
    ("GET", "/refusals", None),
    ("GET", "/removals", None),
    ("GET", "/roots", None),
    ("GET", "/jobs", None),
    ("GET", "/jobs/none", None),
    ("GET", f"/documents/{ID}", None),
    ("DELETE", f"/documents/{ID}", None),
    ("POST", "/urls", {"url": "http://127.0.0.1/"}),
    ("POST", "/sync", {}),
    ("POST", "/restore", {"id": ID}),
    ("POST", "/files?name=a.txt", SOME),
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with kept(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    with web_server() as found:
        yield found


def send(by: TestClient, method: str, path: str, body: object) -> Any:  # noqa: ANN401
    if isinstance(body, bytes):
        return by.request(method, LIBRARY + path, content=body, headers=BYTES)
    return by.request(method, LIBRARY + path, json=body)


@pytest.mark.parametrize(
    ("principal", "more", "is_one"),
    [
        (LOCAL, {}, True),
        (person("ann", ["keepers"]), {}, True),
        (person("ann", ["press"]), {}, False),
        (person("keepers"), {}, False),
        (person("ann", ["keepers"]), {"embed": "wiki", "by": "embed"}, False),
        (LOCAL, {"embed": "wiki", "by": "embed"}, False),
        (Principal("key:a", frozenset({"keepers"})), {"key": "a", "by": "key"}, True),
        (Principal("key:a", frozenset({"keepers"})), {"uses": frozenset({"ask", "documents"})}, False),
        (Principal("key:a", frozenset({"keepers"}), collections=frozenset({"wiki"})), {}, False),
    ],
)
def test_who_is_a_librarian(principal: Principal, more: dict[str, Any], is_one: bool) -> None:
    assert is_librarian(Caller(principal, **({"by": "header"} | more)), KEEPERS) == is_one


def test_everybody_is_nobodys_librarian() -> None:
    caller = Caller(person("ann"), "header")
    assert not is_librarian(caller, frozenset({PUBLIC}))
    assert not is_librarian(caller, frozenset({NOBODY}))
    assert not is_librarian(caller, frozenset())


def test_nobody_but_a_librarian_is_let_in(served: Served) -> None:
    served.synced(harbour="The harbour is full.")
    before = served.library.generation
    embedded = client(served.app, "ann", "keepers", embed="wiki")
    nobody = TestClient(served.app, base_url="http://127.0.0.1")
    for method, path, body in ROUTES:
        told = send(served.reads, method, path, body)
        assert told.status_code == 403
        assert "you are no librarian here" in told.json()["error"]
        assert send(embedded, method, path, body).status_code == 403
        assert send(nobody, method, path, body).status_code == 401
    assert served.keeper.jobs.all() == ()
    assert served.library.generation == before
    told_of = [line for line in served.audited() if line["action"].startswith(LIBRARY)]
    assert len(told_of) == 3 * len(ROUTES)
    assert {line["decision"] for line in told_of} == {"refused"}


def test_without_a_library_there_is_nothing_to_keep() -> None:
    alone = replace(Site.alone(), identify=lambda scope: Caller(LOCAL, "loopback"))
    asking = TestClient(api(Newsroom(), alone), base_url="http://127.0.0.1")
    for method, path, body in ROUTES:
        told = send(asking, method, path, body)
        assert told.status_code == 404
        assert "no library behind this server" in told.json()["error"]


def test_a_librarian_sees_of_every_document_that_it_is_there_and_no_word_of_it(served: Served) -> None:
    served.synced("legal", harbour="A secret of the harbour.")
    listed = served.get()
    assert listed["counts"] == {"searchable": 1, "hidden": 0, "refused": 0, "removed": 0}
    row = listed["documents"][0]
    assert row | {"added": None} == {
        "id": document_id("press/harbour.txt"),
        "uri": "press/harbour.txt",
        "title": None,
        "publisher": None,
        "author": None,
        "published": None,
        "language": None,
        "collection": None,
        "readers": ["legal"],
        "added": None,
        "characters": len("A secret of the harbour."),
        "state": "searchable",
        "kind": "text",
    }
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row["added"])
    one = served.get(f"/documents/{row['id']}")
    assert (one["fed"], one["readable"]) == ({"answers": 0, "last": None}, False)
    assert "secret" not in json.dumps([listed, one])
    assert served.keeps.get(f"/api/v1/source/{row['id']}").status_code == 404
    shown = [line["documents"] for line in served.audited() if line["action"] == LIBRARY]
    assert shown == [[row["id"]]]


def test_the_list_is_given_by_page_state_and_words(served: Served) -> None:
    served.synced("press", **{name: f"The {name} is full." for name in ("crane", "harbour", "quay")})
    (served.folder / "press" / "broken.pdf").write_bytes(b"no pdf")
    served.synced("press")
    first = served.get(limit=2)
    assert [each["uri"] for each in first["documents"]] == ["press/crane.txt", "press/harbour.txt"]
    assert [each["uri"] for each in served.get(limit=2, after=first["next"])["documents"]] == ["press/quay.txt"]
    assert [each["uri"] for each in served.get(words="QUAY")["documents"]] == ["press/quay.txt"]
    assert served.get(state="hidden")["documents"] == []
    assert len(served.get(order="added")["documents"]) == 3
    refused = served.get("/refusals")["refusals"]
    assert [(each["name"], each["root"]) for each in refused] == [("broken.pdf", str(served.folder / "press"))]
    assert "named .pdf" in refused[0]["reason"]
    assert served.get("/refusals", words="quay")["refusals"] == []
    roots = served.get("/roots")["roots"]
    assert [(each["path"], each["readers"], each["added"]) for each in roots] == [
        (str(served.folder / "press"), ["press"], False)
    ]
    for wrong in ("?limit=0", "?limit=1000", "?state=gone", "?order=size", "?page=2"):
        assert served.keeps.get(LIBRARY + wrong).status_code == 400


def test_a_file_is_added_for_those_who_were_named(served: Served) -> None:
    job = served.ended(served.file("Minutes.txt", readers="press,legal", collection="wiki", publisher="The Post"))
    assert (job["state"], job["kind"], job["name"], job["by"]) == ("done", "files", "Minutes.txt", "user:ann")
    assert (job["counts"], job["reason"], job["total"], job["done"]) == ({"added": 1}, None, 1, 1)
    assert job["files"] == [{"name": "Minutes.txt", "uri": "added/Minutes.txt", "status": "added", "reason": None}]
    row = served.get()["documents"][0]
    assert (row["readers"], row["collection"], row["publisher"]) == (["legal", "press"], "wiki", "The Post")
    assert served.reads.get(f"/api/v1/source/{row['id']}").status_code == 200
    found = served.reads.post("/api/v1/search", json={"question": "forty ships in May"}).json()
    assert [each["uri"] for each in found["passages"]] == ["added/Minutes.txt"]
    served.ended(served.file("Plain.txt", b"Of the ferry."))
    assert served.get(words="plain")["documents"][0]["readers"] == ["public"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, "has no name"),
        ({"name": "a.exe"}, "files of type .exe are not read"),
        ({"name": "a.txt", "readers": ""}, "readers|no label"),
        ({"name": "a.txt", "readers": "press,"}, "no label of readers"),
        ({"name": "a.txt", "readers": "a;b"}, "no label of readers"),
        ({"name": "a.txt", "collection": "\u200b"}, "the collection is empty"),
        ({"name": "a.txt", "folder": "/etc"}, "there is no field 'folder'"),
    ],
)
def test_what_cannot_be_added_is_said_before_it_is_read(served: Served, query: dict[str, str], told: str) -> None:
    response = served.keeps.post(f"{LIBRARY}/files", params=query, content=SOME, headers=BYTES)
    assert response.status_code == 400
    assert re.search(told, response.json()["error"])
    assert served.keeper.jobs.all() == ()


def test_a_file_that_cannot_be_read_is_a_sentence_and_nothing_else(served: Served) -> None:
    job = served.ended(served.file("a.pdf", b"no pdf"))
    assert job["state"] == "failed"
    assert job["reason"] == "it is named .pdf but is no PDF; give it its right name"
    assert job["files"] == []
    assert served.get()["documents"] == []
    assert sorted(path.name for path in (served.library.folder / "added").iterdir()) == [".arriving", "sources.csv"]


def test_a_page_is_added_by_its_address(served: Served, site: WebServer) -> None:
    address = site.gives("/page", SOME, "text/plain")
    job = served.ended(served.sent("/urls", {"url": address, "readers": ["legal"], "collection": "wiki"}))
    assert (job["state"], job["name"], job["kind"]) == ("done", address, "urls")
    row = served.get()["documents"][0]
    assert (row["uri"], row["readers"], row["published"]) == (address, ["legal"], None)
    failed = served.ended(served.sent("/urls", {"url": site.url("/none")}))
    assert (failed["state"], failed["reason"]) == ("failed", "there is nothing at this address; check it")
    inside = served.ended(served.sent("/urls", {"url": "http://10.0.0.1/"}))
    assert "not on the public internet" in inside["reason"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "has no url"),
        ({"url": "file:///etc/passwd"}, "'file' is not fetched"),
        ({"url": "http://ann:secret@example.org/"}, "a user name or a password"),
        ({"url": "http://example.org/", "readers": []}, "readers"),
        ({"url": "http://example.org/", "readers": ["a|b"]}, "no label of readers"),
        ({"url": "http://example.org/", "readers": "press"}, "readers"),
        ({"url": 7}, "url is no text"),
    ],
)
def test_what_is_no_order_to_fetch_is_said(served: Served, body: dict[str, Any], told: str) -> None:
    response = served.keeps.post(f"{LIBRARY}/urls", json=body)
    assert response.status_code == 400
    assert told in response.json()["error"]
    assert "secret" not in response.text
    assert served.keeper.jobs.all() == ()


def test_all_is_synced_again_with_what_was_added(served: Served) -> None:
    folder = served.synced(harbour="The harbour is full.", quay="The quay is long.")
    served.ended(served.file("added.txt", readers="legal"))
    served.written(harbour="The harbour is empty.", crane="The crane is tall.")
    (folder / "quay.txt").unlink()
    (folder / "broken.pdf").write_bytes(b"no pdf")
    job = served.ended(served.sent("/sync", {}))
    assert job["state"] == "done"
    assert job["counts"] == {"changed": 1, "added": 1, "refused": 1, "unchanged": 1}
    assert {each["name"] for each in job["files"]} == {"harbour.txt", "crane.txt", "broken.pdf"}
    assert served.get()["counts"]["searchable"] == 4
    pruned = served.ended(served.sent("/sync", {"prune": True}))
    assert pruned["counts"]["removed"] == 1
    assert [each["added"] for each in served.get("/roots")["roots"]] == [False, True]
    rows = {each["uri"]: each["readers"] for each in served.get()["documents"]}
    assert rows == {"press/crane.txt": ["press"], "press/harbour.txt": ["press"], "added/added.txt": ["legal"]}


def test_a_document_is_removed_and_let_in_again(served: Served) -> None:
    served.synced(harbour="The harbour is full.")
    id = served.get()["documents"][0]["id"]
    removed = served.keeps.delete(f"{LIBRARY}/documents/{id}")
    assert removed.status_code == 202
    assert served.ended(removed.json()["job"])["state"] == "done"
    assert served.get()["documents"] == []
    assert served.keeps.get(f"{LIBRARY}/documents/{id}").status_code == 404
    row = served.get("/removals")["removals"][0]
    assert (row["id"], row["uri"], row["by"]) == (id, "press/harbour.txt", "user:ann")
    served.ended(served.sent("/sync", {}))
    assert served.get()["documents"] == []
    assert served.ended(served.sent("/restore", {"id": id}))["state"] == "done"
    assert served.get("/removals")["removals"] == []
    served.ended(served.sent("/sync", {}))
    assert [each["id"] for each in served.get()["documents"]] == [id]
    assert served.keeps.post(f"{LIBRARY}/restore", json={"id": id}).status_code == 404
    assert served.keeps.delete(f"{LIBRARY}/documents/{ID}").status_code == 404


def test_a_removal_that_was_left_half_done_is_finished_by_asking_again(served: Served) -> None:
    served.ended(served.file("a.txt"))
    id = document_id("added/a.txt")
    with served.library.writer() as writer:
        writer.withdraw([id], "user:ann")
    again = served.keeps.delete(f"{LIBRARY}/documents/{id}")
    assert again.status_code == 202
    assert served.ended(again.json()["job"])["state"] == "done"
    assert not (served.library.folder / "added" / "a.txt").exists()
    assert served.get("/removals")["removals"][0]["by"] == "user:ann"


def test_an_added_file_is_removed_with_its_bytes_and_its_row(served: Served) -> None:
    served.ended(served.file("a.txt"))
    served.ended(served.file("b.txt", b"Of the ferry."))
    served.ended(served.keeps.delete(f"{LIBRARY}/documents/{document_id('added/a.txt')}").json()["job"])
    folder = served.library.folder / "added"
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["b.txt", "sources.csv"]
    assert "a.txt" not in (folder / "sources.csv").read_text()


def test_what_fed_an_answer_is_counted(served: Served) -> None:
    served.synced(harbour="The harbour took in forty ships in May.")
    row = served.get()["documents"][0]
    for _ in range(2):
        asked = {"question": "How many ships did the harbour take in?", "conversation": "new"}
        assert served.reads.post("/api/v1/ask", json=asked).status_code == 200
    fed = served.get(f"/documents/{row['id']}")["fed"]
    assert fed["answers"] == 2
    assert abs(datetime.now(UTC) - datetime.fromisoformat(fed["last"])).total_seconds() < 60


def test_a_job_is_followed_to_its_end(served: Served) -> None:
    served.synced(harbour="The harbour is full.")
    served.written(harbour="The harbour is empty.")
    (served.folder / "press" / "broken.pdf").write_bytes(b"no pdf")
    id = served.sent("/sync", {})
    response = served.keeps.get(f"{LIBRARY}/jobs/{id}", headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [part.split("\n") for part in response.text.split("\n\n") if part.startswith("event:")]
    told = [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events]
    files = {each["name"]: each["status"] for name, each in told if name == "file"}
    assert files == {"harbour.txt": "changed", "broken.pdf": "refused"}
    progress = [each for name, each in told if name == "progress"]
    assert progress[-1] == {
        "state": "done",
        "total": 2,
        "done": 2,
        "chunks": 1,
        "file": progress[-1]["file"],
        "reason": None,
    }
    assert told[-1][0] == "end"
    assert told[-1][1] | {"counts": None} == {"state": "done", "reason": None, "counts": None}
    assert [each["id"] for each in served.get("/jobs")["jobs"]] == [id]
    assert served.keeps.get(f"{LIBRARY}/jobs/none").status_code == 404


def test_while_another_writes_a_job_waits_and_says_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TRIES_EVERY", 0.02)
    with served.library.writer():
        id = served.file("a.txt")
        steps = served.job(id).steps()
        told = next(each for each in steps if getattr(each, "told", None))
        assert told.state == "waiting"  # type: ignore[union-attr]
        assert "is writing to" in str(told.told)  # type: ignore[union-attr]
    assert served.ended(id)["state"] == "done"


def test_every_change_has_a_line_with_who_and_which_document(served: Served) -> None:
    served.ended(served.file("a.txt"))
    id = document_id("added/a.txt")
    served.ended(served.keeps.delete(f"{LIBRARY}/documents/{id}").json()["job"])
    served.ended(served.file("b.pdf", b"no pdf"))
    served.keeper.jobs.close()
    lines = [line for line in served.audited() if line.get("who") == "user:ann"]
    begun = [line for line in lines if line["action"].startswith(LIBRARY) and line["method"] != "GET"]
    assert [line["status"] for line in begun] == [202, 202, 202]
    assert begun[0]["subject"].endswith("files a.txt")
    assert begun[1]["documents"] == [id]
    over = [line for line in lines if line["action"].startswith("library ")]
    assert [line["action"] for line in over] == ["library files", "library remove", "library files"]
    assert [line.get("documents") for line in over] == [[id], [id], None]
    assert over[2]["subject"] == "b.pdf: it is named .pdf but is no PDF; give it its right name"


def test_readings_are_limited_here_as_elsewhere(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from limits import parse

    monkeypatch.setattr("ui.limiting.rates.READINGS", parse("3/minute"))
    codes = [served.keeps.get(LIBRARY).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert send(served.keeps, "POST", "/sync", {}).status_code == 429


def test_a_foreign_page_changes_nothing(served: Served) -> None:
    for method, path, body in ROUTES:
        if method == "GET":
            continue
        headers = BYTES if isinstance(body, bytes) else {"content-type": "application/json"}
        content = body if isinstance(body, bytes) else json.dumps(body)
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        told = served.keeps.request(method, LIBRARY + path, content=content, headers=headers | foreign)
        assert told.status_code == 403
        assert "another site" in told.json()["error"]
    for kind in (
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json",
    ):
        told = served.keeps.post(f"{LIBRARY}/files?name=a.txt", content=SOME, headers={"content-type": kind})
        assert told.status_code == 415
    assert served.keeper.jobs.all() == ()


def test_a_title_in_the_library_is_text(served: Served, site: WebServer) -> None:
    address = site.gives("/page", PAGE.replace("The harbour in May", "&lt;img src=x onerror=alert(1)&gt;"))
    served.ended(served.sent("/urls", {"url": address}))
    response = served.keeps.get(LIBRARY)
    assert response.headers["content-type"] == "application/json"
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("kind", ["sync", "files"])
def test_while_a_job_goes_on_the_next_waits(served: Served, kind: str) -> None:
    served.synced(harbour="The harbour is full.")
    served.embedder.may_go_on.clear()
    served.embedder.began.clear()
    first = served.file("a.txt")
    second = served.sent("/sync", {}) if kind == "sync" else served.file("b.txt", b"Of the ferry.")
    assert served.embedder.began.wait(5)
    states = {each["id"]: each["state"] for each in served.get("/jobs")["jobs"]}
    assert states == {first: "reading", second: "waiting"}
    assert served.keeps.get(LIBRARY).status_code == 200
    served.embedder.may_go_on.set()
    assert [served.ended(each)["state"] for each in (first, second)] == ["done", "done"]


def test_nothing_is_written_while_another_is_asked(served: Served) -> None:
    """Reading the library never waits for its writers."""
    with writing(served.library):
        assert served.get()["documents"] == []
        assert served.get("/roots")["roots"] == []
