"""A dataset that can't be made stops no other: with a target in memory, and on a real server."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from importer.journal import journal as journals
from importer.journal.journal import Journal
from importer.loading import Loader
from importer.options import ImportOptions
from importer.plan import DatasetPlan, Plan
from importer.report import Held, make_report
from importer.run import import_snapshot
from importer.target_state import TargetState, TargetUser
from importer.targets.http.target import Target
from importer.targets.http.wire import DatasetIds
from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import succeed
from tests.helpers.plans import ME, Silent, planned

SOMEBODYS = {"id": "somebody's", "status": "ready", "metadata": None}


class MemoryApi:
    """Is asked once."""

    url = "http://new"

    def retried(self, do: Any) -> Any:
        return do()


class MemoryTarget:
    """Takes what is made on it; ``there``: datasets that somebody made, by name."""

    api = MemoryApi()
    version = "2.8.0"

    def __init__(self, *there: str) -> None:
        self.there = dict.fromkeys(there, SOMEBODYS)
        self.users = {ME: TargetUser("me", ME, "owner")}
        self.records: dict[str, int] = {}
        self.deleted: list[str] = []

    def state(self) -> TargetState:
        return TargetState("http://new", "2.8.0", ME, self.users, {}, {})

    def create_workspace(self, name: str, _id: str | None) -> str:
        return name

    def create_user(self, plan: Any, _password: str) -> str:
        self.users[plan.username] = TargetUser(plan.username, plan.username, plan.role)
        return str(plan.username)

    def add_member(self, _workspace: str, _user: str) -> None: ...

    def find_dataset(self, _workspace: str, name: str) -> Any:
        return self.there.get(name)

    def create_dataset(self, plan: DatasetPlan, _workspace: str) -> str:
        return plan.name

    def delete_dataset(self, id_: str) -> None:
        self.deleted.append(id_)

    def dataset_ids(self, id_: str) -> DatasetIds:
        return DatasetIds(id_, {name: name for name in ("label", "labels", "spans", "text_generation")})

    def put_records(self, id_: str, content: bytes) -> list[dict[str, Any]]:
        items = from_json(content)["items"]
        self.records[id_] = self.records.get(id_, 0) + len(items)
        return [{"updated_at": "2026-01-01"} for _ in items]


def loaded(new: MemoryTarget, journal: Journal, snapshot: Snapshot) -> Journal:
    Loader(snapshot, cast("Target", new), journal, Silent(), {}, 1).run()
    return journal


def test_a_dataset_that_somebody_made_meanwhile_stops_no_other(tmp_path: Path) -> None:
    snapshot = Snapshot(SNAPSHOT)
    plan = planned(snapshot, ImportOptions(), "2.8.0")
    taken = max(plan.datasets, key=lambda dataset: dataset.records)
    new = MemoryTarget(taken.name)
    journal = loaded(new, journals.begin(tmp_path / "import", plan), snapshot)
    assert list(journal.done.failed) == [taken.source]
    assert journal.done.failed[taken.source] == (
        f"Somebody made a dataset {taken.target} there since this import was planned. The import leaves it as it is: "
        "rename or delete it there, then run `import` again."
    )
    assert (journal.done.ended, journal.done.finished, new.deleted) == (True, False, [])
    others = {dataset.name: dataset.records for dataset in plan.datasets if dataset.records and dataset != taken}
    assert new.records == others
    held = {dataset.source: Held(dataset.records, []) for dataset in plan.datasets if dataset != taken}
    assert [
        (note.kind, note.dataset)
        for note in make_report(journal, held, 1, "2026-11-29T00:00:00+00:00").losses
        if note.kind == "dataset_failed"
    ] == [("dataset_failed", taken.source)]
    # when it is away, the same command brings this one too
    new.there.clear()
    assert not loaded(new, journal, snapshot).done.failed
    assert (journal.done.finished, new.records) == (True, others | {taken.name: taken.records})


@pytest.mark.servers
def test_a_dataset_that_appears_between_plan_and_making(fresh_new: ArgillaServer, folder: Path) -> None:
    shutil.copytree(SNAPSHOT, folder)

    def while_it_is_asked(plan: Plan) -> bool:
        """Somebody makes the workspace and a dataset."""
        with target.connect(fresh_new.url) as client:
            workspace = made(client, "workspaces", name=plan.datasets[0].workspace)
            made(client, "datasets", name=plan.datasets[0].name, workspace_id=workspace)
        return True

    with closing(Api(fresh_new.url, fresh_new.api_key)) as api:
        report = import_snapshot(
            folder, api, ImportOptions(), Silent(), passwords={}, concurrency=2, restart=False, confirm=while_it_is_asked
        )
    failed = [note.dataset for note in report.losses if note.kind == "dataset_failed"]
    assert failed == [report.datasets[0].source_name]
    assert [dataset.stored for dataset in report.datasets] == [None, *(dataset.records for dataset in report.datasets[1:])]
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, *str(report.datasets[0].name).split("."))
        assert target.get(client, f"/datasets/{id_}")["status"] == "draft"
        client.delete(f"/datasets/{id_}").raise_for_status()
    succeed("import", folder, url=fresh_new.url)
    succeed("verify", folder, url=fresh_new.url)


def made(client: httpx.Client, what: str, **body: Any) -> str:
    answer = client.post(f"/{what}", json=body).raise_for_status()
    return str(answer.json()["id"])
