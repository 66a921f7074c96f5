"""Records that the target has in its database but not in its search engine, where nobody can see them.

A 2.x server commits records first and indexes them then, and answers 201 when the search engine refused some
(argilla-server 2.8.0, ``bulk/records_bulk.py`` and ``search_engine/opensearch.py``).
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from importer.target import SEARCH_VALUES, Target
from transport.api import to_json


def not_searchable(target: Target, dataset_id: str, external_ids: Iterable[str]) -> Iterator[str]:
    """Those of the external ids that the search engine lacks; looked for one by one only when the counts differ."""
    if target.count_stored(dataset_id) == target.count_searchable(dataset_id):
        return
    ids = iter(external_ids)
    while part := list(islice(ids, SEARCH_VALUES)):
        found = target.find(dataset_id, part)
        yield from (external_id for external_id in part if external_id not in found)


def reindex(target: Target, dataset_id: str, external_ids: Iterable[str]) -> list[str]:
    """Has the target index records anew as it holds them, changing nothing; returns those that stay invisible.

    An upsert that names only a record's external id leaves all its values, and indexes it.
    """
    left: list[str] = []
    ids = iter(external_ids)
    while part := list(islice(ids, SEARCH_VALUES)):
        target.put_records(dataset_id, to_json({"items": [{"external_id": external_id} for external_id in part]}))
        found = target.find(dataset_id, part)
        left += [external_id for external_id in part if external_id not in found]
    return left
