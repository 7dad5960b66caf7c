"""The catalogue says what is true, names are found or corrected, and a model's file tells what it costs."""

from __future__ import annotations

import hashlib
import re
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LocalModelError
from rag.local.catalogue import Entry, catalogue, named
from rag.local.gguf import Head, read_head
from rag.local.machine import this_machine
from rag.local.weights import find, folder, installed
from rag.settings import Settings
from tests.smallmodel import Value, gguf, need_small_model

LLAMA: dict[str, Value] = {
    "general.architecture": "llama",
    "general.name": "A model",
    "general.languages": ["en", "de"],
    "llama.context_length": 8192,
    "llama.embedding_length": 576,
    "llama.block_count": 30,
    "llama.attention.head_count": 9,
    "llama.attention.head_count_kv": 3,
    "llama.rope.freq_base": 1e5,
    "llama.expert": True,
}


@pytest.fixture(params=catalogue(), ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    each: Entry = request.param
    return each


def test_every_model_says_all_that_a_person_needs(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z0-9.\-]+", entry.name)
    assert entry.licence in ("Apache-2.0", "MIT")
    assert re.fullmatch(r"Q\d_(\d|K_[SML])", entry.quantisation)
    assert entry.memory in (4, 8, 16, 32)
    assert entry.title
    assert len(entry.about) <= 60
    assert not entry.about.endswith(".")


def test_every_hash_and_size_could_be_one(entry: Entry) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
    assert len(set(entry.sha256)) > 8
    assert 90e6 < entry.bytes < 32e9


def test_every_model_leaves_room_on_the_machine_it_is_meant_for(entry: Entry) -> None:
    """Beside the weights: a context of 8,192 tokens, at most 2 GB, and what else runs."""
    assert entry.bytes + 2e9 < entry.memory * 1e9 * 0.9


def test_every_source_is_a_file_of_one_revision_on_a_hub(entry: Entry) -> None:
    assert len(entry.sources) >= 2
    for source in entry.sources:
        assert re.fullmatch(r"https://[a-z\-.]+/[\w.\-]+/[\w.\-]+/resolve/[0-9a-f]{40}/[\w.\-]+\.gguf", source)
    assert len({source.split("/", 3)[3] for source in entry.sources}) == 1
    assert entry.sources[0].startswith("https://huggingface.co/")


def test_no_two_models_are_one() -> None:
    entries = catalogue()
    for part in ([each.name for each in entries], [each.sha256 for each in entries], [each.bytes for each in entries]):
        assert len(set(part)) == len(entries)


def test_each_size_of_machine_has_a_choice_and_small_ones_come_first() -> None:
    by_memory = [each.memory for each in catalogue()]
    assert by_memory == sorted(by_memory)
    assert all(by_memory.count(memory) >= 2 for memory in (8, 16, 32))


def test_the_small_model_of_the_tests_is_the_one_in_the_catalogue() -> None:
    path = need_small_model()
    listed = named("smollm2-135m")
    assert path.stat().st_size == listed.bytes
    assert hashlib.sha256(path.read_bytes()).hexdigest() == listed.sha256
    assert listed.sources[0].endswith(f"/{path.name}")


@pytest.mark.parametrize(
    ("memory", "fits"),
    [(7.9e9, True), (8.6e9, True), (7.0e9, False), (25e9, True)],
)
def test_a_model_for_eight_gigabytes_fits_what_such_a_machine_reports(memory: float, fits: bool) -> None:
    assert named("qwen3-4b").fits(int(memory)) is fits


def test_a_name_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(LocalModelError) as caught:
        named("Qwen3-4")
    assert str(caught.value) == (
        "the catalogue has no model Qwen3-4; the nearest is qwen3-4b, see `onrecord model list`"
    )


def written(folder: Path, name: str, content: bytes = b"GGUF") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_is_in_the_folder_goes_by_its_file_name(tmp_path: Path) -> None:
    written(tmp_path, "b.gguf")
    written(tmp_path, "a.gguf")
    written(tmp_path, "half.gguf.part")
    written(tmp_path, "notes.txt")
    (tmp_path / "folder.gguf").mkdir()
    assert [each.name for each in installed(tmp_path)] == ["a", "b"]
    assert installed(tmp_path / "nowhere") == ()


def test_a_name_is_looked_for_in_the_folder(tmp_path: Path) -> None:
    path = written(tmp_path, "qwen3-4b.gguf")
    assert find("qwen3-4b", tmp_path).path == path
    assert find("qwen3-4b", tmp_path).name == "qwen3-4b"


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "somewhere/My Model.gguf")
    other = written(tmp_path, "somewhere/weights")
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("HOME", str(tmp_path))
    for spec in (str(path), "My Model.gguf", "./My Model.gguf", "~/somewhere/My Model.gguf"):
        found = find(spec, tmp_path / "models")
        assert (found.name, found.path) == ("My Model", path)
    assert find("./weights", tmp_path).path == other


def test_a_name_of_the_catalogue_that_is_not_here_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match="fetch it with `onrecord model get qwen3-4b`"):
        find("qwen3-4b", tmp_path)


def test_a_name_that_nobody_knows_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match=r"\(there: none\)"):
        find("gpt-9", tmp_path)
    written(tmp_path, "mine.gguf")
    with pytest.raises(LocalModelError, match=r"\(there: mine\)"):
        find("gpt-9", tmp_path)


@pytest.mark.parametrize("spec", ["/nowhere/x.gguf", "x.gguf", "./x", "models/x"])
def test_a_path_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LocalModelError, match="name a GGUF file that exists"):
        find(spec, tmp_path)


def test_the_folder_is_the_one_set_or_the_systems_place_for_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder(Settings(models=tmp_path)) == tmp_path
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert folder(Settings()) == tmp_path / "onrecord" / "models"


def test_a_file_tells_its_context_and_what_a_token_of_it_costs(tmp_path: Path) -> None:
    path = written(tmp_path, "m.gguf", gguf(LLAMA))
    # Two of 64 numbers of 16 bits, for each of 3 heads in 30 layers.
    assert read_head(path) == Head("llama", 8192, 2 * 64 * 2 * 3 * 30)


def test_the_real_small_model_tells_the_same() -> None:
    assert read_head(need_small_model()) == Head("llama", 8192, 23_040)


def test_heads_of_their_own_size_count_as_they_are(tmp_path: Path) -> None:
    values = LLAMA | {"llama.attention.key_length": 128, "llama.attention.value_length": 96}
    path = written(tmp_path, "m.gguf", gguf(values))
    assert read_head(path).token_bytes == (128 + 96) * 2 * 3 * 30


def test_layers_that_keep_a_state_instead_cost_nothing(tmp_path: Path) -> None:
    values = LLAMA | {"llama.attention.head_count_kv": [0] * 27 + [4, 4, 4]}
    path = written(tmp_path, "m.gguf", gguf(values))
    assert read_head(path).token_bytes == 2 * 64 * 2 * 12


def test_without_shared_heads_all_count(tmp_path: Path) -> None:
    values = {key: value for key, value in LLAMA.items() if not key.endswith("head_count_kv")}
    path = written(tmp_path, "m.gguf", gguf(values))
    assert read_head(path).token_bytes == 2 * 64 * 2 * 9 * 30


def test_what_the_file_does_not_say_is_left_open(tmp_path: Path) -> None:
    path = written(tmp_path, "m.gguf", gguf({"general.name": "x"}))
    assert read_head(path) == Head("unknown", None, None)


def test_the_tables_of_the_tokenizer_are_not_read(tmp_path: Path) -> None:
    values = LLAMA | {"tokenizer.ggml.model": "gpt2"}
    path = written(tmp_path, "m.gguf", gguf(values)[:-4])
    assert read_head(path).context == 8192


def test_a_head_longer_than_what_is_read_keeps_what_stands_before(tmp_path: Path) -> None:
    path = written(tmp_path, "m.gguf", gguf(LLAMA | {"llama.long": "x" * (2 << 20)}))
    assert read_head(path).context == 8192


@pytest.mark.parametrize("content", [b"", b"GGU", b"FUGG" + bytes(100), b"<html>", b"\x7fELF" + bytes(100)])
def test_what_is_no_gguf_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LocalModelError, match="is no GGUF file"):
        read_head(written(tmp_path, "m.gguf", content))


@pytest.mark.parametrize("length", [4, 10, 23, 30, 60, 100, 150])
def test_a_file_that_ends_early_is_told(tmp_path: Path, length: int) -> None:
    with pytest.raises(LocalModelError, match="damaged or not whole; fetch it again"):
        read_head(written(tmp_path, "m.gguf", gguf(LLAMA)[:length]))


def test_counts_that_cannot_be_are_told_at_once(tmp_path: Path) -> None:
    endless = b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60)
    long_text = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**60)
    nested = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 1)
    many = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 4, 2**60)
    unknown = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 99)
    for content in (endless, long_text, nested, many, unknown):
        with pytest.raises(LocalModelError, match="damaged"):
            read_head(written(tmp_path, "m.gguf", content))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match="cannot be read"):
        read_head(tmp_path)
    with pytest.raises(LocalModelError, match="cannot be read"):
        read_head(tmp_path / "nowhere.gguf")


@given(st.binary(max_size=400), st.integers(0, 200))
def test_no_bytes_do_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    good = gguf(LLAMA)
    path = tmp_path_factory.mktemp("noise") / "m.gguf"
    path.write_bytes(good[:at] + noise + good[at:])
    with suppress(LocalModelError):
        assert isinstance(read_head(path), Head)


def rooted(root: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return root


def test_this_machine_has_a_core_and_some_memory() -> None:
    here = this_machine()
    assert here.cores >= 1
    assert here.memory > 2**28


def test_two_threads_of_one_core_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2, 3})
    siblings = {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"}
    names = {f"sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list": text for n, text in siblings.items()}
    assert this_machine(rooted(tmp_path, names)).cores == 2
    assert this_machine(tmp_path / "empty").cores == 4


@pytest.mark.parametrize(
    ("limit", "cores"), [("max 100000", 8), ("300000 100000", 3), ("250000 100000", 3), ("50000 100000", 1)]
)
def test_a_container_has_the_cores_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, cores: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)))
    assert this_machine(rooted(tmp_path, {"sys/fs/cgroup/cpu.max": limit})).cores == cores


def test_a_container_has_the_memory_it_is_given(tmp_path: Path) -> None:
    assert this_machine(rooted(tmp_path, {"sys/fs/cgroup/memory.max": str(2**26)})).memory == 2**26
    assert this_machine(rooted(tmp_path, {"sys/fs/cgroup/memory.max": "max"})).memory == this_machine().memory


def test_a_service_has_the_least_of_what_its_groups_are_given(tmp_path: Path) -> None:
    texts = {
        "proc/self/cgroup": "0::/system.slice/onrecord.service",
        "sys/fs/cgroup/system.slice/onrecord.service/memory.max": str(2**27),
        "sys/fs/cgroup/system.slice/memory.max": str(2**26),
        "sys/fs/cgroup/system.slice/onrecord.service/cpu.max": "100000 100000",
    }
    here = this_machine(rooted(tmp_path, texts))
    assert (here.memory, here.cores) == (2**26, 1)
