"""The doings of the command line on this side: plan, import, repair, verify."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import orjson

from argilla_snapshot.format.check import look
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import to_json, write_whole
from argilla_snapshot.format.many import many_records
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from importer import parts
from importer.annotators import keep_annotators
from importer.errors import ConflictError, ImportRefusedError
from importer.journal import journal as journals
from importer.journal.journal import Journal
from importer.journal.moves import read_moves
from importer.journal.parts import begun, folders, refuse_mixed, who_kept
from importer.journal.parts import refuse_unfinished as refuse_unfinished_import
from importer.journal.verified import Verified, digest, keep
from importer.loading import Loader
from importer.on_record import address, planned_before
from importer.options import ImportOptions, Part
from importer.plan import Plan
from importer.planning.choose import chosen
from importer.planning.make import make_plan
from importer.refusing import first_of, refuse_half_loaded, refuse_lost, refuse_other_credentials, refuse_unfinished
from importer.report import Held, ImportReport, make_report
from importer.reporting.writing import write_report
from importer.targets.http.existing import with_existing
from importer.targets.http.searching import not_searchable, reindex
from importer.targets.http.target import Target
from importer.targets.http.vectors import Asking
from importer.targets.http.webhooks import with_webhooks
from importer.targets.storage.accounts import Keeping, StoredAccounts, stored_accounts
from importer.targets.storage.storage import Storage, StoreOptions, opened_storage
from importer.to_fill_in import keep_to_fill_in
from importer.verifying.credentials import Kept
from importer.verifying.verify import Verification, verify
from importer.widening import is_wider, joined, paths, to_place


def open_whole(directory: Path) -> Snapshot:
    """Opens a snapshot for an import: nothing is asked of the target before every file is as it was written.

    Raises:
        DamagedSnapshotError: some file is not.
    """
    snapshot = Snapshot(directory)
    found = look(directory, deep=True)
    if found.edited:
        raise DamagedSnapshotError(
            f"{directory} is not as it was sealed: {first_of(found.lines)}. This looks like an edit: if it is yours, `argilla-snapshot check --update {directory}` seals it."
        )
    if found.lines:
        raise DamagedSnapshotError(
            f"{directory} is damaged: {first_of(found.lines)}; `argilla-snapshot check --deep {directory}` lists all."
        )
    return snapshot


@many_records()
def plan_import(
    directory: Path,
    api: Api,
    options: ImportOptions,
    progress: Progress,
    keeping: Keeping | None = None,
    stores: StoreOptions | None = None,
) -> Plan:
    """What ``import`` would do: the plan of the import that is on record, or a new one. Nothing is written anywhere."""
    options = replace(options, storage=stores is not None)
    snapshot = open_whole(directory)
    target = Target(api)
    with opened_storage(stores, target):  # such that can't be written to are refused
        url = address(snapshot, target, progress)
        before = planned_before(snapshot, target, options, url, progress)
        if before is not None and not is_wider(snapshot, before, options):
            return before
        if before is not None:
            progress.message("What follows comes to the import that is on record.")
        asking = Asking(target, writing=False)
        with stored_accounts(keeping, snapshot, target) as accounts:
            plan = _planned(snapshot, target, options, asking, progress, accounts, before)
    if asking.untried:
        progress.message(
            f"The new server does not tell whether it takes vectors of {asking.untried:,} numbers; this plan takes it that it does. "
            "`import` tries it out before it writes anything else, and asks before it loses any."
        )
    return plan


def _planned(
    snapshot: Snapshot,
    target: Target,
    options: ImportOptions,
    asking: Asking,
    progress: Progress,
    accounts: StoredAccounts | None,
    before: Plan | None,
) -> Plan:
    """The plan of all that the options choose, but for what an import ``before`` brings."""
    known = accounts.known if accounts else None
    plan = make_plan(snapshot, target.state(), options, asking, progress, known, paths(before) if before else ())
    return with_webhooks(with_existing(plan, target), target)


@many_records()
def import_snapshot(
    directory: Path,
    api: Api,
    options: ImportOptions,
    progress: Progress,
    *,
    passwords: Mapping[str, str],
    concurrency: int,
    restart: bool,
    confirm: Callable[[Plan], bool],
    keeping: Keeping | None = None,
    stores: StoreOptions | None = None,
) -> ImportReport:
    """Imports a snapshot or a part of it, or goes on with an import that was begun.

    Args:
        passwords: chosen passwords by username.
        concurrency: requests with records that may be in flight at once.
        restart: forget an earlier import into this target (its files are kept aside).
        confirm: is shown a new plan; when it says no, nothing is written.
        keeping: what lets users keep their API keys and passwords; None: they get new ones.
        stores: where the stores behind the target are, where records go through them.

    Raises:
        ConflictError: the target holds what would be made; nothing was written.
        ImportRefusedError: the options can't be carried out, or the person said no.
    """
    started = time.monotonic()
    if options.part.of > 1 and options.on_conflict != "fail":
        raise ImportRefusedError(
            f"--on-conflict {options.on_conflict} can't go with --part: the first part can't tell the others what it found."
        )
    options = replace(options, storage=stores is not None)
    snapshot = open_whole(directory)
    target = Target(api)
    url = address(snapshot, target, progress)
    folder = journals.import_folder(directory, url, options.part, only_users=options.only_users)
    created = not folder.exists()
    try:
        with journals.lock(folder), stored_accounts(keeping, snapshot, target) as accounts, opened_storage(stores, target) as storage:
            refuse_mixed(directory, url, options)
            journal = None if restart else journals.go_on(folder, snapshot, options)
            if journal is not None:
                refuse_other_credentials(journal, accounts.known if accounts else None)
                refuse_lost(target.state(), journal)
            if journal is None or is_wider(snapshot, journal.plan, options):
                if options.part.number > 1:
                    parts.wait_for_first(target, snapshot, options, progress)
                before = journal.plan if journal else None
                plan = _planned(snapshot, target, options, Asking(target, writing=True), progress, accounts, before)
                plan = replace(plan, target=replace(plan.target, url=url))  # by which its folder is found again
                _refuse(plan, passwords)
                refuse_unfinished(target, plan, refuse_half_loaded(folder, plan), folder)
                _tell_unused(plan, passwords, progress)
                if options.part.number > 1:
                    parts.refuse_unlike(target, snapshot, plan)
                asked = time.monotonic()
                if not confirm(plan):
                    raise ImportRefusedError("Nothing was written.")
                started += time.monotonic() - asked  # nothing is done while a person thinks
                point("import.planned")
                if storage:
                    storage.refuse_foreign(journals.mark_of(folder))
                journal = _widened(journal, plan, progress) if journal else _begun(folder, plan, storage, progress)
            else:
                if storage and _has_left(journal):
                    storage.refuse_foreign(journals.mark_of(folder))
                _tell_going_on(journal, snapshot, progress)
            only = frozenset(entry.path for entry in chosen(snapshot, options))
            loader = Loader(snapshot, target, journal, progress, passwords, concurrency, accounts, storage, only)
            loader.run()
            _tell_left(journal, only, progress)
            report = _reported(snapshot, target, journal, started)
        write_report(snapshot, progress, url=url, counted=loader.counts)
        return report
    finally:
        if created:
            _remove_empty(folder)


def _begun(folder: Path, plan: Plan, storage: Storage | None, progress: Progress) -> Journal:
    """The journal of a new import. Of the storage a copy is made."""
    journal = journals.begin(folder, plan)
    if storage:
        storage.back_up(folder, progress)
    if journal.earlier and (journal.earlier / journals.CREDENTIALS).exists():
        progress.message(f"The passwords of users that an earlier import made are in {journal.earlier / journals.CREDENTIALS}.")
    return journal


def _widened(journal: Journal, plan: Plan, progress: Progress) -> Journal:
    """The journal of an import that goes on with more than it was begun with."""
    own = [dataset.target for dataset in plan.datasets if dataset.existing_id in journal.done.datasets.values()]
    if own:
        raise ConflictError(
            f"Nothing was written. {first_of(own)} was made by this import from another dataset: give one of them another name with --rename."
        )
    progress.message(f"The import in {journal.folder} goes on with more than it was begun with.")
    journal.widen(joined(journal.plan, plan), to_place(journal.plan, plan))
    return journal


def _has_left(journal: Journal) -> bool:
    """Whether an import still has something to write."""
    return not journal.done.finished or any(journal.done.rejected.values())


def _tell_left(journal: Journal, only: frozenset[str], progress: Progress) -> None:
    done = journal.done
    left = [dataset.target for dataset in journal.plan.datasets if dataset.path not in only]
    if left and not (done.finished or done.ended):
        progress.message(f"{first_of(left)} is still to be loaded by the import in {journal.folder}: `import` without a choice does it.")


def _tell_going_on(journal: Journal, snapshot: Snapshot, progress: Progress) -> None:
    again = (
        "was finished before. Only records that the server refused are sent again, if there are any" if journal.done.finished else "goes on"
    )
    progress.message(f"The import in {journal.folder} {again}.")
    if journal.plan.fingerprint != snapshot.fingerprint:
        progress.message("The snapshot was edited since: of that only records that were refused are sent; --restart begins anew.")


def _refuse(plan: Plan, passwords: Mapping[str, str]) -> None:
    if plan.conflicts:
        more = f" (and {len(plan.conflicts) - 1} more; `argilla-snapshot plan` lists all)" if len(plan.conflicts) > 1 else ""
        raise ConflictError(f"Nothing was written. {plan.conflicts[0]}{more}")
    unknown = sorted(set(passwords) - {user.username for user in plan.users})
    if unknown:
        raise ImportRefusedError(f"--passwords: {', '.join(unknown)} is no user of this import.")
    placeholders = sorted(user.username for user in plan.users if user.source_username is None and user.username in passwords)
    if placeholders:
        raise ImportRefusedError(
            f"--passwords: {first_of(placeholders)} is a placeholder, and nobody can log in as one. Leave that line away; afterwards `reassign` "
            "gives the work to a real account."
        )


def _tell_unused(plan: Plan, passwords: Mapping[str, str], progress: Progress) -> None:
    there = sorted(
        user.username for user in plan.users if user.action == "reuse" and not user.keeps_credentials and user.username in passwords
    )
    if there and plan.options.part.number == 1:  # further parts find all users there
        progress.message(f"--passwords: {first_of(there)} is a user of the target already, who keeps the password there.")
    kept = sorted(user.username for user in plan.users if user.keeps_credentials and user.username in passwords)
    if kept:
        progress.message(f"--passwords: {first_of(kept)} gets the password of the old server, by --credentials.")


def _remove_empty(folder: Path) -> None:
    for path in (folder, folder.parent):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _reported(snapshot: Snapshot, target: Target, journal: Journal, started: float) -> ImportReport:
    """Counts what the target holds, and puts the report together."""
    held = {}
    for dataset in journal.plan.datasets:
        id_ = dataset.existing_id if dataset.action == "skip" else journal.done.datasets.get(dataset.source)
        if id_ is not None and dataset.publish:
            ours = () if dataset.action == "skip" else parts.external_ids(snapshot, journal.plan, dataset, journal.done)
            held[dataset.source] = Held(target.count_stored(id_), list(not_searchable(target, id_, ours)))
    finished_at, seconds = times_of(journal, time.monotonic() - started)
    report = make_report(journal, held, seconds, finished_at)
    keep_annotators(snapshot, journal)
    keep_to_fill_in(journal, target.state())
    write_whole(journal.folder / journals.REPORT, to_json(report.to_json()))
    return report


def times_of(journal: Journal, seconds: float) -> tuple[str, float]:
    """When the last run ended that did something, and how long it took; a run that did nothing leaves that as its report has it."""
    path = journal.folder / journals.REPORT
    if journal.steps == 0:
        with suppress(FileNotFoundError, ValueError, KeyError):  # a report that can't be read is made anew
            told = orjson.loads(path.read_bytes())
            return told["finished_at"], told["seconds"]
    return datetime.now(timezone.utc).isoformat(timespec="seconds"), seconds


@many_records()
def verify_import(directory: Path, api: Api, *, sample: int | None, progress: Progress, keeping: Keeping | None = None) -> Verification:
    """Reads back what an import, or all of its parts, wrote, and compares all of it with the snapshot; what it found is kept for the report.

    Args:
        keeping: where the API keys and passwords are that users kept; None: they are not compared.

    Raises:
        UnfinishedError: the import is not finished; nothing is compared.
    """
    snapshot = open_whole(directory)
    target = Target(api)
    url = address(snapshot, target, progress)
    plan, done = begun(snapshot, url)
    refuse_unfinished_import(plan, done)
    places = folders(directory, url)
    before = digest(places)
    with stored_accounts(keeping, snapshot, target) as accounts:
        kept = Kept(accounts.known, accounts.keys(), who_kept(snapshot, url, plan)) if accounts else None
        folder, moves = places[0].parent, read_moves(places)
        result = verify(snapshot, target, plan, done, folder=folder, sample=sample, progress=progress, kept=kept, moves=moves)
    keep(places[0], Verified(datetime.now(timezone.utc).isoformat(timespec="seconds"), snapshot.fingerprint, before, result.to_json()))
    write_report(snapshot, progress, url=plan.target.url)
    return result


@many_records()
def repair_import(directory: Path, api: Api, part: Part, progress: Progress) -> tuple[int, list[str]]:
    """Makes records searchable that the target holds but does not show; nothing of their content is sent.

    Args:
        part: look only for its records.

    Returns:
        How many were put right, and the external ids (``dataset: id``) of those that stay invisible.
    """
    snapshot = open_whole(directory)
    target = Target(api)
    plan, done = begun(snapshot, address(snapshot, target, progress), part)
    repaired, left = 0, []
    for dataset in plan.datasets:
        if dataset.action != "skip" and dataset.source in done.datasets:
            id_ = done.datasets[dataset.source]
            invisible = list(not_searchable(target, id_, parts.external_ids(snapshot, plan, dataset, done)))
            remaining = reindex(target, id_, invisible)
            repaired += len(invisible) - len(remaining)
            left += [f"{dataset.source}: {external_id}" for external_id in remaining]
    return repaired, left
