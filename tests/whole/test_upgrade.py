"""A real 1.29.1 with SQLite, upgraded in place by 2.8.0's own command: what that deletes was said before, and most of it comes back."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.reader import Snapshot
from servers import old_api
from servers.argilla import NEW, OLD, ArgillaServer
from servers.errors import InstallError
from servers.feedback import GONE, FeedbackSeed
from servers.new_database import migrate
from servers.stack import Stack
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
RECORDS = 40
TABLES = ("fields", "questions", "metadata_properties", "vectors_settings", "records", "responses", "suggestions", "vectors")


@dataclass(frozen=True)
class Upgraded:
    """Snapshots from before (with and without the search engine) and after an upgrade in place, and how the latter was made.

    Attributes:
        folder: also has the database files ``before.db``, ``after.db``, ``deleted-dataset.db`` and ``deleted-record.db``, all as they were left.
        storage: the options that name the search engine.
        chiyo: the id of the deleted user.
    """

    folder: Path
    storage: list[str]
    chiyo: str

    @property
    def database(self) -> Path:
        return self.folder / "server" / "home" / "argilla.db"


@pytest.fixture(scope="module")
def upgraded(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    folder = tmp_path_factory.mktemp("upgrade")
    with stack.fresh(OLD) as old:
        chiyo = seed(old, folder)
        storage = ["--search-engine", old.search_url, "--namespace", old.env["ARGILLA_NAMESPACE"]]
    succeed("export", folder / "before", "--database", folder / "before.db", "--dataset", "all")
    succeed("export", folder / "named", "--database", folder / "before.db", "--dataset", "all", *storage)
    made = Upgraded(folder, storage, chiyo)
    made.database.parent.mkdir(parents=True)
    shutil.copyfile(folder / "before.db", made.database)
    migrate(NEW, made.database.parent)
    shutil.copyfile(made.database, folder / "after.db")
    server = ArgillaServer(NEW, folder / "server", stack.search.url)
    try:
        server.start()
        maker = FeedbackSeed(server.url, server.api_key, (2, 8))
        (workspace,) = [item["id"] for item in maker.send("GET", "/api/v1/me/workspaces")["items"] if item["name"] == "demo"]
        maker.dataset(workspace, "after", 5)
        maker.close()
        succeed("export", folder / "over-http", "--exclude-dataset", "after", url=server.url, code=3)
    finally:
        server.stop()
    succeed("export", folder / "rescued", "--database", made.database, *storage, code=3)
    return made


def seed(old: ArgillaServer, folder: Path) -> str:
    """Fills a server, and copies its database before and after something is deleted there; returns the id of a deleted user."""
    maker = FeedbackSeed(old.url, old.api_key, (1, 29))
    workspace = maker.people("demo")
    maker.dataset(workspace, "all", RECORDS)
    less, doomed = (maker.dataset(workspace, name, 10) for name in ("less", "doomed"))
    maker.dataset(workspace, "draft", 0, publish=False)
    with old_api.connect(old.url, old.api_key) as client:
        old_api.create_dataset(client, "demo", "legacy", "Text2Text")
        old_api.log_records(client, "demo", "legacy", "Text2Text", [{"id": number, "text": f"t{number}"} for number in range(5)])
    maker.delete_user(GONE)
    copy(old, folder / "before.db")
    maker.send("DELETE", f"/api/v1/datasets/{doomed}")
    copy(old, folder / "deleted-dataset.db")
    for record in maker.send("GET", f"/api/v1/datasets/{less}/records?limit=3")["items"]:
        maker.send("DELETE", f"/api/v1/records/{record['id']}")
    copy(old, folder / "deleted-record.db")
    maker.close()
    return maker.users[GONE]


def copy(server: ArgillaServer, path: Path) -> None:
    with closing(sqlite3.connect(server.home / "argilla.db")) as live, closing(sqlite3.connect(path)) as copied:
        live.backup(copied)


def rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    return {table: count for table, count in counts.items() if count}


def findings(path: Path, code: int = 4) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(succeed("check-upgrade", "--database", path, "--json", code=code))["findings"]
    return told


def records_of(folder: Path, name: str) -> tuple[FeedbackDataset, dict[str, FeedbackRecord]]:
    """A dataset of a snapshot, and its records by the id of the old server: where there is no other, an import makes it their external id."""
    snapshot = Snapshot(folder)
    (entry,) = (entry for entry in snapshot.entries if (entry.name, entry.kind) == (name, "feedback"))
    dataset = snapshot.dataset(entry)
    assert isinstance(dataset, FeedbackDataset)
    return dataset, {record.id: record for record in snapshot.records(entry) if isinstance(record, FeedbackRecord)}


def losses(folder: Path) -> dict[tuple[str, str | None], str]:
    return {(loss.kind, loss.dataset): loss.message for loss in Snapshot(folder).manifest.losses}


def test_an_upgrade_deletes_what_check_upgrade_counts(upgraded: Upgraded) -> None:
    before, after = upgraded.folder / "before.db", upgraded.folder / "after.db"
    told = {(one["kind"], one["versions"]): one["counts"] for one in findings(before)}
    assert told["deletes", "2.6 to 2.8"] == rows(before)
    assert rows(after) == {}
    with closing(sqlite3.connect(before)) as connection:
        of_nobody = connection.execute("SELECT count(*) FROM responses WHERE user_id IS NULL").fetchone()[0]
    assert told["deletes", "2.0 to 2.5"] == {"responses": of_nobody}
    assert [(one["kind"], one["counts"]) for one in findings(after)] == [("wiped", {"datasets": 3})]


@pytest.mark.parametrize(("what", "migration"), [("dataset", "580a6553186f"), ("record", "d00f819ccc67")])
def test_what_1x_left_of_deleted_things_stops_the_upgrade_as_foretold(
    upgraded: Upgraded, tmp_path: Path, what: str, migration: str
) -> None:
    database = tmp_path / "argilla.db"
    shutil.copyfile(upgraded.folder / f"deleted-{what}.db", database)
    stops = [(one["migration"], one["counts"]["responses"] > 0) for one in findings(database) if one["kind"] == "stops"]
    assert (migration, True) in stops
    with pytest.raises(InstallError, match="FOREIGN KEY constraint failed"):
        migrate(NEW, tmp_path)
    assert what == "record" or "stuck" in {one["kind"] for one in findings(database)}


def test_the_search_index_knows_whose_the_responses_of_a_deleted_user_were(upgraded: Upgraded) -> None:
    _, before = records_of(upgraded.folder / "before", "all")
    dataset, named = records_of(upgraded.folder / "named", "all")
    assert dataset.without_user == records_of(upgraded.folder / "before", "all")[0].without_user > 0
    for id_, record in before.items():
        of_nobody = [response.values for response in record.responses if response.user_id is None]
        of_chiyo = [response.values for response in named[id_].responses if response.user_id == upgraded.chiyo]
        assert of_nobody == of_chiyo


def test_emptied_datasets_come_back_from_the_search_index(upgraded: Upgraded) -> None:
    before, theirs = records_of(upgraded.folder / "named", "all")
    after, ours = records_of(upgraded.folder / "rescued", "all")
    assert list(ours) == list(theirs)
    names = {vector.id: vector.name for vector in before.vectors_settings}
    for id_, record in theirs.items():
        again = ours[id_]
        assert again.fields == record.fields
        assert again.metadata == {name: value for name, value in record.metadata.items() if name != "more"}
        assert {names[name]: vector for name, vector in again.vectors.items()} == record.vectors
        assert answers(again) == answers(record)
        assert {n: (s.value, s.score, s.agent, s.type) for n, s in again.suggestions.items()} == {
            n: (s.value, s.score, s.agent, s.type) for n, s in record.suggestions.items()
        }
        assert (again.inserted_at, again.updated_at) == (record.inserted_at, record.updated_at)
    assert (after.guidelines, after.inserted_at, after.status) == (before.guidelines, before.inserted_at, before.status)
    assert [field.name for field in after.fields] == [field.name for field in before.fields]
    assert [(question.name, question.type) for question in after.questions] == [
        (question.name, question.type) for question in before.questions
    ]
    for one, other in zip(before.questions, after.questions, strict=True):
        assert {option["value"] for option in one.settings.get("options", ())} >= {
            option["value"] for option in other.settings.get("options", ()) if option["value"] != "other"
        }
    assert {p.name: p.type for p in after.metadata_properties} == {p.name: p.type for p in before.metadata_properties}


def test_diff_finds_nothing_but_what_the_readme_lists(upgraded: Upgraded) -> None:
    result = run("diff", upgraded.folder / "named", upgraded.folder / "rescued", "--ignore", "ids", "--ignore", "times", "--json")
    differences = [one for one in json.loads(result.stdout)["differences"] if one["dataset"] == "demo.all"]
    without_external_id = len([number for number in range(RECORDS) if number % 5 == 0])
    assert {(one["kind"], one["what"]): one["count"] for one in differences} == {
        ("different", "settings"): 4,  # fields, questions, metadata properties, vectors: titles, texts, limits, names
        ("different", "metadata"): without_external_id,  # what was not declared
        ("different", "vectors"): without_external_id,  # their names
        ("only in the first", "records"): RECORDS - without_external_id,
        ("only in the second", "records"): RECORDS - without_external_id,
    }


def answers(record: FeedbackRecord) -> set[tuple[str | None, str | None, str, str]]:
    return {(r.username, r.user_id, r.status, json.dumps(r.values, sort_keys=True)) for r in record.responses}


def test_it_is_said_loudly_what_was_emptied_and_what_is_gone(upgraded: Upgraded) -> None:
    said = losses(upgraded.folder / "rescued")
    for name in ("all", "less"):
        assert "rebuilt from the search index. Do not run" in said["dataset_wiped", f"demo.{name}"]
        assert "stars: rating with 3 options" in said["settings_inferred", f"demo.{name}"]
        assert "external ids" in said["not_in_index", f"demo.{name}"]
    assert "only its name is in the snapshot" in said["dataset_wiped", "demo.doomed"]  # whose index 1.29.1 has deleted meanwhile
    assert "this draft" in said["dataset_wiped", "demo.draft"]
    assert ("dataset_wiped", "demo.after") not in said
    over_http = losses(upgraded.folder / "over-http")
    assert "reindex" in over_http["dataset_wiped", "demo.all"]


def test_one_snapshot_of_an_upgraded_server_has_legacy_emptied_and_new_datasets(upgraded: Upgraded) -> None:
    entries = {(entry.name, entry.kind): entry.records for entry in Snapshot(upgraded.folder / "rescued").entries}
    assert entries == {
        ("legacy", "legacy"): 5,
        ("all", "feedback"): RECORDS,
        ("less", "feedback"): 7,
        ("doomed", "feedback"): 0,
        ("draft", "feedback"): 0,
        ("after", "feedback"): 5,
    }


def test_what_came_back_moves_to_a_new_server(upgraded: Upgraded, stack: Stack, tmp_path: Path) -> None:
    with stack.fresh(NEW) as new:
        succeed("import", upgraded.folder / "rescued", url=new.url)
        verified = json.loads(succeed("verify", upgraded.folder / "rescued", "--json", url=new.url))
        succeed("export", tmp_path / "again", "--dataset", "all", url=new.url)
    assert verified["differences"] == []
    _, theirs = records_of(upgraded.folder / "named", "all")
    again = {record.external_id: record for record in records_of(tmp_path / "again", "all")[1].values()}
    assert again.keys() == theirs.keys()
    for id_, record in theirs.items():
        assert again[id_].fields == record.fields
        living = {(r.username, json.dumps(r.values, sort_keys=True)) for r in record.responses if r.username}
        assert living <= {(r.username, json.dumps(r.values, sort_keys=True)) for r in again[id_].responses}
        assert len(again[id_].responses) == len(record.responses)


def test_a_feedback_dataset_whose_workspace_is_gone_comes_along(upgraded: Upgraded, tmp_path: Path) -> None:
    database = tmp_path / "argilla.db"
    shutil.copyfile(upgraded.folder / "before.db", database)
    with closing(sqlite3.connect(database)) as connection, connection:
        (id_,) = connection.execute("SELECT id FROM workspaces WHERE name = 'demo'").fetchone()
        connection.execute("DELETE FROM workspaces WHERE name = 'demo'")
    succeed("export", tmp_path / "snap", "--database", database, "--dataset", "all", code=3)
    snapshot = Snapshot(tmp_path / "snap")
    (entry,) = snapshot.entries
    assert entry.workspace.replace("-", "") == f"deletedworkspace{id_}"
    assert entry.records == len(list(snapshot.records(entry))) == RECORDS
    assert ("workspace_unknown", None) in losses(tmp_path / "snap")
    assert {"stops", "deletes"} <= {one["kind"] for one in findings(database)}
