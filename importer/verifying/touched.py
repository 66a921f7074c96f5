"""What somebody did to a dataset after it was imported: it is read back and compared, as ``verify`` does, and counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argilla_snapshot.differences import Difference, Differences
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from importer.journal.done import Done
from importer.journal.intervals import missing
from importer.journal.moves import Moves
from importer.mapping.kinds import is_left_out, mapper_of
from importer.plan import DatasetPlan, Plan
from importer.taking_back import Found, Touched
from importer.targets.http.target import Target
from importer.verifying.differences import Kind
from importer.verifying.records import Expected, Names, Records
from importer.verifying.settings import differing_members, differing_settings

#: Parts of a record, as ``Records`` calls them.
_OF_RECORDS = ("fields", "metadata", "vectors")


@dataclass(slots=True)
class Later:
    """Responses and suggestions that were written after all that the import wrote, though they may say the same."""

    responses: int = 0
    suggestions: int = 0


@dataclass(frozen=True)
class Touching:
    """Looks at the datasets of one import.

    Attributes:
        moves: responses that were given to others since, which is no change.
        users: id -> username, of deleted accounts too.
        folder: where a nameless file may lie.
    """

    snapshot: Snapshot
    target: Target
    plan: Plan
    done: Done
    moves: Moves
    users: Mapping[str, str]
    folder: Path
    progress: Progress

    def touched(self, found: Found) -> Touched:
        """What somebody did to a dataset."""
        dataset, settled = found.plan, found.plan.source in self.done.settled
        there, settings = self.target.dataset(found.id), self.target.settings(found.id)
        others = [*differing_members(dataset, there, settled=settled)]
        others += [f"{what} {name}" for _, what, name in differing_settings(dataset, settings, settled=settled)]
        names = Names(self.users, {question["id"]: question["name"] for question in settings["questions"]})
        differences = Differences[Kind]()
        comparison = Records(dataset, names, self.done, differences, None, self.moves)
        later = Later()
        self.progress.started("comparing", dataset.source, dataset.records)
        comparison.all(self._expected(dataset), self._watched(found, later, comparison), self.folder, self.progress)
        if any(missing(self.done.rows.get(dataset.source, []), 0, dataset.records)):
            later = Later()  # what arrived last is not noted, so that it looks later than it is
        return counted_up(differences.all(), later, others, padded=dataset.pads and not settled)

    def _watched(self, found: Found, later: Later, comparison: Records) -> Iterator[dict[str, Any]]:
        """The records as they pass; what of them is later is counted, but for what was given to others."""
        given = self.moves.holders.get(found.plan.source, {})
        for record in self.target.list_ahead(found.id):
            holders = given.get(record["external_id"], {}).values()
            others = [r for r in record.get("responses") or () if self.users.get(str(r["user_id"])) not in holders]
            later.responses += sum(map(comparison.is_later, others))
            later.suggestions += sum(map(comparison.is_later, record.get("suggestions") or ()))
            yield record

    def _expected(self, dataset: DatasetPlan) -> Iterator[Expected]:
        entry = next(entry for entry in self.snapshot.entries if entry.path == dataset.path)
        mapper = mapper_of(dataset, self.plan.agents, self.plan.options)
        kept = (record for record in self.snapshot.records(entry) if not is_left_out(record, self.plan.options))
        return (Expected(mapper.map(record)[0]) for record in kept)


def counted_up(differences: list[Difference[Kind]], later: Later, settings: list[str], *, padded: bool) -> Touched:
    """What the differences come to. What is missing is no reason to keep the rest.

    Args:
        padded: the import has not taken away yet what it put behind texts.
    """

    def count(*whats: str, kinds: tuple[str, ...] = ("changed since the import", "different", "more than expected")) -> int:
        return sum(
            difference.count
            for difference in differences
            if difference.what in whats
            and difference.kind in kinds
            and not (padded and (difference.kind, difference.what) == ("different", "fields"))
        )

    return Touched(
        records=count("records"),
        changed=count(*_OF_RECORDS),
        responses=max(count("responses"), later.responses),
        suggestions=max(count("suggestions"), later.suggestions),
        settings=tuple(dict.fromkeys(settings)),
    )
