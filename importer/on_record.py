"""The import that is on record beside a snapshot: under which address of the target, and what is left to do of it."""

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.journal import journal as journals
from importer.journal.done import Done
from importer.journal.journal import Journal
from importer.journal.parts import on_record, records_so_far, refuse_mixed
from importer.options import ImportOptions
from importer.plan import OnRecord, Plan
from importer.refusing import refuse_lost
from importer.target_state import TargetState
from importer.targets.http.target import Target


def address(snapshot: Snapshot, target: Target, progress: Progress) -> str:
    """The address by which the journals beside a snapshot know the target: another one than was given where it is the same server.

    A server has several addresses (``localhost``, ``127.0.0.1``, a name), and an address may be another server's by now.

    Raises:
        ImportRefusedError: at an address on record is another server, which has some of the import's ids: the old server, for instance,
            whose ids an import can keep. What is done by the journal would be done to what that server holds.
    """
    url = target.api.url
    found = journals.load_all(journals.import_folder(snapshot.directory, url).parent)
    imports = [
        (plan, done)
        for place, (plan, done) in found.items()
        if plan.snapshot_id == snapshot.manifest.snapshot_id
        and place  # none that was kept aside
        == journals.import_folder(snapshot.directory, plan.target.url, plan.options.part, only_users=plan.options.only_users)
    ]
    if not imports:
        return url
    there, kept = target.state(), _dataset_ids(snapshot)
    for plan, done in imports:
        if plan.target.url == url and not is_its_server(plan, done, there, kept) and _shares_ids(done, there):
            raise ImportRefusedError(
                f"{url} is another server than the one that the import on record wrote to, though it has the same address and some of the ids. "
                "Nothing was done: check ARGILLA_API_URL."
            )
    if on_record(snapshot.directory, url):
        return url
    for plan, done in imports:
        holds = not set(done.datasets.values()).isdisjoint(there.datasets.values())  # copies of one database have the same accounts
        if url != snapshot.manifest.source.url and holds and is_its_server(plan, done, there, kept):
            progress.message(f"{url} is the server that the import on record knows as {plan.target.url}.")
            return plan.target.url
    return url


def is_its_server(plan: Plan, done: Done, there: TargetState, kept: Container[str]) -> bool:
    """Whether a server is the one that an import wrote to: it has an id that only that one can have.

    Such are the ids of accounts that were there before the import, and those that the server itself gave to datasets.

    Args:
        kept: ids that datasets had on the old server, which an import through the storage keeps.
    """
    before = {done.users.get(user.username, "") for user in plan.users if user.action == "reuse"} | {plan.target.user_id}
    own = {id_ for id_ in done.datasets.values() if id_ not in kept}
    return bool((before - {""}) & {user.id for user in there.users.values()} or own & set(there.datasets.values()))


def _shares_ids(done: Done, there: TargetState) -> bool:
    """Whether a server has ids that the import noted; one that was made anew has none of them."""
    ids = {*(user.id for user in there.users.values()), *there.datasets.values(), *there.workspaces.values()}
    return bool(ids & {*done.users.values(), *done.datasets.values(), *done.workspaces.values()})


def _dataset_ids(snapshot: Snapshot) -> set[str]:
    """The ids that datasets had on the old server, as far as it told them."""
    datasets = (snapshot.dataset(entry) for entry in snapshot.entries)
    return {dataset.id for dataset in datasets if isinstance(dataset, FeedbackDataset) and dataset.id}


def planned_before(snapshot: Snapshot, target: Target, options: ImportOptions, url: str, progress: Progress) -> Plan | None:
    """The plan that ``import`` would go on with, and how far it is; None where ``import`` would begin anew, or refuse to go on.

    Args:
        url: the address by which the journals know the target.
        progress: is told why ``import`` would refuse.
    """
    folder = journals.import_folder(snapshot.directory, url, options.part, only_users=options.only_users)
    try:
        refuse_mixed(snapshot.directory, url, options)
        found = journals.to_go_on_with(folder, snapshot, options)
        if found is None:
            return None
        plan, done = found
        _refuse_edited(folder, plan, snapshot)
        refuse_lost(target.state(), Journal(folder, plan, done))
    except ImportRefusedError as error:
        progress.message(f"{error.message} What follows is what a new import would do.")
        return None
    refused = sum(map(len, done.rejected.values()))
    return replace(plan, on_record=OnRecord(str(folder), done.finished, done.finished_at, *records_so_far(plan, done), refused))


def _refuse_edited(folder: Path, plan: Plan, snapshot: Snapshot) -> None:
    if plan.fingerprint != snapshot.fingerprint:
        raise ImportRefusedError(f"The snapshot was edited since the import in {folder} was finished: import --restart begins anew.")
