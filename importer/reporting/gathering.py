"""Puts a report together from a snapshot and from what lies beside it."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from urllib.parse import quote, urlsplit

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import AnyDataset, title_of
from argilla_snapshot.format.models import DatasetEntry, Loss
from argilla_snapshot.format.names import shown_names
from argilla_snapshot.format.progress import Progress, told
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.said import questions_of
from argilla_snapshot.format.summary import Example, example, samples
from argilla_snapshot.words import in_number
from importer.credited import credited
from importer.journal.moves import Moves
from importer.journal.verified import Verified
from importer.notes import SAMPLES, Noted, Severity
from importer.plan import DatasetPlan, Plan
from importer.reporting.counting import Arrival, Counts, count
from importer.reporting.history import History
from importer.reporting.model import Account, Check, Checked, DatasetReport, Difference, Given, Pair, Report, Told
from importer.reporting.verdict import verdict

#: Datasets that are shown in full: those in trouble first, then the largest; and records of each.
DETAILED, RECORDS = 30, 5
PROGRAM = f"argilla-snapshot {version('argilla-snapshot')}"
#: Words of a record by which Argilla is asked for it.
_WORDS = 6


def gather(snapshot: Snapshot, import_: History | None, kept: dict[str, Counts], progress: Progress) -> Report:
    """The report on a snapshot, and on its import if there was one. Each record is read once, and none is kept but the examples.

    Args:
        kept: folder of a dataset -> its counts, where they are known; those of all others are added.
    """
    check = _check(import_.verified, import_.outdated) if import_ and import_.verified else None
    names = shown_names(snapshot.entries)
    plans = {dataset.path: dataset for dataset in import_.plan.datasets} if import_ else {}
    detailed = _detailed(snapshot.entries, names, check, import_)
    datasets = [
        _dataset(snapshot, entry, names[entry.path], plans.get(entry.path), import_, check, kept, progress, detailed=entry.path in detailed)
        for entry in snapshot.entries
    ]
    notes = import_.notes if import_ else []
    lost, stays = _told(notes, "lost"), _told(notes, "snapshot_only")
    return Report(
        name=snapshot.directory.name,
        verdict=verdict(snapshot.directory, snapshot.manifest, import_, lost, check, stays),
        manifest=snapshot.manifest,
        target=import_.plan.target if import_ else None,
        finished_at=import_.finished_at if import_ else "",
        datasets=datasets,
        accounts=_accounts(import_.plan) if import_ else [],
        given=_given(import_.moves) if import_ else [],
        lost=lost,
        changed=_told(notes, "changed"),
        kept=stays,
        export_losses=_of_export(snapshot.manifest.losses),
        check=check,
        others=import_.others if import_ else [],
        made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        made_by=PROGRAM,
    )


def _detailed(entries: list[DatasetEntry], names: Mapping[str, str], check: Check | None, import_: History | None) -> set[str]:
    """The folders of the datasets that are shown in full."""
    troubled = {one.dataset for one in check.differences} if check else set()
    if import_:
        troubled |= {note.dataset for note in import_.notes if note.severity == "lost"} | set(import_.done.failed)
    order = sorted(entries, key=lambda entry: (names[entry.path] not in troubled, -entry.records))
    return {entry.path for entry in order[:DETAILED]}


def _dataset(
    snapshot: Snapshot,
    entry: DatasetEntry,
    name: str,
    plan: DatasetPlan | None,
    import_: History | None,
    check: Check | None,
    kept: dict[str, Counts],
    progress: Progress,
    *,
    detailed: bool,
) -> DatasetReport:
    dataset = snapshot.dataset(entry)
    arrival, link = None, ""
    if plan and import_ and plan.action != "skip":
        arrival = Arrival(plan, import_.plan.agents, import_.plan.options, import_.done.rejected.get(name, []))
        link = "" if import_.done.undoing else dataset_link(import_.plan.target.url, import_.done.datasets.get(name))
    elif plan and import_:
        link = dataset_link(import_.plan.target.url, plan.existing_id)

    if entry.path not in kept:
        progress.started("counting", name, entry.records)
        kept[entry.path] = count(dataset, told(snapshot.records(entry), progress), arrival)
    return DatasetReport(
        name=name,
        target=plan.target if plan else "",
        what="FeedbackDataset" if isinstance(dataset, FeedbackDataset) else title_of(dataset),
        records=entry.records,
        fields=_fields(dataset),
        questions=questions_of(dataset),
        counts=kept[entry.path],
        made=(dataset.inserted_at if isinstance(dataset, FeedbackDataset) else dataset.created_at) or "",
        action=plan.action if plan else "",
        link=link,
        stored=import_.stored.get(name) if import_ else None,
        failed=import_.done.failed.get(name, "") if import_ else "",
        detailed=detailed,
        pairs=_pairs(snapshot, entry, dataset, arrival, link) if detailed else [],
        checked=_checked(import_.verified, name) if import_ and import_.verified else None,
        differences=sum(one.count for one in check.differences if one.dataset == name) if check else 0,
    )


def _fields(dataset: AnyDataset) -> list[str]:
    if isinstance(dataset, FeedbackDataset):
        return [field.name for field in dataset.fields]
    return list(dataset.columns.inputs) or ["text"]


def _pairs(snapshot: Snapshot, entry: DatasetEntry, dataset: AnyDataset, arrival: Arrival | None, link: str) -> list[Pair]:
    pairs = []
    for record in samples(dataset, snapshot.records(entry), RECORDS):
        new = arrival.example(record) if arrival else None
        pairs.append(Pair(example(record, dataset), new, _record_link(link, new)))
    return pairs


def dataset_link(url: str, id_: str | None) -> str:
    """The page of a dataset on the new server; "" where there is none, or the address is none that a browser should be sent to."""
    if not id_ or urlsplit(url).scheme not in ("http", "https"):
        return ""
    return f"{url.rstrip('/')}/dataset/{quote(id_, safe='')}/annotation-mode"


def _record_link(dataset: str, record: Example | None) -> str:
    """The page that looks for a record: Argilla's pages have no address for one record, but one for a search (seen with 2.8.0)."""
    words = re.findall(r"\w+", next((text for text in record.texts.values() if text), "") if record else "")[:_WORDS]
    return f"{dataset}?page=1&status=pending&search={quote('_'.join(words))}~all" if dataset and words else ""


# --- what was found, and what happened ---


def _check(verified: Verified, outdated: str) -> Check:
    result = verified.result
    differences = [Difference(one["kind"], one["what"], one["count"], one["dataset"], one["samples"]) for one in result["differences"]]
    return Check(
        at=verified.at,
        outdated=outdated,
        records=result["records"],
        total=result["total"],
        users=result["users"],
        placeholders=result.get("placeholders", 0),  # an older version did not tell
        sampled=result["sampled"],
        only_changed_since=result["only_changed_since"],
        differences=differences,
    )


def _checked(verified: Verified, name: str) -> Checked | None:
    for row in verified.result["rows"]:
        if row["source"] == name:
            compared = row["compared"]
            return Checked(compared["records"], compared["responses"], compared["suggestions"], compared["vectors"])
    return None


def _told(notes: Iterable[Noted], severity: Severity) -> list[Told]:
    """The notes of one severity, a line a kind."""
    kinds: dict[str, list[Noted]] = {}
    for note in notes:
        if note.severity == severity:
            kinds.setdefault(note.kind, []).append(note)
    return [
        Told(
            number := sum(note.count for note in of),
            in_number(number, of[0].message),
            [note.dataset for note in of if note.dataset],
            _samples(of),
        )
        for of in kinds.values()
    ]


def _of_export(losses: Iterable[Loss]) -> list[Told]:
    kinds: dict[str, list[Loss]] = {}
    for loss in losses:
        kinds.setdefault(loss.message, []).append(loss)
    return [
        Told(number := sum(loss.count for loss in of), in_number(number, text), [loss.dataset for loss in of if loss.dataset], _samples(of))
        for text, of in kinds.items()
    ]


def _samples(found: Iterable[Noted | Loss]) -> list[str]:
    return [sample for one in found for sample in one.samples][:SAMPLES]


def _accounts(plan: Plan) -> list[Account]:
    """Everybody who is on the new server by the import: those with responses first."""
    users = {user.username: user for user in plan.users}
    work = {one.username: one for one in credited(plan)}
    found = []
    for username in dict.fromkeys([*work, *users]):
        user, credit = users.get(username), work.get(username)
        was = ([user.source_username] if user and user.source_username else []) + (credit.annotators if credit else [])
        account = credit.account if credit else "created" if user and user.action == "create" else "reused"
        role, workspaces = (user.role, user.workspaces) if user else ("", [])
        found.append(Account(username, list(dict.fromkeys(was)), account, role, workspaces, credit.responses if credit else 0))
    return found


def _given(moves: Moves) -> list[Given]:
    """What was given to others after the import, most first."""
    flows = sorted(moves.flows().items(), key=lambda flow: (-flow[1], flow[0]))
    return [Given(old, new, responses, old in moves.deleted) for (old, new), responses in flows]
