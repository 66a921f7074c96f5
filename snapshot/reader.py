"""Reading a snapshot: the manifest first, then whatever is asked for, never a whole dataset at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from snapshot import layout
from snapshot.errors import DamagedSnapshotError, UnsupportedFormatError
from snapshot.models import (
    Annotation,
    Dataset,
    DatasetEntry,
    Manifest,
    Prediction,
    Record,
    ScoredLabel,
    ScoredText,
    Span,
    User,
    Workspace,
    from_json,
)
from snapshot.schema import records_schema

#: A manifest or a ``dataset.json`` larger than this is not ours (a real one has about 200 bytes a file).
MAX_JSON = 64 << 20
_BATCH = 500


class Snapshot:
    """A snapshot folder, opened for reading.

    Raises:
        DamagedSnapshotError: there is no manifest, or it can't be read.
        UnsupportedFormatError: the snapshot is of another major version, or needs a feature unknown here.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.manifest = _manifest(directory)

    @property
    def entries(self) -> list[DatasetEntry]:
        """The datasets, in the order of the manifest."""
        return self.manifest.datasets

    def users(self) -> list[User]:
        """All users of ``users.json``."""
        return [_built(User, row, layout.USERS) for row in self._rows(layout.USERS)]

    def workspaces(self) -> list[Workspace]:
        """All workspaces of ``workspaces.json``."""
        return [_built(Workspace, row, layout.WORKSPACES) for row in self._rows(layout.WORKSPACES)]

    def dataset(self, entry: DatasetEntry) -> Dataset:
        """The content of a dataset's ``dataset.json``."""
        path = f"{entry.path}/{layout.DATASET}"
        data = read_json(layout.inside(self.directory, path))
        try:
            return Dataset.from_json(data)
        except (TypeError, AttributeError) as error:
            raise DamagedSnapshotError(f"{path} is not what the format says: {error}.") from error

    def parts(self, entry: DatasetEntry) -> list[Path]:
        """The Parquet files of a dataset, in order."""
        prefix = f"{entry.path}/{layout.RECORDS}/"
        return [layout.inside(self.directory, file.path) for file in self.manifest.files if file.path.startswith(prefix)]

    def records(self, entry: DatasetEntry, start: int = 0) -> Iterator[Record]:
        """The records of a dataset from row ``start`` on, in order; only a few hundred are in memory at once."""
        dataset = self.dataset(entry)
        schema = records_schema(dataset)
        wanted = [name for name in schema.names if name not in ("raw", "id_type")]
        json_keys = frozenset(key for key, type_ in dataset.columns.metadata.items() if type_ == "json")
        for part in self.parts(entry):
            try:
                file = pq.ParquetFile(part)
                if start >= file.metadata.num_rows:
                    start -= file.metadata.num_rows
                    continue
                for batch in file.iter_batches(_BATCH, columns=wanted):
                    rows = batch.slice(min(start, batch.num_rows)).to_pylist()
                    start = max(0, start - batch.num_rows)
                    for row in rows:
                        yield _record(row, json_keys)
            except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
                raise DamagedSnapshotError(f"{part.relative_to(self.directory)} can't be read: {error}") from error

    def _rows(self, name: str) -> list[dict[str, Any]]:
        data = read_json(layout.inside(self.directory, name))
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise DamagedSnapshotError(f"{name} is not a list of objects.")
        return data


def read_json(path: Path) -> Any:
    """The content of a JSON file of a snapshot.

    Raises:
        DamagedSnapshotError: it is missing, too large or no JSON.
    """
    try:
        if path.stat().st_size > MAX_JSON:
            raise DamagedSnapshotError(f"{path.name} is larger than {MAX_JSON >> 20} MiB.")
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedSnapshotError(f"{path} is missing.") from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise DamagedSnapshotError(f"{path} can't be read: {error}") from error


def _manifest(directory: Path) -> Manifest:
    if not directory.is_dir():
        raise DamagedSnapshotError(f"{directory} is not a folder.")
    path = directory / layout.MANIFEST
    if not path.is_file():
        if directory.name.endswith(".partial"):
            raise DamagedSnapshotError(f"{directory} is an unfinished export: run the same export again to go on with it.")
        raise DamagedSnapshotError(f"{directory} is not a snapshot: it has no {layout.MANIFEST}.")
    data = read_json(path)
    if not isinstance(data, dict) or data.get("format") != layout.FORMAT:
        raise DamagedSnapshotError(f"{path} is not the manifest of a snapshot.")
    version = str(data.get("format_version"))
    if version.split(".", maxsplit=1)[0] != layout.FORMAT_VERSION.split(".")[0]:
        raise UnsupportedFormatError(
            f"{directory} has format version {version}, and this argilla-snapshot reads {layout.FORMAT_VERSION}: use a newer one."
        )
    unknown = sorted(set(map(str, data.get("required_features") or [])) - layout.KNOWN_FEATURES)
    if unknown:
        raise UnsupportedFormatError(f"{directory} needs what this argilla-snapshot does not know ({', '.join(unknown)}): use a newer one.")
    try:
        return Manifest.from_json(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedSnapshotError(f"{path} lacks a member or has one of a wrong kind: {error}.") from error


def _built(cls: Any, row: dict[str, Any], name: str) -> Any:
    try:
        return from_json(cls, row)
    except TypeError as error:
        raise DamagedSnapshotError(f"{name}: {error}.") from error


def _record(row: dict[str, Any], json_keys: frozenset[str]) -> Record:
    inputs = row["inputs"] if row.get("inputs") is not None else {"text": row["text"]}
    metadata = _present(row["metadata"])
    for key in json_keys & metadata.keys():
        metadata[key] = json.loads(metadata[key])
    return Record(
        id=row["id"],
        status=row["status"],
        inputs=_present(inputs),
        tokens=row.get("tokens"),
        predictions=_agents(row, "prediction", _prediction),
        annotations=_agents(row, "annotation", _annotation),
        metadata=metadata,
        vectors=_present(row["vectors"]),
        explanation=row.get("explanation") and _present(row["explanation"]),
        event_timestamp=row["event_timestamp"],
        last_updated=row["last_updated"],
    )


def _present(struct: dict[str, Any] | None) -> dict[str, Any]:
    """The members of a struct that are there: in a column of structs an absent one is null."""
    return {key: value for key, value in (struct or {}).items() if value is not None}


def _agents(row: dict[str, Any], column: str, build: Any) -> list[Any]:
    """The current prediction or annotation and those of other agents."""
    current = [] if row[column] is None else [build(row[f"{column}_agent"], row[column])]
    return current + [build(other["agent"], other[column]) for other in row[f"other_{column}s"] or [] if other[column] is not None]


def _prediction(agent: str | None, values: list[dict[str, Any]]) -> Prediction:
    if values and "start" in values[0]:
        return Prediction(agent, [Span(v["label"], v["start"], v["end"], v["score"]) for v in values])
    if values and "text" in values[0]:
        return Prediction(agent, [ScoredText(v["text"], v["score"]) for v in values])
    return Prediction(agent, [ScoredLabel(v["label"], v["score"]) for v in values])


def _annotation(agent: str | None, value: str | list[Any]) -> Annotation:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return Annotation(agent, [Span(v["label"], v["start"], v["end"]) for v in value])
    return Annotation(agent, value)
