"""A line of JSON to values with that line's number."""

from __future__ import annotations

import json

from evals.reading.node import (
    DEEPEST,
    Field,
    Listing,
    Mapping,
    Mistakes,
    Node,
    Scalar,
    Unusable,
    checked_depth,
    checked_text,
)


def json_node(text: str, line: int, mistakes: Mistakes) -> Node | None:
    """What `text` holds; None where it is not JSON, which `mistakes` then tells."""
    try:
        # As pairs, since a dict would forget that a name was written twice.
        return _node(json.loads(text, object_pairs_hook=tuple), line, 0)
    except Unusable as error:
        mistakes.add(line, str(error))
    except RecursionError:
        mistakes.add(line, f"it holds lists or objects more than {DEEPEST} deep; write them out flat")
    except json.JSONDecodeError as error:
        mistakes.add(line, f"it is not JSON ({error.msg} at character {error.pos + 1}); write one object a line")
    except ValueError:
        mistakes.add(line, "it holds a number too long to read; shorten it")
    return None


def _node(value: object, line: int, depth: int) -> Node:
    checked_depth(depth, line)
    match value:
        case str():
            return Scalar(line, "text", checked_text(value, line))
        case bool():
            return Scalar(line, "truth", json.dumps(value))
        case int() | float():
            return Scalar(line, "number", json.dumps(value))
        case list():
            return Listing(line, tuple(_node(item, line, depth + 1) for item in value))
        case tuple():
            return Mapping(line, tuple(_field(name, inner, line, depth + 1) for name, inner in value))
        case _:
            return Scalar(line, "nothing", "null")


def _field(name: str, value: object, line: int, depth: int) -> Field:
    return Field(checked_text(name, line), line, _node(value, line, depth))
