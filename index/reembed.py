"""Another embedder for a library that has one: all chunks anew, beside the old vectors until the last is there."""

from __future__ import annotations

from index.embed import Embedder
from index.library import Library
from index.sync_report import Progress
from index.titled import titled
from index.writer import Writer, vector_fingerprint

PAGE = 256
"""Chunks embedded and committed at a time; a killed run goes on behind them."""


def embed_again(library: Library, writer: Writer, embedder: Embedder, progress: Progress) -> int:
    """Make every vector that `library` lacks of `embedder`, then use those and drop the others; returns how many.

    Until then the library answers with its old vectors. Nothing is done if they are `embedder`'s already.
    """
    made = 0
    fingerprint = vector_fingerprint(embedder)
    while True:
        with library.snapshot() as snapshot:
            if snapshot.embedder() in (None, fingerprint):
                return made
            page = snapshot.unembedded(fingerprint, PAGE)
        if not page:
            writer.adopt(embedder)
            return made
        texts = [titled(one.attribution.title, one.chunk.headings, one.chunk.text) for one in page]
        writer.add_vectors([one.chunk_id for one in page], embedder.embed_documents(texts), embedder)
        progress.embedded(len(page))
        made += len(page)
