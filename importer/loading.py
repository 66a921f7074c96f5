"""Doing what the plan says: workspaces, users, memberships, datasets, and then records in batches; each step in the journal."""

import secrets
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any

from argilla_snapshot.format.faults import point
from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from importer.errors import ConflictError, JournalError
from importer.journal.intervals import missing, size
from importer.journal.journal import Journal
from importer.journal.parts import records_so_far
from importer.mapping.kinds import external_id_of, is_left_out, mapper_of
from importer.parts import is_ours, like
from importer.plan import DatasetPlan, UserPlan
from importer.pouring import Pouring
from importer.reporting.counting import Arrival, Counting, Counts
from importer.targets.http.batching import Batch, Item, batches
from importer.targets.http.searching import put_again
from importer.targets.http.sending import Answered, Sender, send_all
from importer.targets.http.target import Target
from importer.targets.http.wire import DatasetIds, properties
from importer.targets.storage.accounts import StoredAccounts
from importer.targets.storage.storage import Storage
from importer.ways import Way, over_http

#: Answers that speak of one dataset; any other is the whole server's.
_OF_A_DATASET = frozenset({400, 404, 409, 413, 422, 500})
_ALPHABET = string.ascii_letters + string.digits


class Loader:
    """Carries out the plan of a journal on a target.

    Args:
        passwords: chosen passwords by username; others are made up.
        concurrency: requests with records that may be in flight at once.
        storage: the stores behind the target, where records go through them.
        accounts: where users get their old keys and passwords; None where nobody does.
        only: the folders in the snapshot of the datasets to load this time; None: all of the plan.

    Attributes:
        counts: folder of a dataset in the snapshot -> its counts; of those whose records were all loaded by this run.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        target: Target,
        journal: Journal,
        progress: Progress,
        passwords: Mapping[str, str],
        concurrency: int,
        accounts: StoredAccounts | None = None,
        storage: Storage | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        self._snapshot, self._target, self._journal, self._progress = snapshot, target, journal, progress
        self._chosen, self._concurrency, self._accounts = passwords, concurrency, accounts
        self._entries = {entry.path: entry for entry in snapshot.entries}
        self._noted_before, self._storage = set(journal.done.datasets), storage
        self._only = only
        self.counts: dict[str, Counts] = {}

    @cached_property
    def _pouring(self) -> Pouring | None:
        if self._storage is None:
            return None
        return Pouring(self._storage, self._snapshot, self._target, self._journal, self._user_ids)

    def run(self) -> None:
        """Does all that is not done yet."""
        self._workspaces()
        self._users()
        planned = [dataset for dataset in self._journal.plan.datasets if dataset.action != "skip"]
        datasets = [dataset for dataset in planned if self._only is None or dataset.path in self._only]
        if self._pouring:
            self._pouring.begin()
        for dataset in datasets:  # all before the first record: other parts of the import wait for them
            if dataset.source not in self._journal.done.datasets:
                self._apart(dataset, self._make)
        if self._pouring:
            self._pouring.prove(datasets)
        loaded, records = records_so_far(self._journal.plan, self._journal.done)
        if loaded < records:
            self._progress.expected("importing", records, loaded)
        for dataset in datasets:
            if dataset.source in self._journal.done.datasets:
                self._apart(dataset, self._load_and_settle)
        point("import.loaded")
        if self._pouring:
            self._pouring.end()
        if not self._journal.done.finished and datasets == planned:
            self._journal.note(
                "ended" if self._journal.done.failed else "finished", at=datetime.now(timezone.utc).isoformat(timespec="seconds")
            )
        point("import.finished")

    def _apart(self, dataset: DatasetPlan, do: Callable[[DatasetPlan], None]) -> None:
        """Does something with a dataset. Where the server refuses it, or has another one of its name, that is noted, and the others go on."""
        try:
            do(dataset)
        except (NotAllowedError, TemporaryError):
            raise
        except (ConflictError, ServerError) as error:
            if isinstance(error, ServerError) and error.status not in _OF_A_DATASET:
                raise
            if isinstance(error, ServerError) and error.status == 500:
                self._target.wait_until_well()
            self._journal.note("failed", name=dataset.source, error=error.format_message())
            self._progress.message(f"{dataset.target} could not be imported: {error.format_message()} The other datasets go on.")
            return
        if dataset.source in self._journal.done.failed and do == self._load_and_settle:
            self._journal.note("loaded", name=dataset.source)

    # --- workspaces and users ---

    def _workspaces(self) -> None:
        done = self._journal.done.workspaces
        for plan in self._journal.plan.workspaces:
            if plan.name not in done:
                id_ = plan.id if plan.action == "reuse" and plan.id else self._target.create_workspace(plan.name, plan.id)
                if self._storage and plan.action == "create":
                    id_ = self._storage.keep_id("workspaces", id_, plan.source_id)
                point("import.workspace_made")
                self._journal.note("workspace", name=plan.name, id=id_)

    def _users(self) -> None:
        left = [plan for plan in self._journal.plan.users if plan.username not in self._journal.done.users]
        kept = [plan for plan in left if plan.keeps_credentials]
        if kept and self._accounts:  # before they join workspaces
            self._accounts.keep(kept, self._journal.done.workspaces.values())
        new = [plan for plan in left if plan.action == "create"]
        for step, plans in (("making", new), ("placing", [plan for plan in left if plan.action != "create"])):
            if plans:
                self._progress.started(step, "users", len(plans))
            for plan in plans:
                self._user(plan)
                self._progress.advanced(1)

    def _user(self, plan: UserPlan) -> None:
        """Makes a user who is to be made, and a member of the workspaces of the plan."""
        if plan.action == "create" and not plan.keeps_credentials:
            id_ = self._target.create_user(plan, self._password(plan))
            self._user_ids[plan.username] = self._storage.keep_id("users", id_, plan.source_id) if self._storage else id_
            point("import.user_made")
        id_ = self._user_ids[plan.username]
        for name in plan.workspaces:
            self._target.add_member(self._journal.done.workspaces[name], id_)
            point("import.member_made")
        self._journal.note("user", name=plan.username, id=id_)

    def _password(self, plan: UserPlan) -> str:
        """The password to create a user with, which is in the credentials file by then; that of a placeholder nobody ever knows.

        A chosen one, which may have been corrected, comes before the remembered one; but not where a run made the user with that
        and ended before its journal could say so.
        """
        if plan.source_username is None:
            return new_password()
        credentials, username = self._journal.credentials, plan.username
        remembered, chosen = credentials.passwords.get(username), self._chosen.get(username)
        if remembered is not None and (chosen in (None, remembered) or username in self._user_ids):
            return remembered
        password = chosen or new_password()
        credentials.remember(username, password)
        point("import.password_saved")
        return password

    # --- datasets ---

    def _make(self, plan: DatasetPlan) -> None:
        """Makes a dataset; one that is to be joined is there."""
        if plan.action == "join":
            self._journal.note("dataset", name=plan.source, id=plan.existing_id)
            return
        workspace_id = self._pouring.place(plan) if self._pouring else self._journal.done.workspaces[plan.workspace]
        there = self._target.find_dataset(workspace_id, plan.name)
        if there is not None and self._published(plan, there):
            self._journal.note("dataset", name=plan.source, id=there["id"])
            return
        waiting = self._pouring is not None and self._pouring.waits  # there nobody else makes datasets
        if there is not None and not waiting and there["id"] != plan.existing_id and not self._is_ours(plan, there):
            raise ConflictError(
                f"Somebody made a dataset {plan.target} there since this import was planned. The import leaves it as it is: "
                "rename or delete it there, then run `import` again."
            )
        if there is not None:
            self._target.delete_dataset(there["id"])
        self._journal.note("begun", name=plan.source)
        point("import.dataset_noted")
        if self._pouring:
            id_ = self._target.create_dataset(plan, workspace_id, partial(self._pouring.named, plan))
            self._pouring.made(plan, id_)
        else:
            id_ = self._target.create_dataset(plan, workspace_id)
        point("import.dataset_made")
        self._journal.note("dataset", name=plan.source, id=id_)

    def _published(self, plan: DatasetPlan, dataset: dict[str, Any]) -> bool:
        """Whether a dataset was made and published by this import, which ended before its journal could say so.

        Other parts of the import may have begun to fill it. Only metadata of datasets tells it for sure (2.4+); and only a search
        that the index was made, which the server does after it has said ``ready``.
        """
        begun = plan.source in self._journal.done.begun and plan.metadata is not None and dataset["id"] != plan.existing_id
        return (
            begun and dataset["status"] == "ready" and like(plan, self._target, dataset["id"]) and self._target.is_searchable(dataset["id"])
        )

    def _is_ours(self, plan: DatasetPlan, there: dict[str, Any]) -> bool:
        return is_ours(self._target, self._journal.plan, self._journal.done, plan, there)

    @cached_property
    def _user_ids(self) -> "_UserIds":
        """Username -> id: those that are there, and those that are made."""
        return _UserIds(self._target.api.url, {name: user.id for name, user in self._target.state().users.items()})

    # --- records ---

    def _load_and_settle(self, plan: DatasetPlan) -> None:
        self._load(plan)
        if plan.settles and plan.source not in self._journal.done.settled:
            self._settle(plan)
            self._journal.note("settled", name=plan.source)
        if self._pouring:
            self._pouring.move(plan)

    def _settle(self, plan: DatasetPlan) -> None:
        """Does what would have refused some records before. Each step can be repeated."""
        id_, entry = self._journal.done.datasets[plan.source], self._entries[plan.path]
        mapper = mapper_of(plan, self._journal.plan.agents, self._journal.plan.options)
        if plan.pads and not self._storage:
            mapped = (mapper.map(record)[0] for record in self._snapshot.records(entry))
            again = ({"external_id": one.external_id, "fields": one.fields} for one in mapped if one.padded)
            put_again(self._target, id_, again)
            point("import.padding_removed")
        late = list(properties(plan, late=True))
        if late and not self._storage:
            self._target.add_properties(id_, late)
            point("import.properties_added")
            put_again(self._target, id_, ({"external_id": external_id_of(record)} for record in self._snapshot.records(entry)))
            point("import.reindexed")
        if plan.metadata is not None and not plan.keeps_mark:
            self._target.change_dataset(id_, metadata=None)  # what is there would be merged with what comes
            self._target.change_dataset(id_, metadata=plan.settled_metadata)
        if not plan.allow_extra_metadata:
            self._target.change_dataset(id_, allow_extra_metadata=False)
        point("import.settled")

    def _load(self, plan: DatasetPlan) -> None:
        """Sends the records of a dataset that are not dealt with yet, and once more those that were refused."""
        entry, done, source = self._entries[plan.path], self._journal.done, plan.source
        start, end = self._journal.plan.options.part.share(entry.records)
        left = [] if done.finished else list(missing(done.rows.get(source, []), start, end))
        again = set(done.rejected.get(source, []))
        if not left and not again:
            return
        ids = self._target.dataset_ids(done.datasets[source])
        options = self._journal.plan.options
        look = source in self._noted_before or bool(again)
        way, mapper = self._way(plan, ids, look=look), mapper_of(plan, self._journal.plan.agents, options)
        whole = left == [(0, entry.records)] and not again
        counting = Counting(self._snapshot.dataset(entry), Arrival(plan, self._journal.plan.agents, options)) if whole else None

        def item(row: int, record: AnyRecord) -> Item[Any] | None:
            there = None if is_left_out(record, options) else mapper.map(record)[0]
            if counting:
                counting.see(record, there)
            return None if there is None else (record, way.ready(row, there))

        def ready(records: Iterable[tuple[int, AnyRecord]]) -> Iterator[Batch[Any]]:
            return batches(((row, item(row, record)) for row, record in records), way.most)

        if again:
            refused = (
                (row, record)
                for row, record in enumerate(self._snapshot.records(entry))
                if record.id in again and not is_left_out(record, options)
            )
            there: set[str] = set()
            send_all(ready(_seen(refused, there)), way.send, partial(self._note_retried, source), way.at_once)
            if again - there:  # an edit took them out of the snapshot
                taken = sorted(again - there)
                self._journal.note("retried", name=source, sent=taken, rejected=[], written_at="", taken_out=taken)
        self._progress.started("importing", source, end - start, end - start - size(left))
        stretches = (enumerate(islice(self._snapshot.records(entry, first), last - first), first) for first, last in left)
        send_all(chain.from_iterable(map(ready, stretches)), way.send, partial(self._note_batch, source), way.at_once)
        if counting and not done.rejected.get(source):
            self.counts[plan.path] = counting.result()

    def _way(self, plan: DatasetPlan, ids: DatasetIds, *, look: bool) -> Way[Any]:
        if self._pouring:
            return self._pouring.way(plan, ids, look=look)
        return over_http(Sender(self._target, ids.id, plan.source, look=look), ids, self._user_ids, self._concurrency)

    def _note_batch(self, source: str, answered: Answered) -> None:
        self._keep_refused(answered)
        point("import.batch_written")
        start, end = answered.batch.rows
        self._journal.note("batch", name=source, start=start, end=end, **_told(answered))
        point("import.batch_noted")
        self._progress.advanced(end - start)

    def _note_retried(self, source: str, answered: Answered) -> None:
        self._keep_refused(answered)
        point("import.retried")
        sent = [record.id for record, _ in answered.batch.items]
        self._journal.note("retried", name=source, sent=sent, **_told(answered))

    def _keep_refused(self, answered: Answered) -> None:
        if answered.refused:
            self._journal.reject(answered.refused)
            point("import.refused_written")


def _told(answered: Answered) -> dict[str, Any]:
    """What the journal keeps of an answered batch."""
    return {"rejected": answered.refused_ids, "written_at": answered.written_at} | ({"left": answered.left} if answered.left else {})


def _seen(records: Iterable[tuple[int, AnyRecord]], ids: set[str]) -> Iterator[tuple[int, AnyRecord]]:
    """The records as they pass; their ids come into ``ids``."""
    for row, record in records:
        ids.add(record.id)
        yield row, record


class _UserIds(dict[str, str]):
    """Username -> id on the target at ``url``, where a user may have been deleted since the plan was made."""

    def __init__(self, url: str, ids: Mapping[str, str]) -> None:
        super().__init__(ids)
        self._url = url

    def __missing__(self, username: str) -> str:
        raise JournalError(
            f"User {username} is not on {self._url} any more: make a user of that name there, and run the same command again."
        )


def new_password() -> str:
    """24 random letters and digits: over 140 bits, and far below the 72 bytes that bcrypt reads."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(24))
