"""The one door: what is found, in which order, by whom, and as of when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.corpus import Corpus, View
from index.document import Passage
from index.embed import Vectors
from index.hit import Hit
from index.principal import LOCAL, Principal
from index.query import Query
from index.scope import Scope
from index.search import search
from tests.fakes import HashEmbedder
from tests.shelf import brief, shelf

HARBOUR = "The harbour opens at six and the ferry leaves at seven."
CRANE = "The old crane of the harbour was taken down in spring."
BUDGET = "The council voted for the budget of the library."
LETTER = "The council wrote a letter on the strike of the ferry crews."
ANYBODY = Principal("anybody", frozenset({"public"}))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    documents = [
        brief("harbour", f"{HARBOUR}\n{CRANE}", published="2024-06-10"),
        brief("budget", BUDGET, published="2024-07-03"),
        brief("letter", LETTER, readers=("council",), published="2024-07-01"),
        brief("undated", "Nobody knows when the ferry of the harbour was painted."),
    ]
    with shelf(tmp_path_factory.mktemp("library"), documents) as opened:
        yield opened


def uris(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.attribution.uri for passage in passages]


def test_the_passage_that_both_ways_find_comes_first(corpus: Corpus) -> None:
    best, *_ = search(ANYBODY, Query("The harbour opens at what hour, and the ferry leaves at?"), corpus)
    assert best.chunk.text == HARBOUR
    assert (best.keyword_rank, best.vector_rank) == (1, 1)
    assert best.score > 0.8


def test_scores_fall(corpus: Corpus) -> None:
    scores = [passage.score for passage in search(LOCAL, Query("harbour ferry council"), corpus)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5


def test_nobody_without_labels_gets_a_passage_and_nothing_is_asked(corpus: Corpus) -> None:
    class Untouchable(HashEmbedder):
        def embed_query(self, text: str) -> Vectors:
            raise AssertionError("a question without readers reached the corpus")

    closed = Corpus(corpus.library, Untouchable())
    assert search(Principal("nobody", frozenset()), Query("harbour"), closed) == ()


def test_a_document_is_found_by_its_readers_only(corpus: Corpus) -> None:
    question = Query("What did the council write on the strike?")
    assert "letter" not in uris(search(ANYBODY, question, corpus))
    assert uris(search(Principal("clerk", frozenset({"council"})), question, corpus)) == ["letter"]
    assert uris(search(LOCAL, question, corpus))[0] == "letter"


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_a_question_without_words_still_breaks_nothing(corpus: Corpus, text: str) -> None:
    assert isinstance(search(LOCAL, Query(text), corpus), tuple)


def test_as_of_hides_what_came_later_and_keeps_the_undated(corpus: Corpus) -> None:
    found = uris(search(LOCAL, Query("harbour ferry council", as_of=date(2024, 6, 30)), corpus))
    assert set(found) == {"harbour", "undated"}


def test_as_of_prefers_the_recent(tmp_path: Path) -> None:
    documents = [
        brief("old", "The spokesman says that talks are off for now.", published="2024-01-01"),
        brief("new", "The spokesman says that talks are on for now.", published="2024-07-01"),
    ]
    with shelf(tmp_path, documents) as opened:
        question = Query("Are the talks that the spokesman speaks of for now?")
        assert uris(search(LOCAL, replace(question, as_of=date(2024, 7, 2)), opened)) == ["new", "old"]
        assert uris(search(LOCAL, replace(question, as_of=date(2024, 1, 2)), opened)) == ["old"]


def test_a_named_period_bounds_the_search(corpus: Corpus) -> None:
    june = Query("harbour ferry council", earliest=date(2024, 6, 1), latest=date(2024, 6, 30))
    assert set(uris(search(LOCAL, june, corpus))) == {"harbour"}
    before = Query("harbour ferry council", latest=date(2024, 6, 30))
    assert set(uris(search(LOCAL, before, corpus))) == {"harbour"}


def test_a_period_in_which_nothing_was_published_speaks_of_the_content(corpus: Corpus) -> None:
    sixties = Query("harbour ferry council", earliest=date(1961, 1, 1), latest=date(1961, 12, 31))
    assert set(uris(search(LOCAL, sixties, corpus))) == {"harbour", "budget", "letter", "undated"}


def test_a_period_that_only_others_may_read_about_is_treated_alike(corpus: Corpus) -> None:
    first_of_july = Query("harbour ferry council", earliest=date(2024, 7, 1), latest=date(2024, 7, 1))
    assert set(uris(search(ANYBODY, first_of_july, corpus))) == {"harbour", "budget", "undated"}


def test_company_in_its_document_lends_weight(tmp_path: Path) -> None:
    twin = "Red kites nest in the tall oak."
    documents = [
        brief("alone", twin),
        brief("company", f"{twin.replace('nest', 'sleep')}\nRed kites hunt.\nKites are red birds."),
        *(brief(str(number), f"Something else {number} entirely.") for number in range(5)),
    ]
    with shelf(tmp_path, documents) as opened:
        scores: dict[str, float] = {}
        for passage in search(LOCAL, Query("red kites"), opened):
            scores.setdefault(passage.attribution.uri, passage.score)
    assert scores["company"] > scores["alone"] > scores["0"]


def test_copies_are_folded(tmp_path: Path) -> None:
    with shelf(
        tmp_path, [brief("a", HARBOUR, published="2024-07-02"), brief("b", HARBOUR, published="2024-07-01")]
    ) as opened:
        assert uris(search(LOCAL, Query("harbour"), opened)) == ["b"]


LABELS = st.frozensets(st.sampled_from(["public", "legal", "news", "board"]), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(LABELS.filter(bool), min_size=1, max_size=8), held=LABELS, limit=st.integers(1, 10))
def test_no_passage_reaches_anyone_but_its_readers_and_none_is_withheld(
    tmp_path_factory: pytest.TempPathFactory, documents: list[frozenset[str]], held: frozenset[str], limit: int
) -> None:
    briefs = [
        brief(
            str(number),
            f"Word{number} of the harbour, the ferry and item{number} alone item{number}.",
            readers=sorted(labels),
        )
        for number, labels in enumerate(documents)
    ]
    readable = {str(number) for number, labels in enumerate(documents) if labels & held}
    with shelf(tmp_path_factory.mktemp("library"), briefs) as opened:
        found = uris(search(Principal("somebody", held), Query("harbour ferry"), opened, limit=limit))
    assert set(found) <= readable
    assert len(found) == min(limit, len(readable))


POISON = Query("What did the council write on the strike of the ferry?")
CLERK = Principal("clerk", frozenset({"council"}))


@pytest.fixture
def poisoned(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """The corpus with indexes that name every chunk first, whatever they are asked for, and some that are not."""
    with corpus.library.snapshot() as snapshot:
        numbers = snapshot.chunk_numbers().tolist()
    hits = tuple(Hit(number, 1.0) for number in (*reversed(numbers), 10**6, -1))

    def anything(view: View, question: object, limit: int, scope: Scope) -> tuple[Hit, ...]:
        return hits

    monkeypatch.setattr(View, "keyword_hits", anything)
    monkeypatch.setattr(View, "vector_hits", anything)
    return corpus


def test_an_index_that_names_what_may_not_be_read_leaks_nothing(poisoned: Corpus) -> None:
    assert set(uris(search(ANYBODY, POISON, poisoned))) == {"harbour", "budget", "undated"}
    assert set(uris(search(CLERK, POISON, poisoned))) == {"letter"}
    assert set(uris(search(ANYBODY, replace(POISON, as_of=date(2024, 6, 30)), poisoned))) == {"harbour", "undated"}
    elsewhere = replace(ANYBODY, collections=frozenset({"elsewhere"}))
    assert search(elsewhere, POISON, poisoned) == ()


def test_what_an_index_names_beside_moves_no_score_and_no_rank(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = search(ANYBODY, POISON, corpus)
    asked = View.vector_hits

    def with_more(view: View, vector: Vectors, limit: int, scope: Scope) -> tuple[Hit, ...]:
        theirs = asked(view, vector, limit, Scope(None))
        mine = asked(view, vector, limit, scope)
        return (*(hit for hit in theirs if hit not in mine), *mine)

    monkeypatch.setattr(View, "vector_hits", with_more)
    assert search(ANYBODY, POISON, corpus) == honest


def test_what_was_left_out_is_told_in_the_log_without_a_word_of_it(
    poisoned: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    search(ANYBODY, POISON, poisoned)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage().startswith("3 of 7 hits were not the asker's to read and were left out; ")
    assert not any(word in record.getMessage() for word in ("council", "strike", "letter", "anybody", LETTER))


def test_honest_indexes_give_no_alarm(corpus: Corpus, caplog: pytest.LogCaptureFixture) -> None:
    for principal in (ANYBODY, CLERK, LOCAL, Principal("x", frozenset({"public"}), collections=frozenset({"c"}))):
        search(principal, POISON, corpus)
        search(principal, replace(POISON, as_of=date(2024, 6, 30)), corpus)
    assert not caplog.records
