"""What a document says that does not depend on other documents: read once, for columns are learnt from it and rows made of it."""

from typing import Any, NamedTuple

from argilla_snapshot.format.models import Task
from exporter.documents import Document, dict_of
from exporter.legacy.agents import Entry, entries
from exporter.losses import Note
from exporter.values import to_floats


class Reading(NamedTuple):
    """What was read of a document.

    Attributes:
        predictions: the values of the typed column, the current agent's first.
        annotations: every annotation as a list of what a prediction is a list of, the current agent's first.
        vectors: the numbers by name.
        noted: kinds of losses met on the way, one for each.
    """

    predictions: list[Entry]
    annotations: list[Entry]
    vectors: dict[str, list[float]]
    noted: list[str]


def read(task: Task, document: Document) -> Reading:
    """What a document says; it is kept with it."""
    if document.reading is None:
        content, noted = document.content, []  # type: tuple[dict[str, Any], list[str]]
        note = noted.append
        document.reading = Reading(
            entries(task, "prediction", content, note), entries(task, "annotation", content, note), _vectors(content, note), noted
        )
    found: Reading = document.reading
    return found


def status_of(content: dict[str, Any]) -> str:
    """The status; a document without one is pending, as the server's own model has it."""
    status = content.get("status")
    return status if isinstance(status, str) else "Default"


def inputs_of(content: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a text classification document; a lone text is the input ``text``, as in the 1.x client."""
    inputs = content.get("inputs")
    return {"text": inputs} if isinstance(inputs, str) else dict_of(inputs)


def _vectors(content: dict[str, Any], note: Note) -> dict[str, list[float]]:
    """The numbers of vectors: ``{"value": […]}`` in 1.x, with or without further members."""
    vectors = content.get("vectors")
    if not isinstance(vectors, (dict, type(None))):
        note("unexpected_value")
    found = {}
    for name, vector in dict_of(vectors).items():
        numbers = to_floats(vector.get("value") if isinstance(vector, dict) else vector, note)
        if numbers is not None:
            found[name] = numbers
    return found
