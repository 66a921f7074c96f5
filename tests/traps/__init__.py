"""The catalogue of traps: what 1.x servers hold that could go wrong on the way, and what 2.x must hold in the end.

Rows are data; ``tests/test_traps.py`` moves them between real servers, and the README's table is made from their lines.
"""

from collections.abc import Iterator

from tests.traps import agents, choices, datasets, entities, ids, inputs, labels, metadata, names, texts, users, vectors
from tests.traps.model import DatasetTrap, Line, OptionTrap, RecordTrap, UserTrap
from tests.traps.options import OPTIONS, RUNS
from tests.traps.users import USERS

__all__ = ["DATASETS", "OPTIONS", "RECORDS", "RUNS", "USERS", "Line", "all_rows", "carried_table"]

_SUBJECTS = (labels, choices, entities, texts, inputs, metadata, vectors, names, ids, agents, datasets)

DATASETS: list[DatasetTrap] = [row for subject in _SUBJECTS for row in subject.DATASETS]
RECORDS: list[RecordTrap] = [row for subject in _SUBJECTS for row in subject.RECORDS]


def carried_table() -> list[Line]:
    """What is carried and how: a line for each thing that rows of the catalogue show, in their order."""
    return list(dict.fromkeys(row.line for row in all_rows()))


def all_rows() -> Iterator[UserTrap | DatasetTrap | RecordTrap | OptionTrap]:
    """The whole catalogue."""
    yield from users.USERS
    yield from datasets.DATASETS
    yield from datasets.RECORDS
    for subject in _SUBJECTS[:-1]:
        yield from subject.DATASETS
        yield from subject.RECORDS
    yield from OPTIONS
