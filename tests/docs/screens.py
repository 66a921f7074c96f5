"""What annotators see on the new server: pictures of Argilla's own pages, taken in the session of the docs when all is imported. ``make docs-real`` takes them."""

import csv
from itertools import count
from pathlib import Path

from playwright.sync_api import Page

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
#: What a model suggested: labels, spans, texts.
_SUGGESTED = ".label-text__suggestion, .span-entity__suggestion, .card-with-tabs__info"
#: From here on a machine may lack the font: signs and emoji, then Chinese and Japanese.
_NO_FONT = "\u2600"


def take(server: ArgillaServer, credentials: Path) -> None:
    """Logs in as an annotator, by the file that the import wrote, and takes a picture of a record of each task that she answered."""
    password = next(row["password"] for row in csv.DictReader(credentials.open(encoding="utf-8")) if row["username"] == WHO)
    with target.connect(server.url) as client:
        ids = {name: target.dataset_id(client, *name.split(".")) for name in _SHOWN}
    with browsing() as browser, signed_in(browser, server.url, WHO, password) as page:
        for name, words in _SHOWN.items():
            for number in count(1):  # in which order the records come is not the same each time
                page.goto(f"{server.url}/dataset/{ids[name]}/annotation-mode?page={number}&status=submitted")
                page.get_by_text(words).first.wait_for()
                page.wait_for_timeout(_DRAWN)
                if _shows_all(page):
                    break
            page.screenshot(path=IMAGES / f"argilla-{name.partition('.')[2]}.png")


def _shows_all(page: Page) -> bool:
    """Whether the record has a suggestion, and a text that every machine can draw."""
    return max(page.locator(".record__content").inner_text()) < _NO_FONT and page.locator(_SUGGESTED).count() > 0
