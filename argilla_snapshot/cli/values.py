"""What a person gives a command besides plain values: files, and values with parts."""

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from argilla_snapshot.cli.config import names_of
from argilla_snapshot.cli.groups import GROUPS, OTHER, group_of
from argilla_snapshot.cli.logs import log_file, verbose
from importer.options import WHOLE, Part

#: Where a command finds what was typed for each parameter, as it was typed.
TYPED = f"{__name__}.typed"


class Command(click.Command):
    """A command that tells more where that is wanted, and takes only text.

    Bytes that are no UTF-8 could go into no plan, to no server, and into no name of a Parquet file.
    """

    def __init__(self, *arguments: Any, **members: Any) -> None:
        super().__init__(*arguments, **members)
        self.params += [verbose(), log_file()]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options group by group."""
        options = [option for option in self.get_params(ctx) if isinstance(option, click.Option)]
        for title in (title for title in (*GROUPS, OTHER) if title in set(map(group_of, options))):
            records = [record for option in options if group_of(option) == title and (record := option.get_help_record(ctx))]
            with formatter.section(title):
                formatter.write_dl(records)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it.

        Raises:
            click.BadParameter: something that was given is no text.
        """
        ctx.meta[TYPED] = self.make_parser(ctx).parse_args(list(args))[0]
        rest = super().parse_args(ctx, args)
        for parameter in self.params:
            if not _is_text(ctx.params.get(parameter.name or "")):
                raise click.BadParameter("not in UTF-8", ctx, parameter)
        return rest


def _is_text(value: Any) -> bool:
    try:
        orjson.dumps(value, default=str)
    except TypeError:
        return False
    return True


def folder(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    """The path of a snapshot; ``.`` and ``..`` get their names, for what belongs to it lies beside it, under its name."""
    path = Path(value)
    named = path.resolve() if path.name in ("", "..") else path
    if not value or not named.name:
        raise click.BadParameter(f"{value!r} is no name of a folder")
    return named


def new_file(_context: click.Context, _parameter: click.Parameter, file: Path | None) -> Path | None:
    """A file that is not there yet, in a folder that is."""
    if file and (file.exists() or file.is_symlink()):
        raise click.BadParameter(f"{file} is there already, and nothing is written over it")
    if file and not file.absolute().parent.is_dir():
        raise click.BadParameter(f"{file.parent} is no folder")
    return file


def number(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    """A number that is one: NaN passes every check of a range."""
    if math.isnan(value):
        raise click.BadParameter("nan is not a number")
    return value


def pairs(context: click.Context, parameter: click.Parameter, file: Path | None) -> dict[str, str]:
    """Reads a file of ``old=new`` lines; empty ones and those that begin with # are left out. Names of ``--config`` count for what it lacks."""
    result: dict[str, str] = {}
    for count, line in enumerate(_text(file).split("\n") if file else [], 1):
        old, equals, new = (part.strip() for part in line.partition("="))
        if line.strip() and not line.startswith("#"):
            if not (old and equals and new) or old in result:
                raise click.BadParameter(f"{file}, line {count}: {'given twice' if old in result else 'not old=new'}: {line}")
            result[old] = new
    return {**names_of(context, parameter.name), **result}


def globs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """What is left out: what was typed, and what ``--config`` leaves out by name."""
    return (*values, *(name for name in names_of(context, parameter.name) if name not in values))


def renames(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Parses ``workspace.dataset=new`` values. Names of ``--config`` count for what they lack."""
    result: dict[str, str] = {}
    for value in values:
        old, equals, new = value.partition("=")
        if not (old and equals and new):
            raise click.BadParameter(f"{old}: not WORKSPACE.DATASET=NEW_NAME")
        if old in result:
            raise click.BadParameter(f"{old}: given twice")
        result[old] = new
    return {**names_of(context, parameter.name), **result}


def chosen_passwords(_context: click.Context, _parameter: click.Parameter, file: Path | None) -> dict[str, str]:
    """Reads a CSV of username,password with a header."""
    result: dict[str, str] = {}
    for username, password in _credentials(file) if file else ():
        if username in result:
            raise click.BadParameter(f"{file}: {username} is given twice")
        if len(password) < 8 or len(password.encode()) > 72:  # what the server asks for, and what bcrypt reads
            raise click.BadParameter(f"{file}: the password of {username} must have 8 characters or more, and at most 72 bytes")
        result[username] = password
    return result


def _credentials(file: Path) -> Iterator[tuple[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(file)), restval="", strict=True)
    try:
        if not {"username", "password"} <= set(reader.fieldnames or ()):
            raise click.BadParameter(f"{file}: the first line must be username,password")
        for row in reader:
            yield row["username"], row["password"]
    except csv.Error as error:
        raise click.BadParameter(f"{file}: {error}") from None


def _text(file: Path) -> str:
    """The text of a file in UTF-8, with or without the mark that some editors put before it."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file}: not in UTF-8 ({error.reason} at byte {error.start})") from None


def part(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Part:
    """Parses ``K/N``."""
    number, slash, of = (value or str(WHOLE)).partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise click.BadParameter(f"{value}: not K/N with K from 1 to N, like 2/4")
    return Part(int(number), int(of))
