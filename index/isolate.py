"""Parsing in another process, under limits, so that no file can take this one down with it.

The process is started when first needed, serves many files, and is started again after a crash or an overrun.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from index.candidate import Limits
from index.claims import Claims
from index.content import Content
from index.errors import Refused

_FILES_A_PROCESS = 1_000
"""Files after which the process is replaced: parsers keep caches, and memory comes back in pieces only."""
_BESIDE = 100_000
"""Characters of an answer beside the text: what the file says of itself, and where each of its pages begins."""


class Isolated:
    """A parser in a process of its own; a context manager, to be used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def __enter__(self) -> Isolated:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one; it is started again if needed."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def parse(self, kind: str, data: bytes) -> Content:
        """The content of `data`, which is HTML, PDF, Word or Markdown (`kind`); Markdown is given as UTF-8.

        Raises Refused, with the reason, if it cannot be parsed, takes too long or too much memory.
        """
        answer = self._ask(kind, data)
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        claims = dict(answer["claims"])
        published = claims.pop("published", None)
        day = date.fromisoformat(published) if published else None
        return Content(answer["text"], Claims(**claims, published=day), tuple(answer["pages"]))

    def _ask(self, kind: str, data: bytes) -> dict[str, Any]:
        process = self._running()
        header = {"kind": kind, "bytes": len(data), "characters": self._limits.characters}
        overran = threading.Event()
        clock = threading.Timer(self._limits.seconds, _stop, (process, overran))
        clock.start()
        line = b""
        try:
            line = _exchanged(
                process, json.dumps(header).encode() + b"\n" + data, 12 * self._limits.characters + _BESIDE
            )
        finally:
            clock.cancel()
            # Also after Control-C: what is left in the pipes of a file given up must not answer for the next.
            if not line.endswith(b"\n"):
                self.close()
        if not line.endswith(b"\n"):
            raise Refused(_why(process.returncode, overran.is_set(), self._limits.seconds))
        answer: dict[str, Any] = json.loads(line)
        self._served += 1
        if "spent" in answer or self._served >= _FILES_A_PROCESS:
            self.close()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process, self._served = _started(self._limits), 0
        return self._process


def _started(limits: Limits) -> subprocess.Popen[bytes]:
    """The process that parses: with our packages but none of our environment, which may hold secrets, and in a session
    of its own, so that Control-C in a terminal is this process's to handle."""
    return subprocess.Popen(
        [sys.executable, "-P", "-B", "-m", "index.parse", str(limits.memory_bytes), str(limits.seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(__file__).parent.parent), "LANG": "C.UTF-8", "PATH": os.defpath},
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes], overran: threading.Event) -> None:
    overran.set()
    process.kill()


def _exchanged(process: subprocess.Popen[bytes], request: bytes, longest: int) -> bytes:
    """The line that the process answers; not a whole line if it dies or answers without end."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    try:
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline(longest)
    except BrokenPipeError:
        return b""


def _why(status: int | None, overran: bool, seconds: float) -> str:
    if overran or status in (-signal.SIGXCPU, -signal.SIGALRM):
        return f"it takes longer than {seconds:g} seconds to be read; split it or leave it out"
    return f"it broke the program that reads it (status {status}); open it and save it again"
