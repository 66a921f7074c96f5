"""What did not come along, counted by kind and dataset, with a few samples."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from argilla_snapshot.format.models import Kind, Loss

#: Every kind of loss an export can report, and what it means, to be read after a number: what is counted, then whole sentences.
LOSS_KINDS: dict[str, str] = {
    "users_not_visible": "key: it is no owner's (before 1.6: no superuser's), and sees only its own workspaces. All other workspaces, their datasets and all other users are not in the snapshot",
    "users_from_records": "list of users: none was read (`--database`, or of a server before 1.6 `--users-yml`). Users and memberships are those that datasets and records name. All but the owner of the key are annotators",
    "workspace_unknown": "datasets: the database does not have their workspace. It is in the snapshot, without members",
    "feedback_dataset": "feedback datasets: they lie in the SQL database, and none was read. They are not in the snapshot",
    "unknown_task": "datasets: their task is not known. They are not in the snapshot",
    "dataset_closed": "datasets: they are closed, and were not to be opened. They are not in the snapshot",
    "records_missing": "datasets: the old server has lost their records (their index). They are in the snapshot without records",
    "dataset_gone": "datasets: they were there in an earlier run of this export, and are gone. They are not in the snapshot",
    "left_open": "datasets: an earlier export, of another server or with another key, opened them. This one could not close them again",
    "count_differs": "records: so many are missing, or too many, compared with the server's own count",
    "dataset_new": "datasets: they were made while others were read. They are not in the snapshot",
    "changed_after_reading": "datasets: somebody wrote to them after they were read. What was written then is not in the snapshot",
    "changed_during_export": "datasets: somebody wrote to them while they were read. Some records may be in their old state",
    "repeated_record": "records: the server sent them twice. Each is in the snapshot once",
    "lone_surrogate": "half characters (lone surrogates): they became U+FFFD in the typed columns. The column raw has them",
    "bad_timestamp": "timestamps: they are none, so they are null in the typed columns. The column raw has them",
    "unexpected_value": "values: their type is not that of the column. They were converted or left out. The column raw has them",
    "agent_conflict": "records: one agent has two different entries. The current one is in the typed columns, the column raw has both",
    "json_value": "values that describe a dataset: JSON readers refuse them (half characters, integers beyond 64 bits, NaN, very deep nesting), so they were changed",
    "odd_member": "settings: the old server gives them another type than they should have. They became text, or were left out",
    "large_member": "settings: they are too large for dataset.json. Each lies beside it in a JSON file of its own, which an import does not read",
    "users_too_many": "users: users.json can't hold so many. These are not in the snapshot",
    "webhook_shortened": "webhooks: their addresses hold a login or parameters, which may be secrets. These parts are not in the snapshot",
    "responses_unreadable": "records: one of their responses is of a user who was deleted, and the old server can't give it, nor (but in 1.15 to 1.18) any other response of the record. They are in the snapshot without these. An export with --database has them all",
    "unknown_question": "answers, fields or vectors: the dataset does not have their question or field any more. Only the column raw may have them",
    "dataset_wiped": "datasets: an upgrade of the server in place has deleted their fields, questions, records and responses. Of each only its name is in the snapshot. Do not run `argilla_server search-engine reindex`: until it is run, `export --search-engine URL --database URL` brings most of it back",
    "settings_inferred": "settings: they were inferred from the search index, because the dataset was emptied. Look them through before you import",
    "not_in_index": "datasets: they were emptied, and rebuilt from the search index, which never had these: external ids, metadata that is not declared, titles and descriptions, limits and visibility of metadata, options that nobody chose and their order, names of vectors, times of responses and suggestions; before 1.20 suggestions, before 1.18 metadata and times of records",
    "dataset_deleted": "datasets: they were deleted while others were read. They are not in the snapshot",
    "dataset_unreadable": "datasets: the old server can't give them, also when asked again at the end. They are not in the snapshot",
}
_SAMPLES = 5
_PAIR = 2

#: Characters of a sample.
_SAMPLE = 100

#: Workspace and name of a dataset, and of a feedback dataset its kind.
Place = tuple[str, ...]
#: Notes one loss of the given kind; where it happened is known to whoever made the function.
Note = Callable[[str], None]


class Losses:
    """A growing account of losses."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Place | None], dict[str, Any]] = {}

    def add(
        self, kind: str, dataset: Place | None = None, sample: str | None = None, *, count: int = 1, message: str | None = None
    ) -> None:
        """Counts a loss.

        Args:
            kind: a name in ``LOSS_KINDS``.
            dataset: its workspace and name, or None.
            sample: an id or a name to show; the first five different ones are kept, cut where they are long.
            count: how many.
            message: other words than those of ``LOSS_KINDS``.
        """
        found = self._found.setdefault((kind, dataset), {"count": 0, "message": message or LOSS_KINDS[kind], "samples": []})
        found["count"] += count
        if sample is not None and len(found["samples"]) < _SAMPLES and sample[:_SAMPLE] not in found["samples"]:
            found["samples"].append(sample[:_SAMPLE])

    def merge(self, later: "Losses") -> None:
        """Adds what was counted of later documents."""
        for more in later.all():
            found = self._found.setdefault((more.kind, more.place), {"count": 0, "message": more.message, "samples": []})
            found["count"] += more.count
            found["samples"] = list(dict.fromkeys([*found["samples"], *more.samples]))[:_SAMPLES]

    def extend(self, losses: Iterable[Loss]) -> None:
        """Takes over what was counted elsewhere, for other kinds or datasets."""
        for loss in losses:
            self._found[loss.kind, loss.place] = {"count": loss.count, "message": loss.message, "samples": list(loss.samples)}

    def note(self, dataset: Place, sample: str) -> Note:
        """A function that counts losses of one record."""
        return lambda kind: self.add(kind, dataset, sample)

    def all(self) -> list[Loss]:
        """Everything counted, in the order in which it first appeared."""
        return [Loss(kind=kind, **_told(place), **found) for (kind, place), found in self._found.items()]


def _told(place: Place | None) -> dict[str, Any]:
    """What a loss says of the dataset that it is about."""
    if place is None:
        return {}
    return {
        "dataset": ".".join(place[:2]),
        "workspace": place[0],
        "dataset_kind": cast("Kind", place[2] if len(place) > _PAIR else "legacy"),
    }


def ignore(_kind: str) -> None:
    """A note that is not taken."""
