"""A follow-up is asked so that it stands alone; what stands alone already is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.conversation import Turn
from rag.following.leaning import leaning
from rag.followup import Resolved, resolve
from rag.language.phrases import names, phrases

PLAN = "What did Putin say about the plan?"


def resolved(question: str, *before: Turn | str) -> Resolved:
    """What `resolve` returns without a model, which must not wait for anything."""
    resolving = resolve(question, [Turn(each) if isinstance(each, str) else each for each in before], None)
    try:
        next(resolving)
    except StopIteration as ended:
        result = ended.value
        assert isinstance(result, Resolved)
        return result
    raise AssertionError("nothing is waited for without a model")


ASKED_ANEW = [
    # somebody else
    (PLAN, "What about Zelenskyy?", "What did Zelenskyy say about the plan?"),
    (PLAN, "And Volodymyr Zelensky?", "What did Volodymyr Zelensky say about the plan?"),
    (PLAN, "How about Trump", "What did Trump say about the plan?"),
    (PLAN, "And Trump's?", "What did Trump say about the plan?"),
    (PLAN, "No, I meant Merz", "What did Merz say about the plan?"),
    ("What does Reuters say about the plan?", "And RT?", "What does RT say about the plan?"),
    ("What are Putin's stated conditions?", "And Zelensky's?", "What are Zelensky's stated conditions?"),
    ("What did Putin say to Witkoff in Moscow?", "And to Kushner?", "What did Putin say to Kushner in Moscow?"),
    (
        "What did the Moscow desk report on 3 December 2025?",
        "And the Brussels desk?",
        "What did the Brussels desk report on 3 December 2025?",
    ),
    # something else
    ("What did Putin say about NATO?", "What about sanctions?", "What did Putin say about sanctions?"),
    ("What does the bank charge for a secured loan?", "What about unsecured loans?", None),
    (
        "How does a bank make money on a secured loan?",
        "What about unsecured loans?",
        "How does a bank make money on unsecured loans?",
    ),
    # another time
    ("What did Putin say about the plan in 2025?", "And in 2024?", "What did Putin say about the plan in 2024?"),
    (PLAN, "and in June 2024?", "What did Putin say about the plan in June 2024?"),
    (
        "What did Peskov say on 3 December 2025?",
        "What about 20 November 2025?",
        "What did Peskov say on 20 November 2025?",
    ),
    ("What was reported in June 2024?", "What about last year?", "What was reported last year?"),
    (PLAN, "And since March 2024?", "What did Putin say about the plan since March 2024?"),
    (PLAN, "Since March 2024?", "What did Putin say about the plan since March 2024?"),
    (PLAN, "Before 2025?", "What did Putin say about the plan before 2025?"),
    (PLAN, "June 2024?", "What did Putin say about the plan in June 2024?"),
    # another respect
    ("Did Putin reject the American plan?", "Why?", "Why did Putin reject the American plan?"),
    ("When did the talks take place?", "Where?", "Where did the talks take place?"),
    ("So when did the talks take place?", "And where?", "Where did the talks take place?"),
]


@pytest.mark.parametrize(("before", "question", "understood"), [case for case in ASKED_ANEW if case[2]])
def test_the_question_before_is_asked_anew(before: str, question: str, understood: str) -> None:
    assert resolved(question, before) == Resolved(understood, "words")


@pytest.mark.parametrize("question", ["And what does it cost?", "What about the bridge?"])
def test_a_follow_up_that_is_asked_once_more_takes_the_place_of_no_word_of_itself(question: str) -> None:
    first = resolved(question, "When does the ferry leave?")
    again = resolved(question, "When does the ferry leave?", first.text)
    assert again.text == f"{question} (about: ferry leave)"


@pytest.mark.parametrize("question", ["And what changed?", "And according to the Wire?"])
def test_what_takes_the_place_of_no_part_of_the_question_before_is_put_behind_it(question: str) -> None:
    assert resolved(question, PLAN).text == f"{question} (about: Putin, plan)"


def test_what_stood_behind_the_question_before_stands_behind_the_one_that_asks_it_anew() -> None:
    price = resolved("And what does it cost?", "When does the ferry leave?")
    assert price.text == "And what does it cost? (about: ferry leave)"
    later = resolved("And in June 2024?", "When does the ferry leave?", price.text)
    assert later.text == "what does it cost in June 2024? (about: ferry leave)"


PRONOUNS = [
    ("What are Putin's conditions?", "", "What did he say later?", "What did Putin say later about conditions?"),
    ("What are Putin's conditions?", "", "And what did he say later?", "What did Putin say later about conditions?"),
    ("Who is Putin?", "", "Did he reject it?", "Did Putin reject it?"),
    ("What did Putin say to Trump about Kyiv?", "", "What did he offer?", "What did Putin offer?"),
    ("What did Zelensky say?", "", "What was his answer to Trump?", "What was Zelensky's answer to Trump?"),
    ("What did Merkel demand?", "", "Did she say so in 2015?", "Did Merkel say so in 2015?"),
    ("What did Merkel demand?", "", "Who opposed her?", "Who opposed Merkel?"),
    ("Who was Tecumseh?", "", "When did he die?", "When did Tecumseh die?"),
    (
        "What is the 28-point plan?",
        "",
        "What does it demand of Ukraine?",
        "What does the 28-point plan demand of Ukraine?",
    ),
    ("What are alkaloids?", "", "How are they used in medicine?", "How are alkaloids used in medicine?"),
    ("Tell me about the peace formula.", "", "Who wrote it?", "Who wrote the peace formula?"),
    ("What are Putin's conditions?", "", "Which of these are new?", "Which of Putin's conditions are new?"),
    (
        "What are Putin's stated conditions?",
        "",
        "Has Kyiv accepted them?",
        "Has Kyiv accepted Putin's stated conditions?",
    ),
    (
        "Who is the spokesman of the Kremlin?",
        "Dmitry Peskov is the spokesman of the Kremlin.",
        "What did he say about the talks?",
        "What did Dmitry Peskov say about the talks?",
    ),
]


@pytest.mark.parametrize(("before", "answer", "question", "understood"), PRONOUNS)
def test_a_pronoun_is_replaced_where_it_can_mean_one_thing(
    before: str, answer: str, question: str, understood: str
) -> None:
    assert resolved(question, Turn(before, answer)) == Resolved(understood, "words")


CARRIED = [
    ("Did Putin and Trump meet in Anchorage?", "What did he say?", ("Putin", "Trump", "Anchorage")),
    ("What did Putin and Trump discuss?", "Anything else?", ("Putin", "Trump", "discuss")),
    ("Who are the envoys that met Putin?", "What did the other one say?", ("envoys", "met Putin")),
    ("What is the 28-point plan?", "Who wrote the plan?", ("28-point plan",)),
    ("What does Zelensky's peace formula demand?", "Which is more important?", ("Zelensky", "peace formula")),
    ("putin conditions for talks", "what about nato", ("putin conditions",)),
    ("What did Peskov say about the consultations?", "But why?", ("Peskov", "consultations")),
    (PLAN, "And the Kremlin?", ("Putin", "plan")),
    ("What does the bank charge for a secured loan?", "How much?", ("bank charge", "secured loan")),
]


@pytest.mark.parametrize(("before", "question", "topic"), CARRIED)
def test_what_cannot_be_put_in_its_place_is_named_behind_the_question(
    before: str, question: str, topic: tuple[str, ...]
) -> None:
    found = resolved(question, before)
    assert found.by == "words"
    assert found.text.startswith(f"{question} (about: ")
    assert all(phrase in found.text for phrase in topic), found.text


STANDING_ALONE = [
    "What are Putin's stated conditions?",
    "What did Putin say when he met Trump?",
    "Did Putin say that he would go?",
    "Is it true that Kyiv accepted the plan of Washington?",
    "How long does it take to get a permit in Danville?",
    "What did NATO promise to its members?",
    "Are there any talks between Moscow and Washington?",
    "What is inflation?",
    "How do bonds work and how are they taxed?",
    "Who wrote the draft that Axios described?",
    "What did Peskov say this week about Ukraine?",
    "And what did Trump say about NATO?",
    "Thanks. When was Zelensky elected?",
    "What does the 28-point plan demand of Ukraine?",
    "Which ports are accessible from the public internet?",
    "Do I need a lawyer for civil cases?",
    "IBM Cloud Certification",
    "What happened between 2022 and 2024 in Ukraine?",
    "Does the Moscow desk say who met Putin?",
]


@pytest.mark.parametrize("question", STANDING_ALONE)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    before = Turn("What do Merz and Macron say about the price of gas?", "Friedrich Merz called it high.")
    assert resolved(question, before) == Resolved(question, "question")


@pytest.mark.parametrize(
    "question",
    [
        "What did he say later?", "Why?", "What about Zelenskyy?", "And in 2024?", "How does it work?",
        "Anything else?",
        "Are those the only steps?", "Who collects these data?", "Is it called another name?", "And then what?",
        "What happened there?", "Which one is better?", "Did they agree?", "What was her reply?",
        "What do you mean by that?",
        "So who wrote it?", "Do the others agree?", "Has Kyiv accepted it?", "How much?", "What happened next?",
    ],
)  # fmt: skip
def test_a_question_that_leans_is_seen_to(question: str) -> None:
    assert leaning(question) is not None


def test_nothing_before_leaves_nothing_to_carry() -> None:
    assert resolved("What did he say later?") == Resolved("What did he say later?", "question")
    assert resolved("Why?", "Thanks!") == Resolved("Why?", "question")


def test_thanks_between_two_questions_are_passed_over() -> None:
    found = resolved("And in 2024?", "What did Putin say in 2025?", "Thank you!", "OK, great.")
    assert found.text == "What did Putin say in 2024?"


def test_the_chain_of_follow_ups_keeps_its_topic() -> None:
    history: list[Turn] = []
    for question in ("What are Putin's conditions for talks?", "Has Kyiv accepted them?", "Why not?"):
        history.append(Turn(resolved(question, *history).text))
    assert "Putin's conditions" in history[1].question
    assert "Kyiv" in history[2].question
    assert "conditions" in history[2].question


def test_only_the_last_turns_are_looked_at() -> None:
    old, many = Turn("What did Putin say?"), [Turn("Thanks!")] * 6
    assert resolved("Why?", old, *many).by == "question"
    assert resolved("Why?", old, *many[:5]).by == "words"


def test_an_answer_tells_whom_a_pronoun_means_and_nothing_else() -> None:
    before = Turn(
        "Which aide spoke to reporters?", "Yury Ushakov spoke of great potential. The moon is made of cheese."
    )
    text = resolved("What did he say?", before).text
    assert "Yury Ushakov" in text
    assert "cheese" not in text
    assert "potential" not in text


def test_two_people_in_an_answer_are_not_guessed_between() -> None:
    before = Turn("Which envoys came?", "Steve Witkoff and Jared Kushner came.")
    assert resolved("What did he say?", before).text == "What did he say? (about: envoys came)"


def test_a_date_is_not_carried_into_a_bound() -> None:
    from rag.understand import Bounds, understand

    found = resolved("What did they say afterwards?", "What did the ministers say in June 2024?")
    query = understand(found.text)
    assert "June 2024" in found.text
    assert Bounds(query.earliest, query.latest) == Bounds()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What are Putin's stated conditions for peace talks?", ("Putin", "conditions", "peace talks")),
        ("Did Putin and Trump meet Witkoff in Moscow?", ("Putin", "Trump", "meet", "Witkoff", "Moscow")),
        ("What is the basis of the Rule of Law in the United Kingdom?", ("basis", "Rule of Law", "United Kingdom")),
        ("How do I set up network connectivity?", ("network connectivity",)),
        ("Thanks!", ()),
        ("What did he say about it?", ()),
    ],
)
def test_phrases_say_what_a_question_is_about(text: str, expected: tuple[str, ...]) -> None:
    assert phrases(text) == expected


def test_names_are_told_from_the_capital_of_a_first_word() -> None:
    assert [name.text for name in names("Major characters of The Walking Dead")] == ["Walking Dead"]
    assert [(name.text, name.is_person) for name in names("Putin's talks with NATO in Moscow")] == [
        ("Putin", True),
        ("NATO", False),
        ("Moscow", False),
    ]


VOCABULARY = """what did he say about the plan and in 2024 Putin Zelensky it they why how them his that this one
other Kyiv talks when where who (about: ) ? , . 's Reuters NATO there then also the"""
WORDS = st.sampled_from(VOCABULARY.split())
QUESTIONS = st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=120))


@given(QUESTIONS, st.lists(st.builds(Turn, QUESTIONS, QUESTIONS), max_size=4))
@example("Why?", [Turn("Did", "")])
@example("her?", [Turn("What did Merkel's", "")])
def test_any_question_is_resolved_and_stays_as_long_as_it_may(question: str, history: list[Turn]) -> None:
    found = resolved(question, *history)
    assert len(found.text) <= max(len(question), 300) + 300
    assert (found.by == "question") == (found.text == question)


@given(QUESTIONS, st.lists(st.builds(Turn, QUESTIONS, QUESTIONS), max_size=4))
@example("he his", [Turn("what Putin", "")])
def test_resolving_twice_is_resolving_once(question: str, history: list[Turn]) -> None:
    once = resolved(question, *history).text
    assert resolved(once, *history).text == once


@given(st.text(min_size=501, max_size=3_000))
def test_a_text_as_long_as_a_document_is_left_as_it_is(question: str) -> None:
    assert resolved(question, PLAN) == Resolved(question, "question")
