"""The flat table of annotations: a row a record, annotator and question, and for each label or span of an answer one. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Literal, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.said import Piece, Question, Said, models, name_of, people, questions_of, texts_of

Form = Literal["csv", "jsonl", "parquet"]
#: The status of a row that says what a model suggested.
SUGGESTED = "suggestion"
_ROWS = 4096


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        workspace, dataset: names on the old server.
        record_id: the id that whoever made the record gave it, else the server's.
        text: what was annotated: the field that spans are marked in, else all fields, each with its name where the dataset has several.
        annotator: a username, or an agent of 1.x; of a user who is gone the id; None: nobody known. Of a suggestion the model.
        status: of the response (``submitted``, ``draft``, ``discarded``, ``pending``); of a legacy dataset the record's (``Validated``,
            ``Edited``, ``Default``, ``Discarded``); of what a model said ``suggestion``.
        question: its name; legacy datasets have ``label``, ``labels``, ``spans`` or ``text_generation``. None: nothing was answered.
        value: the label, the text, the rating or the ranked option; None: nothing was answered, or the answer says that there is nothing.
        start, end: of a span, in code points of ``text``; ``end`` is exclusive.
        score: of a suggestion, as the old server has it, normally in [0, 1].
        rank: of a ranked option, from 1 on.
    """

    workspace: str
    dataset: str
    record_id: str
    text: str
    annotator: str | None
    status: str
    question: str | None
    value: str | None
    start: int | None
    end: int | None
    score: float | None
    rank: int | None


#: The types of the columns of a Parquet file.
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in Row._fields[:8]),
        *((name, pa.int64()) for name in ("start", "end")),
        ("score", pa.float64()),
        ("rank", pa.int64()),
    ]
)


def rows(dataset: AnyDataset, records: Iterable[AnyRecord], *, suggestions: bool = False) -> Iterator[Row]:
    """The rows of a dataset, record by record; ``suggestions``: what models said too."""
    questions = {question.name: question for question in questions_of(dataset)}
    named = len(dataset.fields if isinstance(dataset, FeedbackDataset) else dataset.columns.inputs) > 1
    for record in records:
        texts = texts_of(record)
        said = [*people(record, dataset), *(models(record, dataset) if suggestions else ())]
        for one in said:
            text = _text(texts, questions.get(one.question or ""), named=named)
            for piece in one.pieces or [None]:
                yield _row(dataset, name_of(record), text, one, piece)


def _text(texts: dict[str, str], question: Question | None, *, named: bool) -> str:
    if question is not None and question.field is not None:
        return texts.get(question.field, "")
    return "\n".join(f"{name}: {text}" if named else text for name, text in texts.items())


def _row(dataset: AnyDataset, record_id: str, text: str, said: Said, piece: Piece | None) -> Row:
    found = piece or (None,) * len(Piece._fields)
    return Row(dataset.workspace, dataset.name, record_id, text, said.who, said.status or SUGGESTED, said.question, *found)


def lines(table: Iterable[Row], form: Form) -> Iterator[str]:
    """The rows as lines of CSV, with a header, or of JSON."""
    if form == "jsonl":
        yield from (orjson.dumps(row._asdict(), option=orjson.OPT_APPEND_NEWLINE).decode() for row in table)
        return
    buffer = io.StringIO()
    writer = csv.writer(buffer)  # whose lines end with CR and LF, so that both are quoted in a text
    writer.writerow(Row._fields)
    for row in table:
        yield _taken(buffer)
        writer.writerow(row)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    """The line in the buffer, which is empty afterwards."""
    content = buffer.getvalue().removesuffix("\r\n") + "\n"
    buffer.seek(0)
    buffer.truncate()
    return content


def write_parquet(table: Iterable[Row], file: IO[bytes]) -> None:
    """Writes the rows as a Parquet file; some thousand are in memory at once."""
    left = iter(table)
    with pq.ParquetWriter(file, SCHEMA) as writer:
        while batch := list(islice(left, _ROWS)):
            columns = [pa.array(column, type_) for column, type_ in zip(zip(*batch, strict=True), SCHEMA.types, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=SCHEMA))
