"""The examples in docstrings, each run as it stands."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("evals", "index", "rag", "ui", "tests")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if "\n    >>> " in path.read_text(encoding="utf-8") or "\n>>> " in path.read_text(encoding="utf-8")
)


def test_there_are_some() -> None:
    assert len(MODULES) > 20, "the examples are not where this test looks"


@pytest.mark.parametrize("name", MODULES)
def test_an_example_says_what_happens(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted
    assert not found.failed, f"{name}: {found.failed} of {found.attempted} examples say something else"
