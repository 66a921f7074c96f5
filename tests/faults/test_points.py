"""The named points stand in the code where the list says, each once."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from argilla_snapshot.format.faults import (
    CREDENTIALS_POINTS,
    EXPORT_POINTS,
    FILE_POINTS,
    IMPORT_POINTS,
    LATER_POINTS,
    SETTLING_POINTS,
    STORING_POINTS,
    VARIABLE,
    point,
)

ROOT = Path(__file__).parents[2]


def test_every_point_of_the_list_is_in_the_code_once_and_no_other() -> None:
    found: Counter[str] = Counter()
    for room in ("argilla_snapshot", "exporter", "importer"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "point":
                    (name,) = node.args
                    assert isinstance(name, ast.Constant), f"{path.name}: the name of a point is written out"
                    found[name.value] += 1
    import_points = [*IMPORT_POINTS, *SETTLING_POINTS, *STORING_POINTS, *CREDENTIALS_POINTS, *LATER_POINTS]
    assert found == Counter([*FILE_POINTS, *EXPORT_POINTS, *import_points])
    assert min(len(EXPORT_POINTS), len(IMPORT_POINTS)) >= 12


def test_points_are_off_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    point("export.bound")
    monkeypatch.setenv(VARIABLE, "export.bound:2")
    point("export.opened")
    point("export.bound")  # the first time; the second would end the tests
