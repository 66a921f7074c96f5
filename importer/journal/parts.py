"""The imports of a snapshot into a target that are on record beside it: one in one go, or those of its parts."""

import re
from dataclasses import replace
from pathlib import Path

from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError, JournalError, UnfinishedError
from importer.journal.done import Done
from importer.journal.intervals import size
from importer.journal.journal import JOURNAL, import_folder, load, refuse_other
from importer.options import WHOLE, ImportOptions, Part
from importer.plan import Plan, UserPlan


def on_record(snapshot: Path, url: str) -> dict[Part, Path]:
    """The imports into a target that lie beside a snapshot, in order: the whole one, or those of parts."""
    whole = import_folder(snapshot, url)
    found = {WHOLE: whole}
    for folder in whole.parent.iterdir() if whole.parent.is_dir() else ():
        if parsed := re.fullmatch(re.escape(whole.name) + r"-part-([0-9]+)-of-([0-9]+)", folder.name):
            found[Part(int(parsed[1]), int(parsed[2]))] = folder
    return {part: found[part] for part in sorted(found, key=lambda part: (part.of, part.number)) if (found[part] / JOURNAL).exists()}


def refuse_mixed(snapshot: Path, url: str, options: ImportOptions) -> None:
    """Makes sure that no import in another number of parts is on record; users alone can always be imported.

    Raises:
        ImportRefusedError: one is.
    """
    for other, folder in on_record(snapshot, url).items():
        if other.of != options.part.of and not options.only_users:
            begun = "in one go" if other == WHOLE else f"in {other.of} parts"
            raise ImportRefusedError(f"An import {begun} is on record in {folder}: go on with it, or move that folder away.")


def begun(snapshot: Snapshot, url: str, part: Part = WHOLE) -> tuple[Plan, Done]:
    """Plan and state of the import of a snapshot into a target; of all parts together where it was done in parts; else of its users.

    Args:
        part: only this one.

    Raises:
        ImportRefusedError: nothing is on record, or what is there does not make up one import.
    """
    directory = snapshot.directory
    found = on_record(directory, url)
    if part != WHOLE:
        found = {other: folder for other, folder in found.items() if other == part}
    users = import_folder(directory, url, only_users=True)
    if not found and part == WHOLE and (users / JOURNAL).exists():
        return _loaded(users, snapshot)
    if not found:
        raise ImportRefusedError(
            f"No import of {directory} into {url} is on record here ({import_folder(directory, url, part)} has no journal)."
        )
    first = next(iter(found))
    refuse_mixed(directory, url, ImportOptions(part=first))
    loaded = {one: _loaded(folder, snapshot) for one, folder in found.items()}
    if first == WHOLE or part != WHOLE:
        return loaded[first]
    for number in range(1, first.of + 1):
        one = Part(number, first.of)
        if one not in loaded:
            raise JournalError(f"Part {one} is not on record here: copy {import_folder(directory, url, one)} from where it was imported.")
        if not loaded[one][1].finished:
            refuse_unfinished(*loaded[one])
        if loaded[one][1].datasets != loaded[first][1].datasets:
            raise JournalError(f"Part {one} was loaded into other datasets than part {first} ({found[one]}).")
    return together(loaded)


def folders(snapshot: Path, url: str) -> list[Path]:
    """The folders of the import that ``begun`` tells of; what is kept of all parts together lies in the first."""
    return list(on_record(snapshot, url).values()) or [import_folder(snapshot, url, only_users=True)]


def who_kept(snapshot: Snapshot, url: str, plan: Plan) -> list[UserPlan]:
    """Who got the API key and the password of the old server: by an import's plan, or by that of its users alone."""
    users = load(import_folder(snapshot.directory, url, only_users=True))
    plans = [plan, users[0]] if users else [plan]
    return list({user.username: user for each in plans for user in each.users if user.keeps_credentials}.values())


def records_so_far(plan: Plan, done: Done) -> tuple[int, int]:
    """How many records an import, or a part of one, has dealt with, and how many it is to deal with."""
    datasets = [dataset for dataset in plan.datasets if dataset.action != "skip"]
    shares = [plan.options.part.share(dataset.records) for dataset in datasets]
    return sum(size(done.rows.get(dataset.source, [])) for dataset in datasets), size(shares)


def refuse_unfinished(plan: Plan, done: Done) -> None:
    """Makes sure that an import, or a part of one, is finished.

    Raises:
        UnfinishedError: it is not.
    """
    if done.finished or done.ended:
        return
    part = plan.options.part
    loaded, total = records_so_far(plan, done)
    records = f"{loaded:,} of {total:,} records"
    what, again = ("The import", "") if part == WHOLE else (f"Part {part} of the import", f" --part {part}")
    raise UnfinishedError(
        f"{what} is not finished ({records}), so nothing was compared. If it is not at work now, run `import{again}` again to go on; then verify."
    )


def _loaded(folder: Path, snapshot: Snapshot) -> tuple[Plan, Done]:
    found = load(folder)
    assert found is not None
    refuse_other(folder, found[0], snapshot)
    return found


def together(loaded: dict[Part, tuple[Plan, Done]]) -> tuple[Plan, Done]:
    """Plan and state of all parts as of one import."""
    (plan, done), *others = loaded.values()
    for _, other in others:
        done.add(other)
    return replace(plan, options=replace(plan.options, part=WHOLE)), done
