"""JSON that people review: what is short stands on one line, what is longer on a line for each of its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable

WIDTH = 120
"""Characters of a value of several parts that still stands on one line, with what it is indented by."""


def laid_out(value: object, indent: int = 0) -> str:
    """`value`, of what JSON is made of, as text.

    >>> laid_out({"checks": [{"name": "said", "passed": True}]})
    '{"checks": [{"name": "said", "passed": true}]}'
    """
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= WIDTH:
        return flat
    if isinstance(value, dict):
        named = (
            f"{json.dumps(name, ensure_ascii=False)}: {laid_out(part, indent + 1)}" for name, part in value.items()
        )
        return _over_lines("{", named, "}", indent)
    if isinstance(value, list):
        return _over_lines("[", (laid_out(part, indent + 1) for part in value), "]", indent)
    return flat


def _over_lines(opening: str, parts: Iterable[str], closing: str, indent: int) -> str:
    within = ",\n".join(" " * (indent + 1) + part for part in parts)
    return f"{opening}\n{within}\n{' ' * indent}{closing}"
