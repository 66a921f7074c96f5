"""Going on with a wider choice: when a choice is wider, and that two plans together are the plan of both."""

from dataclasses import replace

import pytest

from argilla_snapshot.format.reader import Snapshot
from importer.errors import JournalError
from importer.journal.done import Done
from importer.options import ImportOptions
from importer.plan import PLACEHOLDER, Agent, Plan
from importer.planning.make import make_plan
from importer.target_state import TargetState, TargetUser
from importer.widening import is_wider, joined, paths, to_place
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers.plans import ME, Generous, Silent, planned

VERSION = "2.8.0"
NEWS, ALL = ImportOptions(datasets=("demo.news",)), ImportOptions()


def choose(*datasets: str, without: tuple[str, ...] = (), workspaces: tuple[str, ...] = ()) -> ImportOptions:
    return ImportOptions(datasets=datasets, exclude_datasets=without, workspaces=workspaces)


@pytest.mark.parametrize(
    ("before", "now", "wider"),
    [
        (NEWS, NEWS, False),
        (NEWS, ALL, True),
        (NEWS, choose("demo.*"), True),
        (NEWS, choose("demo.entities"), True),  # neither is in the other
        (NEWS, choose("news"), False),
        (choose("demo.*"), NEWS, False),
        (ALL, NEWS, False),
        (ALL, choose(without=("demo.news",)), False),
        (choose(without=("demo.news",)), ALL, True),
        (choose(without=("demo.news",)), NEWS, True),
        (choose("*"), ALL, True),  # users and workspaces without datasets
    ],
)
def test_a_choice_is_wider_that_takes_more(before: ImportOptions, now: ImportOptions, *, wider: bool) -> None:
    snapshot = Snapshot(SNAPSHOT)
    assert is_wider(snapshot, planned(snapshot, before, VERSION), now) is wider


def test_nothing_is_added_to_the_import_of_a_snapshot_that_was_edited() -> None:
    snapshot = Snapshot(SNAPSHOT)
    edited = replace(planned(snapshot, NEWS, VERSION), fingerprint="another")
    assert not is_wider(snapshot, edited, NEWS)
    with pytest.raises(JournalError, match="was edited"):
        is_wider(snapshot, edited, ALL)


def after(plan: Plan) -> TargetState:
    """What an empty server holds when a plan was carried out."""
    users = {
        user.username: TargetUser(user.username, user.username, user.role, frozenset(user.workspaces), user.last_name == PLACEHOLDER)
        for user in plan.users
    }
    workspaces = {workspace.name: workspace.name for workspace in plan.workspaces}
    datasets = {(dataset.workspace, dataset.name): dataset.target for dataset in plan.datasets}
    return TargetState("http://new", VERSION, ME, {ME: TargetUser("me", ME, "owner"), **users}, workspaces, datasets)


@pytest.mark.parametrize("version", RELEASED)
def test_one_dataset_and_then_the_rest_is_the_plan_of_all(version: str) -> None:
    snapshot = Snapshot(RELEASED[version][0])
    whole = planned(snapshot, ALL, VERSION)
    for entry in snapshot.entries:
        first = planned(snapshot, choose(f"{entry.workspace}/{entry.name}"), VERSION)
        further = make_plan(snapshot, after(first), ALL, Generous(), Silent(), brought=paths(first))
        assert not further.conflicts
        both = joined(first, further)
        assert both.options == ALL
        assert sorted(dataset.path for dataset in both.datasets) == sorted(dataset.path for dataset in whole.datasets)
        assert {agent.agent: agent for agent in both.agents} == {agent.agent: agent for agent in whole.agents}
        assert {w.name: w.action for w in both.workspaces} == {w.name: w.action for w in whole.workspaces}
        assert {u.username: (u.action, u.role, set(u.workspaces)) for u in both.users} == {
            u.username: (u.action, u.role, set(u.workspaces)) for u in whole.users
        }
        counted = {(note.kind, note.dataset): note.count for note in both.notes if note.dataset}
        assert counted == {(note.kind, note.dataset): note.count for note in whole.notes if note.dataset}


def test_users_are_placed_again_for_further_workspaces_and_where_they_are_gone() -> None:
    plan = planned(Snapshot(SNAPSHOT), ALL, VERSION)
    user, other, third = plan.users[:3]
    before = replace(plan, users=[replace(one, workspaces=["a"]) for one in (user, other, third)])
    further = replace(
        plan,
        users=[
            replace(user, action="reuse", workspaces=["b"]),
            replace(other, action="reuse", workspaces=["a"]),
            replace(third, action="create", workspaces=[]),
            replace(plan.users[0], username="new"),
        ],
    )
    assert to_place(before, further) == [user.username, third.username]
    both = {one.username: one for one in joined(before, further).users}
    assert both[user.username].workspaces == ["a", "b"]
    assert both[user.username].action == user.action == "create"  # so that an undo knows who made it
    done = Done(users={name: name for name in both}, finished=True)
    done.take({"event": "widened", "users": to_place(before, further)})
    assert done.users.keys() == {other.username, "new"}
    assert not done.finished  # or no records would be looked for


def test_the_work_of_one_annotator_never_goes_to_two_accounts() -> None:
    plan = planned(Snapshot(SNAPSHOT), ALL, VERSION)
    before = replace(plan, agents=[Agent(None, "unknown-annotator", known=False, responses=2)])
    further = replace(plan, agents=[Agent(None, "unknown-annotator-2", known=False, responses=1)])
    with pytest.raises(JournalError, match="The work of nobody known went to unknown-annotator before"):
        joined(before, further)
    assert joined(before, replace(further, agents=before.agents)).agents == [replace(before.agents[0], responses=4)]


def test_two_choices_apart_are_kept_by_the_names_of_both() -> None:
    snapshot = Snapshot(SNAPSHOT)
    first, second = planned(snapshot, NEWS, VERSION), planned(snapshot, choose("demo.entities"), VERSION)
    assert joined(first, second).options.datasets == ("demo.news", "demo.entities")
