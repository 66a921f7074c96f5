"""When a record and its parts were made and changed, as a target takes it that can be told. Pure.

The target lists records, and the responses of a record, in the order of ``inserted_at`` and of nothing else, so two of them should not
have the same.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from argilla_snapshot.format.models import Kind
from importer.mapping.record import Response, Suggestion, TargetRecord

Part = TypeVar("Part", Suggestion, Response)
_MICROSECOND = timedelta(microseconds=1)
#: Search engines keep times to the nanosecond, from here on.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all times here are in UTC, without an offset


class Clock:
    """Tells the times of the records of one dataset.

    A record of a feedback dataset keeps its own times, and so do its responses and suggestions. A record of a legacy dataset was made at
    its ``event_timestamp``, one microsecond later for each row before it; its responses and suggestions were made when the record was
    last changed. Where that is not known the record was made when its dataset was. Times before 1970, and those that are later than the
    snapshot, can't be right: they count as not known.

    Args:
        kind: of the dataset.
        made: when the dataset was made, as the old server told it.
        exported: when the snapshot was.
    """

    def __init__(self, kind: Kind, made: str | None, exported: str) -> None:
        self._exact = kind == "feedback"
        self._until = utc(exported) or _EPOCH
        self._made = self._known(utc(made)) or self._until

    def _known(self, moment: datetime | None) -> datetime | None:
        return moment if moment is not None and _EPOCH <= moment <= self._until else None

    def timed(self, record: TargetRecord, row: int) -> TargetRecord:
        """A record with all of its times; ``row``: its place in the dataset of the snapshot."""
        own = self._known(record.inserted_at)
        inserted = own if own and self._exact else (own or self._made) + row * _MICROSECOND
        updated = self._later(inserted, record.updated_at)
        return replace(
            record,
            inserted_at=inserted,
            updated_at=updated,
            suggestions=[self._part(one, updated, number) for number, one in enumerate(record.suggestions)],
            responses=[self._part(one, updated, number) for number, one in enumerate(record.responses)],
        )

    def _part(self, part: Part, otherwise: datetime, number: int) -> Part:
        inserted = self._known(part.inserted_at) or otherwise + number * _MICROSECOND
        return replace(part, inserted_at=inserted, updated_at=self._later(inserted, part.updated_at))

    def _later(self, inserted: datetime, updated: datetime | None) -> datetime:
        return max(inserted, self._known(updated) or inserted)


def utc(moment: str | None) -> datetime | None:
    """A time as a server or a snapshot tells it, in UTC and without an offset; None where it is none."""
    try:
        parsed = datetime.fromisoformat(f"{moment[:-1]}+00:00" if moment and moment.endswith("Z") else moment or "")  # 3.10 does not know Z
        return parsed.astimezone(timezone.utc).replace(tzinfo=None) if parsed.tzinfo else parsed
    except (ValueError, OverflowError):
        return None
