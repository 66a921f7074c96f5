"""Charts as inline SVG, which take their colours from the page's style sheet. Pure.

They are drawn without text and stretched to the room that there is: words and numbers stand around them, in the size of all other words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from markupsafe import Markup

from importer.reporting.texts import plain

#: Colours of the style sheet: the last one is that of all others together.
SERIES = 7
#: No name of anybody: those who have no colour of their own.
OTHERS = "\x00others"
#: Columns of a chart at most.
_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart; ``parts``: series -> how much."""

    name: str
    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How high it is."""
        return sum(self.parts.values())


def colours(names: Iterable[str]) -> dict[str, int]:
    """The number of each name's colour. Where there are more names than colours, the last ones are together ``OTHERS``."""
    listed = list(names)
    return {name: number for number, name in enumerate(listed if len(listed) <= SERIES else [*listed[: SERIES - 1], OTHERS])}


def grouped(parts: Mapping[str, int], colour: Mapping[str, int]) -> dict[str, int]:
    """The parts that have a colour, in the order of the colours, and the others together."""
    counts = Counter({name if name in colour else OTHERS: 0 for name in (*colour, *parts)})
    for name, amount in parts.items():
        counts[name if name in colour else OTHERS] += amount
    return {name: amount for name, amount in counts.items() if amount}


def shown_name(name: str) -> str:
    """A name for people."""
    return {OTHERS: "all others", "": "nobody known"}.get(name, name)


def bar(parts: Mapping[str, int], most: int, colour: Mapping[str, int]) -> Markup:
    """A row of parts, as long as their sum is beside ``most``. For the eye only: its numbers stand in the table beside it."""
    rects, at = [], 0.0
    for name, amount in grouped(parts, colour).items():
        width = 100 * amount / most if most else 0
        if width:
            rects.append(
                Markup('<rect class="s{}" x="{:.2f}" width="{:.2f}" height="10"/>').format(colour.get(name, SERIES - 1), at, width)
            )
        at += width
    return Markup('<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>').format(
        Markup("").join(rects)
    )


def columns(shown: Sequence[Column], colour: Mapping[str, int], *, id_: str, title: str, description: str) -> Markup:
    """A chart of columns side by side, told by its title and description to whoever can't see it."""
    most = max((column.total for column in shown), default=0)
    rects = []
    for place, column in enumerate(shown):
        top = 100.0
        for name, amount in grouped(column.parts, colour).items():
            height = 100 * amount / most if most else 0
            top -= height
            tip = f"{column.name}: {f'{shown_name(name)} ' if len(colour) > 1 else ''}{amount:,}"
            shape = Markup('<rect class="s{}" x="{}" y="{:.2f}" width="0.8" height="{:.2f}"><title>{}</title></rect>')
            rects.append(shape.format(colour.get(name, SERIES - 1), f"{place + 0.1:.1f}", top, height, plain(tip)))
    return Markup(
        '<svg class="columns" viewBox="0 0 {} 100" preserveAspectRatio="none" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
    ).format(max(len(shown), 1), id_, id_, id_, plain(title), id_, plain(description), Markup("").join(rects))


def lengths(buckets: Mapping[int, int]) -> list[Column]:
    """How many records have texts of which length: a column for each doubling, without a gap."""
    if not buckets:
        return []
    first, last = min(buckets), max(buckets)
    edges = [0] if first == 0 else []
    edge = max(first, 1)
    while edge <= last:
        edges.append(edge)
        edge *= 2
    return [
        Column("0" if edge == 0 else "1" if edge == 1 else f"{edge:,}\u2013{2 * edge - 1:,}", {"": buckets.get(edge, 0)}) for edge in edges
    ]


def over_time(days: Mapping[str, Mapping[str, int]]) -> tuple[str, list[Column]]:
    """Answers over time, by annotator: the unit (day, week, month or year) that gives a number of columns that one can see, and the columns."""
    moments = [date.fromisoformat(day) for day in days]
    if not moments:
        return "", []
    span = (max(moments) - min(moments)).days
    unit = "day" if span < _COLUMNS else "week" if span < 7 * _COLUMNS else "month" if span < 30 * _COLUMNS else "year"
    counts: dict[date, Counter[str]] = {}
    for day, by in days.items():
        counts.setdefault(_begin(date.fromisoformat(day), unit), Counter()).update(by)
    found = sorted(counts)
    whole = [found[0], *(moment for before, after in pairwise(found) for moment in _until(before, after, unit))]
    shown = whole if len(whole) <= _COLUMNS else found  # of gaps of many years nothing is shown
    split = len(shown) - _COLUMNS + 1 if len(shown) > _COLUMNS else 0
    earlier, shown = shown[:split], shown[split:]
    before = [Column(f"to {_name(earlier[-1], unit)}", sum((counts[moment] for moment in earlier), Counter()))] if earlier else []
    return unit, [*before, *(Column(_name(moment, unit), counts.get(moment, {})) for moment in shown)]


def _begin(day: date, unit: str) -> date:
    match unit:
        case "week":
            return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _until(before: date, after: date, unit: str) -> list[date]:
    """Each unit after one and up to another; of gaps of many years only their end."""
    if unit == "year" and after.year - before.year > _COLUMNS:
        return [after]
    found = [before]
    while found[-1] < after:
        found.append(_begin(found[-1] + timedelta(days={"day": 1, "week": 7, "month": 31, "year": 366}[unit]), unit))
    return found[1:]


def _name(moment: date, unit: str) -> str:
    return {"month": f"{moment.year:04}-{moment.month:02}", "year": f"{moment.year:04}"}.get(unit, moment.isoformat())
