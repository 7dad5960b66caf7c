"""Whether a text repeats another: does any stretch of it stand in the other, word for word?"""

from __future__ import annotations

LENGTH = 20
"""Characters of the stretches that are compared: longer than a phrase that two texts have by chance."""
MOST = 250_000
"""Stretches of one text that are looked at; in a longer text every second or third is, and so on."""


class Pieces:
    """The stretches of a text, to find what was copied from it. Of a text of up to MOST characters all that has LENGTH
    of them in common with it is found, of the longest document that is read what has twice as many."""

    def __init__(self, text: str) -> None:
        step = 1 + len(text) // MOST
        self._pieces = {text[at : at + LENGTH] for at in range(0, max(1, len(text) - LENGTH + 1), step)} - {""}

    def are_in(self, words: str) -> bool:
        """Whether `words` repeat one of them.

        >>> Pieces("The ferry leaves at seven, said the harbour master.").are_in("He wrote: The ferry left at seven")
        False
        >>> Pieces("The ferry leaves at seven, said the harbour master.").are_in("He wrote: The ferry leaves at seven")
        True
        """
        return any(words[at : at + LENGTH] in self._pieces for at in range(max(1, len(words) - LENGTH + 1)))
