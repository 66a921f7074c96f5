"""Whether all of it is there: the sentence that a report begins with. Pure."""

from pathlib import Path
from shlex import quote

from argilla_snapshot.format.models import Manifest
from argilla_snapshot.words import counted, in_the_snapshot_alone, of_them
from importer.reporting.history import History
from importer.reporting.model import Check, Told, Verdict


def moment(iso: str) -> str:
    """A time (ISO 8601, UTC) as a person reads it."""
    return f"{iso[:16].replace('T', ' at ')} UTC" if iso else "an unknown time"


def verdict(
    directory: Path, manifest: Manifest, import_: History | None, lost: list[Told], check: Check | None, kept: list[Told]
) -> Verdict:
    """The verdict on a snapshot, and on its import if there was one."""
    if import_ is None:
        return _not_imported(directory, manifest)
    plan, done = import_.plan, import_.done
    there = f"Argilla {plan.target.version} at {plan.target.url}"
    if done.undoing:
        return _taken_back(directory, there, to_the_end=done.undone)
    if not import_.finished:
        parts = f" Nothing is on record here of {counted(import_.parts_missing, 'part')} of it." if import_.parts_missing else ""
        so_far = f"{import_.loaded:,} of {counted(import_.records, 'record')} have been dealt with so far.{parts}"
        return Verdict("warning", "The import is not finished.", [so_far, "Run this again to go on:"], _command("import", directory))
    lines = [*_lost(lost), *in_the_snapshot_alone(len(kept))]
    if done.failed:
        failed = f"The new server did not take {counted(len(done.failed), 'dataset')}: {_some(sorted(done.failed))}."
        return Verdict(
            "bad", "The import is not complete.", [failed, *lines, "Run this again to try it again:"], _command("import", directory)
        )
    if check is None or check.outdated:
        old = [f"`verify` ran on {moment(check.at)}, but {check.outdated}."] if check else []
        ask = ["Nobody has compared the two servers yet. This does it:" if check is None else "Compare the two servers again:"]
        headline = "The import is finished, with losses." if lost else "The import is finished, and nothing was lost."
        return Verdict("warning" if lost else "open", headline, [*lines, *old, *ask], _command("verify", directory))
    return _compared(directory, check, there, lines, lossy=bool(lost))


def _taken_back(directory: Path, there: str, *, to_the_end: bool) -> Verdict:
    if to_the_end:
        gone = f"`undo` deleted what it made on {there} and nobody had touched since. This page tells of the import as it was."
        return Verdict("open", "This import was taken back.", [gone, "Run this to import again:"], _command("import", directory))
    gone = f"`undo` has begun to delete what the import made on {there}, and was interrupted."
    return Verdict("warning", "This import is half taken back.", [gone, "Run this again to go on:"], _command("undo", directory))


def _not_imported(directory: Path, manifest: Manifest) -> Verdict:
    holds = ", ".join(counted(count, name.removesuffix("s")) for name, count in manifest.counts.items())
    lines = [f"The snapshot holds {holds}. This page shows what is in it.", "See what an import would do:"]
    return Verdict("open", "This snapshot has not been imported yet.", lines, _command("plan", directory))


def _compared(directory: Path, check: Check, there: str, lines: list[str], *, lossy: bool) -> Verdict:
    records = f"{check.records:,} of {counted(check.total, 'record')}" if check.sampled else counted(check.records, "record")
    by = f"`verify` compared {records} and {counted(check.users, 'user')}{of_them(check.placeholders)} on {there} with the snapshot, on {moment(check.at)}"
    if check.differences and not check.only_changed_since:
        lines = [f"{by}, and found {counted(check.found, 'difference')}.", *lines, "Get the list of all differences:"]
        return Verdict("bad", "The new server differs from the snapshot.", lines, f"{_command('verify', directory)} --json")
    if check.differences:
        since = f"{by}. All that differs was changed there by people since: {counted(check.found, 'change')}."
        return Verdict("warning" if lossy else "good", "Everything arrived, and people have worked on it since.", [since, *lines])
    if check.sampled:
        ask = "Only a sample was compared. This compares every record:"
        headline = "A sample was compared, and nothing differs."
        return Verdict(
            "warning" if lossy else "open", headline, [f"{by}, and found no difference.", *lines, ask], _command("verify", directory)
        )
    headline = "Everything that could be carried is there." if lossy else "Everything is there."
    none_lost = [] if lossy else ["Nothing was lost."]
    return Verdict("warning" if lossy else "good", headline, [f"{by}, and found no difference.", *none_lost, *lines])


def _lost(lost: list[Told]) -> list[str]:
    return [f"Lost ({told.count:,}): {told.text}" for told in lost[:3]] + (
        [f"And {len(lost) - 3} more kinds of losses, see below."] if len(lost) > 3 else []
    )


def _some(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _command(name: str, directory: Path) -> str:
    folder = str(directory)
    return f"argilla-snapshot {name} {quote(f'./{folder}' if folder.startswith('-') else folder)}"
