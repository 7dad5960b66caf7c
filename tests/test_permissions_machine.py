"""People, documents, rights given and taken back, in any order, before every route: nobody is shown what they may not
read, and what they may read is there. The same where the indexes name what they should not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from limits import parse
from starlette.testclient import TestClient

import index.choices
import index.listing
import index.search
import index.snapshot
import index.visible
from index.corpus import Corpus, View
from index.document import document_id
from index.hit import Hit
from index.library import Library
from index.principal import LOCAL, NOBODY, PUBLIC
from index.scope import Scope
from rag.ask import Desk
from tests.fakes import HashEmbedder
from tests.permitted import (
    COLLECTIONS,
    EMBEDS,
    GROUPS,
    KEEPERS,
    KEPT,
    KEYS,
    LABELS,
    MARK,
    OWN_SCOPE,
    PAGE,
    USERS,
    USES,
    Actor,
    Brought,
    Paper,
    WordQuoter,
    World,
)
from tests.permitted import settings as served
from tests.test_chat import Page
from ui.access import login
from ui.answerer import AtDesk
from ui.app import create_app
from ui.keeping import SoFar
from ui.library.keeper import LibraryKeeper
from ui.serving import Site

EVENTS = {"accept": "text/event-stream"}
PLAIN = {"content-type": "text/plain"}
BYTES = {"content-type": "application/octet-stream"}
AGENT = {"accept": "application/json, text/event-stream"}
KEPT_AT = re.compile(r"/\?conversation=(\w+)#turn-(\w+)")
NEVER = Paper(99_999, frozenset(), None)
ANYONE = (*USERS, *USERS, *KEYS, *EMBEDS, "nobody")

who = st.sampled_from(ANYONE)
users = st.sampled_from(USERS)
readers = st.frozensets(st.sampled_from(LABELS), max_size=3)
collections = st.sampled_from(COLLECTIONS)
which = st.integers(0, 30)
narrowings = st.sampled_from(["", "", "own", "other"])


ASKED = {
    r"/source/[0-9a-f]{32}",
    r"/api/v1/(?:ask|check)",
    r"/api/v1/search",
    r"/api/v1/documents",
    r"/api/v1/scope",
    r"/api/v1/source/[0-9a-f]{32}",
    r"/api/v1/history",
    r"/api/v1/history/[0-9A-Za-z_-]{1,64}",
    r"/api/v1/history/export",
    r"/api/v1/history/[0-9A-Za-z_-]{1,64}/export",
    r"/api/v1/turns/[0-9A-Za-z_-]{1,64}",
    r"/api/v1/turns/[0-9A-Za-z_-]{1,64}/link",
    r"/api/v1/turns/[0-9A-Za-z_-]{1,64}/events",
    r"/answer/[0-9a-f]{32}",
    r"/api/v1/feedback",
    r"/api/v1/library",
    r"/api/v1/library/(?:refusals|removals|roots)",
    r"/api/v1/library/documents/[0-9a-f]{32}",
    r"/api/v1/library/files",
    r"/api/v1/library/(?:urls|sync|restore)",
    r"/api/v1/library/jobs",
    r"/api/v1/library/jobs/[0-9A-Za-z_-]{1,64}",
    r"/v1/chat/completions",
    r"/mcp",
    r"/config",
    r"/gradio_api/queue/data",
    r"/gradio_api/queue/join",
}
"""The rows of the guard's table that the machine asks, and that each must have answered."""
SILENT: dict[str, str | None] = {
    r"/": "/",
    r"/page/(?:shared/)?(?:[a-z-]+\.(?:css|js|svg)|words/[a-z]{2}\.json)": "/page/main.js",
    r"/check": "/check",
    r"/library": "/library",
    r"/healthz|/readyz": "/readyz",
    r"/login": None,
    r"/login/callback": None,
    r"/login/style\.css": None,
    r"/logout": None,
    r"/api/v1/openapi\.json": "/api/v1/openapi.json",
    r"/api/v1/state": "/api/v1/state",
    r"/v1/models(?:/[\w.:-]{1,100})?": "/v1/models",
    r"/embed/v1/widget\.js": "/embed/v1/widget.js",
    r"/embed/v1/frame/[a-z0-9-]{1,40}": "/embed/v1/frame/wiki",
    r"/embed/v1/page/[0-9a-f]{16}/[a-z0-9./-]+": f"/embed/v1/page/{'0' * 16}/frame.css",
    r"/embed/v1/ticket": None,
    r"/embed/v1/session": None,
    r"/theme\.css": "/theme.css",
    r"/assets/[\w-]+(?:\.[\w-]+)*\.(?:js|css|woff2?|svg)": None,
    r"/gradio_api/info": "/gradio_api/info",
    r"/gradio_api/app_id": "/gradio_api/app_id",
    r"/gradio_api/heartbeat/\w{1,32}": None,
}
"""The rows that know of no document, each with an address in it to look at, where it can simply be looked at. The page
of the library is one: all that it shows comes over the API's own rows."""

Search = Callable[[View, object, int, Scope], tuple[Hit, ...]]


def about(paper: Paper | None) -> str:
    """A question that names a paper by its word alone."""
    return f"What is told of the {paper.word if paper else 'ferry'} of the harbour?"


def quoted(answer: dict[str, Any] | str) -> set[str]:
    """The marks of an answer's quotes and passages; publishers that its bounds left out are no quotes."""
    return set(MARK.findall(answer if isinstance(answer, str) else json.dumps({**answer, "outside": None})))


def last_event(stream: str) -> dict[str, Any]:
    """The data of the last of these server-sent events."""
    event: dict[str, Any] = json.loads(stream.rstrip().rpartition("data: ")[2])
    return event


def pieces(stream: str) -> Iterator[str]:
    """What each chunk of a streamed completion adds to its text."""
    for line in stream.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: "))["choices"]:
                yield choice["delta"].get("content") or ""


class Browser:
    """What a page sends and gets, every response looked through."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.world, self.actor = world, actor

    def get(self, path: str, params: dict[str, str] | None = None) -> Response:
        return self.world.send(self.actor, "GET", path, params=params)

    def post(self, path: str, json: object) -> Response:
        return self.world.send(self.actor, "POST", path, json=json)


class Permissions(RuleBasedStateMachine):
    """Every step changes the world or asks something of it, as one of those who can ask."""

    examples: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    @initialize(first=st.lists(st.tuples(readers, collections), min_size=1, max_size=4))
    def begin(self, first: list[tuple[frozenset[str], str | None]]) -> None:
        Permissions.examples += 1
        world = self.world
        world.poisoned = False
        world.gone.clear()
        world.papers.clear()
        world.pages, world.guests = {}, {}
        world.client.cookies.clear()
        world.actors = {name: Actor(name, frozenset()) for name in dict.fromkeys(ANYONE)}
        for owner in (*(f"user:{name}" for name in USERS), *(principal.name for principal in KEYS.values())):
            world.library.records.conversations.delete_all(owner)
        with world.library.writer() as writer:
            for id in world.library.shelf.every_removal():
                writer.restore(id)
        for name in USERS:
            self.regroup(name, frozenset())
        for name in KEYS:
            self.rekey(name)
        for labels, collection in first:
            world.add(labels, collection)
        world.synced()

    @invariant()
    def count(self) -> None:
        Permissions.steps += 1

    # What changes who may read what.

    @rule(labels=readers, collection=collections)
    def write(self, labels: frozenset[str], collection: str | None) -> None:
        self.world.add(labels, collection)
        self.world.synced()

    @rule(which=which, labels=readers)
    def regrant(self, which: int, labels: frozenset[str]) -> None:
        self.world.change(which, readers=labels)
        self.world.synced()

    @rule(which=which, collection=collections)
    def refile(self, which: int, collection: str | None) -> None:
        self.world.change(which, collection=collection)
        self.world.synced()

    @rule(which=which)
    def rewrite(self, which: int) -> None:
        if paper := self.world.pick(which):
            self.world.change(which, version=paper.version + 1)
            self.world.synced()

    @rule(which=which)
    def delete(self, which: int) -> None:
        if paper := self.world.pick(which):
            self.world.gone.append(self.world.papers.pop(paper.number))
            self.world.synced()

    @rule(name=users, groups=st.frozensets(st.sampled_from(GROUPS)))
    def regroup(self, name: str, groups: frozenset[str]) -> None:
        actor, groups = self.world.actors[name], groups | KEEPERS.get(name, frozenset())
        actor.labels = frozenset({PUBLIC, f"user:{name}", *groups})
        actor.headers = {"X-Forwarded-User": name, "X-Forwarded-Groups": ",".join(sorted(groups))}

    @rule(name=st.sampled_from(sorted(KEYS)))
    def rekey(self, name: str) -> None:
        keys, actor, principal = self.world.library.records.keys, self.world.actors[name], KEYS[name]
        keys.revoke(name)
        if actor.headers:
            assert self.world.send(actor, "POST", "/api/v1/search", json={"question": "ferry"}).status_code == 401
        actor.uses = USES.get(name)
        _, secret = keys.make(name, principal, actor.uses)
        actor.labels, actor.collections = principal.readers, principal.collections
        actor.headers = {"Authorization": f"Bearer {secret}"}

    @rule(name=st.sampled_from(sorted(EMBEDS)), guest=users)
    def embed(self, name: str, guest: str) -> None:
        """Somebody opens an embedded chat; in one for the signed-in, as they were known when they came."""
        known = self.world.actors[guest]
        own = known if name == "staff" else self.world.actors["nobody"]
        actor = self.world.guests.setdefault(guest if name == "staff" else name, Actor(name, frozenset()))
        self.world.actors[name] = actor
        asked = {"embed": name}
        ticket = self.world.send(
            own, "POST", "/embed/v1/ticket", content=json.dumps(asked), headers={"Origin": PAGE, **PLAIN}
        )
        asked["ticket"] = ticket.json()["ticket"]
        session = self.world.send(own, "POST", "/embed/v1/session", json=asked)
        actor.headers = {"Authorization": f"Bearer {session.json()['session']}"}
        actor.labels = known.labels if name == "staff" else frozenset(map(str, EMBEDS[name]["readers"]))
        actor.collections = frozenset(map(str, EMBEDS[name]["collections"]))

    @rule(poisoned=st.booleans())
    def poison(self, poisoned: bool) -> None:
        self.world.poisoned = poisoned

    # What may show a document.

    @rule(name=who, which=which, stream=st.booleans(), kept_in=st.sampled_from(["", "new", "last"]), narrow=narrowings)
    def ask(self, name: str, which: int, stream: bool, kept_in: str, narrow: str) -> None:
        """A question, asked of all, of its own paper's publisher, or of another: that names who was left out."""
        actor, paper = self.world.actors[name], self.world.pick(which)
        body: dict[str, object] = {"question": about(paper)}
        if narrow:
            body["publishers"] = [paper.publisher if narrow == "own" and paper else "The Other Post"]
            actor.chose.update(MARK.findall(str(body["publishers"])))
        if kept_in and actor.let_in("ask"):
            body["conversation"] = actor.conversations[-1] if kept_in == "last" and actor.conversations else "new"
        response = self.world.send(actor, "POST", "/api/v1/ask", json=body, headers=EVENTS if stream else {})
        if not self.admitted(actor, "ask", response):
            return
        answer = last_event(response.text) if stream else response.json()
        if narrow != "other":
            self.quotes(actor, paper, MARK.findall(json.dumps(answer["evidence"])))
        elif not self.world.poisoned:
            assert answer["outside"]["documents"] == len(answer["outside"]["publishers"])
            self.quotes(actor, paper, MARK.findall(json.dumps(answer["outside"])))
        if "turn" in answer:
            actor.fed[answer["turn"]] = frozenset(MARK.findall(json.dumps([answer["evidence"], answer["related"]])))
            if answer["conversation"] not in actor.conversations:
                actor.conversations.append(answer["conversation"])
            if stream and actor.let_in("history"):
                again = self.world.send(actor, "GET", f"/api/v1/turns/{answer['turn']}/events")
                assert last_event(again.text) == answer

    @rule(name=who, which=which, stream=st.booleans())
    def complete(self, name: str, which: int, stream: bool) -> None:
        actor, paper = self.world.actors[name], self.world.pick(which)
        body = {"model": "on-record", "messages": [{"role": "user", "content": about(paper)}], "stream": stream}
        response = self.world.send(actor, "POST", "/v1/chat/completions", json=body)
        if self.admitted(actor, "ask", response):
            text = "".join(pieces(response.text)) if stream else response.json()["choices"][0]["message"]["content"]
            self.world.check(actor, text)
            self.quotes(actor, paper, MARK.findall(text))

    @rule(name=who, which=which, stream=st.booleans())
    def check(self, name: str, which: int, stream: bool) -> None:
        actor, paper = self.world.actors[name], self.world.pick(which)
        body = {"text": f"The {paper.word if paper else 'ferry'} of the harbour is told of in five ports."}
        response = self.world.send(actor, "POST", "/api/v1/check", json=body, headers=EVENTS if stream else {})
        if self.admitted(actor, "ask", response):
            self.quotes(actor, paper, MARK.findall(response.text))

    @rule(name=who, which=which)
    def search(self, name: str, which: int) -> None:
        actor, paper = self.world.actors[name], self.world.pick(which)
        response = self.world.send(actor, "POST", "/api/v1/search", json={"question": about(paper), "limit": 100})
        if self.admitted(actor, "search", response):
            found = [each["uri"] for each in response.json()["passages"]]
            assert len(found) == len(set(found)) <= len(self.world.readable(actor))
            self.quotes(actor, paper, MARK.findall(" ".join(found)))

    @rule(name=who, which=which, filed=collections)
    def narrow(self, name: str, which: int, filed: str | None) -> None:
        """What can be chosen is exactly what may be read, and a choice finds what is in it and nothing else."""
        actor, paper = self.world.actors[name], self.world.pick(which)
        offered = self.world.send(actor, "GET", "/api/v1/scope")
        readable = self.world.readable(actor)
        if self.admitted(actor, "documents", offered):
            told = offered.json()
            assert {each["name"] for each in told["publishers"]} == {each.publisher for each in readable}
            named = Counter(each.collection for each in readable if each.collection)
            assert {each["name"]: each["documents"] for each in told["collections"]} == named
            assert (told["documents"], told["earliest"]) == (len(readable), "2025-03-01" if readable else None)
        body = {"question": "Which ferry of the harbour?", "limit": 100}
        body |= {"publishers": [paper.publisher]} if paper else {}
        body |= {"collections": [filed]} if filed else {}
        found = self.world.send(actor, "POST", "/api/v1/search", json=body)
        if self.admitted(actor, "search", found):
            inside = [each for each in readable if paper in (None, each) and filed in (None, each.collection)]
            assert {each["uri"] for each in found.json()["passages"]} == {each.uri for each in inside}

    @rule(name=who, limit=st.integers(1, 4), filed=collections, named=st.booleans(), which=which)
    def documents(self, name: str, limit: int, filed: str | None, named: bool, which: int) -> None:
        """The list is exactly what may be read, so its length gives nothing away."""
        actor, paper = self.world.actors[name], self.world.pick(which)
        wanted = {"limit": str(limit)} | ({"collection": filed} if filed else {})
        wanted |= {"words": f"POST papers/{paper.number % 7}"} if named and paper else {}
        seen: list[str] = []
        while True:
            response = self.world.send(actor, "GET", "/api/v1/documents", params=wanted)
            if not self.admitted(actor, "documents", response):
                return
            seen += [each["uri"] for each in response.json()["documents"]]
            if response.json()["next"] is None:
                break
            wanted["after"] = response.json()["next"]
        expected = [each for each in self.world.readable(actor) if filed in (None, each.collection)]
        same = [each.uri for each in expected if not named or not paper or each.number % 7 == paper.number % 7]
        assert seen == sorted(same)

    @rule(name=who, at=st.sampled_from(["", "?at=0-12", "?at=4-14&beside"]))
    def source(self, name: str, at: str) -> None:
        """Every document there is or was: what may not be read and what never was are told apart by nothing."""
        actor = self.world.actors[name]
        readable = self.world.readable(actor)
        for path, more in (("/api/v1/source/", ""), ("/source/", at)):
            never = self.world.send(actor, "GET", f"{path}{NEVER.id}{more}")
            if not self.admitted(actor, "documents", never, 404):
                continue
            for paper in (*self.world.papers.values(), *self.world.gone):
                shown = self.world.send(actor, "GET", f"{path}{paper.id}{more}")
                if paper in readable:
                    assert shown.status_code == 200
                    assert paper.mark in shown.text
                else:
                    assert (shown.status_code, shown.content) == (404, never.content)

    @rule(name=who, other=who)
    def history(self, name: str, other: str) -> None:
        actor = self.world.actors[name]
        listed = self.world.send(actor, "GET", "/api/v1/history", params={"limit": "50"})
        if not self.admitted(actor, "history", listed):
            return
        assert {each["id"] for each in listed.json()["conversations"]} == set(actor.conversations)
        marks = {paper.mark for paper in self.world.readable(actor)}
        for id in actor.conversations:
            shown = self.world.send(actor, "GET", f"/api/v1/history/{id}").json()
            for turn in shown["turns"]:
                fed = actor.fed[turn["turn"]]
                assert turn["removed"] == int(not fed <= marks)
                told = json.dumps({**turn["answer"], "outside": None})
                assert not fed <= marks or set(MARK.findall(told)) == fed
        for id in self.world.actors[other].conversations if other != name else ():
            assert self.world.send(actor, "GET", f"/api/v1/history/{id}").status_code == 404

    @rule(name=who, other=who, which=which, form=st.sampled_from(["json", "markdown", "text"]))
    def take(self, name: str, other: str, which: int, form: str) -> None:
        """A turn by itself, and all conversations as a file: one's own, and as far as one may read."""
        actor, wanted = self.world.actors[name], {"form": form}
        for turn in self.turns(other)[:3] if other != name else ():
            if not set(self.world.actors[other].conversations) & set(actor.conversations):
                taken = self.world.send(actor, "GET", f"/api/v1/turns/{turn}", params=wanted)
                self.admitted(actor, "history", taken, 404)
        whole = {"form": "json" if form == "json" else "markdown"}
        if not self.admitted(actor, "history", self.world.send(actor, "GET", "/api/v1/history/export", params=whole)):
            return
        marks = {paper.mark for paper in self.world.readable(actor)}
        for id in actor.conversations[-3:]:
            assert self.world.send(actor, "GET", f"/api/v1/history/{id}/export", params=whole).status_code == 200
            for turn in self.world.send(actor, "GET", f"/api/v1/history/{id}").json()["turns"]:
                told = self.world.send(actor, "GET", f"/api/v1/turns/{turn['turn']}", params=wanted)
                assert told.status_code == 200
                said = told.json()["answer"] if form == "json" else OWN_SCOPE.sub("", told.text)
                assert quoted(said) == quoted(turn["answer"]) <= marks

    @rule(name=who, which=which)
    def remember(self, name: str, which: int) -> None:
        """Words of what may not be read any more find nothing, or finding would tell that they are there."""
        actor, paper = self.world.actors[name], self.world.pick(which, gone=True)
        found = self.world.send(actor, "GET", "/api/v1/history", params={"words": (paper or NEVER).mark})
        if self.admitted(actor, "history", found) and found.json()["conversations"]:
            assert paper in self.world.readable(actor)

    @rule(name=who, reader=who, which=which, back=st.integers(0, 4))
    def share(self, name: str, reader: str, which: int, back: int) -> None:
        """Somebody makes a link to a turn of theirs, and somebody opens it; now and then it is taken back."""
        owner, opener = self.world.actors[name], self.world.actors[reader]
        turns = self.turns(name)
        turn = turns[which % len(turns)] if turns else "none"
        path = f"/api/v1/turns/{turn}/link"
        made = self.world.send(owner, "POST", path, json={})
        link = made.json()["link"] if made.status_code == 200 else f"/answer/{'0' * 32}"
        assert made.status_code == 200 or name in EMBEDS or not turns or not owner.let_in("history")
        assert made.status_code != 200 or self.world.send(owner, "POST", path, json={}).json()["link"] == link
        if not back and made.status_code == 200:
            assert self.world.send(owner, "DELETE", path).status_code == 204
        never = self.world.send(opener, "GET", f"/answer/{'f' * 32}")
        opened = self.world.send(opener, "GET", link)
        if not self.admitted(opener, "history", never, 404):
            return
        readable = owner.fed.get(turn, frozenset()) & {paper.mark for paper in self.world.readable(opener)}
        is_there = made.status_code == 200 and bool(back) and reader not in EMBEDS
        if opened.status_code == 404:
            assert opened.content == never.content
            assert not (is_there and readable)
        else:
            assert opened.status_code == 200
            assert is_there
            assert set(MARK.findall(opened.text)) == readable

    @rule(name=who, reader=who, which=which)
    def watch(self, name: str, reader: str, which: int) -> None:
        """Somebody watches an answer that was just now under way: their own, as far as they may still read it all."""
        owner, watcher = self.world.actors[name], self.world.actors[reader]
        turns = self.turns(name)
        turn = turns[-1 - which % len(turns)] if turns else "none"
        never = self.world.send(watcher, "GET", "/api/v1/turns/none/events")
        watched = self.world.send(watcher, "GET", f"/api/v1/turns/{turn}/events")
        if not self.admitted(watcher, "history", never, 404):
            return
        assert watched.status_code in (200, 404)
        if watched.status_code == 404:
            assert watched.content == never.content
        else:
            assert watcher is owner
            assert set(MARK.findall(watched.text)) <= {paper.mark for paper in self.world.readable(watcher)}

    def turns(self, name: str) -> list[str]:
        """The turns that somebody still keeps, oldest first."""
        actor, kept = self.world.actors[name], []
        for id in actor.conversations if actor.let_in("history") else ():
            kept += [turn["turn"] for turn in self.world.send(actor, "GET", f"/api/v1/history/{id}").json()["turns"]]
        return kept

    @rule(name=who, which=which, rename=st.booleans())
    def tidy(self, name: str, which: int, rename: bool) -> None:
        actor = self.world.actors[name]
        if not actor.conversations:
            return
        id = actor.conversations[which % len(actor.conversations)]
        if rename:
            self.world.send(actor, "PATCH", f"/api/v1/history/{id}", json={"title": "Another"})
        elif self.world.send(actor, "DELETE", f"/api/v1/history/{id}").status_code == 204:
            actor.conversations.remove(id)

    @rule(name=who, which=which, verdict=st.sampled_from(["up", "down"]))
    def judge(self, name: str, which: int, verdict: str) -> None:
        actor = self.world.actors[name]
        turn = sorted(actor.fed)[which % len(actor.fed)] if actor.fed else "none"
        body = {"turn": turn, "verdict": verdict, "comment": "It was told otherwise."}
        self.world.send(actor, "POST", "/api/v1/feedback", json=body)

    @rule(name=who, which=which, tool=st.sampled_from(["ask", "search", "open_source"]))
    def agent(self, name: str, which: int, tool: str) -> None:
        actor, paper = self.world.actors[name], self.world.pick(which, gone=tool == "open_source")
        asked: dict[str, object] = {"question": about(paper)}
        if tool == "search":
            asked["limit"] = 100
        response = self.called(actor, tool, asked if tool != "open_source" else {"document": (paper or NEVER).id})
        if not actor.known:
            assert response.status_code == 401
            return
        told = response.json()["result"]
        self.world.check(actor, json.dumps(told))
        if not actor.let_in({"open_source": "documents"}.get(tool, tool)):
            assert told["isError"]
            return
        if tool != "open_source":
            self.quotes(actor, paper, MARK.findall(json.dumps(told)))
        elif paper in self.world.readable(actor):
            assert set(MARK.findall(json.dumps(told))) == {paper.mark}
        else:
            assert told == self.called(actor, tool, {"document": NEVER.id}).json()["result"]

    def called(self, actor: Actor, tool: str, arguments: dict[str, object]) -> Response:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        return self.world.send(actor, "POST", "/mcp", json=call, headers=AGENT)

    @rule(name=who, which=which, again=st.booleans())
    def page(self, name: str, which: int, again: bool) -> None:
        """A question on the page that keeps its earlier turns, in one tab that stays open or in a new one."""
        actor, paper = self.world.actors[name], self.world.pick(which)
        if not actor.let_in("ask"):
            self.admitted(actor, "ask", self.world.send(actor, "POST", "/gradio_api/queue/join", json={}))
            self.admitted(actor, "ask", self.world.send(actor, "GET", "/gradio_api/queue/data"))
            return
        opened = self.world.pages.get(name)
        # Whoever comes to an embedded chat after somebody else has a tab of their own.
        if not again or opened is None or opened.client.actor is not actor:
            tab = f"{name.replace('-', '')}x{Permissions.examples}x{len(self.world.papers)}x{which}"
            self.world.pages[name] = Page(Browser(self.world, actor), tab)  # type: ignore[arg-type]
        told = self.world.pages[name].ask(about(paper))
        shown = json.dumps(told)
        self.world.check(actor, shown)
        marks = MARK.findall(json.dumps(told["quotes"]))
        self.quotes(actor, paper, marks)
        for conversation, turn in set(KEPT_AT.findall(str(told["asked"][-1]))):
            actor.fed[turn] = frozenset(marks)
            if conversation not in actor.conversations:
                actor.conversations.append(conversation)

    @rule(name=st.sampled_from(USERS), other=st.sampled_from(USERS), which=which)
    def reopen(self, name: str, other: str, which: int) -> None:
        """The page at the address of somebody's conversation: one's own as far as one may read it now, no other's."""
        actor, owner = self.world.actors[name], self.world.actors[other]
        if not actor.let_in("ask") or not owner.conversations:
            return
        id = owner.conversations[which % len(owner.conversations)]
        tab = f"{name}x{Permissions.examples}y{len(self.world.papers)}y{which}"
        told = Page(Browser(self.world, actor), tab, f"conversation={id}").load()  # type: ignore[arg-type]
        self.world.check(actor, json.dumps(told))
        assert ("asked" in told) == (id in actor.conversations)

    @rule(name=who, limit=st.integers(1, 4))
    def library(self, name: str, limit: int) -> None:
        """Every document there is, and every list of what is not, for those who keep the library alone."""
        actor = self.world.actors[name]
        seen: list[str] = []
        wanted = {"limit": str(limit)}
        while True:
            response = self.world.send(actor, "GET", KEPT, params=wanted)
            if not self.kept(actor, response):
                break
            seen += [each["id"] for each in response.json()["documents"]]
            if response.json()["next"] is None:
                break
            wanted["after"] = response.json()["next"]
        if actor.keeps:
            assert {paper.id for paper in self.world.papers.values()} == set(seen) - {document_id("papers/keeps")}
        every = (NEVER, *self.world.papers.values(), *self.world.gone)
        for paper in every if actor.keeps else every[:2]:
            one = self.world.send(actor, "GET", f"{KEPT}/documents/{paper.id}")
            self.kept(actor, one, 200 if paper.id in seen else 404)
        for path in ("/refusals", "/removals", "/roots", "/jobs"):
            self.kept(actor, self.world.send(actor, "GET", KEPT + path))
        for path, body in (("/urls", {"url": "http://10.0.0.1/"}), ("/sync", {}), ("/restore", {"id": NEVER.id})):
            response = self.world.send(actor, "POST", KEPT + path, json=body)
            if self.kept(actor, response, 404 if path == "/restore" else 202) and response.status_code == 202:
                self.over(actor, response)

    @rule(name=who, labels=readers, collection=collections)
    def bring(self, name: str, labels: frozenset[str], collection: str | None) -> None:
        """Somebody adds a file for some readers, and takes it away again."""
        actor, keeper, world = self.world.actors[name], self.world.actors["dora"], self.world
        paper = Brought(len(world.papers) + len(world.gone), labels, collection)
        query = {"name": f"{paper.mark}.txt", "readers": sorted(labels) or [NOBODY]}
        query |= {"collection": collection} if collection else {}
        text = str(paper.line()["text"]).encode()
        sent = partial(world.send, method="POST", path=f"{KEPT}/files", params=query, content=text, headers=BYTES)
        if not actor.keeps:
            self.kept(actor, sent(actor), 202)
            assert world.send(actor, "DELETE", f"{KEPT}/documents/{NEVER.id}").status_code in (401, 403)
        world.papers[paper.number] = paper
        self.over(keeper, sent(keeper))
        for each in (actor, keeper):
            if each.let_in("search"):
                found = world.send(each, "POST", "/api/v1/search", json={"question": about(paper), "limit": 100})
                self.quotes(each, paper, MARK.findall(found.text))
        self.over(keeper, world.send(keeper, "DELETE", f"{KEPT}/documents/{paper.id}"))
        world.gone.append(world.papers.pop(paper.number))
        world.send(actor, "POST", "/api/v1/search", json={"question": about(paper), "limit": 100})

    def over(self, actor: Actor, begun: Response) -> None:
        """Wait until a job is over, which went well but for what could not be fetched."""
        id = begun.json()["job"]
        keeper = self.world.app.site.keeper
        job = keeper.jobs.find(id) if keeper else None
        assert job
        for _ in job.steps():
            pass
        told = self.world.send(actor, "GET", f"{KEPT}/jobs/{id}").json()
        assert told["state"] == ("failed" if told["kind"] == "urls" else "done"), told

    def kept(self, actor: Actor, response: Response, status: int = 200) -> bool:
        """Whether this somebody keeps the library; what they get must say so."""
        refused = 403 if actor.known else 401
        assert response.status_code == (status if actor.keeps else refused), response.text
        return actor.keeps

    @rule(name=who, which=which)
    def err(self, name: str, which: int) -> None:
        """What is wrong is told without a word of what there is."""
        actor, paper = self.world.actors[name], self.world.pick(which)
        question = about(paper)
        for path, body in (
            ("/api/v1/ask", {"question": question, "as_of": "someday"}),
            ("/api/v1/ask", {"question": question, "conversation": "not-there"}),
            ("/api/v1/search", {"question": question, "limit": 0}),
            ("/api/v1/search", {"question": " "}),
            ("/api/v1/feedback", {"turn": "not-there", "verdict": "up"}),
            ("/v1/chat/completions", {"model": "other", "messages": []}),
        ):
            assert self.world.send(actor, "POST", path, json=body).status_code in (400, 401, 403, 404)
        for path in ("/api/v1/documents?limit=0", "/api/v1/history/not-there", "/api/v1/history?before=nonsense"):
            assert self.world.send(actor, "GET", path).status_code in (200, 400, 401, 403, 404)

    def teardown(self) -> None:
        """In the end everybody asks everything once."""
        for at, name in enumerate(self.world.actors):
            which, odd = at + len(self.world.papers), bool(at % 2)
            self.source(name, "")
            self.documents(name, 3, None, False, which)
            self.search(name, which)
            self.narrow(name, which, None)
            self.ask(name, which, odd, "last", "other" if odd else "")
            self.watch(name, name, 0)
            self.complete(name, which, not odd)
            self.check(name, which, odd)
            self.agent(name, which, ("ask", "search", "open_source")[at % 3])
            self.page(name, which, True)
            self.judge(name, which, "up")
            self.history(name, "alice")
            self.take(name, "alice", which, ("json", "markdown", "text")[at % 3])
            self.remember(name, which)
            self.share(name, "alice", which, 1)
            self.library(name, 3)
        self.bring("alice", frozenset({"press"}), "wiki")

    def admitted(self, actor: Actor, use: str, response: Response, status: int = 200) -> bool:
        """Whether this somebody may do that at all; what they get must say so."""
        refused = 403 if actor.known else 401
        assert response.status_code == (status if actor.let_in(use) else refused), response.text
        return actor.let_in(use)

    def quotes(self, actor: Actor, paper: Paper | None, marks: list[str]) -> None:
        """What was asked about by its own word is among what was found, if it may be read."""
        assert paper is None or not actor.may(paper) or paper.mark in marks, f"{paper} is missing"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    embedder = HashEmbedder()
    with Library.open(folder / "library", create=True) as library, pytest.MonkeyPatch.context() as patch:
        desk = Desk(Corpus(library, embedder), WordQuoter(), threshold=0.0, passages=40, quotes=12)
        asked = served(folder / "library")
        site = Site.of(asked, library)
        keeper = LibraryKeeper.of(asked, desk.corpus, site.records, site.audit)
        app = create_app(AtDesk(desk), replace(site, keeper=keeper))
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as client:
            patch.setattr("ui.limiting.rates.READINGS", parse("1000000/minute"))
            made = World(app, client, library, folder / "feed.jsonl", embedder)
            poisonable(made, patch)
            yield made
            keeper.jobs.close()


def poisonable(world: World, patch: pytest.MonkeyPatch) -> None:
    """Let both indexes name every chunk there is, and some that are not, while the world is poisoned."""
    for method in ("keyword_hits", "vector_hits"):
        honest: Search = getattr(View, method)

        def hits(view: View, asked: object, limit: int, scope: Scope, honest: Search = honest) -> tuple[Hit, ...]:
            if not world.poisoned:
                return honest(view, asked, limit, scope)
            every = view._snapshot.chunk_numbers().tolist()
            return (*honest(view, asked, limit, Scope(None)), *(Hit(number, 0.5) for number in (*every, 10**9, -1)))

        patch.setattr(View, method, hits)


def run(world: World, *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        partial(Permissions, world),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_is_shown_what_they_may_not_read(world: World) -> None:
    world.answered.clear()
    run(world, examples=3, steps=60)
    assert world.answered >= ASKED


@pytest.mark.slow
def test_nobody_is_shown_it_in_ten_thousand_steps(world: World) -> None:
    before = Permissions.steps
    run(world, examples=70, steps=200)
    assert Permissions.steps - before >= 10_000


def test_every_route_that_can_show_a_document_is_asked(world: World) -> None:
    assert {row.path.pattern for row in (*world.app.routes, *login.ROUTES)} == ASKED | SILENT.keys()
    assert not ASKED & SILENT.keys()


def test_what_shows_no_document_shows_none(world: World) -> None:
    machine = Permissions(world)
    machine.begin([(frozenset(labels), "wiki") for labels in (["press"], ["user:bob"], [NOBODY])])
    machine.regroup("carol", frozenset({"keepers"}))
    for path in filter(None, SILENT.values()):
        for name in ("alice", "carol", "nobody"):
            world.send(world.actors[name], "GET", path)
    assert world.send(world.actors["carol"], "GET", "/library").status_code == 200
    assert world.send(world.actors["alice"], "GET", "/library").status_code == 403


def reads_everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "of", classmethod(lambda cls, *_, **__: Scope(None)))


def forgets_collections(patch: pytest.MonkeyPatch) -> None:
    honest = Scope.of
    patch.setattr(Scope, "of", classmethod(lambda cls, *all, **named: replace(honest(*all, **named), collections=None)))


def reads_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "of", classmethod(lambda cls, *_, **__: Scope(frozenset())))


def forgets_sql(patch: pytest.MonkeyPatch) -> None:
    for module in (index.visible, index.snapshot, index.listing, index.choices):
        patch.setattr(module, "admitted", lambda scope: ())


def trusts_indexes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(index.search, "_may_read", lambda *_: True)


def trusts_what_was_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AtDesk, "readable", lambda self, principal, ids: frozenset(ids))


def forgets_what_was_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SoFar, "left_out", property(lambda self: frozenset()))


def opens_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AtDesk, "document", lambda self, principal, id: self.desk.corpus.library.document(LOCAL, id))


def lets_all_keep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("ui.library.routes.is_librarian", lambda *_: True)


@pytest.mark.parametrize(
    "broken",
    [
        reads_everything,
        pytest.param(lets_all_keep, marks=pytest.mark.slow),
        pytest.param(forgets_collections, marks=pytest.mark.slow),
        pytest.param(reads_nothing, marks=pytest.mark.slow),
        pytest.param(forgets_sql, marks=pytest.mark.slow),
        pytest.param(trusts_indexes, marks=pytest.mark.slow),
        pytest.param(trusts_what_was_kept, marks=pytest.mark.slow),
        pytest.param(forgets_what_was_left_out, marks=pytest.mark.slow),
        pytest.param(opens_all, marks=pytest.mark.slow),
    ],
)
def test_a_broken_rule_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None]
) -> None:
    broken(monkeypatch)
    with pytest.raises((AssertionError, HypothesisException)):
        run(world, examples=20, steps=100)
