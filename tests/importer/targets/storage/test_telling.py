"""Which records tell most about how a server writes them."""

from typing import Any

from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.options import TRIED
from importer.targets.storage.calibration import LOOKED_AT, telling


def chosen(*records: TargetRecord, fields: tuple[str, ...] = ("text",)) -> list[str]:
    return [item[0].id for item in telling((((Named(record.external_id), b""), record) for record in records), fields)]  # type: ignore[misc]


class Named:
    """A record of which only the id matters."""

    def __init__(self, id_: str) -> None:
        self.id = id_


def record(id_: str, **members: Any) -> TargetRecord:
    return TargetRecord(id_, **({"fields": {"text": "x"}} | members))


def test_only_those_that_show_something_new_are_chosen() -> None:
    said = [Response("ana", "submitted", {"label": "x"})]
    records = [
        record("first"),
        record("again"),
        record("without text", fields={}),
        record("metadata", metadata={"n": 1}),
        record("metadata again", metadata={"n": 2}),
        record("metadata of another type", metadata={"n": "x"}),
        record("vector", vectors={"v": [1.0]}),
        record("suggestion", suggestions=[Suggestion("label", "x", 0.5, "a")]),
        record("suggestion without score", suggestions=[Suggestion("label", "x", None, "a")]),
        record("suggestion without agent", suggestions=[Suggestion("label", "x", None, None)]),
        record("response", responses=said),
        record("response again", responses=said),
        record("draft", responses=[Response("ana", "draft", {"label": "x"})]),
        record("empty draft", responses=[Response("ana", "draft", {})]),
        record("two", responses=[*said, Response("bo", "submitted", {"label": "y"})]),
        record("another question", responses=[Response("ana", "submitted", {"why": "x"})]),
    ]
    assert chosen(*records) == [one.external_id for one in records if "again" not in one.external_id]


def test_a_record_that_is_sent_longer_first_is_not_chosen() -> None:
    assert chosen(record("padded", padded={"text": "x  "}), record("whole")) == ["whole"]


def test_there_are_not_too_many() -> None:
    assert len(chosen(*(record(str(number), metadata={str(number): 1}) for number in range(100)))) == TRIED
    late = [*(record("same") for _ in range(LOOKED_AT)), record("late", metadata={"n": 1})]
    assert chosen(*late) == ["same"]
