"""The HTTP API of an Argilla 1.x server, or of a Rubrix, as a source; and the way to that of 2.x.

Facts about the server are from argilla-server 1.29.1 and were seen on a running one; what differs between versions is in ``capabilities``.
The legacy API is called v0 in the server's code and has no version in its paths.
"""

import tempfile
from pathlib import Path

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import Source as Shown
from argilla_snapshot.format.models import User, Webhook, Workspace
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.secrets import Secrets
from exporter.source import Listed, Part, Source
from exporter.sources.api.capabilities import Capabilities, capabilities, feedback_listing
from exporter.sources.api.contact import server_version
from exporter.sources.api.feedback import Feedback
from exporter.sources.api.legacy import Legacy
from exporter.sources.api.paging import PAGE_SIZE
from exporter.sources.api.people import People, people, refuse_file
from exporter.sources.api.v1 import V1Source
from exporter.sources.by_kind import ByKind
from exporter.sources.named import WithoutWorkspace


def connect(
    url: str,
    api_key: str,
    *,
    secrets: Secrets | None = None,
    page_size: int = PAGE_SIZE,
    patience: float = 300.0,
    users_file: Path | None = None,
    default_workspace: str | None = None,
    folder: Path | None = None,
) -> Source:
    """Connects to an Argilla or Rubrix server as its owner (a superuser, before 1.6), or as somebody who sees less.

    Args:
        url: address of the server.
        api_key: the key of an owner; any other shows only the own workspaces.
        secrets: what opens the way to the server, beside the key.
        page_size: documents, or feedback records, asked for at once, at most 1,000.
        patience: seconds that temporary trouble is waited out, each time.
        users_file: the file of the server's users, of a server before 1.6, which does not list them.
        default_workspace: where datasets of Rubrix go that are in no workspace; None for ``without-workspace``.
        folder: where a dataset's documents may wait until all have come (no file has a name there); None for the system's choice.

    Raises:
        UnreachableError, UnsupportedServerError: there is no such server.
        NotAllowedError: the key is refused, or is an annotator's.
        UsersFileError: the file can't be read, or is not needed.
    """
    api = Api(url, api_key, secrets=secrets, patience=patience)
    try:
        version, number = server_version(api)
        can = capabilities(number)
        if number >= (2, 0):
            refuse_file(api, users_file)
            return V1Source(api, version, can, feedback_listing(number), page_size)
        api = api.with_headers({can.key_header: api_key})
        who = people(api, can, users_file)

        def usernames() -> dict[str, str]:
            return {str(user.id): user.username for user in who.users([])}

        feedback = Feedback(api, feedback_listing(number), usernames, page_size) if can.feedback else None
        return ApiSource(api, version, can, who, feedback, page_size, default_workspace, folder)
    except BaseException:
        api.close()
        raise


class ApiSource(ByKind):
    """An old server, spoken to as ``connect`` found it. Fulfils ``exporter.source.Source``."""

    fast = False

    def __init__(
        self,
        api: Api,
        version: str,
        can: Capabilities,
        people: People,
        feedback: Feedback | None,
        page_size: int,
        default_workspace: str | None,
        folder: Path | None,
    ) -> None:
        self._api, self._can, self._people, self._feedback = api, can, people, feedback
        without, folder = WithoutWorkspace(default_workspace), folder or Path(tempfile.gettempdir())
        self._legacy = Legacy(api, can, people, without, page_size, folder)
        self.bound = {"--default-workspace": default_workspace}
        self.shown = Shown(kind="argilla-api", url=api.url, version=version, username=people.username, role=people.role)

    @property
    def users_loss(self) -> str | None:
        """Who is not seen with this key, or of this version."""
        return self._people.users_loss

    def users(self, datasets: list[AnyDataset]) -> list[User]:
        """The users, ordered by name, with the workspaces they are members of."""
        return self._people.users(datasets)

    def workspaces(self) -> list[Workspace]:
        """All workspaces for an owner, the own ones for others; ordered by name."""
        return self._people.workspaces(self._legacy.datasets() if self._can.workspaces is None else [])

    def datasets(self) -> list[Listed]:
        """The legacy datasets of a known task, and the feedback datasets; the server lists only those of workspaces that exist."""
        feedback = self._feedback.datasets(self.workspaces()) if self._feedback else []
        return sorted([*self._legacy.datasets(), *feedback], key=lambda dataset: dataset.place)

    def webhooks(self) -> list[Webhook]:
        """None: they came with 2.6."""
        return []

    def left_out(self) -> list[tuple[str, str, str]]:
        """Datasets of an unknown task."""
        return self._legacy.left_out()

    def _of(self, dataset: Listed) -> Part:
        if dataset.kind == "legacy":
            return self._legacy
        assert self._feedback is not None  # such datasets are listed only where the server has them
        return self._feedback

    def disconnect(self) -> None:
        """Closes the connections."""
        self._api.close()
