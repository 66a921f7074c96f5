"""Whatever a 1.x server holds becomes what a 2.8.0 server takes, or is noted; and the rules for that are the server's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.models import Dataset, Source, User, Workspace
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from exporter.documents import decode, encode
from exporter.legacy.learn import Learning
from exporter.legacy.rows import to_row
from exporter.losses import Losses
from exporter.source import Listed
from importer.mapping.answers import left_out
from importer.mapping.cleaning import clean_text
from importer.mapping.legacy import Mapper
from importer.notes import KINDS
from importer.options import ImportOptions
from importer.targets.http.wire import DatasetIds, wire_item
from servers.stack import Stack
from tests.helpers.accounting import Account
from tests.helpers.plan_rules import plan_problems
from tests.helpers.plans import ME, planned
from tests.helpers.rule_samples import BROKEN, REFUSED_SETTINGS, SHAPES, Broken, Setting, good_items
from tests.helpers.rule_server import Published, publish
from tests.helpers.rules import Target, problems
from tests.helpers.strategies import USERS, Content, contents, texts
from tests.helpers.strategies import options as some_options

#: One key with an integer that no float holds, and with a float.
EXACT = Content("Text2Text", [], [{"id": id_, "text": "", "metadata": {"key": value}} for id_, value in enumerate((2**53 + 1, 0.5))])


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
        learnt = Learning(Listed("w", "d", content.task)).see(documents).learnt()  # type: ignore[arg-type]
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
        writer.write_dataset(dataset, record_batches(dataset, (to_row(document, dataset, Losses()) for document in documents)))
        writer.finish(Source("argilla-api", "http://old", "1.29.1"), [], "test")
        yield Snapshot(folder)
    finally:
        shutil.rmtree(room)
        room.mkdir()


@given(text=texts)
def test_cleaned_text_can_be_written_and_keeps_its_offsets(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned
    assert len(cleaned) == len(text)
    assert all(before == after for before, after in zip(text, cleaned, strict=True) if after != "\ufffd")
    assert "\x00" not in cleaned


@given(content=contents(), options=some_options, version=st.sampled_from(["2.8.0", "2.3.1"]))
@example(content=EXACT, options=ImportOptions(), version="2.8.0")
@settings(max_examples=200, deadline=None)
def test_anything_becomes_what_the_target_takes_or_is_noted(content: Content, options: ImportOptions, version: str, room: Path) -> None:
    with snapshot_of(content, room) as snapshot:
        plan = planned(snapshot, options, version)
        assert plan_problems(plan, strict=version < "2.4") == []
        assert {agent.agent for agent in plan.agents if agent.known} == {agent.agent for agent in plan.agents} & {*USERS}
        (dataset,) = plan.datasets
        users = {user.username: f"id of {user.username}" for user in plan.users} | {ME: "me"}
        questions = {question.name: f"id of {question.name}" for question in dataset.questions}
        target = Target.of(dataset, questions, set(users.values()))
        mapper = Mapper(dataset, plan.agents, options)
        answered: set[str] = set()
        for record in snapshot.records(snapshot.entries[0]):
            if left_out(record, options):
                continue
            mapped, notes = mapper.map(record)
            item = wire_item(mapped, DatasetIds("d", questions), users)
            assert problems(from_json(to_json(item)), target) == []
            assert Account(record, mapped, notes, dataset, plan.agents, options).missing() == []
            assert {note.kind for note in notes} <= set(KINDS)
            answered |= {response.username for response in mapped.responses}
        assert {user.username for user in plan.users if user.source_username is None} <= answered


@pytest.mark.parametrize("ids", [("a\x00", "a\ufffd"), ("a\ufffd", "a\x00"), ("a\x00", "b", "a\x00\x00"), ("\x00a\ufffd", "\ufffda\x00")])
def test_ids_that_become_one_are_a_conflict(ids: tuple[str, ...], room: Path) -> None:
    with snapshot_of(Content("Text2Text", [], [{"id": id_, "text": "one"} for id_ in ids]), room) as snapshot:
        conflicts = planned(snapshot, ImportOptions(), "2.8.0").conflicts
    alike = len({clean_text(id_) for id_ in ids}) < len(ids)
    assert len(conflicts) == alike
    assert all(f"{id_!a}" in conflict for conflict in conflicts for id_ in ids)


# --- the rules, and the server whose they are ---


class Room:
    """A workspace and users on a real server, where datasets can be made."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._workspace_id = client.post("/api/v1/workspaces", json={"name": "rules"}).raise_for_status().json()["id"]
        self._users = {}
        for name in ("ana", "ben"):
            user = {"username": f"rules-{name}", "first_name": name, "role": "annotator", "password": "12345678"}
            self._users[name] = client.post("/api/v1/users", json=user).raise_for_status().json()["id"]

    def draft(self, name: str) -> str:
        """The id of a new dataset with a field ``text``."""
        body = {"name": name, "workspace_id": self._workspace_id}
        id_ = str(self.client.post("/api/v1/datasets", json=body).raise_for_status().json()["id"])
        field = {"name": "text", "title": "text", "required": True, "settings": {"type": "text"}}
        self.client.post(f"/api/v1/datasets/{id_}/fields", json=field).raise_for_status()
        return id_

    def dataset(self, name: str, *, overlap: bool) -> Published:
        """A new dataset of one of the two shapes."""
        return publish(self.client, name, SHAPES[overlap], self._workspace_id, self._users)


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[Room]:
    """A workspace of the 2.8.0 server. After an error it closes the connection, so none is kept."""
    headers = {"X-Argilla-Api-Key": stack.new.api_key, "Connection": "close"}
    with httpx.Client(base_url=stack.new.url, headers=headers, timeout=120, trust_env=False) as client:
        yield Room(client)


@pytest.fixture(scope="module")
def spoilt(server: Room) -> Published:
    """A dataset for items that break a rule."""
    return server.dataset("spoilt", overlap=False)


@pytest.fixture(scope="module")
def draft(server: Room) -> str:
    """A dataset with one field, to which things may be added."""
    return server.draft("draft")


def _with_effect(*effects: str) -> list[Broken]:
    return [broken for broken in BROKEN if broken.effect in effects]


@pytest.mark.servers
@pytest.mark.parametrize("overlap", [False, True])
def test_the_server_takes_and_shows_what_breaks_no_rule(server: Room, *, overlap: bool) -> None:
    dataset, items = server.dataset(f"good-{overlap}", overlap=overlap), list(good_items(120, overlap=overlap))
    assert [problems(item, SHAPES[overlap]) for item in items] == [[]] * len(items)
    answer = dataset.put(*items)
    assert answer.is_success, answer.text[:1000]
    listed = dataset.listed()
    assert dataset.searchable() == len(listed) == len(items)
    for item in items:
        found = listed[item["external_id"]]
        assert {name: text for name, text in found["fields"].items() if text is not None} == {
            name: text for name, text in item["fields"].items() if text is not None
        }
        assert found["metadata"] == item["metadata"]
        assert (found["vectors"] or {}) == item["vectors"]
        assert len(found["suggestions"]) == len(item["suggestions"])
        assert len(found["responses"]) == len(item["responses"])
    assert dataset.similar("three", [1.0, 2.0, 3.0])


@pytest.mark.servers
@pytest.mark.parametrize("broken", _with_effect("refused", "hidden", "changed"), ids=lambda broken: broken.name)
def test_the_server_minds_what_breaks_a_rule(broken: Broken, spoilt: Published) -> None:
    item = {"external_id": broken.name, **broken.item}
    assert {problem.effect for problem in problems(item, SHAPES[False])} == {broken.effect}
    before = spoilt.searchable()
    answer = spoilt.put(item)
    assert answer.is_success == (broken.effect != "refused"), answer.text[:500]
    assert spoilt.searchable() - before == (broken.effect == "changed")
    if broken.effect == "changed":
        assert answer.json()["items"][0]["metadata"] != item["metadata"]


@pytest.mark.servers
@pytest.mark.parametrize("broken", _with_effect("poisons", "breaks search"), ids=lambda broken: broken.name)
def test_a_record_can_harm_its_dataset(broken: Broken, server: Room) -> None:
    dataset = server.dataset(broken.name, overlap=False)
    item = {"external_id": broken.name, **broken.item}
    assert {problem.effect for problem in problems(item, SHAPES[False])} == {broken.effect}
    assert dataset.put({"external_id": "good", "fields": item["fields"], "vectors": {"three": [1.0, 2.0, 3.0]}}).is_success
    assert dataset.similar("three", [1.0, 2.0, 3.0])
    assert dataset.put(item).is_success == (broken.effect == "breaks search")
    assert dataset.fails_to_list() == (broken.effect == "poisons")
    if broken.effect == "breaks search":
        assert dataset.similar("three", [1.0, 2.0, 3.0]) is None


@pytest.mark.servers
@pytest.mark.parametrize("setting", REFUSED_SETTINGS, ids=lambda setting: setting.name)
def test_the_server_refuses_settings(setting: Setting, draft: str, server: Room) -> None:
    answer = server.client.post(f"/api/v1/datasets/{draft}/{setting.path}", json={"required": True, **setting.body})
    assert answer.status_code == 422


@pytest.mark.servers
def test_the_server_publishes_no_dataset_without_a_required_question(draft: str, server: Room) -> None:
    assert server.client.put(f"/api/v1/datasets/{draft}/publish").status_code == 422


@pytest.mark.servers
def test_a_dot_in_a_name_can_break_a_dataset(server: Room) -> None:
    id_ = server.draft("dots")
    for name in ("a", "a.b"):
        body = {"name": name, "title": name, "settings": {"type": "terms"}}
        server.client.post(f"/api/v1/datasets/{id_}/metadata-properties", json=body).raise_for_status()
    question = {"name": "note", "title": "note", "required": True, "settings": {"type": "text"}}
    server.client.post(f"/api/v1/datasets/{id_}/questions", json=question).raise_for_status()
    assert server.client.put(f"/api/v1/datasets/{id_}/publish").status_code == 500
