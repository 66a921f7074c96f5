"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from argilla_snapshot.cli import completing
from argilla_snapshot.cli.config import config
from argilla_snapshot.cli.output import message
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.values import folder, globs, number, pairs, renames
from argilla_snapshot.places.addresses import is_address, name_of

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _fetched(context: click.Context, parameter: click.Parameter, value: str) -> Path:
    """The folder of a snapshot; one in a store is copied to the current folder first, unless that was done before."""
    if not is_address(value) or context.resilient_parsing:
        return folder(context, parameter, value)
    from argilla_snapshot.places.packing import unpack

    with Steps() as steps:
        path, copied = unpack(value, None, steps)
    message(f"{value}: {'copied to' if copied else 'is there already as'} the folder {path}.")
    return path


def _addressed(context: click.Context, parameter: click.Parameter, value: str) -> Path:
    """The folder of a snapshot that is to be made; of one for a store it is in the current folder."""
    if not is_address(value):
        return folder(context, parameter, value)
    context.meta[ADDRESS] = value
    return folder(context, parameter, name_of(value))


DIRECTORY = click.argument("directory", metavar="DIR", type=click.Path(), callback=_fetched)
NEW_DIRECTORY = click.argument("directory", metavar="DIR", type=click.Path(), callback=_addressed)
#: Where a command finds the address that was typed in place of a new folder.
ADDRESS = f"{__name__}.address"
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
WORKSPACE = click.option(
    "--workspace",
    "workspaces",
    multiple=True,
    metavar="GLOB",
    shell_complete=completing.workspaces,
    help="Only these workspaces (repeatable).",
)
EXCLUDE_WORKSPACE = click.option(
    "--exclude-workspace",
    "exclude_workspaces",
    multiple=True,
    shell_complete=completing.workspaces,
    metavar="GLOB",
    callback=globs,
    help="All but these workspaces (repeatable).",
)
DATASET = click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="GLOB",
    shell_complete=completing.datasets,
    help="Only these datasets, NAME or WORKSPACE.NAME (repeatable).",
)
EXCLUDE_DATASET = click.option(
    "--exclude-dataset",
    "exclude_datasets",
    multiple=True,
    shell_complete=completing.datasets,
    callback=globs,
    metavar="GLOB",
    help="All but these datasets, NAME or WORKSPACE.NAME (repeatable).",
)
CONFIG = click.option(
    "--config",
    type=FILE,
    is_eager=True,
    expose_value=False,
    callback=config,
    help="A TOML file with options, and with new names (`plan --write` makes one). What is typed wins.",
)
RESTART = click.option(
    "--restart", is_flag=True, help="Begin anew: `export` throws away what it has read so far, `import` keeps its files in earlier-N/."
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    callback=number,
    default=300,
    show_default=True,
    help="Seconds to wait out temporary trouble of a server, or for an answer, each time; 0 tries once.",
)


def import_options(command: Decorated) -> Decorated:
    """The options that `plan` and `import` share: they make the plan."""
    options = [
        WORKSPACE,
        DATASET,
        EXCLUDE_WORKSPACE,
        EXCLUDE_DATASET,
        click.option(
            "--on-conflict",
            type=click.Choice(["fail", "skip", "replace"]),
            default="fail",
            show_default=True,
            help="A dataset of that name is there: write nothing at all, leave it, or delete it with all records and responses and import ours.",
        ),
        click.option(
            "--unknown-annotators",
            type=click.Choice(["create", "one", "me", "skip", "fail"]),
            default="create",
            show_default=True,
            help="Annotators that are no users: a placeholder account each, one for all, the importing user, left out, or an error.",
        ),
        click.option("--user-map", type=FILE, callback=pairs, help="Lines old=new: usernames (or annotators) and what they become."),
        click.option("--workspace-map", type=FILE, callback=pairs, help="Lines old=new: workspaces and what they become."),
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
        click.option(
            "--validated-predictions",
            type=click.Choice(["suggested", "submitted"]),
            default="suggested",
            show_default=True,
            help="The prediction of a record that was validated without an annotation: a suggestion only, or also a submitted response.",
        ),
        click.option(
            "--discarded",
            type=click.Choice(["keep", "everyone", "leave-out"]),
            default="keep",
            show_default=True,
            help="Discarded records: discarded by who did it, by every annotator of the workspace, or not imported.",
        ),
        click.option("--no-status", "status", is_flag=True, flag_value=False, default=True, help="No metadata for the status in 1.x."),
        click.option("--no-vectors", "vectors", is_flag=True, flag_value=False, default=True, help="Leave vectors out."),
        click.option("--keep-tokens", is_flag=True, help="Carry tokens as metadata."),
        click.option("--keep-explanations", is_flag=True, help="Carry explanations as metadata."),
        click.option(
            "--only-users",
            is_flag=True,
            help="Users, workspaces and memberships only; an import without it can come before or after.",
        ),
        click.option(
            "--credentials",
            type=FILE,
            help="With --database: new users get their old API keys and passwords from the file that `export --credentials` wrote.",
        ),
        click.option(
            "--update-accounts",
            multiple=True,
            metavar="GLOB",
            help="With --credentials: give them to these users too, who have an account on the new server (repeatable).",
        ),
        click.option("--all-predictions", is_flag=True, help="Further text2text predictions as suggestions of optional questions."),
        click.option(
            "--database",
            metavar="URL",
            help="The new server's own SQL database, an SQLite file or postgresql://USER@HOST/NAME: for --search-engine, --credentials or both.",
        ),
        click.option(
            "--search-engine",
            metavar="URL",
            help="With --database: the OpenSearch or Elasticsearch of the new server. Records are written there.",
        ),
        CONFIG,
        TIMEOUT,
    ]
    for option in reversed(options):
        command = option(command)
    return command
