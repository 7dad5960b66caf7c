"""Any llama-index postprocessor as a reranker of passages, named by a setting."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore

from index.document import Passage
from index.errors import OnRecordError
from rag.engines.nodes import node_id, passage_node
from rag.errors import InvalidSettings


class Reranker:
    """Puts passages into another order, and may leave some out; it never adds or alters one.

    `path` is "module:Class" of a BaseNodePostprocessor, `options` are what it is made with. Raises InvalidSettings
    where it cannot be made.
    """

    def __init__(self, path: str, options: Mapping[str, object]) -> None:
        self._path = path
        made_with = json.dumps(dict(options), sort_keys=True, default=str)
        self.fingerprint = f"{path}:{hashlib.sha256(made_with.encode()).hexdigest()[:16]}"
        made = _class(path)
        with _of_others(InvalidSettings, f"the reranker {path} cannot be made", "correct reranker_options"):
            self._postprocessor = made(**options)

    def __call__(self, question: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Those of `passages` that the postprocessor gives back, in its order, each once.

        Passages are known by their place in their document, so text or scores that it writes are not used: the scores
        are those of the search, dealt out again so that they fall. Raises OnRecordError where it fails.
        """
        if not passages:
            return ()
        remedy = "correct it, or leave the setting reranker out"
        with _of_others(OnRecordError, f"the reranker {self._path} failed", remedy):
            nodes = self._postprocessor.postprocess_nodes(list(map(passage_node, passages)), query_str=question)
            order = _ids(nodes)
        known = {node_id(passage): passage for passage in passages}
        return _falling([known[id] for id in order if id in known])


def _class(path: str) -> type[BaseNodePostprocessor]:
    module, _, name = path.partition(":")
    remedy = "install what has it, or correct the setting reranker"
    with _of_others(InvalidSettings, f"the reranker's module {module} cannot be imported", remedy):
        found = getattr(import_module(module), name, None)
    if not (isinstance(found, type) and issubclass(found, BaseNodePostprocessor)):
        raise InvalidSettings(
            f"the reranker {path} is no llama-index postprocessor; name a class derived from BaseNodePostprocessor"
        )
    return found


@contextmanager
def _of_others(kind: type[OnRecordError], fact: str, remedy: str) -> Iterator[None]:
    """Somebody else's code, named by a setting: anything may come out of it, and comes out as one sentence."""
    try:
        yield
    except Exception as error:
        raise kind(f"{fact} ({_named(error)}); {remedy}") from error


def _ids(nodes: Sequence[NodeWithScore]) -> tuple[str, ...]:
    """The ids of nodes in order, each once."""
    return tuple(dict.fromkeys(str(node.node.node_id) for node in nodes))


def _falling(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    scores = sorted((passage.score for passage in passages), reverse=True)
    return tuple(replace(passage, score=score) for passage, score in zip(passages, scores, strict=True))


def _named(error: Exception) -> str:
    """An error on one line, with its kind where it says nothing else."""
    return " ".join(f"{type(error).__name__} {error}".split())[:300]
