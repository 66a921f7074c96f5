"""Records of a snapshot in batches, ready for the wire."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from argilla_snapshot.format.models import Record
from importer.journal.intervals import Interval

#: Records of a request: the answer repeats them whole, so more only costs memory.
BATCH = 250
#: Bytes of a request, unless one record is larger.
BATCH_BYTES = 8 << 20
#: A record of the snapshot, and what it is on the wire.
Item = tuple[Record, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one request. ``rows``: from the row of the first to behind the row of the last."""

    rows: Interval
    items: list[Item]


def batches(items: Iterable[tuple[int, Item]]) -> Iterator[Batch]:
    """Groups records, each with its row, by count and by bytes."""
    batch: list[Item] = []
    first = last = bytes_ = 0
    for row, item in items:
        if batch and (len(batch) == BATCH or bytes_ + len(item[1]) > BATCH_BYTES):
            yield Batch((first, last), batch)
            batch, bytes_ = [], 0
        if not batch:
            first = row
        batch.append(item)
        last, bytes_ = row + 1, bytes_ + len(item[1])
    if batch:
        yield Batch((first, last), batch)
