"""Moves and keeps what an Argilla server holds: from a server into a snapshot, a folder, and from there onto an Argilla 2.x server.

The public Python API is what ``__all__`` names. Each name is that of a room, which is loaded when the name is first used:

- ``open``: a snapshot folder, opened for reading (``format.reader.Snapshot``).
- ``export``: a server into a snapshot (``exporter.run.export``).
- ``plan``: what an import would do (``importer.run.plan_import``).
- ``import_snapshot``: a snapshot onto an Argilla 2.x server (``importer.run.import_snapshot``).
- ``verify``: that server against the snapshot (``importer.run.verify_import``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argilla_snapshot.format.reader import Snapshot as open  # noqa: A004, N813 - it opens one
    from exporter.run import export
    from importer.run import import_snapshot
    from importer.run import plan_import as plan
    from importer.run import verify_import as verify

__all__ = ["export", "import_snapshot", "open", "plan", "verify"]

_ROOMS = {
    "open": ("argilla_snapshot.format.reader", "Snapshot"),
    "export": ("exporter.run", "export"),
    "plan": ("importer.run", "plan_import"),
    "import_snapshot": ("importer.run", "import_snapshot"),
    "verify": ("importer.run", "verify_import"),
}


def __getattr__(name: str) -> Any:
    """Loads the room that a name is of."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, member = _ROOMS[name]
    return getattr(import_module(room), member)
