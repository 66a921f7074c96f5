"""A published dataset on a real 2.x server, made from the shape that the rules know."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.helpers.rules import Target

Json = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """The dataset. ``ids``: of questions and users, by the names that items have in their place."""

    client: httpx.Client
    id: str
    ids: dict[str, str]

    def put(self, *items: Json) -> httpx.Response:
        """Sends items. The standard library writes them: it can write what no JSON should have."""
        wire = [self._with_ids(item) for item in items]
        content = json.dumps({"items": wire}).encode()
        return self.client.put(f"/api/v1/datasets/{self.id}/records/bulk", content=content, headers={"Content-Type": "application/json"})

    def fails_to_list(self) -> bool:
        """Whether the server can't list the records."""
        return not self._list().is_success

    def searchable(self) -> int:
        """How many records the search engine has."""
        return int(self._search({})["total"])

    def listed(self) -> dict[str, Json]:
        """All records by external id, from the database."""
        return {item["external_id"]: item for item in self._list().raise_for_status().json()["items"]}

    def similar(self, vector: str, value: list[float]) -> list[float] | None:
        """The scores of a search for similar records, or None where it fails."""
        answer = self.client.post(
            f"/api/v1/datasets/{self.id}/records/search", json={"query": {"vector": {"name": vector, "value": value, "max_results": 50}}}
        )
        scores = [item["query_score"] for item in answer.json()["items"]] if answer.is_success else [None]
        return None if None in scores else scores

    def _list(self) -> httpx.Response:
        params = {"limit": 1000, "include": ["responses", "suggestions", "vectors"]}
        return self.client.get(f"/api/v1/datasets/{self.id}/records", params=params)

    def _search(self, body: Json) -> Json:
        found: Json = self.client.post(f"/api/v1/datasets/{self.id}/records/search", json=body).raise_for_status().json()
        return found

    def _with_ids(self, item: Json) -> Json:
        changed = dict(item)
        for part, key in (("suggestions", "question_id"), ("responses", "user_id")):
            if part in item:
                changed[part] = [{**said, key: self.ids.get(said[key], str(uuid4()))} for said in item[part]]
        return changed


def publish(client: httpx.Client, name: str, target: Target, workspace_id: str, users: dict[str, str]) -> Published:
    """Makes the dataset that ``target`` describes."""

    def post(path: str, **body: Any) -> Json:
        answer: Json = client.post(f"/api/v1/{path}", json=body).raise_for_status().json()
        return answer

    id_ = post("datasets", name=name, workspace_id=workspace_id, allow_extra_metadata=True)["id"]
    for field, required in target.fields.items():
        post(f"datasets/{id_}/fields", name=field, title=field, required=required, settings={"type": "text"})
    ids = dict(users)
    for question in target.questions.values():
        settings: Json = {"type": question.type}
        if question.options:
            settings["options"] = [{"value": value, "text": value} for value in question.options]
        if question.type == "span":
            settings |= {"field": question.field, "allow_overlapping": question.overlap}
        body = {"name": question.name, "title": question.name, "required": question.required, "settings": settings}
        ids[question.name] = post(f"datasets/{id_}/questions", **body)["id"]
    for key, type_ in target.properties.items():
        post(f"datasets/{id_}/metadata-properties", name=key, title=key, settings={"type": type_})
    for vector, dimensions in target.vectors.items():
        post(f"datasets/{id_}/vectors-settings", name=vector, title=vector, dimensions=dimensions)
    client.put(f"/api/v1/datasets/{id_}/publish").raise_for_status()
    return Published(client, id_, ids)
