"""The settings reach what they name: embedder, library, threshold and limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embed import default_embedder
from index.errors import EmbedderChanged, LibraryError
from rag.desk import embedder, open_corpus, open_desk
from rag.quote import Quoter
from rag.settings import Settings
from tests.shelf import brief, shelf

ENDPOINT = {"embedder_url": "http://127.0.0.1:9/v1", "embedder_model": "some-model", "embedder_key": "a-key"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk") / "library"
    with shelf(folder, [brief("a.txt", "One line.")], default_embedder()):
        return folder


def test_without_settings_the_embedded_model_embeds() -> None:
    assert embedder(Settings()) is default_embedder()


def test_an_endpoint_is_used_if_it_is_named() -> None:
    made = embedder(Settings.model_validate(ENDPOINT))
    assert "some-model" in made.fingerprint
    assert "a-key" not in made.fingerprint


def test_the_desk_takes_its_limits_from_the_settings(library: Path) -> None:
    desk = open_desk(Settings(library=library, search_limit=7, evidence_limit=3, answer_threshold=0.9))
    assert (desk.passages, desk.quotes, desk.threshold) == (7, 3, 0.9)
    assert desk.corpus.embedder is default_embedder()


@pytest.mark.parametrize(("given", "used"), [(None, Quoter.threshold), (0.0, 0.0), (1.0, 1.0)])
def test_the_threshold_is_the_calibrated_one_unless_set(library: Path, given: float | None, used: float) -> None:
    assert open_desk(Settings(library=library, answer_threshold=given)).threshold == used


def test_there_is_no_desk_without_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="onrecord sync"):
        open_desk(Settings(library=tmp_path / "nothing"))


def test_another_embedder_than_the_librarys_is_refused(library: Path) -> None:
    with pytest.raises(EmbedderChanged, match="--re-embed"):
        open_corpus(Settings.model_validate({"library": library} | ENDPOINT))


def test_what_serves_keeps_the_vector_index_of_any_library(library: Path) -> None:
    with open_corpus(Settings(library=library)):
        pass
    assert not (library / "chroma").exists()
    with open_corpus(Settings(library=library), serving=True):
        pass
    assert (library / "chroma" / "manifest.json").is_file()
