"""What an undo deletes and what stays: an import of two datasets, of which nobody touched anything, goes whole; each thing that somebody did keeps what needs it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from importer.journal.done import Done
from importer.options import ImportOptions
from importer.plan import PLACEHOLDER, DatasetPlan, Plan, TargetInfo, UserPlan, WorkspacePlan
from importer.taking_back import Thing, Touched, dataset_thing, found_datasets, people_things, with_members
from importer.target_state import TargetState, TargetUser

WAITING = "loading-demo-12345678"


def a_dataset(name: str, **members: Any) -> DatasetPlan:
    return DatasetPlan(f"old.{name}", f"datasets/old/{name}", "demo", name, "TextClassification", 10, **{"action": "create", **members})


def a_plan() -> Plan:
    users = [
        UserPlan("ana", "ana", "create", "annotator", "Ana", workspaces=["demo", "there"]),
        UserPlan("ben", "ben", "create", "admin", "Ben", workspaces=["demo"]),
        UserPlan("old", "old", "reuse", "annotator", "Old", workspaces=["demo", "there"]),
        UserPlan("gone", None, "create", "annotator", "gone", PLACEHOLDER),
    ]
    workspaces = [WorkspacePlan("demo", "old", "create"), WorkspacePlan("there", "there", "reuse")]
    datasets = [a_dataset("news"), a_dataset("topics"), a_dataset("kept", action="skip", existing_id="id of kept")]
    return Plan("12345678", "f", TargetInfo("http://new", "2.8.0", "me"), ImportOptions(), workspaces, users, [], datasets, [], [])


@dataclass
class World:
    """The target after the import, and what somebody did since."""

    plan: Plan = field(default_factory=a_plan)
    done: Done = field(
        default_factory=lambda: Done(
            workspaces={"demo": "id of demo", "there": "id of there"},
            users={name: f"id of {name}" for name in ("ana", "ben", "old", "gone")},
            datasets={"old.news": "id of news", "old.topics": "id of topics"},
        )
    )
    me: str = "me"
    users: dict[str, TargetUser] = field(
        default_factory=lambda: {
            name: TargetUser(f"id of {name}", name, role, frozenset(workspaces))
            for name, role, workspaces in (
                ("me", "owner", ()),
                ("ana", "annotator", ("demo", "there")),
                ("ben", "admin", ("demo",)),
                ("old", "annotator", ("demo", "there")),
                ("gone", "annotator", ()),
            )
        }
    )
    workspaces: dict[str, str] = field(default_factory=lambda: {name: f"id of {name}" for name in ("demo", "there")})
    datasets: dict[tuple[str, str], str] = field(
        default_factory=lambda: {("demo", name): f"id of {name}" for name in ("news", "topics")} | {("there", "kept"): "id of kept"}
    )
    touched: dict[str, Touched] = field(default_factory=dict)
    answered: dict[str, list[str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    begun: dict[str, str] = field(default_factory=dict)
    members: list[tuple[str, str, str]] = field(default_factory=list)

    def join(self, user: str, workspace: str) -> None:
        there = self.users[user]
        self.users[user] = replace(there, workspaces=there.workspaces | {workspace})

    def decided(self) -> list[Thing]:
        state = TargetState("http://new", "2.8.0", self.me, self.users, self.workspaces, self.datasets)
        datasets = [
            dataset_thing(found, 10, self.touched.get(found.id, Touched()), {WAITING})
            for found in found_datasets(self.plan, self.done, state, self.begun)
        ]
        plan, done = with_members(self.plan, self.done, self.members)
        return [*datasets, *people_things(plan, done, state, datasets, self.answered, self.changed, {WAITING})]

    def stays(self) -> dict[str, str]:
        return {thing.name: thing.why for thing in self.decided() if thing.why and thing.made}

    def goes(self) -> set[str]:
        return {thing.name for thing in self.decided() if not thing.why}


ALL = {"demo.news", "demo.topics", "ana", "ben", "gone", "demo", "old in there"}


def test_an_import_that_nobody_touched_goes_whole_and_what_was_there_before_stays() -> None:
    world = World()
    assert world.stays() == {}
    assert world.goes() == ALL
    assert {thing.name: (thing.why, thing.made) for thing in world.decided() if thing.why} == {
        "there.kept": ("It was there before the import.", False)
    }
    kinds = [thing.kind for thing in world.decided()]
    assert kinds == sorted(kinds, key=["dataset", "membership", "user", "workspace"].index)  # the order in which they can be deleted


def answer_in_news(world: World) -> None:
    """ana answered in a dataset of the import; she needs her account, ben his place, and all of them the workspace."""
    world.touched["id of news"] = Touched(responses=2)
    world.answered["id of news"] = ["ana", "gone"]


def answer_elsewhere(world: World) -> None:
    world.answered["id of kept"] = ["ana", "old"]


def new_dataset(world: World) -> None:
    world.datasets["demo", "theirs"] = "id of theirs"


def rename(world: World) -> None:
    del world.datasets["demo", "topics"]
    world.datasets["demo", "renamed"] = "id of topics"


def become_somebody_else(world: World) -> None:
    world.users["ana"] = replace(world.users["ana"], id="another")


def new_member(world: World) -> None:
    world.users["eve"] = TargetUser("id of eve", "eve", "annotator", frozenset({"demo"}))


def made_again(world: World) -> None:
    """Somebody deleted the workspace and made one of its name."""
    world.workspaces["demo"] = "another"


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (
            answer_in_news,
            {
                "demo.news": "Since the import 2 responses were added or changed.",
                "ana": "There are responses of this user in demo.news, which stays.",
                "ben": "This user is a member of demo, where a dataset stays.",
                "gone": "There are responses of this user in demo.news, which stays.",
                "demo": "It holds the dataset news.",
            },
        ),
        (
            answer_elsewhere,
            {"ana": "There are responses of this user in there.kept, which stays.", "old in there": "This user has answered there."}
            | {"ana in there": "This user has answered there."},
        ),
        (
            new_dataset,
            {
                "ana": "This user is a member of demo, where a dataset stays.",
                "ben": "This user is a member of demo, where a dataset stays.",
                "demo": "It holds the dataset theirs.",
            },
        ),
        (
            rename,
            {
                "demo.renamed": "Somebody gave it this name; the import made it as demo.topics.",
                "ana": "This user is a member of demo, where a dataset stays.",
                "ben": "This user is a member of demo, where a dataset stays.",
                "demo": "It holds the dataset renamed.",
            },
        ),
        (lambda world: world.join("gone", "there"), {"gone": "Somebody made this user a member of there."}),
        (new_member, {"demo": "Somebody made eve a member of it."}),
        (
            lambda world: world.users.update(ben=replace(world.users["ben"], role="owner")),
            {"ben": "The role was changed from admin to owner."},
        ),
        (lambda world: world.changed.add("ben"), {"ben": "The account was changed since the import."}),
        (lambda world: setattr(world, "me", "ben"), {"ben": "You are logged in as this user."}),
        (
            lambda world: world.done.users.pop("ben"),
            {"ben": "It is not on record whether the import made it, which ended just then."},
        ),
    ],
)
def test_what_somebody_did_keeps_what_needs_it_and_nothing_else(do: Callable[[World], object], why: dict[str, str]) -> None:
    world = World()
    do(world)
    assert world.stays() == why
    assert world.goes() >= ALL - why.keys() - {"demo.topics"}


@pytest.mark.parametrize("do", [become_somebody_else, made_again])
def test_what_only_has_the_name_of_ours_is_not_spoken_of(do: Callable[[World], object]) -> None:
    world = World()
    do(world)
    lacking = "ana" if do is become_somebody_else else "demo"
    assert lacking not in {thing.name for thing in world.decided()}


def test_a_dataset_that_the_import_replaced_goes_and_one_that_it_was_about_to_replace_stays() -> None:
    world = World()
    world.plan.datasets[0] = a_dataset("news", action="replace", existing_id="id of before")
    assert "demo.news" in world.goes()
    del world.done.datasets["old.news"]
    world.datasets["demo", "news"] = "id of before"
    assert "demo.news" not in {thing.name for thing in world.decided()}


def test_a_dataset_that_was_made_and_not_noted_goes_where_it_is_known_to_be_ours() -> None:
    world = World()
    del world.done.datasets["old.news"]
    assert "demo.news" not in world.goes()
    world.begun["old.news"] = "id of news"
    assert world.goes() == ALL


def test_a_dataset_that_waits_to_be_whole_goes_with_the_place_where_it_waits() -> None:
    world = World()
    del world.datasets["demo", "news"]
    world.datasets[WAITING, "news"] = "id of news"
    world.workspaces[WAITING] = "id of waiting"
    assert world.goes() == ALL - {"demo.news"} | {f"{WAITING}.news", WAITING}
    world.datasets[WAITING, "other"] = "id of another snapshot's"
    assert world.stays() == {WAITING: "It holds the dataset other."}


@pytest.mark.parametrize(
    ("touched", "why"),
    [
        (Touched(), ""),
        (Touched(records=1), "Since the import 1 record was added."),
        (Touched(changed=2), "Since the import 2 records were changed."),
        (Touched(suggestions=1), "Since the import 1 suggestion was added or changed."),
        (Touched(settings=("guidelines",)), "Since the import its guidelines changed."),
        (
            Touched(responses=1_000, settings=("questions label",)),
            "Since the import 1,000 responses were added or changed, its questions label changed.",
        ),
    ],
)
def test_whatever_was_touched_is_a_reason(touched: Touched, why: str) -> None:
    assert touched.why == why


def test_memberships_that_reassign_gave_go_as_those_of_the_import() -> None:
    world = World()
    world.users["eve"] = TargetUser("id of eve", "eve", "annotator", frozenset({"demo", "there"}))
    world.join("gone", "demo")
    assert world.stays() == {"gone": "Somebody made this user a member of demo.", "demo": "Somebody made eve a member of it."}
    world.members += [("eve", "id of eve", "demo"), ("gone", "id of gone", "demo")]
    assert world.goes() == ALL  # eve, who was there, stays, and so does the membership that somebody else gave her
    world.members += [("eve", "id of eve", "there")]
    assert world.goes() == ALL | {"eve in there"}
    world.answered["id of kept"] = ["eve"]
    assert world.stays() == {"eve in there": "This user has answered there."}
