"""Who is on an old server: users and workspaces, from wherever its version has them."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from argilla_snapshot.format.models import Dataset, User, Workspace
from argilla_snapshot.format.models import from_json as built
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, UnsupportedServerError
from exporter.errors import UsersFileError
from exporter.source import Listed
from exporter.sources.api.capabilities import Capabilities
from exporter.sources.named import users_named
from exporter.sources.users_file import is_superuser, read_users


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
    def users(self, datasets: list[Dataset]) -> list[User]:
        """See ``exporter.source.Source``."""

    @abstractmethod
    def workspaces(self, datasets: list[Listed]) -> list[Workspace]:
        """All workspaces for an owner, the own ones for others; ordered by name."""


def people(api: Api, can: Capabilities, users_file: Path | None) -> People:
    """Asks whose key it is.

    Raises:
        NotAllowedError: the key is refused, or does not suffice.
        UnsupportedServerError: the answer is none of such a server.
        UsersFileError: see ``read_users``; or the server does not need it.
    """
    try:
        me = api.get("/api/me")
    except NotAllowedError as error:
        if error.status not in (401, 403):
            raise
        raise NotAllowedError(f"{api.url} refuses the key: check ARGILLA_API_KEY.{api.withheld}", error.status, error.detail) from None
    if not isinstance(me, dict) or not {"username", *(["role"] if can.roles else [])} <= me.keys():
        raise UnsupportedServerError(f"{api.url} does not answer as Argilla 1.x does: GET /api/me is no user.")
    if can.users is None:
        return PeopleInFile(me, read_users(users_file) if users_file else None)
    if users_file:
        raise UsersFileError(f"{api.url} lists its users itself: leave --users-yml away.")
    return PeopleOnServer(api, can, me)


class PeopleOnServer(People):
    """Those of a server from 1.6 on."""

    def __init__(self, api: Api, can: Capabilities, me: dict[str, Any]) -> None:
        self._api, self._can, self._me = api, can, me
        self._workspaces: list[Workspace] | None = None
        self.username, self.role = me["username"], self._role(me["role"])
        if self.role not in ("owner", "admin"):
            raise NotAllowedError(f"{me['username']} is {me['role']} on {api.url}: export needs the key of an owner (or of an admin).")

    @property
    def users_loss(self) -> str | None:
        """Only an owner sees all users (``policies.py``, ``UserPolicy.list``)."""
        return None if self.role == "owner" else "users_not_visible"

    def users(self, _datasets: list[Dataset]) -> list[User]:
        """The users with the workspaces they are members of.

        ``GET /api/users`` gives real memberships, for owners too (``/api/me`` gives an owner all workspaces). It gives
        everyone's API key as well: only the members of ``User`` are taken over.
        """
        if self.users_loss is None:
            found = {user["id"]: user for user in self._api.get(str(self._can.users))}
        else:
            lists = (self._api.get(f"/api/workspaces/{workspace.id}/users") for workspace in self.workspaces([]))
            found = {user["id"]: user for users in lists for user in users}
        users = (built(User, {**user, "role": self._role(user.get("role"))}) for user in found.values())
        return sorted(users, key=lambda user: str(user.username))

    def workspaces(self, _datasets: list[Listed]) -> list[Workspace]:
        """Those that the server lists."""
        if self._workspaces is None:
            answer = self._api.get(str(self._can.workspaces))
            items = answer["items"] if isinstance(answer, dict) else answer
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

    def users(self, datasets: list[Dataset]) -> list[User]:
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
