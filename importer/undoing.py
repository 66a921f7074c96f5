"""Taking an import back: what it made and nobody has touched since is deleted, and its journal is put aside."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import cut_torn_line
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from importer.errors import ImportRefusedError
from importer.journal import journal as journals
from importer.journal.done import Done
from importer.journal.journal import Journal
from importer.journal.moves import read_moves
from importer.journal.parts import on_record_at_all
from importer.mapping.moments import utc
from importer.on_record import address
from importer.parts import is_ours
from importer.plan import Plan
from importer.reporting.writing import write_report
from importer.run import open_whole
from importer.taking_back import Found, Thing, Touched, dataset_thing, found_datasets, people_things, with_members
from importer.target_state import TargetState
from importer.targets.http.existing import responses_of
from importer.targets.http.target import Target
from importer.targets.storage.storage import waiting_name
from importer.verifying.touched import Touching

#: How much later than it was made an account may say that it was changed, without anybody having done so.
_LATER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Undo:
    """What an undo deletes, and what stays.

    Attributes:
        url: of the target.
        things: datasets, memberships, users, workspaces, in the order in which they are deleted.
        replaced: datasets that the import deleted to make its own: they can't come back.
        updated: accounts that the import gave the old server's API keys and passwords: they keep these.
        backups: copies of the target's database that were made before the first write.
        earlier: where the files of the import are by now; empty before that.
    """

    url: str
    things: list[Thing]
    replaced: list[str]
    updated: list[str]
    backups: list[Path]
    earlier: list[Path]

    @property
    def goes(self) -> list[Thing]:
        """What is deleted."""
        return [thing for thing in self.things if not thing.why]

    @property
    def stays(self) -> list[Thing]:
        """What is not, and why."""
        return [thing for thing in self.things if thing.why]

    def to_json(self) -> dict[str, Any]:
        """The same for programs."""
        members = {name: getattr(self, name) for name in ("url", "replaced", "updated", "backups", "earlier")}
        return {"deleted": self.goes, "stays": self.stays, **members}


def undo_import(
    directory: Path,
    api: Api,
    progress: Progress,
    *,
    only_users: bool = False,
    dry_run: bool = False,
    confirm: Callable[[Undo], bool],
) -> Undo:
    """Takes an import back, whole or in parts; run again after trouble it goes on.

    Args:
        only_users: take back the import of users alone.
        dry_run: only look what it would delete.
        confirm: is shown what would be deleted and what stays; when it says no, nothing is.

    Raises:
        ImportRefusedError: nothing is on record, an import is under way, or the person said no.
    """
    snapshot = open_whole(directory)
    target = Target(api)
    url = address(snapshot, target, progress)
    plan, done, folders = on_record_at_all(snapshot, url, only_users=only_users)
    with ExitStack() as locks:
        for folder in folders:
            locks.enter_context(journals.lock(folder))
        plan, done, folders = on_record_at_all(snapshot, url, only_users=only_users)  # as it is now that nobody else writes there
        undo = _looked(snapshot, target, plan, done, folders, progress)
        if dry_run or (undo.stays and not undo.goes and not done.undoing):  # what stays can still be verified, and reassigned
            return undo
        if undo.goes and not confirm(undo):
            raise ImportRefusedError("Nothing was deleted.")
        for folder in folders:
            cut_torn_line(folder / journals.JOURNAL)
            Journal(folder, plan, done).note("undoing")
        point("undo.agreed")
        _delete(target, undo.goes, progress)
        for folder in folders:
            Journal(folder, plan, done).note("undone")
        write_report(snapshot, progress, url=plan.target.url)
        there = {thing.name for thing in undo.stays if thing.kind == "user"}
        return replace(undo, earlier=[_put_aside(folder, plan, done, there) for folder in reversed(folders)])  # what parts share comes last


def _looked(snapshot: Snapshot, target: Target, plan: Plan, done: Done, folders: list[Path], progress: Progress) -> Undo:
    """What of an import is there still, and what of it goes."""
    state, moves = target.state(), read_moves(folders)
    waiting = {waiting_name(workspace.name, plan, done) for workspace in plan.workspaces}
    begun = dict(_begun(target, plan, done, state))
    users = {**{id_: name for name, id_ in done.users.items()}, **{user.id: user.username for user in state.users.values()}}
    touching = Touching(snapshot, target, plan, done, moves, users, folders[0], progress)
    datasets = [
        dataset_thing(found, target.count_stored(found.id), _touched(found, touching, begun), waiting)
        for found in found_datasets(plan, done, state, begun)
    ]
    going = {thing.id for thing in datasets if not thing.why}
    answered = {id_: responses_of(target, id_).keys() for id_ in state.datasets.values() if id_ not in going}
    people = people_things(*with_members(plan, done, moves.members), state, datasets, answered, _changed(snapshot, plan, state), waiting)
    return Undo(
        url=target.api.url,
        things=[*datasets, *people],
        replaced=[d.target for d in plan.datasets if d.action == "replace" and d.existing_id not in state.datasets.values()],
        updated=[user.username for user in plan.users if user.keeps_credentials and user.action == "reuse"],
        backups=[backup for folder in folders if (backup := folder / journals.BACKUP).exists()],
        earlier=[],
    )


def _begun(target: Target, plan: Plan, done: Done, state: TargetState) -> Iterator[tuple[str, str]]:
    """Datasets that the import made, and which it could not note any more; their ids."""
    for dataset in plan.datasets:
        id_ = state.datasets.get((dataset.workspace, dataset.name))
        unnoted = id_ and dataset.source in done.begun - done.datasets.keys() and id_ != dataset.existing_id
        if id_ and unnoted and is_ours(target, plan, done, dataset, target.dataset(id_)):
            yield dataset.source, id_


def _touched(found: Found, touching: Touching, begun: dict[str, str]) -> Touched:
    return touching.touched(found) if found.ours and found.plan.source not in begun else Touched()


def _changed(snapshot: Snapshot, plan: Plan, state: TargetState) -> set[str]:
    """The usernames of accounts of the import of which somebody changed something; such that kept their passwords kept their times."""
    before = {user.username: utc(user.updated_at) for user in snapshot.users()}
    changed = set()
    for user in plan.users:
        there = state.users.get(user.username)
        if there is None or user.action != "create":
            continue
        made, now = utc(there.made_at or None), utc(there.changed_at or None)
        last = max(filter(None, (made, before.get(user.source_username or "") if user.keeps_credentials else None)), default=None)
        if now and last and now > last + _LATER:
            changed.add(user.username)
    return changed


def _delete(target: Target, things: list[Thing], progress: Progress) -> None:
    """Each deletion may be repeated."""
    progress.started("deleting", "what the import made", len(things))
    for thing in things:
        if thing.kind == "dataset":
            target.delete_dataset(thing.id)
        elif thing.kind == "workspace":
            target.delete_workspace(thing.id)
        elif thing.kind == "user":
            target.delete("users", thing.id)
        else:
            workspace, user = thing.id.split("/")
            target.delete("workspaces", workspace, "users", user)
        point("undo.deleted")
        progress.advanced(1)


def _put_aside(folder: Path, plan: Plan, done: Done, there: set[str]) -> Path:
    """Keeps the files of an import under ``earlier-N``; the passwords only of users who are there still."""
    Journal(folder, plan, done).credentials.keep_only(there)
    point("undo.forgotten")
    return journals.move_aside(folder)
