"""A yes or a no is said only where a quote says just that; who, when and how many are led by a quote that tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import Corpus
from index.document import Document, Passage, Span
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.sync import sync
from rag.answer import Disagreement, Evidence, Form, Sentence
from rag.conflict import compare
from rag.find import Finder, find
from rag.forms.aligned import says
from rag.forms.claim import claim
from rag.forms.form import form
from rag.forms.lead import lead, ordered
from rag.language.speaker import speaker
from rag.quote import Quoter
from rag.stopwatch import Stopwatch
from rag.understand import understand
from rag.verify import Verifier

ROOT = Path(__file__).parents[1]
BRIEFS = ROOT / "examples" / "briefing"
TODAY = date(2025, 12, 31)


def quote(text: str, relevance: float = 0.5, published: str | None = None, number: int = 0) -> Evidence:
    day = date.fromisoformat(published) if published else None
    document = Document(f"{number}-{hash(text)}.txt", text, "hash", ("public",), published=day)
    whole = Span(0, len(text))
    return Evidence(Passage(document.chunk(whole, 0), document.attribution, 0.5), whole, text, relevance, speaker(text))


def led(question: str, *evidence: Evidence | str, disagreements: tuple[Disagreement, ...] = ()) -> Sentence | None:
    quotes = [quote(each, number=n) if isinstance(each, str) else each for n, each in enumerate(evidence)]
    return lead(question, form(question), quotes, Verifier(), disagreements)


def verdict(question: str, *evidence: Evidence | str) -> str | None:
    said = led(question, *evidence)
    return said.text if said else None


CERTAIN = [
    ("Did Peskov blame NATO?", "Peskov blamed NATO.", "Yes."),
    ("Did the ministers meet in Belgium?", "The foreign ministers of NATO met in Belgium after the visit.", "Yes."),
    ("Did the court reject the appeal?", "In May the court rejected the appeal of Arnold Smith.", "Yes."),
    ("Did the court reject the appeal?", "The court did not reject the appeal.", "No."),
    ("Did the court reject the appeal?", "The court never rejected the appeal.", "No."),
    ("Is Dmitry Peskov the spokesman of the Kremlin?", "Dmitry Peskov is the spokesman of the Kremlin.", "Yes."),
    ("Is the library open on Sunday?", "The library is not open on Sunday.", "No."),
    ("Was the bridge built in stone?", "The old bridge was built in stone.", "Yes."),
    ("Has the council approved the budget?", "The council has approved the budget.", "Yes."),
    ("Has the draft been published?", "The draft has been published in full.", "Yes."),
    ("Do Umerov and Hnatov negotiate for Ukraine?", "Rustem Umerov and Andrii Hnatov negotiate for Ukraine.", "Yes."),
    ("Did Putin and Trump hold secret talks?", "Putin and Trump held no secret talks.", "No."),
    ("I'd like to know whether the court rejected the appeal.", "The court rejected the appeal.", "Yes."),
    ("Is it true that the court rejected the appeal?", "The court rejected the appeal.", "Yes."),
    ("The court rejected the appeal, right?", "The court rejected the appeal.", "Yes."),
    ("Did Zelenskyy meet Merz?", "Volodymyr Zelensky met Friedrich Merz in Berlin.", "Yes."),
    (
        "Did the Americans bring four further documents?",
        "Putin's aide Yury Ushakov said that the Americans had brought four further documents.",
        "Yes, according to Yury Ushakov.",
    ),
    (
        "Did Putin reject the American plan?",
        "Kremlin spokesman Dmitry Peskov denied on Wednesday that Putin had rejected the American plan.",
        "No, according to Dmitry Peskov.",
    ),
]


@pytest.mark.parametrize(("question", "text", "expected"), CERTAIN)
def test_what_a_quote_says_or_denies_is_said(question: str, text: str, expected: str) -> None:
    said = led(question, "It rained all day.", text)
    assert said is not None
    assert said.text == expected
    assert said.support == "supported"
    assert [(each.number, each.quote) for each in said.citations] == [(2, text)]


UNCERTAIN = [
    ("Did Putin reject the American plan?", "Putin rejected the American plan, according to claims that went round."),
    ("Did Putin reject the American plan?", "Putin may have rejected the American plan."),
    ("Did Putin reject the American plan?", "Reports claim that Putin rejected the American plan."),
    ("Did Putin reject the American plan?", "If Putin rejected the American plan, talks would end."),
    ("Did Putin reject the American plan?", "Has Putin rejected the American plan?"),
    ("Did Putin reject the American plan?", "Putin wants to reject the American plan."),
    ("Did Putin reject the American plan?", "The American plan was rejected by Putin."),
    ("Did Putin reject the American plan?", "Putin rejected the plan."),
    ("Did Putin reject the American plan?", "Putin's aide rejected the American plan."),
    ("Did Putin reject the American plan?", "The advisers of Putin rejected the American plan."),
    ("Did Putin reject the American plan?", "Putin was rejected by the American who wrote the plan."),
    ("Did Trump reject Putin's plan?", "Putin rejected Trump's plan."),
    ("Did Trump receive two envoys of Putin?", "Vladimir Putin received two envoys of Donald Trump."),
    ("Did the court reject all appeals?", "The court did not reject all appeals."),
    ("Did the court reject the appeal?", "The court rejected the appeal, but later accepted it."),
    ("Did the court reject the appeal?", "The court rejected a request to hear the appeal."),
    ("Did the court reject the appeal?", "The court rejected the appeal judge."),
    ("Do shops sell bread?", "Shops sold bread."),
    ("Did Putin meet ministers?", "Putin met Merz's ministers."),
    ("Did the court reject the appeal?", "The court of Minsk rejected Smith, who wrote the appeal."),
    ("Is Yury Ushakov the spokesman of the Kremlin?", "Yury Ushakov met the spokesman of the Kremlin."),
    ("Is Andrey Yermak an aide of Zelenskyy?", "Andrey Yermak was an aide of Zelenskyy."),
    ("Does the shop sell bread?", "The shop sold bread in 1956."),
    ("Did Ukraine hand over land?", "Axios reported that Ukraine would hand over land."),
    ("Did the Americans bring five documents?", "The Americans had brought four further documents."),
    ("Will the talks continue?", "The talks will continue."),
    ("Did the court not reject the appeal?", "The court rejected the appeal."),
    ("Did the court accept or reject the appeal?", "The court rejected the appeal."),
    ("Did he reject the appeal?", "He rejected the appeal."),
    ("What did the court reject?", "The court rejected the appeal."),
]


@pytest.mark.parametrize(("question", "text"), UNCERTAIN)
def test_what_is_not_certain_is_left_to_the_quotes(question: str, text: str) -> None:
    assert verdict(question, text) is None


def test_quotes_that_contradict_each_other_decide_nothing() -> None:
    question = "Did the court reject the appeal?"
    assert verdict(question, "The court rejected the appeal.", "The court did not reject the appeal.") is None
    against = quote("Observers were told that the court had not rejected the appeal of Smith.", 0.4)
    assert verdict(question, quote("The court rejected the appeal."), against) is None


def test_what_is_disputed_is_not_decided() -> None:
    evidence = (quote("The court rejected the appeal."), quote("It rained."))
    dispute = Disagreement("disagreeing", (2, 1), ("one", "other"))
    assert led("Did the court reject the appeal?", *evidence, disagreements=(dispute,)) is None
    elsewhere = Disagreement("disagreeing", (3, 2), ("one", "other"))
    assert led("Did the court reject the appeal?", *evidence, disagreements=(elsewhere,)) is not None


def test_a_time_that_is_named_is_the_quotes_own() -> None:
    question = "Did the court reject the appeal in June 2024?"
    assert verdict(question, quote("The court rejected the appeal.", published="2024-06-14")) == "Yes."
    assert verdict(question, quote("The court rejected the appeal.", published="2025-06-14")) is None
    assert verdict(question, "The court rejected the appeal.") is None


def test_who_reports_his_own_deed_is_not_named_as_its_source() -> None:
    assert verdict("Did Peskov blame NATO?", "Peskov blamed NATO for the war.") == "Yes."


@pytest.mark.parametrize("asked", ["open", "who", "when", "how_many", "comparison", "change"])
def test_only_a_yes_or_no_question_gets_one(asked: Form) -> None:
    question = "Did the court reject the appeal?"
    assert lead(question, asked, [quote("The court rejected the appeal.")], Verifier()) is None
    assert lead(question, "yes_no", [], Verifier()) is None


@pytest.mark.parametrize(
    ("question", "auxiliary", "words"),
    [
        ("Did Putin reject the plan?", "did", ("Putin", "reject", "the", "plan")),
        ("So, do you know whether Putin rejected the plan?", "", ("Putin", "rejected", "the", "plan")),
        ("Is it true that Kyiv agreed to it all the same?", None, ()),
        ("Did Putin reject the plan in June 2024?", "did", ("Putin", "reject", "the", "plan")),
        ("Putin rejected the plan, didn't he?", "", ("Putin", "rejected", "the", "plan")),
        ("Who rejected the plan?", None, ()),
        ("Isn't it so?", None, ()),
        ("", None, ()),
    ],
)
def test_the_statement_that_is_asked_about(question: str, auxiliary: str | None, words: tuple[str, ...]) -> None:
    found = claim(question)
    assert (found.auxiliary if found else None, found.words if found else ()) == (auxiliary, words)


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    folder = tmp_path_factory.mktemp("briefing")
    with Library.open(folder, create=True) as library:
        sync([BRIEFS], library, default_embedder())
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Finder(corpus, Quoter(), 20, 6)


def cases() -> list[tuple[str, str, str]]:
    """The half, the gold answer and the question of each line of the cases."""
    lines = (ROOT / "evals" / "cases" / "yes_no.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(half, gold, question) for half, gold, question in rows]


def test_the_cases_are_two_halves_of_thirty() -> None:
    assert [half for half, _, _ in cases()] == ["first"] * 30 + ["second"] * 30
    assert {gold for _, gold, _ in cases()} == {"yes", "no", "unknown"}


@pytest.mark.parametrize("half", ["first", "second"])
def test_no_verdict_on_the_briefs_is_wrong_and_some_are_given(finder: Finder, half: str) -> None:
    given_ = []
    for _, gold, question in (case for case in cases() if case[0] == half):
        assert form(question) == "yes_no", question
        found = find(LOCAL, (understand(question, today=TODAY),), finder, Stopwatch())
        disputed = compare(question, found.evidence).disagreements
        said = lead(question, "yes_no", found.evidence, Verifier(), disputed)
        if said is not None:
            given_.append((said.text.split(",")[0].rstrip(".").lower(), gold, question))
    assert [each for each in given_ if each[0] != each[1]] == []
    assert len(given_) >= 3


KINDS = [
    ("Who met Putin?", "The meeting was long.", "Steve Witkoff met him.", True),
    ("When did the talks begin?", "The talks were long.", "The talks began on 2 December 2025.", True),
    ("When did the plague come?", "The plague came.", "It lasted two centuries.", False),
    ("How long did the talks last?", "The talks were hard.", "The talks lasted five hours.", True),
    ("How many regions are meant?", "Regions are meant.", "Four regions are meant.", True),
    ("Who is Yury Ushakov?", "Yury Ushakov is an aide.", "Steve Witkoff met him.", False),
    ("What did they say?", "They met.", "Steve Witkoff said four words on 2 December 2025.", False),
]


@pytest.mark.parametrize(("question", "first", "second", "moves"), KINDS)
def test_a_quote_that_holds_what_is_asked_for_leads(question: str, first: str, second: str, moves: bool) -> None:
    evidence = (quote(first, 0.5), quote(second, 0.46, number=1), quote("It rained.", 0.1, number=2))
    found = ordered(question, form(question), evidence)
    assert found == ((evidence[1], evidence[0], evidence[2]) if moves else evidence)


def test_a_much_less_relevant_quote_does_not_lead() -> None:
    evidence = (quote("The talks were long.", 0.5), quote("The talks began on 2 December 2025.", 0.3, number=1))
    assert ordered("When did the talks begin?", "when", evidence) == evidence
    assert ordered("When did the talks begin?", "when", ()) == ()


VOCABULARY = """Putin Trump rejected reject the plan American did not no denied that said is was , . ; “ ” if claims
Peskov by of to a"""
TEXTS = st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=16).map(" ".join)


@given(TEXTS, st.one_of(TEXTS, st.text(min_size=1, max_size=80).filter(str.strip)))
def test_any_quote_can_be_compared_with_any_claim(words: str, text: str) -> None:
    asked = claim(f"Did {words}?")
    if asked is not None:
        told = says(asked, quote(text))
        assert told is None or told.text.endswith(".")


@given(TEXTS)
def test_a_verdict_is_never_given_on_a_hedge(text: str) -> None:
    asked = claim("Did Putin reject the American plan?")
    assert asked is not None
    assert says(asked, quote(f"If {text} Putin rejected the American plan.")) is None


@given(st.permutations([quote(f"Number {n} on {n} May 2024.", n / 10, number=n) for n in range(1, 5)]))
def test_the_order_loses_nothing(evidence: list[Evidence]) -> None:
    found = ordered("When was it?", "when", evidence)
    assert sorted(each.relevance for each in found) == sorted(each.relevance for each in evidence)
