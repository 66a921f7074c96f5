"""What a plan takes for true of vectors where the server does not tell, and that it tries nothing out."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from argilla_snapshot.transport.errors import ServerError
from importer.targets.http.target import Target
from importer.targets.http.vectors import LONGEST, SHORTEST, Asking
from tests.fixtures import PART, SNAPSHOT, edit_part
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run, succeed


def serving(distribution: str | None) -> Target:
    """A server that tells of its search engine, or answers that it can't; whatever else is asked of it is an error."""

    def get(path: str, _shape: Any) -> Any:
        assert path == "/api/v1/status"
        if distribution is None:
            raise ServerError("GET /api/v1/status answers 422", 422)
        return {"search_engine": {"version": {"distribution": distribution}}}

    return cast("Target", SimpleNamespace(api=SimpleNamespace(get=get)))


@pytest.mark.parametrize(
    ("engine", "dimensions", "accepted", "untried"),
    [
        ("opensearch", SHORTEST, True, 0),
        ("opensearch", SHORTEST + 1, False, 0),
        (None, SHORTEST, True, 0),
        (None, SHORTEST + 1, True, SHORTEST + 1),
        (None, LONGEST, True, LONGEST),
        (None, LONGEST + 1, False, 0),
    ],
)
def test_a_plan_knows_the_limits_or_says_that_it_does_not(engine: str | None, dimensions: int, accepted: bool, untried: int) -> None:  # noqa: FBT001
    asking = Asking(serving(engine), writing=False)
    assert (asking.accepts_vectors(dimensions), asking.untried) == (accepted, untried)
    assert asking.accepts_vectors(SHORTEST)
    assert asking.untried == untried


def untelling(asked: Asked) -> Answer:
    """An empty 2.8.0 server that can't say what search engine it has."""
    if asked.path == "/api/v1/status":
        return Answer(422, {"detail": "no"})
    answers: dict[str, Any] = {"/api/v1/version": {"version": "2.8.0"}, "/api/v1/me": {"username": "o", "role": "owner"}}
    return Answer(200, answers.get(asked.path, {"items": []}))


@pytest.mark.parametrize("dimensions", [SHORTEST, SHORTEST + 1])
def test_a_plan_only_reads_and_says_what_it_could_not_find_out(dimensions: int, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))

    def lengthen(table: pa.Table) -> pa.Table:
        vectors = pa.array([{"mini": [0.5] * dimensions}] * len(table), pa.struct([("mini", pa.list_(pa.float64()))]))
        return table.set_column(table.schema.get_field_index("vectors"), "vectors", vectors)

    edit_part(snapshot / PART.format("demo/news"), lengthen)
    succeed("check", snapshot, "--update")
    with answering(untelling) as server:
        done = run("plan", snapshot, url=server.url)
    assert done.returncode == 0, done.stderr
    assert {asked.method for asked in server.asked} == {"GET"}
    says = "does not tell whether it takes vectors of 1,025 numbers; this plan takes it that it does. `import` tries it out"
    assert (says in done.stderr) == (dimensions > SHORTEST)
