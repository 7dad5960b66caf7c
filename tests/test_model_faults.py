"""Each way a model's server can fail, streaming and not: one sentence, in time, and no more requests than allowed."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx2
import openai
import psutil
import pytest

from rag.endpoint import backoff
from rag.endpoint.httpclient import connection_fault
from rag.errors import ModelUnavailable
from rag.model import Ended, Limits, Message, Model, Piece, Text, Waiting
from tests.modelserver import Served, serving

assert openai.__version__  # loaded here, so that no deadline has to wait for it
KEY = "sk-secret-key-of-the-test"
ASKED = (Message("user", "How old is the bridge?"),)
SHORT = Limits(first_seconds=0.3, whole_seconds=0.6, retries=2)
PATIENT = Limits(first_seconds=20.0, whole_seconds=30.0, retries=2)
LONGEST_TEST = 5.0
"""Generous: all that is asked for here takes less than a second on an idle machine."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries that need not be waited for."""
    monkeypatch.setattr(backoff, "BASE_SECONDS", 0.01)


@pytest.fixture(params=[True, False], ids=["streaming", "whole"])
def streaming(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reader got: the text, the sentence if it failed, and how many requests the server saw for it."""

    text: str
    sentence: str | None
    requests: int
    seconds: float
    ended: bool


def outcome(server: Served, name: str, streaming: bool, limits: Limits, tokens: int = 600) -> Outcome:
    model = Model(server.url, name, KEY, limits=limits, streaming=streaming)
    before, start = server.requests(name), time.perf_counter()
    text, sentence, ended = "", None, False
    try:
        for piece in model.reply(ASKED, tokens=tokens):
            text += piece.text if isinstance(piece, Text) else ""
            ended = isinstance(piece, Ended)
    except ModelUnavailable as error:
        sentence = str(error)
    seconds = time.perf_counter() - start
    assert model.busy == 0
    model.close()
    return Outcome(text, sentence, server.requests(name) - before, seconds, ended)


@dataclass(frozen=True, slots=True)
class Case:
    """`streamed` and `whole` are the requests that the server sees; `text` comes before a stream fails, `whole_text`
    before the end of an answer in one piece was looked at."""

    name: str
    reason: str
    streamed: int = 1
    whole: int = 1
    text: str = ""
    limits: Limits = PATIENT
    whole_text: str = ""


IN_TIME = "did not begin to answer within 0.3 seconds; see what keeps it|did not finish within 0.6 seconds; ask again"
NOT_PROTOCOL = "answers with something that is not OpenAI's protocol; correct its address"
CASES = (
    Case("silent", IN_TIME, limits=SHORT),
    Case("stalled", IN_TIME, limits=SHORT),
    Case("drip", IN_TIME, text="drip ", limits=SHORT),
    Case("slow-first", IN_TIME, limits=SHORT),
    Case("cut-json", "broke off in the middle|broke the connection off before", whole=3, text="NOTHING"),
    Case("cut-utf8", f"broke off in the middle of its answer; ask again|{NOT_PROTOCOL}", text="NOTHING"),
    Case("no-finish", "broke off in the middle of its answer; ask again", text="NOTHING", whole_text="NOTHING"),
    Case(
        "length",
        "reached the limit of 600 tokens in the middle of its answer; allow it more",
        text="NOTHING",
        whole_text="NOTHING",
    ),
    Case(
        "content-filter", "was stopped by its content filter; ask in other words", text="NOTHING", whole_text="NOTHING"
    ),
    Case("empty", "answers with nothing; ask again, or use another model"),
    Case("error-in-stream", "reports an error instead of an answer; look at its log", whole=3, text="NOTHING"),
    Case("refused", "broke the connection off before it answered; look at its log", 3, 3),
    Case("error-500", "answers with the error 500; look at its log", 3, 3),
    Case("rate-limited-bare", "asks to slow down; try again later", 3, 3),
    Case("rate-limited-long", "asks to slow down; ask again in 3600 seconds"),
    Case("no-quota", "has no quota left; see to its account, or use another model"),
    Case("wrong-key", "refuses the key; correct it"),
    Case("not-found", "is not known there; correct the model's name, or its address, which usually ends in /v1"),
    Case("too-long", "cannot read so much at once; give it less context"),
    Case("wrong-schema", NOT_PROTOCOL),
    Case("html", "answers with a web page; correct its address, which usually ends in /v1"),
    Case("compressed", "answers compressed although it was asked not to; use another server or proxy"),
    Case("huge", "writes without end and was stopped; use another model"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_one_sentence_in_time_after_no_more_requests_than_allowed(
    server: Served, case: Case, streaming: bool
) -> None:
    got = outcome(server, case.name, streaming, case.limits)

    assert got.sentence is not None
    assert any(
        got.sentence.startswith(f"the model {case.name} at {server.host} {one}") for one in case.reason.split("|")
    )
    assert "\n" not in got.sentence
    assert KEY not in got.sentence
    assert not got.ended
    assert got.seconds < LONGEST_TEST
    requests, text = case.streamed if streaming else case.whole, case.text if streaming else case.whole_text
    if case.limits is PATIENT:
        assert (got.requests, got.text) == (requests, text)
    else:  # on a busy machine the time may be over before the request is out
        assert got.requests <= requests
        assert got.text in ("", text)


def test_every_behaviour_that_fails_is_in_the_matrix(server: Served) -> None:
    answering = {"honest", "obedient", "liar", "babbler", "echo", "flapping", "picky", "whole-only", "uncounted"}
    elsewhere = {"unended", "endless", "rate-limited", "rate-limited-once", "rate-limited-until"}

    assert set(Model(server.url, "").names()) == {case.name for case in CASES} | answering | elsewhere


def test_a_server_that_fails_by_turns_is_asked_again(server: Served, streaming: bool) -> None:
    got = outcome(server, "flapping", streaming, PATIENT)

    assert (got.text, got.sentence, got.requests, got.ended) == ("NOTHING", None, 2, True)


def test_a_server_that_asks_to_wait_a_second_is_asked_again_after_it(server: Served) -> None:
    got = outcome(server, "rate-limited-once", True, PATIENT)

    assert (got.text, got.sentence, got.requests) == ("NOTHING", None, 2)
    assert got.seconds >= 1.0


def test_a_wait_until_a_date_is_kept_too(server: Served) -> None:
    got = outcome(server, "rate-limited-until", True, replace(PATIENT, retries=1))

    assert got.requests == 2
    assert got.seconds >= 0.9  # the date has whole seconds only


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_there_is_one_layer_of_retries(server: Served, retries: int, streaming: bool) -> None:
    assert outcome(server, "error-500", streaming, replace(PATIENT, retries=retries)).requests == 1 + retries


def test_an_answer_without_end_is_stopped_while_it_is_small(server: Served) -> None:
    got = outcome(server, "endless", True, PATIENT)

    assert got.sentence is not None
    assert "writes without end and was stopped" in got.sentence
    assert len(got.text) <= 200_000


def test_a_hundred_megabytes_are_never_held(server: Served, streaming: bool) -> None:
    """The server runs in this process, too, and waits for whoever does not read."""
    outcome(server, "huge", streaming, PATIENT)
    before = psutil.Process().memory_info().rss
    for _ in range(5):
        outcome(server, "huge", streaming, PATIENT)

    assert psutil.Process().memory_info().rss - before < 60 * 1024 * 1024


def test_a_stream_that_is_whole_but_stays_open_is_whole(server: Served) -> None:
    got = outcome(server, "unended", True, PATIENT)

    assert (got.text, got.sentence, got.ended) == ("NOTHING", None, True)
    assert got.seconds < PATIENT.whole_seconds / 2


def test_the_answer_is_told_to_stop_where_it_was_asked_to(server: Served, streaming: bool) -> None:
    got = outcome(server, "babbler", streaming, PATIENT, tokens=40)

    assert got.sentence is not None
    assert "reached the limit of 40 tokens" in got.sentence
    assert len(got.text.split()) == 40


def test_an_address_where_nobody_listens_is_told(streaming: bool) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        model = Model(f"http://{host}/v1", "m", limits=PATIENT, streaming=streaming)
        with pytest.raises(ModelUnavailable, match=f"the model m at {host} cannot be reached; start it, or correct"):
            model.complete(ASKED, tokens=10)


def test_a_host_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*given: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    model = Model("http://no-such-host.invalid/v1", "m", limits=PATIENT)
    with pytest.raises(ModelUnavailable, match=r"no-such-host\.invalid cannot be reached; start it, or correct its"):
        model.complete(ASKED, tokens=10)


def test_a_server_that_does_not_speak_tls_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hanging_up = threading.Thread(target=lambda: listener.accept()[0].close())
        hanging_up.start()
        port = listener.getsockname()[1]
        model = Model(f"https://127.0.0.1:{port}/v1", "m", limits=replace(PATIENT, retries=0))
        with pytest.raises(ModelUnavailable, match="cannot be reached; start it, or correct its address"):
            model.complete(ASKED, tokens=10)
        hanging_up.join()


def test_a_certificate_that_is_not_trusted_is_told_apart() -> None:
    refused = httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
    refused.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")

    fault = connection_fault(refused, began=False)
    assert fault.reason.startswith("shows a certificate that is not trusted; correct its address, or have")
    assert not fault.passing


def test_limits_may_be_given_for_one_reply(server: Served) -> None:
    model = Model(server.url, "silent", limits=PATIENT)
    with pytest.raises(ModelUnavailable, match=r"did not begin to answer within 0\.1 seconds"):
        model.complete(ASKED, tokens=10, limits=replace(PATIENT, first_seconds=0.1))


def test_an_answer_that_has_begun_may_go_on_past_the_time_for_its_first_word(server: Served) -> None:
    model = Model(server.url, "echo-each400", limits=replace(PATIENT, first_seconds=1.5))
    model.names()

    assert model.complete(ASKED, tokens=10) == "How old is the bridge? [1]"


def test_a_drip_is_ended_by_the_deadline_of_the_whole(server: Served) -> None:
    model = Model(server.url, "drip", limits=Limits(first_seconds=1.3, whole_seconds=1.3))
    pieces: list[Piece] = []
    with pytest.raises(ModelUnavailable, match=r"did not finish within 1\.3 seconds"):
        pieces.extend(model.reply(ASKED, tokens=10))

    assert model.busy == 0
    server.until(lambda counts: counts.busy == 0)


def state(model: Model) -> str:
    """Read anew each time, which a type checker does not expect of a property."""
    return model.breaker


def opened(server: Served, rest: float) -> Model:
    """A model whose breaker two failures have opened."""
    limits = Limits(first_seconds=20.0, retries=0, failures=2, rest_seconds=rest)
    model = Model(server.url, "error-500", limits=limits)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="answers with the error 500"):
            model.complete(ASKED, tokens=10)
    return model


def test_a_server_that_keeps_failing_is_left_alone_at_once(server: Served) -> None:
    model = opened(server, rest=60.0)
    before = server.requests("error-500")

    assert state(model) == "open"
    with pytest.raises(ModelUnavailable) as caught:
        model.complete(ASKED, tokens=10)
    sentence = str(caught.value)
    assert "is left alone for another 60 seconds after 2 failures in a row; the last time it answers with" in sentence
    assert sentence.endswith("the error 500; look at its log")
    assert server.requests("error-500") == before


def test_after_its_rest_it_is_tried_once(server: Served) -> None:
    model = opened(server, rest=1.0)
    before = server.requests("error-500")
    time.sleep(1.05)

    assert state(model) == "half-open"
    with pytest.raises(ModelUnavailable, match="answers with the error 500"):
        model.complete(ASKED, tokens=10)
    assert state(model) == "open"
    assert server.requests("error-500") == before + 1


def test_one_that_works_again_is_asked_as_before(server: Served) -> None:
    limits = Limits(first_seconds=20.0, retries=0, failures=1, rest_seconds=1.0)
    model = Model(server.url, "flapping-first1", limits=limits)
    with pytest.raises(ModelUnavailable, match="answers with the error 503"):
        model.complete(ASKED, tokens=10)
    assert state(model) == "open"
    time.sleep(1.05)

    assert model.complete(ASKED, tokens=10) == "NOTHING"
    assert state(model) == "closed"


@pytest.mark.parametrize("name", ["length", "content-filter", "too-long", "empty"])
def test_what_only_this_question_met_does_not_count_against_the_server(server: Served, name: str) -> None:
    model = Model(server.url, name, limits=replace(PATIENT, failures=1))
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            model.complete(ASKED, tokens=10)

    assert state(model) == "closed"


def test_readers_who_leave_do_not_count_against_the_server(server: Served) -> None:
    model = Model(server.url, "silent", limits=replace(PATIENT, failures=1))
    for _ in range(3):
        coming = model.reply(ASKED, tokens=10)
        assert next(coming) == Waiting()
        coming.close()

    assert state(model) == "closed"


def test_a_reader_who_leaves_during_the_trial_leaves_room_for_the_next(server: Served) -> None:
    limits = Limits(first_seconds=20.0, retries=0, at_once=1, failures=1, rest_seconds=0.1)
    model = Model(server.url, "silent-first1", limits=limits)
    with pytest.raises(ModelUnavailable, match="did not begin"):
        model.complete(ASKED, tokens=10, limits=replace(limits, first_seconds=0.1))
    time.sleep(0.15)
    before = server.requests("silent-first1")
    trial = model.reply(ASKED, tokens=10)
    assert next(trial) == Waiting()
    server.until(lambda counts: counts.requests.get("silent-first1", 0) > before)
    with pytest.raises(ModelUnavailable, match="is being tried again after 1 failure; the last time it did not begin"):
        model.complete(ASKED, tokens=10)
    trial.close()

    assert state(model) == "half-open"
