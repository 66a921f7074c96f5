"""Builds what would be published, checks it, and installs it alone on each Python that is there: ``make dist``."""

import shutil
import sys
import tempfile
from pathlib import Path

import click

from tests.wheel.building import PYTHONS, ROOT, UV, build, environment, interpreters, run

#: What the tests below need besides; and the tests, which need no server and few packages.
_TOOLS = ("pytest", "hypothesis", "jsonschema", "uv")
_TESTS = (
    "tests/importer/planning",
    "tests/importer/mapping/test_legacy.py",
    "tests/importer/mapping/test_feedback.py",
    "tests/exporter/legacy/test_rows.py",
)
#: Snapshots of every format, and how many datasets each has.
_SNAPSHOTS = {"snapshot-1.0": 6, "snapshot-1.1": 10}


def main() -> None:
    """Leaves wheel and sdist in ``dist/``; ends with 1 where something does not work."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    wheel, sdist = build(ROOT / "dist")
    click.echo(run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist, cwd=ROOT).strip())
    there = {version: python for version, python in interpreters() if python}
    oldest, newest = min(there, key=PYTHONS.index), max(there, key=PYTHONS.index)
    with tempfile.TemporaryDirectory() as name:
        for version, python in there.items():
            made = _installed(Path(name, version), python, wheel)
            tested = _tested(made) if version in (oldest, newest) else ""
            click.echo(f"Python {version}: the wheel works alone{tested}")
        _installed(Path(name, "sdist"), there[newest], sdist)
        click.echo(f"Python {newest}: the sdist works alone")
        made = _installed(Path(name, "lowest"), there[oldest], "--resolution", "lowest-direct", wheel)
        click.echo(f"Python {oldest} with the oldest packages that are allowed: the wheel works alone{_tested(made)}")
    if missing := [version for version in PYTHONS if version not in there]:
        click.echo(f"Not tried, because it is not on this machine: Python {', '.join(missing)}")


def _installed(folder: Path, python: Path, *packages: str | Path) -> Path:
    """Installs it where there is nothing else, does what can be done without a server, and returns the Python."""
    folder.mkdir()
    made = environment(folder / "venv", python, *packages)
    for name, datasets in _SNAPSHOTS.items():
        snapshot = ROOT / "tests" / "fixtures" / name
        for words in (["check", "--deep"], ["inspect"], ["annotations"]):
            run(made.with_name("argilla-snapshot"), *words, snapshot, cwd=folder)
        program = f"import argilla_snapshot as snap; assert len(snap.open({str(snapshot)!r})) == {datasets}"
        run(made, "-c", program, cwd=folder)
    return made


def _tested(python: Path) -> str:
    """Runs fast tests of mapping and planning with what is installed, beside nothing of the code; returns the last line."""
    folder = python.parents[2] / "copy"
    for name in ("tests", "servers"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    run(UV, "pip", "install", "--quiet", "--python", python, *_TOOLS, cwd=folder)
    told = run(python, "-m", "pytest", "-o", "filterwarnings=default", "-m", "not servers", *_TESTS, cwd=folder)
    return f", {told.strip().splitlines()[-1]}"


if __name__ == "__main__":
    main()
