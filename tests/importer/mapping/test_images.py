"""What an image field takes."""

from typing import Any

import pytest

from importer.mapping.images import MAX_WEB, is_image

PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize("value", ["https://host/a.png", "http://host:80/", PNG, "https://host/" + "a" * (MAX_WEB - 13)])
def test_pictures(value: str) -> None:
    assert is_image(value)


@pytest.mark.parametrize(
    "value",
    [
        *("http://host", "HTTP://host/a.png", "ftp://host/a.png", "/a.png", "", "https:///a.png", "http://[/a.png", "https://host/\x00"),
        *(
            "https://host/" + "a" * MAX_WEB,
            "data:image/svg;base64,PHN2Zz4=",
            "data:text/html,x",
            "data:image/png,x",
            5,
            None,
            ["https://host/a"],
        ),
    ],
)
def test_what_is_none(value: Any) -> None:
    assert not is_image(value)
