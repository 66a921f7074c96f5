"""The conversion of a dataset's spool into Parquet files, while the spool still grows.

Each page is learnt from as it comes, and its rows are made with the columns known so far. Where a page changes the columns,
what was written is discarded, and with each page that comes some earlier ones are converted anew, until none is left behind.
So the files are those that learning first and writing afterwards would make, whenever a run was interrupted.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

import pyarrow as pa

from argilla_snapshot.format.kinds import AnyDataset, schema_of
from argilla_snapshot.format.limits import blocks
from argilla_snapshot.format.parts import Parts
from argilla_snapshot.format.writer import SnapshotWriter
from exporter.changes import together
from exporter.converters import Converters, InOrder
from exporter.errors import ExportError
from exporter.losses import Losses
from exporter.pages import Learning, Unconverted
from exporter.spool import Spool

#: Pages left behind that are converted while the next page is on its way: about as long as a server needs for one.
_CATCH_UP = 4


class _About(NamedTuple):
    """Of a page: whether it is to be learnt from, and where in the spool it begins and ends if its rows are to be written."""

    new: bool
    start: int | None = None
    end: int = 0


class Conversion:
    """Converts what is in a spool, and each page that is added.

    Attributes:
        parts: the files begun, or None.
        losses: what did not fit the columns, of the rows written so far.
    """

    def __init__(self, writer: SnapshotWriter, learning: Learning, spool: Spool, converters: Converters) -> None:
        self.parts: Parts | None = None
        self.losses = Losses()
        self._writer, self._spool = writer, spool
        self._learning = learning.anew()
        self._blank = learning.anew()
        self._dataset = self._learning.described()
        self._pages: InOrder[_About] = InOrder(converters)
        self._end = 0  # where in the spool the pages end that were given to be learnt from,
        self._next = 0  # where those begin that were not given to be written,
        self._at = 0  # and where those begin that are not written
        self._wasted = 0  # rows that were discarded

    @property
    def written(self) -> int:
        """Rows written so far."""
        return self.parts.written if self.parts else 0

    def recall(self) -> Iterator[int]:
        """Learns from the pages that an earlier run left in the spool; gives the number of documents of each."""
        for lines, end in self._spool.pages():
            self._end = end
            self._learn(lines)
            self._take()
            yield len(lines)

    def add(self, lines: list[bytes]) -> None:
        """Converts documents that were just appended to the spool, or some of those before them that are left behind."""
        if not lines:
            return
        start, self._end = self._end, self._spool.size
        if self._next == start:
            self._write(lines, self._end, new=True)
        else:
            self._learn(lines)
        self._take()
        if self._next < self._end and self._wasted <= self._spool.records:  # where columns change all the time, it waits for the end
            for page, end in islice(self._spool.pages(self._next), _CATCH_UP):
                self._write(page, end, new=False)
            self._take()

    def learnt(self, changes: Spool) -> Learning:
        """What all records say, with those of ``changes`` in the place of what was read first: they change all that was written."""
        self._take(everything=True)
        if changes.records:
            self._discard()
            self._learning = self._blank.anew()
            for lines in blocks(together(self._spool, changes), len):
                self._learn(lines)
                self._take()
            self._take(everything=True)
        return self._learning

    def rest(self, changes: Spool) -> Iterator[pa.RecordBatch]:
        """The rows that are not written yet.

        Raises:
            ExportError: the spool does not hold what was put in it.
        """
        pages = blocks(together(self._spool, changes), len) if changes.records else (lines for lines, _ in self._spool.pages(self._at))
        total = self.written
        for lines in chain(pages, [None]):
            if lines is not None:
                self._give(_About(new=False), lines)
            for _, converted in self._pages.take(everything=lines is None):
                self.losses.merge(converted.losses)
                total += converted.learnt.records
                yield from converted.batches
        if not self._spool.records <= total <= self._spool.records + changes.records:
            raise ExportError(f"{self._spool.path} was altered while it was read: export again with --restart.")

    def close(self) -> None:
        """Closes what is not finished."""
        if self.parts is not None:
            self.parts.close()

    def _learn(self, lines: list[bytes]) -> None:
        self._pages.give(_About(new=True), Unconverted(self._blank, lines, None))

    def _write(self, lines: list[bytes], end: int, *, new: bool) -> None:
        self._give(_About(new, self._next, end), lines)
        self._next = end

    def _give(self, about: _About, lines: list[bytes]) -> None:
        self._pages.give(about, Unconverted(self._blank, lines, self._learning.shape()))

    def _take(self, *, everything: bool = False) -> None:
        """Learns from what was converted, and writes it where it is next and has the columns that all so far need."""
        for about, converted in self._pages.take(everything=everything):
            if about.new:
                self._learning.merge(converted.learnt)
                known = self._learning.described()
                if known != self._dataset:
                    self._discard()
                    self._dataset = known
            if about.start == self._at and _alike(converted.dataset, self._dataset):
                self.parts = self.parts or self._writer.begin(self._dataset)
                self.parts.write(converted.batches)
                self.losses.merge(converted.losses)
                self._at, self._next = about.end, max(self._next, about.end)

    def _discard(self) -> None:
        """Lets go of what was written: all of it is to be converted anew."""
        self.close()
        self._wasted += self.written
        self.parts, self.losses, self._at, self._next = None, Losses(), 0, 0


def _alike(made: AnyDataset | None, known: AnyDataset) -> bool:
    """Whether rows were made with the columns that are known; the same names in another order are other columns."""
    return made is not None and made == known and schema_of(made).equals(schema_of(known))
