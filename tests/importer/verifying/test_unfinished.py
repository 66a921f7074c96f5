"""What is not finished is not compared: it would differ, and nothing is wrong with it."""

import shutil
from pathlib import Path

import pytest

from argilla_snapshot.cli.tables import show_verification
from argilla_snapshot.format.reader import Snapshot
from importer.errors import UnfinishedError
from importer.journal.done import Done
from importer.journal.parts import refuse_unfinished
from importer.options import ImportOptions, Part
from importer.verifying.verify import Verification
from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run, succeed
from tests.helpers.plans import planned


@pytest.mark.parametrize(
    ("part", "rows", "says"),
    [
        (Part(1, 1), {}, "The import is not finished (0 of 83 records), so nothing was compared."),
        (Part(1, 1), {"demo.news": [(0, 10), (15, 20)], "demo.entities": [(0, 20)]}, "The import is not finished (35 of 83 records)"),
        (Part(1, 1), {"demo.news": [(0, 20)]}, "run `import` again to go on; then verify."),
        (Part(2, 4), {"demo.news": [(5, 8)]}, "Part 2/4 of the import is not finished (3 of 21 records), so nothing was compared."),
        (Part(2, 4), {}, "run `import --part 2/4` again to go on; then verify."),
    ],
)
def test_an_import_that_is_not_finished_says_how_far_it_is(part: Part, rows: dict[str, list[tuple[int, int]]], says: str) -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(part=part), "2.8.0")
    with pytest.raises(UnfinishedError) as caught:
        refuse_unfinished(plan, Done(rows=rows))
    assert says in caught.value.message
    assert caught.value.exit_code == 4
    refuse_unfinished(plan, Done(finished=True))


def test_how_much_of_the_snapshot_was_to_come_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    show_verification(Verification(20, 1, 1, 3, [], left_out=4))
    first, *_ = capsys.readouterr().out.splitlines()
    assert first == "The import brought 2 of the 6 datasets of the snapshot, as it was told. Only these are compared."
    show_verification(Verification(0, 0, 0, 3, [], left_out=6))
    first, *_ = capsys.readouterr().out.splitlines()
    assert first == (
        "The import brought none of the 6 datasets of the snapshot, as it was told. Only users, workspaces and memberships are compared."
    )
    show_verification(Verification(20, 6, 0, 3, []))
    assert "as it was told" not in capsys.readouterr().out


@pytest.mark.servers
def test_verify_of_an_import_that_was_killed_and_of_a_part_of_the_snapshot(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    chosen = ("import", snapshot, "--dataset", "demo/*")
    killed = run(*chosen, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_noted")
    assert killed.returncode == -9
    early = run("verify", snapshot, url=fresh_new.url)
    assert (early.returncode, early.stdout, early.stderr.count("\n")) == (4, "", 1), early
    assert early.stderr.startswith("Error: The import is not finished (20 of 40 records), so nothing was compared.")
    succeed(*chosen, url=fresh_new.url)
    told = succeed("verify", snapshot, url=fresh_new.url)
    assert told.startswith("The import brought 3 of the 6 datasets of the snapshot, as it was told. Only these are compared.\n")
    assert "No difference." in told
