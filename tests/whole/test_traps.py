"""Every row of the catalogue of traps, moved from a real 1.29.1 server to a real 2.8.0 server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import import_folder
from importer.notes import KINDS
from servers.argilla import NEW, ArgillaServer
from servers.old_api import connect
from servers.stack import Stack
from tests.helpers.cli import succeed
from tests.helpers.moved import Moved, imported
from tests.traps import DATASETS, OPTIONS, RECORDS, RUNS, USERS, all_rows, carried_table
from tests.traps.agents import LONGEST, PLACEHOLDERS
from tests.traps.model import NOBODY, WORKSPACE, DatasetTrap, Held, OptionTrap, RecordTrap, UserTrap
from tests.traps.moving import EXCESS, LONG_NAME, read, record_id, seed_excess

#: What every record says, and every record of token classification.
ALWAYS = {"last_updated"}
TOKENS = {"tokens"}
#: The metadata property for the status in 1.x.
STATUS = "status_1x"
#: Settings of a 2.x server that raise its limits.
VARIABLES = ("ARGILLA_LABEL_SELECTION_OPTIONS_MAX_ITEMS", "ARGILLA_SPAN_OPTIONS_MAX_ITEMS")


@pytest.fixture(scope="module")
def generous(stack: Stack) -> Iterator[ArgillaServer]:
    """A 2.8.0 server that takes more labels than usual."""
    with stack.fresh(NEW, dict.fromkeys(VARIABLES, "600")) as server:
        yield server


@pytest.fixture(scope="module")
def optional(snapshot: Path, generous: ArgillaServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Moved]:
    """Parts of the snapshot, imported one after the other with options."""
    result = {}
    for name, how in RUNS.items():
        maps = tmp_path_factory.mktemp("maps")
        (maps / "users").write_text("".join(f"{before}={after}\n" for before, after in how.user_map.items()))
        (maps / "workspaces").write_text(f"{WORKSPACE}={how.workspace}\n")
        chosen = [argument for dataset in how.datasets for argument in ("--dataset", f"{WORKSPACE}.{dataset}")]
        mapped = ["--user-map", maps / "users", "--workspace-map", maps / "workspaces", "--restart"]
        result[name] = imported(snapshot, generous, *how.arguments, *chosen, *mapped)
        assert orjson.loads(succeed("verify", snapshot, "--json", url=generous.url))["differences"] == []
    return result


@pytest.fixture(scope="module")
def excess(old: ArgillaServer, snapshot: Path) -> Path:
    """A snapshot of what a 2.8.0 server does not take unless it is told to."""
    seed_excess(old)
    folder = snapshot.with_name("excess")
    succeed("export", folder, "--workspace", "excess", url=old.url)
    return folder


def status_of(row: RecordTrap) -> str:
    """The status that a record has in 1.x, or after an edit in the snapshot."""
    logged = row.posts[-1].get("status", "Default")
    return str((row.edited or {}).get("status") or (row.stored or {}).get("status") or logged)


def has_status(dataset: str) -> bool:
    """Whether the records of a dataset say which status they had: where it has more than ``Default``."""
    return any(status_of(row) != "Default" for row in RECORDS if row.dataset == dataset)


def found_record(moved: Moved, row: RecordTrap, held: Held, dataset: str, *, status: bool = True) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the server has of a record, and what it should have."""
    id_ = str(record_id(row)) if held.external_id is None else held.external_id
    expected = {
        "fields": held.fields if held.fields is not None else {"text": row.posts[-1].get("inputs", row.posts[-1])["text"]},
        "metadata": held.metadata | ({STATUS: status_of(row)} if has_status(row.dataset) and status else {}),
        "vectors": dict(held.vectors),
        "suggestions": dict(held.suggestions),
        "responses": dict(held.responses),
    }
    return moved.content.datasets[dataset].records[id_], expected


def notes_always(row: RecordTrap) -> set[str]:
    """Kinds of notes that every record of the task gets."""
    task = next(dataset.task for dataset in DATASETS if dataset.name == row.dataset)
    return ALWAYS | (TOKENS if task == "TokenClassification" else set())


@pytest.mark.servers
@pytest.mark.parametrize("row", RECORDS, ids=lambda row: row.name)
def test_record(row: RecordTrap, moved: Moved) -> None:
    found, expected = found_record(moved, row, row.held, f"{WORKSPACE}.{row.dataset}")
    assert found == expected
    assert moved.notes[f"{WORKSPACE}.{row.dataset}", str(record_id(row))] == row.notes | notes_always(row)


@pytest.mark.servers
@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: row.name)
def test_option(row: OptionTrap, optional: dict[str, Moved]) -> None:
    how, moved = RUNS[row.run], optional[row.run]
    record = next(record for record in RECORDS if record.name == row.record)
    name, place = str(record_id(record)), f"{how.workspace}.{how.datasets[record.dataset]}"
    if row.held is None:
        assert name not in moved.content.datasets[place].records
        assert moved.notes[f"{WORKSPACE}.{record.dataset}", name] == row.notes
        return
    found, expected = found_record(moved, record, row.held, place, status="--no-status" not in how.arguments)
    assert found == expected
    kept = TOKENS if "--keep-tokens" in how.arguments else set()
    assert moved.notes[f"{WORKSPACE}.{record.dataset}", str(record_id(record))] == row.notes | (notes_always(record) - kept)


@pytest.mark.servers
@pytest.mark.parametrize("name", RUNS)
def test_options_are_reported(name: str, optional: dict[str, Moved]) -> None:
    reported = {note["kind"]: note["count"] for note in optional[name].report["notes"] if note["dataset"] is None}
    assert {kind: reported.get(kind) for kind in RUNS[name].notes} == dict(RUNS[name].notes)


@pytest.mark.servers
@pytest.mark.parametrize("row", DATASETS, ids=lambda row: row.name)
def test_dataset(row: DatasetTrap, moved: Moved) -> None:
    found, shape = moved.content.datasets[f"{WORKSPACE}.{row.name}"], row.shape
    assert {f["name"]: (f["title"], f["required"]) for f in found.fields} == dict(shape.fields)
    options = {q["name"]: q["settings"].get("options", []) for q in found.questions}
    assert {q["name"]: (q["settings"]["type"], [o["value"] for o in options[q["name"]]]) for q in found.questions} == dict(shape.questions)
    described = {o["value"]: o["description"] for some in options.values() for o in some if o["value"] in row_labels(row)}
    assert {value: text for value, text in described.items() if text} == dict(shape.descriptions)
    assert any(q["settings"].get("allow_overlapping") for q in found.questions) == shape.allow_overlapping
    assert [q["required"] for q in found.questions] == [True] + [False] * (len(found.questions) - 1)
    status = {STATUS: ("Status in Argilla 1.x", "terms")} if has_status(row.name) else {}
    assert {p["name"]: (p["title"], p["settings"]["type"]) for p in found.properties} == dict(shape.properties) | status
    assert {v["name"]: (v["title"], v["dimensions"]) for v in found.vectors} == dict(shape.vectors)
    details = found.dataset["metadata"]["argilla_v1"]
    assert {name: details[name] for name in row.details} == row.details


def row_labels(row: DatasetTrap) -> set[str]:
    """Names in the label schema: an option that was added has a description of ours."""
    return {label if isinstance(label, str) else label["name"] for label in row.labels or ()}


@pytest.mark.servers
@pytest.mark.parametrize("row", DATASETS, ids=lambda row: row.name)
def test_every_record_is_stored_and_searchable(row: DatasetTrap, moved: Moved) -> None:
    found = moved.content.datasets[f"{WORKSPACE}.{row.name}"]
    expected = sum(record.dataset == row.name for record in RECORDS)
    assert (found.stored, found.searchable, len(found.records)) == (expected, expected, expected)


@pytest.mark.servers
@pytest.mark.parametrize("row", DATASETS, ids=lambda row: row.name)
def test_report_counts_each_kind(row: DatasetTrap, moved: Moved) -> None:
    records = [record for record in RECORDS if record.dataset == row.name]
    expected = Counter(row.notes) + Counter(kind for record in records for kind in record.notes | notes_always(record))
    reported = {note["kind"]: note["count"] for note in moved.report["notes"] if note["dataset"] == f"{WORKSPACE}.{row.name}"}
    assert reported == dict(expected)


@pytest.mark.servers
@pytest.mark.parametrize("row", [row for row in DATASETS if row.shape.vectors], ids=lambda row: row.name)
def test_vectors_can_be_searched(row: DatasetTrap, moved: Moved, new: ArgillaServer) -> None:
    with connect(new.url, new.api_key) as client:
        for name, (_, size) in row.shape.vectors.items():
            query = {"query": {"vector": {"name": name, "value": [1.0] * size, "max_results": 100}}}
            id_ = moved.content.datasets[f"{WORKSPACE}.{row.name}"].dataset["id"]
            found = client.post(f"/api/v1/datasets/{id_}/records/search", json=query).raise_for_status().json()
            expected = sum(name in record.held.vectors for record in RECORDS if record.dataset == row.name)
            assert len(found["items"]) == expected
            assert all(item["query_score"] is not None for item in found["items"])


@pytest.mark.servers
def test_nothing_differs(moved: Moved, new: ArgillaServer) -> None:
    verified = orjson.loads(succeed("verify", moved.snapshot, "--json", url=new.url))
    assert (verified["differences"], verified["records"]) == ([], len(RECORDS))


@pytest.mark.servers
def test_datasets_are_those_of_the_catalogue(moved: Moved) -> None:
    assert set(moved.content.datasets) == {f"{WORKSPACE}.{row.name}" for row in DATASETS}


@pytest.mark.servers
def test_export_leaves_nothing_behind(snapshot: Path) -> None:
    assert Snapshot(snapshot).manifest.losses == []


@pytest.mark.servers
@pytest.mark.parametrize("row", [row for row in DATASETS if row.closed], ids=lambda row: row.name)
def test_a_closed_dataset_is_closed_again(row: DatasetTrap, old: ArgillaServer, snapshot: Path) -> None:
    entry = next(entry for entry in Snapshot(snapshot).entries if entry.name == row.name)
    assert Snapshot(snapshot).dataset(entry).was_closed
    with connect(old.url, old.api_key) as client:
        path = f"/api/datasets/{row.name}/{row.task}:search"
        answer = client.post(path, params={"workspace": WORKSPACE, "limit": "0"}, json={})
    assert "ClosedDatasetError" in answer.text


@pytest.mark.servers
def test_more_labels_than_usual_are_a_conflict(excess: Path, new: ArgillaServer) -> None:
    before = read(new)
    conflicts = orjson.loads(succeed("plan", excess, "--json", code=5, url=new.url))["conflicts"]
    assert len(conflicts) == len(VARIABLES) + 1
    for variable in VARIABLES:
        assert any(f"{variable}={EXCESS}" in conflict for conflict in conflicts)
    assert any("--rename" in conflict and str(len(LONG_NAME)) in conflict for conflict in conflicts)
    succeed("import", excess, code=5, url=new.url)
    assert read(new) == before


@pytest.mark.servers
def test_more_labels_than_usual_arrive_where_they_are_allowed(excess: Path, generous: ArgillaServer) -> None:
    moved = imported(excess, generous, "--rename", f"excess.{LONG_NAME}=short")
    assert {name for name in moved.content.datasets if name.startswith("excess.")} == {"excess.labels", "excess.spans", "excess.short"}
    for name in ("excess.labels", "excess.spans"):
        (question,) = moved.content.datasets[name].questions
        assert [option["value"] for option in question["settings"]["options"]] == [f"label {number}" for number in range(EXCESS)]
    succeed("verify", excess, url=generous.url)


@pytest.mark.servers
def test_unknown_annotators_can_be_an_error(snapshot: Path, generous: ArgillaServer) -> None:
    before = read(generous)
    refused = ["--unknown-annotators", "fail", "--dataset", f"{WORKSPACE}.agents", "--dataset-suffix", "-2"]
    conflicts = orjson.loads(succeed("plan", snapshot, "--json", *refused, code=5, url=generous.url))["conflicts"]
    for username in PLACEHOLDERS:
        assert any((username if username != NOBODY else "nobody known") in conflict for conflict in conflicts)
    succeed("import", snapshot, *refused, "--restart", code=5, url=generous.url)
    assert read(generous) == before


@pytest.mark.servers
@pytest.mark.parametrize("row", USERS, ids=lambda row: row.name)
def test_user(row: UserTrap, moved: Moved) -> None:
    found = moved.content.users[row.name]
    assert {name: found[name] for name in row.held} | {"workspaces": sorted(found["workspaces"])} == row.held | {
        "workspaces": sorted(row.held["workspaces"])
    }
    source_id = next(user.id for user in Snapshot(moved.snapshot).users() if user.username == row.name)
    assert (found["id"] == source_id) == row.keeps_id


@pytest.mark.servers
@pytest.mark.parametrize("username", PLACEHOLDERS)
def test_placeholder(username: str, moved: Moved) -> None:
    found = moved.content.users[username]
    assert (found["role"], found["workspaces"]) == ("annotator", [])


@pytest.mark.servers
def test_users_are_those_of_the_catalogue(moved: Moved) -> None:
    there = {user.on_target["username"] for user in USERS if user.on_target and "username" in user.on_target}
    assert set(moved.content.users) == {user.name for user in USERS} | set(PLACEHOLDERS) | there


@pytest.mark.servers
def test_report_counts_what_happened_to_users(moved: Moved) -> None:
    expected = Counter(kind for user in USERS for kind in user.notes) + Counter({"placeholder_user": len(PLACEHOLDERS)})
    assert {note["kind"]: note["count"] for note in moved.report["notes"] if note["dataset"] is None} == dict(expected)


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in all_rows()]
    assert len(names) == len(set(names)) >= 200


def test_lines_name_the_kinds_of_their_rows() -> None:
    datasets = {dataset.name: dataset for dataset in DATASETS}
    around = {line: {"placeholder_user"} for line in carried_table()}  # the plan counts these for no row
    for row in all_rows():
        around[row.line] |= set(row.notes)
        if isinstance(row, RecordTrap):
            around[row.line] |= set(datasets[row.dataset].notes) | notes_always(row)
        elif isinstance(row, OptionTrap):
            around[row.line] |= set(RUNS[row.run].notes)
    for line, kinds in around.items():
        assert set(line.kinds) <= kinds, line
    assert {kind for row in all_rows() for kind in row.notes} <= {kind for line in around for kind in line.kinds} <= set(KINDS)


@pytest.mark.servers
def test_one_placeholder_s_responses_keep_their_names(optional: dict[str, Moved], generous: ArgillaServer) -> None:
    """The file beside the report names each annotator that has no account, for each of its responses and no other."""
    path = import_folder(optional["everyone"].snapshot, generous.url) / "earlier-3" / "annotators.jsonl"
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    named = {(line["dataset"], line["id"]): line for line in lines if line["annotator"] == LONGEST}
    assert named[f"{WORKSPACE}.agents", "agent-longest"] == {
        "dataset": f"{WORKSPACE}.agents",
        "id": "agent-longest",
        "annotator": LONGEST,
        "username": NOBODY,
        "response": True,
    }
    assert {line["annotator"] for line in lines} == {name if name != NOBODY else None for name in PLACEHOLDERS}
    placed = optional["everyone"].content.datasets
    credited = {
        (f"{WORKSPACE}.{name}", id_)
        for name in RUNS["everyone"].datasets
        for id_, record in placed[f"{WORKSPACE}.{name}-2"].records.items()
        if NOBODY in record["responses"]
    }
    assert credited == {(line["dataset"], line["id"]) for line in lines if line["response"]}
