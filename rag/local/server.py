"""A model on this machine: a GGUF file served by llama.cpp on loopback, by a process of its own for this one alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rag.errors import LocalModelError
from rag.local.gguf import Head, read_head
from rag.local.llama import Order
from rag.local.machine import Machine, this_machine
from rag.local.weights import PREFIX, find, folder
from rag.settings import Settings

BESIDE = 2**29
"""Bytes for what is neither weights nor context: llama.cpp's own buffers."""
_SHARE = 0.9
"""Of the memory of the machine, what a model may take at most; beyond it the machine would swap and stand still."""
_LEAST_CONTEXT = 2_048
_CORES_A_REQUEST = 4
"""Fewer for each, and a second reader's answer would halve the speed of the first's."""
_RESTARTS = 3
_SLOWEST_DISK = 30e6
"""Bytes a second, to know when a model that is still loading never will."""
DEFAULTS = {"LANG": "C.UTF-8", "PATH": os.defpath, "OMP_WAIT_POLICY": "passive"}
"""Threads that wait for each other awake stand still where others want the processor, too: the small model of the tests
wrote 1 to 2 words a second on 2 cores under a load of 16, and 17 to 85 where they wait asleep."""
_PASSED_ON = re.compile(
    r"PATH|HOME|TMPDIR|LANG|LC_\w+|LD_LIBRARY_PATH|DYLD_\w+|(CUDA|NVIDIA|HIP|ROCR|HSA|VK|GGML|OMP|GOMP|KMP)_\w+"
)
"""Of the environment, what a server of a model may need; the rest may hold secrets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is run here: threads, tokens of context for each request, and requests at once."""

    threads: int
    context: int
    at_once: int


def plan(size: int, head: Head, machine: Machine, *, context: int, at_once: int) -> Plan | None:
    """The most of `context` and `at_once` that a model of `size` bytes can have on `machine`; None if it does not fit.

    Weights, the memory of the text (`head.token_bytes` a token) and BESIDE may take nine tenths of the machine's.
    """
    room = machine.memory * _SHARE - size - BESIDE
    cost = head.token_bytes or 0
    context = min(context, head.context or context)
    at_once = max(1, min(at_once, machine.cores // _CORES_A_REQUEST))
    if cost * context * at_once > room:
        at_once = 1
    while cost * context > room and context // 2 >= _LEAST_CONTEXT:
        context //= 2
    return Plan(machine.cores, context, at_once) if cost * context <= room else None


class LocalModel:
    """A model that answers at `url` with `key`, from when this is made until `close`; a context manager.

    `context` is how many tokens a request may read and write, and `at_once` how many requests are answered together
    while others wait; either may be less than asked for. The server is another
    process, so that no file and no want of memory takes this one down; it ends when this process does, however that
    ends, and is started again, at the same address, if it dies by itself (three times at most).
    Raises LocalModelError if the model cannot be started within `seconds` (by default, by the size of its file).
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        context: int = 8192,
        at_once: int = 1,
        seconds: float | None = None,
        machine: Machine | None = None,
    ) -> None:
        if find_spec("xllamacpp") is None:
            raise LocalModelError(
                "a model on this machine needs llama.cpp, which is not installed; install it with "
                "`pip install 'onrecord[local]'`, or `make local` beside the source"
            )
        self.name = name or path.stem
        self.key = secrets.token_hex(16)
        here = machine or this_machine()
        planned = plan_for(path, self.name, here, context=context, at_once=at_once)
        self.context, self.at_once = planned.context, planned.at_once
        order = Order(str(path), self.name, self.key, 0, planned.context, planned.at_once, planned.threads)
        self._seconds = 60 + path.stat().st_size / _SLOWEST_DISK if seconds is None else seconds
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._process, address = _started(order, self._seconds)
        self.url = f"{address}/v1"
        self._order = replace(order, port=int(address.rpartition(":")[2]))
        threading.Thread(target=self._keep, name=f"keeps {self.name}", daemon=True).start()

    @property
    def fingerprint(self) -> str:
        """The model's name and sixteen hex digits of its file's length and ends: all of a large file takes minutes."""
        return f"local:{self.name}:{_ends(Path(self._order.path))}"

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._process.poll() is None

    @property
    def process(self) -> int:
        """The number of the server's process."""
        return self._process.pid

    def close(self) -> None:
        """End the server; its memory and its port are free when this returns."""
        self._closing.set()
        with self._changing:
            _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep(self) -> None:
        """Start the server again when it dies by itself."""
        for _ in range(_RESTARTS):
            self._process.wait()
            if self._closing.wait(1.0):
                return
            with self._changing:
                if self._closing.is_set():
                    return
                _end(self._process)
                try:
                    self._process, _ = _started(self._order, self._seconds)
                except LocalModelError:  # nobody is here to be told; whoever asks it next is
                    return


def started(spec: str, settings: Settings) -> LocalModel:
    """The model that `spec` names (`local:` and a name or a GGUF file), started as the settings say.

    Raises LocalModelError if there is none or it cannot be started.
    """
    weights = find(spec.removeprefix(PREFIX), folder(settings))
    return LocalModel(weights.path, name=weights.name, context=settings.model_context, at_once=settings.model_at_once)


def plan_for(path: Path, name: str, machine: Machine, *, context: int, at_once: int) -> Plan:
    """How the file at `path` is run on `machine`. Raises LocalModelError if it is no model or does not fit."""
    size = path.stat().st_size if path.is_file() else 0
    planned = plan(size, read_head(path), machine, context=context, at_once=at_once)
    if planned is None:
        raise LocalModelError(
            f"the model {name} takes {(size + BESIDE) / 1e9:.1f} GB of memory and more, and this machine has "
            f"{machine.memory / 1e9:.1f} GB; choose a smaller one, see `onrecord model list`"
        )
    return planned


def _started(order: Order, seconds: float) -> tuple[subprocess.Popen[bytes], str]:
    """The process that serves, and its address, once the model answers."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rag.local.llama"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(),
            start_new_session=True,  # Control-C in the terminal is this process's to handle
        )
        overran = threading.Event()
        clock = threading.Timer(seconds, _overrun, (process, overran))
        clock.daemon = True
        clock.start()
        line = b""
        try:
            line = _exchanged(process, json.dumps(asdict(order)).encode() + b"\n")
        finally:
            clock.cancel()
            if not line.endswith(b"\n"):  # it has died, or Control-C came while it loads
                _end(process)
        if not line.endswith(b"\n"):
            raise LocalModelError(_why(order, log, process.returncode, seconds if overran.is_set() else None))
        return process, str(json.loads(line)["url"])


def _exchanged(process: subprocess.Popen[bytes], order: bytes) -> bytes:
    """The line that the process answers; not a whole line if it dies before. Its standard input stays open: that is how
    it knows that this process lives."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    try:
        process.stdin.write(order)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return b""


def _ends(path: Path) -> str:
    length = path.stat().st_size
    digest = hashlib.sha256(str(length).encode())
    with path.open("rb") as file:
        digest.update(file.read(2**20))
        file.seek(max(0, length - 2**20))
        digest.update(file.read())
    return digest.hexdigest()[:16]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
    return DEFAULTS | kept | {"PYTHONPATH": str(Path(__file__).parents[2])}


def _overrun(process: subprocess.Popen[bytes], overran: threading.Event) -> None:
    overran.set()
    process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _why(order: Order, log: IO[bytes], status: int | None, overran: float | None) -> str:
    start = f"the model {order.name} cannot be started"
    if overran is not None:
        return f"{start}: it does not answer within {overran:.3g} s; choose a smaller one or a faster disk"
    log.seek(0)
    told = re.findall(r"error loading model: (.+)", log.read().decode("utf-8", "replace"))
    if told:
        return f"{start}: llama.cpp says “{told[-1].strip()[:200]}”; fetch {order.path} again or use another file"
    return f"{start}: llama.cpp ended with status {status}; use another file, or free memory and try again"
