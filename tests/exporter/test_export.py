"""What an export makes of whatever a source says: every dataset that can be read arrives, and nothing is written that can't be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format import limits, writer
from argilla_snapshot.format.check import check
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.models import Dataset, Manifest, User, Webhook
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from exporter.run import ExportOptions, export
from exporter.source import Listed
from tests.helpers.export_killed import Fuse
from tests.helpers.memory_source import MemorySource

A, B = ("one", "a"), ("one", "b")


def documents(*texts: str) -> list[dict[str, Any]]:
    return [{"id": number, "text": text, "status": "Default"} for number, text in enumerate(texts)]


def exported(source: MemorySource, folder: Path, **options: Any) -> Manifest:
    manifest = export(ExportOptions(folder, **options), lambda: source, Fuse(0))
    assert check(folder, deep=True) == []
    return manifest


def texts(folder: Path) -> dict[tuple[str, str], list[str]]:
    snapshot = Snapshot(folder)
    return {(entry.workspace, entry.name): [str(record.inputs["text"]) for record in snapshot.records(entry)] for entry in snapshot.entries}


def described(folder: Path) -> Dataset:
    return Snapshot(folder).dataset(Snapshot(folder).entries[0])


def losses(manifest: Manifest) -> list[tuple[str, str | None, int, list[str]]]:
    return [(loss.kind, loss.dataset, loss.count, loss.samples) for loss in manifest.losses]


# --- one dataset that can't be read ---


@pytest.mark.parametrize(
    "error",
    [ServerError("it is red", 500), ServerError("no such thing", 404), NotAllowedError("not yours", 403), TemporaryError("it is long")],
    ids=lambda error: type(error).__name__ + str(error.status),
)
@pytest.mark.parametrize("when", ["broken", "refused"])
def test_a_dataset_that_cant_be_read_stops_no_other(when: str, error: ServerError, folder: Path) -> None:
    source = MemorySource({A: documents("x", "y"), B: documents("z")}, **{when: {A: [error, error]}})
    manifest = exported(source, folder)
    assert texts(folder) == {B: ["z"]}
    (loss,) = manifest.losses
    assert (loss.kind, loss.dataset, loss.count) == ("dataset_unreadable", "one.a", 1)
    assert loss.message.endswith(error.message)
    assert [path.name for path in (folder / "datasets" / "one").iterdir()] == ["b"]


def test_a_dataset_that_was_deleted_meanwhile_is_said_to_be(folder: Path) -> None:
    class Deleting(MemorySource):
        """Lists the first dataset no more, once it was read in vain."""

        def datasets(self) -> list[Listed]:
            return [listed for listed in super().datasets() if listed.place != A or len(self.asked) < 2]

    source = Deleting({A: documents("x"), B: documents("z")}, broken={A: [ServerError("no such thing", 404)] * 2})
    manifest = exported(source, folder)
    assert losses(manifest) == [("dataset_deleted", "one.a", 1, [])]
    assert texts(folder) == {B: ["z"]}


def test_it_is_tried_once_more_when_the_others_are_done(folder: Path) -> None:
    source = MemorySource({A: documents("x", "y"), B: documents("z")}, broken={A: [ServerError("it is red", 500)]})
    assert exported(source, folder).losses == []
    assert source.asked == [A, B, A]
    assert texts(folder) == {A: ["x", "y"], B: ["z"]}
    assert [entry.name for entry in Snapshot(folder).entries] == ["a", "b"]


def test_where_not_one_dataset_can_be_read_that_is_the_exports_trouble(folder: Path) -> None:
    source = MemorySource({A: documents("x", "y"), B: documents("z")}, broken={place: [TemporaryError("away")] * 2 for place in (A, B)})
    with pytest.raises(TemporaryError):
        export(ExportOptions(folder), lambda: source, Fuse(0))
    assert not folder.exists()
    assert exported(source, folder).losses == []
    assert texts(folder) == {A: ["x", "y"], B: ["z"]}


@pytest.mark.parametrize("when", ["broken", "refused"])
def test_trouble_of_the_whole_server_ends_the_run_and_the_next_one_goes_on(when: str, folder: Path) -> None:
    trouble = TemporaryError("away", 503)
    source = MemorySource({A: documents("x", "y"), B: documents("z")}, listing_fails=trouble, **{when: {A: [trouble]}})
    with pytest.raises(TemporaryError):
        export(ExportOptions(folder), lambda: source, Fuse(0))
    assert not folder.exists()
    source.listing_fails = None
    assert exported(source, folder).losses == []
    assert texts(folder) == {A: ["x", "y"], B: ["z"]}


# --- names that read alike ---


def test_datasets_whose_names_read_alike_arrive_both_with_their_own_losses(folder: Path) -> None:
    source = MemorySource(
        {("a", "b.c"): documents("first"), ("a.b", "c"): [*documents("second"), {"id": "x", "text": 1, "status": "Default"}]},
    )
    manifest = exported(source, folder)
    assert texts(folder) == {("a", "b.c"): ["first"], ("a.b", "c"): ["second", "1"]}
    (loss,) = manifest.losses
    assert (loss.kind, loss.dataset, loss.workspace, loss.place) == ("unexpected_value", "a.b.c", "a.b", ("a.b", "c"))
    configs = [line for line in (folder / "README.md").read_text().splitlines() if "config_name" in line]
    assert len(set(configs)) == 2


# --- what is said of a dataset may be anything ---


def test_members_of_another_type_become_text_or_are_left_out_and_are_listed(folder: Path) -> None:
    said = {"created_at": 1700000000, "created_by": ["x"], "last_updated": {"a": 1}, "tags": "none", "metadata": [1]}
    source = MemorySource({A: documents("x")}, {A: said}, said={"settings": "odd", "rules": [{"query": "q"}, "odd", None]})
    manifest = exported(source, folder)
    dataset = described(folder)
    assert (dataset.created_at, dataset.created_by, dataset.last_updated) == ("1700000000", '["x"]', '{"a":1}')
    assert (dataset.tags, dataset.metadata, dataset.settings, dataset.rules) == ({}, {}, None, [{"query": "q"}])
    assert dataset.source == said
    members = ["tags", "metadata", "created_at", "created_by", "last_updated", "settings", "rules"]
    assert {(kind, dataset, count) for kind, dataset, count, _ in losses(manifest)} == {("odd_member", "one.a", len(members))}


@pytest.mark.parametrize("settings", [{"label_schema": {"labels": labels}} for labels in ("x", [1, {"id": 1}, {"name": None}], {"a": 1})])
def test_a_label_schema_of_another_shape_has_no_labels(settings: dict[str, Any], folder: Path) -> None:
    exported(MemorySource({A: documents("x")}, said={"settings": settings}), folder)
    assert (described(folder).labels_declared, described(folder).settings) == ([], settings)


def test_users_of_another_shape_are_listed(folder: Path) -> None:
    people = [User("ann", "annotator", first_name=5, workspaces=["one", 7])]  # type: ignore[arg-type,list-item]
    manifest = exported(MemorySource({A: documents("x")}, people=people), folder)
    assert Snapshot(folder).users() == [User("ann", "annotator", first_name="5", workspaces=["one", "7"])]
    assert losses(manifest) == [("odd_member", None, 2, ["first_name of ann", "workspaces of ann"])]


def test_metadata_that_nest_deeper_than_a_reader_goes_become_text(folder: Path) -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = {"in": deep}
    manifest = exported(MemorySource({A: documents("x")}, {A: {"metadata": {"deep": deep, "flat": 1}}}), folder)
    metadata, levels = described(folder).metadata, 0
    assert metadata["flat"] == 1
    inner = metadata["deep"]
    while isinstance(inner, dict):
        inner, levels = inner["in"], levels + 1
    assert 100 < levels < limits.MAX_DEPTH
    for _ in range(400 - levels):
        inner = json.loads(inner)["in"] if isinstance(inner, str) else inner["in"]
    assert inner == "bottom"
    assert {kind for kind, *_ in losses(manifest)} == {"json_value"}


def test_members_too_large_for_a_reader_lie_beside_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_JSON", 20_000)
    monkeypatch.setattr(writer, "MAX_JSON", 20_000)
    metadata = {"notes": "x" * 15_000}
    manifest = exported(MemorySource({A: documents("x")}, {A: {"metadata": metadata}}), folder)
    place = folder / "datasets" / "one" / "a"
    assert losses(manifest) == [("large_member", "one.a", 1, ["source.json"])]
    assert (described(folder).metadata, described(folder).source) == (metadata, {})
    assert json.loads((place / "source.json").read_bytes()) == {"metadata": metadata}


def test_users_beyond_what_a_reader_takes_are_left_out_and_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("argilla_snapshot.format.writer.MAX_JSON", "exporter.choose.MAX_JSON"):
        monkeypatch.setattr(room, 20_000)
    people = [User(f"u{number:04}", "annotator") for number in range(500)]
    manifest = exported(MemorySource({A: documents("x")}, people=people), folder)
    kept = Snapshot(folder).users()
    assert kept == people[: len(kept)]
    assert losses(manifest) == [("users_too_many", None, 500 - len(kept), [])]
    assert 50 < len(kept) < 150


# --- an export reads back what it wrote ---


def test_what_a_check_would_refuse_does_not_pass_for_a_snapshot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(self: Any, *args: Any) -> Any:
        path = self.partial / "users.json"
        path.write_bytes(path.read_bytes()[:-2])
        return whole(self, *args)

    whole = writer.SnapshotWriter.finish
    monkeypatch.setattr(writer.SnapshotWriter, "finish", spoil)
    with pytest.raises(DamagedSnapshotError, match=r"users\.json"):
        export(ExportOptions(folder), lambda: MemorySource({A: documents("x")}), Fuse(0))
    assert not folder.exists()
    assert folder.with_name("snap.partial").is_dir()


# --- ids that are numbers ---


def test_records_lie_in_the_order_of_their_numbers(folder: Path) -> None:
    ids = [10, 9, 1, 100, 2, 0, "x", "007", -1, 11]
    exported(MemorySource({A: [{"id": id_, "text": str(id_), "status": "Default"} for id_ in ids]}), folder)
    assert texts(folder)[A] == ["0", "1", "2", "9", "10", "11", "100", "-1", "007", "x"]


# --- webhooks ---


@pytest.mark.parametrize(
    ("url", "kept", "lost"),
    [
        ("https://hooks.corp/x", "https://hooks.corp/x", 0),
        ("https://hooks.corp/x/", "https://hooks.corp/x", 0),
        ("https://hooks.corp/x?token=a-secret", "https://hooks.corp/x", 1),
        ("https://ana:a-secret@hooks.corp/x", "https://hooks.corp/x", 1),
    ],
)
def test_no_secret_of_a_webhook_is_in_a_snapshot(url: str, kept: str, lost: int, folder: Path) -> None:
    source = MemorySource({A: documents("x")}, hooks=[Webhook(url, ["record.completed"], enabled=True)])
    manifest = exported(source, folder)
    assert Snapshot(folder).webhooks() == [Webhook(kept, ["record.completed"], enabled=True)]
    assert [loss[0] for loss in losses(manifest)] == ["webhook_shortened"] * lost
    assert manifest.counts["webhooks"] == 1
    assert not any(b"a-secret" in path.read_bytes() for path in folder.rglob("*.json"))


def test_an_export_of_some_datasets_has_no_webhooks(folder: Path) -> None:
    source = MemorySource({A: documents("x")}, hooks=[Webhook("https://hooks.corp/x", ["record.completed"])])
    exported(source, folder, datasets=("one.a",))
    assert Snapshot(folder).webhooks() == []
    assert not (folder / "webhooks.json").exists()
    assert "webhooks" not in Snapshot(folder).manifest.counts
