"""The legacy datasets of an Argilla 1.x server, or of a Rubrix, over HTTP: what differs between versions is in ``capabilities``."""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from argilla_snapshot.ahead import ahead
from argilla_snapshot.format.models import TASKS
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.shapes import Shape
from exporter.source import Access, Count, Cursor, Listed, Page
from exporter.sources.api.capabilities import IN_NO_WORKSPACE, Capabilities
from exporter.sources.api.listing import Place, since_then
from exporter.sources.api.paging import pages
from exporter.sources.api.people import People
from exporter.sources.api.stream import streamed
from exporter.sources.named import WithoutWorkspace

#: What is used of an answer; whatever else is there may be anything.
_LISTS: Shape = [{"name": str, "task": str, "workspace": str | None, "owner": str | None}]
_TOTAL: Shape = {"total": int}
#: Datasets that the server lists at most, of whatever workspaces (``client_adapters/generic_elastic.py``).
_LISTED = 2_500


class Legacy:
    """The legacy datasets of a server.

    Args:
        api: the server.
        can: what its version can do.
        people: who asks, and what that lists.
        without: where those go that are in no workspace.
        page_size: documents asked for at once.
        folder: where documents may wait until all have come.
    """

    def __init__(self, api: Api, can: Capabilities, people: People, without: WithoutWorkspace, page_size: int, folder: Path) -> None:
        self._api, self._can, self._people = api, can, people
        self._without, self._page_size, self._folder = without, min(page_size, can.page_size), folder

    def datasets(self) -> list[Listed]:
        """Those of a known task; the server lists only those of workspaces that exist."""
        listed = [Listed(self._workspace(d), d["name"], d["task"], d) for d in self._listing() if d["task"] in TASKS]
        without = {each.name for each in listed if _workspace(each.content) is None}
        self._without.tell(sorted(without))
        if taken := without & {each.name for each in listed if _workspace(each.content) == self._without.name}:
            raise self._without.clash(min(taken))
        return listed

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task."""
        return [("unknown_task", self._workspace(d), d["name"]) for d in self._listing() if d["task"] not in TASKS]

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """``{"label_schema": {"labels": [{"id", "name", "description"?}]}}``; None where there is none.

        Text2text has no such route; a dataset without settings answers 404 ``EntityNotFoundError``.
        """
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
        place = self._place(dataset)
        listed = place.api.get(place.path(""), dict, **place.where)
        if _workspace(listed) != _workspace(dataset.content):  # old servers look for one of the same name elsewhere
            raise ServerError(
                f"{self._api.url} does not give {dataset.full_name} to {self._people.username}, but another dataset of the name."
            )
        return Count.told(self._total(place), listed.get("last_updated"))

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages in the order of ids; while one is worked on, the server makes the next."""
        last_id = after.id if after else None
        place = self._place(dataset)
        if self._can.records == "stream":
            return ahead(streamed(partial(place.stream, since_then("", since)), last_id, self._folder))
        list_page = place.scan if self._can.records == "scan" else place.data

        def ask(api: Api, query: str, last: str | None, size: int) -> list[bytes]:
            return list_page(api, since_then(query, since), last, size)

        return ahead(pages(place.api, ask, last_id, self._page_size, self._folder))

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
