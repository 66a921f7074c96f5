"""A report as one page of HTML that needs nothing besides itself: no script, no other file, no network."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from argilla_snapshot.format.said import Piece, Said
from argilla_snapshot.format.summary import Example, Summary
from argilla_snapshot.words import counted, of_them
from importer.reporting import charts
from importer.reporting.charts import Column
from importer.reporting.model import Check, DatasetReport, Report, Told
from importer.reporting.texts import cut, plain, sentence, shown, words
from importer.reporting.verdict import moment

_HERE = Path(__file__).parent
#: More than this is counted, not shown: the page stays small whatever the snapshot.
_MOST = SimpleNamespace(datasets=200, told=40, differences=60, people=30, questions=6, labels=25, said=6, pieces=20)
#: Characters that are shown of a text.
_TEXT = 1_200
_ACCOUNTS = {
    "created": "new",
    "reused": "there already, of that name",
    "mapped": "there already, as you said",
    "me": "who imported",
    "placeholder": "placeholder",
}


class _Worker(NamedTuple):
    """Somebody who annotated in a dataset: by which numbers, and who it was or how it is split."""

    name: str
    was: list[str]
    numbers: list[int]


def render(report: Report) -> bytes:
    """The page, in UTF-8."""
    detailed = [(number, dataset) for number, dataset in enumerate(report.datasets) if dataset.detailed]
    page = _environment().get_template("page.html.j2")
    return page.render(
        report=report,
        detailed=detailed,
        numbers={number for number, _ in detailed},
        css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        most=_MOST,
        accounts=_ACCOUNTS,
        finished=bool(report.finished_at),
    ).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "shown": shown,
        "plain": plain,
        "words": words,
        "shown_name": charts.shown_name,
        "who": lambda name: name or "nobody known",
        "sentence": sentence,
        "moment": moment,
        "some": _some,
        "examples": _examples,
        "cut": cut,
        "counted": counted,
        "link": _link,
        "marked": _marked,
        "colours": _colours,
        "label_colours": _label_colours,
        "workers": _workers,
        "arrived": _arrived,
        "answered": _answered,
        "responses": _responses,
        "total": lambda found, what: sum(
            {"arrived": _arrived, "answered": _answered, "responses": _responses}[what](one) or 0 for one in found
        ),
        "totals": lambda found: sorted(((label, by, sum(by.values())) for label, by in found.items()), key=lambda one: -one[2]),
        "compared": _compared,
        "bar": charts.bar,
        "columns": _columns,
        "over_time": charts.over_time,
        "lengths": charts.lengths,
        "described": _described,
    }
    return environment


# --- texts ---


def _some(names: Sequence[str], most: int, between: str = ", ") -> str:
    listed = between.join(cut(name, 100) for name in list(names)[:most])
    return listed + (f" and {len(names) - most} more" if len(names) > most else "")


def _examples(told: Told) -> str:
    """What a kind of content is shown by: ids of records are said to be such."""
    ids = told.text.startswith("record") and not any(": " in sample for sample in told.samples)
    return f" record{'s' if len(told.samples) > 1 else ''} {_some(told.samples, 3)}" if ids else f": {_some(told.samples, 3, '; ')}"


def _link(text: str, address: str, about: str = "") -> Markup:
    """A link, to web pages only; ``about``: what it is of, for whoever hears the text alone."""
    if not address.startswith(("http://", "https://")):
        return shown(text)
    more = Markup('<span class="unseen">: {}</span>').format(plain(about)) if about and about != address else ""
    return Markup('<a href="{}" rel="noreferrer">{}{}</a>').format(address, shown(text), more)


def _marked(record: Example, field: str, dataset: DatasetReport) -> list[tuple[str, str | None]]:
    """A text in pieces, each with the label that it was marked with or None; of spans that overlap the first is shown."""
    text = cut(record.texts[field], _TEXT)
    pieces = _spans(record, field, dataset)
    parts: list[tuple[str, str | None]] = []
    at = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start or 0, -(piece.end or 0))):
        start, end = piece.start or 0, piece.end or 0
        if at <= start < end <= min(len(text), _TEXT):
            parts += [(text[at:start], None), (text[start:end], piece.value)]
            at = end
    return [*parts, (text[at:], None)]


def _spans(record: Example, field: str, dataset: DatasetReport) -> list[Piece]:
    """The spans of the first who marked any in a field: a person, else a model."""
    fields = {question.name: question.field for question in dataset.questions}
    said: Iterable[Said] = (one for one in (*record.people, *record.models) if one.pieces and one.pieces[0].start is not None)
    return next((one.pieces for one in said if len(record.texts) == 1 or fields.get(one.question or "") == field), [])


# --- numbers ---


def _arrived(dataset: DatasetReport) -> int | None:
    """Records that the new server has: as it was asked, else by the plan."""
    if dataset.stored is not None:
        return dataset.stored
    return sum(fate.completed + fate.pending for fate in dataset.counts.fates.values()) if dataset.arrived else None


def _answered(dataset: DatasetReport) -> int:
    return sum(sum(of.values()) for of in dataset.counts.summary.responses.values())


def _responses(dataset: DatasetReport) -> int | None:
    return sum(sum(of.values()) for of in dataset.counts.responses.values()) if dataset.arrived else None


def _workers(dataset: DatasetReport) -> list[_Worker]:
    counts = dataset.counts
    if not dataset.arrived:
        return [
            _Worker(who or "nobody known", [f"{status} {count:,}" for status, count in of.items()], [sum(of.values())])
            for who, of in counts.summary.responses.items()
        ]
    found = [
        _Worker(who, _names(counts.whose.get(who, {})), [of.get(status, 0) for status in ("submitted", "draft", "discarded")])
        for who, of in counts.responses.items()
    ]
    return [*found, _Worker("left out, as asked", _names(counts.whose[""]), [0, 0, 0])] if counts.whose.get("") else found


def _names(counts: Mapping[str, int]) -> list[str]:
    most_first = sorted(counts.items(), key=lambda one: -one[1])
    return [f"{who or 'nobody known'}: {count:,}" for who, count in most_first] or ["\u2013"]


def _compared(check: Check) -> str:
    which = f"{check.records:,} of {counted(check.total, 'record')}, a sample," if check.sampled else counted(check.records, "record")
    found = counted(check.found, "difference") if check.differences else "no difference"
    since = " All of it was changed on the new server after the import." if check.only_changed_since else ""
    return f"On {moment(check.at)} `verify` compared {which} and {counted(check.users, 'user')}{of_them(check.placeholders)}, and found {found}.{since}"


# --- charts ---


def _colours(summary: Summary) -> dict[str, int]:
    """The colour of each annotator of a dataset."""
    return charts.colours(summary.responses)


def _label_colours(dataset: DatasetReport) -> dict[str, int]:
    """The colour of each label of a dataset."""
    labels = (label for question in dataset.questions for label in question.labels)
    return dict(zip(dict.fromkeys(labels), cycle(range(charts.SERIES - 1)), strict=False))


def _columns(found: Sequence[Column], colour: Mapping[str, int], id_: str, title: str, description: str) -> Markup:
    return charts.columns(found, colour, id_=id_, title=title, description=description)


def _described(found: Sequence[Column], noun: str) -> str:
    """A chart in a sentence: for whoever can't see it, and to read off the highest column."""
    most = max(found, key=lambda column: column.total)
    all_ = counted(sum(column.total for column in found), noun)
    return f"{all_}, all in {most.name}." if len(found) == 1 else f"{all_}; the most, {most.total:,}, in {most.name}."
