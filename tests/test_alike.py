"""The words that a quote shares with a question are those that the keyword index would find it by."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.alike import shared
from index.corpus import Corpus
from index.keywords import phrases
from index.scope import Scope
from tests.shelf import brief, shelf

TEXTS = (
    "The envoys stated their conditions: the troops of the U.S. must leave 4.5 regions.",
    "An envoy's condition was that Kyiv’s cafés stay open and the peace-talks go on.",
    "Conditional talk of a state; US firms, UN observers, and us.",
    "Café culture.",
    "Nothing.",
    "يجب أن تنسحب القوات",
)
ASKED = """envoy envoys conditions conditioned conditional stating Kyiv's cafe CAFÉS U.S. US us UN peace-talks talks 4.5
    regions what the did who القوات ؟ - _ " OR NEAR(a * text:envoy"""
WORDS = st.sampled_from([*ASKED.split(), "\x00", "\ud800"])
QUESTIONS = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=6).map(" ".join)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    documents = [brief(str(at), text) for at, text in enumerate(TEXTS)]
    with shelf(tmp_path_factory.mktemp("library"), documents) as opened:
        yield opened


@settings(max_examples=60, deadline=None)
@given(QUESTIONS)
def test_what_is_shared_is_what_the_index_finds(corpus: Corpus, question: str) -> None:
    told = shared(question, TEXTS)
    assert len(told) == len(TEXTS)
    with corpus.library.snapshot() as snapshot:
        for word in phrases(question):
            hits = snapshot.keyword_hits(word, len(TEXTS), Scope(None))
            found = {stored.chunk.text for stored in snapshot.chunks(hit.chunk_id for hit in hits)}
            assert {text for text, words in zip(TEXTS, told, strict=True) if word in words} == found
    assert all(set(words) <= set(phrases(question)) for words in told)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are the envoys' conditions?", ("envoys", "conditions")),
        ("Conditions, CONDITIONS and condition", ("Conditions", "CONDITIONS", "condition")),
        ("What did the U.S. troops do?", ("U.S", "troops")),
        ("What did they do?", ()),
        ("Penguins?", ()),
        ("", ()),
    ],
)
def test_words_are_told_as_the_question_has_them(question: str, words: tuple[str, ...]) -> None:
    assert shared(question, TEXTS[:1]) == (words,)


def test_there_is_nothing_to_share_without_texts() -> None:
    assert shared("conditions", ()) == ()


def test_many_at_once_do_not_see_each_other() -> None:
    def each(number: int) -> bool:
        return shared(f"word{number}", [f"word{one}" for one in range(12)]) == tuple(
            (f"word{one}",) if one == number else () for one in range(12)
        )

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(each, list(range(12)) * 4))
