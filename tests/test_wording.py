"""An edit of one text is found where it is, and two texts are not taken for edits of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.comparing.wording import rivals

EDITS = [
    ("The bridge was built in 1902.", "The bridge was built in 1920.", ("1902", "1920")),
    (
        "The bridge of Elm (opened 1902) was built in 1902.",
        "The bridge of Elm (opened 1920) was built in 1920.",
        ("1902", "1920"),
    ),
    ("It was signed on 3 May 1901 in Bonn.", "It was signed on 9 June 1911 in Bonn.", ("3 May 1901", "9 June 1911")),
    ("The town had 3,559 people then.", "The town had 10,000 people then.", ("3,559", "10,000")),
    ("The album is by Ian Brown.", "The album is by Anna Berg.", ("Ian Brown", "Anna Berg")),
    ("The desk opens at noon.", "The desk never opens at noon.", ("desk", "never")),
    ("It is a short film of 2005 by Renuka.", "It is a silent film of 2005 by Renuka.", ("short", "silent")),
    ("Guests may stay over night.", "Guests may not stay over night.", ("may", "not")),
]

NO_EDITS = [
    # the same
    ("The bridge was built in 1902.", "The bridge was built in 1902."),
    ("Kyiv has agreed to it.", "Kiev has agreed to it."),
    ("Zelenskyy has agreed to it.", "Zelensky has agreed to it."),
    ("The fee is 5 euros a day.", "The fee is five euros a day."),
    # several places, so perhaps two things
    ("Kevin played for Leeds in 1940.", "Kevin played for Stoke in 1970."),
    ("In 2010 it had 3,559 people.", "In 2020 it had 3,506 people."),
    # the year is part of a name
    ("By the 2016 census, the town had few streets.", "By the 2021 census, the town had few streets."),
    ("Devata is a 1941 film in Hindi.", "Devata is a 1978 film in Hindi."),
    # other words for the same, or other things listed
    ("He presented the plan in Bonn.", "He unveiled the plan in Bonn."),
    ("The plan needs money and trust.", "The plan needs time and trust."),
    ("It is a draft of the ministry for all.", "It is a proposal of the ministry for all."),
    ("She said it on Monday.", "She stated it on Monday."),
    # too little in common to be one text
    ("It is a film.", "It is a play."),
    # what is added is no rival of a whole
    ("They brought four more documents.", "They brought 28 documents."),
    # a part more is no other
    ("The talks were long.", "The talks in Geneva were long."),
    ("Putin met him.", "Vladimir Putin met him."),
    ("", ""),
    ("", "The bridge was built in 1902."),
]


@pytest.mark.parametrize(("one", "other", "words"), EDITS)
def test_an_edit_is_found(one: str, other: str, words: tuple[str, str]) -> None:
    assert rivals(one, other) == words
    assert rivals(other, one) == words[::-1]


@pytest.mark.parametrize(("one", "other"), NO_EDITS)
def test_what_is_no_edit_is_none(one: str, other: str) -> None:
    assert rivals(one, other) is None
    assert rivals(other, one) is None


@given(st.text(alphabet="The bridge of Elm was not built in 1902 5%.,", max_size=80), st.text(max_size=40))
def test_rivals_are_words_of_their_texts(one: str, other: str) -> None:
    assert rivals(one, one) is None
    found = rivals(one, f"{one} {other}")
    if found:
        assert all(word in one for word in found[0].split())
        assert all(word in f"{one} {other}" for word in found[1].split())
