"""What an upgrade in place would do, by the tables and rows of a database."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pg8000.native import Connection

from argilla_snapshot.transport.errors import UnsupportedServerError
from argilla_snapshot.transport.sql.database import opened
from exporter.upgrading import Forecast, forecast
from servers.install import install
from servers.new_database import new_cluster
from servers.postgresql import PostgreSQL
from servers.releases import OLD, Release
from tests.helpers.old_database import old_database

EVERYTHING = {"fields": 1, "questions": 1, "records": 1, "responses": 1, "suggestions": 1}
FIRST, MIDDLE, LAST = "1.18 to 1.29", "2.0 to 2.5", "2.6 to 2.8"
Short = tuple[str, str, dict[str, int], str | None]


def look(path: Path | str) -> Forecast:
    with opened(str(path)) as database:
        return forecast(database)


def found(path: Path) -> list[Short]:
    return [(one.kind, one.versions, one.counts, one.migration) for one in look(path).findings]


@pytest.mark.parametrize(
    ("version", "made_by", "emptied"),
    [
        ((1, 8), "1.8 to 1.17", [(FIRST, "84f6b9ff6076"), (LAST, "45a12f74448b")]),
        ((1, 18), "1.18 to 1.27", [(LAST, "45a12f74448b")]),
        ((1, 29), "1.28 or 1.29", [(LAST, "45a12f74448b")]),
        ((2, 0), "2.0 to 2.3", []),
        ((2, 4), "2.4", []),
        ((2, 8), "2.5 to 2.8", []),
    ],
)
def test_which_upgrades_empty_an_sqlite(tmp_path: Path, version: tuple[int, int], made_by: str, emptied: list[tuple[str, str]]) -> None:
    path = old_database(tmp_path / "argilla.db", version)
    assert look(path).made_by == made_by
    assert found(path) == [("deletes", versions, EVERYTHING, migration) for versions, migration in emptied]


def test_what_a_deleted_dataset_left_is_not_deleted_but_stops_the_upgrade(tmp_path: Path) -> None:
    more = "INSERT INTO records VALUES ('r2', 'gone'); INSERT INTO responses VALUES ('b', 'r2', 'u', '{}'); INSERT INTO fields (id, dataset_id) VALUES ('f2', 'gone')"
    stops = ("stops", LAST, {"responses": 1}, "580a6553186f")
    assert found(old_database(tmp_path / "1", (1, 29), more)) == [("deletes", LAST, EVERYTHING, "45a12f74448b"), stops]
    assert found(old_database(tmp_path / "2", (2, 4), more)) == [stops]
    assert found(old_database(tmp_path / "3", (2, 5), more)) == []
    without_user = [more, "UPDATE responses SET user_id = NULL WHERE id = 'b'"]  # an earlier step deletes it
    assert found(old_database(tmp_path / "4", (1, 29), *without_user)) == [("deletes", LAST, EVERYTHING, "45a12f74448b")]


@pytest.mark.parametrize(
    "left", ["INSERT INTO responses VALUES ('b', 'gone', 'u', '{}')", "INSERT INTO responses VALUES ('b', 'r', 'gone', '{}')"]
)
def test_responses_whose_record_or_user_is_gone_stop_the_upgrade_from_1x(tmp_path: Path, left: str) -> None:
    assert ("stops", LAST, {"responses": 1}, "d00f819ccc67") in found(old_database(tmp_path / "1", (1, 29), left))
    assert not [one for one in found(old_database(tmp_path / "2", (2, 0), left)) if one[3] == "d00f819ccc67"]


def test_datasets_whose_workspace_is_gone_stop_it_too(tmp_path: Path) -> None:
    gone = "DELETE FROM workspaces"
    stops = [("stops", FIRST, {"datasets": 1}, "84f6b9ff6076"), ("stops", LAST, {"datasets": 1}, "45a12f74448b")]
    assert [one for one in found(old_database(tmp_path / "1", (1, 17), gone)) if one[0] == "stops"] == stops
    assert [one for one in found(old_database(tmp_path / "2", (1, 29), gone)) if one[0] == "stops"] == stops[1:]
    assert found(old_database(tmp_path / "3", (2, 0), gone)) == []


def test_suggestions_whose_record_or_question_is_gone_stop_it_before_1_28(tmp_path: Path) -> None:
    left = "INSERT INTO suggestions (id, record_id, question_id) VALUES ('s2', 'gone', 'q'), ('s3', 'r', 'gone')"
    stops = [("stops", versions, {"suggestions": 2}, "ca7293c38970") for versions in ("1.28 or 1.29", LAST)]
    assert [one for one in found(old_database(tmp_path / "1", (1, 27), left)) if one[0] == "stops"] == stops
    assert [one for one in found(old_database(tmp_path / "2", (1, 28), left)) if one[0] == "stops"] == []


def test_responses_of_deleted_users_are_lost_from_2_0_on(tmp_path: Path) -> None:
    of_nobody = "UPDATE responses SET user_id = NULL"
    assert ("deletes", MIDDLE, {"responses": 1}, "d00f819ccc67") in found(old_database(tmp_path / "1", (1, 29), of_nobody))
    assert found(old_database(tmp_path / "2", (2, 0), of_nobody)) == []


@pytest.mark.parametrize("values", ["'null'", "NULL"])
def test_a_reindex_crashes_at_responses_without_values(tmp_path: Path, values: str) -> None:
    null = f'UPDATE responses SET "values" = {values}'
    assert ("reindex_crashes", MIDDLE, {"responses": 1}, None) in found(old_database(tmp_path / "1", (1, 29), null))
    assert found(old_database(tmp_path / "2", (2, 8), null)) == [("reindex_crashes", "2.0 to 2.8", {"responses": 1}, None)]
    assert found(old_database(tmp_path / "3", (2, 8), null, "UPDATE responses SET user_id = NULL")) == []


def test_a_published_dataset_without_fields_was_emptied(tmp_path: Path) -> None:
    shell = look(old_database(tmp_path / "1", (2, 8), "DELETE FROM fields")).findings
    assert [(one.kind, one.counts, one.samples) for one in shell] == [("wiped", {"datasets": 1}, ["all"])]
    assert found(old_database(tmp_path / "2", (2, 8), "DELETE FROM fields", "UPDATE datasets SET status = 'draft'")) == []


def test_an_upgrade_that_stopped_half_way_is_recognised(tmp_path: Path) -> None:
    at = "INSERT INTO alembic_version VALUES ('{}')"
    stopped = look(old_database(tmp_path / "1", (2, 5), at.format("6ed1b8bf8e08"))).findings
    assert [(one.kind, one.samples) for one in stopped] == [("stuck", ["datasets_users"])]
    assert found(old_database(tmp_path / "2", (2, 5), at.format("580a6553186f"))) == []
    copied = look(old_database(tmp_path / "3", (2, 0), "CREATE TABLE _alembic_tmp_datasets (id)")).findings
    assert [(one.kind, one.samples) for one in copied] == [("stuck", ["_alembic_tmp_datasets"])]


def test_a_server_without_feedback_datasets_loses_nothing(tmp_path: Path) -> None:
    assert found(old_database(tmp_path / "1", (1, 29), content="")) == []
    path = tmp_path / "2"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE workspaces (id)")
    assert (look(path).made_by, found(path)) == ("1.7 or earlier", [])


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE anything (id)")
    with pytest.raises(UnsupportedServerError, match="no database of an Argilla server"):
        look(path)


@pytest.mark.servers
def test_a_postgresql_keeps_everything_but_the_responses_of_deleted_users(tmp_path: Path) -> None:
    server = PostgreSQL(tmp_path / "postgresql")
    shutil.copytree(new_cluster(install().python(OLD), Release(OLD)), server.data)
    server.start()
    try:
        fill_postgresql(server.url)
        told = look(server.url)
        assert [(one.kind, one.versions, one.counts) for one in told.findings] == [
            ("wiped", "", {"datasets": 1}),
            ("deletes", "2.0 to 2.8", {"responses": 2}),
            ("reindex_crashes", "2.0 to 2.8", {"responses": 1}),
        ]
        assert (told.kind, told.made_by) == ("PostgreSQL", "1.28 or 1.29")
    finally:
        server.stop()


def fill_postgresql(url: str) -> None:
    """A published dataset without fields, with a record, two responses of deleted users, and one without values of a user who is there."""
    parts = urlsplit(url)
    with closing(Connection(str(parts.username), parts.hostname or "", parts.path[1:], parts.port or 0, parts.password)) as connection:
        (user,), *_ = connection.run("SELECT id FROM users")
        ids = {name: str(uuid4()) for name in ("workspaces", "datasets", "records")}
        rows = [
            ("workspaces", "name", "'w'"),
            (
                "datasets",
                "name, status, workspace_id, allow_extra_metadata, last_activity_at",
                f"'d', 'ready', '{ids['workspaces']}', true, now()",
            ),
            ("records", "fields, dataset_id", f"'{{}}', '{ids['datasets']}'"),
            ("responses", '"values", status, record_id', f"'{{}}', 'submitted', '{ids['records']}'"),
            ("responses", '"values", status, record_id', f"'null', 'discarded', '{ids['records']}'"),
            ("responses", '"values", status, record_id, user_id', f"'null', 'discarded', '{ids['records']}', '{user}'"),
        ]
        for table, columns, values in rows:
            id_ = ids.get(table, str(uuid4()))
            connection.run(f"INSERT INTO {table} (id, inserted_at, updated_at, {columns}) VALUES ('{id_}', now(), now(), {values})")
