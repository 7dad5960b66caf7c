from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index import tokens
from index.errors import TokensUnavailable

OFFLINE = """
import os, socket, sys
os.environ["TIKTOKEN_CACHE_DIR"] = "/nowhere"
def refuse(*_): raise SystemExit("went to the network")
socket.socket.connect = socket.getaddrinfo = refuse
from index.tokens import count
assert count("The talks have ended.") == 5, count("The talks have ended.")
assert "llama_index.core" not in sys.modules
assert os.environ["TIKTOKEN_CACHE_DIR"] == "/nowhere"
"""


def test_texts_are_counted_as_models_count_them() -> None:
    assert tokens.count("") == 0
    assert tokens.count("The talks have ended.") == 5
    assert tokens.counts(["one", "one two", ""]) == [1, 2, 0]


def test_special_tokens_are_plain_text() -> None:
    assert tokens.count("<|endoftext|>") > 1


def test_hostile_text_is_counted() -> None:
    assert tokens.count("\ud800 and \x00") > 0
    assert tokens.count("x" * 100_000) > 10_000


def test_a_fresh_process_needs_neither_the_network_nor_the_whole_of_llama_index() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(TokensUnavailable, match="cannot be read; reinstall"):
        tokens.check_table(tmp_path)


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    (tmp_path / tokens.TABLE_NAME).write_bytes(b"IQ== 0\n")

    with pytest.raises(TokensUnavailable, match="damaged; reinstall"):
        tokens.check_table(tmp_path)
