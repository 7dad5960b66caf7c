"""From sentences to questions by grammar: what is asked, what is expected, and what is better not asked at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.proposing.asking_counts import alternatives
from evals.proposing.asking_words import topic
from evals.proposing.clause import clause
from evals.proposing.lexicon import Form, finite, participle, past_of, third_person
from evals.proposing.rules import wordings
from evals.proposing.wording import Wording, new_words, sound

ASKED = {
    # who said what
    "Kremlin spokesman Dmitry Peskov denied on Wednesday that Putin had rejected the American plan.": (
        "What did Dmitry Peskov deny about the American plan?"
    ),
    "Peskov said that a settlement has to remove the root causes of the war.": (
        "What did Peskov say about a settlement?"
    ),
    "The Kremlin says that any deal must deal with the root causes of the war.": (
        "What does the Kremlin say about the root causes of the war?"
    ),
    "On Thursday the Ministry of Health said that no talks with Denmark about a vaccine for cattle were under way.": (
        "What did the Ministry of Health say about talks with Denmark?"
    ),
    "LISBON (Coast News) - Mayor Ana Prado said on Friday that the new ferry would sail at night.": (
        "What did Ana Prado say about the new ferry?"
    ),
    "“The new ferry is loud but safe,” Mayor Ana Prado said on Friday.": "What did Ana Prado say about the new ferry?",
    "The new ferry is loud but safe, Ana Prado said.": "What did Ana Prado say about the new ferry?",
    "According to Ana Prado, the new ferry is loud but safe in a storm.": "What did Ana Prado say about the new ferry?",
    "Speaking to reporters in Porto, Ana Prado said that the new ferry is loud but safe.": (
        "What did Ana Prado say about the new ferry?"
    ),
    "Ana Prado, the mayor, told parliament that the new ferry is loud but safe.": (
        "What did Ana Prado say about the new ferry?"
    ),
    "Axios reported that Ukraine would hand over parts of its east.": (
        "According to Axios, what would Ukraine hand over?"
    ),
    "The minister's aide Jan Kos has confirmed that the tunnel fees will rise next year.": (
        "What has Jan Kos confirmed about the tunnel fees?"
    ),
    # what somebody did
    "Ana Prado urged Spain to open the Douro locks at night.": "What did Ana Prado urge Spain to do?",
    "Norway and Sweden agreed to share the cost of the cable.": "What did Norway and Sweden agree to do?",
    "Ana Prado refused to sign the ferry contract.": "What did Ana Prado refuse to do?",
    "Porto's harbour pilots are expected to vote on the offer in May.": (
        "What are Porto's harbour pilots expected to do?"
    ),
    "Ana Prado accused the harbour board of hiding the noise report.": (
        "What did Ana Prado accuse the harbour board of?"
    ),
    "Jan Kos was convicted of selling forged ferry tickets.": "What was Jan Kos convicted of?",
    "Jan Kos was sentenced to four years in prison.": "What was Jan Kos sentenced to?",
    "Ana Prado described the ferry contract as a gift to the builders.": (
        "How did Ana Prado describe the ferry contract?"
    ),
    "Ana Prado called for an independent inquiry into the noise.": "What did Ana Prado call for?",
    "Ana Prado has demanded that Spain open the Douro locks at night.": "What has Ana Prado demanded of Spain?",
    "Ana Prado stated her conditions for a contract on Friday: quieter engines and a lower fare.": (
        "What were Ana Prado's conditions for a contract?"
    ),
    "Ana Prado outlined the conditions for the contract, stating that the engines must be quieter.": (
        "What conditions did Ana Prado outline for the contract?"
    ),
    "Captain Jan Kos died of a rare fever.": "What did Jan Kos die of?",
    # figures
    "The Lisbon talks lasted almost five hours.": "How long did the Lisbon talks last?",
    "Before he flew home, Jan Kos had sat with a Danish delegation in Oslo for four hours.": (
        "How long had Jan Kos sat with a Danish delegation in Oslo?"
    ),
    "The Porto ferry cost €12 million.": "How much did the Porto ferry cost?",
    "Coast Lines hired 240 sailors in March 2024.": "How many sailors did Coast Lines hire in March 2024?",
    "Coast Lines has 31 ferries.": "How many ferries does Coast Lines have?",
    "Twelve people died in the Porto fire.": "How many people died in the Porto fire?",
    "Ticket sales in Porto rose by 14 percent in 2023.": "By how much did ticket sales in Porto rise in 2023?",
    "Employees must submit travel claims within 30 days.": "Within how many days must employees submit travel claims?",
    "Backups of the Porto office are tested every three months.": ("How often are backups of the Porto office tested?"),
    "Employees may carry over five days of holiday.": "How many days of holiday may employees carry over?",
    # who, when, where, why, what
    "Maria Lund is the director of Coast Lines.": "Who is the director of Coast Lines?",
    "Maria Lund and Jan Kos are the envoys whom Denmark sent to Porto.": (
        "Who are the envoys whom Denmark sent to Porto?"
    ),
    "Maria Lund designed the Porto ferry terminal.": "Who designed the Porto ferry terminal?",
    "The Porto terminal was designed by Maria Lund.": "Who designed the Porto terminal?",
    "The Douro bridge was opened in 1886.": "When was the Douro bridge opened?",
    "In 1998, Maria Lund founded Coast Lines.": "When did Maria Lund found Coast Lines?",
    "The ferry treaty was signed in Porto.": "Where was the ferry treaty signed?",
    "The foreign ministers of Norway and Spain met in Porto.": (
        "Where did the foreign ministers of Norway and Spain meet?"
    ),
    "Coast Lines closed the Faro office because the rent had doubled.": "Why did Coast Lines close the Faro office?",
    "Cormo is a small island in the north of the bay.": "What is Cormo?",
}
CONTEXT = "Few ticket sales were noted, and Trump went home. The backups are safe."
"""What the document of a sentence says beside it."""
UNASKED = [
    "He said that the new ferry is loud but safe.",
    "It lasted five hours.",
    "They agreed to share the cost of the cable.",
    "This will cost €12 million.",
    "Officials said that the new ferry is loud.",
    "The European government official said that the new ferry is loud but safe.",
    "Did Ana Prado refuse to sign the ferry contract?",
    "Ana Prado did not refuse to sign the ferry contract.",
    "Ana Prado said that.",
    "Ana Prado said no.",
    "Ana Prado said that he would come back to it later in the day.",
    "Ana Prado said that those plans are dear to him.",
    "But none of the crates were opened, Ana Prado said.",
    "“It's a shame for all of us,” Ana Prado said.",
    "Share this brief",
    "Advertisement",
    "| Ana Prado | 12 |",
    "Ana Prado has.",
    "A break was wanted in the harbour, the Red Cross said.",
    "The company's executives refused to discuss the subject at length.",
    "The talks held in Moscow lasted long.",
    "Yesterday.",
    "In Article 5 the treaty promises help.",
    "On May 16, Katy Berg was the first judge to be announced by Coast Radio.",
    "Glum is a skilled seamstress with a talent for dolls.",
    "An early version of the plan leaked last week.",
    "The twins were born on the island but were raised by others in 1974.",
]


@pytest.mark.parametrize(("sentence", "question"), ASKED.items())
def test_a_sentence_that_states_something_makes_a_question(sentence: str, question: str) -> None:
    assert question in [each.question for each in wordings(sentence, context=CONTEXT)]


@pytest.mark.parametrize("sentence", UNASKED)
def test_a_sentence_that_leans_or_denies_or_is_none_makes_no_question(sentence: str) -> None:
    assert wordings(sentence) == ()


def test_what_answers_is_the_part_that_was_left_out() -> None:
    said, *_ = wordings("Peskov said that a settlement has to remove the root causes of the war.")
    assert said.answer == "a settlement has to remove the root causes of the war"
    agreed, *_ = wordings("Ana Prado refused to sign the ferry contract.")
    assert agreed.answer == "to sign the ferry contract"


def test_a_second_statement_of_the_speaker_is_no_part_of_the_answer() -> None:
    said, *_ = wordings("Ana Prado said that the new ferry is loud but safe, but added that few will use it.")
    assert said.answer == "the new ferry is loud but safe"


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("The Lisbon talks lasted almost five hours.", (("five", "5"),)),
        ("Coast Lines has 12 ferries.", (("12", "twelve"),)),
        ("Coast Lines has 31 ferries.", (("31",),)),
        ("The Porto ferry cost €12 million.", (("€12 million",),)),
        ("Maria Lund designed the Porto ferry terminal.", (("Maria Lund", "Lund"),)),
        ("The Douro bridge was opened in 1886.", (("1886",),)),
    ],
)
def test_the_figure_the_name_or_the_date_must_be_said(sentence: str, says: tuple[tuple[str, ...], ...]) -> None:
    assert wordings(sentence)[0].says == says


def test_a_pronoun_is_read_as_the_speaker_only_where_one_person_can_be_meant() -> None:
    one = "Mayor Ana Prado said on Friday that she was tired. "
    two = "Mayor Ana Prado said that she was tired. Governor Maria Lund said that she was not. "
    sentence = "She said that the new ferry is loud but safe."
    assert [each.question for each in wordings(sentence, one)] == ["What did Ana Prado say about the new ferry?"]
    assert "Prado" not in str(wordings(sentence, two))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Putin had rejected the American plan", "the American plan"),
        ("there were no formal consultations under way", "formal consultations"),
        ("Norway would rather begin trade talks with Ukraine once the snow melts", "trade talks with Ukraine"),
        ("Trump advisers had drawn up a plan", "Trump advisers"),
        ("the U.S. peace plan is dead", "the US peace plan"),
        ("the lifting of Western sanctions would come first", "the lifting of Western sanctions"),
        ("he would come back to it", None),
        ("the plan is dead", None),
        ("by the end of the week all will be well", None),
        ("at least 212 sailors have been hired", None),
        ("we stand before a week of slow and tedious repair", None),
        ("Norway will act", None),
    ],
)
def test_the_matter_of_a_statement_is_a_noun_phrase_that_says_which(content: str, expected: str | None) -> None:
    assert topic(content, "Dmitry Peskov") == expected


def test_nobody_is_asked_about_themselves() -> None:
    assert topic("Ana Prado's new plan is ready", "Ana Prado") is None


@pytest.mark.parametrize(
    "question",
    [
        "What did he say about the new ferry?",
        "What did Ana Prado say about it?",
        "What did Ana Prado say on Wednesday about the ferry?",
        "What did Ana Prado call for yesterday?",
        "What did the company refuse?",
        "Who?",
        "What did Ana Prado say about the (new) ferry?",
        "What did Ana Prado say about the?",
        "What did Ana Prado say about the the ferry?",
        "What did Ana Prado say about the ferry",
    ],
)
def test_a_question_that_leans_or_is_broken_is_not_sound(question: str) -> None:
    assert not sound(Wording(question, "an answer of quite other words", "said", "Ana Prado"))


def test_a_question_that_holds_its_answer_is_not_sound() -> None:
    question = "How long did the five Lisbon talks last?"
    assert not sound(Wording(question, "five hours", "how long", "the talks", (("five", "5"),)))
    assert not sound(Wording("What did Ana Prado say of the ferry?", "the ferry", "said", "Ana Prado"))


def test_verbs_know_their_forms() -> None:
    assert finite("denied") == Form("deny", "past")
    assert [past_of(verb) for verb in ("stop", "carry", "withdraw", "cost")] == [
        "stopped",
        "carried",
        "withdrew",
        "cost",
    ]
    assert [third_person(verb) for verb in ("stop", "carry", "reach")] == ["stops", "carries", "reaches"]
    assert participle("written") == "write"
    assert finite("table") is None


def test_alternatives_write_a_figure_in_words_and_digits() -> None:
    assert alternatives("five", None) == ("five", "5")
    assert alternatives("20", None) == ("20", "twenty")
    assert alternatives("3", " million") == ("3 million", "three million")
    assert alternatives("4.2", " million") == ("4.2 million",)


SUBJECTS = st.sampled_from(
    ["Ana Prado", "Coast Lines", "The Ministry of Health", "Norway and Sweden", "The mayor", "He"]
)
VERBS = st.sampled_from(
    ["said that", "agreed to", "accused", "lasted", "hired", "has", "was", "described", "must", "is"]
)
WORDS = st.sampled_from(
    """the a ferry Porto of to in by 12 five hours sailors that and, was said plan new on Friday 1998 Spain open as
    because (old) “no” it his more than percent every week""".split()  # noqa: SIM905 - a list of words reads as one
)


@given(SUBJECTS, VERBS, st.lists(WORDS, max_size=12))
def test_whatever_the_sentence_a_question_is_sound_and_its_words_are_the_sentence_s(
    subject: str, verb: str, rest: list[str]
) -> None:
    sentence = f"{subject} {verb} {' '.join(rest)}."
    for wording in wordings(sentence):
        assert wording.question.endswith("?")
        assert not re.search(r"\s{2}|[“”()]", wording.question)
        assert new_words(wording), wording
        assert all(any(each in sentence for each in fact) for fact in wording.says), wording
        names = {word for word in re.findall(r"[A-Z]\w+", wording.question[1:]) if word not in sentence}
        assert not names, wording


@given(st.text(max_size=200))
def test_no_text_breaks_the_grammar(text: str) -> None:
    assert all(each.question.endswith("?") for each in wordings(text))
    told = clause(f"Ana Prado said that {text}.")
    assert told is None or told.verb


def test_a_long_sentence_takes_no_longer_than_its_length() -> None:
    sentence = "Ana Prado said that " + "the new ferry of Porto and " * 4_000 + "the rest is loud."
    assert len(wordings(sentence)) <= 3
