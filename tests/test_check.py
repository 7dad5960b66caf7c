"""A draft against the library: supported, contradicted or silent, with the quotes that decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL, PUBLIC, Principal
from index.sync import sync
from rag.answer import Evidence
from rag.ask import Desk
from rag.check import Checked, Standing, check
from rag.desk import open_desk
from rag.settings import Settings
from rag.verdict import Verdict
from tests.shelf import brief, shelf

ROOT = Path(__file__).parents[1]
DRAFT = (ROOT / "tests" / "corpus" / "drafts" / "briefing.md").read_text(encoding="utf-8")
# What a person says of each statement of that draft, in order: supported, contradicted, or not there.
GOLD = "SSCN SCSCN CCN SCSCN SCN SSCSCNNNNN".replace(" ", "")
LETTERS: dict[Standing, str] = {"supported": "S", "contradicted": "C", "silent": "N"}

TALKS = (
    "Vladimir Putin said the talks in Moscow lasted five hours.\n"
    "The Kremlin said that Steve Witkoff and Jared Kushner were the envoys who met the president.\n"
)
LATER = "The Kremlin said on Friday that the talks in Moscow had lasted nine hours.\n"
HARBOUR = "The harbour master said that the new crane lifts ninety tonnes.\nIt came by ship from Gdansk in March.\n"
SECRET = "The board decided to close the office in Lisbon next year.\n"
LISBON = "The board will close the office in Lisbon."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("check") / "library"
    documents = (
        brief("talks.txt", TALKS, published="2025-12-03", publisher="The Post", title="Talks end"),
        brief("later.txt", LATER, published="2025-12-20", publisher="The Times"),
        brief("harbour.txt", HARBOUR),
        brief("board.txt", SECRET, readers=("board",), published="2025-01-02"),
    )
    with shelf(folder, documents, default_embedder()):
        pass
    with open_desk(Settings(library=folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("briefing") / "library"
    with Library.open(folder, create=True) as library:
        sync([ROOT / "examples" / "briefing"], library, default_embedder(), readers=(PUBLIC,))
    with open_desk(Settings(library=folder)) as opened:
        yield opened


def only(draft: str, desk: Desk, principal: Principal = LOCAL, as_of: date | None = None) -> Checked:
    [found] = check(principal, draft, desk, as_of)
    return found


def uris(checked: Checked) -> set[str]:
    return {piece.attribution.uri for piece in checked.evidence}


@pytest.mark.parametrize(
    "text", ["Dogs are not allowed in the office in Lisbon.", "Dogs are not carried by the new crane."]
)
def test_what_nothing_denies_and_nothing_says_is_not_contradicted(desk: Desk, text: str) -> None:
    assert only(text, desk).support == "silent"


def test_a_statement_that_is_there_is_supported_by_its_quote(desk: Desk) -> None:
    found = only("The new crane lifts **ninety** tonnes.", desk)
    assert (found.support, found.reasons) == ("supported", ())
    assert found.probability > 0.5
    [piece] = found.evidence
    assert piece.quote == HARBOUR[piece.span.start : piece.span.end]
    assert piece.attribution.uri == "harbour.txt"


def test_another_figure_is_contradicted_and_the_reason_names_both(desk: Desk) -> None:
    found = only("The new crane lifts forty tonnes.", desk)
    assert found.support == "contradicted"
    assert found.probability < 0.5
    assert "ninety tonnes" in " ".join(found.reasons)
    assert "forty tonnes" in " ".join(found.reasons)
    assert uris(found) == {"harbour.txt"}


def test_what_is_only_near_is_silence_not_contradiction(desk: Desk) -> None:
    for draft in (
        "The crane driver earns forty euros an hour.",
        "The weather in Brazil was fine.",
        "Putin said that the winter in Norway lasted nine months.",
    ):
        found = only(draft, desk)
        assert found.support == "silent", draft
        assert found.reasons
        assert all(isinstance(piece, Evidence) for piece in found.evidence)
        assert len(found.evidence) <= 2


def test_the_span_is_the_drafts_own(desk: Desk) -> None:
    draft = "# Note\n\nIt rains. The new crane of the harbour\nlifts [ninety tonnes](x)! Does it?"
    found = tuple(check(LOCAL, draft, desk))
    assert [draft[each.span.start : each.span.end] for each in found] == [
        "It rains.",
        "The new crane of the harbour\nlifts [ninety tonnes](x)!",
    ]
    assert found[1].text == "The new crane of the harbour lifts ninety tonnes!"


def test_a_pronoun_is_looked_for_by_the_names_before_it(briefing: Desk) -> None:
    found = tuple(check(LOCAL, "Rustem Umerov stays at home. He is the secretary for national security.", briefing))
    assert found[1].support == "supported"
    assert "Umerov" in found[1].evidence[0].quote


def test_nobody_checks_against_what_they_may_not_read(desk: Desk) -> None:
    assert only(LISBON, desk).support == "supported"
    for readers in (frozenset[str](), frozenset({PUBLIC})):
        found = only(LISBON, desk, Principal("staff", readers))
        assert found.support == "silent"
        assert "board.txt" not in uris(found)
    board = Principal("board", frozenset({PUBLIC, "board"}))
    assert only(LISBON, desk, board).support == "supported"


def test_as_of_hides_what_came_later(desk: Desk) -> None:
    draft = "The talks in Moscow lasted nine hours."
    assert only(draft, desk).support == "supported"
    before = only(draft, desk, as_of=date(2025, 12, 4))
    assert before.support == "contradicted"
    assert uris(before) == {"talks.txt"}
    assert only(draft, desk, as_of=date(2024, 1, 1)).support == "silent"


def test_statements_come_one_by_one(desk: Desk) -> None:
    coming = check(LOCAL, "The new crane lifts ninety tonnes. " * 50, desk)
    assert next(coming).support == "supported"


def test_a_draft_that_states_nothing_asks_the_library_nothing(desk: Desk) -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"the corpus was asked for {name}")

    closed = replace(desk, corpus=Untouchable())  # type: ignore[arg-type]
    assert tuple(check(LOCAL, "# Heading\n\nWhat now?\n\n```\ncode is here.\n```", closed)) == ()


def test_a_draft_of_thirty_sentences_about_the_briefing(briefing: Desk) -> None:
    """Ten that are true, ten that the briefing denies, ten of which it knows nothing."""
    found = tuple(check(LOCAL, DRAFT, briefing))
    table = Counter(gold + LETTERS[each.support] for gold, each in zip(GOLD, found, strict=True))
    assert Counter(GOLD) == {"S": 10, "C": 10, "N": 10}
    assert table["SS"] >= 9, table
    assert table["CC"] >= 7, table
    assert table["NN"] >= 9, table
    assert table["CS"] <= 2, table
    for each in found:
        assert DRAFT[each.span.start :].startswith(each.text.split()[0])
        assert bool(each.reasons) == (each.support != "supported")
        assert each.evidence or each.support == "silent"


def test_what_is_less_likely_than_not_is_left_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker of answers may let it stand, since an answer is written from its quotes; a draft is not."""
    for probability, support in ((0.49, "silent"), (0.5, "supported")):
        verdict = Verdict("supported", probability)
        monkeypatch.setattr("rag.verify.Verifier.verify", lambda *_, verdict=verdict, **__: verdict)
        found = only("The new crane lifts ninety tonnes.", desk)
        assert (found.support, found.probability) == (support, probability)
        assert bool(found.reasons) == (support == "silent")
