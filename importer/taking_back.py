"""What an undo deletes of what an import made, and what stays and why. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from argilla_snapshot.words import counted
from importer.journal.done import Done
from importer.plan import DatasetPlan, Plan, UserPlan
from importer.target_state import TargetState, TargetUser

Kind = Literal["dataset", "membership", "user", "workspace"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the target that an import made, or that it left as it was.

    Attributes:
        name: of a membership ``user in workspace``.
        id: of a membership ``workspace/user``, of ids.
        holds: what goes with it, in words.
        why: why it stays; "": it goes.
        made: whether the import made it.
    """

    kind: Kind
    name: str
    id: str
    holds: str = ""
    why: str = ""
    made: bool = True


@dataclass(frozen=True, slots=True)
class Touched:
    """What somebody did to a dataset after the import, or what is there that is not of it, counted.

    Attributes:
        settings: what of its settings is another.
    """

    records: int = 0
    changed: int = 0
    responses: int = 0
    suggestions: int = 0
    settings: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it stays; "" where nobody touched it."""
        said = [
            f"{counted(number, what)} {'was' if number == 1 else 'were'} {did}"
            for number, what, did in (
                (self.responses, "response", "added or changed"),
                (self.records, "record", "added"),
                (self.changed, "record", "changed"),
                (self.suggestions, "suggestion", "added or changed"),
            )
            if number
        ]
        said += [f"its {name} changed" for name in self.settings]
        return f"Since the import {', '.join(said)}." if said else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A dataset of the plan that is on the target.

    Attributes:
        place: workspace and name, as they are by now.
        ours: whether the import made it.
    """

    plan: DatasetPlan
    id: str
    place: tuple[str, str]
    ours: bool


def with_members(plan: Plan, done: Done, members: Iterable[tuple[str, str, str]]) -> tuple[Plan, Done]:
    """The same with memberships that came later from us, (username, id, workspace), as if the import had made them."""
    users = {user.username: user for user in plan.users}
    ids = dict(done.users)
    for name, id_, workspace in members:
        user = users.get(name) or UserPlan(name, name, "reuse", "", name)
        users[name] = replace(user, workspaces=[*user.workspaces, workspace])
        ids.setdefault(name, id_)
    return replace(plan, users=list(users.values())), replace(done, users=ids)


def found_datasets(plan: Plan, done: Done, state: TargetState, begun: Mapping[str, str]) -> Iterator[Found]:
    """The datasets of an import that are there still, in the order of its plan.

    Args:
        begun: dataset -> id of those that it made and had no time to note.
    """
    places = {id_: place for place, id_ in state.datasets.items()}
    for dataset in plan.datasets:
        id_ = dataset.existing_id if dataset.action == "skip" else done.datasets.get(dataset.source) or begun.get(dataset.source)
        if id_ in places:
            yield Found(dataset, id_, places[id_], dataset.action in ("create", "replace"))


def dataset_thing(found: Found, records: int, touched: Touched, waiting: Container[str]) -> Thing:
    """A dataset, which goes if the import made it and nobody touched it.

    Args:
        records: that it holds.
        waiting: names of the workspaces in which datasets wait to be whole.
    """
    thing = Thing("dataset", ".".join(found.place), found.id, counted(records, "record"))
    if not found.ours:
        return replace(thing, why="It was there before the import.", made=False)
    if found.place != (found.plan.workspace, found.plan.name) and found.place[0] not in waiting:
        return replace(thing, why=f"Somebody gave it this name; the import made it as {found.plan.target}.")
    return replace(thing, why=touched.why)


def people_things(
    plan: Plan,
    done: Done,
    state: TargetState,
    datasets: Iterable[Thing],
    answered: Mapping[str, Iterable[str]],
    changed: Container[str],
    waiting: Container[str],
) -> list[Thing]:
    """Memberships, users and workspaces that an import made: each goes that nothing needs any more.

    Args:
        datasets: those of the import, decided.
        answered: id of a dataset -> usernames of those who answered there; of all that stay.
        changed: usernames of accounts of which somebody changed something since.
        waiting: as above.
    """
    things = list(datasets)
    going = {thing.id for thing in things if not thing.why}
    left = {place: id_ for place, id_ in state.datasets.items() if id_ not in going}
    made = {*done.datasets.values(), *(thing.id for thing in things if not thing.why)}
    new = {workspace.name for workspace in plan.workspaces if workspace.action == "create"}
    needed = {workspace for (workspace, _), id_ in left.items() if id_ in made or workspace in new}
    answers: dict[str, set[tuple[str, str]]] = {}
    for place, id_ in left.items():
        for name in answered.get(id_, ()):
            answers.setdefault(name, set()).add(place)
    decided = _Decided(plan, done, state, needed, answers, changed)
    users = [thing for user in plan.users if (thing := decided.user(user))]
    gone = {thing.name for thing in users if not thing.why}
    workspaces = [thing for name, id_ in state.workspaces.items() if (thing := decided.workspace(name, id_, left, gone, waiting))]
    gone_workspaces = {thing.name for thing in workspaces if not thing.why}
    memberships = [thing for user in plan.users if user.username not in gone for thing in decided.memberships(user, gone_workspaces)]
    return [*memberships, *users, *workspaces]


@dataclass(frozen=True)
class _Decided:
    """What is decided of users, workspaces and memberships once it is known which datasets stay.

    Attributes:
        needed: workspaces in which a dataset of the import stays, and those that it made and that hold any.
        answers: username -> the datasets that stay in which that user has answered.
    """

    plan: Plan
    done: Done
    state: TargetState
    needed: set[str]
    answers: Mapping[str, set[tuple[str, str]]]
    changed: Container[str]

    def user(self, plan: UserPlan) -> Thing | None:
        """A user that the import made and that is there still."""
        there = self.state.users.get(plan.username)
        if plan.action != "create" or there is None:
            return None
        if self.done.users.get(plan.username) != there.id:
            if plan.username in self.done.users:
                return None  # somebody else of that name
            return Thing("user", plan.username, there.id, why="It is not on record whether the import made it, which ended just then.")
        return Thing("user", plan.username, there.id, there.role, self._why_user(plan, there))

    def _why_user(self, plan: UserPlan, there: TargetUser) -> str:
        """The first reason for which a user stays; "" without any."""
        name = plan.username
        elsewhere = sorted(there.workspaces - set(plan.workspaces))
        needed = sorted(there.workspaces & self.needed)
        answers = [".".join(place) for place in sorted(self.answers.get(name, ()))]
        reasons = (
            (name == self.state.me, "You are logged in as this user."),
            (there.role != plan.role, f"The role was changed from {plan.role} to {there.role}."),
            (name in self.changed, "The account was changed since the import."),
            (answers, f"There are responses of this user in {answers[0] if answers else ''}, which stays."),
            (elsewhere, f"Somebody made this user a member of {elsewhere[0] if elsewhere else ''}."),
            (needed, f"This user is a member of {needed[0] if needed else ''}, where a dataset stays."),
        )
        return next((why for holds, why in reasons if holds), "")

    def workspace(self, name: str, id_: str, left: Mapping[tuple[str, str], str], gone: set[str], waiting: Container[str]) -> Thing | None:
        """A workspace that the import made and that is there still."""
        ours = any(plan.name == name and plan.action == "create" and self.done.workspaces.get(name) == id_ for plan in self.plan.workspaces)
        if not ours and name not in waiting:
            return None
        datasets = sorted(dataset for workspace, dataset in left if workspace == name)
        members = sorted(
            user.username
            for user in self.state.users.values()
            if name in user.workspaces and user.username not in gone and not self._is_planned(user.username, name)
        )
        why = ""
        if datasets:
            more = f" and {len(datasets) - 1} more" if len(datasets) > 1 else ""
            why = f"It holds the dataset {datasets[0]}{more}."
        elif members:
            why = f"Somebody made {members[0]} a member of it."
        return Thing("workspace", name, id_, why=why)

    def _is_planned(self, username: str, workspace: str) -> bool:
        return any(user.username == username and workspace in user.workspaces for user in self.plan.users)

    def memberships(self, plan: UserPlan, gone: set[str]) -> Iterator[Thing]:
        """The memberships that the import gave to a user who stays, in workspaces that stay."""
        there = self.state.users.get(plan.username)
        if there is None or there.id != self.done.users.get(plan.username):
            return
        for name in plan.workspaces:
            if name in there.workspaces and name not in gone and name not in self.needed:
                works = any(workspace == name for workspace, _ in self.answers.get(plan.username, ()))
                why = "This user has answered there." if works else ""
                yield Thing("membership", f"{plan.username} in {name}", f"{self.state.workspaces[name]}/{there.id}", why=why)
