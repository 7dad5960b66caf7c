"""The words of the pages: in six languages alike, chosen by the reader, counted and dated as each language does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_frame_files import PLURALS, blanks
from ui.wording import COOKIE, COPIED, ENGLISH, LANGUAGES, WORDS, wording_in, wording_of

UI = Path(__file__).parent.parent / "ui"
OWN, FRAME = WORDS
Words = dict[str, str | dict[str, str]]


def words(folder: Path, language: str) -> Words:
    found: Words = json.loads((folder / f"{language}.json").read_text("utf-8"))
    return found


def forms(said: str | dict[str, str]) -> dict[str, str]:
    return said if isinstance(said, dict) else {"other": said}


@pytest.mark.parametrize("folder", [OWN, COPIED], ids=lambda folder: folder.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_blanks(language: str, folder: Path) -> None:
    english = words(folder, "en")
    said = words(folder, language)
    assert said.keys() == english.keys()
    for key, each in said.items():
        assert isinstance(each, dict) == isinstance(english[key], dict), key
        assert all(form.strip() for form in forms(each).values()), key
        assert blanks(forms(each)["other"]) == blanks(forms(english[key])["other"]), key
        if isinstance(each, dict):
            assert set(each) == PLURALS[language], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_both_the_page_s_and_the_frame_s(language: str) -> None:
    own, frame, copied = (words(folder, language).keys() for folder in (OWN, FRAME, COPIED))
    assert not own & frame | own & copied | frame & copied


def test_all_words_of_the_page_are_said_somewhere() -> None:
    said = "\n".join(path.read_text("utf-8") for path in sources())
    assert [key for key in words(OWN, "en") | words(COPIED, "en") if not re.search(rf"[\"']{key}[\"']", said)] == []


def test_the_page_says_no_key_that_has_no_words() -> None:
    asked = {
        key
        for path in sources()
        for key in re.findall(r"\b(?:say|count)\(\s*\"([a-z]\w*)\"", path.read_text("utf-8"))
        if path.suffix != ".py"
    }
    assert asked <= ENGLISH.words.keys()


def sources() -> Iterator[Path]:
    """What speaks on the pages; the frame's own scripts say the frame's words."""
    yield from UI.rglob("*.py")
    yield from UI.glob("static/*.js")
    yield from UI.glob("templates/*.html")


def asking(*, cookie: str = "", accept: str = "") -> str:
    """The language of whoever sends these headers."""
    named = {"cookie": cookie, "accept-language": accept}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in named.items() if value]
    return wording_of({"type": "http", "headers": headers}).language


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("ja, pl;q=0.5, fr;q=0.7", "fr"),
        ("ar,en", "ar"),
        ("en;q=0.1, es", "es"),
        ("de;q=0, pl;q=0.001", "pl"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("de;q=nonsense", "en"),
        ("tlh", "en"),
    ],
)
def test_without_a_choice_the_browser_s_preference_counts(accept: str, language: str) -> None:
    assert asking(accept=accept) == language


def test_a_choice_counts_before_the_browser_s_preference() -> None:
    assert asking(cookie=f"other=de; {COOKIE}=pl", accept="fr") == "pl"
    assert asking(cookie=f"{COOKIE}=xx", accept="fr") == "fr"
    assert asking(cookie=f'"; {COOKIE}=../../secret', accept="") == "en"


@given(cookie=st.text(st.characters(max_codepoint=255)), accept=st.text(st.characters(max_codepoint=255)))
def test_whatever_is_sent_a_language_comes_of_it(cookie: str, accept: str) -> None:
    assert asking(cookie=cookie, accept=accept) in LANGUAGES


def test_days_and_numbers_are_each_language_s_own() -> None:
    day = date(2025, 8, 16)
    assert ENGLISH.day(day) == "16 August 2025"
    assert wording_in("de").day(day) == "16. August 2025"
    assert wording_in("ar").day(day) == "16 أغسطس 2025"
    assert (ENGLISH.number(50_000), wording_in("de").number(50_000)) == ("50,000", "50.000")


def test_counts_take_the_form_that_goes_with_them() -> None:
    polish = wording_in("pl")
    assert [polish.count("quoteCount", n) for n in (1, 3, 5, 22)] == ["1 cytat", "3 cytaty", "5 cytatów", "22 cytaty"]
    assert ENGLISH.count("documentCount", 50_000) == "50,000 documents"
    assert wording_in("ar").count("quoteCount", 2) == "اقتباسان"


def test_blanks_are_filled_and_nothing_else_is_read_in_what_fills_them() -> None:
    assert ENGLISH.say("writtenBy", model="{model} {0}") == "Written by {model} {0}, each sentence checked."
    assert ENGLISH.say("writtenBy") == "Written by {model}, each sentence checked."
    with pytest.raises(KeyError):
        ENGLISH.say("no such key")


def test_each_language_knows_its_name_and_direction() -> None:
    assert [wording_in(each).name for each in LANGUAGES] == [
        *("English", "Deutsch", "Français", "Español", "Polski", "العربية")
    ]
    assert [each for each in LANGUAGES if wording_in(each).direction == "rtl"] == ["ar"]
