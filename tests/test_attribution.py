"""What a text says of itself; what it does not say stays absent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.attribution import claims_of
from index.claims import NOTHING, Claims
from index.normalise import normalise

PROSE = "The two sides met for five hours in the capital, and they will meet again, officials said."


@pytest.mark.parametrize(
    ("line", "publisher", "published"),
    [
        ("MOSCOW (Reuters) -The Kremlin said on Thursday.", "Reuters", None),
        ("MOSCOW (Reuters) - The Kremlin said on Thursday.", "Reuters", None),
        ("WASHINGTON (AP) — The talks began.", "AP", None),
        ("KYIV, Ukraine (AP) — The talks began.", "AP", None),
        ("UNITED NATIONS (AP) -- The talks began.", "AP", None),
        ("BRUSSELS/KYIV (Reuters) - The talks began.", "Reuters", None),
        ("KYIV, July 3 (Reuters) - The talks began.", "Reuters", None),
        ("KYIV, July 3, 2024 (Reuters) - The talks began.", "Reuters", date(2024, 7, 3)),
        ("BERLIN, 3 July 2024 (dpa) - The talks began.", "dpa", date(2024, 7, 3)),
        ("BERLIN, 3 July 2024 (Daily Paper) - The talks began.", "Daily Paper", date(2024, 7, 3)),
        ("Moscow (AFP) – The talks began.", "AFP", None),
        ("(Reuters) - The talks began.", "Reuters", None),
        ("MOSCOW, November 20. /TASS/. The talks began.", "TASS", None),
        ("NEW YORK, July 3, 2024 /PRNewswire/ -- A firm said so.", "PRNewswire", date(2024, 7, 3)),
    ],
)
def test_a_dateline_names_the_agency_and_only_a_whole_day(line: str, publisher: str, published: date | None) -> None:
    for text in (line, f"A headline stands above it\n\n{line}\n\n{PROSE}"):
        claims = claims_of(text)
        assert (claims.publisher, claims.published) == (publisher, published)


@pytest.mark.parametrize(
    "line",
    [
        "The company (ACME) - a maker of tools - was sold.",
        "ACME (LSE) - shares rose on Friday.",
        "NATO (OTAN) - the alliance - met.",
        "He said (Reuters) that it was over.",
        "The agency (Reuters) said so.",
        "MOSCOW (population 13 million) - the capital.",
    ],
)
def test_brackets_that_are_no_dateline_name_nobody(line: str) -> None:
    assert claims_of(line).publisher is None


@pytest.mark.parametrize(
    "line",
    [
        "Date: 3 July 2024",
        "date 2024-07-03",
        "Published: 2024-07-03",
        "Published 3 July 2024, 14:05",
        "Published on July 3, 2024 | Updated July 5, 2024",
        "First published: Wednesday, 3 July 2024",
        "Posted: July 3, 2024 by Jane Doe",
        "Issued 2024/07/03",
    ],
)
def test_a_line_with_its_date_dates_the_text(line: str) -> None:
    assert claims_of(f"{line}\n\n{PROSE}").published == date(2024, 7, 3)
    assert claims_of(f"Talks went on for hours\n{line}\n{PROSE}").published == date(2024, 7, 3)


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 2024-07-03",
        "3 July 2024",
        "Dated 3 July 2024, the letter asks for a meeting.",
        "Date: 03/07/2024",
        "Published: last week",
        "Date: 2024-02-31",
        "The summit is on 3 July 2024.",
        "Deadline: 3 July 2024",
    ],
)
def test_a_date_that_is_not_said_to_be_the_texts_is_not_taken(line: str) -> None:
    assert claims_of(f"{line}\n\n{PROSE}").published is None


def test_a_date_before_the_text_dates_it_and_its_line_is_no_headline() -> None:
    claims = claims_of(f" date 2024-07-03 A paper reported that a candidate wants a pact to end\n\n{PROSE}")
    assert claims == Claims(published=date(2024, 7, 3))


def test_a_dated_line_far_below_says_nothing_of_the_text() -> None:
    assert claims_of("\n\n".join([PROSE] * 12 + ["Published: 2024-07-03"])).published is None


@pytest.mark.parametrize(
    "title",
    [
        "Talks End Without a Deal",
        "No conditions met for talks, spokesman says",
        "Who are the envoys that met the president?",
        "“Root causes” must go, says ministry",
        "Budget 2025",
        "28-point plan: what is in it",
        "Deal reached with the U.S.",
        "Envoys meet Mr. Smith and Dr. Jones",
        "Переговоры завершились без результата",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_headline_over_prose_is_the_title(title: str, gap: str) -> None:
    assert claims_of(f"{title}{gap}{PROSE}").title == title


@pytest.mark.parametrize(
    "first",
    [
        PROSE,
        "It was over.",
        "Dear all,",
        "Hello team",
        "- first item of a list",
        "1. First item",
        "name: value",
        "https://example.org/page",
        "From: Jane Doe",
        "the line begins with a small letter",
        "Talks went on. They ended at night",
        "Envoys met Mr. Smith. They left",
        "Word",
        "There is ‘room’ for cooperation between the two parties, an aide has told the media after the session",
        "2024-07-03",
        "| a | b |",
        "MOSCOW (Reuters) - Talks began on Thursday",
        "Advertisement",
    ],
)
def test_what_is_no_headline_is_no_title(first: str) -> None:
    assert claims_of(f"{first}\n\n{PROSE}").title is None


def test_furniture_above_the_headline_is_passed_over() -> None:
    assert claims_of(f"Advertisement\n\nTalks end without a deal\n\n{PROSE}").title == "Talks end without a deal"


def test_the_first_line_of_a_wrapped_paragraph_is_no_title() -> None:
    wrapped = (
        "This is a plain text that somebody wrapped at some width, as in\n"
        "Vladimir's letters, where each line is about as long as the one\n"
        "before it and the paragraph goes on for a while, until it stops.\n"
    )
    assert claims_of(wrapped).title is None


def test_a_line_without_prose_below_is_no_title() -> None:
    assert claims_of("Shopping list\n\nmilk\neggs\nbread").title is None
    assert claims_of("Only one line of text").title is None


@pytest.mark.parametrize(
    ("line", "author"),
    [("By Jane Doe", "Jane Doe"), ("By Jane Doe and John Public, Agency", "Jane Doe and John Public, Agency")],
)
def test_a_byline_names_the_author(line: str, author: str) -> None:
    claims = claims_of(f"Talks end without a deal\n\n{line}\n\n{PROSE}")
    assert (claims.title, claims.author) == ("Talks end without a deal", author)


def test_a_sentence_that_begins_with_by_names_nobody() -> None:
    assert claims_of(f"By Friday\n\n{PROSE}").author is None
    assert claims_of(f"By the end of the day it was over.\n\n{PROSE}").author is None


def test_labelled_lines_at_the_top_are_what_they_say() -> None:
    text = f"Title: Talks end\nPublisher: The Paper\nAuthor: Jane Doe\nDate: 3 July 2024\n\n{PROSE}"
    assert claims_of(text) == Claims(
        title="Talks end", publisher="The Paper", author="Jane Doe", published=date(2024, 7, 3)
    )


def test_a_labelled_line_below_prose_is_prose() -> None:
    assert claims_of(f"{PROSE}\n\nSource: The Paper\n\n{PROSE}").publisher is None


def test_a_text_that_says_nothing_of_itself() -> None:
    assert claims_of(PROSE) == NOTHING


@given(st.text().map(normalise))
def test_no_text_breaks_it(text: str) -> None:
    said = claims_of(text)
    assert said.title is None or said.title in " ".join(text.split())


@pytest.mark.parametrize(
    "hostile",
    [
        "A-" * 500_000,
        "A " * 500_000,
        "MOSCOW, " * 200_000 + "(",
        "By " + "Aa " * 500_000,
        "Published: " + "2024-" * 99_999,
    ],
)
def test_hostile_lines_are_looked_at_quickly(hostile: str) -> None:
    assert claims_of(hostile) == NOTHING
