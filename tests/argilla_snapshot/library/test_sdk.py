"""Settings and records for the official SDK, made without a server, by the rules of `import`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyarrow as pa
import pytest

import argilla_snapshot as snap
from importer.errors import ImportRefusedError
from importer.mapping.kinds import mapper_of
from importer.options import ImportOptions
from tests.fixtures import RELEASED, edit_json, edit_part
from tests.helpers.plans import planned

if TYPE_CHECKING:
    from argilla_snapshot.format.reader import Snapshot

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself

OPENED = {version: snap.open(folder) for version, (folder, _) in RELEASED.items()}
ALL = [pytest.param(version, name, id=f"{version}-{name}") for version, opened in OPENED.items() for name in opened]
#: Whoever is no user of the old server needs an id on the new one.
PLACEHOLDERS = {name: UUID(int=number) for number, name in enumerate(["gpu-worker-07.lab", "unknown-annotator", "deleted-user"], 1)}


def reader(version: str) -> Snapshot:
    return OPENED[version]._snapshot


@pytest.mark.parametrize(("version", "name"), ALL)
def test_the_records_are_those_that_an_import_sends(version: str, name: str) -> None:
    settings, found = OPENED[version][name].to_argilla(users=PLACEHOLDERS)
    records = {record.id: record for record in found}
    plan = planned(reader(version), ImportOptions(), "2.8.0")
    (dataset,) = (dataset for dataset in plan.datasets if dataset.source == name)
    (entry,) = (entry for entry in reader(version).entries if entry.path == dataset.path)
    assert [field.name for field in settings.fields] == [field.name for field in dataset.fields]
    assert [(one.name, one.type) for one in settings.questions] == [(one.name, one.type) for one in dataset.questions]
    ids = {user.username: user.id for user in OPENED[version].users} | {who: str(id_) for who, id_ in PLACEHOLDERS.items()}
    mapped = [mapper_of(dataset, plan.agents, plan.options).map(record)[0] for record in reader(version).records(entry)]
    assert list(records) == [record.external_id for record in mapped]
    for expected in mapped:
        record = records[expected.external_id]
        assert (dict(record.fields), dict(record.metadata), dict(record.vectors)) == (
            expected.fields,
            expected.metadata,
            expected.vectors,
        )
        assert {(one.question_name, one.agent, one.type) for one in record.suggestions} == {
            (one.question, one.agent, one.type) for one in expected.suggestions
        }
        said = {(one.question_name, one.user_id, one.status.value, json.dumps(one.value)) for one in record.responses}
        first = dataset.questions[0].name
        assert said == {
            (question, ids[one.username], one.status, json.dumps(value))
            for one in expected.responses
            for question, value in (one.values or {first: None}).items()
        }


def test_users_whose_id_is_not_known_are_named() -> None:
    with pytest.raises(ImportRefusedError, match=r"ids are not known: gpu-worker-07.lab, unknown-annotator\. .*users="):
        OPENED["1.1"]["demo.news"].to_argilla()
    _, records = OPENED["1.1"]["demo.news"].to_argilla(unknown_annotators="skip")
    known = {user.id for user in OPENED["1.1"].users}
    assert {str(response.user_id) for record in records for response in record.responses} <= known


def test_a_person_may_give_other_ids_and_choose_as_for_an_import() -> None:
    ana = UUID(int=99)
    _, records = OPENED["1.1"]["demo.news"].to_argilla(users={**PLACEHOLDERS, "ana": ana}, discarded="leave-out", status=False)
    found = list(records)
    assert str(ana) in {str(response.user_id) for record in found for response in record.responses}
    assert len(found) == 10
    assert not any("status_1x" in record.metadata for record in found)


def test_older_servers_get_what_they_can_take() -> None:
    talks = OPENED["1.1"]["talks"]
    new, _ = talks.to_argilla(users=PLACEHOLDERS)
    old, _ = talks.to_argilla(users=PLACEHOLDERS, version="2.0.1")
    assert {field.type for field in new.fields} == {"text", "image", "chat", "custom"}
    assert {field.type for field in old.fields} == {"text"}


def test_the_default_client_stays_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    import argilla as rg  # noqa: PLC0415

    monkeypatch.setattr(rg.Argilla, "_default_client", None)
    OPENED["1.1"]["demo.empty"].to_argilla()
    assert rg.Argilla._default_client is None


@pytest.mark.parametrize(("version", "name"), ALL)
def test_a_folder_has_what_the_sdk_would_write(version: str, name: str, tmp_path: Path) -> None:
    dataset = OPENED[version][name]
    assert dataset.to_disk(tmp_path / "out", users=PLACEHOLDERS) == str(tmp_path / "out")
    settings, records = dataset.to_argilla(users=PLACEHOLDERS)
    theirs = json.loads(json.dumps([record.to_dict() for record in records]))
    ours = json.loads((tmp_path / "out" / "records.json").read_bytes())
    for our, their in zip(ours, theirs, strict=True):
        for part in ("id", "fields", "metadata", "vectors"):
            assert our[part] == their[part]
        assert _less(our["suggestions"], "type") == their["suggestions"]
        assert {question: [_less({"": one}, "status")[""] for one in said] for question, said in our["responses"].items()} == their[
            "responses"
        ]
    settings.to_json(tmp_path / "theirs.json")
    written = json.loads((tmp_path / "out" / ".argilla" / "settings.json").read_bytes())
    expected = json.loads((tmp_path / "theirs.json").read_bytes())
    assert written.keys() == expected.keys()
    assert [one["name"] for one in written["questions"]] == [one["name"] for one in expected["questions"]]
    assert json.loads((tmp_path / "out" / ".argilla" / "dataset.json").read_bytes())["name"] == dataset.info.name


def _less(parts: dict[str, dict[str, Any]], member: str) -> dict[str, dict[str, Any]]:
    return {name: {key: value for key, value in part.items() if key != member} for name, part in parts.items()}


def test_no_folder_is_written_into_that_has_something(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        OPENED["1.1"]["demo.empty"].to_disk(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_one_name_for_two_is_refused_by_name_and_an_import_takes_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    path = folder / "feedback/studies/news/dataset.json"
    edit_json(path, lambda data: data["metadata_properties"].append({"name": "text", "title": "T", "settings": {"type": "terms"}}))
    dataset = snap.open(folder)["studies.news"]
    for take in (dataset.to_argilla, lambda **users: dataset.to_disk(tmp_path / "out", **users)):
        with pytest.raises(ImportRefusedError, match="are called text"):
            take(users=PLACEHOLDERS)
    assert planned(dataset._snapshot, ImportOptions(), "2.8.0").conflicts == []


def test_it_is_said_that_suggested_rankings_lose_their_ranks(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    ranks = [{"value": "p", "rank": 2}, {"value": "q", "rank": 2}]

    def ranked(table: pa.Table) -> pa.Table:
        first, *rows = table.to_pylist()
        first["suggestions"] = {"rank": {"value": ranks}}
        return pa.Table.from_pylist([first, *rows], schema=table.schema)

    edit_part(folder / "feedback/studies/news/records/part-00000.parquet", ranked)
    _, records = snap.open(folder)["studies.news"].to_argilla(users=PLACEHOLDERS)
    with pytest.warns(UserWarning, match=r"studies\.news: the SDK suggests a ranking .* without ranks"):
        assert next(records).suggestions["rank"].value == ["p", "q"]
