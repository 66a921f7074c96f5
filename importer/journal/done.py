"""What was done so far, as the lines of a journal tell it."""

from dataclasses import dataclass, field
from typing import Any

from importer.journal.intervals import Interval, joined


@dataclass(slots=True)
class Done:
    """What the journal says was done.

    Attributes:
        workspaces, users, datasets: name on the target (datasets: name on the old server) -> id on the target.
        begun: datasets that were about to be made.
        rows: dataset -> rows of the snapshot that were dealt with.
        rejected: dataset -> ids of records that the server refused.
        taken_out: dataset -> ids of refused records that an edit took out of the snapshot.
        left: dataset -> ids of records that somebody changed on the target before it was noted that they are there.
        proven: datasets of which the stores were found to be as we would write them.
        settled: datasets of which nothing is left to do.
        moved: datasets that waited in the storage, and that people can see.
        waiting: by what the workspaces are known in which they wait; "" where an older version made them.
        finished: all is there.
        finished_at: when (ISO 8601, UTC).
        ended: a run came to its end without what ``failed`` names, and nothing was done since.
        failed: dataset -> why the server did not make it, or did not take its records.
        undoing: an undo was begun, so that some of it may be gone.
        undone: it came to its end.
        written_at: dataset -> the target's time of its last write, as the target tells it.
    """

    workspaces: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    rows: dict[str, list[Interval]] = field(default_factory=dict)
    rejected: dict[str, list[str]] = field(default_factory=dict)
    taken_out: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    written_at: dict[str, str] = field(default_factory=dict)
    waiting: str = ""
    finished: bool = False
    finished_at: str = ""
    ended: bool = False
    undoing: bool = False
    undone: bool = False

    def take(self, entry: dict[str, Any]) -> None:  # noqa: C901, PLR0912 - one case an event
        """Takes one line of the journal into account."""
        self.ended = entry["event"] == "ended"
        match entry["event"]:
            case "workspace":
                self.workspaces[entry["name"]] = entry["id"]
            case "user":
                self.users[entry["name"]] = entry["id"]
            case "begun":
                self.begun.add(entry["name"])
            case "dataset":
                self.datasets[entry["name"]] = entry["id"]
            case "batch":
                self.rows[entry["name"]] = joined([*self.rows.get(entry["name"], []), (entry["start"], entry["end"])])
                self.rejected[entry["name"]] = self.rejected.get(entry["name"], []) + entry["rejected"]
                self._sent(entry)
            case "retried":
                sent = set(entry["sent"])
                self.rejected[entry["name"]] = [id_ for id_ in self.rejected[entry["name"]] if id_ not in sent] + entry["rejected"]
                self._sent(entry)
            case "failed":
                self.failed[entry["name"]] = entry["error"]
            case "proven" | "settled" | "moved":
                getattr(self, entry["event"]).add(entry["name"])
            case "waiting":
                self.waiting = entry["mark"]
            case "withdrawn":
                self.datasets.pop(entry["name"], None)
                for noted in (self.begun, self.proven, self.settled, self.moved):
                    noted.discard(entry["name"])
            case "loaded":
                self.failed.pop(entry["name"], None)
            case "widened":
                self.finished, self.finished_at = False, ""
                for name in entry["users"]:
                    self.users.pop(name, None)
            case "undoing":
                self.undoing = True
            case "undone":
                self.undone = True
            case "finished":
                self.finished, self.finished_at = True, entry.get("at", "")

    def add(self, other: "Done") -> None:
        """Takes what another part of the same import did with the records into account."""
        for name, rows in other.rows.items():
            self.rows[name] = joined([*self.rows.get(name, []), *rows])
        for name, ids in other.rejected.items():
            self.rejected[name] = self.rejected.get(name, []) + ids
        for mine, theirs in ((self.taken_out, other.taken_out), (self.left, other.left)):
            for name, ids in theirs.items():
                mine[name] = mine.get(name, []) + ids
        self.failed.update(other.failed)
        for name, moment in other.written_at.items():
            self._written(name, moment)

    def _sent(self, entry: dict[str, Any]) -> None:
        self._written(entry["name"], entry["written_at"])
        for mine, member in ((self.left, "left"), (self.taken_out, "taken_out")):
            if entry.get(member):
                mine[entry["name"]] = mine.get(entry["name"], []) + entry[member]

    def _written(self, name: str, moment: str) -> None:
        self.written_at[name] = max(self.written_at.get(name, ""), moment)
