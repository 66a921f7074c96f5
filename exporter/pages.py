"""One page of raw documents -> what it says, and its rows as Arrow columns. Pure, so that any process can do it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.kinds import AnyDataset
from exporter.documents import Document, decode
from exporter.losses import Losses


class Learning(Protocol):
    """What the documents of a dataset say together, by its kind; it holds none of them.

    Attributes:
        records: how many documents were seen.
    """

    @property
    def records(self) -> int:
        """How many documents were seen."""

    def anew(self) -> "Learning":
        """One of the same dataset that has seen nothing."""

    def see(self, documents: Iterable[Document]) -> "Learning":
        """Learns from more documents."""

    def merge(self, later: Any) -> "Learning":
        """Takes over what was learnt from later documents."""

    def shape(self) -> "Learning":
        """A copy of what decides the columns, without what is only counted."""

    def described(self) -> AnyDataset:
        """As much of the dataset as decides its rows."""

    def row(self, document: Document, dataset: Any, losses: Losses) -> dict[str, Any]:
        """The row of a document of a dataset so described; what does not fit a column is counted."""


@dataclass(frozen=True, slots=True)
class Unconverted:
    """A page to convert.

    Attributes:
        of: what is learnt with: of the right dataset.
        lines: its documents, JSON text of one line each.
        known: what all other pages so far said; None where no rows are to be made.
    """

    of: Learning
    lines: list[bytes]
    known: Learning | None


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a page.

    Attributes:
        learnt: what its documents say.
        dataset: what decides the rows: all that was known, and what this page says.
        batches: its rows.
        losses: what did not fit the columns.
    """

    learnt: Learning
    dataset: AnyDataset | None
    batches: list[pa.RecordBatch]
    losses: Losses


def convert(page: Unconverted) -> Converted:
    """Learns from a page, and makes rows of it with the columns that it and all others so far need."""
    documents, losses = list(map(decode, page.lines)), Losses()
    learnt = page.of.anew().see(documents)
    if page.known is None:
        return Converted(learnt, None, [], losses)
    dataset = page.known.shape().merge(learnt).described()
    rows = (learnt.row(document, dataset, losses) for document in documents)
    return Converted(learnt, dataset, list(record_batches(dataset, rows)), losses)
