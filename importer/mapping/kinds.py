"""What of the mapping differs between the kinds of datasets. Pure."""

from typing import Protocol, cast

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import Record
from importer.mapping.answers import left_out
from importer.mapping.cleaning import clean_text
from importer.mapping.feedback import FeedbackMapper
from importer.mapping.feedback import external_id_of as feedback_external_id
from importer.mapping.legacy import Mapper
from importer.mapping.moments import Clock
from importer.mapping.record import TargetRecord
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan


class Maps(Protocol):
    """Maps the records of one dataset by its plan."""

    def map(self, record: AnyRecord) -> tuple[TargetRecord, list[Note]]:
        """The record as the target is to hold it, and what happened to it on the way."""


def mapper_of(dataset: DatasetPlan, agents: list[Agent], options: ImportOptions) -> Maps:
    """The mapper of a dataset."""
    return cast("Maps", Mapper(dataset, agents, options) if dataset.kind == "legacy" else FeedbackMapper(dataset, agents))


def clock_of(plan: DatasetPlan, dataset: AnyDataset, exported: str) -> Clock:
    """The times of the records of a dataset; ``exported``: when the snapshot was made."""
    return Clock(plan.kind, dataset.inserted_at if isinstance(dataset, FeedbackDataset) else dataset.created_at, exported)


def external_id_of(record: AnyRecord) -> str:
    """The external id of a record on the target."""
    return feedback_external_id(record) if isinstance(record, FeedbackRecord) else clean_text(record.id)


def is_left_out(record: AnyRecord, options: ImportOptions) -> bool:
    """Whether a record is not imported, as asked."""
    return isinstance(record, Record) and left_out(record, options)
