"""An answer as one text: its sentences, its numbers, and that showing it as Markdown shows text and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.normalise import normalise
from rag.answer import ABSTENTION as SILENT
from rag.answer import Answer, Sentence
from rag.events import Answered, Event, SentenceWritten, Writing
from rag.outside import Outside
from tests.hostile import exfiltrating, hostile_answer, payloads
from tests.newsroom import (
    ABSTENTION,
    CONDITIONS_ANSWER,
    EVIDENCE,
    UNWRITTEN_ANSWER,
    WRITTEN_ANSWER,
    citation,
)
from ui.compatible.body import chat
from ui.compatible.escaped import escaped, hosts_only
from ui.compatible.text import Telling

BASE = "https://ask.example.org"
SHOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
"""What a chat program makes of Markdown, at its most obliging: HTML is let through."""


def events(answer: Answer) -> list[Event]:
    return [Writing(0), *map(SentenceWritten, answer.sentences), Answered(answer)]


def told(answer: Answer, *hosts: str) -> Telling:
    telling = Telling(BASE, hosts)
    pieces = list(telling.pieces(event for event in events(answer)))
    assert "".join(pieces) == telling.text
    assert telling.answer is answer
    return telling


def saying(text: str, *hosts: str) -> Telling:
    sentence = Sentence(text, (citation(1, EVIDENCE),), "supported")
    return told(replace(WRITTEN_ANSWER, sentences=(sentence,), disagreements=(), dropped=()), *hosts)


def test_checked_sentences_read_on_and_name_their_quotes() -> None:
    text = told(WRITTEN_ANSWER).text
    assert text.startswith("Yes. [1] The Kremlin spokesman Dmitry Peskov said that Putin now asks")
    assert "as it did in June 2024. [3][2]\n\n" in text
    assert "Left out, as the quotes do not support it: 2 sentences." in text
    assert "treaty" not in text


@pytest.mark.parametrize("answer", [CONDITIONS_ANSWER, ABSTENTION], ids=["answered", "abstained"])
def test_what_the_askers_choice_left_out_is_told_and_escaped(answer: Answer) -> None:
    text = told(replace(answer, outside=Outside(2, later=1, publishers=("<b>Wire</b>",)))).text
    assert "\n\nYour choice left out 2 documents near the question: 1 later; by " in text
    assert "<b>" not in text
    assert "Your choice" not in told(replace(answer, outside=Outside())).text


@pytest.mark.parametrize(
    "answer", [CONDITIONS_ANSWER, WRITTEN_ANSWER, ABSTENTION], ids=["quoted", "written", "abstained"]
)
def test_the_next_question_is_understood_from_the_answer_alone(answer: Answer) -> None:
    """Not from what stands behind it: names of publishers that were not chosen, and of passages that do not answer."""
    text = told(replace(answer, notice=None, outside=Outside(2, later=1, publishers=("Unchosen Wire",)))).text
    roles = zip(("user", "assistant", "user"), ("What are the conditions?", text, "What did they say?"), strict=True)
    [turn] = chat(
        {"model": "on-record", "messages": [dict(zip(("role", "content"), each, strict=True)) for each in roles]}
    ).question.history
    assert "Unchosen Wire" in text
    for behind in ("Unchosen Wire", "differ", "Left out", "came nearest", BASE):
        assert behind not in turn.answer
    assert turn.answer.endswith(SILENT if answer is ABSTENTION else (".", ".”"))


def test_quotes_stand_one_by_one_in_marks() -> None:
    first, second = told(CONDITIONS_ANSWER).text.split("\n\n")[:2]
    assert first == "“Moscow still insists on all four regions, two European diplomats told Harbour Wire.” [3]"
    assert second.startswith("“Putin now asks Kyiv")
    assert second.endswith("said.” [1]")


def test_a_quote_that_is_shown_is_not_shown_again_but_one_behind_prose_is() -> None:
    assert told(CONDITIONS_ANSWER).text.count("Putin now asks Kyiv to leave") == 1
    assert told(WRITTEN_ANSWER).text.count("“Putin now asks Kyiv to leave") == 1
    assert "“Neutral status" not in told(WRITTEN_ANSWER).text, "nothing cites it"


def test_each_source_is_told_by_speaker_title_publisher_date_and_address() -> None:
    lines = told(CONDITIONS_ANSWER).text.splitlines()
    [line] = [each for each in lines if each.startswith("- [1]")]
    assert line.startswith(
        "- [1] Dmitry Peskov, What changed at the summit (Briefing desk, 16 August 2025) <https://ask"
    )
    assert re.search(r"<https://ask\.example\.org/source/[0-9a-f]{32}\?at=\d+-\d+&sum=[0-9a-f]{12}#quote>$", line)
    assert "- [5] briefs/notes.md, no date given" in "\n".join(lines)


def test_what_differs_and_what_is_older_is_told() -> None:
    text = told(CONDITIONS_ANSWER).text
    assert (
        "Sources differ: Harbour Wire, 17 August 2025: “all four regions” [3]; "
        "Briefing desk, 16 August 2025: “Donetsk and Lugansk” [1]." in text
    )
    assert re.search(r"- \[2\] .*\(an older statement; newer: \[1\]\)", text)
    assert text.count("an older statement") == 1


def test_an_abstention_is_a_sentence_with_the_nearest_passages_and_no_citation() -> None:
    telling = told(ABSTENTION)
    assert telling.text.startswith(f"{SILENT}\n\nThese passages came nearest, and do not answer the question:\n- ")
    assert telling.text.count("\n- ") == len(ABSTENTION.related)
    assert telling.marks == []
    assert told(replace(ABSTENTION, related=())).text == SILENT


def test_what_is_to_be_known_of_the_model_is_told() -> None:
    assert "\n\nThere is no written answer, because the model gave no word within 15 seconds.\n\n" in (
        told(UNWRITTEN_ANSWER).text
    )


def test_each_mark_is_where_its_number_stands() -> None:
    telling = told(WRITTEN_ANSWER)
    assert [telling.text[mark.start : mark.end] for mark in telling.marks] == ["[1]", "[1]", "[3]", "[2]", "[3]", "[1]"]
    assert telling.marks[0].title == "What changed at the summit"
    assert telling.marks[0].address.startswith(f"{BASE}/source/")
    assert telling.marks[2].address != telling.marks[3].address


def test_a_sentence_that_no_quote_bears_out_is_not_told() -> None:
    bare = Sentence("A treaty was signed.", (), "unsupported")
    text = told(replace(WRITTEN_ANSWER, sentences=(bare, *WRITTEN_ANSWER.sentences))).text
    assert text == told(WRITTEN_ANSWER).text


def test_links_lead_to_configured_hosts_and_other_addresses_are_cut_to_their_host() -> None:
    text = "See [the minutes](https://wiki.corp/a), [this](https://evil.example/?q=1), https://evil.example/?q=2 now."
    assert saying(text, "wiki.corp").text.startswith(
        "See [the minutes](https://wiki.corp/a) (wiki.corp), this (evil.example), evil.example now. [1]"
    )
    assert "](" not in saying(text).text
    assert saying("Wow!**[it](https://wiki.corp/a.png)**", "wiki.corp").text.startswith(
        "Wow\\![it](https://wiki.corp/a.png)"
    ), "a link after an exclamation mark would be an image"
    assert hosts_only("ftp://a.example/x javascript://%0aalert(1) x://", ()) == "a.example %0aalert(1) x://"


def test_what_ends_a_sentence_behind_an_address_stays() -> None:
    text = "Moscow named four (see https://a.example/one?x=1), as it did at https://b.example/two."
    assert saying(text).text.startswith("Moscow named four (see a.example), as it did at b.example. [1]")
    assert "(see https://a.example/one?x=1), as" in saying(text, "a.example").text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Plain [sic] words (2024), 5 < 6 & 7 > 3.", "Plain [sic] words (2024), 5 < 6 & 7 > 3."),
        ("AT&T snake_case $5 and $6", "AT&T snake_case $5 and $6"),
        ("![x](http://e/)", "![x\\](http://e/)"),
        ("[x]: http://e/", "[x\\]: http://e/"),
        ("[x][1]", "[x\\][1]"),
        ("<img src=x>", "&lt;img src=x>"),
        ("\\<img src=x>", "\\\\&lt;img src=x>"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~~d\\~~"),
        ("# a", "\\# a"),
        ("1. a", "1\\. a"),
        ("- a\n\n    b", "\\- a b"),
        ("$$\\x$$", "\\$$\\x\\$$"),
        ("a\\", "a\\\\"),
        ("a\u202eb\u200b", "ab"),
    ],
)
def test_only_what_would_be_more_than_text_is_escaped(text: str, line: str) -> None:
    assert escaped(text) == line


TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "![",
                "[",
                "](",
                "]",
                "][",
                "]:",
                "(",
                ")",
                "<",
                ">",
                "<img src=x>",
                "&",
                "&lt;",
                "&#60;",
                "\\",
                "`",
                "```",
            ),
            *(
                "*",
                "**",
                "_",
                "~~",
                "$$",
                "#",
                "1.",
                "-",
                "+",
                ">",
                "|",
                "\n",
                "\n\n",
                " ",
                "    ",
                "!",
                "x",
                "http://e",
            ),
        ]
    ),
    max_size=20,
).map("".join) | st.text(max_size=40)


def is_text(markdown: str) -> str | None:
    """What `markdown` shows, where it is one paragraph of mere text; None where it is anything else."""
    tokens = SHOWN.parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    inline = tokens[1].children or []
    return (
        "".join(each.content for each in inline) if {each.type for each in inline} <= {"text", "text_special"} else None
    )


@given(TEXTS)
@example("\\<img src=x>")
@example("![x](http://e)\n\n[x]: http://e")
def test_whatever_a_document_says_is_shown_as_it_stands(text: str) -> None:
    line = " ".join(normalise(text).split())
    assert line == "" or is_text(escaped(text)) == line


@pytest.mark.parametrize("text", [*payloads("https://evil.example"), *exfiltrating("https://evil.example")])
def test_an_answer_made_of_a_hostile_text_shows_text_and_our_own_links(text: str) -> None:
    for hosts in ((), ("wiki.corp",)):
        for token in SHOWN.parse(told(hostile_answer(text), *hosts).text):
            assert token.type not in ("html_block", "fence", "code_block", "heading_open", "table_open"), token
            for each in token.children or ():
                assert each.type in ("text", "text_special", "softbreak", "link_open", "link_close"), each
                assert each.type != "link_open" or str(each.attrs["href"]).startswith(f"{BASE}/source/")


@given(TEXTS)
def test_a_model_that_obeys_shows_text_and_no_address_but_a_host(text: str) -> None:
    assert "http://" not in saying(f"a {text}", "wiki.corp").text.partition(" [1]")[0]
