"""The wait for an answer in a terminal: how far it is, until it is there, and nothing of that stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from ui.brief import counted

if TYPE_CHECKING:
    from rich.console import Console

    from rag.answer import Answer
    from rag.events import Event


def waited(events: Iterator[Event], to: Console | None = None) -> Answer:
    """The answer at the end of `events`. On `to`, if it is a terminal, stands meanwhile how far it is."""
    from rag.events import Answered

    with to.status("Searching") if to else nullcontext() as status:
        for event in events:
            if isinstance(event, Answered):
                return event.answer
            if status and (progress := _progress(event)):
                status.update(progress)
    raise RuntimeError("an answer ends with its Answered event")


def _progress(event: Event) -> str | None:
    from rag.events import EvidenceFound, Writing

    if isinstance(event, EvidenceFound):
        return f"{counted(len(event.evidence), 'quote')} found"
    if isinstance(event, Writing):
        return f"The model is writing; {counted(event.words, 'word')} so far"
    return None
