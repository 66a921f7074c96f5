"""What users log in with, for the file that an export writes beside its snapshot; read from where the users are read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from argilla_snapshot.format import credentials
from argilla_snapshot.format.credentials import Credential
from argilla_snapshot.format.errors import CredentialsError
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.sql.asking import Opened

_USERS = "SELECT username, api_key, password_hash FROM users WHERE api_key IS NOT NULL AND password_hash IS NOT NULL"


@dataclass(slots=True)
class CredentialsFile:
    """The file, and where its content comes from.

    Attributes:
        path: of the file.
        passphrase: what it is sealed with; None: it is not.
        read: reads what all users log in with.
        written: of how many users it is, in the end.
    """

    path: Path
    passphrase: str | None = field(repr=False)
    read: Callable[[], list[Credential]]
    written: int = 0

    def prepare(self, directory: Path, *, finishing: bool) -> Callable[[Snapshot], None]:
        """Reads it all, and returns what writes it, when the snapshot is there.

        Args:
            directory: of the snapshot.
            finishing: whether an earlier run may have written the file already.

        Raises:
            CredentialsError: the file may not lie there, or there is one.
        """
        credentials.refuse_place(self.path, directory)
        if not finishing and (self.path.exists() or self.path.is_symlink()):
            raise CredentialsError(f"{self.path} is there already, and no credentials file is ever overwritten: choose another name.")
        found = self.read()

        def write(snapshot: Snapshot) -> None:
            names = {user.username for user in snapshot.users()}
            users = [each for each in found if each.username in names]
            if not credentials.is_of(self.path, snapshot.manifest.snapshot_id):
                credentials.write(self.path, snapshot.manifest.snapshot_id, users, self.passphrase)
            self.written = len(users)

        return write


def read_credentials(database: Opened) -> list[Credential]:
    """Those in a server's database."""
    return [Credential(**row) for row in database.ask(_USERS)]
