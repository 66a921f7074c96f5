"""What people and models said of a record, as 2.x asks for it: planning and mapping decide it here, and nowhere else. Pure."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from argilla_snapshot.format.models import Prediction, Record, ScoredLabel, Span, Task
from importer.notes import Note
from importer.options import ImportOptions


class Answer(NamedTuple):
    """What becomes a response: of an agent (None: nobody known). ``value`` None: nothing, of a record that was discarded."""

    agent: str | None
    value: list[str] | list[Span] | str | None


class Chosen(NamedTuple):
    """What of a prediction is suggested: labels or texts with the best first, or spans. ``values`` None: no suggestion."""

    values: list[Any] | None
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides over the records of one dataset."""

    task: Task
    multi_label: bool
    options: ImportOptions


#: The note of a record that is not imported.
LEFT_OUT = Note("discarded_left_out")


def left_out(record: Record, options: ImportOptions) -> bool:
    """Whether a record is not imported, as asked."""
    return record.status == "Discarded" and options.discarded == "leave-out"


def answers(record: Record, rules: Rules) -> list[Answer]:
    """The annotations of a record, or what a record has to say that was validated or discarded without one."""
    if record.annotations:
        return [Answer(annotation.agent, annotation.value) for annotation in record.annotations]
    if record.status == "Discarded":
        return [Answer(None, None)]
    if record.status == "Validated" and record.predictions and rules.options.validated_predictions == "submitted":
        values = chosen(record.predictions[0], rules).values
        return [] if values is None else [Answer(None, _annotated(values, rules))]
    return []


def _annotated(values: list[Any], rules: Rules) -> list[str] | list[Span] | str:
    """A suggestion as the value of an annotation."""
    if rules.task == "TokenClassification":
        return values
    if rules.task == "Text2Text":
        return str(values[0].text)
    return [label.label for label in values] if rules.multi_label else str(values[0].label)


def chosen(prediction: Prediction, rules: Rules) -> Chosen:
    """What of a prediction is suggested."""
    if rules.task == "TokenClassification":
        return Chosen(list(prediction.values), [])
    if not prediction.values:
        return Chosen(None, [Note("prediction_empty")])
    ranked: list[Any] = sorted(prediction.values, key=_rank, reverse=True)
    if rules.task == "Text2Text":
        return Chosen(ranked, [])
    labels = [value for value in ranked if isinstance(value, ScoredLabel)]
    if len(labels) > 1 and all(label.score == 0 for label in labels):
        return Chosen(None, [Note("labels_only_offered")])
    if not rules.multi_label:
        return Chosen(labels[:1], [Note("further_predicted_labels")] if len(labels) > 1 else [])
    return _likely(labels, rules.options.multi_label_threshold)


def _likely(labels: list[ScoredLabel], threshold: float) -> Chosen:
    """The labels above the threshold, each once, with its best score."""
    likely: dict[str, ScoredLabel] = {}
    notes = []
    for label in labels:
        if label.score is None or threshold == 0 or label.score > threshold:
            likely.setdefault(label.label, label)
        else:
            notes.append(Note("labels_below_threshold", label.label))
    return Chosen(list(likely.values()) or None, notes)


def _rank(value: Any) -> float:
    """For sorting by score; a missing one is last. Python's sort keeps the order of equal ones."""
    return -math.inf if value.score is None or math.isnan(value.score) else value.score
