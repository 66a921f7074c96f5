"""What the records of a dataset hold, counted in one pass for people who look at it: on the screen, and in a report. Pure; no record is kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from argilla_snapshot.format.agreement import COMPARED, Agreement, AnswersTally, SpansTally
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.said import LABELS, Said, models, name_of, people, questions_of, texts_of

#: The annotator of what nobody known said.
NOBODY = ""
#: Records among which examples are looked for: the first ones.
_LOOKED_AT = 200
#: Statuses of what is no answer, for agreement. A legacy record has one status for the answers of all, so only a discarded one counts as none.
_NO_ANSWER = frozenset({"draft", "pending", "discarded", "Discarded"})


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the texts of the records are, in characters; the fields of a record together.

    ``buckets``: length -> number of records that are at least so long, and shorter than twice that (0: without a text).
    """

    shortest: int
    longest: int
    mean: float
    buckets: dict[int, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was counted. Annotators are usernames or agents; ``""`` is nobody known.

    Attributes:
        records: how many there are.
        statuses: status of records -> records; empty where the old server knows none.
        responses: annotator -> status -> records that the annotator answered or discarded.
        labels: question -> label -> annotator -> how often; declared labels come first, also those that nobody gave.
        suggested: question -> label -> how often models suggested it.
        agreement: for each question that several people answered of the same record.
        first, last: when the oldest record was made, and the newest was changed (UTC); of a legacy dataset when records were last changed.
        days: day (``2024-01-31``) -> annotator -> answers of that day; of a legacy dataset by the day when the record was last changed.
        lengths: of the texts; None where there is no record.
    """

    records: int
    statuses: dict[str, int]
    responses: dict[str, dict[str, int]]
    labels: dict[str, dict[str, dict[str, int]]]
    suggested: dict[str, dict[str, int]]
    agreement: list[Agreement]
    first: datetime | None
    last: datetime | None
    days: dict[str, dict[str, int]]
    lengths: Lengths | None


def summarize(dataset: AnyDataset, records: Iterable[AnyRecord]) -> Summary:
    """Counts what the records of a dataset hold."""
    counting = Summarizing(dataset)
    for record in records:
        counting.see(record)
    return counting.result()


class Summarizing:
    """Counts what the records of a dataset hold, one by one."""

    def __init__(self, dataset: AnyDataset) -> None:
        self._dataset = dataset
        questions = questions_of(dataset)
        self._labelled = {question.name: question for question in questions if question.type in LABELS}
        self._tallies: dict[str, AnswersTally | SpansTally] = {
            question.name: SpansTally() if question.type == "span" else AnswersTally()
            for question in questions
            if question.type in COMPARED
        }
        self._records = self._characters = 0
        self._statuses: Counter[str] = Counter()
        self._responses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._labels = {q.name: {label: Counter[str]() for label in q.labels} for q in self._labelled.values()}
        self._suggested: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._days: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._moments: list[datetime] = []
        self._lengths: Counter[int] = Counter()
        self._ends: tuple[int, int] | None = None

    def see(self, record: AnyRecord) -> None:
        """Takes one record into account."""
        self._records += 1
        if record.status is not None:
            self._statuses[record.status] += 1
        self._see_moments(record)
        length = sum(map(len, texts_of(record).values()))
        self._characters += length
        shortest, longest = self._ends or (length, length)
        self._ends = min(shortest, length), max(longest, length)
        self._lengths[1 << (length.bit_length() - 1) if length else 0] += 1
        said = list(people(record, self._dataset))
        self._see_people(record, said)
        for one in models(record, self._dataset):
            if one.question in self._labelled:
                self._suggested[one.question].update({piece.value for piece in one.pieces})

    def _see_people(self, record: AnyRecord, said: list[Said]) -> None:
        for who, status in dict.fromkeys((one.who or NOBODY, one.status or "") for one in said):
            self._responses[who][status] += 1
        for day, who in _days(record, said):
            self._days[day][who] += 1
        answers: defaultdict[str, dict[str, list[tuple[object, ...]]]] = defaultdict(dict)
        for one in said:
            if one.question in self._labels:
                for piece in one.pieces:
                    self._labels[one.question].setdefault(piece.value, Counter())[one.who or NOBODY] += 1
            if one.question in self._tallies and one.who and one.status not in _NO_ANSWER:
                answers[one.question].setdefault(one.who, [(p.value, p.start, p.end, p.rank) for p in one.pieces])
        for question, by_person in answers.items():
            self._tallies[question].see(by_person.values())

    def _see_moments(self, record: AnyRecord) -> None:
        if isinstance(record, Record):
            found = [record.last_updated]
        else:
            found = [record.inserted_at, record.updated_at, *(response.updated_at for response in record.responses)]
        moments = [*self._moments, *(moment for moment in found if moment is not None)]
        self._moments = [min(moments), max(moments)] if moments else []

    def result(self) -> Summary:
        """What was counted so far."""
        first, last = self._moments or (None, None)
        lengths = Lengths(*self._ends, self._characters / self._records, dict(sorted(self._lengths.items()))) if self._ends else None
        return Summary(
            records=self._records,
            statuses=dict(sorted(self._statuses.items())),
            responses={who: dict(sorted(of.items())) for who, of in _most_first(self._responses).items()},
            labels={question: {label: _sorted(of) for label, of in labels.items()} for question, labels in self._labels.items()},
            suggested={question: _sorted(of) for question, of in self._suggested.items()},
            agreement=[tally.result(question) for question, tally in self._tallies.items() if tally.pairs],
            first=first,
            last=last,
            days={day: _sorted(of) for day, of in sorted(self._days.items())},
            lengths=lengths,
        )


def _days(record: AnyRecord, said: list[Said]) -> Iterable[tuple[str, str]]:
    """Day and annotator of each answer, as far as the old server tells."""
    if isinstance(record, FeedbackRecord):
        moments = ((response.updated_at or response.inserted_at, response.username or response.user_id) for response in record.responses)
        return [(moment.date().isoformat(), who or NOBODY) for moment, who in moments if moment is not None]
    if record.last_updated is None:
        return []
    return [(record.last_updated.date().isoformat(), who) for who in dict.fromkeys(one.who or NOBODY for one in said)]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """The most first, then by name."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _most_first(counts: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1].total(), one[0])))


@dataclass(frozen=True, slots=True)
class Example:
    """A record as a person reads it: ``texts``: field -> text; ``people`` and ``models``: what they said of it."""

    id: str
    status: str | None
    texts: dict[str, str]
    people: list[Said]
    models: list[Said]


def examples(dataset: AnyDataset, records: Iterable[AnyRecord], most: int) -> list[Example]:
    """Some of the first records as people read them; see ``samples``."""
    return [example(record, dataset) for record in samples(dataset, records, most)]


def samples(dataset: AnyDataset, records: Iterable[AnyRecord], most: int) -> list[AnyRecord]:
    """Some of the first records for people to look at, in their order: of each status that answers have one, before any has two.

    Records that nobody answered are taken only where there are too few others.
    """
    found = list(islice(records, _LOOKED_AT))
    seen: Counter[str] = Counter()

    def turn(number: int) -> tuple[int, int]:  # the how many-th of its status it is
        said = next(people(found[number], dataset), None)
        if said is None:
            return len(found) + 1, number
        seen[said.status or ""] += 1
        return seen[said.status or ""], number

    chosen = sorted(sorted(range(len(found)), key=turn)[:most])
    return [found[number] for number in chosen]


def example(record: AnyRecord, dataset: AnyDataset) -> Example:
    """A record as a person reads it."""
    return Example(name_of(record), record.status, texts_of(record), list(people(record, dataset)), list(models(record, dataset)))
