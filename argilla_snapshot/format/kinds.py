"""What differs between the kinds of datasets: their description, the columns of their records, and what a row becomes."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import pyarrow as pa

from argilla_snapshot.format.column_types import Rule
from argilla_snapshot.format.feedback import recount as feedback_recount
from argilla_snapshot.format.feedback import rows as feedback_rows
from argilla_snapshot.format.feedback import schema as feedback_schema
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.legacy import recount as legacy_recount
from argilla_snapshot.format.legacy import rows as legacy_rows
from argilla_snapshot.format.models import Dataset, Kind
from argilla_snapshot.format.record import Record
from argilla_snapshot.format.schema import records_schema as legacy_schema

AnyDataset = Dataset | FeedbackDataset
AnyRecord = Record | FeedbackRecord


def dataset_of(kind: Kind, data: Any) -> AnyDataset:
    """The dataset that a ``dataset.json`` describes; raises ``ShapeError``."""
    return FeedbackDataset.from_json(data) if kind == "feedback" else Dataset.from_json(data)


def schema_of(dataset: AnyDataset) -> pa.Schema:
    """The exact Arrow schema of the records of a dataset."""
    return feedback_schema.records_schema(dataset) if isinstance(dataset, FeedbackDataset) else legacy_schema(dataset)


def rules_of(dataset: AnyDataset) -> dict[str, Rule]:
    """The columns that are read of a dataset, and of which types they may be."""
    return feedback_rows.rules(dataset) if isinstance(dataset, FeedbackDataset) else legacy_rows.rules(dataset)


def title_of(dataset: AnyDataset) -> str:
    """What a dataset is, for people."""
    return feedback_rows.title(dataset) if isinstance(dataset, FeedbackDataset) else legacy_rows.title(dataset)


def reading(dataset: AnyDataset) -> Callable[[dict[str, Any]], AnyRecord]:
    """What makes a record of a row of a dataset; it raises ``ValueError`` where the row is none."""
    return feedback_rows.reading(dataset) if isinstance(dataset, FeedbackDataset) else legacy_rows.reading(dataset)


def recount(dataset: AnyDataset, records: Iterable[AnyRecord]) -> AnyDataset:
    """The dataset as its records now are; what they do not say stays. Raises ``DamagedSnapshotError``: their metadata has no types."""
    if isinstance(dataset, FeedbackDataset):
        return feedback_recount.recount(dataset, cast("Iterable[FeedbackRecord]", records))
    return legacy_recount.recount(dataset, cast("Iterable[Record]", records))


def text_columns(dataset: AnyDataset) -> set[str]:
    """The columns of which one must be there: without it the records would have lost their texts."""
    return {"fields"} if isinstance(dataset, FeedbackDataset) else {"inputs", "text"}


def features_of(datasets: Iterable[AnyDataset]) -> list[str]:
    """The names for ``required_features`` of a snapshot with these datasets."""
    return ["feedback"] if any(isinstance(dataset, FeedbackDataset) for dataset in datasets) else []
