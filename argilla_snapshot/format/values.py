"""Values of columns as Python has them, the same for both kinds of datasets."""

import json
from collections.abc import Callable, Mapping
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


def lists(struct: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members of a struct that are there; where one is a list no item of it may be null."""
    return {key: items(value) for key, value in (struct or {}).items() if value is not None}


def whole(value: Any, what: str) -> int:
    """A number without a fraction, whatever its type: pandas makes floats of integers that some rows lack."""
    if value != int(value):
        raise ValueError(f"{what} is {value}")
    return int(value)


def from_text(text: Any) -> Any:
    """The value of JSON text; what nests too deep for others to work on stays text, and so does what no longer is JSON."""
    if not isinstance(text, str):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if too_deep(value) else value


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: Any) -> Any:
    return float(value) if type(value) is int else value


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: list(map(convert, value)) if isinstance(value, list) else value


_DECLARED: dict[MetadataType, Callable[[Any], Any]] = {
    "int": _integer,
    "float": _number,
    "list[int]": _each(_integer),
    "list[float]": _each(_number),
    "json": from_text,
}


class Metadata:
    """Gives metadata values their declared types, where they are the same in them: pandas makes floats of integers that some rows lack."""

    def __init__(self, types: Mapping[str, MetadataType]) -> None:
        self._declared = {key: _DECLARED[type_] for key, type_ in types.items() if type_ in _DECLARED}

    def of(self, struct: Mapping[str, Any] | None) -> dict[str, Any]:
        """The metadata of a record, by the members of the struct that are there."""
        declared = self._declared
        return {key: declared[key](value) if key in declared else value for key, value in (struct or {}).items() if value is not None}
