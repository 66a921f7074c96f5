"""What a shell offers for names: those of the snapshot, where its folder is typed already."""

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from argilla_snapshot.format.reader import Snapshot


def datasets(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Datasets that begin as what is typed: as ``workspace/name``, or else as ``name``."""
    snapshot = _snapshot(context)
    entries = snapshot.entries if snapshot else []
    return _offered((f"{entry.workspace}/{entry.name}" for entry in entries), begun) or _offered((entry.name for entry in entries), begun)


def workspaces(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Workspaces that begin as what is typed."""
    snapshot = _snapshot(context)
    return _offered((workspace.name for workspace in snapshot.workspaces()), begun) if snapshot else []


def _offered(names: Iterable[str], begun: str) -> list[str]:
    """Names as globs that mean them; without those with blanks, which Bash would take for several."""
    escaped = dict.fromkeys(map(glob.escape, names))
    return [name for name in escaped if name.startswith(begun) and len(name.split()) == 1]


def _snapshot(context: click.Context) -> "Snapshot | None":
    from argilla_snapshot.format.errors import SnapshotError
    from argilla_snapshot.format.reader import Snapshot

    typed = (context.params.get("directory"), *context.args)  # click has not looked at the latter where an option lacks its value
    folder = next((Path(directory) for directory in typed if directory and Path(directory).is_dir()), None)
    try:
        return Snapshot(folder) if folder else None
    except (SnapshotError, OSError):
        return None
