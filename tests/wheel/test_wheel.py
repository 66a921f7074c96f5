"""The wheel, as a user installs it: three names in site-packages, and no quarrel with anybody else's."""

import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wheel.building import ROOT, UV, build, run

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))[0]


def test_the_wheel_has_three_names_at_the_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}
    assert sorted(name for name in names if not name.endswith(".dist-info")) == ["argilla_snapshot", "exporter", "importer"]
    assert len(names) == 4


def installed(folder: Path) -> Callable[..., str]:
    """``uv pip install`` in a new environment that has what the wheel needs, and nothing of ours."""
    run(UV, "venv", "--quiet", "--python", sys.executable, folder, cwd=folder.parent)

    def pip(*arguments: str | Path) -> str:
        return run(UV, "pip", *arguments, "--quiet", "--python", folder / "bin" / "python", cwd=folder.parent)

    pip("install", "--require-hashes", "-r", ROOT / "requirements.txt")
    return pip


@pytest.mark.parametrize("first", ["ours", "console"])
def test_it_works_beside_the_package_console_in_both_orders(first: str, wheel: Path, tmp_path: Path) -> None:
    pip = installed(tmp_path / "venv")
    ours, theirs = ("install", "--no-deps", wheel), ("install", "--require-hashes", "-r", HERE / "console.txt")
    for arguments in (ours, theirs) if first == "ours" else (theirs, ours):
        pip(*arguments)
    run(tmp_path / "venv/bin/python", "-c", "import console.detection", cwd=tmp_path)
    inspect = (tmp_path / "venv/bin/argilla-snapshot", "inspect", ROOT / "tests/fixtures/snapshot-1.0")
    assert "Snapshot" in run(*inspect, cwd=tmp_path)
    pip("uninstall", "console")
    assert "Snapshot" in run(*inspect, cwd=tmp_path)


def test_a_package_snapshot_in_the_current_folder_is_not_taken_for_ours(wheel: Path, tmp_path: Path) -> None:
    pip = installed(tmp_path / "venv")
    pip("install", "--no-deps", wheel)
    for name in ("snapshot", "console", "transport"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('theirs')")
    command = (tmp_path / "venv/bin/python", "-m", "argilla_snapshot", "inspect", ROOT / "tests/fixtures/snapshot-1.0")
    assert "Snapshot" in run(*command, cwd=tmp_path)
    report = (*command[:3], "report", command[-1], "--html", tmp_path / "page.html")
    assert "page.html" in run(*report, cwd=tmp_path)
    assert "<style>" in (tmp_path / "page.html").read_text()  # its templates are in the wheel


def test_the_page_of_the_package_has_no_link_that_only_a_checkout_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        page = archive.read(name).decode()
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert "What is carried" in page
    assert "[[[cog" not in page
