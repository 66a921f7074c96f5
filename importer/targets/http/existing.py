"""What the datasets of the target hold that have the names of ours: they are in the way, are left, or are about to be deleted."""

from dataclasses import replace

from argilla_snapshot.transport.shapes import Shape
from importer.plan import Existing, Plan
from importer.target_state import Capabilities
from importer.targets.http.target import Target

_STATUSES = ("submitted", "draft", "discarded")


def with_existing(plan: Plan, target: Target) -> Plan:
    """The plan, with what is there already of each name."""
    datasets = [
        replace(dataset, existing=what_is_there(target, dataset.existing_id))
        if dataset.existing_id and dataset.action != "join"
        else dataset
        for dataset in plan.datasets
    ]
    return replace(plan, datasets=datasets)


def what_is_there(target: Target, id_: str) -> Existing:
    """Records, responses and the last answer of a dataset, as the database has them.

    An answer of a person sets ``last_activity_at`` alone; a change of the dataset sets ``updated_at`` too, to the same time, and
    records that are logged with their responses set neither (argilla-server 2.8.0, ``contexts/datasets.py``).
    """
    dataset = target.dataset(id_)
    activity = dataset.get("last_activity_at")
    answered = str(activity) if activity != dataset.get("updated_at") else None
    return Existing(target.count_stored(id_), responses_of(target, id_), answered)


def responses_of(target: Target, id_: str) -> dict[str, dict[str, int]]:
    """Username -> status -> responses in a dataset, of those who have any."""
    return (_by_progress if Capabilities.of(target.version).tells_progress else _by_listing)(target, id_)


def _by_progress(target: Target, id_: str) -> dict[str, dict[str, int]]:
    """Username -> status -> responses; a record is completed or pending, whoever answered it (2.1+)."""
    said: Shape = dict.fromkeys(_STATUSES, int)
    shape: Shape = {"users": [{"username": str, "completed": said, "pending": said}]}
    users = target.api.get(f"/api/v1/datasets/{id_}/users/progress", shape)["users"]
    counts = {user["username"]: {status: user["completed"][status] + user["pending"][status] for status in _STATUSES} for user in users}
    return {name: there for name, of in counts.items() if (there := {status: number for status, number in of.items() if number})}


def _by_listing(target: Target, id_: str) -> dict[str, dict[str, int]]:
    names = {user.id: user.username for user in target.state().users.values()}
    counts: dict[str, dict[str, int]] = {}
    for record in target.list_records(id_, include=("responses",)):
        for response in record.get("responses") or ():
            of = counts.setdefault(names.get(response["user_id"], "a deleted user"), {})
            of[response["status"]] = of.get(response["status"], 0) + 1
    return counts
