"""Values of columns as Python has them, the same for both kinds of datasets."""

import json
from collections.abc import Mapping
from typing import Any

from argilla_snapshot.format.limits import too_deep
from argilla_snapshot.format.models import MetadataType


def there(value: Any, what: str) -> Any:
    """The value, which must not be null."""
    if value is None:
        raise ValueError(f"{what} is null")
    return value


def items(value: Any) -> Any:
    """The value; where it is a list no item may be null."""
    if isinstance(value, list) and None in value:
        raise ValueError("a list holds null")
    return value


def present(struct: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members of a struct that are there: in a column of structs an absent one is null."""
    return {key: value for key, value in (struct or {}).items() if value is not None}


def whole(value: Any, what: str) -> int:
    """A number without a fraction, whatever its type: pandas makes floats of integers that some rows lack."""
    if value != int(value):
        raise ValueError(f"{what} is {value}")
    return int(value)


def as_declared(value: Any, type_: MetadataType | None) -> Any:
    """A metadata value in its declared type, where it is the same in it: pandas makes floats of integers that some rows lack."""
    if isinstance(value, list) and type_ in ("list[int]", "list[float]"):
        return [as_declared(item, "int" if type_ == "list[int]" else "float") for item in value]
    if type_ == "int" and isinstance(value, float) and value.is_integer():
        return int(value)
    if type_ == "float" and type(value) is int:
        return float(value)
    return from_text(value) if type_ == "json" else value


def from_text(text: Any) -> Any:
    """The value of JSON text; what nests too deep for others to work on stays text, and so does what no longer is JSON."""
    if not isinstance(text, str):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if too_deep(value) else value
