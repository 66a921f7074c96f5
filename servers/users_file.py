"""The file in which servers before 1.6 have their users; a server reads it when it starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

API_KEY = "argilla.apikey"
USERS_FILE = "users.yml"
#: Of the password 1234.
HASH = "$2y$12$MPcRR71ByqgSI8AaqgxrMeSdrD4BcxDIdYkr.ePQoKz7wsGK7SAca"
#: Whom a new server has. Who has no workspaces is a superuser; everybody has one of the own name.
PEOPLE: tuple[dict[str, Any], ...] = (
    {"username": "argilla", "api_key": API_KEY, "full_name": "The Owner"},
    {
        "username": "ana",
        "api_key": "ana.secret-key",
        "full_name": "Ana Lindqvist",
        "email": "ana@example.org",
        "workspaces": ["demo", "research"],
    },
    {"username": "bruno", "api_key": "bruno.secret-key", "workspaces": ["demo"]},
    {"username": "chiyo", "api_key": "chiyo.secret-key", "full_name": "千代", "workspaces": []},
)


def write_users(path: Path) -> None:
    """Writes the file. JSON is YAML too."""
    users = [json.dumps({**person, "hashed_password": HASH}, ensure_ascii=False) for person in PEOPLE]
    path.write_text("[\n" + ",\n".join(users) + "\n]\n")
