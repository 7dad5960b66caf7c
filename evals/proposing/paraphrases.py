"""The same question in other words: by safe changes only, so that what is expected of its answer stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from evals.proposing.lexicon import finite, past_of, third_person
from evals.proposing.wording import clean
from rag.language.entities import entity, is_name, is_nation
from rag.language.speech import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_AMERICAN = {
    "organise": "organize", "organised": "organized", "recognise": "recognize", "recognised": "recognized",
    "characterise": "characterize", "criticise": "criticize", "apologise": "apologize", "authorise": "authorize",
    "programme": "program", "defence": "defense", "centre": "center", "labour": "labor", "neighbour": "neighbor",
    "favour": "favor", "behaviour": "behavior", "colour": "color", "honour": "honor", "licence": "license",
    "travelled": "traveled", "cancelled": "canceled", "theatre": "theater", "harbour": "harbor", "grey": "gray",
    "organisation": "organization", "specialise": "specialize", "tonne": "ton", "catalogue": "catalog",
}  # fmt: skip
_BRITISH = {american: british for british, american in _AMERICAN.items() if american not in ("ton", "license")}
_ASKED = re.compile(r"^(?P<wh>What|How long|How much|How many [^?]+?|How|Why|When|Where|By how much|How often)$")
_HELPERS = word_set("did does do would will could should must can may has have had was were is are")
LONG = 8
"""Letters of a word that bears a slip of the pen."""


@dataclass(slots=True)
class Spellings:
    """The ways in which the documents write each name, as they are read."""

    _seen: dict[str, dict[str, None]] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Take note of the names of a text."""
        for word in _WORD.findall(text):
            if is_name(word) and len(word) > 3 and word[1:].islower() and not word.endswith(("'s", "’s")):
                self._seen.setdefault(entity(word), {}).setdefault(word)

    def other(self, word: str) -> str | None:
        """Another spelling of the same name: "Kiev" for "Kyiv", never "Ukrainian" for "Ukraine"."""
        same = [each for each in self._seen.get(entity(word), ()) if each != word and _is_spelling(each, word)]
        return min(same) if same else None


def paraphrases(question: str, subject: str, spellings: Spellings) -> tuple[tuple[str, str], ...]:
    """The changed questions, each with the name of its change; those that leave the question as it is are not there.

    >>> [each for each, _ in paraphrases("What did Ann Lee say about the new bridge?", "Ann Lee", Spellings())][:1]
    ['Tell me what Ann Lee said about the new bridge.']
    """
    found: dict[str, str] = {}
    for name, change in _CHANGES.items():
        changed = change(question, subject, spellings)
        if changed and changed != question:
            found.setdefault(clean(changed), name)
    return tuple(found.items())


def indirect(question: str, subject: str, spellings: Spellings) -> str | None:
    """The question as a request: "Tell me what Ann Lee said about the new bridge."."""
    told = _told(question, subject)
    return f"Tell me {told}." if told else None


def polite(question: str, subject: str, spellings: Spellings) -> str | None:
    """The question in a question: "Could you tell me how long the talks lasted?"."""
    told = _told(question, subject)
    return f"Could you tell me {told}?" if told else None


def nominal(question: str, subject: str, spellings: Spellings) -> str | None:
    """A noun for the verb: "What was the duration of the talks?", "What is the position of the Kremlin on …?"."""
    for pattern, template in _NOMINAL:
        found = re.fullmatch(pattern, question)
        if found:
            return found.expand(template)
    return None


def passive(question: str, subject: str, spellings: Spellings) -> str | None:
    """The passive: "What was said by Ann Lee about the new bridge?"."""
    found = re.fullmatch(r"What did (?P<who>.+) say about (?P<what>.+)\?", question)
    return f"What was said by {found['who']} about {found['what']}?" if found else None


def typed(question: str, subject: str, spellings: Spellings) -> str | None:
    """As people type: in lower case, without the question mark."""
    return question.rstrip("?").lower()


def unmarked(question: str, subject: str, spellings: Spellings) -> str | None:
    """Without the question mark."""
    return question.rstrip("?")


def misspelt(question: str, subject: str, spellings: Spellings) -> str | None:
    """With two letters of its longest common word changed over."""
    common = [word for word in _WORD.findall(question) if word.islower() and word.isalpha() and len(word) >= LONG]
    word = max(common, key=len, default=None)
    if word is None:
        return None
    at = next((place for place in range(len(word) // 2, len(word) - 1) if word[place] != word[place + 1]), None)
    if at is None:
        return None
    return question.replace(word, f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}", 1)


def respelt(question: str, subject: str, spellings: Spellings) -> str | None:
    """With the spelling of the other side of the ocean, or another that the documents have of a name."""
    changed = _replaced(question, _AMERICAN) or _replaced(question, _BRITISH)
    if changed:
        return changed
    for word in _WORD.findall(question):
        other = spellings.other(word) if is_name(word) else None
        if other:
            return re.sub(rf"\b{re.escape(word)}\b", other, question, count=1)
    return None


def _told(question: str, subject: str) -> str | None:
    """The question as the object of "tell me": the verb stands behind its subject again."""
    head, found, tail = question.rstrip("?").partition(f" {subject} ")
    wh, _, helper = head.rpartition(" ")
    if not found or helper not in _HELPERS or not _ASKED.match(wh):
        return None
    verb, _, rest = tail.partition(" ")
    form = finite(verb)
    opened = f"{wh[0].lower()}{wh[1:]} {subject}"
    if helper in ("did", "does"):
        if form is None or form.tense != "base":
            return None
        verb = past_of(verb) if helper == "did" else third_person(verb)
        return f"{opened} {verb} {rest}".strip()
    return f"{opened} {tail}".strip() if helper == "do" else f"{opened} {helper} {tail}".strip()


def _replaced(question: str, words: Mapping[str, str]) -> str | None:
    for word, other in words.items():
        if re.search(rf"\b{word}\b", question):
            return re.sub(rf"\b{word}\b", other, question)
    return None


def _is_spelling(one: str, other: str) -> bool:
    """Whether two names of one thing differ in spelling only; names of a country differ in kind, but for two."""
    if {one, other} == {"Kiev", "Kyiv"}:
        return True
    return not is_nation(one) and not is_nation(other) and one[0] == other[0] and abs(len(one) - len(other)) <= 2


_NOMINAL = (
    (r"How long did (.+) last\?", r"What was the duration of \1?"),
    (r"Who is the (.+)\?", r"What is the name of the \1?"),
    (r"What are (.+) expected to do\?", r"What is expected of \1?"),
    (r"What is (.+) expected to do\?", r"What is expected of \1?"),
    (r"What does (.+) say about (.+)\?", r"What is the position of \1 on \2?"),
    (r"How did (.+) describe (.+)\?", r"In what words did \1 describe \2?"),
    (r"How much did (.+) cost\?", r"What was the cost of \1?"),
)
_Change = Callable[[str, str, Spellings], str | None]
_CHANGES: dict[str, _Change] = {
    "indirect": indirect,
    "nominal": nominal,
    "passive": passive,
    "respelt": respelt,
    "polite": polite,
    "typed": typed,
    "misspelt": misspelt,
    "unmarked": unmarked,
}


_SLIGHT = ("unmarked",)
"""What is taken only where nothing else can be changed."""


def changes(question: str, subject: str, spellings: Spellings, turn: int) -> Iterator[tuple[str, str]]:
    """The changed questions, beginning with another change for another `turn`."""
    every = paraphrases(question, subject, spellings)
    found = [each for each in every if each[1] not in _SLIGHT] or every
    for at in range(len(found)):
        yield found[(turn + at) % len(found)]
