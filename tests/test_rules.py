"""Whatever a 1.x server holds becomes what a 2.8.0 server takes, or is noted; and the rules for that are the server's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings

from exporter.documents import decode, encode
from exporter.learn import learn
from exporter.losses import Losses
from exporter.rows import to_row
from importer.mapping import Mapper
from importer.notes import KINDS
from importer.options import ImportOptions
from importer.plan import Plan
from importer.planning import make_plan
from importer.target import DatasetIds, wire_item
from importer.target_state import TargetState, TargetUser
from snapshot.models import Dataset, Source, User, Workspace
from snapshot.reader import Snapshot
from snapshot.writer import SnapshotWriter
from tests.accounting import Account
from tests.rules import Target, problems
from tests.strategies import USERS, Content, contents
from tests.strategies import options as some_options
from transport.api import from_json, to_json

ME = "owner"


class Silent:
    """Progress that nobody watches."""

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None: ...
    def advanced(self, records: int) -> None: ...
    def message(self, text: str) -> None: ...


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for snapshots that last for one example."""
    return tmp_path_factory.mktemp("rules")


@contextmanager
def snapshot_of(content: Content, room: Path) -> Iterator[Snapshot]:
    """A snapshot of one dataset, as the exporter makes it from its documents."""
    folder = room / "snap"
    try:
        documents = [decode(encode(document)) for document in content.documents]
        learnt = learn(content.task, (document.content for document in documents))  # type: ignore[arg-type]
        dataset = Dataset(
            workspace="w",
            name="d",
            task=content.task,  # type: ignore[arg-type]
            records=learnt.records,
            columns=learnt.columns,
            multi_label=learnt.multi_label,
            labels_declared=list(dict.fromkeys(content.declared)),
            labels_seen=[label for label in learnt.labels if label not in content.declared],
        )
        writer = SnapshotWriter(folder)
        writer.write_users([User(username, "annotator") for username in USERS])
        writer.write_workspaces([Workspace("w")])
        writer.write_dataset(dataset, (to_row(document, dataset, Losses()) for document in documents))
        writer.finish(Source("argilla-api", "http://old", "1.29.1"), [], "test")
        yield Snapshot(folder)
    finally:
        shutil.rmtree(room)
        room.mkdir()


def planned(snapshot: Snapshot, options: ImportOptions) -> Plan:
    """The plan for an empty 2.8.0 server."""
    state = TargetState("http://new", "2.8.0", ME, {ME: TargetUser("me", ME, "owner")}, {}, {})
    return make_plan(snapshot, state, options, lambda _type, _count: True, Silent())


@given(content=contents(), options=some_options)
@settings(max_examples=400, deadline=None)
def test_anything_becomes_what_the_target_takes_or_is_noted(content: Content, options: ImportOptions, room: Path) -> None:
    with snapshot_of(content, room) as snapshot:
        plan = planned(snapshot, options)
        (dataset,) = plan.datasets
        users = {user.username: f"id of {user.username}" for user in plan.users} | {ME: "me"}
        questions = {question.name: f"id of {question.name}" for question in dataset.questions}
        target = Target.of(dataset, questions, set(users.values()))
        mapper = Mapper(dataset, plan.agents, options)
        for record in snapshot.records(snapshot.entries[0]):
            mapped, notes = mapper.map(record)
            item = wire_item(mapped, DatasetIds("d", questions), users)
            assert problems(from_json(to_json(item)), target) == []
            assert Account(record, mapped, notes, dataset, plan.agents).missing() == []
            assert {note.kind for note in notes} <= set(KINDS)
