"""OpenAI's own client asks a real server: with an API key, on one's own machine, whole and streaming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion

from tests.newsroom import CONDITIONS_ANSWER, Newsroom, document, quoted, quotes
from tests.served import serving
from tests.sites import key, keyed, limited
from ui.app import create_app
from ui.serving import Site

QUESTION = "What still holds?"


@dataclass
class Served:
    """A server that only keys can ask, and what it is made of."""

    address: str
    site: Site
    newsroom: Newsroom

    def client(self, secret: str) -> OpenAI:
        return client(self.address, secret)


def client(address: str, secret: str) -> OpenAI:
    return OpenAI(base_url=f"{address}/v1", api_key=secret, max_retries=0)


def ask(asking: OpenAI, question: str = QUESTION) -> ChatCompletion:
    return asking.chat.completions.create(model="on-record", messages=[{"role": "user", "content": question}])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    site, newsroom = keyed(), Newsroom()
    with serving(lambda: create_app(newsroom, site)) as address:
        yield Served(address, site, newsroom)


@pytest.fixture(scope="module")
def reader(served: Served) -> Iterator[OpenAI]:
    with served.client(key(served.site)) as client:
        yield client


def test_a_key_lists_the_model_and_asks_it(reader: OpenAI) -> None:
    assert [model.id for model in reader.models.list()] == ["on-record"]
    assert reader.models.retrieve("on-record").owned_by == "on-record"
    told = reader.chat.completions.create(model="on-record", messages=[{"role": "user", "content": QUESTION}])
    message = told.choices[0].message
    assert message.content is not None
    assert message.content.startswith("Yes. [1] The Kremlin spokesman")
    assert message.annotations
    place = message.annotations[0].url_citation
    assert message.content[place.start_index : place.end_index] == "[1]"
    assert told.usage
    assert told.usage.total_tokens == 876
    assert message.model_extra
    assert message.model_extra["on_record"]["status"] == "answered"


def test_a_stream_comes_in_chunks_and_counts_at_its_end(reader: OpenAI) -> None:
    stream = reader.chat.completions.create(
        model="on-record",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"as_of": "2025-09-01"},
    )
    chunks = list(stream)
    text = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert "as it did in June 2024. [3][2]" in text
    assert text.count("\n- [") == 3
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == 64
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_the_clients_own_reader_of_streams_puts_the_same_message_together(reader: OpenAI) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    with reader.chat.completions.stream(model="on-record", messages=messages) as stream:  # type: ignore[arg-type]
        whole = stream.get_final_completion()
    told = reader.chat.completions.create(model="on-record", messages=messages)  # type: ignore[arg-type]
    assert whole.choices[0].message.content == told.choices[0].message.content


def test_a_conversation_is_told_as_messages(reader: OpenAI) -> None:
    first = reader.chat.completions.create(model="on-record", messages=[{"role": "user", "content": "then what?"}])
    told = reader.chat.completions.create(
        model="on-record",
        messages=[
            {"role": "system", "content": "Answer as a pirate."},
            {"role": "user", "content": "Who asked?"},
            {"role": "assistant", "content": first.choices[0].message.content},
            {"role": "user", "content": QUESTION},
        ],
    )
    assert told.choices[0].finish_reason == "stop"


def test_each_refusal_is_the_clients_own_error(served: Served, reader: OpenAI) -> None:
    with served.client("ork_nothing") as nobody, pytest.raises(openai.AuthenticationError, match="unknown") as none:
        ask(nobody)
    assert none.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-4o' here") as missing:
        reader.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": QUESTION}])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="N is not 1"):
        reader.chat.completions.create(model="on-record", messages=[{"role": "user", "content": QUESTION}], n=2)
    with pytest.raises(openai.InternalServerError, match="disk that is gone"):
        ask(reader, "broken")
    with pytest.raises(openai.APIError, match="disk that is gone"):
        list(
            reader.chat.completions.create(
                model="on-record", messages=[{"role": "user", "content": "broken"}], stream=True
            )
        )


def test_a_key_that_is_not_for_asking_is_refused_and_a_revoked_one_at_once(served: Served) -> None:
    with (
        served.client(key(served.site, "searcher", ["search"])) as searcher,
        pytest.raises(openai.PermissionDeniedError),
    ):
        ask(searcher)
    with served.client(key(served.site, "leaver", ["ask"])) as leaver:
        assert ask(leaver).choices
        served.site.records.keys.revoke("leaver")
        with pytest.raises(openai.AuthenticationError):
            ask(leaver)


def test_a_key_is_told_nothing_of_what_it_may_not_read(served: Served) -> None:
    """The answer's documents are public but for one newsroom's, where it rests on one that they may not read."""
    hidden = document("Hidden", "Desk", None, "Moscow still insists on a secret.", readers=("board",))
    evidence = (quoted(hidden, "Moscow still insists on a secret."),)
    answer = replace(
        CONDITIONS_ANSWER, evidence=evidence, sentences=quotes(1, evidence=evidence), points=(), disagreements=()
    )
    site = keyed()
    with serving(lambda: create_app(Newsroom(also=(hidden,), answer=answer), site)) as address:
        with client(address, key(site, "board", readers=["board"])) as board:
            assert "a secret" in (ask(board).choices[0].message.content or "")
        with client(address, key(site, "public")) as public:
            assert "secret" not in ask(public).model_dump_json()


def test_too_many_questions_are_told_when_to_come_back() -> None:
    site = limited(key="1/minute")
    with serving(lambda: create_app(Newsroom(), site)) as address, client(address, key(site)) as hasty:
        ask(hasty)
        with pytest.raises(openai.RateLimitError, match="ask again in") as turned:
            ask(hasty)
    assert turned.value.code == "rate_limit_exceeded"
    assert int(turned.value.response.headers["retry-after"]) >= 1


def test_leaving_a_stream_ends_the_work(served: Served, reader: OpenAI) -> None:
    served.newsroom.left.clear()
    stream = reader.chat.completions.create(
        model="on-record", messages=[{"role": "user", "content": "forever"}], stream=True
    )
    next(iter(stream))
    stream.close()
    assert served.newsroom.left.wait(20)


def test_leaving_before_the_whole_ends_the_work(served: Served) -> None:
    served.newsroom.left.clear()
    impatient = served.client(key(served.site, "impatient")).with_options(timeout=1.0)
    with impatient, pytest.raises(openai.APITimeoutError):
        ask(impatient, "forever")
    assert served.newsroom.left.wait(20)


def test_on_ones_own_machine_any_key_will_do() -> None:
    """The client must send one; here it says nothing about who asks."""
    with serving(lambda: create_app(Newsroom())) as address, client(address, "none") as here:
        assert ask(here).choices[0].message.content


def test_the_addresses_of_sources_are_those_that_people_reach() -> None:
    site = keyed(public_url="https://ask.example.org")
    with serving(lambda: create_app(Newsroom(), site)) as address, client(address, key(site)) as reader:
        message = ask(reader).choices[0].message
    found = {each.url_citation.url.split("/source/")[0] for each in message.annotations or []}
    assert found == {"https://ask.example.org"}
    assert "<https://ask.example.org/source/" in (message.content or "")
