"""JSON objects as dataclasses: the annotations of a class are the rules that an object is held to.

The JSON Schemas (``argilla_snapshot/format/schemas``) are made from the same annotations, in ``json_schema``.
"""

import dataclasses
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal, TypeVar, get_args, get_origin

T = TypeVar("T")

#: How an annotation that stands for a plain JSON value is called in messages.
_NAMES = {str: "a text", bool: "true or false", int: "a number that counts", list: "a list", dict: "an object"}

_SHOWN = 60


class ShapeError(ValueError):
    """A JSON value is not of the shape that the format gives it; the message says where and what."""


def pattern(expression: str) -> dict[str, str]:
    """Metadata of a text field: the regular expression that all of it must match."""
    return {"pattern": expression}


def build(cls: type[T], data: Any, where: str = "") -> T:
    """Builds a dataclass from a JSON object, nested ones too.

    Unknown members are ignored, missing ones get their default.

    Raises:
        ShapeError: it is no object, lacks a member that has no default, or a member is of another type.
    """
    if not isinstance(data, Mapping):
        raise ShapeError(f"{where or 'it'} is not an object")
    hints = typing.get_type_hints(cls)
    members = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        path = f"{where}.{field.name}" if where else field.name
        if field.name in data:
            members[field.name] = _value(hints[field.name], data[field.name], path)
            expression = field.metadata.get("pattern")
            if expression and not re.fullmatch(expression, members[field.name]):
                raise ShapeError(f"{path} is {_short(data[field.name])}, which the format does not allow")
        elif is_required(field):
            raise ShapeError(f"{path} is missing")
    return cls(**members)


def build_all(cls: type[T], data: Any) -> list[T]:
    """Builds a dataclass from each item of a JSON list.

    Raises:
        ShapeError: it is no list, or an item is not of that shape.
    """
    built: list[T] = _value(list[cls], data, "")  # type: ignore[valid-type]
    return built


def fitted(cls: type[T], data: Mapping[str, Any], note: Callable[[str], None]) -> T:
    """Builds a dataclass of what somebody said who knows no rules: what is not of its shape becomes text, or is left out.

    Args:
        cls: the dataclass.
        data: its members; a null is one that is not there.
        note: is told the name of each member that was changed or left out.

    Raises:
        ShapeError: a member without a default is missing, or nothing can be made of it.
    """
    hints = typing.get_type_hints(cls)
    members = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        value = data.get(field.name)
        fit = _fitting(hints[field.name], value)
        if fit is not None:
            members[field.name] = fit
        if fit != value or type(fit) is not type(value):
            note(field.name)
    return build(cls, members)


def is_required(field: "dataclasses.Field[Any]") -> bool:
    """Whether a member must be there: it has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def optional(hint: Any) -> Any:
    """The ``T`` of ``T | None``, or None where the annotation is no such union."""
    if get_origin(hint) in (types.UnionType, typing.Union):
        (inner,) = (option for option in get_args(hint) if option is not types.NoneType)
        return inner
    return None


def _value(hint: Any, value: Any, where: str) -> Any:
    inner, origin = optional(hint), get_origin(hint)
    if hint is Any or (inner is not None and value is None):
        return value
    if inner is not None:
        return _value(inner, value, where)
    if dataclasses.is_dataclass(hint):
        return build(hint, value, where)  # type: ignore[arg-type]
    if origin is Literal:
        return _one_of(get_args(hint), value, where)
    plain = origin or hint
    if not isinstance(value, plain) or (plain is int and (isinstance(value, bool) or value < 0)):
        raise ShapeError(f"{where or 'it'} is not {_NAMES[plain]}")
    if plain is list:
        value = [_value(get_args(hint)[0], item, f"{where}[{number}]") for number, item in enumerate(value)]
    elif plain is dict:
        value = {key: _value(get_args(hint)[1], item, f"{where}.{key}") for key, item in value.items()}
    return value


def _fitting(hint: Any, value: Any) -> Any:
    """The value, or as much of it as is of its shape; None where that is nothing."""
    if value is None:
        return None
    hint = optional(hint) or hint
    with suppress(ShapeError):  # what has not its shape is fitted below
        return _value(hint, value, "")
    if hint is str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    inner = get_args(hint)[-1] if get_origin(hint) in (list, dict) else None
    if get_origin(hint) is list and isinstance(value, list):
        return [fit for item in value if (fit := _fitting(inner, item)) is not None]
    if get_origin(hint) is dict and isinstance(value, dict):
        return {key: fit for key, item in value.items() if (fit := _fitting(inner, item)) is not None}
    return None


def _one_of(values: tuple[Any, ...], value: Any, where: str) -> Any:
    if value not in values:
        raise ShapeError(f"{where} is {_short(value)}, not one of {', '.join(values)}")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
