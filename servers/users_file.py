"""The file in which servers before 1.6 have their users; a server reads it when it starts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

API_KEY = "argilla.apikey"
USERS_FILE = "users.yml"
#: Of the password 1234.
_HASH = "$2y$12$MPcRR71ByqgSI8AaqgxrMeSdrD4BcxDIdYkr.ePQoKz7wsGK7SAca"
#: The first user of a new server; without workspaces it is a superuser.
OWNER: dict[str, Any] = {"username": "argilla", "api_key": API_KEY}


def write_users(path: Path, users: Iterable[Mapping[str, Any]] = (OWNER,)) -> None:
    """Writes the file. JSON is YAML too.

    Args:
        path: the file.
        users: each with ``username``, ``api_key`` and, but for superusers, ``workspaces``; ``full_name`` and ``email`` where wanted.
    """
    path.write_text("[\n" + ",\n".join(json.dumps({**user, "hashed_password": _HASH}, ensure_ascii=False) for user in users) + "\n]\n")
