"""What stands at the end of `export`, `plan`, `import` and `verify`: the verdict, what was made, where to click, and what to type next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Protocol

from argilla_snapshot.cli.output import out, say, say_whole
from argilla_snapshot.words import counted, in_number, in_the_snapshot_alone, of_them
from importer.options import WHOLE, Part

if TYPE_CHECKING:
    from argilla_snapshot.format.models import Manifest
    from importer.notes import Noted
    from importer.plan import Plan
    from importer.report import ImportReport, Made
    from importer.verifying.verify import Verification

#: So many datasets, and kinds of losses, are shown; the report has all.
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a command.

    Attributes:
        verdict: lines, the first of which says whether anything was lost.
        made: what was made, and where it is; what is not there is not shown.
        url: the new server, where one was written to or read.
        datasets: name and id of each dataset there.
        then: what to do next, in words; and the command for it.
    """

    verdict: Sequence[str]
    made: Sequence[tuple[str, Path]] = ()
    url: str = ""
    datasets: Sequence[tuple[str, str]] = field(default_factory=list)
    then: tuple[str, str] = ("", "")


class _Lost(Protocol):
    @property
    def count(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def dataset(self) -> str | None: ...


def close(closing: Closing) -> None:
    """Prints the end of a command."""
    for line in closing.verdict:
        say(line)
    for what, path in closing.made:
        if path.exists():
            say_item(f"{what}:", str(path))
    if closing.datasets:
        say(f"On {closing.url}:")
        _links([(name, f"{closing.url.rstrip('/')}/dataset/{id_}/annotation-mode") for name, id_ in closing.datasets[:_SHOWN]])
        if (more := len(closing.datasets) - _SHOWN) > 0:
            say(f"  and {more} more")
    words, command = closing.then
    if words:
        say("")
        say_item(words, command)


def _links(links: Sequence[tuple[str, str]]) -> None:
    """Names and addresses; all addresses have lines of their own where one of them needs it."""
    apart = any(len(name) + len(address) + 3 > out.width for name, address in links)
    for name, address in links:
        if apart:
            say(f"  {name}")
            say_whole(f"    {address}" if len(address) + 4 <= out.width else address)
        else:
            say_whole(f"  {name} {address}")


def say_item(words: str, what: str) -> None:
    """What something is, and itself; it has a line of its own where both do not fit into one."""
    if len(words) + 1 + len(what) <= out.width:
        say_whole(f"{words} {what}")
    else:
        say(words)
        say_whole(f"    {what}" if len(what) + 4 <= out.width else what)


def command(name: str, directory: Path, *options: str) -> str:
    """A command about a snapshot, as it is typed."""
    folder = str(directory)
    return f"argilla-snapshot {name} {quote(f'./{folder}' if folder.startswith('-') else folder)}{''.join(f' {o}' for o in options)}"


def after_export(directory: Path, manifest: Manifest, nobodys: int = 0) -> Closing:
    """The end of an export; ``nobodys``: so many responses are of users who were deleted, and the search engine was not asked who they were."""
    counts = ", ".join(counted(count, name.removesuffix("s")) for name, count in manifest.counts.items())
    verdict = ["Not all came along as it was: see above."] if manifest.losses else ["Nothing was lost."]
    then = ("Next, set ARGILLA_API_URL and ARGILLA_API_KEY to the new server, and see what would become of it:", command("plan", directory))
    if nobodys:
        verdict.append(
            f"The users of {counted(nobodys, 'response')} were deleted, and the old server does not say who they were. Its search engine may know: "
            "export anew with --database URL and --search-engine URL, and with --namespace NAME if the server has an ARGILLA_NAMESPACE."
        )
    return Closing([*verdict, f"{directory}: {counts}."], then=then)


def after_plan(plan: Plan, typed: str) -> Closing:
    """The end of a plan.

    Args:
        typed: the command that does what the plan says.
    """
    if plan.conflicts:
        why = counted(len(plan.conflicts), "conflict")
        return Closing(
            [f"`import` would stop and write nothing, because of {why}. What to do stands above, behind CONFLICT. Then plan again."]
        )
    verdict = [*_verdict(plan.losses, "Would be lost", "Nothing would be lost."), *only_in_snapshot(plan.notes), *_to_be_made(plan)]
    return Closing(verdict, then=("Next, go on with it:" if plan.on_record else "Next, import it:", typed))


def _to_be_made(plan: Plan) -> list[str]:
    """How much comes to the new server, and what is there already."""
    brought = [dataset for dataset in plan.datasets if dataset.action != "skip"]
    records = sum(dataset.records - dataset.left_out for dataset in brought)
    users = [user for user in plan.users if user.action == "create"]
    placeholders = sum(user.source_username is None for user in users)
    made = [
        f"{counted(len(brought), 'dataset')} with {counted(records, 'record')}",
        f"{counted(len(users), 'user')}{of_them(placeholders)}",
        counted(sum(workspace.action == "create" for workspace in plan.workspaces), "workspace"),
    ]
    there = [
        (len(plan.datasets) - len(brought), "dataset"),
        (len(plan.users) - len(users), "user"),
        (sum(workspace.action == "reuse" for workspace in plan.workspaces), "workspace"),
    ]
    already = ", ".join(counted(number, noun) for number, noun in there if number)
    return [f"To be made: {', '.join(made)}.", *([f"There already: {already}."] if already else [])]


def only_in_snapshot(notes: Iterable[Noted]) -> list[str]:
    """How much of the content is in the snapshot and nowhere else."""
    return in_the_snapshot_alone(len({note.kind for note in notes if note.severity == "snapshot_only"}))


def after_import(directory: Path, report: ImportReport, part: Part, *, only_users: bool) -> Closing:
    """The end of an import."""
    from importer.journal.journal import CREDENTIALS, PAGE, REJECTED, TO_FILL_IN, import_folder
    from importer.journal.parts import folders

    folder = import_folder(directory, report.target.url, part, only_users=only_users)
    placeholders = sum(user.source_name is None and user.action == "create" for user in report.users)
    did = f"{_made(report.users, 'user', placeholders)}; {_made(report.workspaces, 'workspace')}; {report.seconds:.1f} s."
    if report.credentials_kept or report.accounts_updated:
        updated = f"; {counted(report.accounts_updated, 'user')} who had an account got theirs" if report.accounts_updated else ""
        did = f"{counted(report.credentials_kept, 'new user')} kept API key and password{updated}. {did}"
    hidden = sum(len(dataset.not_searchable) for dataset in report.datasets)
    share = [] if part == WHOLE else [f"--part {part}"]
    if hidden:
        words = f"Next, make {counted(hidden, 'record')} searchable that the server holds and does not show:"
        then = (words, command("import", directory, "--repair", *share))
    else:
        then = (f"Next, {'when all parts are finished, ' if share else ''}compare it with the snapshot:", command("verify", directory))
    return Closing(
        [*_verdict(report.losses, "Lost"), *only_in_snapshot(report.notes), did],
        [
            ("Passwords of new users", folder / CREDENTIALS),
            ("Refused records", folder / REJECTED),
            *_whose(report, folder / TO_FILL_IN),
            ("Report", folders(directory, report.target.url)[0] / PAGE),
        ],
        report.target.url,
        [(dataset.name, dataset.id) for dataset in report.datasets if dataset.id],
        then,
    )


def _whose(report: ImportReport, path: Path) -> list[tuple[str, Path]]:
    """The file to fill in, where placeholders got somebody's work."""
    placeholders = sum(one.account == "placeholder" for one in report.people)
    return (
        [(f"To say whose work {counted(placeholders, 'placeholder account')} got, fill in the column `new` for `reassign --csv`", path)]
        if placeholders
        else []
    )


def after_verify(directory: Path, result: Verification) -> Closing:
    """The end of a verification."""
    from importer.journal.journal import CREDENTIALS, PAGE, import_folder
    from importer.journal.parts import folders

    folder = import_folder(directory, result.url)
    passwords = folder / CREDENTIALS
    then = ("", "")
    if any(difference.kind == "not searchable" for difference in result.differences):
        then = ("Next, make the records searchable that the server holds and does not show:", command("import", directory, "--repair"))
    elif result.differences:
        then = ("Next, keep the list of all differences:", f"{command('verify', directory)} --json > differences.json")
    elif passwords.exists():
        then = ("Next, hand out the passwords:", f"less {quote(str(passwords))}")
    return Closing(
        verdict_of(result),
        [("Passwords of new users", passwords), ("Report", folders(directory, result.url)[0] / PAGE)],
        result.url,
        [(row.target, row.id) for row in result.rows if row.id],
        then,
    )


def verdict_of(result: Verification) -> list[str]:
    """Whether the target holds what the import was to bring; and what that was."""
    first = "There are differences." if result.differences else "No difference."
    if result.only_changed_since:
        first = "All that differs was changed on the new server since the import."
    records = f"{result.records:,} of {counted(result.total, 'record')} (a sample)" if result.sampled else counted(result.records, "record")
    keys = f"{result.credentials:,} with API key and password" if result.credentials else ""
    users = f"{counted(result.users, 'user')}{of_them(result.placeholders, keys)}"
    lines = [f"{first} {counted(result.datasets, 'dataset')} with {records} and {users} compared."]
    if result.skipped:
        were, are = ("dataset was", "is") if result.skipped == 1 else ("datasets were", "are")
        lines.append(f"{result.skipped} {were} skipped by the import and {are} not compared.")
    if result.reassigned:
        lines.append(f"{counted(result.reassigned, 'response')} given to other users by `reassign`: compared as theirs.")
    if result.losses:
        lines += _verdict(result.losses, "Not missed, because the import said before that it can't carry it")
    return lines


def _verdict(losses: Iterable[_Lost], called: str, none: str = "Nothing was lost.") -> list[str]:
    """Whether anything was lost; a line a kind, over all datasets."""
    kinds: dict[str, list[_Lost]] = {}
    for loss in losses:
        kinds.setdefault(loss.message, []).append(loss)
    if not kinds:
        return [none]
    counts = {message: sum(one.count for one in of) for message, of in kinds.items()}
    lines = [f"{counts[message]:,} {in_number(counts[message], message)}{_where(of)}" for message, of in kinds.items()]
    if len(lines) == 1:
        return [f"{called}: {lines[0]}."]
    more = [f"  and {len(lines) - _SHOWN} kinds more"] if len(lines) > _SHOWN else []
    return [f"{called}:", *(f"  {line}" for line in lines[:_SHOWN]), *more]


def _where(losses: Sequence[_Lost]) -> str:
    names = [loss.dataset for loss in losses if loss.dataset]
    return f" ({names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''})" if names else ""


def _made(of: Sequence[Made], noun: str, placeholders: int = 0) -> str:
    there = sum(one.action == "reuse" for one in of)
    return f"{counted(len(of) - there, noun)} made{of_them(placeholders)}, {there} {'was' if there == 1 else 'were'} there"
