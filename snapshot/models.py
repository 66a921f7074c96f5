"""The nouns of a snapshot, as frozen dataclasses: what passes between the three rooms.

Those that stand in JSON files (``User`` to ``Manifest``) have the member names of the format; ``from_json`` ignores
members it does not know, as the format asks of every reader.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

Task = Literal["TextClassification", "TokenClassification", "Text2Text"]
TASKS: tuple[Task, ...] = ("TextClassification", "TokenClassification", "Text2Text")

MetadataType = Literal["bool", "int", "float", "str", "list[bool]", "list[int]", "list[float]", "list[str]", "json"]

T = TypeVar("T")


def from_json(cls: type[T], data: Mapping[str, Any]) -> T:
    """Builds a flat dataclass from a JSON object; unknown members are ignored, missing ones get their default.

    Raises:
        TypeError: a member without a default is missing.
    """
    known = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True, slots=True)
class User:
    """A user of the old server. ``workspaces``: names of the workspaces the user really is a member of."""

    username: str
    role: str
    id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    workspaces: list[str] = field(default_factory=list)
    inserted_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace of the old server."""

    name: str
    id: str | None = None
    inserted_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What was learnt from all records of a dataset: it decides the Parquet schema.

    Attributes:
        inputs: input name -> ``str``, or ``list[str]`` where any record holds a list (text classification only).
        metadata: metadata key -> type; ``json`` columns hold JSON text.
        vectors: vector name -> number of dimensions, or None where records disagree.
        explanation: input name -> labels that have attributions (text classification only).
    """

    inputs: dict[str, Literal["str", "list[str]"]] = field(default_factory=dict)
    metadata: dict[str, MetadataType] = field(default_factory=dict)
    vectors: dict[str, int | None] = field(default_factory=dict)
    explanation: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A legacy dataset: everything but its records. Stands in ``dataset.json``.

    Attributes:
        labels_declared: label names of the label schema, in its order (duplicates removed).
        labels_seen: further label names found in annotations or predictions, sorted.
        settings: the label schema as the server sent it, or None when there is none.
        multi_label: None when it can't be known (no text classification, or no record).
        records: number of records.
        statuses, annotation_agents, prediction_agents: how many records have each.
        source: the dataset as the old server listed it, untouched.
    """

    workspace: str
    name: str
    task: Task
    records: int
    columns: Columns = field(default_factory=Columns)
    multi_label: bool | None = None
    labels_declared: list[str] = field(default_factory=list)
    labels_seen: list[str] = field(default_factory=list)
    settings: dict[str, Any] | None = None
    rules: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    created_at: str | None = None
    created_by: str | None = None
    last_updated: str | None = None
    was_closed: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    annotation_agents: dict[str, int] = field(default_factory=dict)
    prediction_agents: dict[str, int] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """``workspace.name``: the id of the dataset in 1.x, and its config name in ``load_dataset``."""
        return f"{self.workspace}.{self.name}"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Dataset":
        """Builds a dataset from the content of its ``dataset.json``."""
        return from_json(cls, {**data, "columns": from_json(Columns, data.get("columns", {}))})


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of thing that did not come along, counted.

    Attributes:
        kind: a name from ``LOSS_KINDS`` of the room that found it.
        count: how many times, all counted.
        message: one line for people.
        dataset: ``workspace.name`` or None.
        samples: up to five ids or names.
    """

    kind: str
    count: int
    message: str
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a snapshot comes from. ``url`` holds no credentials; ``scope`` what was asked for (globs)."""

    kind: str
    url: str
    version: str
    username: str | None = None
    role: str | None = None
    scope: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the snapshot: relative POSIX path, size, SHA-256 (hex), and rows where it is a table."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A dataset in the manifest: what it is and in which folder (relative POSIX path) it lies."""

    workspace: str
    name: str
    task: Task
    records: int
    path: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``manifest.json``: the last file written, without which a folder is no snapshot.

    ``snapshot_id`` (a UUID) names the snapshot; it stays when an edited snapshot is sealed anew.
    """

    snapshot_id: str
    format: str
    format_version: str
    required_features: list[str]
    created_at: str
    created_by: str
    source: Source
    counts: dict[str, int]
    datasets: list[DatasetEntry]
    files: list[FileEntry]
    losses: list[Loss] = field(default_factory=list)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Manifest":
        """Builds a manifest from the parsed content of ``manifest.json``."""
        parts: dict[str, Any] = {
            "source": from_json(Source, data["source"]),
            "datasets": [from_json(DatasetEntry, entry) for entry in data["datasets"]],
            "files": [from_json(FileEntry, entry) for entry in data["files"]],
            "losses": [from_json(Loss, entry) for entry in data.get("losses", [])],
        }
        return from_json(cls, {**data, **parts})


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
