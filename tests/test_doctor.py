"""The doctor finds what is wrong, says what to do, and goes on with the rest."""

from __future__ import annotations

import json
import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from index.embed import default_embedder
from index.library import DATABASE, Library
from index.lock import FileLock
from index.records.store import present
from index.shelved import RefusedFile
from index.sync import sync
from rag.local.nearby import nearby
from rag.settings import Settings
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry, shelf
from tests.smallmodel import gguf
from tests.test_nearby import OLLAMA, listening
from ui import doctor, wire
from ui.cli import main
from ui.doctor import Check

KEY = "sk-not-to-be-shown"
NAMES = (
    *("python", "folder", "disk", "library", "integrity", "hidden", "refused", "removed"),
    *("embeds", "records", "embedder"),
    *("vectors", "index", "tokens", "model"),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "library"
    with shelf(folder, [brief("a.txt", "One line.\nAnother line.")], default_embedder()):
        yield folder


def examined(folder: Path, **more: object) -> dict[str, Check]:
    checks = doctor.examine(Settings.model_validate({"library": folder} | more))
    assert tuple(check.name for check in checks) == NAMES
    return {check.name: check for check in checks}


def faults(checks: dict[str, Check]) -> dict[str, str]:
    return {name: check.finding for name, check in checks.items() if not check.ok}


def test_a_sound_library_has_no_faults(library: Path) -> None:
    checks = examined(library)
    assert faults(checks) == {}
    assert checks["library"].finding == "1 documents in 2 chunks, generation 1"


def test_records_on_a_server_that_does_not_answer_are_found_and_the_url_is_not_shown(library: Path) -> None:
    checks = examined(library, records_url=f"postgresql://me:{KEY}@127.0.0.1:1/records")
    assert faults(checks) == {
        "records": "PostgreSQL cannot keep the records (Connection refused); see to that server, or correct records_url"
    }
    told = StringIO()
    settings = Settings.model_validate({"library": library, "records_url": f"postgresql://me:{KEY}@127.0.0.1:1/x"})
    doctor.show(settings, tuple(checks.values()), Console(file=told, width=200))
    assert KEY not in told.getvalue() + json.dumps(doctor.report_json(settings, tuple(checks.values())))


def test_a_collection_of_an_embedded_chat_that_nothing_is_in_is_found(library: Path, tmp_path: Path) -> None:
    filed = tmp_path / "filed"
    filed.mkdir()
    (filed / "a.md").write_text("---\ncollection: wiki\n---\n\nThe ferry sails at noon.\n")
    with Library.open(library) as opened:
        sync([filed], opened, default_embedder())

    def embeds(*collections: str) -> dict[str, object]:
        return {"embeds": {"desk": {"origins": ["https://wiki.example.org"], "collections": collections}}}

    assert not faults(examined(library, **embeds("wiki")))
    assert faults(examined(library, **embeds("wiki", "wikki"))) == {
        "embeds": "the embed desk looks into the collection 'wikki', which no document is in; correct its collections, "
        "or sync documents into that one"
    }


def test_what_is_hidden_refused_and_removed_is_told_and_is_no_fault(library: Path, tmp_path: Path) -> None:
    calm = examined(library)
    assert calm["hidden"].finding == "somebody may read every document"
    assert calm["refused"].finding == "the last syncs took in all that they found"
    assert calm["removed"].finding == "nothing was removed by hand"
    with Library.open(library) as opened, opened.writer() as writer:
        first, *_ = opened.shelf.page().documents
        writer.withdraw([first.attribution.document_id], "local")
        hidden = entry(brief("hidden.md", "For nobody.", readers=("nobody",)), default_embedder())
        writer.put([hidden], default_embedder())
        writer.note_refusals({"/srv": [RefusedFile("/srv", "a.pdf", None, "it is broken", present())]})
    told = examined(library)
    assert told["hidden"].finding.startswith("nobody may read 1 of ")
    assert told["refused"].finding.startswith("the last syncs refused 1 files; `onrecord library list --state refused`")
    assert told["removed"].finding.startswith("1 documents were removed by hand and are kept out; ")
    assert faults(told) == {}


def test_a_library_that_is_not_there_leaves_the_other_checks_standing(tmp_path: Path) -> None:
    found = faults(examined(tmp_path / "nothing"))
    assert set(found) == {"library", "integrity", "vectors", "index"}
    assert all("onrecord sync" in finding for finding in found.values())
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_library_is_found(library: Path) -> None:
    path = library / DATABASE
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 3] = os.urandom(4096 * 2)
    for left in library.glob(f"{DATABASE}-*"):
        left.unlink()
    path.write_bytes(data)
    assert "damaged" in faults(examined(library))["integrity"]


def test_vectors_of_another_embedder_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with shelf(folder, [brief("a.txt", "One line.")], HashEmbedder()):
        found = faults(examined(folder))
    assert set(found) == {"vectors"}
    assert "--re-embed" in found["vectors"]


def test_a_missing_vector_index_is_left_to_the_server_and_a_large_librarys_is_made(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "`onrecord serve` will make it" in examined(library)["index"].finding
    assert not (library / "chroma").exists()
    monkeypatch.setattr("ui.doctor.SCAN_UP_TO", 1)
    assert examined(library)["index"].finding == "the vector index is whole and up to date"
    with FileLock(library / "chroma" / "owner.lock") as lock:
        assert lock.acquire()
        assert f"process {os.getpid()} keeps it" in examined(library)["index"].finding
    shutil.rmtree(library / "chroma")
    (library / "chroma").touch()
    assert "delete" in faults(examined(library))["index"]


def test_an_endpoint_that_does_not_answer_is_found(library: Path) -> None:
    found = faults(examined(library, embedder_url="http://127.0.0.1:9/v1", embedder_model="m", embedder_key=KEY))
    assert "embedder" in found
    assert KEY not in str(found)


def test_a_full_disk_is_found(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10, 9, 1))
    assert "make room" in faults(examined(library))["disk"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "--library" in faults(examined(tmp_path / "library"))["folder"]


def test_without_a_model_it_offers_what_listens_here(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(OLLAMA) as there:
        monkeypatch.setattr("ui.doctor.nearby", lambda: nearby((("Ollama", there.port),), seconds=5))
        check = examined(library)["model"]
        assert check.ok
        assert check.finding == (
            "none is connected: answers are exact quotes only; Ollama listens here, with qwen3:4b: "
            f"`onrecord model use http://127.0.0.1:{there.port}/v1` lets it write answers"
        )
    monkeypatch.setattr("ui.doctor.nearby", lambda: ())
    assert examined(library)["model"].finding == "none is connected: answers are exact quotes only"


@pytest.mark.parametrize("name", ["qwen3:4b", "plain"])
def test_a_model_that_its_server_offers_is_found(library: Path, name: str) -> None:
    with listening({"data": [{"id": "qwen3:4b"}, {"id": "plain:latest"}]}) as there:
        check = examined(library, model=name, model_url=f"http://127.0.0.1:{there.port}/v1")["model"]
    assert (check.ok, check.finding) == (True, f"{name} is there to write answers")


def test_a_model_that_its_server_does_not_offer_is_found_missing(library: Path) -> None:
    with listening(OLLAMA) as there:
        url = f"http://127.0.0.1:{there.port}/v1"
        assert faults(examined(library, model="qwen9", model_url=url, model_key=KEY)) == {
            "model": "its server offers qwen3:4b, and not qwen9; correct model"
        }
    found = faults(examined(library, model="qwen9", model_url=url, model_key=KEY))
    assert set(found) == {"model"}
    assert KEY not in str(found)


def test_a_model_of_this_machine_is_looked_at_and_not_started(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(gguf({"general.architecture": "llama", "llama.context_length": 4096}))
    check = examined(library, model="local:mine", models=tmp_path)["model"]
    assert check.ok
    assert check.finding.startswith("mine is here and fits: 4096 tokens, 1 at once, on ")


def test_a_model_of_this_machine_that_cannot_be_run_is_found(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = faults(examined(library, model="local:qwen3-4b", models=tmp_path))
    assert "onrecord model get qwen3-4b" in found["model"]
    monkeypatch.setattr("ui.doctor.find_spec", lambda name: None)
    assert "pip install 'onrecord[local]'" in faults(examined(library, model="local:qwen3-4b"))["model"]


def test_the_report_shows_settings_but_no_secret(library: Path) -> None:
    settings = Settings.model_validate(
        {"library": library, "embedder_url": "http://127.0.0.1:9", "embedder_model": "m", "embedder_key": KEY}
    )
    checks = (Check("embedder", False, "it does not answer; start it"), Check("disk", True, "1 GB are free"))
    told = wire.dumps(doctor.report_json(settings, checks))
    to = StringIO()
    doctor.show(settings, checks, Console(file=to, width=80))
    for text in (told, to.getvalue()):
        assert KEY not in text
        assert "it does not answer; start it" in text
    assert json.loads(told)["ok"] is False
    assert json.loads(told)["settings"]["embedder_key"] == "**********"


def test_the_command_tells_by_its_code(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--library", str(library)]) == 0
    assert main(["doctor", "--library", str(library), "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{\n") :])["ok"] is True
    assert main(["doctor", "--library", "nowhere", "--json"]) == 1
    assert "onrecord sync" in capsys.readouterr().out


def test_a_key_without_a_model_is_no_use_and_never_shown(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    finding = examined(library)["model"].finding
    assert "ONRECORD_MODEL=NAME" in finding
    assert KEY not in finding
