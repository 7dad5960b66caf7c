"""A real model on this machine, small as it is: it starts, streams and ends, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from rag.errors import LocalModelError, ModelUnavailable
from rag.local import server as local
from rag.local.gguf import Head
from rag.local.llama import Order
from rag.local.machine import Machine, this_machine
from rag.local.server import BESIDE, LocalModel, Plan, plan, started
from rag.model import Ended, Limits, Message, Model, Text, Waiting
from rag.settings import Settings
from tests.smallmodel import gguf, need_small_model

ROOT = Path(__file__).parent.parent
PATIENT = Limits(first_seconds=60, whole_seconds=120)
"""This test's own patience, since the machine that runs it may be busy."""
GREETING = (Message("user", "Say hello."),)
STORY = (Message("user", "Tell a long story about a lighthouse and everybody who ever lived in it."),)
BIG = Machine(cores=16, memory=64 * 10**9)


@pytest.fixture(scope="module")
def small() -> Path:
    return need_small_model()


@pytest.fixture(scope="module")
def running(small: Path) -> Iterator[LocalModel]:
    with LocalModel(small, name="small", at_once=64) as model:
        yield model


@pytest.fixture
def model(running: LocalModel) -> Iterator[Model]:
    with closing(Model(running.url, running.name, running.key, limits=PATIENT)) as model:
        yield model


def asked(url: str, key: str | None = None) -> bytes:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        body: bytes = answer.read()
    return body


def is_gone(process: int, within: float = 10.0) -> bool:
    """Whether the process ends in time; one that has ended and waits to be asked how counts as gone."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def is_free(url: str, within: float = 0.0) -> bool:
    """Whether nothing listens there any more."""
    port = int(url.removesuffix("/v1").rpartition(":")[2])
    deadline = time.monotonic() + within
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) != 0:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)


def is_running(model: LocalModel) -> bool:
    return model.running


# How it is run here, by what the machine has.


def test_a_machine_with_room_gives_all_that_is_asked_for() -> None:
    head = Head("llama", 32_768, 100_000)
    assert plan(4 * 10**9, head, BIG, context=8192, at_once=8) == Plan(threads=16, context=8192, at_once=4)


@pytest.mark.parametrize(("cores", "at_once"), [(1, 1), (2, 1), (4, 1), (7, 1), (8, 2), (16, 4), (64, 8)])
def test_requests_at_once_need_cores(cores: int, at_once: int) -> None:
    planned = plan(10**9, Head("llama", None, 1), Machine(cores, 64 * 10**9), context=8192, at_once=8)
    assert planned == Plan(cores, 8192, at_once)


def test_a_model_is_not_given_more_context_than_it_was_made_for() -> None:
    planned = plan(10**9, Head("llama", 4096, 1), BIG, context=8192, at_once=1)
    assert planned is not None
    assert planned.context == 4096


def test_requests_at_once_go_before_context_where_memory_is_short() -> None:
    head = Head("llama", 32_768, 10**6)  # 8.2 GB for 8,192 tokens
    machine = Machine(cores=16, memory=20 * 10**9)
    assert plan(5 * 10**9, head, machine, context=8192, at_once=4) == Plan(16, 8192, 1)


def test_context_is_halved_until_it_fits_and_no_further_than_is_of_use() -> None:
    head = Head("llama", 32_768, 10**6)
    machine = Machine(cores=4, memory=10 * 10**9)
    assert plan(4 * 10**9, head, machine, context=8192, at_once=1) == Plan(4, 4096, 1)
    assert plan(6 * 10**9, head, machine, context=8192, at_once=1) == Plan(4, 2048, 1)
    assert plan(7 * 10**9, head, machine, context=8192, at_once=1) is None


def test_a_file_larger_than_the_memory_does_not_fit() -> None:
    assert plan(10**9, Head("llama", None, None), Machine(4, 10**9), context=8192, at_once=1) is None
    enough = int((10**9 + BESIDE) / 0.9) + 1
    assert plan(10**9, Head("llama", None, None), Machine(4, enough), context=8192, at_once=1) is not None


# What cannot be started says why.


def refusal(path: Path, **more: object) -> str:
    before = children()
    with pytest.raises(LocalModelError) as caught:
        LocalModel(path, **more)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert children() == before
    return str(caught.value)


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{threading.main_thread().native_id}/children").read_text().split())


def test_without_llama_cpp_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda name: None)
    assert "pip install 'onrecord[local]'" in refusal(tmp_path / "x.gguf")


def test_what_is_no_model_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_text("hello")
    assert "is no GGUF file" in refusal(path)
    assert "cannot be read" in refusal(tmp_path / "nowhere.gguf")


def test_a_model_too_large_for_the_machine_is_refused_before_anything_is_started(small: Path) -> None:
    message = refusal(small, machine=Machine(2, 5 * 10**8))
    assert message.startswith("the model SmolLM2-135M-Instruct.Q4_1 takes 0.6 GB of memory and more")
    assert "this machine has 0.5 GB" in message
    assert "onrecord model list" in message


def test_a_file_that_is_cut_off_is_told_in_the_words_of_llama_cpp(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    with small.open("rb") as whole:
        path.write_bytes(whole.read(30_000_000))
    message = refusal(path)
    assert message.startswith("the model cut cannot be started: llama.cpp says “tensor ")
    assert "corrupted or incomplete" in message
    assert "fetch" in message


def test_a_model_that_llama_cpp_does_not_know_is_told(tmp_path: Path, small: Path) -> None:
    path = tmp_path / "strange.gguf"
    path.write_bytes(gguf({"general.architecture": "nonesuch", "nonesuch.context_length": 512}))
    assert "unknown model architecture: 'nonesuch'" in refusal(path)


def test_a_model_that_takes_too_long_is_ended(small: Path) -> None:
    assert "does not answer within 0.05 s" in refusal(small, seconds=0.05)


def test_control_c_while_it_loads_leaves_no_process(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    processes: list[subprocess.Popen[bytes]] = []

    def interrupted(process: subprocess.Popen[bytes], order: bytes) -> bytes:
        processes.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "_exchanged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LocalModel(small)
    assert processes[0].returncode == -signal.SIGKILL


# It answers.


def test_it_streams_words_as_a_remote_endpoint_does(model: Model) -> None:
    pieces = list(model.reply(GREETING, tokens=100))
    words = [piece.text for piece in pieces if isinstance(piece, Text)]
    assert len(words) > 5
    assert "hello" in "".join(words).lower()
    last = pieces[-1]
    assert isinstance(last, Ended)
    assert last.usage.prompt_tokens > 5
    assert last.usage.completion_tokens >= len(words)


def test_it_says_the_same_each_time(model: Model) -> None:
    assert model.complete(GREETING, tokens=100) == model.complete(GREETING, tokens=100)


def test_an_answer_longer_than_allowed_is_told_after_its_words(model: Model) -> None:
    came: list[str] = []
    with pytest.raises(ModelUnavailable):
        came.extend(piece.text for piece in model.reply(STORY, tokens=10) if isinstance(piece, Text))
    pieces = []
    with suppress(ModelUnavailable):
        for piece in model.reply(STORY, tokens=10):
            pieces.append(piece)
    assert any(isinstance(piece, Text) for piece in pieces)


def test_two_readers_are_both_answered(model: Model) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(model.complete(GREETING, tokens=100))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 3
    assert all(answers)


def test_a_reader_who_leaves_makes_room_for_the_next(model: Model) -> None:
    coming = model.reply(STORY, tokens=2000)
    for piece in coming:
        if isinstance(piece, Text):
            break
        assert isinstance(piece, Waiting)
    coming.close()
    began = time.monotonic()
    assert model.complete(GREETING, tokens=100)
    assert time.monotonic() - began < 60  # the story alone takes longer on any machine that tests run on


def test_it_offers_its_name_and_no_path(running: LocalModel, model: Model, small: Path) -> None:
    assert model.names() == ("small",)
    assert str(small).encode() not in asked(f"{running.url}/models", running.key)


def test_its_context_is_what_file_and_machine_allow(running: LocalModel) -> None:
    assert (running.context, running.at_once) == (8192, max(1, this_machine().cores // 4))
    offered = json.loads(asked(f"{running.url}/models", running.key))["data"][0]
    assert offered["meta"]["n_ctx"] == 8192


def test_its_fingerprint_is_of_the_file_and_not_of_the_port(running: LocalModel, small: Path, tmp_path: Path) -> None:
    name, model, digest = running.fingerprint.split(":")
    assert (name, model) == ("local", "small")
    changed = tmp_path / "other.gguf"
    shutil.copy(small, changed)
    with changed.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x00\x01")
    assert local._ends(changed) != digest == local._ends(small)


# Nobody else gets at it.


@pytest.mark.parametrize("key", [None, "", "wrong"])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/props", "/slots", "/metrics", "/"])
def test_without_the_key_it_tells_nothing(running: LocalModel, path: str, key: str | None) -> None:
    with pytest.raises(HTTPError) as caught:
        asked(running.url.removesuffix("/v1") + path, key)
    with closing(caught.value) as error:
        assert error.code in (401, 404, 405, 501)
        assert b"small" not in error.read()


def test_it_listens_on_loopback_only(running: LocalModel) -> None:
    port = f"{int(running.url.removesuffix('/v1').rpartition(':')[2]):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    listening = [line.split()[1] for line in lines[1:] if " 0A " in line and f":{port} " in line]
    assert listening == [f"0100007F:{port}"]


def test_its_process_shows_no_key_and_is_given_no_secret(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_MODEL_KEY", "sk-of-somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-of-somebody")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with LocalModel(small) as model:
        shown = Path(f"/proc/{model.process}/cmdline").read_bytes()
        given = Path(f"/proc/{model.process}/environ").read_bytes()
    assert model.key.encode() not in shown + given
    assert b"of-somebody" not in given
    assert b"CUDA_VISIBLE_DEVICES=0" in given
    assert b"OMP_WAIT_POLICY=passive" in given


def test_searching_goes_before_it_and_it_is_the_first_to_go_where_memory_ends(running: LocalModel) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, running.process) == min(ours + 5, 19)
    assert Path(f"/proc/{running.process}/oom_score_adj").read_text() == "900\n"


# It ends.


def test_closing_leaves_no_process_no_port_no_file_and_no_thread(small: Path) -> None:
    threads, files = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    model = LocalModel(small)
    assert is_running(model)
    model.close()
    assert not is_running(model)
    assert is_gone(model.process, within=0.1)
    assert is_free(model.url)
    deadline = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() == threads
    assert len(list(Path("/proc/self/fd").iterdir())) == files
    model.close()  # again does no harm


def test_one_that_dies_is_started_again_at_the_same_address(small: Path) -> None:
    with (
        LocalModel(small, name="small") as running,
        closing(Model(running.url, "small", running.key, limits=PATIENT)) as model,
    ):
        first = running.process
        os.kill(first, signal.SIGKILL)
        assert is_gone(first)
        answer = ""
        deadline = time.monotonic() + 60
        while not answer and time.monotonic() < deadline:
            with suppress(ModelUnavailable):
                answer = model.complete(GREETING, tokens=100)
        assert answer
        assert running.process != first
    assert is_gone(running.process, within=0.1)


def test_one_that_keeps_dying_stays_down_and_says_so(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_RESTARTS", 0)
    with LocalModel(small) as running:
        os.kill(running.process, signal.SIGKILL)
        assert is_gone(running.process)
        with (
            closing(Model(running.url, running.name, running.key, limits=Limits(retries=0))) as model,
            pytest.raises(ModelUnavailable),
        ):
            model.complete(GREETING, tokens=10)
        assert not is_running(running)


def test_it_ends_when_the_process_that_started_it_is_killed(small: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from rag.local.server import LocalModel\n"
        "model = LocalModel(Path(sys.argv[1])); print(model.process, model.url, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(small)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        process, url = parent.stdout.readline().split()
        assert not is_gone(int(process), within=0.1)
        parent.kill()
        parent.wait()
        assert is_gone(int(process))
        assert is_free(url, within=10)


@pytest.mark.parametrize("after", [0.05, 0.2, 0.4])
def test_it_ends_with_its_parent_even_while_it_loads(small: Path, after: float) -> None:
    order = Order(str(small), "small", "key", 0, 8192, 1, 1)
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "rag.local.llama"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        process.stdin.flush()
        time.sleep(after)
        process.stdin.close()  # as the kernel does when a process ends, however it ends
        assert is_gone(process.pid)


# What the settings name.


@pytest.fixture
def models(tmp_path: Path, small: Path) -> Path:
    (tmp_path / "smollm2-135m.gguf").symlink_to(small)
    return tmp_path


@pytest.mark.parametrize("prefix", ["local:", ""])
def test_the_settings_start_a_model_by_its_name(models: Path, prefix: str) -> None:
    with started(f"{prefix}smollm2-135m", Settings(models=models, model_context=2048)) as running:
        assert running.name == "smollm2-135m"
        assert running.context == 2048
        assert b"smollm2-135m" in asked(f"{running.url}/models", running.key)


def test_the_settings_start_a_model_by_its_file(small: Path) -> None:
    with started(f"local:{small}", Settings()) as running:
        assert running.name == small.stem


def test_the_settings_name_a_model_that_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match="onrecord model get smollm2-135m"):
        started("local:smollm2-135m", Settings(models=tmp_path))
