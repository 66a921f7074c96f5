"""A feedback dataset that an upgrade of its server emptied, rebuilt from the search index, which the upgrade leaves alone.

Until somebody runs ``search-engine reindex``: that makes the index anew, from a database that has nothing any more.
"""

from collections.abc import Generator, Iterable
from typing import Any

from argilla_snapshot.format.models import User
from exporter.documents import dict_of, encode
from exporter.source import Count, Cursor, Listed, Page
from exporter.sources.by_kind import FeedbackPart
from exporter.sources.storage.deleted import person_of
from exporter.sources.storage.feedback_index import FeedbackIndex
from exporter.sources.storage.inferring import Inferring

Json = dict[str, Any]

#: What is said at once where an upgrade of the server has emptied datasets.
EMPTIED = (
    "An upgrade of the server has emptied %s in the database (%s). Do not run `argilla_server search-engine reindex`: until it is run the search "
    "engine still has most of the content, and `export --search-engine URL --database URL` brings it back."
)
#: What is said of a draft there.
EMPTY_DRAFT = {
    "kind": "dataset_wiped",
    "count": 1,
    "message": "an upgrade of the server in place has emptied all datasets: the fields and questions of this draft, if it had some, are gone",
}


class Rescue(FeedbackPart):
    """Emptied datasets, asked for like those of ``StoredFeedback``.

    Args:
        index: the search engine.
        users: those that the database has.
    """

    def __init__(self, index: FeedbackIndex, users: Iterable[User]) -> None:
        self._index = index
        self._usernames = {str(user.id): user.username for user in users}
        self._inferred: dict[str, Inferring] = {}

    def settings(self, dataset: Listed) -> Json:
        """Fields, questions, metadata properties and vectors, as far as the index tells, and what is to be said of that."""
        inferring = self._of(dataset.content["id"])
        told = inferring.inferred()
        losses = [
            {"kind": "dataset_wiped", "count": 1, "message": _RESCUED},
            {"kind": "settings_inferred", "count": len(told), "message": f"{_INFERRED}: {'; '.join(told)}"},
            {"kind": "not_in_index", "count": 1},
        ]
        return {**inferring.settings(), "losses": losses}

    def count(self, dataset: Listed) -> Count:
        """How many documents there are."""
        return Count.told(self._index.count(dataset.content["id"]), dataset.last_updated)

    def pages(self, dataset: Listed, after: Cursor | None, _since: str | None = None) -> Generator[Page, None, None]:
        """The documents as records, in the order of their insertion and then of their ids."""
        for page in self._index.pages(dataset.content["id"], after):
            yield page if isinstance(page, int) else [encode(self._record(document)) for document in page]

    def _of(self, id_: str) -> Inferring:
        """What was learnt from all documents of a dataset."""
        if id_ not in self._inferred:
            inferring = Inferring(self._index.mapping(id_))
            for page in self._index.pages(id_):
                if not isinstance(page, int):
                    inferring.see(page)
            self._inferred[id_] = inferring
        return self._inferred[id_]

    def _record(self, document: Json) -> Json:
        """A document as the API would list the record."""
        return {
            "id": document["id"],
            "external_id": None,
            "fields": dict_of(document.get("fields")),
            "metadata": dict_of(document.get("metadata")),
            "responses": [
                {**person_of(key, self._usernames), "status": response.get("status"), "values": _answers(response.get("values"))}
                for key, response in ((key, dict_of(told)) for key, told in dict_of(document.get("responses")).items())
            ],
            "suggestions": [
                {"question_id": name, **dict_of(suggestion)} for name, suggestion in dict_of(document.get("suggestions")).items()
            ],
            "vectors": document["vectors"],
            "inserted_at": document.get("inserted_at"),
            "updated_at": document.get("updated_at"),
        }


def _answers(values: Any) -> Json:
    """Answers as the API has them."""
    return {name: {"value": value} for name, value in dict_of(values).items()}


_RESCUED = (
    "an upgrade of the server in place has deleted fields, questions, records and responses of the dataset from the database: what is in the "
    "snapshot was rebuilt from the search index. Do not run `argilla_server search-engine reindex`: it empties the index too"
)
_INFERRED = "settings of an emptied dataset were inferred from the search index, look them through before you import"
