"""The storage behind an Argilla 1.x server as a source: its search engine, and its SQL database.

For a server that is gone or too slow: a server upgraded to 2.x leaves the indices of the legacy datasets as they were, and shows
them no more. Facts about indices and documents are from argilla-server 1.29.1 (``daos``) and were seen on a running one.
"""

import json
import logging
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from argilla_snapshot.format.models import TASKS, Dataset, User, Workspace
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from exporter.losses import Place
from exporter.source import Access, Count, Listed, Page
from exporter.sources.named import WithoutWorkspace, users_named
from exporter.sources.storage.contact import engine, names
from exporter.sources.storage.names import Names, can_be, path_part
from exporter.sources.storage.people import People, read_people
from exporter.sources.storage.scan import WHOLE, scan
from exporter.sources.users_file import read_users

log = logging.getLogger(__name__)

#: Datasets that are listed at most: an engine's maximum for one answer.
_LISTED = 10_000
#: What the API lists of a dataset (``schemas/datasets.py``, ``Dataset``), in its order.
_MEMBERS = ("tags", "metadata", "name", "task", "workspace", "id", "owner", "created_at", "created_by", "last_updated")


def connect(
    url: str,
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
    """Connects to a search engine, and reads who is in the database.

    Args:
        url: address of the OpenSearch or Elasticsearch; a username and a password may stand in it.
        database: path or address of the SQL database, see ``database.read_people``; None where there is none to read.
        namespace: the server's ``ARGILLA_NAMESPACE``, empty where it had none; None where that is to be found out.
        login: username and password of the search engine, in place of those in ``url``.
        database_password: the password of the database, in place of the one in ``database``.
        folder: where a dataset's documents may wait until all have come (no file has a name there); None for the system's choice.
        patience: seconds that temporary trouble is waited out, each time.
        default_workspace: where datasets of Rubrix go that are in no workspace; None for ``without-workspace``.
        users_file: the file of the users of a server before 1.6, which had no database.

    Raises:
        UnreachableError, NotAllowedError, UnsupportedServerError: of either.
        NamespaceError: it is not clear whose datasets to read.
        UsersFileError: the file can't be read.
    """
    plain, in_url = _without_login(url)
    api = Api(plain, None, login=login or in_url, compressed=False, patience=patience)
    try:
        version = engine(api)
        people = read_people(database, database_password) if database else None
        users = read_users(users_file) if users_file else None
        return StorageSource(api, version, names(api, namespace), people, folder or Path(tempfile.gettempdir()), default_workspace, users)
    except BaseException:
        api.close()
        raise


class StorageSource:
    """A search engine and what a database said, as ``connect`` found them. Fulfils ``exporter.source.Source``."""

    fast = True

    def __init__(
        self,
        api: Api,
        version: str,
        names: Names,
        people: People | None,
        folder: Path,
        default_workspace: str | None,
        users: list[User] | None,
    ) -> None:
        self._folder = folder
        self._without = WithoutWorkspace(default_workspace)
        self.bound = {"--default-workspace": default_workspace}
        self._api = api
        self._names = names
        self._people, self._users = people, people.users if people else users
        self._lists = {names.datasets: names.records, names.old_datasets: names.old_records}
        self._where: dict[Place, tuple[str, str, str]] = {}
        self._documents = self._list()
        self.shown = Shown(
            kind="argilla-storage",
            url=api.url,
            version=version,
            namespace=names.namespace,
            database=people.shown if people else None,
        )

    @property
    def users_loss(self) -> str | None:
        """Without a database only those can be known whom records name."""
        return "users_from_records" if self._users is None else None

    def users(self, datasets: list[Dataset]) -> list[User]:
        """Those of the database or the users file; without both whoever made or annotated one of the datasets, as members of its workspace."""
        return users_named(datasets) if self._users is None else self._users

    def workspaces(self) -> list[Workspace]:
        """Those of the database, and those that only datasets, or users of a file, name; ordered by name."""
        known = self._people.workspaces if self._people else []
        named = {document["workspace"] for document in self._documents} | {name for user in self._users or () for name in user.workspaces}
        named -= {workspace.name for workspace in known}
        return sorted([*known, *map(Workspace, named)], key=lambda workspace: workspace.name)

    def datasets(self) -> list[Listed]:
        """The datasets of a known task as they are now, also those of workspaces that the database does not have."""
        self._documents = self._list()
        listed = [Listed(d["workspace"], d["name"], d["task"], d) for d in map(_listed, self._documents) if d.get("task") in TASKS]
        return sorted(listed, key=lambda dataset: (dataset.workspace, dataset.name))

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task or workspace, and feedback datasets, whose truth is in the database."""
        found = [("unknown_task", d["workspace"], d["name"]) for d in self._documents if d.get("task") not in TASKS]
        if self._people:
            known = {workspace.name for workspace in self._people.workspaces}
            found += [("workspace_unknown", d["workspace"], d["name"]) for d in self._documents if d["workspace"] not in known]
            found += [("feedback_dataset", workspace, name) for workspace, name in self._people.feedback]
        return found

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """They stand in the document of the dataset."""
        return _without_nulls(self._document(dataset).get("settings")) or None

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """They stand in the document of the dataset."""
        rules: list[dict[str, Any]] = _without_nulls(self._document(dataset).get("rules")) or []
        return rules

    def access(self, dataset: Listed) -> Access:
        """Counts; no list tells whether an index is closed."""
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
        return Count.told(self._total(dataset), self._document(dataset).get("last_updated"))

    def pages(self, dataset: Listed, after: str | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages of the index as of one moment, sorted here."""
        return scan(self._api, self._records(dataset), after, since, self._folder)

    def disconnect(self) -> None:
        """Closes the connections."""
        self._api.close()

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
            found = self._api.post(f"/{path_part(index)}/_search", {"size": _LISTED, "track_total_hits": True}, **WHOLE)["hits"]
        except ServerError as error:
            if error.status == 403 and index == self._names.old_datasets:
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
        document: dict[str, Any] = self._api.get(f"/{path_part(index)}/_doc/{path_part(id_)}")["_source"]
        return document

    def _records(self, dataset: Listed) -> str:
        return self._where[dataset.place][2]

    def _total(self, dataset: Listed) -> int:
        answer = self._api.post(f"/{path_part(self._records(dataset))}/_search", {"size": 0, "track_total_hits": True}, **WHOLE)
        return int(answer["hits"]["total"]["value"])


def _without_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without a username and a password, and these."""
    with suppress(ValueError):
        parsed = urlsplit(url)
        if parsed.username or parsed.password:
            login = unquote(parsed.username or ""), unquote(parsed.password or "")
            return parsed._replace(netloc=parsed.netloc.rpartition("@")[2]).geturl(), login
    return url, None


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
