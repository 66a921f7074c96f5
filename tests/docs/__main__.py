"""Types all that the pages show on real servers, and keeps what was shown: ``make docs-real``."""

import tempfile
from pathlib import Path

import click

from servers.stack import running
from tests.docs.pages import DOCS, OUTPUTS
from tests.docs.picture import picture
from tests.docs.session import play

_PICTURED = ("import", "verify")


def main() -> None:
    """Writes ``docs/outputs`` and the picture of the README."""
    OUTPUTS.mkdir(exist_ok=True)
    kept, shots = set(), []
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "servers") as stack:
        (home := Path(name, "home")).mkdir()
        for step, terminal, shown, replaced in play(stack, home):
            click.echo(shown)
            if step.named:
                kept.add(file := OUTPUTS / f"{step.named}.txt")
                file.write_text(shown, encoding="utf-8")
            if step.named in _PICTURED:
                shots.append((step.typed, terminal.cells, replaced))
    for file in set(OUTPUTS.glob("*.txt")) - kept:
        file.unlink()
    (DOCS / "images" / "terminal.svg").write_text(picture(shots), encoding="utf-8")


if __name__ == "__main__":
    main()
