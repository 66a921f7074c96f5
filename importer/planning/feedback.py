"""The shape of a feedback dataset on the target: as it is on the old server, and what the target can't have of it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, cast

from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, MetadataProperty, Question
from argilla_snapshot.format.feedback.record import FeedbackRecord
from importer.mapping.cleaning import json_safe
from importer.mapping.feedback import annotators, external_id_of, overhanging
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import MARKS, DatasetPlan, FieldPlan, MetadataPlan, Option, QuestionPlan, QuestionType, VectorPlan
from importer.planning.naming import valid_name, valid_vector_name
from importer.target_state import Capabilities

#: What 2.x takes of a rating and of a ranking (argilla-server 2.8.0, ``schemas/v1/questions.py``).
RATINGS, MAX_RATINGS = range(11), 11
MAX_RANKED = 50
#: The fewest options that may be shown of more.
MIN_VISIBLE = 3
_WITH_OPTIONS = ("label_selection", "multi_label_selection", "span")
_KNOWN = (*_WITH_OPTIONS, "text", "rating", "ranking")


@dataclass(slots=True)
class FeedbackSurvey:
    """What the records of one feedback dataset hold: counts and sets only.

    Attributes:
        source: the dataset.
        deleted: what the placeholders for users are called who are gone.
        agents: annotator -> number of responses.
        changed_ids: an external id that the target can keep -> the few that become it and are not the same.
        broken: declared properties that forbid a value of some record.
        extra: records with metadata that is not declared.
        overhanging: records with spans that end after their text.
    """

    source: FeedbackDataset
    deleted: str
    records: int = 0
    left_out: int = 0
    agents: Counter[str | None] = field(default_factory=Counter)
    changed_ids: dict[str, list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    extra: int = 0
    overhanging: int = 0

    def see(self, record: FeedbackRecord) -> None:
        """Takes one record into account."""
        self.records += 1
        self.agents.update(name for name, _ in annotators(record.responses, self.deleted))
        if record.external_id is not None and (id_ := external_id_of(record)) != record.external_id:
            self.changed_ids.setdefault(id_, []).append(record.external_id)
        declared = {property_.name: property_ for property_ in self.source.metadata_properties}
        self.broken |= {key for key, value in record.metadata.items() if key in declared and not _allowed(declared[key], value)}
        self.extra += not record.metadata.keys() <= declared.keys()
        spans = [question for question in self.source.questions if question.type == "span"]
        self.overhanging += any(overhanging(record, question.settings["field"], question.name) for question in spans)


def survey_feedback(records: Iterable[FeedbackRecord], source: FeedbackDataset, deleted: str) -> FeedbackSurvey:
    """Reads all records once."""
    result = FeedbackSurvey(source, deleted)
    for record in records:
        result.see(record)
    return result


def _allowed(property_: MetadataProperty, value: Any) -> bool:
    """Whether a server takes a value for a property, as it is now."""
    settings = property_.settings
    if property_.type == "terms":
        values, known = value if isinstance(value, list) else [value], settings.get("values")
        return all(isinstance(item, str) and (known is None or item in known) for item in values)
    if type(value) is not {"integer": int, "float": float}.get(property_.type):
        return False
    least, most = settings.get("min"), settings.get("max")
    return (least is None or value >= least) and (most is None or value <= most)


class FeedbackShaper:
    """Decides the shape of feedback datasets.

    Args:
        can: what the target can do.
        accepts_vectors: whether the target takes vectors of so many numbers.
        options: the choices made.
        notes: takes what changes on the way.
        snapshot_id: goes into the dataset's metadata until all records are there.
    """

    def __init__(
        self, can: Capabilities, accepts_vectors: Callable[[int], bool], options: ImportOptions, notes: Notebook, snapshot_id: str
    ) -> None:
        self._can, self._accepts_vectors = can, cache(accepts_vectors)
        self._options, self._notes, self._snapshot_id = options, notes, snapshot_id

    def dataset(self, plan: DatasetPlan, source: FeedbackDataset, seen: FeedbackSurvey) -> DatasetPlan:
        """The plan with all that the target is to have."""
        fields = list(self._fields(source))
        vectors, lost = self._vectors(source)
        pads = seen.overhanging > 0 and self._can.changes_fields
        own = cast("dict[str, Any]", json_safe(source.metadata)) if isinstance(source.metadata, dict) else None
        if source.metadata is not None and not self._can.dataset_metadata:
            self._notes.add("dataset_details", source.full_name, source.full_name)
        if source.distribution is not None and not self._can.distribution:
            self._notes.add("distribution_lost", str(source.distribution.get("min_submitted")), source.full_name)
        elif source.distribution is None and self._can.distribution:
            self._notes.add("distribution_made", source.full_name, source.full_name)
        questions = list(self._questions(source, fields))
        publish = self._publishes(source, seen, whole=bool(fields and questions))
        marked = {**(own or {}), MARKS["feedback"]: {"snapshot_id": self._snapshot_id}}
        return replace(
            plan,
            kind="feedback",
            metadata=marked if self._can.dataset_metadata else None,
            settled_metadata=own if self._can.dataset_metadata else None,
            guidelines=source.guidelines,
            distribution=source.distribution,
            allow_extra_metadata=source.allow_extra_metadata,
            publish=publish,
            keeps_mark=self._options.part.of > 1,
            deleted_user=seen.deleted,
            pads=pads,
            fields=fields,
            questions=questions,
            properties=list(self._properties(source, seen)),
            vectors=vectors,
            vectors_lost=lost,
        )

    def _publishes(self, source: FeedbackDataset, seen: FeedbackSurvey, *, whole: bool) -> bool:
        """Whether the dataset is published: records ask for it, and a server asks for fields and questions (``whole``)."""
        if source.status == "draft" and seen.records:
            self._notes.add("draft_published", source.full_name, source.full_name)
        if source.status == "ready" and not whole and not seen.records:
            self._notes.add("emptied_draft", source.full_name, source.full_name)
            return False
        return source.status == "ready" or seen.records > 0

    def _name(self, what: str, name: str, source: FeedbackDataset, *, vector: bool = False) -> str:
        """The name as the target takes it. Names of 1.x are taken everywhere; 2.4 and later have others."""
        valid = valid_vector_name(name, strict=self._can.strict_names) if vector else name
        if self._can.strict_names and not vector:
            valid = valid_name(name, strict=True)
        if valid != name:
            self._notes.add("name_changed", f"{what} {name} -> {valid}", source.full_name)
        return valid

    def _fields(self, source: FeedbackDataset) -> Iterator[FieldPlan]:
        required = {one.name for one in source.fields if one.required}
        if self._can.needs_required_field and not required and source.fields:
            required = {source.fields[0].name}
        for one in source.fields:
            name, shown = self._name("field", one.name, source), self._shows(one)
            settings = one.settings if shown else {"type": "text", "use_markdown": False}
            type_: Any = one.type if shown else "text"
            yield FieldPlan(name, one.title, one.name in required, one.name, type_, settings, as_text=not shown)

    def _shows(self, one: Field) -> bool:
        """Whether the target has fields of that type."""
        return {"text": True, "image": self._can.image_fields, "chat": self._can.chat_fields, "custom": self._can.custom_fields}.get(
            one.type, False
        )

    def _questions(self, source: FeedbackDataset, fields: list[FieldPlan]) -> Iterator[QuestionPlan]:
        names = {plan.source: plan.name for plan in fields}
        for question in source.questions:
            if question.type not in _KNOWN or (question.type == "ranking" and len(_options(question)) > MAX_RANKED):
                continue  # each answer to it is noted
            name = self._name("question", question.name, source)
            settings, as_labels = self._settings(question, names, source)
            found = [Option(str(o["value"]), str(o["text"]), str(o["value"]), o.get("description")) for o in _labels(settings)]
            yield QuestionPlan(
                name,
                question.title,
                cast("QuestionType", settings["type"]),
                question.required,
                found,
                settings=settings,
                source=question.name,
                description=question.description,
                as_labels=as_labels,
            )

    def _settings(self, question: Question, fields: dict[str, str], source: FeedbackDataset) -> tuple[dict[str, Any], bool]:
        """The settings as the target takes them, and whether ratings become labels."""
        settings = {name: value for name, value in question.settings.items() if name != "allow_character_annotation"}
        if question.type == "span":
            settings["field"] = fields.get(settings.get("field", ""), settings.get("field"))
        if question.type == "rating":
            ratings = list(dict.fromkeys(option["value"] for option in _options(question)))
            if len(ratings) <= MAX_RATINGS and all(type(value) is int and value in RATINGS for value in ratings):
                return {**settings, "options": [{"value": value} for value in ratings]}, False
            self._notes.add("rating_as_labels", question.name, source.full_name)
            labels = [{"value": str(value), "text": str(value), "description": None} for value in ratings]
            return {"type": "label_selection", "options": labels, "visible_options": None}, True
        visible = settings.get("visible_options")
        if visible is not None and not MIN_VISIBLE <= visible <= len(_options(question)):
            self._notes.add("visible_options_dropped", question.name, source.full_name)
            settings["visible_options"] = None
        return settings, False

    def _properties(self, source: FeedbackDataset, seen: FeedbackSurvey) -> Iterator[MetadataPlan]:
        for one in source.metadata_properties:
            name = self._name("metadata", one.name, source)
            late = one.name in seen.broken
            if late:
                self._notes.add("property_late", one.name, source.full_name)
            yield MetadataPlan(
                name, one.title, one.name, cast("Any", one.type), settings=one.settings, visible=one.visible_for_annotators, late=late
            )

    def _vectors(self, source: FeedbackDataset) -> tuple[list[VectorPlan], dict[str, str]]:
        kept, lost = [], {}
        for one in source.vectors_settings:
            if not self._options.vectors:
                lost[one.name] = "vector_left_out"
            elif not self._accepts_vectors(one.dimensions):
                lost[one.name] = "vector_too_long"
            else:
                kept.append(VectorPlan(self._name("vector", one.name, source, vector=True), one.title, one.name, one.dimensions))
        return kept, lost


def _options(question: Question) -> list[dict[str, Any]]:
    return question.settings.get("options") or []


def _labels(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a question about labels."""
    return settings["options"] if settings["type"] in _WITH_OPTIONS else []
