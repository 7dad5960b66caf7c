from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Chunk, Document, Span
from index.furniture import furniture
from index.normalise import normalise
from index.sentences import sentences
from index.split import split
from index.tokens import count

SENTENCE = "The committee of the northern province agreed on a new plan for the river."


def document(text: str) -> Document:
    return Document(uri="note.txt", text=text, content_hash="0", readers=("public",))


def chunks(text: str, tokens: int = 200) -> tuple[Chunk, ...]:
    return split(document(text), tokens=tokens)


def test_a_short_text_is_one_chunk() -> None:
    (chunk,) = chunks(f"  {SENTENCE}\n")

    assert chunk.text == SENTENCE
    assert (chunk.ordinal, chunk.headings, chunk.span) == (0, (), Span(2, 2 + len(SENTENCE)))


def test_chunks_hold_whole_sentences_and_are_numbered() -> None:
    text = " ".join(f"{SENTENCE[:-1]} in year {year}." for year in range(1900, 1960))

    found = chunks(text)

    assert [chunk.ordinal for chunk in found] == list(range(len(found)))
    assert all(chunk.text.startswith("The ") and chunk.text.endswith(".") for chunk in found)
    assert " ".join(chunk.text for chunk in found) == text
    assert all(120 < count(chunk.text) <= 200 for chunk in found)


def test_no_chunk_is_left_a_scrap() -> None:
    """One sentence too many for a chunk makes two halves, not a full one and a rest."""
    text = " ".join([SENTENCE] * 15)

    first, second = (count(chunk.text) for chunk in chunks(text))

    assert min(first, second) > 90


def test_paragraphs_are_kept_together_where_chunks_stay_full() -> None:
    paragraph = " ".join([SENTENCE] * 10)

    assert [chunk.text for chunk in chunks("\n\n".join([paragraph] * 4))] == [paragraph] * 4


def test_a_heading_begins_a_chunk_and_never_ends_one() -> None:
    section = " ".join([SENTENCE] * 9)
    text = f"# Report\n\n{section}\n\n## Terms of the offer\n\n{section}\n\n## Replies\n\n{section}"

    found = chunks(text)

    assert [chunk.headings for chunk in found] == [
        ("Report",),
        ("Report", "Terms of the offer"),
        ("Report", "Replies"),
    ]
    assert [chunk.text.split("\n")[0] for chunk in found] == ["# Report", "## Terms of the offer", "## Replies"]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Russia prepared to hold talks", "Russia prepared to hold talks"),
        ("### Terms ###", "Terms"),
        ("What do they want?", "What do they want?"),
        ("2.1 Scope of the offer", "2.1 Scope of the offer"),
    ],
)
def test_lines_that_are_headings(line: str, title: str) -> None:
    (chunk,) = chunks(f"{line}\n{SENTENCE}")

    assert chunk.headings == (title,)


@pytest.mark.parametrize(
    "line",
    [
        "It was agreed.",
        "and so it went on",
        "Dear all,",
        "- Withdraw from the east",
        "a) Withdraw from the east",
        "| Name | Age |",
        "2024-08-15",
        "#",
        "The committee " * 8,
    ],
)
def test_lines_that_are_not(line: str) -> None:
    assert chunks(f"{line}\n{SENTENCE}")[0].headings == ()


def test_a_title_with_nothing_below_it_is_not_a_heading() -> None:
    assert chunks("Minutes of the meeting")[0].headings == ()
    assert chunks("Apples\nPears\nPlums")[0].headings == ()


def test_furniture_is_in_no_chunk_and_no_chunk_runs_across_it() -> None:
    text = f"{SENTENCE}\n\nAdvertisement\n\n{SENTENCE}\n\nLeave a comment"

    assert [chunk.text for chunk in chunks(text)] == [SENTENCE, SENTENCE]


def test_headings_hold_across_furniture() -> None:
    text = f"# Report\n{SENTENCE}\n\nAdvertisement\n\n{SENTENCE}"

    assert [chunk.headings for chunk in chunks(text)] == [("Report",), ("Report",)]


def test_a_text_of_furniture_alone_has_no_chunks() -> None:
    assert chunks("Advertisement\n\nLeave a comment") == ()


@pytest.mark.parametrize(
    "text", ["x" * 3_000, "word " * 600, "山" * 900, "👩\u200d🚀" * 300, "a\n" * 2_000, "0x1f," * 900]
)
def test_what_has_no_sentences_is_cut_to_size(text: str) -> None:
    found = chunks(text, tokens=50)

    assert all(count(chunk.text) <= 50 for chunk in found)
    assert "".join("".join(chunk.text.split()) for chunk in found) == "".join(text.split())


def test_a_wide_gap_does_not_count_against_the_text_behind_it() -> None:
    assert len(chunks("One." + " " * 100_000 + "Two.")) == 2


def test_chunks_smaller_than_a_sentence_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 tokens, not 4"):
        chunks(SENTENCE, tokens=4)


LINES = st.sampled_from(
    [
        SENTENCE,
        "Advertisement",
        "Leave a comment",
        "# Heading",
        "A title of its own",
        "- one\n- two",
        "(Reporting by A. Writer; editing by B. Reader)",
        "قال الرئيس إن المحادثات انتهت. لم يتفقوا.",
        "הוא אמר: “נלך. נישאר.”",
        "停火了。谈判开始了！",
        "👩\u200d🚀🇺🇦 e\u0301 \ufb01 \u200f \u202e reversed",
        "He said: “We go. We stay,” and left.",
        "",
        "x" * 700,
    ]
)
TEXTS = st.one_of(
    st.text(min_size=1, max_size=300),
    st.lists(LINES, min_size=1, max_size=30).map("\n".join),
    st.lists(LINES, min_size=1, max_size=30).map("\r\n\r\n".join),
    st.lists(LINES, min_size=1, max_size=30).map(" ".join),
).map(normalise)


@settings(max_examples=250, deadline=None)
@given(TEXTS.filter(lambda text: bool(text.strip())), st.sampled_from([16, 50, 200]))
def test_every_chunk_is_the_text_at_its_span_and_nothing_is_lost(text: str, tokens: int) -> None:
    found = chunks(text, tokens)
    left_out = furniture(text)

    assert all(chunk.span.of(text) == chunk.text == chunk.text.strip() for chunk in found)
    assert all(first.span.end <= second.span.start for first, second in pairwise(found))
    assert not any(chunk.span.overlaps(span) for chunk in found for span in left_out)
    covered = {at for span in (*left_out, *(chunk.span for chunk in found)) for at in range(span.start, span.end)}
    assert all(character.isspace() or at in covered for at, character in enumerate(text))
    assert all(count(chunk.text) <= tokens + 2 for chunk in found)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES.filter(lambda line: len(line) < 200), min_size=1, max_size=20).map("\n\n".join).map(normalise))
def test_a_sentence_that_fits_is_never_torn(text: str) -> None:
    """Whoever reads a chunk finds the sentences that the document has there."""
    if not text.strip():
        return
    whole = {
        (start + span.start, start + span.end) for start, end in regions(text) for span in sentences(text[start:end])
    }
    ours = {
        (chunk.span.start + span.start, chunk.span.start + span.end)
        for chunk in chunks(text)
        for span in sentences(chunk.text)
    }
    assert ours == whole


def regions(text: str) -> list[tuple[int, int]]:
    edges = [0, *(at for span in furniture(text) for at in (span.start, span.end)), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))
