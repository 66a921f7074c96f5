"""The storage behind an Argilla 1.x server as a source: its search engine, and its SQL database.

For a server that is gone or too slow: a server upgraded to 2.x leaves the indices of the legacy datasets as they were, and shows
them no more. Facts about indices and documents are from argilla-server 1.29.1 (``daos``) and were seen on a running one.
"""

import logging
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.format.models import User, Webhook, Workspace
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.search_engine import engine, search_engine
from argilla_snapshot.transport.sql.asking import Opened
from argilla_snapshot.transport.sql.database import opened
from argilla_snapshot.words import counted
from exporter.losses import Place
from exporter.source import Listed, Part
from exporter.sources.by_kind import ByKind
from exporter.sources.named import WithoutWorkspace, users_named
from exporter.sources.storage.contact import names
from exporter.sources.storage.feedback import StoredFeedback
from exporter.sources.storage.feedback_index import FeedbackIndex
from exporter.sources.storage.legacy import StoredLegacy
from exporter.sources.storage.names import Names
from exporter.sources.storage.people import read_people
from exporter.sources.storage.rescue import EMPTIED, EMPTY_DRAFT, Rescue
from exporter.sources.users_file import read_users

log = logging.getLogger(__name__)


def connect(
    url: str | None,
    database: str | None = None,
    *,
    namespace: str | None = None,
    login: tuple[str, str] | None = None,
    database_password: str | None = None,
    folder: Path | None = None,
    patience: float = 300.0,
    default_workspace: str | None = None,
    users_file: Path | None = None,
) -> "StorageSource":
    """Connects to a search engine, a database, or both.

    Args:
        url: address of the OpenSearch or Elasticsearch, which has the legacy datasets; a username and a password may stand in it. Or None.
        database: path or address of the SQL database, which has users, workspaces and feedback datasets, see
            ``argilla_snapshot.transport.sql.database.opened``. Or None.
        namespace: the server's ``ARGILLA_NAMESPACE``, empty where it had none; None where that is to be found out.
        login: username and password of the search engine, in place of those in ``url``.
        database_password: the password of the database, in place of the one in ``database``.
        folder: where a dataset's documents may wait until all have come, and a copy of an SQLite file (no file has a name there); None for
            the system's choice.
        patience: seconds that temporary trouble is waited out, each time.
        default_workspace: where datasets of Rubrix go that are in no workspace; None for ``without-workspace``.
        users_file: the file of the users of a server before 1.6, which had no database.

    Raises:
        UnreachableError, NotAllowedError, UnsupportedServerError: of either.
        NamespaceError: it is not clear whose datasets to read.
        UsersFileError: the file can't be read.
    """
    folder = folder or Path(tempfile.gettempdir())
    with ExitStack() as stack:
        index = None
        if url is not None:
            api = search_engine(url, login, patience)
            stack.callback(api.close)
            index = Index(api, engine(api), names(api, namespace, needed=database is None))
        opened_database = stack.enter_context(opened(database, database_password, folder)) if database else None
        users = read_users(users_file) if users_file else None
        source = StorageSource(index, opened_database, folder, default_workspace, users)
        source.ends = stack.pop_all()
    return source


class Index(NamedTuple):
    """A search engine, its name and version, and the names of the indices to read."""

    api: Api
    version: str
    names: Names


class StorageSource(ByKind):
    """A search engine and a database, as ``connect`` found them. Fulfils ``exporter.source.Source``.

    Attributes:
        ends: what is closed in the end.
    """

    fast = True

    def __init__(
        self, index: Index | None, database: Opened | None, folder: Path, default_workspace: str | None, users: list[User] | None
    ) -> None:
        self.ends = ExitStack()
        self.bound = {"--default-workspace": default_workspace}
        self._people = read_people(database) if database else None
        self._users = self._people.users if self._people else users
        self._feedback: StoredFeedback | None = None
        self._rescue: Rescue | None = None
        self._emptied: set[Place] = set()
        self._empty_drafts: set[Place] = set()
        if database and self._people:
            feedback_index = FeedbackIndex(index.api, folder) if index else None
            self._feedback = StoredFeedback(database, self._people.workspaces, self._people.users, feedback_index)
            self._look_for_emptied(self._feedback, feedback_index)
        self._legacy = StoredLegacy(index.api, index.names, WithoutWorkspace(default_workspace), folder) if index else None
        shown = database.shown if database else None
        self.shown = Shown(
            kind="argilla-storage",
            url=index.api.url if index else str(shown),
            version=index.version if index else str(database and database.title),
            namespace=index.names.namespace if index else None,
            database=shown,
        )

    @property
    def users_loss(self) -> str | None:
        """Without a database only those can be known whom records name."""
        return "users_from_records" if self._users is None else None

    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """Those of the database or the users file; without both whoever made or annotated one of the datasets, as members of its workspace."""
        return users_named(datasets) if self._users is None else self._users

    def workspaces(self) -> list[Workspace]:
        """Those of the database, and those that only datasets, or users of a file, name; ordered by name."""
        known = self._people.workspaces if self._people else []
        named = self._legacy.workspaces() if self._legacy else set()
        named |= {name for user in self._users or () for name in user.workspaces}
        named |= {dataset.workspace for dataset in (self._feedback.orphans() if self._feedback else ())}
        named -= {workspace.name for workspace in known}
        return sorted([*known, *map(Workspace, named)], key=lambda workspace: workspace.name)

    def datasets(self) -> list[Listed]:
        """The datasets of a known task as they are now, and the feedback datasets; also those of workspaces that the database does not have."""
        listed = self._legacy.datasets() if self._legacy else []
        listed += self._feedback.datasets() if self._feedback else []
        return sorted(listed, key=lambda dataset: dataset.place)

    def webhooks(self) -> list[Webhook]:
        """Those of the database, without their secrets."""
        return self._feedback.webhooks() if self._feedback else []

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task or workspace."""
        known = {workspace.name for workspace in self._people.workspaces} if self._people else None
        found = self._legacy.left_out(known) if self._legacy else []
        if self._feedback:
            found += [("workspace_unknown", dataset.workspace, dataset.name) for dataset in self._feedback.orphans()]
        return found

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """They stand in the document of a legacy dataset, and in the database."""
        told = super().settings(dataset)
        return {**(told or {}), "losses": [EMPTY_DRAFT]} if dataset.place in self._empty_drafts else told

    def disconnect(self) -> None:
        """Closes the connections."""
        self.ends.close()

    def _of(self, dataset: Listed) -> Part:
        """What has a dataset: the search engine, the database, or, where an upgrade has emptied it there, the search engine again."""
        if dataset.kind == "feedback":
            part: Part | None = self._rescue if dataset.place in self._emptied else self._feedback
        else:
            part = self._legacy
        assert part is not None  # or it would not be listed
        return part

    def _look_for_emptied(self, feedback: StoredFeedback, index: FeedbackIndex | None) -> None:
        """Finds what an upgrade has emptied, and says it at once."""
        shells = feedback.shells()
        if emptied := [dataset.full_name for dataset in shells if dataset.content["status"] == "ready"]:
            log.warning(EMPTIED, counted(len(emptied), "feedback dataset"), ", ".join(emptied))
            self._empty_drafts = {dataset.place for dataset in shells if dataset.content["status"] == "draft"}
        if index and self._people:
            self._rescue = Rescue(index, self._people.users)
            self._emptied = {dataset.place for dataset in shells if index.count(dataset.content["id"])}
            self._empty_drafts -= self._emptied
