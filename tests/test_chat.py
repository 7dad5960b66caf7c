"""The conversation: what a question shows step by step, and what passes over gradio's wire."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from starlette.testclient import TestClient

from index.principal import LOCAL, Principal
from rag.events import Event, SentenceWritten
from rag.question import LONGEST_QUESTION, Question
from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from ui import asking, chat, unfolding
from ui.app import create_app
from ui.brief import Turn


def steps(text: str, day: str = "", newsroom: Newsroom | None = None) -> list[asking.Asked]:
    return list(asking.steps(newsroom or Newsroom(), LOCAL, Turn(1, text, "searching"), day))


def test_evidence_is_shown_before_the_answer_is_whole() -> None:
    shown = steps("What are the conditions?")
    assert [(asked.turn.state, asked.whole) for asked in shown] == [
        ("searching", False),
        ("found", False),
        ("found", False),
        ("answered", True),
    ]


def test_an_abstention_has_no_evidence_to_show_first() -> None:
    assert [asked.turn.state for asked in steps("What is the population of Brazil?")] == ["searching", "abstained"]


def test_the_day_is_passed_on_and_shown() -> None:
    asked: list[Question] = []
    shown = steps("What are the conditions?", " 2025-09-01 ", Newsroom(before=asked.append))
    assert asked == [Question("What are the conditions?", date(2025, 9, 1))]
    assert {each.turn.as_of for each in shown} == {date(2025, 9, 1)}


FAILURES = [
    ("What are the conditions?", "yesterday", "'yesterday' is no date; write it as 2024-06-30."),
    ("x" * (LONGEST_QUESTION + 1), "", f"The question is {LONGEST_QUESTION + 1} characters long; ask in at most 4000."),
    ("broken", "", "The library is on a disk that is gone; mount it and ask again."),
]


@pytest.mark.parametrize(("text", "day", "message"), FAILURES)
def test_what_a_person_can_act_on_is_one_sentence(text: str, day: str, message: str) -> None:
    last = steps(text, day)[-1]
    assert (last.turn.state, last.turn.message, last.whole) == ("failed", message, True)


def test_what_a_person_cannot_act_on_is_a_reference_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        last = steps("crash")[-1]
    assert last.whole
    assert "secret" not in last.turn.message
    reference = last.turn.message.split()[-1].rstrip(".")
    assert reference in caplog.text
    assert "a secret that must not be shown" in caplog.text


def written(text: str) -> list[asking.Asked]:
    return list(asking.steps(Newsroom(), LOCAL, Turn(1, text, "searching", writes=True), ""))


def test_prose_comes_sentence_by_sentence_and_a_model_that_is_waited_for_gives_signs_of_life() -> None:
    shown = written("Are they still the same?")
    counts = [len(asked.turn.lines) for asked in shown]
    assert counts == [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3]
    assert [asked.whole for asked in shown] == [False] * 13 + [True]
    assert "treaty" not in " ".join(line.text for asked in shown for line in asked.turn.lines)


def test_how_a_question_was_understood_is_shown_before_its_evidence() -> None:
    _, second, *_ = written("And then?")
    assert (second.turn.understood, second.turn.state) == (CONDITIONS_ANSWER.question, "searching")


def test_stopping_keeps_what_was_checked_and_closes_the_stream() -> None:
    newsroom, stop = Newsroom(), threading.Event()
    steps = asking.steps(newsroom, LOCAL, Turn(1, "Write forever", "searching", writes=True), "", stop=stop)
    for asked in steps:
        if asked.turn.words:
            stop.set()
    assert asked.whole
    assert asked.turn.notice == unfolding.STOPPED
    assert asked.turn.quotes == 5
    assert newsroom.left.is_set()


def test_a_failure_after_the_evidence_keeps_the_evidence(caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(Newsroom):
        def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
            for event in super().stream(principal, question):
                if isinstance(event, SentenceWritten):
                    raise RuntimeError("a secret")
                yield event

    with caplog.at_level(logging.ERROR):
        *_, last = asking.steps(Breaking(), LOCAL, Turn(1, "Are they still the same?", "searching"), "")
    assert last.turn.state == "failed"
    assert last.turn.quotes == len(last.turn.points[0].quotes) + 2 == 5


# Over the wire.


@dataclass
class Page:
    """One open page: asks as gradio's client does, and keeps what every component was last told."""

    client: TestClient
    session: str

    def __post_init__(self) -> None:
        config = self.client.get("/config").json()
        self.names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        self.submit = next(each for each in config["dependencies"] if len(each["inputs"]) == 3)
        self.halt = next(each for each in config["dependencies"] if not each["outputs"] and not each["inputs"])
        self.reset = next(each for each in config["dependencies"] if each["outputs"] and not each["inputs"])

    def ask(self, text: str, day: str = "") -> dict[str, list[object]]:
        return self.send(self.submit, [text, day, None])

    def send(self, dependency: dict[str, object], data: list[object]) -> dict[str, list[object]]:
        """What each named component was set to, in order; its last value last."""
        self.post(dependency, data)
        stream = self.client.get("/gradio_api/queue/data", params={"session_hash": self.session}).text
        told: dict[str, list[object]] = {}
        last: list[object] = []
        for line in filter(None, stream.splitlines()):
            message = json.loads(line.removeprefix("data:"))
            if message["msg"] in ("process_generating", "process_completed") and message["output"].get("data"):
                last = [
                    apply(new, old) for new, old in zip(message["output"]["data"], last or [None] * 99, strict=False)
                ]
                for id, value in zip(dependency["outputs"], last, strict=True):  # type: ignore[call-overload]
                    if value != {"__type__": "update"}:  # gradio's way to say that nothing changed
                        told.setdefault(self.names[id] or "", []).append(value)
        return told

    def post(self, dependency: dict[str, object], data: list[object]) -> None:
        body = {"data": data, "fn_index": dependency["id"], "session_hash": self.session, "event_data": None}
        assert self.client.post("/gradio_api/queue/join", json=body).status_code == 200


def apply(new: object, old: object) -> object:
    """The value after gradio's difference, where it sent one: a list of ["replace" | "append", path, value]."""
    if not (isinstance(new, list) and all(isinstance(each, list) and len(each) == 3 for each in new)):
        return new
    for action, path, value in new:
        assert not path or action in ("add", "replace", "append", "delete")
        old = old if path else (f"{old}{value}" if action == "append" else value)
    return old


@contextmanager
def opened(newsroom: Newsroom, model: str | None = None) -> Iterator[TestClient]:
    app = create_app(newsroom, examples=("An example?",), model=model)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        yield client


def test_a_question_is_answered_over_the_wire_and_the_box_is_free_again() -> None:
    with opened(Newsroom()) as client:
        told = Page(client, "a").ask("What are the conditions?")
    assert 'class="answered"' in str(told["quotes"][-1])
    assert "Putin now asks Kyiv" in str(told["quotes"][-1])
    assert any(isinstance(each, dict) and each.get("value") == "" for each in told["question"])


def test_earlier_turns_stay_above_until_the_conversation_is_begun_anew() -> None:
    with opened(Newsroom()) as client:
        page = Page(client, "a")
        page.ask("What are the conditions?")
        second = page.ask("What is the population of Brazil?")
        assert 'id="turn-1"' in str(second["earlier"])
        assert 'id="turn-2"' in str(second["asked"][-1])
        page.send(page.reset, [])
        third = page.ask("What are the conditions?")
    assert 'id="turn-1"' in str(third["asked"][-1])
    assert "turn" not in str(third["earlier"])


def test_one_conversation_knows_nothing_of_another() -> None:
    with opened(Newsroom()) as client:
        Page(client, "a").ask("What are the conditions?")
        told = Page(client, "b").ask("What is the population of Brazil?")
    assert "turn" not in str(told["earlier"])
    assert 'id="turn-1"' in str(told["asked"][-1])


def test_a_question_carries_the_turns_before_it() -> None:
    asked: list[Question] = []
    with opened(Newsroom(before=asked.append)) as client:
        page = Page(client, "a")
        page.ask("What are the conditions?")
        page.ask("And then?")
        page.send(page.reset, [])
        page.ask("What are the conditions?")
    assert [len(question.history) for question in asked] == [0, 1, 0]
    [turn] = asked[1].history
    assert turn.question == "What are the conditions?"
    assert turn.answer.startswith("Moscow still insists")


def test_the_quotes_are_sent_once_while_prose_is_written() -> None:
    with opened(Newsroom(), model="scripted") as client:
        told = Page(client, "a").ask("Are they still the same?")
    assert len(set(map(str, told["quotes"]))) == 4, "searching, found, compared, and whole"
    assert str(told["prose"][-1]).count('class="checked"') == 3
    said = [str(each) for each in told["progress"]]
    assert any("Writing: 11 words, being checked" in each for each in said)
    assert said[-1] == ""
    unfinished = [str(each) for each in told["prose"] if "left-out" not in str(each)]
    assert len(set(unfinished)) == 4
    assert not any("treaty" in each for each in (*said, *unfinished))


def test_a_reader_can_stop_the_writing() -> None:
    asked = threading.Event()
    newsroom = Newsroom(before=lambda question: asked.set())
    with opened(newsroom, model="scripted") as client:
        page = Page(client, "a")

        def stop() -> None:
            assert asked.wait(30)
            page.post(page.halt, [])

        stopping = threading.Thread(target=stop)
        stopping.start()
        told = page.ask("Write forever")
        stopping.join()
    assert newsroom.left.is_set()
    assert unfolding.STOPPED in str(told["prose"][-1])
    assert 'class="answered"' in str(told["quotes"][-1])
    assert told["progress"][-1] == ""


def test_an_empty_question_asks_nothing() -> None:
    asked: list[Question] = []
    with opened(Newsroom(before=asked.append)) as client:
        told = Page(client, "a").ask("  \n ")
    assert not asked
    assert "turn" not in str(told.get("asked"))


def test_several_people_are_answered_at_once() -> None:
    meeting = threading.Barrier(4, timeout=20)  # passed only by four questions that are being answered together

    def meet(question: Question) -> None:
        meeting.wait()

    with opened(Newsroom(before=meet)) as client:
        answers: list[str] = []

        def one(name: str) -> None:
            answers.append(str(Page(client, name).ask("What are the conditions?")["quotes"][-1]))

        people = [threading.Thread(target=one, args=(name,)) for name in "abcd"]
        for person in people:
            person.start()
        for person in people:
            person.join()
    assert len(answers) == 4
    assert all('class="answered"' in answer for answer in answers)


def test_gradios_files_are_where_the_page_looks_for_them() -> None:
    assets = chat.assets()
    assert assets.scripts
    assert all(path.startswith("/assets/") for path in (*assets.scripts, *assets.styles))
