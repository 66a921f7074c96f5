"""Feedback datasets, with both commands killed at every point they know, one after the other: nothing is lost, nothing doubled."""

import json
import signal
from pathlib import Path

import pytest

from argilla_snapshot.format.faults import EXPORT_POINTS, IMPORT_POINTS, SETTLING_POINTS, VARIABLE
from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.stack import Stack
from tests.faults.results import survived
from tests.helpers.cli import run, succeed

pytestmark = [pytest.mark.servers, pytest.mark.faults]
RECORDS = 600


def seed(server: ArgillaServer) -> None:
    """A dataset with everything, and one whose properties, and whose shortened texts, came after its records."""
    maker = FeedbackSeed(server.url, server.api_key, (2, 8) if server.version == NEW else (1, 29))
    workspace = maker.people("demo")
    maker.dataset(workspace, "all", RECORDS)
    strict = maker.dataset(workspace, "strict", 40)
    for property_ in maker.send("GET", f"/api/v1/me/datasets/{strict}/metadata-properties")["items"]:
        maker.send("DELETE", f"/api/v1/metadata-properties/{property_['id']}")
    body = {"name": "n", "title": "n", "settings": {"type": "integer", "min": 10, "max": 20}, "visible_for_annotators": True}
    maker.post(f"/api/v1/datasets/{strict}/metadata-properties", body)
    if server.version == NEW:
        shorter = [{"external_id": f"r-{number}", "fields": {"text": f"{number}"}} for number in (1, 2, 3)]
        maker.send("PUT", f"/api/v1/datasets/{strict}/records/bulk", {"items": shorter})
    maker.send("PATCH", f"/api/v1/datasets/{strict}", {"allow_extra_metadata": False})
    maker.delete_user(GONE)
    maker.close()


def killed(command: str, folder: Path, points: tuple[str, ...], url: str) -> int:
    """Runs a command again and again, each time killed at another point, and then to its end; how often it was killed."""
    kills = 0
    for point in points:
        done = run(command, folder, url=url, **{VARIABLE: point})
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        kills += done.returncode != 0
        if command == "export" and done.returncode == 0:
            break
    if not folder.exists() or command == "import":
        succeed(command, folder, url=url)
    return kills


@pytest.mark.parametrize("version", [OLD, NEW])
def test_both_commands_are_killed_everywhere(version: str, stack: Stack, tmp_path: Path) -> None:
    with stack.fresh(version) as old:
        seed(old)
        succeed("export", tmp_path / "whole", url=old.url)
        exports = killed("export", tmp_path / "snap", (*EXPORT_POINTS, "export.page_synced:3"), old.url)
        assert "No difference" in succeed("diff", tmp_path / "whole", tmp_path / "snap")
    with stack.fresh(NEW) as new:
        imports = killed(
            "import", tmp_path / "snap", (*IMPORT_POINTS, *SETTLING_POINTS, "import.batch_answered:2", "import.batch_noted:2"), new.url
        )
        assert json.loads(succeed("verify", tmp_path / "snap", "--json", url=new.url))["differences"] == []
        succeed("export", tmp_path / "again", url=new.url)
    result = json.loads(run("diff", tmp_path / "snap", tmp_path / "again", "--ignore", "ids", "--ignore", "times", "--json").stdout)
    assert not [one for one in result["differences"] if one["what"] not in ("users", "responses", "status")]
    assert min(exports, imports) >= 10
    survived("feedback kills", "export", version, number=exports)
    survived("feedback kills", "import", version, number=imports)
