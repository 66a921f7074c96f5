"""An import in parts: how the further parts find what the first one makes."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import TemporaryError
from importer.errors import ConflictError
from importer.journal.done import Done
from importer.mapping.kinds import external_id_of, is_left_out
from importer.options import ImportOptions
from importer.plan import DatasetPlan, Plan
from importer.planning.choose import chosen, place
from importer.target_state import Capabilities
from importer.targets.http.answers import details_of
from importer.targets.http.finding import SEARCH_VALUES, Finder
from importer.targets.http.target import Target
from importer.verifying.settings import differing_settings

_LOOK_SECONDS = 2.0


def external_ids(snapshot: Snapshot, plan: Plan, dataset: DatasetPlan, done: Done) -> Iterator[str]:
    """The external ids of the records that a dataset has by a plan, in order: those of its part, without refused and left out ones."""
    entry = next(e for e in snapshot.entries if e.path == dataset.path)
    start, end = plan.options.part.share(entry.records)
    refused = set(done.rejected.get(dataset.source, []))
    records = (record for record in islice(snapshot.records(entry, start), end - start) if not is_left_out(record, plan.options))
    return (external_id_of(record) for record in records if record.id not in refused)


def wait_for_first(target: Target, snapshot: Snapshot, options: ImportOptions, progress: Progress) -> None:
    """Waits until the first part has made and published all datasets.

    Raises:
        TemporaryError: it has not for as long as the server's temporary trouble may last.
    """
    can = Capabilities.of(target.version)
    wanted = {place(entry, options, can) for entry in chosen(snapshot, options)}
    until = time.monotonic() + target.api.patience
    told = False
    while left := wanted - {name for name, dataset in target.datasets().items() if dataset["status"] == "ready"}:
        if time.monotonic() >= until:
            raise TemporaryError(f"Part 1 has not made {'.'.join(min(left))} so far: start it, or wait longer with --timeout.")
        if not told:
            progress.message(f"Waiting for part 1, which makes the datasets: {len(wanted) - len(left)} of {len(wanted)} are there.")
            told = True
        time.sleep(_LOOK_SECONDS)


def refuse_unlike(target: Target, snapshot: Snapshot, plan: Plan) -> None:
    """Makes sure that the datasets are those of the first part's plan, which is this one's too, and have none of its records.

    The first part's plan is named by the metadata of the datasets, where the target keeps them (2.4+), and by their shape.

    Raises:
        ConflictError: they are not, or have some.
    """
    for dataset in plan.datasets:
        id_ = dataset.existing_id
        if id_ is None or not like(dataset, target, id_):
            raise ConflictError(
                f"Nothing was written. {dataset.target} was not made by part 1 of this import: all parts need the same snapshot and options."
            )
        first = list(islice(external_ids(snapshot, plan, dataset, Done()), SEARCH_VALUES))
        if first and Finder(target, id_).find(first):
            raise ConflictError(f"Nothing was written. {dataset.target} holds records of this part, of which nothing is on record here.")


def like(plan: DatasetPlan, target: Target, id_: str) -> bool:
    """Whether a dataset of the target is as a plan wants it."""
    made_by_plan = plan.metadata is None or target.dataset(id_).get("metadata") == plan.metadata
    return made_by_plan and not any(differing_settings(plan, target.settings(id_), settled=False))


def is_ours(target: Target, plan: Plan, done: Done, dataset: DatasetPlan, there: dict[str, Any]) -> bool:
    """Whether an unknown dataset was made by an import which ended before its journal could say so, and holds nothing.

    Its metadata names the snapshot where the target keeps metadata of datasets (2.4+).
    """
    named = dataset.metadata is None or details_of(there).get("snapshot_id") == plan.snapshot_id
    ours = named and dataset.source in done.begun
    return ours and (there["status"] == "draft" or target.count_stored(there["id"]) == 0)
