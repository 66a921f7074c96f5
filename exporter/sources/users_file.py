"""The file in which a server before 1.6 has its users (``.users.yml``): without what is secret in it, or only that."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from argilla_snapshot.format.credentials import Credential
from argilla_snapshot.format.models import User
from exporter.errors import UsersFileError


def read_users(path: Path) -> list[User]:
    """The users, ordered by name, with the workspaces that they are members of: each has one of the own name.

    They get the roles and workspaces that Argilla 1.6 gives them when it takes such a file over (``tasks/users/migrate.py``).
    Passwords, keys and e-mail addresses are left where they are.

    Raises:
        UsersFileError: it is no such file. No word of its content is told.
    """
    users = {user.username: user for user in map(_user, _entries(path))}
    return [users[name] for name in sorted(users)]


def read_file_credentials(path: Path) -> list[Credential]:
    """What these users log in with; of whom lacks a key or a password, nothing.

    Raises:
        UsersFileError: as ``read_users``.
    """
    users = {entry["username"]: (entry.get("api_key"), entry.get("hashed_password")) for entry in _entries(path)}
    return [
        Credential(username, key, hashed)
        for username, (key, hashed) in sorted(users.items())
        if isinstance(key, str) and key and isinstance(hashed, str) and hashed
    ]


def is_superuser(user: Mapping[str, Any]) -> bool:
    """Whether a user of a server before 1.6 may do everything, by what ``/api/me`` or the users file says.

    1.4 and 1.5 say so. Before them it is who has no list of workspaces, which Rubrix 0.13 to Argilla 1.3 show as one with an empty name.
    """
    told, workspaces = user.get("superuser"), user.get("workspaces")
    if isinstance(told, bool):
        return told
    return workspaces is None or (isinstance(workspaces, list) and "" in workspaces)


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of the file, each with a username."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError):
        raise UsersFileError(f"{path} can't be read as YAML: --users-yml takes the file of the server's users, .users.yml.") from None
    for number, entry in enumerate(content if isinstance(content, list) else [None], 1):
        username = entry.get("username") if isinstance(entry, dict) else None
        if not isinstance(username, str) or not username:
            raise UsersFileError(f"{path} is no list of users (entry {number} has no username): --users-yml takes the server's .users.yml.")
        yield entry


def _user(entry: Mapping[str, Any]) -> User:
    workspaces = entry.get("workspaces")
    named = [str(name) for name in workspaces if name] if isinstance(workspaces, list) else []
    return User(
        entry["username"],
        "owner" if is_superuser(entry) else "annotator",
        first_name=str(entry.get("full_name") or ""),
        workspaces=list(dict.fromkeys([entry["username"], *named])),
    )
