"""From a question to an answer: evidence first, prose of exact quotes, and an honest "the documents do not say"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.embed import default_embedder
from index.principal import LOCAL, Principal
from rag.ask import Answered, Desk, EvidenceCompared, EvidenceFound, Question, SentenceWritten, ask, stream
from rag.errors import InvalidQuestion
from rag.quote import Quoter
from tests.shelf import brief, shelf

BRIEFS = [
    brief(
        "moscow-june",
        "The foreign ministry held its yearly meeting.\n"
        "President Orlov said that troops must leave four regions before any talks begin. "
        "He also demanded that the neighbour stay neutral.",
        published="2024-06-14",
        publisher="Moscow desk",
        title="Orlov names his conditions",
    ),
    brief(
        "moscow-december",
        "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\n"
        "The two envoys brought four papers.",
        published="2025-12-02",
        publisher="Moscow desk",
        title="Envoys meet Orlov",
    ),
    brief(
        "harvest",
        "The harvest of barley was the best in nine years.\nFarmers expect lower prices for bread.",
        published="2024-09-01",
        publisher="Rural desk",
        title="A good year for barley",
        readers=("farmers",),
    ),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    quoter = Quoter()
    with shelf(tmp_path_factory.mktemp("library"), BRIEFS, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def test_the_evidence_comes_first_and_the_answer_last(desk: Desk) -> None:
    events = list(stream(LOCAL, Question("How long did the talks with the envoys last?"), desk))
    assert isinstance(events[0], EvidenceFound)
    assert isinstance(events[1], EvidenceCompared)
    assert all(isinstance(event, SentenceWritten) for event in events[2:-1])
    assert isinstance(events[-1], Answered)
    answer = events[-1].answer
    assert answer.evidence == events[0].evidence
    assert (answer.points, answer.disagreements) == (events[1].points, events[1].disagreements)
    assert answer.sentences == tuple(event.sentence for event in events[2:-1] if isinstance(event, SentenceWritten))


def test_the_answer_says_what_who_and_when(desk: Desk) -> None:
    answer = ask(LOCAL, Question("How long did the talks with the envoys last?"), desk)
    best = answer.evidence[0]
    assert answer.status == "answered"
    assert "five hours" in best.quote
    assert (best.speaker, best.attribution.publisher) == ("Irina Belova", "Moscow desk")
    assert best.attribution.published == date(2025, 12, 2)
    assert {timing.stage for timing in answer.trace.timings} == {"understand", "search", "quote", "compare"}


def test_every_quote_is_its_documents_text(desk: Desk) -> None:
    for question in ("What are Orlov's conditions?", "How long did the talks last?", "How was the harvest of barley?"):
        for evidence in ask(LOCAL, Question(question), desk).evidence:
            document = desk.corpus.document(LOCAL, evidence.attribution.document_id)
            assert document is not None
            assert evidence.span.of(document.text) == evidence.quote


def test_each_sentence_is_a_quote_that_cites_itself(desk: Desk) -> None:
    answer = ask(LOCAL, Question("What are Orlov's conditions for talks?"), desk)
    assert len(answer.sentences) == len(answer.evidence)
    for sentence in answer.sentences:
        (citation,) = sentence.citations
        evidence = answer.evidence[citation.number - 1]
        assert sentence.text == citation.quote == evidence.quote
        assert (sentence.support, citation.span) == ("quoted", evidence.span)


def test_what_the_documents_do_not_say_is_said_so_with_what_is_nearest(desk: Desk) -> None:
    answer = ask(LOCAL, Question("What is the population of Brazil?"), desk)
    assert (answer.status, answer.sentences, answer.evidence) == ("abstained", (), ())
    assert 0 < len(answer.related) <= 3
    assert answer.trace.answerable < answer.trace.threshold


def test_what_one_may_not_read_is_not_even_related(desk: Desk) -> None:
    question = Question("How was the harvest of barley?")
    stranger = ask(Principal("stranger", frozenset({"public"})), question, desk)
    assert stranger.status == "abstained"
    assert "harvest" not in {passage.attribution.uri for passage in stranger.related}
    assert ask(Principal("farmer", frozenset({"farmers"})), question, desk).status == "answered"
    assert ask(Principal("nobody", frozenset()), question, desk).related == ()


def test_as_of_an_earlier_day_the_later_is_not_known(desk: Desk) -> None:
    question = "How long did the talks with the envoys last?"
    assert ask(LOCAL, Question(question, as_of=date(2025, 12, 2)), desk).status == "answered"
    earlier = ask(LOCAL, Question(question, as_of=date(2025, 12, 1)), desk)
    assert "moscow-december" not in {evidence.attribution.uri for evidence in earlier.evidence}


@pytest.mark.parametrize(("text", "fact"), [("", "empty"), (" \n", "empty"), ("why " * 2000, "8000 characters")])
def test_a_question_is_neither_empty_nor_a_document(text: str, fact: str) -> None:
    with pytest.raises(InvalidQuestion, match=fact):
        Question(text)


def test_a_bare_yes_or_no_stands_before_the_quotes_that_bear_it_out(tmp_path: Path) -> None:
    quoter = Quoter()
    told = [brief("bridge", "The council did not approve the bridge.", publisher="River Post", published="2024-06-10")]
    with shelf(tmp_path / "library", told, default_embedder()) as corpus:
        answer = ask(LOCAL, Question("Did the council approve the bridge?"), Desk(corpus, quoter, 0.0))
    first, *quotes = answer.sentences
    assert (first.text, first.support) == ("No.", "supported")
    assert first.citations[0].quote == told[0].text
    assert [sentence.support for sentence in quotes] == ["quoted"]


def test_no_yes_or_no_stands_where_the_sources_disagree(tmp_path: Path) -> None:
    quoter = Quoter()
    told = [
        brief("one", "The council approved the bridge.", publisher="River Post", published="2024-06-10"),
        brief("two", "The council did not approve the bridge.", publisher="Hill Gazette", published="2024-06-10"),
    ]
    with shelf(tmp_path / "library", told, default_embedder()) as corpus:
        answer = ask(LOCAL, Question("Did the council approve the bridge?"), Desk(corpus, quoter, 0.0))
    assert {sentence.support for sentence in answer.sentences} == {"quoted"}
