"""The records of a dataset as tables: of Arrow, and of Hugging Face with its features."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from argilla_snapshot.format.kinds import AnyDataset, schema_of
from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.reader import Snapshot, reading
from argilla_snapshot.format.said import LABELS, Question, questions_of
from argilla_snapshot.library.extras import needing

if TYPE_CHECKING:
    import datasets as hf

#: Names of members, from a column inwards; lists on the way have none.
Path = tuple[str, ...]


def arrow_table(snapshot: Snapshot, entry: DatasetEntry, columns: Sequence[str] | None) -> pa.Table:
    """All records; see ``SnapshotDataset.to_arrow``."""
    tables = []
    for part in snapshot.parts(entry):
        with reading(part, snapshot.directory), pq.ParquetFile(part, page_checksum_verification=True) as file:
            names = [name for name in file.schema_arrow.names if name != "raw"] if columns is None else list(columns)
            if missing := sorted(set(names) - set(file.schema_arrow.names)):
                raise KeyError(f"The dataset has no column {', '.join(missing)}. Its columns are: {', '.join(file.schema_arrow.names)}.")
            tables.append(file.read(names))
    if not tables:
        schema = schema_of(snapshot.dataset(entry))
        return schema.empty_table().select([name for name in schema.names if name != "raw"] if columns is None else list(columns))
    return pa.concat_tables(tables, promote_options="permissive")


def hugging_face(table: pa.Table, dataset: AnyDataset) -> "hf.Dataset":
    """The table with features; see ``SnapshotDataset.to_datasets``."""
    with needing("datasets"):
        import datasets as hf
        from datasets.table import InMemoryTable, table_cast

    table = table.replace_schema_metadata(None)
    names = {path: _with_others(known, _texts_at(table, path)) for path, known in label_paths(dataset).items() if _is_text(table, path)}
    known = {path: found for path, found in names.items() if found}
    plain = hf.Features.from_arrow_schema(table.schema)
    features = hf.Features({name: _featured(feature, (name,), known, hf.ClassLabel) for name, feature in plain.items()})
    return hf.Dataset(InMemoryTable(table_cast(table, features.arrow_schema)))


def label_paths(dataset: AnyDataset) -> dict[Path, tuple[str, ...]]:
    """Where labels stand in the columns of a dataset -> the labels that are known."""
    found: dict[Path, tuple[str, ...]] = {}
    for question in questions_of(dataset):
        if question.type in LABELS or question.type == "ranking":
            found |= dict.fromkeys(_feedback_paths(question) if dataset.kind == "feedback" else _legacy_paths(question), question.labels)
    return found


def _legacy_paths(question: Question) -> list[Path]:
    annotation = ("annotation", "label") if question.type == "span" else ("annotation",)
    return [annotation, ("other_annotations", *annotation), ("prediction", "label"), ("other_predictions", "prediction", "label")]


def _feedback_paths(question: Question) -> list[Path]:
    inner = {"span": ("label",), "ranking": ("value",)}.get(question.type, ())
    return [("responses", "values", question.name, *inner), ("suggestions", question.name, "value", *inner)]


def _type_at(table: pa.Table, path: Path) -> pa.DataType | None:
    """The type of what stands there; None where nothing does."""
    type_: pa.DataType = pa.struct(table.schema)
    for name in path:
        while _is_list(type_):
            type_ = type_.value_type
        if not pa.types.is_struct(type_) or type_.get_field_index(name) < 0:
            return None
        type_ = type_.field(name).type
    while _is_list(type_):
        type_ = type_.value_type
    return type_


def _is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def _is_text(table: pa.Table, path: Path) -> bool:
    type_ = _type_at(table, path)
    return type_ is not None and bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def _texts_at(table: pa.Table, path: Path) -> list[str]:
    """The different texts that stand there."""
    column = table[path[0]]
    for name in path[1:]:
        column = pc.struct_field(_flat(column), name)
    return sorted(text for text in pc.unique(_flat(column)).to_pylist() if text is not None)


def _flat(column: Any) -> Any:
    while _is_list(column.type):
        column = pc.list_flatten(column)
    return column


def _with_others(known: tuple[str, ...], seen: list[str]) -> list[str]:
    return list(dict.fromkeys([*known, *seen]))


def _featured(feature: Any, path: Path, labels: dict[Path, list[str]], class_label: Any) -> Any:
    """A feature with class labels in it where labels stand."""
    if isinstance(feature, dict):
        return {name: _featured(member, (*path, name), labels, class_label) for name, member in feature.items()}
    if isinstance(feature, list):
        return [_featured(feature[0], path, labels, class_label)]
    if hasattr(feature, "feature"):
        return type(feature)(_featured(feature.feature, path, labels, class_label))
    return class_label(names=labels[path]) if path in labels else feature
