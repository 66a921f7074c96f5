"""Values of metadata: the one type that all values of a key have, and a value in it."""

from collections.abc import Set as AbstractSet
from typing import Any, cast

from argilla_snapshot.format.models import MetadataType
from exporter.documents import to_text

_EXACT = 2**53  # integers up to this are exact as floats
_LONG = 2**63
_NONE: frozenset[str] = frozenset()
_KINDS = {kind: frozenset({kind}) for kind in ("bool", "int", "long", "float", "str", "list", "other")}


def value_kinds(value: Any) -> AbstractSet[str]:
    """The kinds of a metadata value, for ``metadata_type``; null has none."""
    if isinstance(value, list):
        inner = {f"list[{kind}]" for item in value for kind in (value_kinds(item) or _KINDS["other"])}
        return inner or _KINDS["list"]
    if value is None:
        return _NONE
    if type(value) is int:
        return _KINDS["int" if -_EXACT <= value <= _EXACT else "long" if -_LONG <= value < _LONG else "other"]
    return _KINDS.get(type(value).__name__, _KINDS["other"])


def metadata_type(kinds: AbstractSet[str]) -> MetadataType:
    """The one type that holds values of all these kinds exactly; ``json`` where there is none."""
    if not kinds & {"list"} and all(not kind.startswith("list[") for kind in kinds):
        return cast("MetadataType", _scalar_type(kinds) or "json")
    if not all(kind.startswith("list") for kind in kinds):
        return "json"
    items = {kind[len("list[") : -1] for kind in kinds - {"list"}}
    inner = _scalar_type(items) if items else "str"
    return cast("MetadataType", f"list[{inner}]" if inner else "json")


def _scalar_type(kinds: AbstractSet[str]) -> str | None:
    if kinds in ({"bool"}, {"str"}):
        return next(iter(kinds))
    if kinds <= {"int", "long"}:
        return "int"
    return "float" if kinds <= {"int", "float"} else None


def typed(value: Any, type_: MetadataType) -> Any:
    """A value in the type of its key."""
    if type_ == "json":
        return to_text(value)
    if type_ == "float":
        return float(value)
    return [float(item) for item in value] if type_ == "list[float]" else value
