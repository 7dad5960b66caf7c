"""Rendering: what a document, a question or an error says stays text, whatever it says."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Attribution, Span
from index.within import Within
from rag.answer import Answer, Sentence
from rag.outside import Outside
from tests.hostile import exfiltrating, hostile_answer, hostile_document, hostile_sides, payloads
from tests.newsroom import (
    ABSTENTION,
    CHANGE_ANSWER,
    CONDITIONS,
    CONDITIONS_ANSWER,
    PROSE_ANSWER,
    TRACE,
    UNWRITTEN_ANSWER,
    WRITTEN_ANSWER,
)
from ui import brief, render, source, unfolding
from ui.brief import Turn, Why
from ui.wording import LANGUAGES, wording_in

ASKED = Turn(1, "What are the conditions?", "searching")
KEPT = replace(ASKED, id="turn_1-a", conversation="talk-1")


class Seen(HTMLParser):
    """The elements, attributes and visible text of some HTML, as a browser's parser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attributes)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


def check_only_what_turns_are_made_of(html: str, *links: str) -> Seen:
    """`links` are the addresses elsewhere that it may lead to."""
    seen = Seen(html)
    assert set(seen.tags) <= render.TAGS
    assert not seen.other
    for tag, name, value in seen.attributes:
        assert name in render.ATTRIBUTES["*"] | render.ATTRIBUTES.get(tag, set()), (tag, name)
        own = render.SOURCE_LINK.fullmatch(value) or render.KEPT_LINK.fullmatch(value)
        assert name != "href" or own or value in links, value
    assert not {"\n", "\r", "\t", "\u2028"} & set(html), "a turn is one line, or Markdown would read what is in it"
    return seen


def every_turn(text: str) -> tuple[Turn, ...]:
    """A turn in every state, all made of `text`."""
    bounds = Within(publishers=frozenset({text}), collections=frozenset({text}))
    asked = Turn(1, text, "searching", as_of=date(2025, 1, 2), within=bounds, outside=Outside(1, publishers=(text,)))
    asked = replace(asked, id="t1", conversation="c1")
    answer = hostile_answer(text)
    abstained = Answer(text, "abstained", (), (), TRACE, related=answer.related)
    writing = unfolding.found(replace(asked, understood=text, writes=True), answer.evidence)
    for sentence in answer.sentences:
        writing = unfolding.left_out(unfolding.written(writing, sentence), answer.dropped[0])
    return (
        asked,
        unfolding.found(asked, answer.evidence),
        writing,
        unfolding.stopped(writing),
        unfolding.finished(asked, answer),
        unfolding.finished(asked, hostile_sides(text)),
        unfolding.finished(asked, abstained),
        unfolding.failed(asked, text),
    )


@pytest.mark.parametrize("text", [*payloads(), *exfiltrating("http://127.0.0.1:9")])
def test_a_hostile_text_stays_text(text: str) -> None:
    for turn in every_turn(text):
        check_only_what_turns_are_made_of(render.turns((turn,)))


@pytest.mark.parametrize("text", payloads())
def test_a_hostile_text_is_shown_as_it_stands(text: str) -> None:
    turn = unfolding.failed(ASKED, text)
    assert printable(text) in printable(Seen(render.turns((turn,))).text)


def printable(text: str) -> str:
    """`text` without control characters, which HTML cannot carry and no document holds."""
    return "".join(each for each in text if each >= " ")


@pytest.mark.parametrize("text", payloads())
def test_the_sanitiser_alone_holds(text: str) -> None:
    """The second wall, with the first one gone: as if a template had forgotten to escape."""
    html = render.sanitised(f"<p>{text}</p>")
    seen = Seen(html)
    assert set(seen.tags) <= render.TAGS
    assert not [value for _, name, value in seen.attributes if name == "href"]
    assert not [name for _, name, _ in seen.attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("text", payloads())
def test_a_hostile_source_page_holds_no_markup_of_the_document(text: str) -> None:
    document = hostile_document(text)
    start = document.text.rindex(text)
    harmless = "https://example.org/x" if text.startswith("http") else "x"
    plain = Seen(render.source_page(source.page(hostile_document(harmless), "0-1")))
    hostile = Seen(render.source_page(source.page(document, f"{start}-{start + len(text)}")))
    assert set(hostile.tags) <= set(plain.tags)
    assert {(tag, name) for tag, name, _ in hostile.attributes} <= {(tag, name) for tag, name, _ in plain.attributes}
    links = {value for _, name, value in hostile.attributes if name in ("href", "src")}
    assert links - {text} == {value for _, name, value in plain.attributes if name in ("href", "src")} - {harmless}


TEXTS = st.text(st.sampled_from("<>&\"'=/ab\n\t -!`[]()#*{}%$\u2028\x00\x85é\u202e"), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)


@given(TEXTS)
def test_no_text_at_all_becomes_markup(text: str) -> None:
    for turn in every_turn(text):
        check_only_what_turns_are_made_of(render.turns((turn,)))


@given(TEXTS)
def test_nothing_at_all_passes_the_sanitiser_that_turns_are_not_made_of(html: str) -> None:
    assert set(Seen(render.sanitised(html)).tags) <= render.TAGS


HOSTS = ("wiki.example.org",)
MINUTES = "https://wiki.example.org/minutes?a=1&b=2"
OUTWARD = '<a class="out" href="{}" target="_blank" rel="noopener noreferrer nofollow">'


def said(text: str, *hosts: str, quoted: bool = False) -> str:
    """The HTML of a turn, written and whole, in which a model says `text`."""
    cited = WRITTEN_ANSWER.sentences[0].citations
    sentence = Sentence(text, cited, "quoted" if quoted else "supported")
    turn = replace(ASKED, writes=True, link_hosts=hosts)
    writing = unfolding.written(unfolding.found(turn, WRITTEN_ANSWER.evidence), sentence)
    whole = unfolding.finished(turn, replace(WRITTEN_ANSWER, sentences=(sentence,), form="open"))
    html = render.parts(whole).prose
    assert render.parts(writing).prose.partition("</p>")[0] == html.partition("</p>")[0], "written as it will stand"
    return html


def test_the_markdown_of_a_sentence_is_shown_and_its_links_lead_to_configured_hosts_only() -> None:
    text = f"**Yes**, *as* `minuted` in [the minutes]({MINUTES}), see [this](https://evil.example/?q=1)."
    html = said(text, *HOSTS)
    link = OUTWARD.format(MINUTES.replace("&", "&amp;"))
    assert "<strong>Yes</strong>, <em>as</em> <code>minuted</code> in " in html
    assert f"{link}the minutes</a> (wiki.example.org), see this (evil.example)." in html
    check_only_what_turns_are_made_of(html, MINUTES)
    assert '<a class="out"' not in said(text)


def test_the_words_of_a_quote_are_no_markdown() -> None:
    assert "**Yes** [x](https://wiki.example.org/)" in said(
        "**Yes** [x](https://wiki.example.org/)", *HOSTS, quoted=True
    )


@pytest.mark.parametrize("text", [*payloads(), *exfiltrating("http://127.0.0.1:9")])
def test_a_model_that_obeys_links_nowhere_and_shows_no_picture(text: str) -> None:
    check_only_what_turns_are_made_of(said(f"{text} [{text}](https://evil.example/)", *HOSTS))


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://wiki.example.org/" target="_top" rel="opener">x</a>',
        '<a href="https://wiki.example.org/" ping="https://evil.example/" referrerpolicy="unsafe-url">x</a>',
    ],
)
def test_the_sanitiser_alone_lets_a_link_open_only_in_the_one_way(link: str) -> None:
    assert Seen(render.sanitised(link, HOSTS)).attributes == [("a", "href", "https://wiki.example.org/")]


@pytest.mark.parametrize(
    "href",
    [
        *(
            "http://wiki.example.org/",
            "//wiki.example.org/",
            "https://wiki.example.org:8443/",
            "HTTPS://wiki.example.org/",
        ),
        *("https://me@wiki.example.org/", "https://evil.example/", "https://wiki.example.org.evil.example/"),
    ],
)
def test_the_sanitiser_alone_lets_a_link_lead_only_to_a_configured_host(href: str) -> None:
    assert "href" not in render.sanitised(f'<a href="{href}">x</a>', HOSTS)


@pytest.mark.parametrize(
    "href",
    [
        *("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/", "/source/", "/gradio_api/upload"),
        "/source/" + "0" * 32,
        "/source/" + "0" * 32 + "?at=1-2&sum=" + "a" * 12,
        "/source/" + "0" * 31 + "g?at=1-2&sum=" + "a" * 12 + "#quote",
        "/source/" + "0" * 32 + "?at=1-2&sum=" + "a" * 12 + "#quote\n",
        "https://evil.example/source/" + "0" * 32 + "?at=1-2&sum=" + "a" * 12 + "#quote",
    ],
)
def test_a_turn_links_to_source_pages_only(href: str) -> None:
    assert "href" not in render.sanitised(f'<a href="{href}">x</a>')


def test_a_link_to_a_source_page_stays() -> None:
    href = brief.source_link(CONDITIONS.id, Span(1, 2), "x")
    assert render.SOURCE_LINK.fullmatch(href)
    assert Seen(render.sanitised(f'<a href="{href.replace("&", "&amp;")}">x</a>')).attributes == [("a", "href", href)]


def shown(answer: Answer, **changes: object) -> str:
    turn = unfolding.finished(replace(ASKED, **changes), answer)  # type: ignore[arg-type]
    return " ".join(check_only_what_turns_are_made_of(render.turns((turn,))).text.split())


def test_a_quote_stands_with_its_number_speaker_publisher_and_date() -> None:
    text = shown(CONDITIONS_ANSWER)
    assert "and would freeze the front line in the other two regions, the Kremlin spokesman Dmitry Peskov said." in text
    assert "Dmitry Peskov, Briefing desk, 16 August 2025 What changed at the summit" in text
    assert "said. 1 open this quote" in text.replace("\xa0", " ")


def test_a_written_answer_leads_with_the_fact_and_marks_what_was_checked() -> None:
    html = render.parts(unfolding.finished(replace(ASKED, writes=True), WRITTEN_ANSWER)).prose
    assert html.index('class="prose-line lead"') < html.index("Yes.") < html.index('class="prose-line"')
    text = " ".join(Seen(html).text.split())
    assert text.count("✓") == 3
    assert text.count("✓ supported by 1 quote 1 open this quote") == 2
    assert "✓ supported by 2 quotes 3 open this quote 2 open this quote" in text
    assert "2 sentences left out, because the quotes do not support them" in text
    assert "Putin asks for six regions. ✗ Not supported: the quotes say four, not six" in text


def test_while_a_model_writes_its_words_are_counted_and_room_is_kept() -> None:
    turn = unfolding.writing(unfolding.found(replace(ASKED, writes=True), WRITTEN_ANSWER.evidence), 12)
    parts = render.parts(unfolding.left_out(turn, WRITTEN_ANSWER.dropped[0]))
    assert "Writing: 12 words, being checked; 1 left out" in parts.progress
    assert 'class="said reserved"' in parts.prose
    assert "treaty" not in "".join(astuple(parts))
    assert parts.quotes.count("<blockquote") == 5


def test_sides_stand_under_their_headings() -> None:
    text = shown(CHANGE_ANSWER)
    order = ("Sources differ", "June 2024⊘ Older statement", "Vladimir Putin said", "August 2025Putin now")
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert text.index("Also found") < text.index("Neutral status")


def test_why_there_is_no_prose_is_said_before_the_quotes() -> None:
    text = shown(UNWRITTEN_ANSWER)
    assert text.index("gave no word within 15 seconds") < text.index("Moscow still insists")


def test_how_a_question_was_read_can_be_corrected() -> None:
    html = render.parts(unfolding.finished(ASKED, CONDITIONS_ANSWER)).asked
    assert '<button type="button" class="correct">Correct this' in html
    assert "<button" not in render.parts(replace(ASKED, question=CONDITIONS_ANSWER.question)).asked


def test_what_differs_and_what_is_older_is_said() -> None:
    text = shown(CONDITIONS_ANSWER).replace("\xa0", " ")
    assert "◆ Sources differ Harbour Wire, 17 August 2025: all four regions 3" in text
    assert "Older statement, superseded on 16 August 2025 by Donetsk and Lugansk 1" in text
    assert text.count("Older statement") == 1


def test_a_source_without_a_date_says_so() -> None:
    assert "briefs/notes.md, no date given" in shown(CONDITIONS_ANSWER)


def test_an_abstention_reads_as_an_answer_and_offers_the_nearest_passages() -> None:
    html = render.turns((unfolding.finished(ASKED, ABSTENTION),))
    assert "The documents do not say." in html
    assert html.count('class="open"') == len(ABSTENTION.related)
    assert "failure" not in html
    assert "No passage came near" in render.turns((unfolding.finished(ASKED, replace(ABSTENTION, related=())),))


def test_where_prose_was_waited_for_that_the_documents_do_not_say_is_said_in_its_place() -> None:
    waited = render.parts(unfolding.finished(replace(KEPT, writes=True), ABSTENTION))
    assert "The documents do not say." in waited.prose
    assert "The documents do not say." not in waited.quotes
    assert 'id="tools-turn_1-a"' in waited.quotes
    assert "The documents do not say." in render.parts(unfolding.finished(KEPT, ABSTENTION)).quotes


def test_prose_stands_before_the_quotes_it_rests_on_and_says_what_was_left_out() -> None:
    text = shown(PROSE_ANSWER)
    assert text.index("Russia asks for land") < text.index("The quotes behind it") < text.index("Moscow still insists")
    assert "1 sentence left out, because the quotes do not support it" in text
    assert "A treaty was signed. ✗ Not supported: no quote says so" in text


def test_the_day_and_the_understood_question_are_shown_where_they_matter() -> None:
    assert "As of 1 May 2025: nothing published later counts." in shown(CONDITIONS_ANSWER, as_of=date(2025, 5, 1))
    assert "Read as: What are Putin's stated conditions?" in shown(CONDITIONS_ANSWER)
    assert "Read as" not in shown(CONDITIONS_ANSWER, question=CONDITIONS_ANSWER.question)


def test_each_state_says_what_is_going_on() -> None:
    assert "Searching the documents" in render.turns((ASKED,))
    found = render.turns((unfolding.found(ASKED, CONDITIONS_ANSWER.evidence),))
    assert found.count("<blockquote") == 5
    assert "Comparing the quotes" in found
    assert "Older statement" not in found


def test_a_document_without_title_or_publisher_is_named_by_its_address() -> None:
    bare = brief.source(Attribution("0" * 32, "notes/a.txt"), Span(0, 1), "x")
    assert (bare.name, bare.title, bare.day, bare.label) == (
        *("notes/a.txt", None, "no date given"),
        "notes/a.txt, no date given",
    )
    titled = brief.source(Attribution("0" * 32, "notes/a.txt", title="Notes"), Span(0, 1), "x")
    assert (titled.name, titled.title) == ("Notes", None)


def test_a_kept_answer_has_its_own_address_and_a_place_for_its_tools() -> None:
    html = render.turns((unfolding.finished(KEPT, CONDITIONS_ANSWER),))
    seen = check_only_what_turns_are_made_of(html)
    assert ("a", "id", "turn-turn_1-a") in seen.attributes
    assert ("a", "href", "/?conversation=talk-1#turn-turn_1-a") in seen.attributes
    assert html.count('<div class="tools" id="tools-turn_1-a"></div>') == 1
    assert html.count('class="doubt"') == 5


@pytest.mark.parametrize(
    "turn",
    [
        unfolding.finished(ASKED, CONDITIONS_ANSWER),
        unfolding.found(KEPT, CONDITIONS_ANSWER.evidence),
        KEPT,
    ],
    ids=["kept nowhere", "not whole", "just asked"],
)
def test_there_are_no_tools_without_a_whole_kept_answer(turn: Turn) -> None:
    html = render.turns((turn,))
    assert 'class="tools"' not in html
    assert 'class="doubt"' not in html


@pytest.mark.parametrize(
    "html",
    [
        '<div id="source">x</div>',
        '<div id="tools-">x</div>',
        '<div id="tools-a b">x</div>',
        '<a id="question">x</a>',
        '<a id="tools-a">x</a>',
        '<a href="/?conversation=a&as_of=2025-01-01#turn-a">x</a>',
        '<a href="/?conversation=a#source">x</a>',
        '<a href="//evil.example/?conversation=a#turn-a">x</a>',
        '<div style="color: red" data-x="1" tabindex="0">x</div>',
    ],
)
def test_the_sanitiser_alone_lets_only_these_ids_and_addresses_pass(html: str) -> None:
    assert Seen(render.sanitised(html)).attributes == []


def test_the_scope_is_said_and_what_it_left_out() -> None:
    within = Within(date(2024, 6, 1), publishers=frozenset({"Reuters", "AP"}), collections=frozenset({"archive"}))
    outside = Outside(4, later=2, publishers=("Harbour Wire",), collections=1)
    text = shown(replace(CONDITIONS_ANSWER, outside=outside), within=within)
    assert "Scope: from 1 June 2024 on · AP, Reuters only · collection archive" in text
    told = "4 documents outside your scope came near: 2 later, 1 other publisher (Harbour Wire), 1 other collection."
    assert told in text
    assert "Ask without the scope" in text
    abstained = shown(replace(ABSTENTION, outside=outside), within=within)
    assert abstained.index("outside your scope") < abstained.index("These passages came nearest")
    assert "outside your scope" not in shown(CONDITIONS_ANSWER)
    assert "outside your scope" not in shown(replace(CONDITIONS_ANSWER, outside=Outside()), within=within)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (Within(date(2024, 6, 1), date(2024, 7, 1)), "1 June 2024 to 1 July 2024"),
        (Within(latest=date(2024, 7, 1)), "up to 1 July 2024"),
        (Within(publishers=frozenset({"Reuters"})), "Reuters only"),
        (Within(collections=frozenset({"a", "b"})), "collections a, b"),
    ],
)
def test_each_bound_is_said(bounds: Within, said: str) -> None:
    assert f"Scope: {said}" in shown(CONDITIONS_ANSWER, within=bounds)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Why(("ceasefire", "terms"), "both"), "Shares ceasefire, terms with the question · found by words and meaning"),
        (Why((), "meaning"), "found by meaning"),
        (Why(("talks",), "words"), "Shares talks with the question · found by words"),
    ],
)
def test_why_a_quote_was_picked_stands_on_its_card(why: Why, said: str) -> None:
    turn = unfolding.finished(ASKED, CONDITIONS_ANSWER)
    [point, *others] = turn.points
    told = replace(point, quotes=(replace(point.quotes[0], why=why), *point.quotes[1:]))
    text = " ".join(Seen(render.turns((replace(turn, points=(told, *others)),))).text.split())
    assert text.count(said) == 1


def test_a_quote_whose_document_has_changed_says_so() -> None:
    turn = unfolding.finished(ASKED, CONDITIONS_ANSWER)
    [point, *others] = turn.points
    told = replace(point, quotes=(replace(point.quotes[0], changed=True), *point.quotes[1:]))
    assert render.turns((replace(turn, points=(told, *others)),)).count("The document has changed") == 1


def test_how_each_sentence_is_supported_is_said_in_words() -> None:
    assert "” quoted" in " ".join(Seen(said("As it stands.", quoted=True)).text.replace("\xa0", " ").split())
    assert "✓ supported by 1 quote" in " ".join(Seen(said("In short.")).text.replace("\xa0", " ").split())


def test_what_failed_or_was_stopped_can_be_tried_again() -> None:
    assert 'class="retry"' in render.turns((unfolding.failed(ASKED, "It broke."),))
    assert 'class="retry"' not in render.turns((replace(ASKED, state="failed", message="It is not shown."),))
    stopped = render.turns((unfolding.stopped(unfolding.found(ASKED, CONDITIONS_ANSWER.evidence)),))
    assert 'class="retry"' in stopped
    assert "The writing was stopped here; the quotes stand." in stopped


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_speaks_the_readers_language_and_its_quotes_their_own(language: str) -> None:
    wording = wording_in(language)
    turn = unfolding.finished(replace(KEPT, as_of=date(2025, 5, 1)), WRITTEN_ANSWER)
    html = render.turns((turn,), wording)
    check_only_what_turns_are_made_of(html)
    text = " ".join(Seen(html).text.split())
    assert wording.say("differ") in text
    assert wording.day(date(2025, 8, 16)) in text
    assert wording.count("supportedBy", 2) in text
    assert "Putin now asks Kyiv to leave Donetsk and Lugansk" in text
    if language != "en":
        assert "Sources differ" not in text
        assert "open this quote" not in text
