"""Which datasets of a snapshot an import takes, and where each goes. Pure."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from argilla_snapshot.format.models import DatasetEntry
from importer.errors import ImportRefusedError
from importer.options import ImportOptions
from importer.planning.naming import valid_workspace


def full_name(entry: DatasetEntry) -> str:
    """``workspace.name`` on the old server."""
    return f"{entry.workspace}.{entry.name}"


def chosen(entries: Iterable[DatasetEntry], options: ImportOptions) -> list[DatasetEntry]:
    """The datasets that the globs of the options name.

    Raises:
        ImportRefusedError: a glob matches nothing.
    """
    entries = list(entries)
    for globs, what in ((options.workspaces, "workspace"), (options.datasets, "dataset")):
        for glob in globs:
            if not any(_matches(entry, what, glob) for entry in entries):
                raise ImportRefusedError(f"--{what} {glob}: the snapshot has no such {what} with datasets.")
    return [
        entry
        for entry in entries
        if (not options.workspaces or any(_matches(entry, "workspace", glob) for glob in options.workspaces))
        and (not options.datasets or any(_matches(entry, "dataset", glob) for glob in options.datasets))
    ]


def _matches(entry: DatasetEntry, what: str, glob: str) -> bool:
    names = [entry.workspace] if what == "workspace" else [entry.name, full_name(entry)]
    return any(fnmatchcase(name, glob) for name in names)


def place_of_workspace(source: str, options: ImportOptions) -> str:
    """The name of a workspace on the target: its own, another that a person chose, or a valid one."""
    return options.workspace_map.get(source) or valid_workspace(source)


def place(entry: DatasetEntry, options: ImportOptions) -> tuple[str, str]:
    """Workspace and name of a dataset on the target."""
    return place_of_workspace(entry.workspace, options), options.rename.get(full_name(entry), entry.name + options.dataset_suffix)
