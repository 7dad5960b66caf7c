"""What programs send: the bodies and the queries of /api/v1, each field with its bounds.

Unknown fields are refused by name, since one that is silently ignored looks like one that works. What is wrong is told
in one sentence, by ui.routes.refusal or by what is raised here: InvalidQuestion passes through pydantic as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from index.feedback import LONGEST_COMMENT, Reason
from index.within import Within
from rag import history
from rag.conversation import Turn
from rag.errors import InvalidQuestion
from rag.question import LONGEST_QUESTION, Question
from ui import within
from ui.api import LONGEST_DRAFT
from ui.days import day

NEW = "new"
"""What stands for a conversation that is to be begun."""
LONGEST_TITLE = 200
LONGEST_WORDS = 200
"""Characters that documents are looked for by."""
MOST_PASSAGES = 100
MOST_LISTED = 200
"""Documents, or conversations, of one page of a list."""
ID = r"^[0-9A-Za-z_-]{1,64}$"
DOCUMENT = r"^[0-9a-f]{32}$"
WRITTEN = r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
"""Text with something to read in it: not only spaces, controls, marks of direction and what has no width."""


def _day(name: str) -> BeforeValidator:
    def read(value: object) -> date | None:
        if not isinstance(value, str | None):
            raise InvalidQuestion(f"{name} is no text; write the date as 2024-06-30")
        return None if value is None else day(value)

    return BeforeValidator(read)


def _names(name: str) -> PlainValidator:
    def read(value: object) -> frozenset[str] | None:
        return None if value is None else within.names(value, name)

    return PlainValidator(read)


def _whole(value: object) -> object:
    """A number without a fraction is whole however it is written: 20.0 is 20, as JSON Schema has it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_TEXT: dict[str, Any] = {"type": "string"}
_NAME = _TEXT | {"maxLength": within.LONGEST_NAME, "pattern": r"\S"}
_NAMES = {"type": "array", "items": _NAME, "minItems": 1, "maxItems": within.MOST_NAMES}
_CHOICE: dict[str, Any] = {"anyOf": [_NAMES, {"type": "null"}]}
_ASKED: dict[str, Any] = _TEXT | {"pattern": r"\S"}
_QUESTION: dict[str, Any] = {
    "type": "object",
    "properties": {"role": {"const": "user"}, "content": _ASKED},
    "required": ["role", "content"],
    "additionalProperties": False,
}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {"role": {"const": "assistant"}, "content": _TEXT},
    "required": ["role", "content"],
    "additionalProperties": False,
}
_TURN: dict[str, Any] = {
    "type": "object",
    "properties": {"question": _ASKED, "answer": {"type": ["string", "null"]}},
    "required": ["question"],
    "additionalProperties": False,
}
_TOLD_TWICE: dict[str, Any] = {
    "required": ["history", "conversation"],
    "properties": {"history": {"type": "array", "minItems": 1}, "conversation": {"type": "string"}},
}
_GOOD_AND_WRONG: dict[str, Any] = {
    "properties": {"verdict": {"const": "up"}},
    "anyOf": [
        {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
        {"required": ["quote"], "properties": {"quote": {"type": "integer"}}},
    ],
}
_HISTORY: dict[str, Any] = {
    "description": "The turns before the question, oldest first; the first is no answer.",
    "anyOf": [
        {"type": "null"},
        {
            "type": "array",
            "prefixItems": [{"anyOf": [_ASKED, _TURN, _QUESTION]}],
            "items": {"anyOf": [_ASKED, _TURN, _QUESTION, _ANSWER]},
        },
    ],
}

Day = Annotated[date | None, _day("as_of"), Field(description="Nothing published later counts, as 2024-06-30.")]
Before = Annotated[tuple[Turn, ...], PlainValidator(history.turns), WithJsonSchema(_HISTORY)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, pattern=WRITTEN)]
Id = Annotated[
    str | int | None, BeforeValidator(_whole), Field(description="Comes back with the answer, to tell answers apart.")
]


class Sent(BaseModel):
    """What is sent; each kind says what fields it has."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        fields = [field.alias or name for name, field in cls.model_fields.items()]
        if isinstance(value, dict) and (unknown := sorted(map(str, value.keys() - set(fields)))):
            raise InvalidQuestion(f"there is no field {unknown[0]!r}; the fields are {', '.join(fields)}")
        return value


class Bounded(Sent):
    """What is answered only from what whoever asks may read and has chosen: dates, publishers, collections."""

    as_of: Day = None
    from_: Annotated[
        date | None, _day("from"), Field(alias="from", description="Nothing published earlier counts, or undated.")
    ] = None
    to: Annotated[date | None, _day("to"), Field(description="Nothing published later counts, or undated.")] = None
    publishers: Annotated[
        frozenset[str] | None,
        _names("publishers"),
        WithJsonSchema(_CHOICE),
        Field(description="Only what one of these published counts, named as /api/v1/scope names them."),
    ] = None
    collections: Annotated[
        frozenset[str] | None,
        _names("collections"),
        WithJsonSchema(_CHOICE),
        Field(description="Only what is in one of these counts, named as /api/v1/scope names them."),
    ] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        within.in_order(self.from_, self.to)
        return self

    @property
    def within(self) -> Within:
        """What it is to be answered from."""
        return Within(self.from_, self.to, self.publishers, self.collections)


class Ask(Bounded):
    """A question, with what was asked before: told as `history`, or kept here as a `conversation`."""

    model_config = ConfigDict(json_schema_extra={"not": _TOLD_TWICE})

    question: Text
    id: Id = None
    history: Before = ()
    conversation: Annotated[
        str | None,
        Field(pattern=ID, description="`new`, or the id of one of yours: the turn is kept, and follows those before."),
    ] = None

    @model_validator(mode="after")
    def _told_once(self) -> Ask:
        if self.history and self.conversation:
            raise InvalidQuestion("history and conversation both tell the turns before; send one of them")
        return self

    def asked(self, before: tuple[Turn, ...] = ()) -> Question:
        """The question; `before` are the turns of its conversation."""
        return Question(self.question, self.as_of, before or self.history, self.within)


class Check(Bounded):
    """Somebody's text, each statement of which is checked."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_DRAFT, pattern=WRITTEN)]


class Search(Bounded):
    """What passages are to be found for."""

    question: Text
    limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES), BeforeValidator(_whole)] = 20
    id: Id = None

    def asked(self) -> Question:
        """The question."""
        return Question(self.question, self.as_of, within=self.within)


class Rename(Sent):
    """A conversation's new title."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=WRITTEN)]


class Verdict(Sent):
    """What a reader thinks of an answer that was kept."""

    model_config = ConfigDict(json_schema_extra={"not": _GOOD_AND_WRONG})

    turn: Annotated[str, Field(pattern=ID)]
    verdict: Literal["up", "down"]
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""
    reason: Annotated[Reason | None, Field(description="What is wrong, with the verdict `down`.")] = None
    quote: Annotated[
        int | None,
        Field(ge=1, le=1_000, description="The number of the evidence it is about."),
        BeforeValidator(_whole),
    ] = None

    @model_validator(mode="after")
    def _wrong_only_if_down(self) -> Verdict:
        if self.verdict == "up" and (self.reason or self.quote is not None):
            raise InvalidQuestion("reason and quote say what is wrong; send them with the verdict down")
        return self


class Query(Sent):
    """What stands behind the question mark: text, of which numbers are made."""

    model_config = ConfigDict(strict=False)


class DocumentsQuery(Query):
    """Which documents to list."""

    after: Annotated[str | None, Field(max_length=2_000, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
    words: Annotated[str, Field(max_length=LONGEST_WORDS, description="Words of title, publisher or address.")] = ""
    collection: Annotated[str | None, Field(max_length=LONGEST_WORDS)] = None


class HistoryQuery(Query):
    """Which conversations to list, newest first."""

    before: Annotated[str | None, Field(max_length=200, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 20
    words: Annotated[
        str, Field(max_length=LONGEST_WORDS, description="Words of the title, the questions or what you may read now.")
    ] = ""


class FormQuery(Query):
    """In which form to give a turn."""

    form: Annotated[
        Literal["json", "markdown", "text"], Field(description="Markdown has a footnote for each quote, text a note.")
    ] = "json"


class ExportQuery(Query):
    """In which form to give conversations as a file."""

    form: Literal["markdown", "json"] = "markdown"
