"""What all records of a feedback dataset say together: the types of their metadata, and how many there are of what. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from argilla_snapshot.format.feedback.models import FeedbackColumns, FeedbackDataset
from argilla_snapshot.format.feedback.recount import Counts
from exporter.documents import Document, dict_of
from exporter.feedback.rows import list_of, to_row
from exporter.losses import Losses
from exporter.metadata import metadata_type, value_kinds


class Learning:
    """Learns from the records of a feedback dataset, holding none of them.

    Args:
        declared: the dataset as its settings say, without counts.
    """

    def __init__(self, declared: FeedbackDataset) -> None:
        self._declared = declared
        self._metadata: dict[str, set[str]] = {}
        self.counts = Counts()

    @property
    def records(self) -> int:
        """How many records were seen."""
        return self.counts.records

    def anew(self) -> "Learning":
        """One of the same dataset that has seen nothing."""
        return Learning(self._declared)

    def see(self, documents: Iterable[Document]) -> "Learning":
        """Learns from more records."""
        for document in documents:
            content = document.content
            responses = [dict_of(response) for response in list_of(content.get("responses"))]
            told = ((response.get("username"), str(response.get("status"))) for response in responses)
            self.counts.see(content.get("status"), len(list_of(content.get("suggestions"))), told)
            for key, value in dict_of(content.get("metadata")).items():
                self._metadata.setdefault(key, set()).update(value_kinds(value))
        return self

    def merge(self, later: "Learning") -> "Learning":
        """Takes over what was learnt from later records."""
        self.counts.add(later.counts)
        for key, kinds in later._metadata.items():  # noqa: SLF001 - of the same class
            self._metadata.setdefault(key, set()).update(kinds)
        return self

    def shape(self) -> "Learning":
        """A copy of what decides the columns, without what is only counted."""
        copy = self.anew()
        copy._metadata = {key: set(kinds) for key, kinds in self._metadata.items()}  # noqa: SLF001 - of the same class
        return copy

    def described(self) -> FeedbackDataset:
        """As much of the dataset as decides its rows."""
        return replace(self._declared, columns=FeedbackColumns({key: metadata_type(kinds) for key, kinds in self._metadata.items()}))

    def row(self, document: Document, dataset: FeedbackDataset, losses: Losses) -> dict[str, Any]:
        """The row of a record of a dataset so described; what does not fit a column is counted."""
        return to_row(document, dataset, losses)

    def whole(self) -> FeedbackDataset:
        """The dataset with all that was counted."""
        return self.counts.put_into(self.described())
