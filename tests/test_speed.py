"""The bench itself: bounds are judged right, its made-up library is real enough to search, its report is whole."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from evals.speed import __main__ as speed
from evals.speed import ask as speed_ask
from evals.speed import shelf as speed_shelf
from evals.speed.ask import Words
from evals.speed.figure import Figure
from index.corpus import Corpus
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.query import Query
from index.search import search


@pytest.mark.parametrize(
    ("figure", "ok", "bound"),
    [
        (Figure("a", 1, "s"), None, ""),
        (Figure("a", 1, "s", at_most=1), True, "at most 1"),
        (Figure("a", 1.01, "s", at_most=1), False, "at most 1"),
        (Figure("a", 0.9, "times", at_least=0.9), True, "at least 0.9"),
        (Figure("a", 0.89, "times", at_least=0.9), False, "at least 0.9"),
        (Figure("a", 5, "s", at_most=4, at_least=1), False, "at least 1, at most 4"),
        (Figure("a", math.nan, "s", at_most=4), False, "at most 4"),
    ],
)
def test_a_figure_knows_whether_its_bounds_are_kept(figure: Figure, ok: bool | None, bound: str) -> None:
    assert figure.ok is ok
    assert figure.bound == bound


def test_the_table_says_which_bound_is_broken() -> None:
    to = StringIO()
    figures = (Figure("slow", 1200, "ms", at_most=50), Figure("fast", 3, "ms", at_most=50), Figure("free", 1, "s"))
    Console(file=to, width=100).print(speed.table("asking", figures))
    slow, fast, free = (line for line in to.getvalue().splitlines() if line.startswith("│"))
    assert "broken" in slow
    assert "1,200" in slow
    assert "kept" in fast
    assert not {"broken", "kept"} & set(free.split())


def test_made_up_text_is_the_same_each_time_and_common_words_are_common() -> None:
    words, same, other = Words(1), Words(1), Words(2)
    sentences = [words.sentence() for _ in range(200)]
    assert sentences == [same.sentence() for _ in range(200)]
    assert sentences[0] != other.sentence()
    assert all(12 <= len(sentence.split()) <= 28 and sentence.endswith(".") for sentence in sentences)
    drawn = " ".join(sentences).lower().split()
    assert drawn.count("the") > drawn.count("government") >= 0


def test_made_up_vectors_are_of_unit_length() -> None:
    vectors = Words(1).vectors(10, 384)
    assert vectors.shape == (10, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_made_up_library_can_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_ask, "CHUNKS", 50)
    assert speed_ask.fill(tmp_path / "library", Words(1)) >= 50
    with Corpus.open(tmp_path / "library", default_embedder()) as corpus:
        passages = search(LOCAL, Query(Words(2).question()), corpus)
    assert len(passages) == 10
    assert any(passage.keyword_rank for passage in passages)
    assert any(passage.vector_rank for passage in passages)


def test_the_report_holds_every_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(speed, "_measured", lambda name, _: (Figure(name, 2, "s", at_most=1),))
    assert speed.main([]) == 1
    report = json.loads((tmp_path / "var" / "bench.json").read_text())
    assert tuple(report["sections"]) == speed.SECTIONS
    assert report["sections"]["ask"] == [
        {"name": "ask", "value": 2, "unit": "s", "at_most": 1, "at_least": None, "ok": False}
    ]
    assert report["machine"]["cores"] >= 1
    monkeypatch.setattr(speed, "_measured", lambda name, _: (Figure(name, 1, "s", at_most=1),))
    assert speed.main(["--only", "ask"]) == 0
    assert "kept" in capsys.readouterr().out


def test_a_section_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="there is no section lunch"):
        speed.main(["--section", "lunch"])


def test_a_made_up_shelf_has_of_everything_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_shelf, "TEXTS", 3)
    speed_shelf.fill(tmp_path, documents=120, refused=7)
    with Library.open(tmp_path) as library:
        counts = library.shelf.counts()
        assert (counts.searchable, counts.hidden, counts.refused) == (118, 2, 7)
        assert len(library.shelf.page(words="report 119").documents) == 1
        assert len(library.shelf.page(words="zurcher 11", order="added", limit=200).documents) == 11
        assert len(library.shelf.page(collection="wiki", limit=200).documents) == 80
        assert min(each.characters for each in library.shelf.page().documents) > 1_000
        assert len(library.shelf.refusals(words="scan 6").files) == 1
