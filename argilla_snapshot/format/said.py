"""What people and models said of a record, in one form for both kinds of datasets: for tables, counts and the screen. Pure."""

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any, NamedTuple

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.models import Question as FeedbackQuestion
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import Dataset, Record, ScoredLabel, Span

#: Types of questions whose answers are labels of a known list, once or several times in an answer.
LABELS = frozenset({"label_selection", "multi_label_selection", "span"})

#: So much is shown of a data URL.
_SHOWN = 40


class Question(NamedTuple):
    """A question of a dataset; legacy datasets have one, which gets the name and type that it has in Argilla 2.x.

    ``labels``: the values to choose from, in their order; empty where any text is an answer. ``field``: the one that spans are marked in.
    """

    name: str
    title: str
    type: str
    labels: tuple[str, ...] = ()
    field: str | None = None


class Piece(NamedTuple):
    """A part of an answer: a label, a text, a rating, a ranked option, or a labelled stretch of the text.

    ``start`` and ``end`` (exclusive) count code points; ``score``: as the old server has it, normally in [0, 1]; ``rank``: from 1 on.
    """

    value: str
    start: int | None = None
    end: int | None = None
    score: float | None = None
    rank: int | None = None


class Said(NamedTuple):
    """An answer of one person or model to one question of a record.

    Attributes:
        who: the username or agent; of a user who is gone the id; None: nobody known.
        status: of the response; of a legacy dataset the record's; None: a model said it.
        question: its name; None: who it is answered nothing, but discarded the record, say.
        pieces: what the answer consists of; none: it says that there is nothing, no span for example.
    """

    who: str | None
    status: str | None
    question: str | None
    pieces: list[Piece]


def questions_of(dataset: AnyDataset) -> list[Question]:
    """The questions of a dataset, in their order."""
    if isinstance(dataset, FeedbackDataset):
        return [_question(question) for question in dataset.questions]
    name, type_ = _name_and_type(dataset)
    labels = () if type_ == "text" else tuple(dict.fromkeys([*dataset.labels_declared, *dataset.labels_seen]))
    return [Question(name, name, type_, labels, "text" if type_ == "span" else None)]


def _name_and_type(dataset: Dataset) -> tuple[str, str]:
    """Those of the one question of a legacy dataset."""
    if dataset.task == "Text2Text":
        return "text_generation", "text"
    if dataset.task == "TokenClassification":
        return "spans", "span"
    return ("labels", "multi_label_selection") if dataset.multi_label else ("label", "label_selection")


def _question(question: FeedbackQuestion) -> Question:
    options = question.settings.get("options") or []
    return Question(question.name, question.title, question.type, tuple(str(o["value"]) for o in options), question.settings.get("field"))


def texts_of(record: AnyRecord) -> dict[str, str]:
    """Field (or input) -> its text as a person reads it; of an image that lies in the record only the beginning."""
    fields = record.inputs if isinstance(record, Record) else record.fields
    return {name: text_of(value) for name, value in fields.items()}


def text_of(value: Any) -> str:
    """A field's value as a person reads it."""
    if isinstance(value, str):
        return f"{value[:_SHOWN]}…" if value.startswith("data:") else value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, list) and all(isinstance(item, dict) and {"role", "content"} <= item.keys() for item in value):
        return "\n".join(f"{item['role']}: {item['content']}" for item in value)
    return to_json(value).decode()


def name_of(record: AnyRecord) -> str:
    """The id by which people know a record: the one that whoever made it gave it, else the server's."""
    return record.id if isinstance(record, Record) else record.external_id or record.id


def people(record: AnyRecord, dataset: AnyDataset) -> Iterator[Said]:
    """What people answered, person by person; somebody who answered nothing is in it too."""
    if isinstance(record, FeedbackRecord):
        assert isinstance(dataset, FeedbackDataset)
        types = {question.name: question.type for question in dataset.questions}
        for response in record.responses:
            who = response.username or response.user_id
            for name, value in response.values.items():
                yield Said(who, response.status, name, pieces_of(value, types[name]))
            if not response.values:
                yield Said(who, response.status, None, [])
        return
    assert isinstance(dataset, Dataset)
    question, _ = _name_and_type(dataset)
    for annotation in record.annotations:
        value = annotation.value
        yield Said(annotation.agent, record.status, question, [_annotated(item) for item in ([value] if isinstance(value, str) else value)])
    if record.status == "Discarded" and not record.annotations:
        yield Said(None, record.status, None, [])


def models(record: AnyRecord, dataset: AnyDataset) -> Iterator[Said]:
    """What models predicted or suggested."""
    if isinstance(record, FeedbackRecord):
        assert isinstance(dataset, FeedbackDataset)
        types = {question.name: question.type for question in dataset.questions}
        for name, suggestion in record.suggestions.items():
            yield Said(suggestion.agent, None, name, list(scored(pieces_of(suggestion.value, types[name]), suggestion.score)))
        return
    assert isinstance(dataset, Dataset)
    question, _ = _name_and_type(dataset)
    for prediction in record.predictions:
        yield Said(prediction.agent, None, question, [_predicted(item) for item in prediction.values])


def _annotated(item: str | Span) -> Piece:
    return Piece(item) if isinstance(item, str) else _predicted(item)


def _predicted(item: Any) -> Piece:
    if isinstance(item, Span):
        return Piece(item.label, item.start, item.end, item.score)
    return Piece(item.label if isinstance(item, ScoredLabel) else item.text, score=item.score)


def pieces_of(value: Any, type_: str) -> list[Piece]:
    """What an answer to a question of this type consists of, from its value in the form of the 2.x API."""
    if type_ == "span":
        return [Piece(item["label"], item["start"], item["end"]) for item in value]
    if type_ == "ranking":
        return [Piece(item["value"], rank=item.get("rank")) for item in value]
    if type_ == "multi_label_selection":
        return [Piece(item) for item in value]
    return [Piece(value if isinstance(value, str) else to_json(value).decode())]


def scored(pieces: Iterable[Piece], score: float | list[float] | None) -> Iterator[Piece]:
    """The pieces with their scores: one for each, or one for all."""
    scores = chain(score, repeat(None)) if isinstance(score, list) else repeat(score)
    return (piece._replace(score=one) for piece, one in zip(pieces, scores, strict=False))
