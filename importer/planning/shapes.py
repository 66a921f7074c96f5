"""The shape of JSON values: whether all values of a metadata key can stand in one typed column. Pure.

The official SDK makes a column of each metadata key (``to_datasets``, with Arrow), and fails where two values have no type in common.
"""

from typing import Any

#: What a value is, as far as a column cares: a word, a list of one shape, or an object's members. None: nothing known.
Shape = str | tuple[str, Any] | dict[str, Any] | None
#: Values that no column takes together.
MIXED = "mixed"
_INT64 = range(-(2**63), 2**63)
#: Integers up to this are exact as floats.
EXACT = range(-(2**53), 2**53 + 1)


def shape_of(value: Any) -> Shape:
    """The shape of one value; integers beyond 64 bits have no column."""
    if isinstance(value, bool) or value is None:
        return "bool" if value is not None else None
    if isinstance(value, int):
        return "int" if value in EXACT else "long" if value in _INT64 else MIXED
    if isinstance(value, list):
        inner: Shape = None
        for item in value:
            inner = merged(inner, shape_of(item))
        return MIXED if inner == MIXED else ("list", inner)
    if isinstance(value, dict):
        members = {key: shape_of(item) for key, item in value.items()}
        return MIXED if MIXED in members.values() else members
    return "float" if isinstance(value, float) else "text"


def merged(one: Shape, other: Shape) -> Shape:
    """The shape of both; ``MIXED`` where there is none."""
    if one == other or other is None:
        return one
    if one is None:
        return other
    if isinstance(one, tuple) and isinstance(other, tuple):
        inner = merged(one[1], other[1])
        return MIXED if inner == MIXED else ("list", inner)
    if isinstance(one, dict) and isinstance(other, dict):
        members = {key: merged(one.get(key), other.get(key)) for key in {**one, **other}}
        return MIXED if MIXED in members.values() else members
    for numbers in (("int", "float"), ("int", "long")):
        if one in numbers and other in numbers:
            return numbers[1]
    return MIXED
