"""The HTTP API of an Argilla 1.x server, or of a Rubrix, as a source; and the way to that of 2.x.

Facts about the server are from argilla-server 1.29.1 and were seen on a running one; what differs between versions is in ``capabilities``.
The legacy API is called v0 in the server's code and has no version in its paths.
"""

import tempfile
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import TASKS, User, Webhook, Workspace
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.secrets import Secrets
from argilla_snapshot.transport.shapes import Shape
from exporter.source import Access, Count, Cursor, Listed, Page, Source
from exporter.sources.ahead import ahead
from exporter.sources.api.capabilities import IN_NO_WORKSPACE, Capabilities, capabilities, feedback_listing
from exporter.sources.api.contact import server_version
from exporter.sources.api.feedback import Feedback
from exporter.sources.api.listing import Place, since_then
from exporter.sources.api.paging import PAGE_SIZE, pages
from exporter.sources.api.people import People, people, refuse_file
from exporter.sources.api.stream import streamed
from exporter.sources.api.v1 import V1Source
from exporter.sources.named import WithoutWorkspace

#: What is used of an answer; whatever else is there may be anything.
_LISTS: Shape = [{"name": str, "task": str, "workspace": str | None, "owner": str | None}]
_TOTAL: Shape = {"total": int}
#: Datasets that the server lists at most, of whatever workspaces (``client_adapters/generic_elastic.py``).
_LISTED = 2_500


def connect(
    url: str,
    api_key: str,
    *,
    secrets: Secrets | None = None,
    page_size: int = PAGE_SIZE,
    patience: float = 300.0,
    users_file: Path | None = None,
    default_workspace: str | None = None,
    folder: Path | None = None,
) -> Source:
    """Connects to an Argilla or Rubrix server as its owner (a superuser, before 1.6), or as somebody who sees less.

    Args:
        url: address of the server.
        api_key: the key of an owner; any other shows only the own workspaces.
        secrets: what opens the way to the server, beside the key.
        page_size: documents, or feedback records, asked for at once, at most 1,000.
        patience: seconds that temporary trouble is waited out, each time.
        users_file: the file of the server's users, of a server before 1.6, which does not list them.
        default_workspace: where datasets of Rubrix go that are in no workspace; None for ``without-workspace``.
        folder: where a dataset's documents may wait until all have come (no file has a name there); None for the system's choice.

    Raises:
        UnreachableError, UnsupportedServerError: there is no such server.
        NotAllowedError: the key is refused, or is an annotator's.
        UsersFileError: the file can't be read, or is not needed.
    """
    api = Api(url, api_key, secrets=secrets, patience=patience)
    try:
        version, number = server_version(api)
        can = capabilities(number)
        if number >= (2, 0):
            refuse_file(api, users_file)
            return V1Source(api, version, can, feedback_listing(number), page_size)
        api = api.with_headers({can.key_header: api_key})
        who = people(api, can, users_file)

        def usernames() -> dict[str, str]:
            return {str(user.id): user.username for user in who.users([])}

        feedback = Feedback(api, feedback_listing(number), usernames, page_size) if can.feedback else None
        return ApiSource(api, version, can, who, feedback, page_size, default_workspace, folder)
    except BaseException:
        api.close()
        raise


class ApiSource:
    """An old server, spoken to as ``connect`` found it. Fulfils ``exporter.source.Source``."""

    fast = False

    def __init__(
        self,
        api: Api,
        version: str,
        can: Capabilities,
        people: People,
        feedback: Feedback | None,
        page_size: int,
        default_workspace: str | None,
        folder: Path | None,
    ) -> None:
        self._api, self._can, self._people, self._feedback = api, can, people, feedback
        self._page_size = min(page_size, can.page_size)
        self._without, self._folder = WithoutWorkspace(default_workspace), folder or Path(tempfile.gettempdir())
        self.bound = {"--default-workspace": default_workspace}
        self.shown = Shown(kind="argilla-api", url=api.url, version=version, username=people.username, role=people.role)

    @property
    def users_loss(self) -> str | None:
        """Who is not seen with this key, or of this version."""
        return self._people.users_loss

    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """The users, ordered by name, with the workspaces they are members of."""
        return self._people.users(datasets)

    def workspaces(self) -> list[Workspace]:
        """All workspaces for an owner, the own ones for others; ordered by name."""
        return self._people.workspaces(self._legacy() if self._can.workspaces is None else [])

    def datasets(self) -> list[Listed]:
        """The legacy datasets of a known task, and the feedback datasets; the server lists only those of workspaces that exist."""
        feedback = self._feedback.datasets(self.workspaces()) if self._feedback else []
        return sorted([*self._legacy(), *feedback], key=lambda dataset: dataset.place)

    def _legacy(self) -> list[Listed]:
        listed = [Listed(self._workspace(d), d["name"], d["task"], d) for d in self._listing() if d["task"] in TASKS]
        without = {each.name for each in listed if _workspace(each.content) is None}
        self._without.tell(sorted(without))
        if taken := without & {each.name for each in listed if _workspace(each.content) == self._without.name}:
            raise self._without.clash(min(taken))
        return listed

    def webhooks(self) -> list[Webhook]:
        """None: they came with 2.6."""
        return []

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task."""
        return [("unknown_task", self._workspace(d), d["name"]) for d in self._listing() if d["task"] not in TASKS]

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """``{"label_schema": {"labels": [{"id", "name", "description"?}]}}``; None where there is none.

        Text2text has no such route; a dataset without settings answers 404 ``EntityNotFoundError``.
        """
        if dataset.kind == "feedback":
            return self._of_feedback.settings(dataset)
        if dataset.task == "Text2Text" or not self._can.settings:
            return None
        place = self._place(dataset)
        try:
            settings: dict[str, Any] = place.api.get(place.task_path("/settings"), dict, **place.where)
        except ServerError as error:
            if error.status == 404 and "Settings" in error.detail:
                return None
            raise
        return settings

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """The labeling rules; only text classification has any."""
        if dataset.task != "TextClassification":
            return []
        place = self._place(dataset)
        rules: list[dict[str, Any]] = place.api.get(place.task_path("/labeling/rules"), [dict], **place.where)
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
        place = self._place(dataset)
        place.api.put(place.path(":open"), **place.where)
        self._api.patiently(lambda: self._total(place), _passes, wait_initial=0.2, wait_max=5.0)

    def close(self, dataset: Listed) -> None:
        """``PUT :close``."""
        place = self._place(dataset)
        try:
            place.api.put(place.path(":close"), **place.where)
        except ServerError as error:
            if error.status != 404:
                raise

    def count(self, dataset: Listed) -> Count:
        """The exact total of a search, and the dataset's ``last_updated`` (changed by every bulk of records)."""
        if dataset.kind == "feedback":
            return self._of_feedback.count(dataset)
        place = self._place(dataset)
        listed = place.api.get(place.path(""), dict, **place.where)
        if _workspace(listed) != _workspace(dataset.content):  # old servers look for one of the same name elsewhere
            raise ServerError(
                f"{self._api.url} does not give {dataset.full_name} to {self._people.username}, but another dataset of the name."
            )
        return Count.told(self._total(place), listed.get("last_updated"))

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages in the order of ids; while one is worked on, the server makes the next."""
        if dataset.kind == "feedback":
            return self._of_feedback.pages(dataset, after)
        last_id = after.id if after else None
        place = self._place(dataset)
        if self._can.records == "stream":
            return ahead(streamed(partial(place.stream, since_then("", since)), last_id, self._folder))
        list_page = place.scan if self._can.records == "scan" else place.data

        def ask(api: Api, query: str, last: str | None, size: int) -> list[bytes]:
            return list_page(api, since_then(query, since), last, size)

        return ahead(pages(place.api, ask, last_id, self._page_size, self._folder))

    def disconnect(self) -> None:
        """Closes the connections."""
        self._api.close()

    @property
    def _of_feedback(self) -> Feedback:
        """Feedback datasets are listed only where the server has them."""
        assert self._feedback is not None
        return self._feedback

    def _place(self, dataset: Listed) -> Place:
        workspace = _workspace(dataset.content) if dataset.content else dataset.workspace
        if workspace is None:
            return Place(self._api.with_headers(IN_NO_WORKSPACE), dataset, {})
        return Place(self._api, dataset, {"workspace": workspace})

    def _workspace(self, listed: dict[str, Any]) -> str:
        return _workspace(listed) or self._without.name

    def _total(self, place: Place) -> int:
        # From the second record on: an answer that holds the first one comes with aggregations, which take longer than all else.
        where = {**place.where, "limit": 0, "from": 1}
        return int(place.api.call("POST", place.path(f"/{place.dataset.task}:search"), params=where, body={}, shape=_TOTAL)["total"])

    def _listing(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = [each for where in self._people.lists for each in self._api.get("/api/datasets/", _LISTS, **where)]
        if len(listing) >= _LISTED:
            raise ServerError(
                f"{self._api.url} has more datasets than its API lists ({_LISTED}): export them from the storage behind it (--search-engine)."
            )
        return listing


def _workspace(listed: dict[str, Any]) -> str | None:
    """The workspace of a dataset, which servers before 1.4 call its owner; None where it is in none."""
    return listed.get("workspace") or listed.get("owner") or None


def _passes(error: Exception) -> bool:
    """Whether what a just opened dataset answers may be because its shards are not there yet."""
    return isinstance(error, ServerError) and error.status in (400, 500)
