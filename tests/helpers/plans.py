"""Plans for a server that is empty but for its owner."""

from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions
from importer.plan import Plan
from importer.planning.make import make_plan
from importer.target_state import TargetState, TargetUser

ME = "owner"


class Silent:
    """Progress that nobody watches."""

    def expected(self, step: str, records: int, done: int = 0) -> None: ...
    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None: ...
    def advanced(self, records: int) -> None: ...
    def message(self, text: str) -> None: ...


class Generous:
    """A target that takes any question, and vectors of up to 1,024 numbers."""

    def accepts_options(self, type_: str, count: int) -> bool:
        return bool(type_) and count > 0

    def accepts_vectors(self, dimensions: int) -> bool:
        return dimensions <= 1024


def planned(snapshot: Snapshot, options: ImportOptions, version: str) -> Plan:
    """The plan for an empty server."""
    state = TargetState("http://new", version, ME, {ME: TargetUser("me", ME, "owner")}, {}, {})
    return make_plan(snapshot, state, options, Generous(), Silent())
