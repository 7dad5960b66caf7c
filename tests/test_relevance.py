"""What the figures of a sentence and of a question say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.language.stance import speaks, wanted_speaker
from rag.language.terms import asked, content_words, holds, rarity, stem, stems
from rag.quoting import coefficients
from rag.quoting.relevance import (
    QUESTION_FIGURES,
    SENTENCE_FIGURES,
    Candidate,
    LinearModel,
    probability,
    question_figures,
    sentence_figures,
)


def candidate(text: str, document: int = 0, title: str = "", before: str = "", seed: int = 0) -> Candidate:
    tokens = np.random.default_rng(seed).standard_normal((5, 8)).astype(np.float32)
    tokens /= np.linalg.norm(tokens, axis=1, keepdims=True)
    return Candidate(document, text, title, before, False, tokens, tokens)


def figure(name: str, question: str, one: Candidate) -> float:
    tokens = np.eye(3, 8, dtype=np.float32)
    row = sentence_figures(asked(question, {}), tokens, wanted_speaker(question), [one])[0]
    return float(row[SENTENCE_FIGURES.index(name)])


def test_model_standardises_and_takes_a_missing_figure_as_the_mean() -> None:
    model = LinearModel(("a", "b"), (1.0, 2.0), (2.0, 4.0), (3.0, 5.0), 0.5)
    scores = model.score(np.array([[3.0, 6.0], [math.nan, 2.0]]))
    assert scores.tolist() == [3.0 + 5.0 + 0.5, 0.5]


def test_model_refuses_figures_without_weights() -> None:
    with pytest.raises(ValueError, match="for each figure"):
        LinearModel(("a", "b"), (0.0,), (1.0,), (1.0,))


def test_probability_stays_in_range_for_any_logit() -> None:
    assert [probability(logit) for logit in (-1e6, 0.0, 1e6)] == [0.0, 0.5, 1.0]
    assert probability(1.0) == pytest.approx(1 / (1 + math.exp(-1)))


def test_shipped_models_have_a_number_for_each_figure() -> None:
    assert coefficients.SENTENCE.figures == SENTENCE_FIGURES
    assert coefficients.ANSWERABLE.figures == QUESTION_FIGURES
    assert 0.0 < coefficients.FLOOR < coefficients.THRESHOLD < 1.0
    assert coefficients.RELEVANT.weight[0] > 0


def test_words_are_met_wherever_they_stand_in_the_sentence() -> None:
    tokens = np.eye(4, 8, dtype=np.float32)
    one = Candidate(0, "a b c d", "", "", False, tokens[::-1], tokens)
    figures = sentence_figures(asked("x", {}), tokens[:2], frozenset(), [one])[0]
    assert figures[SENTENCE_FIGURES.index("words_met")] == pytest.approx(1.0)
    assert figures[SENTENCE_FIGURES.index("meaning")] == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When was it built?", "It was built in 1904.", 1.0),
        ("When was it built?", "It was built of stone.", -1.0),
        ("How long did it last?", "It lasted five hours.", 1.0),
        ("How long did it last?", "It had five rooms.", -1.0),
        ("Who met Adler?", "He met Anna Berg.", 1.0),
        ("Who met Adler?", "He met Adler.", -1.0),
        ("Why did it close?", "It closed because of rain.", 1.0),
        ("What is it?", "It is a bridge.", 0.0),
    ],
)
def test_answer_of_the_asked_kind_is_seen(question: str, sentence: str, expected: float) -> None:
    assert figure("answer_kind", question, candidate(sentence)) == expected


def test_a_new_name_must_not_be_the_questions_own() -> None:
    about = asked("Who met Adler?", {})
    assert not holds("person", "then Paul Adler left", about)
    assert holds("person", "then Anna Berg left", about)
    assert not holds("place", "then Adler left", about)
    assert holds("place", "then Marsk called", about)


def test_context_counts_where_the_sentence_leans_on_it() -> None:
    one = candidate("It was sold in May.", before="The lighthouse was old.")
    assert figure("covered", "lighthouse", one) == 0.0
    assert figure("covered_with_context", "lighthouse", one) == 1.0


def test_document_does_not_count_where_somebodys_words_are_wanted() -> None:
    assert math.isnan(figure("document_rank", "What did Adler say?", candidate("Adler said no.", document=3)))
    assert figure("document_rank", "What is a pier?", candidate("Adler said no.", document=3)) == 0.25


def test_figures_of_a_question_tell_a_missing_name_and_a_missing_speaker() -> None:
    question = "What did Adler say about Marsk?"
    about, tokens, wanted = asked(question, {}), np.eye(3, 8, dtype=np.float32), wanted_speaker(question)
    said = [candidate("Adler said yes."), candidate("The ferry was late.", document=1, seed=1)]
    row = question_figures(about, tokens, wanted, said, sentence_figures(about, tokens, wanted, said))
    by_name = dict(zip(QUESTION_FIGURES, row.tolist(), strict=True))
    assert by_name["name_missing"] == 1.0
    assert by_name["asked_speaker"] == 1.0
    assert math.isnan(by_name["stands_out"])
    assert by_name["asks"] == 1.0


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("what are Putin's stated conditions?", {"putin"}),
        ("What did Dmitry Peskov say about Kiev?", {"dmitr", "peskov"}),
        ("What does Zelensky's peace formula demand?", {"zelensk"}),
        ("According to the World Bank, how fast did it grow?", {"world", "bank"}),
        ("What did the Kremlin say?", {"kremlin"}),
        ("How long did the talks last?", set()),
        ("who sings the song", set()),
        ("Where is Marsk?", set()),
    ],
)
def test_whose_words_a_question_asks_for(question: str, wanted: set[str]) -> None:
    assert wanted_speaker(question) == wanted


def test_a_spokesman_speaks_for_his_house() -> None:
    sentence = "“No,” Kremlin spokesman Dmitry Peskov said."
    assert speaks(frozenset({"kremlin"}), "Dmitry Peskov", sentence)
    assert speaks(frozenset({"peskov"}), "Dmitry Peskov", sentence)
    assert not speaks(frozenset({"trump"}), "Dmitry Peskov", sentence)
    assert not speaks(frozenset({"trump"}), None, sentence)
    assert not speaks(frozenset(), "Dmitry Peskov", sentence)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Macron say about the plan?", {"macron"}),
        ("Who won the 2024 US election?", {"2024", "america"}),
        ("who sang the song", set()),
        ("WHO SANG THE SONG", set()),
        ("Where does the U.S. stand?", {"america"}),
    ],
)
def test_names_of_a_question(question: str, names: set[str]) -> None:
    assert asked(question, {}).names == names


@pytest.mark.parametrize(
    ("name", "text", "is_missing"),
    [
        ("Macron", "Marcos spoke.", True),
        ("Zelensky", "Zelenskiy spoke.", False),
        ("Lugansk", "Luhansk is near.", False),
        ("2024", "It was 2023.", True),
        ("Kyiv", "Kiev is near.", False),
        ("UK", "The United Kingdom voted.", False),
    ],
)
def test_name_counts_as_present_under_a_near_spelling_only(name: str, text: str, is_missing: bool) -> None:
    assert bool(asked(f"What about {name}?", {}).missing(stems(text))) is is_missing


def test_words_of_one_field_count_in_part() -> None:
    about = asked("conditions", {})
    assert about.covered(stems("He set conditions.")) == 1.0
    assert 0.5 < about.covered(stems("He demanded it.")) < 1.0
    assert about.covered(stems("He slept.")) == 0.0


def test_rarer_words_weigh_more() -> None:
    about = asked("white lighthouse", {"white": 0.3, "lighthouse": 0.9})
    assert about.covered({stem("lighthouse")}) > about.covered({stem("white")})


def test_rarity_follows_the_vocabulary_and_ends_at_one() -> None:
    assert 0.0 <= rarity([1_996]) < rarity([5_000]) < rarity([30_000]) <= 1.0
    assert rarity([5_000, 6_000]) == rarity([]) == 1.0


def test_common_words_carry_no_meaning() -> None:
    assert content_words("What did the mayor's office say about it?") == ("mayor", "office")
    assert math.isnan(asked("what is it", {}).covered({"x"}))


def test_rest_of_a_question_is_what_the_title_does_not_hold() -> None:
    rest = asked("When was the harbour of Lindow dredged?", {}).beyond(stems("Harbour of Lindow"))
    assert set(rest.weights) == {stem("dredged")}
