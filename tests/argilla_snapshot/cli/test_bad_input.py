"""Whatever is given wrong: one clear line on stderr, the right exit code, and nothing half-made."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.old_api import connect, create_user
from servers.processes import free_port
from servers.stack import Stack
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed


def refused(code: int, *arguments: str | Path, says: str, url: str = "http://127.0.0.1:9", **env: str) -> str:
    """The command must end with ``code`` and one line that says so, which is returned."""
    done = run(*arguments, url=url, **env)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert says in done.stderr
    return done.stderr


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A whole snapshot."""
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def edit(file: Path, **members: object) -> None:
    """Changes members of a JSON file."""
    file.write_text(json.dumps({**json.loads(file.read_text()), **members}))


# --- without a server ---


@pytest.mark.parametrize("command", ["export", "import", "plan", "verify"])
def test_without_an_address_and_a_key(command: str, snapshot: Path) -> None:
    directory = snapshot.with_name("new") if command == "export" else snapshot
    refused(2, command, directory, url="", says="ARGILLA_API_URL")


@pytest.mark.parametrize("command", ["plan", "import"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--credentials", "keys"], "--credentials needs --database"),
        (["--database", "argilla.db"], "--database needs --search-engine"),
        (["--update-accounts", "ana"], "--update-accounts needs --credentials and --database"),
        (["--credentials", "none", "--database", "argilla.db"], "'none' does not exist"),
    ],
)
def test_options_for_credentials_that_do_not_go_together(
    command: str, options: list[str], says: str, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(snapshot.parent)
    (snapshot.parent / "keys").touch()
    refused(2, command, snapshot, *options, says=says)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--part", "1/2", "--only-users"], "--only-users brings no records that --part could share out"),
        (["--part", "2/2", "--credentials", "keys", "--database", "argilla.db"], "Part 1 makes the users"),
    ],
)
def test_parts_that_bring_no_users(options: list[str], says: str, snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(snapshot.parent)
    (snapshot.parent / "keys").touch()
    refused(2, "import", snapshot, *options, says=says)


@pytest.mark.parametrize("command", ["export", "import"])
def test_where_no_server_is(command: str, snapshot: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    directory = snapshot.with_name("new") if command == "export" else snapshot
    refused(1, command, directory, url=url, says=f"No server answers at {url}")
    assert [path.name for path in snapshot.parent.iterdir()] == ["snap"]


@pytest.mark.parametrize("command", ["export", "import"])
def test_who_does_not_wait_is_told_nothing_else(command: str, snapshot: Path) -> None:
    directory = snapshot.with_name("new") if command == "export" else snapshot
    refused(1, command, directory, "--timeout", "0", url=f"http://127.0.0.1:{free_port()}", says="No server answers")


def test_an_address_that_is_none(tmp_path: Path) -> None:
    refused(
        1, "export", tmp_path / "snap", url="localhost:6900", says="localhost:6900 lacks http:// or https://: write http://localhost:6900."
    )
    assert list(tmp_path.iterdir()) == []


def test_credentials_in_an_address_are_not_shown(tmp_path: Path) -> None:
    port = free_port()
    done = run("-v", "export", tmp_path / "snap", url=f"http://user:s3cret@127.0.0.1:{port}")
    assert done.returncode == 1
    assert "s3cret" not in done.stdout + done.stderr
    assert "argilla.apikey" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://elastic:s3/cret@127.0.0.1:9", "in a password these are written %2F, %3F and %23"),
        ("http://elastic:12/s3@cret@127.0.0.1:9", "in a password these are written %2F, %3F and %23"),
        ("http://elastic:12?s3cret@127.0.0.1:9", "in a password these are written %2F, %3F and %23"),
        ("http://elastic:12#s3cret@127.0.0.1:9", "in a password these are written %2F, %3F and %23"),
        ("http://elastic:s3/cret@127.0.0.1:9/a?b=@", "in a password these are written %2F, %3F and %23"),
        ("http://s3cret@127.0.0.1:9x", "http://127.0.0.1:9x is not the address of a server"),
        ("elastic:s3/cret@127.0.0.1:9", "127.0.0.1:9 lacks http:// or https://: write http://127.0.0.1:9."),
        ("http:/elastic:s3/cret@127.0.0.1:9", "127.0.0.1:9 lacks http:// or https://: write http://127.0.0.1:9."),
    ],
)
def test_no_password_in_an_address_is_shown(url: str, says: str, snapshot: Path) -> None:
    for arguments in (["export", snapshot.with_name("new")], ["plan", snapshot]):
        done = refused(1, *arguments, url=url, says=says)
        assert not [secret for secret in ("s3", "cret", "12?", "12/") if secret in done]
    done = refused(1, "export", snapshot.with_name("new"), "--search-engine", url, says=says)
    assert not [secret for secret in ("s3", "cret", "12?", "12/") if secret in done]


@pytest.mark.parametrize("name", ["old..server", "a" * 64 + ".corp"])
def test_names_of_servers_that_none_can_have(name: str, tmp_path: Path) -> None:
    refused(1, "export", tmp_path / "snap", url=f"http://{name}:6900", says=f"No server answers at http://{name}:6900 (")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ALL_PROXY", "socks5://u:s3cret@127.0.0.1:1080", "ALL_PROXY, NO_PROXY) can't be used: SOCKS needs the package socksio"),
        ("HTTP_PROXY", "proxy.corp:3128x", "The proxy settings (HTTP_PROXY, "),
        ("HTTP_PROXY", "http://u:s3cret/s3cret@proxy.corp:3128", "a proxy is http://HOST:PORT"),
        ("HTTP_PROXY", "s3cret://u:p@proxy.corp", "a proxy is http://HOST:PORT"),
        ("HTTP_PROXY", "http://u:s3cret@proxy..corp:3128", "No server answers at http://192.0.2.1:6900 ("),
        ("HTTP_PROXY", "http://u:s3cret@127.0.0.1:99999", "No server answers at http://192.0.2.1:6900 ("),
        ("NO_PROXY", "a:b/c", "NO_PROXY) can't be used"),
    ],
)
def test_proxies_that_can_not_be_used(variable: str, value: str, says: str, tmp_path: Path) -> None:
    environment = {variable: value, variable.lower(): value}
    assert "s3cret" not in refused(1, "export", tmp_path / "snap", url="http://192.0.2.1:6900", says=says, **environment)


def test_certificates_that_are_not_there(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "none.pem").touch()
    for file, words in (("/no/such.pem", "No such file or directory"), (str(tmp_path / "none.pem"), "NO_CERTIFICATE_OR_CRL_FOUND")):
        for arguments in (["export", snapshot.with_name("new")], ["import", snapshot]):
            told = refused(1, *arguments, url="https://127.0.0.1:9", says="check SSL_CERT_FILE", SSL_CERT_FILE=file)
            assert words in told
            assert "run the same command again" not in told


def test_an_existing_folder_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused(2, "export", tmp_path, says="exists already")  # port 9: nothing was asked of a server
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("command", ["import", "plan", "verify", "inspect", "check"])
def test_a_folder_that_is_no_snapshot(command: str, tmp_path: Path) -> None:
    refused(6, command, tmp_path, says="is not a snapshot")
    refused(2, command, tmp_path / "nothing", says=f"{tmp_path / 'nothing'} does not exist.")


@pytest.mark.parametrize("command", ["import", "inspect", "check"])
def test_a_newer_major_version(command: str, snapshot: Path) -> None:
    edit(snapshot / "manifest.json", format_version="2.0")
    refused(7, command, snapshot, says="format version 2.0")


def test_a_feature_that_nobody_here_knows(snapshot: Path) -> None:
    edit(snapshot / "manifest.json", required_features=["encryption"])
    refused(7, "import", snapshot, says="encryption")


def test_a_damaged_snapshot_is_refused_before_the_target_is_asked(snapshot: Path) -> None:
    part = next(snapshot.rglob("*.parquet"))
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    refused(6, "import", snapshot, says=part.name)  # port 9: nothing was asked of a server
    assert [path.name for path in snapshot.parent.iterdir()] == ["snap"]


def test_options_that_make_no_sense(snapshot: Path) -> None:
    for arguments in (["--rename", "x"], ["--on-conflict", "shrug"], ["--multi-label-threshold", "2"], ["--part", "3/2"]):
        refused(2, "import", snapshot, *arguments, says=arguments[0])
    for option in ("--multi-label-threshold", "--timeout"):
        refused(2, "import", snapshot, option, "nan", says="nan is not a number")
    refused(2, "import", snapshot, "--rename", "demo.news=a", "--rename", "demo.news=b", says="demo.news: given twice")


#: The byte 0xff, as Python hands it on.
BYTE = "\udcff"


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        *((command, option, BYTE) for command in ("import", "plan") for option in ("--dataset-suffix", "--workspace", "--dataset")),
        ("import", "--rename", f"demo.news={BYTE}"),
        ("export", "--workspace", BYTE),
        ("export", "--search-engine", f"http://{BYTE}"),
    ],
)
def test_options_that_are_not_in_utf_8(snapshot: Path, command: str, option: str, value: str) -> None:
    directory = snapshot.with_name("new") if command == "export" else snapshot
    refused(2, command, directory, option, value, says=f"Invalid value for '{option}': not in UTF-8")


@pytest.mark.parametrize("command", ["export", "import", "inspect", "check"])
def test_folders_that_are_not_in_utf_8(snapshot: Path, command: str) -> None:
    directory = snapshot.rename(snapshot.with_name(BYTE))
    refused(2, command, directory, says="Invalid value for 'DIR': not in UTF-8")


@pytest.mark.parametrize("command", ["export", "import", "inspect"])
@pytest.mark.parametrize("folder", ["", "/", "/.."])
def test_folders_without_a_name(command: str, folder: str) -> None:
    refused(2, command, folder, says=f"{folder!r} is no name of a folder")


@pytest.mark.parametrize(("there", "folder"), [(".", "."), (".", "datasets/.."), ("datasets", "..")])
def test_the_folder_that_one_is_in(snapshot: Path, monkeypatch: pytest.MonkeyPatch, there: str, folder: str) -> None:
    monkeypatch.chdir(snapshot / there)
    refused(2, "export", folder, says=f"{snapshot} exists already")
    refused(1, "import", folder, says="No server answers")
    assert [path.name for path in snapshot.parent.iterdir()] == ["snap"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name,password\n", "the first line must be username,password"),
        (b"", "the first line must be username,password"),
        (b"username,password\nana\n", "the password of ana must have 8 characters or more, and at most 72 bytes"),
        ("username,password\nana,密码密码密码\n".encode(), "the password of ana must have 8 characters or more, and at most 72 bytes"),
        (b"username,password\nana," + b"x" * 73, "the password of ana must have 8 characters or more, and at most 72 bytes"),
        (
            b"username,password\nana," + "密".encode() * 25,
            "the password of ana must have 8 characters or more, and at most 72 bytes",
        ),
        (b"username,password\nana,correct horse\nana,battery staple\n", "ana is given twice"),
        (b'username,password\nana,"correct horse\n', "unexpected end of data"),
        (b"username,password\nana," + b"x" * 200_000, "field larger than field limit"),
        ("username,password\nana,Bärenstark\n".encode("latin-1"), "not in UTF-8 (invalid continuation byte at byte 23)"),
    ],
)
def test_passwords_that_make_no_sense(snapshot: Path, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "passwords.csv"
    file.write_bytes(content)
    refused(2, "import", snapshot, "--passwords", file, says=says)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"just a name\n", "line 1: not old=new: just a name"),
        (b"# a comment\n\nana=\n", "line 3: not old=new: ana="),
        (b"ana=bo\nana=cy\n", "line 2: given twice: ana=cy"),
        (b"\xff\xfea\x00=\x00b\x00", "not in UTF-8 (invalid start byte at byte 0)"),
    ],
)
def test_maps_that_make_no_sense(snapshot: Path, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "users.map"
    file.write_bytes(content)
    for option in ("--user-map", "--workspace-map"):
        refused(2, "plan", snapshot, option, file, says=says)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_of_an_editor_that_puts_a_mark_before_the_text(snapshot: Path, tmp_path: Path, newline: str) -> None:
    (tmp_path / "users.map").write_text(f"ana=bo{newline}eve=e\u2028ve{newline}", encoding="utf-8-sig", newline="")
    (tmp_path / "passwords.csv").write_text(f"username,password{newline}bo,\x85\u2028\x0c horse{newline}", encoding="utf-8-sig", newline="")
    options = ["--user-map", tmp_path / "users.map", "--passwords", tmp_path / "passwords.csv"]
    refused(1, "import", snapshot, *options, says="No server answers")


# --- with real servers ---


@pytest.fixture(scope="module")
def annotator_key(stack: Stack) -> Iterator[str]:
    """The key of an annotator on the old server."""
    with connect(stack.old.url, stack.old.api_key) as client:
        yield create_user(client, "bad-input-annotator")["api_key"]


@pytest.mark.servers
def test_a_key_that_the_old_server_does_not_know(stack: Stack, tmp_path: Path) -> None:
    refused(8, "export", tmp_path / "snap", url=stack.old.url, key="wrong", says="ARGILLA_API_KEY")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
@pytest.mark.parametrize("blank", [" ", "\t"])
def test_a_key_or_token_with_blanks_around_it_is_not_shown(stack: Stack, snapshot: Path, tmp_path: Path, blank: str) -> None:
    for command, server in ((("export", tmp_path / "new"), stack.old), (("import", snapshot), stack.new)):
        for key, token in ((server.api_key + blank, ""), (blank + server.api_key, ""), (server.api_key, "hf_secret" + blank)):
            done = run(*command, url=server.url, key=key, HF_TOKEN=token)
            assert (done.returncode, "ARGILLA_API_KEY" in done.stderr, done.stderr.count("\n")) == (8, True, 1), done.stderr
            assert not [secret for secret in (server.api_key, "hf_secret") if secret in done.stderr]


@pytest.mark.servers
def test_an_annotators_key_on_the_old_server(stack: Stack, annotator_key: str, tmp_path: Path) -> None:
    refused(8, "export", tmp_path / "snap", url=stack.old.url, key=annotator_key, says="needs the key of an owner")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
def test_a_name_that_matches_nothing(stack: Stack, tmp_path: Path) -> None:
    refused(2, "export", tmp_path / "snap", "--dataset", "no-such", url=stack.old.url, says="no-such")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
def test_an_old_server_given_to_import(stack: Stack, snapshot: Path) -> None:
    with stack.fresh("1.12.1") as server:
        refused(7, "import", snapshot, url=server.url, says="does not answer as an Argilla server of 1.29 or later")
    assert [path.name for path in snapshot.parent.iterdir()] == ["snap"]


@pytest.mark.servers
def test_a_key_that_the_new_server_does_not_know(stack: Stack, snapshot: Path) -> None:
    refused(8, "import", snapshot, url=stack.new.url, key="wrong", says="ARGILLA_API_KEY")
    assert [path.name for path in snapshot.parent.iterdir()] == ["snap"]


@pytest.mark.servers
def test_an_admins_key_on_the_new_server(stack: Stack, snapshot: Path) -> None:
    with target.connect(stack.new.url) as client:
        user = {"username": "bad-input-admin", "first_name": "A", "role": "admin", "password": "12345678"}
        key = client.post("/users", json=user).raise_for_status().json()["api_key"]
        before = target.everything(client)
        refused(8, "import", snapshot, url=stack.new.url, key=key, says="needs an owner's API key")
        assert target.everything(client) == before


@pytest.mark.servers
def test_a_server_that_is_no_argilla(stack: Stack, snapshot: Path) -> None:
    refused(7, "import", snapshot, url=stack.search.url, says="does not answer as an Argilla server of 1.29 or later")
    refused(7, "export", snapshot.with_name("new"), url=stack.search.url, says="does not answer as Argilla does")


@pytest.mark.servers
def test_verify_without_an_import(stack: Stack, snapshot: Path) -> None:
    refused(2, "verify", snapshot, url=stack.new.url, says="No import of")


def test_help_is_there_for_all() -> None:
    for command in ("export", "import", "plan", "verify", "inspect", "check"):
        assert "Example:" in succeed(command, "--help")
