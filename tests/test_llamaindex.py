"""On Record under llama-index's own interfaces and evaluators: exact offsets, permissions, streams, conversations."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import ChatMessage, CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.evaluation import FaithfulnessEvaluator, RelevancyEvaluator, RetrieverEvaluator
from llama_index.core.llms import CustomLLM, MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.schema import NodeRelationship, QueryBundle

import rag.ask
from index.document import Document
from index.embed import default_embedder
from index.principal import LOCAL, PUBLIC, Principal
from rag.answer import ABSTENTION, Answer, Dropped, Sentence
from rag.ask import Desk
from rag.conversation import Turn
from rag.desk import open_desk
from rag.engines.nodes import node_id
from rag.engines.response import described, response, turns
from rag.engines.telling import Told, in_threads
from rag.events import Answered, Event, EvidenceFound, SentenceWritten, Writing
from rag.llamaindex import OnRecordChatEngine, OnRecordQueryEngine, OnRecordRetriever
from rag.question import Question
from rag.settings import Settings
from tests.modelserver import serving
from tests.newsroom import ABSTENTION as NO_ANSWER
from tests.newsroom import CONDITIONS_ANSWER, PROSE_ANSWER
from tests.shelf import brief, shelf

TALKS = (
    "Vladimir Putin said the talks in Moscow lasted five hours.\n"
    "The Kremlin said that Steve Witkoff and Jared Kushner were the envoys who met the president.\n"
)
HARBOUR = "The harbour master said that the new crane lifts ninety tonnes.\nIt came by ship from Gdansk in March.\n"
SECRET = "The board decided to close the office in Lisbon next year.\n"
DOCUMENTS = (
    brief("talks.txt", TALKS, published="2025-12-03", publisher="The Post", title="Talks end"),
    brief("harbour.txt", HARBOUR),
    brief("board.txt", SECRET, readers=("board",), published="2025-01-02"),
)
LONG = "How long did the talks in Moscow last?"
BRAZIL = "What is the population of Brazil?"
LISBON = "Which office will the board close?"
NOBODY = Principal("nobody", frozenset())
STAFF = Principal("staff", frozenset({PUBLIC}))
BOARD = Principal("board", frozenset({PUBLIC, "board"}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("llamaindex") / "library"
    with shelf(made, DOCUMENTS, default_embedder()):
        return made


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Desk]:
    opened = open_desk(Settings(library=folder))
    with opened.corpus:
        yield opened


def document(uri: object) -> Document:
    return next(each for each in DOCUMENTS if each.uri == uri)


class Judge(CustomLLM):  # type: ignore[misc]
    """Says YES where the information or the response that it is asked about shares most of its words with the context,
    as a careful reader of such short texts would. Counts what it was asked."""

    asked: int = 0

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="judge", context_window=8192, num_output=16)

    def complete(self, prompt: str, formatted: bool = False, **options: object) -> CompletionResponse:
        self.asked += 1
        question = re.split(r"Information: |Query and Response: ", prompt)[-1]
        claim, _, context = question.partition("Context: ")
        claim = claim.split("Response: ")[-1]
        words = set(re.findall(r"[a-z]{3,}", claim.lower()))
        met = words & set(re.findall(r"[a-z]{3,}", context.lower()))
        return CompletionResponse(text="YES" if words and len(met) > 0.8 * len(words) else "NO")

    def stream_complete(self, prompt: str, formatted: bool = False, **options: object) -> CompletionResponseGen:
        yield self.complete(prompt)


def test_a_retrieved_node_points_into_its_document(desk: Desk) -> None:
    nodes = OnRecordRetriever(desk, LOCAL).retrieve(LONG)
    assert nodes
    for found in nodes:
        node, origin = found.node, document(found.node.metadata["uri"])
        assert origin.text[node.start_char_idx : node.end_char_idx] == node.text
        assert node.relationships[NodeRelationship.SOURCE].node_id == origin.id
        assert 0.0 <= found.score <= 1.0
    assert nodes[0].node.metadata == {
        "uri": "talks.txt",
        "document": document("talks.txt").id,
        "title": "Talks end",
        "publisher": "The Post",
        "published": "2025-12-03",
    }
    assert [found.score for found in nodes] == sorted((found.score for found in nodes), reverse=True)


def test_the_text_a_model_reads_names_the_source_but_no_address(desk: Desk) -> None:
    [first, *_] = OnRecordRetriever(desk, LOCAL).retrieve(LONG)
    shown = first.node.get_content(metadata_mode="llm")
    assert "publisher: The Post" in shown
    assert "talks.txt" not in shown


def test_a_principal_without_labels_gets_nothing(desk: Desk) -> None:
    assert OnRecordRetriever(desk, NOBODY).retrieve(LONG) == []
    answered = OnRecordQueryEngine(desk, NOBODY).query(LONG)
    assert (str(answered), answered.source_nodes, answered.metadata["status"]) == (ABSTENTION, [], "abstained")
    assert OnRecordChatEngine(desk, NOBODY).chat(LONG).source_nodes == []


def test_permissions_hold_in_every_way_of_asking(desk: Desk) -> None:
    def uris(principal: Principal) -> set[object]:
        told = OnRecordChatEngine(desk, principal).stream_chat(LISBON)
        said = "".join(told.response_gen)
        return {
            *(each.node.metadata["uri"] for each in OnRecordRetriever(desk, principal).retrieve(LISBON)),
            *(each.node.metadata["uri"] for each in OnRecordQueryEngine(desk, principal).query(LISBON).source_nodes),
            *(each.node.metadata["uri"] for each in told.source_nodes),
            "board.txt" if "Lisbon" in said else "",
        }

    assert "board.txt" in uris(BOARD)
    assert "board.txt" not in uris(STAFF)


@pytest.mark.parametrize("kind", [OnRecordRetriever, OnRecordQueryEngine, OnRecordChatEngine])
def test_nobody_is_asked_for_without_being_named(kind: type, desk: Desk, folder: Path) -> None:
    with pytest.raises(TypeError, match="principal"):
        kind(desk)
    made = kind.from_settings(Settings(library=folder), LOCAL)  # type: ignore[attr-defined]
    with made._desk.corpus:
        assert isinstance(made, kind)


def test_as_of_and_limit_bound_what_is_retrieved(desk: Desk) -> None:
    before = OnRecordRetriever(desk, LOCAL, as_of=date(2025, 12, 2)).retrieve(LONG)
    assert "talks.txt" not in {found.node.metadata["uri"] for found in before}
    assert len(OnRecordRetriever(desk, LOCAL, limit=1).retrieve(LONG)) == 1
    assert "five hours" not in str(OnRecordQueryEngine(desk, LOCAL, as_of=date(2025, 12, 2)).query(LONG))


def test_the_desks_reranker_reorders_what_is_retrieved(desk: Desk) -> None:
    backwards = replace(desk, rerank=lambda question, passages: passages[::-1] if question == LONG else ())
    nodes = OnRecordRetriever(desk, LOCAL).retrieve(LONG)
    assert OnRecordRetriever(backwards, LOCAL).retrieve(LONG) == nodes[::-1]
    assert OnRecordRetriever(backwards, LOCAL, limit=1).retrieve(LONG) == nodes[-1:]


def test_a_response_cites_its_source_nodes(desk: Desk) -> None:
    answered = OnRecordQueryEngine(desk, LOCAL).query(LONG)
    assert str(answered).startswith("“Vladimir Putin said the talks in Moscow lasted five hours.” [1]")
    first = answered.source_nodes[0]
    assert TALKS[first.node.start_char_idx : first.node.end_char_idx] == first.node.text
    assert (first.node.metadata["number"], first.node.metadata["speaker"]) == (1, "Vladimir Putin")
    assert answered.metadata["status"] == "answered"
    assert answered.metadata["citations"][0] == {
        "number": 1,
        "uri": "talks.txt",
        "start": 0,
        "end": 58,
        "quote": TALKS[:58],
    }
    assert answered.metadata["sentences"][0]["citations"] == [1]


def test_an_abstention_says_so(desk: Desk) -> None:
    answered = OnRecordQueryEngine(desk, LOCAL).query(BRAZIL)
    assert (str(answered), answered.source_nodes) == (ABSTENTION, [])
    assert (answered.metadata["status"], answered.metadata["citations"]) == ("abstained", [])


def test_metadata_carries_what_was_dropped_and_what_disagrees() -> None:
    told = described(CONDITIONS_ANSWER)
    assert told["disagreements"] == [
        {"relation": "disagreeing", "evidence": [3, 1], "differences": ["all four regions", "Donetsk and Lugansk"]},
        {
            "relation": "superseded",
            "evidence": [1, 2],
            "differences": ["Donetsk and Lugansk", "Donetsk, Lugansk, Zaporizhzhia and Kherson"],
        },
    ]
    written = response(PROSE_ANSWER)
    assert str(written) == "Russia asks for land and for neutrality. [1][5]"
    assert [node.node.metadata["number"] for node in written.source_nodes] == [1, 5]
    assert written.metadata["dropped"] == [{"text": "A treaty was signed.", "reason": "no quote says so"}]
    assert str(response(NO_ANSWER)) == ABSTENTION


def test_a_streamed_response_is_the_same_text(desk: Desk) -> None:
    whole = OnRecordQueryEngine(desk, LOCAL).query(LONG)
    streamed = OnRecordQueryEngine(desk, LOCAL, streaming=True).query(LONG)
    assert streamed.source_nodes
    assert streamed.metadata == {}
    assert "".join(streamed.response_gen) == str(whole)
    assert streamed.metadata == whole.metadata
    assert [each.node.node_id for each in streamed.source_nodes] == [each.node.node_id for each in whole.source_nodes]
    assert str(OnRecordQueryEngine(desk, LOCAL, streaming=True).query(BRAZIL)) == ABSTENTION


def test_asynchronous_calls_give_the_same_without_holding_up_the_loop(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()
    real = rag.ask.ask

    def watched(principal: Principal, question: Question, desk: Desk) -> Answer:
        seen.add(threading.get_ident())
        return real(principal, question, desk)

    monkeypatch.setattr("rag.llamaindex.ask", watched)

    async def both() -> tuple[str, str, list[str]]:
        answered = await OnRecordQueryEngine(desk, LOCAL).aquery(LONG)
        streamed = await OnRecordQueryEngine(desk, LOCAL, streaming=True).aquery(LONG)
        nodes = await OnRecordRetriever(desk, LOCAL).aretrieve(LONG)
        pieces = [piece async for piece in streamed.async_response_gen()]
        return str(answered), "".join(pieces), [node.node.node_id for node in nodes]

    answered, streamed, nodes = asyncio.run(both())
    assert answered == streamed == str(OnRecordQueryEngine(desk, LOCAL).query(LONG))
    assert nodes == [node.node.node_id for node in OnRecordRetriever(desk, LOCAL).retrieve(LONG)]
    assert threading.get_ident() in seen
    assert len(seen) == 2


def test_the_engines_retrieve_is_the_retrievers(desk: Desk) -> None:
    nodes = OnRecordQueryEngine(desk, STAFF).retrieve(QueryBundle(LONG))
    assert nodes == OnRecordRetriever(desk, STAFF).retrieve(LONG)


def test_a_chat_keeps_its_turns_until_it_is_reset(desk: Desk) -> None:
    chat = OnRecordChatEngine(desk, LOCAL)
    first = chat.chat(LONG)
    assert "five hours" in str(first)
    assert first.metadata["status"] == "answered"
    assert [(message.role.value, message.content) for message in chat.chat_history] == [
        ("user", LONG),
        ("assistant", first.response),
    ]
    chat.chat("What does the new crane lift?")
    assert len(chat.chat_history) == 4
    chat.reset()
    assert chat.chat_history == []


def test_a_chat_hands_what_was_said_to_the_question(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Question] = []

    def answer(principal: Principal, question: Question, desk: Desk) -> Answer:
        asked.append(question)
        return replace(PROSE_ANSWER, question=f"{question.text} (understood)")

    monkeypatch.setattr("rag.llamaindex.ask", answer)
    chat = OnRecordChatEngine(desk, LOCAL)
    chat.chat("What does Russia ask for?")
    chat.chat("And Ukraine?")
    assert asked[0].history == ()
    assert asked[1].history == (
        Turn("What does Russia ask for? (understood)", "Russia asks for land and for neutrality. [1][5]"),
    )
    chat.chat("And now?", [ChatMessage(role="user", content="Who rules?"), ChatMessage(role="assistant", content="X.")])
    assert asked[2].history == (Turn("Who rules?", "X."),)


def test_a_streamed_chat_is_kept_once_it_was_read(desk: Desk) -> None:
    chat = OnRecordChatEngine(desk, LOCAL)
    told = chat.stream_chat(LONG)
    assert told.source_nodes
    assert chat.chat_history == []
    assert "".join(told.response_gen) == str(OnRecordChatEngine(desk, LOCAL).chat(LONG))
    assert [message.content for message in chat.chat_history] == [LONG, told.response]

    async def again() -> str:
        answered = await chat.astream_chat("What does the new crane lift?")
        pieces = [piece async for piece in answered.async_response_gen()]
        said = await chat.achat(BRAZIL)
        assert said.response == ABSTENTION
        return "".join(pieces)

    assert "ninety tonnes" in asyncio.run(again())
    assert len(chat.chat_history) == 6


def test_messages_pair_into_turns() -> None:
    said = [
        ("system", "Be brief."),
        ("user", "A?"),
        ("user", "B?"),
        ("assistant", "b."),
        ("assistant", "more"),
        ("user", "C?"),
    ]
    messages = [ChatMessage(role=role, content=content) for role, content in said]
    assert turns(messages) == (Turn("A?"), Turn("B?", "b."), Turn("C?"))
    assert turns([]) == ()


def events(answer: Answer, log: list[str], *, pauses: int = 0) -> Iterator[Event]:
    """An answer's events as a model would make them, with a note of how far they came."""
    try:
        yield EvidenceFound(answer.evidence)
        for count in range(pauses):
            yield Writing(count)
        for sentence in answer.sentences:
            log.append("sentence")
            yield SentenceWritten(sentence)
        yield Answered(answer)
        log.append("whole")
    finally:
        log.append("closed")


def test_a_reader_who_leaves_ends_the_answer() -> None:
    log: list[str] = []
    kept: list[Answer] = []
    pieces = Told(events(CONDITIONS_ANSWER, log, pauses=2), kept.append).text()
    assert [next(pieces), next(pieces)] == ["", ""]
    assert next(pieces).startswith("“")
    pieces.close()
    assert log == ["sentence", "closed"]
    assert kept == []


def test_a_reader_who_leaves_an_asynchronous_stream_ends_the_answer() -> None:
    log: list[str] = []

    async def leave() -> None:
        stream = in_threads(Told(events(CONDITIONS_ANSWER, log, pauses=1)).text())
        assert await anext(stream) == ""
        await stream.aclose()

    asyncio.run(leave())
    assert log == ["closed"]


def test_a_stream_that_ends_otherwise_than_it_began_adds_only_what_is_missing() -> None:
    """A model that broke off leaves the answer longer than what was told of it."""
    log: list[str] = []
    all_but_one = replace(CONDITIONS_ANSWER, sentences=CONDITIONS_ANSWER.sentences[:-1])

    def cut() -> Iterator[Event]:
        yield from list(events(all_but_one, log))[:-1]
        yield Answered(CONDITIONS_ANSWER)

    assert "".join(Told(cut()).text()) == str(response(CONDITIONS_ANSWER))
    with pytest.raises(RuntimeError, match="Answered"):
        Told(iter(()))


def test_unsupported_prose_is_in_no_response() -> None:
    refused = replace(PROSE_ANSWER, dropped=(Dropped("Everything was agreed.", "no quote says so"),))
    assert "agreed" not in str(response(refused))
    assert all("agreed" not in node.node.text for node in response(refused).source_nodes)
    assert {each["support"] for each in described(refused)["sentences"]} == {"supported"}  # type: ignore[attr-defined]
    assert isinstance(refused.sentences[0], Sentence)


@pytest.fixture(scope="module")
def models() -> Iterator[str]:
    with serving() as server:
        yield server.url


def written_by(name: str, url: str, folder: Path) -> OnRecordQueryEngine:
    settings = Settings(library=folder, model=name, model_url=url)
    return OnRecordQueryEngine.from_settings(settings, LOCAL, streaming=True)


def test_prose_of_a_model_streams_with_its_quotes(models: str, folder: Path) -> None:
    engine = written_by("honest", models, folder)
    with engine._desk:
        streamed = engine.query(LONG)
        assert streamed.source_nodes
        said = "".join(streamed.response_gen)
    assert "five hours" in said
    assert "“" not in said
    assert {each["support"] for each in streamed.metadata["sentences"]} == {"supported"}
    numbers = {number for each in streamed.metadata["sentences"] for number in each["citations"]}
    assert [node.node.metadata["number"] for node in streamed.source_nodes] == sorted(numbers)


def test_what_a_lying_model_writes_is_in_no_stream(models: str, folder: Path) -> None:
    engine = written_by("liar", models, folder)
    with engine._desk:
        streamed = engine.query(LONG)
        said = "".join(streamed.response_gen)
    assert streamed.metadata["status"] == "answered"
    assert streamed.metadata["dropped"]
    assert all(each["text"] not in said for each in streamed.metadata["dropped"])
    assert streamed.source_nodes


def test_a_model_that_is_gone_leaves_the_quotes_and_a_notice(folder: Path) -> None:
    engine = written_by("honest", "http://127.0.0.1:9/v1", folder)
    with engine._desk:
        streamed = engine.query(LONG)
        said = "".join(streamed.response_gen)
    assert said.startswith("“Vladimir Putin said the talks in Moscow lasted five hours.” [1]")
    assert streamed.metadata["notice"]


def test_faithfulness_is_judged_on_the_cited_quotes(desk: Desk) -> None:
    judge = Judge()
    evaluator = FaithfulnessEvaluator(llm=judge)
    answered = OnRecordQueryEngine(desk, LOCAL).query(LONG)
    assert evaluator.evaluate_response(query=LONG, response=answered).passing
    forged = replace(answered, response="The talks ended in an agreement about Antarctica and penguins.")
    assert not evaluator.evaluate_response(query=LONG, response=forged).passing
    assert judge.asked >= 2


def test_relevancy_and_a_mock_model_run_too(desk: Desk) -> None:
    answered = OnRecordQueryEngine(desk, LOCAL).query(LONG)
    assert RelevancyEvaluator(llm=Judge()).evaluate_response(query=LONG, response=answered).passing
    assert not FaithfulnessEvaluator(llm=MockLLM(max_tokens=4)).evaluate_response(query=LONG, response=answered).passing


def test_the_retriever_evaluator_counts_hits(desk: Desk) -> None:
    retriever = OnRecordRetriever(desk, LOCAL)
    evaluator = RetrieverEvaluator.from_metric_names(["hit_rate", "mrr", "precision"], retriever=retriever)
    [first, second, *_] = retriever.retrieve(LONG)
    found = evaluator.evaluate(LONG, [first.node.node_id])
    assert (found.metric_vals_dict["hit_rate"], found.metric_vals_dict["mrr"]) == (1.0, 1.0)
    assert evaluator.evaluate(LONG, [second.node.node_id]).metric_vals_dict["mrr"] == 0.5
    assert evaluator.evaluate(LONG, ["another"]).metric_vals_dict["hit_rate"] == 0.0


def test_the_retriever_serves_their_own_query_engine(desk: Desk) -> None:
    synthesizer = get_response_synthesizer(llm=MockLLM(max_tokens=4), response_mode=ResponseMode.COMPACT)
    engine = RetrieverQueryEngine(OnRecordRetriever(desk, LOCAL, limit=2), response_synthesizer=synthesizer)
    answered = engine.query(LONG)
    assert str(answered) == "text text text text"
    assert answered.source_nodes[0].node.metadata["uri"] == "talks.txt"


def test_a_nodes_id_is_its_place_in_its_document(desk: Desk) -> None:
    [first, *_] = OnRecordRetriever(desk, LOCAL).retrieve(LONG)
    talks = document("talks.txt")
    assert first.node.node_id == f"{talks.id}:0-58"
    assert node_id(CONDITIONS_ANSWER.evidence[0].passage).startswith(
        CONDITIONS_ANSWER.evidence[0].attribution.document_id
    )
