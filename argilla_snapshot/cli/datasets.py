"""One dataset of a snapshot as a person reads it: what it asks, who answered what, and some records."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from rich.text import Text

from argilla_snapshot.cli.output import out, plain, print_table, say, show
from argilla_snapshot.cli.tables import some, some_whole
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import title_of
from argilla_snapshot.format.said import questions_of
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from argilla_snapshot.format.agreement import Agreement
    from argilla_snapshot.format.kinds import AnyDataset
    from argilla_snapshot.format.said import Piece, Said
    from argilla_snapshot.format.summary import Example, Summary

#: The widest bar, in characters.
_BAR = 20
#: People named in a row, labels shown of a question, and characters shown of a text.
_PEOPLE, _LABELS, _TEXT = 4, 30, 600
_NOBODY = "(nobody known)"
_MEASURES = {
    "same answers": "Same answers: so many of the pairs of people who answered the same record gave the same answer. Alpha is Krippendorff's "
    "alpha for nominal values: 1 is full agreement, 0 is what chance gives; it can't be told (-) where all answers are the same.",
    "same spans": "Same spans: so many of the spans that either of a pair marked did the other mark too, with the same label, start and end.",
}
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "red")


def show_dataset(dataset: AnyDataset, summary: Summary, examples: list[Example]) -> None:
    """All of it, from what it is to some records."""
    what = "feedback dataset" if isinstance(dataset, FeedbackDataset) else title_of(dataset)
    say(f"{dataset.full_name}: {what}, {counted(summary.records, 'record')}")
    for line in _dates(dataset, summary):
        say(line)
    say("")
    print_table("Fields", ("field", "type", "title"), _fields(dataset))
    questions = [(q.name, q.type, q.title, some([*q.labels], 6) if q.labels else "-") for q in questions_of(dataset)]
    print_table("Questions", ("question", "type", "title", "options"), questions)
    most = max(summary.statuses.values(), default=0)
    print_table(
        "Statuses of records",
        ("status", "records", ""),
        [(status, count, _bar(count, most)) for status, count in summary.statuses.items()],
    )
    people = [(who or _NOBODY, sum(of.values()), _listed(of)) for who, of in summary.responses.items()]
    print_table("Annotators", ("annotator", "records", "by status"), people)
    for question in summary.labels:
        _show_labels(question, summary)
    _show_agreement(summary.agreement)
    colours = {label: colour for question in questions_of(dataset) for label, colour in zip(question.labels, cycle(_COLOURS), strict=False)}
    fields = {question.name: question.field for question in questions_of(dataset)}
    for example in examples:
        _show_example(example, fields, colours)


def _dates(dataset: AnyDataset, summary: Summary) -> Iterator[str]:
    made = dataset.inserted_at if isinstance(dataset, FeedbackDataset) else dataset.created_at
    if made:
        yield f"Made on {made[:10]}."
    if summary.first and summary.last:
        what = "Records were made and changed" if isinstance(dataset, FeedbackDataset) else "Records were last changed"
        days = (f"{summary.first:%Y-%m-%d}", f"{summary.last:%Y-%m-%d}")
        yield f"{what} on {days[0]}." if days[0] == days[1] else f"{what} between {days[0]} and {days[1]}."
    if summary.lengths:
        lengths = summary.lengths
        yield f"The text of a record has {lengths.shortest:,} to {lengths.longest:,} characters, {lengths.mean:,.0f} on average."


def _fields(dataset: AnyDataset) -> list[tuple[str, str, str]]:
    if isinstance(dataset, FeedbackDataset):
        return [(field.name, field.type, field.title) for field in dataset.fields]
    return [
        (name, "text" if type_ == "str" else "list of texts", name) for name, type_ in (dataset.columns.inputs or {"text": "str"}).items()
    ]


def _show_labels(question: str, summary: Summary) -> None:
    """A bar for each label, and who gave it."""
    totals = {label: sum(of.values()) for label, of in summary.labels[question].items()}
    most, suggested = max(totals.values(), default=0), summary.suggested.get(question, {})
    rows = [
        (
            label,
            total,
            _bar(total, most),
            _listed({who or _NOBODY: n for who, n in summary.labels[question][label].items()}),
            suggested.get(label, 0),
        )
        for label, total in list(totals.items())[:_LABELS]
    ]
    print_table(f"Labels of the question {question}", ("label", "given", "", "by", "by models"), rows)
    if len(totals) > _LABELS:
        say(f"There are {len(totals) - _LABELS:,} more labels; --json has them all.")
        say("")


def _show_agreement(found: list[Agreement]) -> None:
    print_table(
        "Agreement where several people answered",
        ("question", "records", "pairs", "measure", "agree", "alpha"),
        [
            (one.question, one.records, one.pairs, one.measure, f"{one.share:.0%}", "-" if one.alpha is None else f"{one.alpha:.2f}")
            for one in found
        ],
    )
    if found:
        for measure in dict.fromkeys(one.measure for one in found):
            say(_MEASURES[measure])
        say("")


# --- records ---


def _show_example(example: Example, fields: Mapping[str, str | None], colours: Mapping[str, str]) -> None:
    status = f" ({example.status})" if example.status else ""
    show(Text(plain(f"Record {example.id}{status}"), "bold"), out)
    marks = {
        fields[said.question]: said
        for said in [*reversed(example.models), *reversed(example.people)]
        if said.question and fields.get(said.question)
    }
    for name, text in example.texts.items():
        before = f"{name}: " if len(example.texts) > 1 else ""
        show(Text.assemble("  ", (plain(before), "dim"), _marked(text, marks[name].pieces if name in marks else [], colours)), out)
    for (who, how), said in _by_person(example.people).items():
        answers = Text("; ").join(_answer(one, colours) for one in said)
        show(Text.assemble("    ", (plain(who or _NOBODY), "bold"), f" ({plain(how)}) ", answers), out)
    for one in example.models:
        show(Text.assemble("    ", (f"{plain(one.who or 'a model')} suggests ", "dim"), _answer(one, colours)), out)
    say("")


def _by_person(found: list[Said]) -> dict[tuple[str | None, str | None], list[Said]]:
    people: dict[tuple[str | None, str | None], list[Said]] = {}
    for said in found:
        people.setdefault((said.who, said.status), []).append(said)
    return people


def _answer(said: Said, colours: Mapping[str, str]) -> Text:
    if said.question is None:
        return Text("no answer", "dim")
    parts = [Text(plain(_piece(piece)), colours.get(piece.value, "")) for piece in said.pieces] or [Text("nothing", "dim")]
    return Text.assemble((plain(f"{said.question}: "), "dim"), Text(", ").join(parts))


def _piece(piece: Piece) -> str:
    where = f" {piece.start}-{piece.end}" if piece.start is not None else ""
    rank = f" (#{piece.rank})" if piece.rank is not None else ""
    return f"{_cut(piece.value)}{rank}{where}{f' {piece.score:.2f}' if piece.score is not None else ''}"


def _marked(text: str, pieces: list[Piece], colours: Mapping[str, str]) -> Text:
    """A text with its spans in colour, each followed by its label in brackets; of spans that overlap the first is shown."""
    shown, at = Text(), 0
    text = _cut(text)
    for piece in sorted((piece for piece in pieces if piece.start is not None), key=lambda piece: (piece.start or 0, -(piece.end or 0))):
        start, end = piece.start or 0, piece.end or 0
        if at <= start < end <= len(text):
            colour = colours.get(piece.value, _COLOURS[0])
            shown.append(plain(text[at:start]))
            shown.append(plain(text[start:end]), f"bold {colour}").append(plain(f" [{piece.value}]"), colour)
            at = end
    return shown.append(plain(text[at:]))


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]} (and {len(text) - _TEXT:,} more characters)"


def _listed(counts: Mapping[str, int]) -> list[str]:
    return some_whole([f"{name} {count:,}" for name, count in counts.items()], _PEOPLE)


def _bar(count: int, most: int) -> str:
    """A bar as long as a number is beside the largest; of signs that the encoding has."""
    sign = "█" if out.encoding.lower().startswith("utf") else "#"
    return sign * max(round(_BAR * count / most), 1) if count else ""
