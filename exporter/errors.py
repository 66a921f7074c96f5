"""What can stop an export, besides what ``argilla_snapshot.transport.errors`` and ``argilla_snapshot.format.errors`` name.

ExportError                    the export can't go on (exit code 1)
├── BusyError                  another export writes to the same folder (1)
├── NamespaceError             the search engine holds no server's datasets, or those of several (2)
├── NothingMatchesError        a chosen workspace or dataset is not there (2)
├── OtherExportError           the unfinished export in the way is of something else (2)
├── UsersFileError             the file of the server's users can't be read, or is not needed (2)
└── WorkspaceError             datasets without a workspace would get the names of others (2)

Each is a ``click.ClickException``: it carries its exit code and one line for the person who reads it.
"""

import click


class ExportError(click.ClickException):
    """The export can't go on."""


class BusyError(ExportError):
    """Another export writes to the same folder."""


class NamespaceError(ExportError):
    """The search engine holds no datasets of the server that was asked for, or it holds several servers' and none was chosen."""

    exit_code = 2


class NothingMatchesError(ExportError):
    """A workspace or dataset that was asked for is not on the server."""

    exit_code = 2


class OtherExportError(ExportError):
    """The unfinished export that lies in the way is of another server, or of another choice."""

    exit_code = 2


class UsersFileError(ExportError):
    """The file of the server's users can't be read, or the server tells of its users itself."""

    exit_code = 2


class WorkspaceError(ExportError):
    """The workspace that is to take datasets without one has datasets of the same names."""

    exit_code = 2
