"""When a record and its parts were made and changed, as a target takes it that can be told. Pure.

The target lists records, and the responses of a record, in the order of ``inserted_at`` and of nothing else, so two of them should not
have the same.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from argilla_snapshot.format.models import Kind
from importer.mapping.record import Response, Suggestion, TargetRecord

_MICROSECOND = timedelta(microseconds=1)
#: Search engines keep times to the nanosecond, from here on.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all times here are in UTC, without an offset


class Moments(NamedTuple):
    """When a record or a part of one was made, and last changed (UTC)."""

    inserted_at: datetime
    updated_at: datetime


class Times(NamedTuple):
    """All times of a record: its own, and those of its suggestions and responses in their order."""

    own: Moments
    suggestions: list[Moments]
    responses: list[Moments]


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

    def times(self, record: TargetRecord, row: int) -> Times:
        """The times of a record; ``row``: its place in the dataset of the snapshot."""
        known = self._known(record.inserted_at)
        inserted = known if known and self._exact else (known or self._made) + row * _MICROSECOND
        own = self._moments(inserted, record.updated_at)
        return Times(
            own,
            [self._of_part(one, own.updated_at, number) for number, one in enumerate(record.suggestions)],
            [self._of_part(one, own.updated_at, number) for number, one in enumerate(record.responses)],
        )

    def timed(self, record: TargetRecord, row: int) -> TargetRecord:
        """The record with its times."""
        own, of_suggestions, of_responses = self.times(record, row)
        return replace(
            record,
            **own._asdict(),
            suggestions=[replace(one, **made._asdict()) for one, made in zip(record.suggestions, of_suggestions, strict=True)],
            responses=[replace(one, **made._asdict()) for one, made in zip(record.responses, of_responses, strict=True)],
        )

    def _of_part(self, part: Suggestion | Response, otherwise: datetime, number: int) -> Moments:
        return self._moments(self._known(part.inserted_at) or otherwise + number * _MICROSECOND, part.updated_at)

    def _moments(self, inserted: datetime, updated: datetime | None) -> Moments:
        return Moments(inserted, max(inserted, self._known(updated) or inserted))


def utc(moment: str | None) -> datetime | None:
    """A time as a server or a snapshot tells it, in UTC and without an offset; None where it is none."""
    try:
        parsed = datetime.fromisoformat(f"{moment[:-1]}+00:00" if moment and moment.endswith("Z") else moment or "")  # 3.10 does not know Z
        return parsed.astimezone(timezone.utc).replace(tzinfo=None) if parsed.tzinfo else parsed
    except (ValueError, OverflowError):
        return None
