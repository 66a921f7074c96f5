"""What can't be read is told in one line, and no secret with it."""

from pathlib import Path

import pytest

from servers.postgresql import PASSWORD
from servers.stack import Stack
from tests.exporter.sources.storage.left import Storage
from tests.faults.proxy import Fault, before
from tests.helpers.cli import run

pytestmark = pytest.mark.servers


def test_what_can_not_be_read_is_one_line(storage: Storage, stack: Stack, folder: Path) -> None:
    cases: list[tuple[int, str, dict[str, str]]] = [
        (1, "No server answers", {"search_engine": "http://127.0.0.1:9"}),
        (7, "is no search engine", {"search_engine": stack.new.url}),
        (2, "no-such", {"namespace": "no-such"}),
        (8, "ARGILLA_DATABASE_PASSWORD", {"database": storage.database_url.replace(PASSWORD, "wrong-one")}),
        (1, "No PostgreSQL answers", {"database": "postgresql://u:wrong-one@127.0.0.1:9/x"}),
        (1, "%2F", {"database": "postgresql://u:12/wrong-one@127.0.0.1:9/x"}),
        (1, "no such SQLite file", {"database": "u:wrong-one@127.0.0.1:9/x"}),
        (1, "refuses SSL", {"database": storage.database_url + "?sslmode=require"}),
        (7, "no database of an Argilla server", {"database": storage.database_url.replace("/postgres", "/template1")}),
        (7, "unknown kind mysql", {"database": "mysql://u:wrong-one@h/x"}),
    ]
    for code, words, changed in cases:
        done = run("export", folder, *storage.options(**changed))
        assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr
        assert "wrong-one" not in done.stderr
        assert PASSWORD not in done.stderr
    done = run("export", folder, "--search-engine", storage.search_url)  # other tests' namespaces are there too
    assert (done.returncode, "--namespace" in done.stderr, storage.namespace in done.stderr) == (2, True, True), done.stderr


def test_the_engine_asks_for_a_password(storage: Storage, folder: Path) -> None:
    with before(storage.search_url) as proxy:
        proxy.faults.append(Fault("401", times=0))
        done = run("export", folder, *storage.options(search_engine=proxy.url))
        assert (done.returncode, "ARGILLA_SEARCH_PASSWORD" in done.stderr, done.stderr.count("\n")) == (8, True, 1), done.stderr


def test_no_secret_is_told(storage: Storage, folder: Path) -> None:
    url = storage.search_url.replace("://", "://somebody:a-pasted-password@")
    secrets = {"ARGILLA_SEARCH_USERNAME": "who", "ARGILLA_SEARCH_PASSWORD": "a-search-secret", "ARGILLA_DATABASE_PASSWORD": PASSWORD}
    database = storage.database_url.replace(PASSWORD, "a-pasted-password").replace("postgresql:", "postgresql+asyncpg:")
    done = run("-v", "export", folder, "--dataset", "news", *storage.options(search_engine=url, database=database), **secrets)
    assert done.returncode == 0, done.stderr
    assert "/_search" in done.stderr  # it was verbose
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in ("a-pasted-password", "a-search-secret", PASSWORD):
        assert secret not in done.stdout + done.stderr
        assert secret.encode() not in written
