"""Pictures: 1.x shows what the metadata key ``_image_url`` names; 2.x from 2.1 on has image fields. Pure."""

import re
from typing import Any
from urllib.parse import urlsplit

#: The metadata key of 1.x (argilla-server 1.29.1, its page).
IMAGE_KEY = "_image_url"
#: A pixel that nobody sees, for a record without a picture among others that have one: the official SDK exports no dataset in
#: which a record lacks an image (``_helpers/_media.py``).
BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
#: What 2.x takes (argilla-server 2.8.0, ``validators/records.py``), and of that what the official SDK can open.
MAX_WEB, MAX_DATA = 2_038, 5_000_000
_DATA = re.compile(r"data:image/(gif|jpeg|jpg|png|webp);base64,[A-Za-z0-9+/]+={0,2}")


def is_image(value: Any) -> bool:
    """Whether an image field takes a value: an address of the web, or a picture as a data URL."""
    if not isinstance(value, str):
        return False
    if value.startswith("data:"):
        return len(value) <= MAX_DATA and _DATA.fullmatch(value) is not None
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return value.startswith(("http://", "https://")) and bool(parts.netloc and parts.path) and len(value) <= MAX_WEB and value.isprintable()
