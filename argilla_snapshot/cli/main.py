"""The front door: one click group, and the way in and out of the process."""

import gc
import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

import click

from argilla_snapshot.cli.codes import DONE, INTERRUPTED, TEMPORARY
from argilla_snapshot.cli.commands.annotations import annotations_command
from argilla_snapshot.cli.commands.check import check_command
from argilla_snapshot.cli.commands.check_upgrade import check_upgrade_command
from argilla_snapshot.cli.commands.completion import completion_command
from argilla_snapshot.cli.commands.diff import diff_command
from argilla_snapshot.cli.commands.export import export_command
from argilla_snapshot.cli.commands.import_ import import_command
from argilla_snapshot.cli.commands.inspect import inspect_command
from argilla_snapshot.cli.commands.pack import pack_command, unpack_command
from argilla_snapshot.cli.commands.plan import plan_command
from argilla_snapshot.cli.commands.report import report_command
from argilla_snapshot.cli.commands.verify import verify_command
from argilla_snapshot.cli.groups import Commands
from argilla_snapshot.cli.logs import begin, verbose
from argilla_snapshot.cli.output import fail, message, open_ends, told
from argilla_snapshot.cli.questions import UnansweredError

#: What is said after an interruption: by the commands that keep what they did, and by the others if it was temporary trouble.
KEEPING = ("export", "import")
GO_ON = " What was done is kept: run the same command again to go on."
GO_ON_WITHOUT = " What was done is kept: run the same command again, without --restart, to go on."
AGAIN = " Try again."


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(version("argilla-snapshot"), prog_name="argilla-snapshot")
def cli() -> None:
    """Move and keep what an Argilla server holds: users, workspaces and datasets, from 1.x and 2.x to 2.x.

    `export` reads the old server into a snapshot, a folder; `import` rebuilds everything on the new server.
    The servers are named by ARGILLA_API_URL and ARGILLA_API_KEY. HF_TOKEN opens a private Space, and
    ARGILLA_EXTRA_HEADERS (a JSON object) a proxy that asks people to log in.
    """


cli.params.append(verbose())
for _command in (
    *(export_command, plan_command, import_command, verify_command, report_command),
    *(inspect_command, annotations_command, check_command, diff_command, pack_command, unpack_command),
    check_upgrade_command,
    completion_command,
):
    cli.add_command(_command)


def main() -> None:
    """Runs the command line and ends the process with the command's exit code; a known error is one line."""
    open_ends()
    begin()
    command = next(filter(cli.commands.__contains__, sys.argv[1:]), "")  # no option before it has a value
    go_on = (GO_ON_WITHOUT if "--restart" in sys.argv else GO_ON) if command in KEEPING else ""
    try:
        code = cli.main(standalone_mode=False) or DONE
        gc.freeze()  # or all that lives would be looked through once more for garbage, which takes longer than starting
        sys.exit(code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except UnansweredError as error:
        message(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message() + ((go_on or AGAIN) if error.exit_code == TEMPORARY else ""))
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        message(f"Interrupted.{go_on}")
        os._exit(INTERRUPTED)  # at once: the interpreter would wait for the threads whose requests are in flight
    except OSError as error:
        fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.{go_on}")
        sys.exit(1)
    except MemoryError:
        fail(f"This machine has not enough memory: give it more, or stop other programs.{go_on}")
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and noted in the log file
        if str(error) == "can't start new thread":
            fail(f"This machine gives no further thread: raise its limit (ulimit -u), or stop other programs.{go_on}")
        else:
            told.exception("what follows is a fault of argilla-snapshot")
            fail(f"This is a fault of argilla-snapshot ({_where(error)}). Run it again with --log-file FILE, and report it with that file.")
        sys.exit(1)


def _where(error: Exception) -> str:
    """An error, and the line that it comes from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}, in {Path(frame.filename).name}, line {frame.lineno}"
