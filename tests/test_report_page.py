"""The report of a run: what it says, in which order, and that nothing it holds becomes anything but text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.case import Case, Expected, Quoted
from evals.comparison import Comparison, Difference, Flip, Slowness
from evals.observed import Failed, LeftOut
from evals.reporting.charts import charts
from evals.reporting.marking import marked
from evals.reporting.meanings import meaning, place
from evals.reporting.measured import UNTAGGED, measures, passing, tagged
from evals.reporting.overview import counts, prints, verdict
from evals.reporting.page import report_page, signed
from evals.reporting.standing import gravest, standing
from evals.reporting.told import ABSTAINED, told
from evals.run_record import Accepted, CaseRun, Check, JudgeRecord, Run, Score, Trial, Unscored
from evals.scoring.evaluators import NAMES
from evals.share import Share, wilson
from tests.hostile import payloads
from tests.reported import FINGERPRINTS, MADE, QUOTE, a_run, case, case_run, everything, observed, shown, trial

VOID = {"meta", "line", "circle", "rect", "path", "br", "input"}
SAME = Comparison((), (), (), (), None, (), (), (), ())


class Page(HTMLParser):
    """What a page is made of: its elements with their attributes, and its text outside of style and script."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.own: dict[str, list[str]] = {"style": [], "script": []}
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.own:
            self.own[self.open[-1]].append(data)
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(run: Run, before: Run | None = None, comparison: Comparison | None = None) -> Page:
    """The parsed report; every element of it is closed where it should be."""
    parsed = Page(report_page(run, before, comparison))
    assert not parsed.open
    return parsed


# The verdict and the facts.


def test_the_verdict_stands_first() -> None:
    run = a_run(case_run("fine"), case_run("fails", trial(None, "quoted")))
    assert verdict(run, None).title == "No baseline to compare with; 1 of 2 cases fails"
    assert verdict(a_run(), None).title == "No baseline to compare with; all 1 case pass"
    assert verdict(run, SAME).title == "No answer got worse"
    worse = replace(SAME, regressions=("fails: `quoted` passed and now fails", "quoted fell"))
    parsed = page(run, a_run(), worse)
    headings = [tag for tag, _ in parsed.elements if tag in ("h1", "h2", "h3", "h4")]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    assert "✗ 2 regressions" in parsed.text
    assert "fails: quoted passed and now fails" in parsed.text
    assert {"href": "#case-fails"} in parsed.all("a")


def test_without_a_baseline_the_fatal_things_stand_at_the_head() -> None:
    run = a_run(case_run("leaks", trial(None, fatal=("no_leak: shows what the asker may not read",))))
    assert verdict(run, None).reasons == ("leaks: no_leak: shows what the asker may not read",)


def test_headings_skip_no_level() -> None:
    levels = [int(tag[1]) for tag, _ in page(*everything("x")).elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_counts_are_those_of_the_run() -> None:
    run = a_run(
        case_run("varies", trial(), trial(None, "quoted")),
        case_run("dead", trial(Failed("The model is not there; start it"), fatal=("no answer came",))),
        CaseRun(case("blind"), (Trial(observed(), unscored=(Unscored("judged_correct", "unreadable"),)),)),
    )
    found = {fact.name: (fact.value, fact.grave) for fact in counts(run, None)}
    assert found == {
        "Cases": ("3", False),
        "Answers": ("4", False),
        "Failing": ("2", True),
        "Fatal": ("1", True),
        "No answer came": ("1", True),
        "Unscored": ("1", True),
    }
    flips = (Flip("one", "quoted", False, "", True), Flip("one", "said", False, "", True))
    more = counts(run, replace(SAME, flips=flips, changed=("one", "two"), gone=("old",)))[6:]
    assert [(fact.name, fact.value) for fact in more] == [
        ("Newly failing", "1"),
        ("Newly passing", "0"),
        ("Read otherwise", "2"),
        ("Cases no longer there", "1"),
    ]


def test_what_the_run_was_made_with_is_told_and_what_differs_is_marked() -> None:
    before = a_run(settings=(("search_limit", "20"), ("model", "")))
    prints_now = replace(FINGERPRINTS, documents="d2", settings="5e78", generation=4, model="writer")
    run = a_run(fingerprints=prints_now, settings=(("search_limit", "10"), ("model", "writer")))
    differing = {each.name: (each.before, each.value) for each in prints(run, before, SAME) if each.before is not None}
    assert differing == {
        "documents": ("d1f0", "d2"),
        "generation": ("3", "4"),
        "settings": ("5e77", "5e78"),
        "model": ("none", "writer"),
        "setting search_limit": ("20", "10"),
        "setting model": ("", "writer"),
    }
    text = page(run, before, SAME).text
    assert "Made with other documents, model, search_limit than the run before." in text
    assert "differs: d1f0" in text
    assert "Made with the same as the run before" in page(a_run(), a_run(), SAME).text


def test_the_accepted_baseline_and_a_restricted_run_say_so() -> None:
    reasons = (Accepted(MADE, "The brief was corrected"), Accepted(MADE - timedelta(days=9), "To begin with"))
    text = page(a_run(only=("tag dates",)), a_run(accepted=reasons), SAME).text
    assert "2026-11-23: The brief was corrected" in text
    assert "To begin with" not in text
    assert "tag dates" in text


def test_the_readers_of_what_is_quoted_are_named() -> None:
    secret = replace(shown(), readers=("desk", "public"))
    run = a_run(case_run("secret", trial(replace(observed(QUOTE), evidence=(secret,)))))
    assert "This page quotes documents for desk, public" in page(run).text
    now = a_run(case_run("secret"))
    assert "This page quotes documents for desk, public" in page(now, run, SAME).text, "shown before, and there no more"
    assert (
        "This page quotes documents for public;"
        in page(now, a_run(replace(run.cases[0], case=case("gone"))), SAME).text
    )


# Figures.


def test_a_case_counts_once_however_often_it_was_asked() -> None:
    often = case_run("often", *[trial(None, "quoted")] * 3)
    figures = {each.name: each for each in measures((often, case_run("once")))}
    quoted = figures["quoted"]
    assert (quoted.mean, quoted.passed, quoted.answers, quoted.cases) == (0.5, 1, 4, 2)
    assert (quoted.low, quoted.high) == wilson(0.5, 2)
    assert passing((often, case_run("once"))).mean == 0.5
    assert [each.kind for each in figures.values()] == ["check", "check", "score"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_an_interval_holds_its_mean_and_lies_between_nought_and_one(values: list[float]) -> None:
    mean = sum(values) / len(values)
    low, high = wilson(min(1.0, mean), len(values))
    assert 0 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1


def test_a_share_has_the_interval_that_the_mean_of_its_cases_has() -> None:
    assert Share(7, 9).interval == wilson(7 / 9, 9)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_figures_stand_beside_those_before_and_the_judge_beside_its_own() -> None:
    scored = replace(trial(), scores=(Score("judged_correct", 0.5), Score("quote_recall", 1.0)))
    judge = JudgeRecord("judge:1", "rubric-2", 0.71, 0.6, 0.8, 120, 3)
    slow = Slowness(1.7, 1.6, 1.9, 1.5, 24)
    difference = Difference("quote_recall", 0.9, 0.7, -0.3, -0.1, 12, True, False)
    comparison = replace(SAME, regressions=("slow",), differences=(difference,), slowness=slow, gone=("old",))
    text = page(a_run(case_run("one", scored), judge=judge), a_run(), comparison).text
    assert "kappa 0.71 [0.60, 0.80] over 120 labelled cases, of which it left 3 without a verdict" in text
    assert "0.900 −0.200 [−0.300, −0.100] worse" in text
    assert "1.70 times as long as before [1.60, 1.90], over 24 cases" in text
    assert "too slow: up to 1.5 times is let through" in text
    assert "No longer asked: old." in text


def test_every_check_and_score_is_told_in_words() -> None:
    assert [name for name in NAMES if not meaning(name)] == []
    assert meaning("unheard-of") == ""
    assert sorted(("unheard-of", "judged_correct", "no_leak"), key=place) == ["no_leak", "judged_correct", "unheard-of"]


def test_signs_are_for_what_is_not_nought() -> None:
    assert [signed(value) for value in (0.25, -0.1, -0.0004, 0.0)] == ["+0.250", "−0.100", "0.000", "0.000"]


# Charts.


def test_charts_stand_by_tag_with_the_same_data_as_a_table() -> None:
    run = a_run(
        case_run("a", trial(observed(QUOTE, seconds=0.2)), tags=("dates", "who")),
        case_run("b", trial(observed(QUOTE, seconds=0.4), "quoted"), tags=("dates",)),
        CaseRun(replace(case("c"), tags=()), (trial(observed(QUOTE, seconds=0.3)),)),
    )
    found = {chart.key: chart for chart in charts(run, a_run(case_run("a", tags=("dates",))))}
    assert list(found) == ["passing", "passes-by-tag", "quote_recall-by-tag", "seconds"]
    recall = found["quote_recall-by-tag"]
    assert [row.label for row in recall.rows] == ["all cases", "dates", "who", UNTAGGED]
    assert recall.cells[1] == ("dates", "2", "0.500", "0.095 to 0.905", "1.000")
    assert recall.cells[2][-1] == "–"
    assert found["seconds"].cells[0] == ("all cases", "3", "0.300", "0.390", "0.400", "0.100")
    assert [tick.text for tick in found["seconds"].ticks] == ["0 s", "0.25 s", "0.5 s"]
    parsed = page(run)
    assert len(parsed.all("svg")) == 4 + len(found["seconds"].rows)  # each late mark is placed by one
    assert sum(tag == "desc" for tag, _ in parsed.elements) == 4
    named = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    for picture in parsed.all("svg"):
        assert set(picture.get("aria-labelledby", "").split()) <= named


def test_every_mark_stands_inside_its_chart() -> None:
    runs = (
        a_run(case_run("a", trial(observed(QUOTE, seconds=seconds)))) for seconds in (0.0, 0.001, 0.2, 2.5, 61, 1e4)
    )
    for run in runs:
        for chart in charts(run, None):
            for row in chart.rows:
                marks = [getattr(row, name) for name in ("at", "low", "high")]
                assert all(0 <= mark <= 100.0001 for mark in marks), (chart.key, row)


def test_a_run_of_nothing_is_a_page() -> None:
    text = page(replace(a_run(), cases=())).text
    assert "Nothing was asked." in text
    assert "0 cases" in text


def test_tags_stand_the_most_frequent_first() -> None:
    cases = (case_run("a", tags=("b",)), case_run("c", tags=("a", "b")), case_run("d", tags=("a", "b")))
    assert [each.tag for each in tagged(cases)] == ["b", "a"]


# Cases.


def test_the_gravest_stand_first() -> None:
    flips = (
        Flip("now-fails", "quoted", False, "gone", True),
        Flip("noise", "quoted", False, "gone", False),
        Flip("now-passes", "quoted", True, "", False),
    )
    comparison = replace(SAME, flips=flips, changed=("changed",), new=("new",))
    names = ("fine", "new", "changed", "now-passes", "failing", "noise", "now-fails", "fatal")
    failing = {"failing", "noise", "now-fails"}
    runs = [case_run(name, trial(None, *(["quoted"] if name in failing else []))) for name in names if name != "fatal"]
    runs.append(case_run("fatal", trial(None, fatal=("leak",))))
    ordered = [each.case.id for each in told(a_run(*runs), a_run(), comparison)]
    assert ordered == ["fatal", "now-fails", "noise", "failing", "now-passes", "changed", "new", "fine"]
    stands = standing(runs[5], comparison)
    assert (stands.fails_now, stands.may_fail, stands.passes_now) == ((), ("quoted",), ())


def test_the_gravest_trial_is_the_one_that_is_opened() -> None:
    trials = (trial(), trial(None, "quoted"), trial(None, "quoted"), trial(None, "answered", "quoted"))
    assert gravest(trials) == 3
    assert gravest(trials[:3]) == 1
    opened = told(a_run(case_run("varies", *trials)), None, None)[0]
    assert (opened.first.number, [each.number for each in opened.others]) == (4, [1, 2, 3])
    assert (opened.passed, opened.checks) == (4, 8)
    assert "Found in trial 4 of 4" in page(a_run(case_run("varies", *trials))).text


def test_answers_stand_side_by_side_with_their_differing_words_marked() -> None:
    before = a_run(case_run("one", trial(observed("Ukraine must leave four regions.", "It must drop NATO."))))
    run = a_run(case_run("one", trial(observed("Ukraine must leave five regions.", "It must drop NATO."))))
    parsed = page(run, before, replace(SAME, changed=("one",)))
    assert "leave [removed: four] regions. [1] It must drop NATO. [2]" in parsed.text
    assert "leave [added: five] regions. [1] It must drop NATO. [2]" in parsed.text
    opened = told(run, before, SAME)[0]
    assert opened.before is not None
    assert [each.new for each in opened.first.quotes] == [True, False]
    assert [each.quote for each in opened.before.gone] == ["Ukraine must leave four regions."]
    assert not opened.before.apart


def test_an_answer_that_reads_as_before_stands_once() -> None:
    parsed = page(a_run(), a_run(), SAME)
    assert "Answer, the same as before" in parsed.text
    assert not parsed.all("ins")
    assert not parsed.all("del")


def test_the_trial_before_that_reads_the_same_is_the_one_to_compare_with() -> None:
    before = a_run(case_run("one", trial(observed("Other.")), trial(observed(QUOTE))))
    opened = told(a_run(case_run("one", trial(observed(QUOTE)))), before, SAME)[0]
    assert opened.before is not None
    assert opened.before.same


def test_an_abstention_and_an_answer_that_did_not_come_are_told_in_words() -> None:
    run = a_run(case_run("silent", trial(observed())), case_run("dead", trial(Failed("No model; start it"))))
    cases = {each.case.id: each for each in told(run, a_run(case_run("silent")), SAME)}
    assert cases["silent"].first.text == ABSTAINED
    assert cases["silent"].before is not None
    assert cases["silent"].before.apart
    assert (cases["dead"].first.text, cases["dead"].seconds) == ("No answer came: No model; start it", None)
    text = page(run).text
    assert "Nearest passages" in text
    assert "Nobody counted the regions." in text
    assert "No model; start it" in text


def test_an_opened_case_shows_all_that_was_expected_and_found() -> None:
    outcome = replace(observed(QUOTE), left_out=(LeftOut("They signed.", "no quote says this"),), notice="Cut short.")
    checks = (Check("quoted", False, "not quoted: 'five'"), Check("answered", True))
    scores = (Score("quote_recall", 0.25, "not quoted: 'five'"), Score("prose_kept", 0.5, "1 of 2 stood"))
    scored = Trial(
        outcome, checks, scores, (Unscored("judged_correct", "no verdict"),), ("quoted: not quoted: 'five'",)
    )
    asked = replace(case("one"), must=True, readers=("desk",), without=("old.md",), note="From a reader.")
    text = page(a_run(CaseRun(asked, (scored,)))).text
    for said in (
        "a reader of public, desk",
        "old.md",
        "From a reader.",
        "Every check must pass.",
        "cases/briefing.yaml:2",
        "quoted fails Fatal: not quoted: 'five'",
        "answered passes: answered or abstained, as expected",
        "quote_recall 0.25: share of the expected quotes that are shown",
        "prose_kept 0.50: 1 of 2 stood",
        "judged_correct unscored: no verdict",
        "They signed. no quote says this",
        "Cut short.",
        "Putin, The Ledger, 14 June 2024 · Conditions for talks",
        "briefing/conditions.md, characters 10 to 69, relevance 0.91, for public",
    ):
        assert said in text, said


def test_expected_words_are_lit_in_the_quotes() -> None:
    told_by = replace(
        case(), expected=Expected(quotes=(Quoted("TROOPS  out"), Quoted("troops\nout")), says=(("nato",),))
    )
    quote = shown("pull troops out, and NATO")
    assert [(each.text, each.lit) for each in marked(quote, told_by)] == [
        ("pull ", False), ("troops out", True), (", and ", False), ("NATO", True),
    ]  # fmt: skip
    spans = Expected(quotes=(Quoted(None, "conditions.md", 12, 17), Quoted(None, "other.md", 20, 25)))
    assert [each.text for each in marked(quote, replace(case(), expected=spans)) if each.lit] == ["ll tr"]
    longer = replace(quote, uri="briefing/preconditions.md")
    assert not any(each.lit for each in marked(longer, replace(case(), expected=spans)))
    assert marked(quote, replace(case(), expected=Expected())) == marked(shown(quote.quote), case("x"))


@given(st.text(), st.text(), st.integers(-50, 50), st.integers(-50, 50))
def test_marking_keeps_the_quote(quote: str, phrase: str, start: int, end: int) -> None:
    expected = Expected(quotes=(Quoted(phrase), Quoted(None, None, start, end)), says=((phrase,),))
    asked = Case("x", "?", expected)
    assert "".join(each.text for each in marked(shown(quote), asked)) == quote


def test_each_case_has_a_name_of_its_own_for_an_address() -> None:
    names = ("a b", "a-b", "a/b", "a-b--2", "é", "ü", "")
    cases = told(a_run(*(case_run(name) for name in names)), None, None)
    anchors = [each.anchor for each in cases]
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", anchor) for anchor in anchors)
    assert anchors[:2] == ["case-a-b", "case-a-b--2"]


# One file that asks for nothing.


def test_the_policy_lets_only_the_pages_own_style_and_script_through() -> None:
    parsed = page(*everything("x"))
    policy = next(each["content"] for each in parsed.all("meta") if each.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, texts in parsed.own.items():
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


ATTRIBUTES = {"src", "srcset", "style", "action", "formaction", "ping", "background", "poster", "data", "srcdoc"}


@pytest.mark.parametrize("text", [*payloads(), "{{ 7 * 7 }}", "`code`", "a: b", "x\n\n\ny"])
def test_hostile_texts_stay_texts(text: str) -> None:
    parsed, plain = page(*everything(text)), page(*everything("plain"))
    assert {tag for tag, _ in parsed.elements} <= {tag for tag, _ in plain.elements} | {"code", "mark"}
    for tag, attributes in parsed.elements:
        assert not {name for name in attributes if name.startswith("on")} | ATTRIBUTES & set(attributes), tag
        assert attributes.get("href", "#").startswith("#")


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_makes_a_page_that_can_be_written(text: str) -> None:
    html = report_page(*everything(text))
    html.encode()
    assert not set("\u202e\u2066\u200f\x00\x1b") & set(html)


def test_the_same_run_makes_the_same_page() -> None:
    told_run = everything("x")
    assert report_page(*told_run) == report_page(*told_run)


def palette(path: Path) -> dict[str, tuple[str, ...]]:
    """The colours and typefaces of a style sheet by name, those of the light scheme before those of the dark."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in re.findall(r"(--[\w-]+): ([^;]+);", path.read_text(encoding="utf-8")):
        found[name] = (*found.get(name, ()), value)
    return found


def test_the_report_has_the_colours_and_typefaces_of_the_page() -> None:
    """It holds a copy, since it is one file and the evals import no page."""
    root = Path(__file__).parent.parent
    page, report = palette(root / "ui/static/ink.css"), palette(root / "evals/reporting/templates/report.css")
    assert len(page) >= 15
    assert {name: report.get(name) for name in page} == page
