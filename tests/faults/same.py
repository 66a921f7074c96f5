"""Whether two snapshots, or what two targets hold, are the same but for times and random ids."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from tests.helpers import target

_PASSING = {"id", "record_id", "api_key", "inserted_at", "updated_at", "last_activity_at", "database_id"}


def snapshot(directory: Path) -> dict[str, Any]:
    """The checksum of every file; of the manifest its content without time and id; of SHA256SUMS the lines but the manifest's."""
    held: dict[str, Any] = {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }
    manifest = json.loads((directory / "manifest.json").read_text())
    held["manifest.json"] = {name: value for name, value in manifest.items() if name not in ("created_at", "snapshot_id")}
    held["SHA256SUMS"] = [line for line in (directory / "SHA256SUMS").read_text().splitlines() if not line.endswith("manifest.json")]
    return held


def contents(directory: Path) -> dict[str, Any]:
    """Every file but those that say where the snapshot comes from; the column raw as JSON: an engine writes 0.0001 as 1.0E-4."""
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    for name in ("README.md", "SHA256SUMS", "manifest.json"):
        del files[name]
    return {name: json.loads(path.read_bytes()) if path.suffix == ".json" else _table(path) for name, path in files.items()}


def _table(path: Path) -> tuple[pa.Schema, list[dict[str, Any]]]:
    """The exact types and rows of a table."""
    table = pq.read_table(path)
    return table.schema, [{**row, "raw": json.loads(row["raw"])} for row in table.to_pylist()]


def held(client: httpx.Client) -> dict[str, Any]:
    """All that a target holds, by names: each record with its responses and suggestions, and how many it stores and shows."""
    everything = target.everything(client)
    names = {item["id"]: f"user {item['username']}" for item in everything["users"]}
    names |= {item["id"]: f"workspace {item['name']}" for item in everything["workspaces"]}
    names |= {item["id"]: f"{names[item['workspace_id']]} {item['name']}" for item in everything["datasets"]}
    for id_, parts in everything["settings"].items():
        parts += [
            target.items(client, f"/me/datasets/{id_}/metadata-properties"),
            target.items(client, f"/datasets/{id_}/vectors-settings"),
        ]
        names |= {item["id"]: f"{names[id_]} {item['name']}" for part in parts for item in part}
    everything["stored"] = {id_: target.get(client, f"/datasets/{id_}/records", limit=1)["total"] for id_ in everything["records"]}
    everything["shown"] = {id_: target.searchable(client, id_) for id_ in everything["records"]}
    named: dict[str, Any] = _named(everything, names)
    return named


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _named(item, names) for key, item in sorted(value.items()) if key not in _PASSING}
    if isinstance(value, list):
        return sorted((_named(item, names) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return names.get(value, value) if isinstance(value, str) else value


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two values differ, for people."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [line for key in {**one, **other} for line in differences(one.get(key), other.get(key), f"{at}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [line for n, (a, b) in enumerate(zip(one, other, strict=True)) for line in differences(a, b, f"{at}/{n}")]
    return [] if one == other else [f"{at}: {one!r:.200} and {other!r:.200}"]


def empty(client: httpx.Client) -> None:
    """Takes everything from a target but its first user."""
    for dataset in target.items(client, "/me/datasets"):
        client.delete(f"/datasets/{dataset['id']}").raise_for_status()
    for workspace in target.items(client, "/me/workspaces"):
        client.delete(f"/workspaces/{workspace['id']}").raise_for_status()
    for user in target.items(client, "/users"):
        if user["username"] != "argilla":
            client.delete(f"/users/{user['id']}").raise_for_status()


def passwords(journal: Path) -> dict[str, str]:
    """What ``credentials.csv`` says; every user is there once."""
    with (journal / "credentials.csv").open(newline="") as file:
        rows = [(row["username"], row["password"]) for row in csv.DictReader(file)]
    assert len(dict(rows)) == len(rows), rows
    return dict(rows)


def log_in(url: str, journal: Path) -> None:
    """Every password lets its user in."""
    for username, password in passwords(journal).items():
        login = httpx.post(f"{url}/api/v1/token", data={"username": username, "password": password}, trust_env=False, timeout=60)
        assert login.status_code == 201, (username, login.text)
