"""The site of the pages, opened from disk: its search finds pages, and no other host is asked for anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.docs.pages import ROOT
from tests.helpers.web_page import PATIENCE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("site")
    command = [Path(sys.executable).with_name("mkdocs"), "build", "-q", "-d", folder]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True, timeout=180)
    return folder


@pytest.mark.parametrize("start", ["index.html", "how-to/spaces.html"])
def test_the_search_works_without_a_server(start: str, site: Path, browser: Browser) -> None:
    asked: list[str] = []
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / start).as_uri())
        page.locator(".md-search__input").fill("placeholder account")
        page.locator(".md-search-result__link", has_text="Annotators and accounts").first.click()
        page.get_by_role("heading", level=1).wait_for()
        assert page.url.startswith(site.as_uri())
    assert [url for url in asked if not url.startswith((f"{site.as_uri()}/", "about:"))] == []
