"""Agreement: the figures of the literature, and the definition, whatever was answered."""

from collections import Counter
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argilla_snapshot.format.agreement import AnswersTally, SpansTally

#: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units, some values missing.
EXAMPLE = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]

ANSWERS = st.lists(st.lists(st.sampled_from([["a"], ["b"], ["a", "b"], []]), max_size=4), max_size=8)


def tally(units: list[list[list[str]]]) -> AnswersTally:
    result = AnswersTally()
    for unit in units:
        result.see(unit)
    return result


def test_alpha_is_that_of_krippendorffs_example() -> None:
    rows = [line.split() for line in EXAMPLE]
    found = tally([[[value] for value in unit if value != "."] for unit in zip(*rows, strict=True)]).result("q")
    assert found.records == 11
    assert found.alpha == pytest.approx(0.743, abs=0.0005)


@given(ANSWERS)
def test_alpha_and_share_are_what_their_definitions_say(units: list[list[list[str]]]) -> None:
    found = tally(units)
    pairs = [pair for unit in units for pair in combinations(map(frozenset, unit), 2)]
    assert (found.pairs, found.same) == (len(pairs), sum(one == other for one, other in pairs))
    if not pairs:
        return
    values = [frozenset(answer) for unit in units if len(unit) > 1 for answer in unit]
    observed = sum(
        sum(one != other for one, other in permutations(map(frozenset, unit), 2)) / (len(unit) - 1) for unit in units if len(unit) > 1
    ) / len(values)
    counts = Counter(values)
    expected = sum(counts[one] * counts[other] for one, other in permutations(counts, 2)) / (len(values) * (len(values) - 1))
    assert found.result("q").alpha == (pytest.approx(1 - observed / expected) if expected else None)


def test_spans_are_the_same_where_label_start_and_end_are() -> None:
    found = SpansTally()
    found.see([[("A", 0, 3), ("B", 5, 9)], [("A", 0, 3), ("A", 5, 9)]])
    found.see([[("A", 0, 1)]])  # nobody to compare with
    assert (found.records, found.pairs) == (1, 1)
    assert found.result("q").share == 0.5
    assert found.result("q").alpha is None


def test_who_marks_nothing_agrees_with_who_marks_nothing() -> None:
    found = SpansTally()
    found.see([[], []])
    assert found.result("q").share == 1.0
