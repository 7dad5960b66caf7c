"""The command that prints a page's line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.cli import main
from ui.embed.assets import assets

SETTINGS = """
public_url = "https://ask.example.org"
identity = "keys"
token_secret = "0123456789abcdef0123456789abcdef"
[embeds.wiki]
origins = ["https://wiki.example.org", "https://handbook.example.org"]
[embeds.old]
origins = ["https://wiki.example.org"]
audience = "public"
enabled = false
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "onrecord.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return str(path)


def test_the_chats_are_listed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "--config", config]) == 0
    assert capsys.readouterr().out == (
        "old  public, not enabled  https://wiki.example.org\n"
        "wiki  signed-in  https://wiki.example.org https://handbook.example.org\n"
    )


def test_the_line_is_printed_with_what_the_page_has_to_allow(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "wiki", "--config", config]) == 0
    told = capsys.readouterr().out
    line = '<script src="https://ask.example.org/embed/v1/widget.js" data-embed="wiki" defer></script>'
    assert f"  {line}\n" in told
    ours = "https://ask.example.org"
    assert f"script-src {ours}; frame-src {ours}; connect-src {ours}\n" in told
    assert f'integrity="{assets().loader.integrity}" crossorigin="anonymous"' in told
    assert "0123456789abcdef" not in told


def test_a_chat_that_is_off_says_so_and_an_unknown_one_names_those_there_are(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["embed", "old", "--config", config]) == 0
    assert "enabled = true" in capsys.readouterr().out
    assert main(["embed", "wikis", "--config", config]) == 2
    assert "there are: old, wiki" in capsys.readouterr().err


def test_without_any_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text("", encoding="utf-8")
    assert main(["embed", "--config", str(empty)]) == 0
    assert "[embeds.NAME]" in capsys.readouterr().out
