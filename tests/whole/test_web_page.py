"""What arrived, in Argilla's own web page: annotators log in with the passwords that they had, see the work of each task, find it, and go on.

Everything came through the storage, so that all that the page needs of the database and of the search index is ours.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import FeedbackSeed
from servers.seed import seed_demo
from servers.stack import Stack
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.web_page import PATIENCE, signed_in

pytestmark = pytest.mark.servers
#: Of all users of the old server, who know no other.
PASSWORD = "12345678"
SEALED = {"ARGILLA_CREDENTIALS_PASSPHRASE": "a passphrase that nobody may see"}


@pytest.fixture(scope="module")
def new(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArgillaServer]:
    """A 2.8.0 server with what a 1.29.1 server held, and with its users' keys and passwords."""
    folder = tmp_path_factory.mktemp("web")
    snapshot, keys = folder / "snap", folder / "keys"
    with stack.fresh(OLD) as old:
        seed_demo(old.url, old.api_key)
        maker = FeedbackSeed(old.url, old.api_key, (1, 29))
        maker.dataset(maker.people("studies", ("dora", "emil")), "all", 30)
        maker.close()
        stores = ["--search-engine", stack.search.url, "--database", old.database_url]
        succeed("export", snapshot, *stores, "--namespace", old.env["ARGILLA_NAMESPACE"], "--credentials", keys, **SEALED)
    with stack.fresh(NEW) as server:
        stores = ["--search-engine", stack.search.url, "--database", server.database_url]
        done = run("import", snapshot, *stores, "--credentials", keys, "--yes", url=server.url, **SEALED)
        assert done.returncode in (0, 3), done.stderr
        yield server


@pytest.fixture(scope="module")
def datasets(new: ArgillaServer) -> dict[str, str]:
    """``workspace.name`` -> the address of its page."""
    with target.connect(new.url) as client:
        names = {item["id"]: item["name"] for item in target.items(client, "/me/workspaces")}
        return {
            f"{names[item['workspace_id']]}.{item['name']}": f"{new.url}/dataset/{item['id']}/annotation-mode"
            for item in target.items(client, "/me/datasets")
        }


@pytest.fixture(scope="module")
def page(new: ArgillaServer, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser in which the annotator of the test's parameter has logged in."""
    with signed_in(browser, new.url, request.param, PASSWORD) as shown:
        yield shown


def sees(page: Page, *texts: str | re.Pattern[str]) -> None:
    for text in texts:
        expect(page.get_by_text(text, exact=True).filter(visible=True).first).to_be_visible(timeout=PATIENCE)


def question(title: str) -> re.Pattern[str]:
    """A title as the page shows it: with a star where an answer is required."""
    return re.compile(rf"^\s*{title}\s*\*?\s*$")


def total(page: Page) -> int:
    """How many records the page says that there are to go through."""
    shown = page.get_by_label("Total Records").filter(visible=True).first
    expect(shown).to_have_text(re.compile(r"^of \d+$"), timeout=PATIENCE)
    return int((shown.text_content() or "").removeprefix("of "))


ana = pytest.mark.parametrize("page", ["ana"], indirect=True)
dora = pytest.mark.parametrize("page", ["dora"], indirect=True)


@ana
@pytest.mark.parametrize(
    ("dataset", "title", "shown"),
    [
        ("demo.news", "Label", ["title", "World", "Sports", "Business"]),
        ("research.topics", "Labels", ["billing", "delivery", "quality"]),
        ("demo.entities", "Spans", ["PERSON", "ORG", "LOC"]),
        ("research.summaries", "Text", ["Submit"]),
    ],
)
def test_a_dataset_of_each_task_shows_records_with_question_and_suggestion(
    dataset: str, title: str, shown: list[str], page: Page, datasets: dict[str, str]
) -> None:
    page.goto(datasets[dataset])
    sees(page, "Submit", question(title), *shown)
    for _ in range(total(page)):  # until one comes that somebody had predicted
        if page.get_by_text("Suggestion", exact=True).or_(page.locator("[class*=suggestion]")).filter(visible=True).count():
            return
        page.get_by_label("Next (→)").filter(visible=True).first.click()
    pytest.fail("no record shows a suggestion")


@ana
def test_what_an_annotator_said_is_still_said(page: Page, datasets: dict[str, str]) -> None:
    page.goto(f"{datasets['demo.entities']}?page=1&status=submitted")
    sees(page, "PERSON")
    assert total(page) == 20
    assert page.evaluate("[...CSS.highlights.values()].reduce((all, one) => all + one.size, 0)") > 0  # spans are drawn in the text
    page.goto(f"{datasets['research.summaries']}?page=1&status=submitted")
    sees(page, "Submit", question("Text"))
    assert total(page) == 13


@ana
def test_records_are_found_by_their_words(page: Page, datasets: dict[str, str]) -> None:
    page.goto(f"{datasets['demo.news']}?page=1&status=pending&search=rainfall~all")
    sees(page, re.compile("rainfall"))
    page.goto(f"{datasets['demo.news']}?page=1&status=pending&search=nothinglikethis~all")
    sees(page, "You have no pending records matching your query")


@ana
def test_an_annotator_submits_the_next_record(page: Page, datasets: dict[str, str], new: ArgillaServer) -> None:
    def asked(path: str) -> dict[str, Any]:
        with target.connect(new.url, key_of(new, "ana")) as client:
            found: dict[str, Any] = target.get(client, path.format(id=datasets["demo.news"].split("/")[-2]))
            return found

    before = asked("/me/datasets/{id}/metrics")["responses"]["submitted"]
    page.goto(datasets["demo.news"])
    total(page)
    submit = page.get_by_role("button", name="Submit")
    if submit.is_disabled():  # nobody has predicted a label, which would be chosen already
        page.get_by_text("World", exact=True).first.click()
    submit.click()
    expect(page.get_by_label("Current Record").first).to_have_text("2", timeout=PATIENCE)
    assert asked("/me/datasets/{id}/metrics")["responses"]["submitted"] == before + 1
    done = asked("/datasets/{id}/progress")
    page.reload()
    sees(page, f"{100 * done['completed'] / done['total']:.2f}%")


@dora
def test_a_feedback_dataset_has_every_question(page: Page, datasets: dict[str, str]) -> None:
    page.goto(f"{datasets['studies.all']}?page=1&status=submitted")
    sees(page, *map(question, ("Why", "Stars", "Label", "Many", "Rank", "Spans")))
    left = ["because dora", "Suggestion", "model-1", "LOC"]
    for number in range(1, total(page) + 1):  # not every record has all of it, and they come in any order
        page.goto(f"{datasets['studies.all']}?page={number}&status=submitted")
        sees(page, question("Why"))
        page.wait_for_load_state("networkidle")
        left = [text for text in left if not page.get_by_text(text, exact=True).filter(visible=True).count()]
        if not left:
            return
    pytest.fail(f"no record shows {left}")


@dora
def test_records_are_found_by_metadata_and_by_their_vectors(page: Page, datasets: dict[str, str]) -> None:
    page.goto(datasets["studies.all"])
    pending = total(page)
    for words in ("Filters", "Metadata", "Split", "train"):
        page.get_by_text(words, exact=True).first.click()
    expect(page.get_by_label("Total Records").first).not_to_have_text(f"of {pending}", timeout=PATIENCE)
    assert 0 < total(page) < pending
    page.goto(datasets["studies.all"])
    assert total(page) == pending
    page.get_by_text("Find similar", exact=True).first.click()
    page.get_by_text("Find", exact=True).click()
    sees(page, "Similar to", "with Mini")
    assert 0 < total(page) < pending  # all but itself


def key_of(server: ArgillaServer, username: str) -> str:
    with target.connect(server.url) as client:
        return str(next(user["api_key"] for user in target.items(client, "/users") if user["username"] == username))
