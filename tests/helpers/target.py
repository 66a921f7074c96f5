"""Reading and changing an Argilla 2.x server by plain HTTP, as the tests see it: none of the tool's code."""

from typing import Any

import httpx

Json = dict[str, Any]


def connect(url: str, api_key: str = "argilla.apikey") -> httpx.Client:
    """A client bound to one server and one user."""
    return httpx.Client(base_url=f"{url}/api/v1", headers={"X-Argilla-Api-Key": api_key}, timeout=120, trust_env=False)


def get(client: httpx.Client, path: str, **params: Any) -> Any:
    """The JSON that a path answers."""
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def items(client: httpx.Client, path: str, **params: Any) -> list[Json]:
    """The items of a listing."""
    return list(get(client, path, **params)["items"])


def dataset_id(client: httpx.Client, workspace: str, name: str) -> str:
    """The id of a dataset."""
    workspaces = {w["id"]: w["name"] for w in items(client, "/me/workspaces")}
    found = [d["id"] for d in items(client, "/me/datasets") if (workspaces[d["workspace_id"]], d["name"]) == (workspace, name)]
    assert len(found) == 1, (workspace, name, found)
    return str(found[0])


def records(client: httpx.Client, dataset: str) -> dict[str, Json]:
    """All records of a dataset as the database has them, by external id."""
    result: dict[str, Json] = {}
    offset = 0
    while True:
        page = items(client, f"/datasets/{dataset}/records", offset=offset, limit=500, include=["responses", "suggestions", "vectors"])
        result |= {record["external_id"]: record for record in page}
        offset += len(page)
        if not page:
            return result


def searchable(client: httpx.Client, dataset: str) -> int:
    """How many records the search engine shows."""
    response = client.post(f"/datasets/{dataset}/records/search", json={}, params={"limit": 1})
    assert response.status_code == 200, response.text
    return int(response.json()["total"])


def everything(client: httpx.Client) -> Json:
    """All that the server holds, as its listings tell it."""
    datasets = items(client, "/me/datasets")
    workspaces = items(client, "/me/workspaces")
    return {
        "users": items(client, "/users"),
        "workspaces": workspaces,
        "members": {w["name"]: items(client, f"/workspaces/{w['id']}/users") for w in workspaces},
        "datasets": datasets,
        "settings": {d["id"]: [items(client, f"/datasets/{d['id']}/{part}") for part in ("fields", "questions")] for d in datasets},
        "records": {d["id"]: records(client, d["id"]) for d in datasets},
    }
