"""What the records of a feedback dataset say about it: the members of ``dataset.json`` that an edit of the records changes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from argilla_snapshot.format.feedback.models import FeedbackColumns, FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.metadata_types import kinds_of, type_of


@dataclass(slots=True)
class Counts:
    """What is counted over the records of a feedback dataset, whoever counts.

    Attributes:
        statuses, responses: status -> number of records, of responses.
        annotators: username -> number of responses.
    """

    records: int = 0
    suggestions: int = 0
    without_user: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    responses: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)

    def see(self, status: str | None, suggestions: int, responses: Iterable[tuple[str | None, str]]) -> None:
        """Counts one record; ``responses``: username and status of each."""
        self.records += 1
        self.suggestions += suggestions
        if status is not None:
            self.statuses[status] += 1
        for username, state in responses:
            self.responses[state] += 1
            if username is None:
                self.without_user += 1
            else:
                self.annotators[username] += 1

    def add(self, later: "Counts") -> None:
        """Adds what was counted of later records."""
        self.records += later.records
        self.suggestions += later.suggestions
        self.without_user += later.without_user
        self.statuses.update(later.statuses)
        self.responses.update(later.responses)
        self.annotators.update(later.annotators)

    def put_into(self, dataset: FeedbackDataset) -> FeedbackDataset:
        """The dataset with these counts."""
        return replace(
            dataset,
            records=self.records,
            statuses=dict(sorted(self.statuses.items())),
            responses=dict(sorted(self.responses.items())),
            suggestions=self.suggestions,
            annotators=dict(sorted(self.annotators.items())),
            without_user=self.without_user,
        )


def recount(dataset: FeedbackDataset, records: Iterable[FeedbackRecord]) -> FeedbackDataset:
    """The dataset as its records now are; what they do not say stays.

    Raises:
        DamagedSnapshotError: the values of a metadata key are of no one type.
    """
    counts, metadata = Counts(), dict[str, set[str]]()
    for record in records:
        counts.see(record.status, len(record.suggestions), ((response.username, response.status) for response in record.responses))
        for key, value in record.metadata.items():
            metadata.setdefault(key, set()).update(kinds_of(value))
    before = dataset.columns.metadata
    types = {key: type_of(dataset.full_name, key, kinds, before.get(key)) for key, kinds in metadata.items()}
    return replace(counts.put_into(dataset), columns=FeedbackColumns(types))
