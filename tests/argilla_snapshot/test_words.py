"""Words for people."""

import pytest

from argilla_snapshot.words import in_number
from exporter.losses import LOSS_KINDS
from importer.notes import KINDS


@pytest.mark.parametrize(
    ("number", "message", "said"),
    [
        (1, "annotators: they are no users", "annotator: they are no users"),
        (2, "annotators: they are no users", "annotators: they are no users"),
        (1, "metadata properties: some records have values", "metadata property: some records have values"),
        (1, "labeling rules: 2.x applies none", "labeling rule: 2.x applies none"),
        (1, "vectors of zeros: they would", "vector of zeros: they would"),
        (1, "answers, fields or vectors: the dataset", "answer, fields or vectors: the dataset"),
        (1, "list of users: none was read", "list of users: none was read"),
        (1, "users and workspaces: they get a new id", "user and workspace: they get a new id"),
    ],
)
def test_what_is_counted_is_said_of_one(number: int, message: str, said: str) -> None:
    assert in_number(number, message) == said


def test_each_note_and_loss_begins_with_what_can_be_said_of_one() -> None:
    for message in [*(message for _, message in KINDS.values()), *LOSS_KINDS.values()]:
        assert in_number(1, message) != message or message.startswith(("key", "list"))
