"""What ``dataset.json`` says of a feedback dataset before its records are read: what the server says of it, in the shapes of the format."""

from dataclasses import asdict, replace
from typing import Any, TypeVar

from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, MetadataProperty, Question, VectorSettings
from argilla_snapshot.format.shapes import ShapeError, fitted
from argilla_snapshot.transport.errors import UnsupportedServerError
from exporter.documents import dict_of, json_safe
from exporter.feedback.rows import list_of
from exporter.losses import Losses
from exporter.source import Listed, Source

T = TypeVar("T")

#: What the list of datasets says that has a member of its own.
_LISTED = (
    *("id", "status", "guidelines", "allow_extra_metadata", "distribution", "metadata"),
    *("inserted_at", "updated_at", "last_activity_at"),
)


def declared(source: Source, listed: Listed, losses: Losses) -> FeedbackDataset:
    """The dataset as its settings say; nothing is said of its records. What the server says may be anything, and is noted where it is changed.

    Raises:
        UnsupportedServerError: what it says describes no dataset.
    """
    try:
        return _declared(source, listed, losses)
    except ShapeError as error:
        raise UnsupportedServerError(f"{listed.full_name}: what the server says of it describes no dataset: {error}.") from None


def _declared(source: Source, listed: Listed, losses: Losses) -> FeedbackDataset:
    note = losses.note(listed.place, "dataset.json")
    content, settings = json_safe(listed.content, note), json_safe(source.settings(listed), note) or {}

    def items(cls: type[T], name: str) -> list[T]:
        told = [dict_of(item) for item in list_of(settings.get(name))]
        told = [{**item, "settings": _own(item["settings"])} if "settings" in item else item for item in told]
        return [fitted(cls, item, lambda member: losses.add("odd_member", listed.place, f"{member} of {name}")) for item in told]

    for loss in settings.get("losses", ()):
        losses.add(loss["kind"], listed.place, count=loss["count"], message=loss.get("message"))
    if not settings.get("fields") and content.get("status") == "ready":  # without fields no dataset can be published
        losses.add("dataset_wiped", listed.place)
    told: dict[str, Any] = {name: content[name] for name in _LISTED if content.get(name) is not None}
    told |= {"workspace": listed.workspace, "name": listed.name, "kind": "feedback", "records": 0, "fields": [], "questions": []}
    told |= {"status": "draft" if content.get("status") == "draft" else "ready", "source": content}
    dataset = replace(
        fitted(FeedbackDataset, told, lambda member: losses.add("odd_member", listed.place, member)),
        fields=items(Field, "fields"),
        questions=items(Question, "questions"),
        metadata_properties=items(MetadataProperty, "metadata_properties"),
        vectors_settings=items(VectorSettings, "vectors_settings"),
    )
    FeedbackDataset.from_json(asdict(dataset))  # as it will be read
    return dataset


def _own(settings: Any) -> dict[str, Any]:
    """Settings without what a server adds by itself when it lists them, and nobody can set."""
    return {name: value for name, value in dict_of(settings).items() if name != "allow_character_annotation"}
