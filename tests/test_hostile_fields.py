"""Every hostile text in every field that can hold one, through every face that shows it: text it stays.

A page is held to itself: with a hostile text it may hold no element, no attribute and no address that the same page
does not hold with a harmless word in its place. Each field is tried alone, so that none is covered by another.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import date
from io import StringIO

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from index.document import Document, Span
from index.within import Within
from rag.answer import Answer, Citation, Disagreement, Dropped, Evidence, Group, Sentence
from rag.check import Checked
from rag.events import Answered, Event, SentenceWritten
from rag.outside import Outside
from tests.hostile import exfiltrating, hostile_answer, hostile_sides, payloads
from tests.newsroom import TRACE, passage
from tests.test_render import Seen, check_only_what_turns_are_made_of
from ui import checked, render, source, terminal, unfolding, wire
from ui.brief import Turn
from ui.compatible.text import Telling
from ui.embed.embeds import Embed
from ui.embed.page import frame_page
from ui.masthead import Masthead
from ui.refused import told
from ui.render import Assets, SignPage
from ui.wording import ENGLISH

TEXTS = tuple(dict.fromkeys((*payloads(), *exfiltrating("http://127.0.0.1:9"))))
PLAIN = "Harmless"
QUOTE = "The talks went on."
ASKED = Turn(1, "What was said?", "searching", writes=True, link_hosts=("wiki.example.org",))
Face = Callable[[str], str]


def document(**fields: str) -> Document:
    values: dict[str, object] = {
        "uri": "notes/a.md",
        "text": f"Talks\n\n{QUOTE} They were long.",
        "content_hash": "0" * 64,
        "readers": ("public",),
        "title": "Talks",
        "publisher": "Desk",
        "author": "A. Writer",
        "published": date(2025, 1, 2),
        "language": "en",
    }
    return Document(**(values | fields))  # type: ignore[arg-type]


def answer(of: Document, quote: str = QUOTE, speaker: str = "A speaker", **changes: object) -> Answer:
    """Two quotes of a document that differ, under one sentence of a model's."""
    start = of.text.index(quote)
    evidence = tuple(
        Evidence(passage(of), Span(start, start + len(quote)), quote, relevance, speaker) for relevance in (0.9, 0.8)
    )
    cited = Citation(1, of.attribution, evidence[0].span, quote)
    whole = Answer(
        question="What was said?",
        status="answered",
        sentences=(Sentence("The talks went on, it was said.", (cited,), "supported"),),
        evidence=evidence,
        related=(passage(of),),
        points=((1, 2),),
        disagreements=(
            Disagreement("disagreeing", (1, 2), ("one", "two")),
            Disagreement("superseded", (1, 2), ("one", "two")),
        ),
        dropped=(Dropped("A treaty was signed.", "no quote says so"),),
        notice="The answer may end early.",
        trace=TRACE,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def of_text(text: str) -> Answer:
    """An answer that quotes a document which says `text`."""
    return answer(document(text=f"Talks\n\nSo: {text} They were long."), quote=text)


def saying(text: str) -> Answer:
    whole = answer(document())
    return replace(whole, sentences=(Sentence(f"{text} again", whole.sentences[0].citations, "supported"),))


ANSWERS: dict[str, Callable[[str], Answer]] = {
    "understood": lambda text: answer(document(), question=f"and {text}"),
    "quote": of_text,
    "title": lambda text: answer(document(title=text)),
    "address": lambda text: answer(document(uri=text)),
    "address alone": lambda text: answer(document(uri=text, title=None, publisher=None, author=None)),  # type: ignore[arg-type]
    "publisher": lambda text: answer(document(publisher=text)),
    "author": lambda text: answer(document(author=text)),
    "author alone": lambda text: answer(document(author=text, publisher=None)),  # type: ignore[arg-type]
    "language": lambda text: answer(document(language=text)),
    "collection": lambda text: answer(document(collection=text)),
    "speaker": lambda text: answer(document(), speaker=text),
    "sentence of a model": saying,
    "sentence left out": lambda text: answer(document(), dropped=(Dropped(text, "why"),)),
    "reason": lambda text: answer(document(), dropped=(Dropped("It was signed.", text),)),
    "notice": lambda text: answer(document(), notice=text),
    "words that differ": lambda text: answer(
        document(), disagreements=(Disagreement("disagreeing", (1, 2), (text, "two")),)
    ),
    "words that are newer": lambda text: answer(
        document(), disagreements=(Disagreement("superseded", (1, 2), (text, "two")),)
    ),
    "column": lambda text: answer(document(), form="comparison", groups=(Group(text, (1,)), Group("2025", (2,)))),
    "name of the model": lambda text: answer(document(), trace=replace(TRACE, model=text, embedder=text)),
}
"""Every field of an answer that can hold a text from elsewhere."""


def abstaining(of: Answer) -> Answer:
    return Answer(of.question, "abstained", (), (), of.trace, related=of.related)


def turns(of: Answer, **changes: object) -> str:
    """The page when the answer is whole; tests of ui.render show the same in all other states of a turn."""
    whole = unfolding.finished(replace(ASKED, **changes), of)  # type: ignore[arg-type]
    return "".join(astuple(render.parts(whole)))


TURNS: dict[str, Face] = {name: (lambda text, make=make: turns(make(text))) for name, make in ANSWERS.items()} | {
    "question": lambda text: turns(answer(document()), question=text),
    "question as it was read": lambda text: render.turns((replace(ASKED, understood=text),)),
    "scope: publisher": lambda text: render.turns((replace(ASKED, within=Within(publishers=frozenset({text}))),)),
    "scope: collection": lambda text: render.turns((replace(ASKED, within=Within(collections=frozenset({text}))),)),
    "outside the scope: publisher": lambda text: turns(answer(document(), outside=Outside(1, publishers=(text,)))),
    "error": lambda text: render.turns((unfolding.failed(ASKED, text),)),
}


def source_page(of: Document, at: str = QUOTE) -> str:
    start = of.text.index(at)
    return render.source_page(source.page(of, f"{start}-{start + len(at)}"))


def embed(**changes: object) -> Embed:
    usual: dict[str, object] = {
        "name": "wiki",
        "origins": frozenset({"https://wiki.example.org"}),
        "audience": "public",
        "readers": frozenset({"public"}),
        "collections": frozenset(),
        "greeting": "Ask.",
    }
    return Embed(**(usual | changes))  # type: ignore[arg-type]


WEB = "https://example.org/a"


def chat_page(notice: str = "Quotes only.", who: str = "") -> str:
    return render.chat_page(Assets(("/a.js",), ("/a.css",)), ("a.js",), Masthead(ENGLISH, who=who), notice)


PAGES: dict[str, Face] = {
    "source: text": lambda text: source_page(document(text=f"{QUOTE}\n\n{text}\n\nEnd.")),
    "source: heading": lambda text: source_page(document(text=f"# {text}\n\n{QUOTE}")),
    "source: quote lit": lambda text: source_page(document(text=f"So: {text} End."), at=text),
    "source: title": lambda text: source_page(document(title=text)),
    "source: publisher": lambda text: source_page(document(publisher=text)),
    "source: author": lambda text: source_page(document(author=text)),
    "source: address": lambda text: source_page(document(uri=text)),
    "source: collection": lambda text: source_page(document(collection=text)),
    "source: language": lambda text: source_page(document(language=text)),
    "source: place": lambda text: render.source_page(source.page(document(), text, text, [text])),
    "page: name of the model": lambda text: chat_page(notice=f"Written by {text}"),
    "page: who signed in": lambda text: chat_page(who=text),
    "sign-in: error": lambda text: render.sign_page(SignPage("Signing in", text, failed=True)),
    "sign-in: who signed in": lambda text: render.sign_page(SignPage("Signed in", f"You are {text}.", can_leave=True)),
    "sign-in: title": lambda text: render.sign_page(SignPage(text, "You are out.", link="/")),
    "frame: greeting": lambda text: frame_page(embed(greeting=text), ()),
    "frame: name": lambda text: frame_page(embed(name=text), ()),
    "frame: hosts of links": lambda text: frame_page(embed(), (text,)),
}


@pytest.mark.parametrize("name", TURNS)
def test_the_conversation_holds_nothing_but_what_turns_are_made_of(name: str) -> None:
    face = TURNS[name]
    usual = shape(Seen(face(PLAIN)))
    for text in TEXTS:
        seen = check_only_what_turns_are_made_of(face(text))
        assert shape(seen) <= usual | emphasis(name), text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_nothing_that_it_does_not_hold_with_a_harmless_word(name: str) -> None:
    face = PAGES[name]
    for text in TEXTS:
        harmless = harmless_like(text) if name == "source: address" else PLAIN
        usual, seen = Seen(face(harmless)), Seen(face(text))
        assert shape(seen) <= shape(usual), text
        assert seen.other == usual.other, text
        assert addresses(seen) == {(tag, key, text if value == WEB else value) for tag, key, value in addresses(usual)}


def harmless_like(text: str) -> str:
    """Another document's address: one on the web, which is a link, where `text` is one."""
    return WEB if text.startswith(("http://", "https://")) and source.original(text) else PLAIN


def emphasis(name: str) -> set[tuple[str, str]]:
    """What Markdown may make of a model's sentence."""
    return {("em", ""), ("strong", ""), ("code", "")} if name == "sentence of a model" else set()


def shape(seen: Seen) -> set[tuple[str, str]]:
    """The elements of some HTML, each with each of its attributes."""
    return {(tag, name) for tag, name, _ in seen.attributes} | {(tag, "") for tag in seen.tags}


def addresses(seen: Seen) -> set[tuple[str, str, str]]:
    leading = ("href", "src", "action", "srcset", "formaction", "content", "data", "poster", "http-equiv", "style")
    return {each for each in seen.attributes if each[1] in leading}


def test_each_page_shows_the_text_that_it_was_given() -> None:
    """Or the pages above would pass by showing nothing."""
    text = "<img src=http://127.0.0.1:9/b.png>"
    shown = {name for name, face in (TURNS | PAGES).items() if text in everything(face(text))}
    silent = set(TURNS | PAGES) - shown
    unshown = {"author", "collection", "name of the model", "source: place"}
    assert silent == unshown, "the author stands where nothing better is known; the others nowhere"


def everything(html: str) -> str:
    seen = Seen(html)
    return " ".join((seen.text, *(value for *_, value in seen.attributes)))


# Programs.

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
BASE = "https://ask.example.org"


def compatible(of: Answer) -> str:
    telling = Telling(BASE, ("wiki.example.org",))
    events: list[Event] = [*map(SentenceWritten, of.sentences), Answered(of)]
    list(telling.pieces(event for event in events))
    return telling.text


@pytest.mark.parametrize("name", ANSWERS)
def test_the_text_for_chat_programs_is_text_and_leads_to_sources_alone(name: str) -> None:
    for text in TEXTS:
        whole = ANSWERS[name](text)
        for token in MARKDOWN.parse(compatible(whole) + "\n\n" + compatible(abstaining(whole))):
            assert token.type not in ("html_block", "fence", "code_block", "heading_open", "table_open"), text
            for each in token.children or ():
                assert each.type in ("text", "text_special", "softbreak", "link_open", "link_close"), text
                assert each.type != "link_open" or str(each.attrs["href"]).startswith(f"{BASE}/source/"), text


@pytest.mark.parametrize("name", ANSWERS)
def test_json_is_one_line_that_nothing_in_it_can_end(name: str) -> None:
    for text in TEXTS:
        value = wire.answer_json(ANSWERS[name](text))
        written = wire.dumps(value)
        assert written.splitlines() == [written], text
        assert not {"\u2028", "\u2029", "\x85", "\x7f", "\u202e"} & set(written), text
        assert json.loads(written) == json.loads(json.dumps(value)), text


@pytest.mark.parametrize("path", ["/", "/api/v1/ask", "/v1/models", "/mcp", "/embed/v1/ticket"])
def test_a_refusal_is_plain_text_or_json_and_its_sentence_no_header(path: str) -> None:
    for text in TEXTS:
        response = told(path, 400, text)
        kind = response.headers["content-type"].partition(";")[0]
        assert kind == ("text/plain" if path == "/" else "application/json"), text
        assert set(response.headers) == {"content-type", "content-length"}, text


# The terminal, which shows what is in a library, who has keys, and what readers wrote.


def printed(show: Callable[[Console], None]) -> str:
    out = StringIO()
    show(Console(file=out, width=100, markup=False, highlight=False, emoji=False, force_terminal=False))
    return out.getvalue()


def checked_text(text: str) -> str:
    quotes = hostile_answer(text).evidence
    each = Checked(text, Span(0, len(text)), "contradicted", 0.1, (text,), quotes)
    return printed(lambda to: show_checked(each, text, to))


TERMINAL: dict[str, Face] = {
    "answer, in all its fields": lambda text: printed(lambda to: terminal.show_answer(hostile_sides(text), to)),
    "statement of a draft, in all its fields": checked_text,
    "name of a key, a user, a group, a file": terminal.printable,
}


def show_checked(each: Checked, draft: str, to: Console) -> None:
    checked.show(draft, [each], to)


@pytest.mark.parametrize("name", TERMINAL)
def test_nothing_steers_a_terminal(name: str) -> None:
    for text in TEXTS:
        steering = {each for each in TERMINAL[name](text) if unicodedata.category(each) in ("Cc", "Cs")} - {"\n"}
        assert not steering | (terminal.BIDI & set(TERMINAL[name](text))), text


def test_how_many_there_are() -> None:
    """The figure that is told of this corpus: texts, and the fields of faces that each of them was put into."""
    fields = len(TURNS) + len(PAGES) + 3 * len(ANSWERS) + len(TERMINAL) + 5
    assert (len(TEXTS), fields) == (148, 108)
