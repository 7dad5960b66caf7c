"""Who is named as speaking: the table is the grammar's meaning, and silence is the right answer where nobody is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.naming import same_speaker
from rag.language.speaker import speaker
from rag.language.words import QUOTE, words_of

NAMED = [
    # name before the verb, titles taken off
    ("Kremlin spokesman Dmitry Peskov stated on Wednesday that nothing had changed.", "Dmitry Peskov"),
    ("Russian President Vladimir Putin said the offer stands.", "Vladimir Putin"),
    ("Ukrainian President Volodymyr Zelenskyy told parliament that borders are not for sale.", "Volodymyr Zelenskyy"),
    ("U.S. Secretary of State Marco Rubio says the work is not finished.", "Marco Rubio"),
    ("NATO Secretary General Mark Rutte warned that time was short.", "Mark Rutte"),
    ("UN Secretary-General António Guterres urged both sides to stop.", "António Guterres"),
    ("European Commission President Ursula von der Leyen insisted that Europe has a say.", "Ursula von der Leyen"),
    ("Egyptian President Abdel Fattah Al-Sisi announced a conference in Cairo.", "Abdel Fattah Al-Sisi"),
    ("Irish author Fintan O'Brien noted that nothing was signed.", "Fintan O'Brien"),
    ("Chinese Premier Li Qiang declared that dialogue was the only way.", "Li Qiang"),
    ("Dutch defence minister Ruben Brekelmans added that the money is there.", "Ruben Brekelmans"),
    ("Polish Prime Minister Donald Tusk stressed that Warsaw must be heard.", "Donald Tusk"),
    ("Russia's Foreign Minister Sergei Lavrov claims that nobody asked.", "Sergei Lavrov"),
    ("Ukraine’s Volodymyr Zelensky reiterated that land is not the price.", "Volodymyr Zelensky"),
    ("Mr. Witkoff said the mood was good.", "Witkoff"),
    ("Gen. Andrii Hnatov confirmed the visit.", "Andrii Hnatov"),
    ("Senator Angus King said he had seen no paper.", "Angus King"),
    ("Pope Leo XIV said that weapons must fall silent.", "Pope Leo XIV"),
    ("John F. Kelly said it would fail.", "John F. Kelly"),
    ("Türkiye’s Hakan Fidan said Ankara would host.", "Hakan Fidan"),
    ("Şimşek said inflation will fall.", "Şimşek"),
    ("Putin's aide Yury Ushakov said four papers were handed over.", "Yury Ushakov"),
    ("White House Press Secretary Karoline Leavitt told reporters that the door is open.", "Karoline Leavitt"),
    ("Chief medical examiner Dr. Barbara Sampson said the cause is open.", "Barbara Sampson"),
    ("Former state Rep. Brenda Pryce said she would run.", "Brenda Pryce"),
    ("Marks says: 'Read it first.'", "Marks"),
    # adverbs, auxiliaries and times between the name and the verb
    ("Trump has repeatedly said that he could end it in a day.", "Trump"),
    ("Peskov on Wednesday also said that contacts go on.", "Peskov"),
    ("Putin last month outlined what he wants.", "Putin"),
    ("Merz later added that sanctions stay.", "Merz"),
    ("Moreover, Putin underlined last month that Moscow was ready.", "Putin"),
    ("Macron is warning that the pause may be short.", "Macron"),
    ("On Thursday the Kremlin said that nothing was new.", "the Kremlin"),
    # after or around a quotation
    ("“We have nothing to add,” Peskov said.", "Peskov"),
    ("“We have nothing to add,” said Peskov on Sunday.", "Peskov"),
    ('"Nothing is agreed," said Kremlin aide Yury Ushakov, who sat in the room.', "Yury Ushakov"),
    ('The time will come," Peskov added.', "Peskov"),
    ("Peskov said: “I cannot say what Putin said.”", "Peskov"),
    ("« Rien », said Emmanuel Macron, in French.", "Emmanuel Macron"),
    ("‘Vast potential’ remains, Yury Ushakov has told the press after the session.", "Yury Ushakov"),
    ("“A great loss,” said state Sen. Glenn Reese.", "Glenn Reese"),
    ("'It is funny,' says Gran.", "Gran"),
    # asides
    ("Maria Zakharova, the ministry's spokeswoman, said the plot was real.", "Maria Zakharova"),
    ("The head of the agency, Rafael Grossi, said inspectors would return.", "Rafael Grossi"),
    ("Putin, speaking in Moscow, said the army would go on.", "Putin"),
    ("Ushakov – an aide to Putin – said five hours were not enough.", "Ushakov"),
    ("Axios, which first reported on the paper, said it had 28 points.", "Axios"),
    ("Trump, who said he would end the war, met the envoys.", "Trump"),
    ("Asked by reporters about a date, Peskov said that there was none.", "Peskov"),
    ("When asked whether Putin had seen the draft, Peskov said: “No comment.”", "Peskov"),
    ("Speaking to the broadcaster Pavel Zarubin, Peskov emphasized the delay.", "Peskov"),
    ("The talks, Ushakov said, were useful.", "Ushakov"),
    # a shared subject
    ("Commenting on the paper, Peskov did not dismiss it, but noted that details matter.", "Peskov"),
    ("The Kremlin pushed back against claims that Putin had refused, insisting that talks go on.", "the Kremlin"),
    ("Putin met the envoys and said that the mood was good.", "Putin"),
    # who relays is not who speaks, and an attribution at the end holds the whole sentence
    ("Peskov said that Trump had said nothing new.", "Peskov"),
    ("Trump told Putin that he would come, Peskov said on Friday.", "Peskov"),
    ("Neither side has signed, according to Ushakov.", "Ushakov"),
    ("According to Russian presidential aide Yury Ushakov, four papers were handed over.", "Yury Ushakov"),
    ("Nothing goes on, according to the Kremlin spokesman, Dmitry Peskov.", "Dmitry Peskov"),
    ("Ushakov spoke of great chances.", "Ushakov"),
    ("Putin was quoted as saying that he would come.", "Putin"),
    ("TASS quoted Lavrov as saying that the visit was off.", "Lavrov"),
    # bodies and media
    ("The Kremlin said on Thursday that nothing was under way.", "the Kremlin"),
    ("Kremlin says no conditions are met", "the Kremlin"),
    ("Reuters reported last month that a plan existed.", "Reuters"),
    ("The White House said the trip was on.", "the White House"),
    ("Russia's Foreign Ministry said the note was delivered.", "Russia's Foreign Ministry"),
    ("The Security Service of Ukraine said it had the man.", "the Security Service of Ukraine"),
    ("Moscow says the front decides.", "Moscow"),
    ("Macron and Merz said they would come to Kyiv.", "Macron and Merz"),
    ("BERLIN (dpa) - Chancellor Friedrich Merz said the offer was thin.", "Friedrich Merz"),
]

NOBODY = [
    # talked about, not talking
    "Putin did not reject the plan.",
    "Putin and Trump have met twice.",
    "Witkoff flew to Moscow with four papers.",
    "The offer that Putin made stands.",
    "The deal Trump proposed would freeze the front.",
    "Putin's demands are known.",
    "The reported plan has 28 points.",
    "A report about Putin said the plan was dead.",
    "The Kremlin's claims that Kyiv refuses are old.",
    "Trump called Putin on Monday.",
    "Trump spoke with Putin on Monday.",
    "Putin set the table.",
    "The day Putin said it was a Friday.",
    "Mulch keeps the soil cool while maintaining it moist.",
    "Gaetz then added a hashtag to the name.",
    "Newton wrote the script, which was filmed.",
    "Typically, a form is used, stating the date.",
    "Defaming critics is wrong, and calling for calm is not.",
    "Hok reported directly to the minister.",
    "“It went well,” said the Club personnel office.",
    "Having said that, the train is better.",
    "They're calling it a disaster.",
    "I'd say the gains are nil.",
    "But I'd say so.",
    "Blanchard also added 735 yards.",
    "The region that Moscow has declared its own is large.",
    "Something tells me that this will fail.",
    "Hours after the session, the envoys left and announced a pause.",
    "An officer outside the Club Nokia said it was late.",
    # nobody is named
    "Officials said the talks went on.",
    "Two people familiar with the matter said on Wednesday that he left.",
    "Kyiv must accept, two people familiar with the matter said on Wednesday.",
    "An aide to Putin said the talks went on.",
    "Residents of Kyiv said they heard blasts.",
    "The Russian president said so.",
    "Senior Western diplomats warned that time is short.",
    "According to the plan, the army would shrink.",
    "According to Reuters sources, the plan is dead.",
    "told the media after the long session",
    "Officials said that Trump had told Putin no.",
    # passive, negated, supposed, asked
    "It was said that Putin had left.",
    "Putin was told that the envoys had landed.",
    "Putin is said to be ready.",
    "Peskov did not say when.",
    "Peskov has never said that.",
    "Zelenskyy declined to say whether he would go.",
    "If Putin says yes, talks begin.",
    "Unless Trump announces sanctions, nothing moves.",
    "Putin may announce a pause.",
    "Putin could have said so.",
    "Trump would have told him so.",
    "Trump is expected to announce sanctions.",
    "What did Peskov say?",
    "Has Putin said yes?",
    "There are rumours that Putin said yes.",
    # inside a quotation only
    "“Putin said yes.”",
    # pronouns without anybody before
    "He emphasized that nothing was signed.",
    "She added that it was late.",
    "They said no.",
    "The spokesman said that nothing was signed.",
    # other languages
    "Der Kreml-Sprecher Dmitri Peskow sagte am Mittwoch, es gebe nichts Neues.",
    "Le porte-parole Dmitri Peskov a déclaré que rien n'était signé.",
    "Пресс-секретарь Дмитрий Песков заявил, что переговоры продолжаются.",
    "قال المتحدث باسم الكرملين إن المحادثات مستمرة.",
    "克里姆林宫发言人佩斯科夫说谈判仍在继续。",
    "",
    "  ",
    "?!",
]

REFERRING = [
    ("He specified the regions.", "Putin outlined the terms on Friday.", "Putin"),
    ("He said so twice.", "Putin outlined the terms. They are long. He stressed neutrality.", "Putin"),
    ("“There are contacts,” he said.", "“Nothing new,” Kremlin spokesman Dmitry Peskov said.", "Dmitry Peskov"),
    ("She added that it was late.", "Maria Zakharova said the plot was real.", "Maria Zakharova"),
    (
        "In May, the spokesman said no.",
        "Kremlin spokesman Dmitry Peskov said no. Later Peskov said yes.",
        "Dmitry Peskov",
    ),
    # ambiguous, or nobody
    ("He said so.", "Peskov said no. Trump arrived in Alaska.", None),
    ("He said so.", "Peskov said no, while Zelenskyy said yes.", None),
    ("He said so.", "Macron and Merz said no.", None),
    ("He said so.", "The Kremlin said no.", None),
    ("She said so.", "BSkyB announced a new channel.", None),
    ("He said so.", "Ambassador Michael McFaul said no.", "Michael McFaul"),
    ("He said so.", "Reuters reported that a plan existed.", None),
    ("He said so.", "Foreign Ministry spokeswoman Maria Zakharova said no.", None),
    ("She said so.", "Kremlin spokesman Dmitry Peskov said no.", None),
    ("The minister said so.", "Kremlin spokesman Dmitry Peskov said no.", None),
    ("When Trump landed, he said so.", "Peskov said no.", None),
    ("He did not say so.", "Peskov said no.", None),
    ("He said so.", "", None),
]


@pytest.mark.parametrize(("sentence", "name"), NAMED)
def test_whom_the_sentence_names_is_its_speaker(sentence: str, name: str) -> None:
    assert speaker(sentence) == name


@pytest.mark.parametrize("sentence", NOBODY)
def test_nobody_speaks_where_nobody_is_named(sentence: str) -> None:
    assert speaker(sentence) is None


@pytest.mark.parametrize(("sentence", "before", "name"), REFERRING)
def test_a_pronoun_is_the_last_speaker_or_nobody(sentence: str, before: str, name: str | None) -> None:
    assert speaker(sentence, before) == name


def test_only_what_stands_near_the_sentence_explains_its_pronoun() -> None:
    far = "Putin outlined the terms. " + "The weather was fine. " * 500
    assert speaker("He said so.", far) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dmitry Peskov", "Peskov", True),
        ("Volodymyr Zelenskyy", "Zelensky", True),
        ("Zelenskiy", "Zelenskyy", True),
        ("António Guterres", "Guterres", True),
        ("the Kremlin", "Kremlin", True),
        ("Vladimir Putin", "Volodymyr Zelensky", False),
        ("Donald Trump", "Melania Trump", False),
        ("Xi", "Li", False),
        ("", "Putin", False),
    ],
)
def test_names_of_one_speaker(one: str, other: str, same: bool) -> None:
    assert same_speaker(one, other) is same
    assert same_speaker(other, one) is same


def test_a_quotation_is_one_mark_however_it_opens_and_closes() -> None:
    assert words_of("‘Yes’, it’s “no").text == [QUOTE, ",", "it’s", QUOTE]
    assert words_of("no more,” he said.").text == [QUOTE, "he", "said", "."]


@given(st.text(alphabet="Peskov said,.”“\"' heHE-—that Trump\n“", max_size=200))
def test_a_speaker_is_made_of_the_sentence(sentence: str) -> None:
    found = speaker(sentence)
    assert found is None or all(word in sentence or word == "the" for word in found.split())


@pytest.mark.parametrize(
    "unit",
    [
        "Putin said, ",
        "“",
        '"',
        "‘",
        "’",
        "saying, ",
        "A",
        "a ",
        "and ",
        "Li ",
        "of the ",
        ", ",
        "the ",
        "that ",
        "U.S.",
    ],
)
def test_a_hundred_kilobytes_take_bounded_work(unit: str) -> None:
    hostile = unit * (100_000 // len(unit))
    assert len(words_of(hostile)) <= 4_000
    assert speaker(hostile, hostile) == speaker(hostile[:4_000], hostile[-2_000:])
