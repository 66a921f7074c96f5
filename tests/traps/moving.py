"""Brings the catalogue onto a 1.x server, and reads back what a 2.x server made of it; all by plain HTTP."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from servers import old_api
from servers.argilla import ArgillaServer
from tests.traps import DATASETS, RECORDS, USERS
from tests.traps.model import WORKSPACE, DatasetTrap, Json, RecordTrap
from tests.traps.users import OWNER

#: One label more than a 2.8.0 server takes, and a name that is one character too long for it.
EXCESS, LONG_NAME = 501, "x" * 201

# --- onto the old server ---


def seed(old: ArgillaServer) -> None:
    """Everything of the catalogue, as older and newer servers would have it."""
    with old_api.connect(old.url, old.api_key) as client, httpx.Client(base_url=old.search_url, trust_env=False, timeout=60) as search:
        _people(client, old)
        for dataset in DATASETS:
            _dataset(client, dataset)
            rows = [row for row in RECORDS if row.dataset == dataset.name]
            _log(client, dataset, rows)
            _store(search, old, dataset, [row for row in rows if row.stored is not None])
            if dataset.closed:
                client.put(f"/api/datasets/{dataset.name}:close", params={"workspace": WORKSPACE}).raise_for_status()


def seed_excess(old: ArgillaServer) -> None:
    """Datasets that a 2.x server does not take: more labels than it is told to, and a name that is too long."""
    labels = [f"label {number}" for number in range(EXCESS)]
    with old_api.connect(old.url, old.api_key) as client:
        old_api.create_workspace(client, "excess")
        for name, task in (("labels", "TextClassification"), ("spans", "TokenClassification"), (LONG_NAME, "Text2Text")):
            old_api.create_dataset(client, "excess", name, task)  # type: ignore[arg-type]
            if task != "Text2Text":
                old_api.put_settings(client, "excess", name, task, labels)  # type: ignore[arg-type]


def record_id(row: RecordTrap) -> Any:
    """The id of a row's record on the old server."""
    return row.posts[0].get("id", row.name)


def _people(client: httpx.Client, old: ArgillaServer) -> dict[str, str]:
    """Users and their workspaces; returns the ids of these."""
    workspaces: dict[str, str] = {}
    for name in dict.fromkeys([WORKSPACE, *(name for user in USERS for name in user.workspaces)]):
        workspaces[name] = old_api.create_workspace(client, name)["id"]
    for user in USERS:
        if user.name == OWNER:
            id_ = client.get("/api/me").raise_for_status().json()["id"]
            for name in user.workspaces:
                old_api.add_member(client, workspaces[name], id_)
        else:
            old_api.create_user(client, user.created_as or user.name, user.role, workspaces=user.workspaces)
    with sqlite3.connect(old.home / "argilla.db", timeout=30) as database:
        for user in USERS:
            for column, value in user.row.items():
                database.execute(f"UPDATE users SET {column} = ? WHERE username = ?", (value, user.created_as or user.name))
    return workspaces


def _dataset(client: httpx.Client, dataset: DatasetTrap) -> None:
    old_api.create_dataset(client, WORKSPACE, dataset.name, dataset.task, tags=dataset.tags, metadata=dataset.metadata)
    if dataset.labels is not None:
        old_api.put_settings(client, WORKSPACE, dataset.name, dataset.task, dataset.labels)
    for rule in dataset.rules:
        old_api.add_rule(client, WORKSPACE, dataset.name, **rule)


def _log(client: httpx.Client, dataset: DatasetTrap, rows: Iterable[RecordTrap]) -> None:
    """Logs first posts together, then second ones: one bulk could not hold both."""
    rows = list(rows)
    for turn in range(max((len(row.posts) for row in rows), default=0)):
        posts = [{"id": row.name, **row.posts[turn]} for row in rows if len(row.posts) > turn]
        content = json.dumps({"records": posts}).encode()  # the standard library's, for integers beyond 64 bits
        path, headers = f"/api/datasets/{dataset.name}/{dataset.task}:bulk", {"Content-Type": "application/json"}
        answer = client.post(path, params={"workspace": WORKSPACE}, content=content, headers=headers)
        assert answer.is_success, answer.text
    if rows:
        old_api.wait_until_counted(client, WORKSPACE, dataset.name, dataset.task, len(rows))


def _store(search: httpx.Client, old: ArgillaServer, dataset: DatasetTrap, rows: Iterable[RecordTrap]) -> None:
    """Changes documents where they lie, past the server and its rules."""
    namespace = old.env.get("ARGILLA_NAMESPACE")
    index = ".".join(part for part in (namespace, "ar.dataset", WORKSPACE, dataset.name) if part)
    for row in rows:
        path = f"/{index}/_doc/{record_id(row)}"
        document = search.get(path).raise_for_status().json()["_source"] | (row.stored or {})
        content = {name: value for name, value in document.items() if value is not None}
        search.put(path, params={"refresh": "true"}, json=content).raise_for_status()


# --- in the snapshot ---


def edit(snapshot: Path) -> None:
    """Changes tables of a snapshot as the rows ask for it."""
    for dataset in DATASETS:
        rows = {str(record_id(row)): row.edited for row in RECORDS if row.dataset == dataset.name and row.edited is not None}
        if rows:
            (part,) = (snapshot / "datasets" / WORKSPACE / dataset.name / "records").glob("*.parquet")
            table = pq.read_table(part)
            changed = [record | rows.get(record["id"], {}) for record in table.to_pylist()]
            pq.write_table(pa.Table.from_pylist(changed, schema=_loose(table.schema, changed)), part)


def _loose(schema: pa.Schema, records: list[Json]) -> pa.Schema:
    """The schema with the inputs and vectors that are there now, of any size, as pandas would write it."""
    for name in ("inputs", "vectors"):
        number = schema.get_field_index(name)
        type_ = pa.array([record[name] for record in records]).type if number >= 0 else None
        if type_ is not None and pa.types.is_struct(type_):
            schema = schema.set(number, pa.field(name, type_))
    return schema


# --- on the new server ---


def prepare(new: ArgillaServer, snapshot: Path) -> None:
    """The users that the rows say the 2.x server has already."""
    ids = {user["username"]: user["id"] for user in orjson.loads((snapshot / "users.json").read_bytes())}
    with httpx.Client(base_url=new.url, headers={"X-Argilla-Api-Key": new.api_key}, trust_env=False, timeout=60) as client:
        for user in USERS:
            if user.on_target is not None:
                body = {"username": user.name, "password": "12345678", **user.on_target}
                if body.pop("same_id", False):
                    body["id"] = ids[user.name]
                client.post("/api/v1/users", json=body).raise_for_status()


@dataclass(frozen=True)
class Found:
    """A dataset of a 2.x server. ``records``: by external id, with names in place of ids; ``searchable``: as the UI counts."""

    dataset: Json
    fields: list[Json]
    questions: list[Json]
    properties: list[Json]
    vectors: list[Json]
    records: dict[str, Json]
    stored: int
    searchable: int


@dataclass(frozen=True)
class Content:
    """What a 2.x server holds; users by username, with the names of their workspaces."""

    users: dict[str, Json]
    datasets: dict[str, Found]


def read(new: ArgillaServer) -> Content:
    """All of a 2.x server."""
    with httpx.Client(base_url=new.url, headers={"X-Argilla-Api-Key": new.api_key}, timeout=120, trust_env=False) as client:
        users = {user["username"]: user | {"workspaces": []} for user in _items(client, "/api/v1/users")}
        names = {user["id"]: name for name, user in users.items()}
        workspaces = {workspace["id"]: workspace["name"] for workspace in _items(client, "/api/v1/me/workspaces")}
        for id_, name in workspaces.items():
            for member in _items(client, f"/api/v1/workspaces/{id_}/users"):
                users[member["username"]]["workspaces"].append(name)
        datasets = _items(client, "/api/v1/me/datasets")
        found = {f"{workspaces[d['workspace_id']]}.{d['name']}": _found(client, d, names) for d in datasets}
    return Content(users, found)


def _found(client: httpx.Client, dataset: Json, users: dict[str, str]) -> Found:
    path = f"/api/v1/datasets/{dataset['id']}"
    questions = _items(client, f"{path}/questions")
    names = {question["id"]: question["name"] for question in questions}
    listed = _get(client, f"{path}/records", limit=1000, include=["responses", "suggestions", "vectors"])
    return Found(
        dataset=dataset,
        fields=_items(client, f"{path}/fields"),
        questions=questions,
        properties=_items(client, f"/api/v1/me/datasets/{dataset['id']}/metadata-properties"),
        vectors=_items(client, f"{path}/vectors-settings"),
        records={record["external_id"]: _named(record, names, users) for record in listed["items"]},
        stored=listed["total"],
        searchable=client.post(f"{path}/records/search", json={}).raise_for_status().json()["total"],
    )


def _named(record: Json, questions: dict[str, str], users: dict[str, str]) -> Json:
    """A record's parts, as ``Held`` has them."""
    suggestions = {questions[s["question_id"]]: (s["value"], s["score"], s["agent"]) for s in record["suggestions"]}
    responses = {
        users[r["user_id"]]: (r["status"], {name: answer["value"] for name, answer in (r["values"] or {}).items()})
        for r in record["responses"]
    }
    return {
        "fields": {name: value for name, value in record["fields"].items() if value is not None},
        "metadata": record["metadata"] or {},
        "vectors": record.get("vectors") or {},
        "suggestions": suggestions,
        "responses": responses,
    }


def _items(client: httpx.Client, path: str) -> list[Json]:
    items: list[Json] = _get(client, path)["items"]
    return items


def _get(client: httpx.Client, path: str, **params: Any) -> Json:
    answer: Json = orjson.loads(client.get(path, params=params).raise_for_status().content)
    return answer
