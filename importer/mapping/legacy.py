"""One record of a legacy dataset -> one record of Argilla 2.x, and notes on what did not fit. Pure.

The rules are those of argilla-server 2.8.0 (``validators/records.py``, ``api/schemas/v1``), as probed.
"""

from datetime import datetime, timezone
from typing import Any

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.models import Record
from importer.mapping.answers import Rules
from importer.mapping.cleaning import json_safe
from importer.mapping.images import BLANK, IMAGE_KEY, is_image
from importer.mapping.record import TargetRecord
from importer.mapping.responses import Responding
from importer.mapping.suggestions import Suggesting
from importer.mapping.values import Values, cleaned
from importer.mapping.vectors import carried
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan, MetadataPlan


class Mapper:
    """Maps the records of one dataset by its plan."""

    def __init__(self, dataset: DatasetPlan, agents: list[Agent], options: ImportOptions) -> None:
        self._plan, self._tells_times = dataset, options.storage
        self._values = Values(dataset)
        assert dataset.task is not None
        rules = Rules(dataset.task, dataset.multi_label, options)
        self._suggesting = Suggesting(dataset, self._values, rules)
        self._responding = Responding(dataset, agents, self._values, rules)
        self._texts = [plan for plan in dataset.fields if plan.type == "text"]
        self._image = next((plan for plan in dataset.fields if plan.type == "image"), None)
        self._properties = {plan.source: plan for plan in dataset.properties}
        self._vectors = {plan.source: plan for plan in dataset.vectors}

    def map(self, record: Record) -> tuple[TargetRecord, list[Note]]:
        """The record as the target is to hold it, and what happened to it on the way."""
        notes: list[Note] = []
        fields = self._fields(record, notes)
        text = fields.get(self._plan.fields[0].name, "")
        mapped = TargetRecord(
            external_id=cleaned(record.id, notes),
            fields=fields,
            metadata=self._metadata(record, notes),
            vectors=carried(record.vectors, self._vectors, self._plan.vectors_lost, notes),
            suggestions=self._suggesting.suggestions(record, text, notes),
            responses=self._responding.responses(record, text, notes),
            inserted_at=record.event_timestamp,
            updated_at=record.last_updated,
        )
        if record.last_updated is not None and not self._tells_times:
            notes.append(Note("last_updated"))
        return mapped, notes

    def _fields(self, record: Record, notes: list[Note]) -> dict[str, str]:
        fields = {}
        for plan in self._texts:
            given = record.inputs.get(plan.source)
            if isinstance(given, list) and len(given) != 1:
                notes.append(Note("input_list_joined", plan.source))
            value = "\n".join(given) if isinstance(given, list) else given
            if value is None and plan.required:
                notes.append(Note("input_missing_filled", plan.source))
                value = ""
            if value is not None:
                fields[plan.name] = cleaned(value, notes)
        if not fields:  # 2.x refuses a record without any field
            first = self._plan.fields[0]
            notes.append(Note("input_missing_filled", first.source))
            fields[first.name] = ""
        image = record.metadata.get(IMAGE_KEY)
        there = is_image(image)
        if self._image:
            notes.append(Note("image" if there else "image_missing_filled"))
            fields[self._image.name] = str(image) if there else BLANK
        elif there:
            notes.append(Note("image_kept"))
        return fields

    def _metadata(self, record: Record, notes: list[Note]) -> dict[str, Any]:
        metadata: dict[str, Any] = {}
        for key, value in record.metadata.items():
            if self._image and key == IMAGE_KEY and is_image(value):
                continue
            plan = self._values.planned(self._properties, key, "metadata")
            metadata[plan.name] = self._typed(value, plan, notes)
        if self._plan.status is not None:
            metadata[self._plan.status] = record.status
        if self._plan.event_timestamp and record.event_timestamp is not None:
            metadata[self._plan.event_timestamp] = milliseconds(record.event_timestamp)
        for kind, name, kept in (("tokens", self._plan.tokens, record.tokens), ("explanation", self._plan.explanation, record.explanation)):
            if kept is not None and name is not None:
                metadata[name] = self._json_safe(kept, kind, notes)
            elif kept is not None:
                notes.append(Note(kind))
        return metadata

    def _typed(self, value: Any, plan: MetadataPlan, notes: list[Note]) -> Any:
        if plan.type in ("float", "integer") and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise self._values.unplanned(f"metadata {plan.source!r} that is no number")
        if plan.type == "float":
            return float(value)
        if plan.type == "terms":
            return self._terms(value, plan, notes)
        if plan.type is None:
            notes.append(Note("metadata_protected" if plan.source.startswith("_") else "metadata_without_property", plan.source))
            safe = self._json_safe(value, plan.source, notes)
            return self._unified(safe, plan, notes)
        return value

    def _terms(self, value: Any, plan: MetadataPlan, notes: list[Note]) -> str | list[str]:
        if not (isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))):
            notes.append(Note("metadata_as_text", plan.source))
        if isinstance(value, list):
            return [self._term(item, notes) for item in value]
        if plan.unified == "list":
            notes.append(Note("metadata_unified", plan.source))
            return [self._term(value, notes)]
        return self._term(value, notes)

    def _unified(self, value: Any, plan: MetadataPlan, notes: list[Note]) -> Any:
        if plan.unified != "text" or isinstance(value, str):
            return value
        notes.append(Note("metadata_unified", plan.source))
        return to_json(value).decode()

    def _term(self, value: Any, notes: list[Note]) -> str:
        return str(value).lower() if isinstance(value, bool) else cleaned(str(value), notes)

    def _json_safe(self, value: Any, key: str, notes: list[Note]) -> Any:
        safe = json_safe(value)
        if safe != value:
            notes.append(Note("metadata_cleaned", key))
        return safe


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, of a naive time in UTC."""
    delta = moment.replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000
