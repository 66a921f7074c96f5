"""The catalogue of traps: what 1.x servers hold that could go wrong on the way, and what 2.x must hold in the end.

Rows are data; ``tests/test_traps.py`` moves them between real servers, and the tables of what is carried are made from their lines.
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


_TOPICS = {
    "Users and workspaces": [*users.USERS],
    "Datasets": [*datasets.DATASETS, *datasets.RECORDS],
    "Labels, and what annotators said": [*labels.DATASETS, *labels.RECORDS],
    "Choices of several labels": [*choices.DATASETS, *choices.RECORDS],
    "Spans": [*entities.DATASETS, *entities.RECORDS],
    "Texts": [*texts.DATASETS, *texts.RECORDS],
    "Inputs": [*inputs.DATASETS, *inputs.RECORDS],
    "Metadata": [*metadata.DATASETS, *metadata.RECORDS],
    "Vectors": [*vectors.DATASETS, *vectors.RECORDS],
    "Names and ids": [*names.DATASETS, *names.RECORDS, *ids.DATASETS, *ids.RECORDS],
    "Annotators and models": [*agents.DATASETS, *agents.RECORDS],
    "What options change": [*OPTIONS],
}


def carried_topics() -> dict[str, list[Line]]:
    """What is carried and how, by topic: a line for each thing that rows of the catalogue show, once."""
    shown: set[Line] = set()
    topics: dict[str, list[Line]] = {}
    for topic, rows in _TOPICS.items():
        topics[topic] = list(dict.fromkeys(row.line for row in rows if row.line not in shown))
        shown |= {*topics[topic]}
    return topics


def carried_table() -> list[Line]:
    """The lines of all topics."""
    return [line for lines in carried_topics().values() for line in lines]


def all_rows() -> Iterator[UserTrap | DatasetTrap | RecordTrap | OptionTrap]:
    """The whole catalogue."""
    for rows in _TOPICS.values():
        yield from rows
