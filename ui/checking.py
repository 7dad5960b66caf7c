"""`onrecord check`: a draft against the library, or lines of claims against quotes of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import InvalidQuestion
from ui import lines, terminal, within
from ui.exits import DONE, FAILURES
from ui.options import (
    As,
    AsJson,
    AsOf,
    Collections,
    Config,
    From,
    Library,
    Publishers,
    To,
    need_one,
    principal,
)
from ui.printing import show_json, show_lines
from ui.questioning import quotes_only


def check(
    draft: Annotated[
        str | None, typer.Argument(metavar="DRAFT", help="Text or Markdown to check; - for standard input.")
    ] = None,
    as_of: AsOf = None,
    earliest: From = None,
    latest: To = None,
    publishers: Publishers = None,
    collections: Collections = None,
    user: As = None,
    as_json: AsJson = False,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='Check a file (- for standard input) of {"id", "claim", "quotes": […]} lines, in order and without a '
            "library.",
        ),
    ] = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """Say of each sentence of a text whether the library supports it.

    Each is supported, contradicted, or nothing is found on it, with the quotes that decide. Exit code 1 if any is not
    supported. Headings, questions and code are passed over.
    """
    need_one(draft, jsonl, name="DRAFT", what="a draft")
    if jsonl is not None:
        return _check_lines(jsonl)
    own = within.chosen(earliest, latest, publishers or None, collections or None)
    text = read(draft or "")
    from rag.check import check
    from rag.desk import open_desk
    from rag.settings import load
    from ui import checked

    settings = load(config, library=library)
    with open_desk(settings if settings.judge_model else quotes_only(settings)) as desk:
        coming = check(principal(user), text, desk, as_of, own)
        found = tuple(coming) if as_json else checked.show(text, coming, terminal.console())
    if as_json:
        show_json(checked.report_json(found))
    return DONE if all(each.support == "supported" for each in found) else FAILURES


def read(path: str) -> str:
    """The text at `path`, or on standard input for `-`, as it is. Raises InvalidQuestion if it cannot be read."""
    try:
        return (sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()).decode("utf-8-sig")
    except OSError as error:
        raise InvalidQuestion(f"{path} cannot be read ({error.strerror}); name a text or Markdown file") from error
    except UnicodeDecodeError as error:
        raise InvalidQuestion(f"{path} is no text in UTF-8; save it as such") from error


def _check_lines(path: Path) -> int:
    from index.embed import default_embedder
    from rag.verify import Verifier
    from ui import claim_lines

    with lines.opened(path) as opened:
        return show_lines(claim_lines.verdicts(opened, Verifier(default_embedder())))
