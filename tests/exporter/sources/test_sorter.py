"""Documents in the order of their ids, of any number, kind and content."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.limits import BATCH_BYTES
from exporter.documents import encode
from exporter.sources.sorter import Sorter

VALUES = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.lists(st.text(max_size=3), max_size=3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    documents=st.dictionaries(st.text() | st.integers(), VALUES, max_size=60).filter(lambda d: len({*map(str, d)}) == len(d)),
    run=st.integers(1, 500),
)
def test_they_come_back_in_order_as_they_were(documents: dict[Any, Any], run: int, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exporter.sources.sorter.RUN_BYTES", run)
        patch.setattr("exporter.sources.sorter._BLOCK_BYTES", 40)
        patch.setattr("exporter.sources.sorter._PAGE", 7)
        patch.setattr("exporter.sources.sorter._RUNS", 3)
        sorter = Sorter(tmp_path)
        for id_, value in documents.items():
            sorter.add([(str(id_), encode({"id": id_, "value": value}))])
        pages = list(sorter.pages())
        sorter.close()
    assert all(0 < len(page) <= 7 for page in pages)
    found = [from_json(line) for page in pages for line in page]
    assert found == [{"id": id_, "value": documents[id_]} for id_ in sorted(documents, key=lambda id_: order_of(str(id_)))]
    assert [type(document["id"]) for document in found] == [type(id_) for id_ in sorted(documents, key=lambda id_: order_of(str(id_)))]


def test_few_runs_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.sources.sorter.RUN_BYTES", 1)
    monkeypatch.setattr("exporter.sources.sorter._RUNS", 4)
    sorter = Sorter(tmp_path)
    ids = [f"{number * 7919 % 1000:03}" for number in range(1000)]
    for id_ in ids:
        sorter.add([(id_, id_.encode())])
    assert sum(map(len, sorter._runs)) <= 3 * len(sorter._runs) == 3 * 5
    assert [line.decode() for page in sorter.pages() for line in page] == sorted(ids, key=order_of)
    sorter.close()


def test_nothing_is_left_of_the_file(tmp_path: Path) -> None:
    sorter = Sorter(tmp_path)
    sorter.add([("b", b"2"), ("a", b"1")])
    assert list(sorter.pages()) == [[b"1", b"2"]]
    sorter.close()
    assert list(tmp_path.iterdir()) == []


def test_of_large_documents_only_their_places_are_sorted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While runs are merged a block of each is in memory: where documents are large that would be all of them."""
    monkeypatch.setattr("exporter.sources.sorter.RUN_BYTES", 1 << 12)
    sorter, size = Sorter(tmp_path), 1 << 20
    for number in reversed(range(40)):
        sorter.add([(str(number), f"{number:02}".encode() * (size // 2)), (f"small {number:02}", b"{}" * 100)])
    sorter_blocks = [block.unpacked for runs in sorter._runs for run in runs for block in run]
    pages = list(sorter.pages())
    sorter.close()
    assert len(sorter_blocks) > 1
    assert max(sorter_blocks) < 1 << 17
    assert [line[:2] for page in pages for line in page] == [f"{number:02}".encode() for number in range(40)] + [b"{}"] * 40
    assert max(sum(map(len, page)) for page in pages) <= BATCH_BYTES
