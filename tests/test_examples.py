"""The example corpus does what it is there to show, from its files to the answers, with nothing stood in for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.corpus import Corpus
from index.document import Document
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.read import Candidate, Reader, walk
from index.sync import sync
from rag.answer import Answer
from rag.ask import Desk, Question, ask
from rag.quote import Quoter

ROOT = Path(__file__).parents[1]
BRIEFS = ROOT / "examples" / "briefing"
QUESTIONS = tuple((ROOT / "examples" / "questions.txt").read_text(encoding="utf-8").splitlines())
UNANSWERED = 2
NEWS = ROOT.parent / "shared" / "corpus" / "news"
NOVEMBER, DECEMBER = date(2025, 11, 25), date(2025, 12, 31)
CONSULTATIONS = "What does the Kremlin say about consultations with Washington?"


@pytest.fixture(scope="module")
def briefs() -> tuple[Document, ...]:
    with Reader() as reader:
        return tuple(reader.read(found) for found in walk(BRIEFS, readers=("public",)) if isinstance(found, Candidate))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("briefing")
    with Library.open(folder, create=True) as library:
        sync([BRIEFS], library, default_embedder())
    quoter = Quoter()
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def asked(desk: Desk, question: str, as_of: date | None = None) -> Answer:
    return ask(LOCAL, Question(question, as_of), desk)


def quoted(answer: Answer) -> str:
    return " ".join(sentence.text for sentence in answer.sentences)


def test_every_brief_is_short_and_says_whose_it_is(briefs: tuple[Document, ...]) -> None:
    assert 12 <= len(briefs) <= 14
    assert {Path(brief.uri).suffix for brief in briefs} == {".md", ".txt", ".html"}
    for brief in briefs:
        assert 100 <= len(brief.text.split()) <= 250, brief.uri
        assert (brief.title or "?") in brief.text, brief.uri
        if not brief.uri.endswith("who-is-who.txt"):
            assert (brief.publisher or "").endswith(" desk"), brief.uri
            assert brief.published == date.fromisoformat(Path(brief.uri).name[:10]), brief.uri


def test_one_brief_has_no_date_and_gets_none(briefs: tuple[Document, ...]) -> None:
    (undated,) = [brief for brief in briefs if brief.published is None]
    assert (undated.title, undated.publisher) == ("Who is who in the talks on Ukraine", None)


def test_the_frame_of_a_page_is_no_part_of_the_brief(briefs: tuple[Document, ...]) -> None:
    for brief in briefs:
        assert "All briefs" not in brief.text
        assert not brief.text.startswith(("---", "Home"))


@pytest.mark.parametrize("question", QUESTIONS[:-UNANSWERED])
def test_the_questions_to_try_are_answered(desk: Desk, question: str) -> None:
    answer = asked(desk, question)
    assert answer.status == "answered"
    assert all(
        piece.quote == piece.span.shifted(-piece.passage.chunk.span.start).of(piece.passage.chunk.text)
        for piece in answer.evidence
    )


@pytest.mark.parametrize("question", QUESTIONS[-UNANSWERED:])
def test_two_questions_to_try_have_no_answer_here(desk: Desk, question: str) -> None:
    assert asked(desk, question).status == "abstained"


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == len(set(QUESTIONS)) == 10
    assert QUESTIONS[0] == "What are Putin's stated conditions?"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are Putin's stated conditions?", ("Donetsk", "Lugansk", "Zaporizhzhia", "Kherson", "NATO")),
        ("How long did the talks in the Kremlin last?", ("almost five hours",)),
        ("Who are the envoys that met Putin?", ("Steve Witkoff", "Jared Kushner")),
        ("What does Zelensky's peace formula demand?", ("tribunal",)),
        ("Did Putin and Trump hold secret talks?", ("no secret talks",)),
    ],
)
def test_the_answer_holds_what_was_asked_for(desk: Desk, question: str, words: tuple[str, ...]) -> None:
    answer = quoted(asked(desk, question))
    assert [word for word in words if word not in answer] == []


def test_whoever_speaks_is_named(desk: Desk) -> None:
    evidence = asked(desk, "What are Putin's stated conditions?").evidence
    (terms,) = [piece for piece in evidence if "Donetsk" in piece.quote]
    assert (terms.speaker, terms.attribution.publisher) == ("Vladimir Putin", "Moscow desk")
    assert terms.attribution.published == date(2024, 6, 14)


def test_two_dates_give_two_answers_and_both_are_right(desk: Desk) -> None:
    then, now = asked(desk, CONSULTATIONS, NOVEMBER), asked(desk, CONSULTATIONS, DECEMBER)
    assert "no consultations with Washington" in quoted(then)
    assert "held talks about a peace plan" not in quoted(then)
    assert then.disagreements == ()
    assert re.search("held talks about a peace plan|its talks with Washington about Ukraine continue", quoted(now))


def test_the_older_word_is_marked_as_superseded(desk: Desk) -> None:
    answer = asked(desk, CONSULTATIONS, DECEMBER)
    (found,) = [each for each in answer.disagreements if each.relation == "superseded"]
    stands, older = answer.evidence[found.evidence[0] - 1], answer.evidence[found.evidence[-1] - 1]
    assert re.search("held talks about a peace plan|its talks with Washington about Ukraine continue", stands.quote)
    assert "no consultations" in older.quote
    assert (older.attribution.published, stands.attribution.published) == (date(2025, 11, 20), date(2025, 12, 3))


def test_sources_that_disagree_are_set_side_by_side(desk: Desk) -> None:
    answer = asked(desk, "Did Putin reject the American plan?")
    (found,) = [each for each in answer.disagreements if each.relation == "disagreeing"]
    sides = {answer.evidence[number - 1].attribution.publisher for number in found.evidence}
    assert sides == {"Brussels desk", "Moscow desk"}
    assert any(set(found.evidence) <= set(point) for point in answer.points)


@pytest.mark.skipif(not NEWS.is_dir(), reason="the articles are not here")
def test_no_brief_repeats_six_words_of_the_articles_in_a_row() -> None:
    articles = set[tuple[str, ...]]().union(*(runs(path) for path in NEWS.glob("*.txt")))
    assert {path.name: found for path in BRIEFS.iterdir() if (found := runs(path) & articles)} == {}


def runs(path: Path, length: int = 6) -> set[tuple[str, ...]]:
    text = html.unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))).casefold()
    words = re.findall(r"\w+", text)
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
