"""From settings to what answers: the embedder they name, the corpus in the library they name, and the desk on it."""

from __future__ import annotations

from index.corpus import Corpus
from index.embed import Embedder, default_embedder
from rag.ask import Desk
from rag.quote import Quoter
from rag.settings import Settings


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
    """What answers questions from the library; raises as `open_corpus` does."""
    quoter = Quoter()
    return Desk(
        corpus=open_corpus(settings, serving=serving),
        quoter=quoter,
        threshold=quoter.threshold if settings.answer_threshold is None else settings.answer_threshold,
        passages=settings.search_limit,
        quotes=settings.evidence_limit,
    )
