"""What is used of a 2.x server's answers, and of which kind that must be."""

from typing import Any

from argilla_snapshot.transport.shapes import ANY, Shape
from importer.plan import MARKS

_SAID: dict[str, Any] = {"updated_at": str}
_SAID_LATER: dict[str, Any] = _SAID | {"inserted_at": str}
_SETTING: dict[str, Any] = {"id": str, "name": str, "title": str, "settings": {"type": str, "options": (None, [dict])}}

MADE: Shape = {"id": str}
TOTAL: Shape = {"total": int}
USERS: Shape = {
    "items": [{"id": str, "username": str, "role": str, "last_name": str | None, "inserted_at": str | None, "updated_at": str | None}]
}
WORKSPACES: Shape = {"items": [{"id": str, "name": str}]}
DATASET: Shape = {"id": str, "name": str, "workspace_id": str, "status": str, "metadata": dict | None}
DATASETS: Shape = {"items": [DATASET]}
SETTINGS: dict[str, Shape] = {
    "fields": {"items": [_SETTING | {"required": bool}]},
    "questions": {"items": [_SETTING | {"required": bool}]},
    "properties": {"items": [_SETTING]},
    "vectors": {"items": [{"name": str, "title": str, "dimensions": int}]},
}
RECORD: Shape = {
    "id": str,
    "external_id": str | None,
    "fields": dict,
    "metadata": dict | None,
    "vectors": dict | None,
    "inserted_at": str,
    "updated_at": str,
    "suggestions": (None, [_SAID_LATER | {"question_id": str, "value": ANY, "score": ANY, "agent": ANY}]),
    "responses": (None, [_SAID_LATER | {"user_id": str, "status": str, "values": (None, {"*": {"value": ANY}})}]),
}
RECORDS: Shape = {"items": [RECORD]}
FOUND: Shape = {"items": [{"record": RECORD}]}
WRITTEN: Shape = {"items": [{"updated_at": str, "suggestions": (None, [_SAID]), "responses": (None, [_SAID])}]}


def details_of(dataset: dict[str, Any]) -> dict[str, Any]:
    """What an import says of itself in the metadata of a dataset that it made (2.4+); nothing where somebody else wrote there."""
    metadata = dataset.get("metadata") or {}
    details = next((metadata[name] for name in MARKS.values() if name in metadata), None)
    return details if isinstance(details, dict) else {}
