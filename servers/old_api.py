"""The few calls of the Argilla 1.x HTTP API, and of Rubrix's, that fill a server, for the seeds and the tests."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

import httpx
import orjson

from servers.errors import RequestRefusedError

Task = Literal["TextClassification", "TokenClassification", "Text2Text"]
Json = dict[str, Any]

BULK_SIZE = 500


def connect(url: str, api_key: str) -> httpx.Client:
    """A client bound to one server and one user. Loopback only, so no proxy of the environment is asked."""
    headers = {"X-Argilla-Api-Key": api_key, "X-Rubrix-Api-Key": api_key}
    return httpx.Client(base_url=url, headers=headers, timeout=120, trust_env=False, follow_redirects=True)


def create_workspace(client: httpx.Client, name: str) -> Json:
    """Create a workspace; the answer holds its ``id``."""
    return _send(client, "POST", "/api/workspaces", {"name": name})


def create_user(
    client: httpx.Client,
    username: str,
    role: str = "annotator",
    *,
    first_name: str | None = None,
    last_name: str | None = None,
    password: str = "12345678",
    workspaces: Sequence[str] = (),
) -> Json:
    """Create a user, as a member of workspaces by name; the answer holds ``id`` and ``api_key``."""
    user: Json = {"username": username, "role": role, "password": password, "workspaces": list(workspaces)}
    user["first_name"] = first_name or username
    if last_name:
        user["last_name"] = last_name
    return _send(client, "POST", "/api/users", user)


def add_member(client: httpx.Client, workspace_id: str, user_id: str) -> None:
    """Make a user a member of a workspace."""
    _send(client, "POST", f"/api/workspaces/{workspace_id}/users/{user_id}")


def create_dataset(
    client: httpx.Client,
    workspace: str,
    name: str,
    task: Task,
    *,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Json:
    """Create an empty dataset."""
    dataset = {"name": name, "workspace": workspace, "task": task, "tags": tags or {}, "metadata": metadata or {}}
    return _send(client, "POST", "/api/datasets", dataset)


def put_settings(client: httpx.Client, workspace: str, name: str, task: Task, labels: Iterable[str | Mapping[str, Any]]) -> Json:
    """Set the label schema; a label is a name, or an object with ``name`` and, if wanted, ``id`` and ``description``."""
    settings = {"label_schema": {"labels": [label if isinstance(label, str) else dict(label) for label in labels]}}
    return _send(client, "PUT", f"/api/datasets/{task}/{name}/settings", settings, workspace=workspace)


def add_rule(client: httpx.Client, workspace: str, name: str, query: str, labels: Sequence[str], description: str | None = None) -> Json:
    """Add a labeling rule to a text classification dataset."""
    rule: Json = {"query": query, "labels": list(labels)}
    if len(labels) == 1:
        rule["label"] = labels[0]
    if description:
        rule["description"] = description
    return _send(client, "POST", f"/api/datasets/TextClassification/{name}/labeling/rules", rule, workspace=workspace)


def log_records(
    client: httpx.Client, workspace: str, name: str, task: Task, records: Iterable[Mapping[str, Any]], described: Json | None = None
) -> int:
    """Log records in bulks, drawing them from the iterable as they are needed; returns how many were logged.

    ``described`` (``tags`` and ``metadata``) is of the dataset, which servers before 1.13 make of the first bulk; they put one without a
    workspace into that of whose key it is, or into none.
    """
    logged = 0
    where = {"workspace": workspace} if workspace else {}
    for bulk in _bulks(records):
        answer = _logged(client, f"/api/datasets/{name}/{task}:bulk", {**(described or {}), "records": bulk}, where)
        if answer.get("failed"):
            raise RequestRefusedError(f"{answer['failed']} of {len(bulk)} records of {workspace}.{name} were not accepted")
        logged += len(bulk)
    return logged


def _logged(client: httpx.Client, path: str, bulk: Json, where: Mapping[str, str]) -> Json:
    """Log a bulk; once more where a busy server tried again by itself what its search engine had taken before (a version conflict)."""
    try:
        return _send(client, "POST", path, bulk, **where)
    except RequestRefusedError as error:
        if "version conflict" not in str(error):
            raise
    return _send(client, "POST", path, bulk, **where)


def wait_until_counted(client: httpx.Client, workspace: str, name: str, task: Task, expected: int) -> None:
    """Wait until a search counts ``expected`` records: records can be searched for only a moment after they were logged."""
    deadline = time.monotonic() + 30
    while (found := count_records(client, workspace, name, task)) != expected:
        if time.monotonic() > deadline:
            raise RequestRefusedError(f"{workspace}.{name} holds {found} records and not {expected}")
        time.sleep(0.1)


def count_records(client: httpx.Client, workspace: str, name: str, task: Task) -> int:
    """How many records a search finds."""
    answer = _send(client, "POST", f"/api/datasets/{name}/{task}:search", {}, workspace=workspace, limit="0")
    return int(answer["total"])


def scan_records(client: httpx.Client, workspace: str, name: str) -> Iterator[Json]:
    """All records as they are stored, in the order of their ids as strings."""
    body: Json = {}
    while True:
        page = _send(client, "POST", f"/api/datasets/{name}/records/:search", body, workspace=workspace, limit="500")
        yield from page["records"]
        if not page["records"]:  # the cursor never becomes null
            return
        body = {"next_idx": page["next_idx"]}


def _bulks(records: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    iterator = iter(records)
    while bulk := list(islice(iterator, BULK_SIZE)):
        yield bulk


def _send(client: httpx.Client, method: str, path: str, body: object = None, **params: str) -> Json:
    content = None if body is None else orjson.dumps(body)
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, path, params=params, content=content, headers=headers)
    if not answer.is_success:
        raise RequestRefusedError(f"{method} {path}: {answer.status_code} {answer.text[:1000]}", answer.status_code)
    result = answer.json()
    return result if isinstance(result, dict) else {}
