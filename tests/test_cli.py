"""The command: what it prints, where, and with which exit code; in a process of its own where that matters."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from index.embed import default_embedder
from index.errors import EmbedderUnavailable, LibraryBusy, LibraryError, OnRecordError
from index.principal import LOCAL
from rag.errors import InvalidQuestion, InvalidSettings, ModelUnavailable
from rag.events import Answered, Event, EvidenceFound, Writing
from rag.model import Model
from rag.settings import Settings
from tests.newsroom import CONDITIONS_ANSWER
from tests.shelf import brief, shelf
from ui import options, waiting
from ui.cli import main
from ui.demo import DEMO_MODEL, demo_model

TALKS = (
    "Vladimir Putin said the talks in Moscow lasted five hours.\n"
    "The Kremlin said that Steve Witkoff and Jared Kushner were the envoys who met the president.\n"
)
HARBOUR = "The harbour master said that the new crane lifts ninety tonnes.\nIt came by ship from Gdansk in March.\n"
SECRET = "The board decided to close the office in Lisbon next year.\n"
ANSWERABLE = "How long did the talks in Moscow last?"
UNANSWERABLE = "What is the population of Brazil?"
# What a person waits for before `--help` must not be among it.
HEAVY = ("numpy", "sqlalchemy", "chromadb", "onnxruntime", "pydantic", "gradio", "openai", "fastapi", "trafilatura")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cli") / "library"
    documents = (
        brief("talks.txt", TALKS, published="2025-12-03", publisher="The Post", title="Talks end"),
        brief("harbour.txt", HARBOUR),
        brief("board.txt", SECRET, readers=("board",), published="2025-01-02"),
    )
    with shelf(folder, documents, default_embedder()):
        yield str(folder)


@pytest.fixture
def run(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command on the module's library: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_LIBRARY", library)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return run


Run = Callable[..., tuple[int, str, str]]


def test_ask_prints_an_attributed_quote(run: Run) -> None:
    code, out, err = run("ask", ANSWERABLE)
    assert (code, err) == (0, "")
    assert "“Vladimir Putin said the talks in Moscow lasted five hours.” [1]" in out
    assert "The Post, 3 December 2025" in out
    assert "\x1b" not in out


def test_ask_json_points_into_the_document(run: Run) -> None:
    code, out, _ = run("ask", ANSWERABLE, "--json")
    answer = json.loads(out)
    first = answer["evidence"][0]
    assert (code, answer["status"], answer["question"]) == (0, "answered", ANSWERABLE)
    assert TALKS[first["start"] : first["end"]] == first["quote"]
    assert (first["number"], first["publisher"], first["published"]) == (1, "The Post", "2025-12-03")
    assert "search" in [each["stage"] for each in answer["trace"]["timings"]]


def test_an_abstention_is_an_answer_with_its_own_code(run: Run) -> None:
    code, out, err = run("ask", UNANSWERABLE)
    assert (code, err) == (3, "")
    assert out.startswith("The documents do not say.")
    code, out, _ = run("ask", UNANSWERABLE, "--json")
    assert (code, json.loads(out)["status"], json.loads(out)["evidence"]) == (3, "abstained", [])


def test_search_lists_passages(run: Run) -> None:
    code, out, _ = run("search", "the crane in the harbour", "--limit", "1")
    assert code == 0
    assert "harbour.txt, characters 0 to" in out
    code, out, _ = run("search", "the crane in the harbour", "--limit", "2", "--json")
    found = json.loads(out)
    assert found["question"] == "the crane in the harbour"
    assert len(found["passages"]) == 2
    assert found["passages"][0]["text"] == HARBOUR[found["passages"][0]["start"] : found["passages"][0]["end"]]


def test_as_of_hides_what_came_later(run: Run) -> None:
    _, out, _ = run("search", ANSWERABLE, "--as-of", "2025-12-02", "--json")
    assert "talks.txt" not in {each["uri"] for each in json.loads(out)["passages"]}
    _, out, _ = run("search", ANSWERABLE, "--as-of", "2025-12-03", "--json")
    assert "talks.txt" in {each["uri"] for each in json.loads(out)["passages"]}


def test_an_answer_as_json_names_what_was_chosen_for_it(run: Run, tmp_path: Path) -> None:
    chosen = ("--from", "2024-01-02", "--publisher", "B", "--publisher", "A", "--as-of", "2025-12-02")
    _, out, _ = run("ask", ANSWERABLE, *chosen, "--no-model", "--json")
    names = ("as_of", "from", "to", "publishers", "collections")
    assert [json.loads(out)[name] for name in names] == ["2025-12-02", "2024-01-02", None, ["A", "B"], None]
    lines = tmp_path / "questions.jsonl"
    lines.write_text(json.dumps({"id": 1, "question": ANSWERABLE, "to": "2025-01-01", "collections": ["x"]}))
    _, out, _ = run("ask", "--jsonl", str(lines), *chosen, "--no-model")
    assert [json.loads(out)[name] for name in names] == ["2025-12-02", "2024-01-02", "2025-01-01", ["A", "B"], ["x"]]


def test_only_who_holds_a_label_reads_what_carries_it(run: Run) -> None:
    def uris(*arguments: str) -> set[str]:
        _, out, _ = run("search", "close the office in Lisbon", "--json", *arguments)
        return {each["uri"] for each in json.loads(out)["passages"]}

    assert "board.txt" in uris()
    assert "board.txt" in uris("--as", "press,board")
    assert "board.txt" not in uris("--as", "press")
    assert "board.txt" not in uris("--as", "")
    assert "harbour.txt" in uris("--as", "")


def test_as_nobody_in_particular_is_the_person_at_this_machine() -> None:
    assert options.principal(None) is LOCAL
    assert not options.principal("").reads_everything
    assert options.principal("press, legal").readers == {"public", "press", "legal"}


def test_lines_are_answered_in_order_and_a_bad_one_is_a_failure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        f'{{"id": "b", "question": "{ANSWERABLE}"}}\n'
        f'{{"id": "a", "question": "{UNANSWERABLE}"}}\n'
        '{"id": "c", "question": ""}\n'
        f'{{"id": "d", "question": "{ANSWERABLE}", "as_of": "2025-12-02"}}\n'
        '{"id": "e", "question": "Which office will the board close?", "user": "press"}\n'
        '{"id": "f", "question": "Which office will the board close?", "user": "board"}\n'
    )
    code, out, _ = run("ask", "--jsonl", str(path))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(each["id"], each.get("status")) for each in answers] == [
        ("b", "answered"),
        ("a", "abstained"),
        ("c", None),
        ("d", "abstained"),
        ("e", "abstained"),
        ("f", "answered"),
    ]
    assert answers[2]["error"] == "the question is empty; ask something"
    assert "Lisbon" not in json.dumps(answers[4])
    assert "Lisbon" in answers[5]["evidence"][0]["quote"]


def test_an_abstention_in_a_file_is_no_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"id": 1, "question": UNANSWERABLE}).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
    code, out, _ = run("ask", "--jsonl", "-")
    assert (code, json.loads(out)["status"]) == (0, "abstained")


def test_a_line_keeps_what_was_chosen_for_the_whole_file_where_it_says_nothing_itself(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    lines = ({"from": "2020-01-01"}, {"publishers": ["Nobody"]}, {"to": "2025-12-01"}, {"to": "2019-01-01"})
    path.write_text("".join(f"{json.dumps({'id': 1, 'question': 'crane'} | line)}\n" for line in lines))

    def found(command: str, *flags: str) -> list[Any]:
        _, out, _ = run(command, "--jsonl", str(path), "--from", "2020-01-01", *flags)
        return [json.loads(line) for line in out.splitlines()]

    for command, key in (("search", "passages"), ("ask", "related")):
        first, *_ = found(command)
        assert first[key]
        first, _, third, last = found(command, "--publisher", "Nobody")
        assert not first[key]
        assert not third[key]
        assert last["error"] == "from is 2020-01-01 and to is 2019-01-01, which is before it; exchange them"


def test_lines_can_be_searched_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": 1, "question": "crane"}\n')
    code, out, _ = run("search", "--jsonl", str(path), "--limit", "1")
    answer = json.loads(out)
    assert (code, answer["id"], len(answer["passages"])) == (0, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask",), "either a question or --jsonl FILE"),
        (("ask", "?", "--jsonl", "x"), "either a question or --jsonl FILE"),
        (("ask", ""), "the question is empty"),
        (("ask", "x" * 4001), "4001 characters"),
        (("ask", "?", "--as-of", "yesterday"), "write it as 2024-06-30"),
        (("ask", "?", "--colour"), "--colour"),
        (("ask", "?", "--jsno"), "--json"),
        (("ask", "--jsonl", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("ask", "?", "--no-model", "--model", "x"), "either a model or --no-model"),
        (("ask", "?", "--model-url", "ftp://x"), "begin it with http"),
        (("search", "?", "--limit", "0"), "search_limit"),
        (("search", "?", "--limit", "many"), "valid integer"),
        (("sync",), "name a folder"),
        (("sync", "nowhere"), "nowhere"),
        (("anwser",), "anwser"),
        (("serve", "--host", "0.0.0.0"), "use 127.0.0.1"),
        (("serve", "--port", "66000"), "65535"),
        (("doctor", "--config", "nowhere.toml"), "nowhere.toml"),
        (("ask", "?", "--library", "nowhere"), "there is no library in nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("onrecord: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidSettings("a; b"), 2),
        (InvalidQuestion("a; b"), 2),
        (LibraryError("a; b"), 2),
        (EmbedderUnavailable("a; b"), 2),
        (LibraryBusy("a; b"), 4),
        (OnRecordError("a; b"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_code(error: BaseException, code: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("rag.settings.load", fail)
    given, out, err = run("doctor")
    assert (given, out, err.count("\n")) == (code, "", 1)


def test_a_fault_of_our_own_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("rag.settings.load", fail)
    with pytest.raises(ZeroDivisionError):
        run("doctor")


def test_an_unknown_variable_stops_every_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_LIBARY", "x")
    code, _, err = run("ask", "?")
    assert code == 2
    assert "ONRECORD_LIBRARY" in err


def test_the_version_is_the_distributions(run: Run) -> None:
    assert run("--version") == (0, f"onrecord {version('onrecord')}\n", "")


def test_the_demo_serves_a_scripted_model_and_stops_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []

    def serve(settings: Settings) -> None:
        served.append(settings)
        with closing(Model(settings.model_url, settings.model or "")) as model:
            assert settings.model in model.names()

    monkeypatch.setattr("ui.server.serve", serve)
    monkeypatch.setenv("ONRECORD_MODEL", "another")
    monkeypatch.setenv("ONRECORD_MODEL_KEY", "a secret")
    assert run("serve", "--demo-model") == (0, "", "")
    [settings] = served
    assert (settings.model, settings.model_key, settings.judge_model) == (DEMO_MODEL, None, None)
    with closing(Model(settings.model_url, DEMO_MODEL)) as model, pytest.raises(ModelUnavailable):
        model.names()
    run("serve", "--help")
    monkeypatch.setattr("ui.server.serve", served.append)
    assert run("serve")[0] == 0
    assert served[-1].model == "another"


def test_ask_lets_the_model_named_write_and_none_if_told_so(run: Run) -> None:
    with demo_model() as url:
        _, out, _ = run("ask", ANSWERABLE, "--model", DEMO_MODEL, "--model-url", url, "--json")
        written = json.loads(out)
        _, out, _ = run("ask", ANSWERABLE, "--json")
        plain = json.loads(out)
    assert written["trace"]["model"].endswith(DEMO_MODEL)
    assert {each["support"] for each in written["sentences"]} <= {"supported", "quoted"}
    assert "supported" in {each["support"] for each in written["sentences"]}
    assert plain["trace"]["model"] is None
    assert {each["support"] for each in plain["sentences"]} == {"quoted"}


def test_a_terminal_shows_how_far_the_answer_is_and_a_file_does_not() -> None:
    coming: tuple[Event, ...] = (EvidenceFound(CONDITIONS_ANSWER.evidence), Writing(7), Answered(CONDITIONS_ANSWER))
    screen = io.StringIO()

    def looked_at() -> Iterator[Event]:
        for event, seen in zip(coming, ("5 quotes found", "7 words so far", ""), strict=True):
            yield event
            until = time.monotonic() + 10
            while seen not in screen.getvalue() and time.monotonic() < until:
                time.sleep(0.02)

    assert waiting.waited(looked_at(), Console(file=screen, force_terminal=True, width=80)) is CONDITIONS_ANSWER
    assert "5 quotes found" in screen.getvalue()
    assert "7 words so far" in screen.getvalue()
    file = io.StringIO()
    assert waiting.waited(iter(coming), Console(file=file, force_terminal=False)) is CONDITIONS_ANSWER
    assert file.getvalue().strip() == ""
    with pytest.raises(RuntimeError, match="Answered"):
        waiting.waited(iter(coming[:2]))


def test_no_model_means_quotes_only_whatever_is_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_MODEL", "nobody")
    monkeypatch.setenv("ONRECORD_MODEL_URL", "http://127.0.0.1:9/v1")
    code, out, err = run("ask", ANSWERABLE, "--no-model", "--json")
    answer = json.loads(out)
    assert (code, err, answer["trace"]["model"], answer["notice"]) == (0, "", None, None)
    code, out, err = run("ask", ANSWERABLE, "--json")
    answer = json.loads(out)
    assert (code, answer["status"]) == (0, "answered")
    assert answer["evidence"][0]["quote"] in TALKS
    assert answer["notice"]


def test_a_line_may_carry_its_conversation(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    turn = {"question": ANSWERABLE, "answer": "Five hours."}
    path.write_text(json.dumps({"id": 1, "question": "And who were the envoys there?", "history": [turn]}))
    code, out, _ = run("ask", "--jsonl", str(path))
    answer = json.loads(out)
    assert code == 0
    assert "Moscow" in answer["question"]


@pytest.mark.parametrize("command", ["sync", "ask", "search", "check", "serve", "doctor"])
def test_every_command_takes_a_library_and_says_what_it_does(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "--library" in out
    assert "--config" in out


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, ui.cli; ui.cli.main(['--help']); print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def command(*arguments: str, **more: object) -> subprocess.Popen[str]:
    given = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload,no-any-return]


def test_a_broken_pipe_is_quiet(library: str) -> None:
    questions = "".join(f'{{"id": {number}, "question": "crane"}}\n' for number in range(300))
    process = command("search", "--jsonl", "-", "--library", library, stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(questions[: len(questions) // 2])
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 0
    process.stdout.close()
    try:
        process.stdin.write(questions[len(questions) // 2 :])
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 1


def test_lines_come_one_by_one_from_one_process(library: str) -> None:
    process = command("search", "--jsonl", "-", "--library", library, stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(json.dumps({"id": number, "question": "crane"}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    assert process.communicate("", timeout=30) == ("", "")
    assert process.returncode == 0


def test_ctrl_c_is_one_sentence(library: str) -> None:
    process = command("search", "--jsonl", "-", "--library", library, stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"id": 1, "question": "crane"}\n')
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (out, process.returncode) == ("", 130)
    assert err == "onrecord: stopped; what was finished is kept\n"
