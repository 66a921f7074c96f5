"""What a server to import into holds and can do, as far as a plan needs to know. Pure data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from argilla_snapshot.format.credentials import Credential


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What differs between 1.29 and the 2.x versions (read from the wheels; 2.8.0 is what most tests run against).

    Attributes:
        strict_names: names are ASCII letters, mostly lower case ones, digits, ``_`` and ``-`` (before 2.4).
        dataset_metadata: a dataset keeps metadata of its own (2.4+).
        distribution: a dataset says how many responses make a record complete (2.0+).
        tells_progress: a dataset tells how many responses each user has given (2.1+).
        finds_external_ids: a search can ask for external ids (2.3+).
        keeps_ids: users and workspaces can be created with a given id (2.7+).
        has_webhooks: it calls webhooks (2.6+).
        needs_required_field: a dataset needs a required field to be published (before 2.4).
        image_fields, chat_fields, custom_fields: a dataset can show images (2.1+), conversations (2.2+), HTML of its own (2.3+).
        changes_fields: the fields of a record can be changed (2.6+).
        missing_fields: what a document of the search index has for a field that its record does not (2.3+: an empty text; 2.7+: null).
    """

    strict_names: bool
    dataset_metadata: bool
    distribution: bool
    tells_progress: bool
    finds_external_ids: bool
    keeps_ids: bool
    has_webhooks: bool
    needs_required_field: bool
    image_fields: bool
    chat_fields: bool
    custom_fields: bool
    changes_fields: bool
    missing_fields: Literal["left out", "empty", "null"]

    @property
    def shows_without_chat(self) -> bool:
        """Whether a record that lacks a conversation is shown.

        The empty text in its place is refused by the search engine: 2.3 does not take the record, 2.4 to 2.6 keep it and show it to nobody.
        """
        return self.missing_fields != "empty"

    @classmethod
    def of(cls, version: str) -> "Capabilities":
        """The capabilities of a version such as ``2.8.0`` or ``2.8.0dev0``."""
        since = _major_minor(version)
        return cls(
            strict_names=since < (2, 4),
            dataset_metadata=since >= (2, 4),
            distribution=since >= (2, 0),
            tells_progress=since >= (2, 1),
            finds_external_ids=since >= (2, 3),
            keeps_ids=since >= (2, 7),
            has_webhooks=since >= (2, 6),
            needs_required_field=since < (2, 4),
            image_fields=since >= (2, 1),
            chat_fields=since >= (2, 2),
            custom_fields=since >= (2, 3),
            changes_fields=since >= (2, 6),
            missing_fields="null" if since >= (2, 7) else "empty" if since >= (2, 3) else "left out",
        )


def _major_minor(version: str) -> tuple[int, int]:
    """The first two numbers of a version such as ``2.8.0`` or ``2.8.0dev0``."""
    major, minor = (int("".join(c for c in part if c.isdigit()) or 0) for part in [*version.split("."), "0"][:2])
    return major, minor


@dataclass(frozen=True, slots=True)
class TargetUser:
    """A user of the target.

    Attributes:
        workspaces: names.
        placeholder: whether an import made it for an annotator who is no user.
        made_at, changed_at: when (ISO 8601, UTC), as far as the target tells.
    """

    id: str
    username: str
    role: str
    workspaces: frozenset[str] = frozenset()
    placeholder: bool = False
    made_at: str = ""
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class TargetState:
    """What the target holds.

    Attributes:
        me: username of the key's owner.
        users: by username.
        workspaces: name -> id.
        datasets: (workspace, name) -> id.
    """

    url: str
    version: str
    me: str
    users: Mapping[str, TargetUser]
    workspaces: Mapping[str, str]
    datasets: Mapping[tuple[str, str], str]

    @property
    def my_id(self) -> str:
        """The id of the key's owner; "" where the target does not list that account."""
        return self.users[self.me].id if self.me in self.users else ""

    @property
    def capabilities(self) -> Capabilities:
        """What its version can do."""
        return Capabilities.of(self.version)

    def free_id(self, wanted: str | None, used: Iterable[str]) -> str | None:
        """The id to ask for: the wanted one where the target takes ids, it is a UUID, and nothing has it yet."""
        if wanted is None or not self.capabilities.keeps_ids or wanted in set(used):
            return None
        try:
            return wanted if str(UUID(wanted)) == wanted else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the target as its database has it."""

    id: str
    username: str
    api_key: str = field(repr=False)
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who keeps API key and password, as far as a plan needs to know.

    Attributes:
        credentials: username on the old server -> what that user logs in with.
        there: the accounts of the target.
        update: globs of usernames: who gets the old ones although the target has such an account.
    """

    credentials: Mapping[str, Credential] = field(default_factory=dict)
    there: list[Account] = field(default_factory=list)
    update: tuple[str, ...] = ()

    def of(self, source: str | None) -> Credential:
        """What a user of the old server logs in with."""
        return self.credentials[source or ""]


class Asks(Protocol):
    """What is asked of a target only where it matters."""

    def accepts_options(self, type_: str, count: int) -> bool:
        """Whether a question of that type may have so many options."""

    def accepts_vectors(self, dimensions: int) -> bool:
        """Whether vectors of so many numbers can be searched."""
