"""From feedback to a draft, and from a draft to a case that joins the set: nothing lost, nothing made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.case import Case, Expected, Quoted
from evals.drafts import HINT, OFFER, Wanted, completed, draft_yaml, drafted, join
from evals.errors import EvalError, InvalidCases
from evals.reading.files import parsed, read_cases
from evals.reading.node import Mistakes
from index.feedback import LONGEST_COMMENT, Exchange, Feedback, Kept, ShownQuote, Verdict, plain
from index.library import Library
from index.principal import LOCAL, Principal
from rag.conversation import Turn
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

WHEN = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
OPENING = brief("notices/opening.md", "The archive opens at nine.\nIt closes at five.")
SHOWN = (
    ShownQuote(1, OPENING.id, OPENING.uri, 27, 45, "It closes at five."),
    ShownQuote(2, OPENING.id, OPENING.uri, 0, 26, "The archive\nopens at nine."),
)
NEAREST = (ShownQuote(0, OPENING.id, OPENING.uri, 0, 45, OPENING.text),)
FEEDBACK = Feedback(
    answer="a",
    verdict="down",
    principal=Principal("ann", frozenset({"public", "press", "desk"})),
    question="When does it close?",
    understood="When does it close?",
    status="answered",
    comment="It closes at six since May.",
    as_of=date(2026, 5, 2),
    history=(Exchange("When does the archive open?", "The archive opens at nine."), Exchange("Who runs it?")),
    shown=SHOWN,
    sentences=tuple(each.quote for each in SHOWN),
)


def kept(feedback: Feedback = FEEDBACK, number: int = 3) -> Kept:
    return Kept(number, WHEN, "open", feedback)


def read(text: str) -> tuple[Case, ...]:
    """The cases of a file's text, which has no mistake."""
    mistakes = Mistakes("draft")
    cases = parsed(text, ".yaml", {}, mistakes)
    assert mistakes.found == []
    return cases


def test_a_draft_asks_what_was_asked_as_who_asked_it() -> None:
    case = drafted(kept())
    assert (case.id, case.question, case.as_of) == ("feedback-2026-11-23-3", FEEDBACK.question, FEEDBACK.as_of)
    assert (case.readers, case.tags, case.must, case.without) == (("desk", "press"), ("feedback",), False, ())
    assert drafted(kept(replace(FEEDBACK, principal=LOCAL))).readers is None
    assert drafted(kept(replace(FEEDBACK, principal=Principal("x", frozenset({"public"}))))).readers == ()


def test_the_turns_before_are_kept_only_where_the_question_leans_on_them() -> None:
    assert drafted(kept()).history == ()
    leaning = drafted(kept(replace(FEEDBACK, understood="When does the archive close?")))
    assert leaning.question == FEEDBACK.question
    assert leaning.history == (Turn("When does the archive open?", "The archive opens at nine."), Turn("Who runs it?"))


@pytest.mark.parametrize(
    ("verdict", "status", "answerable"),
    [("down", "abstained", True), ("down", "answered", None), ("up", "abstained", False), ("up", "answered", True)],
)
def test_what_a_verdict_says_of_the_right_answer_and_no_more(
    verdict: Verdict, status: str, answerable: bool | None
) -> None:
    case = drafted(kept(replace(FEEDBACK, verdict=verdict, status=status)))
    assert case.expected == Expected(answerable=answerable)


def test_the_note_holds_the_readers_words_and_what_was_shown_and_no_name() -> None:
    note = drafted(kept()).note
    assert note.startswith("A reader found this not right on 2026-11-23:\nIt closes at six since May.\n")
    assert "- The archive opens at nine. (notices/opening.md)" in note
    assert "ann" not in note
    written = drafted(kept(replace(FEEDBACK, sentences=("Five it is.",), comment=""))).note
    assert "and said no more.\nIt was told:\n- Five it is.\nIt was shown:\n" in written
    nothing = drafted(kept(replace(FEEDBACK, status="abstained", shown=NEAREST, sentences=()))).note
    assert "The answer was that the documents do not say.\nNearest came:\n- The archive opens at nine." in nothing
    long = replace(NEAREST[0], quote="word " * 400)
    assert len(drafted(kept(replace(FEEDBACK, shown=(long,)))).note) < 500


def uncommented(text: str) -> str:
    """The draft as somebody leaves it who expects all that was shown."""
    lines = text.splitlines()
    hints = {f"# {line}" for hint in (HINT, OFFER) for line in hint.splitlines()}
    return "".join(re.sub(r"^( +)# ", r"\1", line) + "\n" for line in lines if line.strip() not in hints)


def test_a_draft_on_an_answer_cannot_join_as_it_is_and_can_once_something_is_kept() -> None:
    text = draft_yaml(kept(), drafted(kept()))
    mistakes = Mistakes("draft")
    parsed(text, ".yaml", {}, mistakes)
    assert mistakes.found, "a case that expects nothing was read"
    [case] = read(uncommented(text))
    assert case.expected == Expected(
        quotes=(Quoted("It closes at five.", OPENING.uri), Quoted("The archive opens at nine.", OPENING.uri)),
        sources=(OPENING.uri,),
    )
    assert replace(case, expected=Expected()) == drafted(kept())


def test_a_draft_on_an_abstention_proposes_that_there_is_an_answer() -> None:
    nothing = kept(replace(FEEDBACK, status="abstained", shown=NEAREST, sentences=()))
    text = draft_yaml(nothing, drafted(nothing))
    assert read(text) == (drafted(nothing),)
    [case] = read(uncommented(text))
    assert case.expected == Expected(answerable=True, sources=(OPENING.uri,))


def test_what_a_reader_wrote_is_not_taken_for_a_field_of_the_draft() -> None:
    given = kept(replace(FEEDBACK, question="What stands here?\nexpect:\n  answer: true", comment="note\nexpect:\n"))
    [case] = read(uncommented(draft_yaml(given, drafted(given))))
    assert replace(case, expected=Expected()) == drafted(given)
    assert [quoted.text for quoted in case.expected.quotes] == ["It closes at five.", "The archive opens at nine."]


def test_what_is_expected_already_is_not_offered_again() -> None:
    case = completed(drafted(kept()), Wanted(quotes=("It closes at five.",), sources=(OPENING.uri,)))
    text = draft_yaml(kept(), case)
    assert read(text) == (case,)
    assert text.count("It closes at five.") == 2, "once expected, once in the note"
    assert "#   - {text: The archive opens at nine." in text
    assert "# sources" not in text


TEXTS = st.text(max_size=80).map(plain)
SAID = TEXTS.filter(lambda text: bool(re.search(r"\w", text)))
QUOTES = st.builds(ShownQuote, st.integers(0, 6), TEXTS, SAID, st.just(0), st.just(9), SAID)


@given(
    question=SAID.map(str.strip),
    understood=SAID.map(str.strip),
    comment=st.text(max_size=LONGEST_COMMENT).map(plain).map(str.strip),
    history=st.lists(st.builds(Exchange, SAID, TEXTS), max_size=3),
    shown=st.lists(QUOTES, max_size=4),
    name=TEXTS,
)
def test_whatever_was_said_and_shown_a_draft_reads_back_as_it_is(
    question: str, understood: str, comment: str, history: list[Exchange], shown: list[ShownQuote], name: str
) -> None:
    feedback = Feedback(
        "a", "down", Principal(name, frozenset({"public"})), question, understood, "abstained", comment,
        history=tuple(history), shown=tuple(shown), sentences=(question,),
    )  # fmt: skip
    case = drafted(kept(feedback))
    [found] = read(draft_yaml(kept(feedback), case))
    assert found == case
    if shown:
        [everything] = read(uncommented(draft_yaml(kept(feedback), case)))
        assert {quoted.document for quoted in everything.expected.quotes} <= set(everything.expected.sources)
        assert set(everything.expected.sources) == {each.uri for each in shown}


def test_a_person_says_what_is_right() -> None:
    wanted = Wanted(
        id="closing",
        answer=True,
        quotes=("It closes at five.",),
        says=("five", "17:00"),
        never_says=("six",),
        sources=("opening.md",),
    )
    case = completed(drafted(kept()), wanted)
    assert case.id == "closing"
    assert case.expected == Expected(
        answerable=True,
        quotes=(Quoted("It closes at five."),),
        says=(("five",), ("17:00",)),
        never_says=("six",),
        sources=("opening.md",),
    )
    abstained = drafted(kept(replace(FEEDBACK, status="abstained")))
    assert completed(abstained, Wanted()).expected.answerable is True
    assert completed(abstained, Wanted(answer=False)).expected.answerable is False


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    embedder = HashEmbedder()
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        with opened.writer() as writer:
            writer.put([entry(OPENING, embedder)], embedder)
        yield opened


PUBLIC_CASE = drafted(kept(replace(FEEDBACK, principal=LOCAL, as_of=None)))


def test_a_completed_draft_joins_the_set_and_the_set_keeps_what_it_had(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "cases" / "readers.yaml"
    first = completed(PUBLIC_CASE, Wanted(quotes=("It closes at five.",)))
    join((first,), path, library)
    path.write_text(f"# Made by readers.\n{path.read_text()}")
    second = completed(PUBLIC_CASE, Wanted(id="six", says=("six",)))
    join((second,), path, library)
    assert read_cases((path,)) == (first, second)
    assert path.read_text().startswith("# Made by readers.\n")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted(), "nothing says yet what a right answer to this is; give --answer"),
        (Wanted(answer=False, says=("five",)), "answer is false, so says can never be met"),
        (Wanted(says=("six",), never_says=("Six",)), "is in says too"),
        (Wanted(id="not an id", answer=True), "id cannot be"),
        (Wanted(quotes=("It closes at six.",)), "It closes at six"),
        (Wanted(sources=("closing.md",)), "there is no document 'closing.md'"),
        (Wanted(says=(" ",)), "says is empty"),
    ],
)
def test_what_could_never_be_met_does_not_join(tmp_path: Path, library: Library, wanted: Wanted, why: str) -> None:
    path = tmp_path / "readers.yaml"
    with pytest.raises((EvalError, InvalidCases), match=re.escape(why)):
        join((completed(PUBLIC_CASE, wanted),), path, library)
    assert not path.exists()


def test_an_id_joins_once(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "readers.yaml"
    case = completed(PUBLIC_CASE, Wanted(answer=True))
    join((case,), path, library)
    before = path.read_bytes()
    with pytest.raises(InvalidCases, match="stands here already"):
        join((case,), path, library)
    assert path.read_bytes() == before
