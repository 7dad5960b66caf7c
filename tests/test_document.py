"""The values of the corpus refuse what would make a citation false."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Chunk, Document, Passage, Span, document_id
from index.errors import InvalidDocument

DOCUMENT = Document("desk/a.txt", "One. Two.\nThree — four 🙂 مرحبا.", "hash", ("public",))


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (-1, 2)])
def test_a_span_is_never_empty_or_negative(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        Span(start, end)


def test_spans_that_touch_do_not_overlap() -> None:
    assert Span(0, 3).overlaps(Span(2, 4))
    assert not Span(0, 2).overlaps(Span(2, 4))


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"text": " \n"}, "no text"),
        ({"readers": ()}, "no reader"),
        ({"readers": ("",)}, "no reader"),
        ({"uri": ""}, "no uri"),
    ],
)
def test_a_document_needs_uri_text_and_readers(change: dict[str, object], fact: str) -> None:
    with pytest.raises(InvalidDocument, match=fact):
        replace(DOCUMENT, **change)  # type: ignore[arg-type]


@given(st.integers(0, 30), st.integers(1, 31))
def test_a_chunk_is_its_documents_text(start: int, length: int) -> None:
    span = Span(start, start + length)
    if span.end > len(DOCUMENT.text):
        with pytest.raises(ValueError, match="not its document's text"):
            DOCUMENT.chunk(span, 0)
    else:
        assert DOCUMENT.chunk(span, 0).text == DOCUMENT.text[span.start : span.end]


def test_a_chunk_of_another_length_than_its_span_is_refused() -> None:
    with pytest.raises(ValueError, match="not its document's text"):
        Chunk("id", Span(0, 3), 0, "four")


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_score_is_between_0_and_1(score: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        Passage(DOCUMENT.chunk(Span(0, 4), 0), DOCUMENT.attribution, score)


def test_the_id_is_made_of_the_uri_alone() -> None:
    assert DOCUMENT.id == replace(DOCUMENT, text="Other.", content_hash="other").id == document_id("desk/a.txt")
    assert DOCUMENT.id != document_id("desk/b.txt")
