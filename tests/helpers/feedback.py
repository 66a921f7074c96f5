"""A feedback dataset with a question of each type, and records of it, made by hand."""

from typing import Any

from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, MetadataProperty, Question, VectorSettings
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackResponse, FeedbackSuggestion
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan
from importer.planning.feedback import FeedbackShaper, survey_feedback
from importer.target_state import Capabilities

Json = dict[str, Any]
OPTIONS = [{"value": "a", "text": "A", "description": None}, {"value": "b", "text": "B", "description": "bee"}]
SETTINGS: dict[str, Json] = {
    "why": {"type": "text", "use_markdown": True},
    "stars": {"type": "rating", "options": [{"value": 3}, {"value": 1}]},
    "label": {"type": "label_selection", "options": OPTIONS, "visible_options": None},
    "many": {"type": "multi_label_selection", "options": OPTIONS, "visible_options": None, "options_order": "natural"},
    "rank": {"type": "ranking", "options": OPTIONS},
    "spans": {"type": "span", "field": "text", "options": OPTIONS, "visible_options": None, "allow_overlapping": True},
}
VALUES: Json = {
    "why": "because",
    "stars": 3,
    "label": "b",
    "many": ["b", "a"],
    "rank": [{"value": "a", "rank": 1}, {"value": "b", "rank": 1}],
    "spans": [{"label": "a", "start": 0, "end": 3}],
}


def dataset(**members: Any) -> FeedbackDataset:
    """The dataset, or one that differs in some members."""
    made: Json = {
        "workspace": "w",
        "name": "d",
        "kind": "feedback",
        "records": 1,
        "status": "ready",
        "fields": [Field("text", "Text", {"type": "text", "use_markdown": False}, required=True, id="f1")],
        "questions": [
            Question(name, name.title(), settings, name == "why", f"Say {name}", f"q-{name}") for name, settings in SETTINGS.items()
        ],
        "metadata_properties": [
            MetadataProperty("split", "Split", {"type": "terms", "values": ["x", "y"]}),
            MetadataProperty("n", "N", {"type": "integer", "min": 1, "max": 5}, visible_for_annotators=False),
            MetadataProperty("f", "F", {"type": "float", "min": None, "max": None}),
        ],
        "vectors_settings": [VectorSettings("v", "V", 2)],
        "guidelines": "read",
    }
    return FeedbackDataset(**made | members)


def response(username: str | None = "ana", status: str = "submitted", user_id: str | None = None, **values: Any) -> FeedbackResponse:
    """A response, with an answer to each question unless others are given."""
    return FeedbackResponse(username, user_id, status, values or VALUES)


def record(**members: Any) -> FeedbackRecord:
    """A record with everything, or one that differs in some members."""
    made: Json = {
        "id": "00000000-0000-0000-0000-000000000001",
        "external_id": "r1",
        "fields": {"text": "Ana went"},
        "metadata": {"split": "x", "n": 3, "f": 0.5},
        "responses": [response()],
        "suggestions": {"label": FeedbackSuggestion("a", 0.5, "model", "model")},
        "vectors": {"v": [0.5, 1.0]},
    }
    return FeedbackRecord(**made | members)


def planned(source: FeedbackDataset, records: list[FeedbackRecord], version: str = "2.8.0", **options: Any) -> tuple[DatasetPlan, Notebook]:
    """What becomes of a dataset with these records, and what is noted of it."""
    notes, seen = Notebook(), survey_feedback(records, source, "deleted-user")
    shaper = FeedbackShaper(Capabilities.of(version), lambda size: size <= 1_024, ImportOptions(**options), notes, "snapshot-1")
    place = DatasetPlan("w.d", "feedback/w/d", "w", "d", None, len(records), "create", kind="feedback")
    return shaper.dataset(place, source, seen), notes


def kinds(notes: Notebook) -> set[str]:
    """The kinds of what was noted."""
    return {one.kind for one in notes.noted()}


#: Everybody is known by the own name.
AGENTS = [Agent(name, name, known=True) for name in ("ana", "bo", "deleted-user", "deleted-user-2", "deleted-user-0a1b2c3d")]
