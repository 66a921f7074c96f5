"""What the shapes of both kinds of datasets are decided with. Pure."""

from collections.abc import Callable
from functools import cache

from argilla_snapshot.format.kinds import AnyDataset
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.planning.naming import NameSpace, Valid, valid_name
from importer.target_state import Capabilities


class AnyShaper:
    """Decides the shape of datasets.

    Args:
        can: what the target can do.
        accepts_vectors: whether the target takes vectors of so many numbers.
        options: the choices made.
        notes: takes what changes on the way.
        snapshot_id: goes into the dataset's metadata; that of a feedback dataset until all records are there.
    """

    #: What is noted of a name that changes: legacy datasets have no titles, so that the old name can be one.
    _renamed = "name_changed"

    def __init__(
        self, can: Capabilities, accepts_vectors: Callable[[int], bool], options: ImportOptions, notes: Notebook, snapshot_id: str
    ) -> None:
        self._can, self._accepts_vectors = can, cache(accepts_vectors)
        self._options, self._notes, self._snapshot_id = options, notes, snapshot_id

    def _named(self, given: list[str], what: str, source: AnyDataset, names: NameSpace, valid: Valid = valid_name) -> dict[str, str]:
        """The names on the target, by those on the old server."""
        result = names.take(given, valid)
        for name, new in result.items():
            if new != name:
                self._notes.add(self._renamed, f"{what} {name} -> {new}", source.full_name)
        return result

    def _refused(self, dimensions: int) -> str | None:
        """Why the target gets no vectors of so many numbers: the kind of the note."""
        if not self._options.vectors:
            return "vector_left_out"
        return None if self._accepts_vectors(dimensions) else "vector_too_long"
