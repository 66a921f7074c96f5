"""From the rows of a Parquet file to records.

Files that pandas or another tool wrote anew are read as well: the types of a column may be any that hold the same values
(large or dictionary-encoded strings, other lists, other integers, timestamps of another unit, null where nothing is there),
and columns may be missing. What such a file says is what counts, whatever ``dataset.json`` said before.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.limits import BATCH_BYTES, BATCH_ROWS, BATCH_VALUES, too_deep
from argilla_snapshot.format.models import Dataset, MetadataType, Task
from argilla_snapshot.format.record import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span

T = TypeVar("T")
Rule = Callable[[pa.DataType], bool]

_LISTS = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_list_view, types.is_large_list_view)


def read_records(part: Path, dataset: Dataset, start: int = 0) -> Iterator[Record]:
    """The records of one Parquet file from row ``start`` on; only some hundred are in memory at once.

    Args:
        part: the file.
        dataset: its dataset, whose task, ``multi_label`` and types of metadata keys decide what its columns may hold.
        start: the row to begin with.

    Raises:
        ValueError, OverflowError, pa.ArrowException, OSError: it can't be read, or does not hold records of such a dataset.
    """
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for batch in batches(file, readable(file.schema_arrow, dataset)):
            if start >= batch.num_rows:
                start -= batch.num_rows
                continue
            yield from records_of_batch(batch.slice(start), dataset)
            start = 0


def records_of_batch(batch: pa.RecordBatch, dataset: Dataset) -> Iterator[Record]:
    """The records that rows are."""
    for row in _naive_times(batch).to_pylist():
        yield _record(row, dataset.task, dataset.columns.metadata)


def batches(file: pq.ParquetFile, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a file, or some of their columns, as many at once as have few bytes and few values.

    Each row group is read by a reader of its own: one over all of them keeps what it has read (seen with Arrow 25 and 26).
    """
    for group in range(file.num_row_groups):
        rows = _rows_at_once(file.metadata.row_group(group), columns)
        yield from file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False)


def repeated_id(parts: Sequence[Path]) -> str | None:
    """An id that is in the files twice, or None; an export writes ids in their order (``order_of``), and then none is remembered."""
    ordered = pairwise(map(order_of, _ids(parts)))
    return None if all(first < second for first, second in ordered) else first_repeated(_ids(parts))


def first_repeated(values: Iterable[T]) -> T | None:
    """The first value that was there before, or None."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _ids(parts: Sequence[Path]) -> Iterator[str]:
    for part in parts:
        with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
            for batch in batches(file, columns=["id"]):
                yield from map(str, batch.column("id").to_pylist())


def read_archive(part: Path) -> Iterator[str | None]:
    """The column ``raw`` of one Parquet file; null in each row where it has none."""
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        there = "raw" in file.schema_arrow.names
        for batch in batches(file, ["raw"] if there else ["id"]):
            yield from batch.column("raw").to_pylist() if there else [None] * batch.num_rows


def unpack_archive(part: Path) -> None:
    """Reads what ``read_records`` does not: the columns that are an archive.

    Raises:
        ValueError, pa.ArrowException, OSError: they can't be read, or ``raw`` is no text.
    """
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for name in ("raw", "id_type"):
            if name in file.schema_arrow.names and not _text(file.schema_arrow.field(name).type):
                raise ValueError(f"the column {name} has the type {file.schema_arrow.field(name).type}")
        for batch in batches(file, ["raw", "id_type"]):
            batch.validate(full=True)


def _rows_at_once(group: pq.RowGroupMetaData, columns: list[str] | None) -> int:
    """How many rows of a row group to read at once: fewer where these columns have many bytes or many values a row."""
    found = [group.column(number) for number in range(group.num_columns)]
    read = [column for column in found if columns is None or column.path_in_schema.partition(".")[0] in columns]
    size, values = sum(column.total_uncompressed_size for column in read), sum(column.num_values for column in read)
    fitting = min(BATCH_BYTES * group.num_rows // max(size, 1), BATCH_VALUES * group.num_rows // max(values, 1))
    return int(max(1, min(BATCH_ROWS, fitting)))


def _is(*kinds: Rule) -> Rule:
    return lambda type_: any(is_kind(type_) for is_kind in (types.is_null, *kinds))


_whole = _is(types.is_integer)
_number = _is(types.is_integer, types.is_floating)
_moment = _is(types.is_timestamp)
_some_text = _is(types.is_string, types.is_large_string, types.is_string_view)


def _text(type_: pa.DataType) -> bool:
    return _some_text(type_.value_type if types.is_dictionary(type_) else type_)


def _one_of(*rules: Rule) -> Rule:
    return lambda type_: any(rule(type_) for rule in rules)


def _list_of(rule: Rule) -> Rule:
    return lambda type_: types.is_null(type_) or (any(is_kind(type_) for is_kind in _LISTS) and rule(type_.value_type))


def _struct(members: Mapping[str, Rule]) -> Rule:
    """A struct whose members of these names are of these types; others are left unread."""
    return lambda type_: (
        types.is_null(type_)
        or (types.is_struct(type_) and all(members[field.name](field.type) for field in type_ if field.name in members))
    )


def _struct_of(rule: Rule) -> Rule:
    """A struct with any names, all members of one kind."""
    return lambda type_: types.is_null(type_) or (types.is_struct(type_) and all(rule(field.type) for field in type_))


_VALUE = _one_of(_text, _number, _is(types.is_boolean))
_SPAN = {"label": _text, "start": _number, "end": _number, "score": _number}
_PREDICTIONS: dict[Task, Rule] = {
    "TextClassification": _list_of(_struct({"label": _text, "score": _number})),
    "TokenClassification": _list_of(_struct(_SPAN)),
    "Text2Text": _list_of(_struct({"text": _text, "score": _number})),
}
_KINDS = {True: "multi-label ", False: "single-label ", None: ""}
_LABELS = {True: _list_of(_text), False: _text, None: _one_of(_text, _list_of(_text))}


def _annotations(dataset: Dataset) -> Rule:
    if dataset.task == "TextClassification":
        return _LABELS[dataset.multi_label]
    return _text if dataset.task == "Text2Text" else _list_of(_struct(_SPAN))


def _rules(dataset: Dataset) -> dict[str, Rule]:
    """What is read of a record, and of which types it may be."""
    prediction, annotation = _PREDICTIONS[dataset.task], _annotations(dataset)
    return {
        "id": _one_of(_text, _whole),
        "status": _text,
        "text": _text,
        "inputs": _struct_of(_one_of(_text, _list_of(_text))),
        "tokens": _list_of(_text),
        "prediction": prediction,
        "prediction_agent": _text,
        "annotation": annotation,
        "annotation_agent": _text,
        "other_predictions": _list_of(_struct({"agent": _text, "prediction": prediction})),
        "other_annotations": _list_of(_struct({"agent": _text, "annotation": annotation})),
        "metadata": _struct_of(_one_of(_VALUE, _list_of(_VALUE))),
        "vectors": _struct_of(_list_of(_number)),
        "explanation": _struct_of(
            _list_of(_struct({"token": _text, "attributions": _list_of(_struct({"label": _text, "score": _number}))}))
        ),
        "event_timestamp": _moment,
        "last_updated": _moment,
    }


def readable(schema: pa.Schema, dataset: Dataset) -> list[str]:
    """The columns that are read.

    Raises:
        ValueError: one is of a type that it can't be of, is there twice, or is missing.
    """
    rules = _rules(dataset)
    for name in ("id", "status"):
        if name not in schema.names:
            raise ValueError(f"it has no column {name}")
    for field in schema:
        if field.name in rules and not rules[field.name](field.type):
            raise ValueError(
                f"its column {field.name} has the type {str(field.type)[:200]}, which is none of {_KINDS[dataset.multi_label]}{dataset.task}"
            )
    names = [name for name in schema.names if name in rules]
    if len(set(names)) != len(names):
        raise ValueError("it has a column twice")
    return names


def _naive_times(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Timestamps in microseconds and without a zone, which is UTC."""
    for number, field in enumerate(batch.schema):
        if types.is_timestamp(field.type) and field.type != pa.timestamp("us"):
            times = batch.column(number).cast(pa.timestamp("us", field.type.tz), safe=False).cast(pa.timestamp("us"))
            batch = batch.set_column(number, field.name, times)
    return batch


def _record(row: dict[str, Any], task: Task, metadata: Mapping[str, MetadataType]) -> Record:
    id_ = _there(row["id"], "an id")
    try:
        inputs = row.get("inputs") if row.get("inputs") is not None else {"text": row.get("text")}
        return Record(
            id=str(id_),
            status=_there(row["status"], "the status"),
            inputs={name: _items(value) for name, value in _present(inputs).items()},
            tokens=_items(row.get("tokens")),
            predictions=_agents(row, "prediction", lambda values: [_predicted(task, value) for value in _items(values)]),
            annotations=_agents(row, "annotation", lambda value: _annotated(task, value)),
            metadata={key: _as_declared(value, metadata.get(key)) for key, value in _present(row.get("metadata")).items()},
            vectors={name: _items(vector) for name, vector in _present(row.get("vectors")).items()},
            explanation=_explanation(row.get("explanation")),
            event_timestamp=row.get("event_timestamp"),
            last_updated=row.get("last_updated"),
        )
    except ValueError as error:
        raise ValueError(f"record {str(id_)[:60]!r}: {error}") from None


def _there(value: Any, what: str) -> Any:
    if value is None:
        raise ValueError(f"{what} is null")
    return value


def _items(value: Any) -> Any:
    """The value; where it is a list no item may be null."""
    if isinstance(value, list) and None in value:
        raise ValueError("a list holds null")
    return value


def _present(struct: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members of a struct that are there: in a column of structs an absent one is null."""
    return {key: value for key, value in (struct or {}).items() if value is not None}


def _as_declared(value: Any, type_: MetadataType | None) -> Any:
    """A metadata value in its declared type, where it is the same in it: pandas makes floats of integers that some rows lack."""
    if isinstance(value, list) and type_ in ("list[int]", "list[float]"):
        return [_as_declared(item, "int" if type_ == "list[int]" else "float") for item in value]
    if type_ == "int" and isinstance(value, float) and value.is_integer():
        return int(value)
    if type_ == "float" and type(value) is int:
        return float(value)
    return _json(value) if type_ == "json" else value


def _json(text: Any) -> Any:
    """The value of JSON text; what nests too deep for others to work on stays text, and so does what no longer is JSON."""
    if not isinstance(text, str):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if too_deep(value) else value


def _agents(row: Mapping[str, Any], column: Any, build: Callable[[Any], Any]) -> list[Any]:
    """What the current agent and then the others said."""
    make: Any = Prediction if column == "prediction" else Annotation
    said = [(row.get(f"{column}_agent"), row.get(column))]
    said += [(other.get("agent"), other.get(column)) for other in _items(row.get(f"other_{column}s") or [])]
    return [make(agent, build(value)) for agent, value in said if value is not None]


def _predicted(task: Task, value: Mapping[str, Any]) -> ScoredLabel | ScoredText | Span:
    if task == "TokenClassification":
        return _span(value)
    if task == "Text2Text":
        return ScoredText(_there(value.get("text"), "a predicted text"), value.get("score"))
    return ScoredLabel(_there(value.get("label"), "a predicted label"), value.get("score"))


def _annotated(task: Task, value: Any) -> Any:
    return [_span(item) for item in _items(value)] if task == "TokenClassification" else _items(value)


def _span(value: Mapping[str, Any]) -> Span:
    label, start, end = (_there(value.get(name), f"the {name} of a span") for name in ("label", "start", "end"))
    if start != int(start) or end != int(end):
        raise ValueError(f"a span goes from {start} to {end}")
    return Span(label, int(start), int(end), value.get("score"))


def _explanation(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        name: [{"token": item.get("token"), "attributions": _attributions(item)} for item in _items(tokens)]
        for name, tokens in _present(value).items()
    }


def _attributions(token: Mapping[str, Any]) -> dict[str, float]:
    """Label -> score, as 1.x has them."""
    found = _items(token.get("attributions") or [])
    return {_there(item.get("label"), "the label of an attribution"): item["score"] for item in found if item.get("score") is not None}
