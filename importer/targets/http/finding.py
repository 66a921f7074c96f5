"""Records of a dataset, found by their external ids."""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain, islice
from threading import Lock
from typing import Any

from importer.journal.intervals import joined
from importer.target_state import Capabilities
from importer.targets.http.answers import FOUND
from importer.targets.http.target import Target

#: The most values that a filter of a search may have (argilla-server 2.8.0, ``schemas/v1/records.py``).
SEARCH_VALUES = 250


class Finder:
    """Finds records of one dataset that the search engine has.

    Where a search can't ask for external ids (before 2.3) all records are listed once, and it is kept at which place each external id is.
    Those that are wanted are listed from there. These listings are the search engine's too.
    """

    def __init__(self, target: Target, dataset_id: str) -> None:
        self._target, self._dataset_id = target, dataset_id
        self._searches = Capabilities.of(target.version).finds_external_ids
        self._places: dict[str, int] | None = None
        self._lock = Lock()

    def find(self, external_ids: Sequence[str], include: Sequence[str] = (), *, anew: bool = False) -> dict[str, dict[str, Any]]:
        """Those of up to 250 external ids that are there, with their records.

        Args:
            include: what of a record is asked for beside its texts and metadata.
            anew: whether some of them may have come since this finder was asked first.
        """
        assert len(external_ids) <= SEARCH_VALUES
        return self._searched(external_ids, include) if self._searches else self._looked_up(external_ids, include, anew=anew)

    def _searched(self, external_ids: Sequence[str], include: Sequence[str]) -> dict[str, dict[str, Any]]:
        scope = {"entity": "record", "property": "external_id"}
        query = {"filters": {"type": "and", "and": [{"type": "terms", "scope": scope, "values": list(external_ids)}]}}
        path = f"/api/v1/datasets/{self._dataset_id}/records/search"
        found = self._target.api.post(path, query, FOUND, limit=SEARCH_VALUES, include=list(include))
        return {item["record"]["external_id"]: item["record"] for item in found["items"]}

    def _looked_up(self, external_ids: Sequence[str], include: Sequence[str], *, anew: bool) -> dict[str, dict[str, Any]]:
        with self._lock:
            if self._places is None or anew:
                listed = self._target.list_records(self._dataset_id, include=())
                self._places = {record["external_id"]: place for place, record in enumerate(listed)}
            places = {external_id: self._places[external_id] for external_id in external_ids if external_id in self._places}
        stretches = joined([(place, place + 1) for place in places.values()])
        found = self._among(places, chain.from_iterable(self._stretch(*stretch, include) for stretch in stretches))
        if len(found) < len(places):  # they lie elsewhere by now
            found = self._among(places, self._target.list_records(self._dataset_id, include=include))
        return found

    def _stretch(self, start: int, end: int, include: Sequence[str]) -> Iterator[dict[str, Any]]:
        return islice(self._target.list_records(self._dataset_id, start, include), end - start)

    @staticmethod
    def _among(wanted: Container[str], records: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {record["external_id"]: record for record in records if record["external_id"] in wanted}
