"""A question that leans, put so that it stands alone, by the words of the turns before it.

What can be put in its place safely is: "What about Zelenskyy?" asks the question before of somebody else, "Why?" asks
it for its reason, "he" is whoever was named. Whatever else a question leaves out stands behind it in brackets, as
"(about: ...)", where a reader sees it and the search finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from rag.conversation import Turn
from rag.following.antecedent import SAYING, is_plural, replaced
from rag.following.bare_time import PREPOSITION, is_bare_time
from rag.following.leaning import Leaning, leaning, without_courtesy
from rag.forms.form import bare
from rag.language.phrases import Name, names, phrases, plain, speaking, stems_of, words
from rag.language.speech import word_set
from rag.language.terms import stem
from rag.language.times import named_times

TOPIC_TURNS = 2
TOPIC_WORDS = 10
"""How many turns back, and how many words, are named behind a question. On half of 188 conversations, one turn or three
found no more than two did, and 16 words found no more than 10."""
MOST_PRONOUNS = 3
LONGEST = 300
"""Characters of an earlier question that is asked again in other words; what is longer is only drawn upon."""

_SWAP = re.compile(
    r"(?:(?:and|but|or|so|then|no|well)[,\s]+)*(?:(?:what|how) about\s+|and\s+|i (?:meant?|am talking about)\s+)?"
    r"(?P<what>[^?!.]+?)(?:\s+then)?\s*[?!.]*$",
    re.IGNORECASE,
)
_ADVERBIAL_TIME = re.compile(r"(?:last|this|today|yesterday|now)\b", re.IGNORECASE)
_BEFORE_TIME = re.compile(
    r"(?:\b(?:in|on|since|before|after|during|by|until|at)\s+)?(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?$", re.IGNORECASE
)
_POSSESSIVE_END = re.compile(r"['’]s?")
_ENDING = re.compile(r"\s*[?!.]*$")
_OWN = re.compile(r"(?:what|who|whom|whose|which|when|where|why|how|according to)\b", re.IGNORECASE)
"""What opens so asks or says something of its own, and stands for no part of the question before."""
_AGAIN = re.compile(
    r"(?:(?:and|but|so|then)[,\s]+)?(?P<ask>why|how|when|where|who|since when|how come|how long|how much|how many)"
    r"(?: (?:so|exactly|then))?\s*\?*$",
    re.IGNORECASE,
)
_VERBAL = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)\b"
_AUXILIARY = re.compile(_VERBAL, re.IGNORECASE)
_ADVERBIAL = re.compile(rf"(?P<ask>why|when|where|how)\s+(?={_VERBAL})", re.IGNORECASE)
_ADVERBS = word_set("why how when where")
_TIE = re.compile(r"(?:(?:and|but|so|then)\b[,\s]+)+(?=\w)", re.IGNORECASE)
_ABOUT_TAIL = re.compile(
    r"\b(?P<preposition>about|on|regarding|concerning)\s+(?P<topic>[^?!.,]+?)(?=\s*[?!.]*$)", re.IGNORECASE
)
_ABOUT = re.compile(r"\b(?:about|on|of|that|whether|if)\b", re.IGNORECASE)


def carried(question: str, lean: Leaning, turns: Sequence[Turn]) -> str:
    """`question` with what it leaves out, from `turns`, oldest first; itself where they hold nothing.

    >>> carried("What about Zelenskyy?", Leaning("opening"), [Turn("What did Putin say about the plan?")])
    'What did Zelenskyy say about the plan?'
    """
    telling = [turn for turn in reversed(turns) if phrases(plain(turn.question)) or phrases(turn.question)]
    if not telling:
        return question
    before, earlier = [turn.question for turn in turns], plain(telling[0].question)
    if lean.by == "opening" and len(earlier) <= LONGEST:
        anew = _asked_anew(question, earlier)
        if anew is not None:
            # What had to be put behind the question before is missing from this one too.
            hung = earlier != telling[0].question.strip()
            return _with_topic(anew, telling) if hung or leaning(anew, before) else anew
    text = _without_pronouns(question, before, telling)
    return _with_topic(text, telling) if leaning(text, before) or _hangs(text) else text


def _without_pronouns(question: str, before: Sequence[str], telling: Sequence[Turn]) -> str:
    """The question with its pronouns replaced as far as they can be; with more of them than can be read, itself."""
    text = opened = _opened(question)
    for _ in range(MOST_PRONOUNS + 1):
        lean = leaning(text, before)
        meant = replaced(text, lean.word, telling) if lean else None
        if meant is None or _names_twice(meant):
            return question if text == opened else text
        text = meant
    return question


def _opened(question: str) -> str:
    """The question without the "and" that ties it to the one before."""
    text = question[tie.end() :] if (tie := _TIE.match(question)) else question
    return f"{text[:1].upper()}{text[1:]}"


def _names_twice(text: str) -> bool:
    """Whether two pronouns were taken for one name: nobody asks whether Putin rejected Putin."""
    named = [name.text.casefold() for name in names(text)]
    return len(set(named)) < len(named)


def _hangs(text: str) -> bool:
    """Whether the question names somebody and nothing that it is about."""
    subject = {stem(word) for name in names(text) for word in name.text.split()}
    return not stems_of(text) - subject


def _asked_anew(question: str, earlier: str) -> str | None:
    """The earlier question, asked of something else, of another time, or in another respect."""
    text = without_courtesy(question)
    again = _AGAIN.match(text)
    if again:
        return _in_another_respect(again["ask"], earlier)
    match = _SWAP.match(text)
    if match is None:
        return None
    is_whole = match["what"].casefold() == text.rstrip("?!. ").casefold()
    if is_whole and not is_bare_time(match["what"]):
        return None
    return _swapped(match["what"].strip(), bare(earlier))


def _in_another_respect(ask: str, earlier: str) -> str | None:
    """ "Why?" behind "Did he go?" is "Why did he go?"; behind "When did he go?" it replaces the "when"."""
    opened = bare(earlier)
    if _AUXILIARY.match(opened):
        return f"{_capital(ask)} {opened[0].lower()}{opened[1:]}" if ask.casefold() in _ADVERBS else None
    adverbial = _ADVERBIAL.match(opened)
    if adverbial and ask.casefold() in _ADVERBS:
        return f"{_capital(ask)} {opened[adverbial.end() :]}"
    return None


def _swapped(what: str, earlier: str) -> str | None:
    if _is_time(what):
        return _at_another_time(what, earlier)
    if _OWN.match(what):
        return None
    preposition = PREPOSITION.match(what)
    bared = what[preposition.end() :] if preposition else what
    named = names(f"x {bared}")
    if named and len(bared.split()) <= len(named[0].text.split()) + 2:
        return _of_somebody_else(bared, named[0], earlier, preposition[0].strip() if preposition else None)
    if len(bared.split()) > 4:
        return None
    return _with_same_noun(bared, earlier) or _on_another_topic(bared, earlier)


def _is_time(what: str) -> bool:
    times = named_times(what if PREPOSITION.match(what) else f"in {what}")
    left = what.replace(times[0].text, "") if len(times) == 1 else what
    preposition = PREPOSITION.match(left)
    return left != what and not stems_of(left[preposition.end() :] if preposition else left)


def _at_another_time(what: str, earlier: str) -> str | None:
    times = named_times(earlier)
    if not PREPOSITION.match(what) and not _ADVERBIAL_TIME.match(what):
        named = named_times(f"in {what}")[0]
        what = f"{'on' if named.first == named.last else 'in'} {what}"
    elif preposition := PREPOSITION.match(what):
        what = f"{preposition[0].lower()}{what[preposition.end() :]}"
    if len(times) > 1:
        return None
    if not times:
        ending = _ENDING.search(earlier)
        at = ending.start() if ending else len(earlier)
        return f"{earlier[:at]} {what}{earlier[at:]}"
    before = _BEFORE_TIME.search(earlier[: times[0].start])
    start = before.start() if before else times[0].start
    return earlier[:start] + what + earlier[times[0].end :]


def _of_somebody_else(what: str, name: Name, earlier: str, preposition: str | None) -> str | None:
    """The earlier question with its person for a person and its body for a body, behind the same preposition if there
    is one; "about" a new thing otherwise."""
    present = [one for one in names(earlier) if not named_times(f"in {one.text}")]
    if any(stem(one.text) == stem(name.text) for one in present):
        return None
    alike = [one for one in present if one.is_person == name.is_person]
    if preposition:
        behind = [one for one in alike if earlier[: one.start].casefold().endswith(f" {preposition.casefold()} ")]
        return _renamed(what, name, earlier, behind[0]) if len(behind) == 1 else None
    asked = speaking(alike, earlier)
    if asked or len(alike) == 1:
        return _renamed(what, name, earlier, (asked or alike)[0])
    return _on_another_topic(what, earlier) if not name.is_person and not name.speaks else None


def _renamed(what: str, name: Name, earlier: str, old: Name) -> str:
    """The earlier question with its `old` name replaced; "the" and "desk" around it are not said twice."""
    before, after = earlier[: old.start], earlier[old.end :]
    behind = what[what.index(name.text) + len(name.text) :] if name.text in what else ""
    article = "the " if what.casefold().startswith("the ") and not before.casefold().endswith("the ") else ""
    same = _POSSESSIVE_END.fullmatch(behind) or after.casefold().startswith(behind.casefold())
    return f"{before}{article}{name.text}{'' if same else behind}{after}"


def _with_same_noun(what: str, earlier: str) -> str | None:
    """The earlier question with "unsecured loans" in the place of "a secured loan"; None where it has that already."""
    if re.search(rf"(?<!\w){re.escape(what)}(?!\w)", earlier, re.IGNORECASE):
        return None
    head = stem(words(what)[-1].text) if words(what) else ""
    for phrase in phrases(earlier):
        if len(what.split()) > 1 and stem(phrase.split()[-1]) == head and phrase.casefold() != what.casefold():
            replaced = re.compile(r"\b(?:an?\s+)?" + re.escape(phrase) if is_plural(what) else re.escape(phrase))
            return replaced.sub(lambda _: what, earlier, count=1)
    return None


def _on_another_topic(what: str, earlier: str) -> str | None:
    tail = _ABOUT_TAIL.search(earlier)
    if tail is None or not SAYING.search(earlier[: tail.start()]):
        return None
    return earlier[: tail.start("topic")] + what + earlier[tail.end("topic") :]


def _with_topic(question: str, telling: Sequence[Turn]) -> str:
    topic = tuple(islice(_topic(question, telling), TOPIC_WORDS))
    if not topic:
        return question
    if len(topic) == 1 and SAYING.search(question) and not _ABOUT.search(question) and not leaning(question):
        ending = _ENDING.search(question)
        at = ending.start() if ending else len(question)
        return f"{question[:at]} about {topic[0]}{question[at:]}"
    return f"{question.rstrip()} (about: {', '.join(topic)})"


def _topic(question: str, telling: Sequence[Turn]) -> Iterator[str]:
    """Phrases of the last turns that the question has not got yet, the last turn's first."""
    known, left = set(stems_of(question)), TOPIC_WORDS
    for turn in telling[:TOPIC_TURNS]:
        for phrase in phrases(turn.question):
            own, length = stems_of(phrase), len(phrase.split())
            if not own <= known and length <= left:
                known |= own
                left -= length
                yield phrase


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
