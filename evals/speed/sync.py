"""How fast files become a library, beside a plain llama-index pipeline into Chroma with the same model.

All read the same text files, cut them into chunks of at most 200 tokens and embed those with the same weights. The
product writes its library with the keyword index, and no Chroma, since it scans a library of this size; the pipeline
fills Chroma. The pipeline runs twice: with the model as onnxruntime
gives it, on the pipeline's batches as they come, which is what a person gets who puts these parts together; and with
the product's own embedder, which sorts and shares out the work, to tell how much of the difference is that. Each runs
in a process of its own. `python -m evals.speed.sync 200` does it for 200 documents instead of 2,000.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime

from evals.speed.ask import Words
from evals.speed.embedding import bare_session, peak_megabytes, run_bare
from evals.speed.figure import Figure
from index.embed import MAX_WORD_PIECES, MiniLM, Vectors
from index.library import Library
from index.sync import sync
from index.titled import titled
from index.vectors import VectorIndex

Embed = Callable[[Sequence[str]], Vectors]

DOCUMENTS = 2_000
SENTENCES_OF_A_DOCUMENT = 15
"""About two chunks: the pipeline hands all of a run to Chroma at once, which refuses more than 5,461."""
TOKENS_OF_A_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Run:
    """One run over all documents: its seconds without the imports, the chunks it made, and the memory at its peak."""

    seconds: float
    chunks: int
    megabytes: float


def measure(documents: int = DOCUMENTS) -> tuple[Figure, ...]:
    """Sync of made-up documents of about 400 tokens, the same again, and the plain pipeline over the same files."""
    with TemporaryDirectory() as folder:
        _write(Path(folder) / "docs", documents)
        runs = {name: _run(name, folder) for name in ("sync", "bare", "again", "plain", "shared")}
    first, bare, again, plain, shared = runs.values()
    named = {
        "sync": first,
        "bare session": bare,
        "unchanged sync": again,
        "plain pipeline": plain,
        "pipeline with the product's embedder": shared,
    }
    return (
        Figure("sync against the plain pipeline", plain.seconds / first.seconds, "times", at_least=1.25),
        Figure("its peak memory against the plain pipeline's", first.megabytes / plain.megabytes, "times", at_most=0.5),
        Figure("unchanged sync against the first", first.seconds / again.seconds, "times", at_least=50),
        Figure(
            "sync against the bare session on the same word pieces", bare.seconds / first.seconds, "times", at_least=0.9
        ),
        Figure("sync against the pipeline with its embedder", shared.seconds / first.seconds, "times"),
        *(Figure(f"{name}: {documents:,} documents", run.seconds, "s") for name, run in named.items()),
        *(Figure(f"{name}: chunks", run.chunks, "chunks") for name, run in named.items()),
        *(Figure(f"{name}: peak memory", run.megabytes, "MB") for name, run in named.items()),
    )


def _write(folder: Path, documents: int) -> None:
    """Files of several paragraphs of made-up sentences, the same each time."""
    folder.mkdir()
    words = Words(seed=1)
    for number in range(documents):
        sentences = [words.sentence() for _ in range(SENTENCES_OF_A_DOCUMENT)]
        paragraphs = (" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
        (folder / f"{number:05}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")


def _run(name: str, folder: str) -> Run:
    command = [sys.executable, "-m", "evals.speed.sync", name, folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def _sync(folder: Path) -> Run:
    """A sync as `onrecord sync` does it."""
    started = time.perf_counter()
    with Library.open(folder / "library", create=True) as library, VectorIndex(library) as index:
        report = sync([folder / "docs"], library, MiniLM(), index=index)
    return Run(time.perf_counter() - started, report.chunks, peak_megabytes())


def _bare(folder: Path) -> Run:
    """The model alone, in its best batching, on the word pieces of the texts that the sync embedded."""
    with Library.open(folder / "library") as library, library.snapshot() as snapshot:
        stored = snapshot.chunks(snapshot.chunk_numbers().tolist())
    texts = [titled(one.attribution.title, one.chunk.headings, one.chunk.text) for one in stored]
    pieces, session = MiniLM().word_pieces(texts), bare_session()
    started = time.perf_counter()
    run_bare(session, pieces)
    return Run(time.perf_counter() - started, len(texts), peak_megabytes())


def _pipeline(folder: Path, embed: Embed) -> Run:
    """What llama-index's own pages show: reader, sentence splitter, embedding, vector store, as they come.

    But for two things. The tokenizer of sentences that comes with it reads files that it refuses where they are hard
    links, as some installers make them; a regular expression takes its place, which is faster. And the files' paths
    and dates are not embedded with every chunk, so that both sides embed the same text.
    """
    import chromadb
    from llama_index.core import Document, SimpleDirectoryReader
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    store = ChromaVectorStore(chroma_collection=client.create_collection("chunks", embedding_function=None))
    splitter = SentenceSplitter(
        chunk_size=TOKENS_OF_A_CHUNK,
        chunk_overlap=0,
        include_metadata=False,
        chunking_tokenizer_fn=re.compile(r"[^.]+\.?\s*").findall,
    )
    started = time.perf_counter()
    read = SimpleDirectoryReader(str(folder.parent / "docs")).load_data()
    documents = [Document(text=document.text) for document in read]
    pipeline = IngestionPipeline(transformations=[splitter, _embedding(embed)], vector_store=store)
    nodes = pipeline.run(documents=documents)
    return Run(time.perf_counter() - started, len(nodes), peak_megabytes())


def _embedding(embed: Embed) -> object:
    """`embed` as llama-index takes an embedding."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Embedding(BaseEmbedding):  # type: ignore[misc]  # llama-index is untyped to us
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = embed(texts).tolist()
            return vectors

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Embedding()


def _plainly(texts: Sequence[str]) -> Vectors:
    """The vectors of one batch, padded to its longest text: the model with nothing around it."""
    tokenizer, session = _model()
    encoded = tokenizer.encode_batch(list(texts))
    ids, mask = (np.array([getattr(one, kind) for one in encoded], np.int64) for kind in ("ids", "attention_mask"))
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    states = session.run(["last_hidden_state"], feed)[0] * mask[:, :, None]
    sums = states.sum(axis=1)
    vectors: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return vectors


@cache
def _model() -> tuple[Any, onnxruntime.InferenceSession]:
    from tokenizers import Tokenizer

    data = resources.files("index").joinpath("data/tokenizer.json").read_bytes()
    tokenizer = Tokenizer.from_buffer(data)
    tokenizer.enable_truncation(MAX_WORD_PIECES)
    tokenizer.enable_padding()
    return tokenizer, bare_session()


def _one(name: str, folder: Path) -> Run:
    if name == "bare":
        return _bare(folder)
    if name == "plain":
        return _pipeline(folder / "plain", _plainly)
    if name == "shared":
        return _pipeline(folder / "shared", MiniLM().embed_documents)
    return _sync(folder)


def main(arguments: list[str]) -> None:
    """A run in this process, as `measure` starts it; or all of it, for so many documents."""
    if len(arguments) == 2:
        sys.stdout.write(json.dumps(asdict(_one(arguments[0], Path(arguments[1])))) + "\n")
        return
    for figure in measure(int(arguments[0]) if arguments else DOCUMENTS):
        sys.stdout.write(f"{figure.name}: {figure.value:.4g} {figure.unit} {figure.bound}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
