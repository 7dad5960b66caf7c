"""The names in a sentence, each in one spelling: Kiev, Kyiv and Ukrainian are one, Zelenskiy and Zelensky too."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rag.language import speech
from rag.language.figures import kind_of_thing
from rag.language.speech import word_set

_NATIONS = {
    alias: names.split()[0]
    for names in (
        "us u.s usa america american americans washington states us-led us-drafted",
        "russia russian russians moscow kremlin",
        "ukraine ukrainian ukrainians kyiv kiev",
        "china chinese beijing",
        "britain british uk london",
        "france french paris",
        "germany german germans berlin",
        "turkey türkiye turkish ankara",
        "eu brussels",
        "europe european europeans",
        "israel israeli jerusalem",
        "iran iranian tehran",
        "poland polish warsaw",
        "japan japanese tokyo",
        "india indian indians",
        "hungary hungarian budapest",
        "italy italian italians rome",
        "spain spanish spaniard madrid",
        "netherlands dutch holland",
        "sweden swedish swede swedes",
        "norway norwegian norwegians",
        "denmark danish dane danes",
        "finland finnish finn finns",
        "greece greek greeks",
        "portugal portuguese",
        "ireland irish",
        "scotland scottish scots",
        "wales welsh",
        "switzerland swiss",
        "belgium belgian belgians",
        "austria austrian austrians",
        "czechia czech czechs",
        "canada canadian canadians",
        "mexico mexican mexicans",
        "brazil brazilian brazilians",
        "argentina argentine argentinian",
        "chile chilean",
        "peru peruvian",
        "cuba cuban cubans",
        "australia australian australians",
        "zealand zealander zealanders",
        "korea korean koreans",
        "philippines filipino filipinos philippine",
        "thailand thai",
        "vietnam vietnamese",
        "pakistan pakistani pakistanis",
        "afghanistan afghan afghans",
        "iraq iraqi iraqis",
        "syria syrian syrians",
        "lebanon lebanese",
        "egypt egyptian egyptians",
        "palestine palestinian palestinians",
        "kenya kenyan",
        "nigeria nigerian nigerians",
        "georgia georgian georgians",
        "moldova moldovan",
        "romania romanian romanians",
        "serbia serbian serb serbs",
        "africa african africans",
        "asia asian asians",
    )
    for alias in names.split()
}
_NO_NAMES = (
    speech.TITLES
    | speech.TIMES
    | speech.OPENERS
    | speech.PREPOSITIONS
    | speech.SUBORDINATORS
    | speech.GENERIC
    | speech.ROLES
    | speech.DOUBTERS
    | speech.ADVERBS
    | word_set(
        """united north western eastern southern northern republic people's city county not no there if it mr both
        neither either"""
    )
)
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’\-][^\W\d_]+)*")


def names(sentence: str) -> frozenset[str]:
    """The names that occur in `sentence`, folded to one spelling, without titles.

    >>> sorted(names("Ukrainian President Volodymyr Zelenskyy met U.S. envoys in Kyiv."))
    ['ukraine', 'us', 'volodymyr', 'zelensk']
    """
    found = _WORD.findall(sentence)
    noun_first = bool(found) and _opens_as_noun(found[0], found[1:8])
    return frozenset(entity(word) for at, word in enumerate(found) if is_name(word) and not (at == 0 and noun_first))


@lru_cache(maxsize=50_000)
def is_name(word: str) -> bool:
    """Whether a word is written like a name and is no title, month or common opener of a sentence."""
    return word[0].isupper() and len(word) > 1 and _bare(word) not in _NO_NAMES


def is_nation(word: str) -> bool:
    """Whether a word is one of the names of a country, its people or its capital."""
    return _bare(word) in _NATIONS


def _opens_as_noun(word: str, following: list[str]) -> bool:
    """Whether the first word of a sentence is a common noun: "Talks began", "Employees may", "Backups are kept"."""
    bare = _bare(word)
    if bare in _NATIONS:
        return False
    plural = bare.endswith("s") and not {"are", "were", "have", "do", "must", "may"}.isdisjoint(following)
    known = kind_of_thing(bare) in ("plan", "talk") or bare in speech.GENERIC
    return plural or known or bare.endswith(speech.GENERIC_ENDINGS)


@lru_cache(maxsize=50_000)
def entity(word: str) -> str:
    """One spelling for a name's many: nations by any of their names, others without accents and final y or i."""
    bare = _bare(word)
    if bare in _NATIONS:
        return _NATIONS[bare]
    plain = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode() or bare
    plain = plain.replace(".", "").replace("isation", "ization")
    return plain.rstrip("iy") if len(plain) > 5 else plain


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).casefold().rstrip(".")
