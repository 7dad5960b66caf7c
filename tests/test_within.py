"""A reader's own choice: as a URL, a program, a line and a command say it, and that a search keeps to it exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from httpx2 import Response
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Corpus, View
from index.document import Document
from index.hit import Hit
from index.principal import LOCAL, Principal
from index.query import Query
from index.scope import Scope
from index.search import search
from index.within import EVERYTHING, Within
from rag.errors import InvalidQuestion
from rag.question import Question
from tests.newsroom import Newsroom
from tests.people import api, client, peopled
from tests.shelf import brief, shelf
from tests.test_scope import choices, chosen
from ui import lines, within
from ui.cli import main
from ui.wire import Json

DAY, LATER = date(2024, 6, 1), date(2024, 7, 1)
NAMES = st.frozensets(st.text(min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=4)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))


# As a URL says it.


@given(st.tuples(DAYS, DAYS), st.none() | NAMES, st.none() | NAMES, DAYS)
def test_what_is_written_is_read(
    days: tuple[date | None, date | None],
    publishers: frozenset[str] | None,
    collections: frozenset[str] | None,
    as_of: date | None,
) -> None:
    first, last = sorted(days) if all(days) else days  # type: ignore[type-var]
    own = Within(first, last, publishers, collections)
    written = within.written(own, as_of)
    assert within.read(written) == within.read(f"?conversation=x&{written}") == (own, as_of)
    assert written.isascii()
    assert (written == "") == (own.is_everything and as_of is None)


def test_what_is_empty_in_a_url_is_not_chosen() -> None:
    assert within.read("") == within.read("as_of=&from=&publisher=&collection=%20&utm_source=x") == (EVERYTHING, None)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday", "from: 'yesterday' is no date"),
        ("as_of=2024-02-30", "as_of: '2024-02-30' is no date"),
        ("to=2024-01-01&to=2024-01-02", "to is given 2 times"),
        ("from=2024-07-01&to=2024-06-01", "from is 2024-07-01 and to is 2024-06-01, which is before it"),
        ("&".join(f"publisher={number}" for number in range(51)), "publishers holds 51 names; give at most 50"),
        (f"collection={'x' * 201}", "collections holds a name of over 200 characters"),
    ],
)
def test_what_is_wrong_in_a_url_is_named(query: str, said: str) -> None:
    with pytest.raises(InvalidQuestion) as raised:
        within.read(query)
    assert str(raised.value).startswith(said)


# As programs, lines and commands say it.


Post = partial[Response]


@pytest.fixture(scope="module")
def seen() -> list[Question]:
    return []


@pytest.fixture(scope="module")
def post(seen: list[Question]) -> Post:
    return partial(client(api(Newsroom(before=seen.append), peopled()), "alice").post)


CHOICE = {"from": "2024-06-01", "to": "2024-07-01", "publishers": ["Post", "Wire", "Post"], "collections": ["press"]}
CHOSEN = Within(DAY, LATER, frozenset({"Post", "Wire"}), frozenset({"press"}))


def test_programs_choose_what_is_asked_of(post: Post, seen: list[Question]) -> None:
    assert post("/api/v1/ask", json={"question": "Conditions?"} | CHOICE).status_code == 200
    assert (seen[-1].within, seen[-1].as_of) == (CHOSEN, None)
    nothing = dict.fromkeys(CHOICE)
    assert post("/api/v1/ask", json={"question": "Conditions?"} | nothing).status_code == 200
    assert seen[-1].within == EVERYTHING


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/search", "/api/v1/check"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"publishers": []}, "publishers is empty, which leaves nothing to answer from"),
        ({"collections": []}, "collections is empty"),
        ({"publishers": [str(number) for number in range(51)]}, "publishers holds 51 names; give at most 50"),
        ({"collections": ["x" * 201]}, "collections holds a name of over 200 characters"),
        ({"publishers": [" "]}, "publishers holds an empty name"),
        ({"publishers": "Post"}, "publishers is no list of names"),
        ({"publishers": [1]}, "publishers is no list of names"),
        ({"from": "soon"}, "'soon' is no date"),
        ({"to": 2024}, "to is no text"),
        ({"from": "2024-07-01", "to": "2024-06-01"}, "from is 2024-07-01 and to is 2024-06-01"),
        ({"from_": "2024-07-01"}, "there is no field 'from_'"),
    ],
)
def test_what_programs_choose_wrongly_is_named(post: Post, path: str, body: Json, said: str) -> None:
    asked: Json = {"text" if path.endswith("check") else "question": "Anything?"}
    response = post(path, json=asked | body)
    assert response.status_code == 400
    assert response.json()["error"].startswith(said)


def test_a_line_says_it_as_programs_do() -> None:
    found: list[lines.Line] = []

    def keep(line: lines.Line) -> Json:
        found.append(line)
        return {}

    given = ({"id": 1, "question": "?"} | CHOICE, {"id": 2, "question": "?"}, {"id": 3, "question": "?", "from": 3})
    told = list(lines.answers([json.dumps(each).encode() for each in given], keep))
    assert [line.within for line in found] == [CHOSEN, None]
    assert "line 3 has a from or a to that is no text" in str(told[2]["error"])
    (refused,) = lines.answers([b'{"id": 4, "question": "?", "publishers": []}'], keep)
    assert str(refused["error"]).startswith("line 1: publishers is empty")


HARBOUR = "The harbour master said that the new crane lifts ninety tonnes."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("chosen")
    documents = (
        brief("post", HARBOUR, published="2024-06-01", publisher="Post", collection="press"),
        brief(
            "wire",
            "Its builder says that the new crane in the harbour lifts eighty tonnes, and came by ship.",
            published="2024-07-01",
            publisher="Wire",
        ),
        brief("note", "Nobody has yet seen the crane of the harbour at work, an unsigned note has it."),
    )
    from index.embed import default_embedder

    with shelf(folder, documents, default_embedder()):
        yield folder


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), {"post", "wire", "note"}),
        (("--publisher", "Post"), {"post"}),
        (("--publisher", "Post", "--publisher", "Wire", "--from", "2024-06-02"), {"wire"}),
        (("--to", "2024-06-30"), {"post"}),
        (("--collection", "press"), {"post"}),
        (("--publisher", "post"), set()),
    ],
)
def test_the_command_finds_only_what_was_chosen(
    library: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], found: set[str]
) -> None:
    assert main(["search", "harbour crane", "--json", "--library", str(library), *arguments]) == 0
    assert {each["uri"] for each in json.loads(capsys.readouterr().out)["passages"]} == found


def test_the_command_answers_from_what_was_chosen_and_says_what_was_left_out(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ("ask", "How much does the new crane lift?", "--json", "--no-model", "--library", str(library))
    assert main([*question, "--publisher", "Wire"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["publisher"] for each in told["evidence"]} == {"Wire"}
    assert told["outside"] == {
        "documents": 2, "later": 0, "earlier": 0, "undated": 0, "publishers": ["Post"], "collections": 0,
    }  # fmt: skip
    assert "crane" in told["evidence"][0]["why"]["words"]
    shown = [each for each in question if each != "--json"]
    assert main([*shown, "--publisher", "Wire"]) == 0
    assert "Your choice left out 2 documents near the question: by Post." in capsys.readouterr().out
    assert main([*shown, "--publisher", "Nobody", "--from", "2024-06-15"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "left out 3 documents near the question: 1 earlier; 1 without a date; by " in out
    assert main([*question, "--from", "2024-06-02", "--to", "2024-06-01"]) == 2
    assert "exchange them" in capsys.readouterr().err


# That a search keeps to it.

PUBLISHERS, COLLECTIONS = (None, "AP", "ap"), (None, "wiki", "press")
MANY = tuple(
    brief(
        str(number),
        f"Word{number} of the harbour, the ferry and item{number} alone item{number}.",
        publisher=PUBLISHERS[number % 3],
        collection=COLLECTIONS[number // 3 % 3],
        published=(None, "2024-01-01", "2024-06-30", "2024-07-01")[number % 4],
        readers=("public", "legal") if number % 5 else ("legal",),
    )
    for number in range(36)
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with shelf(tmp_path_factory.mktemp("many"), MANY) as opened:
        yield opened


def found(corpus: Corpus, query: Query, reader: str = "public", limit: int = 50) -> list[str]:
    passages = search(Principal("somebody", frozenset({reader})), query, corpus, limit=limit)
    return sorted(passage.attribution.uri for passage in passages)


def may(own: Within, as_of: date | None, reader: str) -> list[str]:
    """What a search for everything has to find."""

    def known(each: Document) -> bool:
        return as_of is None or each.published is None or each.published <= as_of

    return sorted(each.uri for each in MANY if reader in each.readers and chosen(own, each) and known(each))


@settings(max_examples=25, deadline=None)
@given(own=choices(), as_of=st.none() | st.dates(date(2023, 12, 1), date(2024, 8, 1)), limit=st.integers(1, 40))
def test_a_search_finds_all_that_was_chosen_and_nothing_else(
    corpus: Corpus, own: Within, as_of: date | None, limit: int
) -> None:
    query = Query("harbour ferry", as_of=as_of, within=own)
    for reader in ("public", "legal"):
        expected = may(own, as_of, reader)
        assert found(corpus, query, reader) == expected
        some = found(corpus, query, reader, limit)
        assert set(some) <= set(expected)
        assert len(some) == min(limit, len(expected))


def test_dates_that_the_question_names_are_let_go_and_the_choice_is_not(corpus: Corpus) -> None:
    ap = Within(publishers=frozenset({"AP"}))
    sixties = Query("harbour ferry", earliest=date(1961, 1, 1), latest=date(1961, 12, 31), within=ap)
    assert found(corpus, sixties) == may(ap, None, "public") != []
    never = replace(sixties, within=Within(latest=date(1970, 1, 1)))
    assert found(corpus, never) == []
    both = Query("harbour ferry", earliest=DAY, latest=date(2024, 6, 30), within=Within(latest=date(2024, 5, 1)))
    assert found(corpus, both) == may(Within(latest=date(2024, 5, 1)), None, "public") != []


def test_an_index_that_names_what_was_not_chosen_changes_nothing(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with corpus.library.snapshot() as snapshot:
        every = tuple(Hit(number, 1.0) for number in snapshot.chunk_numbers().tolist())
    for way in ("keyword_hits", "vector_hits"):
        monkeypatch.setattr(View, way, lambda view, asked, limit, scope: every)
    own = Within(date(2024, 1, 1), date(2024, 6, 30), frozenset({"AP"}), frozenset({"wiki"}))
    assert found(corpus, Query("harbour ferry", within=own)) == may(own, None, "public") != []


def test_a_choice_of_everything_is_the_same_search(corpus: Corpus) -> None:
    query = Query("harbour ferry word7")
    assert search(LOCAL, query, corpus) == search(LOCAL, replace(query, within=Within()), corpus)
    assert Scope.of(LOCAL, within=Within()).everything
