"""What is said of datasets that an upgrade has emptied, where only the database is read."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exporter.sources.storage.source import connect
from tests.helpers.old_database import old_database

FULL, EMPTY = "0" * 31 + "1", "0" * 31 + "2"


def losses(path: Path) -> dict[str, list[str]]:
    """The kinds of losses that the settings of each dataset come with."""
    source = connect(None, str(path))
    try:
        told: dict[str, Any] = {dataset.name: source.settings(dataset) for dataset in source.datasets()}
    finally:
        source.disconnect()
    return {name: [loss["kind"] for loss in settings.get("losses", ())] for name, settings in told.items()}


def database(path: Path, status: str) -> Path:
    """Two datasets, one of them without fields; ``status``: its."""
    workspace, time = "0" * 31 + "9", "'2026-11-28 14:05:49.984556'"
    dataset = "INSERT INTO datasets (id, name, status, workspace_id, inserted_at) VALUES ('{}', '{}', '{}', '" + workspace + f"', {time})"
    return old_database(
        path,
        (2, 5),
        f"INSERT INTO workspaces VALUES ('{workspace}', 'demo', {time}, {time})",
        dataset.format(FULL, "full", "ready"),
        dataset.format(EMPTY, "empty", status),
        f"INSERT INTO fields VALUES ('{FULL}', '{FULL}', 'text', '{{\"type\": \"text\"}}', {time})",
        content="",
    )


def test_a_published_dataset_without_fields_is_told_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert losses(database(tmp_path / "1", "ready")) == {"full": [], "empty": []}  # the export itself notes it, whatever the source
    assert "has emptied 1 feedback dataset in the database (demo.empty). Do not run" in caplog.text


def test_a_draft_without_fields_has_just_begun(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert losses(database(tmp_path / "1", "draft")) == {"full": [], "empty": []}
    assert not caplog.text


def test_beside_an_emptied_dataset_it_may_have_been_emptied_too(tmp_path: Path) -> None:
    path = database(tmp_path / "1", "ready")
    draft = f"INSERT INTO datasets (id, name, status, workspace_id, inserted_at) SELECT '{'0' * 31}3', 'draft', 'draft', workspace_id, inserted_at FROM datasets"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"{draft} LIMIT 1")
    assert losses(path) == {"full": [], "empty": [], "draft": ["dataset_wiped"]}
