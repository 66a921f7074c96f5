"""The Parquet schema of the records of a feedback dataset: declared by its settings, only metadata is learnt."""

from collections.abc import Iterable

import pyarrow as pa

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.schema import METADATA

_STRING = pa.string()
_TIME = pa.timestamp("us")
#: The Arrow type of the answers to a question, by its type; of any other type they are JSON text.
VALUES: dict[str, pa.DataType] = {
    "text": _STRING,
    "label_selection": _STRING,
    "rating": pa.int64(),
    "multi_label_selection": pa.list_(_STRING),
    "ranking": pa.list_(pa.struct([("value", _STRING), ("rank", pa.int64())])),
    "span": pa.list_(pa.struct([("label", _STRING), ("start", pa.int64()), ("end", pa.int64())])),
}
#: The Arrow type of a field, by its type; of any other type it is JSON text.
FIELDS: dict[str, pa.DataType] = {
    "text": _STRING,
    "image": _STRING,
    "chat": pa.list_(pa.struct([("role", _STRING), ("content", _STRING)])),
}

#: What each column holds; also the text of ``snapshot_format.md``.
COLUMNS: dict[str, str] = {
    "id": "The UUID of the record on the old server; never null, unique in the dataset.",
    "external_id": "The id that whoever made the record gave it; null where it has none.",
    "status": "`pending` or `completed`; null before 2.0, which does not know it.",
    "fields": "The fields: name -> value. An image is a URL or a data URL, a custom field JSON text. A field that a record lacks is null.",
    "metadata": "Metadata key -> value. A key that a record lacks is null.",
    "responses": "The responses, one a user: status and values. `username` is null where the user is gone. A question that is not answered is null.",
    "suggestions": "The suggestions: question -> value, score, agent and type. A question without a suggestion is null.",
    "vectors": "Vector name -> numbers. A vector that a record lacks is null.",
    "inserted_at": "When the record was made on the old server, in UTC.",
    "updated_at": "When the record was last changed on the old server, in UTC.",
    "raw": "The record as JSON text as the old server sent it, without `fields` and `vectors`, which stand above as they are.",
}


def records_schema(dataset: FeedbackDataset) -> pa.Schema:
    """The exact Arrow schema of the records of a feedback dataset."""
    response = [
        *((name, _STRING) for name in ("username", "user_id", "status")),
        ("values", _struct((question.name, VALUES.get(question.type, _STRING)) for question in dataset.questions)),
        *((name, _TIME) for name in ("inserted_at", "updated_at")),
    ]
    return pa.schema(
        [
            ("id", _STRING),
            ("external_id", _STRING),
            ("status", _STRING),
            ("fields", _struct((field.name, FIELDS.get(field.type, _STRING)) for field in dataset.fields)),
            ("metadata", _struct((key, METADATA[type_]) for key, type_ in dataset.columns.metadata.items())),
            ("responses", pa.list_(pa.struct(response))),
            ("suggestions", _struct((question.name, _suggestion(question.type)) for question in dataset.questions)),
            ("vectors", _struct((vector.name, pa.list_(pa.float64())) for vector in dataset.vectors_settings)),
            ("inserted_at", _TIME),
            ("updated_at", _TIME),
            ("raw", _STRING),
        ]
    )


def has_list_scores(type_: str) -> bool:
    """Whether a suggestion for a question of that type has a score for each item of its value."""
    return bool(pa.types.is_list(VALUES.get(type_, _STRING)))


def _suggestion(type_: str) -> pa.DataType:
    return pa.struct(
        [
            ("value", VALUES.get(type_, _STRING)),
            ("score", pa.list_(pa.float64()) if has_list_scores(type_) else pa.float64()),
            ("agent", _STRING),
            ("type", _STRING),
            ("inserted_at", _TIME),
            ("updated_at", _TIME),
        ]
    )


def _struct(fields: Iterable[tuple[str, pa.DataType]]) -> pa.DataType:
    """A struct, or the null type where there is no field: Parquet has no empty struct."""
    found = list(fields)
    return pa.struct(found) if found else pa.null()
