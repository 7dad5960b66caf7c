"""The JSON forms of the contract: answers, passages and evidence as plain objects, for the command and the JSON API.

The one place where dataclasses become JSON. Field names are those of the dataclasses; what is nested inside
(`passage.attribution.title`) is laid flat, dates are ISO 8601, absent values are null, and every offset counts
characters of the document's normalised text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from index.document import Attribution, Passage, Span
from index.sync_report import SyncReport
from rag.answer import Answer, Disagreement, Dropped, Evidence, Group, Sentence, Trace, Usage
from rag.outside import Outside
from rag.why import Why
from ui import markup

if TYPE_CHECKING:
    from rag.check import Checked

Json = dict[str, object]
"""One JSON object."""
_STEERING = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Inside JSON text these stand in strings only, where they may be escaped. A terminal would obey the first, a reader of
# lines break at the next, a person be misled by those of direction, and the last cannot be written at all.


def answer_json(answer: Answer, id: str | int | None = None, link_hosts: Iterable[str] = ()) -> Json:
    """The object of `ask`; `id` is the asked line's own, and left out where there is none. Links in its prose lead
    only to `link_hosts`."""
    hosts = tuple(link_hosts)
    compared = compared_json(answer.points, answer.disagreements, answer.groups)
    return _with_id(id) | {
        "status": answer.status,
        "question": answer.question,
        "sentences": [sentence_json(sentence, hosts) for sentence in answer.sentences],
        "evidence": [evidence_json(number, evidence) for number, evidence in enumerate(answer.evidence, start=1)],
        "related": [passage_json(passage) for passage in answer.related],
        "points": compared["points"],
        "disagreements": compared["disagreements"],
        "dropped": [dropped_json(dropped) for dropped in answer.dropped],
        "form": answer.form,
        "groups": compared["groups"],
        "notice": answer.notice,
        "outside": None if answer.outside is None else outside_json(answer.outside),
        "trace": trace_json(answer.trace),
    }


def compared_json(
    points: Iterable[tuple[int, ...]], disagreements: Iterable[Disagreement], groups: Iterable[Group]
) -> Json:
    """How the quotes stand to each other, as evidence numbers."""
    return {
        "points": [list(point) for point in points],
        "disagreements": [disagreement_json(disagreement) for disagreement in disagreements],
        "groups": [{"label": group.label, "evidence": list(group.evidence)} for group in groups],
    }


def search_json(question: str, passages: Iterable[Passage], id: str | int | None = None) -> Json:
    """The object of `search`, best passage first."""
    return _with_id(id) | {"question": question, "passages": [passage_json(passage) for passage in passages]}


def sentence_json(sentence: Sentence, link_hosts: Iterable[str] = ()) -> Json:
    """A sentence with the numbers of the evidence it rests on, and as `runs` its text with its Markdown read."""
    return {
        "text": sentence.text,
        "support": sentence.support,
        "citations": [citation.number for citation in sentence.citations],
        "runs": [
            {"text": run.text, "style": list(run.style), "href": run.href} for run in markup.shown(sentence, link_hosts)
        ],
    }


def evidence_json(number: int, evidence: Evidence) -> Json:
    """One quote; `number` counts the answer's evidence from 1."""
    return {
        "number": number,
        "quote": evidence.quote,
        **_where(evidence.attribution, evidence.span),
        "speaker": evidence.speaker,
        "relevance": float(evidence.relevance),
        "why": why_json(evidence.why),
    }


def why_json(why: Why) -> Json:
    """Why a quote was picked: the words it shares with the question, and whether words or meaning found it."""
    return {"words": list(why.words), "by": why.by, "relevance": float(why.relevance)}


def passage_json(passage: Passage) -> Json:
    """One passage; its score compares within one search only."""
    where = _where(passage.attribution, passage.chunk.span)
    return {**where, "text": passage.chunk.text, "score": float(passage.score)}


def disagreement_json(disagreement: Disagreement) -> Json:
    """Evidence numbers that do not say the same, newest first, with the words that differ in the same order."""
    return {
        "relation": disagreement.relation,
        "evidence": list(disagreement.evidence),
        "differences": list(disagreement.differences),
    }


def outside_json(outside: Outside) -> Json:
    """What the reader's own choice left out, counted by why; which documents those were is not told."""
    return {
        "documents": outside.documents,
        "later": outside.later,
        "earlier": outside.earlier,
        "undated": outside.undated,
        "publishers": list(outside.publishers),
        "collections": outside.collections,
    }


def dropped_json(dropped: Dropped) -> Json:
    """What was offered as part of the answer and refused."""
    return {"text": dropped.text, "reason": dropped.reason}


def trace_json(trace: Trace) -> Json:
    """What produced the answer; times are milliseconds of wall time."""
    return {
        "embedder": trace.embedder,
        "evidence_model": trace.evidence_model,
        "model": trace.model,
        "prompts": trace.prompts,
        "verifier": trace.verifier,
        "library_generation": trace.library_generation,
        "answerable": float(trace.answerable),
        "threshold": float(trace.threshold),
        "timings": [{"stage": each.stage, "milliseconds": round(each.milliseconds, 3)} for each in trace.timings],
        "usage": None if trace.usage is None else usage_json(trace.usage),
    }


def usage_json(usage: Usage) -> Json:
    """Tokens that the model read and wrote; the cost is in the currency of the configured prices, null without."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost": usage.cost,
    }


def checked_json(checked: Checked) -> Json:
    """A statement of a draft and what the library says to it; its offsets count the draft's characters."""
    return {
        "text": checked.text,
        "start": checked.span.start,
        "end": checked.span.end,
        "support": checked.support,
        "probability": float(checked.probability),
        "reasons": list(checked.reasons),
        "evidence": [evidence_json(number, evidence) for number, evidence in enumerate(checked.evidence, start=1)],
    }


def sync_json(report: SyncReport) -> Json:
    """The object of `sync`: what became of how many files, and of each."""
    counts = Counter(file.status for file in report.files)
    return {
        **{status: counts[status] for status in ("added", "changed", "unchanged", "removed", "refused")},
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
        "hidden": report.hidden,
        "files": [
            {"name": file.name, "uri": file.uri, "status": file.status, "reason": file.reason} for file in report.files
        ],
    }


def dumps(value: Json, *, indent: int | None = None) -> str:
    """JSON text of `value`, one line unless indented; readable characters as they are, those that steer escaped."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def _with_id(id: str | int | None) -> Json:
    return {} if id is None else {"id": id}


def _where(attribution: Attribution, span: Span) -> Json:
    return {
        "start": span.start,
        "end": span.end,
        "document": attribution.document_id,
        "uri": attribution.uri,
        "title": attribution.title,
        "publisher": attribution.publisher,
        "author": attribution.author,
        "published": _iso(attribution.published),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
