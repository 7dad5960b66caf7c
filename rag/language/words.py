"""A sentence as words and marks, with every quotation folded into one mark."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language import speech

QUOTE = "“”"
"""Stands for a whole quotation: who said what inside it is not said by the sentence."""
_WORD = re.compile(
    r"(?P<short>(?:[^\W\d_]\.){2,}|[A-Z]\.(?=\s[A-Z])|(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Rev|St)\.)"
    r"|(?P<word>[^\W\d_]+(?:['’\-][^\W\d_]+)*['’]?)|(?P<number>\d[\d.,]*\d|\d)|(?P<mark>[^\w\s])"
)
_NEVER_NAMES = speech.OPENERS | speech.PREPOSITIONS | speech.SUBORDINATORS | speech.GENERIC
_VERBAL = speech.FINITE | speech.BE | speech.MODALS | speech.ADVERBS | {"and"}
"""What may follow "Beijing", and never "Asked" or "Speaking", at the head of a sentence."""
_CLOSERS = {"“": "”", "„": "“”", "«": "»", '"': '"'}
_LONGEST_SENTENCE = 4_000
"""Characters; what is longer is no sentence, and only its beginning is read, so that time stays bounded."""
_LONGEST_SINGLE = 300
"""Characters between ‘ and ’: beyond it the first was no opening quote."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of a sentence, as written and lower-cased, in step."""

    text: list[str]
    lower: list[str]

    def __len__(self) -> int:
        return len(self.text)

    @property
    def is_question(self) -> bool:
        return bool(self.text) and self.text[-1] == "?"

    def is_capital(self, at: int) -> bool:
        return 0 <= at < len(self) and self.text[at][0].isupper()

    def is_name(self, at: int) -> bool:
        """Whether the word is written as a name and is none of the words that only seem one."""
        if not self.is_capital(at):
            return False
        word = re.split("['’]", self.lower[at], maxsplit=1)[0] or self.lower[at]
        if word in speech.TIMES or len(self.text[at].rstrip(".")) < 2:
            return False
        if (at == 0 and self._opens_aside(word)) or (word != self.lower[at] and word in speech.GENERIC):
            return False
        return at > 0 or word not in _NEVER_NAMES

    def _opens_aside(self, word: str) -> bool:
        """Whether the first word is a participle or an adverb: "Asked if", "Speaking to", "Typically,"."""
        following = self.text[1] if len(self) > 1 else ""
        participle = word.endswith(("ing", "ed")) and following.islower() and following not in _VERBAL
        return participle or (word.endswith("ly") and following == ",")

    def has_complement(self, at: int) -> bool:
        """Whether "that", a colon or a quotation follows the word within its clause."""
        for word in self.lower[at + 1 : at + 7]:
            if word in ("that", ":", QUOTE, "there"):
                return True
            if word in (";", "."):
                return False
        return False

    def time_before(self, at: int) -> int:
        """The place before the time that ends at `at` ("on Wednesday", "last month", "on 14 June"), or `at` itself."""
        place = at
        while place >= 0 and at - place < 4 and (self.lower[place] in speech.TIMES or self.text[place].isdigit()):
            place -= 1
        if place == at:
            return at
        while place >= 0 and self.lower[place] in ("on", "in", "last", "this", "late", "early", "mid", "next"):
            place -= 1
        return place

    def mark_before(self, at: int, marks: frozenset[str]) -> int:
        """The place of the nearest of `marks` before `at`, within 40 words; -1 if there is none."""
        for place in range(at - 1, max(-1, at - 41), -1):
            if self.text[place] in marks:
                return place
        return -1

    def mark_after(self, at: int, marks: frozenset[str]) -> int:
        """The place of the nearest of `marks` from `at` on, else the end."""
        for place in range(at, len(self)):
            if self.text[place] in marks:
                return place
        return len(self)

    def ends_in_role(self, mark: int) -> bool:
        """Whether a role stands within eight words before `mark`: "the head of the agency, Rafael Grossi, said"."""
        return any(self.lower[at] in speech.ROLES for at in range(max(0, mark - 8), mark))

    def starts_noun(self, at: int) -> bool:
        return at < len(self) and self.lower[at] in ("a", "an", "the", "one", "two", "three", "some", "officials")


def words_of(sentence: str) -> Words:
    """The words of `sentence` outside its quotations.

    >>> words_of("“No,” said Mr. Li.").text
    ['“”', 'said', 'Mr.', 'Li', '.']
    """
    text = _unquoted(sentence[:_LONGEST_SENTENCE].replace("`", "'"))
    return Words(text, [word.lower().rstrip(".") or word for word in text])


def _unquoted(sentence: str) -> list[str]:
    at, words = 0, list[str]()
    while match := _WORD.search(sentence, at):
        end = _quotation_end(sentence, match.start()) if match["mark"] else None
        if end is not None:
            words.append(QUOTE)
            at = end
            continue
        if (match["mark"] and match[0] in "”»") or _closes(sentence, match.start()):
            words = [QUOTE]
        else:
            words.append(match[0])
        at = match.end()
    return words


def _quotation_end(sentence: str, at: int) -> int | None:
    """Where the quotation that opens at `at` ends; the sentence's end if it never closes, None if none opens."""
    mark = sentence[at]
    if mark == "‘":
        close = re.compile(r"’(?![^\W\d_])").search(sentence, at, at + _LONGEST_SINGLE)
        return close.end() if close else None
    if mark not in _CLOSERS or _closes(sentence, at):
        return None
    ends = [found + 1 for closer in _CLOSERS[mark] if (found := sentence.find(closer, at + 1)) >= 0]
    return min(ends, default=len(sentence))


def _closes(sentence: str, at: int) -> bool:
    """Whether the straight quote at `at` ends a quotation that began in an earlier sentence."""
    return (
        sentence[at] == '"'
        and at > 0
        and sentence[at - 1] in ",.!?…"
        and (at + 1 == len(sentence) or sentence[at + 1].isspace())
    )
