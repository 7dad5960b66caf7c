"""What a run is made with: each fingerprint moves with what it is of and with nothing else, and holds no secret."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

import evals.fingerprints
from evals.case import Case, Expected, Place, Quoted
from evals.fingerprints import ANSWERS, code, documents, fingerprints, in_force, machine
from evals.run_record import Fingerprints
from index.document import Document
from index.embed import default_embedder
from rag.ask import Desk
from rag.model import Model
from rag.quote import Quoter
from rag.settings import Settings
from rag.write import Writer
from tests.fakes import HashEmbedder
from tests.shelf import brief, shelf

DOCUMENT = brief("a.txt", "The talks lasted five hours.")
CASE = Case("a", "How long did the talks last?", Expected(quotes=(Quoted("five hours"),)))
SECRET = "sk-this-is-secret"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with shelf(tmp_path_factory.mktemp("library"), [DOCUMENT], default_embedder()) as corpus:
        yield Desk(corpus, Quoter(), 0.4)


def differing(one: Fingerprints, other: Fingerprints) -> set[str]:
    return {name for name in Fingerprints.__slots__ if getattr(one, name) != getattr(other, name)}


def changed(desk: Desk, settings: Settings, *, other: Desk | None = None) -> set[str]:
    return differing(fingerprints(Settings(), desk, [CASE]), fingerprints(settings, other or desk, [CASE]))


def test_the_same_is_made_with_the_same(desk: Desk) -> None:
    assert changed(desk, Settings()) == set()
    assert set(ANSWERS) < set(Fingerprints.__slots__)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(search_limit=19),
        Settings(evidence_limit=5),
        Settings(model_context=4096),
        Settings(model_answer_tokens=300),
        Settings(model_seconds=5),
        Settings(model_url="http://127.0.0.1:1/v1", judge_model="judge"),
        Settings(reranker="some:Reranker"),
        Settings(reranker="some:Reranker", reranker_options={"top_n": 5}),
    ],
)
def test_a_setting_that_bears_on_answers_is_seen(desk: Desk, settings: Settings) -> None:
    assert changed(desk, settings) == {"settings"}
    before, after = dict(in_force(Settings(), desk)), dict(in_force(settings, desk))
    assert {name for name in before | after if before.get(name) != after.get(name)} <= set(settings.model_fields_set)


def test_the_threshold_is_seen_as_it_is_in_effect(desk: Desk) -> None:
    assert changed(desk, Settings(answer_threshold=0.4)) == set()
    assert changed(desk, Settings(), other=replace(desk, threshold=0.3)) == {"settings"}
    assert dict(in_force(Settings(), desk))["answer_threshold"] == "0.4"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(library=Path("elsewhere"), host="::1", port=9),
        Settings(model_key=SecretStr(SECRET), embedder_key=SecretStr(SECRET)),
        Settings(model_at_once=3),
        Settings(model_url="http://127.0.0.1:9/v1"),
        Settings(readers=("press",)),
    ],
)
def test_where_things_are_and_who_may_in_is_not(desk: Desk, settings: Settings) -> None:
    assert changed(desk, settings) == set()


def test_no_secret_folder_or_address_is_told(desk: Desk) -> None:
    model = Model("http://user-name.example:8080/v1", "writer-7b", SECRET)
    settings = Settings(
        library=Path("/private/folder"),
        model="local:/private/folder/writer.gguf",
        model_key=SecretStr(SECRET),
        reranker="some:Reranker",
        reranker_options={"api_key": SECRET},
    )
    told = dict(in_force(settings, replace(desk, model=model)))
    assert told["model"] == "writer-7b"
    assert not [value for value in told.values() if SECRET in value or "/private" in value or "8080" in value]
    assert SECRET not in repr(fingerprints(settings, replace(desk, model=model), [CASE]))


def test_a_model_its_prompts_and_a_scripted_one_are_told(desk: Desk) -> None:
    def told(port: int, *, scripted: bool) -> Fingerprints:
        model = Model(f"http://127.0.0.1:{port}/v1", "honest")
        return fingerprints(
            Settings(), replace(desk, model=model, writer=Writer(model)), [CASE], judge="grader", scripted=scripted
        )

    quotes_only = fingerprints(Settings(), desk, [CASE])
    assert (quotes_only.model, quotes_only.prompts, quotes_only.judge) == (None, None, None)
    assert quotes_only.verifier is not None
    written = told(8001, scripted=False)
    assert differing(quotes_only, written) == {"model", "prompts", "judge", "settings"}
    assert differing(written, told(8002, scripted=False)) == {"model"}
    assert differing(told(8001, scripted=True), told(8002, scripted=True)) == set()


@pytest.mark.parametrize(
    "document",
    [
        replace(DOCUMENT, content_hash="another"),
        replace(DOCUMENT, readers=("public", "press")),
        replace(DOCUMENT, readers=("press",)),
        replace(DOCUMENT, uri="b.txt"),
    ],
)
def test_a_document_its_version_and_its_readers_are_seen(tmp_path: Path, document: Document) -> None:
    def told(name: str, *held: Document) -> str:
        with shelf(tmp_path / name, held, HashEmbedder()) as corpus:
            return documents(corpus)

    other = brief("z.txt", "The harvest was good.")
    assert told("one", DOCUMENT, other) == told("other way round", other, DOCUMENT)
    assert (
        len({told(f"{number}", *held) for number, held in enumerate(([DOCUMENT], [DOCUMENT, other], [document]))}) == 3
    )


def test_a_case_is_seen_by_what_it_asks_and_expects(desk: Desk) -> None:
    def told(*cases: Case) -> str:
        return fingerprints(Settings(), desk, cases).cases

    moved = replace(
        CASE,
        note="asked by Anna",
        place=Place("b.yaml", 9),
        lines=(("question", 10),),
        expected=Expected(quotes=(Quoted("five hours", place=Place("b.yaml", 12)),)),
    )
    assert told(moved) == told(CASE)
    asked = (CASE, replace(CASE, question="How long?"), replace(CASE, must=True), replace(CASE, expected=Expected()))
    assert len({told(each) for each in asked} | {told()}) == 5


def test_the_code_is_that_of_what_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(edited: str = "", text: str = "") -> str:
        shutil.rmtree(tmp_path, ignore_errors=True)
        for path in (
            "rag/ask.py",
            "rag/prompts/write.md",
            "rag/local/models.toml",
            "index/search.py",
            "index/data/big",
        ):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text if path == edited else path)
        return code()

    monkeypatch.setattr(evals.fingerprints, "files", lambda package: tmp_path / package)
    edits = [told(path, "edited") for path in ("rag/ask.py", "rag/prompts/write.md", "rag/local/models.toml")]
    assert len({told(), *edits}) == 4
    assert told("index/data/big", "edited") == told() == told()


def test_the_installed_code_has_a_fingerprint() -> None:
    assert code() == code()
    assert len(code()) == 16


def test_a_machine_is_its_processor_cores_and_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nprocessor\t: 1\nmodel name\t: Some CPU @ 2 GHz\n")
    monkeypatch.setattr(evals.fingerprints, "_CPU", info)
    assert machine().startswith("Some CPU @ 2 GHz, ")
    monkeypatch.setattr(evals.fingerprints, "_CPU", tmp_path / "none")
    assert "cores, Python 3." in machine()
    assert not machine().startswith(",")
