"""A record as the target is to hold it, with names where the wire has ids. Data only."""

from dataclasses import dataclass, field
from typing import Any, Literal

Score = float | list[float] | None
ResponseStatus = Literal["submitted", "draft", "discarded"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion for the question of that name."""

    question: str
    value: Any
    score: Score
    agent: str | None
    type: str | None = "model"


@dataclass(frozen=True, slots=True)
class Response:
    """A response of a user; ``values``: question name -> value."""

    username: str
    status: ResponseStatus
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A record as the target is to hold it, with names where the wire has ids.

    Attributes:
        padded: fields that have to be longer when the record is first sent, for spans end after them.
    """

    external_id: str
    fields: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)
    vectors: dict[str, list[float]] = field(default_factory=dict)
    suggestions: list[Suggestion] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    padded: dict[str, str] = field(default_factory=dict)
