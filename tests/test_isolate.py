"""The process that parses: what it may cost, that it serves many, and that nothing outlives or escapes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.candidate import Limits
from index.errors import Refused
from index.isolate import Isolated
from tests.files import pdf, word

ROOT = Path(__file__).parent.parent
PAGE = b"<html><body><article><p>The harbour will close on Monday.</p></article></body></html>"


@pytest.fixture(scope="module")
def isolated() -> Iterator[Isolated]:
    with Isolated(Limits(seconds=30)) as parser:
        yield parser


def pid_of(parser: Isolated) -> int:
    assert parser._process is not None
    return parser._process.pid


def test_one_process_serves_every_format(isolated: Isolated) -> None:
    isolated.parse("Markdown", b"# Title\n\nText.")
    first = pid_of(isolated)
    assert isolated.parse("HTML", PAGE).text == "The harbour will close on Monday."
    assert isolated.parse("PDF", pdf(["A page."], title="Page")).claims.title == "Page"
    assert isolated.parse("Word", word(["A letter."])).text == "A letter."
    assert isolated.parse("Markdown", "Überall – 中文 \U0001f600\ud800".encode("utf-8", "replace")).text.startswith(
        "Überall"
    )
    assert pid_of(isolated) == first != os.getpid()


def test_what_comes_over_the_pipe_is_what_was_parsed(isolated: Isolated) -> None:
    head = "<meta property='article:published_time' content='2024-07-03'><meta name='author' content='Jane Doe'>"
    claims = isolated.parse("HTML", b"<html lang=en><head>" + head.encode() + b"</head>" + PAGE[6:]).claims
    assert (claims.published and claims.published.isoformat(), claims.author) == ("2024-07-03", "Jane Doe")
    assert (claims.language, claims.title, claims.readers, claims.uri) == ("en", None, (), None)


def test_a_refusal_keeps_the_process(isolated: Isolated) -> None:
    isolated.parse("Markdown", b"Text.")
    first = pid_of(isolated)
    for kind, data in (
        ("PDF", b"%PDF-1.4 nothing"),
        ("Word", b"PK\x03\x04"),
        ("HTML", b"<html></html>"),
        ("none", b"x"),
    ):
        with pytest.raises(Refused):
            isolated.parse(kind, data)
    assert isolated.parse("Markdown", b"Text.").text == "Text."
    assert pid_of(isolated) == first


def test_what_a_parser_raises_is_a_refusal_that_names_the_format(isolated: Isolated) -> None:
    with pytest.raises(Refused, match=r"cannot be read as none \(ValueError\)"):
        isolated.parse("none", b"")


def test_a_process_that_died_is_replaced(isolated: Isolated) -> None:
    isolated.parse("Markdown", b"Text.")
    first = pid_of(isolated)
    os.kill(first, signal.SIGSEGV)
    _wait_until_gone(first)
    assert isolated.parse("Markdown", b"Text.").text == "Text."
    assert pid_of(isolated) != first


def test_a_file_that_takes_too_long_is_refused_and_the_rest_goes_on() -> None:
    with Isolated(Limits(seconds=1)) as parser:
        with pytest.raises(Refused, match="it takes longer than 1 seconds to be read"):
            parser.parse("Markdown", b"[" * 3_000_000)
        assert parser.parse("Markdown", b"Text.").text == "Text."


def test_a_file_that_takes_too_much_memory_is_refused_and_the_rest_goes_on() -> None:
    with Isolated(Limits(memory_bytes=220_000_000)) as parser:
        with pytest.raises(Refused, match="needs more memory"):
            parser.parse("HTML", b"<html><body>" + b"<p>Some words of a paragraph of an article.</p>" * 200_000)
        assert parser.parse("HTML", PAGE).text == "The harbour will close on Monday."


def test_a_text_over_the_limit_is_refused_over_there() -> None:
    with (
        Isolated(Limits(characters=100)) as parser,
        pytest.raises(Refused, match="101 characters, and 100 is the limit"),
    ):
        parser.parse("Markdown", b"x" * 101)


def test_nothing_that_parsers_print_reaches_us(isolated: Isolated, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refused):
        isolated.parse("PDF", b"%PDF-1.4\n1 0 obj\n<<garbage>>\nendobj\nstartxref\n9999\n%%EOF")
    assert capfd.readouterr() == ("", "")


def test_the_process_has_none_of_our_secrets_and_its_own_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret")
    with Isolated(Limits()) as parser:
        parser.parse("Markdown", b"Text.")
        pid = pid_of(parser)
        environment = Path(f"/proc/{pid}/environ")
        if environment.exists():
            assert b"a-secret" not in environment.read_bytes()
        assert os.getsid(pid) != os.getsid(0)


def test_a_folder_of_the_user_cannot_shadow_our_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json.py", "index.py", "trafilatura.py"):
        (tmp_path / name).write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    with Isolated(Limits()) as parser:
        assert parser.parse("HTML", PAGE).text == "The harbour will close on Monday."


def test_closing_ends_the_process() -> None:
    with Isolated(Limits()) as parser:
        parser.parse("Markdown", b"Text.")
        pid = pid_of(parser)
    _wait_until_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_the_process_dies_with_its_parent_even_while_it_parses() -> None:
    program = (
        "import os, threading, time\n"
        "from index.candidate import Limits\n"
        "from index.isolate import Isolated\n"
        "parser = Isolated(Limits())\n"
        "parser.parse('Markdown', b'Text.')\n"
        "print(parser._process.pid, flush=True)\n"
        "parser.parse('Markdown', b'[' * 10_000_000)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    _wait_until_gone(child)


def test_the_audit_hook_refuses_what_no_parser_needs() -> None:
    program = (
        "import socket, subprocess\n"
        "from index.parse import _confine\n"
        "_confine(2_000_000_000)\n"
        "for attempt in (socket.socket, lambda: subprocess.run(['true'])):\n"
        "    try:\n"
        "        attempt()\n"
        "    except PermissionError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["socket.__new__ is not for parsers", "subprocess.Popen is not for parsers"]


def _wait_until_gone(pid: int) -> None:
    """Until no process with this id runs; a zombie does not."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} still runs")
