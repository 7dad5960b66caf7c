"""An answer as llama-index's response: its text with numbers, its quotes as nodes, and the rest as plain values."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore

from rag.answer import ABSTENTION, Answer, Evidence, Sentence
from rag.conversation import Turn
from rag.engines.nodes import evidence_node


def response(answer: Answer) -> Response:
    """An answer as llama-index's response."""
    return Response(whole(answer), cited_nodes(answer), described(answer))


def text(sentences: Sequence[Sentence]) -> str:
    """Sentences in order, quotes in quotation marks, each with the numbers of its evidence.

    >>> from index.document import Attribution, Span
    >>> from rag.answer import Citation
    >>> cited = Citation(2, Attribution("d", "talks.txt"), Span(0, 9), "It ended.")
    >>> text([Sentence("It ended.", (cited,), "quoted")])
    '“It ended.” [2]'
    """
    return " ".join(map(numbered, sentences))


def cited_nodes(answer: Answer) -> list[NodeWithScore]:
    """The quotes that the answer cites, in the order of their numbers."""
    cited = {citation.number for sentence in answer.sentences for citation in sentence.citations}
    return [evidence_node(number, answer.evidence[number - 1]) for number in sorted(cited)]


def described(answer: Answer) -> dict[str, object]:
    """What an answer is besides its text: plain values, evidence by its number from 1."""
    return {
        "status": answer.status,
        "question": answer.question,
        "form": answer.form,
        "sentences": [
            {"text": each.text, "support": each.support, "citations": [cited.number for cited in each.citations]}
            for each in answer.sentences
        ],
        "citations": [_citation(number, evidence) for number, evidence in enumerate(answer.evidence, start=1)],
        "dropped": [{"text": each.text, "reason": each.reason} for each in answer.dropped],
        "disagreements": [
            {"relation": each.relation, "evidence": list(each.evidence), "differences": list(each.differences)}
            for each in answer.disagreements
        ],
        "notice": answer.notice,
    }


def turns(chat_history: Sequence[ChatMessage]) -> tuple[Turn, ...]:
    """A conversation as turns: each message of the user with the next one of the assistant; others are left out."""
    found: list[Turn] = []
    for message in chat_history:
        if message.role == MessageRole.USER and (message.content or "").strip():
            found.append(Turn(message.content))
        elif message.role == MessageRole.ASSISTANT and found and not found[-1].answer:
            found[-1] = Turn(found[-1].question, message.content or "")
    return tuple(found)


def numbered(sentence: Sentence) -> str:
    """One sentence as `text` has it."""
    numbers = "".join(f"[{citation.number}]" for citation in sentence.citations)
    words = f"“{sentence.text}”" if sentence.support == "quoted" else sentence.text
    return f"{words} {numbers}".rstrip()


def whole(answer: Answer) -> str:
    """The text of an answer; where there is none, that the documents do not say."""
    return text(answer.sentences) or ABSTENTION


def _citation(number: int, evidence: Evidence) -> dict[str, object]:
    origin, span = evidence.attribution, evidence.span
    return {"number": number, "uri": origin.uri, "start": span.start, "end": span.end, "quote": evidence.quote}
