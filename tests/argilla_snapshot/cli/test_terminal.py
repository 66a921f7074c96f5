"""What reaches a terminal: nothing that a server or a snapshot says may drive it, and of a server that is away there is one line."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures import RELEASED, SNAPSHOT, edit_json
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run
from tests.helpers.terminal import at_a_terminal

#: Sets the title of a window, clears the screen, rings, and marks up.
EVIL = "\x1b]0;pwned\x07\x1b[2J\x9b31m[/b][red]\u202e"
SHOWN = "\ufffd]0;pwned\ufffd\ufffd[2J\ufffd31m[/b][red]\ufffd"
VERSION, ME = "/api/v1/version", "/api/v1/me"


def evil(asked: Asked) -> Answer:
    """A 2.8.0 server whose every other answer is 500 with escape sequences, of its search engine that is away."""
    if asked.path == VERSION:
        return Answer(200, {"version": "2.8.0"})
    return Answer(500, {"detail": f"ConnectionTimeout {EVIL}"})


def away(asked: Asked) -> Answer:
    """A 2.8.0 server whose search engine is away."""
    return evil(asked) if asked.path == VERSION else Answer(500, {"detail": "ConnectionTimeout"})


def driven(raw: bytes) -> list[str]:
    """What was sent to the terminal and can drive it, but colours and moves of the cursor."""
    text = re.sub(r"\x1b\[[0-9;?]*[mKAGhl]|\x1b\[1?A", "", raw.decode())
    return re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text) + re.findall(r"\[2J", text.replace("\ufffd[2J", ""))


@pytest.mark.parametrize("options", [(), ("-v",)])
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_an_answer_with_escape_sequences(options: tuple[str, ...], term: str) -> None:
    with answering(evil) as server, at_a_terminal("plan", SNAPSHOT, "--timeout", "2", *options, url=server.url, TERM=term) as terminal:
        assert terminal.end() == 75
    assert driven(terminal.raw) == []
    if term == "dumb":
        assert b"\x1b" not in terminal.raw


def test_the_log_file_holds_no_escape_sequence_and_no_key(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with answering(evil) as server:
        for timeout in ("0", "1"):
            run("plan", SNAPSHOT, "--timeout", timeout, "--log-file", log, url=server.url, key="argilla.secret-key", NO_COLOR="1")
    lines = log.read_text()
    assert "\x1b" not in lines
    assert "argilla.secret-key" not in lines
    assert re.search(
        r"^20\d\d-.*DEBUG .*GET /api/v1/me on http.* answers 500: ConnectionTimeout .*. Trying again in \d+ s.$", lines, re.MULTILINE
    )
    assert len(re.findall(r"ERROR GET /api/v1/me on http.* answers 500", lines)) == 2


def test_a_log_file_that_can_not_be_written(tmp_path: Path) -> None:
    done = run("inspect", SNAPSHOT, "--log-file", tmp_path / "none" / "log")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "can't be written: No such file or directory" in done.stderr


@pytest.mark.parametrize("before", [True, False])
def test_requests_are_told_where_v_stands_before_the_command_or_behind_it(before: bool) -> None:  # noqa: FBT001
    words = ["-v", "plan", SNAPSHOT] if before else ["plan", SNAPSHOT, "-v"]
    with answering(evil) as server:
        told = run(*words, "--timeout", "1", url=server.url).stderr
        untold = run("plan", SNAPSHOT, "--timeout", "1", url=server.url).stderr
    assert "GET /api/v1/me on" in told
    assert "Trying again in" in told
    assert "GET /api/v1/me on" not in untold.splitlines()[0]


AWAY = "answers 500: ConnectionTimeout. Trying again for up to"


def test_a_server_that_is_away_is_one_line_that_counts_down() -> None:
    with answering(away) as server, at_a_terminal("plan", SNAPSHOT, "--timeout", "4", url=server.url) as terminal:
        terminal.wait_for(f"{server.url} {AWAY}")
        assert terminal.end() == 75
    left = set(re.findall(rf"{AWAY} 0:00:(0\d) more. Nothing is lost.", terminal.text))
    assert len(left) > 2
    assert "GET" not in terminal.text.split("Error: ")[0]
    # and each time it was drawn over the last one: no line of it is left above another
    assert not re.search(rf"{AWAY}[^\n]*\n[^\x1b]*{AWAY}", terminal.raw.decode().replace("\r\n", "\n"))


def test_without_a_terminal_it_is_a_line_now_and_then() -> None:
    with answering(away) as server:
        told = run("plan", SNAPSHOT, "--timeout", "4", url=server.url).stderr
    assert told.count(AWAY) == 1
    assert re.match(rf"{server.url} {AWAY} 0:00:0\d more. Nothing is lost.\nError: ", told)


def test_a_server_that_is_back_is_not_told_of_any_more() -> None:
    asked_for_me = []

    def soon(asked: Asked) -> Answer:
        asked_for_me.append(asked.path == ME)
        return away(asked) if sum(asked_for_me) < 3 else Answer(200, {"username": "o", "role": "annotator"})

    with answering(soon) as server, at_a_terminal("plan", SNAPSHOT, url=server.url) as terminal:
        assert terminal.end() == 8  # an annotator may not
    assert AWAY in terminal.text
    assert AWAY not in terminal.text.split("Error: ")[1]


def test_names_that_drive_a_terminal(tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    edit_json(snapshot / "datasets/demo/news/dataset.json", lambda dataset: dataset["annotation_agents"].update({EVIL: 1}))
    for arguments in (
        ["inspect", snapshot],
        ["inspect", snapshot, EVIL],
        ["plan", snapshot, "--dataset", EVIL],
        ["check", snapshot, "--deep"],
    ):
        with at_a_terminal(*arguments, url="http://127.0.0.1:9") as terminal:
            terminal.end()
        assert driven(terminal.raw) == [], arguments


NAMED = """
import sys, time
from argilla_snapshot.cli import output
output.open_ends()
from argilla_snapshot.cli.progress import Steps
with Steps() as steps:
    steps.started("planning", sys.argv[1], 1000)
    steps.advanced(500)
    time.sleep(1.2)
    steps.message(sys.argv[1])
"""


def test_names_in_bars_are_no_markup_and_drive_no_terminal() -> None:
    with at_a_terminal("-c", NAMED, EVIL) as terminal:
        assert terminal.end() == 0
    assert driven(terminal.raw) == []
    assert f"planning {SHOWN}" in terminal.text


WORDS = " ".join(f"word-{number}" for number in range(60))
#: Says the same in every way that there is outside of tables.
SAYING = """
import logging, sys
from argilla_snapshot.cli import output, questions
from argilla_snapshot.cli.logs import begin
from argilla_snapshot.cli.progress import Steps
output.open_ends()
begin()
output.say(sys.argv[1])
output.message(sys.argv[1])
logging.getLogger("importer").warning(sys.argv[1])
with Steps() as steps:
    steps.started("planning", "demo.news", 1000)
    steps.advanced(500)
    steps.message(sys.argv[1])
questions.confirmed(sys.argv[1])
output.fail(sys.argv[1])
"""


@pytest.mark.parametrize("columns", [80, 120])
def test_lines_are_folded_between_words(columns: int) -> None:
    with at_a_terminal("-c", SAYING, WORDS, columns=columns) as terminal:
        terminal.wait_for("[y/N] ")
        terminal.type("\n")
        assert terminal.end() == 0
    lines = terminal.shown.splitlines()
    assert max(map(len, lines)) <= columns
    assert " ".join(terminal.shown.split()).count(WORDS) == 6
    assert not [line for line in lines if re.search(r"word$|wor?$|word-$", line)]


def test_a_pipe_gets_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", SAYING, WORDS], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert done.stdout == f"{WORDS}\n"
    assert done.stderr.splitlines() == [WORDS, WORDS, WORDS, f"{WORDS} [y/N] ", f"Error: {WORDS}"]


@pytest.mark.parametrize("columns", [80, 120])
def test_messages_of_commands_are_folded_between_words(columns: int, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    (snapshot / "notes.txt").write_text("a note")
    for arguments in (["inspect", snapshot, "--none"], ["plan", snapshot], ["check", snapshot, "--deep"], ["verify", snapshot]):
        with at_a_terminal(*arguments, columns=columns) as terminal:
            terminal.end()
        told = " ".join(run(*arguments).stderr.split())
        assert told in " ".join(terminal.text.split()), arguments


def test_piped_tables_have_no_blanks_at_the_ends_of_lines() -> None:
    told = run("inspect", SNAPSHOT).stdout.splitlines()
    assert len(told) > 10
    assert [line for line in told if line != line.rstrip()] == []


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_word_of_a_table_is_cut(columns: int) -> None:
    tables = run("inspect", RELEASED["1.1"][0]).stdout.split("One dataset,")[0]  # behind it stands a command, which the terminal folds
    words = {word for word in tables.split() if len(word) < 40}
    with at_a_terminal("inspect", RELEASED["1.1"][0], columns=columns) as terminal:
        assert terminal.end() == 0
    shown = terminal.shown
    headings = {"task", "records", "statuses", "labels", "annotators", "metadata", "vectors", "dataset"}  # blocks have them otherwise
    assert words - headings - set(shown.split()) == set()
    assert max(map(len, shown.splitlines())) <= columns
    assert ("\n  records: 12\n" in shown) == (columns < 80)


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_a_list_is_folded_between_what_it_lists(columns: int) -> None:
    with at_a_terminal("inspect", RELEASED["1.1"][0], columns=columns) as terminal:
        assert terminal.end() == 0
    for whole in ("Talks & more.draft ", "Discarded 2,", "Validated 5", "submitted 11", "chiyo 5,", "and 2 more", "mini (16)", "story (8)"):
        assert any(whole in f"{line} " for line in terminal.shown.splitlines()), whole


def test_columns_that_lack_little_are_not_folded_for_one_that_lacks_much() -> None:
    program = FOLDED.replace("LONG", " ".join(["word"] * 30))
    with at_a_terminal("-c", program, columns=80) as terminal:
        assert terminal.end() == 0
    assert terminal.shown.splitlines()[2].startswith("one of the words  word")


FOLDED = """
from argilla_snapshot.cli.output import open_ends, print_table
open_ends()
print_table("Notes", ("dataset", "what"), [("one of the words", "LONG")])
"""


def test_rows_that_do_not_fit_become_blocks() -> None:
    with at_a_terminal("-c", TABLE, columns=80) as terminal:
        assert terminal.end() == 0
    assert terminal.shown.splitlines() == [
        "Lost",
        "7 spans that are empty",
        "  for example:",
        f"    {'x' * 66}",
        "12 others",
        f"  for example: {' '.join(['word'] * 12)}",  # 76 columns, and as far as that only whole words
        f"    {' '.join(['word'] * 9)}",
    ]


def test_sentences_are_blocks_on_a_narrow_terminal_wherever_they_fit_side_by_side() -> None:
    program = TABLE.replace('"x" * 66', '"x"').replace(
        '("count", "what", "in", "for example"), rows', '("count", "what", "in", "for example"), rows, texts=True'
    )
    for columns, first in ((80, "7 spans that are empty"), (120, "count  what")):
        with at_a_terminal("-c", program, columns=columns) as terminal:
            assert terminal.end() == 0
        assert terminal.shown.splitlines()[1].startswith(first)


TABLE = """
from argilla_snapshot.cli.output import open_ends, print_table
open_ends()
rows = [(7, "spans that are empty", "", "x" * 66), (12, "others", "", " ".join(["word"] * 21))]
print_table("Lost", ("count", "what", "in", "for example"), rows)
"""


def test_a_terminal_of_the_c_locale_gets_ascii() -> None:
    with at_a_terminal("-c", NAMED, "caf\u00e9", LC_ALL="C") as terminal:
        assert terminal.end() == 0
    assert terminal.raw.isascii()
    assert "caf\\xe9" in terminal.text
    assert "500/1000" in terminal.text


@pytest.mark.parametrize("variable", ["NO_COLOR", ""])
def test_colours_only_where_they_are_wanted(variable: str) -> None:
    with at_a_terminal("inspect", SNAPSHOT.with_name("none"), **({variable: "1"} if variable else {})) as terminal:
        assert terminal.end() == 2
    assert (b"\x1b[1;31m" in terminal.raw) == (not variable)
    assert "\x1b" not in run("inspect", SNAPSHOT.with_name("none")).stderr


def test_bars_keep_the_name_of_a_dataset_whole_on_a_narrow_terminal() -> None:
    with at_a_terminal("-c", NAMED, "importing-a-dataset-whose-name-is-long", columns=80) as terminal:
        assert terminal.end() == 0
    assert "importing-a-dataset-whose-name-is-long" in terminal.text
    assert "\u2026" not in terminal.text
