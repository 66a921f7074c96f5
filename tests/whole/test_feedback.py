"""Feedback datasets on real servers: 1.29.1 and 2.8.0 to an empty 2.8.0, and what comes out of that again."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.install import environment
from servers.seed import seed_demo
from servers.stack import Stack
from tests.helpers.cli import run, succeed
from tests.helpers.official import official

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parents[2]
RECORDS = 120
#: What no server says to the other by HTTP: whose the responses of a deleted user were.
PLACEHOLDER = {("only in the second", "users"), ("only in the first", "responses"), ("only in the second", "responses")}


@dataclass(frozen=True)
class Moved:
    """A snapshot of a server, one of its database, the server that the former was imported into, and a snapshot of that."""

    snapshot: Path
    of_database: Path
    new: ArgillaServer
    again: Path


@pytest.fixture(scope="module", params=[OLD, NEW])
def moved(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    folder = tmp_path_factory.mktemp("feedback")
    snapshot = folder / "snap"
    with stack.fresh(request.param) as old:
        seed(old)
        said = succeed("export", snapshot, url=old.url)
        assert ("responses were deleted, and the old server does not say who they were" in " ".join(said.split())) is (request.param == OLD)
        succeed("export", folder / "database", "--database", old.database_url)
    with stack.fresh(NEW) as new:
        succeed("import", snapshot, url=new.url)
        succeed("export", folder / "again", url=new.url)
        yield Moved(snapshot, folder / "database", new, folder / "again")


def seed(server: ArgillaServer) -> None:
    """A dataset with everything, a strict one whose properties came after its records, and an empty draft."""
    maker = FeedbackSeed(server.url, server.api_key, (2, 8) if server.version == NEW else (1, 29))
    workspace = maker.people("demo")
    more: dict[str, Any] = {}
    if server.version == NEW:
        more = {"distribution": {"strategy": "overlap", "min_submitted": 2}, "metadata": {"made by": "Ana", "deep": [1, {"x": None}]}}
    maker.dataset(workspace, "all", RECORDS, **more)
    strict = maker.dataset(workspace, "strict", 30)
    for property_ in maker.send("GET", f"/api/v1/me/datasets/{strict}/metadata-properties")["items"]:
        maker.send("DELETE", f"/api/v1/metadata-properties/{property_['id']}")
    for name, settings in {"n": {"type": "integer", "min": 10, "max": 20}, "split": {"type": "terms", "values": ["train", "new"]}}.items():
        body = {"name": name, "title": name, "settings": settings, "visible_for_annotators": True}
        maker.post(f"/api/v1/datasets/{strict}/metadata-properties", body)
    maker.send("PATCH", f"/api/v1/datasets/{strict}", {"allow_extra_metadata": False})
    maker.dataset(workspace, "draft", 0, publish=False)
    maker.delete_user(GONE)
    if server.version == NEW:
        maker.post("/api/v1/webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["record.completed"], "description": "d"})
    maker.close()


def records_of(folder: Path, name: str = "all") -> tuple[FeedbackDataset, list[FeedbackRecord]]:
    """A dataset of a snapshot, and its records."""
    snapshot = Snapshot(folder)
    (entry,) = (entry for entry in snapshot.entries if entry.name == name)
    dataset = snapshot.dataset(entry)
    assert isinstance(dataset, FeedbackDataset)
    return dataset, [record for record in snapshot.records(entry) if isinstance(record, FeedbackRecord)]


def test_the_database_gives_the_same_snapshot(moved: Moved) -> None:
    result = succeed("diff", moved.snapshot, moved.of_database)
    assert "No difference" in result
    for part in moved.snapshot.glob("feedback/*/*/records/*.parquet"):
        other = moved.of_database / part.relative_to(moved.snapshot)
        assert pq.read_table(part).drop_columns(["raw"]).equals(pq.read_table(other).drop_columns(["raw"]))


def test_everything_is_in_the_snapshot(moved: Moved) -> None:
    dataset, records = records_of(moved.snapshot)
    assert len(records) == dataset.records == RECORDS
    assert {field.name for field in dataset.fields} >= {"text", "note"}
    assert {question.type for question in dataset.questions} == {
        *("text", "rating", "label_selection", "multi_label_selection", "ranking", "span")
    }
    assert dataset.questions[1].settings["options"] == [{"value": 3}, {"value": 1}, {"value": 2}]
    assert dataset.responses.keys() == {"submitted", "draft", "discarded"}
    from_old = dataset.distribution is None
    assert (dataset.without_user > 0) is from_old  # 2.x deletes the responses of a deleted user
    odd = records[1]
    assert odd.external_id == "r-1"
    assert odd.metadata == {"split": "train", "n": 1, "f": 0.5, "more": "x"}
    if not from_old:
        assert dataset.distribution == {"strategy": "overlap", "min_submitted": 2}
        assert dataset.metadata == {"made by": "Ana", "deep": [1, {"x": None}]}
        assert odd.fields["talk"] == [{"role": "user", "content": "Hi 1"}]
        assert odd.fields["page"] == {"x": 1, "deep": [1.0, None, {"y": "ü"}]}
        assert odd.fields["picture"].startswith("data:image/png")


def test_the_lines_of_the_format_page_read_it(moved: Moved, tmp_path: Path) -> None:
    _, records = records_of(moved.snapshot)
    said = [response for record in records for response in record.responses]
    python, sql = re.findall(
        r"```(?:python|sql)\n(.*?)```", (ROOT / "snapshot_format.md").read_text().split("A reader needs little.")[1], re.DOTALL
    )[:2]
    (tmp_path / "my-snapshot").symlink_to(moved.snapshot)
    lines = f"import duckdb, json, pandas\n{python}\nrows = duckdb.sql({sql.strip().rstrip(';')!r}).fetchall()\n"
    lines += "print(json.dumps([answers['status'].value_counts().to_dict(), sorted(rows, key=str)]))"
    interpreter = environment(ROOT / "tests" / "readers" / "readers.txt", "3.11")
    done = subprocess.run([interpreter, "-c", lines], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    statuses, rows = json.loads(done.stdout)
    assert statuses == Counter(response.status for response in said)
    expected = [(response.username, response.values.get("label")) for response in said if response.status == "submitted"]
    assert rows == [list(row) for row in sorted(expected, key=str)]


def test_load_dataset_reads_it(moved: Moved, tmp_path: Path) -> None:
    _, records = records_of(moved.snapshot)
    lines = "import json, sys, datasets\n"
    lines += "rows = datasets.load_dataset(sys.argv[1], 'demo.all', split='train')\n"
    lines += "print(json.dumps([[row['external_id'], row['fields']['text'], len(row['responses'])] for row in rows]))"
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", lines, moved.snapshot], env=offline, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[record.external_id, record.fields["text"], len(record.responses)] for record in records]


def test_webhooks_are_in_the_snapshot(moved: Moved) -> None:
    snapshot = Snapshot(moved.snapshot)
    from_old = records_of(moved.snapshot)[0].distribution is None
    expected = [] if from_old else [("http://127.0.0.1:9/hook", ["record.completed"], True, "d")]
    assert [(one.url, one.events, one.enabled, one.description) for one in snapshot.webhooks()] == expected
    report = json.loads(next(moved.snapshot.parent.rglob("import-report.json")).read_text())
    assert ("webhook_kept" in [note["kind"] for note in report["notes"]]) is not from_old


def test_verify_finds_no_difference(moved: Moved) -> None:
    result = json.loads(succeed("verify", moved.snapshot, "--json", url=moved.new.url))
    assert result["differences"] == []
    assert result["records"] == RECORDS + 30


def test_a_round_trip_loses_nothing_but_who_was_deleted(moved: Moved) -> None:
    result = run("diff", moved.snapshot, moved.again, "--ignore", "ids", "--ignore", "times", "--json")
    found = {(one["kind"], one["what"]) for one in json.loads(result.stdout)["differences"]}
    from_old = records_of(moved.snapshot)[0].distribution is None
    pending = {("different", "status"), ("only in the first", "webhooks")}  # the responses of the deleted user completed them
    assert found <= (PLACEHOLDER if from_old else pending), result.stdout


def test_an_import_that_is_repeated_changes_nothing(moved: Moved, tmp_path: Path) -> None:
    succeed("import", moved.snapshot, url=moved.new.url)
    succeed("export", tmp_path / "again", url=moved.new.url)
    assert "No difference" in succeed("diff", moved.again, tmp_path / "again")


def test_settings_that_came_after_records_come_after_them_again(moved: Moved) -> None:
    before, _ = records_of(moved.snapshot, "strict")
    after, records = records_of(moved.again, "strict")
    assert after.allow_extra_metadata is False
    assert [p.settings for p in after.metadata_properties] == [p.settings for p in before.metadata_properties]
    assert [record.metadata["n"] for record in records] == list(range(30))  # 10 to 20 are allowed


def test_a_draft_stays_one(moved: Moved) -> None:
    assert records_of(moved.again, "draft")[0].status == "draft"


@pytest.mark.filterwarnings("ignore")  # the official client warns of itself
def test_the_official_client_reads_the_result(moved: Moved) -> None:
    with official(moved.new) as client:
        dataset = client.datasets(name="all", workspace="demo")
        assert len(list(dataset.records(with_suggestions=True, with_responses=True, with_vectors=True))) == RECORDS
        assert len(dataset.records.to_list()) == RECORDS


def test_a_name_that_is_taken_by_a_legacy_dataset_asks_for_another(stack: Stack, tmp_path: Path) -> None:
    with stack.fresh(OLD) as old:
        maker = FeedbackSeed(old.url, old.api_key, (1, 29))
        maker.dataset(maker.people("demo"), "both", 5)
        maker.post("/api/datasets", {"name": "both", "workspace": "demo", "task": "Text2Text"})
        maker.close()
        succeed("export", tmp_path / "snap", url=old.url)
    with stack.fresh(NEW) as new:
        refused = run("import", tmp_path / "snap", url=new.url)
        assert (refused.returncode, refused.stderr.count("\n")) == (5, 1)
        assert "demo.both.feedback" in refused.stderr
        succeed("import", tmp_path / "snap", "--rename", "demo.both.feedback=both_2", url=new.url)
        assert json.loads(succeed("verify", tmp_path / "snap", "--json", url=new.url))["differences"] == []


def test_legacy_datasets_become_feedback_datasets_of_the_same_server_and_stay_through_its_upgrade(stack: Stack, tmp_path: Path) -> None:
    """The official guide's way: on 1.29 both kinds lie beside each other, in one workspace and under one name."""
    with stack.fresh(OLD) as old:
        seed_demo(old.url, old.api_key)
        succeed("export", tmp_path / "snap", "--dataset", "demo.news", url=old.url)
        succeed("import", tmp_path / "snap", url=old.url)
        assert json.loads(succeed("verify", tmp_path / "snap", "--json", url=old.url))["differences"] == []
        succeed("export", tmp_path / "both", "--dataset", "demo.news", url=old.url)
        kinds = [(entry.name, entry.kind, entry.records) for entry in Snapshot(tmp_path / "both").entries]
        assert kinds == [("news", "legacy", 120), ("news", "feedback", 120)]
