"""Postprocessors of llama-index as rerankers: real ones, and one that does what it must not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.document import Document, Passage, Span
from index.errors import OnRecordError
from rag.errors import InvalidSettings
from rag.rerank import Reranker
from tests.shelf import brief

LINES = ("The crane lifts ninety tonnes.", "The ferry sails on Mondays.", "The harbour closes at nine.", "It rains.")
HARBOUR = brief("harbour.txt", "\n".join(LINES), published="2025-03-01", publisher="The Post", title="Harbour")


def passages(document: Document = HARBOUR, scores: tuple[float, ...] = (0.9, 0.7, 0.4, 0.1)) -> tuple[Passage, ...]:
    """A passage for each line of a document, with these scores."""
    made, start = [], 0
    for ordinal, (line, score) in enumerate(zip(document.text.split("\n"), scores, strict=True)):
        chunk = document.chunk(Span(start, start + len(line)), ordinal)
        made.append(Passage(chunk, document.attribution, score, keyword_rank=ordinal + 1))
        start += len(line) + 1
    return tuple(made)


class ByLength(BaseNodePostprocessor):  # type: ignore[misc]
    """Longest text first, by a scale of its own; at most `top_n`."""

    top_n: int = 10

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle is not None
        assert query_bundle.query_str
        for node in nodes:
            node.score = 100.0 * len(node.node.text)
        return sorted(nodes, key=lambda node: -len(node.node.text))[: self.top_n]


class Forger(BaseNodePostprocessor):  # type: ignore[misc]
    """Alters texts and scores, adds one of its own, and gives one twice."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        for node in nodes:
            node.node.text = "Nothing of the kind."
            node.node.start_char_idx = 0
            node.score = -7.0
        return [NodeWithScore(node=TextNode(text="A new text."), score=1.0), nodes[-1], nodes[0], nodes[-1]]


class Breaker(BaseNodePostprocessor):  # type: ignore[misc]
    """Fails at work."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        raise ZeroDivisionError("the scale\nis broken")


class Nonsense(Breaker):
    """Gives back what are no nodes."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return ["no node"]


def texts(found: tuple[Passage, ...]) -> list[str]:
    return [passage.chunk.text for passage in found]


def test_a_similarity_cutoff_leaves_out_what_is_below() -> None:
    rerank = Reranker("llama_index.core.postprocessor:SimilarityPostprocessor", {"similarity_cutoff": 0.3})
    assert rerank("When does the ferry sail?", passages()) == passages()[:3]


def test_long_context_reorder_puts_the_best_at_both_ends() -> None:
    rerank = Reranker("llama_index.core.postprocessor:LongContextReorder", {})
    found = rerank("When does the ferry sail?", passages())
    assert set(texts(found)) == set(LINES)
    assert texts(found) != list(LINES)
    assert [passage.score for passage in found] == [0.9, 0.7, 0.4, 0.1]


def test_recency_reads_the_date_of_publication() -> None:
    old = passages(replace(HARBOUR, uri="old.txt"), (0.8, 0.6, 0.5, 0.2))
    young = brief("young.txt", "The ferry sails on Tuesdays.", published="2025-06-01")
    rerank = Reranker("llama_index.core.postprocessor:FixedRecencyPostprocessor", {"top_k": 1, "date_key": "published"})
    [found] = rerank("When does the ferry sail?", (*old, *passages(young, (0.1,))))
    assert (found.attribution.uri, found.score) == ("young.txt", 0.1)


def test_a_reranker_of_ones_own_decides_order_and_number_but_not_scores() -> None:
    found = Reranker("tests.test_rerank:ByLength", {"top_n": 3})("When does the ferry sail?", passages())
    assert texts(found) == [LINES[0], LINES[1], LINES[2]]
    found = Reranker("tests.test_rerank:ByLength", {})("?", passages(scores=(0.2, 0.3, 0.4, 0.5)))
    assert texts(found) == [LINES[0], LINES[1], LINES[2], LINES[3]]
    assert [passage.score for passage in found] == [0.5, 0.4, 0.3, 0.2]


def test_what_a_reranker_writes_is_never_evidence() -> None:
    given = passages()
    found = Reranker("tests.test_rerank:Forger", {})("When does the ferry sail?", given)
    assert [passage.chunk for passage in found] == [given[3].chunk, given[0].chunk]
    assert [passage.score for passage in found] == [0.9, 0.1]
    assert passages() == given


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 4))
def test_what_comes_back_is_some_of_what_was_given_with_falling_scores(scores: list[float], most: int) -> None:
    given = passages(scores=(scores[0], scores[1], scores[2], scores[3]))
    found = Reranker("tests.test_rerank:ByLength", {"top_n": most})("?", given)
    assert len(found) == most
    assert {passage.chunk for passage in found} <= {passage.chunk for passage in given}
    kept = [passage.score for passage in found]
    assert kept == sorted(kept, reverse=True)


def test_nothing_is_asked_about_no_passages() -> None:
    assert Reranker("tests.test_rerank:Breaker", {})("?", ()) == ()


@pytest.mark.parametrize("name", ["Breaker", "Nonsense"])
def test_a_reranker_that_fails_is_one_sentence(name: str) -> None:
    rerank = Reranker(f"tests.test_rerank:{name}", {})
    with pytest.raises(
        OnRecordError, match=r"reranker tests\.test_rerank:\w+ failed \(\w+Error .*; correct it"
    ) as info:
        rerank("?", passages())
    assert "\n" not in str(info.value)
    assert not isinstance(info.value, InvalidSettings)


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("no_such_module:Reranker", {}, "no_such_module cannot be imported"),
        ("llama_index.core.postprocessor:Nothing", {}, "is no llama-index postprocessor"),
        ("tests.test_rerank:LINES", {}, "is no llama-index postprocessor"),
        ("tests.test_rerank:ByLength", {"top_n": "many"}, "correct reranker_options"),
        ("llama_index.core.postprocessor:SimilarityPostprocessor", {"similarity_cutoff": "no"}, "cannot be made"),
        ("llama_index.core.postprocessor.types:BaseNodePostprocessor", {}, "cannot be made"),
        ("llama_index.core.postprocessor:SentenceTransformerRerank", {"top_n": 3}, "cannot be made"),
    ],
)
def test_a_reranker_that_cannot_be_made_is_a_wrong_setting(path: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidSettings, match=said) as info:
        Reranker(path, options)
    assert "\n" not in str(info.value)


def test_its_fingerprint_changes_with_its_options() -> None:
    three, four = (Reranker("tests.test_rerank:ByLength", {"top_n": most}).fingerprint for most in (3, 4))
    assert three != four
    assert three.startswith("tests.test_rerank:ByLength:")
    assert three == Reranker("tests.test_rerank:ByLength", {"top_n": 3}).fingerprint


def test_asking_imports_no_llama_index() -> None:
    code = "import sys, rag.ask, rag.desk, rag.check, ui.cli; print('llama_index' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
