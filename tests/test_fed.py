"""Which documents fed which kept turns: counted for whoever asks, and rewritten for all, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from index.records.conversations import KeptTurn
from index.records.fed import AT_ONCE, Fed
from index.records.records import Records
from tests.clock import NOON

ONE, TWO, THREE = ("1" * 32, "2" * 32, "3" * 32)
TURN = KeptTurn("t", NOON, "What?", None, f'{{"quotes": "{ONE}"}}', frozenset({ONE, TWO}))


@pytest.fixture(params=["in memory", pytest.param("on PostgreSQL", marks=pytest.mark.slow)])
def records(request: pytest.FixtureRequest) -> Iterator[Records]:
    if request.param == "in memory":
        yield Records.in_memory()
        return
    shared = Records.at(request.getfixturevalue("postgres").emptied())
    yield shared
    shared.close()


def keep(records: Records, owner: str, *turns: KeptTurn) -> None:
    begun = records.conversations.begin(owner, "", "About it")
    for turn in turns:
        assert records.conversations.add(owner, begun.id, turn)


def test_what_rests_on_a_document_is_counted_over_everybody(records: Records) -> None:
    keep(records, "user:alice", TURN, replace(TURN, id="u", documents=frozenset({TWO})))
    keep(records, "user:bob", replace(TURN, id="v", asked=NOON + timedelta(hours=1)))
    assert records.conversations.fed(ONE) == Fed(2, NOON + timedelta(hours=1))
    assert records.conversations.fed(TWO) == Fed(3, NOON + timedelta(hours=1))
    assert records.conversations.fed(THREE) == Fed(0, None)


def test_what_rests_on_it_or_names_it_is_rewritten_and_the_rest_is_not(records: Records) -> None:
    named = replace(TURN, id="named", documents=frozenset())
    other = replace(TURN, id="other", answer="untouched", documents=frozenset({TWO}))
    keep(records, "user:alice", TURN, named, other)
    keep(records, "user:bob", replace(TURN, id="bob", answer="fed by it, and names it nowhere"))
    seen: list[tuple[str, str]] = []

    def change(question: str, answer: str) -> str:
        seen.append((question, answer))
        return f"without \ud800 {len(answer)}"

    assert records.conversations.rewrite([ONE, THREE], change) == 3
    assert len(seen) == 3
    for owner, id in (("user:alice", "t"), ("user:alice", "named"), ("user:bob", "bob")):
        turn = records.conversations.turn(owner, id)
        assert turn
        assert (turn.answer.startswith("without"), ONE in turn.documents, turn.question) == (True, False, "What?")
    kept = records.conversations.turn("user:alice", "other")
    assert kept == replace(other, documents=frozenset({TWO}))
    assert records.conversations.fed(ONE) == Fed(0, None)
    assert records.conversations.fed(TWO).turns == 3
    assert records.conversations.rewrite([ONE], lambda question, answer: "") == 0
    assert records.conversations.rewrite([], change) == 0


def test_many_are_rewritten_in_parts(records: Records) -> None:
    keep(records, "user:alice", *(replace(TURN, id=f"t{number}") for number in range(AT_ONCE + 5)))
    ids = [ONE, *(f"{number:032x}" for number in range(AT_ONCE + 5))]
    assert records.conversations.rewrite(ids, lambda question, answer: "{}") == AT_ONCE + 5
    assert records.conversations.fed(ONE).turns == 0


@pytest.mark.parametrize("id", ["%", "_" * 32, "' OR 1=1", "\ud800"])
def test_an_id_that_is_none_names_nothing(records: Records, id: str) -> None:
    keep(records, "user:alice", TURN)
    assert records.conversations.fed(id) == Fed(0, None)
    assert records.conversations.rewrite([id], lambda question, answer: "{}") == 0
