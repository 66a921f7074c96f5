"""A record, as the typed columns of a snapshot give it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class ScoredLabel(NamedTuple):
    """A predicted label; score as the old server has it, normally in [0, 1]."""

    label: str
    score: float | None


class Span(NamedTuple):
    """A labelled stretch of the text; offsets count code points, ``end`` is exclusive."""

    label: str
    start: int
    end: int
    score: float | None = None


class ScoredText(NamedTuple):
    """A generated sentence."""

    text: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one agent predicted. ``values``: labels, spans or texts, by the task."""

    agent: str | None
    values: list[ScoredLabel] | list[Span] | list[ScoredText]


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one agent annotated. ``value``: label names (one, or several with multi-label), spans, or a text."""

    agent: str | None
    value: list[str] | list[Span] | str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the typed columns give it. The first prediction and annotation are 1.x's current ones.

    ``inputs`` holds ``{"text": …}`` for token classification and text2text.
    """

    id: str
    status: str
    inputs: dict[str, str | list[str]]
    tokens: list[str] | None = None
    predictions: list[Prediction] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    vectors: dict[str, list[float]] = field(default_factory=dict)
    explanation: dict[str, Any] | None = None
    event_timestamp: datetime | None = None
    last_updated: datetime | None = None
