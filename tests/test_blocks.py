"""Where lines are joined, and which marks belong together: what sentences are found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lines import blocks
from index.quotations import pairs


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in blocks(text)]


def paired(text: str) -> list[str]:
    return [text[pair.start : pair.end] for pair in pairs(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "A line that goes on in the next one\nbecause this begins with a small letter.",
        "The Kremlin said that no consultations with\nWashington were under way.",
        "A line far longer than any that is wrapped at a width, since whoever wrote it let it run on and on to the name"
        " of a thing\nof which more is said here.",
        "In Brussels, in Paris and even in London,\nMoscow is not believed.",
        "Every line of this text is about as long as\nEvery other line is, which is how text looks\nWhen a program "
        "has wrapped it at a width it\nHad.",
    ],
)
def test_lines_of_one_text(text: str) -> None:
    assert parts(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Talks end without a plan for peace\nThe envoys left Moscow on Tuesday after five hours.",
        "A line that goes on in the next one\n- but the next one is an item of a list",
        "A line that goes on in the next one\n2. and here it is a number",
        "A line that goes on in the next one\n(b) or a letter",
        "## a heading of a page in Markdown\nand its text.",
        "| a row of a table | with two cells |\n| another | row |",
        "milk\neggs\nbread",
        "Short.\nLines.\nEach.",
        "x" * 200 + " is a paragraph of its own\nAnd this is another",
    ],
)
def test_lines_apart(text: str) -> None:
    assert parts(text) == text.split("\n")


@pytest.mark.parametrize("separator", ["\n\n", "\n \t\n", "\r\n\r\n", "\u2029", "\f", "\n\n\n\n"])
def test_what_ends_a_paragraph(separator: str) -> None:
    assert parts(f"one part of a text that goes on{separator}and another part of it") == [
        "one part of a text that goes on",
        "and another part of it",
    ]


@given(st.lists(st.sampled_from(["one line of text that is long enough", "and", "", " ", "- x", "Y."])).map("\n".join))
def test_blocks_are_in_order_and_leave_out_nothing_but_blank_lines(text: str) -> None:
    assert "".join("".join(part.split()) for part in parts(text)) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “go” and (left).", ["“go”", "(left)"]),
        ('He said "go" and "left".', ['"go"', '"left"']),
        ("„Ja“ und «oui» und 「はい」", ["„Ja“", "«oui»", "「はい」"]),
        ("`` Go , '' he said", ["`` Go , ''"]),
        ("(one [two] three)", ["[two]", "(one [two] three)"]),
        ("‘It’s his dogs’ bowl’", ["‘It’s his dogs’"]),
        ("It's the dogs' bowl from the '90s", []),
        ('a 6" pipe', []),
        ("(never closed [but this is]", ["[but this is]"]),
        ("never opened) and ]", []),
        ("(crossed [over) here]", ["(crossed [over)"]),
        ('" spaced out " words', ['" spaced out "']),
    ],
)
def test_marks_that_belong_together(text: str, expected: list[str]) -> None:
    assert paired(text) == expected


@given(st.text("()[]“”\"'`‘’ ab.", max_size=60))
def test_pairs_nest_or_stand_apart(text: str) -> None:
    found = pairs(text, 0, len(text))

    assert all(0 <= pair.start < pair.closing < pair.end <= len(text) for pair in found)
    for one in found:
        for other in found:
            crossing = one.start < other.start < one.end < other.end
            assert not crossing
