"""From evidence to prose that was checked: each sentence as the model writes it, against the quotes that it cites.

Only what the checker lets stand becomes part of the answer; the rest is kept with its reason. Whatever the model does
wrong ends in a notice for the reader, never in an error: the evidence has been shown by then, and stands.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from rag.answer import Citation, Dropped, Evidence, Form, Sentence, Usage
from rag.conflict import Compared
from rag.errors import ModelUnavailable
from rag.events import SentenceDropped, SentenceWritten, Writing
from rag.ground import ground
from rag.model import Ended
from rag.verify import Verifier
from rag.write import Drafted, Writer

NOT_CITED = "it names no quote that it rests on"
ASKS = "it is a question"


@dataclass(frozen=True, slots=True)
class Prose:
    """What was written and stands, what was dropped, and what the reader should know of the model, None if nothing."""

    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...]
    notice: str | None
    usage: Usage | None


def prose(
    question: str, form: Form, evidence: Sequence[Evidence], compared: Compared, writer: Writer, verifier: Verifier
) -> Generator[Writing | SentenceWritten | SentenceDropped, None, Prose]:
    """Prose from `evidence`, event by event, and at the end what became of it all."""
    sentences: list[Sentence] = []
    dropped: list[Dropped] = []
    fault: str | None = None
    usage: Usage | None = None
    words = 0
    try:
        for step in writer.write(question, form, evidence, compared):
            if isinstance(step, Ended):
                usage = step.usage
                continue
            if not isinstance(step, Drafted):
                yield Writing(words)
                continue
            words += len(step.text.split())
            if any(step.text == sentence.text for sentence in sentences):
                continue
            judged = _judged(question, step, evidence, verifier)
            if isinstance(judged, Sentence):
                sentences.append(judged)
                yield SentenceWritten(judged)
            else:
                dropped.append(judged)
                yield SentenceDropped(judged)
    except ModelUnavailable as error:
        fault = str(error)
    return Prose(tuple(sentences), tuple(dropped), _notice(fault, len(sentences), len(dropped)), usage)


def _judged(question: str, drafted: Drafted, evidence: Sequence[Evidence], verifier: Verifier) -> Sentence | Dropped:
    if drafted.fault or not drafted.numbers:
        return Dropped(drafted.text, drafted.fault or NOT_CITED)
    if drafted.text.endswith("?"):
        return Dropped(drafted.text, ASKS)
    cited = [evidence[number - 1] for number in drafted.numbers]
    verdict = verifier.verify(drafted.text, [ground(each) for each in cited], question=question)
    if verdict.support != "supported":
        return Dropped(drafted.text, "; ".join(verdict.reasons))
    citations = (
        Citation(number, each.attribution, each.span, each.quote)
        for number, each in zip(drafted.numbers, cited, strict=True)
    )
    return Sentence(drafted.text, tuple(citations), "supported")


def _notice(fault: str | None, sentences: int, dropped: int) -> str | None:
    """What the reader should know: why there is no prose, or why it ends early."""
    if sentences:
        return f"The answer may end early: {fault}." if fault else None
    if fault:
        return f"There is no written answer, the quotes stand alone: {fault}."
    if dropped:
        return "There is no written answer, the quotes stand alone: they bear out no sentence that the model wrote."
    return "There is no written answer, the quotes stand alone: the model found none in them."
