"""The same question in other words: safe changes only, and none that changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.proposing.paraphrases import Spellings, changes, misspelt, paraphrases, respelt
from rag.language.figures import figures

SAID = "What did Ana Prado say about the new harbour programme?"
ASKED = [
    (SAID, "Ana Prado"),
    ("How long did the Porto talks last?", "the Porto talks"),
    ("How many sailors did Coast Lines hire in 2024?", "Coast Lines"),
    ("What does UKIP want Britain to do?", "UKIP"),
    ("Who is the director of Coast Lines?", "Maria Lund"),
    ("When was the Douro bridge opened?", "the Douro bridge"),
    ("What are Porto's pilots expected to do?", "Porto's pilots"),
    ("How long had Witkoff sat with a delegation in Florida?", "Witkoff"),
]


def by_name(question: str, subject: str, spellings: Spellings | None = None) -> dict[str, str]:
    return {name: text for text, name in paraphrases(question, subject, spellings or Spellings())}


@pytest.mark.parametrize(
    ("question", "subject", "change", "expected"),
    [
        (*ASKED[0], "indirect", "Tell me what Ana Prado said about the new harbour programme."),
        (*ASKED[0], "passive", "What was said by Ana Prado about the new harbour programme?"),
        (*ASKED[0], "respelt", "What did Ana Prado say about the new harbour program?"),
        (*ASKED[0], "typed", "what did ana prado say about the new harbour programme"),
        (*ASKED[1], "polite", "Could you tell me how long the Porto talks lasted?"),
        (*ASKED[1], "nominal", "What was the duration of the Porto talks?"),
        (*ASKED[2], "indirect", "Tell me how many sailors Coast Lines hired in 2024."),
        (*ASKED[3], "indirect", "Tell me what UKIP wants Britain to do."),
        (*ASKED[4], "nominal", "What is the name of the director of Coast Lines?"),
        (*ASKED[5], "indirect", "Tell me when the Douro bridge was opened."),
        (*ASKED[6], "nominal", "What is expected of Porto's pilots?"),
        (*ASKED[7], "polite", "Could you tell me how long Witkoff had sat with a delegation in Florida?"),
    ],
)
def test_each_change_reads_as_a_person_would_write_it(question: str, subject: str, change: str, expected: str) -> None:
    assert by_name(question, subject)[change] == expected


def test_a_slip_of_the_pen_is_in_a_long_common_word_and_never_in_a_name() -> None:
    assert misspelt("What did Volodymyr say about the programme?", "", Spellings()) == (
        "What did Volodymyr say about the progarmme?"
    )
    assert misspelt("What did Volodymyr say of it?", "", Spellings()) is None


def test_another_spelling_is_one_that_the_documents_have() -> None:
    spellings = Spellings()
    question = "What did Zelensky say in Kyiv?"
    assert respelt(question, "Zelensky", spellings) is None
    spellings.read("In Kiev, Zelenskyy met an Ukrainian envoy of Ukraine.")
    assert respelt(question, "Zelensky", spellings) == "What did Zelenskyy say in Kyiv?"
    assert respelt("What did Rome say of Kyiv?", "Rome", spellings) == "What did Rome say of Kiev?"
    assert respelt("What did Ukraine say?", "Ukraine", spellings) is None


@pytest.mark.parametrize(("question", "subject"), ASKED)
def test_no_change_leaves_the_question_or_drops_a_figure_or_a_name(question: str, subject: str) -> None:
    found = by_name(question, subject)
    assert question not in found.values()
    assert len(set(found.values())) == len(found)
    for text in found.values():
        assert [each.text for each in figures(text)] == [each.text for each in figures(question)]
        assert all(
            name.lower() in text.lower() for name in ("ana", "coast", "porto", "ukip") if name in question.lower()
        )


def test_turns_begin_with_other_changes() -> None:
    firsts = [next(changes(SAID, "Ana Prado", Spellings(), turn))[1] for turn in range(4)]
    assert len(set(firsts)) == 4


def test_losing_the_question_mark_is_the_last_resort() -> None:
    assert "unmarked" not in [name for _, name in changes(SAID, "Ana Prado", Spellings(), 0)]


@given(st.text(max_size=120), st.text(max_size=20))
def test_no_question_breaks_a_change(question: str, subject: str) -> None:
    assert question not in [text for text, _ in paraphrases(question, subject, Spellings())]
