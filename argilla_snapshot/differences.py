"""How two sides differ, counted by kind and place: for ``verify`` and for ``diff``."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

#: The kinds that a comparison knows.
K = TypeVar("K", bound=str)
#: As many examples of each are kept.
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Difference(Generic[K]):
    """Differences of one kind in one place, counted. ``what``: users, settings, records, responses, …; ``dataset``: ``workspace.name``."""

    kind: K
    what: str
    count: int
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)


class Differences(Generic[K]):
    """A growing account of differences, with a few samples of each."""

    def __init__(self) -> None:
        self._counts: dict[tuple[K, str, str | None], int] = {}
        self._samples: dict[tuple[K, str, str | None], list[str]] = {}

    def add(self, kind: K, what: str, sample: str, dataset: str | None = None) -> None:
        """Counts one difference."""
        self.count(kind, what, 1, dataset)
        samples = self._samples.setdefault((kind, what, dataset), [])
        if len(samples) < SAMPLES:
            samples.append(sample)

    def count(self, kind: K, what: str, count: int, dataset: str | None) -> None:
        """Counts differences of which only the number is known."""
        if count > 0:
            key = (kind, what, dataset)
            self._counts[key] = self._counts.get(key, 0) + count

    @property
    def total(self) -> int:
        """How many were counted in all."""
        return sum(self._counts.values())

    def all(self) -> list[Difference[K]]:
        """Everything counted, in the order in which it first appeared."""
        return [
            Difference(kind, what, self._counts[kind, what, dataset], dataset, self._samples.get((kind, what, dataset), []))
            for kind, what, dataset in self._counts
        ]
