"""The shape of a dataset on the target: fields, question, metadata properties, vectors. Pure."""

from dataclasses import replace
from typing import Any

from argilla_snapshot.format.models import Dataset
from argilla_snapshot.words import counted
from importer.mapping.cleaning import clean_text, json_safe
from importer.mapping.images import IMAGE_KEY
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, Option, QuestionPlan, VectorPlan
from importer.planning.naming import NameSpace, free_name, shortened, valid_vector_name
from importer.planning.shaper import AnyShaper
from importer.planning.survey import Survey

#: The option that is added where 2.x asks for one more, or refuses an empty choice.
NO_LABEL = "__no_label__"
#: Vector settings that 2.x allows a dataset (argilla-server 2.8.0, ``validators/vectors_settings.py``).
MAX_VECTORS = 5
#: The metadata property for the status that a record had; ``status`` is the official SDK's own word for something else.
STATUS = "status_1x"
MAX_TITLE = 500
MAX_DESCRIPTION = 1000
#: Optional questions for further texts; nobody reads more.
MAX_TEXTS = 10


def _title(name: str) -> str:
    return clean_text(name)[:MAX_TITLE] or "unnamed"


def _descriptions(source: Dataset) -> dict[str, str]:
    schema = (source.settings or {}).get("label_schema") or {}
    pairs = [(label.get("name"), label.get("description")) for label in schema.get("labels") or [] if isinstance(label, dict)]
    return {name: clean_text(text)[:MAX_DESCRIPTION] for name, text in pairs if name and text}


class Shaper(AnyShaper):
    """Decides the shape of legacy datasets."""

    def dataset(self, plan: DatasetPlan, source: Dataset, seen: Survey) -> DatasetPlan:
        """The plan with its fields, questions, properties and vectors; who comes first keeps a name that others have too."""
        multi_label = source.task == "TextClassification" and bool(source.multi_label)
        kept, lost = self._kept_vectors(seen)
        names = NameSpace(strict=self._can.strict_names, more={"score"} if kept else ())
        fields = self._fields(source, seen, names)
        choices, no_label = ([], None) if source.task == "Text2Text" else self._choices(source, seen, multi_label=multi_label)
        questions = self._questions(source, seen, choices, names, multi_label=multi_label)
        properties = self._properties(source, seen, names, image=any(field.type == "image" for field in fields))
        vectors = self._vectors(source, kept, names)
        extra = self._extra(source, seen, names)
        return replace(
            plan,
            multi_label=multi_label,
            metadata=self._dataset_metadata(source),
            fields=fields,
            questions=questions,
            properties=properties,
            vectors=vectors,
            vectors_lost=lost,
            no_label=no_label,
            event_timestamp=extra.get("event_timestamp"),
            status=extra.get(STATUS),
            tokens=extra.get("tokens"),
            explanation=extra.get("explanation"),
            left_out=seen.left_out,
        )

    def _fields(self, source: Dataset, seen: Survey, names: NameSpace) -> list[FieldPlan]:
        """A field for each input; required where every record has it. One more for pictures, where the target shows them."""
        inputs = list(seen.inputs) or list(source.columns.inputs) or ["text"]
        required = {name for name in inputs if seen.inputs[name] == seen.records}
        if self._can.needs_required_field and not required:
            required = {max(inputs, key=lambda name: seen.inputs[name])}
        named = self._named(inputs, "field", source, names)
        fields = [FieldPlan(named[name], _title(name), name in required, name) for name in inputs]
        if seen.images[True] and self._can.image_fields:
            image = self._named([IMAGE_KEY], "image field", source, names)[IMAGE_KEY]
            fields.append(FieldPlan(image, IMAGE_KEY, required=False, source=IMAGE_KEY, type="image"))
        return fields

    def _questions(
        self, source: Dataset, seen: Survey, choices: list[Option], names: NameSpace, *, multi_label: bool
    ) -> list[QuestionPlan]:
        if source.task == "Text2Text":
            more = min(seen.texts, MAX_TEXTS) if self._options.all_predictions else 1
            titles = {"text_generation": "Text"} | {f"text_generation_{number}": f"Text {number}" for number in range(2, more + 1)}
            named = self._named(list(titles), "question", source, names)
            return [QuestionPlan(named[name], title, "text", required=title == "Text") for name, title in titles.items()]
        if source.task == "TokenClassification":
            if seen.overlaps:
                self._notes.add("overlap_allowed", counted(seen.overlaps, "record"), source.full_name)
            name = self._named(["spans"], "question", source, names)["spans"]
            return [QuestionPlan(name, "Spans", "span", required=True, options=choices, allow_overlapping=seen.overlaps > 0)]
        if multi_label:
            name = self._named(["labels"], "question", source, names)["labels"]
            return [QuestionPlan(name, "Labels", "multi_label_selection", required=True, options=choices)]
        name = self._named(["label"], "question", source, names)["label"]
        return [QuestionPlan(name, "Label", "label_selection", required=True, options=choices)]

    def _choices(self, source: Dataset, seen: Survey, *, multi_label: bool) -> tuple[list[Option], str | None]:
        """The declared labels in their order, then the others sorted; then one for "no label" where it is needed."""
        declared = list(dict.fromkeys(source.labels_declared))
        labels = declared + sorted(seen.labels.difference(declared))
        described = _descriptions(source)
        if described:
            self._notes.add("label_descriptions", counted(len(described), "label"), source.full_name)
        options: list[Option] = []
        for label in labels:
            value = free_name(shortened(clean_text(label)) or "unnamed", [option.value for option in options])
            options.append(Option(value, _title(label), label, described.get(label)))
            if value != label:
                self._notes.add("name_changed", f"label {label} -> {value}", source.full_name)
        needs = 1 if source.task == "TokenClassification" else 2
        no_label = None
        while len(options) < needs or (multi_label and seen.empty_annotations and no_label is None):
            no_label = free_name(NO_LABEL, [option.value for option in options])
            options.append(
                Option(no_label, "(no label)" if no_label == NO_LABEL else no_label, None, "Added by the import: stands for no label.")
            )
            self._notes.add("sentinel_option", no_label, source.full_name)
        return options, no_label

    def _properties(self, source: Dataset, seen: Survey, names: NameSpace, *, image: bool) -> list[MetadataPlan]:
        """What each metadata key becomes; 1.x could not search those that begin with ``_`` either."""
        keys = [key for key in seen.metadata if not (image and key == IMAGE_KEY and not seen.images[False])]
        named = self._named(keys, "metadata", source, names)
        plans = []
        for key in keys:
            facts = seen.metadata[key]
            type_ = None if key.startswith("_") else facts.property_type
            plans.append(MetadataPlan(named[key], _title(key), key, type_, facts.unified(type_)))
        return plans

    def _extra(self, source: Dataset, seen: Survey, names: NameSpace) -> dict[str, str]:
        """Names for the metadata that the import adds, of what there is to add."""
        wanted = {
            "event_timestamp": seen.timestamps > 0,
            STATUS: self._options.status and bool(seen.statuses - {"Default"}),
            "tokens": self._options.keep_tokens,
            "explanation": self._options.keep_explanations,
        }
        return self._named([name for name, there in wanted.items() if there], "metadata", source, names)

    def _kept_vectors(self, seen: Survey) -> tuple[dict[str, int], dict[str, str]]:
        """The first five vectors that the target takes, with their most frequent size; and of the others why they are lost."""
        kept: dict[str, int] = {}
        lost: dict[str, str] = {}
        for name, sizes in seen.vectors.items():
            size = max(sizes, key=lambda n: (sizes[n], n))
            if refused := self._refused(size):
                lost[name] = refused
            elif len(kept) == MAX_VECTORS:
                lost[name] = "vector_over_limit"
            else:
                kept[name] = size
        return kept, lost

    def _vectors(self, source: Dataset, kept: dict[str, int], names: NameSpace) -> list[VectorPlan]:
        named = self._named(list(kept), "vector", source, names, valid_vector_name)
        return [VectorPlan(named[name], _title(name), name, size) for name, size in kept.items()]

    def _dataset_metadata(self, source: Dataset) -> dict[str, Any] | None:
        if source.rules and self._can.dataset_metadata:
            self._notes.add("rules", f"{len(source.rules)} rules", source.full_name, len(source.rules))
        if not self._can.dataset_metadata:
            if source.tags or source.metadata or source.rules:
                self._notes.add("dataset_details", source.full_name, source.full_name)
            return None
        details = {
            "snapshot_id": self._snapshot_id,
            "id": source.full_name,
            "task": source.task,
            "tags": source.tags,
            "metadata": source.metadata,
            "rules": source.rules,
            "created_at": source.created_at,
            "created_by": source.created_by,
            "last_updated": source.last_updated,
        }
        return {"argilla_v1": json_safe(details)}
