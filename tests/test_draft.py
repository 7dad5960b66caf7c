"""Drafts as people write them: which sentences state something, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.draft import Stated, leans, statements


def stated(draft: str) -> list[str]:
    return [each.text for each in statements(draft)]


def only(draft: str) -> Stated:
    [found] = statements(draft)
    return found


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("", []),
        ("\n \n", []),
        ("The talks ended. Kyiv refused.", ["The talks ended.", "Kyiv refused."]),
        ("Kyiv refused", []),
        ("Kyiv has refused", ["Kyiv has refused"]),
        ("Really?\n\nDid he go? He went home.", ["He went home."]),
        ("Enough.", []),
        ("# The talks ended\n\nThey ended at noon.", ["They ended at noon."]),
        ("## The talks ended ##\nThey ended at noon.", ["They ended at noon."]),
        ("The talks ended\n===============\nThey ended at noon.", ["They ended at noon."]),
        ("The talks ended\n---\nThey ended at noon.", ["They ended at noon."]),
        ("Talks in the Kremlin\n\nThe talks lasted five hours, he said.", ["The talks lasted five hours, he said."]),
        ("#hashtag is no heading here.", ["#hashtag is no heading here."]),
        ("One line said it.\n\n---\n\nAnother line said it.", ["One line said it.", "Another line said it."]),
        ("***\n\nOne line said it.", ["One line said it."]),
    ],
)
def test_headings_questions_and_single_words_state_nothing(draft: str, expected: list[str]) -> None:
    assert stated(draft) == expected


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        ("The **talks** lasted *five* hours.", "The talks lasted five hours."),
        ("The __talks__ lasted _five_ hours.", "The talks lasted five hours."),
        ("The ***talks*** lasted `five` hours.", "The talks lasted five hours."),
        ("The [talks](https://example.org/a_(b)) lasted.", "The talks lasted."),
        ('The [talks](https://example.org "A title") lasted.', "The talks lasted."),
        ("The [talks][1] lasted five hours.", "The talks lasted five hours."),
        ("The talks lasted[^2] five hours.[^note]", "The talks lasted five hours."),
        ("The talks lasted five hours [3].", "The talks lasted five hours."),
        ("The talks lasted [1, 2] five hours [4-6].", "The talks lasted five hours."),
        ("The talks lasted ~~six~~ five hours.", "The talks lasted five hours."),
        ("The talks ![a clock](clock.png) lasted five hours.", "The talks lasted five hours."),
        ("The <b>talks</b> lasted five hours.<br/>", "The talks lasted five hours."),
        ("The talks <!-- really? --> lasted five hours.", "The talks lasted five hours."),
        ("The talks lasted \\*five\\* hours.", "The talks lasted *five* hours."),
        ("Snake_case_names and 2 * 3 * 4 stay as they are.", "Snake_case_names and 2 * 3 * 4 stay as they are."),
        (
            "The talks, wrapped at a width that is usual,\nlasted five hours.",
            "The talks, wrapped at a width that is usual, lasted five hours.",
        ),
        ("\ufeffThe talks lasted five hours.", "The talks lasted five hours."),
        ("He said “[the] talks lasted”.", "He said “[the] talks lasted”."),
    ],
)
def test_marks_are_no_words(draft: str, text: str) -> None:
    assert only(draft).text.lstrip("\ufeff") == text


def test_code_front_matter_and_addresses_are_left_out() -> None:
    draft = (
        "---\ntitle: Talks went on.\nreaders: [public]\n---\n\nThe talks ended.\n\n```python\nprint('It was said.')\n"
        "```\n\n~~~\nThis too is code.\n```\nAnd this is code.\n~~~\n[a]: https://example.org/It.was.said.\n\n"
        "Kyiv has refused."
    )
    assert stated(draft) == ["The talks ended.", "Kyiv has refused."]
    assert stated("---\nThe talks ended.\n") == ["The talks ended."]
    assert stated("The talks ended.\n\n```\nnever closed, it was said.") == ["The talks ended."]


def test_a_comment_hides_lines_but_moves_none() -> None:
    draft = "The talks ended.\n<!-- To check.\n\nIt was said. -->\nKyiv has refused."
    first, second = statements(draft)
    assert draft[first.span.start : first.span.end] == "The talks ended."
    assert draft[second.span.start : second.span.end] == "Kyiv has refused."


def test_items_of_a_list_are_statements_of_their_own() -> None:
    draft = (
        "- The talks ended.\n- Kyiv has refused\n* [x] Moscow agreed to it.\n1. One man went home.\n"
        "2) Two men stayed on\n   and on until noon.\n  - The third one slept there."
    )
    assert stated(draft) == [
        "The talks ended.",
        "Kyiv has refused",
        "Moscow agreed to it.",
        "One man went home.",
        "Two men stayed on and on until noon.",
        "The third one slept there.",
    ]


def test_an_item_that_is_no_sentence_is_checked_with_what_introduces_it() -> None:
    draft = (
        "Putin demanded **of Ukraine**:\n\n- withdrawal from four regions;\n- neutrality\n- Ukraine must leave NATO.\n"
        "\nEnough. And it ended."
    )
    first, third, last = statements(draft)
    assert (first.text, first.claim) == (
        "withdrawal from four regions;",
        "Putin demanded of Ukraine withdrawal from four regions;",
    )
    assert third.claim == third.text == "Ukraine must leave NATO."
    assert last.claim == "And it ended."
    assert only("- withdrawal from four regions").claim == "withdrawal from four regions"


def test_the_words_that_introduce_a_list_hold_for_that_list_only() -> None:
    draft = "He demanded:\n- land and peace\n\nThen it rained.\n- sun and more rain"
    assert [each.claim for each in statements(draft)] == [
        "He demanded land and peace",
        "Then it rained.",
        "sun and more rain",
    ]


def test_a_number_that_opens_a_wrapped_line_is_no_item() -> None:
    draft = "There were 12 ministers at the table, and of the\n14. April treaty not one of them had read a word."
    assert stated(draft)[-1].startswith("14. April treaty")


def test_quoted_text_is_read_like_any_other() -> None:
    draft = (
        "> The talks went on in the evening, and they\n> lasted five hours.\n>\n> > Kyiv has refused it.\n"
        "> - One item is here."
    )
    assert stated(draft) == [
        "The talks went on in the evening, and they lasted five hours.",
        "Kyiv has refused it.",
        "One item is here.",
    ]


def test_of_a_table_only_whole_sentences_are_read() -> None:
    table = (
        "| who | what |\n|:---|---:|\n| Kyiv and its partners | 5 hours |\n| Moscow | The talks lasted five hours. |\n"
    )
    draft = f"{table}\nIt has ended."
    assert stated(draft) == ["The talks lasted five hours.", "It has ended."]


def test_a_footnote_is_read_if_it_is_a_sentence() -> None:
    assert stated("It has ended.[^1]\n\n[^1]: Moscow desk, 3 December 2025\n[^2]: The desk wrote this in June.") == [
        "It has ended.",
        "The desk wrote this in June.",
    ]


def test_a_statement_knows_what_was_said_before_it() -> None:
    draft = "# Putin in Moscow\n\nHe spoke at noon. He left at one. Peskov stayed on. It rained."
    assert [each.before for each in statements(draft)] == [
        "Putin in Moscow",
        "Putin in Moscow He spoke at noon.",
        "Putin in Moscow He spoke at noon. He left at one.",
        "Peskov stayed on.",
    ]


def test_a_long_tale_of_one_man_is_not_remembered_whole() -> None:
    *_, last = statements("Putin spoke. " + "He went on and on in the same tone. " * 500)
    assert 100 < len(last.before) < 1_000


@pytest.mark.parametrize("text", ["He left.", "“They left", "Their plan failed.", "it ended", "This is it."])
def test_what_leans_on_the_sentence_before(text: str) -> None:
    assert leans(text)
    assert not leans(f"Peskov said {text}")
    assert not leans("Hebrew is spoken. Thesis. Itself.")


PIECES = (
    *("Kyiv has refused it. ", "He left at noon. ", "**", "_", "`", "~~", "[", "](x)", "[^1]", "[2]", "\n", "\n\n"),
    *("- ", "1. ", "> ", "# ", "| ", "|", "```\n", "<!--", "-->", "\\", "é", "\u2028", "\r\n", "--- \n", ": ", "=\n"),
)
MARKUP = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(MARKUP | st.text(max_size=200))
def test_statements_stand_in_order_where_they_say(draft: str) -> None:
    end = 0
    for each in statements(draft):
        assert end <= each.span.start < each.span.end <= len(draft)
        end = each.span.end
        place = draft[each.span.start : each.span.end]
        # Nothing is added: the words are the place's own characters, in order.
        rest = iter(place)
        assert all(character in rest for character in each.text if not character.isspace())
        assert each.text in each.claim
        assert "\n" not in each.text


@given(st.lists(st.sampled_from(["Kyiv has refused it.", "He left at noon.", "The 2 talks went on."]), min_size=1))
def test_plain_sentences_all_come_back_each_in_its_place(given: list[str]) -> None:
    draft = " ".join(given)
    found = tuple(statements(draft))
    assert [each.text for each in found] == given
    assert [draft[each.span.start : each.span.end] for each in found] == given
