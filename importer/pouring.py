"""What an import does besides where records go through the storage: a dataset is proven, waits unseen until it is whole, and is moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import RefusedRowsError
from importer.errors import ConflictError
from importer.journal.journal import Journal, mark_of
from importer.mapping.kinds import clock_of, is_left_out, mapper_of
from importer.mapping.moments import utc
from importer.mapping.record import TargetRecord
from importer.options import WHOLE
from importer.plan import DISTRIBUTION, DatasetPlan
from importer.target_state import Capabilities
from importer.targets.http.batching import Item
from importer.targets.http.searching import reindex
from importer.targets.http.target import Target
from importer.targets.http.wire import DatasetIds, properties, wire_item
from importer.targets.storage.calibration import Calibration, StoresRefusedError, telling
from importer.targets.storage.items import stored_record
from importer.targets.storage.rows import StoredDataset, StoredRecord
from importer.targets.storage.sending import CHUNK, StoreSender
from importer.targets.storage.storage import Storage, waiting_name
from importer.ways import Way

#: Chunks that are under way at once: while one is in the search engine's hands, another is in the database's.
_CHUNKS_AT_ONCE = 3


@dataclass(frozen=True)
class Pouring:
    """The datasets of one import, through the storage.

    Attributes:
        users: username -> id on the target.
    """

    storage: Storage
    snapshot: Snapshot
    target: Target
    journal: Journal
    users: Mapping[str, str]

    @property
    def waits(self) -> bool:
        """Whether datasets wait unseen: the parts of an import look for them at their places."""
        return self.journal.plan.options.part == WHOLE

    def begin(self) -> None:
        """Notes by what the places are known in which datasets wait, before one is made; what an older version began keeps its own."""
        done = self.journal.done
        if self.waits and not (done.waiting or done.begun or done.datasets):
            self.journal.note("waiting", mark=mark_of(self.journal.folder))

    def place(self, plan: DatasetPlan) -> str:
        """The id of the workspace in which a dataset is made."""
        if self.waits:
            return self.target.create_workspace(waiting_name(plan.workspace, self.journal.plan, self.journal.done), None)
        return self.journal.done.workspaces[plan.workspace]

    def named(self, plan: DatasetPlan, id_: str) -> str:
        """The id of a dataset that was just made: the one that it had on a 2.x server, where it can be."""
        dataset = self._dataset(plan)
        wanted = dataset.id if isinstance(dataset, FeedbackDataset) else None
        free = wanted is not None and not self.storage.index(wanted).exists()
        return self.storage.keep_id("datasets", id_, wanted) if free else id_

    def made(self, plan: DatasetPlan, id_: str) -> None:
        """Adds what over HTTP has to wait until the records are loaded: the stores refuse none of them."""
        self.target.add_properties(id_, properties(plan, late=True))

    # --- the proof ---

    def prove(self, datasets: list[DatasetPlan]) -> None:
        """Makes sure of each dataset that the server writes to the stores what we would write; of those that are not filled yet.

        Raises:
            StoresRefusedError: it does not. Datasets that wait without records are deleted again.
        """
        done = self.journal.done
        left = [plan for plan in datasets if plan.publish and plan.source in done.datasets and plan.source not in done.proven]
        try:
            for plan in left:
                id_ = done.datasets[plan.source]
                stored = self._stored_dataset(plan, id_)
                index = self.storage.index(id_)
                chosen = telling(self._mapped(plan, id_), stored.fields)
                Calibration(self.target, self.storage.database, index, stored, plan.source).run(chosen)
                self.journal.note("proven", name=plan.source)
        except StoresRefusedError:
            if self.waits:
                for plan in datasets:
                    if plan.source in done.datasets.keys() - done.moved - done.rows.keys():
                        self._withdraw(plan)
                self.end()
            raise

    def _withdraw(self, plan: DatasetPlan) -> None:
        """Deletes a dataset that waits, unless there are records in it."""
        id_ = self.journal.done.datasets[plan.source]
        if not self.target.count_stored(id_):
            self.target.delete_dataset(id_)
            self.journal.note("withdrawn", name=plan.source)

    def _mapped(self, plan: DatasetPlan, id_: str) -> Iterator[tuple[Item[bytes], TargetRecord]]:
        """The records of this part, as the server takes them."""
        options, ids = self.journal.plan.options, self.target.dataset_ids(id_)
        mapper = mapper_of(plan, self.journal.plan.agents, options)
        entry = next(entry for entry in self.snapshot.entries if entry.path == plan.path)
        start, _ = options.part.share(entry.records)
        for record in self.snapshot.records(entry, start):
            if not is_left_out(record, options):
                mapped = mapper.map(record)[0]
                yield (record, to_json(wire_item(mapped, ids, self.users))), mapped

    def _stored_dataset(self, plan: DatasetPlan, id_: str) -> StoredDataset:
        distribution: Mapping[str, Any] = plan.distribution or DISTRIBUTION
        return StoredDataset.of(id_, self.target.settings(id_), int(distribution["min_submitted"]), Capabilities.of(self.target.version))

    # --- the records ---

    def way(self, plan: DatasetPlan, dataset: DatasetIds, *, look: bool) -> Way[StoredRecord]:
        """How the records of a dataset go."""
        there = self._stored_dataset(plan, dataset.id)
        send = StoreSender(
            self.target.api,
            self.storage.database,
            self.storage.index(dataset.id),
            there,
            plan.source,
            look=look,
            counts_users=self.storage.counts_users,
        )
        clock = clock_of(plan, self._dataset(plan), self.snapshot.manifest.created_at)

        def ready(row: int, record: TargetRecord) -> StoredRecord:
            return stored_record(record, clock.times(record, row), row, dataset, self.users, there)

        return Way(ready, send, CHUNK, _CHUNKS_AT_ONCE)

    def move(self, plan: DatasetPlan) -> None:
        """Lets people see a dataset whose records are all there; a draft has none, and no index.

        Raises:
            ConflictError: there is another one of its name by now, or its workspace is gone.
        """
        done = self.journal.done
        id_ = done.datasets[plan.source]
        if plan.publish:
            self._look_at_both_stores(plan, id_)
        if not self.waits or plan.source in done.moved:
            return
        if plan.action == "replace" and plan.existing_id:
            self.target.delete_dataset(plan.existing_id)
            point("import.replaced")
        try:
            self.storage.move(id_, done.workspaces[plan.workspace], dict(self._times(plan)))
        except RefusedRowsError:
            self._refuse_moving(plan)
            raise
        point("import.moved")
        self.journal.note("moved", name=plan.source)

    def _look_at_both_stores(self, plan: DatasetPlan, id_: str) -> None:
        """Has the server index what the search engine took and lost again, by a hard end for example.

        Only until a dataset is where people see it: later the database is not proven any more to be the server's.
        """
        index, done = self.storage.index(id_), self.journal.done
        index.refresh()
        if not done.finished and plan.source not in done.moved:
            reindex(self.target, id_, self.storage.lost(id_, index))

    def _refuse_moving(self, plan: DatasetPlan) -> None:
        """Says why a dataset can't come to its place, where that is known."""
        workspace = self.journal.done.workspaces[plan.workspace]
        waits = "Ours waits, whole, where only owners see it"
        if workspace not in self.target.workspaces().values():
            raise ConflictError(
                f"Somebody deleted the workspace {plan.workspace} there since this import was planned. {waits}: "
                "run `undo` or `import --restart` to begin anew."
            )
        if self.target.find_dataset(workspace, plan.name):
            raise ConflictError(
                f"Somebody made a dataset {plan.target} there since this import was planned. {waits}: "
                "rename or delete the other one, then run `import` again."
            )

    def _times(self, plan: DatasetPlan) -> Iterator[tuple[str, datetime]]:
        """The times that a dataset had, as far as the old server told them: column -> time."""
        dataset = self._dataset(plan)
        if isinstance(dataset, FeedbackDataset):
            told = {"inserted_at": dataset.inserted_at, "updated_at": dataset.updated_at, "last_activity_at": dataset.last_activity_at}
        else:
            told = {"inserted_at": dataset.created_at, "updated_at": dataset.last_updated, "last_activity_at": dataset.last_updated}
        for name, moment in told.items():
            if known := utc(moment):
                yield name, known

    def _dataset(self, plan: DatasetPlan) -> AnyDataset:
        return self.snapshot.dataset(next(entry for entry in self.snapshot.entries if entry.path == plan.path))

    def end(self) -> None:
        """Removes what the datasets waited in."""
        plan = self.journal.plan
        self.storage.clear(waiting_name(workspace.name, plan, self.journal.done) for workspace in plan.workspaces)
