"""Imports through the storage behind a real server."""

import json
from pathlib import Path
from typing import Any

from servers.argilla import ArgillaServer
from servers.stack import Stack
from tests.helpers.cli import run

#: In a database, it makes a server write what we would not.
ODD = "CREATE TRIGGER odd AFTER INSERT ON suggestions BEGIN UPDATE suggestions SET agent = 'odd' WHERE id = NEW.id; END"


def stores(server: ArgillaServer, stack: Stack) -> list[str]:
    """The options that name the storage of a server."""
    return ["--database", server.database_url, "--search-engine", stack.search.url]


def differences(snapshot: Path, server: ArgillaServer) -> Any:
    """What ``verify`` finds."""
    return json.loads(run("verify", snapshot, "--json", url=server.url).stdout)["differences"]
