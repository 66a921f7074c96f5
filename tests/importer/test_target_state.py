"""What a target can do, by what it says of itself."""

import pytest

from importer.target_state import Capabilities


@pytest.mark.parametrize(("version", "images"), [("2.0.1", False), ("2.1.0", True), ("2.8.0dev0", True)])
def test_since_when_images_are_shown(version: str, *, images: bool) -> None:
    assert Capabilities.of(version).image_fields == images
