"""A record of a feedback dataset, as the typed columns of a snapshot give it. Values are those of the 2.x API."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedbackResponse:
    """What one user answered. ``values``: question -> value; a question that is not answered is not there.

    ``username`` None: the user is gone; ``user_id`` may still tell several of them apart.
    """

    username: str | None
    user_id: str | None
    status: str
    values: dict[str, Any]
    inserted_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedbackSuggestion:
    """What was suggested for one question; the score is a list where the value is one."""

    value: Any
    score: float | list[float] | None = None
    agent: str | None = None
    type: str | None = None
    inserted_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """A record. ``id`` is the old server's; ``suggestions``: question -> suggestion. What is null on the old server is not there."""

    id: str
    external_id: str | None = None
    status: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    responses: list[FeedbackResponse] = field(default_factory=list)
    suggestions: dict[str, FeedbackSuggestion] = field(default_factory=dict)
    vectors: dict[str, list[float]] = field(default_factory=dict)
    inserted_at: datetime | None = None
    updated_at: datetime | None = None
