"""Questions whose answer is a figure: how many, how much, how long, how often, within what time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.proposing.clause import Clause
from evals.proposing.lexicon import finite
from evals.proposing.wording import Wording, clean, up_to_comma
from rag.language.figures import Figure, figures
from rag.language.speech import word_set

_SPELLED = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\\w+)?"
)
_NUMBER = re.compile(
    r"^(?P<about>(?:about|around|roughly|some|approximately|almost|nearly|more than|over|at least|up to|fewer than|"
    r"less than|an estimated) )?"
    rf"(?P<number>[$€£¥]?\d[\d.,]*\d|[$€£¥]?\d|{_SPELLED})"
    r"(?P<scale>(?: |-)?(?:hundred|thousand|million|billion|trillion)\b)?(?: (?P<unit>.*))?$",
    re.IGNORECASE,
)
_PERIODS = word_set("second minute hour day week month year decade")
_MONEY = frozenset(("$", "€", "£", "¥", "rouble", "hryvnia"))
_LASTING = word_set("last take spend serve wait")
_PAYING = word_set("cost pay spend raise invest borrow donate earn")
_CHANGING = word_set("rise fall grow drop increase decline decrease cut reduce improve")
_NOT_COUNTED = word_set("be begin become do go come meet vote hold")
_OFTEN = re.compile(
    r" (?P<often>every (?:\w+ )?(?:minutes?|hours?|days?|weeks?|months?|quarters?|years?)|(?:once|twice|three times) "
    r"(?:a|every|per) (?:day|week|month|quarter|year)|daily|weekly|monthly|quarterly|annually)\b"
)
_WITHIN = re.compile(
    rf" within (?P<number>\d+|{_SPELLED}|one) (?P<words>(?:\w+ )?(?:minute|hour|day|week|month|year)s?)(?P<tail> .*)?$"
)
_SECOND = word_set("more other others further additional of to or and per times")


def counted(sentence: str) -> Iterator[Wording]:
    """How many: of a sentence that opens with its figure, as "Twelve people died in the Leeds fire."."""
    found = next(iter(figures(sentence)), None)
    head = _NUMBER.match(sentence[: found.end]) if found and not found.further else None
    if found is None or head is None or not head["unit"] or found.unit in (*_MONEY, "%"):
        return
    rest = sentence[found.end :].strip().rstrip(".")
    words = rest.split()
    form = finite(words[0]) if words else None
    goes_on = words and (words[0] in ("were", "are", "have") or (form is not None and form.tense == "past"))
    short = up_to_comma(rest) if goes_on else None
    if short and len(short.split()) > 2 and not _SECOND.intersection(head["unit"].lower().split()):
        question = clean(f"How many {head['unit']} {short}?")
        yield Wording(question, sentence, "how many", head["unit"], (alternatives(head["number"], head["scale"]),))


def how_long(clause: Clause) -> Iterator[Wording]:
    """How long something lasted, or somebody served."""
    figure = _first(clause)
    if figure is None or clause.verb not in _LASTING or figure.unit not in _PERIODS or clause.passive:
        return
    tail = up_to_comma(clause.rest[figure.end :])
    if tail is not None and not tail.startswith(("-", "of", "and", "to")) and _only_number(figure):
        yield Wording(clause.asked("How long", tail), clause.rest, "how long", clause.subject.text, fact(figure))


def for_how_long(clause: Clause) -> Iterator[Wording]:
    """How long somebody did something, where the time closes the clause."""
    found = _FOR.match(clause.rest) if clause.verb in _GOING_ON and not clause.passive else None
    if found and not re.search(r"\bfor\b|,", found["before"]):
        says = (alternatives(found["number"], None),)
        question = clause.asked("How long", found["before"])
        yield Wording(question, clause.rest, "how long", clause.subject.text, says)


_GOING_ON = word_set("sit work live serve talk meet wait stay rule run play march protest fight speak study teach lead")
_FOR = re.compile(
    rf"^(?P<before>.*?) ?\bfor (?:about |almost |nearly |more than |over |at least )?(?P<number>\d+|{_SPELLED}) "
    r"(?:minutes|hours|days|weeks|months|years|decades)$"
)


def how_much(clause: Clause) -> Iterator[Wording]:
    """What something cost, or how much somebody paid."""
    figure = _first(clause)
    if figure is None or figure.unit not in _MONEY or clause.verb not in _PAYING or clause.passive:
        return
    tail = up_to_comma(clause.rest[figure.end :])
    if tail is not None and tail.split()[:1] not in (["worth"], ["of"], ["bill"], ["and"], ["or"], ["to"], ["a"]):
        yield Wording(clause.asked("How much", tail), clause.rest, "how much", clause.subject.text, fact(figure))


def how_many(clause: Clause) -> Iterator[Wording]:
    """How many of something somebody did something with: the figure stands right behind the verb."""
    particle = _PARTICLES.get(clause.verb, "")
    rest = clause.rest.removeprefix(f"{particle} ") if particle else clause.rest
    figure = next(iter(figures(rest)), None)
    head = _NUMBER.match(figure.text) if figure is not None and figure.start == 0 else None
    if figure is None or head is None or not _is_counted(figure, head, clause):
        return
    of, behind = _OF.match(rest[figure.end :]), rest[figure.end :]
    tail = up_to_comma(behind[of.end() :] if of else behind)
    if tail is None or _SECOND.intersection((*head["unit"].lower().split(), *tail.split()[:1])) or _NUMBER.match(tail):
        return
    counted_in = f"{head['unit']}{of[0] if of else ''}"
    verb = particle if rest != clause.rest else ""
    question = clause.asked(f"How many {counted_in}", f"{verb} {tail}")
    yield Wording(question, clause.rest, "how many", clause.subject.text, fact(figure))


_PARTICLES = {"carry": "over", "take": "off", "set": "up", "lay": "off", "pay": "back", "shut": "down", "close": "down"}
_OF = re.compile(r"^ of [a-z]+\b(?= |$)")


def _is_counted(figure: Figure, head: re.Match[str], clause: Clause) -> bool:
    """Whether a figure counts what somebody did something with: no money, no share, no age, no time that it took."""
    unit = head["unit"]
    if clause.passive or clause.verb in _NOT_COUNTED or figure.further or not unit or "-" in unit:
        return False
    lasting = figure.unit in _PERIODS and (clause.verb in _LASTING or bool(re.search(r"\bold\b", clause.rest)))
    return figure.unit not in (*_MONEY, "%") and not lasting


def by_how_much(clause: Clause) -> Iterator[Wording]:
    """By how much something rose or fell."""
    rest = clause.rest.removeprefix("by ")
    figure = next(iter(figures(rest)), None)
    if figure is None or figure.start > 0 or figure.unit != "%" or clause.verb not in _CHANGING or clause.passive:
        return
    tail = up_to_comma(rest[figure.end :])
    if tail is not None and not tail.startswith(("to ", "from ", "of ", "and ", "or ")):
        question = clause.asked("By how much", tail)
        yield Wording(question, clause.rest, "by how much", clause.subject.text, fact(figure))


def how_often(clause: Clause) -> Iterator[Wording]:
    """How often something is done."""
    found = _OFTEN.search(f" {clause.rest}")
    if (
        found is None
        or clause.verb == "be"
        or not (clause.tense == "present" or clause.auxiliary in ("are", "is", "must", "should"))
    ):
        return
    rest = f" {clause.rest}"
    question = clause.asked("How often", f"{rest[: found.start()]} {rest[found.end() :]}")
    if up_to_comma(clause.rest) == clause.rest:
        yield Wording(question, clause.rest, "how often", clause.subject.text, ((found["often"],),))


def within(clause: Clause) -> Iterator[Wording]:
    """Within what time something must be done."""
    found = _WITHIN.search(f" {clause.rest}")
    if found is None or clause.auxiliary not in ("must", "should", "may", "will", "can", "is", "are"):
        return
    before, tail = f" {clause.rest}"[: found.start()], found["tail"] or ""
    if up_to_comma(clause.rest) == clause.rest:
        question = clause.asked(f"Within how many {_plural(found['words'])}", f"{before} {tail}")
        yield Wording(question, clause.rest, "within", clause.subject.text, (alternatives(found["number"], None),))


def alternatives(number: str, scale: str | None) -> tuple[str, ...]:
    """The ways in which an answer may write a figure: "five" and "5"."""
    written = f"{number}{scale or ''}"
    plain = {word: str(value) for value, word in enumerate(_WORDS)}
    spelled = {value: word for word, value in plain.items()}
    other = plain.get(number.lower()) or spelled.get(number)
    return (written, f"{other}{scale or ''}") if other else (written,)


_WORDS = ("zero", "one", *_SPELLED.split("|(?:")[0].split("|"), "twenty")


def _first(clause: Clause) -> Figure | None:
    """The figure with which the rest of the clause begins."""
    found = next(iter(figures(clause.rest)), None)
    return found if found is not None and found.start == 0 else None


def _only_number(figure: Figure) -> bool:
    head = _NUMBER.match(figure.text)
    return head is not None and "-" not in (head["unit"] or "")


def fact(figure: Figure) -> tuple[tuple[str, ...], ...]:
    """The figure as a fact that must be said; none where it is written in a way that is not read here."""
    head = _NUMBER.match(figure.text)
    return (alternatives(head["number"], head["scale"]),) if head else ()


def _plural(words: str) -> str:
    return words if words.endswith("s") else f"{words}s"


RULES = (how_long, for_how_long, how_much, how_many, by_how_much, how_often, within)
