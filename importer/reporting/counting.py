"""One dataset, counted in one pass: what the snapshot holds of it, and what that is on the new server. Some of its records, old and new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.said import Piece, Said, pieces_of, scored, text_of
from argilla_snapshot.format.summary import NOBODY, Example, Summarizing, Summary, summarize
from importer.mapping.feedback import annotators
from importer.mapping.kinds import is_left_out, mapper_of
from importer.mapping.record import Response, TargetRecord
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan


@dataclass(slots=True)
class Fate:
    """What the records of one status on the old server are on the new one.

    Attributes:
        records: how many there are on the old server.
        left_out: of these, those that are not imported, as asked.
        refused: those that the new server refused.
        completed, pending: what the others are on the new server.
        responses: status -> responses that they have there.
    """

    records: int = 0
    left_out: int = 0
    refused: int = 0
    completed: int = 0
    pending: int = 0
    responses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """A dataset, counted.

    Attributes:
        summary: what the snapshot holds.
        fates: status on the old server ("" where it has none) -> what its records become by the plan; empty where nothing was imported.
        responses: account on the new server -> status -> responses.
        whose: account on the new server -> annotator of the old one ("" is nobody known) -> records that it annotated; "": left out.
        suggestions, vectors: how many the new server has.
    """

    summary: Summary
    fates: dict[str, Fate] = field(default_factory=dict)
    responses: dict[str, dict[str, int]] = field(default_factory=dict)
    whose: dict[str, dict[str, int]] = field(default_factory=dict)
    suggestions: int = 0
    vectors: int = 0


class Arrival:
    """How the records of a dataset arrive, by the plan of an import.

    Args:
        refused: ids of records that the new server refused.
    """

    def __init__(self, plan: DatasetPlan, agents: list[Agent], options: ImportOptions, refused: Iterable[str] = ()) -> None:
        self._plan, self._options, self._refused = plan, options, frozenset(refused)
        self._mapper = mapper_of(plan, agents, options)
        self._accounts = {agent.agent: agent.username for agent in agents}
        self._enough = int((plan.distribution or {}).get("min_submitted") or 1)
        self._types = {question.name: question.type for question in plan.questions}
        labels = plan.questions if plan.kind == "legacy" else []  # whose options have another value than text where 2.x does not take it
        self._texts = {question.name: {option.value: option.text for option in question.options} for question in labels}

    def arrived(self, record: AnyRecord) -> TargetRecord | None:
        """The record as the new server has it; None where it is not there."""
        if is_left_out(record, self._options) or record.id in self._refused:
            return None
        return self._mapper.map(record)[0]

    def is_left_out(self, record: AnyRecord) -> bool:
        """Whether a record is not imported, as asked."""
        return is_left_out(record, self._options)

    def accounts(self, record: AnyRecord) -> Iterator[tuple[str, str]]:
        """Whoever annotated a record on the old server, with the account on the new one; "" is nobody."""
        if isinstance(record, FeedbackRecord):
            names = dict.fromkeys(name for name, _ in annotators(record.responses, self._plan.deleted_user))
            yield from ((name, self._accounts.get(name) or "") for name in names)
        else:
            for agent in dict.fromkeys(annotation.agent for annotation in record.annotations):
                yield agent or NOBODY, self._accounts.get(agent) or ""

    def status(self, record: TargetRecord) -> str:
        """The status of a record on the new server."""
        return "completed" if sum(r.status == "submitted" for r in record.responses) >= self._enough else "pending"

    def example(self, record: AnyRecord) -> Example | None:
        """A record as a person reads it on the new server; None where it is not there."""
        there = self.arrived(record)
        if there is None:
            return None
        responses = [said for response in there.responses for said in self._said(response)]
        suggestions = [
            Said(one.agent, None, one.question, list(scored(self._pieces(one.question, one.value), one.score))) for one in there.suggestions
        ]
        texts = {name: text_of(value) for name, value in there.fields.items() if value is not None}
        return Example(there.external_id, self.status(there), texts, responses, suggestions)

    def _said(self, response: Response) -> Iterator[Said]:
        for question, value in response.values.items():
            yield Said(response.username, response.status, question, self._pieces(question, value))
        if not response.values:
            yield Said(response.username, response.status, None, [])

    def _pieces(self, question: str, value: object) -> list[Piece]:
        texts = self._texts.get(question, {})
        return [piece._replace(value=texts.get(piece.value, piece.value)) for piece in pieces_of(value, self._types[question])]


def count(dataset: AnyDataset, records: Iterable[AnyRecord], arrival: Arrival | None) -> Counts:
    """Counts a dataset; no record is kept."""
    if arrival is None:
        return Counts(summarize(dataset, records))
    counting = Counting(dataset, arrival)
    for record in records:
        counting.see(record, arrival.arrived(record))
    return counting.result()


class Counting:
    """Counts a dataset that arrives, record by record.

    Args:
        arrival: how its records arrive.
    """

    def __init__(self, dataset: AnyDataset, arrival: Arrival) -> None:
        self._arrival, self._summary = arrival, Summarizing(dataset)
        self._fates: defaultdict[str, Fate] = defaultdict(Fate)
        self._responses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._whose: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._suggestions = self._vectors = 0

    def see(self, record: AnyRecord, there: TargetRecord | None) -> None:
        """Takes one record into account. ``there``: the same on the new server; None where it is not there."""
        self._summary.see(record)
        fate = self._fates[record.status or ""]
        fate.records += 1
        if there is None:
            if self._arrival.is_left_out(record):
                fate.left_out += 1
            else:
                fate.refused += 1
            return
        for who, account in self._arrival.accounts(record):
            self._whose[account][who] += 1
        if self._arrival.status(there) == "completed":
            fate.completed += 1
        else:
            fate.pending += 1
        for response in there.responses:
            fate.responses[response.status] = fate.responses.get(response.status, 0) + 1
            self._responses[response.username][response.status] += 1
        self._suggestions += len(there.suggestions)
        self._vectors += len(there.vectors)

    def result(self) -> Counts:
        """What was counted so far."""
        most_first = sorted(self._responses.items(), key=lambda one: (-one[1].total(), one[0]))
        return Counts(
            self._summary.result(),
            dict(sorted(self._fates.items())),
            {who: dict(sorted(of.items())) for who, of in most_first},
            dict(self._whose),
            self._suggestions,
            self._vectors,
        )
