"""Labels, spans and texts as a dataset of the target takes them. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar

from argilla_snapshot.format.models import Span
from importer.errors import UnplannedError
from importer.mapping.cleaning import clean_text
from importer.notes import Note
from importer.plan import DatasetPlan

T = TypeVar("T")


def cleaned(text: str, notes: list[Note]) -> str:
    """The text as every target can keep it; a change is noted."""
    result = clean_text(text)
    if result != text:
        notes.append(Note("text_cleaned"))
    return result


class Values:
    """Turns values of the snapshot into those of one dataset, by its plan."""

    def __init__(self, dataset: DatasetPlan) -> None:
        self._source = dataset.source
        self._labels = {option.source: option.value for option in dataset.questions[0].options if option.source is not None}

    def planned(self, table: Mapping[Any, T], name: str | None, what: str) -> T:
        """What the plan says about a name; it was made from all records, so that only a later edit can bring a new one."""
        if name not in table:
            raise self.unplanned(f"{what} {name!r}")
        return table[name]

    def unplanned(self, what: str) -> UnplannedError:
        """The error of something that the plan does not know."""
        return UnplannedError(
            f"{self._source}: {what} is not in the plan of this import: the snapshot was edited after it began. --restart begins anew."
        )

    def label(self, label: str) -> str:
        """The value of the option that a label became."""
        return self.planned(self._labels, label, "label")

    def spans(self, spans: list[Span], text: str, notes: list[Note]) -> list[Span]:
        """Spans inside the text, in the order of their start (the target keeps the order it gets)."""
        kept = []
        for span in sorted(spans, key=lambda s: (s.start, s.end, s.label)):
            end = min(span.end, len(text))
            if not 0 <= span.start < end:
                notes.append(Note("span_dropped", f"{span.label} {span.start}-{span.end}"))
                continue
            if end != span.end:
                notes.append(Note("span_clipped", f"{span.label} {span.start}-{span.end}"))
            kept.append(span._replace(end=end))
        return kept

    def span(self, span: Span) -> dict[str, Any]:
        """A span as the target takes it."""
        return {"label": self.label(span.label), "start": span.start, "end": span.end}
