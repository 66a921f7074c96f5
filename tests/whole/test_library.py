"""The Python API against a real server: a move by it, and what it gives to the official SDK, which makes of it what the import made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import argilla_snapshot as snap
from importer.errors import ImportRefusedError
from servers.argilla import NEW, ArgillaServer
from servers.stack import Stack
from tests.fixtures import RELEASED
from tests.helpers import target
from tests.helpers.official import official

if TYPE_CHECKING:
    import argilla as rg

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself

FIXTURE = RELEASED["1.1"][0]
NAMES = [name for name, dataset in snap.open(FIXTURE).items() if len(dataset)]
KEY = "argilla.apikey"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the fixture: the import keeps its journal beside it."""
    return Path(shutil.copytree(FIXTURE, tmp_path_factory.mktemp("library") / "snap"))


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[ArgillaServer]:
    """A 2.8.0 server."""
    with stack.fresh(NEW) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def imported(snapshot: Path, server: ArgillaServer) -> Path:
    """The snapshot, moved by the API."""
    where: dict[str, Any] = {"api_url": server.url, "api_key": KEY}
    events: list[snap.Event] = []
    plan = snap.plan(snapshot, **where)
    assert plan.conflicts == []
    if plan.losses:
        with pytest.raises(ImportRefusedError, match="yes=True"):
            snap.import_snapshot(snapshot, **where)
    with pytest.raises(ImportRefusedError, match="Nothing was written"):
        snap.import_snapshot(snapshot, **where, confirm=lambda _: False)
    report = snap.import_snapshot(snapshot, **where, yes=True, passwords={"ana": "a password of ana"}, progress=events.append)
    assert [dataset.name for dataset in report.datasets] == [dataset.target for dataset in plan.datasets]
    assert {"importing", "planning"} <= {event.step for event in events}
    last = [event for event in events if event.step == "importing" and event.dataset == "demo.news"][-1]
    assert last.done == last.total == 12
    return snapshot


@pytest.fixture(scope="module")
def client(server: ArgillaServer, imported: Path) -> Iterator[rg.Argilla]:
    """The SDK, with the key of the server's owner."""
    assert imported
    with official(server) as sdk:
        yield sdk


@pytest.fixture(scope="module")
def places(imported: Path, server: ArgillaServer) -> dict[str, tuple[str, str]]:
    """Name in the snapshot -> workspace and name on the server."""
    plan = snap.plan(imported, api_url=server.url, api_key=KEY)
    return {dataset.source: (dataset.workspace, dataset.name) for dataset in plan.datasets}


def test_all_is_there_and_comes_back(imported: Path, server: ArgillaServer, tmp_path: Path) -> None:
    verified = snap.verify(imported, api_url=server.url, api_key=KEY)
    assert (verified.differences, verified.records) == ([], snap.open(imported).manifest.counts["records"])
    assert snap.plan(imported, api_url=server.url, api_key=KEY).on_record
    manifest = snap.export(tmp_path / "back", api_url=server.url, api_key=KEY, datasets=["demo.*"])
    back = snap.open(tmp_path / "back")
    assert manifest.counts == back.manifest.counts
    for name in ("demo.news", "demo.entities"):
        before, after = snap.open(imported)[name], back[name]
        assert {row.record_id: row.value for row in before.annotations()} == {row.record_id: row.value for row in after.annotations()}


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_is_loaded_by_the_sdk_as_the_import_made_it(
    name: str, imported: Path, places: dict[str, tuple[str, str]], server: ArgillaServer, client: rg.Argilla, tmp_path: Path
) -> None:
    import argilla as rg  # noqa: PLC0415

    workspace, there = places[name]
    snap.open(imported)[name].to_disk(tmp_path, users={user.username: user.id for user in client.users})
    rg.Dataset.from_disk(str(tmp_path), name=f"{there}-disk", workspace=workspace, client=client)
    compare(server, workspace, there, f"{there}-disk")


@pytest.mark.parametrize("name", NAMES)
def test_settings_and_records_are_logged_by_the_sdk_as_the_import_sent_them(
    name: str, imported: Path, places: dict[str, tuple[str, str]], server: ArgillaServer, client: rg.Argilla
) -> None:
    import argilla as rg  # noqa: PLC0415

    workspace, there = places[name]
    settings, records = snap.open(imported)[name].to_argilla(users={user.username: user.id for user in client.users})
    made = rg.Dataset(f"{there}-log", workspace, settings, client).create()
    made.records.log([*records])
    compare(server, workspace, there, f"{there}-log")


def compare(server: ArgillaServer, workspace: str, ours: str, theirs: str) -> None:
    """The dataset that the SDK made has the records of the one that the import made."""
    with target.connect(server.url) as http:
        imported, logged = (content(http, target.dataset_id(http, workspace, name)) for name in (ours, theirs))
    assert logged == imported


def content(http: Any, id_: str) -> dict[str, Any]:
    """The records of a dataset, without ids and times of the server's own."""
    questions = {question["id"]: question["name"] for question in target.items(http, f"/datasets/{id_}/questions")}
    return {
        external_id: {
            "fields": {name: value for name, value in record["fields"].items() if value is not None},
            "metadata": record["metadata"],
            "vectors": record["vectors"],
            "status": record["status"],
            "responses": {r["user_id"]: (r["status"], r["values"] or {}) for r in record["responses"]},
            "suggestions": {
                questions[s["question_id"]]: (unranked(s["value"]), s["score"], s["agent"], s["type"]) for s in record["suggestions"]
            },
        }
        for external_id, record in target.records(http, id_).items()
    }


def unranked(value: Any) -> Any:
    """A suggested ranking without ranks: the SDK sends the values in their order."""
    return (
        [{key: one for key, one in item.items() if key != "rank"} if isinstance(item, dict) else item for item in value]
        if isinstance(value, list)
        else value
    )
