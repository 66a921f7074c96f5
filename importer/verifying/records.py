"""The records of one dataset on the target, compared with those that the plan makes of the snapshot's."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

import msgspec

from argilla_snapshot.differences import Differences
from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.limits import blocks
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.waiting import Waiting
from importer.journal.done import Done
from importer.journal.moves import Moves
from importer.mapping.cleaning import clean_text
from importer.mapping.moments import utc
from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.plan import DatasetPlan
from importer.targets.http.finding import SEARCH_VALUES, Finder
from importer.targets.http.target import INCLUDE, Target
from importer.verifying.answers import plain
from importer.verifying.differences import CHANGED, Kind
from importer.verifying.source import Facts

#: How much later than the answer to a batch says it may have been written: of records that it completes, whose times follow each
#: other by microseconds, the answer gives all the time of the first (seen with argilla-server 2.8.0).
_LATER = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in the target's records mean."""

    users: Mapping[str, str]
    questions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """A record as the plan makes it, and what the old server's document says of it (None where that can't be said).

    ``timed``: its times came along too.
    """

    record: TargetRecord
    facts: Facts | str | None = None
    timed: bool = False

    @property
    def external_id(self) -> str:
        """How the two sides find each other."""
        return self.record.external_id


class Accounts(Protocol):
    """A second account of the records of a dataset, of the facts of its kind."""

    def differing(self, facts: Any, theirs: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What of a record on the target is not what the facts say: of what it is, and a sample."""


@dataclass(slots=True)
class Compared:
    """How much of a dataset was found on the target and compared; ``times`` came along through the storage only."""

    records: int = 0
    responses: int = 0
    suggestions: int = 0
    vectors: int = 0
    times: int = 0


class Records:
    """Compares the records of one dataset.

    Args:
        account: a second account of each record, from the facts; None: there is none.
        moves: whose responses were given to others since; None: nobody's.

    Attributes:
        compared: how much was.
    """

    def __init__(
        self,
        plan: DatasetPlan,
        names: Names,
        done: Done,
        differences: Differences[Kind],
        account: Accounts | None,
        moves: Moves | None = None,
    ) -> None:
        self._plan, self._names, self._differences, self._account = plan, names, differences, account
        self._moves = moves or Moves()
        written_at = done.written_at.get(plan.source)
        self.compared = Compared()
        self._left = frozenset(map(clean_text, done.left.get(plan.source, [])))
        self._written_at = (datetime.fromisoformat(written_at) + _LATER).isoformat() if written_at else ""

    def all(self, expected: Iterator[Expected], found: Iterator[dict[str, Any]], folder: Path, progress: Progress) -> int:
        """Walks both sides at once. What comes before its other half waits for it, and after an import in parts that may be most of all.

        Some MiB of what waits are in memory, and of the rest only the external ids: it lies in a file.
        """
        count = 0
        with Waiting(folder) as ours, Waiting(folder) as theirs:
            for mine, yours in zip_longest(expected, found):
                count += mine is not None
                progress.advanced(mine is not None)
                if mine is not None and yours is not None and mine.external_id == yours["external_id"]:
                    self.compare(mine, yours)
                    continue
                if mine is not None:
                    self._take_mine(mine, ours, theirs)
                if yours is not None:
                    self._take_yours(yours, ours, theirs)
            for external_id in ours:
                self._missing(external_id)
            for external_id in theirs:
                self._more("records", external_id, theirs.take(external_id))
        return count

    def _take_mine(self, mine: Expected, ours: Waiting, theirs: Waiting) -> None:
        if (waiting := theirs.take(mine.external_id)) is not None:
            self.compare(mine, waiting)
        elif not ours.add(mine.external_id, mine):  # two ids of the snapshot become one without what no database takes
            self._missing(mine.external_id)

    def _take_yours(self, yours: dict[str, Any], ours: Waiting, theirs: Waiting) -> None:
        key = yours["external_id"] or f"the record {yours['id']}, which has no external id"
        if (waiting := ours.take(key)) is not None:
            self.compare(msgspec.convert(waiting, Expected), yours)
        elif not theirs.add(key, yours):
            self._more("records", key, yours)

    def some(self, chosen: Iterator[Expected], total: int, target: Target, id_: str, hidden: Container[str]) -> int:
        """Compares chosen records, found by their external id, and how many there are in all; ``hidden`` ones can't be found."""
        count = missing = 0
        finder = Finder(target, id_)
        for part in blocks(chosen, lambda record: len(to_json(record)), SEARCH_VALUES):
            count += len(part)
            found = finder.find([record.external_id for record in part], include=INCLUDE)
            for record in part:
                if record.external_id in found:
                    self.compare(record, found[record.external_id])
                elif record.external_id not in hidden:
                    missing += 1
                    self._missing(record.external_id)
        stored = target.count_stored(id_)
        others = max(0, total - stored - missing)
        more = stored - total + missing + others
        new = sum(map(self._is_new, target.list_records(id_, stored - more, include=()))) if more else 0  # new ones are the last ones
        self._differences.count("missing", "records", others, self._plan.source)
        self._differences.count(CHANGED, "records", new, self._plan.source)
        self._differences.count("more than expected", "records", more - new, self._plan.source)
        return count

    def _missing(self, external_id: str) -> None:
        self._differences.add("missing", "records", external_id, self._plan.source)

    def _more(self, what: str, sample: str, there: dict[str, Any]) -> None:
        self._differences.add(CHANGED if self._is_new(there) else "more than expected", what, sample, self._plan.source)

    def _is_new(self, there: dict[str, Any]) -> bool:
        """Whether a record, response or suggestion came after all that the import wrote."""
        return bool(there["inserted_at"] > self._written_at)

    def _changed(self, external_id: str, there: dict[str, Any]) -> bool:
        """Whether a record or a part of it was changed after the import wrote it; of a record that was left the import knew that."""
        return external_id in self._left or self.is_later(there)

    def is_later(self, there: dict[str, Any]) -> bool:
        """Whether a record, response or suggestion was written after all that the import wrote."""
        return bool(there["updated_at"] > self._written_at)

    def compare(self, expected: Expected, theirs: dict[str, Any]) -> None:
        """Compares one record part by part. Where it is as the plan wants it, the plan itself is held against the facts."""
        before = self._differences.total
        theirs = self._moves.restored(self._plan.source, theirs, self._names.users)
        self._compare_with_plan(expected.record, theirs)
        self.compared.records += 1
        self.compared.responses += len(expected.record.responses)
        self.compared.suggestions += len(expected.record.suggestions)
        self.compared.vectors += len(expected.record.vectors)
        if expected.timed:
            self.compared.times += self._compare_times(expected.record, theirs)
        if expected.facts is not None and self._account is not None and self._differences.total == before:
            for what, sample in self._account.differing(expected.facts, theirs):
                self._differences.add("not as the old server says", what, f"{expected.external_id}: {sample}", self._plan.source)

    def _compare_with_plan(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        name = ours.external_id
        record_changed = self._changed(name, theirs)
        if _given(ours.fields) != _given(theirs["fields"]):
            self._differs("fields", name, changed=record_changed)
        if ours.metadata != (theirs["metadata"] or {}):
            self._differs("metadata", name, changed=record_changed)
        if ours.vectors != (theirs.get("vectors") or {}):
            self._differs("vectors", name, changed=record_changed)
        self._compare_suggestions(ours, theirs)
        self._compare_responses(ours, theirs)

    def _compare_suggestions(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        expected = {s.question: (s.value, s.score, s.agent, s.type) for s in ours.suggestions}
        there = {self._names.questions.get(s["question_id"], str(s["question_id"])): s for s in theirs.get("suggestions") or []}
        found = {name: (s["value"], s["score"], s["agent"], s.get("type")) for name, s in there.items()}
        self._compare_named("suggestions", ours.external_id, expected, found, there)

    def _compare_responses(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        expected = {r.username: (r.status, r.values) for r in ours.responses}
        there = {self._names.users.get(str(r["user_id"]), str(r["user_id"])): r for r in theirs.get("responses") or []}
        found = {name: (r["status"], {q: v["value"] for q, v in (r["values"] or {}).items()}) for name, r in there.items()}
        self._compare_named("responses", ours.external_id, expected, found, there)

    def _compare_times(self, ours: TargetRecord, theirs: dict[str, Any]) -> int:
        """Compares when the record and its parts were made and changed, and counts these. Of what people changed since, only the first."""
        users, questions = self._names.users, self._names.questions
        parts = {users.get(str(r["user_id"]), ""): r for r in theirs.get("responses") or []}
        suggested = {questions.get(s["question_id"], ""): s for s in theirs.get("suggestions") or []}
        both: list[tuple[str, TargetRecord | Response | Suggestion, dict[str, Any]]] = [("", ours, theirs)]
        both += [(f": {r.username}", r, parts[r.username]) for r in ours.responses if r.username in parts]
        both += [(f": {s.question}", s, suggested[s.question]) for s in ours.suggestions if s.question in suggested]
        for which, mine, there in both:
            changed = self._changed(ours.external_id, there)
            same = utc(there["inserted_at"]) == mine.inserted_at and (changed or utc(there["updated_at"]) == mine.updated_at)
            if not same:
                self._differs("times", f"{ours.external_id}{which}", changed=False)
        return len(both)

    def _compare_named(
        self, what: str, record: str, expected: dict[str, Any], found: dict[str, Any], there: dict[str, dict[str, Any]]
    ) -> None:
        for name in expected.keys() - found.keys():
            self._differences.add("missing", what, f"{record}: {name}", self._plan.source)
        for name in found.keys() & expected.keys():
            if plain(expected[name]) != plain(found[name]):
                self._differs(what, f"{record}: {name}", changed=self._changed(record, there[name]))
        for name in found.keys() - expected.keys():
            self._more(what, f"{record}: {name}", there[name])

    def _differs(self, what: str, sample: str, *, changed: bool) -> None:
        self._differences.add(CHANGED if changed else "different", what, sample, self._plan.source)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without those that are null, which is the same as to lack them."""
    return {name: value for name, value in fields.items() if value is not None}
