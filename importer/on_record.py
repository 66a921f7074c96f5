"""The import that is on record beside a snapshot: under which address of the target, and what is left to do of it."""

from dataclasses import replace
from pathlib import Path

from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.journal import journal as journals
from importer.journal.journal import Journal
from importer.journal.parts import on_record, records_so_far, refuse_mixed
from importer.options import ImportOptions
from importer.plan import OnRecord, Plan
from importer.refusing import refuse_lost
from importer.targets.http.target import Target


def address(snapshot: Snapshot, target: Target, progress: Progress) -> str:
    """The address by which the journals beside a snapshot know the target: another one than was given where its datasets are the same.

    A server has several addresses (``localhost``, ``127.0.0.1``, a name); the ids that it gives to datasets are its own.
    """
    url = target.api.url
    if on_record(snapshot.directory, url):
        return url
    found = journals.load_all(journals.import_folder(snapshot.directory, url).parent)
    others = [
        (plan, done)
        for place, (plan, done) in found.items()
        if plan.snapshot_id == snapshot.manifest.snapshot_id
        and place == journals.import_folder(snapshot.directory, plan.target.url, plan.options.part)  # none that was kept aside
    ]
    there = {dataset["id"] for dataset in target.datasets().values()} if others else set()
    for plan, done in others:
        if there.intersection(done.datasets.values()):
            progress.message(f"{url} is the server that the import on record knows as {plan.target.url}: its datasets are there.")
            return plan.target.url
    return url


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
