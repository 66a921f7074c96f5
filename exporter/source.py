"""What an export asks of the place where the old content lies: the seam for further places.

One is the HTTP API of an Argilla or Rubrix server (``sources.api``), the other the storage behind it (``sources.storage``).
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import Kind, Task, User, Webhook, Workspace, place_of
from argilla_snapshot.format.models import Source as Shown


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset as the old server lists it. ``task``: None of a feedback dataset; ``content``: the entry of the list, untouched."""

    workspace: str
    name: str
    task: Task | None
    content: dict[str, Any] = field(default_factory=dict)
    kind: Kind = "legacy"

    @property
    def place(self) -> tuple[str, ...]:
        """What tells datasets apart."""
        return place_of(self.workspace, self.name, self.kind)

    @property
    def last_updated(self) -> str | None:
        """When it was last written to, as far as the list says."""
        names = ("last_updated",) if self.kind == "legacy" else ("last_activity_at", "updated_at")
        return next((str(self.content[name]) for name in names if self.content.get(name) is not None), None)

    @property
    def full_name(self) -> str:
        """``workspace.name``, for people: two datasets may read alike."""
        return f"{self.workspace}.{self.name}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many records a dataset has, by the server's own count, and when the server says it was last written to."""

    records: int
    last_updated: str | None

    @classmethod
    def told(cls, records: int, last_updated: Any) -> "Count":
        """A count with what the server says of a time, whatever that is: what differs from it later tells of a change."""
        return cls(records, None if last_updated is None else str(last_updated))


Access = Count | Literal["closed", "missing"]


class Cursor(NamedTuple):
    """Where to go on: after the document of that id, the ``records``-th. ``inserted_at``: when that was made, of a feedback dataset."""

    id: str
    records: int
    inserted_at: str | None = None


#: Member of the document of a feedback record of which some responses can't be given.
UNREADABLE = "responses_unreadable"

#: Documents, each JSON text of one line; or how many more have come that have yet to be brought into order.
Page = list[bytes] | int


class Part(Protocol):
    """What an export asks about one dataset: a whole source, or the part of one that has the datasets of a kind."""

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """The label schema of a legacy dataset as the server has it, or None.

        Of a feedback dataset ``fields``, ``questions``, ``metadata_properties`` and ``vectors_settings``: what the server lists of each; where that
        is not what the server has, ``losses`` say so: ``kind``, ``count`` and, in place of the words of ``LOSS_KINDS``, ``message``.
        """

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """The labeling rules of a legacy dataset."""

    def access(self, dataset: Listed) -> Access:
        """The count of the records; ``closed`` where they can be read only after ``open()``, ``missing`` where they are gone."""

    def open(self, dataset: Listed) -> None:
        """Opens a closed dataset; returns when its records can be read."""

    def close(self, dataset: Listed) -> None:
        """Closes a dataset again; one that is gone counts as closed."""

    def count(self, dataset: Listed) -> Count:
        """Counts the records of an open dataset."""

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """The raw documents of an open dataset, in pages, in the order of ``exporter.documents.order_of``; to be closed where it is left early.

        A document of a feedback dataset is the record as the API lists it with responses, suggestions and vectors, and ``username`` in
        each response: None where the user is gone. One of whose responses the server can't give all has a member ``UNREADABLE``.

        Args:
            dataset: the dataset.
            after: where to begin; None for all.
            since: only those written since then, by the server's clock (ISO 8601); of a feedback dataset, whose server can't say it, all.
        """


class Source(Part, Protocol):
    """A place that content is read from. Everything raises ``argilla_snapshot.transport.errors.ServerError`` when it can't answer.

    Attributes:
        fast: whether documents come faster than one process converts them.
        bound: options by which an unfinished export must be gone on with, by their names.
    """

    fast: bool
    bound: dict[str, Any]

    @property
    def shown(self) -> Shown:
        """What may be said about it in a manifest: never a secret."""

    @property
    def users_loss(self) -> str | None:
        """The kind of loss (of ``losses.LOSS_KINDS``) where ``users`` can't give all users with all they are."""

    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """The users that can be seen, with their real memberships; where none can be seen, who the exported datasets name."""

    def workspaces(self) -> list[Workspace]:
        """The workspaces that can be seen."""

    def webhooks(self) -> list[Webhook]:
        """The webhooks, with their whole addresses; none where the version has none, or they can't be seen."""

    def datasets(self) -> list[Listed]:
        """The datasets of those workspaces, ordered by their places."""

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets which are there and can't be exported, or not with all that is theirs: kind of loss, workspace, name."""

    def disconnect(self) -> None:
        """Ends the connection."""
