"""What all records of a dataset together ask of the target: one pass, counts and sets only, no record kept.

The snapshot's own lists (labels, sizes, types) are not used here: the typed columns may have been edited since.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from argilla_snapshot.format.models import Record, Span, Task
from importer.mapping.cleaning import clean_text
from importer.mapping.legacy import MAX_FLOAT32

INT64 = range(-(2**63), 2**63)
#: Integers up to this are exact as floats.
EXACT = range(-(2**53), 2**53 + 1)
#: Lucene's limit for a term, in UTF-8 bytes.
MAX_TERM = 32_766


@dataclass(slots=True)
class KeyFacts:
    """The kinds of values that a metadata key has."""

    kinds: set[str] = field(default_factory=set)
    indexable: bool = True

    def see(self, value: Any) -> None:
        """Takes one value into account; a list counts by its items."""
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list):
            self.kinds.add("list")
        for item in items:
            self.kinds.add("exact int" if type(item) is int and item not in EXACT else type(item).__name__)
            self.indexable = self.indexable and _indexable(item)

    @property
    def property_type(self) -> str | None:
        """``integer``, ``float``, ``terms``, or None where the target can't index the values."""
        if not self.indexable or not self.kinds - {"list"}:
            return None
        if self.kinds <= {"int", "exact int"}:
            return "integer"
        if self.kinds <= {"int", "float"}:
            return "float"
        return "terms"


def _indexable(item: Any) -> bool:
    if isinstance(item, bool):
        return True
    if isinstance(item, int):
        return item in INT64
    if isinstance(item, float):
        return math.isfinite(item) and abs(item) <= MAX_FLOAT32
    return isinstance(item, str) and len(clean_text(item).encode()) <= MAX_TERM


@dataclass(slots=True)
class Survey:
    """What the records of one dataset hold.

    Attributes:
        task: its task: texts of text2text are no labels.
        inputs: input name -> number of records that have it, in first-seen order.
        labels: labels of predictions and annotations.
        empty_annotations: records that need an option for "no label".
        agents: annotation agent (None: nobody known) -> number of annotations.
        metadata: key -> kinds of values.
        vectors: name -> dimensions -> count.
        texts: the most predicted texts that one record has (text2text).
        changed_ids: an id that the target can keep -> the few ids that become it and are not the same.
    """

    task: Task
    records: int = 0
    inputs: Counter[str] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)
    empty_annotations: int = 0
    overlaps: int = 0
    agents: Counter[str | None] = field(default_factory=Counter)
    metadata: dict[str, KeyFacts] = field(default_factory=dict)
    vectors: dict[str, Counter[int]] = field(default_factory=dict)
    timestamps: int = 0
    texts: int = 0
    changed_ids: dict[str, list[str]] = field(default_factory=dict)

    def see(self, record: Record) -> None:
        """Takes one record into account."""
        self.records += 1
        if (id_ := clean_text(record.id)) != record.id:
            self.changed_ids.setdefault(id_, []).append(record.id)
        self.inputs.update(record.inputs.keys())
        self.timestamps += record.event_timestamp is not None
        for key, value in record.metadata.items():
            self.metadata.setdefault(key, KeyFacts()).see(value)
        for name, vector in record.vectors.items():
            if vector:  # the target has no vectors without numbers
                self.vectors.setdefault(name, Counter())[len(vector)] += 1
        for prediction in record.predictions:
            self._see_values(prediction.values)
        if record.predictions:
            self.texts = max(self.texts, len(record.predictions[0].values))
        self._see_annotations(record)

    def _see_annotations(self, record: Record) -> None:
        for annotation in record.annotations:
            self.agents[annotation.agent] += 1
            if not isinstance(annotation.value, str):
                self._see_values(annotation.value)
                self.empty_annotations += not annotation.value
            elif self.task == "TextClassification":
                self.labels.add(annotation.value)
        if not record.annotations and record.status in ("Validated", "Discarded"):
            self.agents[None] += 1
            self.empty_annotations += record.status == "Validated"

    def _see_values(self, values: Iterable[Any]) -> None:
        spans = []
        for value in values:
            if isinstance(value, str):
                self.labels.add(value)
            elif hasattr(value, "label"):
                self.labels.add(value.label)
            if isinstance(value, Span):
                spans.append((value.start, value.end))
        spans.sort()
        self.overlaps += any(second[0] < first[1] for first, second in pairwise(spans))


def survey(records: Iterable[Record], task: Task) -> Survey:
    """Reads all records once."""
    result = Survey(task)
    for record in records:
        result.see(record)
    return result
