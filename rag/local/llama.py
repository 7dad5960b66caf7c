"""One model served by llama.cpp's own OpenAI-compatible server, in this process: the other end of rag.local.server.

Started as `python -m rag.local.llama`. Reads one line from standard input, an `Order` as JSON; writes one line to
standard output once the model answers, `{"url": …}`; ends when its standard input does, which is when its parent ends,
however that ends. What llama.cpp has to say goes to standard error.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOUDNESS = 1
"""llama.cpp's scale: 1 is errors only, so that nothing of what is asked is ever written down."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to serve and how. `context` is in tokens, for each of `at_once` requests; port 0 takes a free one."""

    path: str
    name: str
    key: str
    port: int
    context: int
    at_once: int
    threads: int


def main() -> None:
    """Serve until standard input ends. Exits with 1 where the model cannot be served."""
    answer = os.dup(1)
    os.dup2(2, 1)
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    _step_back()
    _end_with_parent()
    url = _serve(order)
    os.write(answer, json.dumps({"url": url}).encode() + b"\n")
    sys.stdin.buffer.read()
    os._exit(0)


def _serve(order: Order) -> str:
    """The address of the server, which runs in threads of its own from here on."""
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = order.path
    wanted.model_alias = {order.name}
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = order.port
    wanted.api_keys = [order.key]  # or every page in a browser on this machine could ask it
    wanted.cors_origins = ""
    wanted.n_ctx = order.context * order.at_once
    wanted.n_parallel = order.at_once
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = order.threads
    wanted.enable_reasoning = 0  # a reader waits for the answer, and thoughts are not shown
    wanted.cache_ram_mib = 0  # else it keeps up to 8 GiB of what was asked before
    wanted.ui = wanted.endpoint_slots = False
    wanted.offline = True
    wanted.verbosity = LOUDNESS
    try:
        server = xllamacpp.Server(wanted)
    except RuntimeError:  # its reason is on standard error already
        sys.exit(1)
    _kept.append(server)
    return str(server.listening_address)


_kept: list[object] = []
"""The server stops when nothing holds it."""


def _step_back() -> None:
    """Let searching, which is short, go before writing; and where memory runs out, be the process that ends."""
    os.nice(5)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900", "ascii")


def _end_with_parent() -> None:
    """Have the kernel end this process as soon as standard input does, even while llama.cpp holds the interpreter, as
    it does while it loads: on Linux the signal for input that is ready (SIGIO) ends whoever does not handle it.
    Elsewhere it is discarded, and the process ends once it has loaded and reads."""
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


if __name__ == "__main__":
    main()
