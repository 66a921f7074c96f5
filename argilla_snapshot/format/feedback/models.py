"""What ``dataset.json`` says of a feedback dataset. The descriptions under ``Attributes`` are also those of the JSON Schema and of ``snapshot_format.md``."""

from dataclasses import dataclass, field
from typing import Any, Literal

from argilla_snapshot.format.models import MetadataType, place_of
from argilla_snapshot.format.shapes import ShapeError, build

Status = Literal["draft", "ready"]
#: What a response can be.
RESPONSE_STATUSES = ("submitted", "draft", "discarded", "pending")
#: What a record can be.
RECORD_STATUSES = ("pending", "completed")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a feedback dataset: what annotators see.

    Attributes:
        name: its name; unique among the fields.
        title: what annotators read.
        required: whether each record must have it.
        settings: as the server sent them; `type` is one of the field types.
        id: the UUID on the old server.
    """

    name: str
    title: str
    settings: dict[str, Any]
    required: bool = False
    id: str | None = None

    @property
    def type(self) -> str:
        """``text``, ``image``, ``chat``, ``custom``, or one that a later server brings."""
        return str(self.settings["type"])


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a feedback dataset: what annotators answer.

    Attributes:
        name: its name; unique among the questions.
        title: what annotators read.
        description: more of that, or null.
        required: whether a submitted response must answer it.
        settings: as the server sent them, with options in their order; `type` is one of the question types.
        id: the UUID on the old server.
    """

    name: str
    title: str
    settings: dict[str, Any]
    required: bool = False
    description: str | None = None
    id: str | None = None

    @property
    def type(self) -> str:
        """``text``, ``rating``, ``label_selection``, ``multi_label_selection``, ``ranking``, ``span``, or one that a later server brings."""
        return str(self.settings["type"])


@dataclass(frozen=True, slots=True)
class MetadataProperty:
    """A declared metadata property: what annotators filter and sort by.

    Attributes:
        name: the metadata key.
        title: what annotators read.
        settings: as the server sent them: `type` is `terms`, `integer` or `float`, with `values`, or `min` and `max`.
        visible_for_annotators: whether annotators see it.
        id: the UUID on the old server.
    """

    name: str
    title: str
    settings: dict[str, Any]
    visible_for_annotators: bool = True
    id: str | None = None

    @property
    def type(self) -> str:
        """``terms``, ``integer`` or ``float``."""
        return str(self.settings["type"])


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """The settings of the vectors of one name.

    Attributes:
        name: the name of the vectors.
        title: what annotators read.
        dimensions: how many numbers each has.
        id: the UUID on the old server.
    """

    name: str
    title: str
    dimensions: int
    id: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackColumns:
    """What was learnt from all records of a feedback dataset; everything else about its columns is declared.

    Attributes:
        metadata: metadata key, declared or not -> type, see "Metadata types".
    """

    metadata: dict[str, MetadataType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeedbackDataset:
    """A feedback dataset: everything but its records. Stands in ``dataset.json``.

    Attributes:
        workspace: name of its workspace.
        name: its name; unique among the feedback datasets of its workspace.
        kind: always `feedback`.
        records: number of records.
        status: `draft` until it was published, then `ready`.
        guidelines: what annotators are told, or null.
        allow_extra_metadata: whether records may have metadata that is not declared.
        distribution: how many submitted responses make a record complete, as the server sent it; null before 2.0.
        metadata: the metadata of the dataset: any JSON; null before 2.4.
        fields: its fields, in their order.
        questions: its questions, in their order.
        metadata_properties: its declared metadata properties.
        vectors_settings: the vectors that its records may have.
        columns: what was learnt from the records.
        id: the UUID on the old server.
        inserted_at: when it was made.
        updated_at: when it was last changed.
        last_activity_at: when somebody last answered there, or changed it; null before 1.18.
        statuses: status -> number of records that have it; empty before 2.0.
        responses: status -> number of responses that have it.
        suggestions: number of suggestions.
        annotators: username -> number of responses.
        without_user: number of responses of users that nobody can name any more.
        source: the dataset as the old server listed it, untouched.
    """

    workspace: str
    name: str
    kind: Literal["feedback"]
    records: int
    status: Status
    fields: list[Field]
    questions: list[Question]
    guidelines: str | None = None
    allow_extra_metadata: bool = True
    distribution: dict[str, Any] | None = None
    metadata: Any = None
    metadata_properties: list[MetadataProperty] = field(default_factory=list)
    vectors_settings: list[VectorSettings] = field(default_factory=list)
    columns: FeedbackColumns = field(default_factory=FeedbackColumns)
    id: str | None = None
    inserted_at: str | None = None
    updated_at: str | None = None
    last_activity_at: str | None = None
    statuses: dict[str, int] = field(default_factory=dict)
    responses: dict[str, int] = field(default_factory=dict)
    suggestions: int = 0
    annotators: dict[str, int] = field(default_factory=dict)
    without_user: int = 0
    source: dict[str, Any] = field(default_factory=dict)

    #: Feedback datasets have no task.
    task = None

    @property
    def place(self) -> tuple[str, ...]:
        """What tells datasets apart: a legacy dataset may have the same workspace and name."""
        return place_of(self.workspace, self.name, self.kind)

    @property
    def people(self) -> set[str]:
        """Whoever answered there."""
        return set(self.annotators)

    @property
    def full_name(self) -> str:
        """``workspace.name``, for people: two datasets may read alike."""
        return f"{self.workspace}.{self.name}"

    @classmethod
    def from_json(cls, data: Any) -> "FeedbackDataset":
        """Builds a dataset from the content of its ``dataset.json``; raises ``ShapeError``."""
        dataset = build(cls, data)
        for what in ("fields", "questions", "metadata_properties"):
            for number, item in enumerate(getattr(dataset, what)):
                if not isinstance(item.settings.get("type"), str):
                    raise ShapeError(f"{what}[{number}].settings.type is not a text")
        for what in ("fields", "questions", "metadata_properties", "vectors_settings"):
            names = [item.name for item in getattr(dataset, what)]
            if len(set(names)) != len(names):
                raise ShapeError(f"{what} has a name twice")
        return dataset
