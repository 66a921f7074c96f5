"""Feedback datasets, with both commands killed at every point they know, one after the other: nothing is lost, nothing doubled."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.faults import EXPORT_POINTS, IMPORT_POINTS, SETTLING_POINTS, VARIABLE
from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.stack import Stack
from tests.faults.results import survived
from tests.helpers.cli import run, succeed
from tests.helpers.feedback_given import given

pytestmark = [pytest.mark.servers, pytest.mark.faults]
RECORDS, STRICT, NEEDED = 2_000, 40, 2
#: Points that are passed only where a dataset is closed, is changed while it is read, or has records that are refused.
ELSEWHERE = {
    *("export.open_noted", "export.opened", "export.closed", "export.changes_read"),
    *("import.refused_written", "import.retried"),
}
#: Those that are passed when all records of a dataset are there come before these.
LAST = ("import.loaded", "import.finished")
Json = dict[str, Any]


def seed(server: ArgillaServer) -> FeedbackSeed:
    """A dataset with everything, and one whose properties, and whose shortened texts, came after its records."""
    newest = server.version == NEW
    maker = FeedbackSeed(server.url, server.api_key, server.release.number)
    workspace = maker.people("demo")
    more: Json = {"distribution": {"strategy": "overlap", "min_submitted": NEEDED}, "metadata": {"made by": "Ana"}} if newest else {}
    maker.dataset(workspace, "all", RECORDS, **more)
    strict = maker.dataset(workspace, "strict", STRICT)
    for property_ in maker.send("GET", f"/api/v1/me/datasets/{strict}/metadata-properties")["items"]:
        maker.send("DELETE", f"/api/v1/metadata-properties/{property_['id']}")
    body = {"name": "n", "title": "n", "settings": {"type": "integer", "min": 10, "max": 20}, "visible_for_annotators": True}
    maker.post(f"/api/v1/datasets/{strict}/metadata-properties", body)
    if newest:
        shorter = [{"external_id": f"r-{number}", "fields": {"text": f"{number}"}} for number in (1, 2, 3)]
        maker.send("PUT", f"/api/v1/datasets/{strict}/records/bulk", {"items": shorter})
    maker.send("PATCH", f"/api/v1/datasets/{strict}", {"allow_extra_metadata": False})
    maker.delete_user(GONE)
    maker.close()
    return maker


def killed(command: str, folder: Path, points: list[str], url: str) -> list[str]:
    """Runs a command again and again, each time killed at another point, and then to its end; the points at which it was killed."""
    kills = []
    for point in points:
        done = run(command, folder, url=url, **{VARIABLE: point})
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        kills += [point] if done.returncode else []
    if not folder.exists() or command == "import":
        succeed(command, folder, url=url)
    return kills


def points_of(version: str) -> tuple[list[str], list[str]]:
    """Where an export and an import of these datasets can be killed, in the order in which they pass."""
    exports = [point for point in EXPORT_POINTS if point not in ELSEWHERE]
    exports.insert(exports.index("export.page_synced"), "export.page_synced")  # each run reads one page more
    imports = [point for point in IMPORT_POINTS if point not in {*ELSEWHERE, *LAST}]
    imports += ["import.batch_answered:2", "import.batch_noted:2"]
    imports += [point for point in SETTLING_POINTS if version == NEW or point != "import.padding_removed"]  # before 2.0 no text changes
    return exports, [*imports, *LAST]


def of_gone(maker: FeedbackSeed) -> tuple[int, int]:
    """In how many records the deleted user had a response, and how many are complete only by it."""
    count = completed = 0
    for size in (RECORDS, STRICT):
        for record in given(maker, size).values():
            said = {name for name, (status, _) in record["responses"].items() if status == "submitted"}
            count += GONE in record["responses"]
            completed += len(said) == (NEEDED if size == RECORDS else 1) and GONE in said
    return count, completed


@pytest.mark.parametrize("version", [OLD, NEW])
def test_both_commands_are_killed_everywhere(version: str, stack: Stack, tmp_path: Path) -> None:
    exports, imports = points_of(version)
    with stack.fresh(version) as old:
        responses, completed = of_gone(seed(old))
        succeed("export", tmp_path / "whole", url=old.url)
        assert killed("export", tmp_path / "snap", exports, old.url) == exports
        assert "No difference" in succeed("diff", tmp_path / "whole", tmp_path / "snap")
    with stack.fresh(NEW) as new:
        assert killed("import", tmp_path / "snap", imports, new.url) == imports
        assert json.loads(succeed("verify", tmp_path / "snap", "--json", url=new.url))["differences"] == []
        succeed("export", tmp_path / "again", url=new.url)
    told = json.loads(run("diff", tmp_path / "snap", tmp_path / "again", "--ignore", "ids", "--ignore", "times", "--json").stdout)
    found: dict[tuple[str, str], int] = {}
    for one in told["differences"]:
        found[one["kind"], one["what"]] = found.get((one["kind"], one["what"]), 0) + one["count"]
    # 1.29.1 does not say whose the responses of a deleted user were; 2.8.0 deletes them, and still counts their records as complete
    assert found == (
        {("only in the second", "users"): 1, ("only in the first", "responses"): responses, ("only in the second", "responses"): responses}
        if version == OLD
        else {("different", "status"): completed}
    )
    survived("feedback kills", "export", version, number=len(exports))
    survived("feedback kills", "import", version, number=len(imports))
