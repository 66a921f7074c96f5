"""The pages: what they tell to type can be typed, what they show was shown, and they stay short and plain."""

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from argilla_snapshot.cli.main import cli
from importer.journal.journal import FILES
from tests.docs.pages import DOCS, OUTPUTS, ROOT, blocks, commands, pages, prose
from tests.docs.picture import FILE, picture
from tests.docs.session import STEPS

#: Programs of which a page tells no more than how they are called.
_OTHERS = {"cat", "cd", "cp", "docker", "export", "head", "less", "ls", "pip", "python", "rm", "sed", "sha256sum"}
#: Commands of the pages that no step of the session types, and the tests that run them in that way.
_RUN_BY = {
    "import .*--part ": "tests/faults/test_parts.py",
    "import .*--concurrency": "tests/faults/test_concurrency.py",
    "(import|verify|export) .*--credentials": "tests/whole/test_credentials.py",
    "import .*--database .*--search-engine": "tests/whole/test_storage.py",
    "import .*--config": "tests/argilla_snapshot/cli/test_config.py",
    "import .*--(dataset|exclude-workspace)": "tests/argilla_snapshot/format/test_choice.py",
    "export .*--users-yml": "tests/whole/test_old_servers.py",
    "export .*--database argilla.db": "tests/whole/test_storage.py",
    "(pack|unpack) ": "tests/whole/test_places.py",
    "report my-snapshot$": "tests/importer/reporting/test_report.py",
    "s3://": "tests/whole/test_places.py",
    "undo ": "tests/whole/test_undo.py",
    "reassign ": "tests/whole/test_reassign.py",
    "check --update": "tests/argilla_snapshot/format/test_edit.py",
}
_WORDS = 35
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`*“\[])|\n\s*\n|\n\s*(?:[-*|>]|\d+\.)\s|\||<br>")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _programs(line: str) -> list[list[str]]:
    """The commands in a line of a shell, each with its words; without what goes to a file."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    to_file = False
    for word in lexer:
        if set(word) <= set("|&;()"):
            found.append([])
        elif set(word) <= set("<>"):
            to_file = True
        elif to_file:
            to_file = False
        else:
            found[-1].append(word)
    return [words for words in found if words]


def _parse(command: click.Command, words: Sequence[str]) -> None:
    """Reads words as a command does, without doing or looking at anything.

    Raises:
        click.ClickException: it would not take them.
    """
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, words
        _parse(command.commands[words[0]], words[1:])
        return
    context = click.Context(command)
    given, left, order = command.make_parser(context).parse_args(list(words))
    assert left == []
    for param in order:
        value = given.get(param.name)
        if isinstance(param.type, click.Choice | click.types._NumberRangeBase):
            for one in value if isinstance(value, list) else [value]:
                param.type.convert(one, param, context)
        assert not (param.required and param.value_is_missing(value)), param.name


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_each_command_takes_what_the_page_types(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for line in commands(page):
        for program, *words in _programs(line):
            if program == "argilla-snapshot":
                _parse(cli, words)
            elif program == "hf":
                subprocess.run([Path(sys.executable).with_name("hf"), *words, "--help"], capture_output=True, check=True, timeout=60)
            elif program == "make":
                assert set(words) <= set(targets), line
            else:
                assert program in _OTHERS, line


def test_each_command_is_run_by_a_test() -> None:
    typed = {step.typed for step in STEPS}
    ours = {line for page in pages() for line in commands(page) if line.startswith("argilla-snapshot")}
    left = {line for line in ours - typed if not any(re.search(pattern, line) for pattern in _RUN_BY)}
    assert left == set()
    for pattern, test in _RUN_BY.items():
        assert any(re.search(pattern, line) for line in ours), pattern
        assert (ROOT / test).exists(), test


def test_a_wrong_option_is_found() -> None:
    for wrong in (
        "import my-snapshot --on-conflct fail",
        "import my-snapshot --on-conflict nothing",
        "import",
        "imprt my-snapshot",
        "check a b",
    ):
        with pytest.raises((click.ClickException, AssertionError)):
            _parse(cli, wrong.split())


def test_what_is_shown_comes_from_the_session() -> None:
    kept = {file.stem: file.read_text().splitlines()[0] for file in OUTPUTS.glob("*.txt")}
    assert kept == {step.named: f"$ {step.typed}" for step in STEPS if step.named}
    pasted = "\n".join(page.read_text() for page in pages())
    assert [name for name in kept if f'"{name}"' not in pasted] == []


def test_the_picture_is_drawn_of_the_session_and_asks_nobody_for_anything() -> None:
    assert FILE.read_text() == picture()
    assert re.findall(r"(?:href|url)\W+https?:", picture()) == []


def test_the_readme_is_short_and_links_to_pages_that_are_there() -> None:
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 150
    links = re.findall(r"\]\(([^)#]+)", readme)
    assert links
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_sentences_are_short(page: Path) -> None:
    sentences = [sentence for part in _SENTENCE.split(prose(page)) if (sentence := " ".join(part.split()))]
    assert [sentence for sentence in sentences if len(re.findall(r"[\w'-]+", sentence)) > _WORDS] == []


@pytest.mark.parametrize("page", [*pages(), *sorted(OUTPUTS.glob("*")), *sorted((DOCS / "images").glob("*.svg"))], ids=_name)
def test_no_page_tells_of_the_machine_it_was_made_on(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"/(?:root|work|tmp|home)/[\w.-]+", text) == []
    assert re.findall(r"127\.0\.0\.1:\d{4,5}", text.replace("127.0.0.1:9200:9200", "")) == []


def test_each_file_of_an_import_is_explained() -> None:
    page = (DOCS / "reference" / "files.md").read_text()
    assert [name for name in FILES if f"| `{name}` |" not in page] == []


def test_no_block_of_a_shell_is_without_its_language() -> None:
    for page in pages():
        for block in blocks(page):
            assert block.language in ("bash", "console", "python", "text", "toml", "yaml", "json"), (page, block.language)
        plain = re.findall(r"^ *```\n(argilla-snapshot|\$ argilla-snapshot)", page.read_text(), re.MULTILINE)
        assert plain == [], page
