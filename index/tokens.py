"""Counting tokens, as language models count them, without the network."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import TokensUnavailable

if TYPE_CHECKING:
    from tiktoken import Encoding

ENCODING = "cl100k_base"
TABLE_NAME = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""The SHA-1 of the address the table is published at, which is what tiktoken looks for in its cache."""

TABLE_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
"""As tiktoken itself expects it; a table that differs would be fetched again from the network."""


def count(text: str) -> int:
    """The tokens of a text; what looks like a special token (<|endoftext|>) counts as the plain text it is.

    Raises TokensUnavailable.
    """
    return len(_TABLE.encoding.encode_ordinary(text))


def counts(texts: Sequence[str]) -> list[int]:
    """`count` of each text, in their order."""
    encode = _TABLE.encoding.encode_ordinary
    return [len(encode(text)) for text in texts]


class _Table:
    def __init__(self) -> None:
        self._loading = threading.Lock()

    @property
    def encoding(self) -> Encoding:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Encoding:
        folder = table_folder()
        check_table(folder)
        import tiktoken

        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        try:
            return tiktoken.get_encoding(ENCODING)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before


_TABLE = _Table()


def table_folder() -> Path:
    """Where llama-index-core keeps the tables of tiktoken, found without importing it: that takes two seconds."""
    spec = find_spec("llama_index.core")
    if spec is None or spec.origin is None:
        raise TokensUnavailable("llama-index-core, which carries the table of tokens, is not installed; install it")
    return Path(spec.origin).parent / "_static" / "tiktoken_cache"


def check_table(folder: Path) -> None:
    """Raise TokensUnavailable unless the table lies in `folder` as published, so that tiktoken does not go looking
    for it on the network."""
    try:
        content = (folder / TABLE_NAME).read_bytes()
    except OSError as error:
        raise TokensUnavailable("the table of tokens cannot be read; reinstall llama-index-core") from error
    if hashlib.sha256(content).hexdigest() != TABLE_SHA256:
        raise TokensUnavailable("the table of tokens is damaged; reinstall llama-index-core")
