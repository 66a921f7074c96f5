"""One record of a feedback dataset -> one record of Argilla 2.x, and notes on what did not fit: it arrives as it was. Pure.

The rules are those of argilla-server 2.8.0 (``validators/records.py``, ``validators/response_values.py``), as probed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackResponse, FeedbackSuggestion
from importer.errors import UnplannedError
from importer.mapping.cleaning import clean_text, valid_agent
from importer.mapping.images import BLANK
from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.mapping.vectors import carried
from importer.notes import Note
from importer.plan import Agent, DatasetPlan, FieldType, QuestionPlan

#: What a required field is filled with where it is missing.
_FILLED: dict[FieldType, Any] = {"text": "", "image": BLANK, "chat": [], "custom": {}}
#: Characters of a user's id by which two users who are gone are told apart.
_ID = 8


def external_id_of(record: FeedbackRecord) -> str:
    """The external id on the target: its own, or the old server's id, so that an import that is repeated does not double it."""
    return record.id if record.external_id is None else clean_text(record.external_id)


def annotators(responses: Iterable[FeedbackResponse], deleted: str) -> Iterator[tuple[str, FeedbackResponse]]:
    """Whose each response of a record is.

    Args:
        responses: those of one record.
        deleted: what those are called who are gone: with a part of their id where it is known, else the second one in a record with a number.
    """
    nameless = 0
    for response in responses:
        if response.username is not None:
            yield response.username, response
        elif response.user_id is not None:
            yield f"{deleted}-{response.user_id.replace('-', '')[:_ID]}", response
        else:
            nameless += 1
            yield (deleted if nameless == 1 else f"{deleted}-{nameless}"), response


def overhanging(record: FeedbackRecord, field: str, question: str) -> int:
    """How many characters a text lacks for all spans of a question to end in it; 0 where they do."""
    text = record.fields.get(field)
    said = [response.values.get(question) for response in record.responses]
    if question in record.suggestions:
        said.append(record.suggestions[question].value)
    ends = [span["end"] for spans in said for span in spans or ()]
    return max([0, *(end - len(text) for end in ends)]) if isinstance(text, str) else 0


class FeedbackMapper:
    """Maps the records of one feedback dataset by its plan."""

    def __init__(self, dataset: DatasetPlan, agents: list[Agent]) -> None:
        self._plan = dataset
        self._agents = {agent.agent: agent for agent in agents}
        self._fields = {plan.source: plan for plan in dataset.fields}
        self._questions = {plan.source: plan for plan in dataset.questions if plan.source is not None}
        self._metadata = {plan.source: plan.name for plan in dataset.properties}
        self._vectors = {plan.source: plan for plan in dataset.vectors}
        fields = {plan.name: plan.source for plan in dataset.fields}
        spans = [plan for plan in self._questions.values() if plan.type == "span"]
        self._marked = [(fields[str((plan.settings or {})["field"])], str(plan.source)) for plan in spans]

    def map(self, record: FeedbackRecord) -> tuple[TargetRecord, list[Note]]:
        """The record as the target is to hold it, and what happened to it on the way."""
        notes: list[Note] = []
        if record.external_id is None:
            notes.append(Note("external_id_made"))
        elif external_id_of(record) != record.external_id:
            notes.append(Note("text_cleaned"))
        mapped = TargetRecord(
            external_id=external_id_of(record),
            fields=dict(self._mapped_fields(record, notes)),
            metadata={self._metadata.get(key, key): value for key, value in record.metadata.items()},
            vectors=carried(record.vectors, self._vectors, self._plan.vectors_lost, notes),
            suggestions=list(self._suggestions(record, notes)),
            responses=self._responses(record, notes),
            padded=self._padded(record, notes),
            inserted_at=record.inserted_at,
            updated_at=record.updated_at,
        )
        if record.status == "completed" and not self._completes(record):
            notes.append(Note("record_pending_again"))
        return mapped, notes

    def _mapped_fields(self, record: FeedbackRecord, notes: list[Note]) -> Iterator[tuple[str, Any]]:
        for name, value in record.fields.items():
            plan = self._fields.get(name)
            if plan is None:
                raise self._unplanned(f"field {name!r}")
            if plan.as_text:
                notes.append(Note("field_as_text", name))
            yield plan.name, to_json(value).decode() if plan.as_text and not isinstance(value, str) else value
        for plan in self._fields.values():
            if plan.source in record.fields:
                continue
            if plan.required:
                notes.append(Note("input_missing_filled", plan.source))
                yield plan.name, _FILLED[plan.type]
            elif plan.says_null or not record.fields:  # 2.x takes no record that names no field
                yield plan.name, None

    def _padded(self, record: FeedbackRecord, notes: list[Note]) -> dict[str, str]:
        if not self._plan.pads:
            return {}
        padded: dict[str, str] = {}
        for field, question in self._marked:
            lacking = overhanging(record, field, question)
            if lacking:
                notes.append(Note("span_after_text", question))
                text, name = record.fields[field], self._fields[field].name
                padded[name] = max(padded.get(name, ""), text + " " * lacking, key=len)
        return padded

    # --- suggestions and responses ---

    def _suggestions(self, record: FeedbackRecord, notes: list[Note]) -> Iterator[Suggestion]:
        for name, suggestion in record.suggestions.items():
            plan = self._questions.get(name)
            if plan is None:
                notes.append(Note("question_lost", name))
                continue
            value = self._value(record, plan, suggestion.value, notes)
            agent = valid_agent(suggestion.agent)
            if agent != suggestion.agent:
                notes.append(Note("agent_changed", f"{suggestion.agent} -> {agent}"))
            times = suggestion.inserted_at, suggestion.updated_at
            yield Suggestion(plan.name, value, _score(suggestion, value, notes), agent, suggestion.type, *times)

    def _responses(self, record: FeedbackRecord, notes: list[Note]) -> list[Response]:
        responses: dict[str, Response] = {}
        for name, response in annotators(record.responses, self._plan.deleted_user):
            agent = self._agents.get(name)
            if agent is None:
                raise self._unplanned(f"annotator {name!r}")
            if response.username is None:
                notes.append(Note("deleted_user"))
            if agent.username is None:
                notes.append(Note("unknown_annotator_skipped", name))
            elif agent.username in responses:
                notes.append(Note("second_annotation_of_user", f"{name} -> {agent.username}"))
            else:
                values = dict(self._values(record, response, notes))
                times = response.inserted_at, response.updated_at
                responses[agent.username] = Response(agent.username, _status(response), values, *times)
        return list(responses.values())

    def _values(self, record: FeedbackRecord, response: FeedbackResponse, notes: list[Note]) -> Iterator[tuple[str, Any]]:
        for name, value in response.values.items():
            plan = self._questions.get(name)
            if plan is None:
                notes.append(Note("question_lost", name))
            else:
                yield plan.name, self._value(record, plan, value, notes)

    def _value(self, record: FeedbackRecord, plan: QuestionPlan, value: Any, notes: list[Note]) -> Any:
        if plan.as_labels:
            return str(value)
        if plan.type != "span" or self._plan.pads:
            return value
        field = next(field for field, question in self._marked if question == plan.source)
        text = record.fields.get(field)
        if not isinstance(text, str):
            return value
        inside = [span for span in value if span["end"] <= len(text)]
        notes += [Note("span_dropped", str(plan.source))] * (len(value) - len(inside))
        return inside

    def _completes(self, record: FeedbackRecord) -> bool:
        """Whether the target counts a record as complete by the responses that come with it."""
        needed = (self._plan.distribution or {}).get("min_submitted", 1)
        submitted = sum(response.status == "submitted" for response in record.responses)
        return submitted >= int(needed)

    def _unplanned(self, what: str) -> UnplannedError:
        return UnplannedError(
            f"{self._plan.source}: {what} is not in the plan of this import: the snapshot was edited after it began. --restart begins anew."
        )


def _status(response: FeedbackResponse) -> Any:
    return "draft" if response.status == "pending" else response.status


def _score(suggestion: FeedbackSuggestion, value: Any, notes: list[Note]) -> Any:
    """The score where 2.x takes it: one, or as many as there are values, in [0, 1]."""
    score = suggestion.score
    if score is None:
        return None
    scores = score if isinstance(score, list) else [score]
    fits = len(score) == len(value) if isinstance(score, list) and isinstance(value, list) else not isinstance(score, list)
    if fits and all(0 <= one <= 1 for one in scores):
        return score
    notes.append(Note("score_dropped"))
    return None
