"""What an import refuses before it writes: what the target has lost since, what would be left half-loaded; and what it must be told to do."""

from fnmatch import fnmatchcase
from pathlib import Path

from importer.errors import ConflictError, JournalError
from importer.journal import journal as journals
from importer.journal.done import Done
from importer.journal.intervals import missing
from importer.journal.journal import Journal
from importer.plan import DatasetPlan, Plan
from importer.target_state import Accounts, TargetState
from importer.targets.http.answers import details_of
from importer.targets.http.target import Target


def harm(plan: Plan) -> str:
    """What an import deletes and loses, and that it writes to the old server itself, for one line; "" where it does nothing of that."""
    deleted = [dataset.target for dataset in plan.datasets if dataset.action == "replace"]
    lost = [f"{note.count} {note.message}{f' ({note.dataset})' if note.dataset else ''}" for note in plan.losses]
    would = [f"writes to {plan.target.url}, from which the snapshot was taken"] if plan.target.is_source else []
    would += [f"deletes {', '.join(deleted)} on {plan.target.url}"] if deleted else []
    return " and ".join([*would, f"loses {'; '.join(lost)}"] if lost else would)


def refuse_lost(state: TargetState, journal: Journal) -> None:
    """Makes sure that the target still has the workspaces and datasets that the journal says were made there.

    Raises:
        JournalError: it has not.
    """
    plan, done = journal.plan, journal.done
    names = {dataset.source: dataset.target for dataset in plan.datasets}
    lost = [f"workspace {name}" for name, id_ in done.workspaces.items() if state.workspaces.get(name) != id_]
    lost += [f"dataset {names[source]}" for source, id_ in done.datasets.items() if id_ not in state.datasets.values()]
    if lost:
        raise JournalError(f"{first_of(lost)} was imported and is not on {state.url} any more: {_beginning_anew(state, journal)}")


def refuse_other_credentials(journal: Journal, given: Accounts | None) -> None:
    """Makes sure that users who are to keep their API keys and passwords do, and that nobody is told so who does not.

    Args:
        given: what was given this time.

    Raises:
        JournalError: some users are left to make and nothing was given; or more was given than when the import was begun.
    """
    plan = journal.plan
    kept = [user for user in plan.users if user.keeps_credentials]
    updated = [user.username for user in kept if user.action == "reuse"]
    left = [user.username for user in kept if user.username not in journal.done.users]
    if left and given is None:
        raise JournalError(
            f"{first_of(sorted(left))} is to keep the old API key and password: give --credentials and --database again to go on."
        )
    if given and not plan.with_credentials:
        again = "`import --restart`" if plan.options.only_users else "`import --only-users`"
        raise JournalError(
            f"The import in {journal.folder} was begun without --credentials, so its users have new passwords. "
            f"{again} with --update-accounts gives them the old ones."
        )
    new = [glob for glob in given.update if not any(fnmatchcase(name, glob) for name in updated)] if given else []
    if new:
        raise JournalError(f"The import in {journal.folder} was begun without --update-accounts {new[0]}: --restart begins anew.")


def refuse_half_loaded(folder: Path, plan: Plan) -> set[str]:
    """Makes sure that no dataset is skipped which lacks records by a journal beside the snapshot; returns the ids that journals know.

    Datasets are known by their ids, so that it may be an earlier import's, or of another address of the target; one whose id no
    journal notes by its name. Records that an earlier import's server refused are no reason: somebody left it at that.

    Raises:
        ConflictError: one lacks records.
    """
    skipped = [dataset for dataset in plan.datasets if dataset.action == "skip"]
    found = journals.load_all(folder.parent) if skipped else {}
    noted = {id_ for _, done in found.values() for id_ in done.datasets.values()}
    for place, (before, done) in found.items():
        incomplete = _incomplete(before, done, refused=place == folder)
        ids = {done.datasets[dataset.source] for dataset in incomplete if dataset.source in done.datasets}
        unnoted = {dataset.target for dataset in incomplete if dataset.source in done.begun - done.datasets.keys()}
        lacking = [d.target for d in skipped if d.existing_id in ids or (d.target in unnoted and d.existing_id not in noted)]
        if lacking:
            raise ConflictError(
                f"Nothing was written. {first_of(lacking)} lacks records of the import in {place}: --on-conflict replace, or delete it there; "
                "or move that folder away, to leave it so."
            )
    return noted


def refuse_unfinished(target: Target, plan: Plan, noted: set[str], folder: Path) -> None:
    """Makes sure that no dataset is skipped which no journal knows, and which lacks records by what itself says.

    From 2.4 on a dataset's metadata says which snapshot it was made from, and how many records it was to have.

    Raises:
        ConflictError: one lacks records.
    """
    for dataset in plan.datasets:
        if dataset.action != "skip" or dataset.existing_id is None or dataset.existing_id in noted:
            continue
        says = details_of(target.dataset(dataset.existing_id))
        stored, wanted = target.count_stored(dataset.existing_id), says.get("records")
        wanted = wanted if isinstance(wanted, int) else dataset.records
        if says.get("snapshot_id") == plan.snapshot_id and stored < wanted:
            raise ConflictError(
                f"Nothing was written. An earlier import of this snapshot made {dataset.target} and did not finish it: it holds {stored} of "
                f"{wanted} records. Go on with that import where its files are ({folder.parent.name}/), or use "
                "--on-conflict replace."
            )


def _incomplete(plan: Plan, done: Done, *, refused: bool = True) -> list[DatasetPlan]:
    """The datasets that lack records, ``refused`` ones too."""
    part = plan.options.part
    return [
        dataset
        for dataset in plan.datasets
        if dataset.action != "skip"
        and (
            any(missing(done.rows.get(dataset.source, []), *part.share(dataset.records))) or (refused and done.rejected.get(dataset.source))
        )
    ]


def _beginning_anew(state: TargetState, journal: Journal) -> str:
    """How to begin anew where something was lost, so that no dataset is left as it is that lacks records."""
    plan = journal.plan
    there = [dataset for dataset in plan.datasets if (dataset.workspace, dataset.name) in state.datasets]
    lacking = [dataset.target for dataset in _incomplete(plan, journal.done) if dataset in there]
    if plan.options.part.of > 1:
        return "delete there what the parts made, and begin each of them anew with --restart."
    if not lacking:
        return "--restart begins anew, with --on-conflict skip for what is still there."
    if any(dataset.action == "skip" for dataset in there):
        return f"delete {first_of(lacking)} there, which lacks records, and --restart begins anew."
    return (
        f"{first_of(lacking)} lacks records, so --restart begins anew with --on-conflict replace, "
        f"which deletes what is still there: {first_of([dataset.target for dataset in there])}."
    )


def first_of(names: list[str]) -> str:
    """The first name, and how many more there are."""
    return names[0] + (f" (and {len(names) - 1} more)" if len(names) > 1 else "")
