"""What verify goes through, and what it says of each thing that is not as it should be; the target lies in memory."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

from argilla_snapshot.format.models import Columns, Dataset, Record
from argilla_snapshot.format.reader import Snapshot
from importer.journal.done import Done
from importer.journal.moves import Moves
from importer.options import ImportOptions
from importer.plan import Plan
from importer.targets.http.target import Target
from importer.verifying.records import Compared
from importer.verifying.verify import Verification, verify
from tests.fixtures import RELEASED, edit_json, edit_part, reseal
from tests.helpers.memory_target import IMPORTED, LATER, MemoryTarget, imported
from tests.helpers.plans import Silent, planned
from tests.helpers.snapshots import write

SNAPSHOT = Snapshot(RELEASED["1.1"][0])
#: A dataset of the snapshot with records of which each says something, and a feedback dataset.
NEWS, SURVEY = "demo.news", next(entry for entry in SNAPSHOT.entries if entry.kind == "feedback" and entry.records)
IN_ALL = sum(entry.records for entry in SNAPSHOT.entries)
#: Of the two whose workspace can't keep its name.
RENAMED = {f"Talks & more.{name}": f"Talks_more-8b892d8a.{name}" for name in ("draft", "talks")}


@dataclass
class Watching(Silent):
    """Progress that is kept: what was begun with how much to do, and how much was done."""

    begun: list[tuple[str, str, int]] = field(default_factory=list)
    done: int = 0

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        self.begun.append((step, dataset, total - done))

    def advanced(self, records: int) -> None:
        self.done += records


def made(snapshot: Snapshot = SNAPSHOT, **options: Any) -> tuple[Plan, MemoryTarget, Done]:
    """A plan, and the target as it has to be."""
    plan = planned(snapshot, ImportOptions(**options), "2.8.0")
    return plan, *imported(snapshot, plan)


def verified(
    plan: Plan,
    target: MemoryTarget,
    done: Done,
    snapshot: Snapshot = SNAPSHOT,
    *,
    sample: int | None = None,
    progress: Silent | None = None,
) -> Verification:
    return verify(snapshot, cast("Target", target), plan, done, folder=snapshot.directory, progress=progress or Silent(), sample=sample)


def told(result: Verification) -> dict[tuple[str, str, str | None], tuple[int, list[str]]]:
    """(kind, of what, dataset) -> how many, and samples."""
    return {(one.kind, one.what, one.dataset): (one.count, one.samples) for one in result.differences}


def test_what_was_imported_is_all_there() -> None:
    (plan, target, done), progress = made(), Watching()
    result = verified(plan, target, done, progress=progress)
    rows, counts = result.rows, {"total": IN_ALL, "placeholders": 3, "renamed": RENAMED, "url": plan.target.url}
    assert result == Verification(IN_ALL, len(SNAPSHOT.entries), 0, len(plan.users), [], rows=rows, **counts)
    assert [(row.source, row.target, row.id, row.differences) for row in rows] == [
        (dataset.source, dataset.target, dataset.source, 0) for dataset in plan.datasets
    ]
    for row in rows:
        there = target.records.get(row.source, [])
        assert row.compared == Compared(
            len(there),
            sum(len(record["responses"]) for record in there),
            sum(len(record["suggestions"]) for record in there),
            sum(len(record["vectors"]) for record in there),
        )
    assert not result.only_changed_since
    published = [dataset for dataset in plan.datasets if dataset.publish]
    assert progress.begun == [("verifying", dataset.source, dataset.records) for dataset in published]
    assert progress.done == IN_ALL


@pytest.mark.parametrize("sample", [1, 3, 1_000])
def test_a_sample_is_of_each_dataset(sample: int) -> None:
    result = verified(*made(), sample=sample)
    assert (result.records, result.total) == (sum(min(sample, entry.records) for entry in SNAPSHOT.entries), IN_ALL)
    assert (result.sampled, result.differences) == (True, [])


def test_skipped_datasets_are_counted_and_not_compared() -> None:
    plan, target, done = made()
    first, second, *others = plan.datasets
    skipping = replace(plan, datasets=[replace(first, action="skip"), replace(second, action="skip"), *others])
    target.records[first.source] = []
    result = verified(skipping, target, done)
    assert (result.skipped, result.datasets, result.left_out, result.differences) == (2, len(others), 0, [])
    assert result.records == result.total == IN_ALL - first.records - second.records


def test_what_was_not_chosen_is_counted_and_a_new_name_told() -> None:
    plan, target, done = made(datasets=("demo/*",), rename={NEWS: "press"})
    result = verified(plan, target, done)
    assert result.left_out == len(SNAPSHOT.entries) - len(plan.datasets) > 0
    assert (result.renamed, result.differences) == ({NEWS: "demo.press"}, [])


def test_a_dataset_that_is_missing_keeps_no_other_from_being_compared() -> None:
    plan, target, done = made()
    first, *_, last = plan.datasets
    datasets = {place: id_ for place, id_ in target.held.datasets.items() if id_ != first.source}
    target.held = replace(target.held, datasets=datasets, users={})
    target.shown[last.source] = target.shown[last.source] | {"guidelines": "others"}
    result = verified(plan, target, done, sample=0)
    assert (result.datasets, result.total) == (len(plan.datasets), IN_ALL - first.records)
    assert told(result) == {
        ("missing", "users", None): (len(plan.users), [user.username for user in plan.users][:5]),
        ("missing", "datasets", first.source): (1, [first.target]),
        ("different", "datasets", last.source): (1, [f"{last.target}: its guidelines"]),
    }


def test_whether_it_is_published_is_compared_and_a_draft_has_no_records_to_compare() -> None:
    plan, target, done = made()
    drafts = [dataset for dataset in plan.datasets if not dataset.publish]
    assert drafts[0] is plan.datasets[0]
    for name, status in ((NEWS, "draft"), (drafts[0].source, "ready")):
        target.shown[name]["status"] = status
    assert told(verified(plan, target, done)) == {
        ("different", "datasets", drafts[0].source): (1, [f"{drafts[0].target}: its status"]),
        ("different", "datasets", NEWS): (1, ["demo.news: its status"]),
    }


def test_settings_that_differ_are_told_and_the_old_servers_words_are_not_looked_for() -> None:
    plan, target, done = made()
    question = target.parts[NEWS]["questions"][0]
    question["title"] = "Another"
    assert told(verified(plan, target, done)) == {("different", "questions", NEWS): (1, [question["name"]])}


def test_what_is_left_to_do_of_a_feedback_dataset_is_told_when_it_is_done() -> None:
    plan, target, done = made()
    source = next(one for one in plan.datasets if one.path == SURVEY.path)
    marked = target.shown[source.source] | {"metadata": source.metadata}
    settled = target.shown[source.source]
    for shown, is_settled, samples in ((marked, True, ["its metadata"]), (settled, False, ["its metadata"]), (settled, True, [])):
        target.shown[source.source] = shown
        done.settled = {source.source} if is_settled else set()
        result = verified(replace(plan, datasets=[source]), target, done)
        found = [sample.removeprefix(f"{source.target}: ") for one in result.differences for sample in one.samples]
        assert [one for one in found if one == "its metadata"] == samples


# --- records ---

Change = Callable[[MemoryTarget], object]


def changed(moment: str) -> Change:
    return lambda target: target.records[NEWS][0].update(fields={"text": "another"}, updated_at=moment)


def added(*moments: str) -> Change:
    return lambda target: target.records[NEWS].extend(
        target.records[NEWS][0] | {"external_id": f"new-{number}", "inserted_at": moment} for number, moment in enumerate(moments)
    )


#: What is done to a dataset, and what verify says of it: (kind, of what) -> the ids that a full comparison names.
DAMAGES: dict[str, tuple[Change, dict[tuple[str, str], list[str]]]] = {
    "deleted": (lambda target: target.records[NEWS].pop(0), {("missing", "records"): ["0"]}),
    "hidden": (lambda target: target.hidden.add((NEWS, "0")), {("not searchable", "records"): ["0"]}),
    "changed by the import": (changed(IMPORTED), {("different", "fields"): ["0"]}),
    "changed by people": (changed(LATER), {("changed since the import", "fields"): ["0"]}),
    "added": (
        added(IMPORTED, LATER, LATER),
        {("more than expected", "records"): ["new-0"], ("changed since the import", "records"): ["new-1", "new-2"]},
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("sample", [None, 1, 1_000])
def test_what_is_wrong_with_records_is_told_also_where_only_some_are_compared(name: str, sample: int | None) -> None:
    (plan, target, done), (change, expected) = made(), DAMAGES[name]
    change(target)
    result = verified(plan, target, done, sample=sample)
    assert told(result) == {
        (*key, NEWS): (len(ids), ids if sample is None or not ids[0].startswith("new") else []) for key, ids in expected.items()
    }
    assert result.only_changed_since is (name == "changed by people")


def test_a_feedback_record_that_the_search_lacks_is_told_by_its_own_id() -> None:
    plan, target, done = made()
    source = next(one.source for one in plan.datasets if one.path == SURVEY.path)
    hidden = {record["external_id"] for record in target.records[source][:2]}
    target.hidden = {(source, external_id) for external_id in hidden}
    found = told(verified(plan, target, done))
    assert {key: (count, set(ids)) for key, (count, ids) in found.items()} == {("not searchable", "records", source): (2, hidden)}


def test_what_a_sample_does_not_meet_is_counted() -> None:
    plan, target, done = made()
    del target.records[NEWS][5:8]
    assert told(verified(plan, target, done, sample=1)) == {("missing", "records", NEWS): (3, [])}
    added(LATER, LATER, LATER, LATER)(target)
    assert told(verified(plan, target, done, sample=1)) == {("changed since the import", "records", NEWS): (1, [])}
    del target.records[NEWS][0]
    assert told(verified(plan, target, done, sample=1)) == {
        ("missing", "records", NEWS): (1, ["0"]),
        ("changed since the import", "records", NEWS): (1, []),
    }


def test_a_sample_of_many_records_is_looked_for_in_parts(tmp_path: Path) -> None:
    records = [Record(str(number), "Default", {"text": f"text {number}"}) for number in range(600)]
    snapshot = write(tmp_path / "snap", (Dataset("w", "d", "Text2Text", 600, Columns(), statuses={"Default": 600}), records))
    plan, target, done = made(snapshot)
    del target.records["w.d"][590]
    result = verified(plan, target, done, snapshot, sample=600)
    assert (result.records, told(result)) == (600, {("missing", "records", "w.d"): (1, ["590"])})


@pytest.mark.parametrize("sample", [None, 2])
def test_records_that_were_left_out_are_not_missing(sample: int | None) -> None:
    (plan, target, done), progress = made(discarded="leave-out"), Watching()
    left_out = {dataset.source: dataset.left_out for dataset in plan.datasets if dataset.left_out}
    assert left_out
    result = verified(plan, target, done, sample=sample, progress=progress)
    assert (result.total, result.differences) == (IN_ALL - sum(left_out.values()), [])
    totals = {source: total for _, source, total in progress.begun}
    assert {source: totals[source] for source in left_out} == {
        dataset.source: dataset.records - left_out[dataset.source] for dataset in plan.datasets if dataset.source in left_out
    }


@pytest.mark.parametrize("options", [{"multi_label_threshold": 0.9}, {"unknown_annotators": "me"}, {"default_annotation": "submitted"}])
def test_what_was_chosen_is_what_is_compared(options: Any) -> None:
    plan, target, done = made(**options)
    assert verified(plan, target, done).differences == []
    assert verified(*made()[:1], target, done).differences != []


# --- the old server's own words ---


def retold(folder: Path, path: str, change: Callable[[str], str]) -> Snapshot:
    """The snapshot with other documents of a dataset, while its columns stay."""
    shutil.copytree(SNAPSHOT.directory, folder)

    def edit(table: pa.Table) -> pa.Table:
        at = table.schema.get_field_index("raw")
        raw = pa.array([change(one) for one in table["raw"].to_pylist()], table.schema.field(at).type)
        return table.set_column(at, table.schema.field(at), raw)

    edit_part(folder / path / "records/part-00000.parquet", edit)
    reseal(folder)
    return Snapshot(folder)


def test_the_plan_is_held_against_the_documents_unless_the_snapshot_was_edited(tmp_path: Path) -> None:
    snapshot = retold(tmp_path / "snap", f"datasets/{NEWS.replace('.', '/')}", lambda raw: raw.replace('"text":"', '"text":"Not: '))
    plan, target, done = made(snapshot)
    (key,) = found = told(verified(plan, target, done, snapshot))
    assert (key, found[key][0]) == (("not as the old server says", "texts", NEWS), 12)
    assert told(verified(plan, target, done, snapshot, sample=2)) == {key: (2, ["0: text", "6: text"])}
    target.parts[NEWS]["questions"][0]["title"] = "Another"  # by what the target calls things it can't be held against them
    assert {what for _, what, _ in told(verified(plan, target, done, snapshot))} == {"questions"}
    edit_json(snapshot.directory / "manifest.json", lambda manifest: manifest.update(edited_at="2026-11-28T00:00:00Z"))
    assert verified(*made(edited := Snapshot(snapshot.directory)), edited).differences == []


def test_a_feedback_record_is_held_against_its_document(tmp_path: Path) -> None:
    snapshot = retold(tmp_path / "snap", SURVEY.path, lambda raw: raw.replace('"submitted"', '"discarded"'))
    found = told(verified(*made(snapshot), snapshot))
    assert {(kind, what) for kind, what, _ in found} == {("not as the old server says", "responses")}


def test_a_placeholder_that_was_left_without_responses_and_deleted_is_not_counted() -> None:
    plan, target, done = made()
    ghost = next(user.username for user in plan.users if user.source_username is None)
    moves = Moves(deleted={ghost})
    result = verify(SNAPSHOT, cast("Target", target), plan, done, folder=SNAPSHOT.directory, progress=Silent(), moves=moves)
    assert (result.users, result.placeholders) == (len(plan.users) - 1, 2)
