"""Reading the target back and comparing it, record by record, with what the plan says it should hold."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argilla_snapshot.differences import Difference, Differences
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.format.models import DatasetEntry, Record
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from importer.journal.done import Done
from importer.journal.moves import Moves
from importer.mapping.kinds import Maps, clock_of, external_id_of, is_left_out, mapper_of
from importer.mapping.moments import Clock
from importer.notes import Noted
from importer.options import ImportOptions
from importer.plan import DatasetPlan, Plan
from importer.target_state import TargetState
from importer.targets.http.searching import not_searchable
from importer.targets.http.target import Target
from importer.verifying.account import Account, Told
from importer.verifying.credentials import Kept, compare_credentials
from importer.verifying.differences import CHANGED, Kind
from importer.verifying.feedback_account import FeedbackAccount, same_questions
from importer.verifying.records import Compared, Expected, Names, Records
from importer.verifying.settings import differing_members, differing_settings
from importer.verifying.source import Facts, facts_of_document, facts_of_record


@dataclass(frozen=True, slots=True)
class Row:
    """A dataset that was looked at.

    Attributes:
        source, target: ``workspace.name`` on the old server and on the new one.
        id: on the new server; None where it is not there.
        compared: how much of it was found there and compared.
        differences: how many were found in it.
    """

    source: str
    target: str
    id: str | None
    compared: Compared
    differences: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and how it differs.

    Attributes:
        skipped: datasets that the import left as they were; they are not compared.
        left_out: datasets of the snapshot that the import was not to bring; they are not compared either.
        placeholders: so many of the users stand for annotators who are no users of the old server.
        sampled: whether only some records were compared.
        total: the records that there were to compare.
        credentials: users whose API keys and passwords were compared.
        renamed: name of a dataset on the old server -> its name on the target, where that is another.
        reassigned: responses that ``reassign`` gave to others; they are compared where it put them.
        url: the address by which the import knows the target.
        rows: dataset by dataset what was compared.
        losses: what the import could not carry, by its plan: it is not missed here.
    """

    records: int
    datasets: int
    skipped: int
    users: int
    differences: list[Difference[Kind]]
    left_out: int = 0
    placeholders: int = 0
    sampled: bool = False
    total: int = 0
    credentials: int = 0
    renamed: dict[str, str] = field(default_factory=dict)
    reassigned: int = 0
    url: str = ""
    rows: list[Row] = field(default_factory=list)
    losses: list[Noted] = field(default_factory=list)

    @property
    def only_changed_since(self) -> bool:
        """Whether all that differs is the work of people on the target after the import."""
        return bool(self.differences) and all(difference.kind == CHANGED for difference in self.differences)

    def to_json(self) -> dict[str, Any]:
        """All of it, as programs read it."""
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "only_changed_since": self.only_changed_since}


def verify(
    snapshot: Snapshot,
    target: Target,
    plan: Plan,
    done: Done,
    *,
    folder: Path,
    progress: Progress,
    sample: int | None = None,
    kept: Kept | None = None,
    moves: Moves | None = None,
) -> Verification:
    """Compares the target with the plan: users, workspaces, datasets with their settings, and every record.

    Args:
        done: what the journal says was done; it tells the time of the last write, and the ids.
        folder: where a nameless file may lie, for records that come in another order than the snapshot's.
        sample: compare only so many records of each dataset, evenly spread; counts are compared all the same.
        kept: the API keys and passwords that users kept; None: they are not compared.
        moves: whose responses were given to others since, and which accounts were deleted then.
    """
    moves = moves or Moves()
    differences = Differences[Kind]()
    state = target.state()
    compare_users(plan, state, differences, moves.deleted)
    users = {**{id_: name for name, id_ in done.users.items()}, **{user.id: user.username for user in state.users.values()}}
    credentials = compare_credentials(kept, differences) if kept else 0
    entries = {entry.path: entry for entry in snapshot.entries}
    records = datasets = skipped = all_records = 0
    rows: list[tuple[DatasetPlan, str | None, Compared]] = []
    for dataset in plan.datasets:
        if dataset.action == "skip":
            skipped += 1
            continue
        datasets += 1
        id_ = state.datasets.get((dataset.workspace, dataset.name))
        if id_ is None:
            differences.add("missing", "datasets", dataset.target, dataset.source)
            rows.append((dataset, None, Compared()))
            continue
        there = target.dataset(id_)
        for what in differing_members(dataset, there, settled=dataset.source in done.settled):
            differences.add("different", "datasets", f"{dataset.target}: its {what}", dataset.source)
        settings = target.settings(id_)
        changed = list(differing_settings(dataset, settings))
        for kind, what, name in changed:
            differences.add(kind, what, name, dataset.source)
        entry, mapper = entries[dataset.path], mapper_of(dataset, plan.agents, plan.options)
        names = Names(users, _swapped(target.dataset_ids(id_).questions))
        if not dataset.publish:
            rows.append((dataset, id_, Compared()))
            continue
        source = snapshot.dataset(entry)
        account = (
            FeedbackAccount(same_questions(source, settings), plan.agents, users)
            if isinstance(source, FeedbackDataset)
            else Account(Told.of(settings, users), plan.agents, plan.options)
        )
        clock = clock_of(dataset, source, snapshot.manifest.created_at) if plan.options.storage else None
        comparison = Records(dataset, names, done, differences, account, moves)
        total = sum(1 for _ in _external_ids(snapshot, entry, plan.options)) if dataset.left_out else entry.records
        all_records += total
        progress.started("verifying", dataset.source, total)
        hidden = dict.fromkeys(not_searchable(target, id_, _external_ids(snapshot, entry, plan.options)))
        expected = _expected(snapshot, entry, mapper, plan.options, clock, facts=not changed)
        if sample is None:
            records += comparison.all(expected, target.list_ahead(id_), folder, progress)
        else:
            wanted = spread(total, sample)
            chosen = (record for row, record in enumerate(expected) if row in wanted)
            records += comparison.some(chosen, total, target, id_, hidden)
        for external_id in hidden:
            differences.add("not searchable", "records", external_id, dataset.source)
        rows.append((dataset, id_, comparison.compared))
    found = differences.all()
    compared = [user for user in plan.users if user.username not in moves.deleted]
    return Verification(
        records,
        datasets,
        skipped,
        len(compared),
        found,
        left_out=len(snapshot.entries) - len(plan.datasets),
        placeholders=sum(user.source_username is None for user in compared),
        sampled=sample is not None,
        total=all_records,
        credentials=credentials,
        renamed={dataset.source: dataset.target for dataset in plan.datasets if dataset.target != dataset.source},
        reassigned=sum(moves.count(dataset.source) for dataset in plan.datasets),
        url=plan.target.url,
        rows=[Row(d.source, d.target, id_, how, sum(one.count for one in found if one.dataset == d.source)) for d, id_, how in rows],
        losses=plan.losses,
    )


def spread(total: int, sample: int) -> set[int]:
    """So many rows of a dataset, evenly spread; all where it has no more."""
    return {number * total // sample for number in range(sample)}


def _external_ids(snapshot: Snapshot, entry: DatasetEntry, options: ImportOptions) -> Iterator[str]:
    return (external_id_of(record) for record in snapshot.records(entry) if not is_left_out(record, options))


def _expected(
    snapshot: Snapshot, entry: DatasetEntry, mapper: Maps, options: ImportOptions, clock: Clock | None, *, facts: bool
) -> Iterator[Expected]:
    """Each record as the plan makes it, with the facts of its document; after an edit of the snapshot those of the typed columns count.

    Without ``facts`` where the target's own names are not those of the plan: the facts are found by these. ``clock``: where times came along.
    """
    edited = snapshot.manifest.edited_at is not None
    for row, (record, raw) in enumerate(zip(snapshot.records(entry), snapshot.documents(entry), strict=True)):
        if not is_left_out(record, options):
            mapped = mapper.map(record)[0]
            said = _facts(entry, record, None if edited else raw) if facts else None
            yield Expected(clock.timed(mapped, row) if clock else mapped, said, timed=clock is not None)


def _facts(entry: DatasetEntry, record: AnyRecord, raw: str | None) -> Facts | str | None:
    """The facts of a record of a legacy dataset, by its document where there is one; of a feedback dataset what the old server said of it."""
    if entry.task is None or not isinstance(record, Record):
        return raw
    said = None if raw is None else facts_of_document(entry.task, raw)
    return said or facts_of_record(record)


def compare_users(plan: Plan, state: TargetState, differences: Differences[Kind], deleted: Container[str] = ()) -> None:
    """Workspaces, users with their roles, and memberships; ``deleted``: accounts that were deleted as nothing was left to them."""
    for workspace in plan.workspaces:
        if workspace.name not in state.workspaces:
            differences.add("missing", "workspaces", workspace.name)
    for user in plan.users:
        there = state.users.get(user.username)
        if there is None:
            if user.username not in deleted:
                differences.add("missing", "users", user.username)
            continue
        if there.role != user.role:
            differences.add("different", "users", f"{user.username}: {there.role}, not {user.role}")
        for name in user.workspaces:
            if name not in there.workspaces:
                differences.add("missing", "memberships", f"{user.username} in {name}")


def _swapped(names: Mapping[str, str]) -> dict[str, str]:
    return {id_: name for name, id_ in names.items()}
