"""The current prediction of a record -> suggestions. Pure."""

from typing import Any

from argilla_snapshot.format.models import Record
from importer.mapping.answers import Rules, chosen
from importer.mapping.cleaning import valid_agent
from importer.mapping.record import Score, Suggestion
from importer.mapping.values import Values, cleaned
from importer.notes import Note
from importer.plan import DatasetPlan, QuestionPlan


class Suggesting:
    """Makes the suggestions of the records of one dataset."""

    def __init__(self, dataset: DatasetPlan, values: Values, rules: Rules) -> None:
        self._questions, self._values, self._rules = dataset.questions, values, rules

    def suggestions(self, record: Record, text: str, notes: list[Note]) -> list[Suggestion]:
        """What 2.x shows of the current prediction; ``text``: the field in which spans are marked."""
        if not record.predictions:
            return []
        prediction, *others = record.predictions
        notes += [Note("prediction_of_other_agent", str(other.agent)) for other in others]
        agent = valid_agent(prediction.agent)
        if agent != prediction.agent:
            notes.append(Note("agent_changed", f"{prediction.agent} -> {agent}"))
        values, kinds = chosen(prediction, self._rules)
        notes += kinds
        if values is None:
            return []
        return [
            Suggestion(question.name, value, _score(scores, one=not isinstance(value, list), notes=notes), agent)
            for question, value, scores in self._asked(values, text, notes)
        ]

    def _asked(self, values: list[Any], text: str, notes: list[Note]) -> list[tuple[QuestionPlan, Any, list[float | None] | None]]:
        """A value and its scores for each question that gets one."""
        question = self._questions[0]
        if question.type == "span":
            spans = self._values.spans(values, text, notes)
            return [(question, [self._values.span(span) for span in spans], [span.score for span in spans] or None)]
        if question.type == "text":
            if len(values) > len(self._questions):
                notes.append(Note("further_predicted_texts"))
            return [(question, cleaned(said.text, notes), [said.score]) for question, said in zip(self._questions, values, strict=False)]
        labels, scores = [self._values.label(said.label) for said in values], [said.score for said in values]
        return [(question, labels if question.type == "multi_label_selection" else labels[0], scores)]


def _score(scores: list[float | None] | None, *, one: bool, notes: list[Note]) -> Score:
    if scores is None:
        return None
    good = [float(score) for score in scores if score is not None and 0 <= score <= 1]
    if len(good) != len(scores):
        notes.append(Note("score_dropped"))
        return None
    return good[0] if one else good
