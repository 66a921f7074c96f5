"""The command line as a person at a terminal sees it: a pseudo-terminal, what it shows, and what is typed."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

from tests.helpers.cli import heed_interrupts

TIMEOUT = 120.0
_LINES = 40
#: What the tool itself sends to a terminal that understands it: colours, and moves of the cursor.
_OURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A process at a terminal of its own, which is 40 lines high and keeps what leaves it at the top."""

    def __init__(self, process: "pexpect.spawn[bytes]", columns: int) -> None:
        self._process = process
        self._screen = pyte.HistoryScreen(columns, _LINES, history=100_000)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    @property
    def text(self) -> str:
        """All that was shown so far, without what only moves and colours."""
        return _OURS.sub("", self.raw.decode(errors="ignore")).replace("\r\n", "\n")

    @property
    def shown(self) -> str:
        """What stands there in the end, as a person sees it: where what was drawn over or erased is gone."""
        columns = range(self._screen.columns)
        above = ["".join(line[column].data for column in columns) for line in self._screen.history.top]
        return "\n".join(line.rstrip() for line in (*above, *self._screen.display)).rstrip("\n")

    def wait_for(self, words: str) -> str:
        """Reads until the words are shown, and returns all that was shown until then."""
        until = time.monotonic() + TIMEOUT
        while words not in self.text:
            assert time.monotonic() < until, self.text
            assert self._read(), f"ended without {words!r}: {self.text}"
        return self.text

    def type(self, text: str) -> None:
        """Types; ``\\x03`` is Ctrl-C."""
        os.write(self._process.fileno(), text.encode())

    def end(self) -> int:
        """Reads to the end, and returns the exit code."""
        while self._read():
            pass
        self._process.wait()
        assert self._process.exitstatus is not None, f"ended by signal {self._process.signalstatus}"
        return self._process.exitstatus

    def _read(self) -> bool:
        try:
            content = self._process.read_nonblocking(1 << 16, TIMEOUT)
        except pexpect.EOF:
            return False
        self.raw += content
        self._stream.feed(content)
        return True


@contextmanager
def at_a_terminal(*command: str | Path, url: str = "", columns: int = 120, **env: str) -> Iterator[Terminal]:
    """Starts a command at a terminal, `argilla-snapshot` with its arguments or ``python -c``; ended with the block."""
    tool = Path(sys.executable).with_name("argilla-snapshot")
    program, *words = map(str, [sys.executable, *command] if command[0] == "-c" else [tool, *command])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_", "NO_COLOR", "COLUMNS"))}
    environment |= {"TERM": "xterm-256color"} | ({"ARGILLA_API_URL": url, "ARGILLA_API_KEY": "argilla.apikey"} if url else {})
    process = pexpect.spawn(
        program, words, env={**environment, **env}, dimensions=(_LINES, columns), timeout=TIMEOUT, preexec_fn=heed_interrupts
    )
    try:
        yield Terminal(process, columns)
    finally:
        process.close(force=True)
