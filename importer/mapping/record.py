"""A record as the target is to hold it, with names where the wire has ids. Data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Score = float | list[float] | None
ResponseStatus = Literal["submitted", "draft", "discarded"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion for the question of that name; its times are in UTC, None where the old server does not tell them."""

    question: str
    value: Any
    score: Score
    agent: str | None
    type: str | None = "model"
    inserted_at: datetime | None = field(default=None, compare=False)
    updated_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A response of a user; ``values``: question name -> value. Its times are as of a suggestion."""

    username: str
    status: ResponseStatus
    values: dict[str, Any]
    inserted_at: datetime | None = field(default=None, compare=False)
    updated_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A record as the target is to hold it, with names where the wire has ids.

    Attributes:
        padded: fields that have to be longer when the record is first sent, for spans end after them.
        inserted_at, updated_at: as of a suggestion; of a record of a legacy dataset the first is its ``event_timestamp``.
    """

    external_id: str
    fields: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)
    vectors: dict[str, list[float]] = field(default_factory=dict)
    suggestions: list[Suggestion] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    padded: dict[str, str] = field(default_factory=dict)
    inserted_at: datetime | None = field(default=None, compare=False)
    updated_at: datetime | None = field(default=None, compare=False)
