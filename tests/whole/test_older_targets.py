"""What a 2.8.0 holds, into older servers of 2.x: what they can't hold is in the plan, with the version that could, and nothing else is missing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW
from servers.feedback import PIXEL, FeedbackSeed
from servers.stack import Stack
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
Json = dict[str, Any]
RECORDS = 20
TALK = [{"role": "user", "content": "Hi"}]
#: Records of a dataset that has no text, and no field that it must have.
OPTIONAL: list[Json] = [{"picture": PIXEL}, {"picture": PIXEL, "talk": TALK}, {"talk": TALK}]
#: What stands in the plan of an import of these into each version; the version that could is named in its words.
EVERYWHERE = {"external_id_made", "password_new", "api_key", "role_differs", "webhook_kept"}
BEFORE_2_4 = {"dataset_details": "2.4", "field_required": "2.4", "input_missing_filled": "", "id_not_kept": ""}
TOLD: dict[str, dict[str, str]] = {
    "2.0.1": {**BEFORE_2_4, "field_as_text": "images: 2.1, conversations: 2.2, custom fields: 2.3"},
    "2.2.0": {**BEFORE_2_4, "field_as_text": "custom fields: 2.3"},
    "2.3.1": BEFORE_2_4,
    "2.6.0": {"id_not_kept": ""},
}


@dataclass(frozen=True)
class Moved:
    """A snapshot of 2.8.0, what a plan for the other server says, how its import ended, and a snapshot of that server."""

    version: str
    snapshot: Path
    plan: Json
    code: int
    verified: Json
    searchable: dict[str, int]
    again: Path

    def records(self, folder: Path, name: str) -> dict[str, FeedbackRecord]:
        """The records of a dataset by their external ids, or else their ids."""
        snapshot = Snapshot(folder)
        (entry,) = (entry for entry in snapshot.entries if entry.name == name)
        records = [record for record in snapshot.records(entry) if isinstance(record, FeedbackRecord)]
        return {record.id if record.external_id is None else record.external_id: record for record in records}


@pytest.fixture(scope="module")
def snapshot(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newest") / "snap"
    with stack.fresh(NEW) as newest:
        maker = FeedbackSeed(newest.url, newest.api_key, newest.release.number)
        workspace = maker.people("demo")
        distribution = {"strategy": "overlap", "min_submitted": 2}
        maker.dataset(workspace, "all", RECORDS, distribution=distribution, metadata={"made by": "Ana"})
        path = f"/api/v1/datasets/{maker.post('/api/v1/datasets', {'name': 'optional', 'workspace_id': workspace})['id']}"
        for name, settings in {"picture": {"type": "image"}, "talk": {"type": "chat", "use_markdown": True}}.items():
            maker.post(f"{path}/fields", {"name": name, "title": name, "required": False, "settings": settings})
        question = {"name": "why", "title": "Why", "required": True, "settings": {"type": "text", "use_markdown": False}}
        maker.post(f"{path}/questions", question)
        maker.send("PUT", f"{path}/publish")
        items = [{"fields": fields, "external_id": str(number)} for number, fields in enumerate(OPTIONAL)]
        maker.post(f"{path}/records/bulk", {"items": items})
        maker.post("/api/v1/webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["record.completed"], "description": "d"})
        maker.close()
        succeed("export", folder, url=newest.url)
    return folder


@pytest.fixture(
    scope="module", params=["2.0.1", *(pytest.param(version, marks=pytest.mark.versions) for version in TOLD if version != "2.0.1")]
)
def moved(request: pytest.FixtureRequest, snapshot: Path, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    again = tmp_path_factory.mktemp("older") / "again"
    with stack.fresh(request.param) as older:
        plan = json.loads(succeed("plan", snapshot, "--json", url=older.url))
        code = run("import", snapshot, url=older.url).returncode
        verified = json.loads(run("verify", snapshot, "--json", url=older.url).stdout)
        asking = FeedbackSeed(older.url, older.api_key, older.release.number)
        listed = asking.send("GET", "/api/v1/me/datasets")["items"]
        searchable = {d["name"]: asking.post(f"/api/v1/datasets/{d['id']}/records/search", {})["total"] for d in listed}
        asking.close()
        succeed("export", again, url=older.url)
        yield Moved(request.param, snapshot, plan, code, verified, searchable, again)


def test_the_plan_names_what_the_target_cannot_hold_and_the_version_that_could(moved: Moved) -> None:
    told = {note["kind"]: note["message"] for note in moved.plan["notes"]}
    assert told.keys() - EVERYWHERE == TOLD[moved.version].keys()
    assert [kind for kind, since in TOLD[moved.version].items() if since not in told[kind]] == []
    assert "2.6" in told["webhook_kept"]


def test_all_arrives_and_is_seen(moved: Moved) -> None:
    assert (moved.code, moved.verified["differences"]) == (0, [])
    assert moved.searchable == {"all": RECORDS, "optional": len(OPTIONAL)}


def test_fields_that_the_target_does_not_have_are_there_as_text(moved: Moved) -> None:
    before, after = (moved.records(folder, "all") for folder in (moved.snapshot, moved.again))
    as_text = {"2.0.1": ("picture", "talk", "page"), "2.2.0": ("page",)}.get(moved.version, ())
    for id_, record in before.items():
        there = {name: json.loads(value) if name in as_text[-2:] else value for name, value in after[id_].fields.items()}
        assert there == record.fields
        assert after[id_].metadata == record.metadata
        assert after[id_].vectors == record.vectors
        assert {r.username: (r.status, r.values) for r in after[id_].responses} == {
            r.username: (r.status, r.values) for r in record.responses
        }
    assert any("talk" not in record.fields for record in before.values())


def test_a_record_without_a_conversation_is_there_without_one(moved: Moved) -> None:
    picture, both, talk = (moved.records(moved.again, "optional")[id_].fields for id_ in ("0", "1", "2"))
    text = moved.version == "2.0.1"
    assert (picture, both) == ({"picture": PIXEL}, {"picture": PIXEL, "talk": json.dumps(TALK, separators=(",", ":")) if text else TALK})
    assert set(talk) == ({"talk"} if moved.version == "2.6.0" else {"picture", "talk"})
