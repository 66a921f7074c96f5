"""What a row of the catalogue of traps is: what a 1.x server holds, and what must become of it. Data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]
Task = Literal["TextClassification", "TokenClassification", "Text2Text"]

#: The workspace that holds the datasets of the catalogue.
WORKSPACE = "traps"
#: The placeholder for the annotator of records that nobody known validated or discarded.
NOBODY = "unknown-annotator"
#: The option that is added where 2.x asks for two, or refuses an empty choice.
NO_LABEL = "__no_label__"


class Line(NamedTuple):
    """A line of the tables of what is carried; rows that show the same thing share one. ``kinds``: of the notes that tell of it."""

    in_1x: str
    in_2x: str
    kinds: tuple[str, ...]


def line(in_1x: str, in_2x: str, *kinds: str) -> Line:
    """A line with as many kinds as there are."""
    return Line(in_1x, in_2x, kinds)


@dataclass(frozen=True)
class Held:
    """A record of the 2.x server, whole but for times and ids: what is not named must not be there.

    Attributes:
        fields: None: the one field ``text`` as it was logged.
        suggestions: question -> value, score and agent.
        responses: username -> status and values by question.
        external_id: None: the row's name.
    """

    fields: Json | None = None
    metadata: Json = field(default_factory=dict)
    vectors: Mapping[str, list[float]] = field(default_factory=dict)
    suggestions: Mapping[str, tuple[Any, Any, str | None]] = field(default_factory=dict)
    responses: Mapping[str, tuple[str, Json]] = field(default_factory=dict)
    external_id: str | None = None


@dataclass(frozen=True)
class RecordTrap:
    """A record.

    Attributes:
        dataset: name of its dataset.
        posts: what is logged, one after the other; the id is the row's name where none is given.
        held: what the 2.x server holds then.
        notes: the kinds of notes that the record gets, no more and no less.
        stored: members of the document as it lies in the search engine afterwards, None to take one away: documents of
            older servers hold what 1.29.1 takes from nobody any more.
        edited: columns of the snapshot's table that are changed before the import, as a person can with pandas.
    """

    name: str
    line: Line
    dataset: str
    posts: Sequence[Json]
    held: Held
    notes: frozenset[str] = frozenset()
    stored: Json | None = None
    edited: Json | None = None


@dataclass(frozen=True)
class Shape:
    """The settings of a 2.x dataset, whole.

    Attributes:
        questions: name -> type, and the values of its options in order.
        fields: name -> title, and whether it is required.
        properties: metadata property -> title and type. Vectors: name -> title and dimensions.
        allow_overlapping: of the span question.
        descriptions: option value -> description.
    """

    questions: Mapping[str, tuple[str, Sequence[str]]]
    fields: Mapping[str, tuple[str, bool]] = field(default_factory=lambda: {"text": ("text", True)})
    properties: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    vectors: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    allow_overlapping: bool = False
    descriptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetTrap:
    """A dataset.

    Attributes:
        name: its name, in the workspace ``traps``.
        labels: the label schema, or None where none was ever set.
        shape: the settings of the 2.x dataset.
        closed: whether it is closed when the export begins.
        details: what its metadata on the 2.x server says, in part.
        notes: kind -> how often it is counted for the dataset itself, or more than once for a record.
    """

    name: str
    line: Line
    task: Task
    shape: Shape
    labels: Sequence[str | Json] | None = None
    rules: Sequence[Json] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    closed: bool = False
    details: Json = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class UserTrap:
    """A user.

    Attributes:
        held: members of the user on the 2.x server, with ``workspaces``: the names of those it is a member of.
        created_as: the username that it is created with, None if its own.
        row: what SQL sets in the user's row afterwards: older servers took what 1.29.1 would refuse.
        on_target: a user that the 2.x server has before the import; ``same_id``: with the id of this one.
        keeps_id: whether the user has the same id then.
        notes: the kinds of notes that name the user, no more and no less.
    """

    name: str
    line: Line
    held: Json
    role: str = "annotator"
    workspaces: Sequence[str] = ()
    created_as: str | None = None
    row: Json = field(default_factory=dict)
    on_target: Json | None = None
    keeps_id: bool = True
    notes: frozenset[str] = frozenset({"password_new", "api_key"})


@dataclass(frozen=True)
class Run:
    """An import of some datasets of the catalogue with options.

    Attributes:
        arguments: the options, but for those that the other members make.
        datasets: the datasets, and the names that they get.
        workspace: what their workspace becomes.
        notes: what is counted for no dataset, in part.
    """

    arguments: Sequence[str]
    datasets: Mapping[str, str]
    workspace: str = WORKSPACE
    user_map: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OptionTrap:
    """What the options of a run change for a record of the catalogue.

    Attributes:
        run: a name in ``RUNS``.
        record: the row whose record it is about.
        held: what the 2.x server holds then; None: not this record.
        notes: the kinds of notes that the record gets then, no more and no less but those of every record.
    """

    name: str
    line: Line
    run: str
    record: str
    held: Held | None
    notes: frozenset[str] = frozenset()
