"""What is counted over the records of a dataset, and the columns that follow from it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from argilla_snapshot.format.models import Columns, MetadataType


@dataclass(slots=True)
class Tally:
    """What was seen so far, whoever saw it: an export in documents, a recount in records.

    Dicts keep the order of first appearance. ``lists``: input -> whether any record has a list; ``metadata``: key -> kinds of
    values; ``vectors``: name -> sizes; ``explanation``: inputs.
    """

    records: int = 0
    lists: dict[str, bool] = field(default_factory=dict)
    metadata: dict[str, set[str]] = field(default_factory=dict)
    vectors: dict[str, set[int]] = field(default_factory=dict)
    explanation: dict[str, None] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    annotation_agents: Counter[str] = field(default_factory=Counter)
    prediction_agents: Counter[str] = field(default_factory=Counter)

    def columns(self, metadata_type: Callable[[str, set[str]], MetadataType]) -> Columns:
        """The columns that hold all that was seen; ``metadata_type`` decides for a key and the kinds of its values."""
        return Columns(
            inputs={name: "list[str]" if is_list else "str" for name, is_list in self.lists.items()},
            metadata={key: metadata_type(key, kinds) for key, kinds in self.metadata.items()},
            vectors={name: next(iter(sizes)) if len(sizes) == 1 else None for name, sizes in self.vectors.items()},
            explanation=list(self.explanation),
        )
