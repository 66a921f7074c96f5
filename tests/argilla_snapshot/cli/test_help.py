"""What `--help` says: commands in the order of the work, options in groups."""

import click
import pytest

from argilla_snapshot.cli.groups import COMMANDS, GROUPS, OTHER, group_of
from argilla_snapshot.cli.main import cli
from tests.helpers.cli import succeed


def options(command: click.Command) -> list[click.Option]:
    """All options of a command, `--help` too."""
    return [option for option in command.get_params(click.Context(command)) if isinstance(option, click.Option)]


def test_every_command_has_its_place_in_the_order_of_the_work() -> None:
    named = [name for names in COMMANDS.values() for name in names]
    assert sorted(named) == sorted(cli.commands)
    told = succeed("--help", COLUMNS="80")
    places = [told.index(f"\n  {name} ") for name in named]
    assert places == sorted(places)
    assert max(map(len, told.splitlines())) <= 80
    assert "..." not in told.partition("Move:")[2]
    assert named[:4] == ["export", "plan", "import", "verify"]


@pytest.mark.parametrize("name", cli.commands)
def test_every_option_belongs_to_a_group(name: str) -> None:
    assert [option.opts for option in options(cli.commands[name]) if group_of(option) == OTHER] == []


def test_no_group_names_what_is_no_option() -> None:
    there = {word for command in cli.commands.values() for option in options(command) for word in option.opts}
    named = [name for names in GROUPS.values() for name in names]
    assert set(named) - there <= {"--help"}
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", cli.commands)
def test_help_tells_of_each_option_once_and_is_plain(name: str) -> None:
    told = succeed(name, "--help", COLUMNS="80")
    lines = told.splitlines()
    groups = lines[min(lines.index(f"{title}:") for title in GROUPS if f"{title}:" in lines) :]
    defined = [word.rstrip(",") for line in groups if line.startswith("  -") for word in line.split("   ")[0].split()]
    for option in options(cli.commands[name]):
        assert defined.count(option.opts[-1]) == 1, option.opts
    assert told.isascii()
    assert max(map(len, told.splitlines())) <= 120
