"""Kill -9 at every named point, then the same command again: the same snapshot, the same target, nothing lost, nothing twice."""

from pathlib import Path

import pytest

from argilla_snapshot.format.faults import EXPORT_POINTS, FILE_POINTS, IMPORT_POINTS
from tests.faults.conftest import New, Old
from tests.faults.proxy import Fault
from tests.faults.results import survived
from tests.faults.runs import KILLED

pytestmark = pytest.mark.servers
#: Tried by ``make test`` too.
FAST = {"export.page_synced:2", "export.opened", "export.named", "import.user_made", "import.question_made", "import.batch_answered:2"}
#: Records that hold this are refused, which no record of an export is by itself.
REFUSED = b'"external_id":"7"'


#: How often the points are passed at least, where it is more than once; each time is tried.
PASSED = {
    **dict.fromkeys(FILE_POINTS, 2),
    **dict.fromkeys(("export.counted", "export.scanned", "export.part_closed", "export.dataset_written", "export.dataset_noted"), 2),
    **dict.fromkeys(("export.page_written", "export.page_synced"), 5),
    **dict.fromkeys(("import.workspace_made", "import.field_made"), 3),
    **dict.fromkeys(("import.password_saved", "import.user_made", "import.member_made", "import.question_made"), 2),
    **dict.fromkeys(("import.dataset_noted", "import.dataset_posted", "import.dataset_shaped", "import.dataset_published"), 2),
    **dict.fromkeys(("import.dataset_made", "import.refused_written", "import.retried"), 2),
    **dict.fromkeys(("import.batch_answered", "import.batch_written", "import.batch_noted"), 3),
}


def cases(*points: str) -> list[object]:
    """The points, each time that they are passed, marked as slow unless they are among the fast."""
    names = [f"{name}:{time}" if time > 1 else name for name in points for time in range(1, PASSED.get(name, 1) + 1)]
    return [pytest.param(name, marks=[] if name in FAST else [pytest.mark.faults]) for name in names]


@pytest.mark.parametrize("point", cases(*(name for name in EXPORT_POINTS if name != "export.changes_read"), *FILE_POINTS))
def test_an_export_killed_anywhere_goes_on(old: Old, tmp_path: Path, point: str) -> None:
    old.proxy.now()
    assert old.export(tmp_path / "snap", kill_at=point).code == KILLED
    old.finish(tmp_path / "snap")
    survived("kills", "export", point)


def test_an_export_killed_at_each_write_in_turn_goes_on(old: Old, tmp_path: Path) -> None:
    deaths = 0
    while old.export(tmp_path / "snap", kill_at=f"file.renamed:{deaths + 1}").code == KILLED:
        deaths += 1
    assert deaths > 3
    old.compare(tmp_path / "snap")
    survived("kills in turn", "export", "file.renamed", number=deaths)


@pytest.mark.parametrize("point", cases(*IMPORT_POINTS, *FILE_POINTS))
def test_an_import_killed_anywhere_goes_on(new: New, tmp_path: Path, point: str) -> None:
    directory = new.copy(tmp_path)
    refusing = point.startswith(("import.refused", "import.retried"))
    faults = [Fault("422", "/records/bulk", body=REFUSED, times=0)] if refusing else []
    new.proxy.now(*faults)
    if point.startswith("import.retried"):
        assert new.import_(directory).code == 3
    assert new.import_(directory, kill_at=point).code == KILLED
    new.finish(directory)
    survived("kills", "import", point)
