"""Workspaces on the target, and the place of each dataset there: made, reused, skipped, replaced or joined. Pure."""

from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import DatasetAction, DatasetPlan, WorkspacePlan
from importer.planning.choose import place, place_of_workspace
from importer.planning.naming import valid_workspace
from importer.target_state import TargetState


def plan_workspaces(
    snapshot: Snapshot, entries: list[DatasetEntry], state: TargetState, options: ImportOptions, notes: Notebook
) -> list[WorkspacePlan]:
    """Every workspace of the snapshot, or with a choice of datasets those of the chosen ones."""
    listed = {workspace.name: workspace.id for workspace in snapshot.workspaces()}
    wanted = dict.fromkeys([*listed, *(e.workspace for e in entries)])
    if options.choice.narrow:
        wanted = dict.fromkeys(e.workspace for e in entries)
    wanted = {name: None for name in wanted if options.choice.takes_workspace(name)}
    plans: list[WorkspacePlan] = []
    for source in wanted:
        name = place_of_workspace(source, options, state.capabilities)
        if name not in state.workspaces and name != valid_workspace(name, strict=False):
            raise ImportRefusedError(
                f"--workspace-map: the workspace can't be called {name!r}, or Argilla's own SDK finds no workspace on that server any more: "
                "use letters, digits, - and _."
            )
        source_id = listed.get(source)
        if name != source:
            notes.add("workspace_renamed", f"{source} -> {name}")
        if name in state.workspaces:
            plans.append(WorkspacePlan(name, source, "reuse", state.workspaces[name], source_id))
            continue
        merged = next((plan for plan in plans if plan.name == name), None)
        id_ = merged.id if merged else state.free_id(source_id, state.workspaces.values())
        if source_id and id_ != source_id:
            notes.add("id_not_kept", f"workspace {name}")
        plans.append(WorkspacePlan(name, source, "reuse" if merged else "create", id_, source_id))
    return plans


def place_dataset(
    entry: DatasetEntry, source: str, state: TargetState, options: ImportOptions, notes: Notebook, conflicts: list[str]
) -> DatasetPlan:
    """Where a dataset goes, and what happens when there is one; its shape comes later. ``source``: see ``format.names.shown_names``."""
    workspace, name = place(entry, options, state.capabilities)
    if name != entry.name:
        notes.add("dataset_renamed", f"{source} -> {workspace}.{name}")
    existing = state.datasets.get((workspace, name))
    action: DatasetAction = "create"
    if options.part.number > 1:
        action = "join"
    elif existing is not None and options.on_conflict == "fail":
        conflicts.append(
            f"The target already has a dataset {name!r} in workspace {workspace!r} (--on-conflict skip or replace, --rename, or leave it out with --exclude-dataset {entry.workspace}.{entry.name})."
        )
    elif existing is not None and options.on_conflict != "fail":
        action = options.on_conflict
    if action == "skip":
        notes.add("dataset_skipped", f"{workspace}.{name}", source)
    return DatasetPlan(source, entry.path, workspace, name, entry.task, entry.records, action, existing, kind=entry.kind)
