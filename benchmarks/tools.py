"""The commands that are measured."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from argilla_snapshot.format.reader import Snapshot
from benchmarks.measure import BenchmarkError, Measured, measure
from servers.argilla import ArgillaServer
from servers.install import environment

HERE = Path(__file__).parent


def ours(server: ArgillaServer | None, *arguments: str | Path) -> Measured:
    """Our command line, as a person would type it."""
    return measure([_installed(), *arguments], _named(server))


def limit(server: ArgillaServer | None, *arguments: str | Path) -> Measured:
    """One of the limits."""
    return measure([sys.executable, "-I", HERE / "limits.py", *arguments], _named(server))


def exported(server: ArgillaServer, snapshot: Path, dataset: str, records: int, *options: str) -> tuple[float, float]:
    """An export of one dataset by our command line, in place of an earlier one: seconds, and megabytes at most."""
    shutil.rmtree(snapshot, ignore_errors=True)
    run = ours(server, "export", snapshot, "--dataset", dataset, *options)
    right("export: records", Snapshot(snapshot).manifest.counts["records"], records)
    return run.seconds, run.peak_mb


def guide_export(server: ArgillaServer, *arguments: str | Path) -> Measured:
    """The official guide's first step, in an environment of its own."""
    return measure([environment(HERE / "guide-old.txt", "3.10"), "-I", HERE / "guide_export.py", *arguments], _named(server))


def guide_import(server: ArgillaServer, *arguments: str | Path) -> Measured:
    """The official guide's second and third step, in an environment of their own."""
    return measure([environment(HERE / "guide-new.txt", "3.11"), "-I", HERE / "guide_import.py", *arguments], _named(server))


def right(what: str, found: object, expected: object) -> None:
    """Makes sure that a run did what it should.

    Raises:
        BenchmarkError: it did not.
    """
    if found != expected:
        raise BenchmarkError(f"{what}: {found}, and not {expected}")


@cache
def _installed() -> Path:
    """Our command as a user has it: in an environment with what it needs, and no more."""
    python = environment(HERE.parent / "requirements.txt", "3.11")
    uv, options = Path(sys.executable).with_name("uv"), ["--quiet", "--no-deps", "--reinstall", "--compile-bytecode"]
    subprocess.run([uv, "pip", "install", *options, "--python", python, HERE.parent], check=True)
    return python.with_name("argilla-snapshot")


def _named(server: ArgillaServer | None) -> dict[str, str]:
    return {"ARGILLA_API_URL": server.url, "ARGILLA_API_KEY": server.api_key} if server else {}
