"""The HTTP API of an Argilla 2.x server as a source: all its datasets are of one kind."""

from typing import Any

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.format.models import User, Webhook, Workspace
from argilla_snapshot.format.models import from_json as built
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.shapes import Shape
from exporter.source import Listed, Part
from exporter.sources.api.capabilities import Capabilities, FeedbackListing
from exporter.sources.api.feedback import Feedback
from exporter.sources.api.people import refuse_others, whose
from exporter.sources.by_kind import ByKind

_USERS: Shape = {"items": [{"id": str, "username": str}]}
_WEBHOOKS: Shape = {"items": [{"url": str, "events": [str]}]}
_WORKSPACES: Shape = {"items": [{"id": str, "name": str}]}


class V1Source(ByKind):
    """An Argilla 2.x server. Fulfils ``exporter.source.Source``."""

    fast = False

    def __init__(self, api: Api, version: str, can: Capabilities, how: FeedbackListing, page_size: int) -> None:
        self._api, self._can = api, can
        self.bound: dict[str, Any] = {}
        me = whose(api, "/api/v1/me", {"username": str, "role": str})
        refuse_others(api, me["username"], me["role"])
        self._workspaces: list[Workspace] | None = None
        self._users: list[User] | None = None
        self._feedback = Feedback(api, how, lambda: {str(user.id): user.username for user in self.users([])}, page_size)
        self.shown = Shown(kind="argilla-api", url=api.url, version=version, username=me["username"], role=me["role"])

    @property
    def users_loss(self) -> str | None:
        """Only an owner sees all users."""
        return None if self.shown.role == "owner" else "users_not_visible"

    def users(self, _datasets: list[AnyDataset]) -> list[User]:
        """The users, ordered by name, with the workspaces that they are members of."""
        if self._users is None:
            members = {w.name: self._api.get(f"/api/v1/workspaces/{w.id}/users", _USERS)["items"] for w in self.workspaces()}
            found = {user["id"]: user for users in members.values() for user in users}
            if self.users_loss is None:
                found |= {user["id"]: user for user in self._api.get("/api/v1/users", _USERS)["items"]}
            of = {id_: [name for name, users in members.items() if any(user["id"] == id_ for user in users)] for id_ in found}
            users = (built(User, {**user, "workspaces": of[id_]}) for id_, user in found.items())
            self._users = sorted(users, key=lambda user: str(user.username))
        return self._users

    def workspaces(self) -> list[Workspace]:
        """All workspaces for an owner, the own ones for an admin; ordered by name."""
        if self._workspaces is None:
            items = self._api.get("/api/v1/me/workspaces", _WORKSPACES)["items"]
            self._workspaces = sorted((built(Workspace, item) for item in items), key=lambda workspace: str(workspace.name))
        return self._workspaces

    def datasets(self) -> list[Listed]:
        """The datasets of those workspaces."""
        return self._feedback.datasets(self.workspaces())

    def webhooks(self) -> list[Webhook]:
        """All of them for an owner; others see none."""
        if not self._can.webhooks or self.shown.role != "owner":
            return []
        return [built(Webhook, item) for item in self._api.get("/api/v1/webhooks", _WEBHOOKS)["items"]]

    def left_out(self) -> list[tuple[str, str, str]]:
        """Nothing."""
        return []

    def _of(self, _dataset: Listed) -> Part:
        return self._feedback

    def disconnect(self) -> None:
        """Closes the connections."""
        self._api.close()
