"""The legacy datasets of an Argilla 1.x server, in its search engine: an index of datasets, and one of the records of each."""

import json
import logging
from collections.abc import Generator
from pathlib import Path
from typing import Any

from argilla_snapshot.format.models import TASKS
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.shapes import Shape
from exporter.losses import Place
from exporter.source import Access, Count, Cursor, Listed, Page
from exporter.sources.named import WithoutWorkspace
from exporter.sources.storage.names import Names, can_be, path_part
from exporter.sources.storage.scan import WHOLE, scan

log = logging.getLogger(__name__)

#: Datasets that are listed at most: an engine's maximum for one answer.
_LISTED = 10_000
#: What is used of an answer to a search for datasets.
_HITS: Shape = {"hits": {"hits": [{"_id": str, "_source": dict}], "total": {"value": int}}}
#: What the API lists of a dataset (``schemas/datasets.py``, ``Dataset``), in its order.
_MEMBERS = ("tags", "metadata", "name", "task", "workspace", "id", "owner", "created_at", "created_by", "last_updated")


class StoredLegacy:
    """The legacy datasets of a search engine.

    Args:
        api: the search engine.
        names: of the indices to read.
        without: where those go that are in no workspace.
        folder: where documents may wait until all have come.
    """

    def __init__(self, api: Api, names: Names, without: WithoutWorkspace, folder: Path) -> None:
        self._api, self._without, self._folder = api, without, folder
        self._lists, self._old_datasets = {**names.lists}, names.old_datasets
        self._where: dict[Place, tuple[str, str, str]] = {}
        self._documents = self._list()

    def workspaces(self) -> set[str]:
        """Those that datasets name."""
        return {document["workspace"] for document in self._documents}

    def datasets(self) -> list[Listed]:
        """Those of a known task, as they are now."""
        self._documents = self._list()
        return [Listed(d["workspace"], d["name"], d["task"], d) for d in map(_listed, self._documents) if d.get("task") in TASKS]

    def left_out(self, known: set[str] | None) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task, and those whose workspace is not among the ``known`` ones, where these are known."""
        found = [("unknown_task", d["workspace"], d["name"]) for d in self._documents if d.get("task") not in TASKS]
        others = [d for d in self._documents if known is not None and d["workspace"] not in known]
        return found + [("workspace_unknown", d["workspace"], d["name"]) for d in others]

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

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """Pages of the index as of one moment, sorted here."""
        return scan(self._api, self._records(dataset), after.id if after else None, since, self._folder)

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
            if error.status == 403 and index == self._old_datasets:
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
