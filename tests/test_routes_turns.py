"""Kept answers taken along, shared by a link and looked for: one's own alone, and never more than one may read now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from index.errors import LibraryError
from index.principal import Principal
from index.records.conversations import Conversations, Held
from rag.answer import Answer
from tests.newsroom import EVIDENCE, TRACE, Newsroom, document, quoted, quotes
from tests.people import client, peopled
from ui import answer_page, app, pages
from ui.audit.auditlog import AuditLog
from ui.guard import Guard
from ui.routes import every
from ui.routes.exported import disposition
from ui.serving import Site

ASK, TURNS, HISTORY = "/api/v1/ask", "/api/v1/turns", "/api/v1/history"
SEALED = document("Sealed annex", "Ministry", None, "The sealed annex names Karlsruhe.\n", readers=("press",))
PRESS = quoted(SEALED, "The sealed annex names Karlsruhe.", "Anna Weiß")
MIXED = Answer(
    question="What is named?",
    status="answered",
    sentences=quotes(1, 2, evidence=(PRESS, EVIDENCE[2])),
    evidence=(PRESS, EVIDENCE[2]),
    trace=TRACE,
)
ONLY_SEALED = Answer("What is named?", "answered", quotes(1, evidence=(PRESS,)), (PRESS,), TRACE)
NOWHERE = f"/answer/{'0' * 32}"


def guarded(newsroom: Newsroom, site: Site) -> Guard:
    """The API and the pages behind the guard, without the conversation, which takes seconds to make."""
    bare = FastAPI()
    for module in (every, pages, answer_page):
        module.add(bare, newsroom, site)
    app._add_failures(bare, site)
    return Guard(bare, site, routes=(*every.ROUTES, *pages.ROUTES, *answer_page.ROUTES))


class Room:
    """An app in which Alice of the press may read the annex and Bob may not."""

    def __init__(self) -> None:
        self.newsroom = Newsroom(also=(SEALED,), answer=MIXED)
        self.site: Site = peopled()
        self.app = guarded(self.newsroom, self.site)
        self.alice = client(self.app, "alice", "press")
        self.bob = client(self.app, "bob")
        self.left = client(self.app, "alice")
        """Alice, who has left the press."""

    def ask(self, question: str = "What is named?", by: TestClient | None = None) -> tuple[str, str]:
        told = (by or self.alice).post(ASK, json={"question": question, "conversation": "new"}).json()
        return told["conversation"], told["turn"]

    def link(self, turn: str, by: TestClient | None = None) -> str:
        made = (by or self.alice).post(f"{TURNS}/{turn}/link", json={})
        assert made.status_code == 200, made.text
        return str(made.json()["link"])

    def found(self, words: str, by: TestClient | None = None) -> list[str]:
        listed = (by or self.alice).get(HISTORY, params={"words": words})
        assert listed.status_code == 200, listed.text
        return [each["id"] for each in listed.json()["conversations"]]


@pytest.fixture(scope="module")
def made() -> Room:
    return Room()


@pytest.fixture
def room(made: Room) -> Iterator[Room]:
    made.newsroom.answer = MIXED
    yield made
    for owner in ("user:alice", "user:bob"):
        made.site.records.conversations.delete_all(owner)


# A turn by itself.


def test_a_turn_is_given_as_the_history_gives_it(room: Room) -> None:
    conversation, turn = room.ask()
    one = room.alice.get(f"{TURNS}/{turn}").json()
    (same,) = room.alice.get(f"{HISTORY}/{conversation}").json()["turns"]
    assert one == same | {"conversation": conversation, "link": None}
    link = room.link(turn)
    assert room.alice.get(f"{TURNS}/{turn}").json()["link"] == link


def test_a_turn_is_taken_along_as_markdown_and_as_text(room: Room) -> None:
    _, turn = room.ask()
    markdown = room.alice.get(f"{TURNS}/{turn}", params={"form": "markdown"})
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert f"> “{PRESS.quote}”[^1]\n" in markdown.text
    assert "\n[^1]: Anna Weiß, Ministry, no date given, *Sealed annex*, briefs/sealed-annex\\.md. [" in markdown.text
    assert f"(http://127.0.0.1/source/{SEALED.id}?at=0-33&sum=" in markdown.text
    plain = room.alice.get(f"{TURNS}/{turn}", params={"form": "text"})
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"    “{PRESS.quote}” [1]\n" in plain.text
    assert room.alice.get(f"{TURNS}/{turn}", params={"form": "html"}).status_code == 400


@pytest.mark.parametrize("form", ["json", "markdown", "text"])
def test_what_may_not_be_read_any_more_is_in_no_form(room: Room, form: str) -> None:
    _, turn = room.ask()
    told = room.left.get(f"{TURNS}/{turn}", params={"form": form})
    assert told.status_code == 200
    assert "Karlsruhe" not in told.text
    assert SEALED.id not in told.text
    assert EVIDENCE[2].quote in told.text
    assert "Something is left out here" in told.text or told.json()["removed"] == 1


def test_nobody_elses_turn_is_given_nor_one_of_another_place(room: Room) -> None:
    _, turn = room.ask()
    never = room.bob.get(f"{TURNS}/{'0' * 32}")
    embedded = client(room.app, "alice", "press", embed="wiki")
    for asker in (room.bob, embedded):
        for path in (f"{TURNS}/{turn}", f"{TURNS}/{turn}?form=markdown"):
            assert (asker.get(path).status_code, asker.get(path).content) == (404, never.content)
        assert asker.post(f"{TURNS}/{turn}/link", json={}).status_code == 404
        assert asker.delete(f"{TURNS}/{turn}/link").status_code == 404
    _, inside = room.ask(by=embedded)
    assert embedded.get(f"{TURNS}/{inside}").status_code == 200
    assert embedded.post(f"{TURNS}/{inside}/link", json={}).status_code == 404, "whoever sits there could not open it"


# A link.


def test_a_link_is_the_same_each_time_until_it_is_taken_back(room: Room) -> None:
    conversation, turn = room.ask()
    link = room.link(turn)
    assert re.fullmatch(r"/answer/[0-9a-f]{32}", link)
    assert turn not in link
    assert room.link(turn) == link
    assert room.bob.get(link).status_code == 200
    assert room.alice.delete(f"{TURNS}/{turn}/link").status_code == 204
    assert room.alice.delete(f"{TURNS}/{turn}/link").status_code == 404
    assert room.bob.get(link).status_code == 404
    other = room.link(turn)
    assert other != link, "what was taken back stays so"
    assert room.alice.delete(f"{HISTORY}/{conversation}").status_code == 204
    assert room.bob.get(other).status_code == 404, "a link goes with its turn"


def test_each_who_opens_a_link_is_shown_what_they_may_read(room: Room) -> None:
    link = room.link(room.ask()[1])
    whole, part = room.alice.get(link), room.bob.get(link)
    assert "Karlsruhe" in whole.text
    assert "Part of this answer is not shown" not in whole.text
    assert "Karlsruhe" not in part.text
    assert SEALED.id not in part.text
    assert EVIDENCE[2].quote in part.text
    assert "Part of this answer is not shown, because you may not read its documents." in part.text
    assert "alice" not in part.text, "who asked is nobody else's"


def test_no_such_link_one_taken_back_and_one_to_what_may_not_be_read_look_alike(room: Room) -> None:
    room.newsroom.answer = ONLY_SEALED
    link = room.link(room.ask()[1])
    back = room.ask()[1]
    taken_back = room.link(back)
    room.alice.delete(f"{TURNS}/{back}/link")
    never = room.bob.get(NOWHERE)
    assert (never.status_code, never.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert room.alice.get(link).status_code == 200
    for asker, path in ((room.bob, link), (room.bob, taken_back), (room.left, link)):
        told = asker.get(path)
        assert (told.status_code, told.content) == (404, never.content)
        assert told.headers.keys() == never.headers.keys()


def test_no_embedded_chat_opens_a_link(room: Room) -> None:
    link = room.link(room.ask()[1])
    inside = client(room.app, "alice", "press", embed="wiki")
    assert inside.get(link).content == inside.get(NOWHERE).content


def test_a_stranger_is_told_nothing_of_a_link(room: Room) -> None:
    link = room.link(room.ask()[1])
    stranger = TestClient(room.app, base_url="http://127.0.0.1", headers={})
    assert (stranger.get(link).status_code, stranger.get(link).content) == (403, stranger.get(NOWHERE).content)


def test_a_shared_page_runs_nothing_and_opens_its_sources_beside(room: Room) -> None:
    told = room.bob.get(room.link(room.ask()[1]))
    policy = told.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script-src" not in policy
    assert '<base target="_blank">' in told.text
    assert "<script" not in told.text
    sources = re.findall(r'href="(/source/[^"]+)"', told.text)
    assert sources
    assert room.bob.get(sources[0].replace("&amp;", "&")).status_code == 200


UNNAMED = "a choice of sources that is not named here"


def test_only_bounds_that_everybody_may_know_are_named(room: Room) -> None:
    asked: dict[str, object] = {"question": "What is named?", "conversation": "new", "from": "2025-01-01"}
    asked |= {"publishers": ["Harbour Wire", "Ministry", "Nobody knows"], "collections": ["hr-secret"]}
    turn = room.alice.post(ASK, json=asked).json()["turn"]
    whole, part = (each.get(room.link(turn)).text for each in (room.alice, room.bob))
    assert ("Nobody knows" in whole, "hr-secret" in whole, "Ministry" in whole) == (False, False, True)
    assert "only" not in whole, "one of three publishers was told as the only one"
    assert ("Nobody knows" in part, "hr-secret" in part, "Ministry" in part) == (False, False, False)
    assert "1 January 2025" in part
    taken = room.alice.get(f"{TURNS}/{turn}", params={"form": "text"}).text
    assert "published since 1 January 2025, by Harbour Wire or Ministry or 1 chosen publisher not " in taken


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, ""),
        ({"collections": ["hr-secret"]}, UNNAMED),
        ({"publishers": ["Nobody knows"]}, UNNAMED),
        ({"publishers": ["Nobody knows", "Ministry"], "to": "2025-12-31"}, f"up to 31 December 2025 · {UNNAMED}"),
        ({"publishers": ["Harbour Wire", "Ministry"]}, "Harbour Wire, Ministry only"),
    ],
)
def test_a_choice_that_may_not_be_named_is_still_said_to_have_been_made(
    room: Room, bounds: dict[str, object], said: str
) -> None:
    asked = {"question": "What is named?", "conversation": "new"} | bounds
    turn = room.alice.post(ASK, json=asked).json()["turn"]
    words = " ".join(re.sub(r"<[^>]+>", "", room.alice.get(room.link(turn)).text).split())
    assert (f"Scope: {said}" in words) if said else ("Scope:" not in words)


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_a_shared_page_speaks_the_readers_language(room: Room, language: str, direction: str) -> None:
    told = room.bob.get(room.link(room.ask()[1]), headers={"accept-language": language})
    assert f'<html lang="{language}" dir="{direction}">' in told.text
    assert f'lang="{language}"' in room.bob.get(NOWHERE, headers={"accept-language": language}).text


# All of it as a file.


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_a_conversation_and_all_of_them_are_a_file(room: Room, form: str) -> None:
    first, _ = room.ask("Où en est-on, “vraiment” ?\r\n../x")
    second, turn = room.ask("What is named?")
    room.alice.post(ASK, json={"question": "And then what?", "conversation": second})
    one = room.alice.get(f"{HISTORY}/{second}/export", params={"form": form})
    every = room.alice.get(f"{HISTORY}/export", params={"form": form})
    kind = "text/markdown; charset=utf-8" if form == "markdown" else "application/json"
    ending = "md" if form == "markdown" else "json"
    for told in (one, every):
        assert told.headers["content-type"] == kind
        assert re.fullmatch(
            rf"attachment; filename=\"[a-z0-9-]+\.{ending}\"; filename\*=UTF-8''[a-z0-9%-]+\.{ending}",
            told.headers["content-disposition"],
        )
    if form == "json":
        shown = room.alice.get(f"{HISTORY}/{second}").json()
        assert shown.pop("running") is None
        assert one.json() == shown
        assert [each["id"] for each in every.json()["conversations"]] == [first, second]
        assert every.json()["conversations"][1] == shown
    else:
        assert one.text.count("\n## ") == 2
        assert every.text.count("# What is named?\n\n## What is named?") == 1
        notes = re.findall(r"^\[\^([\d-]+)\]: ", every.text, re.MULTILINE)
        assert len(notes) == len(set(notes)) == 6
    assert "Karlsruhe" in every.text
    assert "Karlsruhe" not in room.left.get(f"{HISTORY}/export", params={"form": form}).text
    assert room.bob.get(f"{HISTORY}/{second}/export").status_code == 404
    assert turn in every.text or form == "markdown"


def test_each_turn_as_json_says_what_was_chosen_for_it_as_it_is_asked(room: Room) -> None:
    chosen: dict[str, object] = {"as_of": "2025-09-01", "from": "2025-01-01", "to": "2025-08-31"}
    chosen |= {"publishers": ["Harbour Wire", "Ministry"], "collections": ["hr"]}
    asked = room.alice.post(ASK, json={"question": "What is named?", "conversation": "new", **chosen}).json()
    other = room.alice.post(ASK, json={"question": "What is named?", "conversation": asked["conversation"]}).json()
    export = room.alice.get(f"{HISTORY}/{asked['conversation']}/export", params={"form": "json"}).json()
    turns = [room.alice.get(f"{TURNS}/{each['turn']}").json() for each in (asked, other)]
    for first, second in (export["turns"], turns):
        assert {name: first[name] for name in chosen} == chosen
        assert {name: second[name] for name in chosen} == dict.fromkeys(chosen)


def test_of_nothing_there_is_an_empty_file(room: Room) -> None:
    assert room.bob.get(f"{HISTORY}/export", params={"form": "json"}).json() == {"conversations": []}
    assert room.bob.get(f"{HISTORY}/export").text == ""


def test_what_fails_on_the_way_breaks_the_file_off(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        room.ask(f"Question {number}?")
    honest, told = Conversations.find, []

    def failing(self: Conversations, owner: str, place: str, id: str) -> Held | None:
        told.append(id)
        if len(told) > 1:
            raise LibraryError("the records cannot be read (disk I/O error); see to the library's disk")
        return honest(self, owner, place, id)

    monkeypatch.setattr(Conversations, "find", failing)
    broken = TestClient(room.app, base_url="http://127.0.0.1", headers=dict(room.alice.headers))
    with pytest.raises(RuntimeError, match="response already started"):
        broken.get(f"{HISTORY}/export", params={"form": "json"})
    monkeypatch.setattr(Conversations, "ids", lambda *_: (_ for _ in ()).throw(LibraryError("the disk is gone")))
    assert room.alice.get(f"{HISTORY}/export").status_code == 503


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd"), ('a"; filename="b.exe', "a-filename-b-exe"), ("\r\nX: y", "x-y"),
        ("Größe", "grosse"), ("ما هي الشروط؟", "conversation"), ("", "conversation"), ("x" * 300, "x" * 60),
    ],
)  # fmt: skip
def test_a_file_is_named_by_nothing_but_letters_and_digits(title: str, name: str) -> None:
    said = disposition(title, "2026-11-23.md")
    assert said.startswith(f"attachment; filename=\"{name}-2026-11-23.md\"; filename*=UTF-8''")
    assert re.fullmatch(r"[A-Za-z0-9 ;=\"*'%.-]+", said)


# Looked for.


def test_conversations_are_found_by_title_question_and_answer_in_any_case_and_accent(room: Room) -> None:
    named, _ = room.ask("Was sagt Zürich?")
    other, _ = room.ask("What is named?")
    room.newsroom.answer = None
    third, _ = room.ask("What is the population of Brazil?")
    assert room.alice.patch(f"{HISTORY}/{third}", json={"title": "Küstenwache"}).status_code == 204
    assert room.found("ZURICH sagt") == [named]
    assert room.found("kustenwache population") == [third], "a title and a question of the same conversation"
    assert room.found("KARLSRUHE") == [other, named]
    assert room.found("weiss ministry zürich") == [named], "whose words they are counts too"
    assert room.found("karlsruhe brazil") == []
    assert room.found("  ") == [third, other, named]
    assert room.found("karlsruhe", room.bob) == []


def test_words_of_what_is_withheld_find_nothing(room: Room) -> None:
    mine, _ = room.ask()
    assert room.found("karlsruhe") == [mine]
    for words in ("karlsruhe", "annex", "ministry", "sealed-annex", SEALED.id, "weiß"):
        assert room.found(words, room.left) == [], words
    assert room.found("diplomats insists", room.left) == [mine]


@pytest.mark.parametrize("words", ["sentences", "evidence", "1fc6e774", "null", '"', "\\u", "support", "embedder-1"])
def test_only_words_count_that_are_shown(room: Room, words: str) -> None:
    room.ask()
    assert room.found(words) == []


def test_what_is_found_comes_by_page(room: Room) -> None:
    ids = [room.ask(f"Question {number} of the quay?")[0] for number in range(5)]
    room.ask("Another?")
    listed: list[list[str]] = []
    before = None
    while True:
        page = room.alice.get(HISTORY, params={"words": "quay", "limit": "2"} | ({"before": before} if before else {}))
        listed.append([each["id"] for each in page.json()["conversations"]])
        before = page.json()["next"]
        if before is None:
            break
    assert sorted(id for page in listed for id in page) == sorted(ids)
    assert [len(each) for each in listed][:2] == [2, 2]


def test_one_search_looks_at_so_many_turns_and_the_next_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [room.ask(f"Question {number}?")[0] for number in range(6)]
    monkeypatch.setattr("ui.history_search.MOST_LOOKED_AT", 2)
    pages: list[list[str]] = []
    before = None
    while len(pages) < 9:
        page = room.alice.get(HISTORY, params={"words": "question 0"} | ({"before": before} if before else {})).json()
        pages.append([each["id"] for each in page["conversations"]])
        before = page["next"]
        if before is None:
            break
    assert [id for page in pages for id in page] == [ids[0]]
    assert len(pages) >= 3


def test_a_reader_is_asked_of_documents_of_which_an_answer_has_the_word(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a search costs no look at the library for each turn that was ever kept."""
    room.ask()
    asked: list[frozenset[str]] = []
    honest = room.newsroom.readable

    def counted(principal: Principal, ids: frozenset[str]) -> frozenset[str]:
        asked.append(frozenset(ids))
        return honest(principal, ids)

    monkeypatch.setattr(room.newsroom, "readable", counted)
    room.found("nowhere")
    assert asked == []
    room.found("karlsruhe")
    assert len(asked) == 1


def test_a_shown_answer_is_told_to_the_log(tmp_path: Path) -> None:
    newsroom, site = Newsroom(also=(SEALED,), answer=MIXED), peopled(AuditLog(tmp_path))
    served = guarded(newsroom, site)
    alice, bob = client(served, "alice", "press"), client(served, "bob")
    turn = alice.post(ASK, json={"question": "What is named?", "conversation": "new"}).json()["turn"]
    link = alice.post(f"{TURNS}/{turn}/link", json={}).json()["link"]
    bob.get(link)
    lines = [json.loads(line) for path in (tmp_path / "audit").iterdir() for line in path.read_bytes().splitlines()]
    (opened,) = [line for line in lines if line["action"] == link]
    assert (opened["who"], opened["documents"]) == ("user:bob", [EVIDENCE[2].attribution.document_id])
    assert [line["who"] for line in lines if line["action"] == f"{TURNS}/{turn}/link"] == ["user:alice"]
