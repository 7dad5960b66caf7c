"""What the rules stand on: signs, moods, roles, clauses side by side, parts of a sentence, and the measurement."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.alteration.altered import ALTERATIONS, alter
from evals.alteration.report import BRIEFS, Outcome, Stated, altered, faithful, outcomes, read_briefs, report, verbatim
from index.document import Document
from rag.checking.counterpart import nearest, sides
from rag.checking.mood import Mood
from rag.checking.parts import parts
from rag.checking.predication import is_negative, predication
from rag.checking.roles import roles
from rag.checking.saying import MOST_CITED, case, cited, coverage
from rag.checking.yes_no import Reply, reply
from rag.ground import Ground
from rag.language.speaker import speakers
from rag.language.verbs import is_past, lemma
from rag.verdict import Verdict


def signs(sentence: str) -> dict[str, int]:
    return {word.text: word.sign for word in predication(sentence).words}


@pytest.mark.parametrize(
    ("sentence", "word", "sign"),
    [
        ("Putin rejected the plan.", "rejected", -1),
        ("Putin did not reject the plan.", "reject", 1),
        ("Putin did not read the plan.", "read", -1),
        ("Putin did not read the plan.", "plan", 0),
        ("Peskov denied that Putin had read the plan.", "read", -1),
        ("Peskov did not deny that Putin had read the plan.", "read", 1),
        ("It is not true that Putin had read the plan.", "read", -1),
        ("He refused to read the plan.", "read", -1),
        ("He did not refuse to read the plan.", "read", 1),
        ("The two held no secret talks.", "talks", -1),
        ("The two held no secret talks.", "held", -1),
        ("No talks about it were held.", "held", -1),
        ("Nobody read the plan.", "read", -1),
        ("Nothing that he wrote is published.", "published", -1),
        ("They left without reading it.", "reading", -1),
        ("They left without reading it.", "left", 1),
        ("A deal is out of reach.", "reach", -1),
        ("He was not only read but praised.", "read", 1),
        ("They prevented him from reading it.", "reading", -1),
    ],
)
def test_a_negation_reaches_what_it_governs(sentence: str, word: str, sign: int) -> None:
    assert signs(sentence)[word] == sign


def test_a_sentence_is_negative_by_its_negations_and_by_words_that_say_a_contrary() -> None:
    assert is_negative("He never left.")
    assert is_negative("He rejected it.")
    assert not is_negative("He left, and took it along.")


@pytest.mark.parametrize(
    ("sentence", "word", "mood"),
    [
        ("He closed the gate.", "closed", "fact"),
        ("He has already closed the gate.", "closed", "fact"),
        ("The gate was closed.", "closed", "fact"),
        ("The gate is closed.", "closed", "present"),
        ("He may close the gate.", "close", "possible"),
        ("He can close the gate.", "close", "can"),
        ("The club can announce a new coach.", "announce", "present"),
        ("He must close the gate.", "close", "must"),
        ("He has to close the gate.", "close", "must"),
        ("He will soon close the gate.", "close", "future"),
        ("He said he would close the gate.", "close", "would"),
        ("He plans to close the gate.", "close", "planned"),
        ("He is considering closing the gate.", "closing", "planned"),
        ("If he closed the gate, it would help.", "closed", "possible"),
        ("Closing the gate helps.", "gate", "unclear"),
    ],
)
def test_how_a_word_is_put(sentence: str, word: str, mood: Mood) -> None:
    assert {each.text: each.mood for each in predication(sentence).words}[word] == mood


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Putin rejected the plan.", ("putin", "does", "reject")),
        ("The plan was rejected by Putin.", ("putin", "does", "reject")),
        ("Putin and Xi rejected the plan.", ("xi", "does", "reject")),
        ("Borland was sued.", ("borland", "done", "sued")),
        ("The court fined Borland.", ("borland", "done", "fin")),
        ("Trump's envoys left.", ("trump", "owns", "envo")),
        ("The envoys of Donald Trump left.", ("trump", "owns", "envo")),
        ("Ukrainian troops left.", ("ukraine", "owns", "troop")),
        ("Peskov said that it is over.", ("peskov", "speaks", "")),
        ("They met in Geneva.", ("geneva", "in", "")),
    ],
)
def test_where_a_name_stands(sentence: str, role: tuple[str, str, str]) -> None:
    assert role in {(each.name, each.relation, each.of) for each in roles(sentence)}


def test_everybody_who_speaks_is_named() -> None:
    assert set(speakers("Reuters reported that Peskov said it is over.")) == {"Reuters", "Peskov"}
    assert speakers("It is over.") == ()


def test_clauses_are_set_beside_those_that_share_most() -> None:
    (mine,) = sides("Ukraine would have to sign away land.")
    alike, shared = nearest(mine, sides("Ukraine would not be asked to sign away land, but the talks go on."))
    assert [each.negated for each in alike] == [True]
    assert shared == 4


def test_a_sentence_is_parted_only_where_it_names_two_sources() -> None:
    one, other = Ground("It has 28 points.", "RT"), Ground("It has 19 points.", "Reuters")
    claim = "RT says it has 28 points, while Reuters says 19."
    assert parts(claim, (one, other)) == (("RT says it has 28 points", (one,)), ("Reuters says 19.", (other,)))
    assert parts("It has 28 points, while others say 19.", (one, other)) == (
        ("It has 28 points, while others say 19.", (one, other)),
    )
    assert parts(claim, (one,)) == ((claim, (one,)),)


@pytest.mark.parametrize(
    ("claim", "question", "affirms", "rest"),
    [
        ("Yes.", "Did they meet?", True, ""),
        ("No, they did not meet.", "Did they meet?", False, "they did not meet."),
        ("No talks were held.", "Were talks held?", None, "No talks were held."),
        ("Yes, according to RT.", "Did they meet?", True, ""),
        ("Five hours.", "How long did it last?", None, "it last, five hours."),
        ("They met in Geneva.", "Where did they meet?", None, "They met in Geneva."),
    ],
)
def test_an_answer_is_read_with_its_question(claim: str, question: str, affirms: bool | None, rest: str) -> None:
    found = reply(claim, question)
    assert (found.affirms, found.rest) == (affirms, rest)
    assert reply("They met.", None) == Reply(None, "They met.", None)


def test_coverage_is_the_share_of_what_is_spoken_of() -> None:
    ground = Ground("The bridge was closed in May.", title="Harbour")
    assert coverage("The bridge was closed.", [ground]) == 1.0
    assert coverage("The Harbour bridge was painted.", [ground]) == pytest.approx(2 / 3)
    assert coverage("", [ground]) == 1.0


def test_only_what_has_half_of_the_claim_is_close_in_an_article() -> None:
    claim, quote = "The bridge was closed by the council.", "The council closed the bridge."
    others = [Ground(f"The council met {count} times about other matters.") for count in range(MOST_CITED)]
    long = case(claim, [*others, Ground(quote)])
    assert cited(long.grounds) == MOST_CITED + 1
    assert not long.are_few
    assert [each.text for each in long.close] == [quote]


def test_forms_of_verbs() -> None:
    assert lemma("stopped") == lemma("stopping") == lemma("stop")
    assert lemma("withdrawn") == "withdraw"
    assert is_past("held")
    assert not is_past("exceed")


@pytest.fixture(scope="module")
def briefs() -> tuple[Document, ...]:
    return read_briefs(BRIEFS)


def test_every_faithful_sentence_rests_on_quotes_of_the_briefs(briefs: tuple[Document, ...]) -> None:
    stated = faithful(briefs)
    assert len(stated) >= 120
    assert {each.origin for each in stated} == {"first", "second"}
    assert all(each.grounds and each.kind is None for each in stated)


def test_a_faithful_sentence_without_its_quote_is_an_error(briefs: tuple[Document, ...], tmp_path: Path) -> None:
    file = tmp_path / "faithful.tsv"
    file.write_text("first\tno-brief.md\tNo such quote.\tA sentence.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no-brief\.md has no sentence"):
        faithful(briefs, file)


def test_over_two_hundred_altered_sentences_are_made(briefs: tuple[Document, ...]) -> None:
    made = altered((*verbatim(briefs), *faithful(briefs)))
    assert len(made) > 200
    assert {each.kind for each in made} == set(ALTERATIONS)
    assert made == altered((*verbatim(briefs), *faithful(briefs)))


def test_the_report_counts_what_is_refused() -> None:
    ground = Ground("The talks lasted five hours.")
    true = Stated(ground.quote, (ground,), "verbatim")
    false = Stated(alter(ground.quote, "number") or "", (ground,), "verbatim", "number")
    refuse = Verdict("contradicted", 0.0, ("the quotes say five hours",))
    found = outcomes([true, false], lambda claim, _: Verdict("supported", 1.0) if claim == ground.quote else refuse)
    assert [each.refused for each in found] == [False, True]
    lines = report(found).splitlines()
    assert next(line for line in lines if "number" in line).split()[1:4] == ["1", "of", "1"]
    assert next(line for line in lines if "verbatim" in line).split()[1:4] == ["0", "of", "1"]
    assert report([Outcome(true, refuse)]).splitlines()[-3].split()[1:4] == ["1", "of", "1"]
