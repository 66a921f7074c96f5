"""The order of ids: numbers as numbers, then everything else as text."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argilla_snapshot.format.ids import digits_of, order_of

IN_ORDER = [
    "0",
    "1",
    "2",
    "9",
    "10",
    "11",
    "100",
    str(2**63),
    "9" * 19,
    "",
    " 1",
    "-1",
    "007",
    "01",
    "1.0",
    "1" + "0" * 400,
    "1" + "0" * 19 + "1",
    "1a",
    "9" * 20,
    "a/b",
    "x",
    "²",
    "é🙂",
    "٣",
    "﹅x",
    "🙂",
]


def test_numbers_come_as_numbers_and_then_all_others_as_text() -> None:
    for seed in range(20):
        shuffled = random.Random(seed).sample(IN_ORDER, len(IN_ORDER))
        assert sorted(shuffled, key=order_of) == IN_ORDER


@given(st.lists(st.integers(0, 10**19 - 1)))
def test_any_numbers_are_in_their_order(numbers: list[int]) -> None:
    assert sorted(map(str, numbers), key=order_of) == [str(number) for number in sorted(numbers)]


@given(st.lists(st.text()))
def test_any_other_texts_are_in_the_order_of_their_bytes(texts: list[str]) -> None:
    others = [text for text in texts if digits_of(text) is None]
    assert sorted(others, key=order_of) == sorted(others, key=str.encode)


@pytest.mark.parametrize(
    ("id_", "digits"),
    [
        ("0", 1),
        ("7", 1),
        ("10", 2),
        ("00", None),
        ("07", None),
        ("-1", None),
        ("", None),
        ("²", None),
        ("٣", None),
        ("9" * 19, 19),
        ("1" + "0" * 19, None),
    ],
)
def test_what_is_a_number(id_: str, digits: int | None) -> None:
    assert digits_of(id_) == digits
