"""What all records of a dataset say together: the columns, the labels, and how many records have what. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from argilla_snapshot.format.legacy.tally import Tally
from argilla_snapshot.format.models import Columns, Dataset, Task
from exporter.documents import Document, dict_of
from exporter.legacy.agents import annotations
from exporter.legacy.reading import inputs_of, read, status_of
from exporter.legacy.rows import to_row
from exporter.losses import Losses, ignore
from exporter.metadata import metadata_type, value_kinds
from exporter.source import Listed

_NONE: frozenset[str] = frozenset()
#: Types whose values are all of one kind.
_PLAIN = {bool: "bool", float: "float", str: "str"}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt from all records; the members are those of ``argilla_snapshot.format.models.Dataset``.

    Attributes:
        labels: every label in an annotation or prediction of any agent, sorted.
    """

    records: int
    columns: Columns
    multi_label: bool | None
    labels: list[str]
    statuses: dict[str, int]
    annotation_agents: dict[str, int]
    prediction_agents: dict[str, int]


class Learning:
    """Learns from the documents of a dataset, holding none of them.

    Names come in the order in which they first appear, which is the same in every run: documents are sorted by id.

    Attributes:
        seen: what was seen so far.
    """

    def __init__(self, listed: Listed, seen: "Seen | None" = None) -> None:
        assert listed.task is not None
        self._listed, self._task = replace(listed, content={}), listed.task
        self.seen = seen or Seen()

    @property
    def records(self) -> int:
        """How many documents were seen."""
        return self.seen.records

    def anew(self) -> "Learning":
        """One of the same dataset that has seen nothing."""
        return Learning(self._listed)

    def see(self, documents: Iterable[Document]) -> "Learning":
        """Learns from more documents."""
        for document in documents:
            _see(self.seen, self._task, document)
        return self

    def merge(self, later: "Learning") -> "Learning":
        """Takes over what was learnt from later documents."""
        self.seen.add(later.seen)
        return self

    def shape(self) -> "Learning":
        """A copy of what decides the columns, without what is only counted."""
        return Learning(self._listed, self.seen.shape())

    def columns(self) -> tuple[Columns, bool | None]:
        """The columns, and whether a record is multi-label; None where no record tells."""
        multi_label = self.seen.multi_label if self._task == "TextClassification" and self.seen.records else None
        return self.seen.columns(lambda _key, kinds: metadata_type(kinds)), multi_label

    def described(self) -> Dataset:
        """As much of the dataset as decides its rows."""
        columns, multi_label = self.columns()
        return Dataset(self._listed.workspace, self._listed.name, self._task, 0, columns, multi_label)

    def row(self, document: Document, dataset: Dataset, losses: Losses) -> dict[str, Any]:
        """The row of a document of a dataset so described; what does not fit a column is counted."""
        return to_row(document, dataset, losses)

    def learnt(self) -> Learnt:
        """What all documents so far say."""
        seen, (columns, multi_label) = self.seen, self.columns()
        return Learnt(
            records=seen.records,
            columns=columns,
            multi_label=multi_label,
            labels=sorted(seen.labels),
            statuses=dict(sorted(seen.statuses.items())),
            annotation_agents=dict(sorted(seen.annotation_agents.items())),
            prediction_agents=dict(sorted(seen.prediction_agents.items())),
        )


@dataclass(slots=True)
class Seen(Tally):
    """What was seen so far in documents."""

    multi_label: bool = False

    def add(self, later: "Seen") -> None:
        """Adds what was seen in later documents."""
        self.records += later.records
        self.multi_label |= later.multi_label
        for name, is_list in later.lists.items():
            self.lists[name] = self.lists.get(name, False) or is_list
        for key, kinds in later.metadata.items():
            self.metadata.setdefault(key, set()).update(kinds)
        for name, sizes in later.vectors.items():
            self.vectors.setdefault(name, set()).update(sizes)
        self.explanation.update(later.explanation)
        self.labels |= later.labels
        self.statuses.update(later.statuses)
        self.annotation_agents.update(later.annotation_agents)
        self.prediction_agents.update(later.prediction_agents)

    def shape(self) -> "Seen":
        """A copy of what decides the columns."""
        copy = Seen()
        copy.add(replace(self, labels=set(), statuses=Counter(), annotation_agents=Counter(), prediction_agents=Counter()))
        return copy


def _see(seen: Seen, task: Task, document: Document) -> None:
    content, reading = document.content, read(task, document)
    seen.records += 1
    seen.statuses[status_of(content)] += 1
    for key, value in dict_of(content.get("metadata")).items():
        known = seen.metadata.get(key, _NONE)
        if _PLAIN.get(type(value)) not in known and not (kinds := value_kinds(value)) <= known:
            seen.metadata.setdefault(key, set()).update(kinds)
    for name, numbers in reading.vectors.items():
        seen.vectors.setdefault(name, set()).add(len(numbers))
    if task == "TextClassification":
        _see_inputs(seen, content)
    annotated = annotations(task, reading.annotations, multi_label=content.get("multi_label") is True, note=ignore)
    for entries, counts in ((annotated, seen.annotation_agents), (reading.predictions, seen.prediction_agents)):
        for agent in {agent for agent, value in entries if agent is not None and value is not None}:
            counts[agent] += 1
        if task != "Text2Text":
            for _, value in entries:
                seen.labels.update(_labels_in(value))


def _see_inputs(seen: Seen, content: dict[str, Any]) -> None:
    seen.multi_label |= content.get("multi_label") is True
    for name, value in inputs_of(content).items():
        if value is not None:
            seen.lists[name] = seen.lists.get(name, False) or isinstance(value, list)
    seen.explanation.update(dict.fromkeys(dict_of(content.get("explanation"))))


def _labels_in(value: Any) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [item["label"] if isinstance(item, dict) else item for item in items]
