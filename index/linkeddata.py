"""What a web page says of its article in JSON-LD, by the words of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from index.claims import Claims, label, language
from index.dates import parse_date

_ARTICLE = re.compile(r"(?:[A-Z]\w*)?(?:Article|BlogPosting|PressRelease)|Report|SocialMediaPosting")
_PAGE = re.compile(r"(?:Web|Item|About|FAQ|QA)Page")

Node = dict[str, object]


def linked_claims(scripts: Iterable[str]) -> Claims:
    """What the page's `scripts` of type application/ld+json say of its first article, or else of the page.

    Scripts that are not JSON are passed over; comments, lists of other articles and the like are not looked into.
    """
    nodes = [node for script in scripts for node in _nodes(script)]
    named = {str(node["@id"]): node for node in nodes if "@id" in node}
    about = [node for kind in (_ARTICLE, _PAGE) for node in nodes if any(map(kind.fullmatch, _types(node)))]
    return _claims(about[0], named) if about else Claims()


def _nodes(script: str) -> Iterator[Node]:
    """The objects at the top of a script, and those that a top object lists in its graph."""
    try:
        found = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    for top in found if isinstance(found, list) else [found]:
        if isinstance(top, dict):
            yield top
            graph = top.get("@graph")
            yield from (node for node in graph if isinstance(node, dict)) if isinstance(graph, list) else ()


def _types(node: Node) -> list[str]:
    types = node.get("@type")
    return [one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str)]


def _claims(node: Node, named: dict[str, Node]) -> Claims:
    return Claims(
        title=label(_string(node.get("headline")) or _string(node.get("name"))),
        publisher=_names(node.get("publisher"), named),
        author=_names(node.get("author"), named),
        published=parse_date(_string(node.get("datePublished"))),
        language=language(_string(node.get("inLanguage"))),
    )


def _names(value: object, named: dict[str, Node]) -> str | None:
    """The name or names that a person, an organisation or a list of them has; a node may be meant by its id."""
    names = (_name(one, named) for one in (value if isinstance(value, list) else [value]))
    return label(", ".join(name for name in names if name))


def _name(value: object, named: dict[str, Node]) -> str:
    if not isinstance(value, dict):
        return "" if _string(value).startswith(("http:", "https:")) else _string(value)
    node = value if "name" in value else named.get(str(value.get("@id")), value)
    return _string(node.get("name"))


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
