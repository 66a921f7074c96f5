"""One record of a legacy dataset -> one record of Argilla 2.x, and notes on what did not fit. Pure.

The rules are those of argilla-server 2.8.0 (``validators/records.py``, ``api/schemas/v1``), as probed.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from argilla_snapshot.format.models import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span
from importer.errors import UnplannedError
from importer.mapping.cleaning import clean_text, json_safe, valid_agent
from importer.mapping.record import Response, ResponseStatus, Score, Suggestion, TargetRecord
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan, QuestionPlan

T = TypeVar("T")

#: A search index keeps floats in 32 bits and refuses larger ones.
MAX_FLOAT32 = 3.4028235e38


class Mapper:
    """Maps the records of one dataset by its plan."""

    def __init__(self, dataset: DatasetPlan, agents: list[Agent], options: ImportOptions) -> None:
        self._plan = dataset
        self._agents = {agent.agent: agent for agent in agents}
        self._options = options
        self._question = dataset.questions[0]
        self._values = {option.source: option.value for option in self._question.options if option.source is not None}
        self._properties = {plan.source: plan for plan in dataset.properties}
        self._vectors = {plan.source: plan for plan in dataset.vectors}

    def map(self, record: Record) -> tuple[TargetRecord, list[Note]]:
        """The record as the target is to hold it, and what happened to it on the way."""
        notes: list[Note] = []
        fields = self._fields(record, notes)
        text = fields.get(self._plan.fields[0].name, "")
        mapped = TargetRecord(
            external_id=self._clean(record.id, notes),
            fields=fields,
            metadata=self._metadata(record, notes),
            vectors=self._map_vectors(record, notes),
            suggestions=self._suggestions(record, text, notes),
            responses=self._responses(record, text, notes),
        )
        if record.last_updated is not None:
            notes.append(Note("last_updated"))
        return mapped, notes

    def _clean(self, text: str, notes: list[Note]) -> str:
        cleaned = clean_text(text)
        if cleaned != text:
            notes.append(Note("text_cleaned"))
        return cleaned

    def _planned(self, table: Mapping[Any, T], name: str | None, what: str) -> T:
        """What the plan says about a name; it was made from all records, so that only a later edit can bring a new one."""
        if name not in table:
            raise self._unplanned(f"{what} {name!r}")
        return table[name]

    def _unplanned(self, what: str) -> UnplannedError:
        return UnplannedError(
            f"{self._plan.source}: {what} is not in the plan of this import: the snapshot was edited after it began. --restart begins anew."
        )

    def _value_of(self, label: str) -> str:
        return self._planned(self._values, label, "label")

    # --- fields, metadata, vectors ---

    def _fields(self, record: Record, notes: list[Note]) -> dict[str, str]:
        fields = {}
        for plan in self._plan.fields:
            given = record.inputs.get(plan.source)
            if isinstance(given, list) and len(given) != 1:
                notes.append(Note("input_list_joined", plan.source))
            value = "\n".join(given) if isinstance(given, list) else given
            if value is None and plan.required:
                notes.append(Note("input_missing_filled", plan.source))
                value = ""
            if value is not None:
                fields[plan.name] = self._clean(value, notes)
        if not fields:  # 2.x refuses a record without any field
            first = self._plan.fields[0]
            notes.append(Note("input_missing_filled", first.source))
            fields[first.name] = ""
        return fields

    def _metadata(self, record: Record, notes: list[Note]) -> dict[str, Any]:
        metadata: dict[str, Any] = {}
        for key, value in record.metadata.items():
            plan = self._planned(self._properties, key, "metadata")
            metadata[plan.name] = self._typed(value, plan.type, key, notes)
        if self._plan.event_timestamp and record.event_timestamp is not None:
            metadata[self._plan.event_timestamp] = milliseconds(record.event_timestamp)
        for kind, name, kept in (("tokens", self._plan.tokens, record.tokens), ("explanation", self._plan.explanation, record.explanation)):
            if kept is not None and name is not None:
                metadata[name] = self._json_safe(kept, kind, notes)
            elif kept is not None:
                notes.append(Note(kind))
        return metadata

    def _typed(self, value: Any, type_: str | None, key: str, notes: list[Note]) -> Any:
        if type_ in ("float", "integer") and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise self._unplanned(f"metadata {key!r} that is no number")
        if type_ == "float":
            return float(value)
        if type_ == "terms":
            if not (isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))):
                notes.append(Note("metadata_as_text", key))
            return [self._term(item, notes) for item in value] if isinstance(value, list) else self._term(value, notes)
        if type_ is None:
            notes.append(Note("metadata_without_property", key))
            return self._json_safe(value, key, notes)
        return value

    def _term(self, value: Any, notes: list[Note]) -> str:
        return str(value).lower() if isinstance(value, bool) else self._clean(str(value), notes)

    def _json_safe(self, value: Any, key: str, notes: list[Note]) -> Any:
        safe = json_safe(value)
        if safe != value:
            notes.append(Note("metadata_cleaned", key))
        return safe

    def _map_vectors(self, record: Record, notes: list[Note]) -> dict[str, list[float]]:
        vectors = {}
        for name, value in record.vectors.items():
            plan = self._vectors.get(name)
            if plan is None:
                notes.append(Note("vector_over_limit" if value else "vector_wrong_size", name))
            elif kind := _vector_trouble(value, plan.dimensions):
                notes.append(Note(kind, name))
            else:
                vectors[plan.name] = value
        return vectors

    # --- suggestions ---

    def _suggestions(self, record: Record, text: str, notes: list[Note]) -> list[Suggestion]:
        if not record.predictions:
            return []
        prediction, *others = record.predictions
        notes += [Note("prediction_of_other_agent", str(other.agent)) for other in others]
        agent = valid_agent(prediction.agent)
        if agent != prediction.agent:
            notes.append(Note("agent_changed", f"{prediction.agent} -> {agent}"))
        suggest: Callable[[Prediction, str, list[Note]], list[tuple[QuestionPlan, Any, list[float | None] | None]]] = {
            "label_selection": self._suggest_label,
            "multi_label_selection": self._suggest_labels,
            "span": self._suggest_spans,
            "text": self._suggest_texts,
        }[self._question.type]
        return [
            Suggestion(question.name, value, _score(scores, one=not isinstance(value, list), notes=notes), agent)
            for question, value, scores in suggest(prediction, text, notes)
        ]

    def _suggest_label(
        self, prediction: Prediction, _: str, notes: list[Note]
    ) -> list[tuple[QuestionPlan, Any, list[float | None] | None]]:
        if not prediction.values:
            notes.append(Note("prediction_empty"))
            return []
        best = max(prediction.values, key=_rank)
        assert isinstance(best, ScoredLabel)
        if len(prediction.values) > 1:
            notes.append(Note("further_predicted_labels"))
        return [(self._question, self._value_of(best.label), [best.score])]

    def _suggest_labels(
        self, prediction: Prediction, _: str, notes: list[Note]
    ) -> list[tuple[QuestionPlan, Any, list[float | None] | None]]:
        threshold = self._options.multi_label_threshold
        chosen: dict[str, float | None] = {}
        for label, score in sorted((v for v in prediction.values if isinstance(v, ScoredLabel)), key=_rank, reverse=True):
            if score is None or threshold == 0 or score > threshold:
                chosen.setdefault(label, score)
            else:
                notes.append(Note("labels_below_threshold", label))
        if not chosen:
            notes += [] if prediction.values else [Note("prediction_empty")]
            return []
        return [(self._question, [self._value_of(label) for label in chosen], list(chosen.values()))]

    def _suggest_spans(
        self, prediction: Prediction, text: str, notes: list[Note]
    ) -> list[tuple[QuestionPlan, Any, list[float | None] | None]]:
        spans = self._spans([v for v in prediction.values if isinstance(v, Span)], text, notes)
        return [(self._question, [self._span_value(span) for span in spans], [span.score for span in spans] or None)]

    def _suggest_texts(
        self, prediction: Prediction, _: str, notes: list[Note]
    ) -> list[tuple[QuestionPlan, Any, list[float | None] | None]]:
        texts = sorted((v for v in prediction.values if isinstance(v, ScoredText)), key=_rank, reverse=True)
        if not texts:
            notes.append(Note("prediction_empty"))
        if len(texts) > len(self._plan.questions):
            notes.append(Note("further_predicted_texts"))
        return [
            (question, self._clean(text.text, notes), [text.score]) for question, text in zip(self._plan.questions, texts, strict=False)
        ]

    def _spans(self, spans: list[Span], text: str, notes: list[Note]) -> list[Span]:
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

    def _span_value(self, span: Span) -> dict[str, Any]:
        return {"label": self._value_of(span.label), "start": span.start, "end": span.end}

    # --- responses ---

    def _responses(self, record: Record, text: str, notes: list[Note]) -> list[Response]:
        annotations = record.annotations or self._annotations_of_nobody(record, notes)
        discarded_by_nobody = record.status == "Discarded" and not record.annotations
        if len({annotation.agent for annotation in annotations}) > 1:
            notes.append(Note("status_of_record"))
        if record.status == "Default" and annotations:
            notes.append(Note("default_with_annotation"))
        responses: dict[str, Response] = {}
        agents_of: dict[str, str | None] = {}
        for annotation in annotations:
            agent = self._planned(self._agents, annotation.agent, "annotator")
            if agent.username is None:
                notes.append(Note("unknown_annotator_skipped", str(agent.agent)))
            elif agent.username not in responses:
                if not annotation.agent:
                    notes.append(Note("no_annotator"))
                if not agent.known and self._options.unknown_annotators == "me":
                    notes.append(Note("unknown_annotator_me", str(agent.agent)))
                values = {} if discarded_by_nobody else self._value(annotation, text, notes)
                responses[agent.username] = Response(agent.username, self._status(record), values)
                agents_of[agent.username] = annotation.agent
            elif agents_of[agent.username] == annotation.agent:
                notes.append(Note("further_annotation_texts"))
            else:
                notes.append(Note("second_annotation_of_user", f"{annotation.agent} -> {agent.username}"))
        return list(responses.values())

    def _annotations_of_nobody(self, record: Record, notes: list[Note]) -> list[Annotation]:
        """A record can be validated or discarded without an annotation; nothing says by whom."""
        if record.status == "Discarded":
            return [Annotation(None, [])]
        if record.status == "Validated":
            if self._question.type in ("multi_label_selection", "span"):
                return [Annotation(None, [])]
            notes.append(Note("validated_without_annotation"))
        return []

    def _status(self, record: Record) -> ResponseStatus:
        if record.status == "Default":
            return self._options.default_annotation
        return {"Validated": "submitted", "Discarded": "discarded"}.get(record.status, "draft")  # type: ignore[return-value]

    def _value(self, annotation: Annotation, text: str, notes: list[Note]) -> dict[str, Any]:
        """The values of a response; never None, which a 2.x server takes and then fails to index."""
        name, value = self._question.name, annotation.value
        if self._question.type == "span":
            spans = self._spans([span for span in value if isinstance(span, Span)], text, notes)
            return {name: [self._span_value(span) for span in spans]}
        if self._question.type == "multi_label_selection":
            labels = [self._value_of(label) for label in dict.fromkeys(v for v in value if isinstance(v, str))]
            if not labels:
                if self._plan.no_label is None:
                    raise self._unplanned("an empty annotation")
                notes.append(Note("empty_annotation"))
            return {name: labels or [self._plan.no_label]}
        if not isinstance(value, str):
            raise self._unplanned("an annotation with several labels")
        return {name: self._value_of(value) if self._question.type == "label_selection" else self._clean(value, notes)}


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, of a naive time in UTC."""
    delta = moment.replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000


def _rank(value: Any) -> float:
    """For sorting by score; a missing one is last. Python's sort keeps the order of equal ones."""
    return -math.inf if value.score is None or math.isnan(value.score) else value.score


def _score(scores: list[float | None] | None, *, one: bool, notes: list[Note]) -> Score:
    if scores is None:
        return None
    good = [float(score) for score in scores if score is not None and 0 <= score <= 1]
    if len(good) != len(scores):
        notes.append(Note("score_dropped"))
        return None
    return good[0] if one else good


def _vector_trouble(value: list[float], dimensions: int) -> str | None:
    """The kind of note for a vector that the search engine would refuse, which makes the whole record invisible."""
    if len(value) != dimensions:
        return "vector_wrong_size"
    # Cosine similarity needs the square of the length in 32 bits. Where that is infinite or zero, the vector search of
    # the whole dataset fails (seen on OpenSearch 2.13); zero is the square of anything below 1e-22.
    length = math.hypot(*value)
    if not length * length <= MAX_FLOAT32:
        return "vector_not_finite"
    return None if any(abs(x) > 1e-22 for x in value) else "vector_zero"
