"""The command `annotations`."""

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format.annotations import rows
from argilla_snapshot.format.reader import Snapshot
from tests.fixtures import RELEASED, edit_part, reseal
from tests.helpers.cli import run, succeed
from tests.helpers.terminal import at_a_terminal

SNAPSHOT = RELEASED["1.1"][0]


def of(name: str) -> list[list[str]]:
    snapshot = Snapshot(SNAPSHOT)
    (entry,) = (entry for entry in snapshot.entries if f"{entry.workspace}.{entry.name}" == name)
    table = rows(snapshot.dataset(entry), snapshot.records(entry))
    return [["" if cell is None else str(cell) for cell in row] for row in table]


@pytest.mark.parametrize("name", ["demo.entities", "demo/entities", "entities"])
def test_one_dataset_as_csv(name: str) -> None:
    printed = list(csv.reader(io.StringIO(succeed("annotations", SNAPSHOT, name))))
    assert printed[1:] == of("demo.entities")
    assert printed[0][:4] == ["workspace", "dataset", "record_id", "text"]


def test_all_datasets_in_each_form(tmp_path: Path) -> None:
    succeed("annotations", SNAPSHOT, "--output", tmp_path / "all.parquet", "--suggestions")
    found = pq.read_table(tmp_path / "all.parquet").to_pylist()
    printed = [json.loads(line) for line in succeed("annotations", SNAPSHOT, "--format", "jsonl", "--suggestions").splitlines()]
    assert printed == found
    assert {row["dataset"] for row in found} == {"talks", "entities", "news", "aux", "summaries", "topics"}
    assert list(tmp_path.iterdir()) == [tmp_path / "all.parquet"]


def test_no_file_is_overwritten_and_none_is_left_half_made(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("mine")
    done = run("annotations", SNAPSHOT, "--output", tmp_path / "all.csv")
    assert (done.returncode, (tmp_path / "all.csv").read_text()) == (2, "mine")
    assert "is there already" in done.stderr
    damaged = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    part = damaged / "datasets/research/topics/records/part-00000.parquet"
    edit_part(part, lambda table: table.drop_columns(["id"]))
    reseal(damaged)
    done = run("annotations", damaged, "--output", tmp_path / "new.csv")
    assert done.returncode == 6
    assert not list(tmp_path.glob("new*"))


@pytest.mark.parametrize("ending", [".xlsx", ".tsv", ".json"])
def test_an_ending_that_nobody_knows_is_refused_unless_the_form_is_said(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"all{ending}"
    done = run("annotations", SNAPSHOT, "--output", file)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "Use .csv, .jsonl, .parquet, or say the form with --format." in " ".join(done.stderr.split())
    succeed("annotations", SNAPSHOT, "--output", file, "--format", "csv")
    assert file.read_text().startswith("workspace,dataset")


def test_a_dataset_that_is_not_there() -> None:
    done = run("annotations", SNAPSHOT, "demo.newz")
    assert (done.returncode, done.stderr) == (
        2,
        "Error: No dataset in this snapshot matches `demo.newz`. Did you mean `demo.news` or `demo.empty`?\n",
    )
    done = run("annotations", SNAPSHOT, "news")
    assert "Several datasets in this snapshot match `news`: demo.news, studies.news." in done.stderr


def test_a_terminal_is_shown_no_control_characters_and_a_pipe_gets_what_there_is(tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))

    def evil(table: object) -> object:
        column = [f"\x1b[31m{text}" for text in table["annotation_agent"].to_pylist()]
        return table.set_column(table.schema.get_field_index("annotation_agent"), "annotation_agent", [column])

    edit_part(snapshot / "datasets/demo/news/records/part-00000.parquet", evil)  # type: ignore[arg-type]
    reseal(snapshot)
    assert "\x1b[31m" in succeed("annotations", snapshot, "demo.news")
    with at_a_terminal("annotations", snapshot, "demo.news") as terminal:
        assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw
    with at_a_terminal("annotations", snapshot, "demo.news", "--format", "parquet") as terminal:
        assert terminal.end() == 2
    assert "add --output FILE" in terminal.text
