"""The shape of a dataset on the target: fields, question, metadata properties, vectors. Pure."""

from dataclasses import replace
from typing import Any

from argilla_snapshot.format.models import Dataset
from importer.mapping.cleaning import clean_text, json_safe
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, Option, QuestionPlan, QuestionType, VectorPlan
from importer.planning.naming import free_name, shortened, unique_names, valid_name
from importer.planning.survey import Survey
from importer.target_state import Capabilities

#: The option that is added where 2.x asks for one more, or refuses an empty choice.
NO_LABEL = "__no_label__"
#: Vector settings that 2.x allows a dataset (argilla-server 2.8.0, ``validators/vectors_settings.py``).
MAX_VECTORS = 5
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


class Shaper:
    """Decides the shape of datasets.

    Args:
        can: what the target can do.
        options: the choices made.
        notes: takes what changes on the way.
        snapshot_id: goes into the dataset's metadata.
    """

    def __init__(self, can: Capabilities, options: ImportOptions, notes: Notebook, snapshot_id: str) -> None:
        self._can, self._options, self._notes, self._snapshot_id = can, options, notes, snapshot_id

    def dataset(self, plan: DatasetPlan, source: Dataset, seen: Survey) -> DatasetPlan:
        """The plan with its fields, questions, properties and vectors."""
        multi_label = source.task == "TextClassification" and bool(source.multi_label)
        properties, extra = self._properties(source, seen)
        choices, no_label = ([], None) if source.task == "Text2Text" else self._choices(source, seen, multi_label=multi_label)
        return replace(
            plan,
            multi_label=multi_label,
            metadata=self._dataset_metadata(source),
            fields=self._fields(source, seen),
            questions=self._questions(source, seen, choices, multi_label=multi_label),
            properties=properties,
            vectors=self._vectors(source, seen),
            no_label=no_label,
            event_timestamp=extra["event_timestamp"] if seen.timestamps else None,
            tokens=extra["tokens"] if self._options.keep_tokens else None,
            explanation=extra["explanation"] if self._options.keep_explanations else None,
        )

    def _named(self, names: list[str], what: str, source: Dataset) -> dict[str, str]:
        result = unique_names(names, strict=self._can.strict_names)
        for name, new in result.items():
            if new != name:
                self._notes.add("name_changed", f"{what} {name} -> {new}", source.full_name)
        return result

    def _fields(self, source: Dataset, seen: Survey) -> list[FieldPlan]:
        """A field for each input; required where every record has it."""
        inputs = list(seen.inputs) or list(source.columns.inputs) or ["text"]
        required = {name for name in inputs if seen.inputs[name] == seen.records}
        if self._can.needs_required_field and not required:
            required = {max(inputs, key=lambda name: seen.inputs[name])}
        names = self._named(inputs, "field", source)
        return [FieldPlan(names[name], _title(name), name in required, name) for name in inputs]

    def _questions(self, source: Dataset, seen: Survey, choices: list[Option], *, multi_label: bool) -> list[QuestionPlan]:
        if source.task == "Text2Text":
            more = min(seen.texts, MAX_TEXTS) if self._options.all_predictions else 1
            names = ["text_generation", *(f"text_generation_{number}" for number in range(2, more + 1))]
            return [QuestionPlan(name, name, "text", required=name == names[0]) for name in names]
        if source.task == "TokenClassification":
            if seen.overlaps:
                self._notes.add("overlap_allowed", f"{seen.overlaps} records", source.full_name)
            return [QuestionPlan("spans", "spans", "span", required=True, options=choices, allow_overlapping=seen.overlaps > 0)]
        name, type_ = ("labels", "multi_label_selection") if multi_label else ("label", "label_selection")
        question_type: QuestionType = type_  # type: ignore[assignment]
        return [QuestionPlan(name, name, question_type, required=True, options=choices)]

    def _choices(self, source: Dataset, seen: Survey, *, multi_label: bool) -> tuple[list[Option], str | None]:
        """The declared labels in their order, then the others sorted; then one for "no label" where it is needed."""
        declared = list(dict.fromkeys(source.labels_declared))
        labels = declared + sorted(seen.labels.difference(declared))
        described = _descriptions(source)
        if described:
            self._notes.add("label_descriptions", f"{len(described)} labels", source.full_name)
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

    def _properties(self, source: Dataset, seen: Survey) -> tuple[list[MetadataPlan], dict[str, str]]:
        """A property for each metadata key, and names for the metadata that the import adds."""
        keys = list(seen.metadata)
        names = self._named(keys, "metadata", source)
        plans = [MetadataPlan(names[key], _title(key), key, seen.metadata[key].property_type) for key in keys]  # type: ignore[arg-type]
        extra: dict[str, str] = {}
        for key, used in (
            ("event_timestamp", seen.timestamps > 0),
            ("tokens", self._options.keep_tokens),
            ("explanation", self._options.keep_explanations),
        ):
            extra[key] = free_name(valid_name(key, strict=self._can.strict_names), [*names.values(), *extra.values()])
            if used and extra[key] != key:
                self._notes.add("name_changed", f"metadata {key} -> {extra[key]}", source.full_name)
        return plans, extra

    def _vectors(self, source: Dataset, seen: Survey) -> list[VectorPlan]:
        """Settings for the first five vectors; the size is the most frequent one."""
        kept = list(seen.vectors)[:MAX_VECTORS]
        names = self._named(kept, "vector", source)
        return [
            VectorPlan(names[name], _title(name), name, max(sizes, key=lambda n: (sizes[n], n)))
            for name, sizes in seen.vectors.items()
            if name in names
        ]

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
