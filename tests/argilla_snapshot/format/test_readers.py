"""DuckDB, Dask and Spark read a snapshot as it is: with the very text that the README shows."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from servers.install import environment, install
from tests.fixtures import EXPECTED, SNAPSHOT

# No server, but the servers' Java, and an environment that takes as long to make as theirs.
pytestmark = pytest.mark.servers

HERE = Path(__file__).parents[3] / "tests" / "readers"
#: What an example leaves in `labels`, `vectors` and `others`, as rows of plain values.
TO_ROWS = {
    "with_duckdb": "rows = [labels, vectors, others]",
    "with_dask": "rows = [list(labels.items()), list(vectors.items()), list(others.itertuples(name=None))]",
    "with_spark": "rows = [labels, vectors, others]",
}
TO_JSON = "import json, pandas\nprint(json.dumps(rows, default=lambda value: None if value is pandas.NA else list(value)))"


def read(example: str, folder: Path) -> list[list[Any]]:
    shutil.copytree(SNAPSHOT, folder / "my-snapshot")
    quiet = "--conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2 pyspark-shell"
    java = {"JAVA_HOME": str(install().java.parent.parent), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_SUBMIT_ARGS": quiet}
    command = [
        environment(HERE / "readers.txt", "3.11"),
        "-c",
        "\n".join([(HERE / f"{example}.py").read_text(), TO_ROWS[example], TO_JSON]),
    ]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **java}, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("example", TO_ROWS)
def test_a_snapshot_is_read_as_it_is(example: str, tmp_path: Path) -> None:
    (news,) = (dataset for dataset in json.loads(EXPECTED.read_text())["datasets"] if dataset["name"] == "news")
    labels, vectors, others = read(example, tmp_path)
    answers = {record["id"]: record["annotations"] or [{"value": None}] for record in news["records"]}
    assert dict(labels) == Counter(first["value"] for first, *_ in answers.values())
    assert dict(vectors) == {record["id"]: record["vectors"].get("mini") for record in news["records"]}
    assert sorted(others) == sorted([id_, a["agent"], a["value"]] for id_, (_, *more) in answers.items() for a in more)
    assert len(vectors) == 20
    assert len(others) == 11
