"""Taking an import back: what it made and nobody has touched since is deleted, and its journal is put aside."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import cut_torn_line
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from importer.errors import ImportRefusedError
from importer.journal import journal as journals
from importer.journal.done import Done
from importer.journal.journal import Journal
from importer.journal.moves import Moves, read_moves
from importer.journal.parts import on_record_at_all
from importer.mapping.moments import utc
from importer.on_record import address
from importer.parts import is_ours
from importer.plan import Plan
from importer.reporting.writing import write_report
from importer.run import open_whole
from importer.taking_back import Found, Thing, Touched, dataset_thing, found_datasets, people_things, with_members
from importer.target_state import TargetState
from importer.targets.http.existing import responses_of, what_is_there
from importer.targets.http.target import Target
from importer.targets.storage.storage import waiting_name
from importer.verifying.touched import Touching

#: How much later than it was made an account may say that it was changed, without anybody having done so.
_LATER = timedelta(seconds=1)
_JUST_NOW = "Somebody worked on it while this undo was looking and asking."


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
        undoing = Undoing(snapshot, target, plan, done, folders, progress)
        undo = undoing.looked()
        if dry_run or (undo.stays and not undo.goes and not done.undoing):  # what stays can still be verified, and reassigned
            return undo
        if undo.goes and not confirm(undo):
            raise ImportRefusedError("Nothing was deleted.")
        for folder in folders:
            cut_torn_line(folder / journals.JOURNAL)
            Journal(folder, plan, done).note("undoing")
        point("undo.agreed")
        undo = undoing.deleted(undo)
        for folder in folders:
            Journal(folder, plan, done).note("undone")
        write_report(snapshot, progress, url=plan.target.url)
        there = {thing.name for thing in undo.stays if thing.kind == "user"}
        return replace(undo, earlier=[_put_aside(folder, plan, done, there) for folder in reversed(folders)])  # what parts share comes last


@dataclass
class Undoing:
    """The undo of one import.

    Attributes:
        seen: id of a dataset -> how it was before it was compared.
    """

    snapshot: Snapshot
    target: Target
    plan: Plan
    done: Done
    folders: list[Path]
    progress: Progress
    seen: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _waiting(self) -> set[str]:
        """Names of the workspaces in which datasets wait to be whole."""
        return {waiting_name(workspace.name, self.plan, self.done) for workspace in self.plan.workspaces}

    @cached_property
    def _moves(self) -> Moves:
        return read_moves(self.folders)

    def looked(self) -> Undo:
        """What of the import is there still, and what of it goes."""
        plan, state = self.plan, self.target.state()
        datasets = list(self._datasets(state))
        return Undo(
            url=self.target.api.url,
            things=[*datasets, *self._people(state, datasets)],
            replaced=[d.target for d in plan.datasets if d.action == "replace" and d.existing_id not in state.datasets.values()],
            updated=[user.username for user in plan.users if user.keeps_credentials and user.action == "reuse"],
            backups=[backup for folder in self.folders if (backup := folder / journals.BACKUP).exists()],
            earlier=[],
        )

    def _datasets(self, state: TargetState) -> Iterator[Thing]:
        begun = dict(_begun(self.target, self.plan, self.done, state))
        users = {**{id_: name for name, id_ in self.done.users.items()}, **{user.id: user.username for user in state.users.values()}}
        touching = Touching(self.snapshot, self.target, self.plan, self.done, self._moves, users, self.folders[0], self.progress)
        for found in found_datasets(self.plan, self.done, state, begun):
            self.seen[found.id] = self._as_it_is(found.id)
            yield dataset_thing(found, self.target.count_stored(found.id), _touched(found, touching, begun), self._waiting)

    def _people(self, state: TargetState, datasets: list[Thing]) -> list[Thing]:
        """Memberships, users and workspaces, by what is on the target now."""
        going = {thing.id for thing in datasets if not thing.why}
        answered = {id_: responses_of(self.target, id_).keys() for id_ in state.datasets.values() if id_ not in going}
        plan, done = with_members(self.plan, self.done, self._moves.members)
        return people_things(plan, done, state, datasets, answered, _changed(self.snapshot, self.plan, state), self._waiting)

    def _as_it_is(self, id_: str) -> Any:
        """What is another one as soon as somebody works on a dataset."""
        dataset = self.target.dataset(id_)
        return what_is_there(self.target, id_), dataset.get("updated_at"), dataset.get("last_activity_at")

    def deleted(self, undo: Undo) -> Undo:
        """Deletes what was agreed on, but for what somebody worked on meanwhile. Each deletion may be repeated."""
        self.progress.started("deleting", "what the import made", len(undo.goes))
        datasets = [self._dataset_deleted(thing) for thing in undo.things if thing.kind == "dataset"]
        agreed = {(thing.kind, thing.id) for thing in undo.goes}
        people = [
            thing if thing.why or (thing.kind, thing.id) in agreed else replace(thing, why=_JUST_NOW)
            for thing in self._people(self.target.state(), datasets)
        ]
        for thing in people:
            if not thing.why:
                self._delete(thing)
        return replace(undo, things=[*datasets, *people])

    def _dataset_deleted(self, thing: Thing) -> Thing:
        if not thing.why and self._was_worked_on(thing.id):
            return replace(thing, why=_JUST_NOW)
        if not thing.why:
            self._delete(thing)
        return thing

    def _was_worked_on(self, id_: str) -> bool:
        try:
            return bool(self._as_it_is(id_) != self.seen[id_])
        except ServerError as error:
            if error.status == 404:  # somebody else deleted it
                return False
            raise

    def _delete(self, thing: Thing) -> None:
        if thing.kind == "dataset":
            self.target.delete_dataset(thing.id)
        elif thing.kind == "workspace":
            self.target.delete_workspace(thing.id)
        elif thing.kind == "user":
            self.target.delete("users", thing.id)
        else:
            workspace, user = thing.id.split("/")
            self.target.delete("workspaces", workspace, "users", user)
        point("undo.deleted")
        self.progress.advanced(1)


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


def _put_aside(folder: Path, plan: Plan, done: Done, there: set[str]) -> Path:
    """Keeps the files of an import under ``earlier-N``; the passwords only of users who are there still."""
    Journal(folder, plan, done).credentials.keep_only(there)
    point("undo.forgotten")
    return journals.move_aside(folder)
