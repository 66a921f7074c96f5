"""Charts: nothing is left out, there are never more columns than one can see, and names can't be markup."""

from collections import Counter
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.reporting.charts import OTHERS, SERIES, Column, bar, colours, columns, grouped, lengths, over_time

DAYS = st.dictionaries(
    st.dates().map(lambda day: day.isoformat()),
    st.dictionaries(st.sampled_from(["ana", "", "b"]), st.integers(1, 9), min_size=1),
    max_size=30,
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(DAYS)
def test_every_answer_is_in_a_column(days: dict[str, dict[str, int]]) -> None:
    _, found = over_time(days)
    assert sum((Counter(column.parts) for column in found), Counter()) == sum(map(Counter, days.values()), Counter())
    assert len({column.name for column in found}) == len(found) <= 60


def test_the_unit_is_the_smallest_that_can_be_seen() -> None:
    assert [column.name for column in over_time({"2024-02-28": {"a": 1}, "2024-03-01": {"a": 2}})[1]] == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]
    assert over_time({"2024-01-01": {"a": 1}, "2024-12-31": {"a": 1}})[0] == "week"
    assert [c.total for c in over_time({"2022-11-30": {"a": 1}, "2024-01-31": {"a": 2}})[1]] == [1, *[0] * 13, 2]


def test_lengths_leave_no_gap() -> None:
    assert [(column.name, column.total) for column in lengths({0: 1, 4: 3})] == [("0", 1), ("1", 0), ("2\u20133", 0), ("4\u20137", 3)]


@settings(deadline=None)
@given(st.lists(NAMES, unique=True, max_size=12), st.dictionaries(NAMES, st.integers(1, 9), max_size=12))
def test_names_beyond_the_colours_are_together(names: list[str], parts: dict[str, int]) -> None:
    colour = colours(names)
    assert set(colour.values()) == set(range(min(len(names), SERIES)))
    assert sum(grouped(parts, colour).values()) == sum(parts.values())
    assert grouped(parts, colour).keys() <= {*colour, OTHERS}


@settings(deadline=None)
@given(NAMES, NAMES)
def test_a_chart_is_well_formed_whatever_is_in_it(name: str, who: str) -> None:
    drawn = columns([Column(name, {who: 3, "b": 1})], colours([who, "b"]), id_="x", title=name, description=who)
    found = ET.fromstring(str(drawn))
    assert len(found.findall("rect")) == len({who, "b"})
    assert found.find("title") is not None
    ET.fromstring(str(bar({who: 1}, 2, {})))
