"""What the pages show was typed, in one go: from an old server to a new one, on real servers and at a real terminal."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pexpect

from servers.argilla import OLD
from servers.seed import seed_demo
from servers.stack import Stack
from tests.helpers.cli import heed_interrupts
from tests.helpers.terminal import TIMEOUT, Terminal
from tests.whole.test_upgrade import copy
from tests.whole.test_upgrade import seed as seed_feedback

COLUMNS, _LINES = 100, 40
#: Names of servers in the pages. With its port an address on this machine is as long.
OLD_HOST, NEW_HOST, SEARCH_HOST = "old-server:6900", "new-server:6900", "old-search:9200"


@dataclass(frozen=True)
class Step:
    """A command.

    Attributes:
        typed: what is typed at the prompt.
        url: the host whose address and key are in the environment.
        code: the exit code.
        answer: what is typed when the command asks.
        named: the file of what is shown; none where no page shows it.
        place: a folder of its own, where the snapshot of the others is not.
    """

    typed: str
    url: str = ""
    code: int = 0
    answer: tuple[str, str] | None = None
    named: str = ""
    place: str = ""


def _step(named: str, typed: str, url: str = "", code: int = 0, answer: tuple[str, str] | None = None) -> Step:
    return Step(typed, url, code, answer, named)


STEPS = (
    _step("export", "argilla-snapshot export my-snapshot", OLD_HOST),
    _step("inspect", "argilla-snapshot inspect my-snapshot"),
    _step("inspect-dataset", "argilla-snapshot inspect my-snapshot demo.entities --records 1"),
    Step("argilla-snapshot check --deep my-snapshot"),
    Step("argilla-snapshot annotations my-snapshot demo.news | head -4"),
    Step("argilla-snapshot inspect my-snapshot demo.entities"),
    Step("argilla-snapshot annotations my-snapshot demo.entities > entities.csv"),
    Step("head -4 entities.csv"),
    Step("argilla-snapshot annotations my-snapshot --output all.parquet"),
    Step("argilla-snapshot completion bash >> ~/.bashrc"),
    Step("argilla-snapshot completion zsh >> ~/.zshrc"),
    Step("argilla-snapshot completion fish > ~/.config/fish/completions/argilla-snapshot.fish"),
    _step("plan", "argilla-snapshot plan my-snapshot", NEW_HOST),
    Step("argilla-snapshot plan my-snapshot --write move.toml", NEW_HOST),
    _step("move-file", "sed -n '/^.datasets/,$p' move.toml"),
    Step("argilla-snapshot plan my-snapshot --config move.toml", NEW_HOST),
    Step("argilla-snapshot plan my-snapshot --rename demo.news=news-2023 --dataset-suffix -old", NEW_HOST),
    Step("argilla-snapshot plan my-snapshot --workspace-map workspaces.txt --user-map people.txt", NEW_HOST),
    Step("argilla-snapshot plan my-snapshot --user-map people.txt --unknown-annotators one", NEW_HOST),
    Step("argilla-snapshot plan my-snapshot --discarded everyone --default-annotation submitted", NEW_HOST),
    _step("import", "argilla-snapshot import my-snapshot", NEW_HOST),
    _step("import-again", "argilla-snapshot import my-snapshot", NEW_HOST),
    _step("verify", "argilla-snapshot verify my-snapshot", NEW_HOST),
    Step("argilla-snapshot verify my-snapshot --sample 100", NEW_HOST),
    Step("argilla-snapshot import my-snapshot --repair", NEW_HOST),
    _step("undo", "argilla-snapshot undo my-snapshot --dry-run", NEW_HOST),
    _step("files", "ls my-snapshot.import/*"),
    _step("credentials", "cat my-snapshot.import/*/credentials.csv"),
    _step("annotators", "cat my-snapshot.import/*/annotators.csv"),
    _step("reassign-dry-run", "argilla-snapshot reassign my-snapshot gpu-worker-07.lab=hugo --dry-run --delete-empty", NEW_HOST),
    _step("reassign", "argilla-snapshot reassign my-snapshot gpu-worker-07.lab=hugo --delete-empty --yes", NEW_HOST),
    _step("conflict", "argilla-snapshot import my-snapshot --restart", NEW_HOST, code=5),
    Step("cp -r my-snapshot edited"),
    Step("python edit.py"),
    _step("check-edited", "argilla-snapshot check edited", code=4),
    _step("check-update", "argilla-snapshot check --update edited", answer=("?", "y\n")),
    _step("diff", "argilla-snapshot diff my-snapshot edited", code=4),
    Step("argilla-snapshot import my-snapshot --restart --on-conflict skip", NEW_HOST),
    Step("argilla-snapshot export after", NEW_HOST),
    Step("argilla-snapshot diff my-snapshot after --ignore ids --ignore times", code=4),
    Step("argilla-snapshot export my-snapshot --workspace demo", OLD_HOST, place="demo"),
    Step(
        f"argilla-snapshot export my-snapshot --search-engine http://{SEARCH_HOST} --database ~/.argilla/argilla.db", place="from-storage"
    ),
    Step("cp ~/.argilla/before.db ~/.argilla/argilla.db"),
    _step("check-upgrade", "argilla-snapshot check-upgrade --database ~/.argilla/argilla.db", code=4),
)
_FILES = {"people.txt": "gpu-worker-07.lab=robot\n", "workspaces.txt": "research=archive\n"}


class Failed(Exception):  # noqa: N818
    """A step ended in another way than it should."""


def play(stack: Stack, folder: Path) -> Iterator[tuple[Step, str]]:
    """Types each step, and yields it with what was typed and shown.

    Raises:
        Failed: a step ended with another exit code.
    """
    seed_demo(stack.old.url, stack.old.api_key)
    _lay_out(stack, folder)
    hosts = {OLD_HOST: stack.old.url, NEW_HOST: stack.new.url, SEARCH_HOST: stack.search.url}
    addresses = {host: url.removeprefix("http://") for host, url in hosts.items()}
    names = {address: host for host, address in addresses.items()}
    names |= {address.replace(":", "-"): host.replace(":", "-") for address, host in names.items()} | {str(folder): "~"}
    for step in STEPS:
        shown = _typed(step, folder, addresses)
        for address, host in names.items():
            shown = shown.replace(address, host)
        yield step, f"$ {step.typed}\n{shown}\n"


def _lay_out(stack: Stack, folder: Path) -> None:
    """The files that the steps read: the databases of old servers, maps, a program."""
    databases = folder / ".argilla"
    databases.mkdir()
    copy(stack.old, databases / "argilla.db")
    with stack.fresh(OLD) as server:
        seed_feedback(server, databases)
    # The search engine is to be that of one server, as the page says.
    httpx.delete(f"{stack.search.url}/{server.env['ARGILLA_NAMESPACE']}.*", trust_env=False, timeout=60).raise_for_status()
    for name, content in _FILES.items():
        (folder / name).write_text(content)
    for place in (".config/fish/completions", *(step.place for step in STEPS)):
        (folder / place).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("edit.py"), folder / "edit.py")


def _typed(step: Step, folder: Path, addresses: Mapping[str, str]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_", "NO_COLOR", "COLUMNS"))}
    environment |= {"TERM": "xterm-256color", "HOME": str(folder), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    if step.url:
        environment |= {"ARGILLA_API_URL": f"http://{addresses[step.url]}", "ARGILLA_API_KEY": "argilla.apikey"}
    command = step.typed
    for host, address in addresses.items():
        command = command.replace(host, address)
    process = pexpect.spawn(
        "bash",
        ["-c", command],
        cwd=folder / step.place,
        env=environment,
        dimensions=(_LINES, COLUMNS),
        timeout=TIMEOUT,
        preexec_fn=heed_interrupts,
    )
    try:
        terminal = Terminal(process, COLUMNS)
        if step.answer:
            words, answer = step.answer
            terminal.wait_for(words)
            terminal.type(answer)
        if (code := terminal.end()) != step.code:
            raise Failed(f"`{step.typed}` ended with {code}:\n{terminal.shown}")
    finally:
        process.close(force=True)
    return terminal.shown


def shape(text: str) -> str:
    """What is the same each time: no numbers, ids and passwords, no layout, and no steps that are shown only where they take a while."""
    text = re.sub(r"(?m)^(?:\w+ing .*(?:/s|left)|in all .*)$", "", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"(?m),[^,\s]{20,}$", ",PASSWORD", text)
    return " ".join(re.sub(r"\d+", "0", text).split())
