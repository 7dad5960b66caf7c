"""Markdown: its front matter, and its text without marks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.claims import NOTHING, Claims
from index.errors import Refused
from index.frontmatter import Parted, parted
from index.markdown import parse
from index.normalise import normalise


def front(*lines: str) -> Claims:
    return parted("\n".join(("---", *lines, "---", "Text."))).claims


def text_of(source: str) -> str:
    return normalise(parse(source).text)


def test_everything_that_front_matter_may_say() -> None:
    claims = front(
        "uri: https://example.org/a",
        "title: 'A title: with a colon'",
        "publisher: The Paper",
        "author: Jane Doe",
        "date: 2024-07-03",
        "language: en",
        "readers: [hr, legal]",
    )
    assert claims == Claims(
        "https://example.org/a",
        "A title: with a colon",
        "The Paper",
        "Jane Doe",
        date(2024, 7, 3),
        "en",
        ("hr", "legal"),
    )


def test_front_matter_is_no_part_of_the_body() -> None:
    assert parted("---\ntitle: A\n---\nText.\n\n---\n\nMore.") == Parted(Claims(title="A"), "Text.\n\n---\n\nMore.")
    assert parted("\ufeff---\ntitle: A\n...\nText.") == Parted(Claims(title="A"), "Text.")


@pytest.mark.parametrize(
    "text", ["Text.", "", "---", "--- title ---\n", "Text.\n---\ntitle: A\n---\n", "---\ntitle: A\n"]
)
def test_text_without_front_matter_is_all_body(text: str) -> None:
    assert parted(text) == Parted(NOTHING, text)


def test_a_rule_that_opens_a_text_opens_no_front_matter() -> None:
    text = "---\nA sentence between two rules.\n---\nMore."
    assert parted(text) == Parted(NOTHING, text)


def test_other_names_for_date_author_and_language() -> None:
    assert front("published: 3 July 2024", "authors: [A B, C D]", "lang: de") == Claims(
        author="A B, C D", published=date(2024, 7, 3), language="de"
    )


@pytest.mark.parametrize("line", ["date: 03/07/2024", "date: 2024-07", "published: soon"])
def test_a_date_that_is_not_one_day_is_absent(line: str) -> None:
    assert front(line) == NOTHING


def test_a_language_that_yaml_takes_for_false_is_a_language() -> None:
    assert front("language: no").language == "no"


@pytest.mark.parametrize("line", ["tags: [a]", "layout: post", "nested: {a: {b: c}}", "title: {a: b}", "headers: x"])
def test_keys_of_others_are_left_alone(line: str) -> None:
    assert front(line) == NOTHING


@pytest.mark.parametrize("line", ["readers:", "readers: []", "readers: ''", "readers: {hr: yes}", "readers: [[hr]]"])
def test_readers_that_name_nobody_are_refused(line: str) -> None:
    with pytest.raises(Refused, match="names no reader"):
        front(line)


@pytest.mark.parametrize("line", ["reader: hr", "reders: [hr]"])
def test_a_key_that_may_mean_readers_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="may mean readers"):
        front(line)


def test_readers_in_one_string() -> None:
    assert front("readers: hr; legal").readers == ("hr", "legal")


@pytest.mark.parametrize(
    "line", ["title: [unclosed", "date: {{date}}", "title: 'open", "\ttitle: A", "a: b: c", "x: " + "[" * 5_000]
)
def test_front_matter_that_is_no_yaml_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="not YAML"):
        front(line)


def test_a_bomb_of_aliases_does_not_grow() -> None:
    bomb = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)), "title: A"]
    assert front(*bomb) == Claims(title="A")


def test_marks_go_and_words_stay() -> None:
    source = "A *plain* **sentence** with a [link](https://example.org 'title'), `code` and an ![image of it](i.png).\n"
    assert text_of(source) == "A plain sentence with a link, code and an image of it."


def test_lines_of_a_paragraph_are_one() -> None:
    assert text_of("A sentence that was\nwrapped at\na width.\n\nAnother.\\\nIts second line.") == (
        "A sentence that was wrapped at a width.\n\nAnother.\nIts second line."
    )


def test_headings_keep_their_level() -> None:
    assert text_of("# One\n\nText.\n\nTwo\n---\n\n### Three ###\n") == "# One\n\nText.\n\n## Two\n\n### Three"


def test_lists_stay_lists() -> None:
    assert text_of("- a\n- b\n  1. c\n  2. d\n- e\n\nAfter.") == "- a\n- b\n  1. c\n  2. d\n- e\n\nAfter."
    assert text_of("3. three\n\n   more of it\n\n4. four") == "3. three\n\n  more of it\n\n4. four"


def test_tables_are_rows() -> None:
    assert text_of("Before.\n\n| a | b |\n|---|---|\n| **1** | 2 |\n\nAfter.") == "Before.\n\na | b\n1 | 2\n\nAfter."


def test_code_is_left_as_it_is() -> None:
    assert text_of("```py\nx  =  *y*\n\nz\n```\n\n    indented") == "x  =  *y*\n\nz\n\nindented"


def test_what_is_struck_out_or_commented_out_is_left_out() -> None:
    assert (
        text_of("It takes ~~30~~ 28 days.\n\n<!-- secret\ncomment -->\n\nA<!-- b --> c.") == "It takes 28 days.\n\nA c."
    )


def test_html_leaves_its_words() -> None:
    assert text_of("<div>One<br>two</div>\n\nx<sup>2</sup> &amp; y<br>z") == "One\ntwo\n\nx2 & y\nz"


def test_words_with_underscores_and_stars_stay() -> None:
    assert text_of("snake_case_name and 2 * 3 * 4 and \\*so\\*") == "snake_case_name and 2 * 3 * 4 and *so*"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# A *title*\n\nText.", "A title"),
        ("## A title\n\nText.", "A title"),
        ("<!-- note -->\n\n# A title\n", "A title"),
        ("Text.\n\n# Later\n", None),
        ("#\n\nText.", None),
        ("", None),
    ],
)
def test_the_heading_that_opens_it_is_the_title(source: str, title: str | None) -> None:
    assert parse(source).claims == Claims(title=title)


WORDS = st.lists(st.from_regex(r"[A-Za-z]{2,8}", fullmatch=True), min_size=1, max_size=8).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_plain_paragraphs_come_out_as_they_went_in(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    assert parse(text).text == text


@given(st.text(st.sampled_from("ab #*_`[]()<>!|-~\\\n1.>:&;"), max_size=80))
def test_no_text_breaks_it(source: str) -> None:
    assert isinstance(parse(source).text, str)
