"""Fill a real Argilla server, 1.8 to 2.8, over plain HTTP, with a feedback dataset that has one of everything its version knows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from servers.errors import RequestRefusedError

Json = dict[str, Any]
ANNOTATORS = ("ana", "bruno", "chiyo")
#: The annotator that is deleted at the end.
GONE = "chiyo"
_BATCH = 100
#: A picture.
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class FeedbackSeed:
    """Makes feedback datasets on one server.

    Args:
        url: the server.
        api_key: its owner's.
        version: its first two numbers.
    """

    def __init__(self, url: str, api_key: str, version: tuple[int, int]) -> None:
        self._client = httpx.Client(base_url=url, headers={"X-Argilla-Api-Key": api_key}, timeout=120, trust_env=False)
        self.version = version
        self.users: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def post(self, path: str, body: Any) -> Any:
        """POSTs, and returns the parsed answer."""
        return self.send("POST", path, body)

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Sends a request, as another user with ``key``, and returns the parsed answer."""
        answer = self._client.request(method, path, json=body, headers={"X-Argilla-Api-Key": key} if key else {})
        if answer.status_code >= 300:
            raise RequestRefusedError(f"{method} {path}: {answer.status_code} {answer.text[:500]}", answer.status_code)
        return answer.json() if answer.content else None

    @property
    def _v1(self) -> bool:
        return self.version >= (2, 0)

    def people(self, workspace: str, names: Sequence[str] = ANNOTATORS) -> str:
        """Makes a workspace and annotators who are members of it; returns the id of the workspace."""
        id_: str = self.post("/api/v1/workspaces" if self._v1 else "/api/workspaces", {"name": workspace})["id"]
        for name in names:
            body = {"username": name, "first_name": name.title(), "role": "annotator", "password": "12345678"}
            user = self.post("/api/v1/users" if self._v1 else "/api/users", body)
            self.users[name], self._keys[name] = user["id"], user["api_key"]
            if self._v1:
                self.post(f"/api/v1/workspaces/{id_}/users", {"user_id": self.users[name]})
            else:
                self.post(f"/api/workspaces/{id_}/users/{self.users[name]}", None)
        return id_

    def delete_user(self, name: str) -> None:
        """Deletes a user: 1.x keeps the responses, and forgets whose they were; 2.x deletes them."""
        self.send("DELETE", f"{'/api/v1/users' if self._v1 else '/api/users'}/{self.users[name]}")

    def dataset(self, workspace_id: str, name: str, records: int, *, publish: bool = True, **members: Any) -> str:
        """Makes a dataset with so many records; returns its id. ``members``: more of the dataset's own."""
        body = {"name": name, "workspace_id": workspace_id, "guidelines": "Read **all** of it."}
        id_: str = self.post("/api/v1/datasets", body | members)["id"]
        path = f"/api/v1/datasets/{id_}"
        for field in self.fields():
            self.post(f"{path}/fields", field)
        questions = {question["name"]: self.post(f"{path}/questions", question)["id"] for question in self.questions()}
        for property_ in self.properties():
            self.post(f"{path}/metadata-properties", property_)
        for vector in self.vectors():
            self.post(f"{path}/vectors-settings", vector)
        if publish:
            self.send("PUT", f"{path}/publish")
        found = list(self.records(records, questions))
        responses = {record["fields"]["text"]: record.pop("responses") for record in found} if self._by_hand else {}
        for start in range(0, records, _BATCH):
            self.post(f"{path}/records/bulk" if self._v1 else f"{path}/records", {"items": found[start : start + _BATCH]})
        if responses:
            self._respond(path, responses)
        return id_

    @property
    def _by_hand(self) -> bool:
        """Whether users have to respond themselves: before 1.20 records come without drafts, and 1.16 to 1.18 fail at responses of others."""
        return self.version < (1, 20)

    def _respond(self, path: str, responses: dict[str, list[Json]]) -> None:
        keys = {id_: self._keys[name] for name, id_ in self.users.items()}
        for record in self.send("GET", f"{path}/records?limit=1000")["items"]:
            for response in responses[record["fields"]["text"]]:
                body = {name: value for name, value in response.items() if name != "user_id"}
                self.send("POST", f"/api/v1/records/{record['id']}/responses", body, key=keys[response["user_id"]])

    # --- what a dataset has, by version ---

    def fields(self) -> Iterator[Json]:
        """Fields of each type."""
        types: dict[str, Json] = {"text": {"type": "text", "use_markdown": True}, "note": {"type": "text", "use_markdown": False}}
        if self.version >= (2, 2):
            types |= {"picture": {"type": "image"}, "talk": {"type": "chat", "use_markdown": False}}
        if self.version >= (2, 3):
            types["page"] = {"type": "custom", "template": "<b>{{record.fields.page.x}}</b>", "advanced_mode": False}
        for name, settings in types.items():
            yield {"name": name, "title": f"The {name} 🙂", "required": name == "text", "settings": settings}

    def questions(self) -> Iterator[Json]:
        """Questions of each type."""
        types: dict[str, Json] = {
            "why": {"type": "text", "use_markdown": False},
            "stars": {"type": "rating", "options": [{"value": value} for value in (3, 1, 2)]},
        }
        if self.version >= (1, 9):
            types["label"] = {"type": "label_selection", "options": _options("b", "a"), "visible_options": None}
            types["many"] = {"type": "multi_label_selection", "options": _options("x", "y", "z"), "visible_options": 3}
        if self.version >= (1, 12):
            types["rank"] = {"type": "ranking", "options": _options("p", "q")}
        if self.version >= (1, 26):
            types["spans"] = {"type": "span", "field": "text", "options": _options("PER", "LOC")}
        if self.version >= (1, 27):
            types["spans"]["allow_overlapping"] = True
        for name, settings in types.items():
            yield {"name": name, "title": name.title(), "description": f"Say {name}.", "required": name == "why", "settings": settings}

    def properties(self) -> Iterator[Json]:
        """Metadata properties of each type."""
        types = {"split": {"type": "terms", "values": None}, "n": {"type": "integer", "min": 0, "max": 1_000_000}, "f": {"type": "float"}}
        if self.version >= (1, 18):
            for name, settings in types.items():
                visible = {"visible_for_annotators": name != "n"} if self.version >= (1, 21) else {}
                yield {"name": name, "title": name.title(), "settings": settings} | visible

    def vectors(self) -> Iterator[Json]:
        """Two vectors."""
        if self.version >= (1, 19):
            yield from ({"name": name, "title": name.title(), "dimensions": size} for name, size in (("mini", 4), ("midi", 8)))

    def records(self, count: int, questions: dict[str, str]) -> Iterator[Json]:
        """Records of which some lack what may be missing."""
        chance = random.Random(count)
        for number in range(count):
            record: Json = {
                "fields": {"text": f"{number} Ana went to Rome 🙂 東京"}
                | ({"note": f"n{number}"} if number % 3 or self.version < (1, 17) else {}),
                "external_id": f"r-{number}" if number % 5 else None,
                "responses": [self._response(name, number + k) for k, name in enumerate(self.users) if (number + k) % 3],
            }
            if self.version >= (2, 2) and (number % 2 or self.version == (2, 3)):  # 2.3 refuses a record that lacks a conversation
                record["fields"] |= {"picture": PIXEL, "talk": [{"role": "user", "content": f"Hi {number}"}]}
            if self.version >= (2, 3) and number % 2:
                record["fields"]["page"] = {"x": number, "deep": [1.0, None, {"y": "ü"}]}
            if self.version >= (1, 11):
                record["metadata"] = {"split": "train" if number % 2 else "test", "n": number, "f": number / 2, "more": _more(number)}
            if self.version >= (1, 19):
                record["vectors"] = {"mini": [chance.random() for _ in range(4)]} | ({"midi": [0.5] * 8} if number % 4 == 0 else {})
            if self.version >= (1, 13):
                record["suggestions"] = list(self._suggestions(number, questions))[: number % 5]
            yield record

    def _suggestions(self, number: int, questions: dict[str, str]) -> Iterator[Json]:
        lists = self.version >= (1, 28)
        yield {"question_id": questions["label"], "value": "a", "score": 0.5, "agent": "model-1", "type": "model"}
        yield {"question_id": questions["many"], "value": ["x", "y"], "agent": "rules 2.0"} | ({"score": [0.1, 1.0]} if lists else {})
        if "spans" in questions:
            yield {"question_id": questions["spans"], "value": [{"label": "PER", "start": 2, "end": 5}], "type": "human"}
        if "rank" in questions:
            yield {"question_id": questions["rank"], "value": [{"value": "q", "rank": 1}, {"value": "p", "rank": 1}]}
        yield {"question_id": questions["stars"], "value": 1 + number % 3}

    def _response(self, name: str, number: int) -> Json:
        status = ("submitted", "draft" if self.version >= (1, 10) else "discarded", "discarded")[number // 3 % 3]
        values: Json = {"why": {"value": f"because {name}"}, "stars": {"value": 1 + number % 3}}
        if self.version >= (1, 9):
            values |= {"label": {"value": "b"}, "many": {"value": ["z"]}}
        if self.version >= (1, 12):
            values["rank"] = {"value": [{"value": "p", "rank": 1}, {"value": "q", "rank": 2}]}
        if self.version >= (1, 26):
            values["spans"] = {"value": [{"label": "LOC", "start": 14, "end": 18}] if number % 2 else []}
        if status == "draft":
            values = {"stars": {"value": 2}}
        if status == "discarded" and number % 2:
            return {"user_id": self.users[name], "status": status, "values": {} if self._v1 else None}
        return {"user_id": self.users[name], "status": status, "values": values}


def _options(*values: str) -> list[Json]:
    return [{"value": value, "text": value.upper(), "description": None} for value in values]


def _more(number: int) -> Any:
    return {"a": [1, None]} if number % 7 == 0 else "x"
