"""A question answered with a real model on this machine: evidence first, prose only if it is checked, nothing left."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from index.embed import default_embedder
from index.errors import LibraryError
from index.principal import LOCAL
from rag.answer import Answer
from rag.ask import Answered, Desk, Event, EvidenceFound, Question, SentenceDropped, SentenceWritten, Writing, stream
from rag.desk import open_desk
from rag.local.server import LocalModel
from rag.settings import Settings
from tests.shelf import brief, shelf
from tests.smallmodel import need_small_model
from tests.test_local import is_free, is_gone

TEXT = (
    "The talks in Moscow lasted five hours, the Kremlin said on Tuesday.\n"
    "The delegations agreed to meet again in Oslo on 4 March.\n"
    "Heavy snow closed two airports in the north of the country."
)
QUESTION = Question("How long did the talks in Moscow last?")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    small = need_small_model()
    folder = tmp_path_factory.mktemp("local")
    (folder / "models").mkdir()
    (folder / "models" / "small.gguf").symlink_to(small)
    with shelf(folder / "library", [brief("talks.txt", TEXT, published="2025-12-02")], default_embedder()):
        pass
    return Settings(
        library=folder / "library",
        models=folder / "models",
        model="local:small",
        model_first_seconds=120,  # the machine that runs this may be busy
        model_seconds=300,
        model_answer_tokens=120,
    )


@pytest.fixture(scope="module")
def desk(settings: Settings) -> Iterator[Desk]:
    with open_desk(settings) as desk:
        yield desk


@pytest.fixture(scope="module")
def events(desk: Desk) -> tuple[Event, ...]:
    """All of an answer, which takes half a minute where others want the processor."""
    return tuple(stream(LOCAL, QUESTION, desk))


@pytest.mark.slow
def test_evidence_comes_first_and_every_sentence_is_a_quote_or_checked(events: tuple[Event, ...]) -> None:
    kinds = [type(event) for event in events]
    assert kinds[-1] is Answered
    assert EvidenceFound in kinds
    written = [each for each in (Writing, SentenceWritten, SentenceDropped) if each in kinds]
    assert written
    assert kinds.index(EvidenceFound) < min(map(kinds.index, written))
    answer = last(events)
    assert answer.status == "answered"
    assert "five hours" in answer.evidence[0].quote
    assert {sentence.support for sentence in answer.sentences} <= {"quoted", "supported"}
    assert all(sentence.citations for sentence in answer.sentences)


@pytest.mark.slow
def test_what_the_model_wrote_is_accounted_for(events: tuple[Event, ...]) -> None:
    answer = last(events)
    assert answer.trace.model is not None
    assert answer.trace.model.startswith("local:small:")
    supported = [sentence for sentence in answer.sentences if sentence.support == "supported"]
    assert supported or answer.dropped or answer.notice
    assert all(dropped.reason for dropped in answer.dropped)


def last(events: Iterable[Event]) -> Answer:
    *_, event = events
    assert isinstance(event, Answered)
    return event.answer


def test_a_question_that_the_documents_do_not_answer_asks_nothing_of_it(desk: Desk) -> None:
    events = list(stream(LOCAL, Question("Who won the chess championship in Baku?"), desk))
    assert [type(event) for event in events] == [Answered]
    assert isinstance(events[0], Answered)
    assert events[0].answer.status == "abstained"


@pytest.mark.slow
def test_a_reader_who_leaves_leaves_no_request_behind(desk: Desk) -> None:
    coming = stream(LOCAL, QUESTION, desk)
    for event in coming:
        if isinstance(event, Writing):
            break
    coming.close()  # type: ignore[attr-defined]
    assert last(stream(LOCAL, QUESTION, desk)).status == "answered"


def test_closing_the_desk_ends_the_model(settings: Settings) -> None:
    threads = threading.active_count()
    with open_desk(settings) as desk:
        [server] = [each for each in desk.attached if isinstance(each, LocalModel)]
        assert not is_gone(server.process, within=0.1)
        process, url = server.process, server.url
    assert is_gone(process)
    assert is_free(url, within=10)
    assert threading.active_count() <= threads + 1


def test_the_model_is_not_started_for_a_library_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    started = settings.model_copy(update={"library": tmp_path / "nowhere", "model": "local:missing"})
    with pytest.raises(LibraryError, match="onrecord sync"):
        open_desk(started)
