"""No key, token or password in anything that a run prints or writes, at the highest verbosity; but in the credentials file."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.argilla import ArgillaServer
from servers.old_api import connect
from servers.stack import Stack
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run

pytestmark = pytest.mark.servers
TOKEN = "hf_a-token-that-nobody-may-see"


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, with its content."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def test_an_import_tells_no_secret(fresh_new: ArgillaServer, folder: Path) -> None:
    shutil.copytree(SNAPSHOT, folder)
    # as an address, too: many paste it with a password in it
    url = fresh_new.url.replace("://", "://somebody:a-pasted-password@")
    printed = ""
    for command in (["plan", folder], ["import", folder], ["verify", folder], ["import", folder, "--repair"]):
        done = run("-v", *command, url=url, HF_TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr
        printed += done.stdout + done.stderr
    assert "PUT /api/v1/datasets/" in printed  # it was verbose
    with target.connect(fresh_new.url) as client:
        keys = {user["api_key"] for user in target.items(client, "/users")}
    imported = folder.with_name(folder.name + ".import")
    (credentials,) = imported.rglob("credentials.csv")
    with credentials.open(newline="") as file:
        passwords = {row["password"] for row in csv.DictReader(file)}
    assert len(passwords) >= 5
    secrets = {*keys, *passwords, TOKEN, "a-pasted-password"}
    assert not [secret for secret in secrets if secret in printed]
    assert {"report.html", "verify.json"} <= {name for name, _ in written(imported)}
    for name, content in written(imported):
        if name != credentials.name:
            assert not [secret for secret in secrets if secret.encode() in content], name


def test_an_export_tells_no_secret(stack: Stack, folder: Path) -> None:
    url = stack.old.url.replace("://", "://somebody:a-pasted-password@")
    done = run("-v", "export", folder, url=url, HF_TOKEN=TOKEN)
    assert done.returncode in (0, 3), done.stderr
    assert "/api/users" in done.stderr  # it was verbose
    with connect(stack.old.url, stack.old.api_key) as client:
        keys = {user["api_key"] for user in client.get("/api/users").json()}
    secrets = {*keys, TOKEN, "a-pasted-password"}
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]
    for name, content in written(folder):
        assert not [secret for secret in secrets if secret.encode() in content], name
