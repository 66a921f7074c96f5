"""The front door: one click group; each command calls its room, which is loaded for it alone, and shows what comes back."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.output import ask, err, fail, message, open_ends, print_json, say
from console.progress import Steps
from console.tables import show_losses, show_plan, show_report, show_snapshot, show_verification
from console.values import Group, chosen_passwords, folder, number, pairs, part, renames, search_login, server
from importer.options import ImportOptions

if TYPE_CHECKING:
    from exporter.source import Source
    from importer.plan import Plan
    from transport.api import Api

Command = TypeVar("Command", bound=Callable[..., Any])
DONE, LOSSES, DIFFERENCES, CONFLICT, TEMPORARY, INTERRUPTED = 0, 3, 4, 5, 75, 130
#: What is said after an interruption: by the commands that keep what they did, and by the others if it was temporary trouble.
KEEPING = ("export", "import")
GO_ON, AGAIN = " What was done is kept: run the same command again to go on.", " Try again."

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIR = click.argument("directory", metavar="DIR", type=click.Path(), callback=folder)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
_WORKSPACE = click.option("--workspace", "workspaces", multiple=True, metavar="GLOB", help="Only these workspaces (repeatable).")
_DATASET = click.option(
    "--dataset", "datasets", multiple=True, metavar="GLOB", help="Only these datasets, NAME or WORKSPACE.NAME (repeatable)."
)
_RESTART = click.option(
    "--restart", is_flag=True, help="Begin anew: `export` throws away what it has read so far, `import` keeps its files in earlier-N/."
)
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    callback=number,
    default=300,
    show_default=True,
    help="Seconds to wait out temporary trouble of a server, each time; 0 tries once.",
)


def api(timeout: float) -> "Api":
    """The server that the environment names."""
    from transport.api import Api

    return Api(*server(), token=os.environ.get("HF_TOKEN"), patience=timeout)


def import_options(command: Command) -> Command:
    """The options that `plan` and `import` share: they make the plan."""
    options = [
        _WORKSPACE,
        _DATASET,
        click.option(
            "--on-conflict",
            type=click.Choice(["fail", "skip", "replace"]),
            default="fail",
            show_default=True,
            help="A dataset of that name is there: write nothing at all, leave it, or delete it with all records and responses and import ours.",
        ),
        click.option(
            "--unknown-annotators",
            type=click.Choice(["create", "me", "skip", "fail"]),
            default="create",
            show_default=True,
            help="Annotators that are no users: a placeholder account each, the importing user, left out, or an error.",
        ),
        click.option("--user-map", type=_FILE, callback=pairs, help="Lines old=new: usernames (or annotators) and what they become."),
        click.option("--workspace-map", type=_FILE, callback=pairs, help="Lines old=new: workspaces and what they become."),
        click.option(
            "--rename", multiple=True, callback=renames, metavar="WORKSPACE.DATASET=NAME", help="Another name for a dataset (repeatable)."
        ),
        click.option("--dataset-suffix", default="", help="Appended to the name of each dataset that is not renamed."),
        click.option(
            "--multi-label-threshold",
            type=click.FloatRange(0, 1),
            callback=number,
            default=0.5,
            show_default=True,
            help="Suggest labels with a score above it, as 1.x showed them; 0 suggests all.",
        ),
        click.option(
            "--default-annotation",
            type=click.Choice(["draft", "submitted"]),
            default="draft",
            show_default=True,
            help="Status of responses from annotations that nobody validated.",
        ),
        click.option("--keep-tokens", is_flag=True, help="Carry tokens as metadata."),
        click.option("--keep-explanations", is_flag=True, help="Carry explanations as metadata."),
        click.option("--all-predictions", is_flag=True, help="Further text2text predictions as suggestions of optional questions."),
        _TIMEOUT,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(version("argilla-snapshot"), prog_name="argilla-snapshot")
@click.option("-v", "--verbose", is_flag=True, help="Log every request to stderr.")
def cli(*, verbose: bool) -> None:
    """Move an Argilla 1.x server's users, workspaces and legacy datasets to Argilla 2.x.

    `export` reads the old server into a snapshot, a folder; `import` rebuilds everything on the new server.
    The servers are named by ARGILLA_API_URL and ARGILLA_API_KEY (and HF_TOKEN for a private Space).
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("transport").setLevel(logging.DEBUG if verbose else logging.WARNING)


@cli.command("export")
@_DIR
@_WORKSPACE
@_DATASET
@click.option("--no-open-closed", is_flag=True, help="Leave closed datasets out instead of opening, reading and closing them again.")
@click.option(
    "--search-engine", metavar="URL", help="Read the OpenSearch or Elasticsearch behind the server; the server itself is not asked."
)
@click.option(
    "--database", metavar="URL", help="With it: the server's SQL database, an SQLite file or postgresql://USER@HOST/NAME, for the users."
)
@click.option("--namespace", metavar="NAME", help="With it: the server's ARGILLA_NAMESPACE, if the search engine serves several.")
@_RESTART
@_TIMEOUT
def export_command(
    *,
    directory: Path,
    workspaces: tuple[str, ...],
    datasets: tuple[str, ...],
    no_open_closed: bool,
    search_engine: str | None,
    database: str | None,
    namespace: str | None,
    restart: bool,
    timeout: float,
) -> int:
    """Read an Argilla 1.x server into the snapshot DIR.

    The server is only read, except that closed datasets are opened for a while; one that is open when the export is
    killed stays so until the same command is run again. Stopped at any time, the same command goes on where it ended:
    what was read so far is in DIR.partial/.

    With --search-engine the storage of a server that is gone, or too slow, is read; ARGILLA_API_URL and
    ARGILLA_API_KEY are not looked at. Passwords come from ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD,
    and from ARGILLA_DATABASE_PASSWORD.

    \b
    Example: argilla-snapshot export my-snapshot --workspace demo
    Example: argilla-snapshot export my-snapshot --search-engine http://localhost:9200 --database argilla.db
    """
    if search_engine is None and (database or namespace is not None):
        raise click.UsageError("--database and --namespace need --search-engine.")

    from exporter.api_source import connect
    from exporter.run import ExportOptions, export
    from exporter.storage_source import connect as connect_storage

    def source() -> "Source":
        if search_engine is None:
            return connect(*server(), token=os.environ.get("HF_TOKEN"), patience=timeout)
        return connect_storage(
            search_engine,
            database,
            namespace=namespace,
            login=search_login(),
            database_password=os.environ.get("ARGILLA_DATABASE_PASSWORD"),
            folder=directory.absolute().parent,
            patience=timeout,
        )

    created_by = f"argilla-snapshot {version('argilla-snapshot')}"
    options = ExportOptions(directory, workspaces, datasets, not no_open_closed, restart, created_by)
    with Steps() as steps:
        manifest = export(options, source, steps)
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    show_losses(manifest.losses)
    say(f"{directory}: {counts}.")
    return LOSSES if manifest.losses else DONE


@cli.command("plan")
@_DIR
@import_options
@_JSON
def plan_command(*, directory: Path, as_json: bool, timeout: float, **options: Any) -> int:
    """Show what a new `import` of the snapshot DIR would do; write nothing.

    \b
    Example: argilla-snapshot plan my-snapshot --json
    """
    from importer.report import note_json
    from importer.run import plan_import

    with Steps() as steps:
        plan = plan_import(directory, api(timeout), _options(**options), steps)
    if as_json:
        print_json({**{name: getattr(plan, name) for name in plan.__dataclass_fields__}, "notes": [note_json(n) for n in plan.notes]})
    else:
        show_plan(plan)
    if plan.conflicts:
        return CONFLICT
    return LOSSES if plan.losses else DONE


@cli.command("import")
@_DIR
@import_options
@click.option("--passwords", type=_FILE, callback=chosen_passwords, help="CSV with a header username,password; the others are made up.")
@click.option("--yes", is_flag=True, help="Do not ask where something is lost or replaced (without a terminal nothing is asked).")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Requests with records in flight at once; more than 1 helps most where several workers serve the target.",
)
@click.option(
    "--part",
    metavar="K/N",
    callback=part,
    help="Load only the K-th of N shares of the records; part 1 makes all else, the others wait for it.",
)
@click.option("--repair", is_flag=True, help="Only make records searchable that the target holds but does not show.")
@_RESTART
@_JSON
def import_command(
    *,
    directory: Path,
    passwords: dict[str, str],
    yes: bool,
    concurrency: int,
    repair: bool,
    restart: bool,
    as_json: bool,
    timeout: float,
    **options: Any,
) -> int:
    """Rebuild the content of the snapshot DIR on an Argilla 2.x server.

    Everything is planned before anything is written; a dataset that is there already stops it, unless told otherwise.
    Stopped at any time, the same command goes on where it ended; a finished one writes nothing more.
    Passwords of new users, the plan, the journal and the report are in DIR.import/.

    \b
    Example: argilla-snapshot import my-snapshot
    """
    from importer.run import import_snapshot, repair_import

    if repair:
        repaired, left = repair_import(directory, api(timeout), options["part"])
        say(f"{repaired} records made searchable." + (f" {len(left)} stay invisible: {', '.join(left[:5])}" if left else ""))
        return LOSSES if left else DONE
    with Steps() as steps:
        report = import_snapshot(
            directory,
            api(timeout),
            _options(**options),
            steps,
            passwords=passwords,
            concurrency=concurrency,
            restart=restart,
            confirm=lambda plan: yes or _agreed(plan),
        )
    print_json(report.to_json()) if as_json else show_report(report)
    return LOSSES if report.losses else DONE


def _options(**options: Any) -> ImportOptions:
    return ImportOptions(**options)


def _agreed(plan: "Plan") -> bool:
    """Asks where something is lost or replaced and a person is there; a script has said what it wants by its options."""
    replaced = [dataset.target for dataset in plan.datasets if dataset.action == "replace"]
    if not (plan.losses or replaced) or not sys.stdin.isatty():
        return True
    show_plan(plan, err)
    return ask(f"Something is lost{' and ' + ', '.join(replaced) + ' is replaced' if replaced else ''} (see above). Import?")


@cli.command("verify")
@_DIR
@click.option("--sample", type=click.IntRange(min=1), help="Compare only so many records of each dataset, evenly spread, and their counts.")
@_TIMEOUT
@_JSON
def verify_command(*, directory: Path, sample: int | None, timeout: float, as_json: bool) -> int:
    """Read the target back and compare it, record by record, with the snapshot DIR that was imported.

    \b
    Example: argilla-snapshot verify my-snapshot
    """
    from importer.run import verify_import

    with Steps() as steps:
        result = verify_import(directory, api(timeout), sample=sample, progress=steps)
    if as_json:
        print_json(
            {**{name: getattr(result, name) for name in result.__dataclass_fields__}, "only_changed_since": result.only_changed_since}
        )
    else:
        show_verification(result)
    return DIFFERENCES if result.differences else DONE


@cli.command("inspect")
@_DIR
@_JSON
def inspect_command(*, directory: Path, as_json: bool) -> int:
    """Show what the snapshot DIR holds.

    \b
    Example: argilla-snapshot inspect my-snapshot --json
    """
    from snapshot.reader import Snapshot

    snapshot = Snapshot(directory)
    datasets = [snapshot.dataset(entry) for entry in snapshot.entries]
    if as_json:
        print_json({"manifest": snapshot.manifest, "datasets": datasets})
    else:
        show_snapshot(snapshot.manifest, datasets)
    return DONE


@cli.command("check")
@_DIR
@click.option("--deep", is_flag=True, help="Compute every checksum and read every row.")
@click.option("--update", is_flag=True, help="Seal the snapshot anew after an edit of its files.")
@_JSON
def check_command(*, directory: Path, deep: bool, update: bool, as_json: bool) -> int:
    """Check that the snapshot DIR is as it was written.

    \b
    Example: argilla-snapshot check my-snapshot --deep
    """
    from snapshot.check import check as check_snapshot
    from snapshot.check import update as update_snapshot

    if update:
        changed = update_snapshot(directory)
        print_json({"changed": changed}) if as_json else say(f"{directory}: sealed; changed files: {', '.join(changed) or 'none'}.")
        return DONE
    problems = check_snapshot(directory, deep=deep)
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems or [f"{directory} is whole." if deep else f"{directory} is whole, as far as names and sizes tell."]:
            say(problem)
    return DIFFERENCES if problems else DONE


def main() -> None:
    """Runs the command line and ends the process with the command's exit code; a known error is one line."""
    open_ends()
    command = next(filter(cli.commands.__contains__, sys.argv[1:]), "")  # no option before it has a value
    go_on = GO_ON if command in KEEPING else ""
    try:
        code = cli.main(standalone_mode=False) or DONE
        gc.freeze()  # or all that lives would be looked through once more for garbage, which takes longer than starting
        sys.exit(code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message() + ((go_on or AGAIN) if error.exit_code == TEMPORARY else ""))
        sys.exit(error.exit_code)
    except OSError as error:
        fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.{go_on}")
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        message(f"Interrupted.{go_on}")
        os._exit(INTERRUPTED)  # at once: the interpreter would wait for the threads whose requests are in flight


if __name__ == "__main__":
    main()
