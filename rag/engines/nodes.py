"""Passages and quotes as llama-index nodes: exact offsets, and what is known of where they come from."""

from __future__ import annotations

from collections.abc import Mapping

from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from index.document import Attribution, Passage, Span
from rag.answer import Evidence

_NOT_FOR_MODELS = ("uri", "document", "number", "relevance")
"""Metadata that says nothing about what a text means."""


def node_id(passage: Passage) -> str:
    """The id of a passage's node: the same for the same characters of the same document."""
    return _id(passage.attribution, passage.chunk.span)


def passage_node(passage: Passage) -> NodeWithScore:
    """A passage with its score in this search; `start_char_idx` and `end_char_idx` count its document's characters."""
    return _node(passage.chunk.text, passage.attribution, passage.chunk.span, passage.score, {})


def evidence_node(number: int, evidence: Evidence) -> NodeWithScore:
    """A quote, scored by its relevance; `number` counts the answer's evidence from 1."""
    known = {"number": number, "speaker": evidence.speaker}
    return _node(evidence.quote, evidence.attribution, evidence.span, evidence.relevance, known)


def _id(origin: Attribution, span: Span) -> str:
    return f"{origin.document_id}:{span.start}-{span.end}"


def _node(text: str, origin: Attribution, span: Span, score: float, more: Mapping[str, object]) -> NodeWithScore:
    known = {
        "uri": origin.uri,
        "document": origin.document_id,
        "title": origin.title,
        "publisher": origin.publisher,
        "author": origin.author,
        "published": origin.published.isoformat() if origin.published else None,
        "language": origin.language,
        **more,
    }
    node = TextNode(
        id_=_id(origin, span),
        text=text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata={name: value for name, value in known.items() if value is not None},
        excluded_embed_metadata_keys=list(_NOT_FOR_MODELS),
        excluded_llm_metadata_keys=list(_NOT_FOR_MODELS),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=origin.document_id)},
    )
    return NodeWithScore(node=node, score=float(score))
