"""An export from end to end."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from argilla_snapshot.format import layout
from argilla_snapshot.format.check import check
from argilla_snapshot.format.choice import Choice
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.locks import locked
from argilla_snapshot.format.many import many_records
from argilla_snapshot.format.models import Manifest, User, Webhook, Workspace
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.shapes import fitted
from argilla_snapshot.format.writer import SnapshotWriter, refuse_existing
from argilla_snapshot.transport.addresses import shown_url
from exporter.choose import Chosen, choose, fitting_users, users_in_scope
from exporter.converters import Converters, spare_processors
from exporter.credentials import CredentialsFile
from exporter.dataset import Job
from exporter.datasets import export_all, foretell
from exporter.documents import json_safe
from exporter.errors import BusyError, ExportError
from exporter.losses import Losses, ignore
from exporter.source import Count, Listed, Source
from exporter.state import SPOOL, State

T = TypeVar("T")

#: Records from which on several processes gain more than their start takes.
PROCESSES_FROM = 20_000
#: Faults of a snapshot that are shown.
_SHOWN = 3
#: What of the identity of an export says which server it is of.
_SERVER = ("address", "--namespace")
#: Who writes the snapshot, as its manifest says.
_PROGRAM = f"argilla-snapshot {version('argilla-snapshot')}"
#: Files that lie in a growing snapshot without being of it: those of interrupted runs, and what macOS and Windows leave where somebody looked.
_STRAYS = ("*.tmp", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export, and where to.

    Attributes:
        directory: the snapshot to make; must not exist.
        workspaces: globs of workspace names; empty means all.
        datasets: globs of ``name``, ``workspace.name`` or ``workspace/name``; empty means all.
        open_closed: open closed datasets, read them and close them again; else they are left out and reported.
        restart: begin anew where an unfinished export lies.
        exclude_workspaces, exclude_datasets: globs of what to leave out of that.
    """

    directory: Path
    workspaces: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    open_closed: bool = True
    restart: bool = False
    exclude_workspaces: tuple[str, ...] = ()
    exclude_datasets: tuple[str, ...] = ()

    @property
    def choice(self) -> Choice:
        """What is to be exported."""
        return Choice(self.workspaces, self.datasets, self.exclude_workspaces, self.exclude_datasets)


def export(
    options: ExportOptions, connect: Callable[[], Source], progress: Progress, credentials: CredentialsFile | None = None
) -> Manifest:
    """Makes a snapshot of what is chosen, or goes on with an unfinished one.

    Everything grows in ``NAME.partial`` beside the directory. Nothing is written before the server has answered and
    everything chosen was found. After an error or an interruption the same call goes on where it ended.

    In scope of a whole export are all users and workspaces. An export of chosen workspaces or datasets has only those
    workspaces (or those of the datasets), and the users who are members there or annotated there.

    Args:
        options: what and where to.
        connect: connects to the source; called when the directory was found free.
        progress: told how it goes on.
        credentials: the file beside the snapshot for what its users log in with; None: none is written.

    Returns:
        The manifest of the snapshot; ``losses`` says what did not come along.

    Raises:
        SnapshotExistsError: the directory exists; the server was not asked.
        NothingMatchesError: a glob matches nothing.
        OtherExportError: an unfinished export of something else lies in the way.
        BusyError: another export writes there.
        ExportError: a file can't be written.
        ServerError: the server can't or won't answer.
        CredentialsError: the credentials file may not lie there.
    """
    finishing = _aside(options.directory).exists()
    if not finishing:
        refuse_existing(options.directory)
    keep = credentials.prepare(options.directory, finishing=finishing) if credentials else lambda _: None
    source = connect()
    try:
        listed = source.datasets()
        choice = choose(source.workspaces(), listed, options.choice)
        with _lock(options.directory), many_records():
            run = _Run(options, source, listed, choice, progress, keep)
            return run.named_before() or run.run()
    except OSError as error:
        raise ExportError(f"{error.filename or options.directory} can't be written: {error.strerror or error}.") from error
    finally:
        source.disconnect()


def _lock(directory: Path) -> AbstractContextManager[None]:
    """Only one export at a time writes a directory."""
    partial = layout.partial_path(directory)
    return locked(partial.with_name(partial.name + ".lock"), BusyError(f"Another export writes to {partial}: wait for it to end."))


def _aside(directory: Path) -> Path:
    """Where the bookkeeping goes while the checksums are made: out of the folder, but kept should that be interrupted."""
    return directory.with_name(layout.partial_path(directory).name + ".done")


def _refuse_damage(folder: Path) -> None:
    """Reads all that was written, as an import will: what that would refuse must not pass for a snapshot, now that the server is still there.

    Raises:
        DamagedSnapshotError: a file is not what it should be.
    """
    if wrong := check(folder, deep=True):
        raise DamagedSnapshotError(f"What was written can't be read back: {'; '.join(wrong[:_SHOWN])}. Export again with --restart.")


class _Run:
    """One run of an export."""

    def __init__(
        self,
        options: ExportOptions,
        source: Source,
        listed: list[Listed],
        choice: Chosen,
        progress: Progress,
        keep_credentials: Callable[[Snapshot], None],
    ) -> None:
        self.keep_credentials = keep_credentials
        self.options, self.source, self.listed, self.choice, self.progress = options, source, listed, choice, progress
        self.losses = Losses()
        self.partial = layout.partial_path(options.directory)
        self.state = State(self.partial / SPOOL)
        self.aside = _aside(options.directory)
        self.scope = {name: list(globs) for name, globs in asdict(options.choice).items()}
        shown = source.shown
        self.identity = {
            "address": shown.url,
            "version": shown.version,
            "user": shown.username,
            "--namespace": shown.namespace,
            "--database": shown.database,
            "--workspace": self.scope["workspaces"],
            "--dataset": self.scope["datasets"],
            "--exclude-workspace": self.scope["exclude_workspaces"],
            "--exclude-dataset": self.scope["exclude_datasets"],
            "--open-closed": options.open_closed,
            **source.bound,
        }

    def run(self) -> Manifest:
        refuse_existing(self.options.directory)
        self._prepare()
        point("export.bound")
        writer = SnapshotWriter(self.options.directory)
        foretold = foretell(self.source, self.state, self.choice.datasets)
        records = sum(found.records for found in foretold.values() if isinstance(found, Count))
        self.progress.expected("reading", records)
        beside = spare_processors() if self.source.fast and records >= PROCESSES_FROM else 0
        with closing(Converters(beside)) as converters:
            job = Job(self.source, self.state, writer, self.progress, converters, open_closed=self.options.open_closed)
            datasets = export_all(job, self.choice.datasets, foretold, self.losses)
        self._look_again(datasets)
        self._write_people(writer, datasets)
        point("export.people_written")
        self._account_for_left_out()
        self._tidy(datasets)
        point("export.tidied")
        self.state.folder.rename(self.aside)
        point("export.set_aside")
        manifest = writer.finish(replace(self.source.shown, scope=self.scope), self.losses.all(), _PROGRAM, _refuse_damage)
        return self._ended(manifest)

    def named_before(self) -> Manifest | None:
        """The manifest, where an earlier run of the same export ended after its last rename: only its bookkeeping is left over."""
        if not self.aside.exists() or self.partial.exists() or not self.options.directory.is_dir():
            return None
        bound = State(self.aside).bound_to()
        if not bound or any(bound.get(name, value) != value for name, value in self.identity.items()):
            return None
        return self._ended(Snapshot(self.options.directory).manifest)

    def _ended(self, manifest: Manifest) -> Manifest:
        """What is left to do when the snapshot has its name."""
        self.keep_credentials(Snapshot(self.options.directory))
        point("export.credentials_written")
        shutil.rmtree(self.aside)
        return manifest

    def _prepare(self) -> None:
        """Makes the unfinished export ours, and closes what an interrupted run opened."""
        if self.aside.exists() and self.partial.exists() and not self.state.folder.exists():
            self.aside.rename(self.state.folder)
        shutil.rmtree(self.aside, ignore_errors=True)
        self.state.refuse_foreign()
        if self.options.restart and self.partial.exists():
            self._close_opened(self.state.bound_to())
            shutil.rmtree(self.partial)
        self.state.bind(self.identity)
        self._close_opened(self.identity)

    def _close_opened(self, bound: Mapping[str, Any]) -> None:
        """Closes what an export of that identity opened, where it was of this server; one that is not listed is gone, or of others."""
        same_server = all(bound.get(name) == self.identity[name] for name in _SERVER)
        same_user = bound.get("user") == self.identity["user"]
        listed = {each.place: each for each in self.listed} if same_server else {}
        for so_far in self.state.all():
            if not so_far.opened:
                continue
            if found := listed.get(so_far.place):
                self.source.close(found)
            elif not (same_server and same_user):
                self.losses.add("left_open", so_far.place)
                continue
            self.state.save(replace(so_far, opened=False))

    def _write_people(self, writer: SnapshotWriter, datasets: list[AnyDataset]) -> None:
        users = [self._fitted(User, user, user.username) for user in self.source.users(datasets)]
        workspaces = [self._fitted(Workspace, workspace, workspace.name) for workspace in self.choice.workspaces]
        if any(self.scope.values()):
            users = users_in_scope(users, workspaces, datasets, narrow=self.options.choice.narrow)
        if self.source.users_loss:
            self.losses.add(self.source.users_loss)
        fitting = fitting_users(users)
        if len(fitting) < len(users):
            self.losses.add("users_too_many", count=len(users) - len(fitting))
        writer.write_users(fitting)
        writer.write_workspaces(workspaces)
        if not self.options.choice.narrow:
            writer.write_webhooks([self._without_secrets(webhook) for webhook in self.source.webhooks()])

    def _without_secrets(self, webhook: Webhook) -> Webhook:
        """A webhook with as much of its address as can't be a secret."""
        shown = shown_url(str(webhook.url))
        if shown != str(webhook.url).rstrip("/"):
            self.losses.add("webhook_shortened", sample=shown)
        return self._fitted(Webhook, replace(webhook, url=shown), shown)

    def _fitted(self, cls: type[T], told: Any, name: object) -> T:
        """What the old server says of a user or workspace, in the shape that the format has for it."""
        return fitted(
            cls,
            {member: json_safe(value, ignore) for member, value in asdict(told).items()},
            lambda member: self.losses.add("odd_member", sample=f"{member} of {name}"),
        )

    def _look_again(self, datasets: list[AnyDataset]) -> None:
        """Tells of datasets that were made while others were read, or written to after they were read, by an earlier run perhaps."""
        known, read = {listed.place for listed in self.listed}, {dataset.place for dataset in datasets}
        for listed in self.source.datasets():
            so_far = self.state.of(listed)
            if listed.place not in known and self._meant(listed.workspace, listed.name):
                self.losses.add("dataset_new", listed.place)
            elif listed.place in read and so_far.after and so_far.settled:
                written, before = (time or "" for time in (listed.last_updated, so_far.after.last_updated))
                if written > before:  # and not only another: a list may be some moments behind
                    self.losses.add("changed_after_reading", listed.place)

    def _meant(self, workspace: str, name: str) -> bool:
        return self.options.choice.takes(workspace, name)

    def _account_for_left_out(self) -> None:
        for kind, workspace, name in self.source.left_out():
            if self._meant(workspace, name):
                self.losses.add(kind, sample=f"{workspace}.{name}")
        chosen = {listed.place for listed in self.choice.datasets}
        for so_far in self.state.all():
            if so_far.place not in chosen:
                self.losses.add("dataset_gone", so_far.place)
            elif so_far.opened:
                self.losses.add("left_open", so_far.place)

    def _tidy(self, datasets: list[AnyDataset]) -> None:
        """Takes away what interrupted runs may have left in the folder and is not of the snapshot."""
        for path in (path for pattern in _STRAYS for path in self.partial.rglob(pattern)):
            path.unlink()
        ours = {self.partial / layout.dataset_path(dataset.workspace, dataset.name, dataset.kind) for dataset in datasets}
        for name in layout.FOLDERS.values():
            for folder in self.partial.glob(f"{name}/*/*"):
                if folder not in ours:
                    shutil.rmtree(folder)
            for folder in [*self.partial.glob(f"{name}/*"), *self.partial.glob(name)]:
                if not any(folder.iterdir()):
                    folder.rmdir()
