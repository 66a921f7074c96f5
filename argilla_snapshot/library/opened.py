"""A snapshot, opened: a mapping from names to datasets, which give what they hold in the form that is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from argilla_snapshot.format.annotations import Row, rows
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import DatasetEntry, Manifest, User, Webhook, Workspace
from argilla_snapshot.format.names import find, shown_names
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.summary import Summary, summarize
from argilla_snapshot.library.extras import needing

if TYPE_CHECKING:
    import argilla as rg
    import datasets as hf
    import pandas as pd
    import pyarrow as pa
    from typing_extensions import Unpack

    from argilla_snapshot.library.choices import MappingChoices


class OpenSnapshot(Mapping[str, "SnapshotDataset"]):
    """A snapshot folder, opened for reading: ``workspace.dataset`` -> its dataset, in the order of the manifest.

    A dataset is found under ``workspace/dataset`` as well, and under its name alone where no other has it. Nothing but the manifest is
    read until something is asked for. Whether files are damaged is not looked at here: ``argilla-snapshot check --deep`` does that.

    Attributes:
        directory: the folder.
        manifest: what the snapshot says of itself: source, counts, files, and what did not come along (``losses``).

    Raises:
        NoFolderError: there is no folder at that path.
        DamagedSnapshotError: there is no manifest, or it can't be read.
        UnsupportedFormatError: a later argilla-snapshot wrote it, and this one can't read it.
    """

    def __init__(self, directory: str | PathLike[str]) -> None:
        self._snapshot = Snapshot(Path(directory))
        self._names = {name: path for path, name in shown_names(self._snapshot.entries).items()}
        self._entries = {entry.path: entry for entry in self._snapshot.entries}

    @property
    def directory(self) -> Path:
        """The folder."""
        return self._snapshot.directory

    @property
    def manifest(self) -> Manifest:
        """What the snapshot says of itself."""
        return self._snapshot.manifest

    @property
    def users(self) -> list[User]:
        """The users, with roles and the workspaces that they are members of. Read from the file each time."""
        return self._snapshot.users()

    @property
    def workspaces(self) -> list[Workspace]:
        """The workspaces. Read from the file each time."""
        return self._snapshot.workspaces()

    @property
    def webhooks(self) -> list[Webhook]:
        """The webhooks, without their secrets. Read from the file each time."""
        return self._snapshot.webhooks()

    def __getitem__(self, name: str) -> "SnapshotDataset":
        """The dataset of that name.

        Raises:
            NoDatasetError: there is none, or several; it says which ones there are, and is a ``KeyError``.
        """
        entry = self._entries[self._names[name]] if name in self._names else find(self._snapshot.entries, name)
        return SnapshotDataset(self._snapshot, entry)

    def __contains__(self, name: object) -> bool:
        """Whether ``snapshot[name]`` is a dataset."""
        return isinstance(name, str) and super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<snapshot {str(self.directory)!r}: {', '.join(self) or 'no datasets'}>"

    def annotations(self, *, suggestions: bool = False) -> Iterator[Row]:
        """The flat table of annotations of all datasets; see ``SnapshotDataset.annotations``."""
        for dataset in self.values():
            yield from dataset.annotations(suggestions=suggestions)


class SnapshotDataset:
    """A dataset of a snapshot.

    ``records``, ``annotations`` and ``to_argilla`` read as they go on, some hundred records at a time; ``to_arrow``, ``to_pandas`` and
    ``to_datasets`` hold the dataset in memory.

    Attributes:
        name: ``workspace.dataset``, as the snapshot's mapping has it.
        info: its ``dataset.json``: settings, counts and dates; a ``Dataset`` (legacy) or a ``FeedbackDataset``.

    All methods raise ``DamagedSnapshotError`` where a file can't be read, or holds what no such dataset can.
    """

    def __init__(self, snapshot: Snapshot, entry: DatasetEntry) -> None:
        self._snapshot, self._entry = snapshot, entry

    @property
    def name(self) -> str:
        """``workspace.dataset``, or what tells it from another of that name."""
        return shown_names(self._snapshot.entries)[self._entry.path]

    @property
    def info(self) -> AnyDataset:
        """Settings, counts and dates. Read from the file each time."""
        return self._snapshot.dataset(self._entry)

    def __len__(self) -> int:
        return self._entry.records

    def __repr__(self) -> str:
        return f"<dataset {self.name}: {self._entry.task or 'feedback'}, {len(self)} records>"

    def records(self) -> Iterator[AnyRecord]:
        """The records in their order: ``Record`` of a legacy dataset, ``FeedbackRecord`` of the other kind."""
        return self._snapshot.records(self._entry)

    def annotations(self, *, suggestions: bool = False) -> Iterator[Row]:
        """What people annotated, as a flat table: ``pandas.DataFrame(dataset.annotations())``.

        A row a record, annotator and question, and for each label or span of an answer one; see ``Row`` for the columns.

        Args:
            suggestions: what models suggested or predicted too, with the status ``suggestion``, and scores.
        """
        return rows(self.info, self.records(), suggestions=suggestions)

    def summary(self) -> Summary:
        """Statuses, labels by annotator, agreement, dates and lengths of texts, counted over all records."""
        return summarize(self.info, self.records())

    def to_arrow(self, columns: Sequence[str] | None = None) -> "pa.Table":
        """The records as an Arrow table of ``len(self)`` rows, with the columns of the Parquet files (``snapshot_format.md``).

        Args:
            columns: only these; None: all but ``raw``, the documents of the old server as JSON text.
        """
        from argilla_snapshot.library.tables import arrow_table

        return arrow_table(self._snapshot, self._entry, columns)

    def to_pandas(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """The same as a pandas DataFrame; lists and structs become arrays and dicts. Needs ``argilla-snapshot[pandas]``."""
        with needing("pandas"):
            table: pd.DataFrame = self.to_arrow(columns).to_pandas()
        return table

    def to_datasets(self, columns: Sequence[str] | None = None) -> "hf.Dataset":
        """The same as a dataset of Hugging Face, in memory. Needs ``argilla-snapshot[datasets]``.

        Its features say what is known: labels are ``ClassLabel`` with the names of the label schema (labels that records have besides
        come behind these), spans are lists of label, start and end, vectors are lists of numbers.
        """
        from argilla_snapshot.library.tables import hugging_face

        return hugging_face(self.to_arrow(columns), self.info)

    def to_argilla(
        self, *, users: Mapping[str, UUID | str] | None = None, version: str | None = None, **choices: "Unpack[MappingChoices]"
    ) -> "tuple[rg.Settings, Iterator[rg.Record]]":
        """Settings and records for the official 2.x SDK, by the same rules as ``import``. No server is asked. Needs ``argilla-snapshot[argilla]``.

        ``rg.Dataset(name, workspace, settings).create()`` and then ``dataset.records.log([*records])`` make the dataset.

        Args:
            users: username on the new server -> id there, like ``{user.username: user.id for user in client.users}``; responses need it.
                Users who are not in it count as having the ids that they have in the snapshot, as after ``import`` into 2.7 or later.
            version: of the server that the records are for; None: the newest that is known.
            choices: as of ``import``: ``unknown_annotators="skip"`` leaves out responses of people who are no users, for example.

        Raises:
            ImportRefusedError: responses are of users whose id is not known (it names them), or the dataset can't be mapped.
        """
        from argilla_snapshot.library.sdk import to_sdk

        return to_sdk(self._snapshot, self._entry, users or {}, version, choices)

    def to_disk(
        self,
        path: str | PathLike[str],
        *,
        users: Mapping[str, UUID | str] | None = None,
        version: str | None = None,
        **choices: "Unpack[MappingChoices]",
    ) -> str:
        """Writes the folder that the SDK's ``rg.Dataset.from_disk(path)`` reads, with statuses of responses, which its own ``to_disk`` leaves out.

        Args:
            path: a new or empty folder.
            users, version, choices: as of ``to_argilla``.

        Returns:
            The path.

        Raises:
            FileExistsError: there is something in it.
            ImportRefusedError: as of ``to_argilla``.
        """
        from argilla_snapshot.library.sdk import write_folder

        write_folder(self._snapshot, self._entry, Path(path), users or {}, version, choices)
        return str(path)


def open_snapshot(directory: str | PathLike[str]) -> OpenSnapshot:
    """Opens a snapshot folder for reading: a mapping ``workspace.dataset`` -> dataset. See ``OpenSnapshot`` for the errors."""
    return OpenSnapshot(directory)
