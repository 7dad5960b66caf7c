"""On Record as a llama-index retriever, query engine and chat engine, for those who build on it.

Each needs a principal and reads only what that person may read; there is no default, since one that reads everything
must be named (`index.principal.LOCAL`). Asynchronous calls work in a thread and do not hold up the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Self

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.callbacks import CallbackManager
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.principal import Principal
from index.search import search
from rag.answer import Answer
from rag.ask import Desk, ask, stream
from rag.conversation import Turn
from rag.desk import open_desk
from rag.engines.nodes import passage_node
from rag.engines.response import response, text, turns
from rag.engines.telling import Told, in_threads, replies
from rag.question import Question
from rag.settings import Settings
from rag.understand import understand


class OnRecordRetriever(BaseRetriever):  # type: ignore[misc]
    """Passages as nodes, best first: `start_char_idx` and `end_char_idx` count the document's characters exactly.

    `as_of` hides what was published later; `limit` is how many passages at most, None as many as the desk reads.
    """

    def __init__(
        self, desk: Desk, principal: Principal, *, as_of: date | None = None, limit: int | None = None
    ) -> None:
        super().__init__()
        self._desk, self._principal, self._as_of = desk, principal, as_of
        self._limit = desk.passages if limit is None else limit

    @classmethod
    def from_settings(cls, settings: Settings, principal: Principal, *, as_of: date | None = None) -> Self:
        """On the library that the settings name."""
        return cls(open_desk(settings), principal, as_of=as_of)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query, rerank = understand(query_bundle.query_str, as_of=self._as_of), self._desk.rerank
        limit = max(self._limit, self._desk.passages) if rerank else self._limit
        passages = search(self._principal, query, self._desk.corpus, limit=limit)
        if rerank:
            passages = rerank(query.text, passages)[: self._limit]
        return list(map(passage_node, passages))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class OnRecordQueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Checked answers as responses. The text ends each sentence in the numbers of its quotes, as [1][2].

    `source_nodes` are the quotes that are cited, each with its `number` in its metadata; the response's metadata is
    that of `rag.engines.response.described`. With `streaming` the response comes sentence by sentence: all quotes are
    its source nodes at first, those cited once it has been read, and then its metadata is there too.
    """

    def __init__(
        self,
        desk: Desk,
        principal: Principal,
        *,
        as_of: date | None = None,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager)
        self._desk, self._principal, self._as_of, self._streaming = desk, principal, as_of, streaming

    @classmethod
    def from_settings(
        cls, settings: Settings, principal: Principal, *, as_of: date | None = None, streaming: bool = False
    ) -> Self:
        """On the library that the settings name."""
        return cls(open_desk(settings), principal, as_of=as_of, streaming=streaming)

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The passages that an answer is looked for in."""
        found: list[NodeWithScore] = OnRecordRetriever(self._desk, self._principal, as_of=self._as_of).retrieve(
            query_bundle
        )
        return found

    def _get_prompt_modules(self) -> dict[str, object]:
        """None: the words that a model is asked with are not for changing here."""
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response | StreamingResponse:
        question = Question(query_bundle.query_str, self._as_of)
        if self._streaming:
            told = Told(stream(self._principal, question, self._desk))
            return StreamingResponse(told.text(), told.nodes, told.metadata)
        return response(ask(self._principal, question, self._desk))

    async def _aquery(self, query_bundle: QueryBundle) -> Response | AsyncStreamingResponse:
        if not self._streaming:
            return await asyncio.to_thread(self._query, query_bundle)
        question = Question(query_bundle.query_str, self._as_of)
        told = await asyncio.to_thread(lambda: Told(stream(self._principal, question, self._desk)))
        return AsyncStreamingResponse(in_threads(told.text()), told.nodes, told.metadata)


class OnRecordChatEngine(BaseChatEngine):  # type: ignore[misc]
    """A conversation: each question is understood from those before it, and answered from the documents anew.

    One engine is one conversation of one person. A turn is kept once its answer has been read to the end.
    """

    def __init__(self, desk: Desk, principal: Principal, *, as_of: date | None = None) -> None:
        self._desk, self._principal, self._as_of = desk, principal, as_of
        self._turns: tuple[Turn, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings, principal: Principal, *, as_of: date | None = None) -> Self:
        """On the library that the settings name."""
        return cls(open_desk(settings), principal, as_of=as_of)

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The turns so far: each question as it was understood, and its answer."""
        return [
            ChatMessage(role=role, content=content)
            for turn in self._turns
            for role, content in ((MessageRole.USER, turn.question), (MessageRole.ASSISTANT, turn.answer))
        ]

    def reset(self) -> None:
        """Forget the conversation."""
        self._turns = ()

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """The answer to `message`; `chat_history`, where given, is the conversation before it."""
        answer = ask(self._principal, self._question(message, chat_history), self._desk)
        self._keep(answer)
        whole = response(answer)
        return AgentChatResponse(str(whole), source_nodes=whole.source_nodes, metadata=whole.metadata)

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """The same sentence by sentence."""
        told = self._tell(message, chat_history)
        return StreamingAgentChatResponse(
            chat_stream=replies(told.text()), source_nodes=told.nodes, is_writing_to_memory=False
        )

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """As `chat`."""
        return await asyncio.to_thread(self.chat, message, chat_history)

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """As `stream_chat`."""
        told = await asyncio.to_thread(self._tell, message, chat_history)
        return StreamingAgentChatResponse(
            achat_stream=in_threads(replies(told.text())), source_nodes=told.nodes, is_writing_to_memory=False
        )

    def _question(self, message: str, chat_history: Sequence[ChatMessage] | None) -> Question:
        if chat_history is not None:
            self._turns = turns(chat_history)
        return Question(message, self._as_of, self._turns)

    def _tell(self, message: str, chat_history: Sequence[ChatMessage] | None) -> Told:
        return Told(stream(self._principal, self._question(message, chat_history), self._desk), self._keep)

    def _keep(self, answer: Answer) -> None:
        self._turns = (*self._turns, Turn(answer.question, text(answer.sentences)))
