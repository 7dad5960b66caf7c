"""A run as JUnit XML: what its readers count, and what they can parse."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.observed import Failed
from evals.reporting.junit import junit_xml
from evals.run_record import CaseRun, Trial, Unscored
from tests.hostile import payloads
from tests.reported import a_run, case, case_run, everything, observed, trial

# What Jenkins' strictest schema lets stand where: the attributes and the children of each element.
SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "file"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name", "classname", "time", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "skipped": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}, "property": {"name", "value"}}


def parsed(xml: str) -> Element:
    """The document, which is one that the schema allows."""
    root = ElementTree.fromstring(xml.encode())
    for element in root.iter():
        attributes, children = SCHEMA[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib) <= attributes, element.attrib
        assert {child.tag for child in element} <= children
    for test in root.iter("testcase"):
        assert sum(child.tag in ("skipped", "error", "failure") for child in test) <= 1
    return root


def test_what_failed_is_a_failure_and_what_is_fatal_an_error() -> None:
    run = a_run(
        case_run("fine"),
        case_run("fails", trial(None, "answered", "quoted")),
        case_run("leaks", trial(None, fatal=("it showed a document that the asker may not read",))),
        case_run("dead", trial(Failed("The model did not answer; try again"), fatal=("no answer came",))),
        case_run("must", trial(None, "quoted", fatal=("quoted: quoted was not so",))),
        CaseRun(
            case("blind"), (Trial(observed(), unscored=(Unscored("judged_correct", "no verdict could be read"),)),)
        ),
    )
    suite = parsed(junit_xml(run))[0]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "1", "errors": "3", "skipped": "1"}
    tests = {test.attrib["name"]: test for test in suite.iter("testcase")}
    assert [child.tag for child in tests["fine"]] == ["system-out"]
    failure = tests["fails"].find("failure")
    assert failure is not None
    assert failure.get("message") == "answered: answered was not so; quoted: quoted was not so"
    assert failure.text == "answered: answered was not so\nquoted: quoted was not so\nat cases/briefing.yaml:2"
    error = tests["leaks"].find("error")
    assert error is not None
    assert "may not read" in error.attrib["message"]
    must = tests["must"].find("error")
    assert must is not None
    assert must.text == "quoted: quoted was not so\nat cases/briefing.yaml:2", "what failed is said once"
    skipped = tests["blind"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "judged_correct could not be scored: no verdict could be read"


def test_each_file_of_cases_is_a_suite_with_what_the_run_was_made_with() -> None:
    cases = (
        CaseRun(case("one", "dates", file="cases/a.b.yaml"), (trial(),)),
        CaseRun(case("two", "dates", file="other.yaml"), (trial(None, "quoted"),)),
        CaseRun(case("three", file=None), (trial(),)),
    )
    root = parsed(junit_xml(a_run(*cases)))
    assert [suite.get("name") for suite in root] == ["cases/a.b.yaml", "other.yaml", "cases"]
    assert [test.get("classname") for test in root.iter("testcase")] == ["a_b.dates", "other.dates", "cases.conditions"]
    assert [suite.get("file") for suite in root] == ["cases/a.b.yaml", "other.yaml", None]
    assert root.get("tests") == "3"
    assert root.get("failures") == "1"
    for suite in root:
        values = {each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")}
        assert values["documents"] == "d1f0"
        assert values["model"] == "none"
        assert values["repeatable"] == "yes"


def test_time_is_that_of_all_trials_and_each_fault_names_its_trial() -> None:
    trials = (trial(observed("A.", seconds=0.25)), trial(observed("B.", seconds=0.5), "quoted"), trial(Failed("dead")))
    root = parsed(junit_xml(a_run(case_run("varies", *trials))))
    test = root[0].find("testcase")
    assert test is not None
    assert test.get("time") == "0.750"
    failure = test.find("failure")
    assert failure is not None
    assert failure.get("message") == "trial 2 of 3: quoted: quoted was not so"
    account = test.findtext("system-out") or ""
    assert account.splitlines() == [
        "Question: What are the conditions?",
        "Answer: A.",
        "Answer: B.",
        "Answer: none came: dead",
        "quote_recall: 0.667",
    ]


@given(st.text(alphabet=st.characters()))
def test_any_text_makes_a_document_that_can_be_read(text: str) -> None:
    run, _, _ = everything(text)
    root = parsed(junit_xml(run))
    assert len(list(root.iter("testcase"))) == 1


@pytest.mark.parametrize("text", [*payloads(), "]]>", "\x00\x1b[31m\ufffe\ud800\u202e"])
def test_hostile_texts_stay_texts(text: str) -> None:
    run, _, _ = everything(text)
    root = parsed(junit_xml(run))
    assert len(list(root.iter("testcase"))) == 1
    assert not set("\x00\x1b\ufffe\u202e") & set("".join(root.itertext()))
