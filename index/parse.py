"""The process that parses: it reads a request a line, and the bytes of a file after it, and answers a line.

It is run by `index.isolate` as `python -m index.parse MEMORY_BYTES SECONDS`. Whatever a hostile file does to a parser
it does here, under limits on memory, time, and what may be opened, and far from the library.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import BinaryIO

from index.claims import Claims
from index.content import Content
from index.errors import Refused

_PARENT_DIED = 1  # PR_SET_PDEATHSIG, Linux
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename")
"""Audit events that no parser has a reason for: the network, other programs, and changing files."""


def main() -> None:
    """Answer requests until the pipe is closed, or a file has used up the memory."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    requests, answers = _private_pipes()
    _confine(memory)
    while header := requests.readline():
        _start_the_clock(seconds)
        request = json.loads(header)
        answer = _answer(request["kind"], requests.read(request["bytes"]), request["characters"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if answer.get("spent"):
            return  # what a parser leaves behind when it runs out of memory is not worth keeping


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, under numbers of their own: what parsers print goes nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, answers


def _confine(memory: int) -> None:
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit()
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for parsers")


def _start_the_clock(seconds: float) -> None:
    """The kernel ends this process when it has computed for `seconds`, or when twice as many have passed in the world:
    the parent waits for `seconds` only, but may be gone."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent.ru_utime + spent.ru_stime + seconds) + 1, hard))
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds)


def _answer(kind: str, data: bytes, characters: int) -> dict[str, object]:
    try:
        content = _parse(kind, data, characters)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "it needs more memory to be read than is allowed; split it or leave it out", "spent": True}
    # The edge of the process: parsers raise anything on files that are made to break them, and the rest must go on.
    except Exception as error:  # noqa: BLE001
        return {"refused": f"it cannot be read as {kind} ({type(error).__name__}); open it and save it again"}
    if len(content.text) > characters:
        return {"refused": f"its text has {len(content.text):,} characters, and {characters:,} is the limit; split it"}
    return {"text": content.text, "claims": _written(content.claims), "pages": content.pages}


def _parse(kind: str, data: bytes, characters: int) -> Content:
    """The content of a file of this kind; parsers are imported when first needed, since each costs a tenth second."""
    match kind:
        case "HTML":
            from index import webpage

            return webpage.parse(data)
        case "PDF":
            from index import pdf

            return pdf.parse(data, characters)
        case "Word":
            from index import word

            return word.parse(data)
        case "Markdown":
            from index import markdown

            return markdown.parse(data.decode())
        case _:
            raise ValueError(kind)


def _written(claims: Claims) -> dict[str, str]:
    """Claims as JSON; no parser here says who may read a file or what its uri is."""
    said = {
        "title": claims.title,
        "publisher": claims.publisher,
        "author": claims.author,
        "published": claims.published and claims.published.isoformat(),
        "language": claims.language,
    }
    return {key: value for key, value in said.items() if value}


if __name__ == "__main__":
    main()
