"""Vectors: values that break the search of a 2.x server, and names."""

from typing import Any

from tests.traps.documents import text
from tests.traps.model import DatasetTrap, Held, Line, RecordTrap, Shape, line

_SAME = line("up to five vectors", "the same numbers")
_NAMES = line(
    "names of vectors, also with spaces, accents, slashes",
    "names of letters, digits, `_` and `-`, as the official SDK wants them; the original is the title",
    "name_changed",
)
_ZERO = line(
    "vectors of zeros, or too small for 32 bits", "nothing: lost, they would make the record invisible or break the search", "vector_zero"
)
_FINITE = line(
    "vectors that are not finite, or too large for 32 bits",
    "nothing: lost, they would make the record invisible or break the search",
    "vector_not_finite",
)
_SIZE = line("vectors of another size than most of their name (edited snapshots)", "nothing: lost, 2.x refuses them", "vector_wrong_size")
_SIX = line("more than five vectors (edited snapshots)", "the first five; the others are lost, 2.x refuses them", "vector_over_limit")

_LONG = line(
    "vectors with more numbers than the search engine of the target takes",
    "nothing: lost, they would make the record invisible",
    "vector_too_long",
)

_QUESTION = {"label": ("label_selection", ["a", "b"])}

DATASETS = [
    DatasetTrap(
        "vectors",
        _NAMES,
        "TextClassification",
        Shape(
            _QUESTION,
            vectors={"mini": ("mini", 3), "A_b_c": ("A b.c", 2), "e": ("é", 1), "x_y": ("x_y", 2), "x_y_2": ("x.y", 2)},
        ),
        labels=["a", "b"],
        notes={"name_changed": 3},
    ),
    DatasetTrap(
        "vectors-edited",
        _SIX,
        "TextClassification",
        Shape(_QUESTION, vectors={"mini": ("mini", 3), "b": ("b", 1), "c": ("c", 1), "d": ("d", 1), "e": ("e", 1)}),
        labels=["a", "b"],
    ),
]


def _row(name: str, line: Line, given: dict[str, list[float]], held: dict[str, list[float]], *notes: str, edited: Any = None) -> RecordTrap:
    post = text("one", vectors={name: {"value": value} for name, value in given.items()})
    dataset = "vectors" if edited is None else "vectors-edited"
    edit = None if edited is None else {"vectors": edited}
    return RecordTrap(name, line, dataset, [post], Held(vectors=held), frozenset(notes), edited=edit)


_FIVE = {"mini": [1.0, 2.0, 3.0], "A b.c": [1.0, 2.0], "é": [-1.0], "x.y": [1.0, 2.0], "x_y": [3.0, 4.0]}
_NAMED = {"mini": [1.0, 2.0, 3.0], "A_b_c": [1.0, 2.0], "e": [-1.0], "x_y_2": [1.0, 2.0], "x_y": [3.0, 4.0]}

RECORDS = [
    _row("vector-five", _NAMES, _FIVE, _NAMED),
    _row("vector-exact", _SAME, {"mini": [0.1, 1e-7, -123456.789]}, {"mini": [0.1, 1e-7, -123456.789]}),
    _row("vector-integers", _SAME, {"mini": [1, 0, 0]}, {"mini": [1.0, 0.0, 0.0]}),
    _row("vector-zero", _ZERO, {"mini": [0, 0, 0], "é": [1]}, {"e": [1.0]}, "vector_zero"),
    _row("vector-tiny", _ZERO, {"mini": [1e-30, 0, 0]}, {}, "vector_zero"),
    _row("vector-large", _FINITE, {"mini": [1e20, 0, 0]}, {}, "vector_not_finite"),
    _row("vector-largest", _FINITE, {"mini": [3.4e38, 3.4e38, 0]}, {}, "vector_not_finite"),
    _row("vector-not-finite", _FINITE, {"mini": [1, 2, 3]}, {}, "vector_not_finite", edited={"mini": [1.0, float("nan"), 0.0]}),
    _row("vector-infinite", _FINITE, {"mini": [1, 2, 3]}, {}, "vector_not_finite", edited={"mini": [1.0, float("inf"), 0.0]}),
    _row("vector-wrong-size", _SIZE, {"mini": [1, 2, 3]}, {}, "vector_wrong_size", edited={"mini": [1.0, 2.0]}),
    _row("vector-without-numbers", _SIZE, {"mini": [1, 2, 3]}, {}, "vector_wrong_size", edited={"mini": []}),
    _row(
        "vector-six",
        _SIX,
        {"mini": [1, 2, 3]},
        {"mini": [1.0, 2.0, 3.0], "b": [1.0], "c": [2.0], "d": [3.0], "e": [4.0]},
        "vector_over_limit",
        edited={"mini": [1.0, 2.0, 3.0], "b": [1.0], "c": [2.0], "d": [3.0], "e": [4.0], "f": [5.0]},
    ),
    _row(
        "vector-too-long",
        _LONG,
        {"mini": [1, 2, 3]},
        {"mini": [1.0, 2.0, 3.0]},
        "vector_too_long",
        edited={"mini": [1.0, 2.0, 3.0], "long": [0.5] * 1025},
    ),
]
