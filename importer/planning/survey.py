"""What all records of a dataset together ask of the target: one pass, counts and sets only, no record kept.

The snapshot's own lists (labels, sizes, types) are not used here: the typed columns may have been edited since.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from argilla_snapshot.format.models import Record, Span
from importer.mapping.answers import Rules, answers, left_out
from importer.mapping.cleaning import clean_text, json_safe
from importer.mapping.images import IMAGE_KEY, is_image
from importer.mapping.vectors import MAX_FLOAT32
from importer.plan import PropertyType, Unified
from importer.planning.shapes import EXACT, MIXED, Shape, merged, shape_of

INT64 = range(-(2**63), 2**63)
#: Lucene's limit for a term, in UTF-8 bytes.
MAX_TERM = 32_766


@dataclass(slots=True)
class KeyFacts:
    """The kinds of values that a metadata key has."""

    kinds: set[str] = field(default_factory=set)
    indexable: bool = True
    single: bool = False
    shape: Shape = None

    def see(self, value: Any) -> None:
        """Takes one value into account; a list counts by its items."""
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list):
            self.kinds.add("list")
        else:
            self.single = True
        for item in items:
            self.kinds.add("exact int" if type(item) is int and item not in EXACT else type(item).__name__)
            self.indexable = self.indexable and _indexable(item)
        self.shape = merged(self.shape, shape_of(json_safe(value)))

    @property
    def property_type(self) -> PropertyType | None:
        """``integer``, ``float``, ``terms``, or None where the target can't index the values."""
        if not self.indexable or not self.kinds - {"list"}:
            return None
        if self.kinds <= {"int", "exact int"}:
            return "integer"
        if self.kinds <= {"int", "float"}:
            return "float"
        return "terms"

    def unified(self, type_: PropertyType | None) -> Unified | None:
        """What values of that type have to become where they have no type in common."""
        if type_ is None:
            return "text" if self.shape == MIXED else None
        return "list" if self.single and "list" in self.kinds else None


def _indexable(item: Any) -> bool:
    if isinstance(item, bool):
        return True
    if isinstance(item, int):
        return item in INT64
    if isinstance(item, float):
        return math.isfinite(item) and abs(item) <= MAX_FLOAT32
    return isinstance(item, str) and (len(item) <= MAX_TERM // 4 or len(clean_text(item).encode()) <= MAX_TERM)


@dataclass(slots=True)
class Survey:
    """What the records of one dataset hold.

    Attributes:
        rules: what decides over its records.
        left_out: records that are not imported; nothing else counts them.
        statuses: the statuses that there are.
        inputs: input name -> number of records that have it, in first-seen order.
        labels: labels of predictions and annotations.
        empty_annotations: records that need an option for "no label".
        agents: annotation agent (None: nobody known) -> number of records that it annotated.
        metadata: key -> kinds of values.
        vectors: name -> dimensions -> count.
        images: whether an image field takes what 1.x showed as a picture -> number of records.
        texts: the most predicted texts that one record has (text2text).
        changed_ids: an id that the target can keep -> the few ids that become it and are not the same.
    """

    rules: Rules
    records: int = 0
    left_out: int = 0
    statuses: set[str] = field(default_factory=set)
    inputs: Counter[str] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)
    empty_annotations: int = 0
    overlaps: int = 0
    agents: Counter[str | None] = field(default_factory=Counter)
    metadata: defaultdict[str, KeyFacts] = field(default_factory=lambda: defaultdict(KeyFacts))
    vectors: dict[str, Counter[int]] = field(default_factory=dict)
    timestamps: int = 0
    images: Counter[bool] = field(default_factory=Counter)
    texts: int = 0
    changed_ids: dict[str, list[str]] = field(default_factory=dict)

    def see(self, record: Record) -> None:
        """Takes one record into account."""
        if left_out(record, self.rules.options):
            self.left_out += 1
            return
        self.records += 1
        self.statuses.add(record.status)
        if (id_ := clean_text(record.id)) != record.id:
            self.changed_ids.setdefault(id_, []).append(record.id)
        for name in record.inputs:
            self.inputs[name] += 1
        self.timestamps += record.event_timestamp is not None
        for key, value in record.metadata.items():
            self.metadata[key].see(value)
        if IMAGE_KEY in record.metadata:
            self.images[is_image(record.metadata[IMAGE_KEY])] += 1
        for name, vector in record.vectors.items():
            if vector:  # the target has no vectors without numbers
                self.vectors.setdefault(name, Counter())[len(vector)] += 1
        for prediction in record.predictions:
            self._see_values(prediction.values)
        if record.predictions:
            self.texts = max(self.texts, len(record.predictions[0].values))
        self._see_answers(record)

    def _see_answers(self, record: Record) -> None:
        said = answers(record, self.rules)
        for agent in {answer.agent for answer in said}:
            self.agents[agent] += 1
        for answer in said:
            if isinstance(answer.value, list):
                self._see_values(answer.value)
                self.empty_annotations += not answer.value
            elif answer.value is not None and self.rules.task == "TextClassification":
                self.labels.add(answer.value)

    def _see_values(self, values: Iterable[Any]) -> None:
        spans = []
        for value in values:
            if isinstance(value, str):
                self.labels.add(value)
            elif hasattr(value, "label"):
                self.labels.add(value.label)
            if isinstance(value, Span):
                spans.append((value.start, value.end))
        if spans:
            spans.sort()
            self.overlaps += any(second[0] < first[1] for first, second in pairwise(spans))


def survey(records: Iterable[Record], rules: Rules) -> Survey:
    """Reads all records once."""
    result = Survey(rules)
    for record in records:
        result.see(record)
    return result
