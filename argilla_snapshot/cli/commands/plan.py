"""``plan``: what an import would do."""

from pathlib import Path
from shlex import quote
from typing import Any

import click
from click.core import ParameterSource

from argilla_snapshot.cli.closing import after_plan, close, command
from argilla_snapshot.cli.codes import CONFLICT, DONE, LOSSES
from argilla_snapshot.cli.move_file import PASSWORD, written
from argilla_snapshot.cli.options import DIRECTORY, JSON, import_options
from argilla_snapshot.cli.output import message, print_json
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_plan
from argilla_snapshot.cli.values import TYPED, Command, new_file
from argilla_snapshot.library.environment import api, keeping, stores
from importer.options import ImportOptions

#: Parameters that only this command has, and what only tells more of what it does.
_NOT_OF_IMPORT = ("directory", "write", "as_json", "verbose", "log_file")


@click.command("plan", cls=Command, short_help="Show what `import` would do, and write nothing.")
@DIRECTORY
@import_options
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=new_file,
    help="Write the plan to this new TOML file, to be edited and given to `--config`.",
)
@JSON
@click.pass_context
def plan_command(
    ctx: click.Context,
    /,
    *,
    write: Path | None,
    directory: Path,
    credentials: Path | None,
    database: str | None,
    search_engine: str | None,
    update_accounts: tuple[str, ...],
    as_json: bool,
    timeout: float,
    **options: Any,
) -> int:
    """Show what `import` of the snapshot DIR would do; write nothing to the server.

    --write makes a file of the plan, with every workspace, dataset, user and annotator and what becomes of it.
    Edit it, and give it to `plan` and `import` with --config.

    \b
    Example: argilla-snapshot plan my-snapshot --json
    Example: argilla-snapshot plan my-snapshot --write move.toml
    """
    places, kept = stores(database, search_engine, credentials), keeping(credentials, database, update_accounts)
    from importer.credited import credited
    from importer.report import note_json
    from importer.run import plan_import

    with Steps() as steps:
        plan = plan_import(directory, api(timeout), ImportOptions(**options), steps, kept, places)
    if as_json:
        members = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
        print_json({**members, "people": credited(plan), "notes": [note_json(note) for note in plan.notes]})
    else:
        show_plan(plan)
        if not (plan.on_record and plan.on_record.finished):
            close(after_plan(plan, import_of(ctx, directory, write)))
    if write:
        typed = [name for name in ctx.params if ctx.get_parameter_source(name) != ParameterSource.DEFAULT]
        with write.open("x", encoding="utf-8") as file:
            file.write(written(plan, ctx.command, ctx.params, typed))
        message(f"{write} has this plan. Edit it before you import, if you like.")
    if plan.on_record and plan.on_record.finished:
        return DONE
    if plan.conflicts:
        return CONFLICT
    return LOSSES if plan.losses else DONE


def import_of(ctx: click.Context, directory: Path, write: Path | None) -> str:
    """The `import` that does what the plan says: with the file that was written, or with the options that were typed."""
    if write:
        return command("import", directory, "--config", quote(str(write)))
    words = []
    for option in ctx.command.params:
        if isinstance(option, click.Option) and option.name in ctx.meta[TYPED] and option.name not in _NOT_OF_IMPORT:
            words += _as_typed(option, ctx.meta[TYPED][option.name])
    return command("import", directory, *words)


def _as_typed(option: click.Option, value: Any) -> list[str]:
    name = option.opts[-1]
    if option.is_flag:
        return [name]
    return [word for one in (value if option.multiple else [value]) for word in (name, "URL" if PASSWORD.search(one) else quote(one))]
