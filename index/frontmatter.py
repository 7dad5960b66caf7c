"""The data at the top of a Markdown file, between two lines of `---`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

import yaml

from index.claims import Claims, distinct, label, language, reader_labels
from index.dates import parse_date
from index.errors import Refused
from index.uris import checked_uri

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST = 20_000
"""Characters of front matter that are looked at; more is text that happens to start with a rule."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A Markdown file in two: what its front matter says, and the rest."""

    claims: Claims
    body: str


def parted(text: str) -> Parted:
    """Front matter and body of a Markdown `text`, with plain line ends; no claims if there is no front matter.

    Keys that are not ours are somebody else's and are left alone, and a date that is not one whole day is absent.
    Raises Refused if the front matter is not YAML or says something of readers, collection or uri that cannot be used.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _FRONT_MATTER.match(text, 0, _LONGEST)
    if found is None:
        return Parted(Claims(), text)
    try:
        # The base loader knows strings, lists and mappings only: no dates, no merges, no Python.
        given = yaml.load(found[1] or "", Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Refused("its front matter is not YAML; correct it or remove it") from error
    if not isinstance(given, dict):
        return Parted(Claims(), text)
    return Parted(_claims({str(key).lower(): value for key, value in given.items()}), text[found.end() :])


def _claims(given: dict[str, object]) -> Claims:
    for key in given:
        if key != "readers" and get_close_matches(key, ["readers"], cutoff=0.9):
            raise Refused(f"its front matter has the key {key!r}, which may mean readers; correct its name")
    uri = _text(given, "uri")
    return Claims(
        uri=checked_uri(uri) if uri else None,
        title=label(_text(given, "title")),
        publisher=label(_text(given, "publisher")),
        author=label(_text(given, "author") or _text(given, "authors")),
        published=parse_date(_text(given, "published") or _text(given, "date")),
        language=language(_text(given, "language") or _text(given, "lang")),
        readers=_readers(given),
        collection=_collection(given),
    )


def _text(given: dict[str, object], key: str) -> str:
    """The value of `key` as text: a list of strings joined by commas; empty if it is anything else."""
    value = given.get(key)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else ""


def _collection(given: dict[str, object]) -> str | None:
    value = given.get("collection", "")
    name = label(value) if isinstance(value, str) else None
    if name is None and value != "":
        raise Refused("its front matter names no single collection; write collection: wiki")
    return name


def _readers(given: dict[str, object]) -> tuple[str, ...]:
    if "readers" not in given:
        return ()
    value = given["readers"]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        labels = distinct(value)
    else:
        labels = reader_labels(value) if isinstance(value, str) else ()
    if not labels:
        raise Refused("its front matter names no reader, so nobody could read it; write readers: [hr, legal]")
    return labels
