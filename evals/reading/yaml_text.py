"""Cases to the text of a file: readable, and read back as the very same cases."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

from evals.case import Case
from evals.reading.case_fields import case_fields

WIDTH = 100
"""Characters of a line after which a text goes on in the next."""
SHORTEST_BLOCK = 100
"""Characters from which a text stands in lines of its own."""
LONGEST_FLOW = 70
"""Characters of a list or of fields that stand in one line."""
INDENT = 2
_TAG = "tag:yaml.org,2002:"
_BLOCK_LISTS = ("cases", "quotes", "says", "never_says", "history")
# Breaks to YAML and to few others, so a file would not look as it is read; in quotes they are written as escapes.
_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    """Lists stand further in than the field that they are the value of."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def case_yaml(case: Case, *, indent: int = INDENT, tagged: bool = False) -> str:
    """The case as one item of the list under `cases:`, its dash after `indent` spaces; ends with a line end.

    `tagged` has its tags stand there also if there are none, which a file's default tags make needful.
    """
    node = _node({"cases": [case_fields(case, tagged=tagged)]})
    text: str = yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=WIDTH, indent=INDENT)
    return re.sub(f"(?m)^ {{{INDENT}}}", " " * indent, text.split("\n", 1)[1])


def _node(value: object, name: str = "") -> yaml.Node:
    match value:
        case dict():
            fields = [(_scalar(key), _node(inner, key)) for key, inner in value.items()]
            return yaml.MappingNode(f"{_TAG}map", fields, flow_style=name == "quotes" and _is_short(value.values()))
        case list():
            # Alternatives of a fact stand in one line, as a list within the list of facts.
            items = [_node(item, "" if name in _BLOCK_LISTS and isinstance(item, list) else name) for item in value]
            return yaml.SequenceNode(f"{_TAG}seq", items, flow_style=name not in _BLOCK_LISTS and _is_short(value))
        case bool():
            return yaml.ScalarNode(f"{_TAG}bool", "true" if value else "false")
        case int():
            return yaml.ScalarNode(f"{_TAG}int", str(value))
        case _ if name == "as_of":
            return yaml.ScalarNode(f"{_TAG}timestamp", str(value))
    return _scalar(str(value))


def _scalar(text: str) -> yaml.ScalarNode:
    """A text in the style that reads best and can hold it; what a style cannot hold is put in quotes by PyYAML."""
    style = None
    if _ODD_BREAKS.search(text) or text.endswith("\n\n"):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif len(text) >= SHORTEST_BLOCK and not text.startswith(" "):  # PyYAML folds what YAML then does not unfold
        style = ">"
    return yaml.ScalarNode(f"{_TAG}str", text, style=style)


def _is_short(values: Iterable[object]) -> bool:
    """Whether these, which are texts and numbers, stand in one line."""
    written = [str(value) for value in values]
    return sum(map(len, written)) + 2 * len(written) <= LONGEST_FLOW and not any("\n" in each for each in written)
