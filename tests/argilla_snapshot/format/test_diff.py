"""Two snapshots compared: what is the same is not told, and what differs is, in its place."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.diff import compare
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.models import Source, User, Workspace
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from tests.helpers.feedback import dataset, record, response
from tests.helpers.plans import Silent

USER = User("ana", "annotator", "1", "Ana", None, ["w"], "2024", "2024")


def snapshot(folder: Path, records: list[FeedbackRecord], source: FeedbackDataset | None = None, user: User = USER) -> Snapshot:
    """A snapshot with one dataset."""
    whole = replace(source or dataset(), records=len(records))
    whole = replace(whole, columns=replace(whole.columns, metadata={"split": "str", "n": "int", "f": "float"}))
    writer = SnapshotWriter(folder)
    writer.write_users([user])
    writer.write_workspaces([Workspace("w")])
    writer.write_dataset(whole, record_batches(whole, [_row(one) for one in records]))
    writer.finish(Source("argilla-api", "http://old", "1.29.1"), [], "test")
    return Snapshot(folder)


def _row(one: FeedbackRecord) -> dict[str, Any]:
    said = [{name: getattr(answer, name) for name in ("username", "user_id", "status", "values")} for answer in one.responses]
    suggested = {
        name: {part: getattr(item, part) for part in ("value", "score", "agent", "type")} for name, item in one.suggestions.items()
    }
    plain = {name: getattr(one, name) for name in ("id", "external_id", "status", "fields", "metadata", "vectors")}
    return {**plain, "responses": said, "suggestions": suggested, "raw": "{}"}


def differences(
    folder: Path, first: list[FeedbackRecord], second: list[FeedbackRecord], aside: tuple[str, ...] = (), **members: Any
) -> Any:
    """Kind, of what, and count of each difference."""
    found = compare(
        snapshot(folder / "a", first),
        snapshot(folder / "b", second, **members),
        frozenset(aside),
        folder,
        Silent(),  # type: ignore[arg-type]
    )
    return {(one.kind, one.what, one.count) for one in found.differences}


def test_what_is_the_same_is_not_told(tmp_path: Path) -> None:
    assert differences(tmp_path, [record()], [record()]) == set()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"fields": {"text": "other"}}, "fields"),
        ({"metadata": {"n": 4}}, "metadata"),
        ({"vectors": {"v": [0.5, 0.5]}}, "vectors"),
        ({"status": "completed"}, "status"),
        ({"responses": [response(status="draft")]}, "responses"),
        ({"responses": [response(why="x")]}, "responses"),
        ({"suggestions": {"label": replace(record().suggestions["label"], agent="m")}}, "suggestions"),
        ({"suggestions": {"label": replace(record().suggestions["label"], score=0.6)}}, "suggestions"),
    ],
)
def test_what_differs_is_told_in_its_place(change: dict[str, Any], what: str, tmp_path: Path) -> None:
    assert differences(tmp_path, [record(status="pending")], [record(**{"status": "pending", **change})]) == {("different", what, 1)}


def test_what_is_more_or_less_is_told(tmp_path: Path) -> None:
    ours = [record(), record(id="2", external_id=None)]
    theirs = [record(responses=[], suggestions={}), record(id="3", external_id="r3")]
    assert differences(tmp_path, ours, theirs) == {
        ("only in the first", "records", 1),
        ("only in the second", "records", 1),
        ("only in the first", "responses", 1),
        ("only in the first", "suggestions", 1),
    }


def test_a_record_finds_itself_by_the_external_id_that_it_got(tmp_path: Path) -> None:
    ours, theirs = record(id="2", external_id=None), record(id="9", external_id="2")
    assert differences(tmp_path, [ours], [theirs]) == {("different", "id", 1)}
    (tmp_path / "again").mkdir()
    assert differences(tmp_path / "again", [ours], [theirs], ("ids",)) == set()


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    records = [record(id=str(number), external_id=str(number)) for number in range(1_200)]
    assert differences(tmp_path, records, [*records[700:], *records[:700]]) == set()


def test_a_status_that_a_version_does_not_know_is_no_difference(tmp_path: Path) -> None:
    theirs = dataset(distribution={"strategy": "overlap", "min_submitted": 1})
    assert differences(tmp_path, [record()], [record(status="pending")], source=theirs) == set()


@pytest.mark.parametrize(("settings", "count"), [({"options_order": "natural"}, 0), ({"options_order": "suggestion"}, 1)])
def test_a_setting_that_says_what_servers_did_before_they_had_it_is_no_difference(settings: Any, count: int, tmp_path: Path) -> None:
    ours, theirs = dataset(), dataset()
    without = {name: value for name, value in ours.questions[3].settings.items() if name != "options_order"}
    ours.questions[3] = replace(ours.questions[3], settings=without)
    theirs.questions[3] = replace(theirs.questions[3], settings={**without, **settings})
    found = compare(
        snapshot(tmp_path / "a", [record()], ours),
        snapshot(tmp_path / "b", [record()], theirs),
        frozenset(),
        tmp_path,
        Silent(),  # type: ignore[arg-type]
    )
    assert len(found.differences) == count


def test_settings_and_users(tmp_path: Path) -> None:
    found = differences(tmp_path, [record()], [record()], source=dataset(guidelines="other"), user=replace(USER, role="admin", id="2"))
    assert found == {("different", "settings", 1), ("different", "users", 1)}
    (tmp_path / "again").mkdir()
    later = replace(USER, id="2", updated_at="2025", workspaces=["w"])
    assert differences(tmp_path / "again", [record()], [record()], ("ids", "times"), user=later) == set()
