"""A scripted model beside the app, so that prose and its checking can be tried without any model.

It is a program of its own on this machine's loopback: nothing leaves the machine, and nothing is installed for it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    from rag.settings import Settings

DEMO_MODEL = "honest"
"""The scripted model that writes what the quotes say; its neighbours lie, babble and obey documents."""
_STOP_SECONDS = 5.0
# Without -P, a folder named evals wherever the command is run would be taken for this one.
_COMMAND = (sys.executable, "-P", "-m", "evals.modelserver", "--host", "127.0.0.1", "--port", "0")


@contextmanager
def demo_model() -> Iterator[str]:
    """The base URL of a server of scripted models, which is stopped afterwards; ask it for `DEMO_MODEL`.

    Raises ModelUnavailable if it does not start.
    """
    with subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            process.kill()


@contextmanager
def demonstrated(settings: Settings) -> Iterator[Settings]:
    """The settings with the scripted model in the place of any other, while its server runs; no key goes to it."""
    with demo_model() as url:
        yield settings.model_copy(
            update={"model": DEMO_MODEL, "model_url": url, "model_key": None, "judge_model": None}
        )


def _address(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line.startswith("http://127.0.0.1:"):
        raise ModelUnavailable("the scripted model did not start; reinstall On Record, or serve without it")
    return line
