"""What a reader's own choice left out: counted, said why, and never beyond what they may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from index.corpus import Corpus
from index.embed import Vectors
from index.principal import LOCAL, Principal
from index.query import Query
from index.within import Within
from rag.ask import Desk, ask
from rag.leftout import is_narrowed, left_out
from rag.outside import Outside
from rag.question import Question
from rag.quote import Quoter
from tests.shelf import brief, shelf

SPRING, SUMMER = date(2024, 3, 1), date(2024, 6, 1)
ANYBODY = Principal("anybody", frozenset({"public"}))
DOCUMENTS = (
    brief("post", "The ferry leaves at seven, the pilot said.", published="2024-03-01", publisher="Post"),
    brief(
        "wire",
        "The ferry now leaves at nine, the harbour office said on Monday.",
        published="2024-06-01",
        publisher="Wire",
        collection="press",
    ),
    brief("note", "Somebody painted the old ferry red, a note says.", collection="wiki"),
    brief(
        "secret",
        "The ferry will not leave at all, the board said among themselves.",
        published="2024-06-02",
        publisher="Board",
        readers=("board",),
    ),
)
QUESTION = "When does the ferry leave?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    quoter = Quoter()
    with shelf(tmp_path_factory.mktemp("library"), DOCUMENTS) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def counted(corpus: Corpus, query: Query, principal: Principal = ANYBODY) -> Outside:
    return replace(left_out(principal, query, (query,), corpus), ids=frozenset())


def test_who_chooses_nothing_leaves_nothing_out(desk: Desk) -> None:
    assert not is_narrowed(Query(QUESTION, earliest=SPRING))
    assert ask(ANYBODY, Question(QUESTION), desk).outside is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Query(QUESTION, as_of=SPRING), Outside(1, later=1)),
        (Query(QUESTION, as_of=date(2024, 1, 1)), Outside(2, later=2)),
        (Query(QUESTION, within=Within(latest=SPRING)), Outside(2, later=1, undated=1)),
        (Query(QUESTION, within=Within(earliest=SUMMER)), Outside(2, earlier=1, undated=1)),
        (Query(QUESTION, within=Within(publishers=frozenset({"Post"}))), Outside(2, publishers=("Wire",))),
        (Query(QUESTION, within=Within(collections=frozenset({"wiki"}))), Outside(2, collections=2)),
        (Query(QUESTION, within=Within(publishers=frozenset({"Post", "Wire"}), earliest=SUMMER)),
         Outside(2, earlier=1, undated=1)),
        (Query(QUESTION, within=Within(earliest=date(2023, 1, 1), latest=SUMMER)), Outside(1, undated=1)),
        (Query(QUESTION, as_of=SUMMER), Outside()),
    ],
)  # fmt: skip
def test_what_is_left_out_is_counted_by_why(desk: Desk, chosen: Query, expected: Outside) -> None:
    assert counted(desk.corpus, chosen) == expected


def test_what_may_not_be_read_is_no_part_of_it(desk: Desk) -> None:
    query = Query(QUESTION, within=Within(publishers=frozenset({"Post"})))
    assert counted(desk.corpus, query).publishers == ("Wire",)
    assert set(counted(desk.corpus, query, LOCAL).publishers) == {"Wire", "Board"}
    filed = Principal("filed", frozenset({"public"}), collections=frozenset({"wiki"}))
    assert counted(desk.corpus, query, filed) == Outside(1)
    assert counted(desk.corpus, query, Principal("nobody", frozenset())) == Outside()


def test_a_date_that_the_question_names_is_no_choice(desk: Desk) -> None:
    summer = Query(QUESTION, earliest=SUMMER, latest=date(2024, 6, 30), within=Within(publishers=frozenset({"Wire"})))
    assert counted(desk.corpus, summer) == Outside()


def test_an_abstention_says_what_came_near_outside(desk: Desk) -> None:
    nothing = Within(publishers=frozenset({"Nobody's Gazette"}))
    answer = ask(ANYBODY, Question(QUESTION, within=nothing), desk)
    assert (answer.status, answer.evidence, answer.related) == ("abstained", (), ())
    assert answer.outside is not None
    assert answer.outside.documents == 3
    assert set(answer.outside.publishers) == {"Post", "Wire"}


CHANGES = (
    "How has the time of the ferry changed between March 2024 and June 2024?",
    "What changed about the ferry since March 2024?",
    "How did the time of the ferry change?",
    "What do the Post and the Wire say about the ferry?",
    QUESTION,
)


@pytest.mark.parametrize("question", CHANGES)
def test_days_that_only_the_question_names_are_nobodys_choice(desk: Desk, question: str) -> None:
    assert ask(ANYBODY, Question(question), desk).outside is None


@pytest.mark.parametrize("question", CHANGES)
def test_whatever_the_question_asks_it_is_answered_from_the_choice_alone(desk: Desk, question: str) -> None:
    """A question of several sides is searched for side by side, and each of them is bound."""
    easy = replace(desk, threshold=0.0)
    free = ask(ANYBODY, Question(question), easy)
    assert {each.attribution.publisher for each in free.evidence} >= {"Post", "Wire"}
    for within, publishers in (
        (Within(publishers=frozenset({"Wire"})), {"Wire"}),
        (Within(collections=frozenset({"press"})), {"Wire"}),
        (Within(latest=date(2024, 5, 1)), {"Post"}),
    ):
        answer = ask(ANYBODY, Question(question, within=within), easy)
        assert {each.attribution.publisher for each in answer.evidence} == publishers
        assert {each.attribution.publisher for each in answer.related} <= publishers
        assert answer.outside


def test_an_answer_comes_from_the_choice_and_says_what_it_left_out(desk: Desk) -> None:
    answer = ask(ANYBODY, Question(QUESTION, within=Within(publishers=frozenset({"Wire"}))), desk)
    assert {each.attribution.publisher for each in answer.evidence} == {"Wire"}
    assert answer.outside is not None
    assert answer.outside.publishers == ("Post",)
    assert [timing.stage for timing in answer.trace.timings][-1] == "outside"


def test_the_question_is_embedded_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    embed = desk.corpus.embedder.embed_query

    def counted(self: object, text: str) -> Vectors:
        asked.append(text)
        return embed(text)

    monkeypatch.setattr(type(desk.corpus.embedder), "embed_query", counted)
    ask(ANYBODY, Question("Where does the ferry leave from?", as_of=SUMMER), desk)
    assert asked == ["Where does the ferry leave from?"]
