"""What can be wrong with a snapshot folder.

SnapshotError                  (exit code 1)
├── SnapshotExistsError        the folder to write to is already there (2)
├── CredentialsError           a credentials file that can't be written there, or opened (2)
├── NoFolderError              there is no folder at that path (2)
├── NoDatasetError             the snapshot has no dataset of that name, or several (2)
├── DamagedSnapshotError       not a snapshot, incomplete or altered (6)
└── UnsupportedFormatError     a snapshot of a later format (7)

Each is a ``click.ClickException``: it carries its exit code and one line for the person who reads it.
"""

import click


class SnapshotError(click.ClickException):
    """Base of everything this room raises on purpose."""


class SnapshotExistsError(SnapshotError):
    """The folder to write to is already there; nothing is ever overwritten."""

    exit_code = 2


class CredentialsError(SnapshotError):
    """A credentials file can't be written where it is asked for, or can't be opened."""

    exit_code = 2


class NoFolderError(SnapshotError):
    """There is no folder at that path."""

    exit_code = 2


class NoDatasetError(SnapshotError, KeyError):
    """The snapshot has no dataset of the name that was given, or several. A ``KeyError`` too, for a snapshot is a mapping."""

    exit_code = 2


class DamagedSnapshotError(SnapshotError):
    """The folder is no snapshot, or not whole, or not as it was written."""

    exit_code = 6


class UnsupportedFormatError(SnapshotError):
    """The snapshot says that it needs a reader which understands more than this one."""

    exit_code = 7
