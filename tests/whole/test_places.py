"""A snapshot goes through a real server of the S3 protocol, from one machine to another: here, from one folder to another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.argilla import ArgillaServer
from servers.s3_server import BUCKET, SECRET_KEY, S3Server
from servers.seed import seed_large
from servers.stack import Stack
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
ADDRESS = f"s3://{BUCKET}/teams/my-snapshot"


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3Server]:
    server = S3Server(tmp_path / "s3")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_from_one_server_to_another_by_way_of_a_store(
    stack: Stack, fresh_new: ArgillaServer, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_large(stack.old.url, stack.old.api_key, 300, "places", datasets=("news", "entities"))
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(here)
    succeed("export", ADDRESS, "--workspace", "places", url=stack.old.url, **s3.env)
    succeed("check", "my-snapshot", "--deep")
    again = run("export", ADDRESS, "--workspace", "places", url=stack.old.url, **s3.env)
    assert (again.returncode, f"{ADDRESS} holds a snapshot already" in again.stderr) == (2, True)

    monkeypatch.chdir(elsewhere)
    wrong = run("import", ADDRESS, url=fresh_new.url, **{**s3.env, "AWS_SECRET_ACCESS_KEY": "another"})
    assert (wrong.returncode, ADDRESS in wrong.stderr, list(elsewhere.iterdir())) == (1, True, []), wrong.stderr
    succeed("import", ADDRESS, url=fresh_new.url, **s3.env)
    assert "No difference. 2 datasets with 600 records" in succeed("verify", ADDRESS, url=fresh_new.url, **s3.env)
    assert sorted(path.name for path in elsewhere.iterdir()) == ["my-snapshot", "my-snapshot.import"]

    s3.stop()
    away = run("unpack", ADDRESS, "third", **s3.env)
    assert (away.returncode, away.stderr.count("\n"), SECRET_KEY in away.stderr) == (1, 1, False), away.stderr
    assert not (elsewhere / "third").exists()
