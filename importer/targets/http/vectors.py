"""How long vectors may be on a target: its search engine decides that, and a longer one hides its record, or its dataset."""

from uuid import uuid4

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from importer.targets.http.answers import MADE
from importer.targets.http.target import Target

#: The longest that every engine takes which Argilla 2.x works with, and the longest that any of them takes (Elasticsearch from 8.11 on).
SHORTEST, LONGEST = 1_024, 4_096
#: How the datasets are called that ask an engine; one that is left by a killed run is deleted by the next one.
ASKING = "argilla-snapshot asks for the length of vectors "


class Asking:
    """Asks a target, for a plan, what only a few plans need to know.

    Args:
        target: the server.
        writing: whether it may be tried out what the server does not tell.

    Attributes:
        untried: how long the longest vectors are that only a try could tell of; 0 where there are none.
    """

    def __init__(self, target: Target, *, writing: bool) -> None:
        self._target, self._writing = target, writing
        self.untried = 0

    def accepts_options(self, type_: str, count: int) -> bool:
        """Whether a question of that type may have so many options."""
        return self._target.accepts_options(type_, count)

    def accepts_vectors(self, dimensions: int) -> bool:
        """Whether vectors of so many numbers can be searched; also yes where only a try could tell, and nothing may be written.

        OpenSearch takes more in a mapping and then hides the record: Argilla makes indices without ``index.knn``, where Lucene's own
        limit counts (seen on 2.13). Elasticsearch takes more by its version (8.5: 1,024; 8.11: 4,096), and Argilla 2.8.0 can't say
        which it has (its status answers 422 then): a record has to ask.
        """
        if dimensions <= SHORTEST:
            return True
        if dimensions > LONGEST or _is_opensearch(self._target):
            return False
        if self._writing:
            return _shows_record(self._target, dimensions)
        self.untried = max(self.untried, dimensions)
        return True


def _is_opensearch(target: Target) -> bool:
    try:
        engine = target.api.get("/api/v1/status", {"search_engine": (None, {"version": dict | None})})["search_engine"] or {}
    except (NotAllowedError, TemporaryError):
        raise
    except ServerError:
        return False
    return bool((engine.get("version") or {}).get("distribution") == "opensearch")


def _shows_record(target: Target, dimensions: int) -> bool:
    """Makes a dataset with one record that has such a vector, looks whether it can be found, and deletes all of it again.

    Without any workspace nothing is made, and the answer is no.
    """
    for (_, name), dataset in target.datasets().items():
        if name.startswith(ASKING):
            target.delete_dataset(dataset["id"])
    workspaces = target.workspaces()
    if not workspaces:
        return False
    path = "/api/v1/datasets"
    asking = {"name": f"{ASKING}{uuid4()}", "workspace_id": next(iter(workspaces.values()))}
    id_ = target.api.post(path, asking, MADE)["id"]
    try:
        text = {"type": "text", "use_markdown": False}
        target.api.post(f"{path}/{id_}/fields", {"name": "text", "title": "text", "required": True, "settings": text})
        target.api.post(f"{path}/{id_}/questions", {"name": "q", "title": "q", "required": True, "settings": text})
        target.api.post(f"{path}/{id_}/vectors-settings", {"name": "v", "title": "v", "dimensions": dimensions})
        target.api.call("PUT", f"{path}/{id_}/publish")
        record = {"external_id": "1", "fields": {"text": "a text"}, "vectors": {"v": [0.5] * dimensions}}
        target.put_records(id_, to_json({"items": [record]}))
        return target.count_searchable(id_) == 1
    except (NotAllowedError, TemporaryError):
        raise
    except ServerError as error:
        if error.status not in (400, 422, 500):
            raise
        return False
    finally:
        target.delete_dataset(id_)
