"""Users, their roles, names and memberships."""

from typing import Any

from tests.traps.model import WORKSPACE, Line, UserTrap, line

_USER = line(
    "users with roles and memberships, owners' too",
    "the same, with the same id; a new password in the credentials file, and a new API key; with `--credentials` the old ones",
    "password_new",
    "api_key",
)
_NAMES = line("users without a first name, or with an empty last name", "the username as first name; no last name", "first_name_filled")
_ODD = line("usernames with any characters", "the same username")
_THERE = line(
    "users that the 2.x server has already, by username", "stay as they are, role and password too; get the memberships", "role_differs"
)
_ID = line("users whose id another user of the 2.x server has", "the same, with a new id", "id_not_kept")

#: The owner that every new server has, of either version: its password and key stay.
OWNER = "argilla"


def _user(name: str, line: Line, *workspaces: str, **members: Any) -> UserTrap:
    held = {
        "role": members.get("role", "annotator"),
        "first_name": name,
        "last_name": None,
        "workspaces": list(workspaces),
        **members.pop("held", {}),
    }
    return UserTrap(name, line, held, workspaces=workspaces, **members)


USERS = [
    _user("ana", _USER, WORKSPACE),
    _user("ben", _USER, WORKSPACE),
    _user("cleo", _USER, WORKSPACE, role="admin"),
    _user("olga", _USER, WORKSPACE, "hana", role="owner"),
    _user("hana", line("workspace named like its user", "the same"), "hana"),
    _user("idle", _USER),
    _user("Ana", _ODD),
    _user("a^[b]`\\", _ODD),
    _user("john.doe", _ODD, WORKSPACE, created_as="john-doe", row={"username": "john.doe"}, held={"first_name": "john-doe"}),
    _user("nameless", _NAMES, row={"first_name": ""}, notes=frozenset({"password_new", "api_key", "first_name_filled"})),
    _user("half-named", _NAMES, row={"first_name": " Half ", "last_name": " "}, held={"first_name": "Half"}),
    _user("full-named", _USER, row={"first_name": "Łucja", "last_name": "de la Ó"}, held={"first_name": "Łucja", "last_name": "de la Ó"}),
    _user(
        "dora",
        _THERE,
        WORKSPACE,
        on_target={"role": "admin", "first_name": "Dora"},
        held={"role": "admin", "first_name": "Dora"},
        keeps_id=False,
        notes=frozenset({"role_differs"}),
    ),
    _user(
        "erin",
        _ID,
        WORKSPACE,
        on_target={"username": "somebody", "role": "annotator", "first_name": "Some", "same_id": True},
        keeps_id=False,
        notes=frozenset({"password_new", "api_key", "id_not_kept"}),
    ),
    _user(
        OWNER, _THERE, WORKSPACE, role="owner", held={"first_name": "", "workspaces": [OWNER, WORKSPACE]}, keeps_id=False, notes=frozenset()
    ),
]
