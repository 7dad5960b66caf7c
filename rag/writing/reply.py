"""A reply that comes in pieces to its whole lines, without what a model thinks aloud before it answers."""

from __future__ import annotations

from collections.abc import Iterator

_THINK, _THOUGHT = "<think>", "</think>"
"""What reasoning models put around their thoughts where their server does not take those out."""


class Lines:
    """Takes text as it comes and gives each line as soon as it is whole."""

    def __init__(self) -> None:
        self._open = ""
        self._begun = False
        self._thinking = False

    def feed(self, text: str) -> Iterator[str]:
        """The lines that `text` ends, without their ends."""
        self._open += text
        if self._is_answering():
            *whole, self._open = self._open.split("\n")
            yield from whole

    @property
    def unfinished(self) -> str:
        """The line that has not ended yet; empty while the model thinks."""
        return "" if self._thinking else self._open

    def _is_answering(self) -> bool:
        if not self._begun:
            self._open = self._open.lstrip()
            if len(self._open) < len(_THINK) and _THINK.startswith(self._open):
                return False
            self._begun, self._thinking = True, self._open.startswith(_THINK)
        if self._thinking:
            _, ended, answer = self._open.partition(_THOUGHT)
            self._open = answer if ended else self._open[-len(_THOUGHT) :]
            self._thinking = not ended
        return not self._thinking
