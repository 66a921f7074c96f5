"""How Argilla 1.x, and Rubrix before it, name their indices in a search engine. Pure.

From argilla-server 1.29.1, ``settings.py``. A server may have a namespace (``ARGILLA_NAMESPACE``), so that several share an engine.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

#: What to list to find every server's index of datasets.
PATTERNS = "*ar.datasets,.rubrix*.datasets-v0"
#: What no index has in its name.
_NEVER = frozenset('*,<>:?"/|#\\ ')
_ARGILLA = re.compile(r"(?:(.+)\.)?ar\.datasets")
_RUBRIX = re.compile(r"\.rubrix(?:\.(.+))?\.datasets-v0")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the indices of one server."""

    namespace: str | None = None

    @property
    def datasets(self) -> str:
        """The index with a document for each dataset."""
        return self._argilla("ar.datasets")

    def records(self, dataset_id: str) -> str:
        """The index, or an alias of the one of Rubrix, with the records of a dataset."""
        return self._argilla(f"ar.dataset.{dataset_id}")

    @property
    def lists(self) -> dict[str, Callable[[str], str]]:
        """The indices of datasets, and by what their records' indices are called."""
        return {self.datasets: self.records, self.old_datasets: self.old_records}

    @property
    def old_datasets(self) -> str:
        """The same of Rubrix, whose datasets are in the newer index too where Argilla took them over."""
        return self._rubrix("datasets-v0")

    def old_records(self, dataset_id: str) -> str:
        """The index with the records of a dataset of Rubrix."""
        return self._rubrix(f"dataset.{dataset_id}.records-v0")

    def _argilla(self, name: str) -> str:
        return f"{self.namespace}.{name}" if self.namespace else name

    def _rubrix(self, name: str) -> str:
        return f".rubrix.{self.namespace}.{name}" if self.namespace else f".rubrix.{name}"


def path_part(name: str) -> str:
    """The name of an index as a part of a path, whatever is in it."""
    return quote(name, safe="")


def can_be(name: str) -> bool:
    """Whether an index can have that name: with some characters an engine takes it for several names, or for those of another cluster."""
    return not set(name) & _NEVER


def namespaces(indices: Iterable[str]) -> list[str | None]:
    """The namespaces of the servers that have an index of datasets among these, without one first."""
    found = {match[1] for index in indices if (match := _ARGILLA.fullmatch(index) or _RUBRIX.fullmatch(index))}
    return sorted(found, key=lambda namespace: namespace or "")
