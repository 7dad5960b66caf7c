"""A real library behind the API, with a librarian, a reader and an embedded chat before it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from index.corpus import Corpus
from index.errors import LibraryBusy
from index.fetch import Fetcher
from index.library import Library
from index.sync import sync
from rag.ask import Desk
from tests.fakes import HashEmbedder
from tests.people import api, client, peopled
from tests.permitted import WordQuoter
from ui.answerer import AtDesk
from ui.audit.auditlog import AuditLog
from ui.guard import Guard
from ui.library.job import Job
from ui.library.keeper import LibraryKeeper
from ui.serving import STRANGERS, Site

LIBRARY = "/api/v1/library"
BYTES = {"content-type": "application/octet-stream"}
SOME = b"The harbour took in forty ships in May, the port authority said."


class PatientEmbedder(HashEmbedder):
    """An embedder that waits, where a test wants to look at what is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.began = threading.Event()

    def embed_documents(self, texts: Any) -> Any:  # noqa: ANN401
        self.began.set()
        assert self.may_go_on.wait(10)
        return super().embed_documents(texts)


@dataclass
class Served:
    """The library, its keeper, and who asks for it."""

    folder: Path
    library: Library
    keeper: LibraryKeeper
    embedder: PatientEmbedder
    site: Site
    app: Guard

    def __post_init__(self) -> None:
        self.keeps = client(self.app, "ann", "keepers")
        self.reads = client(self.app, "bob", "press")

    def get(self, path: str = "", **query: object) -> dict[str, Any]:
        response = self.keeps.get(LIBRARY + path, params={name: str(value) for name, value in query.items()})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def sent(self, path: str, body: object, by: TestClient | None = None) -> str:
        response = (by or self.keeps).post(LIBRARY + path, json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["job"])

    def file(self, name: str, data: bytes = SOME, **said: object) -> str:
        response = self.keeps.post(f"{LIBRARY}/files", params={"name": name, **said}, content=data, headers=BYTES)  # type: ignore[dict-item]
        assert response.status_code == 202, response.text
        return str(response.json()["job"])

    def ended(self, job: str) -> dict[str, Any]:
        """The job once it is over."""
        found = self.job(job)
        for _ in found.steps():
            pass
        return self.get(f"/jobs/{job}")

    def job(self, id: str) -> Job:
        found = self.keeper.jobs.find(id)
        assert found
        return found

    def written(self, **files: str) -> Path:
        """A folder of files beside the library, by their names without ending."""
        folder = self.folder / "press"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        return folder

    def synced(self, *readers: str, **files: str) -> Path:
        folder = self.written(**files)
        sync([folder], self.library, self.embedder, readers=readers or ("press",))
        return folder

    def audited(self) -> list[dict[str, Any]]:
        lines = [path.read_text() for path in sorted((self.library.folder / "audit").glob("*.jsonl"))]
        return [json.loads(line) for line in "".join(lines).splitlines()]


@contextmanager
def kept(folder: Path, *, largest: int = 100_000, hosts: tuple[str, ...] = ("127.0.0.1",)) -> Iterator[Served]:
    """The library in `folder`, kept by who holds `keepers`, for the length of the block."""
    embedder = PatientEmbedder()
    with Library.open(folder / "library", create=True) as library:
        audit = AuditLog(library.folder)
        corpus = Corpus(library, embedder)
        keeper = LibraryKeeper(
            corpus,
            largest=largest,
            readers=("public",),
            audit=audit,
            fetcher=Fetcher(hosts, limit=largest),
        )
        desk = Desk(corpus, WordQuoter(), threshold=0.0, passages=40, quotes=12)
        site = replace(
            peopled(audit),
            librarians=frozenset({"keepers"}),
            keeper=keeper,
            records=library.records,
            stranger=STRANGERS["header"],
        )
        try:
            yield Served(folder, library, keeper, embedder, site, api(AtDesk(desk), site))
        finally:
            embedder.may_go_on.set()
            keeper.jobs.close()


@contextmanager
def writing(library: Library) -> Iterator[None]:
    """Another writes to the library, for the length of the block."""
    for _ in range(1_000):
        try:
            with library.writer():
                yield
                return
        except LibraryBusy:
            threading.Event().wait(0.01)
    raise AssertionError("nobody let go of the library")
