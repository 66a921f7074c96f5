"""Wheel and sdist as they would be published, and environments that have nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
#: All that `pyproject.toml` allows.
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """Runs a command in an environment that knows nothing of this one, and returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(command, cwd=cwd, env=environment | env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(folder: Path) -> tuple[Path, Path]:
    """Wheel and sdist, built into a folder."""
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def interpreters() -> Iterator[tuple[str, Path | None]]:
    """Each version of Python that is allowed, and where it is on this machine, if it is."""
    for version in PYTHONS:
        asked = [UV, "python", "find", "--quiet", "--system", "--no-python-downloads", version]
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
        others = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
        yield version, Path(found) if found else next(iter(others), None)


def environment(folder: Path, python: Path, *packages: str | Path) -> Path:
    """A new environment with packages and what they need; returns its Python."""
    run(UV, "venv", "--quiet", "--python", python, folder, cwd=folder.parent)
    made = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", made, *packages, cwd=folder.parent)
    return made
