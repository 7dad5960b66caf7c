"""Labelled questions for fitting and measuring evidence selection, read from where public sets lie.

Each set becomes documents for one pooled index and questions against the whole pool, or against the pool without some
documents: what is left then does not answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.labelled import set_file, set_rows
from index.document import Document, Span
from index.normalise import normalise

_DATELINE = re.compile(r"date \d{4}-\d\d-\d\d ")
LONGEST_HEADLINE = 130
"""Characters; a longer first line is text."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, whether its pool answers it, and where: `gold` are spans of the gold sentences of document `uri`.

    Documents whose uri is in `without` are not in the pool for this question. `group` names what must not be divided
    between fitting and reporting.
    """

    group: str
    text: str
    answerable: bool
    gold: tuple[tuple[str, Span], ...] = ()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The documents of one public set, which make one pool, and the questions asked against it."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A question on the news articles; quotes must hold each of `expected` (a regular expression), none: abstain."""

    text: str
    expected: tuple[str, ...]


def clapnq(data: Path) -> LabelledSet:
    """CLAP NQ dev: gold are the sentences that any annotator selected."""
    documents, questions = [], []
    for kind in ("answerable", "unanswerable"):
        for row in set_rows(set_file(data, "clapnq", f"clapnq_dev_{kind}.jsonl"), "id", "input", "passages", "output"):
            passage = row["passages"][0]
            document = _document(f"clapnq/{row['id']}", passage["text"], passage["title"])
            documents.append(document)
            selected = {
                normalise(sentence.strip()) for output in row["output"] for sentence in output["selected_sentences"]
            }
            gold = [
                span
                for span in _spans(document.text, [normalise(part) for part in passage["sentences"]])
                if span.of(document.text) in selected
            ]
            questions.append(
                Labelled(row["id"], row["input"], kind == "answerable", tuple((document.uri, span) for span in gold))
            )
    return LabelledSet("clapnq", tuple(documents), tuple(questions))


def ramdocs(data: Path) -> LabelledSet:
    """RAMDocs: gold are the answer's places in the documents that state one, right or wrong. Each question is asked
    three times: as it is; without the documents that answer it; and without any of its own."""
    documents, questions = [], []
    for row in set_rows(set_file(data, "ramdocs", "ramdocs.jsonl"), "id", "question", "documents"):
        own = [_document(f"{row['id']}/{place}", part["text"]) for place, part in enumerate(row["documents"])]
        stated = [part["answer"] if part["type"] != "noise" else "" for part in row["documents"]]
        gold = tuple(
            (document.uri, Span(at, at + len(answer)))
            for document, answer in zip(own, stated, strict=True)
            if answer and (at := document.text.lower().find(answer.lower())) >= 0
        )
        answering = frozenset(document.uri for document, answer in zip(own, stated, strict=True) if answer)
        everything = frozenset(document.uri for document in own)
        documents.extend(own)
        questions.append(Labelled(row["id"], row["question"], True, gold))
        if everything - answering:
            questions.append(Labelled(row["id"], row["question"], False, (), answering))
        questions.append(Labelled(row["id"], row["question"], False, (), everything))
    return LabelledSet("ramdocs", tuple(documents), tuple(questions))


def thinned(labelled: LabelledSet, every: int) -> LabelledSet:
    """Every so-manieth group of a set's questions with their documents, whose uris begin with the group's name."""
    kept = set(sorted({question.group for question in labelled.questions})[::every])
    documents = tuple(document for document in labelled.documents if document.uri.split("/")[0] in kept)
    return LabelledSet(labelled.name, documents, tuple(one for one in labelled.questions if one.group in kept))


def mtrag(data: Path) -> LabelledSet:
    """MTRAG-UN: the last turn alone, over the pool of all reference passages; partial answers left out."""
    documents: dict[str, Document] = {}
    questions = []
    for row in set_rows(set_file(data, "mtrag_un", "reference.jsonl"), "input", "contexts", "answerability"):
        contexts = row["contexts"] or []
        for context in contexts:
            if context["text"].strip():
                uri = f"mtrag/{context['document_id']}"
                documents[uri] = _document(uri, context["text"])
        if row["answerability"][0] != "PARTIAL":
            answerable = row["answerability"][0] == "ANSWERABLE"
            questions.append(Labelled(row["task_id"], row["input"][-1]["text"], answerable))
    return LabelledSet("mtrag", tuple(documents.values()), tuple(questions))


def news(folder: Path) -> tuple[Document, ...]:
    """The articles of a folder of text files; a first line that is short and no sentence is the title."""
    return tuple(_article(path) for path in sorted(folder.glob("*.txt")))


def probes() -> tuple[Probe, ...]:
    """The questions on the news articles, from `cases/news_probes.tsv`."""
    lines = (Path(__file__).parents[1] / "cases" / "news_probes.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(Probe(row[0], tuple(row[1:])) for row in rows)


def found(expressions: Sequence[str], documents: Sequence[Document]) -> tuple[tuple[str, Span], ...]:
    """Where any of the regular expressions matches, as gold."""
    return tuple(
        (document.uri, Span(*match.span()))
        for document in documents
        for expression in expressions
        for match in re.finditer(expression, document.text)
    )


def _article(path: Path) -> Document:
    text = path.read_text(encoding="utf-8").strip()
    first = text.split("\n", 1)[0].strip()
    is_title = len(first) <= LONGEST_HEADLINE and not _DATELINE.match(first)
    return _document(path.name, text, first if is_title else None)


def _document(uri: str, text: str, title: str | None = None) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(uri, normalise(text), digest, ("public",), title=title)


def _spans(text: str, parts: Sequence[str]) -> Iterator[Span]:
    """Where the parts stand in the text, in their order; a part that is not there is left out."""
    at = 0
    for part in (part.strip() for part in parts):
        start = text.find(part, at)
        if part and start >= 0:
            at = start + len(part)
            yield Span(start, at)
