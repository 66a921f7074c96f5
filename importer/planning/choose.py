"""Which datasets of a snapshot an import takes, and where each goes. Pure."""

from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.names import full_name, with_kind
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.options import ImportOptions
from importer.planning.naming import valid_dataset, valid_workspace
from importer.target_state import Capabilities


def chosen(snapshot: Snapshot, options: ImportOptions) -> list[DatasetEntry]:
    """The datasets of a snapshot that the options choose.

    Raises:
        ImportRefusedError: a glob matches nothing.
    """
    places = [(entry.workspace, entry.name) for entry in snapshot.entries]
    workspaces = dict.fromkeys([*(workspace.name for workspace in snapshot.workspaces()), *(workspace for workspace, _ in places)])
    wrong = options.choice.unmatched(workspaces, places, "in this snapshot")
    if wrong:
        raise ImportRefusedError(wrong)
    return [entry for entry in snapshot.entries if options.choice.takes(entry.workspace, entry.name)]


def place_of_workspace(source: str, options: ImportOptions, can: Capabilities) -> str:
    """The name of a workspace on the target: its own, another that a person chose, or a valid one."""
    return options.workspace_map.get(source) or valid_workspace(source, strict=can.strict_names)


def place(entry: DatasetEntry, options: ImportOptions, can: Capabilities) -> tuple[str, str]:
    """Workspace and name of a dataset on the target: its own, others that a person chose, or valid ones."""
    names = (with_kind(entry), f"{entry.workspace}/{entry.name}", full_name(entry))
    renamed = next((options.rename[name] for name in names if name in options.rename), None)
    name = renamed or valid_dataset(entry.name, strict=can.strict_names) + options.dataset_suffix
    return place_of_workspace(entry.workspace, options, can), name
