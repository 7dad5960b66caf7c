"""A written line says what it says and names what it names: a table of the ways models write it, and no guessing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.normalise import normalise
from rag.writing.cited import NOTHING, UNNAMED, Drafted, drafted

CITABLE = frozenset((1, 2, 3))


def read(line: str, citable: frozenset[int] = CITABLE) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a line without a fault."""
    found = drafted(line, citable)
    assert not [each for each in found if each.fault], found
    return [(each.text, each.numbers) for each in found]


def fault(line: str, citable: frozenset[int] = CITABLE) -> str:
    (one,) = drafted(line, citable)
    assert one.fault is not None
    assert one.numbers == ()
    return one.fault


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("The talks lasted five hours [1].", (1,)),
        ("The talks lasted five hours. [1]", (1,)),
        ("The talks lasted five hours.[1]", (1,)),
        ("The talks lasted five hours [1, 3].", (1, 3)),
        ("The talks lasted five hours [1,3].", (1, 3)),
        ("The talks lasted five hours [1; 3].", (1, 3)),
        ("The talks lasted five hours [1 and 3].", (1, 3)),
        ("The talks lasted five hours [1 3].", (1, 3)),
        ("The talks lasted five hours [1-3].", (1, 2, 3)),
        ("The talks lasted five hours [1–3].", (1, 2, 3)),
        ("The talks lasted five hours [1 to 3].", (1, 2, 3)),
        ("The talks lasted five hours [1-2, 3].", (1, 2, 3)),
        ("The talks lasted five hours [2][2].", (2,)),
        ("The talks lasted five hours [3][1].", (3, 1)),
        ("The talks lasted five hours [1] [3].", (1, 3)),
        ("The talks lasted five hours [1], [3].", (1, 3)),
        ("The talks lasted five hours [1] and [3].", (1, 3)),
        ("The talks lasted five hours (see [1]).", (1,)),
        ("The talks lasted five hours (Sources: [1], [2]).", (1, 2)),
        ("The talks lasted five hours ([1]).", (1,)),
        ("The talks lasted five hours [[2]].", (2,)),
        ("The talks lasted five hours [^2].", (2,)),
        ("The talks lasted five hours [Evidence 2].", (2,)),
        ("The talks lasted five hours [quotes 1 and 2].", (1, 2)),
        ("The talks lasted five hours [Nr. 2].", (2,)),
        ("The talks lasted five hours 【1】.", (1,)),
        ("The talks lasted five hours ［1］.", (1,)),
        ("The talks lasted five hours （1）.", (1,)),
        ("The talks lasted five hours 〔1，2〕.", (1, 2)),
        ("The talks lasted five hours [１].", (1,)),
        ("The talks lasted five hours [١].", (1,)),
        ("The talks lasted five hours¹.", (1,)),
        ("The talks lasted five hours.¹", (1,)),
        ("The talks lasted five hours.¹ ³", (1, 3)),
        ("The talks lasted five hours.¹,³", (1, 3)),
        ("The talks lasted [2] five hours.", (2,)),
        ("The talks [1] lasted five hours [2].", (1, 2)),
        ("[1] The talks lasted five hours.", (1,)),
        ("- The talks lasted five hours. [1]", (1,)),
        ("* The talks lasted five hours. [1]", (1,)),
        ("• The talks lasted five hours. [1]", (1,)),
        ("2. The talks lasted five hours. [1]", (1,)),
        ("2) The talks lasted five hours. [1]", (1,)),
        ("(2) The talks lasted five hours. [1]", (1,)),
        ("> - The talks lasted five hours. [1]", (1,)),
        ("## The talks lasted five hours. [1]", (1,)),
        ("**The talks lasted five hours.** [1]", (1,)),
        ("The talks lasted **five hours**. **[1]**", (1,)),
        ("   The talks\tlasted  five hours. [1]  \r", (1,)),
    ],
)
def test_what_is_plainly_meant_is_read(line: str, numbers: tuple[int, ...]) -> None:
    assert read(line) == [("The talks lasted five hours.", numbers)]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("It lasted five hours [0].", "quote 0,"),
        ("It lasted five hours [99].", "quote 99,"),
        ("It lasted five hours [1,99].", "quote 99,"),
        ("It lasted five hours [1][99].", "quote 99,"),
        ("It lasted five hours [98][99][98].", "quotes 98 and 99,"),
        ("It lasted five hours [4, 5, 6, 7, 8].", "quotes 4, 5, 6 and more,"),
        ("It lasted five hours [1-4].", "quote 1-4,"),
        ("It lasted five hours [0-2].", "quote 0-2,"),
        ("It lasted five hours [3-1].", "quote 3-1,"),
        ("It lasted five hours [1-100000000].", "quote 1-100000000,"),
        ("It lasted five hours [1, 2024].", "quote 2024,"),
        ("It lasted five hours [1000].", "quote 1000,"),
        ("It lasted five hours【99】。", "quote 99,"),
        ("It lasted five hours.¹²", "quote 12,"),
        (f"It lasted five hours [{'9' * 150}].", f"quote {'9' * 12}…,"),
    ],
)
def test_a_number_that_does_not_exist_refuses_the_sentence(line: str, named: str) -> None:
    assert fault(line) == f"it names {named} which it was not given"


@pytest.mark.parametrize(
    "line",
    [
        "It lasted five hours.",
        "In May [2024] it lasted five hours.",
        "It lasted [1.5] hours.",
        "It lasted five [sic] hours.",
        "It lasted five hours [-1].",
        "It lasted five hours (1).",
        "It lasted five hours [].",
        "It covers 5 km² and 10³ litres.",
        "It lasted five hours [1](http://evil.example/).",
        "[1]: http://evil.example/",
        "![seen](http://evil.example/a.png)",
        f"It lasted five hours [{'1, ' * 100}1].",
    ],
)
def test_a_sentence_that_names_nothing_keeps_its_words_and_has_a_fault(line: str) -> None:
    (one,) = drafted(line, CITABLE)
    assert one == Drafted(line, (), UNNAMED)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("In [2024] it lasted five hours [1].", "In [2024] it lasted five hours."),
        ("It lasted [1.5] hours [1].", "It lasted [1.5] hours."),
        ("It lasted five [sic] hours [1].", "It lasted five [sic] hours."),
        ("It covers 5 km² of land [1].", "It covers 5 km² of land."),
        ("It lasted 2**3 hours [1].", "It lasted 2**3 hours."),
        ("![x](http://evil.example/?d=1) It lasted [1].", "![x](http://evil.example/?d=1) It lasted."),
        ('<img src="//evil.example/a"> It lasted [1].', '<img src="//evil.example/a"> It lasted.'),
        ("It &lt;lasted&gt; `five` hours [1].", "It &lt;lasted&gt; `five` hours."),
        ("12 envoys met [1].", "12 envoys met."),
        ("He left[1]and she came.", "He left and she came."),
        ("他说没有【1】谈判。", "他说没有谈判。"),
    ],
)
def test_the_rest_of_the_text_stays_as_it_was_written(line: str, text: str) -> None:
    assert read(line) == [(text, (1,))]


def test_what_cannot_be_seen_is_taken_out_of_the_text() -> None:
    line = "The talks\x1b[2J did \u202enot\u202c la\u200bst\x00 five\u2028hours [1]."
    assert read(line) == [("The talks[2J did not last five hours.", (1,))]


@pytest.mark.parametrize(
    "line",
    [
        *("", "  ", "---", "***", "[1]", "[1][2]", "```", "```text", "~~~"),
        *("Sources: [1], [2]", "**Sources:** RT [1]", "References: 1. RT 2. Reuters", "Evidence: [1]"),
        *(NOTHING, f"{NOTHING}.", f"**{NOTHING}**", f"{NOTHING} [1]"),
    ],
)
def test_a_line_without_a_sentence_gives_none(line: str) -> None:
    assert drafted(line, CITABLE) == ()


def test_each_sentence_of_a_line_has_its_own_numbers() -> None:
    assert read("It began. [1] It lasted five hours [2][3]. It ended.¹") == [
        ("It began.", (1,)),
        ("It lasted five hours.", (2, 3)),
        ("It ended.", (1,)),
    ]


def test_a_sentence_borrows_no_number_from_its_neighbour() -> None:
    began, ended = drafted("It began. It ended [2].", CITABLE)
    assert began == Drafted("It began.", (), UNNAMED)
    assert ended == Drafted("It ended.", (2,))


def test_one_bad_number_refuses_its_own_sentence_only() -> None:
    began, ended = drafted("It began [9]. It ended [2].", CITABLE)
    assert began.fault == "it names quote 9, which it was not given"
    assert ended == Drafted("It ended.", (2,))


def test_a_quotation_of_two_sentences_is_one_sentence() -> None:
    assert read("He said: “We go. We stay.” [2] He left [1].") == [
        ("He said: “We go. We stay.”", (2,)),
        ("He left.", (1,)),
    ]


def test_a_bare_yes_or_no_belongs_to_the_sentence_behind_it() -> None:
    assert read("Yes. Putin rejected it [1].") == [("Yes. Putin rejected it.", (1,))]
    assert read("No. [2] Putin rejected it [1].") == [("No.", (2,)), ("Putin rejected it.", (1,))]
    assert fault("Yes.") == UNNAMED


def test_what_was_left_out_of_the_prompt_is_not_citable() -> None:
    assert read("It lasted [2].", frozenset({2})) == [("It lasted.", (2,))]
    assert "quote 1-2," in fault("It lasted [1-2].", frozenset({2}))
    assert "quote 1," in fault("It lasted [1].", frozenset())


def test_a_draft_has_numbers_or_a_fault() -> None:
    with pytest.raises(ValueError, match="either"):
        Drafted("It lasted.", ())
    with pytest.raises(ValueError, match="either"):
        Drafted("It lasted.", (1,), UNNAMED)


SHAPES = ("[{}]", "[{}].", ". [{}]", "【{}】", "［{}］", " [[{}]]", " (see [{}])")
WORDS = st.lists(st.from_regex(r"[A-Za-zàéß]{4,9}", fullmatch=True), min_size=1, max_size=8)


@given(WORDS, st.lists(st.integers(1, 9), min_size=1, max_size=4), st.sampled_from(SHAPES))
def test_numbers_in_any_shape_come_back_and_leave_no_trace(words: list[str], numbers: list[int], shape: str) -> None:
    text = "Thus " + " ".join(words)
    (one,) = drafted(f"{text} {shape.format(', '.join(map(str, numbers)))}", frozenset(range(1, 10)))
    assert one.text.rstrip(" .") == text
    assert one.numbers == tuple(dict.fromkeys(numbers))


@given(st.text(alphabet="[]【】（）()1290-–,;:.²³ \x00\u202eAb*#>`\n", max_size=120) | st.text(max_size=120))
def test_no_line_breaks_the_parser_and_none_names_what_it_was_not_given(line: str) -> None:
    for one in drafted(line, CITABLE):
        assert one.text == one.text.strip() != ""
        assert "\n" not in one.text
        assert normalise(one.text) == one.text
        assert CITABLE.issuperset(one.numbers)
        assert bool(one.numbers) != bool(one.fault)


@given(st.text(alphabet="abc .,!<>\"'", min_size=1, max_size=80))
def test_a_line_without_brackets_keeps_all_its_characters(text: str) -> None:
    found = drafted(f"Thus {text}", CITABLE)
    kept = re.sub(r"\s", "", "".join(one.text for one in found))
    assert kept == re.sub(r"\s", "", f"Thus {text}")


@pytest.mark.parametrize("unit", ["[1", "[1-9", "1, ", "(see ", "[ ", "¹", "**", "> ", "1. ", "[1][", "( \x00 "])
def test_a_long_hostile_line_is_read(unit: str) -> None:
    """It would take minutes if its time grew with more than the length."""
    for one in drafted(unit * 3_000, CITABLE):
        assert CITABLE.issuperset(one.numbers)
