"""What a target can do, by what it says of itself."""

from typing import Any

import pytest

from importer.target_state import Capabilities, longest_vector


@pytest.mark.parametrize(
    ("engine", "longest"),
    [
        ({"version": {"distribution": "opensearch", "number": "2.13.0"}}, 1024),
        ({"version": {"distribution": "opensearch", "number": "3.1.0"}}, 1024),
        ({"version": {"number": "8.5.3"}}, 1024),
        ({"version": {"number": "8.7.1"}}, 1024),
        ({"version": {"number": "8.8.0"}}, 2048),
        ({"version": {"number": "8.10.4"}}, 2048),
        ({"version": {"number": "8.11.0"}}, 4096),
        ({"version": {"number": "9.0.0-rc1"}}, 4096),
        ({}, 1024),
        ({"version": "8.12"}, 1024),
        ({"version": {"number": None}}, 1024),
    ],
)
def test_how_long_a_vector_may_be(engine: dict[str, Any], longest: int) -> None:
    assert longest_vector(engine) == longest


@pytest.mark.parametrize(("version", "images"), [("2.0.1", False), ("2.1.0", True), ("2.8.0dev0", True)])
def test_since_when_images_are_shown(version: str, *, images: bool) -> None:
    assert Capabilities.of(version).image_fields == images
