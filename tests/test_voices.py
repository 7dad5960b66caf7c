"""Speakers of one answer under one name, and two people never under one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.voices import voices

PEOPLE = ("Vladimir Putin", "Putin", "V. Putin", "Donald Trump", "Trump", "Eric Trump", "the Kremlin", "Kremlin")


@pytest.mark.parametrize(
    ("names", "together"),
    [
        (("Putin", "Vladimir Putin"), {"Putin": "Vladimir Putin"}),
        (("Vladimir Putin", "Vladimir Vladimirovich Putin"), {"Vladimir Putin": "Vladimir Vladimirovich Putin"}),
        (("V. Putin", "Vladimir Putin"), {"V. Putin": "Vladimir Putin"}),
        (("Zelenskiy", "Volodymyr Zelensky"), {"Zelenskiy": "Volodymyr Zelensky"}),
        (("Kremlin", "The Kremlin"), {"Kremlin": "The Kremlin"}),
        (("Trump", "Donald Trump", "Eric Trump"), {}),
        (("Mary Keller", "Mark Keller"), {}),
        (("Putin", "Peskov"), {}),
        (("国防部", "外交部"), {}),
        ((), {}),
    ],
)
def test_a_last_name_is_whose_it_can_only_be(names: tuple[str, ...], together: dict[str, str]) -> None:
    assert voices(names) == {name: together.get(name, name) for name in names}


@given(st.permutations(PEOPLE), st.integers(0, len(PEOPLE)))
def test_it_is_the_same_in_whatever_order_they_come_and_settles_at_once(order: list[str], count: int) -> None:
    some = order[:count]
    found = voices(some)
    assert found == voices(sorted(some))
    assert {voices(some)[name] for name in found.values()} == set(found.values())
