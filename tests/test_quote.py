"""Which sentences are quoted for a question, and when none should be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.document import Document, Passage, Span
from index.embed import default_embedder
from rag.language.terms import asked
from rag.quote import Quoter, find, shortlist
from rag.quoting import coefficients
from rag.quoting.reading import Reader

HARBOUR = """The harbour of Lindow was dredged in 1987. Its lighthouse is twenty-two metres tall and painted white.
Ferries to Marsk leave twice a day. The mayor, Anna Berg, opened the new pier last June."""
BUDGET = """The town council of Lindow met on Monday. Treasurer Paul Adler said the budget would grow by four per cent.
The swimming pool stays closed until spring. Adler demanded that the county pay half of the repairs."""
STRIKE = """Bus drivers in Lindow went on strike on Tuesday. Their union wants a shorter week.
Adler said the town would agree to a shorter week once the union gives up its claim for back pay."""
HOSTILE = st.text(alphabet=st.sampled_from("ab .!?\n\r\t\u00a0“”שלום😀e\u0301'…-1A"), min_size=1, max_size=200)


def passage(uri: str, text: str, title: str | None = None, published: date | None = None) -> Passage:
    document = Document(uri, text, "0" * 64, ("public",), title=title, published=published)
    return Passage(document.chunk(Span(0, len(text)), 0), document.attribution, 0.5)


@pytest.fixture(scope="module")
def quoter() -> Quoter:
    return Quoter()


@pytest.fixture(scope="module")
def town() -> tuple[Passage, ...]:
    return (
        passage("harbour.txt", HARBOUR, "The harbour of Lindow"),
        passage("budget.txt", BUDGET, "Council meets"),
        passage("strike.txt", STRIKE, "Buses stand still"),
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How tall is the lighthouse?", "twenty-two metres"),
        ("When was the harbour dredged?", "1987"),
        ("Who opened the new pier?", "Anna Berg"),
        ("How often do ferries leave for Marsk?", "twice a day"),
        ("By how much will the budget grow?", "four per cent"),
        ("What does the union of the bus drivers want?", "shorter week"),
    ],
)
def test_sentence_that_answers_comes_first(
    quoter: Quoter, town: tuple[Passage, ...], question: str, answer: str
) -> None:
    quoted = quoter.quote(question, town)
    assert answer in quoted.evidence[0].quote
    assert quoted.answerable >= quoter.threshold


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "What did Chancellor Olaf Scholz say about the harbour?",
        "Who won the World Cup in 1990?",
        "How do I reset my password?",
    ],
)
def test_what_the_passages_do_not_say_is_not_answerable(
    quoter: Quoter, town: tuple[Passage, ...], question: str
) -> None:
    assert quoter.quote(question, town).answerable < quoter.threshold


def test_name_that_occurs_nowhere_makes_an_answer_less_likely(quoter: Quoter, town: tuple[Passage, ...]) -> None:
    known = quoter.quote("What did Adler demand?", town).answerable
    assert quoter.quote("What did Sorensen demand?", town).answerable < known / 2


def test_whose_words_are_asked_for_is_heard_in_every_document(quoter: Quoter, town: tuple[Passage, ...]) -> None:
    evidence = quoter.quote("What are Adler's conditions?", town).evidence
    assert {"budget.txt", "strike.txt"} <= {piece.attribution.uri for piece in evidence[:3]}
    assert any("once the union" in piece.quote for piece in evidence[:3])


def test_nothing_found_answers_nothing(quoter: Quoter) -> None:
    assert quoter.quote("Who?", ()).evidence == ()
    assert quoter.quote("Who?", ()).answerable == 0.0


@pytest.mark.parametrize("limit", [1, 2, 6])
def test_no_more_quotes_than_asked_for(quoter: Quoter, town: tuple[Passage, ...], limit: int) -> None:
    assert 1 <= len(quoter.quote("What happens in Lindow?", town, limit=limit).evidence) <= limit


def test_syndicated_copy_is_quoted_once_and_from_the_passage_found_first(quoter: Quoter) -> None:
    copies = (passage("one.txt", STRIKE), passage("two.txt", STRIKE.upper()), passage("three.txt", "“" + STRIKE + "”"))
    evidence = quoter.quote("When did bus drivers strike?", copies).evidence
    assert {piece.attribution.uri for piece in evidence} == {"one.txt"}


def test_earlier_published_copy_is_the_one_quoted(quoter: Quoter) -> None:
    copies = (
        passage("late.txt", STRIKE, published=date(2024, 5, 2)),
        passage("early.txt", STRIKE, published=date(2024, 5, 1)),
        passage("undated.txt", STRIKE),
    )
    evidence = quoter.quote("When did bus drivers strike?", copies).evidence
    assert {piece.attribution.uri for piece in evidence} == {"early.txt"}


def test_correction_is_quoted_beside_what_it_corrects(quoter: Quoter) -> None:
    first = passage("first.txt", "The ferry to Marsk runs for five days each week.", published=date(2023, 1, 1))
    corrected = passage("second.txt", "The ferry to Marsk runs for six days each week.", published=date(2025, 1, 1))
    quotes = {
        evidence.quote for evidence in quoter.quote("How many days does the ferry run?", [first, corrected]).evidence
    }
    assert quotes == {first.chunk.text, corrected.chunk.text}


def test_a_short_heading_is_no_evidence_and_a_sentence_under_it_is(quoter: Quoter) -> None:
    text = "## Who has confirmed the draft\n\nNobody has confirmed the draft on the record."
    quoted = quoter.quote("Who has confirmed the draft?", [passage("draft.md", text)])
    assert [each.quote for each in quoted.evidence] == ["Nobody has confirmed the draft on the record."]


def test_short_title_is_no_evidence(quoter: Quoter) -> None:
    text = "Bus drivers strike\n\n" + STRIKE
    evidence = quoter.quote("Who is on strike?", (passage("strike.txt", text, "Bus drivers strike"),)).evidence
    assert "Bus drivers strike" not in [piece.quote for piece in evidence]


def test_every_quote_is_the_text_at_its_span_inside_a_chunk_that_starts_late(quoter: Quoter) -> None:
    text = "Nothing of note here. " + HARBOUR
    document = Document("late.txt", text, "0" * 64, ("public",))
    late = Passage(document.chunk(Span(22, len(text)), 1), document.attribution, 0.5)
    for piece in quoter.quote("How tall is the lighthouse?", (late,)).evidence:
        assert text[piece.span.start : piece.span.end] == piece.quote


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(HOSTILE.filter(lambda text: bool(text.strip())), min_size=1, max_size=4), question=HOSTILE)
def test_hostile_text_is_quoted_exactly_or_not_at_all(quoter: Quoter, texts: list[str], question: str) -> None:
    quoted = quoter.quote(question, [passage(f"{number}.txt", text) for number, text in enumerate(texts)])
    assert 0.0 <= quoted.answerable <= 1.0
    for piece in quoted.evidence:
        number = int(piece.attribution.uri.removesuffix(".txt"))
        assert texts[number][piece.span.start : piece.span.end] == piece.quote
        assert 0.0 <= piece.relevance <= 1.0


def test_same_question_gets_the_same_quotes_from_a_warm_and_from_a_new_quoter(
    quoter: Quoter, town: tuple[Passage, ...]
) -> None:
    first = quoter.quote("What did Adler say about the budget?", town)
    assert quoter.quote("What did Adler say about the budget?", town) == first
    assert Quoter().quote("What did Adler say about the budget?", town) == first


def test_fingerprint_changes_with_the_coefficients(quoter: Quoter, monkeypatch: pytest.MonkeyPatch) -> None:
    before = quoter.fingerprint
    monkeypatch.setattr(coefficients, "FLOOR", coefficients.FLOOR / 2)
    assert quoter.fingerprint != before
    assert before.endswith(default_embedder().fingerprint)


def test_shortlist_prefers_sentences_that_share_the_questions_words(town: tuple[Passage, ...]) -> None:
    found = find(town)
    about = asked("How tall is the lighthouse?", {"tall": 0.7, "lighthouse": 0.9})
    assert any("lighthouse" in one.text for one in shortlist(about, found, most=2))
    assert shortlist(about, found, most=100) == found


def test_kept_sentence_reads_as_a_fresh_one() -> None:
    small, large = Reader(default_embedder(), kept=1), Reader(default_embedder(), kept=100)
    pairs = [("Harbour", "The pier is new."), ("", "The pier is new."), ("Harbour", "Ferries leave twice a day.")]
    for _ in range(2):
        for one, other in zip(small.read_all(pairs), large.read_all(pairs), strict=True):
            assert (one.titled == other.titled).all()
            assert (one.own == other.own).all()


def test_reading_tells_a_sentence_from_its_title() -> None:
    reading = Reader(default_embedder()).read("Harbour news", "The pier is new.")
    assert len(reading.own) == len(default_embedder().word_pieces(["The pier is new."])[0])
    assert len(reading.titled) > len(reading.own)
