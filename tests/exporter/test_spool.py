"""The spool keeps whole pages, whatever happens while one is written."""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.format.limits import BATCH_BYTES
from exporter.documents import decode, encode
from exporter.spool import Spool

PAGES = [[{"id": 1, "t": "é🙂"}, {"id": 10**30, "x": None}], [{"id": "a/b", "v": [0.1, 1e-300]}], [{"id": "\x01", "n": {"a": {}}}]]
ALL = [document for page in PAGES for document in page]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "name.pages"


def contents(spool: Spool) -> list[dict[str, Any]]:
    return [decode(line).content for line in spool.lines()]


def filled(path: Path) -> Spool:
    spool = Spool(path)
    for page in PAGES:
        assert len(spool.append(map(encode, page))) == len(page)
    return spool


def test_what_was_appended_is_read_in_order(path: Path) -> None:
    spool = filled(path)
    assert contents(spool) == ALL
    assert (spool.records, spool.last and spool.last.id) == (4, "\x01")


def test_a_new_run_finds_where_the_last_one_ended(path: Path) -> None:
    filled(path)
    again = Spool(path)
    assert (again.records, again.last and again.last.id) == (4, "\x01")
    again.append(map(encode, [{"id": "z"}]))
    assert (Spool(path).records, contents(Spool(path))[-1]) == (5, {"id": "z"})


def test_an_empty_spool_has_no_last(path: Path) -> None:
    spool = Spool(path)
    assert (spool.records, spool.last, contents(spool)) == (0, None, [])


def test_a_torn_page_is_cut_off_wherever_it_was_torn(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    counts = []
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        spool = Spool(path)
        counts.append(spool.records)
        assert contents(spool) == ALL[: spool.records]
        spool.append(map(encode, [{"id": "z"}]))
        assert contents(Spool(path))[-1] == {"id": "z"}
    assert counts == sorted(counts)
    assert set(counts) == {0, 2, 3, 4}


@pytest.mark.parametrize("garbage", [b"\0" * 100, b"garbage", b"\x1f\x8b\x08"])
def test_garbage_after_the_last_page_is_cut_off(path: Path, garbage: bytes) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole + garbage)
    assert Spool(path).records == 4
    assert path.read_bytes() == whole


def test_a_damaged_page_is_not_believed(path: Path) -> None:
    filled(path)
    damaged = bytearray(path.read_bytes())
    damaged[-6] ^= 1  # in the last page
    path.write_bytes(damaged)
    assert Spool(path).records == 3


def test_a_repeated_document_is_kept_once(path: Path) -> None:
    spool = Spool(path)
    assert len(spool.append(map(encode, [{"id": 1}, {"id": "1"}, {"id": 2}]))) == 2
    assert spool.append(map(encode, [{"id": 2}])) == []
    assert contents(spool) == [{"id": 1}, {"id": 2}]


def test_of_large_documents_few_are_in_a_page(path: Path) -> None:
    spool = Spool(path)
    lines = [encode({"id": number, "text": f"{number}" * (1 << 20)}) for number in range(20)]
    assert spool.append(lines) == lines
    again = Spool(path)
    pages = [page for page, _ in again.pages()]
    assert max(sum(map(len, page)) for page in pages) <= BATCH_BYTES
    assert [line for page in pages for line in page] == lines
    assert (again.records, again.last and again.last.id, again.size) == (20, "19", spool.size)


def test_nothing_of_a_page_needs_the_same_time_of_day(path: Path, tmp_path: Path) -> None:
    assert filled(path).path.read_bytes() == filled(tmp_path / "other").path.read_bytes()


# What a JSON parser can give: any text, halves of characters too, integers of any size, NaN.
TEXT = st.text(st.characters(exclude_categories=())).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | TEXT | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Equality that holds for NaN, and tells integers from floats and booleans."""
    return json.dumps(one) == json.dumps(other)


@given(st.dictionaries(TEXT, VALUES, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_document_is_exact_on_one_line(document: dict[str, Any]) -> None:
    line = encode(document)
    assert b"\n" not in line
    assert same(json.loads(line), document)
    assert same(json.loads(decode(line).raw), document)


def test_special_floats_survive() -> None:
    values = json.loads(decode(encode({"a": math.nan, "b": [math.inf, -math.inf], "c": None})).raw)
    assert math.isnan(values["a"])
    assert values["b"] == [math.inf, -math.inf]


def test_a_page_is_on_the_disk_before_the_next_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    spool, sizes = Spool(path), []
    for page in PAGES:
        spool.append(map(encode, page))
        sizes.append(path.stat().st_size)
        assert synced == sizes
