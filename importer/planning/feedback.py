"""The shape of a feedback dataset on the target: as it is on the old server, and what the target can't have of it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, MetadataProperty, Question
from argilla_snapshot.format.feedback.record import FeedbackRecord
from importer.mapping.cleaning import json_safe
from importer.mapping.feedback import annotators, external_id_of, overhanging
from importer.plan import MARKS, DatasetPlan, FieldPlan, MetadataPlan, Option, QuestionPlan, QuestionType, VectorPlan
from importer.planning.naming import NameSpace, Valid, kept_name, valid_vector_name
from importer.planning.shaper import AnyShaper

#: What 2.x takes of a rating and of a ranking (argilla-server 2.8.0, ``schemas/v1/questions.py``).
RATINGS, MAX_RATINGS = range(11), 11
MAX_RANKED = 50
#: The fewest options that may be shown of more.
MIN_VISIBLE = 3
_WITH_OPTIONS = ("label_selection", "multi_label_selection", "span")
_KNOWN = (*_WITH_OPTIONS, "text", "rating", "ranking")


@dataclass
class FeedbackSurvey:
    """What the records of one feedback dataset hold: counts and sets only.

    Attributes:
        source: the dataset.
        deleted: what the placeholders for users are called who are gone.
        agents: annotator -> number of responses.
        changed_ids: an external id that the target can keep -> the few that become it and are not the same.
        broken: declared properties that forbid a value of some record.
        lacking: fields that some record lacks.
        overhanging: records with spans that end after their text.
    """

    source: FeedbackDataset
    deleted: str
    records: int = 0
    agents: Counter[str | None] = field(default_factory=Counter)
    changed_ids: dict[str, list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    lacking: set[str] = field(default_factory=set)
    overhanging: int = 0

    def see(self, record: FeedbackRecord) -> None:
        """Takes one record into account."""
        self.records += 1
        self.agents.update(name for name, _ in annotators(record.responses, self.deleted))
        if record.external_id is not None and (id_ := external_id_of(record)) != record.external_id:
            self.changed_ids.setdefault(id_, []).append(record.external_id)
        self.lacking |= {one.name for one in self.source.fields if one.name not in record.fields}
        declared = self._declared
        self.broken |= {key for key, value in record.metadata.items() if key in declared and not _allowed(declared[key], value)}
        self.overhanging += any(overhanging(record, field, question) for field, question in self._marked)

    @cached_property
    def _declared(self) -> dict[str, MetadataProperty]:
        return {property_.name: property_ for property_ in self.source.metadata_properties}

    @cached_property
    def _marked(self) -> list[tuple[str, str]]:
        """The fields of span questions, and these."""
        return [(question.settings["field"], question.name) for question in self.source.questions if question.type == "span"]


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


class FeedbackShaper(AnyShaper):
    """Decides the shape of feedback datasets."""

    _renamed = "setting_renamed"

    def dataset(self, plan: DatasetPlan, source: FeedbackDataset, seen: FeedbackSurvey) -> DatasetPlan:
        """The plan with all that the target is to have."""
        fields = list(self._fields(source, seen))
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

    def _names(self, what: str, given: list[str], source: FeedbackDataset, valid: Valid = kept_name) -> dict[str, str]:
        """The names of one kind: a field and a question may have the same, as on the old server."""
        return self._named(given, what, source, NameSpace(strict=self._can.strict_names, reserved=()), valid)

    def _fields(self, source: FeedbackDataset, seen: FeedbackSurvey) -> Iterator[FieldPlan]:
        required = {one.name for one in source.fields if one.required}
        if self._can.needs_required_field and not required and source.fields:
            best = min(source.fields, key=lambda one: (one.name in seen.lacking, one.type != "text"))
            required = {best.name}
            self._notes.add("field_required", best.name, source.full_name)
        names = self._names("field", [one.name for one in source.fields], source)
        for one in source.fields:
            name, shown = names[one.name], self._shows(one)
            settings = one.settings if shown else {"type": "text", "use_markdown": False}
            type_: Any = one.type if shown else "text"
            says_null = type_ == "chat" and not self._can.shows_without_chat
            yield FieldPlan(name, one.title, one.name in required, one.name, type_, settings, as_text=not shown, says_null=says_null)

    def _shows(self, one: Field) -> bool:
        """Whether the target has fields of that type."""
        return {"text": True, "image": self._can.image_fields, "chat": self._can.chat_fields, "custom": self._can.custom_fields}.get(
            one.type, False
        )

    def _questions(self, source: FeedbackDataset, fields: list[FieldPlan]) -> Iterator[QuestionPlan]:
        of_fields = {plan.source: plan.name for plan in fields}
        kept = [question for question in source.questions if _is_kept(question)]  # each answer to another is noted
        names = self._names("question", [question.name for question in kept], source)
        for question in kept:
            settings, as_labels = self._settings(question, of_fields, source)
            found = [Option(str(o["value"]), str(o["text"]), str(o["value"]), o.get("description")) for o in _labels(settings)]
            yield QuestionPlan(
                names[question.name],
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
        names = self._names("metadata", [one.name for one in source.metadata_properties], source)
        for one in source.metadata_properties:
            late = one.name in seen.broken
            if late:
                self._notes.add("property_late", one.name, source.full_name)
            yield MetadataPlan(
                names[one.name],
                one.title,
                one.name,
                cast("Any", one.type),
                settings=one.settings,
                visible=one.visible_for_annotators,
                late=late,
            )

    def _vectors(self, source: FeedbackDataset) -> tuple[list[VectorPlan], dict[str, str]]:
        refused = {one.name: self._refused(one.dimensions) for one in source.vectors_settings}
        kept = [one for one in source.vectors_settings if not refused[one.name]]
        names = self._names("vector", [one.name for one in kept], source, valid_vector_name)
        plans = [VectorPlan(names[one.name], one.title, one.name, one.dimensions) for one in kept]
        return plans, {name: kind for name, kind in refused.items() if kind}


def _is_kept(question: Question) -> bool:
    """Whether 2.x has such questions."""
    return question.type in _KNOWN and (question.type != "ranking" or len(_options(question)) <= MAX_RANKED)


def _options(question: Question) -> list[dict[str, Any]]:
    return question.settings.get("options") or []


def _labels(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a question about labels."""
    return settings["options"] if settings["type"] in _WITH_OPTIONS else []
