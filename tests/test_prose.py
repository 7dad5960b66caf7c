"""An answer with a model that writes: checked prose after the evidence, and whatever the model does, the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from index.embed import default_embedder
from index.principal import LOCAL, Principal
from rag.answer import Answer
from rag.ask import Desk, EvidenceFound, Question, SentenceDropped, SentenceWritten, Writing, ask, stream
from rag.conversation import Turn
from rag.ground import ground
from rag.model import Limits, Model, Prices
from rag.quote import Quoter
from rag.write import Writer
from tests.modelserver import Served, serving
from tests.shelf import brief, shelf

BRIEFS = [
    brief(
        "talks",
        "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\n"
        "The two envoys brought four papers.\n"
        "President Orlov did not sign any of them on Tuesday.",
        published="2025-12-02",
        publisher="Moscow desk",
        title="Envoys meet Orlov",
    ),
    brief(
        "talks-elsewhere",
        "Talks in the capital lasted six hours, according to the governor.",
        published="2025-12-03",
        publisher="Kyiv desk",
        title="The governor on the talks",
    ),
    brief("secret", "The talks in the capital cost nine million.", readers=("treasury",), publisher="Treasury"),
]
QUESTION = Question("How long did the talks in the capital last?")
BRISK = Limits(first_seconds=1.5, whole_seconds=2.5, retries=1, failures=1000)
BROKEN = (
    "silent", "drip", "cut-json", "cut-utf8", "rate-limited", "rate-limited-bare", "error-500", "refused",
    "wrong-schema", "html", "huge", "length", "content-filter", "no-finish", "slow-first", "babbler",
)  # fmt: skip

Desks = Callable[..., Desk]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def desk_with(tmp_path_factory: pytest.TempPathFactory, server: Served) -> Iterator[Desks]:
    quoter = Quoter()
    models: list[Model] = []

    with shelf(tmp_path_factory.mktemp("library"), BRIEFS, default_embedder()) as corpus:
        quotes_only = Desk(corpus, quoter, quoter.threshold)

        def made(name: str | None, *, streaming: bool = True, prices: Prices | None = None) -> Desk:
            if name is None:
                return quotes_only
            model = Model(server.url, name, limits=BRISK, streaming=streaming, prices=prices)
            models.append(model)
            return replace(quotes_only, model=model, writer=Writer(model))

        yield made
        for model in models:
            model.close()


def evidence_of(answer: Answer) -> list[str]:
    return [each.quote for each in answer.evidence]


def test_prose_comes_after_the_evidence_sentence_by_sentence(desk_with: Desks) -> None:
    events = list(stream(LOCAL, QUESTION, desk_with("honest")))
    kinds = [type(event) for event in events]
    assert kinds.index(EvidenceFound) < kinds.index(SentenceWritten)
    written = [event.sentence for event in events if isinstance(event, SentenceWritten)]
    answer = ask(LOCAL, QUESTION, desk_with("honest"))
    assert tuple(written) == answer.sentences
    assert {sentence.support for sentence in answer.sentences} == {"supported"}
    assert answer.notice is None


def test_every_sentence_rests_on_quotes_of_this_answer(desk_with: Desks) -> None:
    answer = ask(LOCAL, QUESTION, desk_with("honest"))
    for sentence in answer.sentences:
        assert sentence.citations
        for citation in sentence.citations:
            cited = answer.evidence[citation.number - 1]
            assert (citation.span, citation.quote, citation.attribution) == (cited.span, cited.quote, cited.attribution)


def test_the_evidence_is_the_same_with_and_without_a_model(desk_with: Desks) -> None:
    plain, written = ask(LOCAL, QUESTION, desk_with(None)), ask(LOCAL, QUESTION, desk_with("honest"))
    assert written.evidence == plain.evidence
    assert (written.points, written.disagreements) == (plain.points, plain.disagreements)
    assert plain.trace.model is None
    assert plain.trace.verifier is None
    assert plain.trace.usage is None


def test_the_trace_says_what_wrote_and_what_it_took(desk_with: Desks) -> None:
    trace = ask(LOCAL, QUESTION, desk_with("honest", prices=Prices(1.0, 2.0))).trace
    assert trace.model is not None
    assert "honest" in trace.model
    assert trace.prompts
    assert trace.verifier
    assert trace.usage is not None
    assert trace.usage.prompt_tokens > 0 < trace.usage.completion_tokens
    assert trace.usage.cost == pytest.approx(trace.usage.prompt_tokens / 1e6 + 2 * trace.usage.completion_tokens / 1e6)
    assert "write" in {timing.stage for timing in trace.timings}


def test_a_liars_sentences_are_dropped_with_their_reasons(desk_with: Desks) -> None:
    events = list(stream(LOCAL, QUESTION, desk_with("liar")))
    dropped = tuple(event.dropped for event in events if isinstance(event, SentenceDropped))
    answer = ask(LOCAL, QUESTION, desk_with("liar"))
    assert answer.dropped == dropped
    assert dropped
    assert all(each.reason for each in dropped)
    shown = {sentence.text for sentence in answer.sentences}
    assert not shown & {each.text for each in dropped}
    assert evidence_of(answer) == evidence_of(ask(LOCAL, QUESTION, desk_with(None)))


def test_a_question_is_no_answer(desk_with: Desks) -> None:
    answer = ask(LOCAL, QUESTION, desk_with("echo"))
    assert {sentence.support for sentence in answer.sentences} == {"quoted"}
    assert [each.reason for each in answer.dropped] == ["it is a question"]


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
@pytest.mark.parametrize("behaviour", BROKEN)
def test_whatever_the_model_does_the_reader_has_the_evidence(desk_with: Desks, behaviour: str, streaming: bool) -> None:
    plain = ask(LOCAL, QUESTION, desk_with(None))
    answer = ask(LOCAL, QUESTION, desk_with(behaviour, streaming=streaming))
    assert answer.status == "answered"
    assert answer.evidence == plain.evidence
    if all(sentence.support == "quoted" for sentence in answer.sentences):
        assert answer.sentences == plain.sentences
        assert answer.notice is not None
    if answer.notice is not None:
        assert answer.notice.endswith(".")
        assert "Traceback" not in answer.notice
        assert "\n" not in answer.notice


def test_the_model_is_not_asked_where_the_documents_do_not_say(desk_with: Desks, server: Served) -> None:
    before = server.requests("honest")
    answer = ask(LOCAL, Question("What is the population of Brazil?"), desk_with("honest"))
    assert answer.status == "abstained"
    assert server.requests("honest") == before
    assert answer.trace.model is None


def test_a_reader_who_leaves_ends_the_request(desk_with: Desks, server: Served) -> None:
    before = server.counts().cancelled.get("drip", 0)
    events = stream(LOCAL, QUESTION, desk_with("drip"))
    assert any(isinstance(event, Writing) for event in events)
    events.close()  # type: ignore[attr-defined]
    server.until(lambda counts: counts.cancelled.get("drip", 0) > before)
    assert server.counts().cancelled["drip"] == before + 1


def test_the_model_sees_only_what_the_asker_may_read(desk_with: Desks, server: Served) -> None:
    question = Question("What did the talks in the capital cost?")
    ask(Principal("press", frozenset({"public"})), question, desk_with("honest"))
    ask(LOCAL, question, desk_with("honest"))
    treasury = ask(Principal("treasury", frozenset({"treasury"})), question, desk_with("honest"))
    assert any("nine million" in quote for quote in evidence_of(treasury))
    press = ask(Principal("press", frozenset({"public"})), question, desk_with("honest"))
    assert "nine million" not in repr(press)


def test_what_was_answered_before_is_no_evidence(desk_with: Desks) -> None:
    told = Turn("What did the talks cost?", "The talks cost nine million, the treasury said [1].")
    question = Question("And who paid for them?", history=(told,))
    answer = ask(Principal("press", frozenset({"public"})), question, desk_with("honest"))
    assert "nine million" not in " ".join((*evidence_of(answer), *(each.text for each in answer.sentences)))


def test_ground_is_what_is_known_of_a_quote(desk_with: Desks) -> None:
    evidence = ask(LOCAL, QUESTION, desk_with(None)).evidence[0]
    found = ground(evidence)
    assert (found.quote, found.publisher) == (evidence.quote, evidence.attribution.publisher)
    assert (found.published, found.speaker) == (evidence.attribution.published, evidence.speaker)
