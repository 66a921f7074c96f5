"""What is written to a dataset while it is read: further passes read it, and it takes the place of what was read first.

A scan has no fixed view of a dataset (argilla-server 1.29.1, ``scan_docs``): a record added before the cursor is not seen,
and one changed before it is seen as it was. But the server marks every record it writes with ``last_updated``, by its own
clock, and finds records by it. Deleted records leave no mark: only the count tells of them. Nor do records that are discarded
all at once (``DELETE …/data`` with ``mark_as_discarded``), or whose metadata alone is changed: nothing tells of these.
"""

import heapq
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby

from argilla_snapshot.format.faults import point
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from exporter.documents import order_of
from exporter.source import Count, Listed, Source
from exporter.spool import Spool

#: A dataset that is written to all the time is read so often again.
PASSES = 3
#: Seconds until what was written can be found: the dataset is marked first, then the records, and then they are indexed.
SETTLING = 2.0
_MARGIN = timedelta(seconds=60)
#: A dataset that was marked less long ago may have records on their way to the index; clocks that differ a little are in it.
_JUST = timedelta(seconds=5)


def catch_up(source: Source, listed: Listed, before: Count, read: int, spool: Spool) -> tuple[Count, bool]:
    """Reads into a spool what was written to a dataset since ``before``.

    A server can't say what was written to a feedback dataset, only that something was: then all of it is read again. So it is where fewer or
    more records came than it counts: pages shift when a record is deleted.

    Args:
        read: how many documents were read.

    Returns:
        The last count, and whether the dataset was left alone during the last pass.
    """
    spool.clear()
    seen, now, since = before, source.count(listed), _since(before)
    for _ in range(PASSES):
        if listed.kind == "feedback":
            if now == seen and now.records == read:
                break
        elif now == seen or since is None:
            break
        time.sleep(SETTLING)
        seen = source.count(listed)
        try:
            spool.clear()
            for page in source.pages(listed, None, since):
                if not isinstance(page, int):
                    spool.append(page)
        except (TemporaryError, NotAllowedError):
            raise
        except ServerError:  # a server that does not find records by their time
            spool.clear()
            return now, False
        point("export.changes_read")
        now, read = source.count(listed), spool.records
    return now, now == seen


def just_written(count: Count) -> bool:
    """Whether a dataset was written to so lately, by its server's clock and ours, that a scan might come before what was written."""
    marked = _moment(count)
    return marked is not None and abs(datetime.now(timezone.utc).replace(tzinfo=None) - marked) < _JUST


def together(first: Spool, changes: Spool) -> Iterator[bytes]:
    """The documents of both, in the order of their ids; where both have an id, that of ``changes``."""
    merged = heapq.merge(changes.lines(), first.lines(), key=order_of)  # of equal ones the first argument's comes first
    return (next(same) for _, same in groupby(merged, key=order_of))


def _since(count: Count) -> str | None:
    """From when on the server must be asked for changes, with a margin for writes that were on their way."""
    marked = _moment(count)
    return (marked - _MARGIN).isoformat() if marked else None


def _moment(count: Count) -> datetime | None:
    """When a dataset was marked, in UTC."""
    try:
        marked = datetime.fromisoformat(count.last_updated or "")
    except ValueError:
        return None
    return marked.astimezone(timezone.utc).replace(tzinfo=None) if marked.tzinfo else marked
