"""A piece of evidence taken apart: its source, its day, what it is about, and whether it changes an older word."""

from __future__ import annotations

from datetime import date

import pytest

from index.document import Document, Passage, Span
from rag.answer import Evidence
from rag.comparing.statement import Statement, content, statement, topic

JUNE, JULY = date(2024, 6, 14), date(2024, 7, 14)


def stated(
    text: str,
    *,
    speaker: str | None = None,
    publisher: str | None = None,
    published: date | None = None,
    title: str | None = None,
) -> Statement:
    document = Document("a.txt", text, "hash", ("public",), title=title, publisher=publisher, published=published)
    whole = Span(0, len(text))
    passage = Passage(document.chunk(whole, 0), document.attribution, 0.5)
    return statement(3, Evidence(passage, whole, text, 0.5, speaker))


def test_a_statement_holds_what_its_text_says() -> None:
    found = stated("Peskov said Putin rejected the 28-point plan on 3 May 2024.", speaker="Peskov", published=JUNE)
    assert (found.number, found.speaker, found.said) == (3, "Peskov", JUNE)
    assert [figure.text for figure in found.figures] == ["28-point"]
    assert [day.text for day in found.days] == ["3 May 2024"]
    assert [(each.sense, each.positive) for each in found.predicates] == [("accept", False)]
    assert found.names == {"putin"}
    assert {"reject", "plan"} <= found.topic


def test_the_speaker_is_no_party_to_what_is_said() -> None:
    assert stated("Peskov met Putin.", speaker="Dmitry Peskov").names == {"putin"}


def test_names_come_from_the_title_where_the_text_has_none() -> None:
    assert stated("It has 838 people.", title="Elmstead").names == {"elmstead"}
    assert stated("Harwich has 838 people.", title="Elmstead").names == {"harwich"}
    assert stated("It has 838 people.", title="A town").names == set()


@pytest.mark.parametrize(
    ("text", "lasting"),
    [
        ("The fee is 10%.", True),
        ("Members may bring guests.", True),
        ("Members have 25 days of leave.", True),
        ("The fee was 10%.", False),
        ("The talks lasted five hours.", False),
        ("They have met twice.", False),
    ],
)
def test_what_lasts_is_told_from_what_happened(text: str, lasting: bool) -> None:
    assert stated(text).lasting is lasting


@pytest.mark.parametrize(
    ("text", "points_back"),
    [
        ("It opened in 1902.", True),
        ("The population was 838.", True),
        ("As of 2010, 838 people lived there.", True),
        ("“They left,” he said.", True),
        ("The fee for late payment is 10%.", False),
        ("Elmstead opened in 1902.", False),
        ("Items are sold.", False),
    ],
)
def test_a_statement_may_point_back_to_a_name_before_it(text: str, points_back: bool) -> None:
    assert stated(text).points_back is points_back


def test_only_a_sentence_is_read_whole() -> None:
    page = stated("menu " * 200 + "Putin rejected the plan.")
    assert page.is_too_long
    assert page.predicates == ()


def revises(new_speaker: str | None, old_speaker: str | None, new: str = "Desk", old: str = "Desk") -> bool:
    newer = stated("The fee is 12%.", speaker=new_speaker, publisher=new, published=JULY)
    older = stated("The fee is 10%.", speaker=old_speaker, publisher=old, published=JUNE)
    assert not older.revises(newer)
    return newer.revises(older)


def test_a_source_revises_itself_and_nobody_else() -> None:
    assert revises(None, None)
    assert revises(None, None, new="desk")
    assert not revises(None, None, new="Other")
    assert revises("Dmitry Peskov", "Peskov", new="Other")
    assert not revises("Peskov", "Lavrov")
    # a publisher may go beyond what it had from somebody; somebody who contradicts it does not speak for it
    assert revises(None, "Peskov")
    assert not revises("Peskov", None)


def test_nothing_is_revised_without_a_later_day() -> None:
    undated = stated("The fee is 12%.", publisher="Desk")
    dated = stated("The fee is 10%.", publisher="Desk", published=JUNE)
    again = stated("The fee is 12%.", publisher="Desk", published=JUNE)
    assert not undated.revises(dated)
    assert not dated.revises(undated)
    assert not again.revises(dated)


def test_without_a_publisher_nobody_is_the_same() -> None:
    newer, older = stated("The fee is 12%.", published=JULY), stated("The fee is 10%.", published=JUNE)
    assert not newer.revises(older)


def test_the_topic_folds_words_for_one_thing_and_leaves_names_and_figures_out() -> None:
    assert topic("The drafts of Axios were rejected in 2024.") == topic("A proposal was rejected.")
    assert topic("On Monday he said that.") == frozenset()
    assert content("Talks between Moscow and Kyiv took five hours") == ("talks", "took", "five", "hours")
