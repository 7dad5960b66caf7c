"""One line of a `.jsonl` feed: a document with its data, by the contract and nothing beside it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

from index.candidate import Limits, Line
from index.claims import Claims, distinct, label, language, reader_labels
from index.dates import parse_date
from index.errors import Refused
from index.nearest import nearest
from index.uris import checked_uri

KEYS = (*(field.name for field in fields(Claims)), "text")


def parse_line(data: bytes, limits: Limits) -> Line:
    """The document in one line of a feed; `uri` and `text` are required, null is the same as absent.

    Raises Refused, with the reason, if the line is not one flat JSON object of known keys, or a value cannot be used.
    """
    fields_given = _object(data)
    for key in fields_given:
        if key not in KEYS:
            raise Refused(f"it has the key {key[:40]!r}, which is not one of a feed's; {nearest(key, KEYS)}")
    text = _string(fields_given, "text")
    if not text or not text.strip():
        raise Refused("it has no text; give it one or leave the line out")
    if len(text) > limits.characters:
        raise Refused(f"its text has {len(text):,} characters, and {limits.characters:,} is the limit; split it")
    return Line(_claims(fields_given), text)


def _object(data: bytes) -> dict[str, object]:
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_without_doubles)
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8; save the feed as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is not JSON ({str(error).removesuffix('.')[:80]}); write one object a line") from error
    if not isinstance(found, dict):
        raise Refused("it is not a JSON object; write one object a line")
    return found


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("it has a key twice; keep one")
    return found


def _claims(given: dict[str, object]) -> Claims:
    uri = _string(given, "uri")
    if uri is None:
        raise Refused("it has no uri; give it one that stays the same")
    return Claims(
        uri=checked_uri(uri),
        title=_label(given, "title"),
        publisher=_label(given, "publisher"),
        author=_label(given, "author"),
        published=_date(given),
        language=_language(given),
        readers=_readers(given),
        collection=_label(given, "collection"),
    )


def _string(given: dict[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value
    raise Refused(f"its {key} is not a string; write it in quotes")


def _label(given: dict[str, object], key: str) -> str | None:
    value = _string(given, key)
    name = label(value)
    if value and value.strip() and name is None:
        raise Refused(f"its {key} is longer than any {key} is; shorten it to 300 characters")
    return name


def _date(given: dict[str, object]) -> date | None:
    value = _string(given, "published")
    if not value:
        return None
    day = parse_date(value)
    if day is None:
        raise Refused(f"its date {value[:40]!r} is not one day; write it as 2024-07-03")
    return day


def _language(given: dict[str, object]) -> str | None:
    value = _string(given, "language")
    tag = language(value)
    if value and tag is None:
        raise Refused(f"its language {value[:40]!r} is not a language tag; write it as en or pt-BR")
    return tag


def _readers(given: dict[str, object]) -> tuple[str, ...]:
    value = given.get("readers")
    if value is None:
        return ()
    if isinstance(value, str):
        labels = reader_labels(value)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        labels = distinct(value)
    else:
        raise Refused('its readers are not a list of strings; write them as ["hr", "legal"]')
    if not labels:
        raise Refused("it names no reader, so nobody could read it; name some or leave the key out")
    return labels
