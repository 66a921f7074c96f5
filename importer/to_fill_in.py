"""``annotators.csv``: whose work of the old server went to which account, to be filled in with whose it is; ``reassign --csv`` reads it."""

import csv
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

from argilla_snapshot.format.files import write_whole
from importer.errors import ImportRefusedError
from importer.gifts import Gift
from importer.journal.csv_files import cell, csv_lines, text_of
from importer.journal.journal import TO_FILL_IN, Journal
from importer.plan import Agent, Plan
from importer.target_state import TargetState

_COLUMNS = ["annotator", "account", "responses", "candidates", "new"]
#: How alike two names are at least, of 1, that may be one person's; and as many are shown.
_ALIKE, _CANDIDATES = 0.6, 3


def keep_to_fill_in(journal: Journal, state: TargetState) -> None:
    """Writes the file; what somebody filled in stays. One that somebody spoilt is left as it is."""
    path = journal.folder / TO_FILL_IN
    filled: dict[tuple[str, str], str] = {}
    if path.exists():
        try:
            filled = {(row["annotator"], row["account"]): row["new"] for row in _read(path)}
        except ImportRefusedError:
            return
    write_whole(path, csv_lines([_COLUMNS, *rows(journal.plan, state, filled)]))


def rows(plan: Plan, state: TargetState, filled: dict[tuple[str, str], str]) -> list[list[str]]:
    """A row for each annotator; those whose account is a placeholder come first, and of those who did most.

    Args:
        filled: (annotator, account) -> what was filled in before.
    """
    placeholders = {user.username for user in plan.users if user.source_username is None}
    people = sorted(user.username for user in state.users.values() if not user.placeholder and user.username not in placeholders)
    agents = [agent for agent in plan.agents if agent.username is not None and agent.responses]
    agents.sort(key=lambda agent: (agent.username not in placeholders, -agent.responses, agent.agent or ""))
    return [_row(agent, people, filled) for agent in agents]


def _row(agent: Agent, people: list[str], filled: dict[tuple[str, str], str]) -> list[str]:
    annotator, account = cell(agent.agent or ""), cell(agent.username or "")
    near = candidates(agent.agent or "", [name for name in people if name != agent.username])
    return [annotator, account, str(agent.responses), " ".join(near), filled.get((annotator, account), "")]


def candidates(annotator: str, people: Iterable[str]) -> list[str]:
    """The usernames that are most like the name of an annotator, of which an e-mail address counts without its domain."""
    wanted = _bare(annotator)
    ranked = sorted(((_likeness(wanted, _bare(name)), name) for name in people), key=lambda pair: (-pair[0], pair[1]))
    return [name for likeness, name in ranked if likeness >= _ALIKE][:_CANDIDATES]


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0
    within = one in other or other in one
    return max(SequenceMatcher(None, one, other).ratio(), 0.9 if within else 0)


def _bare(name: str) -> str:
    return "".join(sign for sign in name.partition("@")[0].casefold() if sign.isalnum())


def gifts_of(path: Path) -> list[Gift]:
    """What somebody filled in: a row whose last column is empty, or names the account itself, asks for nothing.

    Raises:
        ImportRefusedError: the file is not as it was written.
    """
    asked = [(text_of(row["annotator"]), text_of(row["account"]), row["new"].strip()) for row in _read(path)]
    return [Gift(account, new, frozenset({annotator or None})) for annotator, account, new in asked if new not in ("", account)]


def _read(path: Path) -> list[dict[str, str]]:
    """The rows; as some spreadsheets save them, too: with ``;`` between the cells, and a mark at the beginning."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
        found = list(csv.DictReader(lines, strict=True, delimiter=separator))
        if not lines or not set(_COLUMNS) <= set(csv.DictReader(lines, delimiter=separator).fieldnames or ()):
            raise ValueError(f"its first line is not {','.join(_COLUMNS)}")  # noqa: TRY301 - as what follows raises
        if any(row[name] is None for row in found for name in _COLUMNS):
            raise ValueError("a line lacks values")  # noqa: TRY301 - the same
    except (OSError, ValueError, csv.Error) as error:
        raise ImportRefusedError(f"{path} is not as `import` wrote it ({error}): save it as comma-separated UTF-8.") from error
    return found
