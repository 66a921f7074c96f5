"""Who answers, which versions are read, and whose key it is."""

import logging
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Dataset
from argilla_snapshot.transport.errors import NotAllowedError, UnsupportedServerError
from exporter.errors import UsersFileError, WorkspaceError
from exporter.sources.api.source import ApiSource, connect
from servers.users_file import write_users
from tests.helpers.answering import Answer, Asked, answering

KEY = "a-key-of-somebody"
SUPERUSER = {"username": "boss", "workspaces": ["", "team"]}


def connected(version: str, me: dict[str, Any], listed: list[dict[str, Any]] | None = None, **options: Any) -> tuple[ApiSource, Any]:
    """A source of a server that says so, which is gone by now, and what ``options["ask"]`` got from it."""
    name = "rubrix_version" if version.startswith("0.") else "version"
    ask = options.pop("ask", lambda _source: None)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/_info":
            return Answer(200, {name: version})
        key = asked.headers["X-Rubrix-Api-Key" if name == "rubrix_version" else "X-Argilla-Api-Key"]
        if key != KEY:
            return Answer(401, {})
        if asked.path in ("/api/me", "/api/v1/me"):
            return Answer(200, me)
        only = asked.path.partition("?workspace=")[2]
        return Answer(200, [each for each in listed or [] if not only or each.get("owner") == only])

    with answering(answer) as server:
        source = connect(server.url, KEY, patience=0, **options)
        return source, ask(source)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0.11.0", "is Rubrix 0.11.0: export reads Rubrix 0.12 and later; upgrade the server within these first."),
        ("0.9.0", "is Rubrix 0.9.0"),
        ("x.y", "is Argilla x.y"),
    ],
)
def test_versions_that_are_not_read_are_refused_in_one_line(version: str, says: str) -> None:
    with pytest.raises(UnsupportedServerError) as raised:
        connected(version, SUPERUSER)
    assert raised.value.exit_code == 7
    assert says in raised.value.message
    assert "\n" not in raised.value.message


@pytest.mark.parametrize(("version", "like"), [("1.30.0.dev1", "1.29"), ("2.9.0", "2.8"), ("112.5", "2.8")])
def test_a_version_that_is_newer_than_known_is_tried_with_a_warning(version: str, like: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        source, _ = connected(version, {"username": "boss", "role": "owner"})
    assert source.shown.version == version
    assert f"is Argilla {version}, which is newer than what export knows: it is read like {like}." in caplog.text


def test_a_version_that_is_known_is_no_reason_for_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    connected("1.29.0", {"username": "boss", "role": "owner"})
    assert not caplog.records


@pytest.mark.parametrize(
    ("version", "me", "role", "loss"),
    [
        ("0.12.1", {"username": "boss"}, "owner", "users_from_records"),
        ("0.12.1", {"username": "ana", "workspaces": []}, "annotator", "users_not_visible"),
        ("1.3.2", SUPERUSER, "owner", "users_from_records"),
        ("1.5.1", {"username": "boss", "superuser": True, "workspaces": ["a"]}, "owner", "users_from_records"),
        ("1.5.1", {"username": "ana", "superuser": False, "workspaces": ["a"]}, "annotator", "users_not_visible"),
        ("1.6.0", {"username": "boss", "role": "admin"}, "owner", None),
        ("1.10.0", {"username": "boss", "role": "admin"}, "owner", None),
        ("1.11.0", {"username": "marta", "role": "admin"}, "admin", "users_not_visible"),
        ("1.29.1", {"username": "boss", "role": "owner"}, "owner", None),
    ],
)
def test_what_a_key_may_is_told_by_the_version(version: str, me: dict[str, Any], role: str, loss: str | None) -> None:
    source, _ = connected(version, me)
    assert (source.shown.username, source.shown.role, source.users_loss) == (me["username"], role, loss)


@pytest.mark.parametrize("version", ["1.6.0", "1.29.1"])
def test_the_key_of_an_annotator_does_not_suffice_where_there_are_roles(version: str) -> None:
    with pytest.raises(NotAllowedError, match="export needs the key of an owner"):
        connected(version, {"username": "ana", "role": "annotator"})


def test_a_users_file_is_refused_by_a_server_that_lists_its_users(tmp_path: Path) -> None:
    write_users(tmp_path / "users.yml")
    with pytest.raises(UsersFileError, match="lists its users itself: leave --users-yml away"):
        connected("1.6.0", {"username": "boss", "role": "admin"}, users_file=tmp_path / "users.yml")


def test_a_users_file_says_who_is_there(tmp_path: Path) -> None:
    write_users(tmp_path / "users.yml")
    listed = [{"name": "news", "task": "Text2Text", "owner": "team"}]
    source, workspaces = connected("1.1.1", SUPERUSER, listed, users_file=tmp_path / "users.yml", ask=ApiSource.workspaces)
    assert source.users_loss is None
    assert [user.username for user in source.users([])] == ["ana", "argilla", "bruno", "chiyo"]
    assert [workspace.name for workspace in workspaces] == ["ana", "argilla", "bruno", "chiyo", "demo", "research", "team"]


def test_without_one_it_is_who_is_named() -> None:
    listed = [{"name": "news", "task": "Text2Text", "owner": "other"}]
    source, workspaces = connected("1.1.1", SUPERUSER, listed, ask=ApiSource.workspaces)
    dataset = Dataset("other", "news", "Text2Text", 1, created_by="boss", annotation_agents={"ana": 1})
    assert [(user.username, user.role, user.workspaces) for user in source.users([dataset])] == [
        ("ana", "annotator", ["other"]),
        ("boss", "owner", ["other"]),
    ]
    assert [workspace.name for workspace in workspaces] == ["other", "team"]


UNOWNED = [{"name": name, "task": "Text2Text", **owner} for name, owner in (("a", {}), ("b", {"owner": "team"}), ("c", {"owner": None}))]


@pytest.mark.parametrize(("chosen", "workspace"), [(None, "without-workspace"), ("rubrix", "rubrix")])
def test_datasets_without_a_workspace_get_one_and_that_is_said_once(
    chosen: str | None, workspace: str, caplog: pytest.LogCaptureFixture
) -> None:
    source, listed = connected(
        "0.18.0", SUPERUSER, UNOWNED, default_workspace=chosen, ask=lambda source: [source.datasets(), source.datasets()][-1]
    )
    assert sorted(each.place for each in listed) == sorted([(workspace, "a"), ("team", "b"), (workspace, "c")])
    (message,) = caplog.messages
    assert message.startswith(f"2 of the old datasets are in no workspace (a, c). They go to the workspace {workspace};")
    assert source.bound == {"--default-workspace": chosen}


def test_a_workspace_that_has_a_dataset_of_the_name_is_not_for_those_without_one() -> None:
    listed = [*UNOWNED, {"name": "a", "task": "Text2Text", "owner": "team"}]
    with pytest.raises(WorkspaceError, match="a is in no workspace, and the workspace team has a dataset of that name") as raised:
        connected("0.18.0", SUPERUSER, listed, default_workspace="team", ask=ApiSource.datasets)
    assert raised.value.exit_code == 2


def test_who_is_no_superuser_is_asked_for_each_of_the_own_workspaces() -> None:
    """Rubrix 0.12 shows unasked only what is in the workspace of the own name."""
    listed = [{"name": "news", "task": "Text2Text", "owner": owner} for owner in ("ana", "team", "other")]
    me = {"username": "ana", "workspaces": ["team", "empty"]}
    _, found = connected("0.12.1", me, listed, ask=ApiSource.datasets)
    assert [each.place for each in found] == [("ana", "news"), ("team", "news")]
    _, found = connected("0.12.1", {"username": "boss"}, listed, ask=ApiSource.datasets)
    assert len(found) == 3
