"""The annotations and the status of a record -> responses. Pure."""

from typing import Any

from argilla_snapshot.format.models import Record, Span
from importer.mapping.answers import Answer, Rules, answers
from importer.mapping.record import Response, ResponseStatus
from importer.mapping.values import Values, cleaned
from importer.notes import Note
from importer.plan import Agent, DatasetPlan


class Responding:
    """Makes the responses of the records of one dataset."""

    def __init__(self, dataset: DatasetPlan, agents: list[Agent], values: Values, rules: Rules) -> None:
        self._plan, self._values, self._rules = dataset, values, rules
        self._question = dataset.questions[0]
        self._agents = {agent.agent: agent for agent in agents}

    def responses(self, record: Record, text: str, notes: list[Note]) -> list[Response]:
        """One response a user; ``text``: the field in which spans are marked."""
        said = answers(record, self._rules)
        notes += self._notes(record, said)
        status = self._status(record)
        responses: dict[str, Response] = {}
        agents_of: dict[str, str | None] = {}
        for answer in said:
            agent = self._values.planned(self._agents, answer.agent, "annotator")
            if agent.username is None:
                notes.append(Note("unknown_annotator_skipped", str(agent.agent)))
            elif agent.username not in responses:
                notes += self._notes_of(agent)
                responses[agent.username] = Response(agent.username, status, self._value(answer, text, notes))
                agents_of[agent.username] = answer.agent
            elif agents_of[agent.username] == answer.agent:
                notes.append(Note("further_annotation_texts"))
            else:
                notes.append(Note("second_annotation_of_user", f"{answer.agent} -> {agent.username}"))
        if record.status == "Discarded":
            others = [name for name in self._plan.discarded_by if name not in responses]
            responses |= {name: Response(name, "discarded", {}) for name in others}
        return list(responses.values())

    def _notes(self, record: Record, said: list[Answer]) -> list[Note]:
        kinds = []
        if len({answer.agent for answer in said}) > 1:
            kinds.append("status_of_record")
        if record.status == "Default" and said:
            kinds.append("default_with_annotation")
        if record.status == "Validated" and not record.annotations:
            submitted = "validated_prediction_submitted" if said else "validated_prediction"
            kinds.append(submitted if record.predictions else "validated_without_annotation")
        if record.status == "Discarded":
            kinds.append("discarded_by_everyone" if self._rules.options.discarded == "everyone" else "discarded")
        return [Note(kind) for kind in kinds]

    def _notes_of(self, agent: Agent) -> list[Note]:
        notes = [] if agent.agent else [Note("no_annotator")]
        choice = self._rules.options.unknown_annotators
        if not agent.known and choice in ("me", "one"):
            notes.append(Note(f"unknown_annotator_{choice}", str(agent.agent)))
        return notes

    def _status(self, record: Record) -> ResponseStatus:
        if record.status == "Default":
            return self._rules.options.default_annotation
        return {"Validated": "submitted", "Discarded": "discarded"}.get(record.status, "draft")  # type: ignore[return-value]

    def _value(self, answer: Answer, text: str, notes: list[Note]) -> dict[str, Any]:
        """The values of a response; never None, which a 2.x server takes and then fails to index."""
        name, value = self._question.name, answer.value
        if value is None:
            return {}
        if self._question.type == "span":
            spans = self._values.spans([span for span in value if isinstance(span, Span)], text, notes)
            return {name: [self._values.span(span) for span in spans]}
        if self._question.type == "multi_label_selection":
            labels = [self._values.label(label) for label in dict.fromkeys(v for v in value if isinstance(v, str))]
            if not labels:
                if self._plan.no_label is None:
                    raise self._values.unplanned("an empty annotation")
                notes.append(Note("empty_annotation"))
            return {name: labels or [self._plan.no_label]}
        if not isinstance(value, str):
            raise self._values.unplanned("an annotation with several labels")
        return {name: self._values.label(value) if self._question.type == "label_selection" else cleaned(value, notes)}
