"""Values of columns as the API writes them, of both databases."""

from datetime import datetime
from uuid import UUID

import pytest

from argilla_snapshot.transport.sql.values import moment_of, uuid_of

ID = "0a1b2c3d-0000-4000-8000-00000000000f"


@pytest.mark.parametrize("value", [ID.replace("-", ""), ID, UUID(ID), ID.replace("-", "").upper()])
def test_an_id_is_written_with_dashes(value: object) -> None:
    assert uuid_of(value) == ID


def test_what_is_no_id_is_refused() -> None:
    with pytest.raises(ValueError, match=r"hex|badly|invalid literal"):
        uuid_of("x" * 32)


@pytest.mark.parametrize("value", ["2026-11-28 14:05:49.984556", datetime(2026, 11, 28, 14, 5, 49, 984556)])  # noqa: DTZ001 - as servers have them
def test_a_time_is_written_with_a_t(value: object) -> None:
    assert moment_of(value) == "2026-11-28T14:05:49.984556"
