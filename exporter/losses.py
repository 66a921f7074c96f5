"""What did not come along, counted by kind and dataset, with a few samples."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from argilla_snapshot.format.models import Kind, Loss

#: Every kind of loss an export can report, and what it means.
LOSS_KINDS: dict[str, str] = {
    "users_not_visible": (
        "the key is no owner's (before 1.6: no superuser's), and sees only its own workspaces: "
        "all other workspaces, their datasets and other users are not in the snapshot"
    ),
    "users_from_records": (
        "no list of users was read (`--database`, or of a server before 1.6 `--users-yml`): "
        "users and memberships are what datasets and records name, all but the owner of the key as annotators"
    ),
    "workspace_unknown": "the database does not have the workspace of the dataset: it is in the snapshot, without members",
    "feedback_dataset": "feedback datasets lie in the SQL database, and none was read: they are not in the snapshot",
    "unknown_task": "datasets of a task that is not known: they are not in the snapshot",
    "dataset_closed": "the dataset is closed and was not to be opened: it is not in the snapshot",
    "records_missing": "the old server has lost the records of the dataset (its index): it is in the snapshot without records",
    "dataset_gone": "the dataset was there in an earlier run of this export and is no more: it is not in the snapshot",
    "left_open": "an earlier export, of another server or with another key, opened the dataset, and this one could not close it again",
    "count_differs": "as many records are missing, or too many, compared with the server's own count",
    "dataset_new": "the dataset was made while others were read: it is not in the snapshot",
    "changed_after_reading": "the dataset was written to after it was read: what was written then is not in the snapshot",
    "changed_during_export": "the dataset was written to while it was read: some records may be in their old state",
    "repeated_record": "the server sent a record twice: it is in the snapshot once",
    "lone_surrogate": "half characters (lone surrogates) became U+FFFD in the typed columns; the column raw has them",
    "bad_timestamp": "timestamps that are none are null in the typed columns; the column raw has them",
    "unexpected_value": "values of a type that is not of the column were converted or left out; the column raw has them",
    "agent_conflict": "an agent has two different entries in one record: the current one is in the typed columns, the column raw has both",
    "json_value": (
        "values that JSON readers refuse (half characters, integers beyond 64 bits, NaN, very deep nesting) were changed in what describes the dataset"
    ),
    "odd_member": "what the old server says of it is of another type than it should be: it became text, or was left out",
    "large_member": "members that are too large for dataset.json lie beside it, each in a JSON file of its own, which an import does not read",
    "users_too_many": "users.json can't hold so many users: these are not in the snapshot",
    "webhook_shortened": "addresses of webhooks hold a login or parameters, which may be secrets: these parts are not in the snapshot",
    "responses_unreadable": (
        "records with a response of a user who was deleted, which the old server can't give, nor (but in 1.15 to 1.18) any other response of the record: "
        "they are in the snapshot without these (an export with --database has them all)"
    ),
    "unknown_question": "answers to questions, or fields and vectors, that the dataset does not have any more: only the column raw may have them",
    "dataset_wiped": (
        "an upgrade of the server in place has deleted fields, questions, records and responses of the dataset: only its name is in the snapshot. Do not run "
        "`argilla_server search-engine reindex`: until it is run `export --search-engine URL --database URL` brings most of it back"
    ),
    "settings_inferred": "settings of an emptied dataset were inferred from the search index: look them through before you import",
    "not_in_index": (
        "the search index that an emptied dataset was rebuilt from never had these: external ids, metadata that is not declared, titles and descriptions, limits "
        "and visibility of metadata, options that nobody chose and their order, names of vectors, times of responses and suggestions; before 1.20 suggestions, before "
        "1.18 metadata and times of records"
    ),
    "dataset_unreadable": "the old server can't give the dataset, also when asked again at the end: it is not in the snapshot",
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
