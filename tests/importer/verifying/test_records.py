"""What verify finds in any order of the target's records, and what it holds of them meanwhile."""

import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.cli.tables import show_verification
from argilla_snapshot.differences import Difference, Differences
from argilla_snapshot.format import waiting
from argilla_snapshot.format.waiting import Waiting
from importer.journal.done import Done
from importer.mapping.cleaning import clean_text
from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.options import ImportOptions
from importer.plan import DatasetPlan
from importer.verifying.account import Account, Told
from importer.verifying.differences import Kind
from importer.verifying.feedback_account import FeedbackAccount
from importer.verifying.records import Accounts, Expected, Names, Records
from importer.verifying.verify import Verification, spread
from tests.helpers.plans import Silent

Json = dict[str, Any]
IMPORTED, LATER = "2026-11-26T03:00:00", "2026-11-26T03:00:00.123456"
ACCOUNT = Account(Told({}, {}, "q", "text", {}), [], ImportOptions())
IDS = [f"r{number}" for number in range(3_000)]
HALVES = [*IDS[1_500:], *IDS[:1_500]]


def ours(external_ids: Iterable[str], text: str = "text") -> Iterator[Expected]:
    for external_id in external_ids:
        yield Expected(TargetRecord(external_id, {"text": text}, {"number": 2**70, "float": 1.0}, {"mini": [1.0, 0.5]}))


def theirs(external_ids: Iterable[str], text: str = "text", inserted_at: str = IMPORTED) -> Iterator[dict[str, Any]]:
    for external_id in external_ids:
        yield {
            "external_id": external_id,
            "fields": {"text": text},
            "metadata": {"number": 2**70, "float": 1.0},
            "vectors": {"mini": [1, 0.5]},
            "inserted_at": inserted_at,
            "updated_at": inserted_at,
        }


def differences(
    expected: Iterable[Expected], found: Iterable[dict[str, Any]], folder: Path, account: Accounts = ACCOUNT
) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """(kind, of what) -> how many, and samples in order."""
    plan = DatasetPlan("w.d", "datasets/w/d", "w", "d", "Text2Text", 0, "create")
    noted = Differences[Kind]()
    Records(plan, Names({}, {}), Done(written_at={"w.d": IMPORTED}), noted, account).all(iter(expected), iter(found), folder, Silent())
    return {(one.kind, one.what): (one.count, sorted(one.samples)) for one in noted.all()}


@pytest.mark.parametrize(
    "order",
    [IDS, HALVES, IDS[::-1], [id_ for pair in zip(IDS[:1_500], IDS[1_500:], strict=True) for id_ in pair]],
    ids=["the snapshot's", "part 2 before part 1", "the last first", "two parts at once"],
)
@pytest.mark.parametrize("held", [0, 1_000, waiting.HELD_BYTES])
def test_records_are_compared_in_any_order(order: list[str], held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "HELD_BYTES", held)
    assert differences(ours(IDS), theirs(order), tmp_path) == {}
    found = [record for record in theirs(order) if record["external_id"] not in ("r7", "r2999")]
    found.insert(1_234, next(theirs(["stranger"])))
    found.insert(2_345, next(theirs(["r8"])))
    found.append(next(theirs(["r9"])))
    found[100] |= {"fields": {"text": "another"}}
    assert differences(ours(IDS), found, tmp_path) == {
        ("missing", "records"): (2, ["r2999", "r7"]),
        ("more than expected", "records"): (3, ["r8", "r9", "stranger"]),
        ("different", "fields"): (1, [found[100]["external_id"]]),
    }
    assert list(tmp_path.iterdir()) == []


def test_a_field_that_is_null_is_as_one_that_is_missing(tmp_path: Path) -> None:
    (null,), (there,) = list(ours(["r1"])), list(theirs(["r1"]))
    null.record.fields["talk"] = None
    there["fields"]["note"] = None
    assert differences([null], [there], tmp_path) == {}
    there["fields"]["talk"] = []
    assert differences([null], [there], tmp_path) == {("different", "fields"): (1, ["r1"])}


VALUES = {"q": "yes", "r": [1]}
EXPECTED = Expected(
    TargetRecord(
        "r1",
        {"text": "text"},
        {"n": 1},
        {"mini": [1.0]},
        [Suggestion("q", "yes", 0.5, "m", "model")],
        [Response("ana", "submitted", VALUES), Response("bo", "discarded", {})],
    )
)
NAMES = Names({"u1": "ana", "u2": "bo"}, {"1": "q", "2": "r"})


def stored() -> Json:
    """``EXPECTED`` as the target lists it, each part written at its own moment before the import ended."""
    times = {"inserted_at": IMPORTED, "updated_at": IMPORTED}
    wired = {name: {"value": value} for name, value in VALUES.items()}
    suggestion = {"question_id": "1", "value": "yes", "score": 0.5, "agent": "m", "type": "model"}
    return {
        "external_id": "r1",
        "fields": {"text": "text"},
        "metadata": {"n": 1},
        "vectors": {"mini": [1]},
        "suggestions": [suggestion | times],
        "responses": [
            {"user_id": "u1", "status": "submitted", "values": wired} | times,
            {"user_id": "u2", "status": "discarded", "values": None} | times,
        ],
        **times,
    }


def compared(there: Json, *, left: tuple[str, ...] = ()) -> list[tuple[str, str, int, list[str], str | None]]:
    plan = DatasetPlan("w.d", "datasets/w/d", "w", "d", "Text2Text", 0, "create")
    noted = Differences[Kind]()
    done = Done(written_at={"w.d": IMPORTED, "w.e": LATER}, left={"w.d": list(left), "w.e": ["r1"]})
    Records(plan, NAMES, done, noted, ACCOUNT).compare(EXPECTED, there)
    return [(one.kind, one.what, one.count, one.samples, one.dataset) for one in noted.all()]


def test_what_is_as_planned_is_not_told() -> None:
    assert compared(stored()) == []
    assert compared(stored() | {"updated_at": LATER}) == []


@pytest.mark.parametrize(
    ("path", "change", "what", "sample"),
    [
        ((), {"fields": {"text": "other"}}, "fields", "r1"),
        ((), {"metadata": {"n": 2}}, "metadata", "r1"),
        ((), {"metadata": None}, "metadata", "r1"),
        ((), {"vectors": {"mini": [2]}}, "vectors", "r1"),
        ((), {"vectors": None}, "vectors", "r1"),
        (("suggestions", 0), {"value": "no"}, "suggestions", "r1: q"),
        (("suggestions", 0), {"score": None}, "suggestions", "r1: q"),
        (("suggestions", 0), {"agent": None}, "suggestions", "r1: q"),
        (("suggestions", 0), {"type": None}, "suggestions", "r1: q"),
        (("responses", 0), {"status": "draft"}, "responses", "r1: ana"),
        (("responses", 0), {"values": {"q": {"value": "no"}, "r": {"value": [1]}}}, "responses", "r1: ana"),
        (("responses", 0), {"values": None}, "responses", "r1: ana"),
        (("responses", 1), {"status": "submitted"}, "responses", "r1: bo"),
    ],
)
def test_each_part_that_differs_is_told_as_the_works_of_people_where_it_changed_later(
    path: tuple[str | int, ...], change: Json, what: str, sample: str
) -> None:
    for kind, left, moment in (
        ("different", (), IMPORTED),
        ("changed since the import", (), LATER),
        ("changed since the import", ("r1",), IMPORTED),  # the import met it changed, and left it
    ):
        there = part = stored()
        for step in path:
            part = part[step]
        part |= {**change, "updated_at": moment}
        assert compared(there, left=left) == [(kind, what, 1, [sample], "w.d")]


@pytest.mark.parametrize(("part", "samples"), [("suggestions", ["r1: q"]), ("responses", ["r1: ana", "r1: bo"])])
def test_parts_that_are_missing(part: str, samples: list[str]) -> None:
    for none in ([], None):
        ((kind, what, count, found, dataset),) = compared(stored() | {part: none})
        assert (kind, what, count, sorted(found), dataset) == ("missing", part, len(samples), samples, "w.d")


@pytest.mark.parametrize(("moment", "kind"), [(IMPORTED, "more than expected"), (LATER, "changed since the import")])
def test_parts_that_nobody_planned(moment: str, kind: str) -> None:
    there = stored()
    there["suggestions"].append({**there["suggestions"][0], "question_id": "2", "inserted_at": moment})
    there["responses"].append({**there["responses"][0], "user_id": "u3", "inserted_at": moment})
    assert compared(there) == [(kind, "suggestions", 1, ["r1: r"], "w.d"), (kind, "responses", 1, ["r1: u3"], "w.d")]


def test_the_plan_is_held_against_the_facts_where_the_record_is_as_planned(tmp_path: Path) -> None:
    account = FeedbackAccount({}, [], {})
    said = Expected(next(ours(["r1"])).record, '{"id": "1", "external_id": "other"}')
    (there,) = theirs(["r1"])
    assert differences([said], [there], tmp_path, account) == {
        ("not as the old server says", "external id"): (1, ["r1: r1, not other"]),
    }
    there["fields"] = {}
    assert differences([said], [there], tmp_path, account) == {("different", "fields"): (1, ["r1"])}


def test_progress_counts_the_records_of_the_snapshot(tmp_path: Path) -> None:
    class Counting(Silent):
        count = 0

        def advanced(self, records: int) -> None:
            self.count += records

    progress, plan = Counting(), DatasetPlan("w.d", "datasets/w/d", "w", "d", "Text2Text", 0, "create")
    records = Records(plan, NAMES, Done(), Differences[Kind](), ACCOUNT)
    assert records.all(ours(["r1", "r2"]), theirs(["r2", "r3", "r4"]), tmp_path, progress) == progress.count == 2


def test_a_suggestion_for_a_question_that_the_target_does_not_list_is_one_too_many(tmp_path: Path) -> None:
    (there,) = list(theirs(["r1"]))
    there["suggestions"] = [{"question_id": "strange", "value": "x", "score": None, "agent": None, "inserted_at": IMPORTED}]
    assert differences(ours(["r1"]), [there], tmp_path) == {("more than expected", "suggestions"): (1, ["r1: strange"])}


def test_little_is_held_of_records_in_another_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "HELD_BYTES", 1 << 20)
    text = "x" * 10_000
    tracemalloc.start()
    try:
        assert differences(ours(IDS, text), theirs(HALVES, text), tmp_path) == {}
        assert tracemalloc.get_traced_memory()[1] < 5 << 20 < len(IDS) * len(text) / 5
    finally:
        tracemalloc.stop()


def test_what_waits_only_for_a_while_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "HELD_BYTES", 1_000)
    with Waiting(tmp_path) as shelf:
        for number in range(100):
            assert shelf.add(str(number), {"number": number})
            if number:
                assert shelf.take(str(number - 1)) == {"number": number - 1}
        assert shelf._file.tell() == 0
        assert not shelf.add("99", "another")
        assert (shelf.take("99"), shelf.take("99")) == ({"number": 99}, None)


def test_a_record_of_the_target_that_is_there_twice_may_be_new(tmp_path: Path) -> None:
    found = [*theirs(["r0", "twice", "twice"]), *theirs(["twice"], inserted_at=LATER)]
    assert differences(ours(["r0"]), found, tmp_path) == {
        ("more than expected", "records"): (2, ["twice", "twice"]),
        ("changed since the import", "records"): (1, ["twice"]),
    }


def test_two_ids_that_become_one_are_one_record_too_few(tmp_path: Path) -> None:
    external_ids = [clean_text(id_) for id_ in ("a\x00", "b", "a\ufffd")]
    for order in ([external_ids[0], "b"], ["b", external_ids[0]]):
        assert differences(ours(external_ids), theirs(order), tmp_path) == {("missing", "records"): (1, ["a\ufffd"])}


def test_records_that_people_added_are_told_from_others(tmp_path: Path) -> None:
    found = [*theirs(["r0", "stray"]), *theirs(["new"], inserted_at=LATER)]
    assert differences(ours(["r0"]), found, tmp_path) == {
        ("more than expected", "records"): (1, ["stray"]),
        ("changed since the import", "records"): (1, ["new"]),
    }


@pytest.mark.parametrize(("total", "sample"), [(199, 100), (100, 100), (7, 3), (3, 7), (1, 1), (1_000_000, 999)])
def test_a_sample_is_evenly_spread(total: int, sample: int) -> None:
    rows = sorted(spread(total, sample))
    assert len(rows) == min(total, sample)
    assert set(rows) <= set(range(total))
    steps = {after - before for before, after in zip(rows, [*rows[1:], total], strict=True)}
    assert max(steps, default=0) - min(steps, default=0) <= 1


def test_a_renamed_dataset_is_named_as_it_is_called_on_either_server(capsys: pytest.CaptureFixture[str]) -> None:
    differences = [Difference("missing", "records", 1, name, ["1"]) for name in ("demo.news", "demo.kept", None)]
    show_verification(Verification(0, 2, 0, 3, differences, renamed={"demo.news": "demo.news-old"}))
    names = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines() if "missing" in line]
    assert names == ["demo.news -> demo.news-old", "demo.kept", "-"]


def test_a_rank_that_was_not_given_is_no_difference(tmp_path: Path) -> None:
    ranked = Response("ana", "draft", {"rank": [{"value": "p", "rank": 1}, {"value": "q"}]})
    there = next(theirs(["r"])) | {
        "responses": [
            {"user_id": "ana", "status": "draft", "values": {"rank": {"value": [{"value": "p", "rank": 1}, {"value": "q", "rank": None}]}}}
        ]
    }
    expected = Expected(TargetRecord("r", there["fields"], there["metadata"], there["vectors"], responses=[ranked]))
    assert differences([expected], [there], tmp_path) == {}
