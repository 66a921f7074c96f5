"""Records of a snapshot in batches, ready to go."""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Generic, TypeVar

from argilla_snapshot.format.kinds import AnyRecord
from importer.journal.intervals import Interval

#: Records of a request: the answer repeats them whole, so more only costs memory.
BATCH = 250
#: Bytes of a request, unless one record is larger.
BATCH_BYTES = 8 << 20
#: What a record is where it goes; its length is in bytes. On the wire it is ``bytes``.
Ready = TypeVar("Ready", bound=Sized)
#: A record of the snapshot, and the same ready to go.
Item = tuple[AnyRecord, Ready]


@dataclass(frozen=True, slots=True)
class Batch(Generic[Ready]):
    """Records that go together. ``rows``: from the row of the first to behind the row of the last."""

    rows: Interval
    items: list[Item[Ready]]


def batches(items: Iterable[tuple[int, Item[Ready] | None]], most: int) -> Iterator[Batch[Ready]]:
    """Groups records, each with its row, by count and by bytes; a row without one is dealt with by the batch that it falls into."""
    batch: list[Item[Ready]] = []
    first: int | None = None
    last = bytes_ = 0
    for row, item in items:
        if item and batch and (len(batch) == most or bytes_ + len(item[1]) > BATCH_BYTES):
            yield Batch((first or 0, last), batch)
            first, batch, bytes_ = None, [], 0
        first = row if first is None else first
        if item:
            batch.append(item)
            bytes_ += len(item[1])
        last = row + 1
    if first is not None:
        yield Batch((first, last), batch)
