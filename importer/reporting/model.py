"""What a report says: the nouns that its page is made of, and ``report --json``. No logic here."""

from dataclasses import dataclass, field
from typing import Literal

from argilla_snapshot.format.models import Manifest
from argilla_snapshot.format.said import Question
from argilla_snapshot.format.summary import Example
from importer.plan import TargetInfo
from importer.reporting.counting import Counts

#: ``good``: all is there, and compared; ``open``: something is left to do; ``warning``: something is lost or differs; ``bad``: it is not as it should be.
Tone = Literal["good", "open", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether all of it is there, in a headline and some sentences; ``command``: what to type next, or ""."""

    tone: Tone
    headline: str
    lines: list[str]
    command: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to content of one kind, over all datasets: how often, what, in which datasets, and some examples."""

    count: int
    text: str
    datasets: list[str]
    samples: list[str]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on the new server.

    Attributes:
        was: users and annotators of the old server whose work the account has; "" is nobody known.
        account: ``created``, ``reused``, ``mapped``, ``me`` or ``placeholder``.
        responses: that are credited to it.
    """

    username: str
    was: list[str]
    account: str
    role: str
    workspaces: list[str]
    responses: int


@dataclass(frozen=True, slots=True)
class Given:
    """How many responses ``reassign`` gave to another account; ``deleted``: whether the old one is gone since."""

    old: str
    new: str
    responses: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A record, old and new; ``link``: where to look for it on the new server, or ""."""

    old: Example
    new: Example | None
    link: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How much of a dataset ``verify`` compared."""

    records: int
    responses: int
    suggestions: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What ``verify`` found: differences of one kind in one place."""

    kind: str
    what: str
    count: int
    dataset: str | None
    samples: list[str]


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """A dataset, old and new.

    Attributes:
        name: on the old server; ``target``: on the new one, "" where it was not imported.
        what: its task, for people.
        fields: names of its fields.
        action: what the import did with it: ``create``, ``replace``, ``join``, ``skip``; "" where it was not imported.
        link: to it on the new server, or "".
        stored: records that the new server was found to hold; None where nobody looked.
        failed: why the new server did not take it, or "".
        detailed: whether it is shown in full, with some of its records (``pairs``).
        checked: how much ``verify`` compared; None where it did not.
        differences: how many ``verify`` found in it.
    """

    name: str
    target: str
    what: str
    records: int
    fields: list[str]
    questions: list[Question]
    counts: Counts
    made: str = ""
    action: str = ""
    link: str = ""
    stored: int | None = None
    failed: str = ""
    detailed: bool = False
    pairs: list[Pair] = field(default_factory=list)
    checked: Checked | None = None
    differences: int = 0

    @property
    def arrived(self) -> bool:
        """Whether the import brings it: a dataset that it skips is not brought."""
        return self.action not in ("", "skip")


@dataclass(frozen=True, slots=True)
class Check:
    """What ``verify`` compared, all in all.

    Attributes:
        at: when (ISO 8601, UTC).
        outdated: why that does not tell how things are today, or "".
        placeholders: so many of the users are.
        sampled: whether only some records were compared.
        only_changed_since: whether all that differs is the work of people after the import.
    """

    at: str
    outdated: str
    records: int
    total: int
    users: int
    placeholders: int
    sampled: bool
    only_changed_since: bool
    differences: list[Difference]

    @property
    def found(self) -> int:
        """How many differences there are."""
        return sum(one.count for one in self.differences)


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    Attributes:
        name: of the snapshot's folder.
        target: the new server; None where nothing was imported.
        finished_at: when the import ended (ISO 8601, UTC), or "".
        export_losses: what the export could not bring, or changed.
        given: what `reassign` gave to others after the import; ``accounts`` tells of the import itself.
        lost, changed, kept: what happened to content in the import: lost; arrived in another form; left in the snapshot.
        others: addresses of further servers that the snapshot was imported into.
        made_at, made_by: when the report was made, and by what.
    """

    name: str
    verdict: Verdict
    manifest: Manifest
    target: TargetInfo | None
    finished_at: str
    datasets: list[DatasetReport]
    accounts: list[Account]
    given: list[Given]
    lost: list[Told]
    changed: list[Told]
    kept: list[Told]
    export_losses: list[Told]
    check: Check | None
    others: list[str]
    made_at: str
    made_by: str
