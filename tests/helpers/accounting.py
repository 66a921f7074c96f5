"""What of a record of the snapshot is neither in the record for the target nor in a note about it: nothing may be.

This says again what the mapping promises, part by part, without the mapping's own code but for the plan's names.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from argilla_snapshot.format.record import Annotation, Record, ScoredLabel, ScoredText, Span
from importer.mapping.record import Response, TargetRecord
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan


class Account:
    """The account of one record."""

    def __init__(
        self,
        record: Record,
        mapped: TargetRecord,
        notes: list[Note],
        plan: DatasetPlan,
        agents: list[Agent],
        options: ImportOptions,
    ) -> None:
        self.record, self.mapped, self.plan, self.options = record, mapped, plan, options
        self.noted = {note.kind for note in notes}
        self.agents = {agent.agent: agent for agent in agents}
        self.values = {option.source: option.value for option in plan.questions[0].options if option.source is not None}

    def missing(self) -> list[str]:
        """Everything that is unaccounted for."""
        found = [*self._text("id", self.record.id, self.mapped.external_id), *self._fields(), *self._metadata(), *self._extras()]
        return [*found, *self._vectors(), *self._predictions(), *self._annotations(), *self._without_annotation()]

    def _unless(self, fine: bool, what: str, *kinds: str) -> Iterator[str]:  # noqa: FBT001
        if not fine and not self.noted.intersection(kinds):
            yield what

    def _text(self, what: str, before: str, after: Any) -> Iterator[str]:
        yield from self._unless(before == after, f"{what} was {before!r} and is {after!r}", "text_cleaned")
        yield from self._unless(isinstance(after, str) and len(before) == len(after), f"{what} has another length")

    # --- fields, metadata, vectors ---

    def _fields(self) -> Iterator[str]:
        names = {field.source: field.name for field in self.plan.fields if field.type == "text"}
        images = {field.name: self.record.metadata.get(field.source) for field in self.plan.fields if field.type == "image"}
        for source, value in self.record.inputs.items():
            if isinstance(value, list):
                yield from self._unless(len(value) == 1, f"list input {source!r}", "input_list_joined")
            yield from self._text(
                f"input {source!r}", "\n".join(value) if isinstance(value, list) else value, self.mapped.fields[names[source]]
            )
        given = {names[source] for source in self.record.inputs} | {name for name in images if name in self.mapped.fields}
        for name in images.keys() & self.mapped.fields.keys():
            same = self.mapped.fields[name] == images[name]
            yield from self._unless(same, f"the picture {images[name]!r}", "image_missing_filled")
        filled = {name: text for name, text in self.mapped.fields.items() if name not in given}
        yield from self._unless(not filled, f"fields from nowhere: {filled}", "input_missing_filled")
        yield from self._unless(not any(filled.values()), f"fields with invented text: {filled}")

    def _metadata(self) -> Iterator[str]:
        plans = {plan.source: plan for plan in self.plan.properties}
        for key, value in self.record.metadata.items():
            if key == "_image_url" and "image" in self.noted:
                continue
            plan, found = plans[key], self.mapped.metadata[plans[key].name]
            same = _same(found, value)
            kinds = ("metadata_as_text", "metadata_cleaned", "text_cleaned", "metadata_unified")
            yield from self._unless(same, f"metadata {key!r} was {value!r}", *kinds)
            kind = "metadata_protected" if key.startswith("_") else "metadata_without_property"
            yield from self._unless(plan.type is not None, f"metadata {key!r} has no property", kind)
            yield from self._unless(plan.type is None or not key.startswith("_"), f"metadata {key!r} has a property")

    def _extras(self) -> Iterator[str]:
        """What the import adds to the metadata, and that it adds nothing else."""
        added: dict[str, Any] = {}
        if self.plan.status is not None:
            added[self.plan.status] = self.record.status
        yield from self._unless(
            self.plan.status is not None or not self.options.status or self.record.status == "Default", f"the status {self.record.status}"
        )
        moment = self.record.event_timestamp
        if moment is not None and self.plan.event_timestamp is not None:
            added[self.plan.event_timestamp] = (moment - moment.min) // timedelta(milliseconds=1) - 62_135_596_800_000
        yield from self._unless(moment is None or bool(added), "the timestamp")
        for kind, value, name in (
            ("tokens", self.record.tokens, self.plan.tokens),
            ("explanation", self.record.explanation, self.plan.explanation),
        ):
            if value is not None and name is not None:
                added[name] = self.mapped.metadata[name]
                yield from self._unless(_same(added[name], value), kind, "metadata_cleaned")
            yield from self._unless(value is None or name is not None, kind, kind)
        names = {plan.name for plan in self.plan.properties if plan.source in self.record.metadata}
        rest = {name: value for name, value in self.mapped.metadata.items() if name not in names}
        yield from self._unless(rest == added and not names & set(added), f"added metadata: {rest}, not {added}")
        yield from self._unless(self.record.last_updated is None, "the time of the last change", "last_updated")

    def _vectors(self) -> Iterator[str]:
        names = {vector.source: vector.name for vector in self.plan.vectors}
        kept = 0
        for source, value in self.record.vectors.items():
            found = self.mapped.vectors.get(names.get(source, ""))
            kept += found == value
            kinds = ("vector_zero", "vector_not_finite", "vector_wrong_size")
            if source in self.plan.vectors_lost:
                kinds = ("vector_over_limit",) if self.options.vectors else ("vector_left_out",)
            yield from self._unless(found == value, f"vector {source!r}", *kinds)
        yield from self._unless(kept == len(self.mapped.vectors), "vectors from nowhere")

    # --- suggestions ---

    def _predictions(self) -> Iterator[str]:
        suggested = {suggestion.question: suggestion for suggestion in self.mapped.suggestions}
        if not self.record.predictions:
            yield from self._unless(not suggested, "suggestions from nowhere")
            return
        first, *others = self.record.predictions
        yield from self._unless(not others, "predictions of other agents", "prediction_of_other_agent")
        yield from self._unless(bool(first.values) or self.plan.task == "TokenClassification", "an empty prediction", "prediction_empty")
        for suggestion in suggested.values():
            yield from self._unless(suggestion.agent == first.agent, "the agent of a prediction", "agent_changed")
        if self.plan.task == "Text2Text":
            yield from self._predicted_texts([value for value in first.values if isinstance(value, ScoredText)])
        elif self.plan.task == "TokenClassification":
            (suggestion,) = suggested.values()
            yield from self._spans([value for value in first.values if isinstance(value, Span)], suggestion.value)
            yield from self._scores(suggestion.score, [value.score for value in first.values], len(suggestion.value))
        else:
            yield from self._predicted_labels([value for value in first.values if isinstance(value, ScoredLabel)])

    def _predicted_labels(self, predicted: list[ScoredLabel]) -> Iterator[str]:
        if not self.mapped.suggestions and len(predicted) > 1 and not any(label.score != 0 for label in predicted):
            yield from self._unless(False, "predicted labels without a score", "labels_only_offered")
            return
        if not self.mapped.suggestions:
            left = not predicted or self.plan.multi_label
            yield from self._unless(left and not predicted, "predicted labels", "labels_below_threshold")
            return
        (suggestion,) = self.mapped.suggestions
        chosen = suggestion.value if isinstance(suggestion.value, list) else [suggestion.value]
        others = [label for label in predicted if self.values[label.label] not in chosen]
        yield from self._unless(not others, f"predicted labels {others}", "further_predicted_labels", "labels_below_threshold")
        yield from self._unless(set(chosen) <= {self.values[label.label] for label in predicted}, "suggested labels from nowhere")
        if not isinstance(suggestion.value, list):
            best = max((one.score for one in predicted if one.score is not None and not math.isnan(one.score)), default=None)
            yield from self._unless(suggestion.score == best, f"the score {best}", "score_dropped")
        else:
            yield from self._scores(suggestion.score, [one.score for one in predicted], len(chosen))

    def _predicted_texts(self, predicted: list[ScoredText]) -> Iterator[str]:
        given = sorted(predicted, key=lambda one: -math.inf if one.score is None or math.isnan(one.score) else one.score, reverse=True)
        for before, after in zip(given, self.mapped.suggestions, strict=False):
            yield from self._text("a predicted text", before.text, after.value)
            yield from self._unless(before.score == after.score, f"the score {before.score}", "score_dropped")
        left = len(given) - len(self.mapped.suggestions)
        yield from self._unless(left == 0, f"{left} predicted texts", *(["further_predicted_texts"] if left > 0 else []))

    def _scores(self, after: Any, before: list[float | None], count: int) -> Iterator[str]:
        """Scores of a suggestion of several values: one for each, from the prediction, or none and a note."""
        if after is None:
            yield from self._unless(count == 0, "scores", "score_dropped")
        else:
            yield from self._unless(len(after) == count and set(after) <= set(before), f"the scores {before} are {after}")

    def _spans(self, before: list[Span], after: list[Mapping[str, Any]]) -> Iterator[str]:
        """Spans inside the text are the same, those that end after it end with it, and the others are noted."""
        size = len(self.mapped.fields[self.plan.fields[0].name])
        inside = [span for span in before if 0 <= span.start < span.end and span.start < size]
        expected = sorted((self.values[span.label], span.start, min(span.end, size)) for span in inside)
        yield from self._unless(sorted((span["label"], span["start"], span["end"]) for span in after) == expected, "spans")
        yield from self._unless(len(inside) == len(before), "spans outside the text", "span_dropped")
        yield from self._unless(all(span.end <= size for span in inside), "spans that end after the text", "span_clipped")

    # --- responses ---

    def _annotations(self) -> Iterator[str]:
        responses = {response.username: response for response in self.mapped.responses}
        first_of: dict[str, Annotation] = {}
        for annotation in self.record.annotations:
            agent = self.agents[annotation.agent]
            if agent.username is None:
                yield from self._unless(False, f"the annotation of {agent.agent!r}", "unknown_annotator_skipped")
            elif agent.username in first_of:
                same = first_of[agent.username].agent == annotation.agent
                kind = "further_annotation_texts" if same else "second_annotation_of_user"
                yield from self._unless(False, f"a second annotation of {agent.username!r}", kind)
            else:
                first_of[agent.username] = annotation
                yield from self._response(annotation, responses.pop(agent.username), agent)
        several = len({annotation.agent for annotation in self.record.annotations}) > 1
        yield from self._unless(not several, "one status for several annotators", "status_of_record")
        if self.record.annotations:
            everyone = set(self.plan.discarded_by) if self.record.status == "Discarded" else set()
            yield from self._unless(set(responses) <= everyone, f"responses from nowhere: {sorted(responses)}")

    def _response(self, annotation: Annotation, response: Response, agent: Agent) -> Iterator[str]:
        status = {"Validated": ("submitted",), "Edited": ("draft",), "Discarded": ("discarded",), "Default": ("draft", "submitted")}
        yield from self._unless(response.status in status[self.record.status], f"the status {self.record.status} is {response.status}")
        yield from self._unless(self.record.status != "Default", "an annotation that nobody validated", "default_with_annotation")
        yield from self._unless(bool(annotation.agent), "an annotation of nobody", "no_annotator")
        same = [other.agent for other in self.agents.values() if other.username == agent.username and other.agent != agent.agent]
        own = agent.known or not any(other or agent.agent for other in same)  # nobody has two names: none, and an empty one
        yield from self._unless(
            own, f"{agent.agent!r} became {agent.username!r}, as others did", "unknown_annotator_me", "unknown_annotator_one"
        )
        (value,) = response.values.values()
        if self.plan.task == "TokenClassification":
            yield from self._spans([span for span in annotation.value if isinstance(span, Span)], value)
        elif self.plan.task == "Text2Text":
            yield from self._text("an annotated text", str(annotation.value), value)
        elif self.plan.multi_label:
            labels = [self.values[label] for label in dict.fromkeys(annotation.value) if isinstance(label, str)]
            yield from self._unless(value == labels, f"the labels {labels}", *([] if labels else ["empty_annotation"]))
            yield from self._unless(bool(labels) or value == [self.plan.no_label], "an empty annotation")
        else:
            yield from self._unless(value == self.values[str(annotation.value)], f"the label {annotation.value!r}")

    def _without_annotation(self) -> Iterator[str]:
        """Records that nobody known validated or discarded."""
        if self.record.annotations:
            return
        everyone = {response.username: response for response in self.mapped.responses if response.username in self.plan.discarded_by}
        others = [response for response in self.mapped.responses if response.username not in everyone]
        if self.record.status == "Discarded":
            yield from self._unless(bool(self.mapped.responses), "that it was discarded", "unknown_annotator_skipped")
            yield from self._unless(all(r.status == "discarded" and r.values == {} for r in self.mapped.responses), "discarded values")
            yield from self._unless(not others, "the annotator", "no_annotator")
        elif self.record.status == "Validated" and self.options.validated_predictions == "submitted" and self.mapped.suggestions:
            said = {suggestion.question: suggestion.value for suggestion in self.mapped.suggestions[:1]}
            yield from self._unless(
                all(r.status == "submitted" and r.values == said for r in others), "another value than the predicted one"
            )
            yield from self._unless(bool(others), "the validated prediction", "unknown_annotator_skipped")
            yield from self._unless(False, "that it was validated", "validated_prediction_submitted")
        else:
            yield from self._unless(not self.mapped.responses, "responses from nowhere")
            kind = "validated_prediction" if self.record.predictions else "validated_without_annotation"
            yield from self._unless(self.record.status != "Validated", "that it was validated", kind)


def _same(after: Any, before: Any) -> bool:
    """Equal as JSON values: a number is no boolean, and an integer may have become the same float."""
    if isinstance(before, bool) or isinstance(after, bool):
        return after is before
    if isinstance(before, list) and isinstance(after, list):
        return len(after) == len(before) and all(map(_same, after, before))
    if isinstance(before, dict) and isinstance(after, dict):
        return after.keys() == before.keys() and all(_same(after[key], before[key]) for key in before)
    return type(after) in (type(before), float) and bool(after == before)
