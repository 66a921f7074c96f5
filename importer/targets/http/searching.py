"""Records that the target has in its database but not in its search engine, where nobody can see them.

A 2.x server commits records first and indexes them then, and answers 201 when the search engine refused some
(argilla-server 2.8.0, ``bulk/records_bulk.py`` and ``search_engine/opensearch.py``).
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.limits import blocks
from importer.targets.http.finding import SEARCH_VALUES, Finder
from importer.targets.http.target import Target


def not_searchable(target: Target, dataset_id: str, external_ids: Iterable[str]) -> Iterator[str]:
    """Those of the external ids that the database has and the search engine lacks; looked for only when the counts differ.

    Without records nothing is asked of the search engine: a draft has no index, and the server answers 500.
    """
    stored_count = target.count_stored(dataset_id)
    if not stored_count or stored_count == target.count_searchable(dataset_id):
        return
    lacking: dict[str, None] = {}
    ids, finder = iter(external_ids), Finder(target, dataset_id)
    while part := list(islice(ids, SEARCH_VALUES)):
        found = finder.find(part)
        lacking.update((external_id, None) for external_id in part if external_id not in found)
    if lacking:  # refused and deleted records too, which the database has no more than the search engine
        stored = {
            external_id for record in target.list_records(dataset_id, include=()) if (external_id := record["external_id"]) in lacking
        }
        yield from (external_id for external_id in lacking if external_id in stored)


def put_again(target: Target, dataset_id: str, items: Iterable[dict[str, Any]]) -> None:
    """Puts records that are there once more, each with what of it is to be changed; they are indexed anew."""
    for part in blocks(items, lambda item: len(to_json(item)), SEARCH_VALUES):
        target.api.retried(partial(target.put_records, dataset_id, to_json({"items": part})))


def reindex(target: Target, dataset_id: str, external_ids: Iterable[str]) -> list[str]:
    """Has the target index records anew as it holds them, changing nothing; returns those that stay invisible.

    An upsert that names only a record's external id leaves all its values, and indexes it.
    """
    left: list[str] = []
    ids, finder = iter(external_ids), Finder(target, dataset_id)
    while part := list(islice(ids, SEARCH_VALUES)):
        put_again(target, dataset_id, ({"external_id": external_id} for external_id in part))
        found = finder.find(part, anew=True)
        left += [external_id for external_id in part if external_id not in found]
    return left
