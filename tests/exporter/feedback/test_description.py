"""What is listed as lost when a feedback dataset is described."""

from typing import Any

from exporter.feedback.description import declared
from exporter.losses import LOSS_KINDS, Losses
from exporter.source import Listed
from tests.helpers.memory_source import MemorySource

FIELD = {"name": "text", "title": "Text", "required": True, "settings": {"type": "text"}}


def lost(status: str, **settings: Any) -> list[tuple[str, int, str]]:
    losses = Losses()
    declared(MemorySource({}, said={"settings": settings}), Listed("w", "d", None, {"status": status}, "feedback"), losses)
    assert {loss.place for loss in losses.all()} <= {("w", "d", "feedback")}
    return [(loss.kind, loss.count, loss.message) for loss in losses.all()]


def test_a_published_dataset_without_fields_was_emptied() -> None:
    assert lost("ready") == [("dataset_wiped", 1, LOSS_KINDS["dataset_wiped"])]
    assert lost("draft") == lost("ready", fields=[FIELD]) == []


def test_what_a_source_says_of_its_settings_is_listed() -> None:
    told = [{"kind": "settings_inferred", "count": 2, "message": "m"}, {"kind": "not_in_index", "count": 1}]
    assert lost("ready", fields=[FIELD], losses=told) == [("settings_inferred", 2, "m"), ("not_in_index", 1, LOSS_KINDS["not_in_index"])]
