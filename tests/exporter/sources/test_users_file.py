"""The file in which servers before 1.6 have their users: read but for what is secret in it."""

import json
from pathlib import Path

import pytest

from argilla_snapshot.format.models import User
from exporter.errors import UsersFileError
from exporter.sources.users_file import is_superuser, read_users

SECRET = "a-secret-that-nobody-may-see"
#: As the documentation of Rubrix has it.
FILE = f"""- username: team1user2
  api_key: {SECRET}
  full_name: Ünal
  email: user2@example.org
  hashed_password: {SECRET}
  workspaces: ['team1', 'both']
- username: boss
  api_key: {SECRET}
  hashed_password: {SECRET}
- username: lonely
  workspaces: []
- username: old_boss
  workspaces: [""]
- username: flagged
  superuser: true
  workspaces: ['team1']
- username: flagged_not
  superuser: false
- username: 'team1user2'
  workspaces: ["team1user2", 'team1']
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / ".users.yml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_roles_and_workspaces_are_those_that_the_server_gives(file: Path) -> None:
    assert read_users(file) == [
        User("boss", "owner", first_name="", workspaces=["boss"]),
        User("flagged", "owner", first_name="", workspaces=["flagged", "team1"]),
        User("flagged_not", "annotator", first_name="", workspaces=["flagged_not"]),
        User("lonely", "annotator", first_name="", workspaces=["lonely"]),
        User("old_boss", "owner", first_name="", workspaces=["old_boss"]),
        User("team1user2", "annotator", first_name="", workspaces=["team1user2", "team1"]),  # the server too takes the last of a name
    ]


def test_a_name_comes_along_and_nothing_secret(file: Path) -> None:
    file.write_text(FILE.rpartition("- username: 'team1user2'")[0], encoding="utf-8")
    users = read_users(file)
    assert [user.first_name for user in users if user.first_name] == ["Ünal"]
    assert SECRET not in repr(users)
    assert "@" not in repr(users)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "users",
        "username: ana",
        json.dumps([{"name": "ana", "api_key": SECRET}]),
        json.dumps([{"username": 1, "api_key": SECRET}]),
        json.dumps([{"username": "ana"}, SECRET]),
        f"- username: [{SECRET}",
        f"- !!python/object:os.system {SECRET}",
    ],
)
def test_what_is_no_such_file_is_refused_and_not_repeated(content: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(UsersFileError, match=r"--users-yml takes the") as raised:
        read_users(file)
    assert raised.value.exit_code == 2
    assert SECRET not in raised.value.message


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsersFileError, match="can't be read as YAML"):
        read_users(file)


@pytest.mark.parametrize(
    ("told", "superuser"),
    [
        ({}, True),  # Rubrix 0.12, and the users file
        ({"workspaces": None}, True),
        ({"workspaces": []}, False),
        ({"workspaces": ["team"]}, False),
        ({"workspaces": ["", "", "team"]}, True),  # Rubrix 0.15 to Argilla 1.3
        ({"workspaces": ["team"], "superuser": True}, True),  # 1.4 and 1.5
        ({"superuser": False}, False),
    ],
)
def test_who_is_a_superuser(told: dict[str, object], *, superuser: bool) -> None:
    assert is_superuser(told) is superuser
