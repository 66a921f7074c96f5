"""Who is on an old server: users and workspaces, from wherever its version has them."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import User, Workspace
from argilla_snapshot.format.models import from_json as built
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError
from argilla_snapshot.transport.shapes import Shape
from exporter.errors import UsersFileError
from exporter.source import Listed
from exporter.sources.api.capabilities import Capabilities
from exporter.sources.named import users_named
from exporter.sources.users_file import is_superuser, read_users

#: What is used of an answer; whatever else is there may be anything.
_USERS: Shape = [{"id": str, "username": str}]
_WORKSPACES: Shape = [{"name": str, "id": (None, str)}]


class People(ABC):
    """Users and workspaces.

    Attributes:
        username: whose key it is.
        role: the role of that user, as a snapshot names it.
    """

    username: str
    role: str

    @property
    def lists(self) -> list[dict[str, str]]:
        """By which parameters the datasets must be listed to see all that the key may see."""
        return [{}]

    @property
    @abstractmethod
    def users_loss(self) -> str | None:
        """See ``exporter.source.Source``."""

    @abstractmethod
    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """See ``exporter.source.Source``."""

    @abstractmethod
    def workspaces(self, datasets: list[Listed]) -> list[Workspace]:
        """All workspaces for an owner, the own ones for others; ordered by name."""


def people(api: Api, can: Capabilities, users_file: Path | None) -> People:
    """Asks whose key it is.

    Raises:
        NotAllowedError: the key is refused, or does not suffice.
        UsersFileError: see ``read_users``; or the server does not need it.
    """
    me = whose(api, "/api/me", {"username": str, **({"role": str} if can.roles else {})})
    if can.users is None:
        return PeopleInFile(me, read_users(users_file) if users_file else None)
    refuse_file(api, users_file)
    return PeopleOnServer(api, can, me)


def refuse_file(api: Api, users_file: Path | None) -> None:
    """Raises ``UsersFileError`` where a file of users was given that is not needed."""
    if users_file:
        raise UsersFileError(f"{api.url} lists its users itself: leave --users-yml away.")


def whose(api: Api, path: str, shape: Shape) -> dict[str, Any]:
    """Asks whose key it is.

    Raises:
        NotAllowedError: the key is refused.
    """
    try:
        return dict(api.get(path, shape))
    except NotAllowedError as error:
        if error.status not in (401, 403):
            raise
        raise NotAllowedError(f"{api.url} refuses the key: check ARGILLA_API_KEY.{api.withheld}", error.status, error.detail) from None


def refuse_others(api: Api, username: str, role: str) -> None:
    """Raises ``NotAllowedError`` unless somebody may see records."""
    if role not in ("owner", "admin"):
        raise NotAllowedError(f"{username} is {role} on {api.url}: export needs the key of an owner (or of an admin).")


class PeopleOnServer(People):
    """Those of a server from 1.6 on."""

    def __init__(self, api: Api, can: Capabilities, me: dict[str, Any]) -> None:
        self._api, self._can, self._me = api, can, me
        self._workspaces: list[Workspace] | None = None
        self.username, self.role = me["username"], self._role(me["role"])
        refuse_others(api, self.username, self.role)

    @property
    def users_loss(self) -> str | None:
        """Only an owner sees all users (``policies.py``, ``UserPolicy.list``)."""
        return None if self.role == "owner" else "users_not_visible"

    def users(self, _datasets: list[AnyDataset]) -> list[User]:
        """The users with the workspaces they are members of.

        ``GET /api/users`` gives real memberships, for owners too (``/api/me`` gives an owner all workspaces). It gives
        everyone's API key as well: only the members of ``User`` are taken over.
        """
        if self.users_loss is None:
            found = {user["id"]: user for user in self._api.get(str(self._can.users), _USERS)}
        else:
            lists = (self._api.get(f"/api/workspaces/{workspace.id}/users", _USERS) for workspace in self.workspaces([]))
            found = {user["id"]: user for users in lists for user in users}
        users = (built(User, {**user, "role": self._role(user.get("role"))}) for user in found.values())
        return sorted(users, key=lambda user: str(user.username))

    def workspaces(self, _datasets: list[Listed]) -> list[Workspace]:
        """Those that the server lists."""
        if self._workspaces is None:
            wrapped = "/v1/" in str(self._can.workspaces)
            answer = self._api.get(str(self._can.workspaces), {"items": _WORKSPACES} if wrapped else _WORKSPACES)
            items = answer["items"] if wrapped else answer
            found = sorted((built(Workspace, item) for item in items), key=lambda workspace: str(workspace.name))
            # 1.11 and 1.12 list them all to an admin, who sees only what is in the own ones.
            own = None if self.role == "owner" else self._me.get("workspaces")
            self._workspaces = [workspace for workspace in found if not isinstance(own, list) or workspace.name in own]
        return self._workspaces

    def _role(self, role: Any) -> Any:
        """A role as a snapshot names it; one that is not known stays as it is."""
        return (self._can.roles or {}).get(role, role) if isinstance(role, str) else role


class PeopleInFile(People):
    """Those of a server before 1.6, which does not list them: they stand in a file, or only datasets, records and the key name them."""

    def __init__(self, me: dict[str, Any], users: list[User] | None) -> None:
        self._me, self._users = me, users
        told = me.get("workspaces")
        self._own = {str(name) for name in (told if isinstance(told, list) else []) if name}
        self.username, self.role = str(me["username"]), "owner" if is_superuser(me) else "annotator"

    @property
    def lists(self) -> list[dict[str, str]]:
        """Unasked, Rubrix shows to who is no superuser only the workspace of the own name."""
        return [{}] if self.role == "owner" else [{"workspace": name} for name in sorted({self.username, *self._own})]

    @property
    def users_loss(self) -> str | None:
        """A superuser sees all datasets, and nobody other users."""
        if self.role != "owner":
            return "users_not_visible"
        return None if self._users is not None else "users_from_records"

    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """Those of the file; without one whose key it is, and whom datasets and records name."""
        if self._users is not None:
            return self._users
        named = {user.username: user for user in users_named(datasets)}
        own = named.get(self.username, User(self.username, self.role))
        named[self.username] = User(self.username, self.role, first_name=str(self._me.get("full_name") or ""), workspaces=own.workspaces)
        return [named[name] for name in sorted(named)]

    def workspaces(self, datasets: list[Listed]) -> list[Workspace]:
        """Those of the datasets, and those that the key or the file tells of."""
        names = self._own | {listed.workspace for listed in datasets}
        names |= {name for user in self._users or () for name in user.workspaces}
        return [Workspace(name) for name in sorted(names)]
