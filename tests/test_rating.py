"""What is kept of a verdict comes from the server's own memory of the answer: never from the browser."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from index.embed import default_embedder
from index.feedback import Exchange, Made
from index.library import DATABASE
from index.principal import LOCAL, PUBLIC, Principal
from rag import conversation
from rag.answer import Sentence
from rag.ask import Desk
from rag.question import Question
from rag.quote import Quoter
from tests.newsroom import ABSTENTION, CONDITIONS_ANSWER, PROSE_ANSWER, TRACE, WRITTEN_ANSWER, Newsroom
from tests.shelf import brief, shelf
from tests.test_chat import Page, opened
from ui import asking, rating
from ui.answerer import AtDesk
from ui.app import create_app
from ui.brief import Turn
from ui.caller import Caller
from ui.rating import Told
from ui.serving import Site
from ui.thumbs import FORGOTTEN, THANKS

ANN = Principal("ann", frozenset({PUBLIC, "desk"}))
BOB = Principal("bob", frozenset({PUBLIC}))


def told(
    text: str, day: str = "", newsroom: Newsroom | None = None, stop: threading.Event | None = None
) -> Told | None:
    turn = Turn(1, text, "searching")
    *before, last = asking.steps(newsroom or Newsroom(), ANN, turn, day, stop=stop)
    assert not [each for each in before if each.told], "nothing can be judged before it is whole"
    return last.told


def answered(text: str, day: str = "") -> Told:
    found = told(text, day)
    assert found
    return found


def test_an_answer_is_kept_as_it_was_shown() -> None:
    kept = rating.feedback(answered("What are the conditions?", "2025-09-01"), "down", "No.")
    assert (kept.verdict, kept.comment, kept.principal, kept.status) == ("down", "No.", ANN, "answered")
    assert (kept.question, kept.understood, kept.as_of) == (*["What are the conditions?"] * 2, date(2025, 9, 1))
    evidence = CONDITIONS_ANSWER.evidence
    assert [(each.number, each.start, each.end, each.quote) for each in kept.shown] == [
        (number, each.span.start, each.span.end, each.quote) for number, each in enumerate(evidence, start=1)
    ]
    assert {each.uri for each in kept.shown} == {each.attribution.uri for each in evidence}
    assert kept.made == Made(7, TRACE.answerable, TRACE.threshold, "embedder-1", "evidence-1")


def test_prose_is_kept_with_what_it_was_made_by_and_an_abstention_with_what_came_near() -> None:
    written = rating.feedback(answered("Are they still the same?"), "up")
    assert written.sentences == tuple(each.text for each in WRITTEN_ANSWER.sentences)
    assert written.made
    assert (written.made.model, written.made.prompts) == ("scripted", "prompts-1")
    nothing = rating.feedback(answered("What is the population of Brazil?"), "down")
    assert (nothing.status, nothing.sentences) == ("abstained", ())
    assert [(each.number, each.quote) for each in nothing.shown] == [
        (0, each.chunk.text) for each in ABSTENTION.related
    ]


def test_how_it_was_understood_and_what_went_before_is_kept() -> None:
    before = (conversation.Turn("What are the conditions?"),)
    steps = asking.steps(Newsroom(), ANN, Turn(2, "And then?", "searching"), "", earlier=before)
    *_, last = steps
    assert last.told
    kept = rating.feedback(last.told, "down")
    assert (kept.question, kept.understood) == ("And then?", CONDITIONS_ANSWER.question)
    assert kept.history == (Exchange("What are the conditions?"),)


def test_sentences_that_nothing_bears_out_were_not_shown() -> None:
    bare = Sentence("A treaty was signed.", (), "unsupported")
    newsroom = Newsroom(answer=replace(PROSE_ANSWER, sentences=(*PROSE_ANSWER.sentences, bare)))
    found = told("What?", newsroom=newsroom)
    assert found
    assert rating.feedback(found, "down").sentences == (PROSE_ANSWER.sentences[0].text,)


def test_each_answer_has_a_name_of_its_own_and_a_failure_is_no_answer() -> None:
    assert len({answered("What are the conditions?").name for _ in range(5)}) == 5
    for text, day in (("broken", ""), ("crash", ""), ("What?", "yesterday")):
        assert told(text, day) is None


def test_of_a_stopped_answer_what_had_been_shown_is_kept() -> None:
    newsroom, stop = Newsroom(), threading.Event()
    turn = Turn(1, "Write forever", "searching", writes=True)
    for asked in asking.steps(newsroom, ANN, turn, "", stop=stop):
        if asked.turn.words:
            stop.set()
    assert asked.told
    kept = rating.feedback(asked.told, "down")
    assert (kept.status, len(kept.shown), kept.made) == ("answered", 5, None)


# Over the wire.


def buttons(page: Page) -> tuple[dict[str, object], dict[str, object]]:
    """What "Helpful" and "Send" do: the events that take what was told, alone and with the reader's words."""
    events = page.client.get("/config").json()["dependencies"]
    [up] = [each for each in events if len(each["inputs"]) == 1]
    [down] = [each for each in events if len(each["inputs"]) == 2]
    return up, down


FORGED = {
    "principal": {"name": "chief", "readers": ["board"], "reads_everything": True},
    "question": {"text": "A question that was never asked"},
    "evidence": [{"quote": "Words of nobody"}],
    "name": "0" * 32,
}


def test_the_browser_is_believed_its_words_and_nothing_else() -> None:
    newsroom = Newsroom()
    with opened(newsroom) as client:
        page = Page(client, "a")
        page.ask("What are the conditions?")
        _, down = buttons(page)
        said = page.send(down, [FORGED, "No.\x00"])
    [kept] = newsroom.kept.values()
    assert THANKS in str(said["heard"][-1])
    assert kept.comment.startswith("No.")
    assert (kept.principal, kept.question) == (LOCAL, "What are the conditions?")
    assert [each.quote for each in kept.shown] == [each.quote for each in CONDITIONS_ANSWER.evidence]
    assert kept.answer != FORGED["name"]


def test_what_was_never_answered_here_cannot_be_judged() -> None:
    newsroom = Newsroom()
    with opened(newsroom) as client:
        page = Page(client, "a")
        up, down = buttons(page)
        for said in (page.send(up, [FORGED]), page.send(down, [FORGED, "No."])):
            assert FORGOTTEN in str(said["heard"][-1])
        page.ask("broken")
        assert FORGOTTEN in str(page.send(up, [FORGED])["heard"][-1])
    assert newsroom.kept == {}


def test_nobody_judges_in_another_readers_name() -> None:
    """Whoever learns the name of another's session gets nothing of it, and leaves nothing in it."""
    newsroom, who = Newsroom(), [ANN]

    def identify(scope: Scope) -> Caller:
        return Caller(who[0], by="login")

    with TestClient(
        create_app(newsroom, replace(Site.alone(), identify=identify)), base_url="http://127.0.0.1"
    ) as client:
        page = Page(client, "a")
        page.ask("What are the conditions?")
        up, down = buttons(page)
        who[0] = BOB
        for button, data in ((up, [None]), (down, [None, "I am Ann."])):
            body = {"data": data, "fn_index": button["id"], "session_hash": "a", "event_data": None}
            assert client.post("/gradio_api/queue/join", json=body).status_code == 403
        assert newsroom.kept == {}
        who[0] = ANN
        page.send(up, [None])
    assert [each.principal for each in newsroom.kept.values()] == [ANN]


def test_several_readers_at_once_are_each_kept_in_a_real_library(tmp_path: Path) -> None:
    quoter = Quoter()
    opening = brief("opening", "The archive in Tolbridge opens at nine in the morning.")
    readers = 6
    with shelf(tmp_path, [opening], default_embedder()) as corpus:
        desk = Desk(corpus, quoter, quoter.threshold)
        with TestClient(create_app(AtDesk(desk)), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
            pages = [Page(client, f"reader{number}") for number in range(readers)]
            for page in pages:
                page.ask("When does the archive in Tolbridge open?")
            _, down = buttons(pages[0])
            said: list[str] = []

            def say(number: int) -> None:
                said.append(str(pages[number].send(down, [None, f"Reader {number} doubts it."])["heard"][-1]))

            threads = [threading.Thread(target=say, args=(number,)) for number in range(readers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        kept = corpus.library.feedback.open()
    assert [THANKS in each for each in said] == [True] * readers
    assert {each.feedback.comment for each in kept} == {f"Reader {number} doubts it." for number in range(readers)}
    assert {each.feedback.shown[0].quote for each in kept} == {opening.text}


def test_a_library_that_cannot_be_written_is_one_sentence_on_the_page(tmp_path: Path) -> None:
    quoter = Quoter()
    with shelf(tmp_path, [brief("opening", "The archive opens at nine.")], default_embedder()) as corpus:
        desk = Desk(corpus, quoter, quoter.threshold)
        full = sqlite3.connect(tmp_path / DATABASE)
        full.execute(
            "CREATE TRIGGER full BEFORE INSERT ON feedback BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
        full.close()
        with TestClient(create_app(AtDesk(desk)), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
            page = Page(client, "a")
            page.ask("Who wrote the first novel of the sea?")
            up, down = buttons(page)
            for said in (page.send(up, [None]), page.send(down, [None, "Melville did."])):
                assert "Your feedback cannot be kept (database or disk is full); send it again" in str(
                    said["heard"][-1]
                )
        assert corpus.library.feedback.open() == ()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/feedback", "/api/v1/feedback", "/gradio_api/call/judge_not_right", "/flag"])
def test_no_route_gives_feedback_out_or_takes_it_past_the_page(path: str, method: str) -> None:
    newsroom = Newsroom()
    with opened(newsroom) as client:
        page = Page(client, "a")
        page.ask("What are the conditions?")
        page.send(buttons(page)[1], [None, "A secret complaint."])
        answer = client.request(method, path, json={} if method == "POST" else None)
        other = Page(client, "b").ask("What are the conditions?")
        api = client.post("/api/v1/ask", json={"question": "What are the conditions?"})
    assert answer.status_code in (400, 404, 405), "the API's own feedback is about a turn that it kept"
    assert "complaint" not in f"{answer.text}{other}{api.text}"


def test_the_question_of_a_reader_is_kept_without_the_space_around_it() -> None:
    asked = Told(LOCAL, Question("  What?\n"), "What?")
    assert rating.feedback(asked, "up").question == "What?"
