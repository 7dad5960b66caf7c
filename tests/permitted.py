"""A small world of people and documents before the real app, in which every response is looked through for what its
reader may not see.

Each document carries a mark of its own in its title, publisher, author, address and every sentence, which nobody ever
types, and a word to ask by, which may be typed and so come back. Who may read what is said here in plain Python, apart
from the library's own rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from index.document import Passage, Span, document_id
from index.library import Library
from index.principal import NOBODY, PUBLIC, Principal
from index.sync import sync
from rag.answer import Evidence
from rag.quote import Quoted, Quoter
from rag.settings import Settings
from tests.fakes import HashEmbedder
from ui.app import App

USERS = ("alice", "bob", "carol", "dora")
GROUPS = ("press", "legal", "board")
KEEPERS = {"dora": frozenset({"keepers"})}
"""The groups of those who keep the library, which nobody else is in and no document is for."""
LABELS = (PUBLIC, NOBODY, *GROUPS, *(f"user:{name}" for name in USERS))
COLLECTIONS = (None, "wiki", "hr")
KEYS = {
    "press-key": Principal("key:press", frozenset({PUBLIC, "press"}), collections=frozenset({"wiki"})),
    "legal-key": Principal("key:legal", frozenset({"legal"})),
    "empty-key": Principal("key:empty", frozenset({PUBLIC, *GROUPS}), collections=frozenset()),
}
USES = {"legal-key": frozenset({"search", "history"})}
"""What a key is good for, where that is not everything."""
PAGE = "https://wiki.example"
EMBEDS: dict[str, dict[str, list[str] | str]] = {
    "wiki": {"origins": [PAGE], "audience": "public", "readers": [PUBLIC, "board"], "collections": ["wiki"]},
    "staff": {"origins": [PAGE], "collections": ["hr"]},
}
FILLER = ["ferry", "harbour", "crane", "quay", "tide", "lock", "pilot", "tug", "buoy", "mast", "hull", "deck"]
OWN_SCOPE = re.compile(
    r'<p class=\\*"note scope\\*">.*?</p>|<a class=\\*"asked-within\\*"[^>]*>|Asked only of documents by [^.\n]*\.'
    r'|"to":\s*(?:null|"[\d-]*"),\s*"publishers":\s*\[[^]]*\]'
)
"""Where a page, a file and a turn's JSON say again what their reader chose to be answered from."""
MARK = re.compile(r"mark\d{5}m")
WORD = re.compile(r"word\d{5}w")
KEPT = "/api/v1/library"
"""Where those who keep the library see of every document that it is there, and no word of its text."""


def settings(folder: Path) -> Settings:
    """Those of a server behind a proxy that says who asks, with two embedded chats and room for many questions."""
    many = "1000000/minute"
    return Settings.model_validate(
        {
            "library": folder,
            "identity": "header",
            "trusted_peers": ["127.0.0.1"],
            "public_url": "http://127.0.0.1",
            "limit_user": many,
            "limit_key": many,
            "librarians": ["keepers"],
            "embeds": {name: each | {"limit": many} for name, each in EMBEDS.items()},
        }
    )


class WordQuoter(Quoter):
    """Chooses the first sentence of each passage that has a word of the question: which are chosen is no matter here,
    and the real choice takes a tenth of a second."""

    def __init__(self) -> None:
        pass

    @property
    def fingerprint(self) -> str:
        return "words"

    def quote(self, question: str, passages: Sequence[Passage], *, limit: int = 6) -> Quoted:
        asked = _words(question)
        found = [(each, span) for each in passages for span in _sentences(each.chunk.text, asked)[:1]]
        best = sorted(found, key=lambda pair: -len(asked & _words(pair[1].of(pair[0].chunk.text))))[:limit]
        return Quoted(tuple(_evidence(*pair) for pair in best), 0.9 if best else 0.0)


def _sentences(text: str, asked: set[str]) -> list[Span]:
    spans = (Span(*each.span()) for each in re.finditer(r"The [^.]*\.", text))
    return [span for span in spans if asked & _words(span.of(text))]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _evidence(passage: Passage, span: Span) -> Evidence:
    return Evidence(passage, span.shifted(passage.chunk.span.start), span.of(passage.chunk.text), 0.9)


@dataclass(frozen=True)
class Paper:
    """One document as it is in the feed; `version` counts its texts."""

    number: int
    readers: frozenset[str]
    collection: str | None
    version: int = 1

    @property
    def mark(self) -> str:
        return f"mark{self.number:05}m"

    @property
    def word(self) -> str:
        return f"word{self.number:05}w"

    @property
    def publisher(self) -> str:
        return f"The {self.mark} Post"

    @property
    def uri(self) -> str:
        return f"papers/{self.number % 7}/{self.mark}"

    @property
    def id(self) -> str:
        return document_id(self.uri)

    def line(self) -> dict[str, object]:
        """Its line of the feed."""
        own = " ".join(f"{filler}{self.number}" for filler in FILLER)
        text = (
            f"The {self.word} of the harbour is told of in {self.mark}, {self.version} times. "
            f"The ferry of {self.mark} passes {own}."
        )
        named = {"title": f"On {self.mark}", "publisher": self.publisher, "author": f"A. {self.mark}"}
        filed = {"collection": self.collection} if self.collection else {}
        readers = sorted(self.readers) or [NOBODY]
        return {"uri": self.uri, "text": text, "published": "2025-03-01", "readers": readers, **named, **filed}


class Brought(Paper):
    """One that was added as a file, and is in no feed."""

    @property
    def uri(self) -> str:
        return f"added/{self.mark}.txt"


@dataclass
class Actor:
    """Somebody who asks: how their requests are told from others', and what they hold, as this file has it."""

    name: str
    labels: frozenset[str]
    collections: frozenset[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    uses: frozenset[str] | None = None
    conversations: list[str] = field(default_factory=list)
    fed: dict[str, frozenset[str]] = field(default_factory=dict)
    """The marks of what fed each kept turn."""
    chose: set[str] = field(default_factory=set)
    """The marks in the names of publishers that they asked of, whether these were theirs to read or not."""

    @property
    def known(self) -> bool:
        """Whether they have said who they are."""
        return bool(self.headers)

    def let_in(self, use: str) -> bool:
        """Whether they are known, and may do this."""
        return self.known and (self.uses is None or use in self.uses)

    @property
    def keeps(self) -> bool:
        """Whether they keep the library."""
        return self.let_in("library") and "keepers" in self.labels and self.collections is None

    def may(self, paper: Paper) -> bool:
        """The rule of who reads what, once more."""
        held = bool(self.labels & paper.readers - {NOBODY})
        return held and (self.collections is None or paper.collection in self.collections)


@dataclass
class World:
    """The app, the feed behind its library, and everybody who asks."""

    app: App
    client: TestClient
    library: Library
    feed: Path
    embedder: HashEmbedder
    papers: dict[int, Paper] = field(default_factory=dict)
    gone: list[Paper] = field(default_factory=list)
    actors: dict[str, Actor] = field(default_factory=dict)
    pages: dict[str, Any] = field(default_factory=dict)
    guests: dict[str, Actor] = field(default_factory=dict)
    """Who was let into the embedded chat for the signed-in, by their own name."""
    poisoned: bool = False
    answered: set[str] = field(default_factory=set)
    """The rows of the route table that answered with success."""

    def add(self, labels: frozenset[str], collection: str | None) -> None:
        """One more paper in the feed."""
        number = len(self.papers) + len(self.gone)
        self.papers[number] = Paper(number, labels, collection)

    def pick(self, which: int, *, gone: bool = False) -> Paper | None:
        """One of the papers, with `gone` perhaps one that was deleted; None where there is none."""
        papers = [*self.papers.values(), *(self.gone if gone else ())]
        return papers[which % len(papers)] if papers else None

    def change(self, which: int, **changes: object) -> None:
        """The same paper otherwise."""
        if paper := self.pick(which):
            self.papers[paper.number] = replace(paper, **changes)  # type: ignore[arg-type]

    def synced(self) -> None:
        """Bring the feed as it is now into the library; what is not in it goes."""
        lines = [json.dumps(paper.line()) for paper in self.papers.values()]
        keeps = json.dumps({"uri": "papers/keeps", "text": "So that the feed is never empty.", "readers": [NOBODY]})
        self.feed.write_text("\n".join([*lines, keeps]), encoding="utf-8")
        report = sync([self.feed], self.library, self.embedder, readers=(NOBODY,), prune=True)
        assert not report.count("refused"), report

    def readable(self, actor: Actor) -> list[Paper]:
        return [paper for paper in self.papers.values() if actor.may(paper)]

    def send(
        self,
        actor: Actor,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Response:
        """The response to this request, after it was looked through."""
        response = self.client.request(method, path, headers={**actor.headers, **(headers or {})}, **more)
        row = self.app.row(path.partition("?")[0])
        if row is not None and response.status_code < 300:
            self.answered.add(row.path.pattern)
        assert response.status_code < 500, f"{method} {path}: {response.status_code} {response.text}"
        if path.startswith(KEPT) and actor.keeps:
            assert not WORD.search(response.text), f"{actor.name} was shown text in {response.text[:2000]}"
        else:
            self.check(actor, f"{response.headers!r}\n{response.text}")
        return response

    def check(self, actor: Actor, text: str) -> None:
        """Fail if `text` holds a mark or an id of anything that `actor` may not read, or that is gone. Only where a
        choice is said again may it name what they chose themselves, their own words."""
        readable = self.readable(actor)
        told, chosen = OWN_SCOPE.sub("", text), " ".join(OWN_SCOPE.findall(text))
        leaked = set(MARK.findall(told)) | set(MARK.findall(chosen)) - actor.chose
        leaked -= {paper.mark for paper in readable}
        hidden = (paper for paper in (*self.papers.values(), *self.gone) if paper not in readable)
        leaked |= {paper.id for paper in hidden if paper.id in text}
        assert not leaked, f"{actor.name} was shown {leaked} in {text[:2000]}"
