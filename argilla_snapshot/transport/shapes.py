"""Shapes of JSON answers: what of an answer is used, and of which kind that must be."""

from types import UnionType
from typing import Any, get_args

#: A class or a union of classes, of which ``int`` is a count; ``[shape]``, a list of such; ``{member: shape}``, an object with these members at least (``"*"``: each member
#: that there is; one of any kind must be there); ``(None, shape)``, null or such; ``ANY``.
Shape = type | UnionType | list[Any] | dict[str, Any] | tuple[None, Any]
ANY = object

_NAMES = {str: "a text", int: "a count", bool: "true or false", list: "a list", dict: "an object", type(None): "null", ANY: "there"}


class OddAnswerError(ValueError):
    """An answer is not of the shape that it must have; the message says where and how."""


def fitting(value: Any, shape: Shape, where: str = "the answer") -> Any:
    """The value, where it is of that shape.

    Raises:
        OddAnswerError: it is not.
    """
    if isinstance(shape, tuple):
        fitting(value, shape[1] if value is not None else ANY, where)
    elif isinstance(shape, list):
        _refuse_unless(isinstance(value, list), where, list)
        for number, item in enumerate(value):
            fitting(item, shape[0], f"{where}[{number}]")
    elif isinstance(shape, dict):
        _refuse_unless(isinstance(value, dict), where, dict)
        for name, inner in shape.items():
            for member in value if name == "*" else [name]:
                _refuse_unless(member in value or inner is not ANY, f"{where}.{member}", ANY)
                fitting(value.get(member), inner, f"{where}.{member}")
    else:
        _refuse_unless(_counts(value) if shape is int else isinstance(value, shape), where, shape)
    return value


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _refuse_unless(fits: bool, where: str, shape: Any) -> None:  # noqa: FBT001 - it is what is asked
    if not fits:
        raise OddAnswerError(f"{where} is not {' or '.join(_NAMES[kind] for kind in get_args(shape) or [shape])}")
