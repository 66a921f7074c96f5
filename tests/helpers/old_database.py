"""SQLite files with the tables of Argilla servers of several versions, as far as an upgrade is concerned with them, filled by hand."""

import sqlite3
from contextlib import closing
from pathlib import Path

#: The columns of datasets by the first version that has them.
_DATASETS = {(1, 8): "id, name, status, workspace_id, inserted_at", (1, 18): "last_activity_at", (2, 0): "distribution", (2, 4): "metadata"}
#: A workspace, a user, and a published dataset with one of everything; the response is the user's.
CONTENT = """
    INSERT INTO workspaces (id, name) VALUES ('w', 'demo');
    INSERT INTO users (id) VALUES ('u');
    INSERT INTO datasets (id, name, status, workspace_id) VALUES ('d', 'all', 'ready', 'w');
    INSERT INTO fields (id, dataset_id) VALUES ('f', 'd');
    INSERT INTO questions (id, dataset_id) VALUES ('q', 'd');
    INSERT INTO records (id, dataset_id) VALUES ('r', 'd');
    INSERT INTO responses (id, record_id, user_id, "values") VALUES ('a', 'r', 'u', '{}');
    INSERT INTO suggestions (id, record_id, question_id) VALUES ('s', 'r', 'q');
"""


def old_database(path: Path, version: tuple[int, int], *statements: str, content: str = CONTENT) -> Path:
    """A file with the tables of a version, the content, and what the statements make of it."""
    datasets = ", ".join(columns for since, columns in _DATASETS.items() if since <= version)
    score = "score JSON" if version >= (1, 28) else "score FLOAT"
    tables = f"""
        CREATE TABLE alembic_version (version_num);
        CREATE TABLE workspaces (id, name, inserted_at, updated_at);
        CREATE TABLE users (id, username, first_name, last_name, role, api_key, password_hash, inserted_at, updated_at);
        CREATE TABLE workspaces_users (user_id, workspace_id, inserted_at);
        CREATE TABLE datasets ({datasets});
        CREATE TABLE fields (id, dataset_id, name, settings, inserted_at);
        CREATE TABLE questions (id, dataset_id, name, settings, inserted_at);
        CREATE TABLE records (id, dataset_id);
        CREATE TABLE responses (id, record_id, user_id, "values" JSON);
        CREATE TABLE suggestions (id, record_id, question_id, {score});
        {"CREATE TABLE datasets_users (dataset_id, user_id);" if version >= (2, 5) else ""}
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(tables + content + ";".join(statements))
    return path
