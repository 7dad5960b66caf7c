"""A document removed by hand is gone from everywhere: from search, answers, verdicts, and every byte of the files."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.added import Added
from index.claims import Claims
from index.corpus import Corpus
from index.document import Document
from index.errors import LibraryBusy
from index.feedback import Exchange, Feedback, ShownQuote
from index.keeper import Keeper
from index.library import Library
from index.principal import LOCAL, person
from index.query import Query
from index.records.conversations import KeptTurn
from index.records.fed import Fed
from index.scope import Scope
from index.search import search
from index.sync import sync
from index.vectors import VectorIndex
from rag.answer import Answer, Dropped, Group, Sentence
from rag.settings import Settings
from tests.clock import NOON
from tests.fakes import HashEmbedder
from tests.newsroom import TRACE, citation, passage, quoted
from ui import kept, wire
from ui.audit.auditlog import AuditLog
from ui.kept import ShownTurn
from ui.removal import Removed, remove, sweep
from ui.retention import retain

EMBEDDER = HashEmbedder()
ALICE, BOB = person("alice", ("press",)), person("bob")
CHANCE = random.Random(7)


def distinct(title: str) -> str:
    """A text of words that no other text has."""
    words = ("".join(CHANCE.choices("bcdfghjklmnpqrstvwxz", k=7)) for _ in range(60))
    return f"{title}\n\n" + "".join(f"{word}{'. ' if at % 9 == 8 else ' '}" for at, word in enumerate(words)).strip()


SECRET, PLAIN = distinct("The secret protocol of Tallinn"), distinct("What the ferry company says")


class Room:
    """A library with a secret and a plain document, and what was answered from them."""

    def __init__(self, folder: Path) -> None:
        self.docs = folder / "docs"
        self.docs.mkdir()
        (self.docs / "secret.txt").write_text(SECRET, encoding="utf-8")
        (self.docs / "plain.txt").write_text(PLAIN, encoding="utf-8")
        self.library = Library.open(folder / "library", create=True)
        self.sync()
        self.secret, self.plain = (self.document(f"docs/{name}.txt") for name in ("secret", "plain"))

    def sync(self) -> dict[str, str]:
        report = sync([self.docs], self.library, EMBEDDER, readers=("press",))
        return {file.name: file.status for file in report.files}

    def document(self, uri: str) -> Document:
        with self.library.snapshot() as snapshot:
            return next(each for each in snapshot.documents(Scope(None)) if each.uri == uri)

    def keep(
        self,
        turn: str,
        answer: Answer,
        *,
        leans_on: frozenset[str] = frozenset(),
        owner: str = "alice",
        scope: str = "",
    ) -> None:
        conversations, name = self.library.records.conversations, person(owner).name
        attributions = (*(each.attribution for each in answer.evidence), *(each.attribution for each in answer.related))
        fed = frozenset(each.document_id for each in attributions)
        began = conversations.begin(name, "", "About the protocol")
        json_kept = kept.kept(wire.answer_json(answer) | {"scope": scope}, leans_on)
        assert conversations.add(name, began.id, KeptTurn(turn, NOON, f"Question {turn}?", None, json_kept, fed))

    def kept(self, turn: str, owner: str = "alice") -> str:
        found = self.library.records.conversations.turn(person(owner).name, turn)
        assert found
        return found.answer

    def shown(self, turn: str) -> ShownTurn:
        held = self.library.records.conversations.holding(ALICE.name, "", turn)
        assert held
        [one] = kept.shown(held.turns, lambda ids: self.library.readable(ALICE, ids))
        return one

    def remove(self) -> Removed:
        return remove([self.secret.id], "user:kim", self.library)

    def both(self) -> Answer:
        """An answer from both documents: a sentence on each, one on both, one on neither, and all else there can be."""
        evidence = (quoted(self.secret, sentence(self.secret, 1)), quoted(self.plain, sentence(self.plain, 1)))
        first, second = (citation(number, evidence) for number in (1, 2))
        return Answer(
            question=f"Does {SECRET.split()[9]} hold?",
            status="answered",
            sentences=(
                Sentence(evidence[0].quote, (first,), "quoted"),
                Sentence(evidence[1].quote, (second,), "quoted"),
                Sentence(f"So {SECRET[60:110]} follows.", (first, second), "supported"),
            ),
            evidence=evidence,
            related=(passage(self.secret), passage(self.plain)),
            points=((1, 2),),
            dropped=(Dropped(f"And {SECRET[200:250]}.", "no quote says so"),),
            groups=(Group(SECRET[260:300], (1,)), Group("others", (2,))),
            trace=TRACE,
        )

    def from_plain(self) -> Answer:
        evidence = (quoted(self.plain, sentence(self.plain, 2)),)
        own = Sentence(evidence[0].quote, (citation(1, evidence),), "quoted")
        return Answer(question="Is it so?", status="answered", sentences=(own,), evidence=evidence, trace=TRACE)


def sentence(document: Document, number: int) -> str:
    return document.text.split("\n\n")[1].split(". ")[number] + "."


def pieces(text: str, length: int = 20) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


def in_files(folder: Path, words: set[str]) -> list[str]:
    """Those of the words that stand in any file of the folder."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [word for word in words if any(word.encode() in content for content in contents)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.library.close()


def test_no_file_holds_a_piece_of_it_any_more(room: Room) -> None:
    """Not its text, not the words of it in the keyword index, and not its vectors, in any file of the folder."""
    room.keep("t1", room.both())
    room.keep("t2", room.from_plain(), leans_on=frozenset({room.secret.id}))
    room.library.feedback.give(verdict(room))
    with VectorIndex(room.library, scan_up_to=0) as index:
        assert index.refresh()
    before = in_files(room.library.folder, pieces(SECRET))
    assert len(before) > 0.9 * len(pieces(SECRET)), "or nothing is shown"
    words = {word.strip(".").lower() for word in SECRET.split()[6:]}
    assert in_files(room.library.folder, words)
    vectors = vectors_of(room.library, room.secret.id)
    assert vectors_in_files(room.library.folder, vectors)
    removed = room.remove()
    assert removed.is_overwritten
    assert in_files(room.library.folder, pieces(SECRET)) == []
    assert in_files(room.library.folder, words) == []
    assert not vectors_in_files(room.library.folder, vectors)
    assert len(in_files(room.library.folder, pieces(PLAIN))) > 0.9 * len(pieces(PLAIN))


def vectors_in_files(folder: Path, vectors: list[bytes]) -> list[str]:
    """The names of the files that hold one of them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(vector in path.read_bytes() for vector in vectors)]


def vectors_of(library: Library, document_id: str) -> list[bytes]:
    """The bytes of each of a document's vectors, as they stand in the files."""
    with library.snapshot() as snapshot:
        return [vector.tobytes() for _, vector in snapshot.embedded(document_id)]


def verdict(room: Room, answer: str = "t1") -> Feedback:
    told = room.both()
    quotes = tuple(
        ShownQuote(number, each.attribution.document_id, "uri", each.span.start, each.span.end, each.quote)
        for number, each in enumerate(told.evidence, start=1)
    )
    return Feedback(
        answer, "down", ALICE, "And is it so?", told.question, "answered", "It is not.",
        history=(Exchange("What of it?", SECRET[40:140]),), shown=quotes,
        sentences=tuple(each.text for each in told.sentences), reason="wrong_source", about=1,
        leans_on=frozenset({room.secret.id}),
    )  # fmt: skip


def test_a_server_finds_it_no_more_from_the_next_question_on(room: Room) -> None:
    """A corpus that was opened before, with its vectors in memory and Chroma open, as a server has it."""
    question = Query(sentence(room.secret, 1))
    with Corpus.open(room.library.folder, EMBEDDER) as corpus, VectorIndex(corpus.library, scan_up_to=0) as index:
        corpus._keeper = Keeper(index, quiet=0.01, looking=0.01)
        while corpus._keeper.search(EMBEDDER.embed_query("x"), 1, corpus.library.generation) is None:
            pass
        for principal in (LOCAL, ALICE):
            assert search(principal, question, corpus)[0].attribution.uri == "docs/secret.txt"
        assert corpus.document(ALICE, room.secret.id)
        folders = chroma(room)
        room.remove()
        until = time.monotonic() + 30
        while chroma(room) & folders and time.monotonic() < until:
            time.sleep(0.01)
        assert not chroma(room) & folders, "the graph is made anew unasked, since it keeps what is taken out of it"
        for principal in (LOCAL, ALICE):
            found = search(principal, question, corpus)
            assert {each.attribution.uri for each in found} == {"docs/plain.txt"}
        assert corpus.document(ALICE, room.secret.id) is None
        assert corpus.library.listing(LOCAL, words="secret").documents == ()
        corpus._keeper.close()
        corpus._keeper = None


def chroma(room: Room) -> set[str]:
    return {path.name for path in (room.library.folder / "chroma").iterdir() if path.is_dir()}


def test_an_index_of_a_library_grown_small_goes_whole(room: Room) -> None:
    with VectorIndex(room.library, scan_up_to=0) as index:
        assert index.refresh()
    assert chroma(room)
    room.remove()
    assert chroma(room) == set(), "so small a library keeps none"


def test_kept_answers_lose_what_rests_on_it_and_say_so(room: Room) -> None:
    room.keep("t1", room.both())
    removed = room.remove()
    assert (removed.turns, removed.verdicts, [one.uri for one in removed.documents]) == (1, 0, ["docs/secret.txt"])
    answer = json.loads(room.kept("t1"))["answer"]
    assert [each["number"] for each in answer["evidence"]] == [2]
    assert [each["text"] for each in answer["sentences"]] == [sentence(room.plain, 1)]
    assert [each["uri"] for each in answer["related"]] == ["docs/plain.txt"]
    assert (answer["points"], answer["dropped"], answer["groups"], answer["trace"]) == ([], [], [], None)
    assert answer["question"] == "Question t1?", "as it was understood, it may have its words"
    shown = room.shown("t1")
    assert shown.removed, "it is still said that this is not the whole answer"
    assert not pieces(SECRET) & pieces(room.kept("t1"))
    assert "t1" not in json.dumps(room.sync())
    assert room.shown("t1").answer == shown.answer


def test_an_answer_that_was_understood_from_it_loses_what_no_quote_bears_out(room: Room) -> None:
    leaning = replace(room.from_plain(), question=f"Is {SECRET[50:90]} so?", dropped=(Dropped(SECRET[90:150], "no"),))
    room.keep("t2", leaning, leans_on=frozenset({room.secret.id, room.plain.id}), scope="from=2024-01-01")
    assert room.remove().turns == 1
    found = json.loads(room.kept("t2"))
    assert (found["leans_on"], found["withdrawn"]) == ([room.plain.id], True)
    assert found["answer"]["scope"] == "from=2024-01-01", "it is asked of what its reader chose, as before"
    assert (found["answer"]["question"], found["answer"]["dropped"]) == ("Question t2?", [])
    assert [each["text"] for each in found["answer"]["sentences"]] == [sentence(room.plain, 2)]


def test_other_answers_are_as_they_were(room: Room) -> None:
    room.keep("t3", room.from_plain(), owner="bob")
    before = room.kept("t3", "bob")
    assert room.remove().turns == 0
    assert room.kept("t3", "bob") == before


def test_what_another_version_kept_of_it_goes_whole(room: Room) -> None:
    conversations = room.library.records.conversations
    began = conversations.begin(ALICE.name, "", "Old")
    old = json.dumps({"form": "of another version", "text": SECRET})
    conversations.add(ALICE.name, began.id, KeptTurn("t4", NOON, "What?", None, old, frozenset({room.secret.id})))
    room.remove()
    assert room.kept("t4") == "{}"


def test_a_verdict_stays_without_its_words(room: Room) -> None:
    number = room.library.feedback.give(verdict(room))
    untouched = replace(verdict(room, "t9"), shown=(), sentences=("Other.",), understood="So?", history=(),
                        leans_on=frozenset(), about=None)  # fmt: skip
    other = room.library.feedback.give(untouched)
    assert room.remove().verdicts == 1
    found = room.library.feedback.find(number)
    assert found
    given = found.feedback
    assert (given.verdict, given.comment, given.reason, given.about) == ("down", "It is not.", "wrong_source", None)
    assert (given.question, given.understood) == ("And is it so?", "And is it so?")
    assert [each.document_id for each in given.shown] == [room.plain.id]
    assert given.sentences == (sentence(room.plain, 1),), "the words of a quote that is left"
    assert given.history == (Exchange("What of it?", ""),)
    kept_whole = room.library.feedback.find(other)
    assert kept_whole
    assert kept_whole.feedback == untouched


def test_a_verdict_of_which_it_is_not_known_what_it_leans_on_loses_what_repeats_the_text(room: Room) -> None:
    """As those are that were given before it was kept."""
    bare = Feedback("t5", "up", ALICE, "And then?", "And then what?", "abstained")
    repeats = replace(bare, history=(Exchange("What?", f"They say: {SECRET[100:150]}"),))
    other = replace(bare, answer="t6", history=(Exchange("What?", f"They say: {PLAIN[100:150]}"),))
    numbers = [room.library.feedback.give(each) for each in (repeats, other)]
    assert room.remove().verdicts == 1
    first, second = (room.library.feedback.find(number) for number in numbers)
    assert first
    assert second
    assert first.feedback.history == (Exchange("What?", ""),)
    assert second.feedback == other


def test_what_a_document_fed_is_counted_until_it_is_removed(room: Room) -> None:
    conversations = room.library.records.conversations
    assert conversations.fed(room.secret.id) == Fed(0, None)
    room.keep("t1", room.both())
    room.keep("t2", room.both(), owner="bob")
    assert conversations.fed(room.secret.id) == Fed(2, NOON)
    assert conversations.fed(room.plain.id).turns == 2
    assert conversations.fed("\ud800\x00") == Fed(0, None)
    room.remove()
    assert conversations.fed(room.secret.id) == Fed(0, None)
    assert conversations.fed(room.plain.id).turns == 2


def test_an_added_file_goes_with_its_row(room: Room, tmp_path: Path) -> None:
    added = Added(room.library.folder)
    arrived = added.arriving()
    arrived.write_text(SECRET.upper(), encoding="utf-8")
    placed = added.put(arrived, "protocol.txt", Claims(readers=("press",)))
    sync([added.folder], room.library, EMBEDDER)
    removed = remove([room.document(placed.uri).id], "local", room.library)
    assert (removed.files, placed.path.exists()) == (1, False)
    assert in_files(room.library.folder, pieces(SECRET.upper())) == []
    assert room.remove().files == 0
    assert (room.docs / "secret.txt").exists(), "what is not ours to remove stays where it is"


def test_an_added_file_whose_removal_was_left_half_done_goes_when_it_is_removed_again(room: Room) -> None:
    added = Added(room.library.folder)
    arrived = added.arriving()
    arrived.write_text(SECRET.upper(), encoding="utf-8")
    placed = added.put(arrived, "protocol.txt", Claims(readers=("press",)))
    sync([added.folder], room.library, EMBEDDER)
    id = room.document(placed.uri).id
    with room.library.writer() as writer:
        writer.withdraw([id], "local")
    removed = remove([id], "local", room.library)
    assert (removed.files, placed.path.exists()) == (1, False)
    assert in_files(room.library.folder, pieces(SECRET.upper())) == []
    assert "protocol" not in (added.folder / "sources.csv").read_text(encoding="utf-8")


def test_it_stays_out_until_it_is_restored(room: Room) -> None:
    room.remove()
    assert room.sync() == {"plain.txt": "unchanged", "secret.txt": "refused"}
    with room.library.writer() as writer:
        assert writer.restore(room.secret.id)
    assert room.sync() == {"plain.txt": "unchanged", "secret.txt": "added"}


def test_an_answer_that_was_under_way_is_mended_afterwards(room: Room) -> None:
    answer, now = room.both(), datetime.now(UTC)
    room.remove()
    room.keep("t7", answer)
    assert sweep(now + timedelta(hours=1), room.library) == 0, "what was removed long ago has no answer under way"
    assert sweep(now - timedelta(hours=1), room.library) == 1
    assert not pieces(SECRET) & pieces(room.kept("t7"))


def test_what_is_done_daily_mends_them(room: Room) -> None:
    answer = room.both()
    room.remove()
    room.keep("t8", answer)
    library = room.library
    retain(library, library.records, AuditLog(library.folder), Settings(), datetime.now(UTC))
    assert not pieces(SECRET) & pieces(room.kept("t8"))
    assert in_files(library.folder, pieces(SECRET)) == []


def test_removing_again_finishes_what_was_left(room: Room) -> None:
    """As if the power had failed after the document itself was gone."""
    room.keep("t1", room.both())
    room.library.feedback.give(verdict(room))
    with room.library.writer() as writer:
        writer.withdraw([room.secret.id], "local")
    removed = room.remove()
    assert (removed.documents, removed.turns, removed.verdicts) == ((), 1, 1)
    assert not pieces(SECRET) & pieces(room.kept("t1"))
    assert [one.by for one in room.library.shelf.removals().removals] == ["local"]


def test_nothing_is_removed_while_another_process_writes(room: Room) -> None:
    with room.library.writer(), Library.open(room.library.folder) as other, pytest.raises(LibraryBusy):
        remove([room.secret.id], "local", other)
    assert room.library.shelf.counts().removed == 0
