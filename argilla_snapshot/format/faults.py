"""Named points at which a process can be made to die, for trying what a run leaves behind when it is killed there.

Off unless ``ARGILLA_SNAPSHOT_KILL_AT`` names a point (``name``, or ``name:3`` for the third time it is passed). The points
stand between two writes whose order matters, each just after the one of its name. ``tests/faults`` kills at all of them.
"""

import os
import signal
from collections import Counter

VARIABLE = "ARGILLA_SNAPSHOT_KILL_AT"

#: On every file that is written whole, in both phases.
FILE_POINTS = ("file.created", "file.written", "file.synced", "file.renamed")
EXPORT_POINTS = (
    "export.bound",
    "export.open_noted",
    "export.opened",
    "export.counted",
    "export.page_written",
    "export.page_synced",
    "export.changes_read",
    "export.scanned",
    "export.closed",
    "export.part_closed",
    "export.dataset_written",
    "export.dataset_noted",
    "export.people_written",
    "export.tidied",
    "export.set_aside",
    "export.sums_written",
    "export.manifest_written",
    "export.named",
)
IMPORT_POINTS = (
    "import.planned",
    "import.plan_saved",
    "import.workspace_made",
    "import.password_saved",
    "import.user_made",
    "import.member_made",
    "import.dataset_noted",
    "import.dataset_posted",
    "import.field_made",
    "import.question_made",
    "import.dataset_shaped",
    "import.dataset_published",
    "import.dataset_made",
    "import.batch_answered",
    "import.batch_written",
    "import.batch_noted",
    "import.refused_written",
    "import.retried",
    "import.loaded",
    "import.finished",
)
#: Those that only an import of feedback datasets passes, when all of their records are there.
SETTLING_POINTS = ("import.padding_removed", "import.properties_added", "import.reindexed", "import.settled")
#: Those that only an import through the storage passes.
STORING_POINTS = (
    "import.calibration_written",
    "import.calibrated",
    "import.rows_committed",
    "import.documents_written",
    "import.replaced",
    "import.moved",
)
#: Those that only runs with ``--credentials`` pass.
CREDENTIALS_POINTS = ("export.credentials_written", "import.accounts_written")
#: Those that come after an import, or when one goes on with a wider choice.
LATER_POINTS = (
    "import.widened",
    "undo.agreed",
    "undo.deleted",
    "undo.forgotten",
    "reassign.noted",
    "reassign.stored",
    "reassign.deleted",
    "reassign.given",
    "reassign.user_deleted",
)

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Ends the process at once, by SIGKILL, if it was told to die here."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    at, _, time = wanted.partition(":")
    if at == name:
        _passed[name] += 1
        if _passed[name] == int(time or 1):
            os.kill(os.getpid(), signal.SIGKILL)
