"""An answer in a terminal: attributed, wrapped, colour only where it is wanted, and unable to steer the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.document import Document, Passage, Span
from rag.answer import Answer, Citation, Disagreement, Dropped, Evidence, Group, Sentence, Trace
from ui import terminal

TRACE = Trace("embedder", "evidence", 1, 0.9, 0.5)
OLD = Document(
    uri="briefs/old.md",
    text="The plan, the minister said, has twenty points. " * 3,
    content_hash="0" * 64,
    readers=("public",),
    title="The first plan",
    publisher="The Post",
    published=date(2025, 3, 1),
)
NEW = replace(
    OLD, uri="briefs/new.md", text="The plan now has nineteen points.", title=None, published=date(2025, 4, 2)
)
HOSTILE = replace(OLD, uri="a\x1b]0;owned\x07\u202egnp.exe", title="[bold red]\x1b[2J", publisher=None, published=None)


def evidence(document: Document, end: int, speaker: str | None = None) -> Evidence:
    chunk = document.chunk(Span(0, len(document.text)), 0)
    span = Span(0, end)
    return Evidence(Passage(chunk, document.attribution, 0.5), span, span.of(document.text), 0.8, speaker)


def answered(pieces: Iterable[Evidence], **more: object) -> Answer:
    pieces = tuple(pieces)
    sentences = tuple(
        Sentence(each.quote, (Citation(number, each.attribution, each.span, each.quote),), "quoted")
        for number, each in enumerate(pieces, start=1)
    )
    return Answer("How many points?", "answered", sentences, pieces, TRACE, **more)  # type: ignore[arg-type]


ANSWER = answered(
    (evidence(NEW, 33), evidence(OLD, 47, "the minister")),
    points=((1, 2),),
    disagreements=(Disagreement("superseded", (1, 2), ("nineteen", "twenty")),),
    dropped=(Dropped("It rained.", "no quote says so"),),
)


def shown(answer: Answer, width: int = 80, *, terminal_colours: bool = False) -> str:
    to = StringIO()
    options = {"force_terminal": terminal_colours, "highlight": False, "markup": False}
    terminal.show_answer(answer, Console(file=to, width=width, **options))  # type: ignore[arg-type]
    return to.getvalue()


def test_an_answer_reads_as_an_attributed_brief() -> None:
    lines = [line.rstrip() for line in shown(ANSWER).splitlines()]
    assert lines == [
        "  Left out: 1 sentence",
        "    It rained. (no quote says so)",
        "",
        "  “The plan now has nineteen points.” [1]",
        "    The Post, 2 April 2025",
        "  “The plan, the minister said, has twenty points.” [2]",
        "    The minister, in The Post, 1 March 2025",
        "    An older statement; what stands is [1] nineteen",
        "",
        "Sources",
        "  [1] The Post, 2 April 2025",
        "      briefs/new.md",
        "  [2] The first plan (The Post, 1 March 2025)",
        "      briefs/old.md",
        "",
        "No model is connected: every line of the answer is an exact quote.",
    ]


def test_a_document_with_several_quotes_is_listed_once() -> None:
    text = shown(answered((evidence(NEW, 33), evidence(OLD, 47), evidence(NEW, 8))))
    assert text[text.index("Sources") :].count("briefs/new.md") == 1
    assert "  [1] [3] The Post, 2 April 2025" in text


def test_sources_that_differ_are_set_side_by_side() -> None:
    answer = replace(ANSWER, disagreements=(Disagreement("disagreeing", (1, 2), ("nineteen", "twenty")),))
    text = shown(answer)
    assert "Sources differ: [1] nineteen; [2] twenty" in text
    assert "older statement" not in text


def test_prose_carries_the_numbers_it_rests_on() -> None:
    piece = evidence(NEW, 33)
    sentence = Sentence("It has 19 points.", (Citation(1, piece.attribution, piece.span, piece.quote),), "supported")
    text = shown(Answer("?", "answered", (sentence,), (piece,), replace(TRACE, model="writer")))
    assert "It has 19 points. [1]" in text
    assert "No model" not in text


WRITTEN = Answer(
    "Did the plan shrink?",
    "answered",
    (
        Sentence("Yes.", ANSWER.sentences[0].citations, "supported"),
        Sentence("It lost a point.", (*ANSWER.sentences[0].citations, *ANSWER.sentences[1].citations), "supported"),
    ),
    ANSWER.evidence,
    replace(TRACE, model="writer"),
    form="yes_no",
)


def test_what_is_left_out_is_counted_and_says_why() -> None:
    dropped = (Dropped("It rained.", "no quote says so"), Dropped("It grew.", "the quotes say nineteen"))
    text = shown(replace(WRITTEN, dropped=dropped))
    assert "Yes. [1]\n" in text
    assert "It lost a point. [1] [2]" in text
    assert "Left out: 2 sentences" in text
    assert "It grew. (the quotes say nineteen)" in text
    assert text.index("It lost a point.") < text.index("Left out") < text.index("“The plan now")


def test_why_there_is_no_prose_is_said() -> None:
    text = shown(replace(ANSWER, notice="There is no written answer: the model does not answer."))
    assert "There is no written answer: the model does not answer." in text
    assert "No model is connected" not in text


def test_sides_stand_under_their_headings() -> None:
    sides = (Group("March \x1b[2J", (2,)), Group("April", (1,)))
    text = shown(replace(WRITTEN, form="change", groups=sides, disagreements=ANSWER.disagreements))
    assert text.index("March") < text.index("twenty points") < text.index("April") < text.index("now has nineteen")
    assert "\x1b" not in text
    assert "what stands is [1] nineteen" in text


def test_how_a_question_was_understood_is_said_if_it_was_another() -> None:
    to = StringIO()
    terminal.show_answer(WRITTEN, Console(file=to, width=80), "Did it?")
    assert to.getvalue().startswith("Read as: Did the plan shrink?")
    assert "Read as" not in shown(WRITTEN)


def test_an_abstention_reads_as_an_answer() -> None:
    related = evidence(OLD, 47).passage
    text = shown(Answer("?", "abstained", (), (), TRACE, related=(related,)))
    assert text.startswith("The documents do not say.")
    assert "Nearest to the question, but no answer to it:" in text
    assert "The first plan (The Post, 1 March 2025)" in text


def test_an_abstention_without_anything_near_is_one_line() -> None:
    assert shown(Answer("?", "abstained", (), (), TRACE)).strip() == "The documents do not say."


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_fits(width: int) -> None:
    long = replace(OLD, text="A sentence of many words that goes on and on for a while. " * 9, title="Title " * 30)
    answer = answered((evidence(long, 500, "somebody " * 12),))
    assert max(map(len, shown(answer, width).splitlines())) <= width


def test_colour_only_where_there_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in shown(ANSWER)
    assert "\x1b[" in shown(ANSWER, terminal_colours=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in shown(ANSWER, terminal_colours=True)


def test_a_wide_terminal_is_not_filled() -> None:
    assert terminal.console().width <= terminal.WIDEST


def test_a_document_cannot_steer_the_terminal() -> None:
    piece = evidence(HOSTILE, 47, "\x1b[31mspeaker")
    for text in (shown(answered((piece,))), shown(Answer("?", "abstained", (), (), TRACE, related=(piece.passage,)))):
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
        assert "[bold red]" in text


def test_passages_are_listed_with_their_place() -> None:
    to = StringIO()
    terminal.show_passages((evidence(OLD, 47).passage,), Console(file=to, width=80, markup=False, highlight=False))
    lines = [line.rstrip() for line in to.getvalue().splitlines()]
    assert lines[0] == "1  The first plan (The Post, 1 March 2025)  (0.50)"
    assert lines[-2] == f"  briefs/old.md, characters 0 to {len(OLD.text)}"


def test_no_passage_is_said() -> None:
    to = StringIO()
    terminal.show_passages((), Console(file=to))
    assert to.getvalue() == "No passage was found.\n"


def test_complaints_are_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.complain("a file\nnamed \x1b[2J is gone; name another")
    assert capsys.readouterr() == ("", "onrecord: a file named �[2J is gone; name another\n")


@given(st.text(st.characters(codec=None)))
def test_what_is_printable_is_one_line_that_can_be_written(text: str) -> None:
    safe = terminal.printable(text)
    assert len(safe) == len(text)
    assert len(safe.splitlines()) <= 1
    assert not set(safe) & (terminal.BIDI | set(map(chr, (*range(32), *range(127, 160)))))
    safe.encode("utf-8")
