"""The phrase that names somebody, read backwards from a verb and forwards from "said" or "according to"."""

from __future__ import annotations

import pytest

from rag.language import speech
from rag.language.naming import name_after, name_before
from rag.language.words import QUOTE, Words, words_of


def before(text: str) -> str | None:
    words = words_of(text)
    return name_before(words, len(words) - 1).name


def after(text: str, *, strict: bool = False) -> str | None:
    return name_after(words_of(text), 0, strict=strict).name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Peskov", "Peskov"),
        ("Kremlin spokesman Dmitry Peskov", "Dmitry Peskov"),
        ("But Ukrainian President Volodymyr Zelenskyy", "Volodymyr Zelenskyy"),
        ("Ursula von der Leyen", "Ursula von der Leyen"),
        ("The White House", "the White House"),
        ("the Ministry of Defence", "the Ministry of Defence"),
        ("the Institute for the Study of War", "the Institute for the Study of War"),
        ("Russia's Foreign Ministry", "Russia's Foreign Ministry"),
        ("the United Nations", "the United Nations"),
        ("Putin's aide Yury Ushakov", "Yury Ushakov"),
        ("Macron and Merz", "Macron and Merz"),
        ("John Major", "John Major"),
        ("King Charles", "King Charles"),
        ("Gen. Keith Kellogg", "Keith Kellogg"),
        # titles, owners and common nouns alone are nobody
        ("the Russian President", None),
        ("Prime Minister", None),
        ("Putin's", None),
        ("officials", None),
        ("Officials", None),
        ("on Wednesday", None),
        ("an aide to Putin", None),
        ("the plan of Trump", None),
        ("the deal Trump", None),
    ],
)
def test_a_name_before_a_verb(text: str, name: str | None) -> None:
    assert before(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Peskov on Sunday", "Peskov"),
        ("Kremlin aide Yury Ushakov, who", "Yury Ushakov"),
        ("the Kremlin", "the Kremlin"),
        ("spokesman Dmitry Peskov", "Dmitry Peskov"),
        ("state Sen. Glenn Reese", "Glenn Reese"),
        ("Reuters", "Reuters"),
        ("a spokesman for Putin", None),
        ("a plan", None),
        ("the plan of Trump", None),
        ("Putin’s office", None),
        ("", None),
    ],
)
def test_a_name_after_a_verb(text: str, name: str | None) -> None:
    assert after(text) == name


def test_strictly_no_noun_may_follow() -> None:
    assert after("Reuters sources", strict=True) is None
    assert after("Reuters on Monday", strict=True) == "Reuters"
    assert after("Reuters earlier today", strict=True) == "Reuters"


def test_pronouns_and_roles_point_back() -> None:
    words = words_of("he")
    assert name_before(words, 0).reference == "he"
    assert name_after(words, 0).reference == "he"
    role = words_of("the spokesman")
    assert name_before(role, 1).reference == "spokesman"
    assert name_before(words_of("a spokesman"), 1).is_nobody


def test_a_person_is_told_from_a_body_and_a_brand() -> None:
    def is_person(text: str) -> bool:
        words = words_of(text)
        return name_before(words, len(words) - 1).is_person

    assert is_person("Dmitry Peskov")
    assert is_person("Michael McFaul")
    assert not is_person("The Kremlin")
    assert not is_person("Reuters")
    assert not is_person("YouTube")
    assert not is_person("CNN")


def test_titles_are_kept_for_those_who_point_back() -> None:
    words = words_of("Kremlin spokesman Dmitry Peskov")
    assert "spokesman" in name_before(words, 3).titles
    assert "president" in name_before(words_of("Russian President Vladimir Putin"), 3).titles


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("“No,” he said.", [QUOTE, "he", "said", "."]),
        ('"No," he said.', [QUOTE, "he", "said", "."]),
        ("„Nein“, he said.", [QUOTE, ",", "he", "said", "."]),
        ("« Non », he said.", [QUOTE, ",", "he", "said", "."]),
        ("It is ‘fine’.", ["It", "is", QUOTE, "."]),
        ("It’s John’s.", ["It’s", "John’s", "."]),
        ("He said: “No more", ["He", "said", ":", QUOTE]),
        ("no more,” he said.", [QUOTE, "he", "said", "."]),
        ('no more," he said.', [QUOTE, "he", "said", "."]),
        ("U.S. Gen. J. D. Lee", ["U.S.", "Gen.", "J.", "D.", "Lee"]),
        ("a five-hour talk", ["a", "five-hour", "talk"]),
    ],
)
def test_a_sentence_as_words(sentence: str, text: list[str]) -> None:
    assert words_of(sentence).text == text


def test_words_know_times_and_names() -> None:
    words = words_of("Later Peskov on 14 June said so")
    assert isinstance(words, Words)
    assert words.time_before(4) == 1
    assert not words.is_name(0)
    assert words.is_name(1)
    assert not words.is_name(4)


def test_the_lists_of_words_do_not_contradict_each_other() -> None:
    assert speech.FINITE.isdisjoint(speech.PARTICIPLES)
    assert speech.FINITE >= speech.SAYING
    assert speech.FINITE >= speech.INVERTED
    assert set(speech.PARTICLES_NEEDED) <= speech.FINITE | speech.PARTICIPLES
    assert speech.FINITE.isdisjoint(speech.PREPOSITIONS | speech.SUBORDINATORS | speech.PRONOUNS)
    assert speech.MEN.isdisjoint(speech.WOMEN)
    assert speech.PRONOUNS < speech.GENERIC
