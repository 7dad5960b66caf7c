"""An answer cannot be made of quotes that are not there."""

from __future__ import annotations

import pytest

from index.document import Document, Passage, Span
from rag.answer import Answer, Citation, Evidence, Sentence, Trace

DOCUMENT = Document(
    "desk/a.txt", "The envoys left. Talks lasted five hours. No deal came.", "hash", ("public",), "Talks"
)
PASSAGE = Passage(DOCUMENT.chunk(Span(17, 55), 1), DOCUMENT.attribution, 0.5)
TRACE = Trace("embedder", "evidence", 1, answerable=0.9, threshold=0.5)


def test_evidence_is_the_text_at_its_span() -> None:
    evidence = Evidence(PASSAGE, Span(17, 41), "Talks lasted five hours.", 0.9)
    assert DOCUMENT.text[evidence.span.start : evidence.span.end] == evidence.quote
    assert evidence.attribution.title == "Talks"


@pytest.mark.parametrize(
    ("span", "quote"),
    [
        (Span(17, 41), "Talks lasted nine hours."),
        (Span(18, 42), "Talks lasted five hours."),
        (Span(0, 16), "The envoys left."),
        (Span(42, 57), "No deal came.  "),
    ],
    ids=["other words", "other place", "before the passage", "past the passage"],
)
def test_evidence_that_is_not_there_is_refused(span: Span, quote: str) -> None:
    with pytest.raises(ValueError, match="not the text"):
        Evidence(PASSAGE, span, quote, 0.9)


def test_a_quoted_sentence_needs_a_citation() -> None:
    with pytest.raises(ValueError, match="needs a citation"):
        Sentence("Talks lasted five hours.", (), "quoted")
    assert Sentence("Talks may go on.", (), "unsupported").citations == ()


def test_an_answer_is_answered_with_a_sentence_or_abstains_without_citations() -> None:
    citation = Citation(1, DOCUMENT.attribution, Span(17, 41), "Talks lasted five hours.")
    sentence = Sentence(citation.quote, (citation,), "quoted")
    with pytest.raises(ValueError, match="needs a sentence"):
        Answer("How long?", "answered", (), (), TRACE)
    with pytest.raises(ValueError, match="cites nothing"):
        Answer("How long?", "abstained", (sentence,), (), TRACE)
