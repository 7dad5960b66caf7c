"""YAML to values with their lines, through PyYAML's composer: nothing in a file is ever built or run."""

from __future__ import annotations

import yaml

from evals.reading.node import (
    DEEPEST,
    Field,
    Kind,
    Listing,
    Mapping,
    Mistakes,
    Node,
    Scalar,
    Unusable,
    checked_depth,
    checked_text,
)

MOST_VALUES = 200_000
"""Values in one file, those that stand in several places through aliases counted for each."""
_KINDS: dict[str, Kind] = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "truth",
    "timestamp": "date",
    "null": "nothing",
}
_TAGS = "tag:yaml.org,2002:"
_REMEDY = "correct it there; text with a colon, a question mark or the like may need quotes around it"


def yaml_node(text: str, mistakes: Mistakes) -> Node | None:
    """What `text` holds; None where it holds nothing that can be used, which `mistakes` then tells."""
    try:
        # Not the loader in C, which is ten times as fast and ends the process on a file of brackets only.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            return _Converter().node(root, 0)
        mistakes.add(1, "the file is empty; begin it with `cases:`")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = "it holds a second document; keep one" if "another document" in str(error.problem) else None
        mistakes.add(mark.line + 1 if mark else 1, what or f"it is not YAML ({error.problem}); {_REMEDY}")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        shown = error.character if isinstance(error.character, str) else chr(error.character)
        mistakes.add(line, f"it holds the character {shown!r}, which YAML does not allow; remove it")
    except RecursionError:
        mistakes.add(1, f"it holds lists or mappings more than {DEEPEST} deep; write them out flat")
    except Unusable as error:
        mistakes.add(error.line, str(error))
    return None


class _Converter:
    """PyYAML's nodes to ours, within bounds that a file of aliases to aliases cannot pass."""

    def __init__(self) -> None:
        self._values = 0

    def node(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._values += 1
        if self._values > MOST_VALUES:
            raise Unusable(line, f"the file holds more than {MOST_VALUES:,} values; part it, or write its aliases out")
        checked_depth(depth, line)
        match node:
            case yaml.ScalarNode() if kind := _KINDS.get(node.tag.removeprefix(_TAGS)):
                return Scalar(line, kind, checked_text(node.value, line))
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return Listing(line, tuple(self.node(item, depth + 1) for item in node.value))
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return Mapping(line, tuple(self._field(key, value, depth + 1) for key, value in node.value))
        raise Unusable(line, f"a value has the tag {_short(node.tag)!r}, which cases do not use; remove it")

    def _field(self, key: yaml.Node, value: yaml.Node, depth: int) -> Field:
        line = key.start_mark.line + 1
        if key.tag == f"{_TAGS}merge":
            raise Unusable(line, "the merge key << is not used in cases; write the fields out, or use `defaults:`")
        if not isinstance(key, yaml.ScalarNode):
            raise Unusable(line, "a field has a list or a mapping for its name; give it a plain name")
        return Field(checked_text(key.value, line), line, self.node(value, depth))


def _short(tag: str) -> str:
    return tag.replace(_TAGS, "!!")
