"""The plan: all that an import will make, reuse, rename or leave, decided before the first write. No logic here.

It is saved beside the snapshot, and ``import`` does exactly what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from argilla_snapshot.format.models import Kind, Task, from_json
from importer.notes import Noted
from importer.options import CHOICE, ImportOptions, Part

PropertyType = Literal["integer", "float", "terms"]
#: What all values of a metadata key become where they have no type in common: lists of texts, or JSON as text.
Unified = Literal["list", "text"]
FieldType = Literal["text", "image", "chat", "custom"]
QuestionType = Literal["label_selection", "multi_label_selection", "span", "text", "rating", "ranking"]
#: ``join``: the first part of an import made it, this one adds its records.
DatasetAction = Literal["create", "skip", "replace", "join"]
#: The last name of placeholder accounts: a later import knows them by it.
PLACEHOLDER = "(placeholder)"
#: The member of a dataset's metadata by which an import knows what it made; a feedback dataset loses it when all records are loaded.
MARKS: dict[Kind, str] = {"legacy": "argilla_v1", "feedback": "argilla_snapshot"}
#: What placeholders are called whose responses are of users whom the old server deleted.
DELETED_USER = "deleted-user"
#: How many submitted responses make a record complete, where nothing else is said: as in 1.x, where one user's answer was enough.
DISTRIBUTION = {"strategy": "overlap", "min_submitted": 1}
#: The title of the metadata property for the status that a record had.
STATUS_TITLE = "Status in Argilla 1.x"


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """The server that the plan is for, as it may be shown.

    Attributes:
        username, user_id: of the key's owner, whose account was there before; the id is "" where an older version made the plan.
        is_source: whether the snapshot was taken from it.
    """

    url: str
    version: str
    username: str
    user_id: str = ""
    is_source: bool = False


@dataclass(frozen=True, slots=True)
class WorkspacePlan:
    """A workspace: ``id`` is the one to ask for when it is created, or the one that it has."""

    name: str
    source_name: str
    action: Literal["create", "reuse"]
    id: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class UserPlan:
    """A user. ``source_username`` is None for a placeholder; ``workspaces``: memberships to add (target names).

    ``keeps_credentials``: gets the API key and the password of the old server.
    """

    username: str
    source_username: str | None
    action: Literal["create", "reuse"]
    role: str
    first_name: str
    last_name: str | None = None
    id: str | None = None
    source_id: str | None = None
    workspaces: list[str] = field(default_factory=list)
    keeps_credentials: bool = False


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """A field: of a legacy dataset of texts from the input ``source``, or of images from the metadata key ``source``.

    Attributes:
        settings: of a feedback dataset, as they are on the old server; None: those that a type has by itself.
        as_text: what is no text becomes one, for the target has no such fields.
        says_null: a record that lacks it says so with a null.
    """

    name: str
    title: str
    required: bool
    source: str
    type: FieldType = "text"
    settings: dict[str, Any] | None = None
    as_text: bool = False
    says_null: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a label or span question; ``source`` is the label in 1.x, None for an added option."""

    value: str
    text: str
    source: str | None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """A question.

    Attributes:
        settings, source, description: of a feedback dataset: as they are on the old server, and its name there.
        as_labels: the ratings become labels, for the target does not take them.
    """

    name: str
    title: str
    type: QuestionType
    required: bool
    options: list[Option] = field(default_factory=list)
    allow_overlapping: bool = False
    settings: dict[str, Any] | None = None
    source: str | None = None
    description: str | None = None
    as_labels: bool = False


@dataclass(frozen=True, slots=True)
class MetadataPlan:
    """A metadata key and what it becomes; ``type`` None: kept with the record, no property.

    Attributes:
        settings, visible: of a declared property of a feedback dataset.
        late: records have values that it forbids, which is allowed to those that were there before: it is made when they are loaded.
    """

    name: str
    title: str
    source: str
    type: PropertyType | None
    unified: Unified | None = None
    settings: dict[str, Any] | None = None
    visible: bool = True
    late: bool = False


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """Vector settings."""

    name: str
    title: str
    source: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Existing:
    """A dataset of the target that has the name of one of ours, as it was when the plan was made.

    Attributes:
        records: how many it has.
        responses: username -> status -> responses, of those who have any.
        answered_at: when somebody last answered there (ISO 8601, UTC); None where nobody has, or the target does not tell.
    """

    records: int
    responses: dict[str, dict[str, int]]
    answered_at: str | None


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """A dataset.

    Attributes:
        source: its name on the old server, ``workspace.name``, or ``workspace/name`` where another dataset's reads alike.
        path: its folder in the snapshot.
        existing_id: id of the dataset of that name on the target, if there is one.
        existing: what that dataset holds.
        metadata: for the target's dataset metadata, or None where it keeps none.
        kind: of a feedback dataset ``task`` is None, and what follows counts.
        settled_metadata: what the dataset metadata is when all records are loaded; None: what it was before.
        guidelines, distribution, allow_extra_metadata: as on the old server.
        publish: whether it is published: a draft without records is not.
        deleted_user: what the placeholders for users are called whom the old server does not know any more.
        pads: spans end after their text, which was shortened since: it is sent longer, and then as it is.
        keeps_mark: the dataset metadata goes on to name the import, for none of its parts knows that it is the last.
        no_label: value of the option that stands for an empty annotation.
        event_timestamp, status, tokens, explanation: metadata keys that carry these, or None.
        vectors_lost: vectors that do not come along -> kind of the note that says why.
        left_out: how many of the records are not imported, as asked.
        discarded_by: users on the target who get a discarded response to each discarded record.
    """

    source: str
    path: str
    workspace: str
    name: str
    task: Task | None
    records: int
    action: DatasetAction
    existing_id: str | None = None
    existing: Existing | None = None
    multi_label: bool = False
    metadata: dict[str, Any] | None = None
    fields: list[FieldPlan] = field(default_factory=list)
    questions: list[QuestionPlan] = field(default_factory=list)
    properties: list[MetadataPlan] = field(default_factory=list)
    vectors: list[VectorPlan] = field(default_factory=list)
    vectors_lost: dict[str, str] = field(default_factory=dict)
    no_label: str | None = None
    event_timestamp: str | None = None
    status: str | None = None
    tokens: str | None = None
    explanation: str | None = None
    left_out: int = 0
    discarded_by: list[str] = field(default_factory=list)
    kind: Kind = "legacy"
    settled_metadata: dict[str, Any] | None = None
    guidelines: str | None = None
    distribution: dict[str, Any] | None = None
    allow_extra_metadata: bool = True
    publish: bool = True
    deleted_user: str = DELETED_USER
    pads: bool = False
    keeps_mark: bool = False

    @property
    def first_field(self) -> str:
        """The name of its first field; empty where it has none."""
        return self.fields[0].name if self.fields else ""

    @property
    def waits(self) -> bool:
        """Whether something has to wait until all records are loaded: it would refuse some of them."""
        return self.pads or not self.allow_extra_metadata or any(property_.late for property_ in self.properties)

    @property
    def settles(self) -> bool:
        """Whether something is left to do when all records are loaded."""
        return self.kind == "feedback" and (self.waits or not self.keeps_mark)

    @property
    def target(self) -> str:
        """``workspace.name`` on the new server."""
        return f"{self.workspace}.{self.name}"


@dataclass(frozen=True, slots=True)
class Agent:
    """Whose the annotations of an agent become; ``username`` None: nobody's, they are left out. ``responses``: records that it annotated."""

    agent: str | None
    username: str | None
    known: bool
    responses: int = 0


@dataclass(frozen=True, slots=True)
class WebhookCalls:
    """Calls that the target will make to one of its webhooks because of the import.

    Attributes:
        host: of the webhook; its whole address may hold a secret.
        calls: how many at most.
    """

    host: str
    calls: int


@dataclass(frozen=True, slots=True)
class OnRecord:
    """How far an import by this plan is, which was begun before.

    Attributes:
        folder: where its journal is.
        finished: whether all is there.
        finished_at: when it was finished (ISO 8601, UTC); "" where it is not.
        loaded: records that were dealt with.
        records: that it is to deal with.
        refused: those that the target refused; each run sends them again.
    """

    folder: str
    finished: bool
    finished_at: str
    loaded: int
    records: int
    refused: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan.

    Attributes:
        snapshot_id, fingerprint: of the snapshot; an edit changes the second.
        conflicts: lines for people; with any of them nothing is written.
        webhooks: those that the target will call.
        with_credentials: whether it was made with a credentials file.
        on_record: how far an import by it is, where ``plan`` finds one; no saved plan has it.
    """

    snapshot_id: str
    fingerprint: str
    target: TargetInfo
    options: ImportOptions
    workspaces: list[WorkspacePlan]
    users: list[UserPlan]
    agents: list[Agent]
    datasets: list[DatasetPlan]
    conflicts: list[str]
    notes: list[Noted]
    webhooks: list[WebhookCalls] = field(default_factory=list)
    with_credentials: bool = False
    on_record: OnRecord | None = None

    @property
    def losses(self) -> list[Noted]:
        """The notes that say that something is lost."""
        return [note for note in self.notes if note.severity == "lost"]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Plan":
        """Builds a plan from the parsed content of a saved one."""
        options = {
            **data["options"],
            **{name: tuple(data["options"].get(name, ())) for name in CHOICE},
            "part": from_json(Part, data["options"]["part"]),
        }
        parts: dict[str, Any] = {
            "target": from_json(TargetInfo, data["target"]),
            "options": from_json(ImportOptions, options),
            "workspaces": [from_json(WorkspacePlan, d) for d in data["workspaces"]],
            "users": [from_json(UserPlan, d) for d in data["users"]],
            "agents": [from_json(Agent, d) for d in data["agents"]],
            "datasets": [_dataset(d) for d in data["datasets"]],
            "notes": [from_json(Noted, d) for d in data["notes"]],
            "webhooks": [from_json(WebhookCalls, d) for d in data.get("webhooks", [])],
        }
        return from_json(cls, {**data, **parts})


def _dataset(data: Mapping[str, Any]) -> DatasetPlan:
    parts: dict[str, Any] = {
        "fields": [from_json(FieldPlan, d) for d in data["fields"]],
        "questions": [from_json(QuestionPlan, {**d, "options": [from_json(Option, o) for o in d["options"]]}) for d in data["questions"]],
        "properties": [from_json(MetadataPlan, d) for d in data["properties"]],
        "vectors": [from_json(VectorPlan, d) for d in data["vectors"]],
        "existing": from_json(Existing, data["existing"]) if data.get("existing") else None,
    }
    return from_json(DatasetPlan, {**data, **parts})
