"""The format is what `snapshot_format.md`, the JSON Schemas and the committed snapshot say, all three."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.files import to_json
from argilla_snapshot.format.json_schema import schemas
from argilla_snapshot.format.kinds import schema_of
from argilla_snapshot.format.limits import MAX_JSON
from argilla_snapshot.format.models import TASKS, Columns, Dataset, Manifest, MetadataType, User
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.schema import COLUMNS, METADATA, records_schema
from exporter.losses import LOSS_KINDS
from tests.fixtures import RELEASED, SNAPSHOT, found, validators
from tests.fixtures.make_snapshot import content
from tests.fixtures.strategies import NAMES, datasets
from tests.helpers.feedback import SETTINGS

DOCUMENT = Path(__file__).parents[3] / "snapshot_format.md"

# argilla-v1 1.29.1, client/models.py: the fields of the three record classes are the columns of to_datasets(), except search_keywords.
OFFICIAL = {
    "TextClassification": "text inputs prediction prediction_agent annotation annotation_agent vectors multi_label explanation id metadata status event_timestamp metrics",
    "TokenClassification": "text tokens prediction prediction_agent annotation annotation_agent vectors id metadata status event_timestamp metrics",
    "Text2Text": "text prediction prediction_agent annotation annotation_agent vectors id metadata status event_timestamp metrics",
}
LEFT_OUT = {"metrics"}


# --- the committed snapshots stay readable for ever ---


@pytest.mark.parametrize("version", RELEASED)
def test_a_snapshot_of_each_version_is_read_to_the_last_value(version: str) -> None:
    folder, described = RELEASED[version]
    snapshot, expected = Snapshot(folder), json.loads(described.read_text(encoding="utf-8"))
    read = content(snapshot)
    assert snapshot.manifest.format_version == version
    for what in ("users", "workspaces", "webhooks"):
        assert read[what] == expected.get(what, [])
    for dataset, wanted in zip(read["datasets"], expected["datasets"], strict=True):
        for record, wanted_record in zip(dataset.pop("records"), wanted.pop("records"), strict=True):
            assert record == wanted_record
        assert dataset == {"kind": "legacy", **wanted}  # which 1.1 brought


@pytest.mark.parametrize("version", RELEASED)
def test_it_is_found_to_be_whole(version: str) -> None:
    assert found(RELEASED[version][0]) == []


def test_that_of_1_1_needs_a_reader_who_knows_feedback_datasets() -> None:
    snapshot = Snapshot(RELEASED["1.1"][0])
    described = [snapshot.dataset(entry) for entry in snapshot.entries]
    records = [record for entry in snapshot.entries for record in snapshot.records(entry)]
    feedback = [dataset for dataset in described if isinstance(dataset, FeedbackDataset)]
    responses = [response for record in records if isinstance(record, FeedbackRecord) for response in record.responses]
    assert snapshot.manifest.required_features == ["feedback"]
    assert {dataset.kind for dataset in described} == {"legacy", "feedback"}
    assert {field.type for dataset in feedback for field in dataset.fields} == {"text", "image", "chat", "custom"}
    assert {question.type for dataset in feedback for question in dataset.questions} == {settings["type"] for settings in SETTINGS.values()}
    assert {property_.type for dataset in feedback for property_ in dataset.metadata_properties} == {"terms", "integer", "float"}
    assert {dataset.status for dataset in feedback} == {"draft", "ready"}
    assert {bool(dataset.distribution) for dataset in feedback} == {True, False}
    assert {response.status for response in responses} == {"submitted", "draft", "discarded"}
    assert {response.username for response in responses} == {"dora", "emil", "gus", "hana", None}
    assert [webhook.enabled for webhook in snapshot.webhooks()] == [True, False]


def test_it_has_what_a_snapshot_can_have() -> None:
    snapshot = Snapshot(SNAPSHOT)
    described = [snapshot.dataset(entry) for entry in snapshot.entries]
    records = [record for entry in snapshot.entries for record in snapshot.records(entry)]
    assert {dataset.task for dataset in described} == set(TASKS)
    assert {dataset.multi_label for dataset in described} == {True, False, None}
    assert [dataset.name for dataset in described if dataset.was_closed] == ["aux"]
    assert [dataset.name for dataset in described if not dataset.records] == ["empty"]
    assert {type_ for dataset in described for type_ in dataset.columns.metadata.values()} == {
        "str",
        "int",
        "float",
        "bool",
        "list[str]",
        "json",
    }
    assert any(len(record.annotations) > 1 for record in records)
    assert any(len(record.predictions) > 1 for record in records)
    assert any(record.explanation for record in records)
    assert {len(vector) for record in records for vector in record.vectors.values()} == {8, 16}
    assert {record.status for record in records} == {"Default", "Validated", "Discarded", "Edited"}


@pytest.mark.parametrize("version", RELEASED)
def test_it_holds_no_secret_and_no_address_but_of_this_machine(version: str) -> None:
    for path in RELEASED[version][0].rglob("*"):
        if path.is_file():
            text = path.read_bytes() + (str(pq.read_table(path).to_pylist()).encode() if path.suffix == ".parquet" else b"")
            assert set(re.findall(rb"https?://[^\s\"'/:]+", text)) <= {b"http://127.0.0.1"}
            assert not re.search(rb"apikey|api_key|password|/(home|tmp|root|work|Users)/", text), path


# --- the schemas ---


def test_the_shipped_schemas_are_those_of_the_code() -> None:
    """`python -m argilla_snapshot.format.json_schema` writes them anew."""
    shipped = {path.name: path.read_bytes() for path in (Path(str(files("argilla_snapshot.format"))) / "schemas").iterdir()}
    assert shipped == {f"{name}.schema.json": to_json(schema) for name, schema in schemas().items()}
    for schema in shipped.values():
        Draft202012Validator.check_schema(json.loads(schema))


@pytest.mark.parametrize(("version", "files"), [("1.0", 3 + 6), ("1.1", 4 + 6 + 4)])
def test_the_committed_snapshots_obey_the_schemas(version: str, files: int) -> None:
    assert len(validators(RELEASED[version][0])) == files
    for path, validator in validators(RELEASED[version][0]):
        validator.validate(json.loads(path.read_bytes()))


def test_the_schemas_and_the_reader_agree() -> None:
    """What the one refuses of a JSON file the other refuses too."""
    readers = {"manifest.json": Manifest.from_json, "dataset.json": Dataset.from_json}
    wrongs: list[Any] = [None, -1, 1.5, True, "x", [], {}, [None]]
    compared = 0
    for path, validator in validators(SNAPSHOT):
        if path.name in readers:
            whole = json.loads(path.read_bytes())
            for name in whole:
                for changed in [{**whole, name: wrong} for wrong in wrongs] + [{key: value for key, value in whole.items() if key != name}]:
                    assert validator.is_valid(changed) == accepts(readers[path.name], changed), (
                        path,
                        name,
                        changed.get(name, "missing"),
                    )
                    compared += 1
    assert compared > 1_000


def accepts(read: Any, data: Any) -> bool:
    try:
        read(data)
    except ValueError:
        return False
    return True


@given(datasets(), st.lists(st.builds(User, NAMES, NAMES), max_size=2))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_obeys_the_schemas(content: tuple[Dataset, list[Any]], users: list[User]) -> None:
    for name, value in (("dataset", content[0]), ("users", users)):
        Draft202012Validator(schemas()[name]).validate(json.loads(to_json(value)))


# --- the document ---


def test_the_tables_of_the_document_are_those_of_the_code() -> None:
    """`make docs` writes them anew."""
    done = subprocess.run(
        [Path(sys.executable).with_name("cog"), "--check", DOCUMENT], capture_output=True, text=True, check=False, cwd=DOCUMENT.parent
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_that_has_a_name_is_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    names = {name for task in TASKS for name in records_schema(Dataset("w", "d", task, 0)).names}
    assert names == set(COLUMNS)
    for name in (
        names
        | set(METADATA)
        | set(LOSS_KINDS)
        | set(TASKS)
        | {"manifest.json", "SHA256SUMS", "users.json", "workspaces.json", "dataset.json"}
    ):
        assert name in text, name
    assert f"{MAX_JSON >> 20} MiB" in text


@pytest.mark.parametrize("task", TASKS)
def test_the_columns_of_the_official_client_are_all_there(task: Any) -> None:
    official, names = OFFICIAL[task].split(), records_schema(Dataset("w", "d", task, 0)).names
    assert [name for name in names if name in official] == [name for name in official if name not in LEFT_OUT]
    assert set(names) - set(official) == {"other_predictions", "other_annotations", "id_type", "last_updated", "raw"}


@pytest.mark.parametrize("version", RELEASED)
def test_the_parquet_files_have_the_types_of_the_document(version: str) -> None:
    snapshot = Snapshot(RELEASED[version][0])
    for entry in snapshot.entries:
        for part in snapshot.parts(entry):
            assert pq.read_schema(part).equals(schema_of(snapshot.dataset(entry)))


def test_every_metadata_type_has_a_parquet_type() -> None:
    keys: dict[str, MetadataType] = {name: name for name in METADATA}
    (field,) = (field for field in records_schema(Dataset("w", "d", "Text2Text", 0, Columns(metadata=keys))) if field.name == "metadata")
    assert {member.name: member.type for member in field.type} == METADATA


def test_the_minimal_reader_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"## A minimal reader.*?```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "my-snapshot").symlink_to(SNAPSHOT)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "example", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    snapshot = Snapshot(SNAPSHOT)
    wanted = [
        (entry.workspace, entry.name, record.id, record.status, str(annotation.agent))
        for entry in snapshot.entries
        for record in snapshot.records(entry)
        for annotation in record.annotations
    ]
    assert [tuple(line.split(" ")[:5]) for line in printed] == wanted
    assert len(printed) > 50
