"""The checker, sentence by sentence: what stands on its quotes, what they say otherwise, and what they do not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ground import Ground
from rag.verdict import Finding
from rag.verify import Verifier

LASTED = Ground("The talks in the Kremlin lasted almost five hours.", "Moscow desk", date(2025, 12, 3))
NO_TALKS = Ground(
    "Kremlin spokesman Dmitry Peskov said on Wednesday that Vladimir Putin and Donald Trump had held no secret talks "
    "about ending the war in Ukraine.",
    "Moscow desk",
    date(2024, 7, 3),
    "Dmitry Peskov",
    "Kremlin denies a back channel to Trump",
)
DENIED = Ground("Kremlin spokesman Dmitry Peskov denied on Wednesday that Putin had rejected the American plan.")
HANDBOOK = Ground("Employees may work from home on two days a week if their manager agrees.", "Staff handbook")
EXPENSES = Ground("Claims over 200 euros must be approved by the finance office before the trip.", "Staff handbook")
LEASE = Ground("The tenant shall not sublet the premises without the written consent of the landlord.")
RULING = Ground("On 4 March 2023 the Court of Appeal dismissed the claim that Harrow Ltd had brought against Ms Oduya.")
MERGER = Ground("Northwind plans to buy Fabrikam for 3.2 billion dollars, its chief executive Ana Torres said.")
STORM = Ground("The storm cut power to 48,000 homes, and crews had restored it to about half of them by Friday night.")
RT = Ground("The plan has 28 points, a source said.", "RT")
REUTERS = Ground("The plan has 19 points, two officials said.", "Reuters")

CASES: list[tuple[Finding, str, tuple[Ground, ...]]] = [
    # figures
    ("supported", "The talks lasted almost five hours.", (LASTED,)),
    ("supported", "The talks in the Kremlin took nearly 5 hours.", (LASTED,)),
    ("supported", "The Kremlin talks lasted five hours.", (LASTED,)),
    ("contradicted", "The talks in the Kremlin lasted six hours.", (LASTED,)),
    ("contradicted", "The talks in the Kremlin lasted five days.", (LASTED,)),
    ("supported", "Employees may work from home two days a week.", (HANDBOOK,)),
    ("contradicted", "Employees may work from home three days a week.", (HANDBOOK,)),
    ("supported", "Claims over €200 must be approved by the finance office.", (EXPENSES,)),
    ("contradicted", "Claims over 500 euros must be approved by the finance office.", (EXPENSES,)),
    ("supported", "Power was cut to 48,000 homes by the storm.", (STORM,)),
    ("supported", "The storm cut power to nearly 50,000 homes.", (STORM,)),
    ("contradicted", "The storm cut power to 84,000 homes.", (STORM,)),
    ("unsupported", "The storm cut power to 48,000 homes and 12 schools.", (STORM,)),
    ("supported", "Northwind plans to buy Fabrikam for $3.2bn.", (MERGER,)),
    ("contradicted", "Northwind plans to buy Fabrikam for $2.3bn.", (MERGER,)),
    # dates
    ("supported", "On 3 July 2024, Peskov said that Putin and Trump had held no secret talks.", (NO_TALKS,)),
    ("contradicted", "On 4 July 2024, Peskov said that Putin and Trump had held no secret talks.", (NO_TALKS,)),
    ("supported", "In March 2023 the Court of Appeal dismissed the claim of Harrow Ltd.", (RULING,)),
    ("contradicted", "In May 2023 the Court of Appeal dismissed the claim of Harrow Ltd.", (RULING,)),
    ("contradicted", "The Court of Appeal dismissed the claim of Harrow Ltd in March 2021.", (RULING,)),
    # names and who is who
    ("supported", "The Court of Appeal dismissed Harrow's claim against Ms Oduya.", (RULING,)),
    ("unsupported", "The High Court dismissed the claim that Harrow Ltd had brought against Ms Oduya.", (RULING,)),
    (
        "contradicted",
        "The Court of Appeal dismissed the claim that Ms Oduya had brought against Harrow Ltd.",
        (RULING,),
    ),
    ("contradicted", "Fabrikam plans to buy Northwind for 3.2 billion dollars.", (MERGER,)),
    ("unsupported", "Northwind plans to buy Contoso, Ana Torres said.", (MERGER,)),
    ("contradicted", "Northwind plans to buy Fabrikam, its chief executive Eva Torres said.", (MERGER,)),
    ("contradicted", "Trump said that Peskov and Putin had held no secret talks about ending the war.", (NO_TALKS,)),
    # quoted words
    ("supported", "They had held “no secret talks”, Peskov said.", (NO_TALKS,)),
    ("supported", "They had held 'no secret talks … ending the war', Peskov said.", (NO_TALKS,)),
    ("unsupported", "Peskov said that they had held “not a single talk” about ending the war.", (NO_TALKS,)),
    # negation
    ("supported", "Peskov denied that Putin and Trump had held secret talks about ending the war.", (NO_TALKS,)),
    ("contradicted", "Putin and Trump held backroom talks on Ukraine.", (NO_TALKS,)),
    ("supported", "Putin has not rejected the American plan, according to Peskov.", (DENIED,)),
    ("contradicted", "Putin rejected the American plan, according to Peskov.", (DENIED,)),
    ("contradicted", "Peskov confirmed that Putin had rejected the American plan.", (DENIED,)),
    ("supported", "The tenant may not sublet the premises without the landlord's written consent.", (LEASE,)),
    ("contradicted", "The tenant shall sublet the premises without the written consent of the landlord.", (LEASE,)),
    ("contradicted", "The Court of Appeal did not dismiss the claim of Harrow Ltd.", (RULING,)),
    # modality
    ("supported", "Northwind wants to buy Fabrikam for 3.2 billion dollars.", (MERGER,)),
    (
        "contradicted",
        "Northwind bought Fabrikam for 3.2 billion dollars, its chief executive Ana Torres said.",
        (MERGER,),
    ),
    ("contradicted", "Northwind has bought Fabrikam for 3.2 billion dollars.", (MERGER,)),
    ("contradicted", "Employees must work from home on two days a week.", (HANDBOOK,)),
    ("contradicted", "Claims over 200 euros may be approved by the finance office.", (EXPENSES,)),
    # several quotes and several sources
    (
        "supported",
        "RT reports that the plan has 28 points, while Reuters reports that it has 19 points.",
        (RT, REUTERS),
    ),
    ("contradicted", "RT reports that the plan has 19 points, while Reuters reports that it has 28.", (RT, REUTERS)),
    (
        "supported",
        "The talks in the Kremlin lasted five hours, and claims over 200 euros need approval.",
        (LASTED, EXPENSES),
    ),
    # nothing of the kind
    ("unsupported", "Pensions are to be raised next spring by the government.", (LASTED, HANDBOOK)),
]
QUESTION = "Did Putin and Trump hold backroom talks on Ukraine?"
ANSWERS: list[tuple[Finding, str, str, Ground]] = [
    ("contradicted", QUESTION, "Yes.", NO_TALKS),
    ("contradicted", QUESTION, "Yes, Putin and Trump held backroom talks on Ukraine.", NO_TALKS),
    ("contradicted", QUESTION, "Yes, according to the Kremlin.", NO_TALKS),
    ("contradicted", QUESTION, "Yes, Peskov said that they held no secret talks.", NO_TALKS),
    ("supported", QUESTION, "No.", NO_TALKS),
    ("supported", QUESTION, "No, according to Peskov.", NO_TALKS),
    ("supported", QUESTION, "No, Putin and Trump held no secret talks, Peskov said.", NO_TALKS),
    ("supported", "Did the talks last almost five hours?", "Yes.", LASTED),
    ("contradicted", "Did the talks last almost five hours?", "No.", LASTED),
    ("contradicted", "Did the talks last six hours?", "Yes.", LASTED),
    ("supported", "Did the talks last six hours?", "No.", LASTED),
    ("unsupported", "Did the mayor resign?", "No.", LASTED),
    ("supported", "How long did the talks last?", "Five hours.", LASTED),
    ("contradicted", "How long did the talks last?", "Six hours.", LASTED),
    ("supported", "May employees work from home?", "Yes, on two days a week.", HANDBOOK),
    ("contradicted", "May the tenant sublet the premises?", "Yes.", LEASE),
    ("supported", "May the tenant sublet the premises?", "No.", LEASE),
]


@dataclass
class Objecting:
    """A judge that says what it is told to say, and remembers what it was asked."""

    reason: str | None
    asked: list[str] = field(default_factory=list)
    fingerprint: str = "objecting"

    def veto(self, claim: str, grounds: Sequence[Ground]) -> str | None:
        self.asked.append(claim)
        return self.reason


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


@pytest.mark.parametrize(("finding", "claim", "grounds"), CASES)
def test_a_sentence_on_its_quotes(
    verifier: Verifier, finding: Finding, claim: str, grounds: tuple[Ground, ...]
) -> None:
    verdict = verifier.verify(claim, grounds)
    assert verdict.support == finding, verdict.reasons


@pytest.mark.parametrize(("finding", "question", "answer", "ground"), ANSWERS)
def test_an_answer_that_needs_its_question(
    verifier: Verifier, finding: Finding, question: str, answer: str, ground: Ground
) -> None:
    verdict = verifier.verify(answer, (ground,), question=question)
    assert verdict.support == finding, verdict.reasons


def test_the_lie_of_a_small_model_is_caught_without_the_question_too(verifier: Verifier) -> None:
    verdict = verifier.verify("Yes, Putin and Trump held backroom talks on Ukraine.", (NO_TALKS,))
    assert verdict.support == "contradicted"
    assert verdict.reasons == ("the quotes deny “held”, which it affirms",)


def test_a_bare_yes_says_nothing_by_itself(verifier: Verifier) -> None:
    assert verifier.verify("Yes.", (LASTED,)).support == "unsupported"


@pytest.mark.parametrize("grounds", [(), (Ground(""),), (Ground("  \n"),)])
def test_what_cites_no_words_is_not_supported(verifier: Verifier, grounds: tuple[Ground, ...]) -> None:
    verdict = verifier.verify("The talks lasted five hours.", grounds)
    assert (verdict.support, verdict.probability) == ("unsupported", 0.0)


def test_the_reasons_are_for_a_reader(verifier: Verifier) -> None:
    verdict = verifier.verify("The talks in the Kremlin lasted six hours.", (LASTED,))
    assert verdict.reasons == ("the quotes say “almost five hours”, not “six hours”",)


def test_a_rule_outweighs_every_probability(verifier: Verifier) -> None:
    true = verifier.verify("The talks in the Kremlin lasted almost five hours.", (LASTED,))
    false = verifier.verify("The talks in the Kremlin lasted almost nine hours.", (LASTED,))
    assert true.probability > 0.5 > false.probability


def test_a_whole_article_beside_the_quote_changes_nothing(verifier: Verifier) -> None:
    others = tuple(Ground(f"In year {1900 + year} the fair drew {year} hundred visitors.") for year in range(60))
    assert verifier.verify("The talks in the Kremlin lasted five hours.", (*others, LASTED)).support == "supported"
    assert verifier.verify("The talks in the Kremlin lasted six hours.", (*others, LASTED)).support == "contradicted"


def test_a_judge_can_refuse_what_the_rules_let_stand() -> None:
    judge = Objecting("the model finds that the quotes do not say so")
    verdict = Verifier(judge=judge).verify("The talks in the Kremlin lasted five hours.", (LASTED,))
    assert (verdict.support, verdict.reasons) == ("unsupported", (judge.reason,))


def test_a_judge_is_not_asked_what_the_rules_refuse() -> None:
    judge = Objecting(None)
    verifier = Verifier(judge=judge)
    assert verifier.verify("The talks in the Kremlin lasted six hours.", (LASTED,)).support == "contradicted"
    assert judge.asked == []
    assert verifier.verify("The talks in the Kremlin lasted five hours.", (LASTED,)).support == "supported"
    assert judge.asked == ["The talks in the Kremlin lasted five hours."]


def test_the_fingerprint_tells_a_judge_from_none() -> None:
    assert Verifier().fingerprint == Verifier().fingerprint
    assert Verifier().fingerprint != Verifier(judge=Objecting(None)).fingerprint


WORDS = """
Putin Peskov Trump the a he she they said says told reporters according to by of and , . : ; “ ” " ' ’ ( ) — ? Kremlin
spokesman president Ukraine that not no never would may rejected accepted did has been five 5 28-point 3 July 2024 $ %
million almost about more than was quoted as saying denied claims Yes No which who is are Mr. U.S. EU's in from minister
asked whether if while but however adviser first one's 1,000 12:30 /
"""
TOKENS = WORDS.split()
phrases = st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join)


@given(phrases, phrases, phrases)
def test_whatever_the_words_there_is_a_verdict(verifier: Verifier, claim: str, quote: str, question: str) -> None:
    verdict = verifier.verify(claim, [Ground(quote, speaker="Putin", published=date(2024, 7, 3))], question=question)
    assert (verdict.support == "supported") == (not verdict.reasons)


@pytest.mark.parametrize("claim", ["", " ", "?", "“", "according to the governor", "said", "Yes,", "No", "5", "—"])
def test_a_claim_of_next_to_nothing_has_a_verdict(verifier: Verifier, claim: str) -> None:
    assert verifier.verify(claim, [Ground("The talks lasted six hours, according to the governor.")]).support
