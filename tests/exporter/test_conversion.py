"""A conversion that follows a growing spool writes what one after the scan would, whatever comes and whenever it was interrupted."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.format import parts
from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.models import Dataset
from argilla_snapshot.format.writer import SnapshotWriter
from exporter.conversion import Conversion
from exporter.converters import Converters
from exporter.documents import decode, encode
from exporter.errors import ExportError
from exporter.legacy.learn import Learning
from exporter.legacy.rows import to_row
from exporter.losses import Losses
from exporter.source import Listed
from exporter.spool import Spool

LISTED = Listed("ws", "name", "TextClassification")
Page = list[dict[str, Any]]
HERE = Converters(0)


class Late(Converters):
    """Processes beside this one that never get round to a page: it is converted when so many wait, with what was known when it was given."""

    def __init__(self, room: int) -> None:
        super().__init__(0)
        self.room = room

    def convert(self, _page: Any) -> Future[Any]:
        return Future()


@pytest.fixture(scope="module")
def processes() -> Iterator[Converters]:
    with closing(Converters(2)) as converters:
        yield converters


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP", 3)
    monkeypatch.setattr(parts, "PART_ROWS", 9)


def document(number: int, **members: Any) -> dict[str, Any]:
    return {"id": f"{number:05}", "status": "Default", "inputs": {"text": f"t{number}"}, "multi_label": False, **members}


def paged(documents: Page, size: int) -> list[Page]:
    return [documents[start : start + size] for start in range(0, len(documents), size)]


def finished(writer: SnapshotWriter, conversion: Conversion, changes: Spool) -> tuple[dict[str, str], Any]:
    """The checksums of the dataset's files, and the losses."""
    learnt = conversion.learnt(changes)
    dataset = replace(learnt.described(), records=learnt.records)
    writer.write_dataset(dataset, conversion.rest(changes), conversion.parts)
    return checksums(writer.dataset_folder(dataset)), conversion.losses.all()


def checksums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def at_once(folder: Path, documents: Page) -> tuple[dict[str, str], Any]:
    """The same of all documents, learnt from first and written afterwards."""
    spool = Spool(folder / "whole")
    spool.append(map(encode, documents))
    read = list(map(decode, spool.lines()))
    learnt = Learning(LISTED).see(read).learnt()
    dataset = Dataset("ws", "name", "TextClassification", learnt.records, learnt.columns, learnt.multi_label)
    losses, writer = Losses(), SnapshotWriter(folder / "whole-snap")
    writer.write_dataset(dataset, record_batches(dataset, [to_row(each, dataset, losses) for each in read]))
    return checksums(writer.dataset_folder(dataset)), losses.all()


def followed(folder: Path, pages: list[Page], converters: Converters, *, killed_after: int = 0) -> tuple[dict[str, str], Any]:
    """Page by page; after some pages a new run may take over."""
    for last, run in enumerate((pages[:killed_after], pages[killed_after:])):
        writer, spool = SnapshotWriter(folder / "snap"), Spool(folder / "spool")
        with closing(Conversion(writer, Learning(LISTED), spool, converters)) as conversion:
            list(conversion.recall())
            for page in run:
                conversion.add(spool.append(map(encode, page)))
            if last:
                return finished(writer, conversion, Spool(folder / "none"))
    raise AssertionError


def new_key(number: int) -> dict[str, Any]:
    return document(number, metadata={f"k{number}": number}, event_timestamp="never")


CHANGING: dict[str, Callable[[int], dict[str, Any]]] = {
    "nothing": document,
    "once, late": lambda number: document(number, multi_label=number == 50),
    "an integer that becomes a float": lambda number: document(number, metadata={"n": number if number < 30 else 0.5}),
    "text that becomes JSON": lambda number: document(number, metadata={"n": "x" if number != 40 else {"a": 1}}),
    "all the time": new_key,
    "the order of names": lambda number: document(number, metadata=dict(sorted({"a": 1, "b": 2}.items(), reverse=number % 14 >= 7))),
}


@pytest.mark.parametrize("name", CHANGING)
@pytest.mark.parametrize("size", [1, 7, 60])
@pytest.mark.parametrize("waiting", [None, 0, 1, 5, 100])
def test_the_files_are_the_same_as_those_written_after_the_scan(
    name: str, size: int, waiting: int | None, processes: Converters, tmp_path: Path
) -> None:
    documents = [CHANGING[name](number) for number in range(60)]
    converters = processes if waiting is None else Late(waiting)
    assert followed(tmp_path, paged(documents, size), converters) == at_once(tmp_path, documents)


@pytest.mark.parametrize("killed_after", range(1, 9))
@pytest.mark.parametrize("waiting", [0, 3])
def test_they_are_the_same_after_an_interruption(killed_after: int, waiting: int, tmp_path: Path) -> None:
    documents = [CHANGING["an integer that becomes a float"](number) for number in range(60)]
    assert followed(tmp_path, paged(documents, 7), Late(waiting), killed_after=killed_after) == at_once(tmp_path, documents)


MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "multi_label": st.booleans(),
        "metadata": st.dictionaries(st.sampled_from("ab"), st.integers(0, 9) | st.floats(0, 1) | st.text(max_size=2), max_size=2),
        "vectors": st.dictionaries(st.sampled_from("vw"), st.just({"value": [0.5, 1.0]}), max_size=2),
        "inputs": st.dictionaries(st.sampled_from(["text", "b"]), st.just("x") | st.just(["x"]), max_size=2),
    },
)


@given(st.lists(MEMBERS, max_size=30), st.integers(1, 5), st.integers(0, 9), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_they_are_the_same_for_any_documents(
    tmp_path_factory: pytest.TempPathFactory, members: Page, size: int, killed_after: int, waiting: int
) -> None:
    documents = [document(number, **some) for number, some in enumerate(members)]
    folder = tmp_path_factory.mktemp("any")
    assert followed(folder, paged(documents, size), Late(waiting), killed_after=killed_after) == at_once(folder, documents)


def test_what_comes_while_nothing_changes_is_written_at_once_and_what_is_left_behind_soon(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    conversion, written = Conversion(SnapshotWriter(tmp_path / "snap"), Learning(LISTED), spool, HERE), []
    for page in paged([document(number, multi_label=number == 25) for number in range(60)], 5):
        conversion.add(spool.append(map(encode, page)))
        written.append(conversion.written)
    conversion.close()
    # The sixth page changes the columns: four pages are converted anew with it, and the others with the next.
    assert written == [5, 10, 15, 20, 25, 20, 35, 40, 45, 50, 55, 60]


def test_where_columns_change_all_the_time_little_is_written_in_vain(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    conversion, begun = Conversion(SnapshotWriter(tmp_path / "snap"), Learning(LISTED), spool, HERE), 0
    for page in paged([new_key(number) for number in range(100)], 1):
        conversion.add(spool.append(map(encode, page)))
        begun += conversion.written
    conversion.close()
    assert 0 < begun < 200


@pytest.mark.parametrize("waiting", [None, 0, 2])
def test_changes_take_the_place_of_what_was_read_first(waiting: int | None, processes: Converters, tmp_path: Path) -> None:
    old, new = [document(number) for number in range(20)], [document(number, metadata={"a": 1}) for number in (0, 7, 20)]
    spool, changes, writer = Spool(tmp_path / "spool"), Spool(tmp_path / "changes"), SnapshotWriter(tmp_path / "snap")
    conversion = Conversion(writer, Learning(LISTED), spool, processes if waiting is None else Late(waiting))
    for page in paged(old, 6):
        conversion.add(spool.append(map(encode, page)))
    changes.append(map(encode, new))
    together = sorted({each["id"]: each for each in (*old, *new)}.values(), key=lambda each: order_of(str(each["id"])))
    assert finished(writer, conversion, changes) == at_once(tmp_path, together)


def test_a_spool_that_was_altered_is_noticed(tmp_path: Path) -> None:
    spool, writer = Spool(tmp_path / "spool"), SnapshotWriter(tmp_path / "snap")
    for page in paged([document(number) for number in range(20)], 5):
        spool.append(map(encode, page))
    conversion = Conversion(writer, Learning(LISTED), spool, HERE)
    list(conversion.recall())
    (tmp_path / "spool").write_bytes((tmp_path / "spool").read_bytes()[:-1])
    with pytest.raises(ExportError, match="was altered"):
        finished(writer, conversion, Spool(tmp_path / "none"))
