"""What a dataset of the target holds that an import is about to delete."""

from dataclasses import replace

from argilla_snapshot.transport.shapes import Shape
from importer.plan import Deleted, Plan
from importer.target_state import Capabilities
from importer.targets.http.target import Target


def with_deletions(plan: Plan, target: Target) -> Plan:
    """The plan, with what is deleted by it."""
    datasets = [
        replace(dataset, deletes=what_is_there(target, dataset.existing_id))
        if dataset.action == "replace" and dataset.existing_id
        else dataset
        for dataset in plan.datasets
    ]
    return replace(plan, datasets=datasets)


def what_is_there(target: Target, id_: str) -> Deleted:
    """Records, submitted responses and the last activity of a dataset, as the database has them."""
    count = _by_progress if Capabilities.of(target.version).tells_progress else _by_listing
    submitted = {name: number for name, number in count(target, id_).items() if number}
    return Deleted(target.count_stored(id_), submitted, str(target.dataset(id_).get("last_activity_at")))


def _by_progress(target: Target, id_: str) -> dict[str, int]:
    """Username -> submitted responses; a record is completed or pending, whoever answered it (2.1+)."""
    submitted: Shape = {"submitted": int}
    shape: Shape = {"users": [{"username": str, "completed": submitted, "pending": submitted}]}
    users = target.api.get(f"/api/v1/datasets/{id_}/users/progress", shape)["users"]
    return {user["username"]: user["completed"]["submitted"] + user["pending"]["submitted"] for user in users}


def _by_listing(target: Target, id_: str) -> dict[str, int]:
    names = {user.id: user.username for user in target.state().users.values()}
    counts: dict[str, int] = {}
    for record in target.list_records(id_, include=("responses",)):
        for response in record.get("responses") or ():
            if response["status"] == "submitted":
                name = names.get(response["user_id"], "a deleted user")
                counts[name] = counts.get(name, 0) + 1
    return counts
