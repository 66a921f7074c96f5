"""Feedback datasets over HTTP: the same API (``/api/v1``) in Argilla 1.8 to 2.8, with records that are listed in another way in each.

Facts are from the servers themselves, 1.8.0 to 2.8.0.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from argilla_snapshot.ahead import ahead
from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.models import Workspace
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from argilla_snapshot.transport.paging import PageSize
from argilla_snapshot.transport.shapes import Shape, fitting
from exporter.documents import encode
from exporter.source import UNREADABLE, Count, Cursor, Listed, Page
from exporter.sources.api.capabilities import RESPONSES, SUGGESTIONS, VECTORS, FeedbackListing
from exporter.sources.by_kind import FeedbackPart

Json = dict[str, Any]
#: What is used of an answer; whatever else is there may be anything.
_DATASETS: Shape = {"items": [{"id": str, "workspace_id": str, "name": str}]}
_NAMED: Shape = {"items": [{"name": str}]}
_SETTINGS: Shape = {"items": [{"name": str, "settings": {"type": str}}]}
_ANSWERED: Shape = (None, [{"id": str, "user_id": (None, str)}])
_SUGGESTED: Shape = (None, [{"id": str}])
_RECORD: Shape = {"id": str, "inserted_at": str, "responses": _ANSWERED, "suggestions": _SUGGESTED}

#: How many records before the place to go on are asked for once more: as many as may have been made in the same moment, and in any order.
_OVERLAP = 1_000
#: The same records are asked for so often where a second request for them shows others.
_TRIES = 3
#: After so many positions of a list in turn at which the server gives nothing, none is expected to be better.
_IN_TURN = 50


class Feedback(FeedbackPart):
    """The feedback datasets of a server.

    Args:
        api: the server.
        how: the way in which its version lists records.
        usernames: id -> username of its users, asked for when it is needed.
        page_size: the most records, or pairs, to ask for at once.
    """

    def __init__(self, api: Api, how: FeedbackListing, usernames: Callable[[], Mapping[str, str]], page_size: int) -> None:
        self._api, self._how, self._usernames = api, replace(how, page=min(how.page, page_size)), usernames

    def datasets(self, workspaces: Iterable[Workspace]) -> list[Listed]:
        """Those of these workspaces, ordered by workspace and name."""
        names = {workspace.id: workspace.name for workspace in workspaces}
        items = self._api.get("/api/v1/me/datasets", _DATASETS)["items"]
        listed = [Listed(names[d["workspace_id"]], d["name"], None, d, "feedback") for d in items if d["workspace_id"] in names]
        return sorted(listed, key=lambda dataset: dataset.place)

    def settings(self, dataset: Listed) -> dict[str, Any]:
        """What the server lists of fields, questions, metadata properties and vectors."""
        id_, none = dataset.content["id"], Json(items=[])
        properties = f"/api/v1/me/datasets/{id_}/metadata-properties"
        vectors = f"/api/v1/datasets/{id_}/vectors-settings"
        return {
            "fields": self._api.get(f"/api/v1/datasets/{id_}/fields", _SETTINGS)["items"],
            "questions": self._api.get(f"/api/v1/datasets/{id_}/questions", _SETTINGS)["items"],
            "metadata_properties": (self._api.get(properties, _SETTINGS) if self._how.has_properties else none)["items"],
            "vectors_settings": (self._api.get(vectors, _NAMED) if self._how.has_vectors else none)["items"],
        }

    def count(self, dataset: Listed) -> Count:
        """How many records the database has, which may be more than a list shows, and when somebody last wrote there."""
        told = self._api.get(self._how.count.format(id=dataset.content["id"]), self._how.counted, **self._how.first)
        records = told["total"] if "total" in told else told["records"]["count"]
        now = self._api.get(f"/api/v1/datasets/{dataset.content['id']}", dict)
        return Count.told(int(records), now.get("last_activity_at") or now.get("updated_at"))

    def pages(self, dataset: Listed, after: Cursor | None, _since: str | None = None) -> Generator[Page, None, None]:
        """The records, in the order of their insertion and then of their ids, each once. The server makes a page while one is worked on."""
        if self.count(dataset).records == 0:  # before 2.4 a draft has no index, and can't be listed
            return
        vectors = [v["name"] for v in self.settings(dataset)["vectors_settings"]] if self._how.named_vectors else []
        reading = _Reading(self._api, self._how, dataset.content["id"], vectors)
        usernames = self._usernames()
        last = (after.inserted_at or "", after.id) if after else ("", "")
        with closing(ahead(reading.pages(max(0, after.records - _OVERLAP) if after else 0))) as pages:
            for records in _in_order(pages):
                lines = []
                for record in records:
                    if (record["inserted_at"], record["id"]) > last:
                        last = record["inserted_at"], record["id"]
                        for response in record.get("responses") or ():
                            response["username"] = usernames.get(response.get("user_id"))
                        lines.append(encode(record))
                if lines:
                    yield lines
                del lines, records


class _Reading:
    """The records of one dataset as the server lists them, page by page."""

    def __init__(self, api: Api, how: FeedbackListing, id_: str, vectors: list[str]) -> None:
        self._api, self._how, self._id, self._size = api, how, id_, PageSize(how.page)
        named = f"vectors:{','.join(vectors)}" if vectors else ""
        asked = [[(named if how.named_vectors and what == VECTORS else what) for what in one] for one in how.passes]
        self._passes = [names for one in asked if (names := [name for name in one if name])]

    def pages(self, offset: int) -> Iterator[list[Json]]:
        """Pages from the ``offset``-th record, or pair, on."""
        nothing = 0
        while True:
            asked, last = self._size.now, False
            try:
                items, size = self._page(offset, asked, self._passes)
                last = not items or (len(items) < asked and not self._how.pairs)
                nothing = 0
            except (NotAllowedError, TemporaryError):
                raise
            except ServerError as error:
                if error.status not in (422, 500):
                    raise
                if "Result window is too large" in error.detail:
                    raise ServerError(
                        f"{self._api.url} lists no more than the first {offset} records of a dataset: export with --database, which has no such limit."
                    ) from None
                if self._size.failed():
                    continue
                items, size = self._without_responses(offset), 0
                nothing = 0 if items else nothing + 1
                if nothing == _IN_TURN:
                    raise
            self._size.came(len(items), size)
            yield items
            offset += asked
            if last:
                return

    def _page(self, offset: int, limit: int, passes: list[list[str]]) -> tuple[list[Json], int]:
        """One page, with all that is asked for in several requests, and its bytes."""
        for _ in range(_TRIES):
            (first, size), *others = [self._ask(offset, limit, include) for include in passes or [[]]]
            by_id = {item["id"]: item for item in first}
            for more, bytes_ in others:
                size += bytes_
                for item in more:
                    if item["id"] in by_id:
                        by_id[item["id"]][VECTORS] = item.get(VECTORS)
            if all([item["id"] for item in more] == list(by_id) for more, _ in others):
                break
        return first, size

    def _ask(self, offset: int, limit: int, include: list[str]) -> tuple[list[Json], int]:
        path, params = f"/api/v1/datasets/{self._id}/records", {"offset": offset, "limit": limit, "include": include}
        if not self._how.sorted_search:
            return self._items("GET", path, params, None, {"items": [_RECORD]})
        sort = [{"scope": {"entity": "record", "property": "inserted_at"}, "order": "asc"}]
        found, size = self._items("POST", f"{path}/search", params, {"sort": sort}, {"items": [{"record": _RECORD}]})
        return [item["record"] for item in found], size

    def _items(self, method: Any, path: str, params: Json, body: Any, shape: Shape) -> tuple[list[Json], int]:
        def read(content: bytes) -> tuple[list[Json], int]:
            return fitting(from_json(content), shape)["items"], len(content)

        told: tuple[list[Json], int] = self._api.call(method, path, params=params, body=body, read=read)
        return told

    def _without_responses(self, offset: int) -> list[Json]:
        """A record that the server can't give with its responses, one of which is of a deleted user; nothing where it is no record at all."""
        passes = [[name for name in one if name != RESPONSES] for one in self._passes]
        try:
            items, _ = self._page(offset, 1, [names for names in passes if names])
        except (NotAllowedError, TemporaryError):
            raise
        except ServerError as error:
            if error.status not in (422, 500):
                raise
            return []
        for item in items:
            item.pop(RESPONSES, None)
            item[UNREADABLE] = True
        return items


def _in_order(pages: Iterator[list[Json]]) -> Iterator[list[Json]]:
    """The records of each moment in the order of their ids, merged where two pages have a part of one."""
    held: dict[str, Json] = {}
    moment = None
    for page in pages:
        ready: list[Json] = []
        for record in page:
            if record["inserted_at"] != moment:
                ready += (held[id_] for id_ in sorted(held))
                held, moment = {}, record["inserted_at"]
            _merge(held, record)
        yield ready
    yield [held[id_] for id_ in sorted(held)]


def _merge(held: dict[str, Json], record: Json) -> None:
    known = held.setdefault(record["id"], record)
    if known is not record:
        known |= {name: record[name] for name in (UNREADABLE,) if name in record}
        for what in (RESPONSES, SUGGESTIONS):
            there = {item["id"] for item in known.get(what) or ()}
            known[what] = [*(known.get(what) or ()), *(item for item in record.get(what) or () if item["id"] not in there)]
