"""The Parquet schema of a dataset's records, decided by its task and by what was learnt from all its records.

The columns are those of the official 1.x ``to_datasets()`` (argilla-v1 1.29.1, ``client/datasets.py``), then ours:
``other_predictions``, ``other_annotations``, ``id_type``, ``last_updated`` and ``raw``.
"""

import pyarrow as pa

from argilla_snapshot.format.models import Columns, Dataset, MetadataType, Task

_STRING = pa.string()
#: As 1.x shows it; a value with an offset is converted to UTC.
_TIME = pa.timestamp("us")

#: The Arrow type of the values of a metadata key, by the type that ``dataset.json`` names.
METADATA: dict[MetadataType, pa.DataType] = {
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "str": _STRING,
    "list[bool]": pa.list_(pa.bool_()),
    "list[int]": pa.list_(pa.int64()),
    "list[float]": pa.list_(pa.float64()),
    "list[str]": pa.list_(_STRING),
    "json": _STRING,
}
_SPAN = [("label", _STRING), ("start", pa.int64()), ("end", pa.int64())]


#: What each column holds; also the text of ``snapshot_format.md``.
COLUMNS: dict[str, str] = {
    "text": "The text. In text classification only where it is the one input and no list, else null: there `inputs` counts.",
    "inputs": "The inputs: name -> text, or list of texts. An input that a record lacks is null.",
    "tokens": "The tokens of the text.",
    "prediction": "What the current prediction says, in the order of the old server; null where there is none.",
    "prediction_agent": "Whose prediction it is.",
    "annotation": "What the current annotation says; null where there is none.",
    "annotation_agent": "Who annotated: normally a username.",
    "vectors": "Vector name -> numbers. A vector that a record lacks is null.",
    "multi_label": "Whether the record may have several labels.",
    "explanation": "Input name -> its tokens, each with its attributions: labels with scores.",
    "id": "The id as text; never null, unique in the dataset.",
    "metadata": "Metadata key -> value. A key that a record lacks is null.",
    "status": "`Default`, `Validated`, `Discarded` or `Edited`; never null.",
    "event_timestamp": "When what the record is about happened, as the old server was told.",
    "other_predictions": "The predictions of further agents; an empty list where there are none.",
    "other_annotations": "The annotations of further agents, and further ones of the same agent; an empty list where there are none.",
    "id_type": "`int` or `str`: what the id was on the old server.",
    "last_updated": "When the record was last written to on the old server, in UTC.",
    "raw": "The whole document of the old server as JSON text.",
}


def records_schema(dataset: Dataset) -> pa.Schema:
    """The exact Arrow schema of the records of a dataset."""
    columns = dataset.columns
    prediction, annotation = _prediction(dataset.task), _annotation(dataset.task, multi_label=bool(dataset.multi_label))
    fields: list[tuple[str, pa.DataType]] = [("text", _STRING)]
    if dataset.task == "TextClassification":
        fields.append(("inputs", _inputs(columns)))
    if dataset.task == "TokenClassification":
        fields.append(("tokens", pa.list_(_STRING)))
    fields += [
        ("prediction", prediction),
        ("prediction_agent", _STRING),
        ("annotation", annotation),
        ("annotation_agent", _STRING),
        ("vectors", _vectors(columns)),
    ]
    if dataset.task == "TextClassification":
        fields += [("multi_label", pa.bool_()), ("explanation", _explanation(columns))]
    fields += [
        ("id", _STRING),
        ("metadata", _struct([(key, METADATA[type_]) for key, type_ in columns.metadata.items()])),
        ("status", _STRING),
        ("event_timestamp", _TIME),
        ("other_predictions", pa.list_(pa.struct([("agent", _STRING), ("prediction", prediction)]))),
        ("other_annotations", pa.list_(pa.struct([("agent", _STRING), ("annotation", annotation)]))),
        ("id_type", _STRING),
        ("last_updated", _TIME),
        ("raw", _STRING),
    ]
    return pa.schema(fields)


def _struct(fields: list[tuple[str, pa.DataType]]) -> pa.DataType:
    """A struct, or the null type where there is no field: Parquet has no empty struct."""
    return pa.struct(fields) if fields else pa.null()


def _inputs(columns: Columns) -> pa.DataType:
    types = {"str": _STRING, "list[str]": pa.list_(_STRING)}
    return _struct([(name, types[type_]) for name, type_ in columns.inputs.items()])


def _vectors(columns: Columns) -> pa.DataType:
    # Not of a fixed size: pyarrow before 26 can't read fixed-size lists of which some are null (seen with 16 and 25).
    return _struct([(name, pa.list_(pa.float64())) for name in columns.vectors])


def _explanation(columns: Columns) -> pa.DataType:
    # A list, and no member for each label: of many labels each token has few.
    attributions = pa.list_(pa.struct([("label", _STRING), ("score", pa.float64())]))
    tokens = pa.list_(pa.struct([("token", _STRING), ("attributions", attributions)]))
    return _struct([(name, tokens) for name in columns.explanation])


def _prediction(task: Task) -> pa.DataType:
    item = {
        "TextClassification": [("label", _STRING), ("score", pa.float64())],
        "TokenClassification": [*_SPAN, ("score", pa.float64())],
        "Text2Text": [("text", _STRING), ("score", pa.float64())],
    }[task]
    return pa.list_(pa.struct(item))


def _annotation(task: Task, *, multi_label: bool) -> pa.DataType:
    if task == "TokenClassification":
        return pa.list_(pa.struct(_SPAN))
    return pa.list_(_STRING) if multi_label else _STRING
