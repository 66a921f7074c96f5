"""The command line as a person at a terminal sees it: a pseudo-terminal, what it shows, and what is typed."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.cli import heed_interrupts

TIMEOUT = 120.0
#: What the tool itself sends to a terminal that understands it: colours, and moves of the cursor.
_OURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A process at a terminal of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", screen: int) -> None:
        self._process, self._screen = process, screen
        self.raw = b""

    @property
    def text(self) -> str:
        """All that was shown so far, without what only moves and colours."""
        return _OURS.sub("", self.raw.decode()).replace("\r\n", "\n")

    @property
    def shown(self) -> str:
        """What stands there in the end, where what was drawn over or erased is gone (no line was longer than the terminal is wide)."""
        lines, row, column = [""], 0, 0
        for part in re.split(r"(\x1b\[[0-9;?]*[A-Za-z]|\r|\n)", self.raw.decode()):
            if part == "\n":
                row, lines = row + 1, lines + [""] * (row + 2 - len(lines))
            elif part == "\r":
                column = 0
            elif part == "\x1b[1A":
                row = max(row - 1, 0)
            elif part == "\x1b[2K":
                lines[row] = ""
            elif not part.startswith("\x1b"):
                lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
                column += len(part)
        return "\n".join(lines)

    def wait_for(self, words: str) -> str:
        """Reads until the words are shown, and returns all that was shown until then."""
        until = time.monotonic() + TIMEOUT
        while words not in self.text:
            assert time.monotonic() < until, self.text
            assert self._read(), f"ended without {words!r}: {self.text}"
        return self.text

    def type(self, text: str) -> None:
        """Types; ``\\x03`` is Ctrl-C."""
        os.write(self._screen, text.encode())

    def end(self) -> int:
        """Reads to the end, and returns the exit code."""
        while self._read():
            pass
        return self._process.wait(TIMEOUT)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], TIMEOUT)
        assert ready, self.text
        try:
            content = os.read(self._screen, 1 << 16)
        except OSError:  # how Linux says that nobody has it open any more
            return False
        self.raw += content
        return bool(content)


@contextmanager
def at_a_terminal(*command: str | Path, url: str = "", columns: int = 120, **env: str) -> Iterator[Terminal]:
    """Starts a command at a terminal, `argilla-snapshot` with its arguments or ``python -c``; ended with the block."""
    tool = Path(sys.executable).with_name("argilla-snapshot")
    words = [sys.executable, *command] if command[0] == "-c" else [tool, *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_", "NO_COLOR", "COLUMNS"))}
    environment |= {"TERM": "xterm-256color"} | ({"ARGILLA_API_URL": url, "ARGILLA_API_KEY": "argilla.apikey"} if url else {})
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def own_terminal() -> None:
        heed_interrupts()
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    with subprocess.Popen(
        words,
        env={**environment, **env},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=own_terminal,  # noqa: PLW1509
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(process, ours)
        finally:
            process.kill()
            os.close(ours)
