from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Span
from index.overlong import halves
from index.sentences import LONGEST_SENTENCE, sentences

CLAPNQ = Path(__file__).parents[2] / "shared" / "data" / "clapnq" / "clapnq_dev_answerable.jsonl"


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        # Each " | " stands for a boundary; the text is read without it.
        "The U.S. envoys met him. | The U.N. Security Council did not.",
        "He moved to the U.S. | The move was hard.",
        "Mr. Brown and Dr. Okoye met Gen. Lind, Lt. Col. Ruiz, Sen. Adams and Rep. Shah. | All agreed.",
        "Nr. 10 on the list, No. 5 and p. 12 of vol. 3 agree. | He said no. | They left.",
        "J. D. Vance spoke. | V. Putin did not. | George W. Bush and H.P. Love read M.G. Slayton.",
        "It cost $3.5 million, or 2.75% of 1,000.50. | That is all.",
        "Bring fruit, e.g. Apples, i.e. Something sweet. | We had pens, paper etc. | Then we left.",
        "They met at 5 p.m. Moscow time. | It ended at 11 a.m. (0900 GMT) on Friday. | That was 6 p.m. | Nobody came.",
        "Acme Inc. (NYSE) bought Beta Ltd. and Gamma Corp. on Jan. 5. | Delta Co. Holdings did not.",
        "St. Petersburg hosted Roe v. Wade vs. Someone. | It was on Main St. | The rest went home.",
        "He has a Ph.D. in law. | She has an M.A. | They met in Washington, D.C. | It rained.",
        "He waited... | Then he left. | He hoped… and hoped. | So be it.",
        "Was it so?! | Yes! | It was Yahoo! that said so.",
        "See www.example.com, example.org/a.B and file.PDF for more. | Write to a.b@example.com today.",
        "Version 2.0 is out. | Python 3.11 too.",
    ],
)
def test_stops_that_end_a_sentence_and_stops_that_do_not(text: str) -> None:
    assert cut(text.replace(" | ", " ")) == text.split(" | ")


@pytest.mark.parametrize(
    "text",
    [
        "He said: “We go. We stay,” and left. | Nobody followed.",
        "“We go. We stay,” he said. | Nobody followed.",
        "He said “this is not true.” | In May he had said so.",
        '"Diplomats are doing the work... Be patient," he added. | "We are," she said.',
        "“Why?” Peskov asked. | “Go!” he cried. | “Who knows?” The crowd was silent.".replace("?” The", "?” | The"),
        "He left (see Fig. 3. It is new) early. | (She stayed. He did not.) | Then it ended.",
        "‘We go. We stay,’ he said. | The dogs’ bowls were empty. | It’s late.",
        "'We go. We stay,' he said. | It's the dogs' dinner. | That was in the '90s. | They like rock 'n' roll.",
        "Er sagte: „Wir gehen. Wir bleiben“ und ging. | «On part. On reste», dit-il.",
        "It ended.[1] | The next began.¹ | A third followed.[2][3] | A fourth.* | Then came the fifth.",
        "“Everything (all of it.)” | Then nothing.",
    ],
)
def test_quotations_and_brackets_are_kept_whole_and_closing_marks_stay(text: str) -> None:
    assert cut(text.replace(" | ", " ")) == text.split(" | ")


def test_a_quotation_longer_than_the_limit_is_broken() -> None:
    said = " ".join(["This is a sentence of the long speech that he gave."] * 8)

    assert len(cut(f"He said: “{said}” and left.")) == 8


def test_a_mark_without_its_partner_holds_nothing_together() -> None:
    assert cut('He said: “We go. We stay. The 6" pipe (of steel is here. It broke.') == [
        "He said: “We go.",
        "We stay.",
        'The 6" pipe (of steel is here.',
        "It broke.",
    ]


def test_a_missing_space_after_a_stop_is_forgiven() -> None:
    assert cut("The talks have ended.The envoys left.A plan is due.Russia waits.”No.“") == [
        "The talks have ended.",
        "The envoys left.",
        "A plan is due.",
        "Russia waits.”",
        "No.“",
    ]
    assert cut("Did it end?It did!So they say.") == ["Did it end?", "It did!", "So they say."]
    assert cut("Open node.Js or example.Com or System.out.Print now.") == [
        "Open node.Js or example.Com or System.out.Print now."
    ]


def test_lists_headings_and_paragraphs_end_sentences() -> None:
    text = (
        "# The plan\n1. Withdraw from the east\n2. Give up the alliance\n- talks\n• peace\n\na) one thing\nb) another"
    )

    assert cut(text) == text.replace("\n\n", "\n").split("\n")


def test_numbers_that_count_a_list_stay_with_their_item() -> None:
    assert cut("He named two conditions: 1. Withdraw. 2. Disarm.") == [
        "He named two conditions: 1. Withdraw.",
        "2. Disarm.",
    ]


def test_a_headline_does_not_run_into_the_text() -> None:
    text = (
        "Kremlin says no conditions met for talks\nThe spokesman said on Sunday that the time was not right.\nHe left."
    )

    assert cut(text) == text.split("\n")


def test_wrapped_lines_are_one_text() -> None:
    text = (
        "This text is wrapped at a width of about fifty\ncharacters, as e-mail was. President Aung and Mr.\n"
        "Brown wrote it on the same day, somewhere near\nBrussels. Nobody knows why."
    )

    assert [one.replace("\n", " ") for one in cut(text)] == [
        "This text is wrapped at a width of about fifty characters, as e-mail was.",
        "President Aung and Mr. Brown wrote it on the same day, somewhere near Brussels.",
        "Nobody knows why.",
    ]


def test_a_blank_line_ends_a_sentence_even_within_a_quotation() -> None:
    assert cut("He said: “one thing\n \nand another” too") == ["He said: “one thing", "and another” too"]


def test_other_scripts_have_their_own_stops() -> None:
    assert cut("他说：“我们走。我们留。”然后离开了。好的！真的吗？") == [
        "他说：“我们走。我们留。”",
        "然后离开了。",
        "好的！",
        "真的吗？",
    ]
    assert cut("「行こう。」と彼は言った。終わり。") == ["「行こう。」と彼は言った。", "終わり。"]
    assert cut("هل هذا صحيح؟ نعم. انتهى۔ لا") == ["هل هذا صحيح؟", "نعم.", "انتهى۔", "لا"]
    assert cut("यह सच है। हाँ। ठीक") == ["यह सच है।", "हाँ।", "ठीक"]
    assert cut("В. Путин приехал. Он уехал.") == ["В. Путин приехал.", "Он уехал."]


def test_text_that_was_cut_into_words() -> None:
    assert cut("It is in the U.S. . Next , the `` season '' -- seven -- ended . `` Go . '' Then ( a . ) b .") == [
        "It is in the U.S. .",
        "Next , the `` season '' -- seven -- ended .",
        "`` Go . ''",
        "Then ( a . ) b .",
    ]


def test_abbreviations_that_were_cut_from_their_stop() -> None:
    text = "See No . 42 and pp . 162 of F.C . Porto by E.B . Treat . They sell .NET . Nothing else ."

    assert cut(text) == [
        "See No . 42 and pp . 162 of F.C . Porto by E.B . Treat .",
        "They sell .NET .",
        "Nothing else .",
    ]
    assert cut("The heir . . . has aimed for it . he said so .") == [
        "The heir . . . has aimed for it .",
        "he said so .",
    ]


def test_no_words_no_boundaries() -> None:
    assert cut("... !!! ???") == ["... !!! ???"]
    assert cut("") == cut(" \n\t ") == []


def test_a_run_without_stops_is_cut_at_a_clause_a_word_or_anywhere() -> None:
    clauses = "one two three four five; " * 200
    words = "word " * 1_000
    letters = "x" * 5_000

    assert all(one.endswith(";") for one in cut(clauses))
    assert set("".join(cut(words)).replace(" ", "").split("word")) == {""}
    assert "".join(cut(letters)) == letters
    assert all(
        span.end - span.start <= LONGEST_SENTENCE for text in (clauses, words, letters) for span in sentences(text)
    )


def test_a_cut_does_not_tear_a_character_from_its_marks() -> None:
    for unit in ("e\u0301", "क\u093e", "👩\u200d🚀"):
        for part in cut("x" * (LONGEST_SENTENCE % len(unit) + 1) + unit * LONGEST_SENTENCE):
            assert unicodedata.category(part[0])[0] != "M"
            assert part[0] != "\u200d"
            assert part[-1] != "\u200d"


def test_halves_are_cut_between_words() -> None:
    text = "some words of a sentence that is too long"
    first, second = halves(text, Span(0, len(text)))

    assert f"{first.of(text)} {second.of(text)}" == text
    assert abs(len(first.of(text)) - len(second.of(text))) < len(text) / 2


MARKS = " \n\t.!?…,;:()[]\"'“”‘’«»。؟éא\u2028\x85\u00a0\ufeff\u202e"
WORDS = ["``", "''", "U.S.", "Mr.", "e.g.", "1.", "The", "he", "No.", "3.5", "A"]
WORDS += ["e\u0301", "👩\u200d🚀", "שלום", "عربي", "[1]", "#", "\n\n"]
PIECES = st.sampled_from([*MARKS, *WORDS, ". "])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_sentences_cover_a_text_in_order(text: str) -> None:
    found = sentences(text)

    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(span.of(text) == span.of(text).strip() for span in found)
    assert "".join("".join(span.of(text).split()) for span in found) == "".join(text.split())


@pytest.mark.parametrize("piece", ["x", "x ", ". ", "(", ".”", "A.", "a. (", "1. ", '"(a. ', "a\n", "a\u0301", "a.[1]"])
def test_long_runs_of_one_thing_are_covered_too(piece: str) -> None:
    """Anything but linear time does not come back from these."""
    text = piece * (200_000 // len(piece))

    assert "".join(span.of(text) for span in sentences(text)).replace(" ", "") == "".join(text.split())


@pytest.mark.skipif(not CLAPNQ.exists(), reason="needs the shared CLAP-NQ data")
def test_boundaries_agree_with_those_of_clapnq() -> None:
    gold, found = 0, 0
    right = 0
    for line in CLAPNQ.read_text().splitlines():
        for passage in json.loads(line)["passages"]:
            ends, at = set(), 0
            for sentence in passage["sentences"]:
                at = passage["text"].index(sentence.strip(), at) + len(sentence.strip())
                ends.add(at)
            ours = {span.end for span in sentences(passage["text"])}
            gold, found, right = gold + len(ends), found + len(ours), right + len(ends & ours)

    assert right / found >= 0.99
    assert right / gold >= 0.94
