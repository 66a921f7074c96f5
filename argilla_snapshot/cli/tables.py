"""Plans, reports, verifications and comparisons as tables."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from argilla_snapshot.cli.output import out, print_table, say, say_whole
from argilla_snapshot.words import counted, in_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from argilla_snapshot.differences import Difference
    from argilla_snapshot.format.diff import SnapshotComparison
    from argilla_snapshot.format.models import Loss
    from exporter.upgrading import Forecast
    from importer.credited import Credited
    from importer.notes import Noted
    from importer.plan import DatasetPlan, Existing, OnRecord, Plan
    from importer.report import ImportReport
    from importer.verifying.records import Compared
    from importer.verifying.verify import Verification

#: More people than this are counted, not named.
_PEOPLE = 20
_ACCOUNTS = {
    "mapped": "there already, named by --user-map",
    "reused": "there already: the user of that name",
    "me": "the importing user",
    "placeholder": "placeholder",
    "created": "new",
}
_KEEPS = {True: ", with the old key and password", False: ""}
_TITLES = {
    "changed": "Changed on the way",
    "snapshot_only": "Stays in the snapshot, as designed or as asked",
    "lost": "Lost",
}


def show_plan(plan: Plan, console: Console = out) -> None:
    """The plan: what will be made, and what happens to content on the way; of an import that is finished only that it is."""
    if plan.on_record:
        say(_so_far(plan.on_record, plan.target.url), console)
        if plan.on_record.finished:
            return
    say(f"Into Argilla {plan.target.version} at {plan.target.url}, as {plan.target.username}:", console)
    if plan.target.is_source:
        say(
            "This is the server that the snapshot was taken from. The import would make everything a second time, beside what is there.",
            console,
        )
    if plan.options.storage:
        say("The records go through the storage behind it.", console)
    say("", console)
    print_table(
        "Workspaces", ("workspace", "action", "on the old server"), ((w.name, w.action, w.source_name) for w in plan.workspaces), console
    )
    from importer.credited import credited

    users = [
        (u.username, u.role, f"{u.action}{_KEEPS[u.keeps_credentials]}", u.source_username or "(placeholder)", ", ".join(u.workspaces))
        for u in plan.users
    ]
    print_table("Users", ("username", "role", "action", "on the old server", "joins"), shortened(users), console)
    show_people(credited(plan), console)
    print_table(
        "Datasets",
        ("dataset", "records", "action", "on the old server", "fields", "question", "metadata", "vectors"),
        (
            (
                d.target,
                d.records,
                d.action,
                d.source,
                ", ".join(f.name for f in d.fields),
                ", ".join(f"{q.name} ({len(q.options)} options)" if q.options else q.name for q in d.questions),
                len(d.properties),
                len(d.vectors),
            )
            for d in plan.datasets
        ),
        console,
    )
    if plan.options.only_users:
        say("No datasets: only users, workspaces and memberships, as asked.", console)
    for webhook in plan.webhooks:
        say(
            f"The new server will call its webhook on {webhook.host} up to {webhook.calls} times. Disable it there first, if it should not be called.",
            console,
        )
    show_notes(plan.notes, console)
    for dataset in plan.datasets:
        if dataset.existing:
            say(f"{_fate(dataset, plan.target.url)}: {_held(dataset.existing)}", console)
    for conflict in plan.conflicts:
        say(f"CONFLICT: {conflict}", console)


def _so_far(there: OnRecord, url: str) -> str:
    """How far the import is that is on record, and what `import` would do."""
    if not there.finished:
        so_far = f"{there.loaded:,} of {counted(there.records, 'record')}"
        return f"The import in {there.folder} is not finished ({so_far}). `import` goes on with it; this is its plan."
    when = f" on {there.finished_at[:16].replace('T', ' at ')} UTC" if there.finished_at else ""
    more = f"would only send {counted(there.refused, 'refused record')} again" if there.refused else "would do nothing more"
    return f"This snapshot is already on {url}: its import was finished{when}. `import` {more}. `verify` shows whether all of it is there."


def _fate(dataset: DatasetPlan, url: str) -> str:
    """What becomes of a dataset that is there already."""
    match dataset.action:
        case "replace":
            return f"This deletes {dataset.target} on {url}"
        case "skip":
            return f"{dataset.target} on {url} stays as it is"
        case _:
            return f"{dataset.target} is on {url} already"


def _held(there: Existing) -> str:
    """What it holds, whose work that is, and when somebody last worked on it."""
    people = [f"{name} {', '.join(f'{number:,} {status}' for status, number in of.items())}" for name, of in there.responses.items()]
    responses = counted(sum(sum(of.values()) for of in there.responses.values()), "response")
    whose = f" ({some(people, _PEOPLE, ';')})" if people else ""
    last = f" The last answer came at {there.answered_at[:16].replace('T', ' ')} UTC." if there.answered_at else ""
    return f"{counted(there.records, 'record')} with {responses}{whose}.{last}"


def show_people(people: list[Credited], console: Console = out) -> None:
    """Whose account gets the responses, with the annotators whose they are: a wrong namesake is seen here."""
    rows = [(p.username, _ACCOUNTS[p.account], p.responses, some_whole([a or "(nobody known)" for a in p.annotators])) for p in people]
    print_table("Who gets the responses", ("username", "account", "responses", "annotators on the old server"), shortened(rows), console)


def shortened(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """The first rows, and how many more there are."""
    more = len(rows) - _PEOPLE
    return rows if more <= 0 else [*rows[:_PEOPLE], [f"and {more} more", *[""] * (len(rows[0]) - 1)]]


def some(names: list[str], most: int = 3, mark: str = ",") -> str:
    """The first names, and how many more there are."""
    return " ".join(some_whole(names, most, mark))


def some_whole(names: list[str], most: int | None = 3, mark: str = ",") -> list[str]:
    """The same as a cell of a table, which is folded between the names; ``most`` None: all names."""
    shown = names[:most]
    marked = [*(f"{name}{mark}" for name in shown[:-1]), *shown[-1:]]
    return marked if len(shown) == len(names) else [*marked, f"and {len(names) - len(shown)} more"]


def show_notes(notes: list[Noted], console: Console = out) -> None:
    """What happens to content, by severity; a line a kind, over all datasets (``--json`` has each)."""
    for severity, title in _TITLES.items():
        kinds = dict.fromkeys(note.kind for note in notes if note.severity == severity)
        rows = [_note_row([note for note in notes if note.kind == kind]) for kind in kinds]
        print_table(title, ("count", "what", "in", "for example"), rows, console, texts=True)


def _note_row(notes: list[Noted]) -> tuple[Any, ...]:
    datasets = [note.dataset for note in notes if note.dataset]
    where = f"{datasets[0]}{f' and {len(datasets) - 1} more' if len(datasets) > 1 else ''}" if datasets else ""
    count = sum(note.count for note in notes)
    return count, in_number(count, notes[0].message), where, "; ".join(notes[0].samples[:2])


def show_report(report: ImportReport) -> None:
    """What an import did."""
    if report.steps == 0:
        say("Nothing was done this time: the import was finished before. What it did then:")
        say("")
    show_people(report.people)
    show_notes(report.notes)
    print_table(
        "Datasets",
        *with_trouble(
            ("dataset", "action", "records", "refused", "held but not found by a search"),
            [(d.name, d.action, d.records, d.rejected, len(d.not_searchable)) for d in report.datasets],
            3,
        ),
    )


def with_trouble(columns: Sequence[str], rows: Sequence[tuple[Any, ...]], always: int) -> tuple[list[str], list[list[Any]]]:
    """The columns and rows of a table: of those behind the first so many columns only such that are not 0 everywhere."""
    kept = [number for number in range(len(columns)) if number < always or any(row[number] for row in rows)]
    return [columns[number] for number in kept], [[row[number] for number in kept] for row in rows]


def show_verification(result: Verification) -> None:
    """How the target differs from what it should hold, and how much of the snapshot that is."""
    if result.left_out:
        brought = result.datasets + result.skipped
        whole = counted(brought + result.left_out, "dataset")
        what = "Only these are compared." if brought else "Only users, workspaces and memberships are compared."
        say(f"The import brought {brought or 'none'} of the {whole} of the snapshot, as it was told. {what}")
    timed = any(row.compared.times for row in result.rows)
    print_table(
        "Compared",
        ("dataset", "records", "responses", "suggestions", "vectors", *["times"] * timed, "differences"),
        ((_old_and_new(row.source, result.renamed), *_counts(row.compared, timed=timed), row.differences) for row in result.rows),
    )
    _show_differences(result.differences, result.renamed)


def _counts(compared: Compared, *, timed: bool) -> tuple[int, ...]:
    return (compared.records, compared.responses, compared.suggestions, compared.vectors, *[compared.times] * timed)


def _show_differences(differences: Iterable[Difference[Any]], renamed: Mapping[str, str]) -> None:
    print_table(
        "Differences",
        ("dataset", "difference", "of", "count", "for example"),
        ((_old_and_new(d.dataset, renamed), d.kind, d.what, d.count, "; ".join(d.samples)) for d in differences),
    )


def _old_and_new(dataset: str | None, renamed: Mapping[str, str]) -> str:
    """A dataset's name on the old server, and the one on the new server where that is another."""
    if dataset is None:
        return "-"
    return f"{dataset} -> {renamed[dataset]}" if dataset in renamed else dataset


def show_comparison(result: SnapshotComparison) -> None:
    """How two snapshots differ."""
    _show_differences(result.differences, {})
    verdict = "There are differences." if result.differences else "No difference."
    say(
        f"{counted(result.users, 'user')} and {counted(result.datasets, 'dataset')} with {counted(result.records, 'record')} compared. {verdict}"
    )


def show_forecast(found: Forecast, database: str) -> None:
    """What an upgrade in place would do, and what to type instead."""
    from exporter.upgrading import MEANINGS

    steps = any(one.migration for one in found.findings)
    say(f"{found.database} is the {found.kind} database of an Argilla {found.made_by}.")
    say("")
    print_table(
        "An upgrade of this server in place",
        ("to", "of", "how much", "what happens", *["step"] * steps),
        (
            (
                one.versions or "already done",
                f"{one.of} ({some(one.samples)})" if one.samples else one.of,
                ", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in one.counts.items()),
                MEANINGS[one.kind],
                *[one.migration or ""] * steps,
            )
            for one in found.findings
        ),
    )
    kinds = {one.kind for one in found.findings}
    where = "URL" if "@" in database else quote(database)  # where there is a login, a password may be in it
    if not kinds:
        say("No upgrade of this server deletes anything in its database.")
        say("Legacy datasets of 1.x do not lie in it. Argilla 2.x does not show them: `argilla-snapshot export` takes them along.")
        return
    if "wiped" in kinds:
        say(
            "Do not run `argilla_server search-engine reindex`: the search engine still has most of what was deleted, until that is run. Bring it back:"
        )
        say_whole(f"  argilla-snapshot export my-snapshot --search-engine http://localhost:9200 --database {where}")
    else:
        say("Do not upgrade this server. Export it first. Add --search-engine URL for the legacy datasets too:")
        say_whole(f"  argilla-snapshot export my-snapshot --database {where}")
    say("With --search-engine add --namespace NAME, if the server has an ARGILLA_NAMESPACE.")
    say("Then start an empty Argilla 2.x server, set ARGILLA_API_URL and ARGILLA_API_KEY to it, and import:")
    say("  argilla-snapshot import my-snapshot")


def show_losses(losses: list[Loss]) -> None:
    """What an export could not bring along."""
    rows: list[tuple[Any, ...]] = [
        (loss.dataset or "-", loss.count, in_number(loss.count, loss.message), "; ".join(loss.samples)) for loss in losses
    ]
    print_table("Not in the snapshot, or changed", ("dataset", "count", "what", "for example"), rows, texts=True)
