"""The HTTP API of an Argilla 1.x server as a source.

Facts about the server are from argilla-server 1.29.1 and were seen on a running one. Its legacy API is called v0 in its
code and has no version in its paths.
"""

from collections.abc import Generator
from typing import Any

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import TASKS, User, Workspace
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.format.models import from_json as built
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError
from argilla_snapshot.transport.secrets import Secrets
from argilla_snapshot.transport.shapes import Shape
from exporter.source import Access, Count, Cursor, Listed, Page, Source
from exporter.sources.ahead import ahead
from exporter.sources.api.contact import server_version
from exporter.sources.api.feedback import Feedback
from exporter.sources.api.paging import PAGE_SIZE, pages, path_of
from exporter.sources.api.v1 import V1Source

#: Datasets that the server lists at most, of whatever workspaces (``client_adapters/generic_elastic.py``).
_LISTED = 2_500
#: What is used of users wherever they are listed; whatever else is there may be anything.
_USERS: Shape = [{"id": str, "username": str}]


def connect(url: str, api_key: str, *, secrets: Secrets | None = None, page_size: int = PAGE_SIZE, patience: float = 300.0) -> Source:
    """Connects to an Argilla server as its owner, or as an admin.

    Args:
        url: address of the server.
        api_key: the key of an owner; an admin's shows only the admin's own workspaces.
        secrets: what opens the way to the server, beside the key.
        page_size: documents asked for at once, at most 1,000.
        patience: seconds that temporary trouble is waited out, each time.

    Raises:
        UnreachableError, UnsupportedServerError: there is no such server.
        NotAllowedError: the key is refused, or is an annotator's.
    """
    api = Api(url, api_key, secrets=secrets, patience=patience)
    try:
        version, numbers = server_version(api)
        if numbers >= (2, 0):
            return V1Source(api, version, numbers, _me(api, "/api/v1/me"))
        return ApiSource(api, version, numbers, _me(api, "/api/me"), min(page_size, PAGE_SIZE))
    except BaseException:
        api.close()
        raise


def _me(api: Api, path: str) -> dict[str, Any]:
    """Who the key belongs to."""
    try:
        me: dict[str, Any] = api.get(path, {"username": str, "role": str})
    except NotAllowedError as error:
        if error.status not in (401, 403):
            raise
        raise NotAllowedError(f"{api.url} refuses the key: check ARGILLA_API_KEY.{api.withheld}", error.status, error.detail) from None
    if me["role"] not in ("owner", "admin"):
        raise NotAllowedError(f"{me['username']} is {me['role']} on {api.url}: export needs the key of an owner (or of an admin).")
    return me


class ApiSource:
    """An Argilla 1.x server, spoken to as ``connect`` found it. Fulfils ``exporter.source.Source``."""

    fast = False

    def __init__(self, api: Api, version: str, numbers: tuple[int, int], me: dict[str, Any], page_size: int) -> None:
        self._api = api
        self._feedback = Feedback(api, numbers, lambda: {str(user.id): user.username for user in self.users([])})
        self._page_size = page_size
        self._workspaces: list[Workspace] | None = None
        self.shown = Shown(kind="argilla-api", url=api.url, version=version, username=me["username"], role=me["role"])

    @property
    def users_loss(self) -> str | None:
        """Only an owner sees all users (``policies.py``, ``UserPolicy.list``)."""
        return None if self.shown.role == "owner" else "users_not_visible"

    def users(self, _datasets: list[AnyDataset]) -> list[User]:
        """The users, ordered by name, with the workspaces they are members of.

        ``GET /api/users`` gives real memberships, for owners too (``/api/me`` gives an owner all workspaces). It gives
        everyone's API key as well: only the members of ``User`` are taken over.
        """
        if self.users_loss is None:
            found = {user["id"]: user for user in self._api.get("/api/users", _USERS)}
        else:
            lists = (self._api.get(f"/api/workspaces/{workspace.id}/users", _USERS) for workspace in self.workspaces())
            found = {user["id"]: user for users in lists for user in users}
        return sorted((built(User, user) for user in found.values()), key=lambda user: str(user.username))

    def workspaces(self) -> list[Workspace]:
        """All workspaces for an owner, the own ones for an admin; ordered by name."""
        if self._workspaces is None:
            items = self._api.get("/api/v1/me/workspaces", {"items": [{"id": str, "name": str}]})["items"]
            self._workspaces = sorted((built(Workspace, item) for item in items), key=lambda workspace: str(workspace.name))
        return self._workspaces

    def datasets(self) -> list[Listed]:
        """The legacy datasets of a known task, and the feedback datasets; the server lists only those of workspaces that exist."""
        listed = [Listed(d["workspace"], d["name"], d["task"], d) for d in self._listing() if d["task"] in TASKS]
        return sorted([*listed, *self._feedback.datasets(self.workspaces())], key=lambda dataset: dataset.place)

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task."""
        return [("unknown_task", d["workspace"], d["name"]) for d in self._listing() if d["task"] not in TASKS]

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """``{"label_schema": {"labels": [{"id", "name", "description"?}]}}``; None where there is none.

        Text2text has no such route; a dataset without settings answers 404 ``EntityNotFoundError``.
        """
        if dataset.kind == "feedback":
            return self._feedback.settings(dataset)
        if dataset.task == "Text2Text":
            return None
        try:
            settings: dict[str, Any] = self._api.get(path_of(dataset, f"/{dataset.task}/settings"), dict, workspace=dataset.workspace)
        except ServerError as error:
            if error.status == 404 and "Settings" in error.detail:
                return None
            raise
        return settings

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """The labeling rules; only text classification has any."""
        if dataset.task != "TextClassification":
            return []
        path = path_of(dataset, "/TextClassification/labeling/rules")
        rules: list[dict[str, Any]] = self._api.get(path, list, workspace=dataset.workspace)
        return rules

    def access(self, dataset: Listed) -> Access:
        """Counts; no list tells whether a dataset is closed.

        A closed dataset answers 400 ``ClosedDatasetError``, one without an index in the search engine 400
        ``MissingDatasetRecordsError``.
        """
        try:
            return self.count(dataset)
        except ServerError as error:
            if error.status == 400 and "ClosedDatasetError" in error.detail:
                return "closed"
            if error.status == 400 and "MissingDatasetRecordsError" in error.detail:
                return "missing"
            raise

    def open(self, dataset: Listed) -> None:
        """``PUT :open``; the shards of a large dataset need a moment until they answer."""
        self._api.put(path_of(dataset, ":open"), workspace=dataset.workspace)
        self._api.patiently(lambda: self._total(dataset), _passes, wait_initial=0.2, wait_max=5.0)

    def close(self, dataset: Listed) -> None:
        """``PUT :close``."""
        try:
            self._api.put(path_of(dataset, ":close"), workspace=dataset.workspace)
        except ServerError as error:
            if error.status != 404:
                raise

    def count(self, dataset: Listed) -> Count:
        """The exact total of a search, and the dataset's ``last_updated`` (changed by every bulk of records)."""
        if dataset.kind == "feedback":
            return self._feedback.count(dataset)
        listed = self._api.get(path_of(dataset, ""), dict, workspace=dataset.workspace)
        return Count.told(self._total(dataset), listed.get("last_updated"))

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages of the scan; while one is worked on, the server makes the next."""
        if dataset.kind == "feedback":
            return self._feedback.pages(dataset, after)
        return ahead(pages(self._api, dataset, after.id if after else None, since, self._page_size))

    def disconnect(self) -> None:
        """Closes the connections."""
        self._api.close()

    def _total(self, dataset: Listed) -> int:
        # From the second record on: an answer that holds the first one comes with aggregations, which take longer than all else.
        where = {"workspace": dataset.workspace, "limit": 0, "from": 1}
        return int(
            self._api.call("POST", path_of(dataset, f"/{dataset.task}:search"), params=where, body={}, shape={"total": int})["total"]
        )

    def _listing(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = self._api.get("/api/datasets", [{"workspace": str, "name": str, "task": str}])
        if len(listing) >= _LISTED:
            raise ServerError(
                f"{self._api.url} has more datasets than its API lists ({_LISTED}): export them from the storage behind it (--search-engine)."
            )
        return listing


def _passes(error: Exception) -> bool:
    """Whether what a just opened dataset answers may be because its shards are not there yet."""
    return isinstance(error, ServerError) and error.status in (400, 500)
