"""Search by words: no question is syntax, and what a scope leaves is what filtering would leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.corpus import Corpus
from index.keywords import MOST_WORDS, match_expression
from index.scope import Scope
from tests.shelf import brief, shelf

ALL = Scope(None)
WORDS = ("ferry", "harbour", "crane", "council", "budget", "strike", "painted", "U.S.", "naïve", "2024")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    documents = [
        brief(
            f"document {number}",
            "\n".join(
                " ".join(WORDS[(number * step + at) % len(WORDS)] for at in range(1 + number % 4)) for step in (1, 3)
            ),
            published=f"2024-0{1 + number % 9}-10" if number % 5 else None,
            readers=(("public",), ("council",), ("council", "press"))[number % 3],
            title=WORDS[number % len(WORDS)] if number % 2 else None,
        )
        for number in range(40)
    ]
    with shelf(tmp_path_factory.mktemp("library"), documents) as opened:
        yield opened


def found(corpus: Corpus, question: str, limit: int = 100, scope: Scope = ALL) -> list[tuple[int, float]]:
    with corpus.view() as view:
        return [(hit.chunk_id, hit.score) for hit in view.keyword_hits(question, limit, scope)]


def texts(corpus: Corpus, question: str, limit: int = 100) -> list[str]:
    with corpus.view() as view:
        return [one.chunk.text for one in view.chunks(hit.chunk_id for hit in view.keyword_hits(question, limit, ALL))]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the U.S. envoys' conditions?", '"U.S" OR "envoys" OR "conditions"'),
        ("what are Putin's stated conditions?", '"Putin" OR "stated" OR "conditions"'),
        ("Don't ask WHO, or the US, about 300,000 F-16 peace-talks in May", None),
        ("who is it", '"who" OR "is" OR "it"'),
        ("the the ferry Ferry ferry", '"ferry" OR "Ferry"'),
        ('"; DROP TABLE keywords; --', '"DROP" OR "TABLE" OR "keywords"'),
        ("NEAR(a b, 2) AND text:x* NOT ^y", '"NEAR" OR "b" OR "2" OR "AND" OR "text" OR "x" OR "NOT" OR "y"'),
        ("?! … —", ""),
        ("", ""),
    ],
)
def test_a_question_becomes_any_of_its_words(question: str, expected: str | None) -> None:
    if expected is None:
        expected = '"Don\'t" OR "ask" OR "WHO" OR "US" OR "300,000" OR "F-16" OR "peace" OR "talks" OR "May"'
    assert match_expression(question) == expected


def test_a_pasted_text_is_cut() -> None:
    assert match_expression(" ".join(f"word{number}" for number in range(5_000))).count(" OR ") == MOST_WORDS - 1


@given(
    question=st.text()
    | st.lists(st.sampled_from(['"', "'", "(", "*", "NEAR", "a", " ", "\0", "-", ":", "."])).map("".join)
)
@example('"' * 300)
@example("\ud800 ferry")
@example("a\0b")
@example("x'''''y..z--")
@example(" ".join("abcdefghij"[n % 10] * (1 + n // 10) for n in range(500)))
def test_no_question_raises(corpus: Corpus, question: str) -> None:
    scores = [score for _, score in found(corpus, question)]
    assert scores == sorted(scores, reverse=True)


def test_stems_accents_case_and_points_do_not_matter(corpus: Corpus) -> None:
    assert texts(corpus, "Budgets?") == texts(corpus, "budget") != []
    assert texts(corpus, "NAIVE") == texts(corpus, "naïve") != []
    assert texts(corpus, "of the U.S.") == texts(corpus, "U.S") != []


def test_a_word_of_the_title_counts_more_than_one_of_the_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    filler = [brief(f"filler {number}", f"Other words {number}.") for number in range(5)]
    documents = [
        brief("text", "The pump and the engine.", title="A manual of parts"),
        brief("title", "The parts and the engine.", title="A manual of pump"),
        *filler,
    ]
    with shelf(tmp_path_factory.mktemp("titles"), documents) as opened:
        assert texts(opened, "pump") == ["The parts and the engine.", "The pump and the engine."]


dates = st.none() | st.dates(date(2024, 1, 1), date(2024, 12, 1))


@given(
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    readers=st.none() | st.frozensets(st.sampled_from(["public", "council", "press", "nobody"])),
    earliest=dates,
    latest=dates,
    undated=st.booleans(),
)
def test_a_scope_leaves_what_filtering_leaves(
    corpus: Corpus,
    question: str,
    readers: frozenset[str] | None,
    earliest: date | None,
    latest: date | None,
    undated: bool,
) -> None:
    scope = Scope(readers, earliest, latest, undated)
    everything = found(corpus, question)
    with corpus.view() as view:
        stored = {one.chunk_id: one for one in view.chunks([chunk_id for chunk_id, _ in everything])}

    def admits(chunk_id: int) -> bool:
        one = stored[chunk_id]
        day = one.attribution.published
        may_read = readers is None or bool(one.readers & readers)
        if day is None:
            return may_read and (undated or not (earliest or latest))
        return may_read and (earliest is None or day >= earliest) and (latest is None or day <= latest)

    assert found(corpus, question, scope=scope) == [pair for pair in everything if admits(pair[0])]
    assert found(corpus, question, limit=3, scope=scope) == [pair for pair in everything if admits(pair[0])][:3]
