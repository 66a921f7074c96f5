"""The doings of the command line on this side: plan, import, repair, verify."""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from importer import journal as journals
from importer.cleaning import clean_text
from importer.errors import ConflictError, ImportRefusedError, JournalError
from importer.journal import Journal
from importer.loading import Loader
from importer.options import ImportOptions
from importer.plan import Plan
from importer.planning import make_plan
from importer.report import ImportReport, make_report
from importer.searching import not_searchable, reindex
from importer.target import Target
from importer.target_state import TargetState
from importer.verifying import Verification, verify
from snapshot.check import check
from snapshot.errors import DamagedSnapshotError
from snapshot.faults import point
from snapshot.files import to_json, write_whole
from snapshot.progress import Progress
from snapshot.reader import Snapshot
from transport.api import Api


def open_whole(directory: Path) -> Snapshot:
    """Opens a snapshot for an import: nothing is asked of the target before every file is as it was written.

    Raises:
        DamagedSnapshotError: some file is not.
    """
    snapshot = Snapshot(directory)
    problems = check(directory, deep=True)
    if problems:
        raise DamagedSnapshotError(
            f"{directory} is damaged: {problems[0]}"
            + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")
            + "; `argilla-snapshot check --deep` lists all."
        )
    return snapshot


def plan_import(directory: Path, api: Api, options: ImportOptions, progress: Progress) -> Plan:
    """The plan for importing a snapshot; nothing is written anywhere."""
    snapshot = open_whole(directory)
    target = Target(api)
    return make_plan(snapshot, target.state(), options, target.accepts_options, progress)


def import_snapshot(
    directory: Path,
    api: Api,
    options: ImportOptions,
    progress: Progress,
    *,
    passwords: Mapping[str, str],
    restart: bool,
    confirm: Callable[[Plan], bool],
) -> ImportReport:
    """Imports a snapshot, or goes on with an import that was begun.

    Args:
        passwords: chosen passwords by username.
        restart: forget an earlier import into this target (its files are kept aside).
        confirm: is shown a new plan; when it says no, nothing is written.

    Raises:
        ConflictError: the target holds what would be made; nothing was written.
        ImportRefusedError: the options can't be carried out, or the person said no.
    """
    started = time.monotonic()
    snapshot = open_whole(directory)
    target = Target(api)
    folder = journals.import_folder(directory, api.url)
    created = not folder.exists()
    try:
        with journals.lock(folder):
            journal = None if restart else journals.go_on(folder, snapshot, options)
            if journal is None:
                plan = make_plan(snapshot, target.state(), options, target.accepts_options, progress)
                _refuse(plan, passwords)
                if not confirm(plan):
                    raise ImportRefusedError("Nothing was written.")
                point("import.planned")
                journal = journals.begin(folder, plan)
            else:
                finished = "was finished before: at most refused records are sent again" if journal.done.finished else "goes on"
                progress.message(f"The import in {folder} {finished}.")
                _refuse_lost(target.state(), journal)
            Loader(snapshot, target, journal, progress, passwords).run()
            return _reported(snapshot, target, journal, started)
    finally:
        if created:
            _remove_empty(folder)


def _refuse(plan: Plan, passwords: Mapping[str, str]) -> None:
    if plan.conflicts:
        more = f" (and {len(plan.conflicts) - 1} more; `argilla-snapshot plan` lists all)" if len(plan.conflicts) > 1 else ""
        raise ConflictError(f"Nothing was written. {plan.conflicts[0]}{more}")
    unknown = sorted(set(passwords) - {user.username for user in plan.users})
    if unknown:
        raise ImportRefusedError(f"--passwords: {', '.join(unknown)} is no user of this import.")


def _refuse_lost(state: TargetState, journal: Journal) -> None:
    """Makes sure that the target still has the workspaces and datasets that the journal says were made there."""
    plan, done = journal.plan, journal.done
    names = {dataset.source: dataset.target for dataset in plan.datasets}
    lost = [f"workspace {name}" for name, id_ in done.workspaces.items() if state.workspaces.get(name) != id_]
    lost += [f"dataset {names[source]}" for source, id_ in done.datasets.items() if id_ not in state.datasets.values()]
    if lost:
        raise JournalError(
            f"{lost[0]}{f' (and {len(lost) - 1} more)' if len(lost) > 1 else ''} was imported and is not on {state.url} any more: "
            "--restart begins anew, with --on-conflict skip for what is still there."
        )


def _remove_empty(folder: Path) -> None:
    for path in (folder, folder.parent):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _external_ids(snapshot: Snapshot, path: str) -> Iterable[str]:
    entry = next(e for e in snapshot.entries if e.path == path)
    return (clean_text(record.id) for record in snapshot.records(entry))


def _reported(snapshot: Snapshot, target: Target, journal: Journal, started: float) -> ImportReport:
    invisible = {}
    for dataset in journal.plan.datasets:
        if dataset.action != "skip":
            id_ = journal.done.datasets[dataset.source]
            invisible[dataset.source] = list(not_searchable(target, id_, _external_ids(snapshot, dataset.path)))
    report = make_report(journal, invisible, time.monotonic() - started)
    write_whole(journal.folder / journals.REPORT, to_json(report.to_json()))
    return report


def _begun(directory: Path, snapshot: Snapshot, api: Api) -> tuple[Plan, journals.Done]:
    folder = journals.import_folder(directory, api.url)
    found = journals.load(folder)
    if found is None:
        raise ImportRefusedError(f"No import of {directory} into {api.url} is on record here ({folder} has no journal).")
    plan, done = found
    if plan.snapshot_id != snapshot.manifest.snapshot_id:
        raise ImportRefusedError(f"The journal in {folder} is of another snapshot.")
    return plan, done


def verify_import(directory: Path, api: Api, *, sample: int | None, progress: Progress) -> Verification:
    """Reads back what an import wrote, and compares all of it with the snapshot."""
    snapshot = open_whole(directory)
    target = Target(api)
    plan, done = _begun(directory, snapshot, api)
    return verify(snapshot, target, plan, done, sample=sample, progress=progress)


def repair_import(directory: Path, api: Api) -> tuple[int, list[str]]:
    """Makes records searchable that the target holds but does not show; nothing of their content is sent.

    Returns:
        How many were put right, and the external ids (``dataset: id``) of those that stay invisible.
    """
    snapshot = open_whole(directory)
    target = Target(api)
    plan, done = _begun(directory, snapshot, api)
    repaired, left = 0, []
    for dataset in plan.datasets:
        if dataset.action != "skip" and dataset.source in done.datasets:
            id_ = done.datasets[dataset.source]
            invisible = list(not_searchable(target, id_, _external_ids(snapshot, dataset.path)))
            remaining = reindex(target, id_, invisible)
            repaired += len(invisible) - len(remaining)
            left += [f"{dataset.source}: {external_id}" for external_id in remaining]
    return repaired, left
