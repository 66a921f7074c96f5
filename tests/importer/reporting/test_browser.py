"""The page in a real browser: it is whole without a network, readable in both schemes, on paper and on a phone, and for everybody."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.helpers.reported import HOSTILE, URL, Moved, begin, hostile, moved, released
from tests.helpers.web_page import PATIENCE

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each state that an import can be in."""
    folder = tmp_path_factory.mktemp("pages")

    def kept(name: str, content: str) -> Path:
        path = folder / f"{name}.html"
        path.write_text(content, encoding="utf-8")
        return path

    begun = begin(released(folder / "begun"))
    finished = begun.copied(folder / "finished")
    finished.finish()
    verified = finished.copied(folder / "verified")
    verified.verify()
    differing = finished.copied(folder / "differing")
    differing.target.records["research.topics"].pop()
    differing.verify()
    harmful = moved(hostile(folder / "hostile"))
    harmful.verify()
    alone = Moved(released(folder / "alone"), begun.target, begun.journal)
    return {
        "not imported": kept("not imported", alone.page()),
        "unfinished": kept("unfinished", begun.page()),
        "unverified": kept("unverified", finished.page()),
        "verified": kept("all", verified.page()),
        "differing": kept("different", differing.page()),
        "hostile": kept("harmful", harmful.page()),
    }


class Watched:
    """A page that is watched: what it asks for, what it complains of."""

    def __init__(self, browser: Browser, path: Path, scheme: Scheme = "light", size: ViewportSize = DESKTOP) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        self._context = browser.new_context(color_scheme=scheme, viewport=size)
        self._context.set_default_timeout(PATIENCE)
        self._context.route("**/*", self._answer)
        self._address = path.as_uri()
        self.page = self._context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(self._address)

    def _answer(self, route: Route) -> None:
        if route.request.url == self._address:
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self._context.close()


STATES = ["not imported", "unfinished", "unverified", "verified", "differing", "hostile"]


@pytest.mark.parametrize("state", STATES)
def test_it_needs_no_network_and_no_script_and_everybody_can_read_it(browser: Browser, pages: dict[str, Path], state: str) -> None:
    for scheme in SCHEMES:
        watched = Watched(browser, pages[state], scheme)
        with watched as page:
            assert page.locator("#verdict h2").is_visible()
            assert page.evaluate("document.scripts.length") == 0
            assert _faults(page) == []
            levels = [int(level) for level in page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => h.tagName[1])")]
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in pairwise(levels)), levels
            ids: list[str] = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
            assert len(ids) == len(set(ids))
            gone = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.hash)).length")
            assert gone == 0
        assert (watched.asked, watched.said) == ([], [])


def _faults(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds that is serious or critical."""
    found: list[Any] = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]


def test_axe_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text('<html><body><img src="x.png"><a href="/"></a></body></html>')
    with Watched(browser, tmp_path / "wrong.html") as page:
        assert {"html-has-lang", "image-alt", "link-name"} <= {name for name, _ in _faults(page)}


def test_dark_is_dark_and_light_is_light(browser: Browser, pages: dict[str, Path]) -> None:
    shades = {}
    for scheme in SCHEMES:
        with Watched(browser, pages["verified"], scheme) as page:
            shades[scheme] = [page.evaluate(f"getComputedStyle(document.body).{what}") for what in ("backgroundColor", "color")]
    light, dark = ([sum(map(int, shade[4:-1].split(","))) for shade in shades[scheme]] for scheme in SCHEMES)
    assert light[0] > 700 > 200 > light[1]
    assert dark[0] < 200 < 600 < dark[1]


@pytest.mark.parametrize("state", STATES)
def test_on_a_phone_nothing_is_wider_than_the_page(browser: Browser, pages: dict[str, Path], state: str) -> None:
    with Watched(browser, pages[state], size=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        head = page.locator("#verdict h2").bounding_box()
        assert head is not None
        assert head["y"] + head["height"] < PHONE["height"]  # the verdict is seen at first sight
        cut = "[...document.querySelectorAll('.table:has(.blocks)')].filter(e => e.scrollWidth > e.clientWidth).length"
        assert page.evaluate(cut) == 0  # what is a table elsewhere is blocks here


def test_all_of_it_is_printed(browser: Browser, pages: dict[str, Path]) -> None:
    with Watched(browser, pages["verified"], "dark") as page:
        page.locator("details").first.evaluate("closed => closed.open = false")
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator("nav").is_visible()
        assert page.locator("details .pair").first.is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf().count(b"/Type /Page\n") > 1


def test_the_keyboard_reaches_all_that_can_be_followed_or_scrolled(browser: Browser, pages: dict[str, Path]) -> None:
    with Watched(browser, pages["verified"]) as page:
        wanted = page.evaluate("document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length")
        reached = []
        for _ in range(wanted):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    """() => { const [e, s] = [document.activeElement, getComputedStyle(document.activeElement)];
                    const box = e.getBoundingClientRect();
                    return [e.tagName, s.outlineStyle, box.width > 0 && box.right > 0 && box.bottom > 0, e.href ?? ""] }"""
                )
            )
        assert reached[0][3].endswith("#verdict")
        assert [one for one in reached if one[0] == "BODY" or one[1] == "none" or not one[2]] == []
        assert {one[0] for one in reached} == {"A", "DIV", "SUMMARY"}
        page.keyboard.press("Shift+Tab")
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert not page.locator("details").first.evaluate("closed => closed.open")


def test_charts_are_told_to_whoever_cannot_see_them(browser: Browser, pages: dict[str, Path]) -> None:
    with Watched(browser, pages["verified"]) as page:
        chart = page.get_by_role("img", name="Records by length of their texts").first
        assert chart.is_visible()
        assert "; the most, " in (chart.locator("desc").text_content() or "")


def test_what_would_do_harm_shows_as_text(browser: Browser, pages: dict[str, Path]) -> None:
    with Watched(browser, pages["hostile"]) as page:
        assert "owned" not in page.title()
        assert page.locator("img, script, iframe, object, embed, form, base, [onmouseover], [onerror]").count() == 0
        shown = page.locator("main").inner_text()
        for text in HOSTILE:
            assert text.replace("\u202e", "U+202E") in shown
        links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
        assert all(link.startswith(("#", f"{URL}/dataset/", URL)) for link in links), links
        assert "\u202e" not in page.content()
