"""Argilla's own web page, in a browser without a window."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from servers.install import chromium

#: Milliseconds that a page may take, on a machine that has much else to do.
PATIENCE = 180_000


@contextmanager
def browsing() -> Iterator[Browser]:
    """Chromium, within the context."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # which Chromium has no other way for
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=sandbox, timeout=PATIENCE)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The same, for tests; the ``conftest.py`` of a folder whose tests need it names it."""
    with browsing() as launched:
        yield launched


@contextmanager
def signed_in(browser: Browser, url: str, username: str, password: str) -> Iterator[Page]:
    """The page of a server in which somebody has logged in."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.locator("input").first.fill(username)
        page.locator("input[type=password]").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Your datasets", exact=True).first).to_be_visible(timeout=PATIENCE)
        yield page
