"""A snapshot made to harm whoever reads it does no harm: its checksums are right here, its content is not."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from argilla_snapshot.format.check import check
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.limits import MAX_JSON
from argilla_snapshot.format.reader import Snapshot, reading
from tests.fixtures import PART, SNAPSHOT, edit_json, edit_part, found, read_all, reseal
from tests.helpers.bombs import BOMBS, MIB
from tests.helpers.cli import run

NEWS, ENTITIES, LETTERS = (PART.format(name) for name in ("demo/news", "demo/entities", "research/aux-.321f68140efc"))


@pytest.fixture
def snap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def set_column(name: str, values: Any, type_: pa.DataType | None = None) -> Callable[[pa.Table], pa.Table]:
    """Replaces a column; one value stands for all rows."""

    def change(table: pa.Table) -> pa.Table:
        rows = values if isinstance(values, pa.Array) else pa.array([values] * table.num_rows, type_)
        return table.set_column(table.schema.get_field_index(name), name, rows)

    return change


def spans(**members: Any) -> Callable[[pa.Table], pa.Table]:
    return set_column("annotation", [{"label": "PERSON", "start": 0, "end": 1, **members}])


HUGE_TIME = pa.array([2**62] * 20, pa.int64()).cast(pa.timestamp("us"))
TWICE = pa.StructArray.from_arrays([pa.array(["x"] * 20)] * 2, names=["text", "text"])

# What a column holds, in which part, and what is said of it.
COLUMNS: dict[str, tuple[str, Callable[[pa.Table], pa.Table], str]] = {
    "ids are null": (NEWS, set_column("id", None, pa.string()), "an id is null"),
    "ids are lists": (NEWS, set_column("id", ["x"]), "its column id has the type list<"),
    "ids are all the same": (NEWS, set_column("id", "x"), "datasets/demo/news has the id 'x' twice"),
    "a status is null": (NEWS, set_column("status", None, pa.string()), "record '0': the status is null"),
    "a status is a number": (NEWS, set_column("status", 1), "its column status has the type int64"),
    "inputs are numbers": (NEWS, set_column("inputs", {"text": 1}), "its column inputs has the type struct<text: int64>"),
    "inputs are text": (NEWS, set_column("inputs", "x"), "its column inputs has the type string"),
    "an input holds null": (NEWS, set_column("inputs", {"text": ["x", None]}), "record '0': a list holds null"),
    "an input is there twice": (NEWS, set_column("inputs", TWICE), "duplicate field names"),
    "a prediction is null": (NEWS, set_column("prediction", [None], pa.list_(pa.struct([("label", pa.string())]))), "a list holds null"),
    "a label is null": (NEWS, set_column("prediction", [{"label": None, "score": 1.0}]), "a predicted label is null"),
    "a label is a number": (NEWS, set_column("prediction", [{"label": 1, "score": 1.0}]), "its column prediction has the type"),
    "a score is text": (NEWS, set_column("prediction", [{"label": "x", "score": "high"}]), "its column prediction has the type"),
    "an agent is a number": (NEWS, set_column("prediction_agent", 1), "its column prediction_agent has the type int64"),
    "an annotation is a span": (NEWS, spans(), "its column annotation has the type list<"),
    "others are text": (NEWS, set_column("other_annotations", "x"), "its column other_annotations has the type string"),
    "another is null": (NEWS, set_column("other_annotations", [None], pa.list_(pa.struct([("agent", pa.string())]))), "a list holds null"),
    "a span has no end": (ENTITIES, set_column("annotation", [{"label": "PERSON", "start": 0}]), "the end of a span is null"),
    "a span begins nowhere": (ENTITIES, spans(start=None), "the start of a span is null"),
    "a span begins within a letter": (ENTITIES, spans(start=0.5), "a span goes from 0.5 to 1"),
    "a span begins at no number": (ENTITIES, spans(start=float("nan")), "cannot convert float NaN to integer"),
    "a span ends at infinity": (ENTITIES, spans(end=float("inf")), "cannot convert float infinity to integer"),
    "a span begins at a word": (ENTITIES, spans(start="x"), "its column annotation has the type list<"),
    "a token is null": (ENTITIES, set_column("tokens", ["x", None]), "a list holds null"),
    "metadata are nested": (NEWS, set_column("metadata", {"a": {"b": 1}}), "its column metadata has the type struct<a: struct<"),
    "metadata are bytes": (NEWS, set_column("metadata", {"a": b"\xff"}), "its column metadata has the type struct<a: binary>"),
    "a vector holds words": (NEWS, set_column("vectors", {"mini": ["x"]}), "its column vectors has the type"),
    "a vector holds null": (NEWS, set_column("vectors", {"mini": [1.0, None]}), "a list holds null"),
    "an explanation is text": (NEWS, set_column("explanation", "x"), "its column explanation has the type string"),
    "a time is text": (NEWS, set_column("event_timestamp", "yesterday"), "its column event_timestamp has the type string"),
    "a time is after all times": (NEWS, set_column("event_timestamp", HUGE_TIME), "date value out of range"),
    "raw is a number": (NEWS, set_column("raw", 1), "the column raw has the type int64"),
    "there is no status": (NEWS, lambda table: table.drop_columns("status"), "it has no column status"),
    "a column is there twice": (NEWS, lambda table: table.append_column("status", table["status"]), "it has a column twice"),
    "text is no UTF-8": (NEWS, set_column("status", b"\xff\xfe"), "its column status has the type binary"),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_is_not_what_it_should_be_is_one_line(name: str, snap: Path) -> None:
    part, change, message = COLUMNS[name]
    edit_part(snap / part, change)
    reseal(snap)
    problems = check(snap, deep=True)
    assert len(problems) == 1
    assert message in problems[0]
    assert part in problems[0] or "datasets/demo/news has" in problems[0]
    assert "\n" not in problems[0]
    assert len(problems[0]) < 1_000


def test_an_import_refuses_it_before_it_asks_anybody(snap: Path) -> None:
    edit_part(snap / NEWS, set_column("status", 1))
    reseal(snap)
    done = run("import", snap, url="http://127.0.0.1:9")
    assert done.returncode == 6
    assert done.stderr.startswith(f"Error: {snap} is damaged: {NEWS} can't be read: its column status has the type int64")
    assert done.stderr.count("\n") == 1


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_json_that_is_nested_deep(snap: Path) -> None:
    (snap / "users.json").write_text("[" * 300 + "]" * 300)
    with pytest.raises(DamagedSnapshotError, match=r"users\.json is nested deeper than 200 levels"):
        Snapshot(snap).users()
    edit_json(snap / "datasets/demo/news/dataset.json", lambda data: data.update(metadata={"deep": nested(198)}))
    news = next(entry for entry in Snapshot(snap).entries if entry.name == "news")
    assert Snapshot(snap).dataset(news).metadata == {"deep": nested(198)}
    edit_json(snap / "datasets/demo/news/dataset.json", lambda data: data.update(metadata={"deep": nested(199)}))
    with pytest.raises(DamagedSnapshotError, match="is nested deeper than 200 levels"):
        Snapshot(snap).dataset(news)


def test_json_text_that_is_nested_deep_or_no_json_stays_text(snap: Path) -> None:
    texts = [json.dumps(nested(depth)) for depth in (1, 200, 201, 900)]
    texts += ["[" * 100_000, "{" * 100_000, "no json", "1" * 10_000, "NaN", '"\\ud800"']
    rows = pa.array([{"_trace": texts[number % len(texts)]} for number in range(20)])
    edit_part(snap / ENTITIES, set_column("metadata", rows))
    reseal(snap)
    assert check(snap, deep=True) == []
    snapshot = Snapshot(snap)
    entry = next(entry for entry in snapshot.entries if entry.name == "entities")
    values = [record.metadata["_trace"] for record in snapshot.records(entry)]
    assert values[:2] == [nested(1), nested(200)]
    assert values[2:8] == texts[2:8]


def test_files_of_absurd_size(snap: Path) -> None:
    for name in ("manifest.json", "users.json", "datasets/demo/news/dataset.json"):
        whole = (snap / name).read_bytes()
        os.truncate(snap / name, 1 << 40)  # sparse: it takes no space
        with pytest.raises(DamagedSnapshotError, match=rf"{name} is larger than {MAX_JSON >> 20} MiB"):
            read_all(snap)
        (snap / name).write_bytes(whole)
    os.truncate(snap / NEWS, 1 << 40)
    problems = check(snap, deep=True)
    assert len(problems) == 1
    assert problems[0].startswith(f"{NEWS} has {1 << 40} bytes, not {(SNAPSHOT / NEWS).stat().st_size} as it was written, and is damaged: ")


def test_links_lead_nowhere(snap: Path, tmp_path: Path) -> None:
    """Not even where the manifest names them, with the checksums of what they lead to."""
    shutil.copytree(SNAPSHOT, tmp_path / "other")
    for name in ("users.json", NEWS, "datasets/demo", "SHA256SUMS", "manifest.json"):
        (snap / name).rename(tmp_path / "aside")
        (snap / name).symlink_to(tmp_path / "other" / name)
        assert any("symbolic link" in line or line == "SHA256SUMS is missing" for line in found(snap))
        (snap / name).unlink()
        (tmp_path / "aside").rename(snap / name)
    assert found(snap) == []


def test_what_is_read_passes_no_link(snap: Path, tmp_path: Path) -> None:
    (snap / "datasets").rename(tmp_path / "datasets")
    (snap / "datasets").symlink_to(tmp_path / "datasets")
    with pytest.raises(DamagedSnapshotError, match="symbolic link"):
        read_all(snap)


def test_names_can_not_drive_a_terminal(snap: Path) -> None:
    name = "\x1b]0;owned\x07\x1b[2J\r\n\u202e<script>alert(1)</script>"
    edit_json(snap / "manifest.json", lambda manifest: manifest["datasets"][2].update(name=name))
    edit_json(snap / "datasets/demo/news/dataset.json", lambda data: data.update(name=name))
    reseal(snap)
    assert check(snap, deep=True) == []
    for command in ("inspect", "check", "check --update", "plan"):
        done = run(*command.split(), snap, url="http://127.0.0.1:9")
        assert not set("\x1b\x07\r\u202e") & set(done.stdout + done.stderr), command
    card = (snap / "README.md").read_text()
    assert "<script>" not in card.split("---")[2].split("```")[0]
    assert not set("\x1b\x07\r\u202e") & set(card)


# --- bombs: a few KiB that unpack to gigabytes ---

CHECK_IN_LITTLE_MEMORY = f"""
import resource, sys
from pathlib import Path
from argilla_snapshot.format import limits
limits.MAX_MEMORY = {128 * MIB}
from argilla_snapshot.format.check import check
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(check(Path(sys.argv[1]), deep=True))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str, snap: Path) -> None:
    made = subprocess.run([sys.executable, "-m", "tests.helpers.bombs", name, snap / LETTERS], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    rows = int(made.stdout)
    assert (snap / LETTERS).stat().st_size < 100_000
    for file in ("manifest.json", str(Path(LETTERS).parents[1] / "dataset.json")):
        edit_json(snap / file, lambda data: (data["datasets"][3] if "datasets" in data else data).update(records=rows))
    edit_json(snap / "manifest.json", lambda manifest: manifest["counts"].update(records=80 + rows))
    edit_json(snap / "manifest.json", lambda manifest: manifest["files"][8].update(rows=rows))
    reseal(snap)
    assert check(snap, deep=False) == []
    done = subprocess.run(
        [sys.executable, "-c", CHECK_IN_LITTLE_MEMORY, snap],
        env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    problems, kibibytes = done.stdout.splitlines()
    assert problems.startswith(f"[\"{LETTERS} can't be read: ")
    assert int(kibibytes) < 256 * 1024


# --- a machine that has nothing left says nothing of the snapshot ---

CHECK_WITHOUT_FILES = """
import os, resource, sys
from pathlib import Path
from argilla_snapshot.format import check, reader
snapshot = reader.Snapshot(Path(sys.argv[1]))
entry = snapshot.entries[1]
records = snapshot.records(entry)
next(snapshot.records(entry))  # all that is needed is loaded
used = len(os.listdir("/proc/self/fd")) - 1
resource.setrlimit(resource.RLIMIT_NOFILE, (used, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
for read in (lambda: next(records), snapshot.users, lambda: check.update(Path(sys.argv[1]))):
    try:
        read()
    except Exception as error:
        print(type(error).__name__, getattr(error, "errno", None))
"""


def test_too_many_open_files_are_no_damage(snap: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CHECK_WITHOUT_FILES, snap], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["OSError 24"] * 3, done


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (OSError(errno.EMFILE, "x"), errno.EMFILE),
        (OSError(errno.EAGAIN, "x"), errno.EAGAIN),
        (pa.ArrowInvalid("Resource temporarily unavailable"), errno.EAGAIN),
        (OSError(errno.EIO, "x"), None),
        (pa.ArrowInvalid("x"), None),
        (ValueError("x"), None),
    ],
)
def test_what_is_of_the_machine(error: Exception, number: int | None, snap: Path) -> None:
    with pytest.raises((OSError, DamagedSnapshotError)) as caught, reading(snap / LETTERS, snap):
        raise error
    assert getattr(caught.value, "errno", None) == number
    assert isinstance(caught.value, DamagedSnapshotError) == (number is None)
