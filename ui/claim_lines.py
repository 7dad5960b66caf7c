"""Lines of claims with the quotes they are to be checked against, and what the checker says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rag.errors import InvalidQuestion
from rag.ground import Ground
from ui import lines
from ui.days import day

if TYPE_CHECKING:
    from rag.verify import Verifier
    from ui.wire import Json

FIELDS = ("publisher", "speaker", "title", "author")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed and the quotes that may bear it out."""

    text: str
    grounds: tuple[Ground, ...]


def verdicts(claim_lines: Iterable[bytes], verifier: Verifier) -> Iterator[Json]:
    """`{"id","support","probability","reasons"}` for each line, in order, as soon as it is known; a line that is wrong
    gives `{"id","error"}` instead."""

    def verdict(fields: Json, id: str | int, number: int) -> Json:
        claimed = claim(fields, number)
        found = verifier.verify(claimed.text, claimed.grounds)
        return {
            "id": id,
            "support": found.support,
            "probability": float(found.probability),
            "reasons": list(found.reasons),
        }

    return lines.objects(claim_lines, verdict)


def claim(fields: Json, number: int) -> Claim:
    """The claim of line `number`: its quotes are texts, or objects that also tell where a quote comes from.

    Raises InvalidQuestion where a field is missing or of another kind.
    """
    text, quotes = fields.get("claim"), fields.get("quotes")
    if not isinstance(text, str) or not text.strip():
        raise InvalidQuestion(f"line {number} has no claim; give it one as text")
    if not isinstance(quotes, list):
        raise InvalidQuestion(f"line {number} has no quotes; give it a list of texts")
    return Claim(text, tuple(_ground(quote, number) for quote in quotes))


def _ground(quote: object, number: int) -> Ground:
    if isinstance(quote, str):
        return Ground(quote)
    if not isinstance(quote, dict) or not isinstance(quote.get("quote"), str):
        raise InvalidQuestion(
            f"line {number} has a quote that is no text; write it as text, or as an object with quote"
        )
    told = {name: quote.get(name) for name in (*FIELDS, "published")}
    for name, value in told.items():
        if not isinstance(value, str | None):
            raise InvalidQuestion(f"line {number} has a quote whose {name} is no text; give it as text or leave it out")
    published = told.pop("published")
    return Ground(quote["quote"], published=_day(published), **told)


def _day(published: str | None) -> date | None:
    return None if published is None else day(published)
