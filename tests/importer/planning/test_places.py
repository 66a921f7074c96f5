"""Where workspaces and datasets go on the target, and what happens when there is one already."""

from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Columns, Dataset, DatasetEntry, Workspace
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from importer.notes import Notebook
from importer.options import ImportOptions, Part
from importer.plan import DatasetPlan, WorkspacePlan
from importer.planning.places import place_dataset, plan_workspaces
from importer.target_state import TargetState
from tests.helpers.snapshots import SOURCE

OLD, OTHER, TAKEN = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "123")


def state(version: str = "2.8.0", datasets: dict[tuple[str, str], str] | None = None, **workspaces: str) -> TargetState:
    return TargetState("http://new", version, "owner", {}, workspaces, datasets or {})


def samples(notes: Notebook) -> dict[str, list[str]]:
    return {one.kind: one.samples for one in notes.noted()}


# --- workspaces ---


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Workspaces ``w`` and ``v w`` with their ids, and a dataset in each."""
    writer = SnapshotWriter(tmp_path / "snap")
    writer.write_users([])
    writer.write_workspaces([Workspace("w", OLD), Workspace("v w", OTHER), Workspace("empty")])
    for workspace in ("w", "v w"):
        writer.write_dataset(Dataset(workspace, "d", "Text2Text", 0, Columns()), iter(()))
    writer.finish(SOURCE, [], "test")
    return Snapshot(tmp_path / "snap")


def workspaces(
    snapshot: Snapshot, there: TargetState, names: tuple[str, ...] = ("w", "v w"), **chosen: Any
) -> tuple[list[WorkspacePlan], dict[str, list[str]]]:
    notes, entries = Notebook(), [entry for entry in snapshot.entries if entry.workspace in names]
    return plan_workspaces(snapshot, entries, there, ImportOptions(**chosen), notes), samples(notes)


def test_workspaces_are_made_with_their_ids(snapshot: Snapshot) -> None:
    (w, changed, empty), noted = workspaces(snapshot, state())
    assert w == WorkspacePlan("w", "w", "create", OLD, OLD)
    assert (changed.source_name, changed.action, changed.id, changed.source_id) == ("v w", "create", OTHER, OTHER)
    assert changed.name.startswith("v_w-")
    assert empty == WorkspacePlan("empty", "empty", "create", None, None)
    assert noted == {"workspace_renamed": [f"v w -> {changed.name}"]}


@pytest.mark.parametrize(("version", "there"), [("2.6.0", {}), ("2.8.0", {"taken": OLD})])
def test_an_id_that_can_not_be_kept_is_noted(snapshot: Snapshot, version: str, there: dict[str, str]) -> None:
    (w, *_), noted = workspaces(snapshot, state(version, **there), ("w",), workspaces=("w",))
    assert w == WorkspacePlan("w", "w", "create", None, OLD)
    assert noted == {"id_not_kept": ["workspace w"]}


def test_a_workspace_that_is_there_is_used(snapshot: Snapshot) -> None:
    (w, *_), noted = workspaces(snapshot, state(w=TAKEN), ("w",), workspaces=("w",))
    assert (w, noted) == (WorkspacePlan("w", "w", "reuse", TAKEN, OLD), {})


def test_two_become_one_where_the_map_says_so(snapshot: Snapshot) -> None:
    (w, merged, _), noted = workspaces(snapshot, state(), workspace_map={"v w": "w"})
    assert w == WorkspacePlan("w", "w", "create", OLD, OLD)
    assert merged == WorkspacePlan("w", "v w", "reuse", OLD, OTHER)
    assert noted == {"workspace_renamed": ["v w -> w"], "id_not_kept": ["workspace w"]}


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["w", "v w", "empty"]),
        ({"workspaces": ("v*",)}, ["v w"]),
        ({"datasets": ("w/d",)}, ["w"]),
        ({"exclude_workspaces": ("w",)}, ["v w", "empty"]),
    ],
)
def test_with_a_choice_of_datasets_only_their_workspaces_are_made(snapshot: Snapshot, chosen: dict[str, Any], names: list[str]) -> None:
    plans, _ = workspaces(snapshot, state(), tuple(names), **chosen)
    assert [plan.source_name for plan in plans] == names


def test_a_map_may_name_a_workspace_that_is_there_whatever_it_is_called(snapshot: Snapshot) -> None:
    (w, *_), _ = workspaces(snapshot, state(**{"Team Two": TAKEN}), ("w",), workspaces=("w",), workspace_map={"w": "Team Two"})
    assert w == WorkspacePlan("Team Two", "w", "reuse", TAKEN, OLD)


# --- datasets ---

ENTRY = DatasetEntry("w", "d", "Text2Text", 5, "datasets/w/d")
THERE = {("w", "d"): "there"}


def placed(there: TargetState, **chosen: Any) -> tuple[DatasetPlan, dict[str, list[str]], list[str]]:
    notes, conflicts = Notebook(), list[str]()
    plan = place_dataset(ENTRY, "shown", there, ImportOptions(**chosen), notes, conflicts)
    assert {one.dataset for one in notes.noted()} <= {"shown", None}
    return plan, samples(notes), conflicts


@pytest.mark.parametrize("on_conflict", ["fail", "skip", "replace"])
@pytest.mark.parametrize("datasets", [{}, {("w", "other"): "1", ("v", "d"): "2"}])
def test_a_dataset_is_made_where_none_has_its_name(on_conflict: Any, datasets: Any) -> None:
    plan, noted, conflicts = placed(state(datasets=datasets), on_conflict=on_conflict)
    assert plan == DatasetPlan("shown", "datasets/w/d", "w", "d", "Text2Text", 5, "create")
    assert (noted, conflicts) == ({}, [])


@pytest.mark.parametrize(("on_conflict", "noted"), [("skip", {"dataset_skipped": ["w.d"]}), ("replace", {})])
def test_one_that_is_there_is_skipped_or_replaced_as_asked(on_conflict: Any, noted: Any) -> None:
    plan, found, conflicts = placed(state(datasets=THERE), on_conflict=on_conflict)
    assert plan == DatasetPlan("shown", "datasets/w/d", "w", "d", "Text2Text", 5, on_conflict, "there")
    assert (found, conflicts) == (noted, [])


def test_unasked_it_is_a_conflict_that_says_what_to_do() -> None:
    plan, noted, (conflict,) = placed(state(datasets=THERE))
    assert (plan.action, plan.existing_id, noted) == ("create", "there", {})
    assert conflict.startswith("The target already has a dataset 'd' in workspace 'w' (--on-conflict skip or replace, --rename,")
    assert conflict.endswith("--exclude-dataset w.d).")


@pytest.mark.parametrize(("number", "action", "conflicts"), [(1, "create", 1), (2, "join", 0), (3, "join", 0)])
def test_a_later_part_joins_what_the_first_one_made(number: int, action: str, conflicts: int) -> None:
    plan, _, found = placed(state(datasets=THERE), part=Part(number, 3))
    assert (plan.action, plan.existing_id, len(found)) == (action, "there", conflicts)


@pytest.mark.parametrize(
    ("chosen", "place"),
    [
        ({"rename": {"w.d": "e"}}, ("w", "e")),
        ({"rename": {"w/d": "e"}, "dataset_suffix": "-old"}, ("w", "e")),
        ({"rename": {"w.d.legacy": "e", "w.d": "f"}}, ("w", "e")),
        ({"dataset_suffix": "-old"}, ("w", "d-old")),
        ({"workspace_map": {"w": "v"}}, ("v", "d")),
    ],
)
def test_a_dataset_goes_where_a_person_says(chosen: dict[str, Any], place: tuple[str, str]) -> None:
    plan, noted, _ = placed(state(datasets=THERE | {place: "new"}), on_conflict="replace", **chosen)
    assert (plan.workspace, plan.name, plan.existing_id) == (*place, "new")
    assert noted == ({"dataset_renamed": [f"shown -> {'.'.join(place)}"]} if place[1] != "d" else {})
