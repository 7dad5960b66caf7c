"""Lines of feeds: the contract's keys and nothing beside, each refusal with its reason."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.candidate import LIMITS, Limits, Line
from index.claims import Claims
from index.errors import Refused
from index.feed import KEYS, parse_line


def parsed(**fields: object) -> Line:
    return parse_line(json.dumps({"uri": "u:1", "text": "Some text.", **fields}).encode(), LIMITS)


def test_the_keys_are_those_of_the_contract() -> None:
    assert set(KEYS) == {
        "uri",
        "title",
        "text",
        "publisher",
        "author",
        "published",
        "language",
        "readers",
        "collection",
    }


def test_uri_and_text_are_enough() -> None:
    assert parsed() == Line(Claims(uri="u:1"), "Some text.")


def test_everything_that_a_line_may_say() -> None:
    line = parsed(
        title="A title",
        publisher="The Paper",
        author="Jane Doe",
        published="2024-07-03T10:00:00Z",
        language="pt_BR",
        readers=["hr", "legal", "hr"],
    )
    assert line.claims == Claims("u:1", "A title", "The Paper", "Jane Doe", date(2024, 7, 3), "pt-BR", ("hr", "legal"))


def test_null_is_the_same_as_absent() -> None:
    assert parsed(**dict.fromkeys(set(KEYS) - {"uri", "text"})) == parsed()


def test_readers_may_be_written_in_one_string() -> None:
    assert parsed(readers="hr; legal | staff").claims.readers == ("hr", "legal", "staff")


def test_text_is_left_as_it_is() -> None:
    text = "  indented\n\nand \u200b more \r\n"
    assert parsed(text=text).text == text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"publishd": "x"}, "it has the key 'publishd', which is not one of a feed's; did you mean 'published'"),
        ({"zzz": 1}, "known are uri, title"),
        ({"uri": None}, "no uri"),
        ({"uri": "  "}, "uri is empty"),
        ({"uri": "a\nb"}, "cannot be seen"),
        ({"uri": "a\ud800"}, "cannot be seen"),
        ({"uri": "u" * 2001}, "longer than 2,000"),
        ({"uri": 7}, "its uri is not a string"),
        ({"text": ""}, "no text"),
        ({"text": " \n"}, "no text"),
        ({"text": None}, "no text"),
        ({"text": ["a"]}, "its text is not a string"),
        ({"title": {"a": 1}}, "its title is not a string"),
        ({"title": "t" * 301}, "its title is longer"),
        ({"published": "03/07/2024"}, "its date '03/07/2024' is not one day; write it as 2024-07-03"),
        ({"published": 1720000000}, "its published is not a string"),
        ({"language": "english, mostly"}, "not a language tag"),
        ({"readers": []}, "names no reader"),
        ({"readers": ["", " "]}, "names no reader"),
        ({"readers": ""}, "names no reader"),
        ({"readers": {"hr": True}}, "not a list of strings"),
        ({"readers": ["hr", 7]}, "not a list of strings"),
        ({"readers": True}, "not a list of strings"),
    ],
)
def test_what_is_refused_and_why(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        parsed(**fields)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON"),
        (b'{"uri": "a", "text": "b"', "not JSON"),
        (b'["uri", "text"]', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"uri": "a", "text": "b", "text": "c"}', "a key twice"),
        (b'{"uri": "a", "text": "caf\xe9"}', "not UTF-8"),
        (b'{"uri": "a", "text": ' + b"[" * 100_000 + b"}", "not JSON"),
        (b'{"uri": "a", "text": ' + b"9" * 5_000 + b"}", "not JSON"),
    ],
)
def test_lines_that_are_no_object(line: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse_line(line, LIMITS)


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match="11 characters, and 10 is the limit"):
        parse_line(b'{"uri": "a", "text": "12345678901"}', Limits(characters=10))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), JSON, max_size=8))
def test_any_object_is_read_or_refused(fields: dict[str, object]) -> None:
    try:
        line = parse_line(json.dumps(fields).encode(), LIMITS)
    except Refused:
        return
    assert line.text == fields["text"]
    assert line.claims.uri
