"""The search index that Argilla 1.8 to 1.29 kept of each feedback dataset: most of its records, when the database has lost them.

Facts are from the servers themselves. A document has fields, metadata of declared properties (1.18+), vectors, suggestions (1.20+), and the responses by
who gave them: a username up to 1.24, the id of the user later, whether the user is still there or not. No namespace is in the name.
"""

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.shapes import Shape
from exporter.documents import dict_of, moment_of
from exporter.source import Cursor
from exporter.sources.sorter import Line
from exporter.sources.storage.scan import WHOLE, scan

Json = dict[str, Any]
_VECTOR = "vectors."
_HITS: Shape = {"hits": {"hits": [{"_id": str, "_source": dict}]}}


class FeedbackIndex:
    """The indices of feedback datasets in a search engine.

    Args:
        api: the search engine.
        folder: where documents may wait until all have come.
    """

    def __init__(self, api: Api, folder: Path) -> None:
        self._api, self._folder = api, folder

    def count(self, dataset_id: str) -> int:
        """How many documents the index of a dataset has; none where there is no index."""
        try:
            return int(self._api.get(f"/{_name(dataset_id)}/_count", {"count": int})["count"])
        except ServerError as error:
            if error.status == 404:
                return 0
            raise

    def mapping(self, dataset_id: str) -> Json:
        """What the engine knows of the types of what is in the documents: ``dynamic_templates`` and ``properties``."""
        (told,) = self._api.get(f"/{_name(dataset_id)}/_mapping", {"*": {"mappings": dict}}).values()
        mapping: Json = told["mappings"]
        return mapping

    def pages(self, dataset_id: str, after: Cursor | None = None) -> Generator[list[Json] | int, None, None]:
        """The documents in the order of insertion and then of ids, in pages; first, while they come in another order, how many have come."""
        first = _key(after.inserted_at, after.id) if after else None
        for page in scan(self._api, _name(dataset_id), first, None, self._folder, _by_moment):
            yield page if isinstance(page, int) else [plain(from_json(line)) for line in page]

    def responses(self, dataset_id: str, record_ids: Iterable[str]) -> dict[str, Json]:
        """The responses to these records, by who gave them; records that the index lacks are left out."""
        ids = list(record_ids)
        asked = {"query": {"ids": {"values": ids}}, "size": len(ids), "_source": ["responses"]}
        try:
            hits = self._api.post(f"/{_name(dataset_id)}/_search", asked, _HITS, **WHOLE)["hits"]["hits"]
        except ServerError as error:
            if error.status == 404:
                return {}
            raise
        return {hit["_id"]: dict_of(hit["_source"].get("responses")) for hit in hits}


def plain(document: Mapping[str, Any]) -> Json:
    """A document with all its vectors in one place: a server that changes one writes ``vectors.<id>`` beside the others."""
    vectors = dict_of(document.get("vectors")) | {name[len(_VECTOR) :]: v for name, v in document.items() if name.startswith(_VECTOR)}
    return {**{name: value for name, value in document.items() if not name.startswith(_VECTOR)}, "vectors": vectors}


def _name(dataset_id: str) -> str:
    return f"rg.{dataset_id}"


def _by_moment(line: Line) -> Line:
    """The same with another key: that of the order in which the records of feedback datasets lie in a snapshot."""
    return _key(moment_of(line[1]), line[0]), line[1]


def _key(moment: str | None, id_: str) -> str:
    return f"{moment or ''} {id_}"
