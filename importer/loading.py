"""Doing what the plan says: workspaces, users, memberships, datasets, and records in batches; each step in the journal."""

import re
import secrets
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from importer.errors import ConflictError
from importer.journal import Journal
from importer.mapping import Mapper, TargetRecord
from importer.plan import DatasetPlan
from importer.target import Target
from importer.wire import DatasetIds, wire_item
from snapshot.faults import point
from snapshot.models import Record
from snapshot.progress import Progress
from snapshot.reader import Snapshot
from transport.api import to_json
from transport.errors import NotAllowedError, ServerError, TemporaryError

#: Records of a request: the answer repeats them whole, so more only costs memory.
BATCH = 250
#: Bytes of a request, unless one record is larger.
BATCH_BYTES = 8 << 20
#: Records of the snapshot with what they become.
Batch = list[tuple[Record, TargetRecord]]
_ALPHABET = string.ascii_letters + string.digits
_POSITION = re.compile(r"(?:[Rr]ecord at position |body\.items\.)(\d+)")


class Loader:
    """Carries out the plan of a journal on a target.

    Args:
        passwords: chosen passwords by username; others are made up.
    """

    def __init__(self, snapshot: Snapshot, target: Target, journal: Journal, progress: Progress, passwords: Mapping[str, str]) -> None:
        self._snapshot, self._target, self._journal, self._progress = snapshot, target, journal, progress
        self._chosen = passwords
        self._entries = {f"{e.workspace}.{e.name}": e for e in snapshot.entries}

    def run(self) -> None:
        """Does all that is not done yet."""
        self._workspaces()
        self._users()
        for dataset in self._journal.plan.datasets:
            if dataset.action != "skip":
                self._dataset(dataset)
        point("import.loaded")
        if not self._journal.done.finished:
            self._journal.note("finished")
        point("import.finished")

    # --- workspaces and users ---

    def _workspaces(self) -> None:
        done = self._journal.done.workspaces
        for plan in self._journal.plan.workspaces:
            if plan.name not in done:
                id_ = plan.id if plan.action == "reuse" and plan.id else self._target.create_workspace(plan.name, plan.id)
                point("import.workspace_made")
                self._journal.note("workspace", name=plan.name, id=id_)

    def _users(self) -> None:
        done, passwords = self._journal.done, self._journal.passwords()
        left = [plan for plan in self._journal.plan.users if plan.username not in done.users]
        if left:
            self._progress.started("making", "users", len(left))
        for plan in left:
            id_ = plan.id
            if plan.action == "create":
                if plan.username not in passwords:
                    passwords[plan.username] = self._chosen.get(plan.username) or new_password()
                    self._journal.remember_password(plan.username, passwords[plan.username])
                    point("import.password_saved")
                id_ = self._target.create_user(plan, passwords[plan.username])
                point("import.user_made")
            assert id_ is not None
            for name in plan.workspaces:
                self._target.add_member(done.workspaces[name], id_)
                point("import.member_made")
            self._journal.note("user", name=plan.username, id=id_)
            self._progress.advanced(1)

    # --- datasets ---

    def _dataset(self, plan: DatasetPlan) -> None:
        entry = self._entries[plan.source]
        first = self._journal.done.rows.get(plan.source, 0)
        again = self._journal.done.rejected.get(plan.source, [])
        if plan.source in self._journal.done.datasets and first >= entry.records and not again:
            return
        ids = self._made(plan)
        mapper = Mapper(plan, self._journal.plan.agents, self._journal.plan.options)
        send = partial(self._send, plan.source, ids, self._user_ids)
        if again:
            self._retry(plan.source, (record for record in self._snapshot.records(entry) if record.id in again), mapper, send)
        self._progress.started("importing", plan.source, entry.records, first)
        for batch in batches((record, mapper.map(record)[0]) for record in self._snapshot.records(entry, first)):
            refused, written_at = send(batch)
            point("import.batch_written")
            first += len(batch)
            self._journal.note("batch", name=plan.source, end=first, rejected=refused, written_at=written_at)
            point("import.batch_noted")
            self._progress.advanced(len(batch))

    def _retry(self, source: str, records: Iterator[Record], mapper: Mapper, send: Callable[[Batch], tuple[list[str], str]]) -> None:
        """Sends records again that were refused in an earlier run."""
        left = set(self._journal.done.rejected[source])
        for batch in batches((record, mapper.map(record)[0]) for record in records):
            refused, written_at = send(batch)
            point("import.retried")
            left = left.difference(record.id for record, _ in batch).union(refused)
            self._journal.note("retried", name=source, rejected=sorted(left), written_at=written_at)

    def _made(self, plan: DatasetPlan) -> DatasetIds:
        """The dataset on the target: the one that the journal knows, or a new one."""
        if id_ := self._journal.done.datasets.get(plan.source):
            return self._target.dataset_ids(id_)
        workspace_id = self._journal.done.workspaces[plan.workspace]
        there = self._target.find_dataset(workspace_id, plan.name)
        if there is not None and there["id"] != plan.existing_id and not self._ours(plan, there):
            raise ConflictError(f"A dataset {plan.target} has appeared on the target since the plan was made: nothing of it was touched.")
        if there is not None:
            self._target.delete_dataset(there["id"])
        self._journal.note("begun", name=plan.source)
        point("import.dataset_noted")
        ids = self._target.create_dataset(plan, workspace_id)
        point("import.dataset_made")
        self._journal.note("dataset", name=plan.source, id=ids.id)
        return ids

    def _ours(self, plan: DatasetPlan, dataset: dict[str, Any]) -> bool:
        """Whether an unknown dataset was made by this import, which ended before its journal could say so.

        Its metadata names the snapshot where the target keeps metadata of datasets (2.4+).
        """
        details = (dataset.get("metadata") or {}).get("argilla_v1") or {}
        named = plan.metadata is None or details.get("snapshot_id") == self._journal.plan.snapshot_id
        ours = named and plan.source in self._journal.done.begun
        return ours and (dataset["status"] == "draft" or self._target.count_stored(dataset["id"]) == 0)

    @cached_property
    def _user_ids(self) -> dict[str, str]:
        """Username -> id: those that were there, and those that were made."""
        ids = {name: user.id for name, user in self._target.state().users.items()}
        return {**ids, **self._journal.done.users}

    # --- records ---

    def _send(self, source: str, ids: DatasetIds, user_ids: dict[str, str], batch: Batch) -> tuple[list[str], str]:
        """Sends records; those that the server refuses are listed, the others go in.

        Returns:
            The ids of the refused ones, and the target's time of the write ("" if nothing was written).
        """
        refused: list[dict[str, Any]] = []
        wire = [(record, wire_item(mapped, ids, user_ids)) for record, mapped in batch]
        written_at = self._put(ids.id, source, wire, refused)
        if refused:
            self._journal.reject(refused)
            point("import.refused_written")
        return [entry["id"] for entry in refused], written_at

    def _put(self, dataset_id: str, source: str, wire: list[tuple[Record, dict[str, Any]]], refused: list[dict[str, Any]]) -> str:
        """Puts the items; narrows a refused batch down. Returns the target's time of the write ("" if nothing was written)."""
        if not wire:
            return ""
        try:
            items = self._target.put_records(dataset_id, to_json({"items": [item for _, item in wire]}))
        except (NotAllowedError, TemporaryError):
            raise
        except ServerError as error:
            if error.status == 404:
                raise ServerError(f"{source} is not on the target any more ({error.detail}).", 404, error.detail) from None
            if len(wire) > 1:
                return max(self._put(dataset_id, source, part, refused) for part in _narrowed(wire, error.detail))
            record = wire[0][0]
            refused.append({"dataset": source, "id": record.id, "status": error.status, "error": error.detail, "record": record})
            return ""
        point("import.batch_answered")
        return max(str(item["updated_at"]) for item in items)


def _narrowed(wire: list[Any], detail: str) -> list[list[Any]]:
    """The parts to try next: the item that the server names and the others, or else two halves."""
    named = _POSITION.search(detail)
    if named and int(named[1]) < len(wire):
        at = int(named[1])
        return [[wire[at]], wire[:at] + wire[at + 1 :]]
    middle = len(wire) // 2
    return [wire[:middle], wire[middle:]]


def batches(records: Iterable[tuple[Record, TargetRecord]]) -> Iterator[Batch]:
    """Groups records by count and by size."""
    batch: Batch = []
    size = 0
    for item in records:
        bytes_ = _size(item[1])
        if batch and (len(batch) == BATCH or size + bytes_ > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += bytes_
    if batch:
        yield batch


def _size(record: TargetRecord) -> int:
    """About how many bytes a record has on the wire."""
    answers = [suggestion.value for suggestion in record.suggestions], [response.values for response in record.responses]
    return len(to_json([record.fields, record.metadata, record.vectors, *answers]))


def new_password() -> str:
    """24 random letters and digits: over 140 bits, and far below the 72 bytes that bcrypt reads."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(24))
