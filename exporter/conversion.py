"""The conversion of a dataset's spool into Parquet files, while the spool still grows.

Each page is learnt from as it comes, and its rows are written with the columns known so far. Where a page changes the
columns, what was written is discarded, and with each page that comes some earlier ones are converted anew, until none is
left behind. So the files are those that learning first and writing afterwards would make, whenever a run was interrupted.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from exporter.changes import together
from exporter.documents import Document
from exporter.errors import ExportError
from exporter.learn import Learning, Learnt, learn
from exporter.losses import Losses
from exporter.rows import to_row
from exporter.source import Listed
from exporter.spool import Spool
from snapshot.models import Columns, Dataset
from snapshot.parts import Parts
from snapshot.writer import SnapshotWriter

#: Pages left behind that are converted while the next page is on its way: about as long as a server needs for one.
_CATCH_UP = 4


class Conversion:
    """Converts what is in a spool, and each page that is added.

    Attributes:
        parts: the files begun, or None.
        losses: what did not fit the columns, of the rows written so far.
    """

    def __init__(self, writer: SnapshotWriter, listed: Listed, spool: Spool) -> None:
        self.parts: Parts | None = None
        self.losses = Losses()
        self._writer, self._listed, self._spool = writer, listed, spool
        self._learning = Learning(listed.task)
        self._dataset = self._described(*self._learning.columns())
        self._at = 0  # where in the spool the pages begin that are not converted
        self._wasted = 0  # rows that were discarded

    @property
    def written(self) -> int:
        """Rows written so far."""
        return self.parts.written if self.parts else 0

    def recall(self) -> Iterator[int]:
        """Learns from the pages that an earlier run left in the spool; gives the number of documents of each."""
        for documents, _ in self._spool.pages():
            self._learn(documents)
            yield len(documents)

    def add(self, documents: list[Document]) -> None:
        """Converts documents that were just appended to the spool, or some of those before them that are left behind."""
        self._learn(documents)
        if self.written + len(documents) == self._spool.records:
            self._write(documents)
            self._at = self._spool.size
        elif self._wasted <= self._spool.records:  # where columns change all the time, what is left behind waits for the end
            for page, end in islice(self._spool.pages(self._at), _CATCH_UP):
                self._write(page)
                self._at = end

    def learnt(self, changes: Spool) -> Learnt:
        """What all records say, with those of ``changes`` in the place of what was read first: they change all that was written."""
        if not changes.records:
            return self._learning.learnt()
        self._discard()
        learnt = learn(self._listed.task, together(self._spool, changes))
        self._dataset = self._described(learnt.columns, learnt.multi_label)
        return learnt

    def rest(self, changes: Spool) -> Iterator[Mapping[str, Any]]:
        """The rows that are not written yet.

        Raises:
            ExportError: the spool does not hold what was put in it.
        """
        if changes.records:
            documents = together(self._spool, changes)
        else:
            documents = (document for page, _ in self._spool.pages(self._at) for document in page)
        total = self.written
        for document in documents:
            total += 1
            yield to_row(document, self._dataset, self.losses)
        if not self._spool.records <= total <= self._spool.records + changes.records:
            raise ExportError(f"{self._spool.path} was altered while it was read: export again with --restart.")

    def close(self) -> None:
        """Closes what is not finished."""
        if self.parts is not None:
            self.parts.close()

    def _learn(self, documents: list[Document]) -> None:
        self._learning.see(documents)
        described = self._described(*self._learning.columns())
        if described != self._dataset:
            self._discard()
            self._dataset = described

    def _write(self, documents: list[Document]) -> None:
        self.parts = self.parts or self._writer.begin(self._dataset)
        self.parts.write(to_row(document, self._dataset, self.losses) for document in documents)

    def _discard(self) -> None:
        self.close()
        self._wasted += self.written
        self.parts, self.losses, self._at = None, Losses(), 0

    def _described(self, columns: Columns, multi_label: bool | None) -> Dataset:  # noqa: FBT001
        """As much of the dataset as decides its rows."""
        return Dataset(self._listed.workspace, self._listed.name, self._listed.task, 0, columns, multi_label)
