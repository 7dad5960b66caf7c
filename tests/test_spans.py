"""Every span the product can produce is its document's text, whatever the text: from a file's bytes to the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.corpus import Corpus
from index.document import Document
from index.embed import default_embedder
from index.furniture import furniture
from index.library import Library
from index.normalise import normalise
from index.principal import LOCAL
from index.query import Query
from index.read import Candidate, Reader, walk
from index.search import search
from index.sentences import sentences
from index.split import split
from index.sync import sync
from rag.ask import Desk, Question, ask
from rag.quote import Quoter

PIECES = st.sampled_from(
    [
        "The envoy said “no”.",
        "He left at 5.30 p.m. on 3 July 2024!",
        "Цена выросла на 4,5 %.",
        "קרא השגריר: ״לא״.",
        "قال المتحدث إن المحادثات لم تبدأ بعد؟",
        "会談は五時間続いた。結論は出なかった。",
        "e\u0301le\u0300ve nai\u0308f A\u030angstro\u0308m.",
        "family 👨‍👩‍👧‍👦 flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and 🇺🇦.",
        "soft\u00adhyphen zero\u200bwidth \u2066isolate\u2069 \ufeffmark.",
        "tab\tand\u00a0space\u3000wide.",
        "ﬁne ligature, Straße, İstanbul, ǅ.",
        "Advertisement",
        "Leave a comment",
        "# A heading",
        "1. Withdraw",
        "…",
        "\x0bvertical\x0cform\x1cfile",
        "line\u2028separator\u2029paragraph\x85next",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 outside the plane.",
    ]
)
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", " ", ""])
TEXTS = st.lists(st.tuples(st.one_of(PIECES, st.text(max_size=40)), BREAKS), min_size=1, max_size=25).map(
    lambda parts: "".join(piece + after for piece, after in parts)
)


def document(text: str) -> Document | None:
    clean = normalise(text)
    return Document("hostile", clean, "hash", ("public",)) if clean.strip() else None


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_every_chunk_and_sentence_is_its_documents_text(text: str) -> None:
    if (whole := document(text)) is None:
        return
    banned = furniture(whole.text)
    for chunk in split(whole):
        assert chunk.span.of(whole.text) == chunk.text
        assert not any(chunk.span.overlaps(span) for span in banned)
        for sentence in sentences(chunk.text):
            placed = sentence.shifted(chunk.span.start)
            assert placed.of(whole.text) == sentence.of(chunk.text)
            assert sentence.of(chunk.text) == sentence.of(chunk.text).strip()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), question=st.one_of(PIECES, st.text(min_size=1, max_size=30)))
def test_every_quote_of_an_answer_stands_in_the_stored_document(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "files").mkdir()
    for number, text in enumerate(texts):
        (folder / "files" / f"{number}.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    with Library.open(folder / "library", create=True) as library:
        sync([folder / "files"], library, default_embedder())
    with Corpus.open(folder / "library", default_embedder()) as corpus:
        _check_answer(corpus, question)


def _check_answer(corpus: Corpus, question: str) -> None:
    for passage in search(LOCAL, Query(question), corpus):
        stored = corpus.document(LOCAL, passage.attribution.document_id)
        assert stored is not None
        assert passage.chunk.span.of(stored.text) == passage.chunk.text
    if not question.strip():
        return
    answer = ask(LOCAL, Question(question), Desk(corpus, Quoter(), threshold=0.0))
    for sentence in answer.sentences:
        for citation in sentence.citations:
            stored = corpus.document(LOCAL, citation.attribution.document_id)
            assert stored is not None
            assert citation.span.of(stored.text) == citation.quote == sentence.text
            assert not any(citation.span.overlaps(span) for span in furniture(stored.text))


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_file_reads_as_its_normalised_text(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
) -> None:
    readable = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    if not normalise(readable).strip():
        return
    path: Path = tmp_path_factory.mktemp("files") / "hostile.txt"
    path.write_bytes(readable.encode(encoding))
    (candidate,) = walk(path, readers=("public",))
    assert isinstance(candidate, Candidate)
    with Reader() as reader:
        assert reader.read(candidate).text == normalise(readable)
