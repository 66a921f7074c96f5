"""``completion``: what makes a shell complete commands, options and names."""

import click
from click.shell_completion import get_completion_class

from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.values import Command

_PROGRAM, _VARIABLE = "argilla-snapshot", "_ARGILLA_SNAPSHOT_COMPLETE"


@click.command("completion", cls=Command, short_help="Print the script with which a shell completes commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(ctx: click.Context, /, *, shell: str) -> int:
    """Print the script that makes a shell complete commands, options, and names of datasets and workspaces.

    \b
    Example: argilla-snapshot completion bash >> ~/.bashrc
    Example: argilla-snapshot completion zsh >> ~/.zshrc
    Example: argilla-snapshot completion fish > ~/.config/fish/completions/argilla-snapshot.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, _PROGRAM, _VARIABLE).source())
    return DONE
