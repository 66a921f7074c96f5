"""The types of metadata keys, by the values that edited records have."""

from typing import Any, cast

from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.models import MetadataType

_NAMES = {bool: "bool", int: "int", float: "float", str: "str"}


def kinds_of(value: Any) -> set[str]:
    """The kinds of a value, for ``type_of``."""
    if isinstance(value, list):
        return {f"list[{_NAMES.get(type(item), 'other')}]" for item in value if item is not None} or {"list"}
    return {_NAMES.get(type(value), "other")}


def type_of(dataset: str, key: str, kinds: set[str], before: MetadataType | None) -> MetadataType:
    """The type of a key whose values are of these kinds; where they do not tell it stays what it was.

    Raises:
        DamagedSnapshotError: they are of no one type.
    """
    kinds = {kind for kind in kinds if kind != "list"} or {before or "list[str]"}
    if before == "json":
        return before
    if kinds in ({"int", "float"}, {"list[int]", "list[float]"}):
        kinds -= {"int", "list[int]"}
    if len(kinds) > 1:
        raise DamagedSnapshotError(f"{dataset}: the metadata {key!r} is of different types: {', '.join(sorted(kinds))}.")
    return cast("MetadataType", kinds.pop())
