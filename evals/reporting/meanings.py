"""The names of checks and scores to what they say, in the order in which they are read."""

from __future__ import annotations

from typing import Final

MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    ("no_leak", "nothing shown that the asker may not read"),
    ("exact", "every quote stands in its document as shown"),
    ("answered", "answered or abstained, as expected"),
    ("quoted", "every expected quote is shown"),
    ("said", "every expected fact is said"),
    ("not_said", "nothing forbidden is said"),
    ("cited", "every expected source is cited"),
    ("differs", "differences between sources shown as expected"),
    ("source_recall", "share of the expected sources that are cited"),
    ("quote_recall", "share of the expected quotes that are shown"),
    ("quote_precision", "share of the quotes shown that bear on an expected one"),
    ("fact_recall", "share of the expected facts that are said"),
    ("prose_kept", "share of the sentences a model wrote that stood"),
    ("judged_correct", "correct, as a judge model sees it"),
    ("judged_complete", "complete, as a judge model sees it"),
)
JUDGED: Final = "judged_"
"""How the names of a judge model's scores begin."""
_ORDER: Final = {name: at for at, (name, _) in enumerate(MEANINGS)}
_TEXTS: Final = dict(MEANINGS)


def meaning(name: str) -> str:
    """What the check or score says in a few words; '' for one that is not known here."""
    return _TEXTS.get(name, "")


def place(name: str) -> tuple[int, str]:
    """A key to sort names by; unknown ones come last."""
    return _ORDER.get(name, len(_ORDER)), name
