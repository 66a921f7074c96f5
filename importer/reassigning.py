"""Giving responses that an import wrote to other users of the target: each is stored for the new user, read back, and then deleted."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.format.limits import blocks
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from importer.errors import ImportRefusedError
from importer.gifts import LEFT, Fate, Gift, Given, fate, refuse_wrong, wanted
from importer.journal import journal as journals
from importer.journal.done import Done
from importer.journal.moves import Moves, MovesFile, read_moves
from importer.journal.parts import begun, on_record_at_all, refuse_unfinished
from importer.mapping.kinds import is_left_out, mapper_of
from importer.on_record import address
from importer.plan import DatasetPlan, Plan
from importer.reporting.writing import write_report
from importer.run import open_whole
from importer.target_state import TargetState
from importer.targets.http.batching import Batch, Item
from importer.targets.http.existing import responses_of
from importer.targets.http.finding import SEARCH_VALUES, Finder
from importer.targets.http.sending import Sender
from importer.targets.http.target import Target

#: A record of the snapshot, and those of its responses that are to be given.
Meant = tuple[AnyRecord, list[Given]]
#: As many examples of responses that were left are kept, of each fate.
_SAMPLES = 5


@dataclass(slots=True)
class Row:
    """What becomes of the responses of one account in one dataset.

    Attributes:
        workspace, dataset: names on the target.
        before: how many earlier runs gave to this user.
        fates: how many responses of each fate.
        statuses: fate -> how many responses of each status.
        samples: fate -> external ids of some that are left as they are.
        refused: what the server said of responses that it refused.
    """

    old: str
    new: str
    workspace: str
    dataset: str
    before: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    statuses: dict[Fate, Counter[str]] = field(default_factory=dict)
    samples: dict[Fate, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def add(self, given: Given, what: Fate) -> None:
        """Counts a response."""
        self.fates[what] += 1
        self.statuses.setdefault(what, Counter())[given.response.status] += 1
        if what in LEFT and len(samples := self.samples.setdefault(what, [])) < _SAMPLES:
            samples.append(given.external_id)

    @property
    def to_give(self) -> int:
        """How many responses there are to give, or were half given."""
        return self.fates["give"] + self.fates["stored"]

    @property
    def left(self) -> int:
        """How many stay as they are, for the new user answered that record too, or somebody changed them since."""
        return sum(self.fates[what] for what in LEFT) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Reassignment:
    """What a reassignment is to do, or did.

    Attributes:
        rows: account by account and dataset by dataset, where there are responses.
        members: (user, workspace): who becomes a member, to see the dataset.
        deleted: placeholders that are left without responses, and deleted.
        unlike: how many responses were not found to be as they were given, when all was read back.
    """

    url: str
    rows: list[Row]
    members: list[tuple[str, str]]
    deleted: list[str]
    unlike: int = 0

    @property
    def to_give(self) -> int:
        """How many responses there are to give."""
        return sum(row.to_give for row in self.rows)

    @property
    def given(self) -> int:
        """How many were given, and found when all was read back."""
        return sum(row.fates["given"] for row in self.rows)

    @property
    def left(self) -> int:
        """How many stay as they are."""
        return sum(row.left for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The same for programs."""
        totals = {"to_give": self.to_give, "given": self.given, "left": self.left, "unlike": self.unlike}
        return {"url": self.url, **totals, "rows": self.rows, "members": self.members, "deleted": self.deleted}


def reassign(
    directory: Path,
    api: Api,
    gifts: list[Gift],
    progress: Progress,
    *,
    dry_run: bool = False,
    delete_empty: bool = False,
    confirm: Callable[[Reassignment], bool],
) -> Reassignment:
    """Gives responses to other users; run again after trouble it goes on.

    Args:
        dry_run: only look what it would do.
        delete_empty: delete placeholders that this import made and that are left without responses.
        confirm: is shown what would be done; when it says no, nothing is.

    Raises:
        ImportRefusedError: nothing is on record, a name is wrong, an import is under way, or the person said no.
        UnfinishedError: the import is not finished.
    """
    snapshot = open_whole(directory)
    target = Target(api)
    url = address(snapshot, target, progress)
    folder = on_record_at_all(snapshot, url)[2][0]
    with journals.lock(folder):
        plan, done = begun(snapshot, url)
        refuse_unfinished(plan, done)
        giving = Giving(snapshot, target, plan, done, read_moves([folder]), MovesFile(folder), gifts, target.state(), progress)
        refuse_wrong(gifts, plan, giving.before, giving.state.users)
        found = giving.looked(delete_empty=delete_empty)
        if dry_run:
            return found
        if (found.to_give or found.deleted) and not confirm(found):
            raise ImportRefusedError("Nothing was written.")
        done_as = giving.done_as(found)
        write_report(snapshot, progress, url=plan.target.url)
        return done_as


@dataclass(frozen=True)
class Giving:
    """One reassignment.

    Attributes:
        before: what was given before it.
        file: the same and more, as it goes on.
    """

    snapshot: Snapshot
    target: Target
    plan: Plan
    done: Done
    before: Moves
    file: MovesFile
    gifts: list[Gift]
    state: TargetState
    progress: Progress

    def looked(self, *, delete_empty: bool) -> Reassignment:
        """What there is to do; nothing is written."""
        rows = self._rows("looking")
        members = [(row.new, row.workspace) for row in rows if row.to_give and self._lacks(row.new, row.workspace)]
        deleted = [name for name in self._placeholders() if self._responses(name) == sum(row.to_give for row in rows if row.old == name)]
        return Reassignment(self.target.api.url, rows, list(dict.fromkeys(members)), deleted if delete_empty else [])

    def done_as(self, found: Reassignment) -> Reassignment:
        """Does it, and looks once more at all that was given."""
        for user, workspace in found.members:
            id_ = self.state.users[user].id
            self.file.note("member", name=user, id=id_, workspace=workspace)
            self.target.add_member(self.state.workspaces[workspace], id_)
        wrote = self._rows("giving")
        point("reassign.given")
        rows, unlike = self._rows("comparing"), 0
        for did, is_now in zip(wrote, rows, strict=True):
            is_now.refused = did.refused
            unlike += sum((did.statuses.get("given", Counter()) - is_now.statuses.get("given", Counter())).values())
        deleted = [name for name in found.deleted if not unlike and not self._responses(name)]
        for name in deleted:
            self.file.note("deleted", name=name)  # before, or `verify` would miss an account that went and was not noted
            self.target.delete("users", self.state.users[name].id)
            point("reassign.user_deleted")
        return Reassignment(found.url, rows, found.members, deleted, unlike)

    def _lacks(self, user: str, workspace: str) -> bool:
        there = self.state.users[user]
        return there.role != "owner" and workspace not in there.workspaces

    def _placeholders(self) -> list[str]:
        """Those among the old accounts that this import made."""
        made = {user.username for user in self.plan.users if user.source_username is None and user.action == "create"}
        olds = dict.fromkeys(gift.old for gift in self.gifts)
        return [
            name for name in olds if name in made and name in self.state.users and self.state.users[name].id == self.done.users.get(name)
        ]

    def _responses(self, username: str) -> int:
        """How many responses an account has on the target, anywhere."""
        return sum(sum(responses_of(self.target, id_).get(username, {}).values()) for id_ in self.state.datasets.values())

    # --- the responses ---

    def _rows(self, step: Literal["looking", "giving", "comparing"]) -> list[Row]:
        """Looks at all responses that are meant, and where the step is to give them does that."""
        rows: list[Row] = []
        places = {id_: place for place, id_ in self.state.datasets.items()}
        for dataset in self.plan.datasets:
            id_ = self.done.datasets.get(dataset.source, "")
            if dataset.action != "skip" and id_ in places:
                workspace, name = places[id_]
                of = {gift: Row(gift.old, gift.new, workspace, f"{workspace}.{name}") for gift in self.gifts}
                for gift, row in of.items():
                    row.before = self.before.count(dataset.source, gift.new)
                self.progress.started(step, dataset.source, dataset.records)
                finder = Finder(self.target, id_)
                for block in blocks(self._meant(dataset), _size, SEARCH_VALUES):
                    self._block(dataset, id_, block, finder, of, write=step == "giving")
                rows += of.values()
        return rows

    def _meant(self, dataset: DatasetPlan) -> Iterator[Meant]:
        """The records of a dataset that have responses which are meant, with these."""
        mapper = mapper_of(dataset, self.plan.agents, self.plan.options)
        entry = next(entry for entry in self.snapshot.entries if entry.path == dataset.path)
        for record in self.snapshot.records(entry):
            self.progress.advanced(1)
            if not is_left_out(record, self.plan.options):
                given = list(wanted(record, mapper.map(record)[0], dataset, self.plan, self.before, self.gifts))
                if given:
                    yield record, given

    def _block(self, dataset: DatasetPlan, id_: str, block: list[Meant], finder: Finder, rows: Mapping[Gift, Row], *, write: bool) -> None:
        fates = self._fates(dataset, block, finder, anew=False)
        if write:
            giving = [given for given, what in fates if what == "give"]
            self._note("giving", dataset, giving)
            point("reassign.noted")
            for external_id, words in self._store(dataset, id_, block, giving).items():
                for given in giving:
                    if given.external_id == external_id:
                        rows[given.gift].refused.append(f"{external_id}: {words}")
            point("reassign.stored")
            fates = self._fates(dataset, block, finder, anew=True, delete=True)
            self._note("given", dataset, [given for given, what in fates if what == "given"])
            fates = [(given, what) for given, what in fates if what != "give"]  # those were refused
        for given, what in fates:
            rows[given.gift].add(given, what)

    def _fates(
        self, dataset: DatasetPlan, block: list[Meant], finder: Finder, *, anew: bool, delete: bool = False
    ) -> list[tuple[Given, Fate]]:
        """What becomes of each response, by a look at the target; with ``delete`` the old ones go of those that were stored."""
        names = {user.id: user.username for user in self.state.users.values()}
        found = finder.find([of[0].external_id for _, of in block], ("responses",), anew=anew)
        fates: list[tuple[Given, Fate]] = []
        for _, of in block:
            record = found.get(of[0].external_id) or {}
            responses = {names.get(str(r["user_id"]), ""): r for r in record.get("responses") or ()}
            getting = set[str]()
            for given in of:
                begun_ = self.file.moves.was_begun(dataset.source, given.external_id, given.account, given.gift.new)
                what = fate(given, responses, begun=begun_)
                if what == "give" and given.gift.new in getting:
                    what = "conflict"
                if what == "give":
                    getting.add(given.gift.new)
                if what == "stored" and delete:
                    self.target.delete("responses", responses[given.gift.old]["id"])
                    point("reassign.deleted")
                    what = "given"
                fates.append((given, what))
        return fates

    def _note(self, event: str, dataset: DatasetPlan, givens: list[Given]) -> None:
        for new in dict.fromkeys(given.gift.new for given in givens):
            responses = [[given.external_id, given.account] for given in givens if given.gift.new == new]
            self.file.note(event, dataset=dataset.source, to=new, responses=responses)

    def _store(self, dataset: DatasetPlan, id_: str, block: list[Meant], giving: list[Given]) -> dict[str, str]:
        """Stores responses for their new users; returns the external ids of the records of which the server refused some, and its words."""
        records = {of[0].external_id: record for record, of in block}
        items: list[Item[bytes]] = []
        for external_id, record in records.items():
            responses = [self._wire(given) for given in giving if given.external_id == external_id]
            if responses:
                items.append((record, to_json({"external_id": external_id, "responses": responses})))
        answered = Sender(self.target, id_, dataset.source)(Batch((0, 0), items))
        words = {entry["id"]: str(entry["error"]) for entry in answered.refused}
        return {external_id: words[record.id] for external_id, record in records.items() if record.id in words}

    def _wire(self, given: Given) -> dict[str, Any]:
        values = {name: {"value": value} for name, value in given.response.values.items()}
        return {"user_id": self.state.users[given.gift.new].id, "status": given.response.status, "values": values}


def _size(meant: Meant) -> int:
    """Bytes of the responses that are meant of a record, as JSON."""
    return sum(len(to_json(given.response.values)) for given in meant[1])
