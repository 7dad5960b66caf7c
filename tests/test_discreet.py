"""What readers are told of a model, an embedder or a library that fails: never where it is, which the log keeps."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from index.embed import default_embedder
from index.errors import EmbedderUnavailable, LibraryError, OnRecordError
from index.principal import PUBLIC, Principal
from rag.ask import Desk
from rag.errors import InvalidQuestion, ModelUnavailable
from rag.events import Answered, Event, Writing
from rag.model import Limits, Model
from rag.question import Question
from rag.quote import Quoter
from rag.write import Writer
from tests.newsroom import CONDITIONS_ANSWER, TRACE, Newsroom
from tests.shelf import brief, shelf
from tests.sites import key, keyed
from ui.answerer import AtDesk
from ui.app import create_app
from ui.discreet import Discreet, Spared, spared
from ui.serving import Site

HOST = "llm-7.corp.example:11434"
READER = Principal("user:alice", frozenset({PUBLIC}))
PLACES = ("corp.example", "11434", "/srv/on-record", "127.0.0.1")


@dataclass
class Broken(Newsroom):
    """A newsroom in which every question ends in this error."""

    error: OnRecordError = field(default_factory=lambda: OnRecordError("?"))

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        yield Writing(0)
        raise self.error


ERRORS = [
    ModelUnavailable(f"the model qwen at {HOST} cannot be reached; start it, or correct its address"),
    EmbedderUnavailable(f"the embedding server at {HOST} cannot be reached; start it"),
    LibraryError("the library in /srv/on-record cannot be read; put a backup back"),
    OnRecordError(f"something else of {HOST}"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_told_without_its_place_and_logged_with_it(
    error: OnRecordError, caplog: pytest.LogCaptureFixture
) -> None:
    told = str(spared(error))
    assert not [place for place in PLACES if place in told]
    [record] = caplog.records
    assert str(error) in record.getMessage()
    assert told.rpartition(" ")[2] in record.getMessage(), "the reader's sentence names the place in the log"


def test_what_the_reader_did_wrong_is_told_in_full_and_nothing_is_spared_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrong = InvalidQuestion("the question is empty; ask something")
    assert spared(wrong) is wrong
    once = Spared("something")
    assert spared(once) is once
    assert not caplog.records


def client(answerer: Newsroom | AtDesk, site: Site) -> TestClient:
    headers = {"authorization": f"Bearer {key(site)}"} if site.is_discreet else {}
    return TestClient(
        create_app(answerer, site),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 1),
        headers=headers,
        raise_server_exceptions=False,
    )


def asking(client: TestClient) -> tuple[str, str, str]:
    """What three faces give whoever asks: the API, OpenAI's clients, and a stream of events."""
    chat = {"model": "on-record", "messages": [{"role": "user", "content": "How many hours did talks last?"}]}
    question = {"question": "How many hours did talks last?"}
    return (
        client.post("/api/v1/ask", json=question).text,
        client.post("/v1/chat/completions", json=chat).text,
        client.post("/api/v1/ask", json=question, headers={"accept": "text/event-stream"}).text,
    )


def test_no_face_tells_a_reader_where_what_failed_is() -> None:
    newsroom, site = Broken(), keyed(is_discreet=True)
    with client(newsroom, site) as opened:
        for error in ERRORS:
            newsroom.error = error
            for told in asking(opened):
                assert "its log has it under" in told
                assert not [place for place in PLACES[:3] if place in told]


def test_the_person_at_the_machine_is_told_all() -> None:
    with client(Broken(error=ERRORS[0]), Site.alone()) as opened:
        for told in asking(opened):
            assert HOST in told


@pytest.fixture
def with_dead_model(tmp_path: Path) -> Iterator[AtDesk]:
    """A library, and a model at a port where nobody listens."""
    told = tuple(brief(f"told-{n}", f"The talks in town {n} lasted {n} hours.") for n in range(1, 4))
    limits = Limits(first_seconds=20, whole_seconds=20, retries=0)
    with (
        closing(Model("http://127.0.0.1:9/v1", "qwen2.5:7b", limits=limits)) as model,
        shelf(tmp_path, told, default_embedder()) as corpus,
    ):
        yield AtDesk(Desk(corpus, Quoter(), 0.0, model=model, writer=Writer(model)))


def test_the_notice_of_a_real_model_that_is_not_there_keeps_its_sentence_and_loses_its_address(
    with_dead_model: AtDesk, caplog: pytest.LogCaptureFixture
) -> None:
    question = Question("How many hours did the talks last?")
    with caplog.at_level(logging.WARNING, "ui.discreet"):
        *_, plain = with_dead_model.stream(READER, question)
        *_, last = Discreet(with_dead_model).stream(READER, question)
    assert isinstance(plain, Answered)
    assert isinstance(last, Answered)
    assert plain.answer.notice
    assert ": the model qwen2.5:7b at 127.0.0.1:9 " in plain.answer.notice
    assert last.answer.notice
    assert ": the model cannot be reached; " in last.answer.notice
    assert "127" not in last.answer.notice
    assert any("127.0.0.1:9" in record.getMessage() for record in caplog.records)
    assert plain.answer.trace.model == "model:127.0.0.1:9:qwen2.5:7b"
    assert last.answer.trace.model
    assert "127" not in last.answer.trace.model.partition(":")[0]
    assert "127.0.0.1" not in repr(last.answer.trace)
    with client(with_dead_model, keyed(is_discreet=True)) as opened:
        for told in asking(opened):
            assert "There is no written answer" in told
            assert "127.0.0.1:9" not in told
            assert "qwen2.5:7b at" not in told


def test_a_fingerprint_without_its_place_still_tells_models_apart() -> None:
    def shown(model: str, embedder: str = "embedder-1") -> tuple[str | None, str]:
        trace = replace(TRACE, model=model, embedder=embedder)
        answer = replace(CONDITIONS_ANSWER, trace=trace)
        *_, last = Discreet(Newsroom(answer=answer)).stream(READER, Question("x"))
        assert isinstance(last, Answered)
        return last.answer.trace.model, last.answer.trace.embedder

    one, other = shown(f"model:{HOST}:a"), shown(f"model:{HOST}:b", f"endpoint:{HOST}:e")
    assert one != other
    assert one == shown(f"model:{HOST}:a")
    assert not [place for place in PLACES if place in f"{one} {other}"]
    assert shown("xllamacpp:abc")[0] == "xllamacpp:abc"


def test_a_reader_who_leaves_ends_the_work_behind_it() -> None:
    newsroom = Newsroom()
    events = Discreet(newsroom).stream(READER, Question("forever"))
    next(events)
    events.close()
    assert newsroom.left.is_set()
