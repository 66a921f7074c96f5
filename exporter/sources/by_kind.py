"""What an export asks of one dataset, put to the part of a source that has the datasets of its kind."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Any, Protocol

from exporter.source import Access, Count, Cursor, Listed, Page, Part


class FeedbackPart(Part, Protocol):
    """Feedback datasets, wherever they lie: they have no rules, and none can be closed."""

    def rules(self, _dataset: Listed) -> list[dict[str, Any]]:
        """None."""
        return []

    def access(self, dataset: Listed) -> Access:
        """Counts."""
        return self.count(dataset)

    def open(self, _dataset: Listed) -> None:
        """Nothing is closed."""
        return

    def close(self, _dataset: Listed) -> None:
        """Nothing was opened."""
        return


class ByKind(ABC):
    """A source whose datasets are in several places."""

    @abstractmethod
    def _of(self, dataset: Listed) -> Part:
        """What has a dataset."""

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        """See ``Part``."""
        return self._of(dataset).settings(dataset)

    def rules(self, dataset: Listed) -> list[dict[str, Any]]:
        """See ``Part``."""
        return self._of(dataset).rules(dataset)

    def access(self, dataset: Listed) -> Access:
        """See ``Part``."""
        return self._of(dataset).access(dataset)

    def open(self, dataset: Listed) -> None:
        """See ``Part``."""
        self._of(dataset).open(dataset)

    def close(self, dataset: Listed) -> None:
        """See ``Part``."""
        self._of(dataset).close(dataset)

    def count(self, dataset: Listed) -> Count:
        """See ``Part``."""
        return self._of(dataset).count(dataset)

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        """See ``Part``."""
        return self._of(dataset).pages(dataset, after, since)
