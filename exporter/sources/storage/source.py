"""The storage behind an Argilla 1.x server as a source: its search engine, and its SQL database.

For a server that is gone or too slow: a server upgraded to 2.x leaves the indices of the legacy datasets as they were, and shows
them no more. Facts about indices and documents are from argilla-server 1.29.1 (``daos``) and were seen on a running one.
"""

import json
import logging
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import TASKS, User, Webhook, Workspace
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.search_engine import engine, search_engine
from argilla_snapshot.transport.shapes import Shape
from argilla_snapshot.transport.sql.asking import Opened
from argilla_snapshot.transport.sql.database import opened
from argilla_snapshot.words import counted
from exporter.losses import Place
from exporter.source import Access, Count, Cursor, Listed, Page
from exporter.sources.named import WithoutWorkspace, users_named
from exporter.sources.storage.contact import names
from exporter.sources.storage.feedback import StoredFeedback
from exporter.sources.storage.feedback_index import FeedbackIndex
from exporter.sources.storage.names import Names, can_be, path_part
from exporter.sources.storage.people import read_people
from exporter.sources.storage.rescue import EMPTIED, EMPTY_DRAFT, Rescue
from exporter.sources.storage.scan import WHOLE, scan
from exporter.sources.users_file import read_users

log = logging.getLogger(__name__)

#: Datasets that are listed at most: an engine's maximum for one answer.
_LISTED = 10_000
#: What is used of an answer to a search for datasets.
_HITS: Shape = {"hits": {"hits": [{"_id": str, "_source": dict}], "total": {"value": int}}}
#: What the API lists of a dataset (``schemas/datasets.py``, ``Dataset``), in its order.
_MEMBERS = ("tags", "metadata", "name", "task", "workspace", "id", "owner", "created_at", "created_by", "last_updated")


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


class StorageSource:
    """A search engine and a database, as ``connect`` found them. Fulfils ``exporter.source.Source``.

    Attributes:
        ends: what is closed in the end.
    """

    fast = True

    def __init__(
        self, index: Index | None, database: Opened | None, folder: Path, default_workspace: str | None, users: list[User] | None
    ) -> None:
        self.ends = ExitStack()
        self._folder, self._index = folder, index
        self._without = WithoutWorkspace(default_workspace)
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
        self._lists = {**index.names.lists} if index else {}
        self._where: dict[Place, tuple[str, str, str]] = {}
        self._documents = self._list()
        shown = database.shown if database else None
        self.shown = Shown(
            kind="argilla-storage",
            url=index.api.url if index else str(shown),
            version=index.version if index else str(database and database.title),
            namespace=index.names.namespace if index else None,
            database=shown,
        )

    @property
    def _api(self) -> Api:
        """The search engine; legacy datasets are listed only where there is one."""
        assert self._index is not None
        return self._index.api

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
        named = {document["workspace"] for document in self._documents} | {name for user in self._users or () for name in user.workspaces}
        named |= {dataset.workspace for dataset in (self._feedback.orphans() if self._feedback else ())}
        named -= {workspace.name for workspace in known}
        return sorted([*known, *map(Workspace, named)], key=lambda workspace: workspace.name)

    def datasets(self) -> list[Listed]:
        """The datasets of a known task as they are now, and the feedback datasets; also those of workspaces that the database does not have."""
        self._documents = self._list()
        listed = [Listed(d["workspace"], d["name"], d["task"], d) for d in map(_listed, self._documents) if d.get("task") in TASKS]
        listed += self._feedback.datasets() if self._feedback else []
        return sorted(listed, key=lambda dataset: dataset.place)

    def webhooks(self) -> list[Webhook]:
        """Those of the database, without their secrets."""
        return self._feedback.webhooks() if self._feedback else []

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task or workspace."""
        found = [("unknown_task", d["workspace"], d["name"]) for d in self._documents if d.get("task") not in TASKS]
        if self._people:
            known = {workspace.name for workspace in self._people.workspaces}
            found += [("workspace_unknown", d["workspace"], d["name"]) for d in self._documents if d["workspace"] not in known]
        if self._feedback:
            found += [("workspace_unknown", dataset.workspace, dataset.name) for dataset in self._feedback.orphans()]
        return found

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """They stand in the document of the dataset, those of a feedback dataset in the database."""
        if dataset.kind == "feedback":
            told = self._of(dataset).settings(dataset)
            return {**told, "losses": [EMPTY_DRAFT]} if dataset.place in self._empty_drafts else told
        return _without_nulls(self._document(dataset).get("settings")) or None

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """They stand in the document of the dataset."""
        rules: list[dict[str, Any]] = _without_nulls(self._document(dataset).get("rules")) or []
        return rules

    def access(self, dataset: Listed) -> Access:
        """Counts; no list tells whether an index is closed."""
        if dataset.kind == "feedback":
            return self._of(dataset).count(dataset)
        if not can_be(self._records(dataset)):
            return "missing"
        try:
            return self.count(dataset)
        except ServerError as error:
            if error.status == 404:
                return "missing"
            if error.status == 400 and "index_closed_exception" in error.detail:
                return "closed"
            raise

    def open(self, dataset: Listed) -> None:
        """``POST _open``; the shards of a large index need a moment until they answer."""
        self._api.post(f"/{path_part(self._records(dataset))}/_open")
        self._api.patiently(lambda: self._total(dataset), _failed, wait_initial=0.2, wait_max=5.0)

    def close(self, dataset: Listed) -> None:
        """``POST _close``."""
        try:
            self._api.post(f"/{path_part(self._records(dataset))}/_close")
        except ServerError as error:
            if error.status != 404:
                raise

    def count(self, dataset: Listed) -> Count:
        """The exact count of an index, and the dataset's ``last_updated`` (changed by every bulk of records)."""
        if dataset.kind == "feedback":
            return self._of(dataset).count(dataset)
        return Count.told(self._total(dataset), self._document(dataset).get("last_updated"))

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages of the index as of one moment, sorted here, or those of the database."""
        if dataset.kind == "feedback":
            return self._of(dataset).pages(dataset, after)
        return scan(self._api, self._records(dataset), after.id if after else None, since, self._folder)

    def disconnect(self) -> None:
        """Closes the connections."""
        self.ends.close()

    def _of(self, dataset: Listed) -> StoredFeedback | Rescue:
        """What has a feedback dataset: the database, or, where an upgrade has emptied it there, the search engine."""
        assert self._feedback is not None  # or there would be none
        return self._rescue if self._rescue and dataset.place in self._emptied else self._feedback

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

    def _list(self) -> list[dict[str, Any]]:
        """The documents of all datasets, each with a workspace; of those taken over from Rubrix only the newer ones."""
        found: dict[Place, dict[str, Any]] = {}
        without: set[Place] = set()
        for index, records in list(self._lists.items()):
            for hit in self._search_all(index):
                document = hit["_source"]
                named = document.get("workspace") or document.get("owner")
                document["workspace"] = _text(named or self._without.name)
                document["name"] = _text(document.get("name") or hit["_id"].rpartition(".")[2])
                place = document["workspace"], document["name"]
                if place in found and (place in without) is bool(named):
                    raise self._without.clash(document["name"])
                if not named:
                    without.add(place)
                if place not in found:
                    found[place] = document
                    self._where[place] = index, hit["_id"], records(hit["_id"])
        self._without.tell(sorted(name for _, name in without))
        return list(found.values())

    def _search_all(self, index: str) -> list[dict[str, Any]]:
        """All documents of an index of datasets, none where it is not there. That of Rubrix, which need not be there, a role need not name."""
        try:
            asked = {"size": _LISTED, "track_total_hits": True}
            found = self._api.post(f"/{path_part(index)}/_search", asked, _HITS, **WHOLE)["hits"]
        except ServerError as error:
            if error.status == 403 and self._index and index == self._index.names.old_datasets:
                log.warning("%s may not be read: datasets of Rubrix, should there be any, are not seen.", index)
                del self._lists[index]
            elif error.status != 404:
                raise
            return []
        hits: list[dict[str, Any]] = found["hits"]
        if len(hits) < found["total"]["value"]:
            raise ServerError(f"{index} on {self._api.url} has more datasets than an engine lists at once ({_LISTED}).")
        return hits

    def _document(self, dataset: Listed) -> dict[str, Any]:
        index, id_, _ = self._where[dataset.place]
        document: dict[str, Any] = self._api.get(f"/{path_part(index)}/_doc/{path_part(id_)}", {"_source": dict})["_source"]
        return document

    def _records(self, dataset: Listed) -> str:
        return self._where[dataset.place][2]

    def _total(self, dataset: Listed) -> int:
        asked = {"size": 0, "track_total_hits": True}
        answer = self._api.post(f"/{path_part(self._records(dataset))}/_search", asked, _HITS, **WHOLE)
        return int(answer["hits"]["total"]["value"])


def _listed(document: dict[str, Any]) -> dict[str, Any]:
    """A dataset as the API lists it."""
    whole = {**document, "owner": document["workspace"], "id": f"{document['workspace']}.{document['name']}"}
    whole |= {name: _pairs(document.get(name)) for name in ("tags", "metadata")}
    return {name: whole[name] for name in _MEMBERS if whole.get(name) is not None}


def _pairs(value: Any) -> Any:
    """Tags and metadata are stored as ``[{"key", "value": JSON}]``; whatever else is there stays as it is."""
    try:
        return {_text(pair["key"]): json.loads(pair["value"]) for pair in value} if isinstance(value, list) else value
    except (KeyError, TypeError, ValueError, RecursionError):
        return value


def _text(value: Any) -> str:
    """A name, whatever stands where one should."""
    return value if isinstance(value, str) else json.dumps(value)


def _without_nulls(value: Any) -> Any:
    """The API leaves out members that are null."""
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _failed(error: Exception) -> bool:
    return isinstance(error, ServerError)
