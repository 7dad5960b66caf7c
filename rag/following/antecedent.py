"""What a follow-up's pronoun stands for, put in its place where only one thing can be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.conversation import Turn
from rag.following.leaning import leaning
from rag.forms.form import bare
from rag.language.phrases import Word, carries, names, phrases, plain, speaking, words
from rag.language.speech import word_set

_HIS, _HIM = word_set("his hers"), word_set("he she him himself herself")
_NO_PERSON = re.compile(r"\b(?:the|in|on|at|into|near|across|through)\s+$", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|to|from)\s+(?:the\s+)?$", re.IGNORECASE)
_FIRST_SENTENCE = re.compile(r"[^.!?\n]{1,300}")
_DEFINED = re.compile(
    r"(?:what|who)(?:['’]s| is| are| was| were| does| do| did)\s+(?P<it>(?:an?\s+|the\s+)?[^?!.,;:]{2,60}?)"
    r"(?:\s+(?:mean|stand for|do|say|offer|provide|demand|contain|hold))?\s*[?!.]*$"
    r"|(?:tell me (?:more )?about|explain|describe|define)\s+(?P<this>[^?!.,;:]{2,60}?)\s*[?!.]*$",
    re.IGNORECASE,
)
SAYING = re.compile(r"\b(?:say|said|says|tell|think|claim|add|report|state|write|wrote|mean)\b", re.IGNORECASE)


def replaced(question: str, word: Word | None, telling: Sequence[Turn]) -> str | None:
    """The question with its pronoun replaced, where only one thing can be meant."""
    if word is None:
        return None
    lowered = word.lower.removesuffix("'s").removesuffix("’s")
    if lowered in _HIM | _HIS | {"her"}:
        meant = _person(telling)
    elif lowered in ("it", "its", "they", "them", "their", "this", "these"):
        meant = _thing(telling[0], question, word)
    elif lowered == "there":
        meant = _place(telling[0])
        meant = f"in {meant}" if meant else None
    else:
        meant = None
    return None if meant is None else _put(question, word, lowered, meant)


def _put(question: str, word: Word, lowered: str, meant: str) -> str:
    following = question[word.end :].lstrip()
    possessive = lowered in ("his", "its", "their") or (
        lowered == "her" and following[:1].isalpha() and _opens_noun(following)
    )
    ending = ("'" if meant.endswith("s") and lowered == "their" else "'s") if possessive else ""
    if word.text != lowered and word.lower != lowered:
        ending += word.text[len(lowered) :]
    return (
        question[: word.start]
        + (meant if word.start else meant[:1].upper() + meant[1:])
        + ending
        + question[word.end :]
    )


def _opens_noun(following: str) -> bool:
    first = words(following)[:1]
    return bool(first) and (carries(first[0].text) or first[0].lower in ("own", "first", "last", "other", "new"))


def _person(telling: Sequence[Turn]) -> str | None:
    """The last person that was asked about, else the one whom an answer names first; None where it may be several."""
    for turn in telling:
        question = plain(turn.question)
        persons = [name for name in names(question) if name.is_person and not _NO_PERSON.search(question[: name.start])]
        if asked := speaking(persons, question):
            return asked[0].text
        first = _FIRST_SENTENCE.match(turn.answer.strip())
        answered = [name for name in names(f"… {first[0]}" if first else "") if name.is_person and " " in name.text]
        if meant := persons or answered:
            return meant[0].text if len({name.text for name in meant}) == 1 else None
    return None


def _thing(turn: Turn, question: str, word: Word) -> str | None:
    """What the turn before asked to have explained, if "it" or "they" can be nothing else."""
    following = question[word.end :].split()
    if word.lower in ("this", "these") and following and carries(following[0].strip("?.,!")):
        return None
    asked = plain(turn.question)
    match = _DEFINED.match(asked) or _DEFINED.match(bare(asked))
    meant = (match["it"] or match["this"]).strip() if match else ""
    if (
        not meant
        or len(meant.split()) > 6
        or not phrases(meant)
        or SAYING.search(meant)
        or leaning(meant + " x y?", ())
    ):
        return None
    plural = word.lower in ("they", "them", "their", "these")
    return meant if plural == is_plural(meant) else None


def is_plural(meant: str) -> bool:
    """Whether a noun phrase is in the plural, by its last word, or joins two things."""
    last = meant.split()[-1].casefold()
    return " and " in f" {meant.casefold()} " or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def _place(turn: Turn) -> str | None:
    question = plain(turn.question)
    places = [name.text for name in names(question) if _PLACE.search(question[: name.start])]
    return places[0] if len(places) == 1 else None
