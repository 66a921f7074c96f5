"""Servers of other versions, and one on Elasticsearch, upgraded in place to 2.8.0: what that deleted comes back from their search indices too."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW, OLD, ArgillaServer
from servers.errors import InstallError
from servers.feedback import GONE, FeedbackSeed
from servers.new_database import migrate
from servers.stack import Stack
from tests.helpers.cli import succeed
from tests.helpers.feedback_given import found, given, without
from tests.whole.test_upgrade import copy, findings

pytestmark = pytest.mark.servers
Json = dict[str, Any]
RECORDS = 20
UNDECLARED = "more"


@dataclass(frozen=True)
class Rescued:
    """What a server was given, the questions that were asked there, and the snapshot of what was left of it after the upgrade."""

    version: tuple[int, int]
    given: dict[str, Json]
    questions: dict[str, str]
    vectors: dict[str, int]
    snapshot: Path

    @property
    def dataset(self) -> FeedbackDataset:
        """The dataset as it came back."""
        snapshot = Snapshot(self.snapshot)
        (entry,) = snapshot.entries
        dataset = snapshot.dataset(entry)
        assert isinstance(dataset, FeedbackDataset)
        return dataset

    @property
    def records(self) -> list[FeedbackRecord]:
        """Its records."""
        snapshot = Snapshot(self.snapshot)
        return [record for record in snapshot.records(snapshot.entries[0]) if isinstance(record, FeedbackRecord)]


@pytest.fixture(
    scope="module", params=["1.18.0", *(pytest.param(other, marks=pytest.mark.versions) for other in ("1.13.3", "elasticsearch"))]
)
def rescued(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Rescued:
    folder = tmp_path_factory.mktemp("rescue")
    if request.param != "elasticsearch":
        with stack.fresh(request.param) as server:
            return rescue(server, stack.search.url, folder)
    engine = request.getfixturevalue("elasticsearch")
    env = {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}
    with stack.fresh(OLD, env) as server:
        return rescue(server, engine.url, folder)


def rescue(server: ArgillaServer, search_url: str, folder: Path) -> Rescued:
    """Fills a server, deletes a user there, upgrades a copy of its database, and exports what is left."""
    maker = FeedbackSeed(server.url, server.api_key, server.release.number)
    maker.dataset(maker.people("demo"), "all", RECORDS)
    records = given(maker, RECORDS)
    maker.delete_user(GONE)
    maker.close()
    copy(server, folder / "argilla.db")
    migrate(NEW, folder)
    storage = ["--search-engine", search_url, "--namespace", server.env["ARGILLA_NAMESPACE"], "--database", folder / "argilla.db"]
    succeed("export", folder / "snap", *storage, code=3)
    questions = {question["name"]: question["settings"]["type"] for question in maker.questions()}
    vectors = {vector["name"]: vector["dimensions"] for vector in maker.vectors()}
    return Rescued(server.release.number, records, questions, vectors, folder / "snap")


def test_what_the_index_of_the_version_had_comes_back(rescued: Rescued) -> None:
    users = {response.user_id for record in rescued.records for response in record.responses if response.username is None}
    wanted = rescued.given
    if rescued.version >= (1, 25):  # the index knows the id, and nobody knows the name any more
        assert len(users) == 1
        wanted = without(wanted, GONE, responses="nameless")
    else:  # it has the name itself
        assert users == set()
    for text, record in found(rescued.records).items():
        assert record["fields"] == wanted[text]["fields"]
        assert record["responses"] == wanted[text]["responses"]
        assert record["suggestions"] == (wanted[text]["suggestions"] if rescued.version >= (1, 20) else {})
        declared = {name: value for name, value in wanted[text]["metadata"].items() if name != UNDECLARED}
        assert record["metadata"] == (declared if rescued.version >= (1, 18) else {})
        assert sorted(record["vectors"].values()) == (sorted(wanted[text]["vectors"].values()) if rescued.version >= (1, 19) else [])
    assert len(rescued.records) == RECORDS


def test_its_questions_are_inferred(rescued: Rescued) -> None:
    assert {question.name: question.type for question in rescued.dataset.questions} == rescued.questions
    assert [field.name for field in rescued.dataset.fields] == ["text", "note"]
    assert sorted(vector.dimensions for vector in rescued.dataset.vectors_settings) == sorted(rescued.vectors.values())


def test_it_moves_to_a_new_server(rescued: Rescued, stack: Stack) -> None:
    with stack.fresh(NEW) as new:
        succeed("import", rescued.snapshot, url=new.url)
        assert "No difference" in succeed("verify", rescued.snapshot, url=new.url)


@pytest.mark.parametrize("version", ["1.24.0", pytest.param("1.18.0", marks=pytest.mark.versions)])
def test_suggestions_of_deleted_records_stop_the_upgrade_as_foretold(version: str, stack: Stack, tmp_path: Path) -> None:
    before = tmp_path / "before.db"
    with stack.fresh(version) as server:
        maker = FeedbackSeed(server.url, server.api_key, server.release.number)
        id_ = maker.dataset(maker.people("demo"), "all", RECORDS)
        for record in maker.send("GET", f"/api/v1/datasets/{id_}/records?limit=5")["items"]:
            maker.send("DELETE", f"/api/v1/records/{record['id']}")
        maker.close()
        copy(server, before)
    stops = {one["versions"]: one["counts"]["suggestions"] for one in findings(before) if one["migration"] == "ca7293c38970"}
    assert stops.keys() == {"1.28 or 1.29", "2.6 to 2.8"}
    assert min(stops.values()) > 0
    for into in (OLD, NEW):
        home = tmp_path / into
        home.mkdir()
        shutil.copyfile(before, home / "argilla.db")
        with pytest.raises(
            InstallError, match=r"(?s)suggestions.*FOREIGN KEY constraint failed|FOREIGN KEY constraint failed.*suggestions"
        ):
            migrate(into, home)
        (stuck,) = [one for one in findings(home / "argilla.db") if one["kind"] == "stuck"]
        assert (stuck["samples"], stuck["migration"]) == (["_alembic_tmp_suggestions"], "bda6fe24314e")
        with pytest.raises(InstallError, match=r"_alembic_tmp_suggestions\s+already exists"):
            migrate(into, home)
