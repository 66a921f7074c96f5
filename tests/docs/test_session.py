"""What the pages show is what comes, on real servers: only numbers, ids and passwords differ."""

import tempfile
from pathlib import Path

import pytest

from servers.stack import Stack, running
from tests.docs.pages import OUTPUTS
from tests.docs.session import play, shape

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Servers that no other test has filled."""
    with running(tmp_path_factory.mktemp("servers")) as stack:
        yield stack


def test_what_the_pages_show_is_what_comes(own: Stack) -> None:
    with tempfile.TemporaryDirectory() as name:  # whose path is short, so that no terminal folds a command that has it
        for step, shown in play(own, Path(name)):
            if step.named:
                assert shape(shown) == shape((OUTPUTS / f"{step.named}.txt").read_text()), step.typed
