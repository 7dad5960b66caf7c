"""A phrase is found wherever a person would say that it stands, at its very characters, and nowhere else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.reading.phrases import Folded, Phrases, occurrences, stands

STANDS = [
    ("pull all its troops", "must pull\nall  its\ttroops out"),
    ("pull all its\n troops", "must pull all its troops out"),
    ('Putin\'s "offer" - refused', "Putin’s “offer” – refused"),
    ("Putin’s “offer” — refused", 'Putin\'s "offer" - refused'),
    ("and so on...", "war, and so on…"),
    ("five-hour", "a five\u2011hour meeting"),
    ("ceasefire", "a cease\u00adfire holds"),
    ("cease\u00adfire", "a ceasefire holds"),
    ("café", "the cafe\u0301 opened"),
    ("cafe\u0301", "the café opened"),
    ("각하", "\u1100\u1161\u11a8하"),
    ("Putin", "Putin's terms"),
    ("Kremlin", "a Kremlin-backed man"),
    ("5", "no more than 5, he said"),
    ("5", "it took 5."),
    ("5%", "grew by 5%, at most"),
    ("$5.2 million", "paid $5.2 million"),
    ("和平", "停火与和平协议"),
    ("푸틴", "푸틴은 말했다"),
    ("शांति", "वह शांति चाहता है"),
]
DOES_NOT = [
    ("one", "none of them"),
    ("accept", "unacceptable"),
    ("5", "15 points"),
    ("5", "50 points"),
    ("5", "5.2 points"),
    ("5", "2.5 points"),
    ("5", "5,000 men"),
    ("000", "5,000 men"),
    ("30", "at 10:30 sharp"),
    ("5%", "15%"),
    ("2", "the 2nd"),
    ("a_b", "a_b_c"),
    ("शांत", "वह शांति चाहता है"),
    ("n", "n\u0304a"),
    ("...", "…\u0304"),
    ("NATO", "nato"),
    ("", "anything"),
    ("\u00ad \u200b", "anything at all"),
]


@pytest.mark.parametrize(("phrase", "text"), STANDS)
def test_the_same_words_in_another_writing_stand(phrase: str, text: str) -> None:
    assert stands(phrase, text)


@pytest.mark.parametrize(("phrase", "text"), DOES_NOT)
def test_parts_of_words_and_of_figures_do_not(phrase: str, text: str) -> None:
    assert not stands(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"), [("nato", "the NATO bid"), ("STRASSE", "in der Straße"), ("straße", "IN DER STRASSE")]
)
def test_case_is_looked_at_unless_it_is_folded(phrase: str, text: str) -> None:
    assert not stands(phrase, text)
    assert stands(phrase, text, casefold=True)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("a b", "a  b, a\n\nb", ("a  b", "a\n\nb")),
        ("fire", "fi\u00adre \u200bfire\u200b", ("fi\u00adre", "fire")),
        ("so...", "…and so… so...", ("so…", "so...")),
        ("élan", "\u200be\u0301lan  élan", ("e\u0301lan", "élan")),
        ("fuss", "  Fuß, fuss", ("Fuß", "fuss")),
        ("b", "a  \u00ad b", ("b",)),
        ("one one", "one one one one one", ("one one", "one one")),
        ("a", "ab a", ("a",)),
    ],
)
def test_places_are_those_of_the_text_itself(phrase: str, text: str, found: tuple[str, ...]) -> None:
    assert tuple(text[start:end] for start, end in occurrences(phrase, text, casefold=True)) == found


PIECES = ("a", "B", "ß", "İ", "é", "e\u0301", "\u0327\u0301", " ", "\n ", "\t", "…", "“", "'", "—", "-", "\u00ad", "5")
WRITTEN = st.lists(st.sampled_from((*PIECES, ".", ",", "한", "\u1100\u1161", "\u0b47\u0b3e", "和")), max_size=24).map(
    "".join
)


@given(WRITTEN | st.text(max_size=30), st.booleans())
def test_folding_twice_is_folding_once(text: str, casefold: bool) -> None:
    once = Folded(text, casefold=casefold).text
    assert Folded(once, casefold=casefold).text == once or not unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("“”’—–…\u00ad\n\t")


@given(WRITTEN, WRITTEN, WRITTEN, st.booleans())
def test_whatever_stands_alone_is_found_where_it_stands(before: str, phrase: str, after: str, casefold: bool) -> None:
    text = f"{before} | {phrase.strip()} | {after}"
    seen = Folded(phrase, casefold=casefold).text.strip()
    if not seen:
        return
    places = occurrences(phrase, text, casefold=casefold)
    assert places
    for start, end in places:
        assert seen in Folded(text[start:end], casefold=casefold).text  # a full stop is a part of an ellipsis


@given(
    st.lists(WRITTEN, max_size=5),
    WRITTEN,
    st.lists(st.sampled_from((" ", " | ", ", ", "和", "")), min_size=5, max_size=5),
)
def test_many_phrases_are_found_where_each_is(phrases: list[str], rest: str, between: list[str]) -> None:
    text = rest + "".join(f"{gap}{phrase}" for gap, phrase in zip(between, phrases, strict=False))
    for casefold in (False, True):
        alone = {phrase: occurrences(phrase, text, casefold=casefold) for phrase in phrases}
        together = dict(Phrases(phrases, casefold=casefold).occurrences(text))
        assert together == {phrase: places for phrase, places in alone.items() if places}
