"""What a case's answer is seen to be: as its asker gets it, beside the library as it is, and beside it with less."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import index.search
from evals.case import Case, Expected
from evals.observe import AskingStopped, Documents, Observatory, observe, principal
from evals.observed import Failed, Observed
from evals.without import Libraries
from index.corpus import View
from index.embed import default_embedder
from index.errors import EmbedderUnavailable, LibraryError
from index.principal import LOCAL, PUBLIC, Principal
from index.query import Query
from index.scope import Scope
from index.snapshot import Stored
from rag.answer import Usage
from rag.ask import Desk
from rag.conversation import Turn
from rag.model import Ended
from rag.quote import Quoter
from rag.write import Writer
from tests.fakes import ScriptedModel
from tests.shelf import brief, shelf

HARVEST = "The harvest of barley was the best in nine years.\nFarmers expect lower prices for bread."
TALKS = "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\nTwo envoys brought papers."
BRIEFS = (
    brief("news/talks", TALKS, published="2025-12-02", publisher="Moscow desk", title="Envoys meet Orlov"),
    brief("news/harvest", HARVEST, published="2024-09-01", title="A good year for barley", readers=("farmers",)),
)
HOW_LONG = "How long did the talks with the envoys last?"
HOW_GOOD = "How good was the harvest of barley?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    quoter = Quoter()
    with shelf(tmp_path_factory.mktemp("library"), BRIEFS, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def case(question: str, readers: tuple[str, ...] | None = None, **fields: object) -> Case:
    made = Case("a", question, Expected(), readers=readers)
    return replace(made, **fields)  # type: ignore[arg-type]


def seen(outcome: Observed | Failed) -> Observed:
    assert isinstance(outcome, Observed), outcome
    return outcome


def test_an_answer_is_seen_with_its_quotes_sources_and_times(desk: Desk) -> None:
    answer = seen(observe(case(HOW_LONG), Observatory.at(desk)))
    first = answer.evidence[0]
    assert (answer.status, answer.question, answer.written) == ("answered", HOW_LONG, False)
    assert (first.number, first.uri, first.publisher, first.published) == (
        1,
        "news/talks",
        "Moscow desk",
        date(2025, 12, 2),
    )
    assert TALKS[first.start : first.end] == first.quote
    assert (first.exact, first.readers) == (True, (PUBLIC,))
    assert answer.sentences[0].citations == (1,)
    assert answer.first_seconds is not None
    assert 0 < answer.first_seconds <= answer.seconds
    assert (answer.threshold, answer.tokens, answer.cost) == (desk.threshold, None, None)


def test_an_abstention_shows_its_related_passages_with_their_readers(desk: Desk) -> None:
    answer = seen(observe(case("What is the population of Brazil?", ("farmers",)), Observatory.at(desk)))
    assert (answer.status, answer.evidence, answer.first_seconds) == ("abstained", (), None)
    assert {each.number for each in answer.related} == {0}
    assert {each.readers for each in answer.related} == {(PUBLIC,), ("farmers",)}
    assert all(each.exact for each in answer.related)


def test_a_case_is_asked_as_its_reader(desk: Desk) -> None:
    at = Observatory.at(desk)
    assert seen(observe(case(HOW_GOOD), at)).status == "answered"
    assert seen(observe(case(HOW_GOOD, ("farmers",)), at)).status == "answered"
    assert seen(observe(case(HOW_GOOD, ()), at)).status == "abstained"
    assert principal(case(HOW_GOOD)) is LOCAL
    assert principal(case(HOW_GOOD, ("farmers", "press"))).readers == {"farmers", "press", PUBLIC}
    assert not principal(case(HOW_GOOD, ())).reads_everything


def test_a_case_is_asked_as_of_its_day_and_after_its_earlier_turns(desk: Desk) -> None:
    at = Observatory.at(desk)
    assert seen(observe(case(HOW_LONG, as_of=date(2025, 1, 1)), at)).status == "abstained"
    follow_up = case("How long did they last?", history=(Turn("Who came to the talks in the capital?"),))
    assert "talks" in seen(observe(follow_up, at)).question


def test_a_search_that_lets_everybody_see_everything_is_seen_as_what_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(principal: Principal, query: Query, view: View) -> Scope:
        return Scope(None)

    def anybody(principal: Principal, query: Query, stored: Stored) -> bool:
        return True

    monkeypatch.setattr(index.search, "_scope", everything)
    monkeypatch.setattr(index.search, "_may_read", anybody)
    answer = seen(observe(case(HOW_GOOD, ()), Observatory.at(desk)))
    assert ("news/harvest", ("farmers",)) in {(each.uri, each.readers) for each in answer.evidence}


def test_a_quote_that_the_library_does_not_hold_is_not_exact(desk: Desk, tmp_path: Path) -> None:
    altered = (brief("news/talks", TALKS.replace("five", "four"), title="Envoys meet Orlov"),)
    with shelf(tmp_path, altered, default_embedder()) as corpus:
        at = Observatory(desk, Documents(corpus.library))
        answer = seen(observe(case(f"{HOW_LONG} Was it a good harvest of barley?"), at))
        shown = {each.quote: (each.exact, each.readers) for each in (*answer.evidence, *answer.related)}
    assert {exact for quote, (exact, _) in shown.items() if "five hours" in quote} == {False}
    assert {held for quote, held in shown.items() if "barley" in quote} <= {(False, ())}


def test_what_a_model_writes_is_seen_with_what_it_took(desk: Desk) -> None:
    kept, refused = "The talks in the capital lasted five hours. [1]\n", "The talks lasted nine hours. [1]\n"
    model = ScriptedModel(kept, refused, Ended(Usage(200, 30, 0.5)))
    answer = seen(observe(case(HOW_LONG), Observatory.at(replace(desk, model=model, writer=Writer(model)))))
    assert [each.text for each in answer.sentences] == ["The talks in the capital lasted five hours."]
    assert [each.text for each in answer.left_out] == ["The talks lasted nine hours."]
    assert (answer.written, answer.tokens, answer.cost) == (True, 230, 0.5)


def test_an_answer_that_does_not_come_is_what_a_reader_is_told(desk: Desk) -> None:
    class Away:
        dimensions = default_embedder().dimensions
        fingerprint = default_embedder().fingerprint

        def embed_documents(self, texts: Sequence[str]) -> object:
            raise EmbedderUnavailable("the endpoint is away; start it")

        def embed_query(self, text: str) -> object:
            raise EmbedderUnavailable("the endpoint is away; start it")

    at = Observatory.at(desk)
    assert observe(case("  "), at) == Failed("the question is empty; ask something")
    embedder = desk.corpus.embedder
    try:
        desk.corpus.embedder = Away()  # type: ignore[assignment]
        assert observe(case(HOW_LONG), at) == Failed("the endpoint is away; start it")
    finally:
        desk.corpus.embedder = embedder


def test_asking_ends_with_the_next_event_when_it_is_to_stop(desk: Desk) -> None:
    stopping = threading.Event()
    stopping.set()
    model = ScriptedModel("The talks in the capital lasted five hours. [1]\n")
    at = Observatory.at(replace(desk, model=model, writer=Writer(model)), stopping)
    with pytest.raises(AskingStopped):
        observe(case(HOW_LONG), at)
    assert not model.asked


def test_a_library_is_asked_as_if_documents_were_not_there(desk: Desk) -> None:
    before = desk.corpus.generation
    with Libraries(desk) as libraries:
        with libraries.without(["news/talks"]) as at:
            assert seen(observe(case(HOW_LONG), at)).status == "abstained"
            assert seen(observe(case(HOW_GOOD), at)).evidence[0].exact
            folder = at.desk.corpus.library.folder
            assert folder.stat().st_mode & 0o077 == 0
        with libraries.without(()) as at:
            assert seen(observe(case(HOW_LONG), at)).status == "answered"
        with libraries.without(["news/harvest"]) as at:
            assert seen(observe(case(HOW_GOOD), at)).status == "abstained"
    assert not folder.exists()
    assert desk.corpus.generation == before
    assert seen(observe(case(HOW_LONG), Observatory.at(desk))).status == "answered"


def test_a_copy_is_made_once_and_kept_while_it_is_wanted(desk: Desk) -> None:
    with Libraries(desk, keep=1) as libraries:
        with ExitStack() as using:
            talks = using.enter_context(libraries.without(["news/talks"]))
            harvest = using.enter_context(libraries.without(["news/harvest"]))
            assert using.enter_context(libraries.without(("news/talks",))) is talks
            folders = [each.desk.corpus.library.folder for each in (talks, harvest)]
            assert all(folder.exists() for folder in folders)
        assert [folder.exists() for folder in folders].count(True) == 1
        with libraries.without(["news/talks"]) as again:
            assert seen(observe(case(HOW_LONG), again)).status == "abstained"
    assert not any(folder.exists() for folder in folders)


def test_where_there_is_no_room_for_a_copy_that_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    libraries = Libraries(desk)
    with pytest.raises(LibraryError, match=r"cannot be copied .*make room"), libraries.without(["news/talks"]):
        pass
