"""Cases proposed from whole libraries: what stands the round trip, what is left out, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from evals.case import Quoted
from evals.proposing.make import Wanted, proposals
from evals.proposing.proposal import Kind, Proposal, case_id
from evals.proposing.sampling import documents, statements
from evals.proposing.writing import ByRule
from evals.reading.locate import locate
from evals.reading.phrases import stands
from index.corpus import Corpus
from index.document import Document
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL, PUBLIC
from index.sync import sync
from rag.ask import Desk, ask
from rag.question import Question
from rag.quote import Quoter
from tests.shelf import brief, shelf

BRIEFING = Path(__file__).parent.parent / "examples" / "briefing"


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("proposing") / "library"
    with Library.open(folder, create=True) as library:
        sync([BRIEFING], library, default_embedder(), readers=(PUBLIC,))
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Desk(corpus, Quoter(), Quoter.threshold)


@pytest.fixture(scope="module")
def proposed(briefing: Desk) -> tuple[Proposal, ...]:
    return tuple(proposals(briefing, Wanted(24), ByRule()))


@contextmanager
def desk(folder: Path, *given: Document) -> Iterator[Desk]:
    with shelf(folder, given, default_embedder()) as corpus:
        yield Desk(corpus, Quoter(), Quoter.threshold)


def made(at: Desk, *kinds: Kind, count: int = 8, readers: tuple[str, ...] | None = None) -> tuple[Proposal, ...]:
    return tuple(proposals(at, Wanted(count, kinds or ("answerable",), readers), ByRule()))


def questions(found: tuple[Proposal, ...]) -> list[str]:
    return [each.case.question for each in found]


def test_every_kind_is_proposed_and_no_id_twice(proposed: tuple[Proposal, ...]) -> None:
    counts = {
        kind: sum(each.kind == kind for each in proposed) for kind in ("answerable", "unanswerable", "paraphrase")
    }
    assert counts == {"answerable": 6, "unanswerable": 6, "paraphrase": 6}
    assert [each.kind for each in proposed if each.kind == "superseded"]
    assert len({each.case.id for each in proposed}) == len(proposed)


def test_every_expectation_can_be_met_by_the_documents(briefing: Desk, proposed: tuple[Proposal, ...]) -> None:
    cases = [each.case for each in proposed]
    located = locate(cases, briefing.corpus.library, lambda _: False)
    assert all(len(each.quotes) == len(each.case.expected.quotes) and all(each.quotes) for each in located)


def test_what_is_tagged_is_what_the_product_answers_today(briefing: Desk, proposed: tuple[Proposal, ...]) -> None:
    for each in proposed:
        assert ("fails-today" in each.case.tags) != each.passes
        assert "proposed" in each.case.tags
        if each.kind == "answerable":
            answer = ask(LOCAL, Question(each.case.question, each.case.as_of), briefing)
            quoted = each.case.expected.quotes[0].text or ""
            shown = any(stands(quoted, evidence.quote) for evidence in answer.evidence)
            assert shown or not each.passes


def test_the_note_holds_the_sentence_that_a_person_judges_by(proposed: tuple[Proposal, ...]) -> None:
    assert all(each.statement.text in each.case.note for each in proposed)


def test_proposals_are_spread_over_documents(proposed: tuple[Proposal, ...]) -> None:
    uris = [each.statement.document.uri for each in proposed if each.kind == "answerable"]
    assert len(set(uris)) >= 4


def test_the_same_seed_proposes_the_same_and_another_seed_others(
    briefing: Desk, proposed: tuple[Proposal, ...]
) -> None:
    again = proposals(briefing, Wanted(24, ("answerable",)), ByRule())
    first = [next(again).case for _ in range(3)]
    assert first == [each.case for each in proposed[:3]]
    other = proposals(briefing, Wanted(24, ("answerable",), seed=7), ByRule())
    assert [next(other).case for _ in range(3)] != first


def test_what_is_known_already_is_not_proposed_again(briefing: Desk, proposed: tuple[Proposal, ...]) -> None:
    known = frozenset(each.case.id for each in proposed)
    more = tuple(proposals(briefing, Wanted(4, ("answerable",), known=known), ByRule()))
    assert more
    assert not known & {each.case.id for each in more}


def test_unanswerable_questions_leave_their_document_out(proposed: tuple[Proposal, ...]) -> None:
    removed = [each for each in proposed if each.kind == "unanswerable"]
    assert all(each.statement.document.uri in each.case.without for each in removed)
    assert all(each.case.expected.answerable is False and not each.case.expected.quotes for each in removed)


FERRY = brief(
    "ferry.md", "Mayor Ana Prado said that the new ferry is loud but safe.", title="Porto", published="2024-05-01"
)
OTHER = brief("bread.md", "The Faro bakery bakes bread from rye every night.", title="Bread")


def test_a_document_that_says_the_same_is_left_out_too(tmp_path: Path) -> None:
    copy = brief("copy.md", "Mayor Ana Prado said that the new ferry is loud, but safe.", title="Harbour")
    with desk(tmp_path, FERRY, copy, OTHER) as at:
        found = made(at, "unanswerable")
    assert [set(each.case.without) for each in found] == [{"ferry.md", "copy.md"}]


def test_a_question_that_the_rest_still_answers_is_not_unanswerable(tmp_path: Path) -> None:
    again = brief("again.md", "Ana Prado also praised the new ferry for its speed.", title="Harbour")
    with desk(tmp_path, FERRY, again, OTHER) as at:
        assert "What did Ana Prado say about the new ferry?" not in questions(made(at, "unanswerable"))


def test_a_question_that_another_sentence_answers_as_well_is_not_asked(tmp_path: Path) -> None:
    rival = brief("rival.md", "Ana Prado said that the new ferry needs more sailors.", published="2024-04-01")
    with desk(tmp_path, FERRY, rival, OTHER) as at:
        assert "What did Ana Prado say about the new ferry?" not in questions(made(at))


def test_of_a_question_that_is_only_answered_anew_later_the_day_is_asked(tmp_path: Path) -> None:
    later = brief("later.md", "Ana Prado said that the new ferry needs more sailors.", published="2024-06-01")
    with desk(tmp_path, FERRY, later, OTHER) as at:
        days = {each.statement.document.uri: each.case.as_of for each in made(at)}
    assert days["ferry.md"] == date(2024, 5, 1)


def test_a_newer_statement_of_one_source_is_proposed_as_superseding(tmp_path: Path) -> None:
    older = brief(
        "older.md", "Coast Lines hired 240 sailors for the Porto ferry.", publisher="Post", published="2024-05-01"
    )
    newer = brief(
        "newer.md", "Coast Lines hired 310 sailors for the Porto ferry.", publisher="Post", published="2024-05-20"
    )
    with desk(tmp_path, older, newer, OTHER) as at:
        (found,) = made(at, "superseded")
    assert found.case.question == "How many sailors did Coast Lines hire for the Porto ferry?"
    assert found.case.expected.differs == "superseded"
    assert [each.document for each in found.case.expected.quotes] == ["newer.md"]
    assert found.passes


def test_documents_that_agree_make_no_pair(tmp_path: Path) -> None:
    one = brief(
        "one.md", "Coast Lines hired 240 sailors for the Porto ferry.", publisher="Post", published="2024-05-01"
    )
    two = brief("two.md", "For the Porto ferry 240 sailors were hired.", publisher="Post", published="2024-05-20")
    with desk(tmp_path, one, two, OTHER) as at:
        assert made(at, "superseded") == ()


def test_nothing_is_proposed_from_what_the_asker_may_not_read(tmp_path: Path) -> None:
    secret = brief("secret.md", "Coast Lines paid €40 million for the Faro pier.", readers=("board",))
    with desk(tmp_path, FERRY, secret, OTHER) as at:
        for readers in ((), ("press",)):
            found = made(at, "answerable", "unanswerable", "superseded", "paraphrase", readers=readers)
            assert found
            assert "Faro pier" not in str([each.case for each in found])
            assert {each.case.readers for each in found} == {readers}
        theirs = made(at, readers=("board",))
    assert "How much did Coast Lines pay for the Faro pier?" in questions(theirs)


def test_the_asker_s_own_pair_takes_nothing_from_what_they_may_not_read(tmp_path: Path) -> None:
    older = brief(
        "older.md", "Coast Lines hired 240 sailors for the Porto ferry.", publisher="Post", published="2024-05-01"
    )
    newer = brief(
        "newer.md", "Coast Lines hired 310 sailors for the Porto ferry.", publisher="Post", published="2024-05-20",
        readers=("board",),
    )  # fmt: skip
    with desk(tmp_path, older, newer) as at:
        assert made(at, "superseded", readers=()) == ()


def test_documents_in_other_languages_are_passed_over(tmp_path: Path) -> None:
    german = Document("de.md", "Ana Prado said that the new ferry is loud.", "x", ("public",), language="de")
    with desk(tmp_path, german) as at:
        assert list(documents(at.corpus, LOCAL, 0)) == []
        assert made(at) == ()


def test_publishers_take_turns(tmp_path: Path) -> None:
    many = [brief(f"post-{at}.md", f"Note {at} of the Post.", publisher="Post") for at in range(9)]
    few = [brief(f"gazette-{at}.md", f"Note {at} of it.", publisher="Gazette") for at in range(2)]
    with desk(tmp_path, *many, *few) as at:
        first = [each.publisher for each in documents(at.corpus, LOCAL, 3)][:4]
    assert sorted(map(str, first)) == ["Gazette", "Gazette", "Post", "Post"]


def test_statements_are_lines_of_their_own_with_what_stands_before() -> None:
    first, second = statements(brief("a.md", "The ferry of  Porto is loud today. It will be mended soon, they say."))
    assert (first.text, first.before) == ("The ferry of Porto is loud today.", "")
    assert second.before.strip() == "The ferry of  Porto is loud today."


def test_ids_are_readable_and_tell_kinds_apart() -> None:
    one = case_id("Who is Ana Prado?", "answerable", "a.md")
    assert one.startswith("who-is-ana-prado-")
    assert one != case_id("Who is Ana Prado?", "unanswerable", "a.md")
    assert case_id("¿¿??", "answerable", "a.md").startswith("case-")


def test_an_answer_of_a_word_or_two_is_quoted_with_its_sentence(tmp_path: Path) -> None:
    founder = brief("founder.md", "Maria Lund founded Coast Lines of Porto.")
    with desk(tmp_path, founder, OTHER) as at:
        (found,) = [each for each in made(at) if each.rule == "who did"]
    assert found.case.expected.quotes == (Quoted("Maria Lund founded Coast Lines of Porto.", "founder.md"),)
    assert found.case.expected.says == (("Maria Lund", "Lund"),)
