"""Two snapshots compared: users, workspaces, settings, and every record; the proof of a round trip."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from argilla_snapshot.differences import Difference, Differences
from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.waiting import Waiting

Json = dict[str, Any]
Kind = Literal["only in the first", "only in the second", "different"]
Aside = Literal["ids", "times"]
#: Members that say when something was, and those that are ids which a server gives.
_TIMES = frozenset({"inserted_at", "updated_at", "last_activity_at", "last_updated", "created_at"})
_IDS = frozenset({"id", "user_id"})
#: Members of a dataset that are compared elsewhere, or that only repeat the others in the server's words.
_ELSEWHERE = frozenset({"source", "records", "columns", "statuses", "responses", "suggestions", "annotators", "without_user", "was_closed"})
_ELSEWHERE |= {"annotation_agents", "prediction_agents", "workspace", "name", "kind"}
#: What servers before 2.0 do not know: null says nothing there.
_LATER = frozenset({"status", "distribution"})
#: Settings that questions got in 1.27 and 1.28, with what they were until then: one that lacks them is as one that says so.
_UNTIL_THEN = {"options_order": "natural", "allow_overlapping": False, "allow_character_annotation": True}


@dataclass(frozen=True, slots=True)
class SnapshotComparison:
    """What was compared, and how it differs."""

    users: int
    datasets: int
    records: int
    differences: list[Difference[Kind]]


def compare(first: Snapshot, second: Snapshot, aside: frozenset[Aside], folder: Path, progress: Progress) -> SnapshotComparison:
    """Compares two snapshots.

    Args:
        first, second: the snapshots.
        aside: what is not compared: ``ids`` that a server gives, ``times`` at which something was made or changed there.
        folder: where a nameless file may lie, for records that come in another order.
        progress: told how it goes on.

    Raises:
        DamagedSnapshotError: one can't be read.
    """
    found, dropped = Differences[Kind](), (_IDS if "ids" in aside else frozenset()) | (_TIMES if "times" in aside else frozenset())
    people = [{user.username: asdict(user) for user in snapshot.users()} for snapshot in (first, second)]
    _compare_named("users", people[0], people[1], dropped, found)
    places = [{workspace.name: asdict(workspace) for workspace in snapshot.workspaces()} for snapshot in (first, second)]
    _compare_named("workspaces", places[0], places[1], dropped, found)
    hooks = [{f"{one.url} {' '.join(sorted(one.events))}": asdict(one) for one in snapshot.webhooks()} for snapshot in (first, second)]
    _compare_named("webhooks", hooks[0], hooks[1], dropped, found)
    entries = [{(entry.workspace, entry.name, entry.kind): entry for entry in snapshot.entries} for snapshot in (first, second)]
    records = datasets = 0
    for place in dict.fromkeys([*entries[0], *entries[1]]):
        one, other = entries[0].get(place), entries[1].get(place)
        name = ".".join(place[:2])
        if one is None or other is None:
            found.add("only in the first" if one else "only in the second", "datasets", name)
            continue
        datasets += 1
        _compare_settings(first.dataset(one), second.dataset(other), dropped, found)
        progress.started("comparing", name, one.records)
        records += _Records(name, dropped, found).compare(_pairs(first, one), _pairs(second, other), folder, progress)
    return SnapshotComparison(len(people[0].keys() | people[1].keys()), datasets, records, found.all())


def _compare_named(what: str, ours: dict[str, Json], theirs: dict[str, Json], dropped: frozenset[str], found: Differences[Kind]) -> None:
    """Users, workspaces or webhooks: each that differs counts once."""
    for name in dict.fromkeys([*ours, *theirs]):
        if name not in ours or name not in theirs:
            found.add("only in the first" if name in ours else "only in the second", what, name)
            continue
        pairs = ((member, value, theirs[name][member]) for member, value in ours[name].items() if member not in dropped)
        differing = [f"{member} {value!r}, {other!r}" for member, value, other in pairs if not _same(value, other)]
        if differing:
            more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
            found.add("different", what, f"{name}: {differing[0]}{more}")


def _same(value: Any, other: Any) -> bool:
    """Lists of users, workspaces and webhooks have no order."""
    return sorted(value) == sorted(other) if isinstance(value, list) and isinstance(other, list) else bool(value == other)


def _compare_settings(one: AnyDataset, other: AnyDataset, dropped: frozenset[str], found: Differences[Kind]) -> None:
    """All that a dataset is but its records."""
    ours, theirs = asdict(one), asdict(other)
    for member in sorted(ours.keys() - _ELSEWHERE - dropped):
        if member in _LATER and None in (ours[member], theirs.get(member)):
            continue
        if _without(ours[member], dropped) != _without(theirs.get(member), dropped):
            found.add("different", "settings", member, one.full_name)


def _without(value: Any, dropped: frozenset[str]) -> Any:
    """The items of a list of fields, questions and so on without what is left aside, and without settings that say nothing."""
    if isinstance(value, list):
        return [
            {name: _telling(v) for name, v in item.items() if name not in dropped} if isinstance(item, dict) else item for item in value
        ]
    return value


def _telling(settings: Any) -> Any:
    """Settings without those that are as they were before servers had them."""
    if isinstance(settings, dict):
        return {name: value for name, value in settings.items() if name not in _UNTIL_THEN or value != _UNTIL_THEN[name]}
    return settings


def _pairs(snapshot: Snapshot, entry: DatasetEntry) -> Iterator[tuple[str, Json]]:
    """The records of a dataset, each by what names it on every server: its external id, or else its id."""
    feedback = isinstance(snapshot.dataset(entry), FeedbackDataset)
    for record in snapshot.records(entry):
        yield (record.external_id or record.id if feedback else record.id), _parts(record)  # type: ignore[union-attr]


def _parts(record: AnyRecord) -> Json:
    """A record as parts that are compared one by one; what is said by somebody by who said it."""
    parts = asdict(record)
    parts["external_id"] = parts.get("external_id") or record.id
    if isinstance(record, FeedbackRecord):
        responses: Json = {}
        for response in parts["responses"]:
            name = response["username"] or "nobody known"
            responses[f"{name} ({len(responses)})" if name in responses else name] = response
        parts["responses"] = responses
    return parts


class _Records:
    """The records of one dataset."""

    def __init__(self, dataset: str, dropped: frozenset[str], found: Differences[Kind]) -> None:
        self._dataset, self._dropped, self._found = dataset, dropped, found

    def compare(self, ours: Iterator[tuple[str, Json]], theirs: Iterator[tuple[str, Json]], folder: Path, progress: Progress) -> int:
        """Walks both at once; what comes before its other half waits for it."""
        count = 0
        with ExitStack() as stack:
            first, second = (stack.enter_context(Waiting(folder)) for _ in range(2))
            for one, other in zip_longest(ours, theirs):
                count += 1
                progress.advanced(1)
                if one and other and one[0] == other[0]:
                    self._differing(one[0], one[1], other[1])
                    continue
                for pair, waiting, beside in ((one, first, second), (other, second, first)):
                    if pair and (half := beside.take(pair[0])) is not None:
                        plain = _plain(pair[1])
                        self._differing(pair[0], *((half, plain) if pair is other else (plain, half)))
                    elif pair:
                        waiting.add(pair[0], _plain(pair[1]))
            for name in first:
                self._found.add("only in the first", "records", name, self._dataset)
            for name in second:
                self._found.add("only in the second", "records", name, self._dataset)
        return count

    def _differing(self, name: str, ours: Json, theirs: Json) -> None:
        ours, theirs = (_plain(parts) for parts in (ours, theirs))
        for part in dict.fromkeys([*ours, *theirs]):
            one, other = ours.get(part), theirs.get(part)
            if part in self._dropped or (part in _LATER and None in (one, other)):
                continue
            if part in ("responses", "suggestions") and isinstance(one, dict):
                self._said(part, name, one, other or {})
            elif one != other:
                self._found.add("different", part, name, self._dataset)

    def _said(self, part: str, name: str, ours: Json, theirs: Json) -> None:
        """Responses by user, suggestions by question."""
        for who in dict.fromkeys([*ours, *theirs]):
            one, other = ours.get(who), theirs.get(who)
            if one is None or other is None:
                self._found.add("only in the first" if one else "only in the second", part, f"{name}: {who}", self._dataset)
            elif any(one[member] != other.get(member) for member in one if member not in self._dropped):
                self._found.add("different", part, f"{name}: {who}", self._dataset)


def _plain(parts: Json) -> Json:
    """As JSON has it, so that what waited in a file is as what did not."""
    plain: Json = from_json(to_json(parts))
    return plain
