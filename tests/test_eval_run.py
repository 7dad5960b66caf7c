"""`onrecord eval run` on the example documents: what it says, what it writes, its exit codes, and what stops it."""

from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from evals.observed import Observed
from evals.run_record import Run as Stored
from evals.scripted import scripted
from evals.store import read_run
from ui import eval_view
from ui.cli import main

BRIEFING = Path(__file__).parent.parent / "examples" / "briefing"
CASES = """
cases:
  - id: hours
    question: How long did the talks in the Kremlin last?
    as: []
    expect: {answer: true, quotes: [five hours], says: [five hours]}
    tags: [talks]
    must: true
  - id: conditions
    question: What are Putin's stated conditions?
    expect: {answer: true, quotes: [drop its bid to join NATO], sources: [2024-06-14-putin-conditions.md]}
    tags: [conditions, nato]
  - id: macron
    question: What did Macron say about the plan?
    expect: {answer: false}
    tags: [unanswerable]
  - id: conditions-missing
    question: How long did the talks in the Kremlin last?
    without: [2025-12-03-five-hours-in-the-kremlin.html]
    expect: {never_says: [ninety hours]}
    tags: [talks]
"""
FAILING = CASES.replace("says: [five hours]", "says: [ninety hours]")
MANY = "cases:\n" + "".join(
    f'  - {{id: case-{number:02}, question: "What did the Kremlin say on day {number}?", expect: {{differs: none}}}}\n'
    for number in range(40)
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval") / "library"
    assert main(["sync", str(BRIEFING), "--library", str(folder)]) == 0
    return folder


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run `onrecord eval run` in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_LIBRARY", str(library))
    capsys.readouterr()

    def command(*arguments: str, cases: str | None = CASES) -> tuple[int, str, str]:
        if cases is not None:
            Path("cases.yaml").write_text(cases)
        named = ["cases.yaml"] if cases is not None else []
        return main(["eval", "run", *named, *arguments]), *capsys.readouterr()

    return command


def stored(out: str = "onrecord-eval") -> Stored:
    return read_run(Path(out) / "results.json")


def test_a_run_says_what_passed_and_writes_its_files(command: Command, library: Path) -> None:
    before = (library / "onrecord.sqlite3").read_bytes()
    code, out, err = command()
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "4 cases: every check passed."
    table = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert table["answered"] == ["3", "3"]
    assert table["exact"] == ["4", "4"]
    assert table["source_recall"] == ["1.000", "1.000", "to", "1.000", "1"]
    assert "Half of the answers took" in out
    assert lines[-1] == "In onrecord-eval: report.html, results.json, junit.xml"
    assert {path.name for path in Path("onrecord-eval").iterdir()} == {"report.html", "results.json", "junit.xml"}
    run = stored()
    assert [each.case.id for each in run.cases] == ["hours", "conditions", "macron", "conditions-missing"]
    assert (run.repeatable, run.only, len(run.timed), run.judge) == (True, (), 3, None)
    assert ("search_limit", "20") in run.settings
    missing = run.cases[3].trials[0].outcome
    assert isinstance(missing, Observed)
    assert "2025-12-03-five-hours-in-the-kremlin.html" not in {Path(each.uri).name for each in missing.evidence}
    assert ElementTree.parse(Path("onrecord-eval/junit.xml")).getroot().get("tests") == "4"
    assert "What are Putin" in Path("onrecord-eval/report.html").read_text()
    assert (library / "onrecord.sqlite3").read_bytes() == before


def test_a_failed_check_is_listed_with_its_reason_the_fatal_first(command: Command) -> None:
    failing = FAILING.replace("sources: [2024-06-14-putin-conditions.md]", "says: [ninety hours]").replace(
        "must: true", "must: false"
    )
    cases = failing + "    must: true\n" + FAILING.split("cases:\n")[1].replace("id: ", "id: again-")
    code, out, _ = command("--no-timing", cases=cases)
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "8 cases: 3 failed, 1 of them fatally."
    named = [line for line in lines if line in ("hours", "conditions", "again-hours")]
    assert named == ["again-hours", "hours", "conditions"]
    assert out.count("  said: not said: 'ninety hours'") == 2
    assert out.count("  fatal: said: not said: 'ninety hours'") == 1


def test_the_output_fits_a_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        _, out, _ = command("--no-timing", "--id", "hours", cases=FAILING)
        assert max(map(len, out.splitlines())) <= columns


def test_json_gives_the_totals(command: Command) -> None:
    code, out, err = command("--no-timing", "--json", cases=FAILING)
    totals = json.loads(out)
    assert (code, err, totals["passed"], totals["cases"], totals["answers"]) == (1, "", False, 4, 4)
    assert totals["checks"]["said"] == {"passed": 0, "of": 1}
    assert totals["scores"]["fact_recall"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "cases": 1}
    assert [each["case"] for each in totals["failures"]] == ["hours"]
    assert totals["failures"][0]["checks"] == {"said": "not said: 'ninety hours'"}
    assert totals["files"]["results"] == "onrecord-eval/results.json"
    assert 0 < totals["seconds"]["median"] <= totals["seconds"]["p95"]
    assert stored().timed == ()


def test_some_cases_by_tag_or_id(command: Command) -> None:
    def asked(*arguments: str) -> tuple[list[str], tuple[str, ...]]:
        assert command("--no-timing", *arguments)[0] == 0
        return [each.case.id for each in stored().cases], stored().only

    assert asked("--tag", "talks") == (["hours", "conditions-missing"], ("tag talks",))
    assert asked("--id", "macron") == (["macron"], ("id macron",))
    assert asked("--tag", "nato", "--id", "hours") == (["hours", "conditions"], ("tag nato", "id hours"))
    code, _, err = command("--tag", "weather")
    assert (code, err) == (2, "onrecord: there are no cases with tag weather in cases.yaml; name others\n")
    code, _, err = command("--tag", "nato", "--id", "hours", "--id", "horus")
    assert (code, err) == (2, "onrecord: there are no cases with id horus in cases.yaml; name others\n")


def test_repeats_are_trials_of_their_case(command: Command) -> None:
    code, out, _ = command("--no-timing", "--repeat", "3", "--workers", "3", "--id", "hours", cases=FAILING)
    assert code == 1
    assert out.startswith("1 case, of id hours only, each 3 times: 1 failed, 1 of them fatally.")
    assert "hours  in 3 of 3 answers" in out
    assert [len(each.trials) for each in stored().cases] == [3]


def test_the_cases_and_the_baseline_are_found_where_they_usually_are(command: Command) -> None:
    code, _, err = command(cases=None)
    assert (code, err) == (
        2,
        "onrecord: there are no cases in evals/cases; name a file of cases, or a folder of them\n",
    )
    Path("evals/cases").mkdir(parents=True)
    Path("evals/cases/briefing.yaml").write_text(CASES)
    assert command("--no-timing", cases=None)[0] == 0
    page = Path("onrecord-eval/report.html").read_text()
    shutil.copy("onrecord-eval/results.json", "evals/baseline.json")
    assert command("--no-timing", cases=None)[0] == 0
    assert page != Path("onrecord-eval/report.html").read_text()
    Path("evals/baseline.json").write_text("{}")
    code, _, err = command("--no-timing", cases=None)
    assert code == 2
    assert "evals/baseline.json is no stored run" in err


def test_what_no_document_can_meet_is_a_mistake_unless_the_baseline_met_it(command: Command, library: Path) -> None:
    assert command("--no-timing", "--out", "before")[0] == 0
    code, _, err = command("--no-timing", cases=CASES.replace("answer: false", "quotes: [ninety tonnes]"))
    assert code == 2
    assert err.startswith("cases.yaml:15: 'ninety tonnes' stands in no document")
    copy = library.parent / "edited"
    folder = Path("briefing")
    shutil.copytree(BRIEFING, folder)
    path = folder / "2024-06-14-putin-conditions.md"
    path.write_text(path.read_text().replace("drop its bid to join NATO", "do as it likes"))
    assert main(["sync", str(folder), "--library", str(copy)]) == 0
    arguments = ("--no-timing", "--library", str(copy))
    code, _, err = command(*arguments)
    assert (code, "cases.yaml:11: 'drop its bid to join NATO' stands in no document" in err) == (2, True)
    code, out, _ = command(*arguments, "--baseline", "before/results.json")
    assert code == 1
    assert "quoted: " in out


def test_mistakes_in_the_cases_are_all_told_and_nothing_is_asked(command: Command) -> None:
    cases = CASES.replace("tags: [talks]", "tag: [talks]").replace("answer: false", "quotes: [ninety tonnes]")
    code, out, err = command(cases=cases)
    assert (code, out) == (2, "")
    *mistakes, last = err.splitlines()
    assert [line.split(":")[:2] for line in mistakes] == [["cases.yaml", line] for line in ("7", "15", "21")]
    assert "stands in no document" in mistakes[1]
    assert last == f"onrecord: {len(mistakes)} mistakes in the cases; nothing was asked"
    assert not Path("onrecord-eval").exists()


def test_ten_mistakes_are_ten_errors_each_at_its_line(command: Command) -> None:
    code, out, err = command(cases=(Path(__file__).parent / "cases" / "ten_mistakes.yaml").read_text(encoding="utf-8"))
    *mistakes, last = err.splitlines()
    assert (code, out, len(mistakes)) == (2, "", 10)
    assert [int(line.split(":")[1]) for line in mistakes] == [3, 8, 11, 14, 17, 18, 23, 25, 33, 34]
    assert last == "onrecord: 10 mistakes in the cases; nothing was asked"
    assert not Path("onrecord-eval").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--no-model", "--model", "m"), "give only one of a model, --no-model and --demo-model"),
        (("--no-model", "--demo-model"), "give only one of a model"),
        (("--judge", "grader"), "the judge grader has no server"),
        (("--repeat", "0"), "--repeat"),
        (("--library", "nowhere"), "there is no library in nowhere"),
        (("--baseline", "nothing.json"), "nothing.json cannot be read"),
        (("--out", "cases.yaml/out"), "name another folder with --out"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(command: Command, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("onrecord: ")
    assert err.count("\n") == 1


def test_a_scripted_model_writes_the_same_each_time(command: Command) -> None:
    for out in ("one", "two"):
        code, printed, _ = command("--demo-model", "--no-timing", "--out", out)
        assert code == 0
        assert "prose_kept" in printed
    one, two = stored("one"), stored("two")
    assert one.fingerprints == two.fingerprints
    assert (one.fingerprints.model, one.repeatable) == ("scripted:honest", True)
    texts = [[trial.outcome.sentences for each in run.cases for trial in each.trials
              if isinstance(trial.outcome, Observed)] for run in (one, two)]  # fmt: skip
    assert texts[0] == texts[1]
    assert any(sentence.support == "supported" for sentences in texts[0] for sentence in sentences)


def test_a_judge_grades_answers_that_no_model_wrote(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = CASES.replace("quotes: [five hours]", "quotes: [five hours], reference: They lasted five hours.")
    with scripted() as url:
        monkeypatch.setenv("ONRECORD_MODEL_URL", url)
        code, out, _ = command("--no-model", "--judge", "honest", "--no-timing", "--id", "hours", cases=cases)
    run = stored()
    assert code == 0
    assert "judged_correct" in out
    assert run.judge is not None
    assert f"The judge agrees with people on {run.judge.labelled} labelled answers: kappa" in out
    assert (run.repeatable, run.fingerprints.model, run.fingerprints.judge) == (False, None, run.judge.fingerprint)


def started(library: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command on many cases, in a process of its own, once it has answered three of them."""
    (folder / "cases.yaml").write_text(MANY)
    words = ("eval", "run", "cases.yaml", "--library", str(library), "--out", "out", "--workers", "1", "--no-timing")
    command = (sys.executable, "-P", "-m", "ui.cli", *words, *arguments)
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal = folder / "out" / "journal.jsonl"
    give_up = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < give_up:
        if journal.is_file() and journal.read_bytes().count(b"\n") > 3:
            return process
        time.sleep(0.005)
    process.kill()
    raise AssertionError(process.communicate())


def answers(folder: Path) -> int:
    return (folder / "out" / "journal.jsonl").read_bytes().count(b"\n") - 1


def test_a_killed_run_goes_on_where_it_was(command: Command, library: Path, tmp_path: Path) -> None:
    with started(library, tmp_path) as process:
        process.kill()
        process.wait(20)
    finished = answers(tmp_path)
    assert 3 <= finished < 40
    with (tmp_path / "out" / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"asked":"half a li')
    code, _, err = command("--no-timing", "--out", "out", cases=MANY)
    assert code == 0
    assert err == f"onrecord: going on with the unfinished run in out: {finished} answers stand there already\n"
    assert [each.case.id for each in stored("out").cases] == [f"case-{number:02}" for number in range(40)]
    assert not (tmp_path / "out" / "journal.jsonl").exists()
    _, _, err = command("--no-timing", "--out", "out", cases=MANY)
    assert err == ""


def test_ctrl_c_keeps_what_was_finished(command: Command, library: Path, tmp_path: Path) -> None:
    with started(library, tmp_path) as process:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "onrecord: stopped; what was finished is kept\n")
    assert 3 <= answers(tmp_path) < 40
    assert not (tmp_path / "out" / "results.json").exists()
    code, _, err = command("--no-timing", "--out", "out", "--fresh", cases=MANY)
    assert code == 0
    assert err == "onrecord: the answers of an unfinished run in out are left out, because that was asked for\n"


def test_a_run_with_other_settings_begins_anew(
    command: Command, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(library, tmp_path) as process:
        process.kill()
        process.wait(20)
    monkeypatch.setenv("ONRECORD_EVIDENCE_LIMIT", "2")
    code, _, err = command("--no-timing", "--out", "out", cases=MANY)
    assert code == 0
    assert "are left out, because they were made with other settings" in err
    outcomes = [trial.outcome for each in stored("out").cases for trial in each.trials]
    assert all(isinstance(each, Observed) and len(each.evidence) <= 2 for each in outcomes)


def test_of_many_failures_the_first_are_listed_and_all_that_are_fatal(command: Command) -> None:
    failing = MANY.replace("differs: none", "says: [ninety tonnes]")
    *others, last, very_last = failing.splitlines(keepends=True)
    cases = "".join([*others, *(line.replace("expect:", "must: true, expect:") for line in (last, very_last))])
    code, out, _ = command("--no-timing", cases=cases)
    listed = [line for line in out.splitlines() if line.startswith("case-")]
    assert code == 1
    assert listed == ["case-38", "case-39", *[f"case-{number:02}" for number in range(18)]]
    assert "20 more cases failed; the report has them all." in out


def test_a_person_who_watches_sees_how_far_it_is() -> None:
    drawn = io.StringIO()
    with eval_view.watched(Console(file=drawn, force_terminal=True, width=80)) as told:
        told.asked(3, 8)
        told.judging()
        told.timed(2, 6)
    assert "Timing one by one: 2 of 6" in drawn.getvalue()
    unseen = io.StringIO()
    with eval_view.watched(Console(file=unseen)) as told:
        told.asked(3, 8)
    assert unseen.getvalue() == ""
