"""A plan that was saved is read again, also one of an older version, which knew less."""

import json
from typing import Any

import orjson
import pytest

from argilla_snapshot.format.files import to_json
from argilla_snapshot.format.reader import Snapshot
from importer.credited import credited
from importer.options import ImportOptions
from importer.plan import Agent, Plan
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers.plans import ME, planned

#: What plans and their parts did not have at first.
LATER = {
    "options": ("validated_predictions", "discarded", "status", "vectors"),
    "agents": ("responses",),
    "datasets": ("status", "vectors_lost", "left_out", "discarded_by"),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(Snapshot(SNAPSHOT), ImportOptions(discarded="everyone"), "2.8.0")


def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    assert Plan.from_json(orjson.loads(to_json(plan))) == plan


def test_an_older_plan_gets_what_was_done_then(plan: Plan) -> None:
    saved: dict[str, Any] = json.loads(to_json(plan))
    for part, members in LATER.items():
        for one in [saved[part]] if isinstance(saved[part], dict) else saved[part]:
            for member in members:
                del one[member]
    for dataset in saved["datasets"]:
        for field in dataset["fields"]:
            del field["type"]
        for metadata in dataset["properties"]:
            del metadata["unified"]
    read = Plan.from_json(saved)
    assert read.options == ImportOptions()
    assert [dataset.status for dataset in read.datasets] == [None] * len(read.datasets)
    assert {field.type for dataset in read.datasets for field in dataset.fields} == {"text"}


@pytest.mark.parametrize("version", ["1.29.1", "2.0.1", "2.8.0"])
@pytest.mark.parametrize("of", RELEASED)
def test_snapshots_of_each_version_of_the_format_are_planned(of: str, version: str) -> None:
    snapshot = Snapshot(RELEASED[of][0])
    plan = planned(snapshot, ImportOptions(), version)
    assert (plan.conflicts, plan.losses) == ([], [])
    assert [(dataset.path, dataset.kind, dataset.records) for dataset in plan.datasets] == [
        (entry.path, entry.kind, entry.records) for entry in snapshot.entries
    ]
    assert sum(note.count for note in plan.notes if note.kind == "webhook_kept") == len(snapshot.webhooks())


def test_who_gets_responses_is_listed_with_existing_accounts_first(plan: Plan) -> None:
    people = credited(plan)
    assert sum(one.responses for one in people) == sum(agent.responses for agent in plan.agents)
    assert {name for one in people for name in one.annotators} == {agent.agent or "" for agent in plan.agents}
    assert {one.account for one in people} == {"created", "placeholder"}


@pytest.mark.parametrize(("agent", "account"), [(Agent("x", "y", True, 1), "mapped"), (Agent("x", ME, False, 1), "me")])
def test_an_account_outside_the_plan_is_one_of_the_map_or_mine(agent: Agent, account: str) -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
    plan.agents[:] = [agent, Agent("left out", None, known=False, responses=1)]
    assert [(one.username, one.account) for one in credited(plan)] == [(agent.username, account)]


@pytest.mark.parametrize("choice", [{}, {"workspaces": ("demo",)}, {"datasets": ("demo/news",)}])
def test_a_plan_of_only_users_has_the_same_users_and_workspaces_and_no_dataset(choice: dict[str, Any]) -> None:
    whole = planned(Snapshot(SNAPSHOT), ImportOptions(**choice), "2.8.0")
    users = planned(Snapshot(SNAPSHOT), ImportOptions(only_users=True, **choice), "2.8.0")
    assert (users.datasets, users.agents, users.conflicts) == ([], [], [])
    assert users.workspaces == whole.workspaces
    assert users.users == [user for user in whole.users if user.source_username is not None]  # placeholders come with their records
    assert {note.dataset for note in users.notes} <= {None}
