"""The tables of ``snapshot_format.md``, made from the code that reads and writes snapshots."""

import dataclasses
import json
import typing
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from argilla_snapshot.format import limits, parts
from argilla_snapshot.format.feedback import schema as feedback
from argilla_snapshot.format.feedback.models import FeedbackColumns, FeedbackDataset, Field, Question, VectorSettings
from argilla_snapshot.format.json_schema import descriptions, type_name
from argilla_snapshot.format.models import TASKS, Columns, Dataset, Task
from argilla_snapshot.format.schema import COLUMNS, METADATA, records_schema
from argilla_snapshot.format.shapes import is_required

_METADATA_MEANING = {
    "bool": "true or false",
    "int": "integers that fit into 64 bits",
    "float": "numbers; integers among them are written as floats, and only where that is exact",
    "str": "texts",
    "list[bool]": "lists of such values",
    "list[int]": "lists of such values",
    "list[float]": "lists of such values",
    "list[str]": "lists of such values; also where all lists are empty",
    "json": "anything else, and values of no one type: each is JSON text",
}
#: A dataset with one of everything, and what stands for the types that depend on the dataset.
_ANY = Columns({"NAME": "str"}, {"KEY": "str"}, {"NAME": 8}, ["NAME"])
_DEPENDS = {"inputs": "struct<NAME: string or list<string>>", "metadata": "struct<KEY: a metadata type>"}


def members(cls: type) -> str:
    """The members of a JSON object."""
    hints, told = typing.get_type_hints(cls), descriptions(cls)
    rows = [(f"`{f.name}`", type_name(hints[f.name]), _default(f), told[f.name]) for f in dataclasses.fields(cls)]
    return _table(("member", "type", "default", "what it is"), rows)


def common_columns() -> str:
    """The columns that are the same in all tasks."""
    first, *others = (_types(task) for task in TASKS)
    return _columns({name: type_ for name, type_ in first.items() if all(other.get(name) == type_ for other in others)})


def task_columns(task: Task) -> str:
    """The columns of a task that are not the same in all tasks."""
    others = [_types(other) for other in TASKS if other != task]
    return _columns({name: type_ for name, type_ in _types(task).items() if any(other.get(name) != type_ for other in others)})


def column_order(task: Task) -> str:
    """The names of all columns of a task, in order."""
    return ", ".join(f"`{name}`" for name in _types(task))


def feedback_columns() -> str:
    """The columns of a feedback dataset."""
    text = {"type": "text"}
    any_ = FeedbackDataset(
        *("workspace", "name", "feedback", 0, "ready"),
        fields=[Field("FIELD", "", text)],
        questions=[Question("QUESTION", "", text)],
        vectors_settings=[VectorSettings("NAME", "", 8)],
        columns=FeedbackColumns({"KEY": "str"}),
    )
    types = {field.name: _type(field.type).replace("KEY: string", "KEY: a metadata type") for field in feedback.records_schema(any_)}
    named = {
        name: type_.replace("FIELD: string", "FIELD: a field type").replace("QUESTION: string", "QUESTION: an answer type")
        for name, type_ in types.items()
    }
    named["suggestions"] = named["suggestions"].replace(
        "value: string, score: double", "value: an answer type, score: double or list<double>"
    )
    return _table(
        ("column", "type", "what it holds"), [(f"`{name}`", f"`{type_}`", feedback.COLUMNS[name]) for name, type_ in named.items()]
    )


def feedback_types() -> str:
    """The types of fields and of answers."""
    rows = [("field", f"`{name}`", f"`{_type(type_)}`") for name, type_ in feedback.FIELDS.items()]
    rows += [("answer", f"`{name}`", f"`{_type(type_)}`") for name, type_ in feedback.VALUES.items()]
    return _table(("of", "type in the settings", "Parquet type"), rows)


def metadata_types() -> str:
    """The types that a metadata key can have."""
    rows = [(f"`{name}`", f"`{_type(type_)}`", _METADATA_MEANING[name]) for name, type_ in METADATA.items()]
    return _table(("type", "Parquet type", "values"), rows)


def kinds(meanings: dict[str, str]) -> str:
    """Names and what they mean."""
    return _table(("kind", "meaning"), [(f"`{kind}`", meaning) for kind, meaning in meanings.items()])


def bounds() -> str:
    """What a writer keeps to, and what the reader of this project takes."""
    rows = [
        ("rows of a Parquet file", f"{parts.PART_ROWS:,}", "any"),
        ("rows of a row group", f"{parts.ROW_GROUP:,}", "any"),
        ("bytes of `raw` in a row group", f"about {parts.ROW_GROUP_BYTES >> 20} Mi", "any"),
        ("size of a JSON file", f"{limits.MAX_JSON >> 20} MiB", f"{limits.MAX_JSON >> 20} MiB"),
        ("levels of nesting in a JSON file", str(limits.MAX_DEPTH), str(limits.MAX_DEPTH)),
        ("levels of nesting in the JSON text of a metadata value", "any", f"{limits.MAX_DEPTH}; deeper text stays text"),
        ("memory to unpack the tables", "-", f"{limits.MAX_MEMORY >> 30} GiB while checking (Linux)"),
    ]
    return _table(("what", "written", "read"), rows)


def _default(field: "dataclasses.Field[Any]") -> str:
    if is_required(field):
        return "required"
    return "empty" if field.default is dataclasses.MISSING else _json(field.default)


def _json(default: Any) -> str:
    """A default in the words of JSON."""
    return f"`{default}`" if isinstance(default, str) else json.dumps(default)


def _types(task: Task) -> dict[str, str]:
    schema = records_schema(Dataset("workspace", "name", task, 0, _ANY))
    return {field.name: _DEPENDS.get(field.name) or _type(field.type) for field in schema}


def _columns(types: dict[str, str]) -> str:
    return _table(("column", "type", "what it holds"), [(f"`{name}`", f"`{type_}`", COLUMNS[name]) for name, type_ in types.items()])


def _type(type_: pa.DataType) -> str:
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'{field.name}: {_type(field.type)}' for field in type_)}>"
    if pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_):
        return f"list<{_type(type_.value_type)}>"
    return "timestamp" if pa.types.is_timestamp(type_) else str(type_)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
