"""Answers and cases as tests of the scorers write them: a document is its text, a quote is words of it."""

from __future__ import annotations

from collections.abc import Sequence

from evals.case import Case, Expected, Located, Quoted, Span
from evals.observed import Observed, Said, Shown

TALKS = "The talks in Moscow lasted five hours. Both sides called them useful. They meet again in Oslo on 4 March."
COPY = "Reuters: The talks in Moscow lasted five hours. The envoy flew home."
TEXTS = {"talks": TALKS, "copy": COPY}


def span(words: str, document: str = "talks") -> Span:
    """Where these words stand in the document of that name."""
    start = TEXTS[document].index(words)
    return Span(document, f"briefs/{document}.txt", start, start + len(words))


def shown(words: str, number: int = 1, document: str = "talks", **changes: object) -> Shown:
    """These words of the document, as evidence or, with the number 0, as a related passage."""
    place = span(words, document)
    values: dict[str, object] = {
        "number": number,
        "document_id": place.document_id,
        "uri": place.uri,
        "title": None,
        "publisher": None,
        "published": None,
        "speaker": None,
        "start": place.start,
        "end": place.end,
        "quote": words,
        "relevance": 0.9,
        "exact": True,
        "readers": ("public",),
    }
    return Shown(**(values | changes))  # type: ignore[arg-type]


def observed(*evidence: Shown, **changes: object) -> Observed:
    """An answer of quotes alone: a quoted sentence for each, or an abstention where there is none."""
    quoted = tuple(Said(each.quote, "quoted", (each.number,)) for each in evidence)
    values: dict[str, object] = {
        "question": "How long did the talks last?",
        "status": "answered" if evidence else "abstained",
        "form": "open",
        "sentences": quoted,
        "evidence": evidence,
        "related": (),
        "differing": (),
        "left_out": (),
        "notice": None,
        "answerable": 0.91 if evidence else 0.12,
        "threshold": 0.5,
        "seconds": 0.1,
        "first_seconds": 0.05 if evidence else None,
        "written": False,
    }
    return Observed(**(values | changes))  # type: ignore[arg-type]


def located(
    *quotes: Sequence[Span], sources: Sequence[str] = (), expected: Expected | None = None, **changes: object
) -> Located:
    """A case that expects quotes, each with its places, and what else `expected` says."""
    given = expected or Expected()
    words = tuple(Quoted(text=_words(places), document="talks") for places in quotes)
    whole = Expected(
        given.answerable, words, given.says, given.never_says, given.sources, given.differs, given.reference
    )
    case = Case("talks-length", "How long did the talks last?", whole, **changes)  # type: ignore[arg-type]
    return Located(case, tuple(map(tuple, quotes)), tuple(sources))


def _words(places: Sequence[Span]) -> str:
    return TEXTS[places[0].document_id][places[0].start : places[0].end] if places else "words that were taken out"
