"""``--config``: a TOML file with what else would be typed, and the tables of names in it."""

import glob
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from argilla_snapshot.words import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Tables with options -> the command whose options they are; `plan` has those of `import`.
SECTIONS = ("export", "import")
#: Tables with names of the snapshot -> the option for their new names, and the one for those that are left out.
TABLES = {
    "workspaces": ("workspace_map", "exclude_workspaces"),
    "datasets": ("rename", "exclude_datasets"),
    "users": ("user_map", None),
    "annotators": ("user_map", None),
}
_KEY = f"{__name__}.names"


def options_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that may stand in a file, by the name that they have there."""
    options = (option for option in command.params if isinstance(option, click.Option) and option.expose_value)
    return {option.opts[-1].removeprefix("--"): option for option in options if option.name != "write"}


def when_given(flag: click.Option) -> bool:
    """The value of a flag that is given."""
    return flag.flag_value is not False


def names_of(ctx: click.Context, option: str | None) -> dict[str, Any]:
    """What the tables of the file say for an option: old name -> new name, or glob -> False."""
    found: dict[str, Any] = ctx.meta.get(_KEY, {}).get(option, {})
    return found


def config(ctx: click.Context, _parameter: click.Parameter, file: Path | None) -> None:
    """Reads the file: it gives the defaults of options, so that what is typed wins.

    Raises:
        click.BadParameter: something in it can't be read, or is unknown. Also what is there for another command is looked at.
    """
    if file is None or ctx.resilient_parsing:
        return
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{file}: {error}") from None
    root = ctx.find_root().command
    assert isinstance(root, click.Group)
    given: dict[str, dict[str, Any]] = {}
    names: dict[str | None, dict[str, Any]] = {}
    for section, table in content.items():
        if section not in (*SECTIONS, *TABLES) or not isinstance(table, dict):
            raise click.BadParameter(f"{file}: {_unknown(section, content)}")
        if section in SECTIONS:
            given[section] = _given(f"{file}: [{section}]", table, root.commands[section], ctx)
        else:
            _add(f"{file}: [{section}]", table, TABLES[section], names)
    mine = "export" if ctx.command.name == "export" else "import"
    ctx.default_map = given.get(mine, {})
    ctx.meta[_KEY] = names if mine == "import" else {}


def _unknown(section: str, content: Mapping[str, Any]) -> str:
    what = f"[{section}] is no table of it" if isinstance(content[section], dict) else f"`{section}` stands in no table"
    return f"{what}: options stand in [export] or [import], names in {', '.join(f'[{name}]' for name in TABLES)}. {did_you_mean(section, (*SECTIONS, *TABLES))}".rstrip()


def _given(place: str, table: Mapping[str, Any], command: click.Command, ctx: click.Context) -> dict[str, Any]:
    """Option -> value, as if it had been typed."""
    options = options_of(command)
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in options:
            raise click.BadParameter(f"{place} has no option `{name}`. {did_you_mean(name, options)}".rstrip())
        option = options[name]
        assert option.name is not None
        wanted = _wanted(option)
        if not _is(wanted, value):
            raise click.BadParameter(f"{place} {name} must be {wanted}, not {value!r}.")
        if option.is_flag:
            values |= {option.name: when_given(option)} if value else {}
            continue
        try:
            option.type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise click.BadParameter(f"{place} {name}: {error.message}") from None
        values[option.name] = value
    return values


def _wanted(option: click.Option) -> str:
    if option.is_flag:
        return "true or false"
    if option.multiple:
        return "a list of texts"
    if isinstance(option.type, click.types.IntParamType):
        return "a whole number"
    return "a number" if isinstance(option.type, click.types.FloatParamType) else "a text"


def _is(wanted: str, value: Any) -> bool:
    if isinstance(value, bool) or wanted == "true or false":
        return isinstance(value, bool) and wanted == "true or false"
    if wanted == "a list of texts":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    kinds: dict[str, Any] = {"a whole number": int, "a number": (int, float), "a text": str}
    return isinstance(value, kinds[wanted])


def _add(place: str, table: Mapping[str, Any], options: tuple[str, str | None], names: dict[str | None, dict[str, Any]]) -> None:
    """Takes up a table of names: true keeps a name, false leaves something out, a text is the new name."""
    renaming, leaving_out = options
    for name, value in table.items():
        if isinstance(value, dict):
            raise click.BadParameter(f'{place} has a name with a dot: write it in quotes, like "{name}.{next(iter(value), "")}".')
        if not (value is True or (value is False and leaving_out) or (isinstance(value, str) and value)):
            false = "false (leave it out), " if leaving_out else ""
            raise click.BadParameter(f"{place} {name} must be true (keep it), {false}or its new name as a text, not {value!r}.")
        if value is False:
            names.setdefault(leaving_out, {})[glob.escape(name)] = False
        elif isinstance(value, str) and names.setdefault(renaming, {}).setdefault(name, value) != value:
            raise click.BadParameter(f"{place} {name} has another new name in another table.")
