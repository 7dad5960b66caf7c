"""The `expect` of a case: read field by field, and refused where no answer could ever meet it."""

from __future__ import annotations

from typing import cast, get_args

from evals.case import Differs, Expected, Place, Quoted
from evals.reading.fields import Fields, Lines, Text, kind_of, lines, text
from evals.reading.node import Listing, Mapping, Mistakes, Node, Scalar
from evals.reading.phrases import Folded
from index.nearest import nearest

FIELDS = ("answer", "quotes", "says", "never_says", "sources", "differs", "reference")
QUOTE_FIELDS = ("text", "document", "start", "end")
ANSWERING = ("quotes", "says", "sources")
"""What only an answer can meet."""
_DIFFERS = get_args(Differs)


def expected(value: Node, mistakes: Mistakes) -> tuple[Expected, Lines] | None:
    """What `value` expects, and the lines of its sources; None if it is no mapping."""
    if not isinstance(value, Mapping):
        mistakes.add(value.line, f"expect is {kind_of(value)} and not a mapping of fields; write {', '.join(FIELDS)}")
        return None
    before = len(mistakes.found)
    fields = Fields(value, FIELDS, mistakes)
    never_says, sources = fields.texts("never_says"), fields.texts("sources")
    found = Expected(
        answerable=fields.truth("answer"),
        quotes=_quotes(fields, mistakes),
        says=_says(fields, mistakes),
        never_says=tuple(each.text for each in never_says),
        sources=tuple(each.text for each in sources),
        differs=_differs(fields),
        reference=fields.text("reference"),
    )
    _refuse_contradictions(found, never_says, fields)
    if found == Expected() and len(mistakes.found) == before:
        mistakes.add(value.line, f"the case expects nothing; give expect some of {', '.join(FIELDS)}")
    return found, lines("sources", sources)


def _quotes(fields: Fields, mistakes: Mistakes) -> tuple[Quoted, ...]:
    found: list[Quoted] = []
    for item in fields.items("quotes"):
        quoted = _quoted(item, mistakes)
        if quoted in found:
            mistakes.add(item.line, "quotes has the same words twice; keep one")
        elif quoted is not None:
            found.append(quoted)
    return tuple(found)


def _quoted(item: Node, mistakes: Mistakes) -> Quoted | None:
    place = Place(mistakes.file, item.line)
    if not isinstance(item, Mapping):
        phrase = text(item, "quotes", mistakes)
        return None if phrase is None else Quoted(phrase, place=place)
    fields = Fields(item, QUOTE_FIELDS, mistakes)
    quoted = Quoted(
        fields.text("text"), fields.text("document"), fields.position("start"), fields.position("end"), place
    )
    spanned = [name for name in ("start", "end") if name in fields]
    if "text" in fields and spanned:
        fields.wrong(fields.line_of(spanned[0]), "the quote has both text and a span; keep the one you mean")
    elif not spanned and fields.lacks("text"):
        fields.wrong(item.line, "the quote names no words; give text, or a document with start and end")
    elif len(spanned) == 1:
        lacking = "end" if spanned == ["start"] else "start"
        fields.wrong(fields.line_of(spanned[0]), f"the quote has {spanned[0]} and no {lacking}; give both")
    elif spanned and "document" not in fields:
        fields.wrong(fields.line_of("start"), "the quote has a span of no document; name the document")
    elif quoted.start is not None and quoted.end is not None and quoted.start >= quoted.end:
        fields.wrong(fields.line_of("end"), f"the quote ends at {quoted.end}, not after its start; give start < end")
    return quoted


def _says(fields: Fields, mistakes: Mistakes) -> tuple[tuple[str, ...], ...]:
    facts: list[tuple[str, ...]] = []
    for item in fields.items("says"):
        alternatives = item.items if isinstance(item, Listing) else (item,)
        if not alternatives:
            fields.wrong(item.line, "says has a fact without a wording; give one, or alternatives of which one will do")
        fact = tuple(phrase for each in alternatives if (phrase := text(each, "says", mistakes)) is not None)
        if fact in facts:
            fields.wrong(item.line, f"says has {fact[0][:60]!r} twice; keep one")
        elif fact:
            facts.append(fact)
    return tuple(facts)


def _differs(fields: Fields) -> Differs | None:
    value = fields.value("differs")
    if value is None:
        return None
    if isinstance(value, Scalar) and value.text in _DIFFERS:
        return cast("Differs", value.text)
    shown = value.text[:60] if isinstance(value, Scalar) else kind_of(value)
    fields.wrong(value.line, f"differs cannot be {shown!r}; {nearest(shown, _DIFFERS)}")
    return None


def _refuse_contradictions(found: Expected, never_says: tuple[Text, ...], fields: Fields) -> None:
    if found.answerable is False:
        differing = ("differs",) if found.differs not in (None, "none") else ()
        for name in (*(name for name in ANSWERING if getattr(found, name)), *differing):
            fields.wrong(fields.line_of(name), f"answer is false, so {name} can never be met; remove one of the two")
    wanted = {_seen(phrase) for fact in found.says for phrase in fact}
    for each in never_says:
        if _seen(each.text) in wanted:
            fields.wrong(each.line, f"{each.text[:60]!r} is in says too; remove it from one of the two")


def _seen(phrase: str) -> str:
    return Folded(phrase, casefold=True).text.strip()
