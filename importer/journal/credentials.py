"""``credentials.csv``: the new users with their passwords, ready to be handed out; only its owner may read it."""

import csv
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from argilla_snapshot.format.files import append_whole, write_whole
from importer.errors import JournalError
from importer.journal.csv_files import cell, csv_lines
from importer.plan import UserPlan

_COLUMNS = ["username", "name", "role", "workspaces", "password"]
#: As an import wrote it that was begun before the other columns were there.
_OLD_COLUMNS = ["username", "password"]


class Credentials:
    """The file of one import.

    Args:
        path: of the file, which may not be there yet.
        users: of the plan, by username: who they are stands beside their passwords.
    """

    def __init__(self, path: Path, users: Mapping[str, UserPlan]) -> None:
        self._path, self._users = path, users
        self._appending = False

    @cached_property
    def passwords(self) -> dict[str, str]:
        """Username -> password, of the users that this import made or was about to.

        Raises:
            JournalError: the file is not as it was written: a spreadsheet may have saved it.
        """
        if not self._path.exists():
            return {}
        try:
            with self._path.open(newline="", encoding="utf-8-sig") as file:
                rows = csv.reader(file, strict=True)
                columns = next(rows, None)
                if columns not in (_COLUMNS, _OLD_COLUMNS):
                    raise ValueError(f"its first line is not {','.join(_COLUMNS)}")  # noqa: TRY301 - as what follows raises
                return dict(_pair(row, len(columns)) for row in rows)
        except (ValueError, csv.Error) as error:
            raise JournalError(
                f"{self._path} is not as it was written ({error}): save it as comma-separated UTF-8, or move it away; users are left to make."
            ) from error

    def remember(self, username: str, password: str) -> None:
        """Puts a user into the file, before the user is created.

        The first time the file is written anew, for somebody may have edited it; further users are appended.
        """
        known = self.passwords
        new = username not in known
        known[username] = password
        if new and self._appending:
            append_whole(self._path, csv_lines([self._row(username)]), 0o600)
        else:
            write_whole(self._path, csv_lines([_COLUMNS, *map(self._row, known)]), 0o600)
            self._appending = True

    def keep_only(self, usernames: Container[str]) -> None:
        """Takes all other users out of the file, who are not on the target any more; one without users goes. What can't be read stays."""
        if not self._path.exists():
            return
        with suppress(JournalError):
            kept = [username for username in self.passwords if username in usernames]
            if kept:
                write_whole(self._path, csv_lines([_COLUMNS, *map(self._row, kept)]), 0o600)
            else:
                self._path.unlink()

    def _row(self, username: str) -> list[str]:
        user = self._users.get(username)
        name = " ".join(filter(None, (user.first_name, user.last_name))) if user else ""
        role, workspaces = (user.role, ", ".join(user.workspaces)) if user else ("", "")
        return [username, cell(name), role, workspaces, self.passwords[username]]


def _pair(row: Sequence[str], columns: int) -> tuple[str, str]:
    """Username and password: the first cell and the last one."""
    if len(row) != columns:
        raise ValueError(f"a line has {len(row)} values, not {columns}")
    return row[0], row[-1]
