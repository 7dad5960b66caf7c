"""A turn while it unfolds: prose above quotes that keep their places, and nothing unchecked is ever part of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, Dropped, Group, Sentence
from rag.events import EvidenceCompared
from rag.outside import Outside
from tests.newsroom import (
    ABSTENTION,
    CHANGE_ANSWER,
    CONDITIONS_ANSWER,
    EVIDENCE,
    PROSE_ANSWER,
    UNWRITTEN_ANSWER,
    WRITTEN_ANSWER,
    citation,
    quotes,
)
from ui import unfolding
from ui.brief import LeftOut, Turn, Why

ASKED = Turn(2, "Are they still the same?", "searching", as_of=date(2025, 9, 1), writes=True)
LAID = EvidenceCompared(WRITTEN_ANSWER.points, WRITTEN_ANSWER.disagreements)


def begun() -> Turn:
    return unfolding.compared(unfolding.found(ASKED, EVIDENCE), EVIDENCE, LAID)


def numbers(turn: Turn) -> list[int]:
    sides = [quote.number for column in turn.columns for quote in column.quotes]
    return sides + [quote.number for point in (*turn.points, *turn.others) for quote in point.quotes]


def test_quotes_stand_where_they_will_stand_before_a_word_is_written() -> None:
    turn = begun()
    assert turn.state == "writing"
    for sentence in WRITTEN_ANSWER.sentences:
        turn = unfolding.written(unfolding.writing(turn, 7), sentence)
    whole = unfolding.finished(turn, WRITTEN_ANSWER)
    assert whole.points == turn.points == begun().points
    assert whole.lines == turn.lines
    assert numbers(whole) == [3, 1, 2, 4, 5]


def test_sides_of_a_change_stand_beside_each_other_before_a_word_is_written() -> None:
    laid = EvidenceCompared(CHANGE_ANSWER.points, CHANGE_ANSWER.disagreements, CHANGE_ANSWER.groups)
    turn = unfolding.compared(unfolding.found(ASKED, EVIDENCE), EVIDENCE, laid)
    whole = unfolding.finished(turn, CHANGE_ANSWER)
    assert [(each.label, [quote.number for quote in each.quotes]) for each in whole.columns] == [
        ("June 2024", [2, 4]),
        ("August 2025", [1, 3]),
    ]
    assert (whole.columns, whole.points) == (turn.columns, turn.points)
    assert [[each.words for each in group] for group in whole.differing] == [
        ["all four regions", "Donetsk and Lugansk"]
    ]
    assert whole.columns[0].quotes[0].stands, "what was superseded is marked in its column too"
    assert numbers(whole) == [2, 4, 1, 3, 5]


def test_without_a_model_the_turn_is_found_before_it_is_answered() -> None:
    turn = unfolding.found(replace(ASKED, writes=False), EVIDENCE)
    assert turn.state == "found"
    whole = unfolding.finished(turn, CONDITIONS_ANSWER)
    assert (whole.state, whole.lines, whole.writes) == ("answered", (), False)


def test_a_model_that_only_understands_the_question_writes_nothing_yet() -> None:
    assert unfolding.writing(ASKED, 0) == ASKED


def test_the_fact_leads_where_a_fact_was_asked_for() -> None:
    turn = begun()
    for sentence in WRITTEN_ANSWER.sentences:
        turn = unfolding.written(turn, sentence)
    assert [line.leads for line in turn.lines] == [True, False, False]
    assert [line.leads for line in unfolding.finished(turn, CHANGE_ANSWER).lines] == [False, False]


def test_a_quote_that_comes_as_a_sentence_is_not_shown_twice() -> None:
    turn = begun()
    for sentence in quotes(1, 2):
        assert unfolding.written(turn, sentence) == turn


def test_a_sentence_without_a_quote_is_left_out_wherever_it_comes_from() -> None:
    bare = Sentence("It rained.", (), "unsupported")
    assert unfolding.written(begun(), bare).lines == ()
    whole = unfolding.finished(begun(), replace(PROSE_ANSWER, sentences=(bare, *PROSE_ANSWER.sentences)))
    assert [line.text for line in whole.lines] == [PROSE_ANSWER.sentences[0].text]
    assert whole.left_out[-1] == LeftOut("It rained.", unfolding.UNBORNE)


def test_a_reader_who_stops_the_writing_keeps_what_was_checked() -> None:
    turn = unfolding.written(unfolding.writing(begun(), 9), WRITTEN_ANSWER.sentences[1])
    turn = unfolding.stopped(turn)
    assert (turn.state, turn.is_stopped) == ("answered", True)
    assert [line.text for line in turn.lines] == [WRITTEN_ANSWER.sentences[1].text]
    assert numbers(turn) == [3, 1, 2, 4, 5]


def test_a_failure_leaves_the_quotes_that_were_found() -> None:
    turn = unfolding.failed(begun(), "It broke.")
    assert (turn.state, turn.message, numbers(turn)) == ("failed", "It broke.", [3, 1, 2, 4, 5])


@pytest.mark.parametrize(("heard", "kept"), [(False, False), (True, True)])
def test_room_that_was_kept_for_prose_stays_only_if_somebody_waited(heard: bool, kept: bool) -> None:
    turn = unfolding.writing(begun(), 0) if heard else begun()
    whole = unfolding.finished(turn, UNWRITTEN_ANSWER)
    assert whole.writes is kept
    assert whole.notice == UNWRITTEN_ANSWER.notice


def test_room_that_was_kept_for_prose_stays_where_the_documents_do_not_say() -> None:
    assert unfolding.finished(ASKED, ABSTENTION).writes
    assert not unfolding.finished(replace(ASKED, writes=False), ABSTENTION).writes


def test_what_was_said_is_the_prose_or_else_the_quotes() -> None:
    assert unfolding.finished(ASKED, WRITTEN_ANSWER).said.startswith("Yes. The Kremlin spokesman")
    said = unfolding.finished(ASKED, CONDITIONS_ANSWER).said
    assert said.startswith("Moscow still insists")
    assert said.endswith("constitution of Ukraine.")


GROUPS = st.lists(st.tuples(st.text("ab", max_size=2), st.lists(st.integers(1, 5), max_size=6).map(tuple)), max_size=4)


@given(GROUPS, st.booleans())
def test_every_quote_is_shown_exactly_once_whatever_the_groups(
    groups: list[tuple[str, tuple[int, ...]]], prose: bool
) -> None:
    answer: Answer = replace(
        WRITTEN_ANSWER if prose else CONDITIONS_ANSWER, groups=tuple(Group(*each) for each in groups)
    )
    turn = unfolding.finished(ASKED, answer)
    assert sorted(numbers(turn)) == [1, 2, 3, 4, 5]
    assert all(column.quotes for column in turn.columns)


@given(st.lists(st.sampled_from(["writing", "written", "dropped"]), max_size=12))
def test_only_checked_sentences_become_part_of_the_turn(steps: list[str]) -> None:
    turn = begun()
    sentence = Sentence("Russia asks for land.", (citation(1, EVIDENCE),), "supported")
    for step in steps:
        if step == "writing":
            turn = unfolding.writing(turn, 5)
        elif step == "written":
            turn = unfolding.written(turn, sentence)
        else:
            turn = unfolding.left_out(turn, Dropped("It rained.", "no quote says so"))
    assert {line.text for line in turn.lines} <= {sentence.text}
    assert len(turn.lines) == steps.count("written")
    assert len(turn.left_out) == steps.count("dropped")
    assert turn.points == begun().points


def test_why_a_quote_was_picked_is_told_as_far_as_it_is_known() -> None:
    found = replace(EVIDENCE[0], words=("Kyiv", "Donetsk"))
    bare = replace(EVIDENCE[1], passage=replace(EVIDENCE[1].passage, keyword_rank=None))
    turn = unfolding.found(ASKED, (found, bare))
    first, second = (point.quotes[0].why for point in turn.points)
    assert first == Why(("Kyiv", "Donetsk"), "words")
    assert second is None


@pytest.mark.parametrize(("left", "told"), [(Outside(3, later=3), True), (Outside(), False), (None, False)])
def test_what_the_scope_left_out_is_told_where_there_was_anything(left: Outside | None, told: bool) -> None:
    turn = unfolding.finished(ASKED, replace(CONDITIONS_ANSWER, outside=left))
    assert turn.outside == (left if told else None)


def test_a_speaker_has_the_fullest_name_that_the_quotes_have_for_them() -> None:
    named = ("Peskov", "Dmitry Peskov", "the Kremlin", None, "Zelensky")
    evidence = tuple(replace(each, speaker=name) for each, name in zip(EVIDENCE, named, strict=True))
    turn = unfolding.compared(unfolding.found(ASKED, evidence), evidence, LAID)
    known = {quote.number: quote for point in (*turn.points, *turn.others) for quote in point.quotes}
    assert [(known[number].speaker, known[number].voice) for number in range(1, 6)] == [
        ("Peskov", "Dmitry Peskov"),
        ("Dmitry Peskov", "Dmitry Peskov"),
        ("The Kremlin", "The Kremlin"),
        (None, None),
        ("Zelensky", "Zelensky"),
    ]
