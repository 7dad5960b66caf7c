"""An answer taken along: each number with one note, each quote word for word, and nothing hostile made of any of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.records.conversations import KeptTurn
from rag.answer import Answer
from tests.newsroom import (
    ABSTENTION,
    CHANGE_ANSWER,
    CONDITIONS_ANSWER,
    EVIDENCE,
    PROSE_ANSWER,
    UNWRITTEN_ANSWER,
    WRITTEN_ANSWER,
    quotes,
)
from ui import citing, wire
from ui.escaping import escaped, seen
from ui.kept import ShownTurn
from ui.routes.recalled import KeptAnswer, KeptEvidence, KeptPassage
from ui.wording import ENGLISH

ASKED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HERE = "https://ask.example.org"
FOOTNOTE = re.compile(r"\[\^([\w-]+)\]")
NOTE = re.compile(r"^\[\^([\w-]+)\]: (.*)$", re.MULTILINE)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MIXED_ANSWER = replace(WRITTEN_ANSWER, sentences=(*quotes(3), *WRITTEN_ANSWER.sentences[1:2]))
ANSWERS = (MIXED_ANSWER, CONDITIONS_ANSWER, PROSE_ANSWER, WRITTEN_ANSWER, CHANGE_ANSWER, UNWRITTEN_ANSWER, ABSTENTION)

HOSTILE = (
    *("<img src=https://evil.example/a>", "![x](https://evil.example/b)", "[Pay here](javascript:alert(1))"),
    *("[^1]: mine", "https://evil.example/c", "www.evil.example", "write to a@evil.example now", "evil.example"),
    *("<https://evil.example>", "# Heading", "1. one", "- item", "+ item", "> quote", "| a | b |", "---", "``` code"),
    *("`a` ``b``", "~~gone~~", "*bold* _it_ __under__", "$$x$$", "{{ site.secret }}", "%%hidden%%", "==lit=="),
    *(":smile:", "&lt;b&gt; &#60;", "#tag", "\u202eright to left", "a\\", "\\[x\\]", "[[Page]]", "^up^", "!", "**"),
    *("[ref]: https://evil.example", "a\n\n# b\n    code", "<!-- hidden -->", "[", "](", "http:/one", "mailto:a"),
    *("HTTPS://EVIL.example", "x`https://evil.example`y"),
)  # fmt: skip


def turned(
    answer: KeptAnswer, *, removed: bool = False, as_of: date | None = None, question: str = "Why?"
) -> ShownTurn:
    return ShownTurn(KeptTurn("t", ASKED, question, as_of, "{}", frozenset()), answer, removed, frozenset())


def kept(answer: Answer, **changes: object) -> KeptAnswer:
    return KeptAnswer.model_validate(wire.answer_json(answer)).model_copy(update=changes)


def rendered(markdown: str) -> list[Token]:
    tokens: list[Token] = []
    for token in PARSER.parse(markdown):
        tokens += [token, *(token.children or ())]
    return tokens


def links(markdown: str) -> list[str]:
    return [str(token.attrs["href"]) for token in rendered(markdown) if token.type == "link_open"]


def words(markdown: str) -> str:
    """The words that a reader of the rendered Markdown sees, the marks of its footnotes left out: what only looks like
    one has its brackets escaped."""
    tokens = rendered(FOOTNOTE.sub("", markdown))
    return "".join("".join(token.content for token in tokens if token.type in ("text", "code_inline")).split())


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_number_has_one_note_and_every_quote_stands_word_for_word(answer: Answer) -> None:
    shown = turned(kept(answer))
    told = citing.markdown(shown, HERE)
    holds_up(told, shown.answer)
    plain = citing.plain(shown, HERE)
    for number, each in enumerate(answer.evidence, start=1):
        assert each.quote in plain
        assert len(re.findall(rf"^\[{number}\] ", plain, re.MULTILINE)) == 1


def holds_up(told: str, answer: KeptAnswer) -> None:
    notes = Counter(match[1] for match in NOTE.finditer(told))
    assert set(notes.values()) <= {1}
    assert notes.keys() == {f"{each.number}" for each in answer.evidence}
    cited = FOOTNOTE.findall(NOTE.sub("", told))
    assert set(cited) == notes.keys(), "each note is cited, each number has its note"
    said = words(told)
    for each in answer.evidence:
        assert "".join(seen(each.quote).split()) in said
    sources = re.compile(re.escape(HERE) + r"/source/[0-9a-f]{32}\?at=\d+-\d+&sum=[0-9a-f]{12}#quote")
    assert [one for one in links(told) if not sources.fullmatch(one)] == []
    assert len(links(told)) == len(answer.evidence) + len(answer.related)


def test_an_answer_reads_so() -> None:
    told = citing.markdown(turned(kept(WRITTEN_ANSWER), as_of=date(2025, 9, 1)), HERE)
    assert told.splitlines()[:6] == [
        "## Why?", "", "Read as: What are Putin's stated conditions?", "",
        "Asked on 23 November 2026 at 09:30 UTC. As of 1 September 2025: nothing published later counts.", "",
    ]  # fmt: skip
    assert "\nYes.[^1]\n" in told
    assert "as it did in June 2024.[^3][^2]\n" in told
    assert "### Sources differ\n\n- Harbour Wire, 17 August 2025: “all four regions”[^3]\n- Dmitry Peskov, Bri" in told
    assert (
        "### Superseded, newest first\n\n- Dmitry Peskov, Briefing desk, 16 August 2025: “Donetsk and Lugansk”[^1]"
        in told
    )
    assert "\n2 sentences were left out, because the quotes do not support them.\n" in told
    assert (
        "\n[^3]: Harbour Wire, 17 August 2025, *Diplomats doubt any shift*, briefs/diplomats-doubt-any-shift\\.md. "
        f"“{EVIDENCE[2].quote}” [In the source]({HERE}/source/" in told
    )
    assert "\n[^5]: no date given, briefs/notes\\.md. [In the source]" in told, "what stands above is not quoted twice"


def test_a_comparison_keeps_its_sides() -> None:
    told = citing.plain(turned(kept(CHANGE_ANSWER)), HERE)
    sides = told.index("\nJune 2024\n"), told.index("\nAugust 2025\n")
    assert sides[0] < told.index(f"“{EVIDENCE[3].quote}” [4]") < sides[1]


def test_what_the_documents_do_not_say_is_said_and_what_came_nearest() -> None:
    told = citing.markdown(turned(kept(ABSTENTION)), HERE)
    assert "\nThe documents do not say.\n\nThese passages came nearest. They do not answer the question.\n" in told
    assert "\n> Neutral status would be written into the constitution of Ukraine. " in told
    assert FOOTNOTE.findall(told) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stopped": True}, ENGLISH.say("copiedStopped")),
        ({"notice": "There is no written answer."}, "There is no written answer."),
        (
            {"scope": "from=2025-01-01&to=2025-12-31&publisher=AP&publisher=Harbour+Wire&collection=wiki"},
            "Asked only of documents published since 1 January 2025, published until 31 December 2025, "
            "by Harbour Wire or 1 chosen publisher not quoted here, in wiki.",
        ),
    ],
)
def test_what_bounds_an_answer_is_said(changes: dict[str, object], said: str) -> None:
    for told in (citing.markdown(turned(kept(WRITTEN_ANSWER, **changes)), HERE), citing.plain(
        turned(kept(WRITTEN_ANSWER, **changes)), HERE
    )):  # fmt: skip
        assert said in told


def test_what_was_left_out_of_reach_or_has_changed_is_said() -> None:
    answer = kept(WRITTEN_ANSWER)
    first, *others = answer.evidence
    changed = answer.model_copy(update={"evidence": (first.model_copy(update={"changed": True}), *others)})
    told = citing.plain(turned(changed, removed=True), HERE)
    assert ENGLISH.say("copiedRemoved") in told
    assert told.count(ENGLISH.say("copiedChanged")) == 1


def test_several_turns_stand_in_one_text() -> None:
    both = citing.markdown(turned(kept(WRITTEN_ANSWER)), HERE, before="1-") + citing.markdown(
        turned(kept(CONDITIONS_ANSWER)), HERE, before="2-"
    )
    notes = [match[1] for match in NOTE.finditer(both)]
    assert sorted(notes) == sorted({f"{turn}-{number}" for turn in (1, 2) for number in range(1, 6)})


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_is_made_of_a_hostile_text(hostile: str) -> None:
    for text in (hostile, f"said {hostile}", f"{hostile} said", f"x{hostile}x"):
        tokens = rendered(f"{escaped(text)}[^1]\n")
        assert {token.type for token in tokens} <= {
            "paragraph_open",
            "inline",
            "text",
            "code_inline",
            "paragraph_close",
        }
        assert words(escaped(text)) == "".join(seen(text).split())


def headings(markdown: str) -> list[str]:
    return [token.tag for token in rendered(markdown) if token.type == "heading_open"]


def addresses(markdown: str) -> Iterator[str]:
    """What programs that make links of bare addresses would find: in text, as code is left alone."""
    for token in rendered(markdown):
        if token.type == "text":
            yield from re.findall(r"\w+://|www\.|\w@\w", token.content)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_bare_address_is_left_where_it_would_become_a_link(hostile: str) -> None:
    assert list(addresses(escaped(f"see {hostile} now"))) == []


texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), min_size=1, max_size=4).map(" ".join)


@settings(max_examples=30)
@given(text=texts)
def test_any_words_stay_these_words(text: str) -> None:
    once = escaped(text)
    assert {token.type for token in rendered(f"x {once}")} <= {
        "paragraph_open", "inline", "text", "code_inline", "paragraph_close",
    }  # fmt: skip
    assert words(f"x {once}") == "x" + "".join(seen(text).split())
    assert "\n" not in once


@settings(max_examples=12, phases=(Phase.generate,))
@given(quote=texts, title=texts, name=texts, uri=texts, prose=texts, question=texts, label=texts)
def test_no_document_model_or_reader_makes_more_of_an_answer_than_words(
    quote: str, title: str, name: str, uri: str, prose: str, question: str, label: str
) -> None:
    answer = kept(CHANGE_ANSWER)
    first = answer.evidence[0].model_copy(
        update={"quote": quote, "title": title, "publisher": name, "speaker": name, "author": name, "uri": uri}
    )
    sentence = answer.sentences[0].model_copy(update={"text": prose, "runs": ()})
    differing = answer.disagreements[0].model_copy(update={"differences": (quote, prose)})
    hostile = answer.model_copy(
        update={
            "question": question,
            "notice": prose,
            "evidence": (first, *answer.evidence[1:]),
            "sentences": (sentence, *answer.sentences[1:]),
            "disagreements": (differing, *answer.disagreements[1:]),
            "groups": tuple(group.model_copy(update={"label": label}) for group in answer.groups),
        }
    )
    told = citing.markdown(turned(hostile, question=question), HERE)
    assert not {token.type for token in rendered(told)} & {"image", "html_inline", "html_block", "fence", "code_block"}
    assert headings(told) == headings(citing.markdown(turned(answer), HERE))
    if seen(quote):
        holds_up(told, hostile)


def test_a_number_that_has_no_quote_is_left_out() -> None:
    answer = kept(WRITTEN_ANSWER)
    bare = answer.model_copy(update={"evidence": tuple(each for each in answer.evidence if each.number != 1)})
    holds_up(citing.markdown(turned(bare), HERE), bare)


def test_passages_and_quotes_are_what_was_kept() -> None:
    """The types that the notes are made from, so that a field that is renamed is seen here."""
    answer = kept(replace(CONDITIONS_ANSWER, related=ABSTENTION.related))
    assert {type(each) for each in answer.evidence} == {KeptEvidence}
    assert {type(each) for each in answer.related} == {KeptPassage}
