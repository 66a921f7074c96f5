"""``reassigned.jsonl``: whose responses were given to whom after the import.

A response is known by its dataset, its record and the account that the import gave it to: whoever has it now, and had it in between.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.files import append_whole, cut_torn_line
from importer.errors import JournalError
from importer.journal.journal import REASSIGNED

#: Account of the import -> who has its response.
Holders = dict[str, str]


@dataclass(slots=True)
class Moves:
    """What was given to others.

    Attributes:
        holders: dataset -> external id -> whose of its responses another account has.
        begun: the same of those that were about to be given: the other account may have them, and theirs may still be there.
        deleted: accounts of the import that were left without responses, and deleted, or about to be.
        members: (username, id, workspace): who became a member then.
    """

    holders: dict[str, dict[str, Holders]] = field(default_factory=dict)
    begun: dict[str, dict[str, Holders]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    members: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, entry: Mapping[str, Any]) -> None:
        """Takes one line of the file into account."""
        match entry["event"]:
            case "giving" | "given":
                which = self.begun if entry["event"] == "giving" else self.holders
                of = which.setdefault(entry["dataset"], {})
                for external_id, account in entry["responses"]:
                    of.setdefault(external_id, {})[account] = entry["to"]
            case "deleted":
                self.deleted.add(entry["name"])
            case "member":
                self.members.append((entry["name"], entry["id"], entry["workspace"]))

    def holder(self, dataset: str, external_id: str, account: str) -> str:
        """Who has the response that the import gave to an account."""
        return self.holders.get(dataset, {}).get(external_id, {}).get(account, account)

    def was_begun(self, dataset: str, external_id: str, account: str, new: str) -> bool:
        """Whether the response was about to be given to somebody, who then may have it from us."""
        return self.begun.get(dataset, {}).get(external_id, {}).get(account) == new

    def count(self, dataset: str, new: str | None = None) -> int:
        """How many responses of a dataset another account has than the import gave them to; ``new``: only that one."""
        moved = [(of, holder) for record in self.holders.get(dataset, {}).values() for of, holder in record.items()]
        return sum(holder != of and new in (None, holder) for of, holder in moved)

    def flows(self) -> Counter[tuple[str, str]]:
        """(account of the import, who has them now) -> how many responses of it."""
        records = (holders for of in self.holders.values() for holders in of.values())
        return Counter((account, holder) for holders in records for account, holder in holders.items() if holder != account)

    def restored(self, dataset: str, record: dict[str, Any], users: Mapping[str, str]) -> dict[str, Any]:
        """A record of the target as if nothing had been given to others; where both accounts have a response nothing is changed.

        Args:
            users: id -> username, of deleted accounts too.
        """
        moved = {holder: account for account, holder in self.holders.get(dataset, {}).get(record["external_id"], {}).items()}
        responses = record.get("responses") or []
        there = {users.get(str(response["user_id"])) for response in responses}
        ids = {name: id_ for id_, name in users.items()} if moved else {}

        def back(response: dict[str, Any]) -> dict[str, Any]:
            account = moved.get(users.get(str(response["user_id"]), ""))
            return response if account is None or account in there or account not in ids else {**response, "user_id": ids[account]}

        return {**record, "responses": [back(response) for response in responses]} if moved else record


class MovesFile:
    """The file, and what it says; each line is on the disk before the next step.

    Args:
        folder: of the import, or of the first of its parts.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / REASSIGNED
        self.moves = read_moves([folder])

    def note(self, event: str, **members: Any) -> None:
        """Appends a line and brings it to the disk."""
        cut_torn_line(self._path)
        entry = {"event": event, **members}
        append_whole(self._path, to_json(entry) + b"\n")
        self.moves.take(entry)


def read_moves(folders: Iterable[Path]) -> Moves:
    """What the file of an import says, which is in one of its folders.

    Raises:
        JournalError: it can't be read.
    """
    moves = Moves()
    paths = [path for folder in folders if (path := folder / REASSIGNED).exists()]
    try:
        for line in (line for path in paths for line in path.read_bytes().split(b"\n")[:-1]):
            moves.take(orjson.loads(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JournalError(f"{paths[0]} can't be read ({error}): it says whose responses `reassign` gave to whom.") from error
    return moves
