"""Which datasets of a snapshot an import takes, and where each goes. Pure."""

from collections import Counter
from collections.abc import Iterable

from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.options import ImportOptions
from importer.planning.naming import valid_dataset, valid_workspace
from importer.target_state import Capabilities


def shown_names(entries: Iterable[DatasetEntry]) -> dict[str, str]:
    """The folder of each dataset of a snapshot -> its name for people, and in the journal; no two are the same.

    ``workspace.name``, but ``workspace/name`` where another dataset's would read alike (``a`` and ``b.c``, ``a.b`` and ``c``). Of a legacy
    and a feedback dataset of one name the latter has its kind at the end.
    """
    entries = list(entries)
    legacy = {(entry.workspace, entry.name) for entry in entries if entry.kind == "legacy"}
    namesakes = {entry.path for entry in entries if entry.kind == "feedback" and (entry.workspace, entry.name) in legacy}
    counts = Counter(full_name(entry) for entry in entries if entry.path not in namesakes)
    named = {entry.path: full_name(entry) if counts[full_name(entry)] == 1 else f"{entry.workspace}/{entry.name}" for entry in entries}
    return named | {entry.path: with_kind(entry) for entry in entries if entry.path in namesakes}


def full_name(entry: DatasetEntry) -> str:
    """``workspace.name`` on the old server."""
    return f"{entry.workspace}.{entry.name}"


def with_kind(entry: DatasetEntry) -> str:
    """``workspace.name`` with the kind: what tells a feedback dataset from a legacy one of the same name."""
    return f"{full_name(entry)}.{entry.kind}"


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
