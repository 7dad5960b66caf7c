"""The server's own sentences in the reader's language: each that our code says is known, in six languages alike."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.endpoint.fault import refusal
from tests.test_frame_files import PLURALS, blanks
from ui.brief import LeftOut, Turn
from ui.remark import LONGEST, SENTENCES, Remark, read, worded
from ui.render import parts
from ui.wording import ENGLISH, LANGUAGES, wording_in

ROOT = Path(__file__).parent.parent
OTHERS = LANGUAGES[1:]
SAYING = {
    "rag/checking": r"(?:the quotes|in the quotes|no quote|the judge model) .*|“.*” .*",
    "rag/verify.py": r"(?:the quotes|it) .*",
    "rag/check.py": r"the library .*",
    "rag/prose.py": r"(?:it|they bear|the model) .*",
    "rag/write.py": r"it runs .*|the question and .*",
    "rag/endpoint/fault.py": r".*; .*",
    "rag/endpoint/httpclient.py": r"answers .*; .*",
    "rag/question.py": r"the question .*",
    "ui/limiting/turns.py": r".*; .*",
    "ui/bodies.py": r"The (?:request|file|body of).*; .*",
    "ui/failures.py": r"something .*",
}
"""Where sentences are made that a reader is shown, and how those begin or what they hold."""
STANDS_FOR = {"seconds(": "2.5 seconds", "_put(": "planned", "wait": "try again later", "reference": "0f0f0f0f"}
"""What a value is in a sentence that is made, by how it is made; any other is a number."""
ALIKE = {"minutes"}
"""What another language happens to say as English does."""

Words = dict[str, str | dict[str, str]]


def sentences(language: str) -> Words:
    found: Words = json.loads((SENTENCES / f"{language}.json").read_text("utf-8"))
    return found


def forms(said: str | dict[str, str]) -> dict[str, str]:
    return said if isinstance(said, dict) else {"other": said}


def said_by(path: Path, like: str) -> Iterator[str]:
    """The sentences of a module, with something for each of their values."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {id(each) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for each in ast.walk(one)}
    inner |= {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.JoinedStr):
            text = "".join(map(piece, one.values))
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inner:
            text = one.value
        else:
            continue
        if re.fullmatch(like, text) and "\n" not in text:
            yield text


def piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    made = ast.unparse(part)
    return next((value for name, value in STANDS_FOR.items() if name in made), "12")


OURS = sorted(
    {
        sentence
        for place, like in SAYING.items()
        for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).glob("*.py"))
        for sentence in said_by(path, like)
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_blanks(language: str) -> None:
    english, said = sentences("en"), sentences(language)
    assert said.keys() == english.keys()
    for key, each in said.items():
        assert isinstance(each, dict) == isinstance(english[key], dict), key
        assert blanks(forms(each)["other"]) == blanks(forms(english[key])["other"]), key
        assert isinstance(each, str) or set(each) == PLURALS[language], key
        assert language == "en" or key in ALIKE or each != english[key], key


def test_the_code_says_a_good_many_sentences() -> None:
    assert len(OURS) > 60


@pytest.mark.parametrize("sentence", OURS)
def test_no_sentence_of_ours_is_left_in_english(sentence: str) -> None:
    for language in OTHERS:
        assert worded(sentence, wording_in(language)) != sentence
        assert worded(sentence, ENGLISH) == sentence


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 302])
def test_what_a_model_server_refuses_is_said_whole(status: int) -> None:
    reason = refusal(status, {}, {}).reason
    told = f"There is no written answer, the quotes stand alone: the model a:1b at 127.0.0.1:8080 {reason}."
    german = worded(told, wording_in("de"))
    assert german.startswith("Es gibt keine geschriebene Antwort, die Zitate stehen für sich: das Modell a:1b auf 127.")
    assert reason.partition(";")[0] not in german
    assert german.endswith(".")


def test_what_fills_a_sentence_stays_as_it_is() -> None:
    said = worded("the quotes say “five hours”, not “six hours”; “9” is not in the quotes", wording_in("de"))
    assert said == "die Zitate sagen „five hours“, nicht „six hours“; „9“ steht nicht in den Zitaten"


def test_in_what_is_written_from_right_to_left_values_are_isolated() -> None:
    said = worded("“9 % (net)” is not in the quotes", wording_in("ar"))
    assert said.startswith("\u200f")
    assert "\u20689 % (net)\u2069" in said


def test_numbers_and_spans_are_each_language_s_own() -> None:
    told = "You have asked 1000 questions in a day, which is the limit; ask again in 2 hours."
    assert worded(told, wording_in("de")) == (
        "Sie haben in einem Tag 1.000 Fragen gestellt, mehr sind nicht erlaubt; fragen Sie in 2 Stunden wieder."
    )
    assert "ساعتين" in worded(told, wording_in("ar"))
    assert read("did not finish within 2.5 seconds; ask again, or give it longer") == Remark(
        "faultUnfinished", {"span": Remark("seconds", {"count": "2.5"})}
    )


def test_several_numbers_are_a_list_of_the_language() -> None:
    said = worded("it names quotes 7, 8 and 9, which it was not given", wording_in("fr"))
    assert said == "elle nomme les citations 7, 8 et 9, qui n’avaient pas été données"


def test_a_reason_that_is_unknown_leaves_the_rest_worded() -> None:
    said = worded("it is a question; somebody else said so", wording_in("de"))
    assert said == "es ist eine Frage; somebody else said so"


def test_the_length_that_is_looked_at_is_bounded() -> None:
    assert read("“" + "x" * LONGEST + "” is not in the quotes") is None


@pytest.mark.parametrize("language", OTHERS)
def test_a_turn_says_why_in_the_reader_s_language(language: str) -> None:
    turn = Turn(
        1,
        "What was agreed?",
        "failed",
        message="The question is 4001 characters long; ask in at most 4000.",
        notice="There is no written answer, the quotes stand alone: the model found none in them.",
        left_out=(LeftOut("It ended.", "no quote has the words “it ended”; it is a question"),),
    )
    prose = re.sub(r"<q.*?</q>", "", parts(turn, wording_in(language)).prose)
    assert not re.search(r"\b(?:the|it is|ask|written|found|characters)\b", re.sub(r"<[^>]*>|“it ended”", "", prose))
    assert "The question is 4001 characters long; ask in at most 4000." in parts(turn).prose
    assert "no quote has the words “it ended”; it is a question" in parts(turn).prose


@given(st.text(), st.sampled_from(OTHERS))
def test_whatever_is_no_sentence_of_ours_stays(text: str, language: str) -> None:
    if not any(read(each) for each in (text.strip().removesuffix("."), *text.strip().removesuffix(".").split("; "))):
        assert worded(text, wording_in(language)) == text
