"""JSON Schemas of the JSON files of a snapshot, made from the dataclasses of ``models``.

The files in ``argilla_snapshot/format/schemas`` are what ``schemas`` gives; ``python -m argilla_snapshot.format.json_schema`` writes them anew.
"""

import dataclasses
import inspect
import re
import typing
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.files import to_json
from argilla_snapshot.format.layout import FORMAT_VERSION
from argilla_snapshot.format.models import Dataset, Manifest, User, Webhook, Workspace
from argilla_snapshot.format.shapes import is_required, optional

FOLDER = Path(__file__).parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": 0},
    Any: {},
}
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n        .*)*)$", re.MULTILINE)


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each JSON file, by the file's name without its suffix."""
    return {
        "manifest": _file("manifest.json", Manifest),
        "users": _list_file("users.json", User),
        "workspaces": _list_file("workspaces.json", Workspace),
        "webhooks": _list_file("webhooks.json", Webhook),
        "dataset": _file("dataset.json", Dataset),
        "feedback_dataset": _file("dataset.json of a feedback dataset", FeedbackDataset),
    }


def descriptions(cls: type) -> dict[str, str]:
    """What each member of a dataclass is, by the ``Attributes`` of its docstring."""
    _, _, attributes = (inspect.getdoc(cls) or "").partition("Attributes:\n")
    return {name: re.sub(r"\s+", " ", text) for name, text in _ATTRIBUTE.findall(attributes)}


def type_name(hint: Any) -> str:
    """A type in the words of JSON."""
    inner, origin, arguments = optional(hint), get_origin(hint), get_args(hint)
    if inner is not None:
        return f"{type_name(inner)} or null"
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return f"list of {type_name(arguments[0])}"
    if origin is dict:
        return "object" if arguments[1] is Any else f"object of {type_name(arguments[1])}"
    return {str: "text", bool: "boolean", int: "integer", Any: "any JSON"}.get(hint) or f"[{hint.__name__}](#{hint.__name__.lower()})"


def _file(name: str, cls: type) -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": f"{name}, format {FORMAT_VERSION}", **_object(cls)}


def _list_file(name: str, cls: type) -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": f"{name}, format {FORMAT_VERSION}", "type": "array", "items": _object(cls)}


def _object(cls: type) -> dict[str, Any]:
    hints, told = typing.get_type_hints(cls), descriptions(cls)
    fields = dataclasses.fields(cls)
    return {
        "type": "object",
        "description": (inspect.getdoc(cls) or "").splitlines()[0].replace("``", "`"),
        "properties": {f.name: {**_value(hints[f.name]), **_anchored(f.metadata), "description": told[f.name]} for f in fields},
        "required": [f.name for f in fields if is_required(f)],
    }


def _anchored(metadata: Any) -> dict[str, str]:
    return {"pattern": f"^({metadata['pattern']})$"} if "pattern" in metadata else {}


def _value(hint: Any) -> dict[str, Any]:
    inner, origin, arguments = optional(hint), get_origin(hint), get_args(hint)
    if inner is not None:
        return {"anyOf": [_value(inner), {"type": "null"}]}
    if dataclasses.is_dataclass(hint):
        return _object(typing.cast("type", hint))
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _value(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(arguments[1])}
    return dict(_TYPES[hint])


if __name__ == "__main__":
    for name, schema in schemas().items():
        (FOLDER / f"{name}.schema.json").write_bytes(to_json(schema))
