"""The nouns of a snapshot, as frozen dataclasses: what passes between the three rooms.

Those here stand in JSON files and have the member names of the format; a record's are in ``record``. The descriptions
under ``Attributes`` are also those of the JSON Schemas and of ``snapshot_format.md``.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from argilla_snapshot.format.layout import FORMAT, PATH
from argilla_snapshot.format.record import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span
from argilla_snapshot.format.shapes import build, pattern

__all__ = [
    "TASKS",
    "Annotation",
    "Columns",
    "Dataset",
    "DatasetEntry",
    "FileEntry",
    "Kind",
    "Loss",
    "Manifest",
    "MetadataType",
    "Prediction",
    "Record",
    "ScoredLabel",
    "ScoredText",
    "Source",
    "Span",
    "Task",
    "User",
    "Webhook",
    "Workspace",
    "from_json",
]

#: `legacy`: of one of the three tasks of 1.x; `feedback`: a FeedbackDataset of 1.x, or a dataset of 2.x.
Kind = Literal["legacy", "feedback"]
Task = Literal["TextClassification", "TokenClassification", "Text2Text"]
TASKS: tuple[Task, ...] = ("TextClassification", "TokenClassification", "Text2Text")

#: What a record can be; any other status would be taken for none of them.
STATUSES = ("Default", "Edited", "Discarded", "Validated")

MetadataType = Literal["bool", "int", "float", "str", "list[bool]", "list[int]", "list[float]", "list[str]", "json"]

T = TypeVar("T")


def place_of(workspace: str, name: str, kind: Kind) -> tuple[str, ...]:
    """What tells datasets apart: the workspace and the name, and of a feedback dataset the kind, for a legacy one may have both."""
    return (workspace, name) if kind == "legacy" else (workspace, name, kind)


def from_json(cls: type[T], data: Mapping[str, Any]) -> T:
    """Builds a flat dataclass from a JSON object; unknown members are ignored, missing ones get their default.

    Raises:
        TypeError: a member without a default is missing.
    """
    known = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True, slots=True)
class User:
    """A user of the old server.

    Attributes:
        username: the name to log in with; unique.
        role: `owner`, `admin` or `annotator`.
        id: the UUID of the user on the old server.
        first_name: may be empty.
        last_name: null where there is none.
        workspaces: names of the workspaces that the user really is a member of.
        inserted_at: when the user was made.
        updated_at: when the user was last changed.
    """

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
    """A workspace of the old server.

    Attributes:
        name: its name; unique.
        id: the UUID of the workspace on the old server.
        inserted_at: when it was made.
        updated_at: when it was last changed.
    """

    name: str
    id: str | None = None
    inserted_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of the old server (2.6 and later). Its secret is not in a snapshot.

    Attributes:
        url: the address that is called, without a login and without parameters, which may be secrets.
        events: what it is called for.
        enabled: whether it is called at all.
        description: what it is for, or null.
        id: the UUID of the webhook on the old server.
        inserted_at: when it was made.
        updated_at: when it was last changed.
    """

    url: str
    events: list[str] = field(default_factory=list)
    enabled: bool = False
    description: str | None = None
    id: str | None = None
    inserted_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What was learnt from all records of a dataset; it decides the types of the columns.

    Attributes:
        inputs: input name -> `str`, or `list[str]` where any record holds a list (text classification only).
        metadata: metadata key -> type, see "Metadata types".
        vectors: vector name -> number of dimensions, or null where records disagree.
        explanation: names of inputs whose tokens have attributions (text classification only).
    """

    inputs: dict[str, Literal["str", "list[str]"]] = field(default_factory=dict)
    metadata: dict[str, MetadataType] = field(default_factory=dict)
    vectors: dict[str, int | None] = field(default_factory=dict)
    explanation: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A legacy dataset: everything but its records. Stands in ``dataset.json``.

    Attributes:
        workspace: name of its workspace.
        name: its name; unique in its workspace.
        task: what its records are annotated for.
        records: number of records.
        columns: names and types of inputs, metadata, vectors and explanations.
        multi_label: whether records have several labels; null when it can't be known (no text classification, or no record).
        labels_declared: label names of the label schema, in its order (duplicates removed).
        labels_seen: further label names found in annotations or predictions of any agent, sorted.
        settings: the label schema as the server sent it, or null when there is none.
        rules: the labeling rules as the server sent them.
        tags: the tags of the dataset.
        metadata: the metadata of the dataset: any JSON.
        created_at: when it was made.
        created_by: the username of who made it.
        last_updated: when records were last written to it.
        was_closed: whether it was closed when the export came to it.
        statuses: status -> number of records that have it.
        annotation_agents: agent -> number of records that it annotated.
        prediction_agents: agent -> number of records that it predicted.
        source: the dataset as the old server listed it, untouched.
        kind: always `legacy`.
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
    kind: Literal["legacy"] = "legacy"

    @property
    def place(self) -> tuple[str, ...]:
        """The workspace and the name: what tells datasets apart."""
        return self.workspace, self.name

    @property
    def people(self) -> set[str]:
        """Whoever annotated there."""
        return set(self.annotation_agents)

    @property
    def full_name(self) -> str:
        """``workspace.name``, the id of the dataset in 1.x, for people: two datasets may read alike."""
        return f"{self.workspace}.{self.name}"

    @classmethod
    def from_json(cls, data: Any) -> "Dataset":
        """Builds a dataset from the content of its ``dataset.json``; raises ``ShapeError``."""
        return build(cls, data)


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of thing that did not come along, counted.

    Attributes:
        kind: one of the loss kinds.
        count: how many times, all counted.
        message: one line for people.
        dataset: `workspace.name`, or null where it is about none.
        samples: up to five ids or names, cut to 100 characters.
        workspace: the workspace of that dataset, so that its name is the rest; null where `dataset` is.
        dataset_kind: the kind of that dataset; null where `dataset` is.
    """

    kind: str
    count: int
    message: str
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)
    workspace: str | None = None
    dataset_kind: Kind | None = None

    @property
    def place(self) -> tuple[str, ...] | None:
        """The workspace and the name of the dataset; None where it is about none, or an older snapshot has only `workspace.name`."""
        if self.dataset is None or self.workspace is None:
            return None
        return place_of(self.workspace, self.dataset[len(self.workspace) + 1 :], self.dataset_kind or "legacy")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a snapshot comes from.

    Attributes:
        kind: what was read: `argilla-api` is the HTTP API of an Argilla or Rubrix server, `argilla-storage` the search engine and the SQL database behind it.
        url: the address, of `argilla-storage` that of the search engine, without credentials.
        version: the version of the old server; of `argilla-storage` the name and version of the search engine.
        username: who read it.
        role: the role of who read it: only an `owner` sees everything.
        scope: what was asked for: globs of `workspaces` and `datasets` (empty lists mean everything), without `exclude_workspaces` and `exclude_datasets`.
        namespace: of `argilla-storage`: what the names of the indices begin with, or null.
        database: of `argilla-storage`: the address of the SQL database without credentials and folders, or null where none was read.
    """

    kind: str
    url: str
    version: str
    username: str | None = None
    role: str | None = None
    scope: dict[str, list[str]] = field(default_factory=dict)
    namespace: str | None = None
    database: str | None = None

    @property
    def title(self) -> str:
        """What was read, for people."""
        if self.kind == "argilla-storage":
            return f"the storage of Argilla 1.x ({self.version})"
        return f"{'Rubrix' if self.version.startswith('0.') else 'Argilla'} {self.version}"  # as it was called before 1.0


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the snapshot.

    Attributes:
        path: relative to the snapshot folder, with `/`; see "Paths".
        bytes: its size.
        sha256: its SHA-256, in lower case hexadecimal.
        rows: number of rows of a Parquet file; null for other files.
    """

    path: str = field(metadata=pattern(PATH))
    bytes: int
    sha256: str = field(metadata=pattern("[0-9a-f]{64}"))
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A dataset in the manifest.

    Attributes:
        workspace: name of its workspace.
        name: its name; workspace, name and kind together are unique.
        task: what its records are annotated for; null of a feedback dataset.
        records: number of records.
        path: the folder in which it lies, relative to the snapshot folder.
        kind: what kind of dataset it is.
    """

    workspace: str
    name: str
    task: Task | None
    records: int
    path: str = field(metadata=pattern(PATH))
    kind: Kind = "legacy"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``manifest.json``: the last file written, without which a folder is no snapshot.

    Attributes:
        snapshot_id: a UUID that names the snapshot; it stays when an edited snapshot is sealed anew.
        format: always `argilla-snapshot`.
        format_version: major and minor version of the format.
        required_features: names of what a reader must understand, see "Versions"; empty in 1.0, `feedback` where there are feedback datasets.
        created_at: when the export ended, with offset.
        created_by: name and version of the program that wrote it.
        source: where the content comes from.
        counts: number of `users`, `workspaces`, `datasets` and `records`, and of `webhooks` where there are any.
        datasets: the datasets.
        files: every file of the snapshot but `manifest.json` and `SHA256SUMS`, in the order of their paths.
        losses: what did not come along, or was changed on the way.
        edited_at: when an edit was last sealed, with offset; null where the files are as the export wrote them.
    """

    snapshot_id: str
    format: str = field(metadata=pattern(FORMAT))
    format_version: str = field(metadata=pattern("1\\.[0-9]+"))
    required_features: list[str]
    created_at: str
    created_by: str
    source: Source
    counts: dict[str, int]
    datasets: list[DatasetEntry]
    files: list[FileEntry]
    losses: list[Loss] = field(default_factory=list)
    edited_at: str | None = None

    @classmethod
    def from_json(cls, data: Any) -> "Manifest":
        """Builds a manifest from the parsed content of ``manifest.json``; raises ``ShapeError``."""
        return build(cls, data)
