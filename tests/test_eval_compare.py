"""`onrecord eval compare` and `accept`, the real command over stored runs: what it says first, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from evals.caveats import caveats
from evals.compare import compare
from evals.measures import ORDER
from evals.run_record import CaseRun, JudgeRecord, Run, Unscored
from evals.scoring.evaluators import NAMES as SCORED
from evals.store import read_run, write_run
from tests.runs import FINGERPRINTS, RUNS, WORDS, asked, run_of, timed, tried
from ui import comparison_markdown, comparison_view
from ui.cli import main
from ui.terminal import printable

Command = Callable[..., tuple[int, str, str]]
NAMES = tuple(f"case-{number:02}" for number in range(20))
GOOD = run_of(
    *(asked(name, tried(score=1.0)) for name in NAMES), timed=timed(0.1, NAMES), settings=(("threshold", "0.5"),)
)


def fallen() -> Run:
    """Worse in every way: a leak, two checks, a score, speed, a case gone, and a new one that fails."""
    changed: list[CaseRun] = [asked(name, tried(score=0.5, quote="They were long.")) for name in NAMES[:-1]]
    changed[0] = asked(NAMES[0], tried(score=0.5, failed=("said", "quoted")))
    changed[1] = asked(NAMES[1], tried(score=0.5, fatal=("shown to somebody who may not read it: quote 1",)))
    prints = replace(FINGERPRINTS, settings="other", documents="beef")
    return replace(
        GOOD, cases=(*changed, asked("brand-new", tried(failed=("said",)))), timed=timed(0.3, NAMES),
        fingerprints=prints, settings=(("threshold", "0.2"),),
    )  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in a folder with the results of a good run and no baseline: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    write_run(GOOD, Path("onrecord-eval/results.json"))

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(("eval", *arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture
def accepted(run: Command) -> Command:
    """The same, where the good run is the baseline."""
    assert run("accept", "--why", "The first answers we stand by.")[0] == 0
    return run


def test_without_a_baseline_it_says_how_to_make_one(run: Command) -> None:
    code, out, err = run("compare")
    assert (code, out) == (2, "")
    assert err == (
        "onrecord: there is no baseline at evals/baseline.json; make one with `onrecord eval accept --why …`\n"
    )


def test_without_a_run_it_says_how_to_make_one(accepted: Command) -> None:
    for arguments in (("compare", "other.json"), ("accept", "other.json", "--why", "It is good.")):
        code, _, err = accepted(*arguments)
        assert (code, err) == (2, "onrecord: there is no run at other.json; make one with `onrecord eval run`\n")


def test_accept_makes_the_baseline_in_its_default_place_and_says_what_it_holds(run: Command) -> None:
    code, out, _ = run("accept", "--why", "The first answers we stand by.")
    assert (code, out) == (0, "evals/baseline.json is made of this run: 20 cases, every check passes.\n")
    assert [each.why for each in read_run(Path("evals/baseline.json")).accepted] == ["The first answers we stand by."]


def test_accept_needs_a_reason(run: Command) -> None:
    code, _, err = run("accept")
    assert code == 2
    assert "--why" in err
    assert run("accept", "--why", " ")[0] == 2
    assert not Path("evals").exists()


def test_accept_names_what_it_accepts_that_was_better(accepted: Command) -> None:
    worse = run_of(asked(NAMES[0], tried(failed=("said",))), *map(asked, NAMES[1:]))
    write_run(worse, Path("worse.json"))
    code, out, _ = accepted("accept", "worse.json", "--why", "The fact is no longer in the documents.")
    assert code == 0
    assert "20 cases, 1 case with a failed check" in out
    assert "  accepted: case-00: `said` passed and now fails: not said: 'five hours'\n" in out
    assert accepted("compare", "worse.json")[0] == 0


def test_accept_refuses_a_leak_and_leaves_the_baseline_as_it_was(accepted: Command) -> None:
    before = Path("evals/baseline.json").read_bytes()
    write_run(fallen(), Path("leak.json"))
    code, out, err = accepted("accept", "leak.json", "--why", "Nobody minds.")
    assert (code, out) == (2, "")
    assert "no baseline may hold what no gate lets through: case-01: shown to somebody" in err
    assert Path("evals/baseline.json").read_bytes() == before


def test_nothing_changed_passes(accepted: Command) -> None:
    code, out, err = accepted("compare")
    assert (code, err) == (0, "")
    assert out.startswith("No worse than the baseline.\n20 cases compared. Baseline, accepted ")
    assert "As before: quoted 1.000, said 1.000, fact_recall 1.000." in out
    assert "Fails now" not in out


def test_what_got_worse_is_said_the_gravest_first_within_80_columns(accepted: Command) -> None:
    write_run(fallen(), Path("worse.json"))
    code, out, err = accepted("compare", "worse.json")
    assert (code, err) == (1, "")
    parts = (
        "Worse: 1 fatal, 2 checks fail now, 1 case not asked, fact_recall fell, slower.\n",
        "Never let through\n  case-01\n    shown to somebody",
        "Fails now, and passed before\n  case-00: quoted\n",
        "  case-00: said\n    not said: 'five hours'\n",
        "measure ",
        "fact_recall  ",
        "[-.500, -.500]     19  worse",
        "Answers take 3.00 [3.00, 3.00] times",
        "Reads otherwise\n  case-02, case-03",
        "Made with something else\n  documents: d0c5, now beef\n  threshold: 0.5, now 0.2\n",
        "In the baseline and not asked\n  case-19\n",
        "New\n  brand-new: fails said\n",
    )
    at = [out.find(part) for part in parts]
    assert -1 not in at, [part for part, place in zip(parts, at, strict=True) if place < 0]
    assert at == sorted(at)
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_colours_are_for_terminals_only() -> None:
    to = StringIO()
    comparison_view.show(
        GOOD, fallen(), compare(GOOD, fallen()), 19, (), Console(file=to, force_terminal=True, width=80)
    )
    assert "\x1b[1;31mWorse: " in to.getvalue()


def test_a_run_of_some_cases_is_compared_on_those_and_says_so(accepted: Command) -> None:
    some = replace(GOOD, cases=GOOD.cases[:3])
    write_run(replace(some, only=("tag dates",)), Path("tagged.json"))
    code, out, _ = accepted("compare", "tagged.json")
    assert code == 0
    assert "Only some cases were asked (tag dates); 17 of the baseline were not looked at." in out
    write_run(some, Path("some.json"))
    assert accepted("compare", "some.json")[0] == 1
    assert accepted("compare", "some.json", "--partial")[0] == 0
    assert accepted("accept", "tagged.json", "--why", "Dates are right.")[0] == 2


def test_runs_without_a_case_in_common_cannot_be_compared(accepted: Command) -> None:
    write_run(run_of(asked("other")), Path("other.json"))
    code, _, err = accepted("compare", "other.json", "--partial")
    assert (code, err.count("have no case in common")) == (2, 1)


def test_a_damaged_file_is_named(accepted: Command) -> None:
    Path("damaged.json").write_text("[]")
    for arguments in (("compare", "damaged.json"), ("compare", "--baseline", "damaged.json")):
        code, _, err = accepted(*arguments)
        assert (code, err.startswith("onrecord: damaged.json is no stored run")) == (2, True)


def test_json_holds_the_whole_comparison(accepted: Command) -> None:
    write_run(fallen(), Path("worse.json"))
    code, out, _ = accepted("compare", "worse.json", "--json")
    told = json.loads(out)
    assert (code, told["passes"], told["cases"]) == (1, False, 19)
    assert told["regressions"][0] == "case-01: shown to somebody who may not read it: quote 1"
    assert told["fatal"] == [["case-01", "shown to somebody who may not read it: quote 1"]]
    flip = {"case": "case-00", "check": "quoted", "passes": False, "reason": "not said: 'five hours'", "counts": True}
    assert told["flips"][0] == flip
    (recall,) = (each for each in told["differences"] if each["name"] == "fact_recall")
    assert (recall["difference"], recall["low"], recall["high"], recall["worse"]) == (-0.5, -0.5, -0.5, True)
    assert told["slowness"]["worse"] is True
    assert (told["gone"], told["new"]) == (["case-19"], ["brand-new"])
    assert [each["why"] for each in told["accepted"]] == ["The first answers we stand by."]
    assert accepted("compare", "--json", "--markdown")[0] == 2


def test_markdown_is_the_same_for_a_comment(accepted: Command) -> None:
    write_run(fallen(), Path("worse.json"))
    code, out, _ = accepted("compare", "worse.json", "--markdown")
    assert code == 1
    html = markdown().render(out)
    assert html.startswith("<h3>Worse: 1 fatal, 2 checks fail now, 1 case not asked, fact_recall fell, slower.</h3>")
    assert '<td style="text-align:left">fact_recall</td>' in html
    assert '<td style="text-align:right">[-.500, -.500]</td>' in html
    assert (
        html.index("Never let through") < html.index("case-00: said") < html.index("<table>") < html.index("Made with")
    )


def test_a_gate_in_a_process_of_its_own_fails_with_its_exit_code(tmp_path: Path) -> None:
    for name, each in (("before", GOOD), ("after", fallen())):
        write_run(each, tmp_path / f"{name}.json")

    def gate(after: str) -> int:
        arguments = ("eval", "compare", str(tmp_path / after), "--baseline", str(tmp_path / "before.json"))
        return subprocess.run((sys.executable, "-m", "ui.cli", *arguments), capture_output=True, check=False).returncode

    assert (gate("after.json"), gate("before.json"), gate("none.json")) == (1, 0, 2)


def test_what_was_left_out_is_said() -> None:
    record = JudgeRecord("j", "1", 0.8, 0.7, 0.9, 100, 0)
    prints = replace(FINGERPRINTS, judge="j")
    before = replace(GOOD, fingerprints=prints, judge=record)
    lost = replace(tried(), unscored=(Unscored("judged_correct", "the judge is away"),))
    edited = asked(NAMES[0], lost, question="How long?")
    after = replace(
        before, cases=(edited, *GOOD.cases[1:]), timed=(), repeatable=False, judge=replace(record, rubric="2")
    )
    told = "\n".join(caveats(before, after))
    assert "Edited since the baseline: case-00;" in told
    assert "Another judge, or another rubric" in told
    assert "judged_correct could not be had for 1 answers, before for 0: the judge is away" in told
    assert "The run was not timed" in told
    assert "Answers vary from run to run here" in told
    assert caveats(GOOD, GOOD) == ()


def test_measures_are_shown_in_the_order_of_a_run() -> None:
    assert ORDER == SCORED


def markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@settings(deadline=None)
@given(RUNS, RUNS, st.sampled_from((20, 80)))
def test_any_comparison_can_be_shown_and_steers_no_terminal(before: Run, after: Run, width: int) -> None:
    to = StringIO()
    found, told = compare(before, after), caveats(before, after)
    comparison_view.show(before, after, found, 1, told, Console(file=to, width=width, highlight=False))
    assert not {"\x1b", "\x07"} & set(to.getvalue())
    rendered = markdown().parse(comparison_markdown.text(before, after, found, 1, told))
    kinds = {each.type for token in rendered for each in (token, *(token.children or ()))}
    assert not kinds & {
        "html_block",
        "code_inline",
        "link_open",
        "image",
        "em_open",
        "s_open",
        "fence",
        "blockquote_open",
    }


HOSTILE = st.one_of(
    WORDS,
    st.text(max_size=40),
    st.text(st.sampled_from("*_`~[]()<>|#+-=.!&;:/@$1w \n\\"), max_size=20),
    st.sampled_from(
        ("1. one", "# head", "- item", "> quote", "http://a.b/c", "www.a.b", "@ann", "#12", "&lt;", "a  \nb")
    ),
)


@given(HOSTILE)
def test_escaped_text_shows_as_it_is(text: str) -> None:
    """Beside the comments and spans that keep a page from its own reading of @, # and $."""
    (inline,) = (token for token in markdown().parse(f"x {comparison_markdown.escaped(text)} x") if token.children)
    children = inline.children or []
    assert {each.type for each in children} <= {"text", "text_special", "html_inline"}
    assert {each.content for each in children if each.type == "html_inline"} <= {"<!-- -->", "<span>", "</span>"}
    shown = "".join(each.content for each in children if each.type != "html_inline")
    assert shown == f"x {printable(text)} x"


@pytest.mark.parametrize("text", ["http://a.b/c", "see www.a.b", "@ann", "a@b.org", "GH#12", "$5 or $6"])
def test_what_a_page_would_make_links_and_formulas_of_does_not_stand_whole(text: str) -> None:
    escaped = comparison_markdown.escaped(text)
    assert text not in escaped
    assert not {"://", "@a", "@b", "#1", "$5", "www.a"} & {escaped[at : at + 5] for at in range(len(escaped))}
