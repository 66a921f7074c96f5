"""How the target differs from what it should hold, counted by kind and place."""

from dataclasses import dataclass, field
from typing import Literal

from importer.notes import SAMPLES

CHANGED: Literal["changed since the import"] = "changed since the import"
Kind = Literal["missing", "different", "changed since the import", "more than expected", "not searchable", "not as the old server says"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Differences of one kind in one place, counted. ``what``: records, responses, suggestions, metadata, settings, users, …"""

    kind: Kind
    what: str
    count: int
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)


class Differences:
    """A growing account of differences, with a few samples of each."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Kind, str, str | None], int] = {}
        self._samples: dict[tuple[Kind, str, str | None], list[str]] = {}

    def add(self, kind: Kind, what: str, sample: str, dataset: str | None = None) -> None:
        """Counts one difference."""
        self.count(kind, what, 1, dataset)
        samples = self._samples.setdefault((kind, what, dataset), [])
        if len(samples) < SAMPLES:
            samples.append(sample)

    def count(self, kind: Kind, what: str, count: int, dataset: str | None) -> None:
        """Counts differences of which only the number is known."""
        if count > 0:
            key = (kind, what, dataset)
            self._counts[key] = self._counts.get(key, 0) + count

    @property
    def total(self) -> int:
        """How many were counted in all."""
        return sum(self._counts.values())

    def all(self) -> list[Difference]:
        """Everything counted, in the order in which it first appeared."""
        return [
            Difference(kind, what, self._counts[kind, what, dataset], dataset, self._samples.get((kind, what, dataset), []))
            for kind, what, dataset in self._counts
        ]
