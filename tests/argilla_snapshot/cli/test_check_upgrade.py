"""What ``check-upgrade`` prints, and how it ends."""

import json
from pathlib import Path

from tests.helpers.cli import run, succeed
from tests.helpers.old_database import old_database


def test_it_counts_what_would_be_lost_and_says_what_to_type(tmp_path: Path) -> None:
    path = old_database(tmp_path / "my argilla.db", (1, 29))
    said = succeed("check-upgrade", "--database", path, code=4)
    assert "2.6 to 2.8" in said
    assert "records: 1, responses: 1" in said
    assert "Do not upgrade this server." in said
    assert f"  argilla-snapshot export my-snapshot --database '{path}'" in said.splitlines()  # alone in its line, to be copied
    assert "--namespace NAME" in said
    assert "reindex" not in said
    told = json.loads(succeed("check-upgrade", "--database", path, "--json", code=4))
    assert (told["made_by"], [one["kind"] for one in told["findings"]]) == ("1.28 or 1.29", ["deletes"])


def test_after_an_upgrade_it_says_how_to_bring_things_back(tmp_path: Path) -> None:
    said = succeed("check-upgrade", "--database", old_database(tmp_path / "argilla.db", (2, 8), "DELETE FROM fields"), code=4)
    assert "Do not run `argilla_server search-engine reindex`" in said
    assert "export my-snapshot --search-engine" in said


def test_a_database_that_loses_nothing(tmp_path: Path) -> None:
    assert "deletes anything" in succeed("check-upgrade", "--database", old_database(tmp_path / "argilla.db", (2, 8)))


def test_no_password_is_repeated() -> None:
    done = run("check-upgrade", "--database", "postgresql://u:s3cret@127.0.0.1:9/db")
    assert (done.returncode, "s3cret" in done.stdout + done.stderr) == (1, False)
