"""Moves and keeps what an Argilla server holds: from a server into a snapshot, a folder, and from there onto an Argilla 2.x server.

The public Python API is what ``__all__`` names; ``import argilla_snapshot as snap``. Each name loads its room when it is first used:

- ``snap.open(DIR)``: a snapshot folder, opened for reading: a mapping ``workspace.dataset`` -> dataset (``OpenSnapshot``, ``SnapshotDataset``).
- ``snap.export``: a server into a snapshot.
- ``snap.plan``: what an import would do.
- ``snap.import_snapshot``: a snapshot onto an Argilla 2.x server.
- ``snap.verify``: that server against the snapshot.
- ``snap.undo``: the import taken back.
- ``snap.reassign``: responses given to other users afterwards.
- ``snap.Event``: what the callbacks for progress are told.

Every error that is raised on purpose is a ``click.ClickException`` with ``message``, one line for people, and ``exit_code``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argilla_snapshot.library.moving import export, import_snapshot, plan, reassign, undo, verify
    from argilla_snapshot.library.opened import OpenSnapshot, SnapshotDataset
    from argilla_snapshot.library.opened import open_snapshot as open  # noqa: A004
    from argilla_snapshot.library.progress import Event

__all__ = ["Event", "OpenSnapshot", "SnapshotDataset", "export", "import_snapshot", "open", "plan", "reassign", "undo", "verify"]

_ROOMS = {
    "Event": ("progress", "Event"),
    "OpenSnapshot": ("opened", "OpenSnapshot"),
    "SnapshotDataset": ("opened", "SnapshotDataset"),
    "export": ("moving", "export"),
    "import_snapshot": ("moving", "import_snapshot"),
    "open": ("opened", "open_snapshot"),
    "plan": ("moving", "plan"),
    "reassign": ("moving", "reassign"),
    "undo": ("moving", "undo"),
    "verify": ("moving", "verify"),
}


def __getattr__(name: str) -> Any:
    """Loads the room that a name is of."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, member = _ROOMS[name]
    return getattr(import_module(f"{__name__}.library.{room}"), member)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
