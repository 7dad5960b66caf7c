"""What librarians do to a served library: each change is a job, and a line of the audit log when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from index.added import safe_name, said_label, said_readers
from index.address import web_address
from index.candidate import LIMITS
from index.claims import Claims
from index.corpus import Corpus
from index.fetch import Fetcher
from index.library import Library
from index.principal import NOBODY
from index.records.records import Records
from index.records.store import present
from index.shelf import Shelf
from index.shelved import Removal, Root
from index.sync import sync
from index.sync_report import FileResult
from rag.settings import Settings
from ui.audit.auditlog import AuditLog
from ui.audit.entry import Entry
from ui.caller import Caller
from ui.library.job import Job, Kind
from ui.library.jobs import Jobs, Work
from ui.library.taking import Taking
from ui.removal import remove

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Adding:
    """What somebody says of what they add: who may read it, where None means as the settings have it, its collection
    and its publisher."""

    readers: tuple[str, ...] | None = None
    collection: str | None = None
    publisher: str | None = None


class LibraryKeeper:
    """The jobs of one served library and what they need of it. Safe to use from several threads.

    `largest` is how many bytes one file may have that is added, `readers` who reads what is added where nobody says,
    and `hosts` are those inside the network that pages may be added from. `records` are what people leave, where that
    is kept apart from the library.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        largest: int,
        readers: tuple[str, ...],
        hosts: Sequence[str] = (),
        audit: AuditLog | None = None,
        fetcher: Fetcher | None = None,
        records: Records | None = None,
    ) -> None:
        self.largest = min(largest, LIMITS.file_bytes)
        self.readers = readers
        self.jobs = Jobs(self._tell)
        self._corpus, self._audit, self._records = corpus, audit, records
        self._taking = Taking(corpus.library, corpus.embedder, fetcher or Fetcher(hosts, limit=self.largest))

    @staticmethod
    def of(settings: Settings, corpus: Corpus, records: Records, audit: AuditLog | None) -> LibraryKeeper:
        """What these settings say of keeping the library of `corpus`."""
        return LibraryKeeper(
            corpus,
            largest=settings.upload_mib * MIB,
            readers=settings.readers_unless_named,
            hosts=settings.fetch_hosts,
            audit=audit,
            records=records,
        )

    @property
    def library(self) -> Library:
        """The library that is kept."""
        return self._corpus.library

    @cached_property
    def shelf(self) -> Shelf:
        """What it holds."""
        return self.library.shelf

    def arriving(self) -> Path:
        """Where the bytes of a file that somebody sends are to be written. Raises QueueFull where nothing is taken."""
        self.jobs.require_room()
        return self._taking.added.arriving()

    def add_file(self, arrived: Path, name: str, said: Adding, caller: Caller) -> Job:
        """Take in the file at `arrived`, which is moved from there."""
        claims = self._claims(said)

        def work(job: Job) -> str | None:
            return self._taking.file(arrived, name, claims, job, partial(self.jobs.when_free, job)).reason

        return self._add("files", safe_name(name), caller, work)

    def add_page(self, address: str, said: Adding, caller: Caller) -> Job:
        """Fetch what is at this web address and take it in. Raises Refused for what is no such address."""
        url, claims = str(web_address(address)), self._claims(said)

        def work(job: Job) -> str | None:
            return self._taking.page(address, claims, job, partial(self.jobs.when_free, job)).reason

        return self._add("urls", url, caller, work)

    def require(self, name: str, said: Adding) -> None:
        """Raise Refused if no file of that name is read, or what is said of it cannot be."""
        safe_name(name)
        self._claims(said)

    def remove(self, id: str, caller: Caller) -> Job | None:
        """Remove the document of this id from everywhere, and finish its removal where that was left half done; None if
        there is no such document and nobody removed one."""
        there, gone_before = self.shelf.document(id), self.shelf.removed(id)
        if there is None and gone_before is None:
            return None
        uri = there.attribution.uri if there else gone_before.uri if gone_before else id

        def work(job: Job) -> str | None:
            by = caller.principal.name
            gone = self.jobs.when_free(job, lambda: remove([id], by, self.library, self._records))
            job.found(len(gone.documents))
            for each in gone.documents:
                job.done(FileResult(each.uri, each.uri, "removed"))
            return gone.sentence()

        return self._add("remove", uri, caller, work)

    def restore(self, removed: Removal, caller: Caller) -> Job:
        """Let a document that was removed be taken in again."""

        def restored() -> None:
            with self.library.writer() as writer:
                writer.restore(removed.document_id)

        return self._add("restore", removed.uri, caller, lambda job: self.jobs.when_free(job, restored))

    def sync_again(self, caller: Caller, *, prune: bool = False) -> Job:
        """Sync again all that the library was synced from; with `prune`, remove what is no longer there."""
        return self._add("sync", "", caller, partial(self._sync_all, prune=prune))

    def _sync_all(self, job: Job, *, prune: bool) -> str | None:
        own = self._taking.added.folder
        roots = [each for each in self.shelf.roots() if not Path(each.path).is_relative_to(own)]
        if self._taking.added.holds_any():
            roots.append(Root(str(own), (NOBODY,), None, present()))
        for root in roots:
            self.jobs.when_free(job, partial(self._sync_root, root, job, prune))
        return None

    def _sync_root(self, root: Root, job: Job, prune: bool) -> None:
        sync(
            [Path(root.path)],
            self.library,
            self._corpus.embedder,
            readers=root.readers,
            collection=root.collection,
            apart=root.apart,
            prune=prune,
            progress=job,
        )

    def _claims(self, said: Adding) -> Claims:
        """What is said of it as its row of the table has it. Raises Refused for what cannot be said."""
        return Claims(
            readers=said_readers(self.readers if said.readers is None else said.readers),
            collection=said.collection and said_label(said.collection, "collection"),
            publisher=said.publisher and said_label(said.publisher, "publisher"),
        )

    def _add(self, kind: Kind, name: str, caller: Caller, work: Work) -> Job:
        return self.jobs.add(kind, name, caller, work)

    def _tell(self, job: Job) -> None:
        """One line for what came of a job, with the documents it changed; the request that began it has its own."""
        if self._audit is None:
            return
        self._audit.write(
            Entry(
                when=present(),
                who=job.caller.principal.name,
                by=job.caller.by,
                action=f"library {job.kind}",
                subject=f"{job.name}: {job.standing.told or job.standing.state}".removeprefix(": "),
                decision="allowed",
                documents=job.documents,
                key=job.caller.key,
            )
        )
