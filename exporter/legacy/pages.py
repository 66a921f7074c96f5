"""One page of raw documents -> what it says, and its rows as Arrow columns. Pure, so that any process can do it."""

from dataclasses import dataclass

import pyarrow as pa

from argilla_snapshot.format.models import Dataset
from argilla_snapshot.format.parts import record_batches
from exporter.documents import decode
from exporter.legacy.learn import Learning
from exporter.legacy.rows import to_row
from exporter.losses import Losses
from exporter.source import Listed


@dataclass(frozen=True, slots=True)
class Unconverted:
    """A page to convert.

    Attributes:
        listed: the dataset that it is of.
        lines: its documents, JSON text of one line each.
        known: what all other pages so far said; None where no rows are to be made.
    """

    listed: Listed
    lines: list[bytes]
    known: Learning | None


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a page.

    Attributes:
        learnt: what its documents say.
        dataset: what decides the rows (see ``described``): all that was known, and what this page says.
        batches: its rows.
        losses: what did not fit the columns.
    """

    learnt: Learning
    dataset: Dataset | None
    batches: list[pa.RecordBatch]
    losses: Losses


def convert(page: Unconverted) -> Converted:
    """Learns from a page, and makes rows of it with the columns that it and all others so far need."""
    documents, losses = list(map(decode, page.lines)), Losses()
    learnt = Learning(page.listed.task).see(documents)
    if page.known is None:
        return Converted(learnt, None, [], losses)
    dataset = described(page.listed, page.known.shape().merge(learnt))
    rows = (to_row(document, dataset, losses) for document in documents)
    return Converted(learnt, dataset, list(record_batches(dataset, rows)), losses)


def described(listed: Listed, learning: Learning) -> Dataset:
    """As much of a dataset as decides its rows."""
    columns, multi_label = learning.columns()
    return Dataset(listed.workspace, listed.name, listed.task, 0, columns, multi_label)
