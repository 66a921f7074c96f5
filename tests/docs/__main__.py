"""Types all that the pages show on real servers, and keeps what was shown: ``make docs-real``."""

import tempfile
from pathlib import Path

import click

from servers.stack import running
from tests.docs.pages import OUTPUTS
from tests.docs.screens import take
from tests.docs.session import play


def main() -> None:
    """Writes ``docs/outputs`` anew, and the pictures of Argilla's pages."""
    OUTPUTS.mkdir(exist_ok=True)
    kept = set()
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "servers") as stack:
        (home := Path(name, "home")).mkdir()
        for step, shown in play(stack, home):
            click.echo(shown)
            if step.named:
                kept.add(file := OUTPUTS / f"{step.named}.txt")
                file.write_text(shown, encoding="utf-8")
            if step.named == "verify":
                take(stack.new, next(home.glob("my-snapshot.import/*/credentials.csv")))
    for file in set(OUTPUTS.glob("*.txt")) - kept:
        file.unlink()


if __name__ == "__main__":
    main()
