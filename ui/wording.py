"""What the pages say, in the reader's language: sentences, counts and days.

Sentences stand in `ui/static/words/`, and those that an embedded chat says too in `ui/embed/static/words/`; no key is
in both. Plural forms and the writing of days and numbers are those of the Unicode Common Locale Data Repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from starlette.types import Scope

from ui.access.fields import sent

COOKIE = "onrecord-language"
"""The cookie that holds a reader's choice. It is no secret."""
LANGUAGES = ("en", "de", "fr", "es", "pl", "ar")
"""The languages that the pages speak, the first where a reader asks for none of them."""
WORDS = (Path(__file__).parent / "static" / "words", Path(__file__).parent / "embed" / "static" / "words")
COPIED = Path(__file__).parent / "copied"
"""Those of text that is taken along, which no browser is sent."""

_BLANK = re.compile(r"\{(\w+)\}")
_PREFERENCE = re.compile(r"\s*([a-zA-Z]{2,3}|\*)(?:-[a-zA-Z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")
_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Wording:
    """One language. `words` holds a sentence by its key, or one for each plural form; {name} in it is a blank."""

    language: str
    words: Mapping[str, str | Mapping[str, str]]

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way the language is written."""
        return "rtl" if self._locale.text_direction == "rtl" else "ltr"

    @property
    def name(self) -> str:
        """What the language calls itself."""
        called = self._locale.get_language_name(self.language) or self.language
        return called[:1].upper() + called[1:]

    def say(self, key: str, **values: object) -> str:
        """The sentence, its blanks filled with `values`; a blank without a value stays. KeyError if there is none."""
        found = self.words[key]
        if isinstance(found, str):
            return self._filled(found, values)
        return self._filled(found["other"], values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The sentence in the form that goes with `n`, its blank {count} filled with `n`."""
        found = self.words[key]
        if not isinstance(found, str):
            found = found.get(self._locale.plural_form(n), found["other"])
        return self._filled(found, {"count": n, **values})

    def day(self, day: date) -> str:
        """The day as the language writes it out: 16 August 2025."""
        return format_date(day, "long", locale=self._locale)

    def number(self, n: int | Decimal) -> str:
        """The number with the marks that the language has between thousands and before decimals."""
        return format_decimal(n, locale=self._locale)

    def list_of(self, names: Sequence[str]) -> str:
        """The names as the language lists them: one, two and three."""
        return format_list(names, locale=self._locale)

    @property
    def _locale(self) -> Locale:
        # English of no country writes its days as the British do.
        return Locale("en", "GB") if self.language == "en" else Locale(self.language)

    def _filled(self, sentence: str, values: Mapping[str, object]) -> str:
        def value(blank: re.Match[str]) -> str:
            found = values.get(blank[1], blank[0])
            return self.number(found) if isinstance(found, int) else str(found)

        return _BLANK.sub(value, sentence)


@cache
def wording_in(language: str) -> Wording:
    """The wording of one of LANGUAGES."""
    words: dict[str, str | Mapping[str, str]] = {}
    for folder in (*WORDS, COPIED):
        words |= json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    return Wording(language, words)


ENGLISH = wording_in("en")


def wording_of(scope: Scope) -> Wording:
    """The wording for whoever sent this request: what they chose here, else what their browser prefers."""
    return wording_in(_chosen(scope) or _preferred(scope) or LANGUAGES[0])


def _chosen(scope: Scope) -> str | None:
    pairs = (each.partition(b"=") for header in sent(scope, "cookie") for each in header.split(b";"))
    values = (value.strip().decode("latin-1") for name, _, value in pairs if name.strip() == COOKIE.encode("ascii"))
    return next((value for value in values if value in LANGUAGES), None)


def _preferred(scope: Scope) -> str | None:
    """The best of LANGUAGES by Accept-Language (RFC 9110, 12.5.4), None if it names none of them."""
    weights: dict[str, float] = {}
    for header in sent(scope, "accept-language"):
        for each in header[:_LONGEST_HEADER].decode("latin-1").split(","):
            if match := _PREFERENCE.fullmatch(each):
                weights.setdefault(match[1].lower(), float(match[2] or 1))
    wanted = {language: weight for language, weight in weights.items() if language in LANGUAGES and weight > 0}
    return max(wanted, key=lambda language: wanted[language], default=None)
