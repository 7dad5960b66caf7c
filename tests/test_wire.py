"""The JSON forms hold the contract's fields, exactly the answer's values, and nothing that JSON cannot carry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Document, Passage, Span
from index.sync_report import FileResult, SyncReport
from rag.answer import Answer, Citation, Disagreement, Dropped, Evidence, Group, Sentence, Timing, Trace, Usage
from rag.outside import Outside
from ui import wire

TEXT = "Dateline. The minister said talks go on. The envoy denied it."
DOCUMENT = Document(
    uri="briefs/one.txt",
    text=TEXT,
    content_hash="0" * 64,
    readers=("public",),
    title="Talks",
    publisher="The Post",
    published=date(2025, 3, 1),
)
CHUNK = DOCUMENT.chunk(Span(10, len(TEXT)), 0)
PASSAGE = Passage(CHUNK, DOCUMENT.attribution, 0.5, keyword_rank=1)
SPAN = Span(10, 40)
EVIDENCE = Evidence(PASSAGE, SPAN, SPAN.of(TEXT), 0.75, speaker="the minister")
TRACE = Trace("embedder-1", "evidence-1", 7, 0.9, 0.4, (Timing("search", 1.23456),))


def answer(**changes: object) -> Answer:
    citation = Citation(1, DOCUMENT.attribution, SPAN, SPAN.of(TEXT))
    values: dict[str, object] = {
        "question": "Do talks go on?",
        "status": "answered",
        "sentences": (Sentence(SPAN.of(TEXT), (citation,), "quoted"),),
        "evidence": (EVIDENCE, EVIDENCE),
        "trace": TRACE,
        "related": (PASSAGE,),
        "points": ((2, 1),),
        "disagreements": (Disagreement("disagreeing", (2, 1), ("go on", "denied")),),
        "dropped": (Dropped("It rained.", "no quote says so"),),
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]


def test_an_answer_carries_the_fields_of_the_contract_in_order() -> None:
    value = wire.answer_json(answer(), "q1")
    assert list(value) == [
        *("id", "status", "question", "sentences", "evidence"),
        *("related", "points", "disagreements", "dropped", "form", "groups", "notice", "outside", "trace"),
    ]


def test_evidence_is_numbered_from_one_and_points_into_its_document() -> None:
    first, second = (wire.evidence_json(number, EVIDENCE) for number in (1, 2))
    assert (first["number"], second["number"]) == (1, 2)
    assert SPAN.of(TEXT) == "The minister said talks go on."
    assert first == {
        "number": 1,
        "quote": "The minister said talks go on.",
        "start": 10,
        "end": 40,
        "document": DOCUMENT.id,
        "uri": "briefs/one.txt",
        "title": "Talks",
        "publisher": "The Post",
        "author": None,
        "published": "2025-03-01",
        "speaker": "the minister",
        "relevance": 0.75,
        "why": {"words": [], "by": "words", "relevance": 0.75},
    }


@pytest.mark.parametrize(
    ("words", "keyword", "vector", "by"),
    [
        ((), 1, None, "words"),
        (("talks",), None, 3, "meaning"),
        ((), 2, 60, "both"),
        (("talks",), None, None, "words"),
        ((), None, None, "meaning"),
    ],
)
def test_why_says_how_a_quote_was_found(
    words: tuple[str, ...], keyword: int | None, vector: int | None, by: str
) -> None:
    passage = replace(PASSAGE, keyword_rank=keyword, vector_rank=vector)
    value = wire.evidence_json(1, replace(EVIDENCE, passage=passage, words=words))
    assert value["why"] == {"words": list(words), "by": by, "relevance": 0.75}


def test_what_was_left_out_is_counted_and_not_named_but_for_publishers() -> None:
    left_out = Outside(4, 1, 2, 3, ("The Wire",), 1, frozenset({"an-id"}))
    assert wire.answer_json(answer(outside=left_out))["outside"] == {
        "documents": 4,
        "later": 1,
        "earlier": 2,
        "undated": 3,
        "publishers": ["The Wire"],
        "collections": 1,
    }
    assert wire.answer_json(answer())["outside"] is None


def test_a_passage_points_at_its_whole_chunk() -> None:
    value = json.loads(wire.dumps(wire.passage_json(PASSAGE)))
    assert TEXT[value["start"] : value["end"]] == value["text"]
    assert value["score"] == 0.5


def test_sentences_and_groups_name_evidence_by_number() -> None:
    value = json.loads(wire.dumps(wire.answer_json(answer())))
    quote = SPAN.of(TEXT)
    runs: list[dict[str, object]] = [{"text": quote, "style": [], "href": None}]
    assert value["sentences"] == [{"text": quote, "support": "quoted", "citations": [1], "runs": runs}]
    assert value["points"] == [[2, 1]]
    assert value["disagreements"] == [
        {"relation": "disagreeing", "evidence": [2, 1], "differences": ["go on", "denied"]}
    ]
    assert value["dropped"] == [{"text": "It rained.", "reason": "no quote says so"}]


def test_the_trace_tells_what_produced_the_answer() -> None:
    assert wire.trace_json(TRACE) == {
        "embedder": "embedder-1",
        "evidence_model": "evidence-1",
        "model": None,
        "prompts": None,
        "verifier": None,
        "library_generation": 7,
        "answerable": 0.9,
        "threshold": 0.4,
        "timings": [{"stage": "search", "milliseconds": 1.235}],
        "usage": None,
    }


def test_a_written_answer_tells_who_wrote_and_checked_it_and_what_it_took() -> None:
    written = replace(TRACE, model="writer", prompts="p1", verifier="v1", usage=Usage(900, 80, 0.0021))
    value = wire.trace_json(written)
    assert (value["model"], value["prompts"], value["verifier"]) == ("writer", "p1", "v1")
    assert value["usage"] == {"prompt_tokens": 900, "completion_tokens": 80, "cost": 0.0021}
    assert wire.usage_json(Usage(1, 2)) == {"prompt_tokens": 1, "completion_tokens": 2, "cost": None}


def test_form_groups_and_notice_are_told() -> None:
    value = wire.answer_json(answer(form="change", groups=(Group("2024", (2,)), Group("2025", (1,))), notice="Slow."))
    assert (value["form"], value["notice"]) == ("change", "Slow.")
    assert value["groups"] == [{"label": "2024", "evidence": [2]}, {"label": "2025", "evidence": [1]}]
    assert (wire.answer_json(answer())["form"], wire.answer_json(answer())["notice"]) == ("open", None)


def test_numbers_of_numpy_are_carried_too() -> None:
    passage = Passage(CHUNK, DOCUMENT.attribution, np.float32(0.25))  # type: ignore[arg-type]
    assert json.loads(wire.dumps(wire.passage_json(passage)))["score"] == 0.25


def test_an_abstention_has_the_same_fields_and_offers_related_passages() -> None:
    value = wire.answer_json(answer(status="abstained", sentences=(), evidence=(), points=(), disagreements=()))
    assert value["status"] == "abstained"
    assert value["evidence"] == []
    assert value["related"] == [wire.passage_json(PASSAGE)]


@pytest.mark.parametrize("id", ["q1", "", 0, 12])
def test_an_id_is_given_back_as_it_came(id: str | int) -> None:
    assert wire.answer_json(answer(), id)["id"] == id
    assert wire.search_json("?", (PASSAGE,), id)["id"] == id


def test_without_an_id_there_is_no_such_field() -> None:
    assert "id" not in wire.answer_json(answer())
    assert list(wire.search_json("?", ())) == ["question", "passages"]


def test_a_lone_surrogate_is_escaped_so_that_the_line_is_valid_utf8() -> None:
    assert wire.dumps({"text": "a\ud800"}).encode("utf-8") == rb'{"text": "a\ud800"}'


@pytest.mark.parametrize("character", ["\x7f", "\x9b", "\u2028", "\u202e", "\u2066"])
def test_what_could_steer_a_terminal_is_escaped(character: str) -> None:
    line = wire.dumps({"text": f"é{character}"})
    assert character not in line
    assert "é" in line
    assert json.loads(line) == {"text": f"é{character}"}


def test_a_sync_tells_of_each_file_and_how_many() -> None:
    files = (FileResult("a.txt", "a.txt", "added"), FileResult("b.pdf", None, "refused", "it is encrypted; unlock it"))
    assert wire.sync_json(SyncReport(files, 3, 2, 1.23456, hidden=4)) == {
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "refused": 1,
        "chunks": 3,
        "embedded": 2,
        "seconds": 1.235,
        "hidden": 4,
        "files": [
            {"name": "a.txt", "uri": "a.txt", "status": "added", "reason": None},
            {"name": "b.pdf", "uri": None, "status": "refused", "reason": "it is encrypted; unlock it"},
        ],
    }


@given(st.text())
def test_any_text_survives_as_one_line_of_utf8(text: str) -> None:
    line = wire.dumps({"text": text})
    assert "\n" not in line
    assert json.loads(line.encode("utf-8")) == {"text": text}
