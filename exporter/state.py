"""What a run leaves for the next one: which export this is, and how far each dataset has come.

All of it lies in ``NAME.partial/spool/`` and goes when the snapshot is whole.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argilla_snapshot.format import layout
from argilla_snapshot.format.files import to_json, write_whole
from argilla_snapshot.format.models import Kind, Loss, from_json, place_of
from argilla_snapshot.format.reader import read_json
from exporter.errors import OtherExportError
from exporter.source import Count, Listed
from exporter.spool import Spool

SPOOL = "spool"
_EXPORT = "export.json"


@dataclass(frozen=True, slots=True)
class SoFar:
    """How far a dataset has come.

    Attributes:
        workspace, name, kind: the dataset.
        was_closed: it was closed when the export first came to it.
        opened: this export opened it and has not closed it again: whoever finds this does.
        before: the server's count before the scan: when the run began, or the dataset was opened.
        after: the server's count when the scan ended; None while it has not.
        settled: nobody wrote to it during the scan, or what was written since was read in a further pass.
        repeated: how many documents the server sent twice.
        done: its records and its ``dataset.json`` are written.
        losses: what was lost on the way, once it is done.
    """

    workspace: str
    name: str
    kind: Kind = "legacy"
    was_closed: bool = False
    opened: bool = False
    before: Count | None = None
    after: Count | None = None
    settled: bool = True
    repeated: int = 0
    done: bool = False
    losses: list[Loss] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, ...]:
        """What tells datasets apart."""
        return place_of(self.workspace, self.name, self.kind)


class State:
    """The bookkeeping of an unfinished export in ``folder`` (``NAME.partial/spool``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bind(self, identity: dict[str, Any]) -> None:
        """Binds the unfinished export to where it reads from and what was chosen, or checks that it is bound so.

        Raises:
            OtherExportError: it is bound otherwise; the message says in what.
        """
        path = self.folder / _EXPORT
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, to_json(identity))
            return
        bound = read_json(path)
        differing = [
            f"{name} was {_shown(name, bound.get(name))} and now is {_shown(name, value)}"
            for name, value in identity.items()
            if bound.get(name) != value
        ]
        if differing:
            partial = self.folder.parent
            raise OtherExportError(
                f"{partial} is an unfinished export of something else: {'; '.join(differing)}. "
                "Repeat that export to finish it, choose another folder, or begin anew with --restart."
            )

    def refuse_foreign(self) -> None:
        """Makes sure that what lies in the partial folder is an export's: nothing else may be taken over, or deleted.

        Raises:
            OtherExportError: it is something else.
        """
        partial = self.folder.parent
        if partial.exists() and not (self.folder / _EXPORT).exists() and any(path != self.folder for path in partial.iterdir()):
            raise OtherExportError(f"{partial} is not an unfinished export: move it away, or choose another folder.")

    def bound_to(self) -> dict[str, Any]:
        """What the unfinished export is bound to, or nothing."""
        path = self.folder / _EXPORT
        return dict(read_json(path)) if path.exists() else {}

    def of(self, dataset: Listed) -> SoFar:
        """How far a dataset has come."""
        path = self._path(dataset, ".json")
        return _so_far(path) if path.exists() else SoFar(dataset.workspace, dataset.name, dataset.kind)

    def save(self, so_far: SoFar) -> None:
        """Writes down how far a dataset has come."""
        path = self._path(so_far, ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, to_json(so_far))

    def all(self) -> list[SoFar]:
        """How far every dataset has come that was begun."""
        return [_so_far(path) for path in sorted(self.folder.glob("*/*.json"))]

    def spool(self, dataset: Listed) -> Spool:
        """The spool of a dataset."""
        return Spool(self._path(dataset, ".pages"))

    def changes(self, dataset: Listed) -> Spool:
        """The spool of what was written to a dataset while it was read."""
        return Spool(self._path(dataset, ".changes.pages"))

    def _path(self, of: Listed | SoFar, suffix: str) -> Path:
        kind = "" if of.kind == "legacy" else f".{of.kind}"
        return self.folder / layout.file_name(of.workspace) / (layout.file_name(of.name) + kind + suffix)


def _so_far(path: Path) -> SoFar:
    data = read_json(path)
    counts = {name: from_json(Count, data[name]) if data.get(name) else None for name in ("before", "after")}
    return from_json(SoFar, {**data, **counts, "losses": [from_json(Loss, loss) for loss in data.get("losses", [])]})


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return (", ".join(value) or ("nothing" if name.startswith("--exclude") else "everything")) if isinstance(value, list) else str(value)
