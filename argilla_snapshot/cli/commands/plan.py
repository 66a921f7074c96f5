"""``plan``: what an import would do."""

from pathlib import Path
from typing import Any

import click

from argilla_snapshot.cli.codes import CONFLICT, DONE, LOSSES
from argilla_snapshot.cli.options import DIRECTORY, JSON, import_options
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_plan
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.environment import api, keeping, stores
from importer.options import ImportOptions


@click.command("plan", cls=Command)
@DIRECTORY
@import_options
@JSON
def plan_command(
    *,
    directory: Path,
    credentials: Path | None,
    database: str | None,
    search_engine: str | None,
    update_accounts: tuple[str, ...],
    as_json: bool,
    timeout: float,
    **options: Any,
) -> int:
    """Show what `import` of the snapshot DIR would do; write nothing.

    \b
    Example: argilla-snapshot plan my-snapshot --json
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
    if plan.on_record and plan.on_record.finished:
        return DONE
    if plan.conflicts:
        return CONFLICT
    return LOSSES if plan.losses else DONE
