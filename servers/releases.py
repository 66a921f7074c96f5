"""Which versions of Argilla, and of Rubrix before it, can be started here, and what differs between them.

An environment of one of them holds what pip would have installed ten days after the release: that needs no pins, and works for all.
1.29.1 and 2.8.0 have locked requirements (``install.py``): they are what most tests speak with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

OLD = "1.29.1"
NEW = "2.8.0"

#: When each version was released.
RELEASED = {
    "0.12.1": date(2022, 3, 11),
    "0.13.3": date(2022, 4, 27),
    "0.14.2": date(2022, 5, 31),
    "0.15.0": date(2022, 6, 8),
    "0.16.1": date(2022, 7, 22),
    "0.17.0": date(2022, 8, 22),
    "0.18.0": date(2022, 10, 5),
    "1.0.1": date(2022, 11, 4),
    "1.1.1": date(2022, 11, 29),
    "1.2.2": date(2023, 3, 30),
    "1.3.2": date(2023, 3, 30),
    "1.4.1": date(2023, 3, 30),
    "1.5.1": date(2023, 3, 31),
    "1.6.0": date(2023, 4, 9),
    "1.7.0": date(2023, 5, 10),
    "1.8.0": date(2023, 5, 31),
    "1.9.0": date(2023, 6, 9),
    "1.10.0": date(2023, 6, 16),
    "1.11.0": date(2023, 6, 22),
    "1.12.1": date(2023, 7, 12),
    "1.13.3": date(2023, 7, 27),
    "1.16.0": date(2023, 9, 18),
    "1.17.0": date(2023, 10, 9),
    "1.18.0": date(2023, 10, 25),
    "1.20.0": date(2023, 11, 30),
    "1.22.0": date(2024, 1, 18),
    "1.23.1": date(2024, 2, 8),
    "1.24.0": date(2024, 2, 9),
    "1.26.1": date(2024, 3, 27),
    "1.27.0": date(2024, 4, 18),
    "1.28.0": date(2024, 5, 9),
    "2.0.1": date(2024, 8, 13),
    "2.2.0": date(2024, 9, 19),
    "2.3.1": date(2024, 10, 8),
    "2.4.1": date(2024, 11, 11),
    "2.6.0": date(2024, 12, 18),
    "2.7.1": date(2025, 2, 6),
}
_SETTLED = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Release:
    """A version, and how its server is installed and started."""

    version: str

    @property
    def number(self) -> tuple[int, int]:
        """What versions are compared by."""
        major, minor, _ = self.version.split(".")
        return int(major), int(minor)

    @property
    def until(self) -> str:
        """The day after which no package is taken any more."""
        return (RELEASED[self.version] + _SETTLED).isoformat()

    @property
    def requirements(self) -> tuple[str, ...]:
        """What is installed; old versions ask for ``pkg_resources``, which setuptools brought."""
        package = "rubrix[server]" if self.number < (1, 0) else "argilla[server]" if self.number < (1, 24) else "argilla-server"
        return f"{package}=={self.version}", "setuptools"

    @property
    def python(self) -> str:
        """The Python it runs on."""
        if self.number < (1, 11):
            return "3.8"
        if self.number < (1, 23):
            return "3.9"
        return "3.10" if self.number < (2, 6) else "3.11"

    @property
    def app(self) -> str:
        """What uvicorn starts."""
        package = "rubrix" if self.number < (1, 0) else "argilla" if self.number < (1, 24) else "argilla_server"
        return f"{package}:app"

    @property
    def prefix(self) -> str:
        """How the names of its settings begin."""
        return "RUBRIX_" if self.number < (1, 0) else "ARGILLA_"

    @property
    def told_at(self) -> str:
        """Where the server tells its version."""
        return "/api/_info" if self.number < (1, 29) else "/api/v1/version"

    @property
    def users_file(self) -> bool:
        """Whether its users stand in a file."""
        return self.number < (1, 6)

    @property
    def namespaced(self) -> bool:
        """Whether its legacy datasets need a namespace of their own in the search engine."""
        return self.number < (2, 0)

    @property
    def redis(self) -> bool:
        """Whether it wants a Redis."""
        return self.number >= (2, 2)

    @property
    def migrate(self) -> tuple[str, ...]:
        """The module and the words that bring a database up to date."""
        return self._manage("migrate")

    @property
    def create_default(self) -> tuple[str, ...]:
        """The same for those that make the first user."""
        return self._manage("users", "create_default")

    def _manage(self, *words: str) -> tuple[str, ...]:
        if self.number < (1, 8):  # ``python -m argilla`` would start a server
            return (f"argilla.tasks.{'database.migrate' if words == ('migrate',) else '.'.join(words)}",)
        if self.number < (1, 16):
            before = ("users",) if words[0] == "users" and self.number < (1, 15) else ("database", *words[:1])
            return ("argilla", *before, *words[1:])
        return ("argilla", "server", "database", *words) if self.number < (1, 24) else ("argilla_server", "database", *words)
