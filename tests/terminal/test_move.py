"""A small move at a real terminal, at 80 and at 120 columns: the good way, trouble, an interruption, a question. What the screen shows counts."""

import re
from pathlib import Path

import pytest

from servers.argilla import ArgillaServer
from servers.seed import seed_large
from servers.stack import Stack
from tests.faults.proxy import Fault, Proxy, before
from tests.helpers.terminal import at_a_terminal

pytestmark = pytest.mark.servers
RECORDS = 600
SENT = "(POST|PUT) /api/v1/datasets/.*/records/bulk"


def screen(*command: str | Path, url: str, columns: int, code: int = 0) -> str:
    """What stands there when a command has ended; nothing of it is wider than the screen, or has control characters."""
    with at_a_terminal(*command, url=url, columns=columns) as terminal:
        assert terminal.end() == code, terminal.shown
    assert "\N{REPLACEMENT CHARACTER}" not in terminal.shown
    return terminal.shown


def unfolded(shown: str) -> str:
    """Lines that the screen was too narrow for, as one again: addresses and paths too."""
    return shown.replace("\n", "")


@pytest.mark.parametrize("columns", [80, 120])
def test_the_whole_way(columns: int, stack: Stack, fresh_new: ArgillaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    workspace = f"terminal-{columns}"
    seed_large(stack.old.url, stack.old.api_key, RECORDS, workspace, datasets=("news",))

    shown = screen("export", "my snap", "--workspace", workspace, url=stack.old.url, columns=columns)
    assert re.search(r"\nNothing was lost\.\nmy snap: .*600 records", shown) or shown.startswith("Nothing was lost.\nmy snap: ")
    assert "argilla-snapshot plan 'my snap'" in unfolded(shown)

    shown = screen("plan", "my snap", "--write", "move.toml", url=fresh_new.url, columns=columns)
    assert f"{workspace}.news" in shown
    assert "Datasets" in shown
    assert "argilla-snapshot import 'my snap' --config move.toml" in " ".join(shown.split())
    assert f'"{workspace}.news" = true' in Path("move.toml").read_text()

    with before(fresh_new.url) as proxy:
        moving = ("import", "my snap", "--config", "move.toml")
        interrupted(proxy, moving, columns)
        gone_on(proxy, moving, columns)

        shown = screen("verify", "my snap", url=proxy.url, columns=columns)
        assert f"{workspace}.news" in shown
        assert re.search(r"No difference\. 1 dataset with 600 records and \d+ users \(2 placeholders\) compared\.", " ".join(shown.split()))
        table = shown.split("Compared")[1]
        assert "responses" in table
        assert re.search(r"news +600 +\d+ +\d+ +\d+ +0", table)
        assert re.search(rf"{proxy.url}/dataset/[0-9a-f-]{{36}}/annotation-mode", unfolded(shown))

        replaced(proxy.url, f"{workspace}.news", moving, columns)


def interrupted(proxy: Proxy, command: tuple[str, ...], columns: int) -> None:
    """Ctrl-C while the second of three batches is on its way."""
    proxy.now(Fault("late", SENT, first=2, seconds=30))
    with at_a_terminal(*command, url=proxy.url, columns=columns) as terminal:
        terminal.wait_for("250/600")
        assert "in all" in terminal.shown
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "Interrupted. What was done is kept: run the same command again to go on." in " ".join(terminal.shown.split())
    assert "Traceback" not in terminal.text


def gone_on(proxy: Proxy, command: tuple[str, ...], columns: int) -> None:
    """The same command again, and the server is away for a moment."""
    proxy.now(Fault("down", SENT, seconds=5))
    with at_a_terminal(*command, url=proxy.url, columns=columns) as terminal:
        terminal.wait_for("250/600")  # where it goes on, before anything is sent
        assert "goes on" in terminal.text
        terminal.wait_for("Trying again for up to")
        assert terminal.end() == 0
    shown = terminal.shown
    assert "600/600" in shown
    assert "Trying again" not in shown  # the line about it is gone with the trouble
    verdict = shown.index("Nothing was lost.")
    assert verdict < shown.index("Passwords of new users:") < shown.index("Report:") < shown.index("On http") < shown.index("Next, compare")
    assert "my snap.import/" in shown
    assert "credentials.csv" in unfolded(shown)
    assert re.search(rf"{proxy.url}/dataset/[0-9a-f-]{{36}}/annotation-mode", unfolded(shown))
    assert shown.endswith("argilla-snapshot verify 'my snap'")


def replaced(url: str, dataset: str, command: tuple[str, ...], columns: int) -> None:
    """A new import asks before it deletes what the first one made."""
    question = f"Type {dataset} to delete it and import, or press Enter to leave everything as it is:"
    again = (*command, "--restart", "--on-conflict", "replace")
    for answer, code in (("", 2), (dataset, 0)):
        with at_a_terminal(*again, url=url, columns=columns) as terminal:
            terminal.wait_for("as it is: ")
            terminal.type(f"{answer}\n")
            assert terminal.end() == code, terminal.shown
        shown = " ".join(terminal.shown.split())
        assert question in shown
        assert f"This deletes {dataset} on {url}: 600 records with" in shown
        assert ("Nothing was written." in shown) == (code == 2)
        assert ("Nothing was lost." in shown) == (code == 0)
