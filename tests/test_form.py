"""What kind of answer a question asks for, however it is put."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Form
from rag.forms.form import bare, form
from rag.language.times import Named, named_times

TODAY = date(2025, 12, 10)

PHRASINGS: dict[Form, tuple[str, ...]] = {
    "yes_no": (
        "Did Putin reject the American plan?",
        "I'd like to know whether Putin rejected the plan.",
        "Do you know if the talks took place?",
        "Is it true that Kyiv accepted the plan?",
        "Putin rejected the plan, right?",
        "Can Ukraine join NATO?",
        "Has the Kremlin confirmed the meeting?",
        "Could you tell me if the deal was signed?",
        "I was wondering whether Zelensky agreed to it",
        "Are those the only steps?",
        "Is Crimea part of the draft?",
        "Does Putin still demand four regions?",
        "Did Putin say when the talks begin?",
        "True or false: Putin turned the plan down",
        "Did Putin and Trump agree to meet?",
        "So, did they meet in Anchorage or not?",
        "Was the plan rejected after the summit on 2 December 2025?",
        "Please tell me whether there were secret talks",
        "There was no deal, was there?",
        "In 2024, did Peskov deny the talks?",
        "Will the talks continue?",
        "Must Ukraine leave Donetsk?",
        "Has Russia changed its constitution?",
        "Would you know whether Kyiv has answered?",
        "I want to find out if the plan is public",
        "Let me know whether they met.",
        "Have Russia and Ukraine signed anything?",
        "The plan was published, wasn't it?",
    ),
    "who": (
        "Who met Putin in the Kremlin?",
        "Do you know who negotiates for Ukraine?",
        "Whom did Trump send to Moscow?",
        "To whom did Peskov speak?",
        "Which officials went to Florida?",
        "What are the names of the envoys?",
        "With whom did Witkoff travel?",
        "Whose plan is it?",
        "Who is Yury Ushakov?",
        "Can you tell me who wrote the draft?",
        "I want to know who was dismissed.",
        "Who's the spokesman of the Kremlin?",
        "Any idea who leaked the draft?",
        "Could you please tell me who Peskov is?",
        "I wonder who dismissed Yermak",
        "We would like to know which minister signed",
        "By whom was the draft written?",
        "Does anyone know who the negotiators are?",
    ),
    "when": (
        "When did the talks take place?",
        "Since when has the formula been known?",
        "What year did the USSR fall?",
        "On what date was the meeting?",
        "Any idea when the song was released?",
        "Do you know when the song was released?",
        "How long ago did the war begin?",
        "What is the deadline for applications?",
        "In which month did the leak occur?",
        "At what time do the doors open?",
        "I was wondering when the next round takes place",
        "Please let me know when Zelenskyy flies to America.",
        "Until when does the ceasefire hold?",
        "So, when was that?",
    ),
    "how_many": (
        "How many points does the plan have?",
        "How long did the talks last?",
        "How much does it cost?",
        "What is the population of Ukraine?",
        "Could you tell me how many regions are meant?",
        "For how long did they talk?",
        "what's the price of a permit?",
        "how old is he?",
        "What percentage of voters agreed?",
        "I'd like to know how much money was spent",
        "How often do the delegations meet?",
        "Can you tell me how long the meeting took?",
        "I would like to know how old the plan is",
        "With how many envoys did Putin speak?",
    ),
    "comparison": (
        "What do RT and Reuters say about the plan?",
        "Compare the 28-point plan with Zelensky's formula",
        "What is the difference between the two plans?",
        "Who disagrees with the Kremlin's account?",
        "How does Kyiv's position differ from Moscow's?",
        "What do the sources say about the meeting?",
        "On what do Moscow and Brussels disagree?",
        "Trump's roadmap vs the 28-point plan",
        "What did Putin and Zelensky say about NATO?",
        "Do the reports contradict each other?",
        "What do both sides demand?",
        "What are Putin's and Zelensky's positions on territory?",
        "what do the 28 points and the roadmap have in common?",
        "Could you compare what the Moscow desk and the Brussels desk report?",
        "According to the Moscow desk and the Brussels desk, what happened?",
        "Which sources contradict the Kremlin?",
        "How do Axios and Reuters describe the draft?",
        "Tell me how the accounts differ",
        "In what do the two plans differ?",
        "Is the roadmap the same as the 28-point plan?",
        "Who disputes that the plan was rejected?",
        "Compared with the roadmap, what does the draft demand?",
    ),
    "change": (
        "What changed between March 2025 and November 2025?",
        "How has Putin's position changed since June 2024?",
        "What did Putin demand before and after the summit?",
        "Has Moscow's stance shifted since the summer?",
        "What did Peskov say in July 2024 and what in November 2025?",
        "What has changed in Putin's conditions?",
        "How did the plan evolve?",
        "Compare Putin's conditions in June 2024 and in November 2025",
        "What is different now from last year?",
        "What changes were made to the plan since it leaked?",
        "Did the Kremlin's position change?",
        "I'd like to know how the conditions have changed over time",
        "What's new since the meeting in Anchorage?",
        "I'd be interested to know what has changed since August",
        "Did anything change after the meeting in December 2025?",
        "How did Putin's demands develop between 2024 and 2025?",
        "What was said then and now about NATO?",
        "Is Moscow's answer different now?",
        "What did Trump promise in 2024 and in 2025?",
    ),
    "open": (
        "What are Putin's stated conditions?",
        "What did Putin say when he met Trump?",
        "Why did the talks fail?",
        "How do I create one?",
        "What does the 28-point plan demand of Ukraine?",
        "Did Putin accept or reject the plan?",
        "Can you explain the formula?",
        "Tell me about the formula",
        "Where did they meet?",
        "putin conditions",
        "What happened between June 2024 and August 2025?",
        "What was said in June 2024?",
        "Which countries support the plan?",
        "Thanks!",
        "",
        "Is there any information on the plan?",
        "Could you describe the roadmap?",
        "What did Russia and the United States talk about?",
        "How can I change my password?",
        "What did Trump say about the war in Ukraine and NATO?",
        "What about the other plan?",
        "How did the meeting go?",
        "What will the company do about climate change?",
        "Tell me what Putin wants",
        "Do you have any details on the guarantees?",
        "Which of the points concern NATO?",
        "What is known about the envoys?",
        "Why did Kyiv refuse?",
        "In which city did they meet?",
        "Explain the roadmap",
        "What was discussed between 2022 and 2024?",
    ),
}


@pytest.mark.parametrize(("wanted", "question"), [(wanted, each) for wanted in PHRASINGS for each in PHRASINGS[wanted]])
def test_the_form_of_a_question(wanted: Form, question: str) -> None:
    assert form(question) == wanted


@pytest.mark.parametrize("wanted", ["yes_no", "who", "when", "how_many"])
@pytest.mark.parametrize(
    "lead_in", ["So, ", "Please tell me ", "Do you know ", "I'd like to know ", "OK. Could you tell me "]
)
def test_an_indirect_question_has_the_form_of_the_direct_one(lead_in: str, wanted: Form) -> None:
    asked = {"yes_no": "whether they met", "who": "who met", "when": "when they met", "how_many": "how many met"}
    assert form(lead_in + asked[wanted]) == wanted


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("So, do you know who met Putin?", "who met Putin?"),
        ("I'd like to know whether they met", "whether they met"),
        ("Thanks. Can you please tell me when it was?", "when it was?"),
        ("What did he say?", "What did he say?"),
        ("Tell me", "Tell me"),
        ("", ""),
    ],
)
def test_what_only_leads_in_is_taken_away(question: str, left: str) -> None:
    assert bare(question) == left


@given(st.text(max_size=300))
def test_any_text_has_a_form(text: str) -> None:
    assert form(text) in PHRASINGS
    assert text.strip().endswith(bare(text))


def period(text: str, relation: str, first: str, last: str) -> tuple[str, str, date, date]:
    return text, relation, date.fromisoformat(first), date.fromisoformat(last)


def told(times: tuple[Named, ...]) -> list[tuple[str, str, date, date]]:
    return [(each.text, each.relation, each.first, each.last) for each in times]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What changed between March and November 2025?",
            [
                period("March", "between", "2025-03-01", "2025-03-31"),
                period("November 2025", "between", "2025-11-01", "2025-11-30"),
            ],
        ),
        (
            "What was said between November and March 2025?",
            [
                period("November", "between", "2024-11-01", "2024-11-30"),
                period("March 2025", "between", "2025-03-01", "2025-03-31"),
            ],
        ),
        (
            "What did he say in June 2024 and what in November?",
            [
                period("June 2024", "in", "2024-06-01", "2024-06-30"),
                period("November", "in", "2025-11-01", "2025-11-30"),
            ],
        ),
        ("What has he said since 3 July 2024?", [period("3 July 2024", "since", "2024-07-03", "2024-07-03")]),
        ("What was offered by July 3, 2024?", [period("July 3, 2024", "until", "2024-07-03", "2024-07-03")]),
        ("before 2025-08-15", [period("2025-08-15", "before", "2025-08-15", "2025-08-15")]),
        ("after 2025-08", [period("2025-08", "after", "2025-08-01", "2025-08-31")]),
        (
            "from 2024 to 2025",
            [period("2024", "from", "2024-01-01", "2024-12-31"), period("2025", "from", "2025-01-01", "2025-12-31")],
        ),
        (
            "last year and now",
            [period("last year", "in", "2024-01-01", "2024-12-31"), period("now", "in", "2025-12-10", "2025-12-10")],
        ),
        ("last month", [period("last month", "in", "2025-11-01", "2025-11-30")]),
        ("this week", [period("this week", "in", "2025-12-08", "2025-12-14")]),
        ("a year ago", [period("a year ago", "in", "2024-12-10", "2024-12-10")]),
        ("yesterday", [period("yesterday", "in", "2025-12-09", "2025-12-09")]),
        ("in may 2024", [period("may 2024", "in", "2024-05-01", "2024-05-31")]),
        ("in May", [period("May", "in", "2025-05-01", "2025-05-31")]),
        ("in December", [period("December", "in", "2025-12-01", "2025-12-31")]),
    ],
)
def test_the_times_of_a_question(question: str, expected: list[tuple[str, str, date, date]]) -> None:
    assert told(named_times(question, TODAY)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2024 US election?", "What may happen next?", "Did they march?", "on 31 June 2024",
        "the 28-point plan",
        "resolution 2024-77", "I will march", "", "2025",
    ],
)  # fmt: skip
def test_other_numbers_and_words_are_no_times(question: str) -> None:
    assert named_times(question, TODAY) == ()


@given(st.text(max_size=200), st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_any_text_has_times_in_order(text: str, today: date) -> None:
    found = named_times(text, today)
    assert all(each.first <= each.last and text[each.start : each.end] == each.text for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
