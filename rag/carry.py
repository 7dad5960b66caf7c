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
from rag.form import bare
from rag.leaning import ABOUT, Leaning, leaning, without_courtesy
from rag.phrases import Name, Word, carries, names, phrases, stems_of, words
from rag.speech import word_set
from rag.stance import wanted_speaker
from rag.terms import stem
from rag.times import named_times

TOPIC_TURNS = 2
TOPIC_WORDS = 10
"""How many turns back, and how many words, are named behind a question. On half of 188 conversations, one turn or three
found no more than two did, and 16 words found no more than 10."""
LONGEST = 300
"""Characters of an earlier question that is asked again in other words; what is longer is only drawn upon."""
_FIRST_SENTENCE = re.compile(r"[^.!?\n]{1,300}")

_SWAP = re.compile(
    r"(?:(?:and|but|or|so|then|no|well)[,\s]+)*(?:(?:what|how) about\s+|and\s+|i (?:meant?|am talking about)\s+)?"
    r"(?P<what>[^?!.]+?)(?:\s+then)?\s*[?!.]*$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:in|on|since|before|after|during|by|until|for|from|to|with|at|of|about)\s+", re.IGNORECASE
)
_ADVERBIAL_TIME = re.compile(r"(?:last|this|today|yesterday|now)\b", re.IGNORECASE)
_BEFORE_TIME = re.compile(
    r"(?:\b(?:in|on|since|before|after|during|by|until|at)\s+)?(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?$", re.IGNORECASE
)
_POSSESSIVE_END = re.compile(r"['’]s?")
_ENDING = re.compile(r"\s*[?!.]*$")
_AGAIN = re.compile(
    r"(?:(?:and|but|so|then)[,\s]+)?(?P<ask>why|how|when|where|who|since when|how come|how long|how much|how many)"
    r"(?: (?:so|exactly|then))?\s*\?*$",
    re.IGNORECASE,
)
_VERBAL = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)\b"
_AUXILIARY = re.compile(_VERBAL, re.IGNORECASE)
_ADVERBIAL = re.compile(rf"(?P<ask>why|when|where|how)\s+(?={_VERBAL})", re.IGNORECASE)
_ADVERBS = word_set("why how when where")
_ABOUT_TAIL = re.compile(
    r"\b(?P<preposition>about|on|regarding|concerning)\s+(?P<topic>[^?!.,]+?)(?=\s*[?!.]*$)", re.IGNORECASE
)
_HIS, _HIM = word_set("his hers"), word_set("he she him himself herself")
_PLACE = re.compile(r"\b(?:in|at|to|from)\s+(?:the\s+)?$", re.IGNORECASE)
_DEFINED = re.compile(
    r"(?:what|who)(?:['’]s| is| are| was| were| does| do| did)\s+(?P<it>(?:an?\s+|the\s+)?[^?!.,;:]{2,60}?)"
    r"(?:\s+(?:mean|stand for|do|say|offer|provide|demand|contain|hold))?\s*[?!.]*$"
    r"|(?:tell me (?:more )?about|explain|describe|define)\s+(?P<this>[^?!.,;:]{2,60}?)\s*[?!.]*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|on|of|that|whether|if)\b", re.IGNORECASE)
_SAYING = re.compile(r"\b(?:say|said|says|tell|think|claim|add|report|state|write|wrote|mean)\b", re.IGNORECASE)


def carried(question: str, lean: Leaning, turns: Sequence[Turn]) -> str:
    """`question` with what it leaves out, from `turns`, oldest first; itself where they hold nothing.

    >>> carried("What about Zelenskyy?", Leaning("opening"), [Turn("What did Putin say about the plan?")])
    'What did Zelenskyy say about the plan?'
    """
    telling = [turn for turn in reversed(turns) if phrases(_plain(turn.question)) or phrases(turn.question)]
    if not telling:
        return question
    earlier = _plain(telling[0].question)
    text = (_asked_anew(question, earlier) if lean.by == "opening" and len(earlier) <= LONGEST else None) or (
        _replaced(question, lean.word, telling) if lean.word is not None else None
    )
    if text is not None and not _hangs(text, turns):
        return text
    return _with_topic(text or question, telling)


def _hangs(text: str, turns: Sequence[Turn]) -> bool:
    """Whether the question still leans, or names somebody and nothing that it is about."""
    subject = {stem(word) for name in names(text) for word in name.text.split()}
    return leaning(text, [turn.question for turn in turns]) is not None or not stems_of(text) - subject


def _plain(question: str) -> str:
    return ABOUT.sub("", question).strip()


def _asked_anew(question: str, earlier: str) -> str | None:
    """The earlier question, asked of something else, of another time, or in another respect."""
    text = without_courtesy(question)
    again = _AGAIN.match(text)
    if again:
        return _in_another_respect(again["ask"], earlier)
    match = _SWAP.match(text)
    if match is None or match["what"].casefold() == text.rstrip("?!. ").casefold():
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
    bared = _PREPOSITION.sub("", what, count=1) if _PREPOSITION.match(what) else what
    named = names(f"x {bared}")
    if named and len(bared.split()) <= len(named[0].text.split()) + 2:
        return _of_somebody_else(bared, named[0], earlier)
    if len(bared.split()) > 4:
        return None
    return _with_same_noun(bared, earlier) or _on_another_topic(bared, earlier)


def _is_time(what: str) -> bool:
    times = named_times(what if _PREPOSITION.match(what) else f"in {what}")
    left = what.replace(times[0].text, "") if len(times) == 1 else what
    return not stems_of(left) and left != what


def _at_another_time(what: str, earlier: str) -> str | None:
    times = named_times(earlier)
    what = what if _PREPOSITION.match(what) or _ADVERBIAL_TIME.match(what) else f"in {what}"
    if len(times) > 1:
        return None
    if not times:
        ending = _ENDING.search(earlier)
        at = ending.start() if ending else len(earlier)
        return f"{earlier[:at]} {what}{earlier[at:]}"
    before = _BEFORE_TIME.search(earlier[: times[0].start])
    start = before.start() if before else times[0].start
    return earlier[:start] + what + earlier[times[0].end :]


def _of_somebody_else(what: str, name: Name, earlier: str) -> str | None:
    """The earlier question with its person for a person and its body for a body; "about" a new thing otherwise."""
    present = [one for one in names(earlier) if not named_times(f"in {one.text}")]
    if any(stem(one.text) == stem(name.text) for one in present):
        return None
    alike = [one for one in present if one.is_person == name.is_person]
    asked = wanted_speaker(earlier)
    speaking = [one for one in alike if asked & {stem(word) for word in one.text.split()}]
    if speaking or len(alike) == 1:
        return _renamed(what, name, earlier, (speaking or alike)[0])
    return _on_another_topic(what, earlier) if not name.is_person and not name.speaks else None


def _renamed(what: str, name: Name, earlier: str, old: Name) -> str:
    """The earlier question with its `old` name replaced; "the" and "desk" around it are not said twice."""
    before, after = earlier[: old.start], earlier[old.end :]
    behind = what[what.index(name.text) + len(name.text) :] if name.text in what else ""
    article = "the " if what.casefold().startswith("the ") and not before.casefold().endswith("the ") else ""
    same = _POSSESSIVE_END.fullmatch(behind) or after.casefold().startswith(behind.casefold())
    return f"{before}{article}{name.text}{'' if same else behind}{after}"


def _with_same_noun(what: str, earlier: str) -> str | None:
    """The earlier question with "unsecured loans" in the place of "a secured loan"."""
    head = stem(words(what)[-1].text) if words(what) else ""
    for phrase in phrases(earlier):
        if len(what.split()) > 1 and stem(phrase.split()[-1]) == head and phrase.casefold() != what.casefold():
            replaced = re.compile(r"\b(?:an?\s+)?" + re.escape(phrase) if _is_plural(what) else re.escape(phrase))
            return replaced.sub(lambda _: what, earlier, count=1)
    return None


def _on_another_topic(what: str, earlier: str) -> str | None:
    tail = _ABOUT_TAIL.search(earlier)
    if tail is None or not _SAYING.search(earlier[: tail.start()]):
        return None
    return earlier[: tail.start("topic")] + what + earlier[tail.end("topic") :]


def _replaced(question: str, word: Word | None, telling: Sequence[Turn]) -> str | None:
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
    return question[: word.start] + (meant if word.start else _capital(meant)) + ending + question[word.end :]


def _opens_noun(following: str) -> bool:
    first = words(following)[:1]
    return bool(first) and (carries(first[0].text) or first[0].lower in ("own", "first", "last", "other", "new"))


def _person(telling: Sequence[Turn]) -> str | None:
    """The last person that was asked about, else the one whom an answer names first; None where it may be several."""
    for turn in telling:
        question = _plain(turn.question)
        persons = [name for name in names(question) if name.is_person]
        wanted = wanted_speaker(question)
        speaking = [name for name in persons if wanted & {stem(part) for part in name.text.split()}]
        if speaking:
            return speaking[0].text
        if persons:
            return persons[0].text if len({name.text for name in persons}) == 1 else None
        first = _FIRST_SENTENCE.match(turn.answer.strip())
        answered = [name for name in names(f"… {first[0]}" if first else "") if name.is_person and " " in name.text]
        if answered:
            return answered[0].text if len({name.text for name in answered}) == 1 else None
    return None


def _thing(turn: Turn, question: str, word: Word) -> str | None:
    """What the turn before asked to have explained, if "it" or "they" can be nothing else."""
    following = question[word.end :].split()
    if word.lower in ("this", "these") and following and carries(following[0].strip("?.,!")):
        return None
    match = _DEFINED.match(bare(_plain(turn.question)))
    meant = (match["it"] or match["this"]).strip() if match else ""
    if (
        not meant
        or len(meant.split()) > 6
        or not phrases(meant)
        or _SAYING.search(meant)
        or leaning(meant + " x y?", ())
    ):
        return None
    plural = word.lower in ("they", "them", "their", "these")
    return meant if plural == _is_plural(meant) else None


def _is_plural(meant: str) -> bool:
    last = meant.split()[-1].casefold()
    return " and " in f" {meant.casefold()} " or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def _place(turn: Turn) -> str | None:
    question = _plain(turn.question)
    places = [name.text for name in names(question) if _PLACE.search(question[: name.start])]
    return places[0] if len(places) == 1 else None


def _with_topic(question: str, telling: Sequence[Turn]) -> str:
    topic = tuple(islice(_topic(question, telling), TOPIC_WORDS))
    if not topic:
        return question
    if len(topic) == 1 and _SAYING.search(question) and not _ABOUT.search(question) and not leaning(question):
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
