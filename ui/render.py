"""From what is to be shown to HTML. All escaping happens here, twice over, and by two libraries.

Jinja escapes whatever a template is given; what comes out for the conversation goes through nh3, which lets pass only
the elements and attributes that the templates use, and links only to our own source pages and to hosts that somebody
has configured. So a text from a document stays text even if a template were to forget itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ui.brief import Turn
from ui.links import canonical, target
from ui.lit import SourcePage
from ui.masthead import Masthead
from ui.remark import worded
from ui.wording import ENGLISH, Wording

TAGS = frozenset(
    {
        *(
            "a",
            "blockquote",
            "button",
            "cite",
            "code",
            "details",
            "div",
            "em",
            "figcaption",
            "figure",
            "h2",
            "h3",
            "li",
        ),
        *("p", "q", "section", "span", "strong", "summary", "time", "ul"),
    }
)
"""The elements that a turn is made of."""
ATTRIBUTES = {
    "*": {"class", "dir", "lang"},
    "a": {"href", "id", "rel", "target", "title"},
    "button": {"type"},
    "details": {"open"},
    "div": {"id"},
    "section": {"id"},
    "strong": {"title"},
    "time": {"datetime"},
}
SOURCE_LINK = re.compile(r"/source/[0-9a-f]{32}\?at=[0-9]+-[0-9]+&sum=[0-9a-f]{12}#quote")
"""An address of this server that a turn can link to."""
KEPT_LINK = re.compile(r"/\?conversation=[0-9A-Za-z_-]{1,64}#turn-[0-9A-Za-z_-]{1,64}")
"""The address of a kept turn on the page; it shows anything only to whom the conversation belongs."""
_CHOSEN = r"(?:as_of|from|to|publisher|collection)=[0-9A-Za-z_.~+%-]+"
SCOPE_LINK = re.compile(rf"/\?(?:{_CHOSEN}(?:&{_CHOSEN})*)?")
"""The address of the page with a scope; nobody sees it, it tells the page's script what a turn was asked with."""
_LINKS = (SOURCE_LINK, KEPT_LINK, SCOPE_LINK)
IDS = {"a": re.compile(r"turn-[0-9A-Za-z_-]{1,64}"), "div": re.compile(r"tools-[0-9A-Za-z_-]{1,64}")}
"""The ids that elements of a turn may have: where a kept turn stands, and where its tools go."""
OUTWARD = {"rel": "noopener noreferrer nofollow", "target": "_blank"}
"""How a link to another host opens: it is told nothing of where it was followed from."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["worded"] = worded
# Written as references, so that the whole turn is one line: one HTML block to gradio's Markdown, which then reads
# nothing inside it as Markdown, not even an indented or empty line of a quote.
_ON_ONE_LINE = str.maketrans({character: f"&#{ord(character)};" for character in "\n\r\t\f\v\x85\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Assets:
    """The files of gradio's client that the page starts from, as addresses on this server."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The HTML of a turn in parts that change at different times, in the order they are read.

    What does not change is not sent again, so the quotes keep still, and the focus in them, while prose is written.
    """

    asked: str = ""
    prose: str = ""
    progress: str = ""
    quotes: str = ""


@dataclass(frozen=True, slots=True)
class SignPage:
    """A page of signing in or out: a title and a sentence in English, `failed` if something went wrong; a button that
    signs out where somebody `can_leave`, and a link to somewhere, with the key of what it says."""

    title: str
    sentence: str
    failed: bool = False
    can_leave: bool = False
    link: str = "/login"
    label: str = "signIn"


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """What the library's page begins with: the endings of files that can be added, how many bytes one may have, and the
    labels that are to read what is added unless others are chosen. `scripts` are the files of its modules, and `first`
    is the address of its first rows where they are asked for with the page, else empty."""

    kinds: tuple[str, ...]
    largest: int
    readers: str
    scripts: tuple[str, ...]
    first: str = ""


def sign_page(page: SignPage, wording: Wording = ENGLISH) -> str:
    """The whole HTML document, in the reader's language."""
    return _TEMPLATES.get_template("sign.html").render(page=page, wording=wording)


def parts(turn: Turn, wording: Wording = ENGLISH) -> Parts:
    """The HTML of the parts of a turn in the reader's language, each on one line."""
    made = _TEMPLATES.get_template("turn.html").make_module({"wording": wording})
    pieces = (getattr(made, each.name)(turn) for each in fields(Parts))
    return Parts(*(sanitised(str(piece), turn.link_hosts).translate(_ON_ONE_LINE) for piece in pieces))


def turns(shown: Iterable[Turn], wording: Wording = ENGLISH) -> str:
    """The HTML of these turns in the reader's language, on one line."""
    return "".join(f'<div class="past">{"".join(astuple(parts(turn, wording)))}</div>' for turn in shown)


def source_page(page: SourcePage, who: str = "") -> str:
    """The whole HTML document; `who` is what to call somebody who has signed in here."""
    return _TEMPLATES.get_template("source.html").render(page=page, who=who)


def chat_page(assets: Assets, scripts: tuple[str, ...], head: Masthead, notice: str, *, restoring: bool = False) -> str:
    """The HTML document that gradio's client fills, and our own `scripts` under /page/; `notice` says what writes the
    answers, `restoring` that the address names a conversation, so that there is no first sight to show."""
    shown = {"assets": assets, "scripts": scripts, "head": head, "notice": notice, "restoring": restoring}
    return _TEMPLATES.get_template("page.html").render(shown)


def answer_page(turn: Turn | None, day: str | None, wording: Wording, who: str = "") -> str:
    """The whole HTML document of an answer that somebody made a link to, asked on `day`; without a turn, that there is
    none."""
    page = {"turn": turn, "brief": turns((turn,), wording) if turn else "", "day": day, "wording": wording, "who": who}
    return _TEMPLATES.get_template("answer.html").render(page)


def check_page(longest: int, scripts: tuple[str, ...], head: Masthead) -> str:
    """The HTML document in which somebody's text is checked, by `scripts` under /page/; `longest` is how many
    characters it may have."""
    return _TEMPLATES.get_template("check.html").render(longest=longest, scripts=scripts, head=head)


def library_page(page: LibraryPage, head: Masthead) -> str:
    """The HTML document in which librarians keep the library."""
    return _TEMPLATES.get_template("library.html").render(page=page, head=head)


def library_shut(head: Masthead) -> str:
    """The HTML document that tells somebody who is no librarian who is."""
    return _TEMPLATES.get_template("library_shut.html").render(head=head)


def sanitised(html: str, link_hosts: Iterable[str] = ()) -> str:
    """`html` with nothing left in it but what turns are made of, and no link but to a source or one of `link_hosts`."""
    hosts = frozenset(filter(None, map(canonical, link_hosts)))
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=partial(_checked, hosts),
        link_rel=None,
        url_schemes={"https"},
    )


def _checked(hosts: frozenset[str], tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not any(link.fullmatch(value) for link in _LINKS):
        leads = target(value)
        return value if leads and leads.host in hosts and leads.href == value else None
    if attribute == "id" and tag in IDS:
        return value if IDS[tag].fullmatch(value) else None
    return value if value == OUTWARD.get(attribute, value) else None
