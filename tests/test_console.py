"""What the two ends of the terminal are told."""

import shutil
from pathlib import Path

import pytest

from console.progress import Steps
from tests.cli import succeed
from tests.fixtures import SNAPSHOT, edit_json


def test_what_was_done_earlier_counts_once_in_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("console.progress._TOLD_EVERY", -1)
    with Steps() as steps:
        steps.expected("reading", 1000)
        steps.started("reading", "a.b", 900, 700)
        steps.started("gathering", "a.b", 900, 700)
        steps.advanced(200)
        steps.started("reading", "a.b", 900, 700)
        steps.advanced(200)
        steps.started("reading", "a.c", 100, 50)
        steps.advanced(50)
    told = [line.rsplit(" left", 1)[0] for line in capsys.readouterr().err.splitlines()]
    counts = [[part.split(",")[0] for part in line.split("; ")] for line in told]
    assert counts == [
        ["gathering a.b: 900 of 900"],
        ["reading a.b: 900 of 900", "in all: 900 of 1000"],
        ["reading a.c: 100 of 100", "in all: 1000 of 1000"],
    ]


def test_a_manifest_that_does_not_count_all_is_shown(tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    edit_json(snapshot / "manifest.json", lambda manifest: manifest.update(counts={"records": 4, "datasets": 3, "more": 1}))
    assert "\n3 datasets, 4 records\n" in succeed("inspect", snapshot)
