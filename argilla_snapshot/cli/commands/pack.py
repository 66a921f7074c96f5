"""``pack`` and ``unpack``: a snapshot as one file, or in a store, and back."""

from pathlib import Path

import click

from argilla_snapshot.cli.closing import command
from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.options import DIRECTORY
from argilla_snapshot.cli.output import say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.values import Command
from argilla_snapshot.format.errors import DamagedSnapshotError


@click.command("pack", cls=Command, short_help="Copy the snapshot DIR into a tar file or a store.")
@DIRECTORY
@click.argument("place", metavar="[FILE.tar|ADDRESS]", required=False)
def pack_command(*, directory: Path, place: str | None) -> int:
    """Copy the snapshot DIR into one tar file, or to a store, and read all of it back.

    Without a second name the file is DIR.tar. An address begins with s3://, gs:// or hf://datasets/. The manifest is written last:
    what has none is not whole. Run the same command again after trouble; it goes on.

    \b
    Example: argilla-snapshot pack my-snapshot
    Example: argilla-snapshot pack my-snapshot s3://my-bucket/my-snapshot
    """
    from argilla_snapshot.places.packing import pack

    with Steps() as steps:
        made = pack(directory, place, steps)
    say(f"{made} holds the snapshot. Every file was read back, and is as it was written.")
    return DONE


@click.command("unpack", cls=Command, short_help="Copy a snapshot from a tar file or a store to a folder.")
@click.argument("place", metavar="FILE.tar|ADDRESS")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def unpack_command(*, place: str, directory: Path | None) -> int:
    """Copy a snapshot from a tar file or a store into the new folder DIR, and check all of it.

    Without DIR the folder has the file's or the address's last name, and lies in the current folder.

    \b
    Example: argilla-snapshot unpack my-snapshot.tar
    Example: argilla-snapshot unpack s3://my-bucket/my-snapshot
    """
    from argilla_snapshot.format.check import check
    from argilla_snapshot.places.packing import unpack

    with Steps() as steps:
        folder, copied = unpack(place, directory, steps)
    if not copied and (wrong := check(folder, deep=True)):
        raise DamagedSnapshotError(
            f"{folder} holds this snapshot already, but it is damaged: {wrong[0]}. Move the folder away, and run the same command again."
        )
    say(f"{folder} holds the snapshot. {'' if copied else 'It was there already. '}Every file was checked.")
    say(f"Next, look at it: {command('inspect', folder)}")
    return DONE
