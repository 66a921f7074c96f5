"""What can stop an import, beyond the snapshot's own errors and the server's.

ImportRefusedError     an option that can't be carried out as given (exit code 2)
├── JournalError       the journal is of another snapshot, target or set of options (2)
├── UnfinishedError    the import is not finished, so that there is nothing to compare yet (4)
├── UnplannedError     the snapshot was edited so that the plan of a begun import does not fit it any more (2)
ConflictError          the target already holds what the import would make; nothing was written (5)
"""

import click


class ImportRefusedError(click.ClickException):
    """An option that can't be carried out as given; nothing was written."""

    exit_code = 2


class JournalError(ImportRefusedError):
    """The journal beside the snapshot is of another snapshot, target or set of options."""


class UnfinishedError(JournalError):
    """The import is not finished: the target differs from the snapshot, and will not when it is."""

    exit_code = 4


class UnplannedError(ImportRefusedError):
    """The snapshot was edited so that the plan of a begun import does not fit it any more."""


class ConflictError(click.ClickException):
    """The target already holds what the import would make; nothing was written."""

    exit_code = 5
