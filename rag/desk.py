"""From settings to what answers: embedder, corpus, the model that writes, and the desk that they make together."""

from __future__ import annotations

from contextlib import ExitStack

from index.corpus import Corpus
from index.embed import Embedder, default_embedder
from rag.ask import Desk
from rag.connect import Connection, connect, judge
from rag.find import Rerank
from rag.quote import Quoter
from rag.settings import Settings
from rag.verify import Verifier
from rag.write import Writer


def embedder(settings: Settings) -> Embedder:
    """The endpoint that the settings name, else the embedded model, warm once a process."""
    if settings.embedder_url is None or settings.embedder_model is None:
        return default_embedder()
    from index.endpoint import EndpointEmbedder

    key = settings.embedder_key
    return EndpointEmbedder(settings.embedder_url, settings.embedder_model, key=key.get_secret_value() if key else None)


def open_corpus(settings: Settings, *, serving: bool = False) -> Corpus:
    """The library's corpus; `serving` is for a process that lives long: it keeps the vector index, whatever its size,
    in a thread of its own, and searches by scan until that index stands.

    Raises LibraryError if there is no library, EmbedderChanged if its vectors are another embedder's.
    """
    return Corpus.open(settings.library, embedder(settings), serving=serving, scan_up_to=0)


def open_desk(settings: Settings, *, serving: bool = False) -> Desk:
    """What answers questions from the library: close it when done. Raises as `open_corpus` and `connect` do."""
    quoter, judging, rerank = Quoter(), judge(settings), _reranker(settings)
    corpus = open_corpus(settings, serving=serving)
    with ExitStack() as undo:
        undo.callback(corpus.close)
        connection = connect(settings)
        undo.pop_all()
    return Desk(
        corpus=corpus,
        quoter=quoter,
        threshold=quoter.threshold if settings.answer_threshold is None else settings.answer_threshold,
        passages=settings.search_limit,
        quotes=settings.evidence_limit,
        model=connection.model if connection else None,
        writer=_writer(connection, settings) if connection else None,
        verifier=Verifier(judge=judging),
        rerank=rerank,
        attached=tuple(each for each in (judging, connection and connection.server) if each),
    )


def _writer(connection: Connection, settings: Settings) -> Writer:
    return Writer(connection.model, context=connection.context, answer=settings.model_answer_tokens)


def _reranker(settings: Settings) -> Rerank | None:
    if settings.reranker is None:
        return None
    from rag.rerank import Reranker  # llama-index takes two seconds to import

    return Reranker(settings.reranker, settings.reranker_options)
