"""How far annotators agree who answered the same question of the same record. Counted record by record; pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

#: Types of questions that agreement is counted for; two free texts are hardly ever the same.
COMPARED = frozenset({"label_selection", "multi_label_selection", "rating", "ranking", "span"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement on one question.

    Attributes:
        question: its name.
        measure: ``same answers``: the share of pairs of annotators of a record who gave the same answer; ``same spans``: the share of spans
            (F1 over all pairs: label, start and end are the same) that the other of a pair marked too.
        records: that several people answered the question of.
        pairs: of annotators of the same record, over all records.
        share: in [0, 1], see ``measure``.
        alpha: Krippendorff's alpha for nominal values, at most 1; 0 is what chance gives, below 0 they differ more often. None of spans, and
            where all answers are the same.
    """

    question: str
    measure: str
    records: int
    pairs: int
    share: float
    alpha: float | None


class AnswersTally:
    """Counts how often answers are the same, for which each answer is a value; several labels are one value."""

    def __init__(self) -> None:
        self.records = self.pairs = self.same = 0
        self._values: Counter[Any] = Counter()
        self._agreeing = 0.0

    def see(self, answers: Iterable[list[Any]]) -> None:
        """Takes the answers to the question of one record into account, one a person."""
        counts = Counter(frozenset(answer) for answer in answers)
        people = counts.total()
        if people < 2:
            return
        self.records += 1
        self.pairs += people * (people - 1) // 2
        self.same += sum(count * (count - 1) // 2 for count in counts.values())
        self._values.update(counts)
        self._agreeing += sum(count * (count - 1) for count in counts.values()) / (people - 1)

    def result(self, question: str) -> Agreement:
        """What was counted."""
        total = self._values.total()
        by_chance = sum(count * (count - 1) for count in self._values.values())
        possible = total * (total - 1) - by_chance
        alpha = ((total - 1) * self._agreeing - by_chance) / possible if possible else None
        return Agreement(question, "same answers", self.records, self.pairs, self.same / self.pairs, alpha)


class SpansTally:
    """Counts how many spans two people both marked."""

    def __init__(self) -> None:
        self.records = self.pairs = self._both = self._all = 0

    def see(self, answers: Iterable[list[Any]]) -> None:
        """Takes the answers to the question of one record into account, one a person."""
        marked = [frozenset(answer) for answer in answers]
        if len(marked) < 2:
            return
        self.records += 1
        for one, other in combinations(marked, 2):
            self.pairs += 1
            self._both += 2 * len(one & other)
            self._all += len(one) + len(other)

    def result(self, question: str) -> Agreement:
        """What was counted; where nobody marked anything they agree."""
        return Agreement(question, "same spans", self.records, self.pairs, self._both / self._all if self._all else 1.0, None)
