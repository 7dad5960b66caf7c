"""The head of a GGUF file: what model it holds, and what its memory of the text costs.

The format is that of ggml-org/ggml, docs/gguf.md: magic, version, counts, then keys with typed values, little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from rag.errors import LocalModelError

MAGIC = b"GGUF"
_READ = 1 << 20
"""Bytes; what is looked for stands before the tokenizer's words, in the first few thousand."""
_NUMBERS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_Value = int | float | str | tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """`context` is how many tokens the model was made for, `token_bytes` what each of them takes in memory (keys and
    values of 16 bits in every layer); both are None where the file does not say."""

    architecture: str
    context: int | None
    token_bytes: int | None


def read_head(path: Path) -> Head:
    """What the file at `path` says of itself. Raises LocalModelError where it cannot be read or is no GGUF file."""
    try:
        with path.open("rb") as file:
            start = file.read(_READ)
    except OSError as error:
        raise LocalModelError(f"{path} cannot be read ({error.strerror}); name a GGUF file that can") from error
    if start[:4] != MAGIC:
        raise LocalModelError(f"{path} is no GGUF file; llama.cpp runs models in that format only")
    values: dict[str, _Value] = {}
    try:
        _fill(values, BytesIO(start[4:]))
    except (struct.error, UnicodeDecodeError, KeyError) as error:
        if len(start) < _READ:  # else it is this reading that ends, and what stands before is enough
            raise LocalModelError(f"{path} is damaged or not whole; fetch it again") from error
    return _head(values)


def _head(values: dict[str, _Value]) -> Head:
    architecture = str(values.get("general.architecture", "unknown"))
    context = values.get(f"{architecture}.context_length")
    return Head(architecture, context if isinstance(context, int) else None, _token_bytes(values, architecture))


def _token_bytes(values: dict[str, _Value], architecture: str) -> int | None:
    def number(key: str) -> int | None:
        value = values.get(f"{architecture}.{key}")
        return value if isinstance(value, int) else None

    layers, heads, width = (number(key) for key in ("block_count", "attention.head_count", "embedding_length"))
    sharing = values.get(f"{architecture}.attention.head_count_kv", heads)
    size = width // heads if width and heads else None
    keys, stored = number("attention.key_length") or size, number("attention.value_length") or size
    if not (layers and keys and stored):
        return None
    if isinstance(sharing, tuple):  # one count for each layer; none in those that keep a state instead
        return sum(int(each) for each in sharing) * (keys + stored) * 2
    return layers * sharing * (keys + stored) * 2 if isinstance(sharing, int) else None


def _fill(values: dict[str, _Value], file: BinaryIO) -> None:
    """Every key up to those of the tokenizer, whose tables are large and tell nothing here."""
    _, _, count = _unpacked(file, "IQQ")
    for _ in range(int(count)):
        key = _string(file)
        if key.startswith("tokenizer."):
            break
        values[key] = _value(file, int(_unpacked(file, "I")[0]))


def _value(file: BinaryIO, kind: int) -> _Value:
    if kind == _TEXT:
        return _string(file)
    if kind == _ARRAY:
        each, count = map(int, _unpacked(file, "IQ"))
        if each == _ARRAY or count > _READ:
            raise KeyError("an array of arrays, or of more than the file can hold")
        return tuple(_single(file, each) for _ in range(count))
    return _single(file, kind)


def _single(file: BinaryIO, kind: int) -> int | float | str:
    return _string(file) if kind == _TEXT else _unpacked(file, _NUMBERS[kind])[0]


def _string(file: BinaryIO) -> str:
    length = int(_unpacked(file, "Q")[0])
    text = file.read(min(length, _READ))
    if len(text) != length:
        raise struct.error("the file ends within a text")
    return text.decode("utf-8")


def _unpacked(file: BinaryIO, form: str) -> tuple[int | float, ...]:
    layout = struct.Struct(f"<{form}")
    return layout.unpack(file.read(layout.size))
