"""The search index of a dataset, in the OpenSearch or Elasticsearch behind a 2.x server."""

from collections.abc import Mapping, Sequence
from typing import Any

from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from argilla_snapshot.transport.shapes import ANY, Shape

#: A document that is there already, which nothing of ours may overwrite; and what passes: the engine has too much to do, or lacks a node.
_THERE, _PASSING = 409, frozenset({429, 502, 503, 504})
_WRITTEN: Shape = {"items": [{"create": {"_id": str, "status": int, "error": (None, ANY)}}]}
_COUNTED: Shape = {"count": int}
_FOUND: Shape = {"docs": [{"_id": str, "found": (None, bool), "_source": (None, dict)}]}


class Index:
    """The index of one dataset, by its id."""

    def __init__(self, engine: Api, dataset_id: str) -> None:
        self._engine, self.name = engine, f"rg.{dataset_id}"

    def exists(self) -> bool:
        """Whether there is such an index."""
        try:
            self.count()
        except ServerError as error:
            if error.status != 404:
                raise
            return False
        return True

    def count(self) -> int:
        """How many documents it has that searches find."""
        return int(self._engine.get(f"/{self.name}/_count", _COUNTED)["count"])

    def create(self, documents: Mapping[str, bytes]) -> dict[str, str]:
        """Adds documents, JSON, by their ids; those that are there stay as they are.

        Returns:
            Id -> why, of those that the engine refused.

        Raises:
            TemporaryError: it could not take some of them now.
        """
        if not documents:
            return {}
        lines = b"".join(b'{"create":{"_id":"%b"}}\n%b\n' % (id_.encode(), document) for id_, document in documents.items())
        answer = self._engine.call("POST", f"/{self.name}/_bulk", content=lines, shape=_WRITTEN)
        told = [item["create"] for item in answer["items"]]
        if passing := [one for one in told if one["status"] in _PASSING]:
            raise TemporaryError(f"{self._engine.url} could not take all documents: {_reason(passing[0].get('error'))}.")
        return {one["_id"]: _reason(one.get("error")) for one in told if one["status"] >= 300 and one["status"] != _THERE}

    def get(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those documents that are there, by their ids; also those that no search finds yet."""
        answer = self._engine.post(f"/{self.name}/_mget", {"ids": list(ids)}, _FOUND)
        return {one["_id"]: one["_source"] for one in answer["docs"] if one.get("found")}

    def refresh(self) -> None:
        """Lets searches find what was written so far."""
        self._engine.post(f"/{self.name}/_refresh")


def _reason(error: Any) -> str:
    """What the engine says, and the first cause of it."""
    said = []
    while isinstance(error, dict):
        said.append(str(error.get("reason") or error.get("type")))
        error = error.get("caused_by")
    return ": ".join(dict.fromkeys(said)) or "no reason given"
