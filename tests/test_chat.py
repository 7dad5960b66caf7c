"""The conversation: what a question shows step by step, and what passes over gradio's wire."""

from __future__ import annotations

import html
import json
import logging
import re
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pytest
from starlette.testclient import TestClient

from index.principal import LOCAL, Principal
from index.within import Within
from rag.events import Event, SentenceWritten
from rag.question import LONGEST_QUESTION, Question
from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from tests.people import peopled
from ui import chat
from ui.app import create_app
from ui.asking import Asked
from ui.brief import Turn
from ui.running import Answers
from ui.serving import Site
from ui.wording import ENGLISH, LANGUAGES, wording_in


def steps(text: str, *, writes: bool = False) -> list[Turn]:
    """What the turn shows after each event of its answer."""
    shown, asked = [], Asked(Turn(1, text, "searching", writes=writes))
    for event in Newsroom().stream(LOCAL, Question(text)):
        asked = asked.after([event])
        shown.append(asked.turn)
    return shown


def test_evidence_is_shown_before_the_answer_is_whole() -> None:
    *before, last = [turn.state for turn in steps("What are the conditions?")]
    assert (set(before), last) == ({"found"}, "answered")


def test_an_abstention_has_no_evidence_to_show_first() -> None:
    assert [turn.state for turn in steps("What is the population of Brazil?")] == ["abstained"]


def test_prose_comes_sentence_by_sentence_and_words_that_are_not_checked_do_not() -> None:
    shown = steps("Are they still the same?", writes=True)
    counts = [len(turn.lines) for turn in shown]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3}
    assert "treaty" not in " ".join(line.text for turn in shown for line in turn.lines)


def test_how_a_question_was_understood_is_shown_before_its_evidence() -> None:
    first, *_ = steps("And then?")
    assert (first.understood, first.state) == (CONDITIONS_ANSWER.question, "searching")


def test_what_has_come_at_once_shows_what_it_would_have_shown_bit_by_bit() -> None:
    text = "Are they still the same?"
    begun = Asked(Turn(1, text, "searching", writes=True))
    assert begun.after(Newsroom().stream(LOCAL, Question(text))).turn == steps(text, writes=True)[-1]


# Over the wire.


@dataclass
class Page:
    """One open page: asks as gradio's client does, and keeps what every component was last told. `address` is what
    stands behind the question mark there."""

    client: TestClient
    session: str
    address: str = ""

    def __post_init__(self) -> None:
        config = self.client.get("/config").json()
        self.names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        by_name = {name: each for each in config["dependencies"] for _, name in each["targets"]}
        self.submit = by_name["submit"]
        self.halt = next(each for each in config["dependencies"] if not each["outputs"] and not each["inputs"])
        self.reset = next(each for each in config["dependencies"] if each["outputs"] and not each["inputs"])

    def ask(self, text: str, scope: str = "") -> dict[str, list[object]]:
        return self.send(self.submit, [text, scope, None])

    def load(self) -> dict[str, list[object]]:
        """What the page is given as it is opened."""
        return self.send(self.submit, ["", "", None])

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
        assert self.client.post(f"/gradio_api/queue/join?{self.address}", json=body).status_code == 200


def apply(new: object, old: object) -> object:
    """The value after gradio's difference, where it sent one: a list of ["replace" | "append", path, value]."""
    if not (isinstance(new, list) and all(isinstance(each, list) and len(each) == 3 for each in new)):
        return new
    for action, path, value in new:
        assert not path or action in ("add", "replace", "append", "delete")
        old = old if path else (f"{old}{value}" if action == "append" else value)
    return old


@contextmanager
def opened(newsroom: Newsroom, model: str | None = None, site: Site | None = None) -> Iterator[TestClient]:
    app = create_app(newsroom, site, examples=("An example?",), model=model)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        yield client


def address(told: dict[str, list[object]]) -> str:
    """The address of the conversation that the newest turn is kept in, as far as it stands behind the question mark."""
    [found] = set(re.findall(r'href="/\?(conversation=[0-9a-f]+)#turn-', str(told["asked"][-1])))
    return str(found)


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
    assert len(set(map(str, told["quotes"]))) <= 4, "searching, found, compared, and whole"
    assert str(told["prose"][-1]).count('class="checked supported"') == 3
    said = [str(each) for each in told["progress"]]
    assert said[-1] == ""
    unfinished = [str(each) for each in told["prose"] if "left-out" not in str(each)]
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
    assert ENGLISH.say("writingStopped") in str(told["prose"][-1])
    assert 'class="answered"' in str(told["quotes"][-1])
    assert told["progress"][-1] == ""


def test_what_a_person_can_act_on_is_one_sentence_and_stays_above() -> None:
    long = "x" * (LONGEST_QUESTION + 1)
    failures = [
        ("What are the conditions?", "as_of=yesterday", "As_of: 'yesterday' is no date; write it as 2024-06-30."),
        ("What are the conditions?", "from=2025-01-02&to=2025-01-01", "which is before it; exchange them."),
        (long, "", f"The question is {LONGEST_QUESTION + 1} characters long; ask in at most 4000."),
        ("broken", "", "The library is on a disk that is gone; mount it and ask again."),
    ]
    with opened(Newsroom()) as client:
        page = Page(client, "a")
        for text, scope, message in failures:
            told = page.ask(text, scope)
            prose = html.unescape(str(told["prose"][-1]))
            assert message in prose
            assert 'class="retry"' in prose
            assert "permalink" not in str(told["asked"][-1]), "nothing of it is kept"
            # What is no scope is not to be asked within again.
            assert ("asked-within" in str(told["asked"][-1])) == (not scope)
        after = page.ask("What are the conditions?")
    earlier = html.unescape(str(after["earlier"][-1]))
    places = [earlier.index(message) for _, _, message in failures]
    assert places == sorted(places)
    assert 'id="turn-5"' in str(after["asked"][-1])


def test_what_a_person_cannot_act_on_is_a_reference_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with opened(Newsroom()) as client, caplog.at_level(logging.ERROR):
        message = str(Page(client, "a").ask("crash")["prose"][-1])
    assert "secret" not in message
    [reference] = re.findall(r"under ([0-9a-f]{8})", message)
    assert reference in caplog.text
    assert "a secret that must not be shown" in caplog.text


def test_a_failure_after_the_evidence_keeps_the_evidence() -> None:
    class Breaking(Newsroom):
        def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
            for event in super().stream(principal, question):
                if isinstance(event, SentenceWritten):
                    raise RuntimeError("a secret")
                yield event

    with opened(Breaking()) as client:
        told = Page(client, "a").ask("Are they still the same?")
        again = Page(client, "b", address(told)).load()
    assert 'class="failed"' in str(told["quotes"][-1])
    for shown in (told, again):
        assert str(shown["quotes"][-1]).count("<blockquote") == 5


def test_the_scope_is_what_the_question_is_answered_from_and_the_turn_says_it() -> None:
    asked: list[Question] = []
    with opened(Newsroom(before=asked.append)) as client:
        page = Page(client, "a")
        told = page.ask("What are the conditions?", "as_of=2025-09-01&from=2024-01-01&publisher=Harbour+Wire&other=1")
        again = Page(client, "b", address(told)).load()
    [question] = asked
    assert (question.as_of, question.within) == (
        date(2025, 9, 1),
        Within(earliest=date(2024, 1, 1), publishers=frozenset({"Harbour Wire"})),
    )
    for shown in (told, again):
        assert "As of 1 September 2025" in str(shown["asked"][-1])
        assert "Harbour Wire only" in str(shown["asked"][-1])
        [scope] = re.findall(r'href="/[?]([^"]*)"></a>', str(shown["asked"][-1]))
        assert html.unescape(scope) == "as_of=2025-09-01&from=2024-01-01&publisher=Harbour+Wire"


# A conversation is opened again.


def test_a_conversation_is_shown_again_at_its_address_and_goes_on() -> None:
    asked: list[Question] = []
    with opened(Newsroom(before=asked.append)) as client:
        first = Page(client, "a")
        first.load()
        first.ask("What are the conditions?")
        told = first.ask("And then?")
        second = Page(client, "b", address(told))
        opened_again = second.load()
        after = second.ask("What is the population of Brazil?")
    assert 'id="turn-1"' in str(opened_again["earlier"])
    assert 'id="turn-2"' in str(opened_again["asked"][-1])
    assert str(opened_again["quotes"][-1]).count("<blockquote") == 5
    assert address(after) == address(told)
    assert 'id="turn-3"' in str(after["asked"][-1])
    assert [turn.question for turn in asked[-1].history] == ["What are the conditions?", CONDITIONS_ANSWER.question]


def test_an_address_that_leads_nowhere_is_told_and_a_new_conversation_begins() -> None:
    with opened(Newsroom()) as client:
        for named in ("conversation=nonesuch", "conversation=" + "x" * 5_000, "conversation=%00%ff"):
            page = Page(client, named[-8:], named)
            assert ENGLISH.say("notHere") in str(page.load()["earlier"])
            told = page.ask("What are the conditions?")
            assert "nonesuch" not in address(told)
            assert ENGLISH.say("notHere") not in str(told["earlier"])


def test_somebody_elses_conversation_is_told_as_if_there_were_none() -> None:
    with opened(Newsroom(), site=peopled()) as client:
        alice, bob = ({"x-as": name} for name in ("alice", "bob"))
        client.headers.update(alice)
        told = Page(client, "a").ask("What are the conditions?")
        client.headers.update(bob)
        page = Page(client, "b", address(told))
        shown = page.load()
        assert ENGLISH.say("notHere") in str(shown["earlier"])
        assert "asked" not in shown
        assert address(page.ask("What are the conditions?")) != address(told)


def test_who_opens_the_conversation_of_a_running_answer_is_given_all_of_it() -> None:
    written = threading.Event()
    newsroom = Newsroom(before=lambda question: written.set())
    site = replace(Site.alone(), running=Answers(grace=20))
    with opened(newsroom, model="scripted", site=site) as client:
        first, shown = Page(client, "a"), list[dict[str, list[object]]]()
        begun = first.ask("What are the conditions?")
        written.clear()
        watching = threading.Thread(target=lambda: shown.append(first.ask("Write forever")))
        watching.start()
        assert written.wait(30)
        second = Page(client, "b", address(begun))
        also = threading.Thread(target=lambda: shown.append(second.load()))
        also.start()
        time.sleep(0.3)
        second.post(second.halt, [])
        for thread in (watching, also):
            thread.join()
    for told in shown:
        assert str(told["quotes"][-1]).count("<blockquote") == 5
        assert ENGLISH.say("writingStopped") in str(told["prose"][-1])


# The reader's language.


def test_the_page_is_laid_out_in_the_readers_language() -> None:
    with opened(Newsroom()) as client:
        for language in LANGUAGES:
            words = wording_in(language)
            client.headers.update({"accept-language": language, "accept-encoding": "gzip, br"})
            config = client.get("/config")
            props = {each["props"].get("elem_id"): each["props"] for each in config.json()["components"]}
            assert props["question"]["label"] == words.say("label")
            assert props["question"]["placeholder"] == words.say("placeholder")
            assert props["again"]["value"] == words.say("newConversation")
            assert "{{" not in config.text
            told = Page(client, language).ask("What is the population of Brazil?")
            assert words.say("abstained") in str(told["quotes"][-1])
            assert words.say("askAnother") in str(told["question"])


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
