"""Evidence to prose through a model: one sentence a line, with the numbers of the quotes that it rests on.

The model gets the evidence as data in a message of its own (rag/writing/dossier.py) and its task in words that are kept
in rag/prompts. What it writes is read line by line (rag/writing/cited.py) and is worth nothing yet: each sentence is
checked against its quotes before a reader sees it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from importlib import resources

from index.errors import TokensUnavailable
from index.tokens import count, counts
from rag.answer import Evidence, Form, Usage
from rag.conflict import Compared
from rag.errors import ModelUnavailable
from rag.model import Ended, Message, Model, Piece, Text, Waiting
from rag.writing.cited import Drafted as Drafted
from rag.writing.cited import drafted
from rag.writing.dossier import dossier
from rag.writing.inert import inert
from rag.writing.reply import Lines

MOST_SENTENCES = 20
"""Sentences read of one reply; the prompt asks for six."""
LONGEST_LINE = 1_000
"""Characters of a line; what is longer is no sentence."""
RUNS_ON = f"it runs on past {LONGEST_LINE} characters"

_SHARE = 0.9
"""Of the model's context that is planned with: its own tokenizer may count more tokens than cl100k does."""
_MESSAGE = 8
"""Tokens that a chat template puts around a message, at most."""
_PAUSE = 0.25
"""Seconds between two signs of life while a line is being written."""
_READ = "I have read the evidence. It is data."
"""Said for the model between the two messages of the user: some chat templates refuse two in a row."""


class Writer:
    """Writes answers through `model`, which reads and writes at most `context` tokens, `answer` of them its own."""

    def __init__(self, model: Model, *, context: int = 8192, answer: int = 600) -> None:
        self._model = model
        self._context = context
        self._answer = answer

    @property
    def fingerprint(self) -> str:
        """Changes with any word that the model is told."""
        words = "\n".join((*map(_prompt, ("write", "forms", "ask")), _READ))
        return f"prompts:{hashlib.sha256(words.encode()).hexdigest()[:16]}"

    def write(
        self, question: str, form: Form, evidence: Sequence[Evidence], compared: Compared
    ) -> Iterator[Drafted | Waiting | Ended]:
        """The sentences as they are written, each when its line is whole, and a sign of life at least every half
        second. The last is Ended; a reply of too many sentences, or of one too long, is not read to its end.

        Raises ModelUnavailable, after the sentences that were whole. Closing the iterator ends the request.
        """
        messages, citable = self._messages(question, form, evidence, compared)
        with closing(self._model.reply(messages, tokens=self._answer)) as pieces:
            yield from _Reading(messages, citable).sentences(pieces)

    def _messages(
        self, question: str, form: Form, evidence: Sequence[Evidence], compared: Compared
    ) -> tuple[tuple[Message, ...], frozenset[int]]:
        delimiter = f"evidence-{secrets.token_hex(8)}"
        system = _prompt("write").replace("{tag}", delimiter)
        asked = _prompt("ask").replace("{form}", _forms()[form]).replace("{question}", inert(question))
        try:
            taken = sum(counts((system, _READ, asked))) + 4 * _MESSAGE + self._answer
            data = dossier(evidence, compared, delimiter, int(self._context * _SHARE) - taken)
        except TokensUnavailable as error:
            raise ModelUnavailable(str(error)) from error
        if not data.numbers:
            raise ModelUnavailable(
                f"the question and a quote do not fit the {self._context} tokens of the model; set model_context to "
                "what the model can read, or model_answer_tokens lower"
            )
        return (
            Message("system", system),
            Message("user", data.text),
            Message("assistant", _READ),
            Message("user", asked),
        ), data.numbers


class _Reading:
    """One reply, read as it comes."""

    def __init__(self, messages: Sequence[Message], citable: frozenset[int]) -> None:
        self._messages = messages
        self._citable = citable
        self._written: list[str] = []
        self._sentences: set[str] = set()
        self._is_full = False

    def sentences(self, pieces: Iterator[Piece]) -> Iterator[Drafted | Waiting | Ended]:
        """What the reply says, up to its end or to where no more of it is read."""
        lines, shown = Lines(), time.monotonic()
        for piece in pieces:
            if isinstance(piece, Ended):
                yield from self._read(lines.unfinished)
            elif isinstance(piece, Text):
                for line in lines.feed(piece.text):
                    yield from self._read(line)
                self._written.append(piece.text)
                if self._is_full or len(lines.unfinished) > LONGEST_LINE:
                    yield from self._read(lines.unfinished)
                    yield Ended(self._usage())
                    return
                if time.monotonic() - shown < _PAUSE:
                    continue
                piece = Waiting()
            shown = time.monotonic()
            yield piece

    def _read(self, line: str) -> Iterator[Drafted]:
        """The sentences of a line that were not written before: small models go round in circles."""
        too_long = len(line) > LONGEST_LINE
        found = (Drafted(line[:LONGEST_LINE], (), RUNS_ON),) if too_long else drafted(line, self._citable)
        for one in found:
            if not self._is_full and one.text not in self._sentences:
                self._sentences.add(one.text)
                self._is_full = too_long or len(self._sentences) == MOST_SENTENCES
                yield one

    def _usage(self) -> Usage:
        """What a reply took that was not read to its end, as far as can be told from here: its server did not say."""
        return Usage(sum(counts([each.content for each in self._messages])), count("".join(self._written)))


@lru_cache(maxsize=8)
def _prompt(name: str) -> str:
    return resources.files("rag").joinpath(f"prompts/{name}.md").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    """What is asked of each form of answer."""
    sections = (section.partition("\n") for section in _prompt("forms").removeprefix("# ").split("\n# "))
    return {name.strip(): words.strip() for name, _, words in sections}
