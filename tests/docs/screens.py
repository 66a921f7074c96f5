"""What annotators see on the new server: pictures of Argilla's own pages, taken in the session of the docs when all is imported. ``make docs-real`` takes them."""

import csv
from pathlib import Path

from servers.argilla import ArgillaServer
from tests.docs.pages import DOCS
from tests.helpers import target
from tests.helpers.web_page import browsing, signed_in

IMAGES = DOCS / "images"
#: A dataset of each task, and the words that are there when its page is whole.
_SHOWN = {"demo.news": "Label", "research.topics": "Labels", "demo.entities": "Spans", "research.summaries": "Text"}
WHO = "ana"
#: Milliseconds until the page has drawn what it got.
_DRAWN = 2_000


def take(server: ArgillaServer, credentials: Path) -> None:
    """Logs in as an annotator, by the file that the import wrote, and takes a picture of a record of each task that she answered."""
    password = next(row["password"] for row in csv.DictReader(credentials.open(encoding="utf-8")) if row["username"] == WHO)
    with target.connect(server.url) as client:
        ids = {name: target.dataset_id(client, *name.split(".")) for name in _SHOWN}
    with browsing() as browser, signed_in(browser, server.url, WHO, password) as page:
        for name, words in _SHOWN.items():
            page.goto(f"{server.url}/dataset/{ids[name]}/annotation-mode?page=2&status=submitted")
            page.get_by_text(words).first.wait_for()
            page.wait_for_timeout(_DRAWN)
            page.screenshot(path=IMAGES / f"argilla-{name.partition('.')[2]}.png")
