"""An import in parts: what lies beside the snapshot, and how the further parts find what the first one makes."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from importer.cleaning import clean_text
from importer.done import Done
from importer.errors import ConflictError, ImportRefusedError, JournalError
from importer.journal import JOURNAL, import_folder, load, refuse_other
from importer.options import WHOLE, ImportOptions, Part
from importer.plan import DatasetPlan, Plan
from importer.planning import chosen, place
from importer.target import SEARCH_VALUES, Target
from importer.verifying import differing_settings
from snapshot.progress import Progress
from snapshot.reader import Snapshot
from transport.errors import TemporaryError

_LOOK_SECONDS = 2.0


def external_ids(snapshot: Snapshot, plan: Plan, dataset: DatasetPlan, done: Done) -> Iterator[str]:
    """The external ids of the records that a dataset has by a plan, in order: those of its part, without refused ones."""
    entry = next(e for e in snapshot.entries if e.path == dataset.path)
    start, end = plan.options.part.share(entry.records)
    refused = set(done.rejected.get(dataset.source, []))
    return (clean_text(record.id) for record in islice(snapshot.records(entry, start), end - start) if record.id not in refused)


# --- on record ---


def on_record(snapshot: Path, url: str) -> dict[Part, Path]:
    """The imports into a target that lie beside a snapshot, in order: the whole one, or those of parts."""
    whole = import_folder(snapshot, url)
    found = {WHOLE: whole}
    for folder in whole.parent.iterdir() if whole.parent.is_dir() else ():
        if parsed := re.fullmatch(re.escape(whole.name) + r"-part-([0-9]+)-of-([0-9]+)", folder.name):
            found[Part(int(parsed[1]), int(parsed[2]))] = folder
    return {part: found[part] for part in sorted(found, key=lambda part: (part.of, part.number)) if (found[part] / JOURNAL).exists()}


def refuse_mixed(snapshot: Path, url: str, part: Part) -> None:
    """Makes sure that no import in another number of parts is on record.

    Raises:
        ImportRefusedError: one is.
    """
    for other, folder in on_record(snapshot, url).items():
        if other.of != part.of:
            begun = "in one go" if other == WHOLE else f"in {other.of} parts"
            raise ImportRefusedError(f"An import {begun} is on record in {folder}: go on with it, or move that folder away.")


def begun(snapshot: Snapshot, url: str, part: Part = WHOLE) -> tuple[Plan, Done]:
    """Plan and state of the import of a snapshot into a target; of all parts together where it was done in parts.

    Args:
        part: only this one.

    Raises:
        ImportRefusedError: nothing is on record, or what is there does not make up one import.
    """
    directory = snapshot.directory
    found = on_record(directory, url)
    if part != WHOLE:
        found = {other: folder for other, folder in found.items() if other == part}
    if not found:
        raise ImportRefusedError(
            f"No import of {directory} into {url} is on record here ({import_folder(directory, url, part)} has no journal)."
        )
    first = next(iter(found))
    refuse_mixed(directory, url, first)
    loaded = {one: _loaded(folder, snapshot) for one, folder in found.items()}
    if first == WHOLE or part != WHOLE:
        return loaded[first]
    for number in range(1, first.of + 1):
        one = Part(number, first.of)
        if one not in loaded:
            raise JournalError(f"Part {one} is not on record here: copy {import_folder(directory, url, one)} from where it was imported.")
        if not loaded[one][1].finished:
            raise JournalError(f"Part {one} is not finished ({found[one]}): run the import of that part again to go on.")
        if loaded[one][1].datasets != loaded[first][1].datasets:
            raise JournalError(f"Part {one} was loaded into other datasets than part {first} ({found[one]}).")
    return _together(loaded)


def _loaded(folder: Path, snapshot: Snapshot) -> tuple[Plan, Done]:
    found = load(folder)
    assert found is not None
    refuse_other(folder, found[0], snapshot)
    return found


def _together(loaded: dict[Part, tuple[Plan, Done]]) -> tuple[Plan, Done]:
    (plan, done), *others = loaded.values()
    for _, other in others:
        done.add(other)
    return replace(plan, options=replace(plan.options, part=WHOLE)), done


# --- what the first part makes ---


def wait_for_first(target: Target, snapshot: Snapshot, options: ImportOptions, progress: Progress) -> None:
    """Waits until the first part has made and published all datasets.

    Raises:
        TemporaryError: it has not for as long as the server's temporary trouble may last.
    """
    wanted = {place(entry, options) for entry in chosen(snapshot.entries, options)}
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
        if first and target.find(id_, first):
            raise ConflictError(f"Nothing was written. {dataset.target} holds records of this part, of which nothing is on record here.")


def like(plan: DatasetPlan, target: Target, id_: str) -> bool:
    """Whether a dataset of the target is as a plan wants it."""
    made_by_plan = plan.metadata is None or target.dataset(id_).get("metadata") == plan.metadata
    return made_by_plan and not any(differing_settings(plan, target.settings(id_)))
