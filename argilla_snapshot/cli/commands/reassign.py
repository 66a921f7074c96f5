"""``reassign``: responses that an import wrote become another user's."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from argilla_snapshot.cli.codes import DIFFERENCES, DONE, LOSSES
from argilla_snapshot.cli.options import DIRECTORY, FILE, JSON, TIMEOUT
from argilla_snapshot.cli.output import err, out, print_json, print_table, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.questions import can_ask, confirmed
from argilla_snapshot.cli.tables import with_trouble
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.environment import api
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from importer.gifts import Fate
    from importer.reassigning import Reassignment

_WHY: "dict[Fate, str]" = {
    "conflict": "the new user answered that record too",
    "changed": "somebody changed the response since the import",
}


def _pairs(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> list[tuple[str, str]]:
    """OLD=NEW, each; an old name may hold ``=`` itself.

    Raises:
        click.BadParameter: one is not.
    """
    del context, parameter
    pairs = [(old, new) for old, _, new in (text.rpartition("=") for text in value)]
    for text, (old, new) in zip(value, pairs, strict=True):
        if not old or not new:
            raise click.BadParameter(f"{text!r} is not OLD=NEW: the account that has the responses, and the user who gets them.")
    return pairs


@click.command("reassign", cls=Command, short_help="Give responses that an import wrote to other users.")
@DIRECTORY
@click.argument("pairs", metavar="[OLD=NEW]...", nargs=-1, callback=_pairs)
@click.option("--csv", "file", type=FILE, help="The annotators.csv that `import` wrote, with the column `new` filled in.")
@click.option("--delete-empty", is_flag=True, help="Delete placeholder accounts of this import that are left without responses.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask; without a terminal it is needed.")
@TIMEOUT
@JSON
def reassign_command(
    *,
    directory: Path,
    pairs: list[tuple[str, str]],
    file: Path | None,
    delete_empty: bool,
    dry_run: bool,
    yes: bool,
    timeout: float,
    as_json: bool,
) -> int:
    """Give responses that an import wrote to other users, with their status and values.

    OLD is the account that has them now, a placeholder or anybody who got work of the old server; NEW is a user of the new server.
    What OLD answered since the import stays with OLD. Where NEW answered a record too, both responses stay, and are listed.
    Stopped at any time, the same command goes on. `verify` knows what was given to whom.

    \b
    Example: argilla-snapshot reassign my-snapshot unknown-annotator=ana
    Example: argilla-snapshot reassign my-snapshot --csv annotators.csv --delete-empty
    """
    if bool(pairs) == bool(file):
        raise click.UsageError("Say whose responses become whose: OLD=NEW, or --csv FILE.")
    from importer.gifts import Gift
    from importer.reassigning import reassign
    from importer.to_fill_in import gifts_of

    gifts = gifts_of(file) if file else [Gift(old, new) for old, new in pairs]
    if not gifts:
        raise click.UsageError(f"{file} asks for nothing: fill in usernames of the new server in the column `new`.")
    with Steps() as steps:

        def agreed(found: "Reassignment") -> bool:
            with steps.paused():
                return agreed_to(found, yes=yes)

        done = reassign(directory, api(timeout), gifts, steps, dry_run=dry_run, delete_empty=delete_empty, confirm=agreed)
    if as_json:
        print_json(done.to_json())
    else:
        _show_end(done, dry_run=dry_run)
    if done.unlike:
        return DIFFERENCES
    return LOSSES if done.left else DONE


def agreed_to(found: "Reassignment", *, yes: bool) -> bool:
    """Whether it may be done.

    Raises:
        click.UsageError: nobody can be asked.
    """
    if yes:
        return True
    would = f"gives {counted(found.to_give, 'response')} to other users on {found.url}"
    if not can_ask():
        raise click.UsageError(f"Nothing was written. This {would}: add --yes to go ahead.")
    _show(found, err)
    return confirmed(f"Give {counted(found.to_give, 'response')} to other users?")


def _show(found: "Reassignment", console: Console) -> None:
    """What there is to do."""
    rows = [
        (row.old, row.new, row.dataset, row.to_give, _statuses(row.statuses, "give", "stored"), row.fates["conflict"], row.fates["changed"])
        for row in found.rows
        if row.to_give or row.left
    ]
    columns = ["from", "to", "dataset", "give", "of them", "both answered", "changed since"]
    print_table(f"Responses on {found.url}", *with_trouble(columns, rows, 5), console)
    for user, workspace in found.members:
        say(f"{user} becomes a member of {workspace}, and sees its datasets then.", console)
    for name in found.deleted:
        say(f"{name} is a placeholder and is left without responses: it is deleted.", console)


def _statuses(statuses: "dict[Fate, Counter[str]]", *fates: "Fate") -> str:
    total: Counter[str] = sum((statuses.get(what, Counter()) for what in fates), Counter())
    return ", ".join(f"{number:,} {status}" for status, number in sorted(total.items()))


def _show_end(done: "Reassignment", *, dry_run: bool) -> None:
    if dry_run:
        _show(done, out)
        say(f"Nothing was written. Without --dry-run {counted(done.to_give, 'response')} would be given to other users.")
        return
    rows = [
        (row.old, row.new, row.dataset, row.fates["given"], _statuses(row.statuses, "given")) for row in done.rows if row.fates["given"]
    ]
    print_table(f"Given on {done.url}", ["from", "to", "dataset", "responses", "of them"], rows)
    for row in done.rows:
        for what, why in _WHY.items():
            if number := row.fates[what]:
                more = " …" if number > len(row.samples[what]) else ""
                say(f"{counted(number, 'response')} of {row.old} in {row.dataset} stayed, for {why}: {', '.join(row.samples[what])}{more}")
        if row.refused:
            say(
                f"{counted(len(row.refused), 'response')} of {row.old} in {row.dataset} stayed, for the server refused them: {row.refused[0]}."
            )
    before = sum({(row.new, row.dataset): row.before for row in done.rows}.values())
    if before:
        say(f"{counted(before, 'response')} had been given before.")
    for name in done.deleted:
        say(f"The placeholder {name} was left without responses, and is deleted.")
    if done.unlike:
        say(f"{counted(done.unlike, 'response')} could not be found as they were given: somebody works there now. Run `verify`.")
    else:
        say(f"{counted(done.given, 'response')} given, read back and compared.")
