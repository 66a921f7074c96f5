"""What every target can keep of a value."""

import math
from typing import Any

import pytest

from importer.mapping.cleaning import clean_text, json_safe, valid_agent


@pytest.mark.parametrize(
    ("text", "becomes"), [("", ""), ("é 😀", "é 😀"), ("a\x00b", "a\ufffdb"), ("\ud800", "\ufffd"), ("\udfff\ud800", "\ufffd\ufffd")]
)
def test_texts(text: str, becomes: str) -> None:
    assert clean_text(text) == becomes


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (0.5, 0.5),
        (2**70, 2**70),
        (None, None),
        ("a\x00", "a\ufffd"),
        ([1.5, [math.nan], "\x00"], [1.5, ["NaN"], "\ufffd"]),
        ({"k\x00": {"inner": -math.inf}}, {"k\ufffd": {"inner": "-Infinity"}}),
    ],
)
def test_values_that_json_has_no_word_for_become_texts(value: Any, becomes: Any) -> None:
    assert json_safe(value) == becomes


@pytest.mark.parametrize(
    ("agent", "becomes"),
    [
        (None, None),
        ("a-Z_0:./ b", "a-Z_0:./ b"),
        ("modèle", "modele"),
        ("mé@x", "me_x"),
        ("a\u2028b", "ab"),
        ("模型", None),
        ("@@", None),
        ("", None),
        ("x" * 201, "x" * 200),
    ],
)
def test_names_of_models(agent: str | None, becomes: str | None) -> None:
    assert valid_agent(agent) == becomes
