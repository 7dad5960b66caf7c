"""What an agent sends with each tool, with its bounds; what is wrong with it is told in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from rag.errors import InvalidQuestion
from rag.question import Question
from ui.routes.asked import DOCUMENT, MOST_PASSAGES, Bounded, Sent, Text
from ui.routes.refusal import sentence

S = TypeVar("S", bound=Sent)


class Asked(Bounded):
    """The arguments of `ask`."""

    question: Text

    def asked(self) -> Question:
        """The question."""
        return Question(self.question, self.as_of, within=self.within)


class Sought(Asked):
    """The arguments of `search`."""

    limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="Passages at most.")] = 10


class Opened(Sent):
    """The arguments of `open_source`."""

    document: Annotated[str, Field(pattern=DOCUMENT, description="The id of a document, as a quote or a passage has.")]
    start: Annotated[int | None, Field(ge=0, description="Characters of the document before what is wanted.")] = None
    end: Annotated[int | None, Field(ge=1, description="The character after what is wanted.")] = None


def read(kind: type[S], arguments: Mapping[str, object] | None) -> S:
    """The arguments as `kind` has them. Raises InvalidQuestion."""
    try:
        return kind.model_validate(dict(arguments or {}))
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "missing":
            raise InvalidQuestion(f"there is no {first['loc'][0]}; give one") from error
        raise InvalidQuestion(sentence({**first, "loc": ("body", *first["loc"])})) from error
