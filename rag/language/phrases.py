"""The phrases of a question that say what it is about, and the names in it, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.language import speech
from rag.language.speech import word_set
from rag.language.stance import wanted_speaker
from rag.language.terms import content_words, stem

_WORD = re.compile(r"[^\W_]+(?:['’.\-/+][^\W_]+)*(?:['’](?![^\W_]))?")
_POSSESSIVE = re.compile(r"['’]s?$")
_SPACE = re.compile(r"\s+")
_WEAK = word_set(
    """get use need want make take know find do help please tell explain give provide information thing things way
    ways possible able okay ok thank thanks yes no hi hello sorry sure great good nice fine interesting let see mean
    meant called go come happen happens happened work works worked like look looking one ones something anything
    everything someone anyone lot lots kind kinds type types sort example different difference part best better else
    other others another new also too actually really just exactly still now then later earlier next last first second
    before after again ever never always usually often today understand describe define say said say's think thought
    believe hear heard wonder wondering question questions answer ask asked asking talk talking learn try trying used
    using getting doing going have having done made taken given years year time times people much many long old big
    important main major oh wow hey well right correct true dont don't doesn't didn't isn't aren't wasn't can't won't
    i'm i'd i've i'll it's that's what's who's there's you're ways basic brief briefly specific based related
    regarding amazing cool pls plz btw difference between versus vs almost primarily interested curious necessary follow
    following set put stand reach able eligible submitting receiving received available whenever along easy popular
    wanted start started end ended begin began exactly recommended show shows main several common various certain"""
)
"""Words that carry meaning elsewhere, and in a question mostly tell that something is asked."""
_HELPING = word_set("do does did will would can could should may might must shall")
"""Words that hand the verb to the far side of its subject: "Did Putin and Trump meet"."""
_INSIDE = frozenset(("of", "the", "for", "and", "de", "von", "van"))
"""Small words that stay inside a name or before its last part: "Bill of Rights"."""
ABOUT = re.compile(r"\s*\(about: [^()]*\)\s*$")
"""What a question carries that was understood from the turns before; it stands alone."""
MOST_WORDS = 6
"""Words of one phrase; of a longer one the last are kept, where its noun stands."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, in characters `start` to `end` of its text."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.casefold()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Name:
    """A name without its possessive ending, in characters `start` to `end` of its text."""

    text: str
    start: int
    end: int

    @property
    def is_person(self) -> bool:
        """Whether it may be a person's: not a nation's, a body's or an abbreviation."""
        parts = {part.casefold() for part in self.text.split()}
        bodies = speech.NOT_PEOPLE | speech.ORGANISATIONS | _THINGS
        return not parts & bodies and not self.text.isupper() and not any(sign.isdigit() for sign in self.text)

    @property
    def speaks(self) -> bool:
        """Whether it is a body that states things: a government, a newspaper."""
        return any(part.casefold() in _SPEAKING for part in self.text.split())


_SPEAKING = speech.ORGANISATIONS | word_set(
    "kremlin reuters axios politico bloomberg cnn bbc tass interfax ria rt afp ap desk"
)
_THINGS = word_set(
    """cloud island islands war act law bill plan city town county state states street river lake mountain mountains
    server system protocol treaty prize award center centre festival series show university college school church
    bank fund tax kingdom republic ocean sea gulf museum park court stadium hotel airport bridge wall summit"""
)


def words(text: str) -> tuple[Word, ...]:
    """The words of a text with their places."""
    return tuple(Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text))


def plain(question: str) -> str:
    """The question without what was put behind it in brackets when it was understood."""
    return ABOUT.sub("", question).strip()


def carries(word: str) -> bool:
    """Whether a word of a question tells what it is about."""
    lowered = word.casefold()
    return lowered not in _WEAK and bool(content_words(lowered))


def phrases(text: str) -> tuple[str, ...]:
    """The runs of words that say what `text` is about, in order and as written, each once.

    >>> phrases("What are Putin's stated conditions for peace talks?")
    ('Putin', 'conditions', 'peace talks')
    """
    found: dict[str, str] = {}
    for run in _runs(text, words(text)):
        phrase = _POSSESSIVE.sub("", _SPACE.sub(" ", text[run[0].start : run[-1].end]))
        found.setdefault(phrase.casefold(), phrase)
    return tuple(found.values())


def _runs(text: str, every: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    run: list[Word] = []
    for place, word in enumerate(every):
        if run and (text[run[-1].end : word.start].strip() or _parts(every, place)):
            yield from _trimmed(run)
            run = []
        if carries(word.text) or (run and word.lower in _INSIDE):
            run.append(word)
        else:
            yield from _trimmed(run)
            run = []
    yield from _trimmed(run)


def _parts(every: tuple[Word, ...], place: int) -> bool:
    """Whether a phrase ends before this word: behind "Putin's", and around the verb in "Did Putin meet Witkoff"."""
    return _ends_possessive(every[place - 1]) or _is_verb(every, place) or (place > 1 and _is_verb(every, place - 1))


def _is_verb(every: tuple[Word, ...], place: int) -> bool:
    """Whether the first small word behind a name is the verb that "did" has handed over."""
    word, before = every[place], every[place - 1]
    if word.is_capital or not before.is_capital or _ends_possessive(before) or not carries(before.text):
        return False
    first = place - 1
    while first > 0 and (every[first].is_capital or every[first].lower in ("and", "the")):
        first -= 1
    return carries(word.text) and every[first].lower in _HELPING


def _trimmed(run: list[Word]) -> Iterator[tuple[Word, ...]]:
    """The run without small words at its end, in two where a small word only joins common words."""
    part: list[Word] = []
    for place, word in enumerate(run):
        if not carries(word.text) and not _is_inside_name(run, place):
            if part:
                yield tuple(part[-MOST_WORDS:])
            part = []
        else:
            part.append(word)
    if part:
        yield tuple(part[-MOST_WORDS:])


def _is_inside_name(run: list[Word], place: int) -> bool:
    """Whether the small word stands between two capitalised ones, or is an "of" between two nouns."""
    if place + 1 >= len(run):
        return False
    before, after = run[place - 1], run[place + 1]
    if run[place].lower == "of" and carries(after.text):
        return True
    return before.is_capital and (after.is_capital or after.lower in _INSIDE) and run[place].lower != "and"


def names(text: str) -> tuple[Name, ...]:
    """The runs of capitalised words in `text`, in order, without those that are capitalised as its first word only.

    >>> [name.text for name in names("What did Steve Witkoff say to Putin's aide?")]
    ['Steve Witkoff', 'Putin']
    """
    found: list[Name] = []
    run: list[Word] = []
    every = words(text)
    for place, word in enumerate(every):
        goes_on = bool(run) and not text[run[-1].end : word.start].strip() and not _ends_possessive(run[-1])
        if not (goes_on and _is_named(every, place)):
            found.extend(_name(run))
            run = []
        if _is_named(every, place):
            run.append(word)
    found.extend(_name(run))
    return tuple(found)


def _is_named(every: tuple[Word, ...], place: int) -> bool:
    word = every[place]
    if not word.is_capital or not content_words(word.text) or word.lower in _WEAK or word.lower in speech.TIMES:
        return False
    if place > 0:
        return True
    return _ends_possessive(word) or (len(every) > 1 and every[1].is_capital) or word.text.isupper()


def _ends_possessive(word: Word) -> bool:
    return _POSSESSIVE.search(word.text) is not None


def _name(run: list[Word]) -> Iterator[Name]:
    if run:
        cut = _POSSESSIVE.search(run[-1].text)
        end = run[-1].start + cut.start() if cut else run[-1].end
        text = " ".join([word.text for word in run[:-1]] + [run[-1].text[: end - run[-1].start]])
        yield Name(text, run[0].start, end)


def stems_of(text: str) -> frozenset[str]:
    """The stems of the words of `text` that tell what it is about."""
    return frozenset(stem(word.text) for word in words(text) if carries(word.text))


def speaking(present: Iterable[Name], question: str) -> list[Name]:
    """Those of the names whose statement the question asks for."""
    wanted = wanted_speaker(question)
    return [name for name in present if wanted & {stem(word) for word in name.text.split()}]
